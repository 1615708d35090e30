"""What the label gives for an indication, and what follows from the course for all of them."""

from collections.abc import Iterator
from itertools import accumulate, pairwise
from math import ceil

from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, Basis, DoseRate
from blinplan.regimen.regimen import Cycle, Step
from blinplan.regimen.vocabulary import Indication, Occasion
from blinplan.rules.limits import Limit, Limits
from blinplan.rules.reference import Comparison
from blinplan.rules.rule import Case, NotEvaluated, Rule

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
    times, most = limits["unit_slip"].value, maximum(limits, dose.basis).value
    # The product takes longest, and most doses are no higher than the labelled ones.
    return (dose.amount > most or times <= 1) and dose.amount >= times * most


def cycles(case: Case) -> Limit | None:
    """The number of labelled cycles; None where the regimen is investigational."""
    name = _BY_INDICATION.get(case.regimen.indication)
    return None if name is None else case.limits[f"cycles_{name}"]


def limits_stated(rule: Rule, case: Case) -> tuple[str, ...]:
    """The limits of a rule that the label states: what a site says of itself is judged where its label says nothing."""
    return tuple(name for name in rule.limits if name in case.limits)


def escalations(cycle: Cycle) -> Iterator[tuple[Step, int]]:
    """The steps to which the dose rises within a cycle, each with its minute from the start of the cycle."""
    start = 0
    for step, following in pairwise(cycle.steps):
        start += step.minutes
        if following.dose.amount > step.dose.amount:
            yield following, start


def is_investigational(case: Case) -> bool:
    """Whether no label speaks of the regimen."""
    return case.regimen.indication is Indication.INVESTIGATIONAL


def hospital_limit(case: Case, number: int) -> Limit | None:
    """The label's days in hospital for cycle 1 or 2 of the indication; None where it states none."""
    schedule = label_of(case.regimen).schedule_for(case.regimen)
    days = () if schedule is None else schedule.hospital_days
    return case.limits[days[number - 1].name] if number <= len(days) else None


def hospital_days(case: Case, number: int) -> tuple[int, tuple[str, ...]]:
    """Days in hospital that cycle 1 or 2 asks for, and the limits they follow from.

    The first days after the start and after each step of the cycle, and no fewer than the label's. Beside a label the
    steps are the label's: that one stands elsewhere is a finding of its own.
    """
    course = case.regimen.one_by_one
    if number > len(course):
        return 0, ()
    watched = case.limits["watched_days"]
    steps = [start // MINUTES_PER_DAY for start in _starts_of_steps(case, course, number)]
    days, label = int(max([0, *steps]) + watched.value), hospital_limit(case, number)
    site = () if case.site is None else case.site.hospital_days
    days = max(days, site[number - 1] if number <= len(site) else 0)
    if label is None:
        return days, ("watched_days",)
    return max(days, ceil(label.value)), ("watched_days", label.name)


def _starts_of_steps(case: Case, course: tuple[Cycle, ...], number: int) -> list[int]:
    """The minutes of a cycle at which the dose rises, by the label where the regimen is laid beside one."""
    if isinstance(case.beside_label, Comparison):
        *before, _ = (step.minutes for step in case.beside_label.reference.cycle(number).steps)
        return list(accumulate(before))
    return [start for _, start in escalations(course[number - 1])]


def bags_without_preservative(case: Case) -> str:
    """The bags that a label has without preservative: bags of 24 or 48 hours."""
    bags = (bag for bag in label_of(case.regimen).bags if not bag.preservative)
    hours = [str(bag.minutes // MINUTES_PER_HOUR) for bag in bags]
    return f"bags of {' or '.join(hours)} hours" if hours else "bags without preservative"


COVERED_BY = {
    Occasion.FIRST_START: frozenset({Occasion.FIRST_START, Occasion.CYCLE_START}),
    Occasion.CYCLE_START: frozenset({Occasion.CYCLE_START}),
    Occasion.ESCALATION: frozenset({Occasion.ESCALATION}),
    Occasion.RESTART: frozenset({Occasion.RESTART}),
    Occasion.FIRST_CYCLE_RESTART: frozenset({Occasion.RESTART, Occasion.FIRST_CYCLE_RESTART}),
}
"""The occasions of which one has to be declared for premedication to be given on an occasion."""

IN_WORDS = {
    Occasion.FIRST_START: "the start of infusion",
    Occasion.CYCLE_START: "the start of each cycle",
    Occasion.ESCALATION: "a dose step",
    Occasion.RESTART: "a restart",
    Occasion.FIRST_CYCLE_RESTART: "a restart in the first cycle",
}
