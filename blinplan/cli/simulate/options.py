"""What a simulation is asked to show: curves, figures and data, as the texts of options say it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from blinplan.api.ranges import FIGURE_WIDTH
from blinplan.api.simulating.data_file import STRETCH, claim_description, minutes_of, refuse_data_file
from blinplan.api.simulating.drawing import ALL, AT_THE_TERMINAL, Window, figure_files, signals_of, window
from blinplan.cli.app.uncertainty import WantedSets, refuse_published_in_data
from blinplan.refusal import Refusal

_CURVES = "Curves"

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
        help=f"What to draw, with commas: {', '.join(ALL)}.",
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
        help="Draw a figure to publish: a .svg, .png or .pdf file; repeatable.",
        rich_help_panel=_CURVES,
    ),
]
FigureWidth = Annotated[
    float,
    typer.Option(
        metavar="MM",
        min=FIGURE_WIDTH.least,
        max=FIGURE_WIDTH.most,
        help="How wide figures are: 89 for a journal's column.",
        rich_help_panel=_CURVES,
    ),
]
DataFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write every patient's endpoints, or with --every their curves, to FILE.csv or FILE.parquet instead; to"
        " FILE.npz for blinplan merge.",
        rich_help_panel="Output",
    ),
]
Every = Annotated[
    str | None,
    typer.Option(
        "--every",
        metavar="TIME",
        help="Every patient's curves at these times, for -o or -f csv: 6h, 30min or 1d from the start of the course.",
        rich_help_panel="Output",
    ),
]


MeasuredOption = Annotated[
    bool,
    typer.Option(
        "--measured",
        help="Beside what is, what a ward would measure, in data by patient: with errors, and never a number beyond the"
        " limits of an assay.",
        rich_help_panel="Output",
    ),
]


class Drawing(NamedTuple):
    """What is drawn: which days, which signals at the terminal and in figures, and where."""

    window: Window
    signals: tuple[str, ...]
    curves: bool
    figures: tuple[Path, ...]
    figure_signals: tuple[str, ...]
    figure_width: float

    @property
    def all_signals(self) -> tuple[str, ...]:
        """All signals that are drawn anywhere."""
        return tuple(
            dict.fromkeys((*(self.figure_signals if self.figures else ()), *(self.signals if self.curves else ())))
        )


def settle_drawing(
    curves: bool | None,
    from_day: float | None,
    to_day: float | None,
    signals: Sequence[str] | None,
    figures: Sequence[str] | None,
    figure_width: float,
    course_days: float,
    *,
    table: bool,
    seen: bool,
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
    wanted = curves if curves is not None else (details and not figures) or seen
    chosen = signals_of(signals)
    return Drawing(
        window=window(from_day, to_day, course_days),
        signals=chosen or AT_THE_TERMINAL,
        curves=wanted and table,
        figures=figure_files(figures or ()),
        figure_signals=chosen or ALL,
        figure_width=figure_width,
    )


class Data(NamedTuple):
    """Data that is asked for: where it goes (None: standard output), and for curves the minutes between times.

    ``records`` says that it is event records of the same patients, ``is_part`` that it is to be joined with others.
    """

    target: Path | None
    every: int | None
    records: bool
    is_part: bool = False

    @property
    def of_curves(self) -> bool:
        """Whether it is at many times of each patient."""
        return self.records or self.every is not None

    @property
    def option(self) -> str:
        """What asks for it."""
        return "-f nonmem" if self.records else "--every"


def read_data_options(
    output: Path | None, every: str | None, form: str, *, sets: WantedSets, inputs: tuple[str, ...], is_part: bool
) -> Data | None:
    """Read what the options ask for; None where it is not data. `inputs` are files that must not be overwritten.

    Raises
    ------
    Refusal
        When the options contradict each other, before anything is simulated.
    """
    if output is None and every is None and form not in {"csv", "nonmem"}:
        return None
    if output is None and form not in {"csv", "nonmem"}:
        raise Refusal("--every gives curves as data", "add -o curves.csv, -o curves.parquet or -f csv")
    refuse_published_in_data(sets, has_data=True)
    if output is not None:
        refuse_data_file(output, inputs, form)
        if is_part and form != "nonmem":
            claim_description(output)
    return Data(output, None if every is None else minutes_of(every), form == "nonmem", is_part)


def refuse_nobody_measured(data: Data | None, *, measured: bool, typical: bool) -> None:
    """Refuse what a ward would measure of nobody.

    Raises
    ------
    Refusal
        When there is no patient of whom, or no data in which it could stand.
    """
    if measured and typical:
        raise Refusal("--typical and --measured contradict each other", "the typical patient is nobody's sample")
    if measured and data is None:
        raise Refusal("--measured is of each patient", "add -o FILE or -f csv, and --every for measured curves")


def refuse_recorded_stretch(data: Data | None, record: str | None) -> None:
    """Refuse to write a part of a run whose course no regimen gives: what joins parts knows the regimen alone.

    Raises
    ------
    Refusal
        When both are asked for.
    """
    if record is not None and data is not None and data.target is not None and data.target.suffix == STRETCH:
        raise Refusal(f"{data.target} and --record contradict each other", "write .csv or .parquet")


def is_written_as_computed(drawing: Drawing, patients: object) -> bool:
    """Whether endpoints can be written while patients are done: where nothing else is asked of many of them."""
    return not drawing.figures and patients is not None
