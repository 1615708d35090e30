"""Expand a regimen to the one event table, which everything later reads.

The periods of a regimen hold the doses as ordered and fit any patient. The events of a course hold what one patient
gets: the same periods, with the dose rate in mcg/day after body surface area and cap.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate, plural
from blinplan.regimen.regimen import Cycle, Regimen
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Phase

if TYPE_CHECKING:
    from blinplan.course.patient import Patient


INTERRUPTED = "interrupted"
"""The name of the cycle in a period in which the infusion is stopped."""

NOT_RESTARTED = "the infusion was stopped"
ENDED = "the course had ended"
NOT_DECIDED = "how it went on is not on record"
"""Why nothing is ordered in a period that is on record."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of a regimen with one ordered dose, or without infusion (``dose`` None, ``step`` 0).

    ``start`` and ``stop`` are minutes from the start of the course; cycles and steps count from 1. ``optional`` says
    that the cycle is, and ``block`` to which treatment block it belongs. ``interval_reason`` is the file's reason for
    an interval without infusion, or, of the last step of a cycle, why none follows; ``block_change`` says of an
    interval that another block begins after it. ``instead_of`` is what was ordered where a bag gave another dose,
    or, for the reason that ``lack`` says, none.
    """

    start: int
    stop: int
    dose: DoseRate | None
    cap: DoseRate | None
    cycle: int
    step: int
    cycle_name: str
    phase: Phase | None
    path: KeyPath
    optional: bool = False
    interval_reason: str | None = None
    block: str | None = None
    block_change: str | None = None
    instead_of: "Period | None" = None
    lack: str | None = None
    document: Document | None = field(default=None, compare=False, repr=False)

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return self.stop - self.start

    @property
    def line(self) -> int:
        """The line of the file that says it; 0 where it is of none."""
        return 0 if self.document is None else self.document.line_of(self.path)


class Event(NamedTuple):
    """A period as one patient gets it: ``rate`` in mcg/day, exact, and whether the cap decided it."""

    period: Period
    rate: Fraction
    capped: bool

    @property
    def micrograms(self) -> Fraction:
        """What is infused over the whole period, in mcg, exact."""
        return self.rate * self.period.minutes / (24 * 60)


class PatientChange(NamedTuple):
    """From a minute of a course on: other figures of its patient, and the regimen that they lead to."""

    minute: int
    patient: "Patient"
    regimen: Regimen


@dataclass(frozen=True, slots=True, repr=False)
class Course:
    """What one patient gets from a regimen: the event table, without a gap from first to last.

    Attributes
    ----------
    regimen, patient
        Those of the start.
    changes
        Where the patient's figures changed, in the order of time.
    others
        The regimens that may take the place of this one when they do.
    """

    regimen: Regimen
    patient: "Patient"
    events: tuple[Event, ...]
    changes: tuple[PatientChange, ...] = ()
    others: tuple[Regimen, ...] = ()

    def patient_at(self, minute: int) -> "Patient":
        """The patient with the figures that count at a minute."""
        return next((change.patient for change in reversed(self.changes) if change.minute <= minute), self.patient)

    def regimen_at(self, minute: int) -> Regimen:
        """The regimen that is given at a minute."""
        return next((change.regimen for change in reversed(self.changes) if change.minute <= minute), self.regimen)

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """The regimens that are given, each once, in the order of time."""
        given = (self.regimen, *(change.regimen for change in self.changes))
        return tuple({id(regimen): regimen for regimen in given}.values())

    @property
    def micrograms(self) -> Fraction:
        """The dose of the whole course in mcg, exact."""
        return sum((event.micrograms for event in self.events), Fraction(0))

    @property
    def infusion_minutes(self) -> int:
        """How long something is infused."""
        return sum(event.period.minutes for event in self.events if event.period.dose is not None)

    @property
    def for_everybody(self) -> "Course":
        """The course without its optional cycles."""
        return replace(self, events=tuple(event for event in self.events if not event.period.optional))

    def columns(self) -> dict[str, list[Any]]:
        """The event table, in minutes of the course; step 0 is without infusion.

        ``pandas.DataFrame``, ``polars.DataFrame`` and ``pyarrow.table`` take it. Doses are numbers here.
        """
        return {
            "start_minute": [event.period.start for event in self.events],
            "stop_minute": [event.period.stop for event in self.events],
            "cycle": [event.period.cycle for event in self.events],
            "step": [event.period.step for event in self.events],
            "mcg_per_day": [float(event.rate) for event in self.events],
            "mcg": [float(event.micrograms) for event in self.events],
            "capped": [event.capped for event in self.events],
        }

    def __repr__(self) -> str:
        cycles = len({event.period.cycle for event in self.events})
        days = sum(event.period.minutes for event in self.events) / MINUTES_PER_DAY
        rates = sorted({event.rate for event in self.events if event.period.dose is not None})
        between = " to ".join(f"{float(rate):g}" for rate in dict.fromkeys(rates[:1] + rates[-1:]))
        parts = [f"{cycles} {plural('cycle', cycles)}", f"{days:g} {plural('day', days)}", f"{between or 0} mcg/day"]
        return f"<Course of {self.regimen.name}: {', '.join(parts)}, {float(self.micrograms):g} mcg>"

    def _repr_html_(self) -> str:
        from blinplan.data_table import table_html

        return table_html(self.columns(), repr(self)[1:-1])


def periods(regimen: Regimen) -> tuple[Period, ...]:
    """Lay out a regimen's cycles, repeats, steps and treatment-free intervals on one time axis."""
    return tuple(_laid_out(regimen))


def interval_reasons(regimen: Regimen) -> dict[int, str]:
    """By the number of a cycle, the file's reason for the interval after it."""
    cycles = enumerate(regimen.one_by_one, start=1)
    return {number: cycle.interval_reason for number, cycle in cycles if cycle.interval_reason is not None}


def block_changes(regimen: Regimen) -> dict[int, str]:
    """By the number of a cycle after which another block begins, that it does, in words."""
    return {
        number: _block_change(cycle, following)
        for number, (cycle, following) in enumerate(pairwise(regimen.one_by_one), start=1)
        if cycle.block != following.block
    }


def _block_change(cycle: Cycle, following: Cycle) -> str:
    if cycle.block is None:
        return f"the block {following.block} begins"
    if following.block is None:
        return f"the block {cycle.block} ends"
    return f"the block changes from {cycle.block} to {following.block}"


def _laid_out(regimen: Regimen) -> Iterator[Period]:
    now, reasons, changes = 0, interval_reasons(regimen), block_changes(regimen)
    for number, cycle in enumerate(regimen.one_by_one, start=1):
        for step_number, step in enumerate(cycle.steps, start=1):
            yield Period(
                start=now,
                stop=now + step.minutes,
                dose=step.dose,
                cap=step.cap,
                cycle=number,
                step=step_number,
                cycle_name=cycle.name,
                phase=cycle.phase,
                path=step.path,
                document=step.document,
                optional=cycle.optional,
                interval_reason=None if cycle.treatment_free or step_number < len(cycle.steps) else reasons.get(number),
                block=cycle.block,
            )
            now += step.minutes
        if cycle.treatment_free:
            yield Period(
                start=now,
                stop=now + cycle.treatment_free,
                dose=None,
                cap=None,
                cycle=number,
                step=0,
                cycle_name=cycle.name,
                phase=cycle.phase,
                path=(*cycle.path, "treatment_free_days"),
                document=cycle.document,
                optional=cycle.optional,
                interval_reason=reasons.get(number),
                block=cycle.block,
                block_change=changes.get(number),
            )
            now += cycle.treatment_free


def expand(regimen: Regimen, patient: "Patient") -> Course:
    """Expand a regimen to what one patient gets.

    Raises
    ------
    PatientError
        When the patient's weight or age is outside the regimen's eligibility, or the body surface area is needed and
        unknown.
    """
    # Imported here, because a check for nobody in particular lays out periods and does not wait for it.
    from blinplan.course.eligibility import misfits
    from blinplan.course.patient import PatientError

    wrong = misfits(regimen.eligibility, patient)
    if wrong:
        raise PatientError("; ".join([f"{regimen.name} is for {regimen.eligibility}", *wrong]))
    return course_of(regimen, patient, periods(regimen))


def course_of(
    regimen: Regimen, patient: "Patient", laid_out: Iterable[Period], changes: tuple[PatientChange, ...] = ()
) -> Course:
    """What one patient gets in the periods of a regimen, as they are planned or as they came to be.

    ``changes`` are those of the patient's figures on the way.

    Raises
    ------
    PatientError
        When the body surface area is needed and unknown.
    """
    still = Course(regimen, patient, (), changes)
    given = (_event(still.regimen_at(period.start), still.patient_at(period.start), period) for period in laid_out)
    return replace(still, events=tuple(given))


def as_ordered(course: Course) -> Course:
    """A course as it would be if no wrong bag had hung in it."""
    if all(event.period.instead_of is None for event in course.events):
        return course
    joined: list[Period] = []
    for event in course.events:
        period = event.period.instead_of or event.period
        if joined and joined[-1] == replace(period, start=joined[-1].start, stop=joined[-1].stop):
            joined[-1] = replace(joined[-1], stop=period.stop)
        else:
            joined.append(period)
    return replace(course_of(course.regimen, course.patient, joined, course.changes), others=course.others)


def _event(regimen: Regimen, patient: "Patient", period: Period) -> Event:
    if period.dose is None:
        return Event(period, Fraction(0), capped=False)
    if period.dose.basis is Basis.FLAT:
        return Event(period, period.dose.amount, capped=False)
    if patient.area is None:
        from blinplan.course.patient import PatientError

        raise PatientError(
            f"{regimen.name} doses by body surface area, and the patient's is not known: give weight and height, or the"
            " area itself"
        )
    rate = given_rate(period, patient.area.square_metres)
    return Event(period, rate, capped=period.cap is not None and rate < period.dose.amount * patient.area.square_metres)


def rate_of_dose(dose: DoseRate, cap: DoseRate | None, patient: "Patient") -> Fraction:
    """The dose rate in mcg/day that a dose comes to in a patient.

    Raises
    ------
    PatientError
        When the body surface area is needed and unknown.
    """
    if dose.basis is Basis.FLAT:
        return dose.amount
    if patient.area is None:
        from blinplan.course.patient import PatientError

        raise PatientError(f"what {dose} comes to depends on the body surface area, which is not known")
    rate = dose.amount * patient.area.square_metres
    return rate if cap is None else min(rate, cap.amount)


class Ordered(Protocol):
    """A dose as it is ordered, with the cap on it where there is one."""

    @property
    def dose(self) -> DoseRate | None:
        """The ordered dose."""

    @property
    def cap(self) -> DoseRate | None:
        """The highest dose that is given."""


def given_rate(ordered: Ordered, square_metres: Fraction) -> Fraction:
    """The dose rate in mcg/day that an order comes to at a body surface area: exact, and no more than its cap."""
    rate: Fraction = rate_in(ordered, square_metres, Fraction, min)
    return rate


def rate_in(
    ordered: Ordered, square_metres: Any, number: Callable[[Fraction], Any], smaller: Callable[[Any, Any], Any]
) -> Any:
    """The dose rate in mcg/day that an order comes to, in numbers of any kind: exact, or of many patients at once.

    ``number`` makes such a number of an exact one, ``smaller`` takes the smaller of two.
    """
    if ordered.dose is None:
        return number(Fraction(0))
    amount = number(ordered.dose.amount)
    if ordered.dose.basis is Basis.FLAT:
        return amount
    rate = amount * square_metres
    return rate if ordered.cap is None else smaller(rate, number(ordered.cap.amount))
