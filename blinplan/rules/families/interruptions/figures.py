"""What the rule about new figures of a patient asks: whether they can be, and where they lead."""

from collections.abc import Iterator
from fractions import Fraction

from blinplan.course.happened.decided import RecordError
from blinplan.course.happened.figures import NewFigures
from blinplan.course.patient import KG_PER_POUND, PatientError
from blinplan.quantities import decimal_text
from blinplan.regimen.record.record import BodyMeasurement, CourseRecord
from blinplan.regimen.toml.positions import KeyPath
from blinplan.rules.families.interruptions.restarts import ledger_of
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

_NONE = NotEvaluated("not applicable", "no figures of the patient were taken after the start")


def figures(rule: Rule, case: Case) -> Answer:
    """Find figures that nobody can have so soon after those before, and a patient whom no regimen is for any more."""
    record = case.record
    assert record is not None  # noqa: S101 - rules of records are asked about records only
    if not record.measurements:
        return _NONE
    nowhere = list(_leading_nowhere(rule, case, record))
    told = {finding.path for finding in nowhere}
    return [*(slip for slip in _slips(rule, case, record) if slip.path not in told), *nowhere]


def _slips(rule: Rule, case: Case, record: CourseRecord) -> Iterator[Finding]:
    most = case.limits["sudden_change_of_weight"].value / 100
    before = record.weight
    for taken in record.measurements:
        if before is not None and taken.weight is not None and abs(taken.weight - before) > most * before:
            path = (*taken.path, "weight_kg")
            yield case.finding(
                rule,
                path,
                f"the weight is {decimal_text(taken.weight, 3)} kg on {taken.day.isoformat()}, and was"
                f" {decimal_text(before, 3)} kg before{_likely_meaning(taken.weight, before, most)}",
                "weigh the patient again, and correct the weight where it is a slip",
            )
        before = taken.weight or before


def _likely_meaning(weight: Fraction, before: Fraction, most: Fraction) -> str:
    pounds = weight * KG_PER_POUND
    if abs(pounds - before) > most * before:
        return ""
    return f"; {decimal_text(weight, 3)} lb would be about {decimal_text(pounds, 1).replace('≈ ', '')} kg"


def _leading_nowhere(rule: Rule, case: Case, record: CourseRecord) -> Iterator[Finding]:
    try:
        ledger = ledger_of(case)
    except RecordError:
        return  # I804 says so
    except PatientError as error:
        last = record.measurements[-1]
        advice = "correct the figures of the patient"
        yield case.finding(rule, _first_key(last), str(error), advice, severity=Severity.ERROR)
        return
    for taken in ledger.figures:
        if taken.regimen is None:
            yield case.finding(
                rule,
                _first_key(_measured_on(record, taken)),
                taken.why,
                "correct the figures, or have the treating physician decide how the course goes on",
                severity=Severity.ERROR,
            )


def _measured_on(record: CourseRecord, taken: NewFigures) -> BodyMeasurement:
    return next(measured for measured in reversed(record.measurements) if measured.day == taken.day)


def _first_key(taken: BodyMeasurement) -> KeyPath:
    keys = (("weight_kg", taken.weight), ("height_cm", taken.height), ("bsa_m2", taken.area))
    return (*taken.path, next(key for key, value in keys if value is not None))
