"""A regimen laid beside its label, and how bad a difference of some size is."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from blinplan.label.label import LabelledSchedule, LabelledStep
from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import Disease, Indication
from blinplan.rules.checks import labelled
from blinplan.rules.limits import Limits
from blinplan.rules.reference import Comparison, Reference, ReferenceCycle, ReferenceStep, step_pairs
from blinplan.rules.rule import Case, NotEvaluated, Severity

GROSS = 3
"""Times a labelled dose above which a dose is an error, also where nobody has seen the labelled one in its source."""


def compare_with_label(regimen: Regimen, limits: Limits) -> Comparison | NotEvaluated:
    """A regimen laid beside what the label gives for its indication, or why it is not laid beside one."""
    if regimen.indication is Indication.INVESTIGATIONAL:
        return labelled.NOT_LABELLED
    label = label_of(regimen)
    schedule = label.schedule_for(regimen)
    if schedule is None:
        reason = f"{label}, as far as it was seen, has no schedule for the patients of this indication"
        return NotEvaluated("unverified", reason)
    reference = _reference(schedule, regimen.basis, limits)
    return Comparison(reference, step_pairs(regimen, reference))


def beside_label(case: Case) -> Comparison | NotEvaluated:
    """The regimen beside its label, or why it is not laid beside one.

    The numbers were looked at without resting on them: a rule asks for those that it goes by.
    """
    return compare_with_label(case.regimen, case.limits_unasked) if case.beside_label is None else case.beside_label


def _reference(schedule: LabelledSchedule, basis: Basis, limits: Limits) -> Reference:
    """What a label gives, by limits that regimens share: it is put together once for all of them."""
    key = id(schedule), id(limits), basis
    known = _REFERENCES.get(key)
    if known is None:
        if len(_REFERENCES) >= _MOST_REFERENCES:
            _REFERENCES.clear()
        reference = Reference("the label", tuple(_cycles_of(schedule, basis, limits)))
        known = _REFERENCES[key] = _Kept(reference, schedule, limits)
    return known.reference


class _Kept(NamedTuple):
    """A reference, and what it was made of, which is kept so that nothing else comes to have its identity."""

    reference: Reference
    schedule: LabelledSchedule
    limits: Limits


_REFERENCES: dict[tuple[int, int, Basis], _Kept] = {}
_MOST_REFERENCES = 64


def _cycles_of(schedule: LabelledSchedule, basis: Basis, limits: Limits) -> Iterator[ReferenceCycle]:
    for cycle in schedule.cycles:
        steps = tuple(_step_of(step, basis, limits) for step in cycle.steps)
        interval = limits[cycle.treatment_free.name]
        beside = ReferenceCycle(cycle.phase, steps, interval.minutes, interval.name)
        yield from [beside] * cycle.repeat


def _step_of(step: LabelledStep, basis: Basis, limits: Limits) -> ReferenceStep:
    flat, by_area, cap = (limits[limit.name] for limit in step.dose.numbers)
    minutes = step.days * MINUTES_PER_DAY
    if basis is Basis.FLAT:
        return ReferenceStep(DoseRate(flat.value, Basis.FLAT), None, minutes, flat.name)
    highest = DoseRate(cap.value, Basis.FLAT)
    return ReferenceStep(DoseRate(by_area.value, Basis.BSA), highest, minutes, by_area.name, cap.name)


def severity_of_ratio(case: Case, ratio: Fraction) -> Severity:
    """How bad it is that something is so many times the label's: a dose, or a cap."""
    far = case.limits["far_from_label"].value
    return Severity.ERROR if ratio > far or ratio < 1 / far else Severity.WARNING


def severity_of_length(case: Case, minutes: int, reference: int) -> Severity:
    """How bad it is that a step, an interval or an infusion lasts as long as it does."""
    far, part = case.limits["far_from_label"].value, case.limits["part_of_label"].value
    # In whole numbers, which take a tenth of the time of fractions.
    is_long = minutes * far.denominator > far.numerator * reference
    is_short = minutes * part.denominator < part.numerator * reference
    return Severity.ERROR if is_long or is_short else Severity.WARNING


def severity_in_leukaemia(case: Case, minutes: int, reference: int) -> Severity | None:
    """How bad another length than the label's is; None, the rule's own, where the disease is not the labels'."""
    return severity_of_length(case, minutes, reference) if case.regimen.disease is Disease.LEUKAEMIA else None


def is_gross(ratio: Fraction) -> bool:
    """Whether a difference counts although nobody has seen the label's number in its source."""
    return ratio > GROSS or ratio < Fraction(1, GROSS)
