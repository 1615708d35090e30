"""What the rule about new figures of a patient asks: whether they can be, and where they lead."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from blinplan.course.happened.decided import RecordError
from blinplan.course.happened.figures import NewFigures
from blinplan.course.patient import CM_PER_INCH, KG_PER_POUND, PatientError
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


class _FigureTaken(NamedTuple):
    """A figure that is taken again: where it is, what it is called, its unit, and the unit of other countries."""

    field: str
    key: str
    words: str
    unit: str
    advice: str
    other: tuple[Fraction, str] | None = None


_SIZES = (
    _FigureTaken("weight", "weight_kg", "weight", "kg", "weigh the patient again", (KG_PER_POUND, "lb")),
    _FigureTaken("height", "height_cm", "height", "cm", "measure the patient again", (CM_PER_INCH, "in")),
    _FigureTaken("area", "bsa_m2", "body surface area", "m²", "work it out again"),
)


def _slips(rule: Rule, case: Case, record: CourseRecord) -> Iterator[Finding]:
    most = case.limits["sudden_change_of_weight"].value / 100
    for size in _SIZES:
        before: Fraction | None = getattr(record, size.field)
        for taken in record.measurements:
            now: Fraction | None = getattr(taken, size.field)
            if before is not None and now is not None and abs(now - before) > most * before:
                yield case.finding(
                    rule,
                    (*taken.path, size.key),
                    f"the {size.words} is {decimal_text(now, 3)} {size.unit} on {taken.day.isoformat()}, and was"
                    f" {decimal_text(before, 3)} {size.unit} before{_likely_meaning(size, now, before, most)}",
                    f"{size.advice}, and correct the {size.words} where it is a slip",
                )
            before = now or before


def _likely_meaning(size: _FigureTaken, now: Fraction, before: Fraction, most: Fraction) -> str:
    if size.other is None:
        return ""
    factor, unit = size.other
    meant = now * factor
    if abs(meant - before) > most * before:
        return ""
    return f"; {decimal_text(now, 3)} {unit} would be about {decimal_text(meant, 1).replace('≈ ', '')} {size.unit}"


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
