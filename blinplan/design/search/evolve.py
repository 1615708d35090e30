"""Search where there are too many schedules to try each: optimisers made for whole numbers, then every neighbour.

One objective goes to SciPy's differential evolution, two to NSGA-II of pymoo. Both are seeded, and both ask for many
schedules at a time, so that what they find does not depend on how these are run.
"""

import math
from collections.abc import Iterator, Sequence
from inspect import signature
from typing import Any

import numpy as np

from blinplan.design.search.pool import Pool, RankedSchedule, front_of, spread
from blinplan.design.search.space import Schedule

_EACH, _GENERATIONS, _ROUNDS = 60, 40, 30
"""Schedules of a generation, generations at most, and rounds in which neighbours are tried."""
_LACKING = 1e9
"""More than any endpoint comes to: what a schedule has that does not hold, before what it lacks."""
_MOST_ENDS = 6
"""So many of a front have their neighbours tried."""


def evolve(pool: Pool, seed: int) -> None:
    """Try schedules, so many as an optimiser asks for, and the neighbours of what is best until none is better."""
    numbers = _Vectors(pool)
    if not numbers.free:
        pool.add(pool.space)
    elif len(pool.setting.wish.objectives) == 1:
        _differential_evolution(numbers, seed)
    else:
        _nsga(numbers, seed)
    _descend(pool)


def _descend(pool: Pool) -> None:
    """Try what is one change away from the best."""
    for _ in range(_ROUNDS):
        best = spread(_ends(pool), _MOST_ENDS)
        before = pool.size
        pool.add(near for standing in best for near in pool.space.neighbours(standing.schedule))
        if pool.size == before:
            return


def _ends(pool: Pool) -> list[RankedSchedule]:
    """The best of those that hold and that no rule refuses; where none holds, what lacks least."""
    holding = [standing for standing in pool.standings() if standing.holds]
    while holding:
        front = front_of(one for one in holding if not pool.judge.has_refused(one.schedule))
        if not any(pool.judge.refuses(one.schedule) for one in spread(front, _MOST_ENDS)):
            return front
    nearest = pool.nearest()
    return [] if nearest is None else [nearest]


class _Vectors:
    """Schedules as rows of whole numbers; those that can be one number only are left out."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._bounds = pool.space.bounds
        self.free = [place for place, (low, high) in enumerate(self._bounds) if low < high]

    @property
    def bounds(self) -> list[tuple[int, int]]:
        """From where to where each number is."""
        return [self._bounds[place] for place in self.free]

    def standings(self, rows: Any) -> Iterator[RankedSchedule | None]:
        """How the schedule of each row stands; None where it is none, or the rules refuse it."""
        schedules = [self._schedule(row) for row in np.rint(rows).astype(int).tolist()]
        self.pool.add(schedule for schedule in schedules if schedule is not None)
        for schedule in schedules:
            yield None if schedule is None else self.pool.standing(schedule)

    def _schedule(self, row: Sequence[int]) -> Schedule | None:
        vector = [low for low, _ in self._bounds]
        for place, number in zip(self.free, row, strict=True):
            vector[place] = number
        return self.pool.space.schedule(vector)


def _differential_evolution(numbers: _Vectors, seed: int) -> None:
    from scipy.optimize import Bounds, differential_evolution

    def values(columns: Any) -> Any:
        rows = np.atleast_2d(columns.T)
        found = [_value(standing) for standing in numbers.standings(rows)]
        return np.array(found) if columns.ndim > 1 else found[0]

    def end(_: Any, convergence: float) -> bool:
        return numbers.pool.is_everything

    seeded: dict[str, Any] = {"callback": end, _rng_of(differential_evolution): np.random.default_rng(seed)}
    low, high = zip(*numbers.bounds, strict=True)
    differential_evolution(
        values,
        Bounds(low, high),
        maxiter=_GENERATIONS,
        popsize=max(1, math.ceil(_EACH / len(numbers.free))),
        mutation=(0.5, 1.0),
        recombination=0.7,
        **seeded,
        polish=False,
        init="sobol",
        updating="deferred",
        vectorized=True,
        integrality=[True] * len(numbers.free),
    )


def _rng_of(optimiser: Any) -> str:
    """What SciPy calls the generator of random numbers: another name since 1.15."""
    return "rng" if "rng" in signature(optimiser).parameters else "seed"


def _value(standing: RankedSchedule | None) -> float:
    """What is to be low of a schedule that holds; of any other, more than that of each that does."""
    if standing is None:
        return 2.0 * _LACKING
    return standing.scores[0] if standing.holds else _LACKING * (1.0 + math.tanh(standing.lack))


def _nsga(numbers: _Vectors, seed: int) -> None:
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import Problem
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling
    from pymoo.optimize import minimize

    count = len(numbers.pool.setting.wish.objectives)

    class Schedules(Problem):  # type: ignore[misc]
        def _evaluate(self, x: Any, out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
            standings = list(numbers.standings(x))
            out["F"] = np.array([_scores(standing, count) for standing in standings])
            out["G"] = np.array([[_lack(standing)] for standing in standings])

    low, high = zip(*numbers.bounds, strict=True)
    problem = Schedules(n_var=len(low), n_obj=count, n_ieq_constr=1, xl=np.array(low), xu=np.array(high), vtype=int)
    repair = RoundingRepair()
    algorithm = NSGA2(
        pop_size=_EACH,
        sampling=IntegerRandomSampling(),
        crossover=SBX(prob=0.9, eta=3.0, vtype=float, repair=repair),
        mutation=PM(eta=3.0, vtype=float, repair=repair),
        eliminate_duplicates=True,
    )

    def end(optimiser: Any) -> None:
        if numbers.pool.is_everything:
            optimiser.termination.force_termination = True

    seeded: dict[str, Any] = {"seed": seed % 2**32, "callback": end}
    minimize(problem, algorithm, ("n_gen", _GENERATIONS), verbose=False, **seeded)


def _scores(standing: RankedSchedule | None, count: int) -> list[float]:
    scores = (math.inf,) * count if standing is None else standing.scores
    return [min(one, _LACKING) for one in scores]


def _lack(standing: RankedSchedule | None) -> float:
    """What a schedule lacks: 0 or less where all holds."""
    if standing is None:
        return _LACKING
    return min(standing.lack, _LACKING) if not standing.holds else 0.0
