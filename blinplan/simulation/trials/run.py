"""Run a regimen: on a virtual population and its typical patient, or on the typical patient of a given size."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from blinplan.course.events import Period, periods
from blinplan.course.patient import Patient
from blinplan.executors.executor import Executor, InTurn, executor_or_threads
from blinplan.physiology.engine.choose import takes_turns
from blinplan.physiology.model.dosing import Options
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.dosing import followed_up
from blinplan.simulation.endpoints.asked import EVERYTHING, AskedEndpoints
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.patients import Patients, preset_of, typical_patient, unsaid_of_typical
from blinplan.simulation.trials.planned import planned_simulation
from blinplan.simulation.trials.progress import count_on
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.trials.trial import Trial
from blinplan.simulation.uncertainty import over_models, over_sets, set_outcome


def run(  # noqa: PLR0913 - all but one by name, and each of its own
    regimen: Regimen,
    *,
    preset: str | None = None,
    patients: Patients | None = 1000,
    seed: int = 1,
    before: int = 0,
    patient: Patient | None = None,
    course: Sequence[Period] | None = None,
    follow_up_days: int = 0,
    options: Options | None = None,
    asked: AskedEndpoints = EVERYTHING,
    parameter_sets: int = 0,
    sets: SetsOf = SetsOf.PUBLISHED,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Simulation:
    """Simulate a regimen.

    Parameters
    ----------
    regimen
        What is ordered.
    preset
        The virtual population; the one that stands for the regimen's patients when not given.
    patients
        How many virtual patients; or the user's own, of whom patient i carries the random effects of patient i of the
        seed; or a population that was drawn, and is taken as it is; None for the typical patient alone.
    seed
        What the virtual patients are drawn from; a population that is given keeps its own.
    before
        How many virtual patients of the seed come before them; they are passed over.
    patient
        The size of the typical patient; the population's own when not given.
    course
        The periods that are given, where they are not those of the regimen: a course with its interruptions.
    follow_up_days
        Days without infusion that are added at the end.
    options
        Open questions of the mechanism.
    asked
        The endpoints that are asked for.
    parameter_sets
        How often to run the population again with other typical values.
    sets
        Where these come from: drawn within their published uncertainty, or the plausible sets.
    executor
        What runs the patients; threads, as many as there are processors, when not given. The result does not depend
        on it.
    progress
        Called with the number of patients done, those of all parameter sets counted together.

    Raises
    ------
    NotEligibleError
        When the regimen does not admit the weight of a virtual patient.
    ValueError
        When a population is given with parameter sets, which draw the patients again, or with the name of another; when
        the course does not have a window or day that is asked for, or the simulation no endpoint of a key; when
        plausible sets were made for other parameters, or there are not so many.
    """
    if patients is None:
        chosen, table = (
            preset_of(regimen, preset, patients),
            followed_up(tuple(course or periods(regimen)), follow_up_days),
        )
        asked.require_days(table)
        person = typical_patient(regimen, chosen, patient)
        average = Trial(regimen, table, person, options or Options(), asked=asked).run(InTurn())
        return Simulation(average, average, chosen, follow_up_days, unsaid_of_typical=unsaid_of_typical(patient))
    planned = planned_simulation(
        regimen,
        preset=preset,
        patients=patients,
        seed=seed,
        before=before,
        patient=patient,
        course=course,
        follow_up_days=follow_up_days,
        options=options,
        asked=asked,
        parameter_sets=parameter_sets,
        sets=sets,
    )
    together = planned.cohort.size * (1 + len(planned.models))
    with executor_or_threads(executor, in_turns=takes_turns(None, together)) as running:
        found = planned.simulation(planned.trial.run(running, progress))
        if not planned.models:
            return found
        outcomes = outcomes_of(planned.models, running, count_on(progress, planned.cohort.size))
        others = [set_outcome(ran.quantities, ran.events) for ran in outcomes]
    if sets is SetsOf.PUBLISHED:
        return replace(found, uncertainty=over_sets(planned.preset, others))
    shipped = set_outcome(found.quantities, found.events)
    return replace(found, uncertainty=over_models(shipped, others), models=planned.models)
