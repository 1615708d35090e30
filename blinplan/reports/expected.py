"""What the article expects when, on the calendar of a plan, with the day of the simulated typical patient beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from blinplan.course.calendar import Due, Entry
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.reports.dated_plan import Dated, moment
from blinplan.reports.screen import Screen
from blinplan.rules.limits import shipped_limits

_RETURN_BEGINS = 7
"""Days after the start from which T cells are back (Blinatumomab (Mechanism of Action), claim TCL-2: 7 to 14 days)."""


@dataclass(frozen=True, slots=True)
class Window:
    """Something the article expects between two minutes of a course; ``simulated`` is the typical patient's minute."""

    what: str
    cycle: int
    start: int
    stop: int
    source: str
    simulated: int | None


def windows(dated: Dated, simulated: Mapping[str, float]) -> tuple[Window, ...]:
    """All windows of the plan, in the order of time.

    Parameters
    ----------
    dated
        The plan.
    simulated
        Days of the typical patient from the start of the course, by the keys of the simulation's endpoints.
    """
    return tuple(window for entry in dated.shown() for window in _of(dated, entry, simulated))


def _of(dated: Dated, entry: Entry, simulated: Mapping[str, float]) -> Iterator[Window]:
    if entry.due not in {Due.START, Due.STEP, Due.RESTART}:
        return
    limits = shipped_limits()
    begins, cycle = entry.start, entry.cycle
    fall = limits["redistribution"]
    first = entry.due is Due.START and cycle == 1
    yield Window(
        "T cells leave the blood",
        cycle,
        begins,
        begins + fall.minutes,
        fall.citation,
        _minute(simulated, "t_nadir_day") if first else None,
    )
    if not first:
        return
    watched, back, count = limits["watched_days"], limits["return_of_t_cells"], limits["depleted_count"]
    yield Window(
        "cytokines are highest",
        cycle,
        begins,
        begins + watched.minutes,
        watched.citation,
        _minute(simulated, "il6_peak_day"),
    )
    ends = next((one.start for one in dated.entries if one.due is Due.STOP and one.cycle == 1), begins)
    yield Window(
        f"B cells fall to {count} or fewer",
        cycle,
        begins,
        ends,
        count.citation,
        _minute(simulated, "b_depleted_day"),
    )
    yield Window(
        "T cells come back",
        cycle,
        begins + _RETURN_BEGINS * MINUTES_PER_DAY,
        begins + back.minutes,
        back.citation,
        _minute(simulated, "t_return_day"),
    )


def _minute(simulated: Mapping[str, float], key: str) -> int | None:
    day = simulated.get(key, float("nan"))
    return round(day * MINUTES_PER_DAY) if isfinite(day) else None


_COMPARED = (
    ("auc", "AUC, ng·day/mL", "{:.4g}"),
    ("b_depleted_day", "B cells at 10 /µL or fewer, day", "{:.4g}"),
    ("b_highest_free", "highest B cells in free intervals, cells/µL", "{:.4g}"),
)


def comparison(simulated: Mapping[str, float], planned: Mapping[str, float]) -> list[tuple[str, str, str]]:
    """What the typical patient comes to with the interruptions and without: name, with, without; - where it is not."""

    def shown(values: Mapping[str, float], key: str, form: str) -> str:
        value = values.get(key, float("nan"))
        return form.format(value) if isfinite(value) else "-"

    return [(name, shown(simulated, key, form), shown(planned, key, form)) for key, name, form in _COMPARED]


def comparison_report(
    simulated: Mapping[str, float], planned: Mapping[str, float], screen: Screen
) -> list[RenderableType]:
    """Draw the typical patient's exposure and depletion with the interruptions and without."""
    table = screen.table(title="The typical patient, simulated")
    table.add_column("", overflow="fold")
    for name in ("With the interruptions", "Without"):
        table.add_column(name, justify="right")
    for row in comparison(simulated, planned):
        table.add_row(*row)
    return [table]


def expected_report(dated: Dated, simulated: Mapping[str, float], screen: Screen) -> list[RenderableType]:
    """Draw the windows."""
    table = screen.table(title="Expected by the article")
    table.add_column("What", overflow="fold")
    for name in ("From", "To", "Simulated"):
        table.add_column(name)
    found = windows(dated, simulated)
    for window in found:
        typical = "" if window.simulated is None else moment(dated.clock.at(window.simulated))
        start, stop = dated.clock.at(window.start), dated.clock.at(window.stop)
        table.add_row(window.what, moment(start), moment(stop), typical)
    sources = "; ".join(dict.fromkeys(window.source for window in found))
    note = "Simulated: the typical patient; none where the article gives no day of its own."
    return [table, Text(f"{note} Source: {sources}", "quiet")]


def expected_json(dated: Dated, simulated: Mapping[str, float]) -> list[dict[str, Any]]:
    """List the windows with local times."""
    return [
        {
            "what": window.what,
            "cycle": window.cycle,
            "start": dated.clock.at(window.start).isoformat(),
            "stop": dated.clock.at(window.stop).isoformat(),
            "simulated": None if window.simulated is None else dated.clock.at(window.simulated).isoformat(),
            "source": window.source,
        }
        for window in windows(dated, simulated)
    ]
