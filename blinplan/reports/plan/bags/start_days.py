"""On which of the next days a course would best begin."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.course.dated import Dated
from blinplan.course.start_days import StartDay, best_start, start_days
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.reports.plan.dated_plan import zone_line
from blinplan.reports.shared.words import moment_text
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


def start_days_report(dated: Dated, screen: Screen) -> "list[RenderableType]":
    """Draw what each of the next starts comes to, and which is best."""
    days = list(start_days(dated))
    best = best_start(days)
    table = screen.table()
    table.add_column("Start", no_wrap=True)
    for name in ("Bags hung", "On closed days", "Vials"):
        table.add_column(name, justify="right")
    table.add_column("", overflow="fold")
    for day in days:
        style = "title" if day is best else "quiet" if day.why_not else ""
        table.add_row(moment_text(day.start), *map(_count, _counts(day)), _note(day, best), style=style)
    return [table, *map(Text, _summary(dated, days, best)), zone_line(dated)]


def _counts(day: StartDay) -> tuple[int | None, int | None, int | None]:
    return day.changes, day.on_closed_days, day.vials


def _count(number: int | None) -> str:
    return "-" if number is None else str(number)


def _note(day: StartDay, best: StartDay | None) -> str:
    if day.why_not is not None:
        return f"no bags: {visible(day.why_not)}"
    bags = plural("bag", day.unbridged)
    closed = f"{day.unbridged} {bags} changed on closed days, which none lasts over" if day.unbridged else ""
    return ", ".join(filter(None, ("best" if day is best else "", closed)))


def _summary(dated: Dated, days: Sequence[StartDay], best: StartDay | None) -> list[str]:
    """Say which start is best and by what, and what it was not judged by."""
    if best is None:
        return ["On none of these days can the course begin with the bags of this site."]
    known = all(day.vials is not None for day in days if day.changes is not None)
    by = "the fewest bags hung on closed days, then the fewest vials, then the fewest bags"
    by = by if known else "the fewest bags hung on closed days, then the fewest bags"
    asked = [] if known else ["How many vials a start takes is not evaluated: what every bag holds is not known."]
    closed = [] if dated.site is not None and (dated.site.closed or dated.site.holidays) else _NEVER_CLOSED
    return [f"Best: {moment_text(best.start)}, by {by}.", *asked, *closed]


_NEVER_CLOSED = ["The site profile names no closed day."]


def start_days_json(dated: Dated) -> list[dict[str, Any]]:
    """Write what each of the next starts comes to."""
    days = list(start_days(dated))
    best = best_start(days)
    return [
        {
            "start": day.start.isoformat(),
            "bags": day.changes,
            "bags_on_closed_days": day.on_closed_days,
            "vials": day.vials,
            "why_not": day.why_not,
            "best": day is best,
        }
        for day in days
    ]
