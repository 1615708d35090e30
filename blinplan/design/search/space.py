"""The schedules that a search may try: doses that a pharmacy can make, held for whole days, in steps of a cycle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from math import comb
from typing import NamedTuple

from blinplan.quantities import MINUTES_PER_DAY, DoseRate, decimal_text
from blinplan.regimen.regimen import Cycle, Regimen

WITH = "×"
"""What stands between a dose and its days."""


class PossibleDose(NamedTuple):
    """A dose that a step can have, and its cap where it goes by body surface area."""

    rate: DoseRate
    cap: DoseRate | None = None

    @property
    def number(self) -> str:
        """The dose without its unit, which all of them share."""
        return decimal_text(self.rate.amount)


class Schedule(NamedTuple):
    """What a cycle gives: a dose for each step, the days of each but the last, and the days without infusion after it.

    The last step takes the rest of the cycle's infusion. ``free_days`` is None where the cycle keeps its own.
    """

    doses: tuple[PossibleDose, ...]
    days: tuple[int, ...]
    free_days: int | None = None

    def days_of(self, infusion: int) -> tuple[int, ...]:
        """The days of each step in a cycle that infuses for so many days."""
        return (*self.days, infusion - sum(self.days))

    def text(self, infusion: int) -> str:
        """The schedule as a person writes it: 9 × 7, 28 × 21."""
        steps = ", ".join(
            f"{dose.number} {WITH} {days}" for dose, days in zip(self.doses, self.days_of(infusion), strict=True)
        )
        return steps if self.free_days is None else f"{steps}, free {self.free_days}"


class SpaceError(ValueError):
    """A space in which there is no schedule; the message says why."""


@dataclass(frozen=True, slots=True)
class Space:
    """All schedules that may be tried.

    Attributes
    ----------
    cycles
        The numbers of the cycles that are given the schedule, from 1 on.
    infusion_days
        How long each of them infuses.
    steps
        How many steps there may be.
    doses
        The doses of a step, the lowest first.
    lengths
        The days of each step but the last, the fewest first.
    free_days
        The days without infusion after each of the cycles; empty where each keeps its own.
    descending
        Whether a dose may be lower than the one before it; each is higher otherwise.
    """

    cycles: tuple[int, ...]
    infusion_days: tuple[int, ...]
    steps: tuple[int, ...]
    doses: tuple[PossibleDose, ...]
    lengths: tuple[int, ...]
    free_days: tuple[int, ...] = ()
    descending: bool = False

    @property
    def infusion(self) -> int:
        """The days of the first of the cycles, by which schedules are written."""
        return self.infusion_days[0]

    @property
    def longest(self) -> int:
        """The days that steps but the last may take together, so that a day is left for the last in each cycle."""
        return min(self.infusion_days) - 1

    @property
    def size(self) -> int:
        """How many schedules there are."""
        each = sum(self._number_of_doses(steps) * self._number_of_days(steps) for steps in self.steps)
        return each * max(1, len(self.free_days))

    def _number_of_doses(self, steps: int) -> int:
        count = len(self.doses)
        return count * (count - 1) ** (steps - 1) if self.descending else comb(count, steps)

    def _number_of_days(self, steps: int) -> int:
        """In how many ways steps but the last can be as long as they may be: by the sums, a step at a time."""
        sums = {0: 1}
        for _ in range(steps - 1):
            longer: dict[int, int] = {}
            for total, ways in sums.items():
                for days in self.lengths:
                    if total + days <= self.longest:
                        longer[total + days] = longer.get(total + days, 0) + ways
            sums = longer
        return sum(sums.values())

    def __iter__(self) -> Iterator[Schedule]:
        """All schedules; those that step on the same days come one after the other, and are simulated together."""
        for steps in self.steps:
            for days in product(self.lengths, repeat=steps - 1):
                if sum(days) <= self.longest:
                    for free in self._free():
                        for doses in self._doses(steps):
                            yield Schedule(doses, days, free)

    def _free(self) -> tuple[int | None, ...]:
        return self.free_days or (None,)

    def _doses(self, steps: int) -> Iterator[tuple[PossibleDose, ...]]:
        if not self.descending:
            yield from combinations(self.doses, steps)
            return
        for doses in product(self.doses, repeat=steps):
            if self._may_follow(doses):
                yield doses

    def _may_follow(self, doses: Sequence[PossibleDose]) -> bool:
        amounts = [dose.rate.amount for dose in doses]
        return all(low != high if self.descending else low < high for low, high in pairwise(amounts))

    def holds(self, schedule: Schedule) -> bool:
        """Whether a schedule is one of them."""
        return (
            len(schedule.doses) in self.steps
            and self._may_follow(schedule.doses)
            and all(days in self.lengths for days in schedule.days)
            and sum(schedule.days) <= self.longest
        )

    # --- as whole numbers, for whoever optimises ----------------------------------------------------------------------

    @property
    def bounds(self) -> list[tuple[int, int]]:
        """From where to where each number of a vector is: steps, a dose for each, days for each but the last, free."""
        most = max(self.steps)
        return [
            (0, len(self.steps) - 1),
            *[(0, len(self.doses) - 1)] * most,
            *[(0, len(self.lengths) - 1)] * (most - 1),
            (0, max(1, len(self.free_days)) - 1),
        ]

    def schedule(self, vector: Sequence[int]) -> Schedule | None:
        """The schedule of a vector; None where it is none of them.

        Where doses only rise, the doses of a vector are put in order, and those that it has twice are one step.
        """
        most, steps = max(self.steps), self.steps[vector[0]]
        chosen = vector[1 : 1 + steps]
        numbers = chosen if self.descending else sorted(set(chosen))
        days = tuple(self.lengths[k] for k in vector[1 + most : most + len(numbers)])
        free = self.free_days[vector[-1]] if self.free_days else None
        found = Schedule(tuple(self.doses[k] for k in numbers), days, free)
        return found if self.holds(found) else None

    def neighbours(self, schedule: Schedule) -> Iterator[Schedule]:
        """The schedules that are one change away: another dose or length, a step more or less, other free days."""
        for found in dict.fromkeys(self._one_change_away(schedule)):
            if found != schedule and self.holds(found):
                yield found

    def _one_change_away(self, schedule: Schedule) -> Iterator[Schedule]:
        doses, days, free = schedule
        for place in range(len(doses)):
            for dose in self.doses:
                yield Schedule((*doses[:place], dose, *doses[place + 1 :]), days, free)
        for place, own in enumerate(days):
            near = self.lengths.index(own)
            for length in self.lengths[max(0, near - 1) : near + 2]:
                yield Schedule(doses, (*days[:place], length, *days[place + 1 :]), free)
        for place in range(len(doses) if days else 0):
            gone = min(place, len(days) - 1)
            yield Schedule(doses[:place] + doses[place + 1 :], days[:gone] + days[gone + 1 :], free)
        for place in range(len(doses) + 1):
            for dose, length in product(self.doses, self.lengths):
                longer = (*days[:place], length, *days[place:])
                yield Schedule((*doses[:place], dose, *doses[place:]), longer, free)
        for other in self.free_days:
            yield Schedule(doses, days, other)


def space_of(
    base: Regimen,
    *,
    cycles: Sequence[int],
    steps: Sequence[int],
    doses: Sequence[PossibleDose],
    lengths: Sequence[int],
    free_days: Sequence[int] = (),
    descending: bool = False,
) -> Space:
    """The space of what is asked for; the cycles are all of the regimen's where none is named.

    Raises
    ------
    SpaceError
        When there is no schedule in it, or a cycle cannot be given one.
    """
    each = base.one_by_one
    numbers = tuple(sorted(set(cycles))) or tuple(range(1, len(each) + 1))
    if numbers[-1] > len(each):
        raise SpaceError(f"there is no cycle {numbers[-1]}: {base.name} has {len(each)}")
    infusion = tuple(_whole_days(base, number, each[number - 1]) for number in numbers)
    found = Space(
        numbers,
        infusion,
        tuple(sorted(set(steps))),
        tuple(sorted(set(doses), key=lambda dose: dose.rate.amount)),
        tuple(sorted(set(lengths))),
        tuple(sorted(set(free_days))),
        descending,
    )
    _refuse_empty(found)
    return found


def _whole_days(base: Regimen, number: int, cycle: Cycle) -> int:
    days, rest = divmod(cycle.infusion, MINUTES_PER_DAY)
    if rest:
        raise SpaceError(f"cycle {number} of {base.name} does not infuse for whole days")
    return days


def _refuse_empty(space: Space) -> None:
    shortest = min(space.infusion_days)
    if space.lengths and space.lengths[-1] >= shortest:
        raise SpaceError(
            f"a step of {space.lengths[-1]} days leaves nothing of a cycle that infuses for {shortest} days"
        )
    if space.size:
        return
    most = space.steps[0]
    if most > 1 and not space.lengths:
        raise SpaceError(f"{most} steps need lengths")
    if len(space.doses) < most and not space.descending:
        raise SpaceError(f"{len(space.doses)} doses make no {most} steps of which each is higher than the one before")
    raise SpaceError(f"{most} steps that are so long do not fit into {shortest} days")
