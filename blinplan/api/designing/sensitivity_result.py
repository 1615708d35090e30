"""Sensitivities that were found, and how they show themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.designing.vocabulary import SensitivityFormat, SensitivityFormatName
from blinplan.api.kinds import with_kinds
from blinplan.api.regimens.order import OrderedRegimen
from blinplan.api.simulating.drawing import PAGE_WIDTH, figure_file
from blinplan.api.table_result import FileResult
from blinplan.api.vocabulary import word_of
from blinplan.data_table import DataTable, table_html
from blinplan.files.writing import replace_file
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from blinplan.design.sensitivity.sensitivity import EndpointSensitivity, Sensitivity

PUBLIC = ("SensitivityResult",)


@dataclass(frozen=True, slots=True, repr=False)
class SensitivityResult(FileResult):
    """On what endpoints of a regimen depend.

    Attributes
    ----------
    found
        The plan, and what was found of each endpoint.
    order
        The regimen that was asked for.
    """

    found: "Sensitivity"
    order: OrderedRegimen

    @property
    def endpoints(self) -> "Mapping[str, EndpointSensitivity]":
        """Each endpoint by its key; of a share by a day, the day stands behind it. Rows are sorted by their effect."""
        return {of.key: of for of in self.found.endpoints}

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return self.found.plan.runs

    @property
    def is_stopped(self) -> bool:
        """Whether it is of fewer samples than were asked for, since the runs were ended."""
        return self.found.is_stopped

    @property
    def _inputs(self) -> list[str]:
        return [self.order.fingerprint]

    def text(self, output_format: SensitivityFormatName = "table", *, screen: Screen = PLAIN) -> str:
        """Write them: as tables for people, as Markdown, as JSON, or as CSV, a row an endpoint and parameter."""
        from blinplan.reports.design.sensitivity.data import sensitivity_json
        from blinplan.reports.design.sensitivity.report import sensitivity_markdown, sensitivity_report

        chosen = word_of(SensitivityFormat, "output_format", output_format)
        if chosen is SensitivityFormat.CSV:
            return "".join(self.csv_texts())
        if chosen is SensitivityFormat.JSON:
            from blinplan.outside_text import json_text

            return json_text(sensitivity_json(self.found, self._inputs))
        if chosen is SensitivityFormat.MARKDOWN:
            return sensitivity_markdown(self.found)
        return screen.render(*sensitivity_report(self.found, screen))

    def table(self) -> DataTable:
        """All of it: a row an endpoint and parameter."""
        from blinplan.reports.design.sensitivity.data import sensitivity_table

        return sensitivity_table(self.found, self._inputs)

    @property
    def unverified_parts(self) -> tuple[str, ...]:
        """What of the results nobody has verified."""
        from blinplan.reports.design.sensitivity.lines import unverified_lines_of

        return tuple(unverified_lines_of(self.found))

    @with_kinds
    def figure(self, path: str | Path, *, width: float = PAGE_WIDTH) -> None:
        """Draw it to a file that ends in .svg, .png or .pdf; ``width`` in mm.

        Raises
        ------
        Refusal
            When it cannot be written, or matplotlib is not installed.
        """
        target = figure_file(path, width)
        from blinplan.reports.design.sensitivity.figure import sensitivity_figure
        from blinplan.reports.simulation.figures import FigureFormat

        kind = FigureFormat(target.suffix.lower().removeprefix("."))
        replace_file(target, sensitivity_figure(self.found, kind, width))

    def __repr__(self) -> str:
        from blinplan.reports.design.sensitivity.lines import title_of

        return f"<SensitivityResult: {self.order.regimen.name}, {title_of(self.found)}>"

    def _repr_html_(self) -> str:
        return table_html(self.columns(), repr(self)[1:-1])
