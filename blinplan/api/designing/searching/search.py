"""Search schedules of a regimen for those that keep what must hold, and lower what is to be low."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.designing.searching.citation import command_line
from blinplan.api.designing.searching.found import SearchResult, refuse_folder
from blinplan.api.designing.searching.prepared import PreparedSearch
from blinplan.api.designing.searching.schedules import Doses, Numbers, space_asked
from blinplan.api.designing.vocabulary import SearchMethodName
from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, Patient, figures_of
from blinplan.api.plausible import require_sets
from blinplan.api.ranges import FEW_PATIENTS, SHOWN_SCHEDULES
from blinplan.api.regimens.order import RegimenSource
from blinplan.api.simulating.asked import asked_endpoints
from blinplan.api.simulating.numbers import population_named, require_numbers
from blinplan.api.simulating.patients import people_of, refuse_own_courses
from blinplan.api.simulating.simulate import before_of, options_of, order_for, size_of, told_as_refusals
from blinplan.api.vocabulary import PLAUSIBLE_SETS, AttenuationName, PopulationName, word_or_none
from blinplan.executors.executor import Executor
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.version import __version__

if TYPE_CHECKING:
    from blinplan.design.search.candidate import Start
    from blinplan.design.search.patients import SearchPatients, SearchSetting
    from blinplan.design.search.search import Method
    from blinplan.design.search.space import Space
    from blinplan.design.search.wanted import Wish
    from blinplan.physiology.model.dosing import Options
    from blinplan.simulation.people.people import People

PUBLIC = ("search",)

Texts = str | Sequence[str]
_ONE, _SEVERAL = 5, 9
"""How many schedules are shown where nobody says it: of one objective, and of a front."""


@with_kinds
def search(
    regimen: RegimenSource,
    *,
    doses: Doses,
    minimise: Texts,
    require: Texts = (),
    cycle: Numbers | None = None,
    steps: Numbers = "1-3",
    lengths: Numbers | None = None,
    free_days: Numbers | None = None,
    descending: bool = False,
    method: SearchMethodName | None = None,
    search_patients: int = 500,
    patients: int = 10_000,
    people: "str | Path | People | None" = None,
    first: int = 1,
    sets: int = PLAUSIBLE_SETS,
    show: int | None = None,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    endpoints: Texts = (),
    by_day: Sequence[float] = (),
    output: str | Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SearchResult:
    """Search schedules of a regimen for those that keep what must hold, and lower what is to be low.

    All schedules are tried on the same virtual patients; the best are shown on others, and on other models. What is
    found is investigational: nobody was ever given it.

    >>> from blinplan import search
    >>> found = search(
    ...     "rr-adult", cycle=1, steps=2, doses="5,9,28", lengths="4,7", minimise="il6_peak",
    ...     require="b_depleted_by_14 >= 50%", search_patients=100, patients=200, sets=0, show=1,
    ... )
    >>> found
    <SearchResult: 1 schedule of rr-adult, on 200 virtual patients>

    Parameters
    ----------
    regimen
        What the search starts from: a file, a shipped name, a regimen. It is shown beside what is found.
    doses
        The doses that a step can have, in the regimen's own unit: "4.5,9,28", or "5 max 9, 15 max 28" with caps.
    minimise
        The endpoint that is to be low, or two: then a front is found. Of a number it is the median.
    require
        What has to hold, as "b_depleted_by_14 >= 90%", "il6_peak <= 20", "b_depleted_by_14 >= label"; the last is the
        value of the regimen that the search starts from, patient by patient, and may have a margin: "label - 2%" of a
        share, "label x0.8" of a number that is compared by a ratio. Here and in ``minimise`` an endpoint is a
        key, or words of one's own: "IL-6 above 100 pg/mL in cycle 1 <= 5%".
    cycle
        Which cycles get the schedule, as 1 or "2-5"; all when not given.
    steps, lengths
        How many steps there are, and the days of each but the last, which takes the rest of the cycle's infusion.
    free_days
        The days without infusion after each of these cycles; the regimen's own when not given.
    descending
        Whether a dose may be lower than the one before it.
    method
        "enumerate" tries every schedule, "evolve" those that an optimiser asks for; by their number when not given.
    search_patients, patients, sets
        On how many patients it is searched, on how many others the best are shown, and under how many plausible
        parameter sets.
    people
        A table of one's own patients, as for `simulate`: it is gone through as often as these numbers take, everybody
        each time with other draws of what the table does not say.
    show
        How many schedules are shown: 5, and 9 of a front, when not given.
    patient
        Whose weight chooses the regimen.
    endpoints, by_day
        Endpoints that are shown as well, as for `simulate`; and shares of those depleted by these days.
    output
        A folder for the regimens, as `SearchResult.write` writes them. What was tried is kept beside it, and the same
        call goes on after that.
    first, seed, population, follow_up, attenuation, premedication, executor
        As for `simulate`.
    progress
        Told how many patients are done, of how many there may be.

    Raises
    ------
    Refusal
        When there is no schedule, an endpoint is not known, no schedule holds what is required, or what is kept beside
        the folder is of another search.
    """
    prepared = prepare_search(
        regimen,
        doses=doses,
        minimise=minimise,
        require=require,
        cycle=cycle,
        steps=steps,
        lengths=lengths,
        free_days=free_days,
        descending=descending,
        method=method,
        search_patients=search_patients,
        patients=patients,
        people=people,
        first=first,
        sets=sets,
        show=show,
        seed=seed,
        population=population,
        patient=patient,
        follow_up=follow_up,
        attenuation=attenuation,
        premedication=premedication,
        endpoints=endpoints,
        by_day=by_day,
        output=output,
    )
    return prepared.run(executor, progress)


def prepare_search(
    regimen: RegimenSource,
    *,
    doses: Doses,
    minimise: Texts,
    require: Texts = (),
    cycle: Numbers | None = None,
    steps: Numbers = "1-3",
    lengths: Numbers | None = None,
    free_days: Numbers | None = None,
    descending: bool = False,
    method: SearchMethodName | None = None,
    search_patients: int = 500,
    patients: int = 10_000,
    people: "str | Path | People | None" = None,
    first: int = 1,
    sets: int = PLAUSIBLE_SETS,
    show: int | None = None,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    endpoints: Texts = (),
    by_day: Sequence[float] = (),
    output: str | Path | None = None,
) -> PreparedSearch:
    """Read all that a search is asked, and refuse what cannot be, before anything is searched; as of `search`."""
    from blinplan.design.search.candidate import Start
    from blinplan.design.search.search import Method, method_for

    figures = figures_of(patient)
    order = order_for(regimen, size_of(figures), premedication=premedication)
    base = order.regimen
    space = space_asked(base, cycle, steps, doses, lengths, free_days, descending=descending)
    lowered, required, shown = _texts(minimise), _texts(require), _texts(endpoints)
    FEW_PATIENTS.require("search_patients", search_patients)
    SHOWN_SCHEDULES.require("show", 1 if show is None else show)
    require_numbers(patients, seed=seed, follow_up=follow_up, sets=sets)
    if sets:
        require_sets(sets)
    options = options_of(attenuation, premedication=premedication)
    chosen = method_for(space, word_or_none(Method, "method", method))
    _refuse_method(space, chosen, len(lowered))
    table = None if people is None else people_of(people, figures.formula, base)
    who = _who(base, population, seed, first, search_patients, patients, table)
    wish = _wish(base, who.preset, lowered, required, shown, by_day, follow_up)
    facts = {
        "cycle": cycle,
        "steps": steps,
        "doses": doses,
        "lengths": lengths,
        "free-days": free_days,
        "descending": descending,
        "method": method,
        "minimise": lowered,
        "require": required,
        "endpoint": shown,
        "by-day": by_day,
        "search-patients": None if search_patients == 500 else search_patients,
        "patients": None if patients == 10_000 else patients,
        "people": people if isinstance(people, str | Path) else None,
        "first": None if first == 1 else first,
        "sets": None if sets == PLAUSIBLE_SETS else sets,
        "show": show,
        "population": population,
        "weight": figures.weight,
        "height": figures.height,
        "bsa": figures.area,
        "age": figures.age,
        "follow-up": follow_up or None,
        "attenuation": None if attenuation == "desensitisation" else attenuation,
        "premedication": premedication,
        "seed": seed,
    }
    start = Start(base, _reference(base), command_line(order.named, facts), _reason(wish), f"blinplan {__version__}")
    target = None if output is None else Path(output)
    if target is not None:
        refuse_folder(target, start.source.citation)
    setting = _setting(who, options, follow_up, wish, base)
    _refuse_windows(setting, start, space)
    return PreparedSearch(
        space,
        start,
        chosen,
        setting,
        order,
        None if isinstance(regimen, Regimen) or order.choice.switched or order.named == "-" else order.named,
        sets,
        (_ONE if len(lowered) == 1 else _SEVERAL) if show is None else show,
        target,
    )


def _texts(given: Texts) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


_MOST_ENUMERATED = 100_000


def _refuse_method(space: "Space", method: "Method", objectives: int) -> None:
    """Refuse to try each of too many schedules, more than two objectives, and an optimiser that is not installed."""
    if not 1 <= objectives <= 2:
        raise ArgumentRefusal("{minimise} has {count} endpoints", "name one, or two for a front", count=objectives)
    if method.value == "enumerate" and space.size > _MOST_ENUMERATED:
        raise ArgumentRefusal(
            "{method} enumerate would try {size} schedules",
            "use {method} evolve, or fewer doses and lengths",
            size=f"{space.size:,}",
        )
    if method.value == "evolve" and objectives > 1:
        from importlib.util import find_spec

        if find_spec("pymoo") is None:
            raise Refusal("a front of so many schedules needs pymoo", "install it: pip install 'blinplan[search]'")


def _who(
    base: Regimen,
    population: PopulationName | None,
    seed: int,
    first: int,
    tried: int,
    shown: int,
    table: "object | None",
) -> "SearchPatients":
    """On whom it is searched; those of a table are judged as `simulate` does."""
    from blinplan.design.search.patients import SearchPatients
    from blinplan.simulation.people.people import People
    from blinplan.simulation.trials.patients import preset_of

    people = table if isinstance(table, People) else None
    refuse_own_courses(people, "a search gives every patient the schedule that is tried")
    before = before_of(first, people or tried)
    with told_as_refusals(own=people is not None):
        preset = preset_of(base, population_named(population), people)
    return SearchPatients.of(preset, seed, before, tried, shown, people)


def _setting(who: "SearchPatients", options: "Options", follow_up: int, wish: "Wish", base: Regimen) -> "SearchSetting":
    """How schedules are tried; patients of a table whom the regimen does not admit are refused."""
    from blinplan.design.search.patients import SearchSetting
    from blinplan.simulation.trials.planned import refuse_unsaid_ages, require_alike

    setting = SearchSetting(who, options, follow_up, wish)
    with told_as_refusals(own=who.table is not None):
        if who.table is not None:
            if options.premedication and who.table.age_years is None:
                refuse_unsaid_ages(base)
            require_alike(setting.trial(base, who.cohort(base, 0, who.table.size)))
    return setting


def _wish(
    base: Regimen,
    preset: str,
    minimise: Sequence[str],
    require: Sequence[str],
    shown: Sequence[str],
    by_day: Sequence[float],
    follow_up: int,
) -> "Wish":
    """Read what is wanted, by the endpoints that the regimen has."""
    from blinplan.course.events import periods
    from blinplan.design.search.reading import own_endpoints, read_wish
    from blinplan.executors.executor import InTurn
    from blinplan.simulation.dosing import followed_up
    from blinplan.simulation.endpoints.asked import AskedEndpoints
    from blinplan.simulation.trials.patients import typical_patient
    from blinplan.simulation.trials.trial import Trial

    days = asked_endpoints((), by_day).by_day
    with told_as_refusals(own=False), _told_of_wishes(base):
        asked = AskedEndpoints((), own_endpoints(minimise, require, shown), days)
        course = followed_up(periods(base), follow_up)
        asked.require_days(course)
        person = typical_patient(base, preset, None)
        known = Trial(base, course, person, asked=asked).run(InTurn())
        return read_wish(minimise, require, known, shown, days)


@contextmanager
def _told_of_wishes(base: Regimen) -> Iterator[None]:
    from difflib import get_close_matches

    from blinplan.design.search.reading import WantedError
    from blinplan.simulation.endpoints.asked import UnknownEndpointError

    try:
        yield
    except WantedError as error:
        raise Refusal(str(error), error.advice) from error
    except UnknownEndpointError as error:
        near = get_close_matches(error.key.lower(), error.known, 1, 0.5)
        meant = f"did you mean {near[0]}? " if near else ""
        raise Refusal(
            f"{error.key[:60]!r} is no endpoint of {base.name}", f"{meant}its endpoints are {', '.join(error.known)}"
        ) from error


def _refuse_windows(setting: "SearchSetting", start: "Start", space: "Space") -> None:
    """Refuse days of one's own endpoints that the shortest of all courses does not have."""
    if setting.wish.own and space.free_days:
        shortest = next(schedule for schedule in space if schedule.free_days == space.free_days[0])
        with told_as_refusals(own=False):
            setting.wish.asked_endpoints.require_days(setting.course(start.candidate(space, shortest))[1])


def _reference(base: Regimen) -> Regimen | None:
    """The shipped regimen that results are laid beside."""
    named = base.name if base.name in library.paths() else base.departs_from
    return library.regimen(named) if named in library.paths() and named is not None else None


def _reason(wish: "Wish") -> str:
    lowered = " and ".join(wish.endpoints[objective.endpoint].name for objective in wish.objectives)
    held = f", and to keep {', '.join(one.text for one in wish.requirements)}" if wish.requirements else ""
    return f"Found by a search among virtual patients, to lower {lowered}{held}."
