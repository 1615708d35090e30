"""What the article expects when in a course, with the minute of the simulated typical patient beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.limits import Limits
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.simulation.endpoints.table import B_DEPLETED_DAY, T_RETURN_DAY
from blinplan.simulation.trials.run import run
from blinplan.simulation.typical_course import TypicalCourse, typical_course

_NEW_DOSES = frozenset({Due.START, Due.STEP, Due.RESTART})
_LONGEST_LOOK = 7 * MINUTES_PER_DAY
"""For how long a fall or a rise is put down to a dose."""


@dataclass(frozen=True, slots=True)
class ExpectedWindow:
    """Something the article expects between two minutes of a course; ``simulated`` is the typical patient's minute.

    ``simulated`` is None where it does not happen to the typical patient.
    """

    what: str
    cycle: int
    start: int
    stop: int
    source: str
    simulated: int | None

    @property
    def outside(self) -> str | None:
        """On which side of the window the typical patient's minute lies; None where in it, or where there is none."""
        if self.simulated is None or self.start <= self.simulated <= self.stop:
            return None
        return "earlier" if self.simulated < self.start else "later"


@dataclass(frozen=True, slots=True)
class ExpectedAfter:
    """The windows that one dose opens: a start, a step or a restart."""

    entry: Entry
    windows: tuple[ExpectedWindow, ...]


@dataclass(frozen=True, slots=True)
class TypicalPatient:
    """The typical patient: the course, and the days of the endpoints by their keys."""

    course: TypicalCourse
    endpoints: Mapping[str, float]


def expected_windows(dated: Dated, limits: Limits) -> tuple[ExpectedAfter, ...]:
    """Send the typical patient through a plan; all windows of what is shown of it, in the order of time."""
    patient = typical_patient_in(dated)
    return tuple(
        expected_after(dated, entry, patient, limits) for entry in dated.shown_entries() if entry.due in _NEW_DOSES
    )


def typical_patient_in(dated: Dated) -> TypicalPatient:
    """Send the typical patient of the regimen through the course."""
    periods = [event.period for event in dated.course.events]
    simulation = run(dated.course.regimen, patients=None, course=periods)
    days = {quantity.key: float(quantity.values[0]) for quantity in simulation.typical_quantities}
    return TypicalPatient(typical_course(dated.course.regimen, periods), days)


def expected_after(dated: Dated, entry: Entry, patient: TypicalPatient, limits: Limits) -> ExpectedAfter:
    """The windows that a dose opens; none where the entry is no new dose."""
    return ExpectedAfter(entry, tuple(_windows(dated, entry, patient, limits)) if entry.due in _NEW_DOSES else ())


def _windows(dated: Dated, entry: Entry, patient: TypicalPatient, limits: Limits) -> Iterator[ExpectedWindow]:
    begins, cycle, until = entry.start, entry.cycle, _until_the_next_dose(dated, entry)
    fall, watched = limits["redistribution"], limits["watched_days"]
    lowest = patient.course.fewest_t_cells(begins, until)
    yield ExpectedWindow("T cells leave the blood", cycle, begins, begins + fall.minutes, fall.citation, lowest)
    if entry.due is Due.START:
        highest = patient.course.highest_il6(begins, until)
        what = "cytokines are highest" if cycle == 1 else "cytokines may rise, less"
        yield ExpectedWindow(what, cycle, begins, begins + watched.minutes, watched.citation, highest)
    if entry.due is Due.START and cycle == 1:
        yield from _first_windows(dated, begins, patient.endpoints, limits)


def _first_windows(
    dated: Dated, begins: int, endpoints: Mapping[str, float], limits: Limits
) -> Iterator[ExpectedWindow]:
    """Windows that only the first dose of a course opens."""
    earliest, back, count = (limits[key] for key in ("first_return_of_t_cells", "return_of_t_cells", "depleted_count"))
    ends = next((entry.start for entry in dated.entries if entry.due is Due.STOP and entry.cycle == 1), begins)
    depleted = _minute(endpoints, B_DEPLETED_DAY.key)
    yield ExpectedWindow(f"B cells ≤ {count}", 1, begins, ends, count.citation, depleted)
    returned = _minute(endpoints, T_RETURN_DAY.key)
    start, stop = begins + earliest.minutes, begins + back.minutes
    yield ExpectedWindow("T cells come back", 1, start, stop, back.citation, returned)


def _until_the_next_dose(dated: Dated, entry: Entry) -> int:
    """Until when a fall or a rise belongs to a dose: the next one, and no longer than a week."""
    later = [other.start for other in dated.entries if other.due in _NEW_DOSES and other.start > entry.start]
    return min([entry.start + _LONGEST_LOOK, dated.course.events[-1].period.stop, *later])


def _minute(endpoints: Mapping[str, float], key: str) -> int | None:
    day = endpoints.get(key, float("nan"))
    return round(day * MINUTES_PER_DAY) if isfinite(day) else None
