"""What the article expects when, on the calendar of a plan, with the day of the simulated typical patient beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.rules.limits import shipped_limits
from blinplan.simulation.typical_course import TypicalCourse
from blinplan.terminal import Screen

_RETURN_BEGINS = 7
"""Days after the start from which T cells are back (Blinatumomab (Mechanism of Action), claim TCL-2: 7 to 14 days)."""


@dataclass(frozen=True, slots=True)
class Window:
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
class Simulated:
    """The typical patient: the course, and the days of the endpoints by their keys."""

    course: TypicalCourse
    endpoints: Mapping[str, float]


def windows(dated: Dated, simulated: Simulated) -> tuple[Window, ...]:
    """All windows of the plan, in the order of time."""
    return tuple(window for entry in dated.shown() for window in _of(dated, entry, simulated))


def _of(dated: Dated, entry: Entry, simulated: Simulated) -> Iterator[Window]:
    if entry.due not in _NEW_DOSES:
        return
    limits = shipped_limits()
    begins, cycle, until = entry.start, entry.cycle, _until_the_next_dose(dated, entry)
    fall, watched = limits["redistribution"], limits["watched_days"]
    lowest = simulated.course.fewest_t_cells(begins, until)
    yield Window("T cells leave the blood", cycle, begins, begins + fall.minutes, fall.citation, lowest)
    if entry.due is Due.START:
        highest = simulated.course.highest_il6(begins, until)
        what = "cytokines are highest" if cycle == 1 else "cytokines may rise, less"
        yield Window(what, cycle, begins, begins + watched.minutes, watched.citation, highest)
    if entry.due is Due.START and cycle == 1:
        yield from _of_the_first(dated, begins, simulated.endpoints)


def _of_the_first(dated: Dated, begins: int, endpoints: Mapping[str, float]) -> Iterator[Window]:
    limits = shipped_limits()
    back, count = limits["return_of_t_cells"], limits["depleted_count"]
    ends = next((one.start for one in dated.entries if one.due is Due.STOP and one.cycle == 1), begins)
    depleted = _minute(endpoints, "b_depleted_day")
    yield Window(f"B cells ≤ {count}", 1, begins, ends, count.citation, depleted)
    returning = begins + _RETURN_BEGINS * MINUTES_PER_DAY
    returned = _minute(endpoints, "t_return_day")
    yield Window("T cells come back", 1, returning, begins + back.minutes, back.citation, returned)


_NEW_DOSES = frozenset({Due.START, Due.STEP, Due.RESTART})
_LONGEST_LOOK = 7 * MINUTES_PER_DAY


def _until_the_next_dose(dated: Dated, entry: Entry) -> int:
    """Until when a fall or a rise belongs to a dose: the next one, and no longer than a week."""
    later = [one.start for one in dated.entries if one.due in _NEW_DOSES and one.start > entry.start]
    return min([entry.start + _LONGEST_LOOK, dated.course.events[-1].period.stop, *later])


def _minute(endpoints: Mapping[str, float], key: str) -> int | None:
    day = endpoints.get(key, float("nan"))
    return round(day * MINUTES_PER_DAY) if isfinite(day) else None


def expected_report(dated: Dated, simulated: Simulated, screen: Screen) -> list[RenderableType]:
    """Draw the windows, those that a dose opens together."""
    table = screen.table(title="Expected by the article")
    for name in ("What", "From", "To", "Typical patient"):
        table.add_column(name, overflow="fold")
    for entry in dated.shown():
        found = tuple(_of(dated, entry, simulated))
        if found:
            named = f"Cycle {entry.cycle}" if entry.due is Due.START else entry.due.value.capitalize()
            table.add_row(Text(f"{named}, {dated.clock.at(entry.start):%Y-%m-%d %H:%M}", "title"))
        for window in found:
            start, stop = _short(dated, window.start), _short(dated, window.stop)
            table.add_row(Text(f"  {window.what}"), start, stop, _simulated(dated, window))
    return [table, Text(f"{_NOTE} {_sources(windows(dated, simulated))}", "quiet")]


_NOTE = (
    "Typical patient: when it is so in the simulation, which tells T cells and cytokines every half hour; T cells leave"
    " when they are fewest. Earlier and later: than the window. Not seen: it does not happen to that patient."
)


def _short(dated: Dated, minute: int) -> str:
    return f"{dated.clock.at(minute):%d %b %H:%M}"


def _simulated(dated: Dated, window: Window) -> Text:
    if window.simulated is None:
        return Text("not seen")
    at = _short(dated, window.simulated)
    return Text(at) if window.outside is None else Text(f"{at}, {window.outside}", "warning")


def _sources(found: Sequence[Window]) -> str:
    """Name each source once, with the claims that stand in it."""
    claims: dict[str, list[str]] = {}
    for window in found:
        source, _, claim = window.source.partition(", claim ")
        claims.setdefault(source, []).extend([claim] if claim and claim not in claims.get(source, []) else [])
    told = [f"{source}, claims {', '.join(named)}" if named else source for source, named in claims.items()]
    return f"Source: {'; '.join(told)}"


def expected_json(dated: Dated, simulated: Simulated) -> list[dict[str, Any]]:
    """List the windows with local times."""
    return [
        {
            "what": window.what,
            "cycle": window.cycle,
            "start": dated.clock.at(window.start).isoformat(),
            "stop": dated.clock.at(window.stop).isoformat(),
            "simulated": None if window.simulated is None else dated.clock.at(window.simulated).isoformat(),
            "outside": window.outside,
            "source": window.source,
        }
        for window in windows(dated, simulated)
    ]
