"""A sweep that was run, and how that shows itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.designing.vocabulary import SweepFormat, SweepFormatName
from blinplan.api.kinds import with_kinds
from blinplan.api.regimens.order import OrderedRegimen
from blinplan.api.simulating.drawing import PAGE_WIDTH, figure_file
from blinplan.api.table_result import FileResult
from blinplan.api.vocabulary import word_of
from blinplan.data_table import DataTable, table_html
from blinplan.files.writing import replace_file
from blinplan.quantities import plural
from blinplan.refusal import Refusal
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from blinplan.design.sweep.cell import CellEndpoint
    from blinplan.design.sweep.sweep import Half, Sweep

PUBLIC = ("SweepResult",)


class SweptCell(Mapping[str, "CellEndpoint"]):
    """One cell: its endpoints by their keys; of shares by a day, the day stands behind it: ``b_depleted_day@7``.

    ``values`` are the values of the axes there, by their paths.
    """

    def __init__(self, values: Mapping[str, float], endpoints: "Mapping[str, CellEndpoint]") -> None:
        self.point = dict(values)
        self._endpoints = dict(endpoints)

    def __getitem__(self, key: str) -> "CellEndpoint":
        return self._endpoints[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._endpoints)

    def __len__(self) -> int:
        return len(self._endpoints)

    def __repr__(self) -> str:
        at = ", ".join(f"{path}={value:g}" for path, value in self.point.items())
        return f"<SweptCell: {at}, {len(self)} {plural('endpoint', len(self))}>"


@dataclass(frozen=True, slots=True, repr=False)
class SweepResult(FileResult):
    """One regimen at every point of a grid, on the same virtual patients.

    Attributes
    ----------
    swept
        The plan, and what came of the patients in every cell.
    order
        The regimen that was asked for.
    """

    swept: "Sweep"
    order: OrderedRegimen

    @property
    def cells(self) -> tuple[SweptCell, ...]:
        """Every cell, in the order of the grid: the last axis moves first."""
        from blinplan.reports.design.sweep.data import values_at

        return tuple(
            SweptCell(values_at(variant.point), {_name(one): one for one in cell.endpoints})
            for variant, cell in self.swept.rows
        )

    @property
    def is_stopped(self) -> bool:
        """Whether it is of fewer cells than were asked for, since it was ended."""
        return self.swept.is_stopped

    @property
    def halves(self) -> "tuple[Half, ...]":
        """The doses at which half of all are there, of the shares that are shown."""
        return self.swept.halves

    @property
    def _inputs(self) -> list[str]:
        return [self.order.fingerprint]

    @property
    def _remarks(self) -> tuple[str, ...]:
        """What has to be known of which regimen it is."""
        choice = self.order.choice
        return (choice.reason,) if choice.switched else ()

    def text(self, output_format: SweepFormatName = "table", *, screen: Screen = PLAIN) -> str:
        """Write the sweep: as tables for people, as Markdown, as JSON, or as CSV with a row a cell and endpoint."""
        from blinplan.reports.design.sweep.data import sweep_json
        from blinplan.reports.design.sweep.report import sweep_markdown, sweep_report

        chosen = word_of(SweepFormat, "output_format", output_format)
        if chosen is SweepFormat.CSV:
            return "".join(self.csv_texts())
        if chosen is SweepFormat.JSON:
            from blinplan.outside_text import json_text

            return json_text(sweep_json(self.swept, self._inputs, self._remarks))
        if chosen is SweepFormat.MARKDOWN:
            return sweep_markdown(self.swept, self._remarks)
        return screen.render(*sweep_report(self.swept, screen, self._remarks))

    def table(self) -> DataTable:
        """All endpoints that were asked for: a row a cell and endpoint."""
        from blinplan.reports.design.sweep.data import sweep_table

        return sweep_table(self.swept, self._inputs)

    @property
    def unverified_parts(self) -> tuple[str, ...]:
        """What of the results nobody has verified."""
        from blinplan.reports.design.sweep.lines import unverified_lines_of

        return tuple(unverified_lines_of(self.swept))

    @with_kinds
    def figure(self, path: str | Path, *, width: float = PAGE_WIDTH) -> None:
        """Draw it to a file that ends in .svg, .png or .pdf: curves over one axis, maps of two; ``width`` in mm.

        Raises
        ------
        Refusal
            When it cannot be written, matplotlib is not installed, there are more than two axes, or cells are missing.
        """
        target = figure_file(path, width)
        if self.is_stopped:
            raise Refusal("a sweep that was ended is not drawn: cells are missing", "sweep the others first")
        refuse_what_cannot_be_drawn(len(self.swept.axes))
        from blinplan.reports.design.sweep.figure import sweep_figure
        from blinplan.reports.simulation.figures import FigureFormat

        kind = FigureFormat(target.suffix.lower().removeprefix("."))
        replace_file(target, sweep_figure(self.swept, kind, width))

    def __repr__(self) -> str:
        from blinplan.reports.design.sweep.lines import title_of
        from blinplan.reports.shared.words import patients_drawn

        people = self.swept.plan.cohort
        whom = patients_drawn(f"{people.size:,}", of_table=people.table is not None)
        return f"<SweepResult: {self.order.regimen.name}, {title_of(self.swept)}, {whom}>"

    def _repr_html_(self) -> str:
        from blinplan.reports.design.sweep.grids import by_rows

        grid = by_rows(self.swept, self.swept.shown_names)
        columns = {head: [row[number] for row in grid.rows] for number, head in enumerate(grid.heads)}
        return table_html(columns, repr(self)[1:-1])


def _name(one: "CellEndpoint") -> str:
    from blinplan.simulation.outcome import key_by_day

    return key_by_day(one.name.key, one.name.by_day)


def refuse_what_cannot_be_drawn(axes: int) -> None:
    """Refuse a figure of more axes than a page has."""
    if axes > 2:
        raise Refusal(f"{axes} axes cannot be drawn in one figure", "draw one or two; tables and data take any number")
