"""The engine compiled by numba: the lines of `mechanism`, `collocation` and `advance`, some patients side by side.

Needs the extra `fast`; imported only when used. The first use compiles for some seconds and keeps the machine code in
the user's cache folder, under a name made from the sources it was compiled from: numba itself looks at the date of this
file alone, and would run on with an old `mechanism`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType

import numba
import numpy as np
import platformdirs
from numba.core import config
from numba.extending import register_jitable

from blinplan.fingerprint import fingerprint
from blinplan.physiology.engine import advance as lines
from blinplan.physiology.engine import collocation
from blinplan.physiology.engine.advance import (
    Individual,
    Node,
    Past,
    Schedule,
    Signals,
    advance,
    begin,
    step_of,
)
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.integrate import Engine
from blinplan.physiology.engine.written_out import written_out
from blinplan.physiology.model import mechanism
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States

Kernel = Callable[..., None]
# Patients side by side: a multiple of what a processor computes at once, few enough to stay in its first cache.
_WIDTH = 16
_STATES, _SIGNALS, _PAST = len(States._fields), len(Signals._fields), len(Past._fields)
_NODE = _STATES + _SIGNALS + _PAST + 3
_FIRST_SIGNAL, _FIRST_PAST = _STATES, _STATES + _SIGNALS
_PLATEAU, _EXCESS, _DECAY = _NODE - 3, _NODE - 2, _NODE - 1


def _advance_all(
    values: FloatArray,
    plateau: FloatArray,
    past: FloatArray,
    individuals: FloatArray,
    c: Constants,
    schedule: Schedule,
) -> None:
    """Advance all patients; arguments as of `advance_by_numpy`, with the `p` as rows."""
    patients = plateau.shape[0]
    who = np.empty((individuals.shape[0], _WIDTH))
    middle, now = np.empty((_STATES, _WIDTH)), np.empty((_NODE, _WIDTH))
    for first in range(0, patients, _WIDTH):
        width = min(_WIDTH, patients - first)
        for lane in range(_WIDTH):
            # A block that is not full is filled up with its last patient.
            j = first + min(lane, width - 1)
            for k in range(individuals.shape[0]):
                who[k, lane] = individuals[k, j]
            states, before, person = _states(values[0], j), _past(past, 0, j), _individual(who, lane)
            left = schedule.premedicated[0]
            _store(begin(states, before, plateau[j], person, c, left, schedule.desensitises), now, lane)
        for i in range(schedule.steps.shape[0]):
            step = step_of(schedule, i)
            # The loop that the compiler spreads over a vector: nothing in it may branch on a patient.
            for lane in range(_WIDTH):
                half, node = advance(_node(now, lane), _individual(who, lane), c, step)
                _store(node, now, lane)
                for k in range(_STATES):
                    middle[k, lane] = half[k]
            _write(middle, 0, values[2 * i + 1], first, width)
            _write(now, 0, values[2 * i + 2], first, width)
        _write(now, _FIRST_PAST, past, first, width)


def _write(block: FloatArray, row: int, out: FloatArray, first: int, width: int) -> None:
    """Write the patients of a block, from a row on, to all rows of `out`."""
    for k in range(out.shape[0]):
        for lane in range(width):
            out[k, first + lane] = block[row + k, lane]


# The tuples of one patient, column j of an array, from row k on.
_states = written_out(States, "v, j", "v[{i}, j]", __name__)
_signals = written_out(Signals, "v, k, j", "v[k + {i}, j]", __name__)
_past = written_out(Past, "v, k, j", "v[k + {i}, j]", __name__)
_individual = written_out(Individual, "v, j", "v[{i}, j]", __name__)


def _node(v: FloatArray, j: int) -> Node:
    signals, past = _signals(v, _FIRST_SIGNAL, j), _past(v, _FIRST_PAST, j)
    return Node(_states(v, j), signals, past, v[_PLATEAU, j], v[_EXCESS, j], v[_DECAY, j])


def _store(node: Node, v: FloatArray, j: int) -> None:
    for k in range(_STATES):
        v[k, j] = node.states[k]
    for k in range(_SIGNALS):
        v[_FIRST_SIGNAL + k, j] = node.signals[k]
    for k in range(_PAST):
        v[_FIRST_PAST + k, j] = node.past[k]
    v[_PLATEAU, j], v[_EXCESS, j], v[_DECAY, j] = node.plateau, node.excess, node.decay


def cache_folder() -> Path:
    """The folder for the machine code of the present sources; without it, the next use compiles."""
    return Path(platformdirs.user_cache_dir("blinplan")) / "compiled" / fingerprint("physiology")[:16]


def is_kept() -> bool:
    """Whether the machine code of the present sources is there already."""
    return any(cache_folder().rglob("*.nbc"))


@contextmanager
def _caching_in(folder: Path) -> Iterator[None]:
    """Let numba keep what is declared here in a folder."""
    before = config.CACHE_DIR  # type: ignore[attr-defined]
    config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]


def _inline_everything() -> None:
    """Make the lines of the other modules, and those above, known to numba as parts of the kernel."""
    own = (_write, _states, _signals, _past, _individual, _node, _store)
    theirs = [
        function
        for module in (mechanism, collocation, lines)
        for function in vars(module).values()
        if isinstance(function, FunctionType) and function.__module__ == module.__name__
    ]
    functions: list[Callable[..., object]] = [*own, *theirs]
    for function in functions:
        register_jitable(error_model="numpy", forceinline=True)(function)


def _sample(
    values: FloatArray, first: IntArray, weights: FloatArray, out: FloatArray, at: IntArray, patient: int
) -> None:
    """Write the states between the nodes; as `sample_by_numpy`."""
    for d in range(at.shape[0]):
        for k in range(values.shape[1]):
            row = out[k, at[d]]
            for j in range(values.shape[2]):
                row[patient + j] = weights[d, 0] * values[first[d], k, j]
            for offset in range(1, weights.shape[1]):
                w, node = weights[d, offset], first[d] + offset
                for j in range(values.shape[2]):
                    row[patient + j] += w * values[node, k, j]


def _compile(function: Kernel) -> Kernel:
    try:
        with _caching_in(cache_folder()):
            return numba.njit(nogil=True, error_model="numpy", cache=True)(function)
    except (OSError, RuntimeError):  # no folder can be written to: compiled anew by every process
        return numba.njit(nogil=True, error_model="numpy")(function)


_inline_everything()
_kernel = _compile(_advance_all)


def advance_compiled(
    values: FloatArray, plateau: FloatArray, past: FloatArray, p: Individual, c: Constants, schedule: Schedule
) -> None:
    """Advance all patients through an interval; as `advance_by_numpy`."""
    _kernel(values, plateau, past, np.stack(p), c, schedule)


COMPILED = Engine("compiled", advance_compiled, _compile(_sample), chunk=256)
