"""Regimens that were compared, and how that shows itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.designing.around import Bags, findings_apart
from blinplan.api.designing.vocabulary import CompareFormat, CompareFormatName
from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Patient
from blinplan.api.regimens.order import OrderedRegimen
from blinplan.api.simulating.drawing import ALL, PAGE_WIDTH, figure_file, signals_of, window
from blinplan.api.simulating.recorded import RecordedCourse
from blinplan.api.table_result import FileResult
from blinplan.api.vocabulary import SignalName, word_of
from blinplan.data_table import DataTable, table_html
from blinplan.executors.executor import Executor
from blinplan.files.writing import replace_file
from blinplan.frozen import FrozenMapping
from blinplan.refusal import Refusal
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from blinplan.design.comparison.compare import ComparedEndpoint, PairedComparison
    from blinplan.design.difference.difference import RegimenDifference
    from blinplan.reports.design.comparison.view import ComparisonView, FindingApart
    from blinplan.simulation.measured.errors import Errors
    from blinplan.simulation.percentiles import Bands

PUBLIC = ("ComparisonResult",)


@dataclass(frozen=True, slots=True, repr=False)
class ComparisonResult(FileResult):
    """Several regimens on the same virtual patients; the first is the reference.

    Attributes
    ----------
    comparison
        What came of the patients, and how each of them differs between the regimens.
    orders
        The regimens that were asked for.
    patient
        Whose body surface area amounts are told at.
    bags
        How many bags and vials each takes.
    recorded
        The courses as they came to be, by the names of their regimens; none where no record was given.
    errors
        Of measuring; None where only what is, and not what a ward would measure, was asked for.
    findings_apart
        What rules find in some of them and not in all; None where they were not asked.
    executor, progress
        What sends the patients through plausible models as data are gone through, and who is told how many are done.
    """

    comparison: "PairedComparison"
    orders: tuple[OrderedRegimen, ...]
    patient: Patient
    bags: Bags
    recorded: Mapping[str, RecordedCourse] = field(default_factory=lambda: FrozenMapping({}))
    errors: "Errors | None" = None
    findings_apart: "tuple[FindingApart, ...] | None" = None
    executor: Executor | None = None
    progress: Callable[[int], None] | None = None

    def with_findings(self, progress: Callable[[int, int], None] | None = None) -> "ComparisonResult":
        """The same with what rules find in some of the regimens and not in all; progress counts regimens, of all."""
        orders = dict(zip(self.names, self.orders, strict=True))
        return replace(self, findings_apart=findings_apart(orders, progress))

    @property
    def names(self) -> tuple[str, ...]:
        """What the regimens are called, the reference first."""
        return tuple(arm.name for arm in self.comparison.arms)

    @property
    def endpoints(self) -> "dict[str, ComparedEndpoint]":
        """Everything that is compared, by key; of shares by a day, the day stands behind it: ``b_depleted_day@7``."""
        from blinplan.simulation.outcome import key_by_day

        return {key_by_day(one.key, one.by_day): one for one in self.comparison.endpoints}

    @with_kinds
    def endpoint(self, key: str) -> "ComparedEndpoint":
        """One of them.

        Raises
        ------
        Refusal
            When there is none of that key.
        """
        found = self.endpoints
        if key not in found:
            raise Refusal(f"nothing that is compared is called {key[:60]!r}", f"the keys are {', '.join(found)}")
        return found[key]

    @property
    def differences(self) -> "dict[str, RegimenDifference]":
        """How each of the others differs from the reference, in words, by name."""
        from blinplan.design.difference.difference import difference

        arms, area = self.comparison.arms, self._area
        return {arm.name: difference(arms[0].regimen, arm.regimen, area) for arm in arms[1:]}

    @property
    def _area(self) -> Fraction:
        from blinplan.design.difference.totals import usual_area

        area = self.patient.area
        return usual_area(self.comparison.reference.regimen) if area is None else area.square_metres

    def view(self) -> "ComparisonView":
        """All that is shown of it."""
        from blinplan.design.comparison.given import given_by, given_in
        from blinplan.reports.design.comparison.view import ComparisonView

        given = tuple(
            given_in(arm.ordered, self._area)
            if arm.name in self.recorded
            else given_by(arm.regimen, self._area, *counts)
            for arm, counts in zip(self.comparison.arms, self.bags.counts, strict=True)
        )
        switched = (one.choice.reason for one in self.orders if one.choice.switched)
        recorded = (f"{name}: {remark}" for name, course in self.recorded.items() for remark in course.remarks)
        remarks = (*switched, *recorded, *self.bags.remarks)
        return ComparisonView(self.comparison, tuple(self.differences.values()), given, self.findings_apart, remarks)

    @property
    def _inputs(self) -> list[str]:
        return [one.fingerprint for one in self.orders]

    @property
    def _record(self) -> str | None:
        return next((course.fingerprint for course in self.recorded.values()), None)

    def text(self, output_format: CompareFormatName = "table", *, screen: Screen = PLAIN) -> str:
        """Write the comparison: as tables for people, as Markdown, as JSON, or every patient as CSV."""
        from blinplan.reports.design.comparison.document import comparison_json
        from blinplan.reports.design.comparison.markdown import comparison_markdown
        from blinplan.reports.design.comparison.report import comparison_report

        chosen = word_of(CompareFormat, "output_format", output_format)
        if chosen is CompareFormat.CSV:
            return "".join(self.csv_texts())
        if chosen is CompareFormat.JSON:
            from blinplan.outside_text import json_text

            return json_text(comparison_json(self.view(), self._inputs, self._record))
        if chosen is CompareFormat.MARKDOWN:
            return comparison_markdown(self.view())
        return screen.render(*comparison_report(self.view(), screen))

    def table(self) -> DataTable:
        """Every patient's endpoints under every regimen: a row a patient and regimen."""
        from blinplan.reports.design.comparison.rows import comparison_table

        about = self._inputs, self.errors, self._record
        return comparison_table(self.comparison, *about, self.executor, self.progress)

    @property
    def unverified_parts(self) -> tuple[str, ...]:
        """What of the results nobody has verified: doses, and the assumed effect of premedication."""
        from blinplan.reports.design.comparison.lines import unverified_lines_of

        return tuple(unverified_lines_of(self.comparison))

    @with_kinds
    def bands(
        self,
        from_day: float | None = None,
        to_day: float | None = None,
        signals: Sequence[SignalName | str] | None = None,
        *,
        executor: Executor | None = None,
    ) -> "tuple[Bands, ...]":
        """Curves of the patients under each regimen, over the same days, as of a `SimulationResult`.

        Where there are plausible models, they say between what the medians lie under them.
        """
        from blinplan.simulation.percentiles import bands_under_models, sampling_days

        trials = [arm.outcome.trial for arm in self.comparison.arms]
        days = window(from_day, to_day, self.days)
        sampled = sorted({day for trial in trials for day in sampling_days(trial.periods, *days).tolist()})
        import numpy as np

        keys = signals_of(signals) or ALL
        return tuple(
            bands_under_models((arm.outcome.trial, *arm.models), np.array(sampled), keys, executor=executor)
            for arm in self.comparison.arms
        )

    @property
    def days(self) -> float:
        """How long all courses are at least, in days."""
        from blinplan.design.comparison.courses import end_of

        return min(end_of(arm.periods) for arm in self.comparison.arms)

    @with_kinds
    def figure(self, path: str | Path, bands: "tuple[Bands, ...] | None" = None, *, width: float = PAGE_WIDTH) -> None:
        """Draw the curves over each other to a file that ends in .svg, .png or .pdf; ``width`` in mm.

        Raises
        ------
        Refusal
            When it cannot be written, matplotlib is not installed, or there are more regimens than can be told apart.
        """
        target = figure_file(path, width)
        refuse_more_than_can_be_drawn(len(self.names))
        from blinplan.reports.design.comparison.figure import comparison_figure
        from blinplan.reports.simulation.figures import FigureFormat

        kind = FigureFormat(target.suffix.lower().removeprefix("."))
        replace_file(target, comparison_figure(self.comparison, bands or self.bands(), kind, width))

    def __repr__(self) -> str:
        from blinplan.outside_text import visible
        from blinplan.reports.shared.words import patients_drawn

        reference, *others = self.names
        people = self.comparison.cohort
        whom = patients_drawn(f"{people.size:,}", of_table=people.table is not None)
        return visible(f"<ComparisonResult: {', '.join(others)} against {reference}, {whom}>")

    def _repr_html_(self) -> str:
        from blinplan.reports.design.comparison.texts import label_text, value_text
        from blinplan.reports.design.numbers import contrast_text

        rows = self.comparison.endpoints
        columns = {
            "Endpoint": [f"{one.group}: {label_text(one)}" for one in rows],
            self.names[0]: [value_text(one.values[0], one.measure, None) for one in rows],
        }
        for place, name in enumerate(self.names[1:], start=1):
            columns[name] = [value_text(one.values[place], one.measure, one.contrasts[place]) for one in rows]
            columns[f"{name}, 95 %"] = [contrast_text(one.contrasts[place], one.measure) for one in rows]
        return table_html(columns, repr(self)[1:-1])


def refuse_more_than_can_be_drawn(regimens: int) -> None:
    """Refuse to draw more regimens than can be told apart."""
    most = 6
    if regimens > most:
        raise Refusal(f"{regimens} regimens cannot be told apart in one figure", f"draw {most} or fewer at a time")


def refuse_comparison_file(path: Path, inputs: tuple[str, ...] = (), output_format: str | None = None) -> None:
    """Refuse a file for data that cannot be written, or is one of the inputs, before anything is simulated."""
    from blinplan.api.simulating.data_file import refuse_table_file

    refuse_table_file(path, (".csv", ".parquet", ".jsonl"), inputs, output_format)
