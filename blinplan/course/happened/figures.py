"""A patient who changes: from when new figures count, and the regimen that they lead to."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from blinplan.course.eligibility import misfits
from blinplan.course.patient import AreaFormula, Patient, formula_called, patient
from blinplan.label.read import label_of
from blinplan.quantities import decimal_text
from blinplan.regimen.regimen import Regimen

if TYPE_CHECKING:
    from blinplan.regimen.record.record import BodyMeasurement


class NewFigures(NamedTuple):
    """Figures of a patient that count from a minute of the course on.

    Attributes
    ----------
    day
        When they were taken.
    patient
        The patient with them.
    regimen
        The name of the regimen that they lead to; None where there is none for such a patient.
    why
        In words what changes.
    """

    minute: int
    day: date
    patient: Patient
    regimen: str | None
    why: str


class Juncture(NamedTuple):
    """Where new figures may begin to count: a cycle, or a step of one.

    Attributes
    ----------
    minute
        The minute of the course.
    named
        What begins there, in words.
    is_cycle
        Whether it is a cycle.
    patient, regimen
        The figures that counted before it, and the regimen that was given.
    others
        The regimens that may take its place.
    fits
        Whether another regimen can go on there.
    """

    minute: int
    named: str
    is_cycle: bool
    patient: Patient
    regimen: Regimen
    others: Sequence[Regimen]
    fits: Callable[[Regimen], bool]


class FiguresOverTime:
    """What is measured of a patient in a course, and from when it counts: from the next cycle on, or the next step."""

    def __init__(
        self, start: datetime | None, measured: "Iterable[BodyMeasurement]" = (), *, by_step: bool = False
    ) -> None:
        self._start = start
        self._waiting = sorted(measured, key=lambda each: each.day)
        self._by_step = by_step

    def at(self, juncture: Juncture) -> NewFigures | None:
        """The figures that begin to count at a juncture; None where they are those of before.

        Raises
        ------
        PatientError
            When no patient can have them.
        """
        if self._start is None or not (juncture.is_cycle or self._by_step):
            return None
        day = (self._start.astimezone(UTC) + timedelta(minutes=juncture.minute)).astimezone(self._start.tzinfo).date()
        taken = [measured for measured in self._waiting if measured.day <= day]
        now = juncture.patient
        for measured in taken:
            now = _with(now, measured)
        if _figures(now) == _figures(juncture.patient):
            self._waiting = [measured for measured in self._waiting if measured.day > day]
            return None
        found = regimen_for(now, juncture.regimen, juncture.others)
        if found is not None and not juncture.fits(found):
            return None  # another sequence of steps cannot be joined in the midst of a cycle
        self._waiting = [measured for measured in self._waiting if measured.day > day]
        why = _words(juncture, now, taken[-1].day, found)
        return NewFigures(juncture.minute, taken[-1].day, now, None if found is None else found.name, why)

    @property
    def not_counted(self) -> tuple[date, ...]:
        """The days of what was measured and counts nowhere."""
        return tuple(measured.day for measured in self._waiting)


def _figures(whom: Patient) -> tuple[object, ...]:
    return whom.weight, whom.height, None if whom.area is None else whom.area.square_metres


def _with(before: Patient, measured: "BodyMeasurement") -> Patient:
    """The patient with what was measured; an area that was given is one of its day, and not of later figures."""
    weight = before.weight if measured.weight is None else measured.weight
    height = before.height if measured.height is None else measured.height
    return patient(weight, height, measured.area, _formula_of(before), before.age)


def _formula_of(whom: Patient) -> AreaFormula:
    if whom.area is None or whom.area.origin == "given":
        return AreaFormula.MOSTELLER
    return formula_called(whom.area.origin)


def regimen_for(whom: Patient, regimen: Regimen, others: Sequence[Regimen]) -> Regimen | None:
    """The regimen itself where it admits a patient, else the one that it names, or that this one names; or None."""
    named, seen = {other.name: other for other in others}, set[str]()
    asked: Regimen | None = regimen
    while asked is not None and asked.name not in seen:
        if not misfits(asked.eligibility, whom):
            return asked
        seen.add(asked.name)
        asked = named.get(asked.eligibility.otherwise or "")
    return None


def _words(juncture: Juncture, now: Patient, day: date, found: Regimen | None) -> str:
    """What changes, from what to what, and where that leads."""
    before = juncture.patient
    changed = [
        *_difference("weight", before.weight, now.weight, "kg"),
        *_difference("height", before.height, now.height, "cm"),
        *_difference_of_area(before, now),
    ]
    facts = f"{juncture.named} takes the figures of {day.isoformat()}: {', '.join(changed)}"
    if found is juncture.regimen:
        return facts
    limits = f"{juncture.regimen.name} is for {juncture.regimen.eligibility}"
    wrong = "; ".join(misfits(juncture.regimen.eligibility, now))
    if found is None:
        return f"{facts}; {limits}; {wrong}, and no other regimen is named for such a patient: nothing more is planned"
    return f"{facts}; {limits}; {wrong}: switched to {found.name}{_label_words(found)}"


def _difference(what: str, before: object, now: object, unit: str) -> list[str]:
    if before == now:
        return []
    return [f"{what} {_number(now)} {unit} ({_number(before)}{f' {unit}' if before is not None else ''} before)"]


def _number(figure: object) -> str:
    return decimal_text(figure, 3) if isinstance(figure, Fraction) else "not known"


def _difference_of_area(before: Patient, now: Patient) -> list[str]:
    if before.area == now.area:
        return []
    was = "not known" if before.area is None else str(before.area)
    return [f"area {'not known' if now.area is None else now.area} ({was} before)"]


def _label_words(found: Regimen) -> str:
    """What the label says of the weight that decides."""
    limit = label_of(found).numbers.get("flat_from_weight")
    return "" if limit is None else f" ({limit.says.rstrip('.')})"
