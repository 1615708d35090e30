"""What a simulation takes from Python that the command line has refused already: numbers and words that none means."""

from typing import TYPE_CHECKING

from blinplan.api.ranges import FOLLOW_UP, PATIENTS, SEED, SETS_OR_NONE, Ends
from blinplan.api.vocabulary import PopulationName, VirtualPopulation, word_of

if TYPE_CHECKING:
    from blinplan.simulation.trials.patients import Patients


def require_numbers(people: "Patients | None", within: Ends = PATIENTS, **counts: int) -> None:
    """Refuse fewer patients or more than are ``within`` a range, the same of the rest, and what is no whole number.

    Raises
    ------
    ArgumentRefusal
        When one of them is; it names the argument.
    """
    if isinstance(people, int | float | str):
        within.require("patients", people)
    for name, value in counts.items():
        _RANGES[name].require(name, value)


_RANGES = {
    "seed": SEED,
    "follow_up": FOLLOW_UP,
    **dict.fromkeys(("parameter_sets", "models", "sets"), SETS_OR_NONE),
}


def population_named(population: PopulationName | None) -> str | None:
    """The name of a population, as far as one is given.

    Raises
    ------
    ArgumentRefusal
        When there is none of that name.
    """
    return None if population is None else word_of(VirtualPopulation, "population", population).value
