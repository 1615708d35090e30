"""What a simulation takes from Python that the command line has refused already: numbers and words that none means."""

from typing import TYPE_CHECKING

from blinplan.api.vocabulary import PopulationName, VirtualPopulation, word_of
from blinplan.refusal import ArgumentRefusal

if TYPE_CHECKING:
    from blinplan.simulation.trials.patients import Patients


def require_numbers(people: "Patients | None", **counts: int) -> None:
    """Refuse fewer than one patient, less than nothing of the rest, and what is no whole number.

    Raises
    ------
    ArgumentRefusal
        When one of them is; it names the argument.
    """
    if isinstance(people, int | float | str):
        _require_whole("patients", people)
        if people < 1:
            raise ArgumentRefusal("{patients} is {value}", "give 1 or more", value=people)
    for name, value in counts.items():
        _require_whole(name, value)
        if value < 0:
            raise ArgumentRefusal(f"{{{name}}} is {{value}}", "give 0 or more", value=value)


def _require_whole(name: str, value: object) -> None:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ArgumentRefusal(f"{{{name}}} is {{value}}", "give a whole number", value=repr(value)[:40])


def population_named(population: PopulationName | None) -> str | None:
    """The name of a population, as far as one is given.

    Raises
    ------
    ArgumentRefusal
        When there is none of that name.
    """
    return None if population is None else word_of(VirtualPopulation, "population", population).value
