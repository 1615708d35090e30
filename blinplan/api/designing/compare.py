"""The same virtual patients under several regimens, side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.api.designing.around import bags_of_arms, preparation
from blinplan.api.designing.compared import ComparisonResult
from blinplan.api.designing.sides import SideSource, file_named
from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, Patient, figures_of
from blinplan.api.plausible import sets_called
from blinplan.api.ranges import CYCLES
from blinplan.api.regimens.load import read_record, regimen_file
from blinplan.api.regimens.order import OrderedRegimen, order
from blinplan.api.simulating.asked import asked_endpoints
from blinplan.api.simulating.numbers import population_named, require_numbers
from blinplan.api.simulating.patients import PatientSource, people_of, refuse_own_courses
from blinplan.api.simulating.recorded import RecordedCourse, recorded_course
from blinplan.api.simulating.simulate import before_of, errors_of, options_of, order_for, size_of, told_as_refusals
from blinplan.api.vocabulary import AttenuationName, PopulationName, SetsOfName
from blinplan.executors.executor import Executor
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.reading import RegimenFile
from blinplan.rules.configuration.configurations import Configurations

if TYPE_CHECKING:
    from datetime import datetime

    from blinplan.course.events import Period
    from blinplan.design.comparison.compare import PairedComparison
    from blinplan.regimen.site.site import Site
    from blinplan.simulation.trials.patients import Patients

PUBLIC = ("compare",)


@with_kinds
def compare(
    *regimens: SideSource,
    against: str | None = None,
    patients: "PatientSource" = 1000,
    first: int = 1,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    record: str | Path | None = None,
    cycles: int | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    measured: bool = False,
    endpoints: Sequence[str] = (),
    by_day: Sequence[float] = (),
    parameter_sets: int = 0,
    sets: SetsOfName = "published",
    ranges: bool = True,
    site: "str | Path | Site | None" = None,
    start: "datetime | str | None" = None,
    time_zone: str | None = None,
    findings: bool = True,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> ComparisonResult:
    """Send the same virtual patients through several regimens, and compare what came of each of them.

    Shares of patients are compared by their difference, with the patients in whom it is so under one of the two only;
    numbers by the mean of each patient's own difference, or ratio; times by what of a window goes by before, over all
    patients. Patients whom one of the regimens does not admit are passed over.

    >>> from blinplan import compare
    >>> found = compare("mt103-206-15", "mt103-206-5-15", patients=200, cycles=1, findings=False)
    >>> peak = found.endpoint("il6_peak").contrasts[1]
    >>> peak.estimate.high < 1
    True

    Parameters
    ----------
    regimens
        Two or more: files, shipped names, regimens, or files as git had them (``HEAD~1:regimens/ward.toml``).
    against
        The name of the one that the others are held against; the first when not given.
    patients, first, seed, population, follow_up, attenuation, premedication, measured, endpoints, by_day,
    parameter_sets, sets
        As for `simulate`; the population is that of the reference when not given.
    patient
        Whose body surface area amounts are told at, and whose weight chooses regimens; the typical patient's if None.
    record
        The path of a course record: the regimen that it names is compared as it came to be, and as planned after that;
        the others as they are ordered. Its patient is the one whose amounts are told.
    cycles
        How many cycles of each are compared at most.
    ranges
        Whether it is looked at how the estimates move over the parameter sets. Who wants the data alone (``write``,
        ``columns``) saves half of the time without: the executor sends patients through plausible models then, and
        progress counts on, while the data are gone through.
    site, start, time_zone
        The profile of a site that prepares the bags, to count bags and vials, and when the first infusion begins; on a
        Monday when not given. With a record they are for reading it, as `simulate` does, and no bags are counted.
    findings
        Whether the rules are asked which find something in some of the regimens and not in all.
    executor, progress
        As for `simulate`; progress counts the patients of all regimens.

    Raises
    ------
    Refusal
        When there are fewer than two, one of them is not there, or nobody is admitted by all of them.
    """
    if record is not None and start is not None:
        raise ArgumentRefusal("{start} and {record} contradict each other", "the record gives the start")
    figures = figures_of(patient)
    files = _files(regimens)
    courses = {} if record is None else _courses_on_record(files, record, figures, time_zone, site)
    size = size_of(figures) if record is None else next(iter(courses.values())).patient
    arms = _with_reference_first(_arms(files, courses, size, premedication=premedication), against)
    orders = {name: arm.order for name, arm in arms.items()}
    recorded = {name: arm.recorded for name, arm in arms.items() if arm.recorded is not None}
    asked = None if record is not None else preparation(site, start, time_zone)
    found = pair(
        orders,
        patients=people_of(patients, figures.formula),
        first=first,
        seed=seed,
        population=population,
        cycles=cycles,
        follow_up=follow_up,
        attenuation=attenuation,
        premedication=premedication,
        endpoints=endpoints,
        by_day=by_day,
        parameter_sets=parameter_sets,
        sets=sets,
        ranges=ranges,
        executor=executor,
        progress=progress,
        recorded=recorded,
    )
    bags = bags_of_arms(found, size, asked)
    errors = errors_of(seed, patients, measured=measured)
    result = ComparisonResult(found, tuple(orders.values()), size, bags, recorded, errors)
    result = result if ranges else replace(result, executor=executor, progress=progress)
    return result.with_findings() if findings else result


def pair(
    orders: Mapping[str, OrderedRegimen],
    *,
    patients: "Patients | None" = 1000,
    first: int = 1,
    seed: int = 1,
    population: PopulationName | None = None,
    cycles: int | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    endpoints: Sequence[str] = (),
    by_day: Sequence[float] = (),
    parameter_sets: int = 0,
    sets: SetsOfName = "published",
    ranges: bool = True,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
    recorded: Mapping[str, RecordedCourse] | None = None,
) -> "PairedComparison":
    """Send the same patients through regimens, by the names under which they are shown; the rest as of `compare`.

    ``recorded`` are courses as they came to be, by the same names.
    """
    from blinplan.design.comparison.compare import NamedRegimen
    from blinplan.design.comparison.compare import compare as compared

    refuse_own_courses(patients, "a comparison gives every patient each regimen")
    if patients is None:
        raise Refusal("the typical patient is nobody to pair", "give a number of patients")
    wanted = asked_endpoints(endpoints, by_day)
    if cycles is not None:
        CYCLES.require("cycles", cycles)
    require_numbers(patients, seed=seed, follow_up=follow_up, parameter_sets=parameter_sets)
    kind = sets_called(sets, parameter_sets, patients)
    with told_as_refusals(own=not isinstance(patients, int)):
        return compared(
            [NamedRegimen(name, one.regimen, _periods_of(name, recorded)) for name, one in orders.items()],
            preset=population_named(population),
            patients=patients,
            seed=seed,
            before=before_of(first, patients),
            cycles=cycles,
            follow_up_days=follow_up,
            options=options_of(attenuation, premedication=premedication),
            asked=wanted,
            parameter_sets=parameter_sets,
            sets=kind,
            ranges=ranges,
            executor=executor,
            progress=progress,
        )


def _periods_of(name: str, recorded: Mapping[str, RecordedCourse] | None) -> "tuple[Period, ...] | None":
    return recorded[name].periods if recorded and name in recorded else None


class _File(NamedTuple):
    """A regimen that is compared, and what its source is called."""

    name: str
    reading: RegimenFile


class _Arm(NamedTuple):
    """The regimen that is given; as it came to be, where there is a record of it."""

    order: OrderedRegimen
    recorded: RecordedCourse | None


def _files(regimens: Sequence[SideSource]) -> list[_File]:
    if len(regimens) < 2:
        raise Refusal("a comparison is of two regimens or more", "name another one")
    sides = [file_named(source, Configurations(None, isolated=False)) for source in regimens]
    return [_File(side.name, regimen_file(side.content.reading)) for side in sides]


def _courses_on_record(
    files: Sequence[_File],
    record: str | Path,
    figures: Figures,
    time_zone: str | None,
    site: "str | Path | Site | None",
) -> dict[int, RecordedCourse]:
    """The courses as they came to be, by the places of the regimens that the record names.

    Raises
    ------
    Refusal
        When the record is of none of them, or cannot be followed.
    """
    named = read_record(record)[0].regimen
    found: dict[int, RecordedCourse] = {}
    for place, file in enumerate(files):
        try:
            found[place] = recorded_course(file.reading, record, figures, time_zone=time_zone, site=site)
        except Refusal:
            if file.reading.regimen.name == named:
                raise
    if not found:
        message = f"{record} is of {named}, which is none of those that are compared"
        raise Refusal(message, f"compare {named} as well, or leave the record out")
    return found


def _arms(
    files: Sequence[_File], courses: Mapping[int, RecordedCourse], size: Patient, *, premedication: bool
) -> dict[str, _Arm]:
    """The regimens by the names under which they are shown: their own, or those of their files where two are alike."""
    arms: list[_Arm] = []
    for place, file in enumerate(files):
        course = courses.get(place)
        asked = order(file.reading, size) if course is None else course.order
        arms.append(_Arm(order_for(asked, size, premedication=premedication), course))
    own = [arm.order.regimen.name for arm in arms]
    found: dict[str, _Arm] = {}
    for file, arm, name in zip(files, arms, own, strict=True):
        found[_not_in(found, name if own.count(name) == 1 else file.name)] = arm
    return found


def _not_in(found: Mapping[str, object], name: str) -> str:
    """A name that nothing has yet."""
    number, free = 2, name
    while free in found:
        free, number = f"{name} ({number})", number + 1
    return free


def _with_reference_first(arms: dict[str, _Arm], against: str | None) -> dict[str, _Arm]:
    if against is None:
        return arms
    sources = {arm.order.name: name for name, arm in arms.items()}
    reference = against if against in arms else sources.get(against)
    if reference is None:
        raise ArgumentRefusal(
            "{against} is {name}, which is none of those that are compared",
            f"name one of them: {', '.join(arms)}",
            name=repr(against[:60]),
        )
    return {reference: arms[reference], **arms}
