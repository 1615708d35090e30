"""The steps of a course that patients take in several sizes, as parameter sets ask for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from blinplan.physiology.engine.collocation import Blend, Weights
from blinplan.physiology.engine.grid import Grid, IntArray, Spots
from blinplan.physiology.engine.step.moment import SHARED_LOSS_RATES, GridStep
from blinplan.physiology.engine.step.plan import StepPlan, nodes_of
from blinplan.physiology.model.population import FloatArray


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """The steps of a course of K intervals in D sizes, for N patients.

    Who is through an interval goes on beyond it, unseen, while others are on their way.

    Attributes
    ----------
    whose : (N) the number of each patient's size.
    lengths, ends : (D, kinds, S) of the steps after an event, days.
    kind : (K) which kind of event an interval begins with.
    steps : (D, K) how many of them until one reaches or passes the end of the interval.
    premedicated : of each interval (D, 2 S + 1) the share of cytokine release that premedication leaves at each node;
        1.0 where none was given before.
    spots : of each interval, where the wanted times (T) lie in the steps of each size, the last its end.
    elapsed, slots : of each interval (T), days since its start, and columns of the output; -1 for none.
    desensitises : whether cytokine release desensitises.
    """

    whose: IntArray
    lengths: FloatArray
    ends: FloatArray
    kind: IntArray
    steps: IntArray
    premedicated: tuple[FloatArray | float, ...]
    spots: tuple[Spots, ...]
    elapsed: tuple[FloatArray, ...]
    slots: tuple[IntArray, ...]
    desensitises: bool

    def number(self, k: int) -> int:
        """How many steps of an interval the slowest of the patients takes."""
        return int(self.steps[self.whose, k].max())

    def premedicated_at(self, k: int, nodes: slice) -> FloatArray | float:
        """The share that premedication leaves of each patient (nodes, N); a number where it is the same of all."""
        left = self.premedicated[k]
        return left if isinstance(left, float) else left[self.whose, nodes].T

    def looks(self, k: int) -> Mapping[int, list[Look]]:
        """What is read off in each step of an interval."""
        found: dict[int, list[Look]] = defaultdict(list)
        for at, spots in enumerate(self.spots[k].step.T):
            steps = spots[self.whose]
            for step in np.unique(steps).tolist():
                patients = np.flatnonzero(steps == step)
                nodes = self.spots[k].node[self.whose[patients], at]
                for node in np.unique(nodes).tolist():
                    found[step].append(Look(at, node, patients[nodes == node]))
        return found

    def blend(self, k: int, look: Look) -> Blend:
        """The weights of the polynomials of some patients at a time between nodes."""
        return Blend(*self.spots[k].blend[self.whose[look.patients], look.at].T)


@dataclass(frozen=True, slots=True)
class SetPlans:
    """The steps of a course of patients of several parameter sets: the number (N) of each one's set, and of each."""

    whose: IntArray
    plans: tuple[StepPlan, ...]

    def stretches(self) -> Iterator[tuple[slice, StepPlan]]:
        """Patients of one set who stand behind each other, and their steps."""
        starts = [0, *(np.flatnonzero(np.diff(self.whose)) + 1).tolist(), len(self.whose)]
        for first, stop in pairwise(starts):
            yield slice(first, stop), self.plans[self.whose[first]]


Steps = StepPlan | OwnPlan | SetPlans
"""The steps of all patients alike, of each his own size, or of each parameter set."""


class InStep(NamedTuple):
    """Patients who take the same steps: where they stand among all, and the nodes of an interval, days since its start.

    Attributes
    ----------
    patients : a stretch of all, or their numbers.
    nodes : (2 S + 1).
    """

    patients: slice | IntArray
    nodes: FloatArray


def in_step(steps: Steps, k: int) -> list[InStep]:
    """Those who take the same steps in an interval; who they are is the same in all intervals."""
    if isinstance(steps, StepPlan):
        return [InStep(slice(None), nodes_of(steps, k))]
    if isinstance(steps, SetPlans):
        return [InStep(place, nodes_of(plan, k)) for place, plan in steps.stretches()]
    kind, sizes = steps.kind[k], np.unique(steps.whose).tolist()
    numbers = {size: int(steps.steps[size, k]) for size in sizes}
    grids = {size: Grid(steps.lengths[size, kind, :of], steps.ends[size, kind, :of]) for size, of in numbers.items()}
    return [InStep(np.flatnonzero(steps.whose == size), grids[size].nodes) for size in sizes]


@dataclass(frozen=True, slots=True)
class Look:
    """A wanted time of an interval, by its number, and the patients of whom it lies at such a node (see `Spots`)."""

    at: int
    node: int
    patients: IntArray


def own_steps_of(plan: OwnPlan, k: int) -> GridStep:
    """The steps of an interval: each entry (steps, N), and numbers where it is the same of all.

    Weights are those of each patient's own steps and loss rates, and are not here.
    """
    number = plan.number(k)
    lengths = np.ascontiguousarray(plan.lengths[plan.whose, plan.kind[k], :number].T)
    middles, ends = (plan.premedicated_at(k, slice(first, 2 * number + 1, 2)) for first in (1, 2))
    return GridStep(
        length=lengths,  # type: ignore[arg-type]  # of many steps at once, as in `step_of`
        before=lengths[np.maximum(np.arange(number) - 1, 0)],  # type: ignore[arg-type]
        premedicated=(middles, ends),  # type: ignore[arg-type]
        desensitises=plan.desensitises,
        **NO_WEIGHTS,
    )


_NONE: Any = (0.0, 0.0)
NO_WEIGHTS: dict[str, Any] = dict.fromkeys(SHARED_LOSS_RATES, Weights(_NONE, _NONE, _NONE, _NONE))
"""What stands for weights until they are computed."""


def own_nodes_of(plan: OwnPlan, k: int) -> FloatArray:
    """Nodes (2 S + 1, N) of each patient in an interval, days since its start."""
    number, kind = plan.number(k), plan.kind[k]
    lengths, ends = plan.lengths[:, kind, :number], plan.ends[:, kind, :number]
    nodes = np.zeros((ends.shape[0], 2 * number + 1))
    nodes[:, 1::2], nodes[:, 2::2] = ends - 0.5 * lengths, ends
    return np.ascontiguousarray(nodes[plan.whose].T)
