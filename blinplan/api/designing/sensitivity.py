"""On which parameters endpoints of a regimen depend."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.designing.going_on import kept_beside, noted_on_an_end
from blinplan.api.designing.sensitivity_result import SensitivityResult
from blinplan.api.designing.vocabulary import SensitivityMethod, SensitivityMethodName
from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, Patient, figures_of
from blinplan.api.ranges import SAMPLE_COUNT
from blinplan.api.regimens.order import OrderedRegimen, RegimenSource
from blinplan.api.simulating.asked import asked_endpoints
from blinplan.api.simulating.data_file import refuse_table_file
from blinplan.api.simulating.numbers import population_named, require_numbers
from blinplan.api.simulating.patients import PatientSource, people_of, refuse_own_courses
from blinplan.api.simulating.simulate import before_of, options_of, order_for, size_of, told_as_refusals
from blinplan.api.vocabulary import AttenuationName, PopulationName, word_of
from blinplan.executors.executor import Executor
from blinplan.refusal import Refusal

if TYPE_CHECKING:
    from blinplan.design.sensitivity.plan import SensitivityPlan
    from blinplan.design.sensitivity.sensitivity import Sensitivity

PUBLIC = ("sensitivity",)

WITHIN = 1.3
"""The factor to either side within which parameters are varied, where nobody says it."""

SAMPLES = {SensitivityMethod.MORRIS: 20, SensitivityMethod.SOBOL: 128, SensitivityMethod.CORRELATION: 1}
"""How many trajectories or base samples where nobody says it."""
PATIENTS = 1000
"""How many patients are compared with each other where nobody says it."""


@with_kinds
def sensitivity(
    regimen: RegimenSource,
    endpoints: Sequence[str] = (),
    method: SensitivityMethodName = "morris",
    *,
    parameters: Sequence[str] = (),
    within: float = 1.3,
    samples: int | None = None,
    patients: "PatientSource" = None,
    first: int = 1,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    by_day: Sequence[float] = (),
    output: str | Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> SensitivityResult:
    """Find on which parameters of the model endpoints of a regimen depend, or which traits of patients go with them.

    >>> from blinplan import sensitivity
    >>> found = sensitivity("nhl-5", ["steady_state_5"], parameters=["clearance", "volume"], samples=4)
    >>> [row.parameter.key for row in found.endpoints["steady_state_5"].rows]
    ['clearance', 'volume']

    Parameters
    ----------
    regimen
        A file, a shipped name, or a regimen.
    endpoints
        Those wanted, as for `simulate`; depletion and the IL-6 peak where none is named.
    method
        "morris" and "sobol" vary parameters of the model, by SALib; "correlation" ranks patients of a population.
    parameters
        Which are varied; all on which patients depend where none is named.
    within
        The range: from the value over this factor to the value times it.
    samples
        Trajectories of Morris, 20; or base samples of Sobol, 128, a power of 2.
    patients
        How many patients every run has, of whom the median or the share is taken, or a table of one's own; the typical
        patient where it is None.
    first, seed, population, follow_up, attenuation, premedication, by_day
        As for `simulate`; samples are of the seed too.
    patient
        The size of the typical patient, whose weight chooses the regimen.
    output
        A file for the data, as `SensitivityResult.write` writes it. Runs that are done are kept beside it, and the same
        call goes on after them.
    executor, progress
        As for `simulate`; progress counts the patients of all runs. Who ends them, by Ctrl-C or with the workers, gets
        what the whole samples say that are done: a result that `is_stopped`.

    Raises
    ------
    Refusal
        When there is no such parameter, range or endpoint, SALib is not installed, or the runs beside the file are of
        another sensitivity.
    """
    planned = planned_sensitivity(
        regimen,
        endpoints,
        method,
        parameters=parameters,
        within=within,
        samples=samples,
        patients=patients,
        first=first,
        seed=seed,
        population=population,
        patient=patient,
        follow_up=follow_up,
        attenuation=attenuation,
        premedication=premedication,
        by_day=by_day,
        output=output,
    )
    return planned.run(executor, progress)


class PlannedSensitivity:
    """Runs that can be made: they were looked through, and none has been made yet."""

    def __init__(self, plan: "SensitivityPlan", order: OrderedRegimen, output: Path | None) -> None:
        self.plan = plan
        self.order = order
        self.output = output

    @property
    def patients_of_a_run(self) -> int:
        """How many patients each run has."""
        return self.plan.patients_of_a_run

    @property
    def patients(self) -> int:
        """How many patients are sent through, those of all runs together."""
        return self.plan.runs * self.patients_of_a_run

    @property
    def journal(self) -> Path | None:
        """Where runs are kept until all are done; None where no file is written, or there is one run."""
        from blinplan.design.sensitivity.kept import runs_beside

        return None if self.output is None or not self.is_of_many_runs else runs_beside(self.output)

    @property
    def is_of_many_runs(self) -> bool:
        """Whether there are runs that can be kept one by one."""
        return self.plan.method is not SensitivityMethod.CORRELATION

    @property
    def number_kept(self) -> int:
        """How many of them are kept beside the file."""
        from blinplan.design.sensitivity.kept import number_kept

        return 0 if self.journal is None else number_kept(self.journal)

    @property
    def kept_text(self) -> str:
        """How many runs are kept, of how many."""
        return f"{self.number_kept:,} of {self.plan.runs:,} runs"

    def run(self, executor: Executor | None = None, progress: Callable[[int], None] | None = None) -> SensitivityResult:
        """Make the runs that are not done, and write the file where there is one and all are done."""
        with told_as_refusals(own=not isinstance(self.plan.patients, int | None)):
            result = SensitivityResult(self._sensitivity(executor, progress), self.order)
        if self.output is not None and not result.is_stopped:
            result.write(self.output)
            if self.journal is not None:
                self.journal.unlink()
        return result

    def _sensitivity(self, executor: Executor | None, progress: Callable[[int], None] | None) -> "Sensitivity":
        from blinplan.design.sensitivity.kept import KeptRuns
        from blinplan.design.sensitivity.sensitivity import sensitivity_of
        from blinplan.reports.design.sensitivity.lines import too_few_text

        with (
            kept_beside(self.journal, self._inputs, KeptRuns, "runs of a sensitivity") as kept,
            noted_on_an_end(lambda: too_few_text(self.plan, kept.number)),
        ):
            return sensitivity_of(self.plan, executor, progress, kept)

    @property
    def _inputs(self) -> dict[str, Any]:
        """All that the runs follow from, by what it is called where it differs."""
        from blinplan.reports.design.sensitivity.data import sensitivity_inputs

        return sensitivity_inputs(self.plan, self.order.fingerprint)


def planned_sensitivity(
    regimen: RegimenSource,
    endpoints: Sequence[str] = (),
    method: SensitivityMethodName = "morris",
    *,
    parameters: Sequence[str] = (),
    within: float = 1.3,
    samples: int | None = None,
    patients: "PatientSource" = None,
    first: int = 1,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    by_day: Sequence[float] = (),
    output: str | Path | None = None,
) -> PlannedSensitivity:
    """Look runs through before any is made; as of `sensitivity`."""
    from blinplan.design.sensitivity.plan import SensitivityPlan
    from blinplan.simulation.trials.patients import preset_of

    chosen, target = word_of(SensitivityMethod, "method", method), None if output is None else Path(output)
    if target is not None:
        refuse_table_file(target, (".csv", ".parquet", ".jsonl"))
    _refuse_contradictions(chosen, parameters, within, samples, patients, by_day, first)
    figures = figures_of(patient)
    size = size_of(figures)
    asked = order_for(regimen, size, premedication=premedication)
    given = people_of(patients, figures.formula, asked.regimen)
    require_numbers(given, seed=seed, follow_up=follow_up)
    refuse_own_courses(given, "every run gives every patient the regimen")
    people = PATIENTS if chosen is SensitivityMethod.CORRELATION and given is None else given
    with told_as_refusals(own=not isinstance(people, int | None)):
        plan = SensitivityPlan(
            asked.regimen,
            preset_of(asked.regimen, population_named(population), people),
            size,
            people,
            seed,
            before_of(first, people),
            follow_up,
            options_of(attenuation, premedication=premedication),
            asked_endpoints(endpoints, by_day),
            chosen,
            (parameters,) if isinstance(parameters, str) else tuple(parameters),
            within,
            SAMPLES[chosen] if samples is None else samples,
        )
        plan.refuse_what_cannot_be()
    return PlannedSensitivity(plan, asked, target)


def _refuse_contradictions(
    method: SensitivityMethod,
    parameters: Sequence[str],
    within: float,
    samples: int | None,
    patients: "PatientSource",
    by_day: Sequence[float],
    first: int,
) -> None:
    if method is not SensitivityMethod.CORRELATION:
        require_salib()
    elif parameters or samples is not None or within != WITHIN:
        advice = "leave parameters, their range and samples out"
        raise Refusal("correlation is between patients, and varies no parameter", advice)
    if samples is not None:
        SAMPLE_COUNT.require("samples", samples)
    if patients is None and (first > 1 or (by_day and method is not SensitivityMethod.CORRELATION)):
        raise Refusal("that asks for a population, and the typical patient is one", "give a number of patients as well")
    if by_day and method is SensitivityMethod.CORRELATION:
        raise Refusal("shares by a day are of all patients, and correlation is between them", "leave the days out")


def require_salib() -> None:
    """Refuse early what needs SALib where it is not installed."""
    if find_spec("SALib") is None:
        raise Refusal("Morris' and Sobol's methods need the package SALib", "pip install 'blinplan[sensitivity]'")
