"""What two regimens are for: whether a patient may be sent from one to the other."""

from typing import TYPE_CHECKING

from blinplan.rules.checks.departures import base_named

if TYPE_CHECKING:
    from blinplan.rules.families.across_files.neighbours import Purpose


def other_kind(one: "Purpose", other: "Purpose") -> tuple[str, str] | None:
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


def _is_of_study(regimen: "Purpose") -> bool:
    """Whether a regimen is a shipped one as a study ran it, which has no label's premedication or days in hospital."""
    from blinplan.regimen import library

    if library.groups().get(regimen.name) != "trials":
        return False
    shipped = base_named(regimen.name)
    return shipped is not None and shipped.sources == regimen.sources
