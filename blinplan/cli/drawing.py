"""Which curves a command is asked to draw, of which days."""

import os
import sys
from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from blinplan.cli.status import UsageError

if TYPE_CHECKING:
    from blinplan.physiology.bands import Bands
    from blinplan.physiology.run import Simulation

_CURVES = "Curves"
AT_THE_TERMINAL = ("drug", "b-cells", "t-cells", "il-6")
"""The signals that are drawn where nobody chose: in the model, other elevated cytokines move as IL-6 does."""

FromDay = Annotated[
    float | None,
    typer.Option(
        metavar="DAY", help="Draw from this day on; 0 is when the first infusion begins.", rich_help_panel=_CURVES
    ),
]
ToDay = Annotated[
    float | None,
    typer.Option(metavar="DAY", help="Draw up to this day: 3 shows the cytokines.", rich_help_panel=_CURVES),
]
SignalNames = Annotated[
    list[str] | None,
    typer.Option(
        "--signals",
        metavar="NAMES",
        help="What to draw, with commas: drug, b-cells, t-cells, il-6, il-10, ifn.",
        rich_help_panel=_CURVES,
    ),
]
CurvesOption = Annotated[
    bool | None,
    typer.Option(
        "--curves/--no-curves",
        help="Draw curves under the table; at a terminal they are drawn unless not wanted.",
        rich_help_panel=_CURVES,
    ),
]


class Window(NamedTuple):
    """From which day to which is drawn, in days since the first infusion began."""

    first: float
    last: float


class Drawing(NamedTuple):
    """What is drawn: which days and signals, and whether at the terminal."""

    window: Window
    signals: tuple[str, ...]
    curves: bool


def asked_drawing(
    curves: bool | None,
    from_day: float | None,
    to_day: float | None,
    signals: Sequence[str] | None,
    course_days: float,
    *,
    table: bool,
) -> Drawing:
    """Settle what is drawn.

    Curves are drawn at a terminal, and elsewhere where they are asked for: by name, or by what they are to show.

    Raises
    ------
    UsageError
        When what is asked for contradicts itself or the course.
    """
    details = any(option is not None for option in (from_day, to_day, signals))
    if not table and (curves or details):
        raise UsageError(
            "curves are drawn under the table only",
            "leave out --format, or --curves, --from-day, --to-day and --signals",
        )
    if details and curves is False:
        raise UsageError(
            "--from-day, --to-day and --signals say what is drawn, and --no-curves that nothing is",
            "leave out --no-curves",
        )
    wanted = curves if curves is not None else details or sys.stdout.isatty()
    return Drawing(
        asked_window(from_day, to_day, course_days), asked_signals(signals) or AT_THE_TERMINAL, wanted and table
    )


def asked_window(from_day: float | None, to_day: float | None, course_days: float) -> Window:
    """Settle which days of a course are drawn: all of it where nothing is asked.

    Raises
    ------
    UsageError
        When the days are not those of the course, or run backwards.
    """
    first, last = 0.0 if from_day is None else from_day, course_days if to_day is None else to_day
    for option, day in (("--from-day", first), ("--to-day", last)):
        if not isfinite(day) or not 0.0 <= day <= course_days:
            raise UsageError(
                f"{option} is {day:g}, and the simulation runs from day 0 to day {course_days:g}",
                "give a day within it; --follow-up adds days at its end",
            )
    if last - first < 1 / 24:
        raise UsageError(
            f"from day {first:g} to day {last:g} there is nothing to draw",
            "let --to-day be at least an hour after --from-day",
        )
    return Window(first, last)


def asked_signals(texts: Sequence[str] | None) -> tuple[str, ...]:
    """Read the names of signals, each once and in the order in which they are drawn; none where none are asked for."""
    if texts is None:
        return ()
    from blinplan.physiology.bands import SIGNALS

    asked = [name.strip().lower() for text in texts for name in text.split(",") if name.strip()]
    for name in asked:
        if name not in SIGNALS:
            raise UsageError(f"--signals has {name[:40]!r}", f"the signals are {', '.join(SIGNALS)}")
    if not asked:
        raise UsageError("--signals names nothing", f"the signals are {', '.join(SIGNALS)}")
    return tuple(name for name in SIGNALS if name in asked)


def drawn(simulation: "Simulation", drawing: Drawing, threads: int | None) -> "Bands":
    """Simulate what is drawn: the same patients again, with only these signals kept."""
    from blinplan.physiology.bands import bands_of, sampling_days

    days = sampling_days(simulation.periods, *drawing.window)
    return bands_of(simulation, days, drawing.signals, threads=threads or os.cpu_count() or 1)
