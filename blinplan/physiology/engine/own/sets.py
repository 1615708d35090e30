"""Parameter sets one after the other, of a chunk whose endpoints are gathered together."""

from __future__ import annotations

from collections.abc import Callable

from blinplan.physiology.engine.integrate import Advance, Wanted
from blinplan.physiology.engine.own.plan import SetPlans
from blinplan.physiology.engine.step.moment import Individual
from blinplan.physiology.engine.step.plan import StepPlan
from blinplan.physiology.model.population import Constants, FloatArray


def advancing_sets(
    advancing: Callable[[StepPlan, Individual, Constants], Advance], sets: SetPlans, p: Individual, c: Constants
) -> Advance:
    """What advances all patients of several sets, by what advances those of one."""
    each = [
        (place, advancing(plan, Individual(*(values[place] for values in p)), c.select(place)))
        for place, plan in sets.stretches()
    ]

    def advance_through(first: int, last: int, state: FloatArray, plateaus: FloatArray, wanted: Wanted) -> None:
        for place, advance in each:
            # As they lie in a chunk of their own, which is what machine code is made for.
            own = state[:, place].copy()
            advance(first, last, own, plateaus[:, place].copy(), wanted.of(place))
            state[:, place] = own

    return advance_through
