"""What is asked of regimens that are compared besides their patients: bags and vials, and what the rules find."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.api.patient import Patient, patient
from blinplan.api.regimens.order import OrderedRegimen
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.regimen import Regimen

if TYPE_CHECKING:
    from blinplan.design.comparison.compare import PairedComparison
    from blinplan.regimen.site.site import Site
    from blinplan.reports.design.comparison.view import FindingApart
    from blinplan.rules.rule import Finding

_A_MONDAY = date(2026, 1, 5)
"""The day on which a course begins for the count of its bags, where nobody gives one."""


class Bags(NamedTuple):
    """How many bags and vials each regimen takes, and what has to be said of that."""

    counts: tuple[tuple[int | None, int | None], ...]
    remarks: tuple[str, ...]


class Preparation(NamedTuple):
    """Who prepares the bags of a comparison, and when they begin to run; ``assumed`` where nobody said when."""

    site: "Site"
    begins: datetime | str
    zone: str
    assumed: bool


def preparation(
    site: "str | Path | Site | None", start: datetime | str | None, time_zone: str | None
) -> Preparation | None:
    """Who prepares bags, and from when on; None where no site is given. It is asked before anybody is simulated.

    Raises
    ------
    Refusal
        When there is a start and no site, or no such site or time.
    """
    from blinplan.api.planning.beginning import beginning_at
    from blinplan.api.regimens.load import site_given

    profile = site_given(site)
    if profile is None:
        if start is not None or time_zone is not None:
            given = "start" if start is not None else "time_zone"
            raise ArgumentRefusal(f"{{{given}}} needs {{site}}", "give the profile of the site that prepares the bags")
        return None
    hour, minute = divmod(600 if profile.change_minute is None else profile.change_minute, 60)
    begins = start or f"{_A_MONDAY.isoformat()}T{hour:02d}:{minute:02d}"
    zone = time_zone or profile.time_zone or "UTC"
    beginning_at(begins, zone, profile)
    return Preparation(profile, begins, zone, start is None)


def bags_of_arms(compared: "PairedComparison", size: Patient, asked: Preparation | None) -> Bags:
    """Lay out the bags of each regimen as a site prepares them; none where nobody asked for them.

    Raises
    ------
    Refusal
        When the site cannot prepare them.
    """
    if asked is None:
        return Bags(((None, None),) * len(compared.arms), ())
    whom = size if size.weight is not None and size.area is not None else _typical(compared)
    counts = tuple(_count(arm.regimen, whom, asked) for arm in compared.arms)
    assumed = ", a Monday" if asked.assumed else ""
    figures = f"{float(whom.weight or 0):.4g} kg and {float(whom.height or 0):.4g} cm"
    when = str(asked.begins).replace("T", " ")
    return Bags(counts, (f"Bags and vials are for {figures}, in a course that begins on {when}{assumed}.",))


def _typical(compared: "PairedComparison") -> Patient:
    """The typical patient whom the reference admits, in whole kilograms and centimetres."""
    from blinplan.simulation.trials.patients import typical_patient

    person = typical_patient(compared.reference.regimen, compared.preset, None)
    return patient(round(float(person.weight_kg[0])), round(float(person.height_cm[0])), age=None)


def _count(regimen: Regimen, whom: Patient, asked: Preparation) -> tuple[int | None, int | None]:
    """How many bags and vials a regimen takes; the latter None where that of any bag is not known."""
    from blinplan.api.planning.plan import plan
    from blinplan.reports.plan.bags.vials import usage_of_cycles

    try:
        planned = plan(regimen, whom, start=asked.begins, time_zone=asked.zone, site=asked.site)
    except Refusal as refusal:
        raise Refusal(f"{regimen.name}: {refusal.message}", refusal.advice) from refusal
    assert planned.dated is not None  # noqa: S101 - it has a start
    used = [one.used for one in usage_of_cycles(planned.dated)]
    known = [one.vials for one in used if one is not None]
    return len(planned.bags), sum(known) if len(known) == len(used) else None


def findings_apart(
    orders: Mapping[str, OrderedRegimen], progress: Callable[[int, int], None] | None = None
) -> "tuple[FindingApart, ...]":
    """What rules find in some of the regimens, of which not all have a finding; progress counts regimens, of all."""
    from blinplan.reports.design.comparison.view import FindingApart

    found: dict[str, tuple[Finding, ...]] = {}
    for done, (name, ordered) in enumerate(orders.items()):
        if progress is not None:
            progress(done, len(orders))
        found[name] = _findings(ordered)
    having = {code: [name for name, own in found.items() if code in {f.code for f in own}] for code in _codes(found)}
    apart: dict[tuple[str, str, str], list[str]] = {}
    for code, names in having.items():
        if len(names) < len(orders):
            for name in names:
                for one in found[name]:
                    if one.code == code:
                        apart.setdefault((code, one.severity.value, one.message), []).append(name)
    return tuple(FindingApart(*finding, tuple(dict.fromkeys(names))) for finding, names in apart.items())


def _codes(found: "Mapping[str, Sequence[Finding]]") -> list[str]:
    return sorted({one.code for own in found.values() for one in own})


def _findings(order: OrderedRegimen) -> "tuple[Finding, ...]":
    """What the rules find in a regimen, as `check` finds it where it is."""
    from blinplan.api.checking.check import check
    from blinplan.regimen import library

    name = order.name
    is_there = not order.choice.switched and (name in library.paths() or Path(name).is_file())
    return check(name if is_there else order.regimen).findings
