"""Search schedules of a regimen for those that keep what must hold, and lower what is to be low."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.designing.found import SearchResult
from blinplan.api.designing.schedules import Doses, Numbers, space_asked
from blinplan.api.plausible import require_sets, told_of_sets
from blinplan.api.regimens.load import read_regimen
from blinplan.api.regimens.order import fingerprint_of
from blinplan.api.simulating.simulate import options_of, told_as_refusals
from blinplan.api.vocabulary import PLAUSIBLE_SETS, AttenuationName, PopulationName, SearchMethodName
from blinplan.executor import Executor, executor_or_threads
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen import library
from blinplan.regimen.build import file_of
from blinplan.regimen.regimen import Regimen
from blinplan.version import __version__

if TYPE_CHECKING:
    from blinplan.design.search.candidate import Start
    from blinplan.design.search.patients import SearchSetting
    from blinplan.design.search.search import Method, Searched
    from blinplan.design.search.space import Space
    from blinplan.design.search.wanted import Wish
    from blinplan.rules.rule import Finding

Texts = str | Sequence[str]
_ONE, _SEVERAL = 5, 9
"""How many schedules are shown where nobody says it: of one objective, and of a front."""


def search(
    regimen: str | Path | Regimen,
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
    sets: int = PLAUSIBLE_SETS,
    show: int | None = None,
    seed: int = 1,
    population: PopulationName | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
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
        value of the regimen that the search starts from, patient by patient.
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
    show
        How many schedules are shown: 5, and 9 of a front, when not given.
    seed, population, follow_up, attenuation, premedication, executor
        As for `simulate`.
    progress
        Told how many patients are done, of how many there may be.

    Raises
    ------
    Refusal
        When there is no schedule, an endpoint is not known, or no schedule holds what is required.
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
        sets=sets,
        show=show,
        seed=seed,
        population=population,
        follow_up=follow_up,
        attenuation=attenuation,
        premedication=premedication,
    )
    return prepared.run(executor, progress)


@dataclass(frozen=True, slots=True)
class PreparedSearch:
    """A search of which all is known but what it finds.

    Attributes
    ----------
    space, start, wish, method
        What is searched, from what, for what, and how.
    """

    space: "Space"
    start: "Start"
    wish: "Wish"
    method: "Method"
    _setting: "Callable[[Executor], SearchSetting]"
    _source: str | Path | Regimen
    _fingerprint: str
    _patients: int
    _search_patients: int
    _sets: int
    _show: int

    @property
    def text(self) -> str:
        """How many schedules there are, and how they are searched, in words."""
        from blinplan.reports.design.search.words import space_text

        return space_text(self.space, self.start.base, self.method)

    def run(self, executor: Executor | None = None, progress: Callable[[int, int], None] | None = None) -> SearchResult:
        """Search; whoever stops it while schedules are shown gets those that are."""
        from blinplan.design.search.search import NothingHoldsError

        with executor_or_threads(executor) as running, told_as_refusals(own=False), told_of_sets():
            try:
                return SearchResult(self._run(running, progress), (self._fingerprint,))
            except NothingHoldsError as error:
                from blinplan.reports.design.search.words import nothing_holds

                texts = nothing_holds(error, self.space, self.wish, self._search_patients)
                raise Refusal(*texts) from error

    def _run(self, executor: Executor, progress: Callable[[int, int], None] | None) -> "Searched":
        from blinplan.design.search.confirm import Confirmation
        from blinplan.design.search.pool import Pool, Tally
        from blinplan.design.search.search import Search

        setting, tally = self._setting(executor), Tally(progress)
        people = setting.people(self.start.base, self._search_patients, 0)
        pool = Pool(self.space, self.start, setting, people, _are_allowed, tally)
        fewer = min(self._search_patients, self._patients)
        shown = Confirmation(setting, self.start.base, self._patients, self._search_patients, self._sets, fewer, tally)
        return Search(pool, shown, self.method, self._show, self._check).run()

    def _check(self, regimen: Regimen) -> "Sequence[Finding]":
        """What `check` finds in a regimen, the one that is searched from where it is."""
        from blinplan.api.checking.check import check

        return check(self._source if regimen is self.start.base else regimen).findings


def _are_allowed(regimens: Sequence[Regimen]) -> list[bool]:
    """Whether `check` allows each regimen, as far as it needs no patients for it."""
    from blinplan.api.checking.check import check
    from blinplan.design.search.search import is_refused

    # Each stands alone: rules across files would lay them side by side.
    found = check(*regimens, simulate=False, ignore=("X",)).judgements if regimens else ()
    refused = {one.regimen.name for one in found if one.regimen is not None and is_refused(one.findings)}
    return [regimen.name not in refused for regimen in regimens]


def prepare_search(
    regimen: str | Path | Regimen,
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
    sets: int = PLAUSIBLE_SETS,
    show: int | None = None,
    seed: int = 1,
    population: PopulationName | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
) -> PreparedSearch:
    """Read all that a search is asked, and refuse what cannot be, before anything is searched; as of `search`."""
    from blinplan.design.search.candidate import Start
    from blinplan.design.search.patients import SearchSetting
    from blinplan.design.search.search import Method, method_for

    file = file_of(regimen) if isinstance(regimen, Regimen) else read_regimen(str(regimen))[1]
    base = regimen if isinstance(regimen, Regimen) else file.regimen
    space = space_asked(base, cycle, steps, doses, lengths, free_days, descending=descending)
    lowered, required = _texts(minimise), _texts(require)
    _refuse_numbers(search_patients=search_patients, patients=patients, show=1 if show is None else show)
    if sets:
        require_sets(sets)
    preset = base.virtual_population if population is None else str(population)
    options = options_of(attenuation, premedication=premedication)
    wish = _wish(base, preset, lowered, required, follow_up)
    chosen = method_for(space, None if method is None else Method(method))
    _refuse_method(space, chosen, len(lowered))
    count = (_ONE if len(lowered) == 1 else _SEVERAL) if show is None else show
    name = base.name if isinstance(regimen, Regimen) else str(regimen)
    facts = {
        "cycle": _text_of(cycle),
        "steps": _text_of(steps),
        "doses": _text_of(doses),
        "lengths": _text_of(lengths),
        "free-days": _text_of(free_days),
        "descending": "" if descending else None,
        "method": None if method is None else str(method),
        "minimise": lowered,
        "require": required,
        "search-patients": _unless(search_patients, 500),
        "patients": _unless(patients, 10_000),
        "sets": _unless(sets, PLAUSIBLE_SETS),
        "show": None if show is None else str(show),
        "population": None if population is None else str(population),
        "follow-up": _unless(follow_up, 0),
        "attenuation": _unless(str(attenuation), "desensitisation"),
        "premedication": "" if premedication else None,
        "seed": str(seed),
    }
    start = Start(base, _reference(base), command_line(name, facts), _reason(wish), f"blinplan {__version__}")
    return PreparedSearch(
        space,
        start,
        wish,
        chosen,
        lambda executor: SearchSetting(preset, seed, options, follow_up, wish, executor),
        regimen,
        fingerprint_of(file),
        patients,
        search_patients,
        sets,
        count,
    )


def _texts(given: Texts) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _refuse_numbers(**given: int) -> None:
    for argument, number in given.items():
        if not 1 <= number <= 1_000_000:
            raise ArgumentRefusal(f"{{{argument}}} is {{number}}", "give a number from 1 to 1,000,000", number=number)


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


def _wish(base: Regimen, preset: str, minimise: Sequence[str], require: Sequence[str], follow_up: int) -> "Wish":
    """Read what is wanted, by the endpoints that the regimen has."""
    from blinplan.course.events import periods
    from blinplan.design.search.wanted import read_wish
    from blinplan.executor import InTurn
    from blinplan.simulation.dosing import followed_up
    from blinplan.simulation.trials.patients import typical_patient
    from blinplan.simulation.trials.trial import Trial

    with told_as_refusals(own=False):
        person = typical_patient(base, preset, None)
        known = Trial(base, followed_up(periods(base), follow_up), person).run(InTurn())
    with _told_of_wishes(base):
        return read_wish(minimise, require, known)


@contextmanager
def _told_of_wishes(base: Regimen) -> Iterator[None]:
    from difflib import get_close_matches

    from blinplan.design.search.wanted import WantedError
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


def _reference(base: Regimen) -> Regimen | None:
    """The shipped regimen that results are laid beside."""
    named = base.name if base.name in library.paths() else base.departs_from
    return read_regimen(named)[0] if named in library.paths() and named is not None else None


def _reason(wish: "Wish") -> str:
    lowered = " and ".join(wish.endpoints[objective.endpoint].name for objective in wish.objectives)
    held = f", and to keep {', '.join(one.text for one in wish.requirements)}" if wish.requirements else ""
    return f"Found by a search among virtual patients, to lower {lowered}{held}."


def _unless(given: object, usual: object) -> str | None:
    return None if given == usual else str(given)


def _text_of(given: Numbers | Doses | None) -> str | None:
    if given is None or isinstance(given, str | int):
        return None if given is None else str(given).replace(" ", "")
    return ",".join(str(one) for one in given)


def command_line(name: str, facts: "dict[str, str | tuple[str, ...] | None]") -> str:
    """The command line that does the same, an option each time that one is given."""
    words = ["blinplan", "search", name]
    for option, given in facts.items():
        for value in given if isinstance(given, tuple) else (given,):
            if value is not None:
                words += [f"--{option}", *([value] if value else [])]
    return shlex.join(words)
