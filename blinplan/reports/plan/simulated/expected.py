"""What the article expects when, on the calendar of a plan, with the day of the simulated typical patient beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.course.calendar import Due
from blinplan.course.dated import Dated
from blinplan.reports.plan.things_due import cycle_text
from blinplan.simulation.expected import ExpectedAfter, ExpectedWindow
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


def expected_report(dated: Dated, doses: Sequence[ExpectedAfter], screen: Screen) -> "list[RenderableType]":
    """Draw the windows, those that a dose opens together."""
    table = screen.table(title="Expected by the article")
    for name in ("What", "From", "To", "Typical patient"):
        table.add_column(name, overflow="fold")
    for dose in doses:
        entry = dose.entry
        title = (
            f"Cycle {cycle_text(dated.course, entry.cycle)}" if entry.due is Due.START else entry.due.value.capitalize()
        )
        table.add_row(Text(f"{title}, {dated.clock.at(entry.start):%Y-%m-%d %H:%M}", "title"))
        for window in dose.windows:
            start, stop = _short(dated, window.start), _short(dated, window.stop)
            table.add_row(Text(f"  {window.what}"), start, stop, _time_of_typical_patient(dated, window))
    return [table, Text(f"{_NOTE} {_sources(_windows(doses))}", "quiet")] if _windows(doses) else [table]


_NOTE = (
    "Typical patient: when it is so in the simulation, which tells T cells and cytokines every half hour; T cells leave"
    " when they are fewest. Earlier and later: than the window. Not seen: it does not happen to that patient."
)


def _short(dated: Dated, minute: int) -> str:
    return f"{dated.clock.at(minute):%d %b %H:%M}"


def _time_of_typical_patient(dated: Dated, window: ExpectedWindow) -> Text:
    if window.simulated is None:
        return Text("not seen")
    at = _short(dated, window.simulated)
    return Text(at) if window.outside is None else Text(f"{at}, {window.outside}", "warning")


def _windows(doses: Sequence[ExpectedAfter]) -> list[ExpectedWindow]:
    return [window for dose in doses for window in dose.windows]


def _sources(windows: Sequence[ExpectedWindow]) -> str:
    """Name each source once, with the claims that stand in it."""
    claims: dict[str, list[str]] = {}
    for window in windows:
        source, _, claim = window.source.partition(", claim ")
        claims.setdefault(source, []).extend([claim] if claim and claim not in claims.get(source, []) else [])
    sources = [f"{source}, claims {', '.join(its)}" if its else source for source, its in claims.items()]
    return f"Source: {'; '.join(sources)}"


def expected_json(dated: Dated, doses: Sequence[ExpectedAfter]) -> list[dict[str, Any]]:
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
        for window in _windows(doses)
    ]
