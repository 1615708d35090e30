"""Send virtual patients through a regimen."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, Patient, figures_of
from blinplan.api.plausible import require_sets_of, sets_called
from blinplan.api.ranges import FIRST
from blinplan.api.regimens.order import OrderedRegimen, RegimenSource, order
from blinplan.api.simulating.asked import asked_endpoints, unknown_endpoint
from blinplan.api.simulating.numbers import population_named, require_numbers
from blinplan.api.simulating.patients import PatientSource, people_of
from blinplan.api.simulating.recorded import RecordedCourse, recorded_course
from blinplan.api.simulating.simulated import EndpointsResult, SimulationResult
from blinplan.api.vocabulary import Attenuation, AttenuationName, PopulationName, SetsOf, SetsOfName, word_of
from blinplan.executors.executor import Executor
from blinplan.refusal import ArgumentRefusal, Refusal

if TYPE_CHECKING:
    from blinplan.physiology.model.dosing import Options
    from blinplan.regimen.site.site import Site
    from blinplan.simulation.measured.errors import Errors
    from blinplan.simulation.trials.patients import Patients

PUBLIC = ("simulate",)


class How(TypedDict, total=False):
    """How a regimen is simulated: what `simulate` and `curves` both take."""

    patients: "PatientSource"
    first: int
    seed: int
    population: PopulationName | None
    patient: Patient | Figures | None
    record: "str | Path | RecordedCourse | None"
    follow_up: int
    attenuation: AttenuationName
    premedication: bool
    measured: bool
    executor: Executor | None
    progress: Callable[[int], None] | None


@with_kinds
def simulate(
    regimen: RegimenSource,
    patients: "PatientSource" = 1000,
    *,
    first: int = 1,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    record: str | Path | RecordedCourse | None = None,
    time_zone: str | None = None,
    site: "str | Path | Site | None" = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    measured: bool = False,
    endpoints: Sequence[str] = (),
    by_day: Sequence[float] = (),
    parameter_sets: int = 0,
    sets: SetsOfName = "published",
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
    first
        Which of the seed's patients is the first, counted from 1, for a stretch of a run that `merge` joins.
    seed
        What the virtual patients are drawn from.
    population
        Which population they come from; by indication and weight limit when not given.
    patient
        The size of the typical patient; its weight chooses the regimen.
    record
        The path of a course record, as `plan` takes it, or one as `recorded_course` read it: what happened so far is
        simulated, and what is planned after it; the patient of the record is the typical one.
    time_zone, site
        Where the record's times are, where it does not say so, and the profile of the site, as `plan` takes them.
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
        How often to run again, with other parameters.
    sets
        Where these come from: drawn within their published uncertainty, or "plausible": sets that are shipped, each of
        which keeps every claim of the article and every published number that the shipped parameters meet. What lies
        between them is a range, and no confidence.
    executor
        What runs the patients; threads, as many as there are processors, when not given.
    progress
        Told how many patients are done, those of all parameter sets counted together.

    Raises
    ------
    Refusal
        When there is no such regimen, it is not for these patients, or the arguments contradict each other.
    """
    from blinplan.simulation.trials.run import run

    wanted = asked_endpoints(endpoints, by_day)
    given = record_given(regimen, patient, record, time_zone, site)
    asked, size, recorded = course_asked(regimen, patient, given, premedication=premedication)
    people = people_of(patients, figures_of(patient).formula, asked.regimen)
    require_numbers(people, seed=seed, follow_up=follow_up, parameter_sets=parameter_sets)
    kind = sets_called(sets, parameter_sets, people)
    if people is None and wanted.by_day:
        raise ArgumentRefusal(
            "{by_day} asks for shares of patients, and the typical one is one", "leave one of the two out"
        )
    with told_as_refusals(own=patients is not None and not isinstance(patients, int)):
        simulation = run(
            asked.regimen,
            preset=population_named(population),
            patients=people,
            seed=seed,
            before=before_of(first, people),
            patient=size,
            course=None if recorded is None else recorded.periods,
            follow_up_days=follow_up,
            options=options_of(attenuation, premedication=premedication),
            asked=wanted,
            parameter_sets=parameter_sets,
            sets=kind,
            executor=executor,
            progress=progress,
        )
    return SimulationResult(simulation, asked, errors_of(seed, patients, measured=measured), recorded)


@contextmanager
def told_as_refusals(*, own: bool) -> Iterator[None]:
    """Refuse what turns out to be asked of patients or endpoints that there are not."""
    from blinplan.simulation.dosing import NotEligibleError
    from blinplan.simulation.endpoints.asked import UnknownEndpointError
    from blinplan.simulation.endpoints.own import WindowError
    from blinplan.simulation.people.people import PeopleError

    try:
        yield
    except NotEligibleError as error:
        raise not_eligible(error, own=own) from error
    except PeopleError as error:
        raise Refusal(str(error), error.advice) from error
    except UnknownEndpointError as error:
        raise unknown_endpoint(error) from error
    except WindowError as error:
        raise ArgumentRefusal(
            "{why}", "name a time of the course; {follow_up} adds days at its end", why=error
        ) from error


def record_given(
    regimen: RegimenSource,
    patient: Patient | Figures | None,
    record: str | Path | RecordedCourse | None,
    time_zone: str | None = None,
    site: "str | Path | Site | None" = None,
) -> RecordedCourse | None:
    """The course as it came to be, where there is a record of it.

    Raises
    ------
    Refusal
        As `recorded_course`, and when a zone or a site are given to no record, or to one that was read already.
    """
    if isinstance(record, str | Path):
        return recorded_course(regimen, record, figures_of(patient), time_zone=time_zone, site=site)
    if time_zone is not None or site is not None:
        raise ArgumentRefusal("{time_zone} and {site} are for {record}", "add its path, or leave them out")
    if not isinstance(record, RecordedCourse | None):
        raise ArgumentRefusal("{record} is {value}", "give the path of a course record", value=repr(record)[:40])
    return record


def course_asked(
    regimen: RegimenSource, patient: Patient | Figures | None, recorded: RecordedCourse | None, *, premedication: bool
) -> tuple[OrderedRegimen, Patient, RecordedCourse | None]:
    """The regimen, the typical patient, and the course as it came to be where there is a record of it."""
    if recorded is None:
        size = size_of(figures_of(patient))
        return order_for(regimen, size, premedication=premedication), size, None
    return order_for(recorded.order, recorded.patient, premedication=premedication), recorded.patient, recorded


def endpoints_of(
    regimen: RegimenSource,
    patients: "PatientSource" = 1000,
    *,
    first: int = 1,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    record: str | Path | RecordedCourse | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    measured: bool = False,
    endpoints: Sequence[str] = (),
    by_day: Sequence[float] = (),
    models: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> EndpointsResult:
    """Ask for every virtual patient's endpoints as data, computed while they are written; the rest as of `simulate`.

    ``models`` is under how many plausible parameter sets they are computed again.
    """
    from blinplan.simulation.trials.planned import planned_simulation

    wanted = asked_endpoints(endpoints, by_day)
    given = record_given(regimen, patient, record)
    asked, size, recorded = course_asked(regimen, patient, given, premedication=premedication)
    people = people_of(patients, figures_of(patient).formula, asked.regimen)
    assert people is not None  # noqa: S101 - the typical patient is no crowd
    require_numbers(people, seed=seed, follow_up=follow_up, models=models)
    require_sets_of(models, people)
    with told_as_refusals(own=not isinstance(patients, int)):
        planned = planned_simulation(
            asked.regimen,
            preset=population_named(population),
            patients=people,
            seed=seed,
            before=before_of(first, people),
            patient=size,
            course=None if recorded is None else recorded.periods,
            follow_up_days=follow_up,
            options=options_of(attenuation, premedication=premedication),
            asked=wanted,
            parameter_sets=models,
            sets=SetsOf.PLAUSIBLE,
        )
    errors = errors_of(seed, patients, measured=measured)
    return EndpointsResult(planned, asked, executor, progress, errors, recorded)


def before_of(first: int, people: "Patients | None") -> int:
    """How many patients of the seed come before the first one that is asked for.

    Raises
    ------
    Refusal
        When there is no such patient, or the patients are not drawn.
    """
    FIRST.require("first", first)
    if first > 1 and not isinstance(people, int):
        raise Refusal(
            f"the first patient is {first:,}, and the patients are not drawn from a seed",
            "give the number of patients, or leave the first out",
        )
    return first - 1


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
        attenuation=word_of(Attenuation, "attenuation", attenuation).value,
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


def not_eligible(error: ValueError, *, own: bool) -> Refusal:
    """What to say where the regimen does not admit the patients, or nobody of a population."""
    from blinplan.simulation.admission import NobodyFitsError

    own_are_meant = own and not isinstance(error, NobodyFitsError)
    advice = "leave them out, " if own_are_meant else "choose another {population}, "
    return ArgumentRefusal("{why}", f"{advice}or take a regimen for these patients", why=error)
