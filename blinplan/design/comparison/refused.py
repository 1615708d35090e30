"""How many of the people who were drawn for a comparison each regimen refuses."""

from collections.abc import Sequence

from blinplan.physiology.model.draw import draw
from blinplan.physiology.model.parameters import load_parameters
from blinplan.physiology.model.people import Bodies
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.admission import fits, limits_of
from blinplan.simulation.crowd.cohort import Cohort, DrawnCohort

_AT_ONCE = 16_384


def refusals(cohort: Cohort, regimens: Sequence[Regimen], preset: str) -> tuple[int, ...] | None:
    """How many of all people who were drawn each regimen refuses; None where patients were given."""
    if not isinstance(cohort, DrawnCohort):
        return None
    if cohort.draws == cohort.size:
        return (0,) * len(regimens)
    counts, population = [0] * len(regimens), load_parameters().presets[preset]
    for first in range(0, cohort.draws, _AT_ONCE):
        people = draw(population, min(_AT_ONCE, cohort.draws - first), cohort.seed, cohort.pieces[0].first + first)
        bodies = Bodies(people.age_years, people.weight_kg)
        for place, regimen in enumerate(regimens):
            counts[place] += int((~fits(limits_of(regimen.eligibility, population), bodies)).sum())
    return tuple(counts)
