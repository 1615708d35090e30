"""The plausible parameter sets that are shipped, as far as they are there and fit the parameters."""

from collections.abc import Iterator
from contextlib import contextmanager

from blinplan.api.vocabulary import SetsOf, SetsOfName, word_of
from blinplan.refusal import ArgumentRefusal, Refusal


@contextmanager
def told_of_sets() -> Iterator[None]:
    """Refuse more sets than there are, and sets that were made for other parameters."""
    from blinplan.simulation.models.plausible import MAKE_AGAIN, StaleSetsError, TooFewSetsError

    try:
        yield
    except StaleSetsError as error:
        raise Refusal(str(error), f"make them again: {MAKE_AGAIN}") from error
    except TooFewSetsError as error:
        raise Refusal(str(error), "ask for fewer") from error


def sets_called(sets: SetsOfName, count: int, patients: object) -> SetsOf:
    """Where parameter sets come from, once there are so many of them for these patients.

    Raises
    ------
    Refusal
        As of `require_sets_of`, when there is no such word, and when plausible ones are asked for and none of them.
    """
    kind = word_of(SetsOf, "sets", sets)
    if kind is SetsOf.PLAUSIBLE and not count:
        raise ArgumentRefusal(
            "{sets} is plausible, and {parameter_sets} is 0", "say how many, as 20 for {parameter_sets}"
        )
    if count and patients is None:
        raise Refusal("parameter sets move a population, and the typical patient is none", "leave one of the two out")
    if kind is SetsOf.PLAUSIBLE:
        require_sets(count)
    return kind


def require_sets(count: int) -> None:
    """Refuse where there are not so many sets, before anything is simulated.

    Raises
    ------
    Refusal
        When there are not, or they were made for other parameters.
    """
    from blinplan.simulation.models.plausible import plausible_sets

    with told_of_sets():
        plausible_sets().first(count)


def require_sets_of(count: int, patients: object) -> None:
    """The same of patients, where so many sets are asked for; the typical one alone is no population.

    Raises
    ------
    Refusal
        As of `require_sets`, and when there is nobody whom sets could move.
    """
    if not count:
        return
    if patients is None:
        raise Refusal("plausible parameter sets move a population, and the typical patient is none", "leave one out")
    require_sets(count)
