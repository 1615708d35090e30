"""One regimen at every point of a grid, on the same virtual patients."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.designing.going_on import kept_beside
from blinplan.api.designing.swept import SweepResult
from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, Number, Patient, figures_of
from blinplan.api.plausible import sets_called
from blinplan.api.ranges import CYCLES
from blinplan.api.regimens.order import OrderedRegimen, RegimenSource
from blinplan.api.simulating.asked import asked_endpoints
from blinplan.api.simulating.data_file import refuse_table_file, write_table
from blinplan.api.simulating.numbers import population_named, require_numbers
from blinplan.api.simulating.patients import PatientSource, people_of, refuse_own_courses
from blinplan.api.simulating.simulate import before_of, options_of, order_for, size_of, told_as_refusals
from blinplan.api.vocabulary import AttenuationName, PopulationName, SetsOfName
from blinplan.executors.executor import Executor
from blinplan.quantities import plural
from blinplan.refusal import ArgumentRefusal, Refusal, several

if TYPE_CHECKING:
    from blinplan.design.sweep.plan import SweepPlan
    from blinplan.design.sweep.sweep import Sweep

PUBLIC = ("sweep",)

Varied = str | Sequence[str] | Mapping[str, "str | Number | Sequence[object]"]
"""What is varied: texts such as ``dose=5,15,30``, or values by their paths."""


@with_kinds
def sweep(
    regimen: RegimenSource,
    vary: Varied,
    patients: "PatientSource" = 1000,
    *,
    first: int = 1,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    cycles: int | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    endpoints: Sequence[str] = (),
    by_day: Sequence[float] = (),
    parameter_sets: int = 0,
    sets: SetsOfName = "published",
    output: str | Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> SweepResult:
    """Send the same virtual patients through a regimen at every point of a grid.

    >>> from blinplan import sweep
    >>> found = sweep("nhl-5", {"dose": [0.5, 5, 60]}, patients=100, by_day=[28])
    >>> [round(cell["b_depleted_day@28"].value, 2) for cell in found.cells]
    [0.0, 0.81, 1.0]

    Parameters
    ----------
    regimen
        A file, a shipped name, or a regimen.
    vary
        What is varied: values by their paths, as ``{"cycle.1.step.1.dose": [4.5, 9, 14]}``, or texts as the command
        line has them, ``"dose=x0.5,x1,x2"``. Paths are those of the regimen's file, counted from 1; ``dose``, ``days``
        and the like alone are of all steps; ``parameters.NAME`` is of the model; ``weight``, ``height``, ``bsa`` and
        ``age`` are of all patients.
    patients, first, seed, population, follow_up, attenuation, premedication, endpoints, by_day, parameter_sets, sets
        As for `simulate`; the patients are the same in every cell.
    patient
        Whose weight chooses the regimen.
    cycles
        How many cycles are simulated at most.
    output
        A file for the data, as `SweepResult.write` writes it. Cells are kept beside it as they are done, in FILE.cells:
        the same call goes on after them, and simulates nobody once all are there.
    executor, progress
        As for `simulate`; progress counts the patients of all cells. Who ends it, by Ctrl-C or with the workers, gets
        the cells that are done: a result that `is_stopped`.

    Raises
    ------
    Refusal
        When there is no such path or value, a cell cannot be simulated, or the cells beside the file are of another
        sweep.
    """
    planned = planned_sweep(
        regimen,
        vary,
        patients,
        first=first,
        seed=seed,
        population=population,
        patient=patient,
        cycles=cycles,
        follow_up=follow_up,
        attenuation=attenuation,
        premedication=premedication,
        endpoints=endpoints,
        by_day=by_day,
        parameter_sets=parameter_sets,
        sets=sets,
        output=output,
    )
    return planned.run(executor, progress)


class PlannedSweep:
    """A sweep that can be run: it was looked through, and nobody has been simulated yet."""

    def __init__(self, plan: "SweepPlan", order: OrderedRegimen, output: Path | None) -> None:
        self.plan = plan
        self.order = order
        self.output = output

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.plan.number_of_cells

    @property
    def number_kept(self) -> int:
        """How many of them are kept beside the file."""
        from blinplan.design.sweep.kept import number_kept

        return 0 if self.journal is None else number_kept(self.journal)

    @property
    def is_done(self) -> bool:
        """Whether all of them are, so that nobody has to be simulated."""
        return self.number_kept == self.cells

    @property
    def kept_text(self) -> str:
        """How many cells are kept, of how many."""
        return f"{self.number_kept:,} of {self.cells:,} {plural('cell', self.cells)}"

    @property
    def patients(self) -> int:
        """How many patients are sent through, those of all cells and parameter sets together."""
        return self.patients_of_a_cell * self.cells

    @property
    def patients_of_a_cell(self) -> int:
        """The same of one cell."""
        return self.plan.patients_of_a_cell

    @property
    def journal(self) -> Path | None:
        """Where cells are kept as they are done; None where no file is written."""
        from blinplan.design.sweep.kept import cells_beside

        return None if self.output is None else cells_beside(self.output)

    def run(self, executor: Executor | None = None, progress: Callable[[int], None] | None = None) -> SweepResult:
        """Run the cells that are not done, and write the file where there is one and all are done.

        Who ends it gets the cells that are done, in a result that `is_stopped`.
        """
        with told_as_refusals(own=not isinstance(self.plan.patients, int)):
            result = SweepResult(self._sweep(executor, progress), self.order)
        if self.output is not None and not result.is_stopped:
            write_table(result.table(), self.output)
        return result

    def _sweep(self, executor: Executor | None, progress: Callable[[int], None] | None) -> "Sweep":
        from blinplan.design.sweep.kept import KeptCells
        from blinplan.design.sweep.sweep import sweep_of

        with kept_beside(self.journal, self._inputs, KeptCells, "cells of a sweep") as kept:
            return sweep_of(self.plan, kept, executor, progress)

    @property
    def _inputs(self) -> dict[str, Any]:
        """All that the cells follow from, by what it is called where it differs."""
        from blinplan.reports.design.sweep.data import sweep_inputs

        return sweep_inputs(self.plan, self.order.fingerprint)


def planned_sweep(
    regimen: RegimenSource,
    vary: Varied,
    patients: "PatientSource" = 1000,
    *,
    first: int = 1,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    cycles: int | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    endpoints: Sequence[str] = (),
    by_day: Sequence[float] = (),
    parameter_sets: int = 0,
    sets: SetsOfName = "published",
    output: str | Path | None = None,
) -> PlannedSweep:
    """Look a sweep through before anybody is simulated; as of `sweep`."""
    from blinplan.design.sweep.plan import SweepPlan
    from blinplan.design.variation.reading import read_axes
    from blinplan.physiology.model.parameters import load_parameters
    from blinplan.simulation.trials.patients import preset_of

    target = None if output is None else Path(output)
    if target is not None:
        refuse_sweep_file(target)
    figures = figures_of(patient)
    asked = order_for(regimen, size_of(figures), premedication=premedication)
    people = people_of(patients, figures.formula, asked.regimen)
    if people is None:
        raise Refusal("a sweep is of virtual patients", "give a number of patients")
    if cycles is not None:
        CYCLES.require("cycles", cycles)
    require_numbers(people, seed=seed, follow_up=follow_up, parameter_sets=parameter_sets)
    refuse_own_courses(people, "a sweep gives every patient the regimen of each cell")
    kind = sets_called(sets, parameter_sets, people)
    with told_as_refusals(own=not isinstance(people, int)):
        preset = preset_of(asked.regimen, population_named(population), people)
        axes = read_axes(axis_texts(vary), asked.regimen, load_parameters().presets[preset])
        plan = SweepPlan(
            asked.regimen,
            axes,
            preset,
            people,
            seed,
            before_of(first, people),
            follow_up,
            options_of(attenuation, premedication=premedication),
            asked_endpoints(endpoints, by_day),
            cycles,
            parameter_sets,
            kind,
        )
        plan.refuse_what_cannot_be()
    return PlannedSweep(plan, asked, target)


def axis_texts(vary: Varied) -> tuple[str, ...]:
    """What is varied, as the command line has it."""
    if isinstance(vary, str):
        return (vary,)
    if not isinstance(vary, Mapping):
        texts = several("vary", vary)
        for text in texts:
            if not isinstance(text, str):
                raise ArgumentRefusal("{vary} has {value}", "write each as dose=5,15,30", value=repr(text)[:40])
        return texts
    return tuple(f"{path}={_values_text(path, values)}" for path, values in vary.items())


def _values_text(path: str, values: object) -> str:
    if isinstance(values, str):
        return values
    listed = values.tolist() if hasattr(values, "tolist") else values  # of NumPy
    several_values = listed if isinstance(listed, Sequence) and not isinstance(listed, bytes) else [listed]
    return ",".join(_value_text(path, value) for value in several_values)


def _value_text(path: str, value: object) -> str:
    """A value as it is written, in decimals; a float as it is printed."""
    if isinstance(value, str):
        return value
    from blinplan.quantities import decimal_text

    try:
        number = Fraction(str(value))
    except ValueError:
        advice = "give numbers, or texts as a regimen or the command line has them"
        raise ArgumentRefusal(
            "{vary} has {value}, which is no number", advice, value=f"{path}: {value!r}"[:60]
        ) from None
    return decimal_text(number, 30).replace(",", "")


def refuse_sweep_file(path: Path, inputs: tuple[str, ...] = (), output_format: str | None = None) -> None:
    """Refuse a file for data that cannot be written, or is one of the inputs, before anything is simulated."""
    refuse_table_file(path, (".csv", ".parquet", ".jsonl"), inputs, output_format)
