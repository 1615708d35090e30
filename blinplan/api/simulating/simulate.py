"""Send virtual patients through a regimen."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from blinplan.api.patient import AreaFormula, Figures, Patient, figures_of
from blinplan.api.regimens.order import OrderedRegimen, RegimenSource, order
from blinplan.api.simulating.asked import asked_endpoints, unknown_endpoint
from blinplan.api.simulating.simulated import SimulationResult
from blinplan.api.vocabulary import Attenuation, AttenuationName, PopulationName
from blinplan.executor import Executor
from blinplan.outside_text import visible
from blinplan.refusal import ArgumentRefusal, Refusal

if TYPE_CHECKING:
    from blinplan.physiology.model.dosing import Options
    from blinplan.physiology.model.population import Population
    from blinplan.simulation.measured.errors import Errors
    from blinplan.simulation.people.people import People
    from blinplan.simulation.trial import Patients

    PatientSource: TypeAlias = int | str | Path | People | Population | None


class How(TypedDict, total=False):
    """How a regimen is simulated: what `simulate` and `curves` both take."""

    patients: "PatientSource"
    seed: int
    population: PopulationName | None
    patient: Patient | Figures | None
    follow_up: int
    attenuation: AttenuationName
    premedication: bool
    measured: bool
    executor: Executor | None
    progress: Callable[[int], None] | None


def simulate(
    regimen: RegimenSource,
    patients: "PatientSource" = 1000,
    *,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    measured: bool = False,
    endpoints: Sequence[str] = (),
    by_day: Sequence[float] = (),
    parameter_sets: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> SimulationResult:
    """Send virtual patients through a regimen, and the typical patient beside them.

    Patient *i* of a seed is the same person under every regimen. The result does not depend on what runs them.

    >>> from blinplan import simulate
    >>> result = simulate("rr-adult", patients=None)
    >>> {key: round(float(result.endpoints[key].values[0]), 2) for key in ("steady_state_9", "steady_state_28")}
    {'steady_state_9': 168.92, 'steady_state_28': 525.53}

    Parameters
    ----------
    regimen
        A file, a shipped name, or a regimen.
    patients
        How many virtual patients; or your own, as a table in CSV or by their covariates, of whom patient i carries the
        random effects of patient i of the seed; or a drawn population, which is taken as it is; None for the typical
        patient alone.
    seed
        What the virtual patients are drawn from.
    population
        Which population they come from; by indication and weight limit when not given.
    patient
        The size of the typical patient; its weight chooses the regimen.
    follow_up
        Days without infusion that are added at the end.
    attenuation
        Why cytokine release wanes: both published explanations are held.
    premedication
        Let the regimen's premedication lower cytokine release, by an assumed and unverified effect.
    measured
        Put what a ward would measure beside what is, in all that is told by patient: the drug with the published
        residual error, cells and IL-6 with assumed errors, and nothing as a number beyond the limits of an assay.
    endpoints
        Those wanted, by their keys, all where none is named; and one's own, which are added: "IL-6 above 100 pg/mL in
        cycle 1". Each has the share of all patients, the day by which half and nine in ten are there, and the days.
    by_day
        Days by which the shares of patients are wanted who have got somewhere.
    parameter_sets
        How often to run again, with parameters drawn within their published uncertainty.
    executor
        What runs the patients; threads, as many as there are processors, when not given.
    progress
        Told how many patients are done, those of all parameter sets counted together.

    Raises
    ------
    Refusal
        When there is no such regimen, it is not for these patients, or the arguments contradict each other.
    """
    from blinplan.simulation.dosing import NotEligibleError
    from blinplan.simulation.endpoints.asked import UnknownEndpointError
    from blinplan.simulation.endpoints.own import WindowError
    from blinplan.simulation.trial import run

    wanted = asked_endpoints(endpoints, by_day)
    size = size_of(figures_of(patient))
    asked = order_for(regimen, size, premedication=premedication)
    people = people_of(patients, figures_of(patient).formula)
    try:
        simulation = run(
            asked.regimen,
            preset=None if population is None else str(population),
            patients=people,
            seed=seed,
            patient=size,
            follow_up_days=follow_up,
            options=options_of(attenuation, premedication=premedication),
            asked=wanted,
            parameter_sets=parameter_sets,
            executor=executor,
            progress=progress,
        )
    except NotEligibleError as error:
        raise not_eligible(error, own=patients is not None and not isinstance(patients, int)) from error
    except UnknownEndpointError as error:
        raise unknown_endpoint(error) from error
    except WindowError as error:
        raise ArgumentRefusal(
            "{why}", "name a time of the course; {follow_up} adds days at its end", why=error
        ) from error
    return SimulationResult(simulation, asked, errors_of(seed, patients, measured=measured))


def size_of(figures: Figures) -> Patient:
    """The size of the typical patient, of which half is not enough."""
    patient = figures.patient()
    if patient.area is None and (figures.weight or figures.height):
        raise ArgumentRefusal("one of {weight} and {height} is missing", "give both, or {area}")
    return patient


def order_for(regimen: RegimenSource, size: Patient, *, premedication: bool) -> OrderedRegimen:
    """The regimen for a typical patient of some size, which can be given, and has the premedication that it needs."""
    asked = (regimen if isinstance(regimen, OrderedRegimen) else order(regimen, size)).check()
    if premedication and not asked.regimen.premedication:
        message = "{name} declares no premedication"
        raise ArgumentRefusal(message, "leave {premedication} out", name=asked.regimen.name)
    return asked


def options_of(attenuation: AttenuationName, *, premedication: bool = False) -> "Options":
    """How the open questions of the mechanism are to be answered."""
    from blinplan.physiology import Options

    return Options(
        attenuation="desensitisation" if attenuation == Attenuation.DESENSITISATION else "target-loss",
        premedication=premedication,
    )


def errors_of(seed: int, patients: "PatientSource", *, measured: bool) -> "Errors | None":
    """The errors of measuring, where they are asked for.

    Raises
    ------
    Refusal
        When there is nobody of whom a sample is taken.
    """
    if not measured:
        return None
    if patients is None:
        raise Refusal("what a ward would measure is of virtual patients", "the typical patient is nobody's sample")
    from blinplan.simulation.measured.errors import Errors

    return Errors(seed)


def people_of(patients: "PatientSource", formula: AreaFormula = AreaFormula.MOSTELLER) -> "Patients | None":
    """The patients that are asked for; those of a table where it is the path of one, with areas by the formula.

    Raises
    ------
    Refusal
        When the table cannot be read.
    """
    return own_patients(patients, formula) if isinstance(patients, str | Path) else patients


def own_patients(table: str | Path, formula: AreaFormula = AreaFormula.MOSTELLER) -> "People":
    """The patients of a table, as `people_of` reads them."""
    from blinplan.simulation.people.people import PeopleError
    from blinplan.simulation.people.read import read_people

    path = Path(table)
    try:
        return read_people(path.read_text(encoding="utf-8-sig"), visible(str(path)), formula)
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or 'cannot be read').lower()}", "check the path") from error
    except UnicodeDecodeError as error:
        raise Refusal(f"{path}: not UTF-8 text", "save the table as CSV in UTF-8") from error
    except PeopleError as error:
        raise Refusal(str(error), error.advice) from error


def size_of_all(patients: "Patients | None") -> int:
    """How many patients are asked for beside the typical one."""
    if patients is None:
        return 0
    return patients if isinstance(patients, int) else patients.size


def not_eligible(error: ValueError, *, own: bool) -> Refusal:
    """What to say where the regimen does not admit the patients."""
    advice = "leave them out, " if own else "choose another {population}, "
    return ArgumentRefusal("{why}", f"{advice}or take a regimen for these patients", why=error)
