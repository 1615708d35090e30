"""What two regimens are for: whether a patient may be sent from one to the other."""

from typing import NamedTuple, Self

from blinplan.regimen import library
from blinplan.regimen.regimen import Disease, Eligibility, Indication, Regimen, Source
from blinplan.rules.checks.departures import base_named


class Purpose(NamedTuple):
    """What a regimen is for, and nothing of what it gives: so little can be handed to another process."""

    name: str
    indication: Indication
    disease: Disease
    label: str | None
    family: str | None
    eligibility: Eligibility
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, regimen: Regimen) -> Self:
        """What a regimen is for."""
        return cls(
            regimen.name,
            regimen.indication,
            regimen.disease,
            regimen.label,
            regimen.family,
            regimen.eligibility,
            regimen.sources,
        )


def other_kind(one: Purpose, other: Purpose) -> tuple[str, str] | None:
    """What two regimens are for, where a patient who is sent from one to the other is not treated for the same."""
    if one.indication is not other.indication:
        return f"for {one.indication}", f"for {other.indication}"
    if one.disease is not other.disease:
        return f"for {one.disease}", f"for {other.disease}"
    if None not in {one.label, other.label} and one.label != other.label:
        return f"by the label {one.label}", f"by the label {other.label}"
    if _is_of_study(other) and not _is_of_study(one):
        return f"for {one.indication} and no study's", "a study's"
    return None


def _is_of_study(regimen: Purpose) -> bool:
    """Whether a regimen is a shipped one as a study ran it, which has no label's premedication or days in hospital."""
    if library.groups().get(regimen.name) != "trials":
        return False
    shipped = base_named(regimen.name)
    return shipped is not None and shipped.sources == regimen.sources
