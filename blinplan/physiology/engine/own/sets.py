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
        (place, plan, advancing(plan, Individual(*(values[place] for values in p)), c.select(place)))
        for place, plan in sets.stretches()
    ]

    def advance_through(first: int, last: int, state: FloatArray, plateaus: FloatArray, wanted: Wanted) -> None:
        for place, plan, advance in each:
            # As they lie in a chunk of their own, which is what machine code is made for.
            own, nodes = state[:, place].copy(), 2 * int(plan.steps[first:last].max()) + 1
            mine = wanted.of(place)
            advance(first, last, own, plateaus[:, place].copy(), mine._replace(watched=mine.watched[:, :nodes]))
            state[:, place] = own

    return advance_through
