"""What the label gives for an indication, and what follows from the course for all of them."""

from collections.abc import Iterator
from itertools import pairwise

from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate
from blinplan.regimen.regimen import Cycle, Indication, Occasion, Step
from blinplan.rules.limits import Limit, Limits
from blinplan.rules.rule import Case, NotEvaluated

NOT_LABELLED = NotEvaluated("not applicable", "the regimen is investigational, and the label speaks of its indications")
_BY_INDICATION = {
    Indication.RELAPSED_REFRACTORY: "relapsed_refractory",
    Indication.MRD_POSITIVE: "mrd_positive",
    Indication.CONSOLIDATION: "consolidation",
}


def maximum(limits: Limits, basis: Basis) -> Limit:
    """The highest labelled dose."""
    return limits["labelled_maximum_by_area" if basis is Basis.BSA else "labelled_maximum_flat"]


def highest_studied(limits: Limits, basis: Basis) -> Limit:
    """The highest dose that was studied."""
    return limits["highest_studied_by_area" if basis is Basis.BSA else "highest_studied_flat"]


def first_step(limits: Limits, basis: Basis) -> Limit:
    """The low first step of relapsed or refractory disease."""
    return limits["first_step_by_area" if basis is Basis.BSA else "first_step_flat"]


def is_unit_slip(limits: Limits, dose: DoseRate) -> bool:
    """Whether a dose is so far above all others that a unit must be wrong."""
    return dose.amount >= limits["unit_slip"].value * maximum(limits, dose.basis).value


def cycles(case: Case) -> Limit | None:
    """The number of labelled cycles; None where the regimen is investigational."""
    name = _BY_INDICATION.get(case.regimen.indication)
    return None if name is None else case.limits[f"cycles_{name}"]


def escalations(cycle: Cycle) -> Iterator[tuple[Step, int]]:
    """The steps to which the dose rises within a cycle, each with its minute from the start of the cycle."""
    start = 0
    for step, following in pairwise(cycle.steps):
        start += step.minutes
        if following.dose.amount > step.dose.amount:
            yield following, start


def hospital_days(case: Case, number: int) -> tuple[int, tuple[str, ...]]:
    """Days in hospital that cycle 1 or 2 asks for, and the limits they follow from.

    The first days after the start and after each step of the cycle, and no fewer than the label's.
    """
    course = [cycle for cycle in case.regimen.cycles for _ in range(cycle.repeat)]
    if number > len(course):
        return 0, ()
    watched = case.limits["watched_days"]
    steps = [start // MINUTES_PER_DAY for _, start in escalations(course[number - 1])]
    days = int(max([0, *steps]) + watched.value)
    if case.regimen.indication is Indication.INVESTIGATIONAL:
        return days, ("watched_days",)
    relapsed = case.regimen.indication is Indication.RELAPSED_REFRACTORY
    first = "hospital_cycle_1_relapsed_refractory" if relapsed else "hospital_cycle_1_others"
    label = first if number == 1 else "hospital_cycle_2"
    return max(days, int(case.limits[label].value)), ("watched_days", label)


def occasions(case: Case) -> dict[str, frozenset[Occasion]]:
    """What premedication is due before, in words, and the occasions of which one must be declared for each."""
    due = {"the start of infusion": frozenset({Occasion.FIRST_START, Occasion.CYCLE_START})}
    if any(True for cycle in case.regimen.cycles for _ in escalations(cycle)):
        due["a dose step"] = frozenset({Occasion.ESCALATION})
    if case.regimen.indication is Indication.RELAPSED_REFRACTORY:
        due["a restart"] = frozenset({Occasion.RESTART, Occasion.FIRST_CYCLE_RESTART})
    return due
