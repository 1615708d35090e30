"""The plausible parameter sets that are shipped, as far as they are there and fit the parameters."""

from collections.abc import Iterator
from contextlib import contextmanager

from blinplan.refusal import Refusal


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
