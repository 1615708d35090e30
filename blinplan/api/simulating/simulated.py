"""A regimen as virtual patients went through it, and how that shows itself."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.kinds import with_kinds
from blinplan.api.regimens.order import OrderedRegimen
from blinplan.api.simulating.data_file import STRETCH, refuse_data_file, require_drawn, write_table_of_part
from blinplan.api.simulating.drawing import ALL, PAGE_WIDTH, figure_file, signals_of, window
from blinplan.api.simulating.recorded import RecordedCourse
from blinplan.api.table_result import TableResult
from blinplan.api.vocabulary import SignalName, SimulateFormat, SimulateFormatName, word_of
from blinplan.data_table import DataTable, table_html
from blinplan.executors.executor import Executor
from blinplan.files.writing import replace_file, replacing
from blinplan.proportion import Proportion
from blinplan.refusal import Refusal
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.physiology.model.population import Population
    from blinplan.reports.simulation.stretch import RegimenText
    from blinplan.simulation.crowd.kept import KeptOutcome
    from blinplan.simulation.measured.errors import Errors
    from blinplan.simulation.outcome import Quantity
    from blinplan.simulation.percentiles import Bands
    from blinplan.simulation.trajectories import RequestedCurves
    from blinplan.simulation.trials.simulation import PlannedSimulation, Simulation

PUBLIC = ("SimulationResult",)


@dataclass(frozen=True, slots=True, repr=False)
class SimulationResult(TableResult):
    """Virtual patients through a regimen: their endpoints, what happens to them, and their curves on demand.

    Attributes
    ----------
    simulation
        What was simulated, with every patient's endpoints.
    order
        The regimen that was asked for, and the one that was simulated.
    errors
        Of measuring; None where only what is, and not what a ward would measure, was asked for.
    recorded
        The course as it came to be; None where it is the regimen's own.
    """

    simulation: "Simulation"
    order: OrderedRegimen
    errors: "Errors | None" = None
    recorded: RecordedCourse | None = None

    @property
    def population(self) -> "Population":
        """The patients; the typical one alone where no others were asked for."""
        return self.simulation.population

    @property
    def endpoints(self) -> "dict[str, Quantity]":
        """What is measured in every patient, by key; NaN where it does not occur in a patient."""
        return {quantity.key: quantity for quantity in self.simulation.quantities}

    @property
    def events(self) -> dict[str, Any]:
        """What happens to a patient or not, by key; each knows its proportion with a 95 % interval."""
        return {event.key: event for event in self.simulation.events}

    @property
    def by_day(self) -> "dict[str, dict[float, Proportion]]":
        """The share of all patients at risk who have got somewhere by each day asked for, by key of the time."""
        from blinplan.simulation.outcome import share_by

        times = (quantity for quantity in self.simulation.quantities if quantity.is_time)
        return {time.key: {day: share_by(time, day) for day in self.simulation.by_day} for time in times}

    @property
    def size(self) -> int:
        """How many patients were simulated."""
        return self.simulation.cohort.size

    @property
    def unverified_parts(self) -> tuple[str, ...]:
        """What of the results nobody has verified: doses, and the assumed effect of premedication."""
        return (*unverified_parts_of(self.simulation), *endpoint_error_lines(self.simulation, self.errors))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be known of a course as it came to be."""
        return () if self.recorded is None else self.recorded.remarks

    @with_kinds
    def bands(
        self,
        from_day: float | None = None,
        to_day: float | None = None,
        signals: Sequence[SignalName | str] | None = None,
        *,
        executor: Executor | None = None,
    ) -> "Bands":
        """Curves of the population: 5th, 50th and 95th percentile of each signal, over some days of the course.

        Of patients with courses of their own they are of those who are not yet through.

        Raises
        ------
        Refusal
            When the days are not those of the course, or there is no such signal.
        """
        from blinplan.simulation.percentiles import bands_of, sampling_days_of

        days = window(from_day, to_day, self.simulation.last_day)
        sampled = sampling_days_of(self.simulation.outcome.trial, *days)
        return bands_of(self.simulation, sampled, signals_of(signals) or ALL, executor=executor)

    @with_kinds
    def figure(self, path: str | Path, bands: "Bands | None" = None, *, width: float = PAGE_WIDTH) -> None:
        """Draw curves to a file whose ending says how: .svg, .png or .pdf; ``width`` in mm. Needs matplotlib.

        Raises
        ------
        Refusal
            When it cannot be written, or matplotlib is not installed.
        """
        from blinplan.reports.simulation.figures import FigureFormat, figure

        target = figure_file(path, width)
        kind = FigureFormat(target.suffix.lower().removeprefix("."))
        replace_file(target, figure(self.simulation, bands or self.bands(), kind, width))

    def text(
        self, output_format: SimulateFormatName = "table", *, bands: "Bands | None" = None, screen: Screen = PLAIN
    ) -> str:
        """Write the endpoints: as a table for people, with curves under it where there are bands, as JSON or as CSV."""
        chosen = word_of(SimulateFormat, "output_format", output_format)
        if chosen is SimulateFormat.JSON:
            from blinplan.reports.simulation.summary.document import simulation_json

            document = simulation_json(self.simulation, self.order.fingerprint, record_of(self.recorded), self.remarks)
            from blinplan.outside_text import json_text

            return json_text(document)
        if chosen is SimulateFormat.CSV:
            return "".join(self.csv_texts())
        if chosen is SimulateFormat.NONMEM:
            raise Refusal("event records have the times of samples", 'ask for them with curves(..., "1d").records()')
        return screen.render(*self._report(bands, screen))

    def _report(self, bands: "Bands | None", screen: Screen) -> "list[RenderableType]":
        from blinplan.reports.simulation.summary.report import simulation_report

        parts = simulation_report(self.simulation, screen, self.remarks)
        if bands is not None:
            from blinplan.reports.simulation.curves import curves_report

            parts += ["", *curves_report(self.simulation, bands, screen)]
        return parts

    def table(self) -> DataTable:
        """Every patient's body and endpoints, one patient a row.

        Names of columns say the unit; NaN is where an endpoint does not occur in a patient. Yes-or-no endpoints are 1
        or 0.
        """
        from blinplan.reports.simulation.data import AT_ONCE, endpoint_table

        simulation, record = self.simulation, record_of(self.recorded)
        computed, others = simulation.portions(AT_ONCE), simulation.under_models()
        return endpoint_table(simulation, computed, self.order.fingerprint, self.errors, record, others)

    @with_kinds
    def write(self, path: str | Path, *, part: bool = False) -> None:
        """Write every patient's endpoints to a file whose ending says how: .csv, .parquet, or .npz to be joined.

        Of CSV that is a ``part`` for `merge_tables`, PATH.json says what it was made with; others say it themselves.

        Raises
        ------
        Refusal
            When it cannot be written.
        """
        target = Path(path)
        refuse_data_file(target)
        if target.suffix == STRETCH:
            _write_stretch(target, self.simulation, self.simulation.under_models(), self.order, self.errors)
        else:
            write_table_of_part(self.table, target, self.simulation.cohort if part else None)

    def __repr__(self) -> str:
        from blinplan.reports.simulation.summary.words import simulated_patients

        return f"<SimulationResult of {self.simulation.regimen.name}: {simulated_patients(self.simulation)}>"

    def _repr_html_(self) -> str:
        from blinplan.reports.simulation.summary.rows import TIME_HEADS, endpoint_rows, time_rows

        rows, times = list(endpoint_rows(self.simulation)), list(time_rows(self.simulation))
        values: dict[str, list[str]] = {
            "Endpoint": [f"{row.group}: {row.label}" for row in rows],
            "Typical": [row.typical for row in rows],
        }
        when: dict[str, list[str]] = {
            "Time": [f"{row.group}: {row.label}" for row in times],
            "Typical": [row.typical for row in times],
        }
        if not self.simulation.alone:
            values |= {"Median": [row.median for row in rows], "5-95 %": [row.between for row in rows]}
            values["n"] = [row.count for row in rows]
            cells = zip(*((row.half, row.nine_in_ten, row.never, row.total) for row in times), strict=True)
            when |= {head: list(column) for head, column in zip(TIME_HEADS, cells, strict=True)}
        return table_html(values, repr(self)[1:-1]) + (table_html(when, "") if times else "")


@dataclass(frozen=True, slots=True, repr=False)
class EndpointsResult(TableResult):
    """Every virtual patient's endpoints as data, computed while they are written, and kept by nobody.

    Attributes
    ----------
    planned
        Who is sent through what.
    order
        The regimen that was asked for, and the one that is simulated.
    executor, progress
        What computes them, and who is told how many patients are done.
    errors, recorded
        As of a `SimulationResult`.
    """

    planned: "PlannedSimulation"
    order: OrderedRegimen
    executor: Executor | None = None
    progress: Callable[[int], None] | None = None
    errors: "Errors | None" = None
    recorded: RecordedCourse | None = None

    @property
    def size(self) -> int:
        """How many patients are simulated."""
        return self.planned.cohort.size

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be said of the record of a course."""
        return () if self.recorded is None else self.recorded.remarks

    @property
    def unverified_parts(self) -> tuple[str, ...]:
        """What of the results nobody has verified: doses, and the assumed effect of premedication."""
        return (*unverified_parts_of(self.planned), *endpoint_error_lines(self.planned, self.errors))

    def table(self) -> DataTable:
        """Every patient's body and endpoints, one patient a row, computed as it is gone through."""
        from blinplan.reports.simulation.data import endpoint_table
        from blinplan.simulation.trials.progress import count_on

        planned, record = self.planned, record_of(self.recorded)
        computed = planned.trial.portions(self.executor, self.progress)
        others = planned.under_models(self.executor, count_on(self.progress, self.size))
        return endpoint_table(planned, computed, self.order.fingerprint, self.errors, record, others)

    @with_kinds
    def write(self, path: str | Path, *, part: bool = False) -> None:
        """Write it, as it is computed, as `SimulationResult.write` does."""
        target, planned = Path(path), self.planned
        if target.suffix != STRETCH:
            write_table_of_part(self.table, target, planned.cohort if part else None)
            return
        from blinplan.simulation.trials.progress import count_on

        require_drawn(planned.cohort, target)
        found = planned.simulation(planned.trial.run(self.executor, self.progress))
        others = planned.under_models(self.executor, count_on(self.progress, self.size))
        _write_stretch(target, replace(found, models=planned.models), others, self.order, self.errors)


def _write_stretch(
    target: Path,
    simulation: "Simulation",
    others: "Iterator[KeptOutcome]",
    order: OrderedRegimen,
    errors: "Errors | None",
) -> None:
    """Write what came of patients under the shipped parameters, and under others as it comes, to be joined."""
    from blinplan.reports.simulation.stretch import stretch_document, write_stretch
    from blinplan.simulation.trials.cohort_trial import CohortOutcome

    require_drawn(simulation.cohort, target)
    outcome, (asked, chosen) = simulation.outcome, texts_of(order)
    assert isinstance(outcome, CohortOutcome)  # noqa: S101 - who is drawn is of a cohort
    document = stretch_document(simulation, outcome.kept, asked, chosen, order.fingerprint, errors)
    with replacing(target) as beside:
        write_stretch(document, chain((outcome.kept,), others), beside)


def texts_of(order: OrderedRegimen) -> "tuple[RegimenText, RegimenText]":
    """The texts of the regimen that was asked for, and of the one that is simulated."""
    from blinplan.reports.simulation.stretch import RegimenText

    asked, chosen = (
        RegimenText(Path(file.document.name).name, file.document.text) for file in (order.reading, order.chosen_file)
    )
    return asked, chosen


def unverified_parts_of(of: "Simulation | PlannedSimulation | RequestedCurves") -> Iterator[str]:
    """Say what of a simulation nobody has verified."""
    from blinplan.reports.shared.words import unverified_lines

    yield from unverified_lines(of.regimen)
    if of.options.premedication:
        yield "That premedication lowers cytokine release, and by how much, is assumed: unverified."


def record_of(recorded: RecordedCourse | None) -> str | None:
    """The fingerprint of the record of a course, where there is one."""
    return None if recorded is None else recorded.fingerprint


_MEASURED = {"drug": "drug", "b-cells": "B cells", "t-cells": "T cells", "il-6": "IL-6"}


def error_lines(errors: "Errors | None", signals: Collection[str] = _MEASURED.keys()) -> Iterator[str]:
    """Say where the errors of what is measured come from."""
    if errors is None:
        return
    if "drug" in signals:
        yield (
            "Measured drug: with the published residual error of the clearance model, which is misfit, timing of the"
            " sample and assay together, and with the assay's published limits."
        )
    *others, last = [name for signal, name in _MEASURED.items() if signal in signals and signal != "drug"] or [""]
    if last:
        names = f"{', '.join(others)} and {last}" if others else last
        yield f"Measured {names}: their errors and limits are assumed: unverified."


def endpoint_error_lines(of: "Simulation | PlannedSimulation", errors: "Errors | None") -> Iterator[str]:
    """The same of endpoints, of which some are levels that are measured, or none."""
    from blinplan.reports.simulation.data import measured_signals

    signals = measured_signals(of.typical.quantities)
    yield from error_lines(errors, signals)
    if errors is not None and not signals:
        yield "Nothing is measured: none of these endpoints is the level of the drug, of B cells or of IL-6."
