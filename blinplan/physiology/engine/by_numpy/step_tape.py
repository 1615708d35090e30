"""The tape of a step, and which of its results are what."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import numpy as np

from blinplan.physiology.engine.advance import advance
from blinplan.physiology.engine.collocation import weights
from blinplan.physiology.engine.own.plan import NO_WEIGHTS
from blinplan.physiology.engine.step.moment import (
    SHARED_LOSS_RATES,
    GridStep,
    Individual,
    Inflow,
    Instant,
    Node,
    Past,
    Signals,
    shared_loss_rates,
)
from blinplan.physiology.engine.step.rates import watch
from blinplan.physiology.engine.tape.symbol import RUN, STATE, STEP
from blinplan.physiology.engine.tape.tape import Tape, leaves, tape_of
from blinplan.physiology.model.population import Constants
from blinplan.physiology.model.states import States

STATES, SIGNALS = len(States._fields), len(Signals._fields)
MOMENT = STATES + SIGNALS
# The rows of a step: each state and signal at its middle and at its end; what came before; the share left of the
# excess; what is watched, in the same way as states; and what is carried on.
PAST = 2 * MOMENT
SEEN = PAST + len(Past._fields) + 1
NODE = (*range(1, PAST, 2), *range(PAST, SEEN))


@lru_cache(maxsize=16)
def tape_of_step(kinds: tuple[Any, ...], desensitises: bool, watched: int, is_own: bool, is_own_share: bool) -> Tape:
    """The tape of a step, for parameters of such kinds, and for lengths and shares that all have or each his own.

    As many as `watched` of what endpoints are found on stand in its results.
    """
    row: Any = np.zeros(1)
    length, share = (row if own else 0.0 for own in (is_own, is_own_share))
    step = GridStep(length=length, before=length, premedicated=(share, share), desensitises=desensitises, **NO_WEIGHTS)
    return tape_of(
        partial(_step, watched=watched),
        NODE,
        range(SEEN, SEEN + 2 * watched),
        p=(Individual(*[row] * len(Individual._fields)), RUN),
        c=(Constants._make(_example(kind) for kind in kinds), RUN),
        step=(step, STEP),
        now=(Node(States(*[row] * STATES), Signals(*[row] * SIGNALS), Past(*[row] * len(Past._fields)), row), STATE),
        infusion=(Inflow(row, row), STATE),
    )


def _example(kind: Any) -> Any:
    """A value of a kind."""
    if isinstance(kind, tuple):
        return type(kind)(*map(_example, kind))
    return np.zeros(1) if kind == 1.0 and isinstance(kind, float) else kind


def _step(now: Node, infusion: Inflow, p: Individual, c: Constants, step: GridStep, watched: int) -> tuple[Any, ...]:
    """The rows of a step, and of what is watched the first."""
    middle, end = advance(now, infusion, p, c, _of_own_rates(step, c))
    moment = Instant(end.states, end.signals)
    seen = _beside(watch(middle, p, c), watch(moment, p, c))
    return _beside(middle, moment), end.past, end.decay, seen[:watched]


def _beside(middle: tuple[Any, ...], end: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(zip(leaves(middle), leaves(end), strict=True))


def _of_own_rates(step: GridStep, c: Constants) -> GridStep:
    """A step with weights that are each patient's own, where loss rates differ between patients, or steps do."""
    length: Any = step.length
    rates: Any = zip(SHARED_LOSS_RATES, shared_loss_rates(c), strict=True)
    own: dict[str, Any] = {name: weights(rate, length) for name, rate in rates if rate.is_row or length.is_row}
    return step._replace(**own)
