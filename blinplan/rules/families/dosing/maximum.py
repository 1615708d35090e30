"""D203, D204: is a dose above the labelled maximum, as ordered or in the patient, or above all that were studied."""

from collections.abc import Iterator

from blinplan.course.events import given_rate
from blinplan.quantities import Basis, decimal_text
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import is_gross, severity_of_ratio
from blinplan.rules.checks.departures import is_laid_beside_base
from blinplan.rules.checks.dose_differences import DoseDifference, told_by
from blinplan.rules.checks.doses_told import doses_told
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule


def above_label(rule: Rule, case: Case) -> Answer:
    """Find doses above the labelled maximum."""
    ordered = told_by(rule, case, "give the label's dose, or waive this rule with the reason", _above_in_words)
    found = _above_label_as_ordered(rule, case) if isinstance(ordered, NotEvaluated) else ordered
    findings = [*found, *_above_label_in_the_patient(rule, case)]
    if not findings and case.patient and case.patient.area is None and _needs_area(case):
        return NotEvaluated("undecided", "the doses are by body surface area, and the patient's is not known")
    return findings


def _needs_area(case: Case) -> bool:
    """Whether a dose may come to more than the labelled maximum in a large patient: by area, and not capped there."""
    limit = labelled.maximum(case.limits, Basis.FLAT).value
    by_area = (step for step in case.regimen.steps if step.dose.basis is Basis.BSA)
    return any(step.cap is None or step.cap.amount > limit for step in by_area)


def _above_label_in_the_patient(rule: Rule, case: Case) -> Iterator[Finding]:
    """Doses by body surface area that come to more than anyone's labelled dose in the patient."""
    area = case.patient.area if case.patient else None
    if area is None:
        return
    limit = labelled.maximum(case.limits, Basis.FLAT)
    by_area = labelled.maximum(case.limits, Basis.BSA)
    for step in case.regimen.steps:
        if step.dose.basis is Basis.FLAT or step.dose.amount > by_area.value:
            continue  # the dose as it is ordered is found already
        rate = given_rate(step, area.square_metres)
        if rate > limit.value:
            yield case.finding(
                rule,
                (*step.path, "dose"),
                f"the dose is {step.dose}, {decimal_text(rate, 3)} mcg/day in this patient of {area}; the label"
                f" gives at most {limit}",
                f'add `max = "{limit.number}"`, the label\'s cap',
                limits=(limit.name,),
                value=f"{step.dose} at {area}",
            )


def _above_in_words(case: Case, difference: DoseDifference) -> str:
    step, most = difference.pair.step, labelled.maximum(case.limits_unasked, difference.pair.step.dose.basis)
    there = "" if most.value == difference.limit.value else f", and {difference.limit} in {difference.cycles}"
    return f"the dose is {step.dose}; the label gives at most {most}{there}"


def _above_label_as_ordered(rule: Rule, case: Case) -> Iterator[Finding]:
    """Doses above the label's, where there is no schedule and no other regimen to lay the regimen beside."""
    told = doses_told(case)
    for step in case.regimen.steps if not is_laid_beside_base(case) else ():
        limit = labelled.maximum(case.limits, step.dose.basis)
        if (
            step.path not in told
            and limit.value < step.dose.amount <= labelled.highest_studied(case.limits, step.dose.basis).value
        ):
            ratio = step.dose.amount / limit.value
            yield case.finding(
                rule,
                (*step.path, "dose"),
                f"the dose is {step.dose}; the label gives at most {limit}",
                f"give at most {limit}, or waive this rule with the reason",
                limits=(limit.name,),
                gross=not labelled.is_investigational(case) and is_gross(ratio),
                severity=None if labelled.is_investigational(case) else severity_of_ratio(case, ratio),
            )


def above_highest_dose(rule: Rule, case: Case) -> Iterator[Finding]:
    """Find doses above all that were studied."""
    for step in case.regimen.steps:
        limit = labelled.highest_studied(case.limits, step.dose.basis)
        if step.dose.amount > limit.value and not labelled.is_unit_slip(case.limits, step.dose):
            yield case.finding(
                rule,
                (*step.path, "dose"),
                f"the dose is {step.dose}; nothing above {limit} was studied",
                f"give at most {labelled.maximum(case.limits, step.dose.basis)}, the labelled maximum",
                limits=(limit.name,),
            )
