"""Which curves a command is asked to draw, of which days."""

import sys
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from blinplan.refusal import Refusal
from blinplan.writing import refuse_unwritable, replace_file

if TYPE_CHECKING:
    from blinplan.executor import Executor
    from blinplan.simulation.percentiles import Bands
    from blinplan.simulation.trial import Simulation

_CURVES = "Curves"
AT_THE_TERMINAL = ("drug", "b-cells", "t-cells", "il-6")
"""The signals that are drawn where nobody chose: in the model, other elevated cytokines move as IL-6 does."""

ALL = (*AT_THE_TERMINAL, "il-10", "ifn")

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

FigureFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--figure",
        metavar="FILE",
        help="Draw the curves as a figure to publish: a .svg, .png or .pdf file; repeatable.",
        rich_help_panel=_CURVES,
    ),
]
FigureWidth = Annotated[
    float,
    typer.Option(
        metavar="MM", min=60, max=400, help="How wide figures are: 89 for a journal's column.", rich_help_panel=_CURVES
    ),
]
PAGE_WIDTH = 183.0
"""The width of a journal's page in mm."""


class Window(NamedTuple):
    """From which day to which is drawn, in days since the first infusion began."""

    first: float
    last: float


class Drawing(NamedTuple):
    """What is drawn: which days, which signals at the terminal and in figures, and where."""

    window: Window
    signals: tuple[str, ...]
    curves: bool
    figures: tuple[Path, ...]
    figure_signals: tuple[str, ...]
    figure_width: float

    @property
    def needed(self) -> tuple[str, ...]:
        """All signals that are drawn anywhere."""
        return tuple(
            dict.fromkeys((*(self.figure_signals if self.figures else ()), *(self.signals if self.curves else ())))
        )


def asked_drawing(
    curves: bool | None,
    from_day: float | None,
    to_day: float | None,
    signals: Sequence[str] | None,
    figures: Sequence[str] | None,
    figure_width: float,
    course_days: float,
    *,
    table: bool,
) -> Drawing:
    """Settle what is drawn.

    Curves are drawn at a terminal, and elsewhere where they are asked for: by name, or by what they are to show where
    no figure shows it.

    Raises
    ------
    Refusal
        When what is asked for contradicts itself or the course, or cannot be written.
    """
    details = any(option is not None for option in (from_day, to_day, signals))
    if not table and (curves or (details and not figures)):
        raise Refusal(
            "curves are drawn under the table only",
            "leave out --format, or --curves, --from-day, --to-day and --signals; --figure draws to a file",
        )
    if details and curves is False and not figures:
        raise Refusal(
            "--from-day, --to-day and --signals say what is drawn, and --no-curves that nothing is",
            "leave out --no-curves",
        )
    wanted = curves if curves is not None else (details and not figures) or sys.stdout.isatty()
    chosen = asked_signals(signals)
    return Drawing(
        window=asked_window(from_day, to_day, course_days),
        signals=chosen or AT_THE_TERMINAL,
        curves=wanted and table,
        figures=_asked_figures(figures or ()),
        figure_signals=chosen or ALL,
        figure_width=figure_width,
    )


def _asked_figures(texts: Sequence[str]) -> tuple[Path, ...]:
    """Read where figures go; each needs a place of its own, a known kind of file, and matplotlib."""
    paths = tuple(Path(text) for text in texts)
    for number, path in enumerate(paths):
        if path.suffix.lower() not in {".svg", ".png", ".pdf"}:
            raise Refusal(f"--figure is {str(path)[:80]!r}", "name a file that ends in .svg, .png or .pdf")
        refuse_unwritable(path)
        if path.resolve() in {other.resolve() for other in paths[:number]}:
            raise Refusal(f"two figures would be written to {path}", "give each figure a path of its own")
    if paths:
        require_matplotlib("--figure")
    return paths


def require_matplotlib(what: str) -> None:
    """Refuse early what needs matplotlib where it is not installed."""
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise Refusal(f"{what} needs the package matplotlib", "pip install 'blinplan[plot]'") from error
    del mpl


def asked_window(from_day: float | None, to_day: float | None, course_days: float) -> Window:
    """Settle which days of a course are drawn: all of it where nothing is asked.

    Raises
    ------
    Refusal
        When the days are not those of the course, or run backwards.
    """
    first, last = 0.0 if from_day is None else from_day, course_days if to_day is None else to_day
    for option, day in (("--from-day", first), ("--to-day", last)):
        if not isfinite(day) or not 0.0 <= day <= course_days:
            raise Refusal(
                f"{option} is {day:g}, and the simulation runs from day 0 to day {course_days:g}",
                "give a day within it; --follow-up adds days at its end",
            )
    if last - first < 1 / 24:
        raise Refusal(
            f"from day {first:g} to day {last:g} there is nothing to draw",
            "let --to-day be at least an hour after --from-day",
        )
    return Window(first, last)


def asked_signals(texts: Sequence[str] | None) -> tuple[str, ...]:
    """Read the names of signals, each once and in the order in which they are drawn; none where none are asked for."""
    if texts is None:
        return ()
    from blinplan.simulation.percentiles import SIGNALS

    asked = [name.strip().lower() for text in texts for name in text.split(",") if name.strip()]
    for name in asked:
        if name not in SIGNALS:
            raise Refusal(f"--signals has {name[:40]!r}", f"the signals are {', '.join(SIGNALS)}")
    if not asked:
        raise Refusal("--signals names nothing", f"the signals are {', '.join(SIGNALS)}")
    return tuple(name for name in SIGNALS if name in asked)


def drawn(simulation: "Simulation", drawing: Drawing, executor: "Executor") -> "Bands | None":
    """Simulate what is drawn: the same patients again, with only these signals kept; None where nothing is drawn."""
    if not drawing.needed:
        return None
    from blinplan.simulation.percentiles import bands_of, sampling_days

    days = sampling_days(simulation.periods, *drawing.window)
    return bands_of(simulation, days, drawing.needed, executor=executor)


def write_figures(simulation: "Simulation", bands: "Bands", drawing: Drawing) -> None:
    """Write the figures that are asked for."""
    from blinplan.reports.simulation.figures import FigureFormat, figure

    shown = bands.only(drawing.figure_signals)
    for path in drawing.figures:
        kind = FigureFormat(path.suffix.lower().removeprefix("."))
        replace_file(path, figure(simulation, shown, kind, drawing.figure_width))
