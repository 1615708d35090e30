"""What a simulation takes from Python that the command line has refused already: numbers and words that none means."""

from typing import TYPE_CHECKING

from blinplan.api.vocabulary import PopulationName, VirtualPopulation, word_of
from blinplan.refusal import ArgumentRefusal

if TYPE_CHECKING:
    from blinplan.simulation.trials.patients import Patients


def require_numbers(people: "Patients | None", seed: int, follow_up: int = 0, parameter_sets: int = 0) -> None:
    """Refuse fewer than one patient, and less than nothing of the rest.

    Raises
    ------
    ArgumentRefusal
        When one of them is too small.
    """
    if isinstance(people, int) and people < 1:
        raise ArgumentRefusal("{patients} is {value}", "give 1 or more", value=people)
    for name, value in (("seed", seed), ("follow_up", follow_up), ("parameter_sets", parameter_sets)):
        if value < 0:
            raise ArgumentRefusal(f"{{{name}}} is {{value}}", "give 0 or more", value=value)


def population_named(population: PopulationName | None) -> str | None:
    """The name of a population, as far as one is given.

    Raises
    ------
    ArgumentRefusal
        When there is none of that name.
    """
    return None if population is None else word_of(VirtualPopulation, "population", population).value
