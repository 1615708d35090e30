"""Whether a regimen is, step by step, what its label gives for another indication than the file says."""

from collections.abc import Sequence
from dataclasses import replace

from blinplan.label.label import Label, LabelledCycle
from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import Indication
from blinplan.rules.checks import labelled
from blinplan.rules.reference import ReferenceCycle, regimen_reference
from blinplan.rules.rule import Case


def other_indications(case: Case) -> list[Indication]:
    """The indications of the label whose schedule a regimen has, where it does not have that of its own."""
    regimen = case.regimen
    label = label_of(regimen)
    if labelled.is_investigational(case) or _is_given(label, regimen, regimen.indication):
        return []
    others = (one for one in Indication if one is not regimen.indication)
    return [one for one in others if _is_given(label, regimen, one)]


def _is_given(label: Label, regimen: Regimen, indication: Indication) -> bool:
    """Whether a label gives a regimen for an indication, as far as somebody has seen that it does, or less of it."""
    schedule = label.schedule_for(replace(regimen, indication=indication))
    if schedule is None or any(number.unverified for dose in schedule.doses for number in dose.numbers):
        return False
    return _is_part_of(regimen, list(schedule.course()))


def _is_part_of(regimen: Regimen, ordered: Sequence[LabelledCycle]) -> bool:
    """Whether a course is as ordered, from the first cycle on."""
    if len(regimen.one_by_one) > len(ordered):
        return False
    course = regimen_reference(regimen).cycles
    beside = list(zip(course, ordered, strict=False))
    return all(_steps_of(cycle) == _steps_ordered(other, regimen) for cycle, other in beside) and all(
        cycle.treatment_free == other.treatment_free.minutes for cycle, other in beside[: len(course) - 1]
    )


def _steps_of(cycle: ReferenceCycle) -> list[object]:
    return [(step.dose, step.cap, step.minutes) for step in cycle.steps]


def _steps_ordered(cycle: LabelledCycle, regimen: Regimen) -> list[object]:
    basis = regimen.basis
    return [(step.dose.rate(basis), step.dose.highest(basis), step.days * MINUTES_PER_DAY) for step in cycle.steps]
