"""The same virtual patients under several regimens, side by side."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.designing.around import bags_of_arms
from blinplan.api.designing.compared import ComparisonResult
from blinplan.api.designing.sides import SideSource, file_named
from blinplan.api.patient import Figures, Patient, figures_of
from blinplan.api.plausible import require_sets
from blinplan.api.regimens.load import regimen_file
from blinplan.api.regimens.order import OrderedRegimen, order
from blinplan.api.simulating.asked import asked_endpoints
from blinplan.api.simulating.patients import PatientSource, people_of
from blinplan.api.simulating.simulate import before_of, options_of, order_for, size_of, told_as_refusals
from blinplan.api.vocabulary import AttenuationName, PopulationName, SetsOf, SetsOfName
from blinplan.executor import Executor
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.rules.configuration.configurations import Configurations

if TYPE_CHECKING:
    from datetime import datetime

    from blinplan.design.comparison.compare import PairedComparison
    from blinplan.simulation.trials.patients import Patients


def compare(
    *regimens: SideSource,
    against: str | None = None,
    patients: "PatientSource" = 1000,
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
    site: str | Path | None = None,
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
    patients, first, seed, population, follow_up, attenuation, premedication, endpoints, by_day, parameter_sets, sets
        As for `simulate`; the population is that of the reference when not given.
    patient
        Whose body surface area amounts are told at, and whose weight chooses regimens; the typical patient's if None.
    cycles
        How many cycles of each are compared at most.
    site, start, time_zone
        The profile of a site that prepares the bags, to count bags and vials, and when the first infusion begins; on a
        Monday when not given.
    findings
        Whether the rules are asked which find something in some of the regimens and not in all.
    executor, progress
        As for `simulate`; progress counts the patients of all regimens.

    Raises
    ------
    Refusal
        When there are fewer than two, one of them is not there, or nobody is admitted by all of them.
    """
    figures = figures_of(patient)
    size = size_of(figures)
    orders = _with_reference_first(_orders(regimens, size, premedication=premedication), against)
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
        executor=executor,
        progress=progress,
    )
    bags = bags_of_arms(found, size, site, start, time_zone)
    result = ComparisonResult(found, tuple(orders.values()), size, bags)
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
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> "PairedComparison":
    """Send the same patients through regimens, by the names under which they are shown; the rest as of `compare`."""
    from blinplan.design.comparison.compare import NamedRegimen
    from blinplan.design.comparison.compare import compare as compared

    if patients is None:
        raise Refusal("the typical patient is nobody to pair", "give a number of patients")
    wanted, kind = asked_endpoints(endpoints, by_day), SetsOf(sets)
    if kind is SetsOf.PLAUSIBLE and parameter_sets:
        require_sets(parameter_sets)
    with told_as_refusals(own=not isinstance(patients, int)):
        return compared(
            [NamedRegimen(name, one.regimen) for name, one in orders.items()],
            preset=None if population is None else str(population),
            patients=patients,
            seed=seed,
            before=before_of(first, patients),
            cycles=cycles,
            follow_up_days=follow_up,
            options=options_of(attenuation, premedication=premedication),
            asked=wanted,
            parameter_sets=parameter_sets,
            sets=kind,
            executor=executor,
            progress=progress,
        )


def _orders(regimens: Sequence[SideSource], size: Patient, *, premedication: bool) -> dict[str, OrderedRegimen]:
    """The regimens by the names under which they are shown: their own, or those of their files where two are alike."""
    if len(regimens) < 2:
        raise Refusal("a comparison is of two regimens or more", "name another one")
    named: list[tuple[str, OrderedRegimen]] = []
    for source in regimens:
        side = file_named(source, Configurations(None, isolated=False))
        file = regimen_file(side.content.reading)
        named.append((side.name, order_for(order(file, size), size, premedication=premedication)))
    own = [one.regimen.name for _, one in named]
    found: dict[str, OrderedRegimen] = {}
    for name, one in named:
        shown = one.regimen.name if own.count(one.regimen.name) == 1 else name
        found[_not_in(found, shown)] = one
    return found


def _not_in(found: dict[str, OrderedRegimen], name: str) -> str:
    """A name that nothing has yet."""
    number, free = 2, name
    while free in found:
        free, number = f"{name} ({number})", number + 1
    return free


def _with_reference_first(orders: dict[str, OrderedRegimen], against: str | None) -> dict[str, OrderedRegimen]:
    if against is None:
        return orders
    sources = {one.name: name for name, one in orders.items()}
    reference = against if against in orders else sources.get(against)
    if reference is None:
        raise ArgumentRefusal(
            "{against} is {name}, which is none of those that are compared",
            f"name one of them: {', '.join(orders)}",
            name=repr(against[:60]),
        )
    return {reference: orders[reference], **orders}
