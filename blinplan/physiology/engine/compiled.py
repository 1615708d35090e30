"""The engine compiled by numba: the lines of `mechanism`, `collocation` and `step`, some patients side by side.

Needs the extra `fast`; imported only when used. The first use compiles for some seconds and keeps the machine code in
the user's cache folder, under a name made from the sources it was compiled from: numba itself looks at the date of this
file alone, and would run on with an old `mechanism`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from threading import Lock
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import numba
import numpy as np
from numba.core import config
from numba.extending import register_jitable

from blinplan.executors.preparation import preparation
from blinplan.physiology.engine import advance as lines
from blinplan.physiology.engine import collocation, exponential, gather, locate
from blinplan.physiology.engine.advance import begin, past_of, states_at
from blinplan.physiology.engine.collocation import Blend
from blinplan.physiology.engine.for_numba import tell_numba, where_sets_differ
from blinplan.physiology.engine.gather import LANES, QUEUE, WIDTH, Found, expose, raise_to
from blinplan.physiology.engine.gather import gather as gather_in_block
from blinplan.physiology.engine.integrate import Advance, Wanted
from blinplan.physiology.engine.machine_code import ALIKE, SETS, folder_to_use, is_kept, seal
from blinplan.physiology.engine.own import constants
from blinplan.physiology.engine.own.constants import OwnConstants, own_constants, with_own_weights
from blinplan.physiology.engine.step import moment, plan, rates, signals, stages
from blinplan.physiology.engine.step.moment import GridStep, Individual, Inflow, Instant, Node, Past, Signals
from blinplan.physiology.engine.step.plan import StepPlan, step_of
from blinplan.physiology.engine.step.rates import Watched, watch
from blinplan.physiology.engine.step.stages import (
    Attack,
    Blood,
    Contact,
    Marrow,
    Presence,
    Response,
    arm,
    exchange,
    follow_drug,
    lyse_blood,
    lyse_marrow,
    respond,
)
from blinplan.physiology.engine.written_out import put_out, written_out
from blinplan.physiology.model import mechanism
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States

Kernel = Callable[..., None]
_STATES, _SIGNALS, _PAST = len(States._fields), len(Signals._fields), len(Past._fields)
_INDIVIDUAL, _INFUSION, _WATCHED = len(Individual._fields), len(Inflow._fields), len(Watched._fields)
_CONSTANTS = len(Constants._fields)
_MOMENT, _NODE = _STATES + _SIGNALS, _STATES + _SIGNALS + _PAST + 1


class _Lanes(NamedTuple):
    """Where the patients of a block stand among all, how many they are, and how many eights of them go side by side."""

    start: int
    width: int
    eights: int


class _Work(NamedTuple):
    """What is kept of a block: states; the patients and what they are infused; a step's nodes; what is found."""

    states: FloatArray
    who: FloatArray
    before: FloatArray
    middle: FloatArray
    then: FloatArray
    now: FloatArray
    seen: FloatArray
    days: FloatArray
    rows: FloatArray
    queue: FloatArray
    lanes: FloatArray
    constants: FloatArray


def _advance_all(
    course: StepPlan,
    first: int,
    last: int,
    state: FloatArray,
    plateaus: FloatArray,
    individuals: FloatArray,
    c: Constants | OwnConstants,
    wanted: Wanted,
) -> None:
    """Advance all patients; arguments as of `Advance`, with the `p` as rows.

    A block of patients goes through all intervals before the next one begins, and stays in the first cache.
    """
    nodes = _nodes_kept(course, first, last, wanted)
    work = _Work(
        np.empty((_STATES, WIDTH)),
        np.empty((_INDIVIDUAL + _INFUSION, WIDTH)),
        np.empty((_MOMENT, WIDTH)),
        np.empty((_MOMENT, WIDTH)),
        np.empty((_MOMENT, WIDTH)),
        np.empty((_NODE, WIDTH)),
        np.empty((nodes, _WATCHED, WIDTH)),
        np.empty(nodes),
        np.empty((wanted.rows.shape[0], WIDTH)),
        np.zeros(QUEUE),
        np.empty(LANES),
        np.empty((_CONSTANTS, WIDTH)),
    )
    gathers, is_watched = wanted.rows.shape[0] > 0, wanted.watched.shape[1] > 0
    for start in range(0, state.shape[1], WIDTH):
        width = min(WIDTH, state.shape[1] - start)
        place = _Lanes(start, width, (width + 7) // 8)
        _read(individuals, place, work.who)
        _read(state, place, work.states)
        _read(wanted.rows, place, work.rows)
        _read_constants(c, place, work.constants)
        for k in range(first, last):
            _begin_block(course, k, plateaus[k], place, work, c, wanted)
            at = course.first_wanted[k]
            until = course.first_wanted[k + 1]
            for i in range(course.steps[k]):
                step = step_of(course, k, i)
                if _looks_between_nodes(course, at, until, i):
                    _copy(work.now, work.before)
                _advance_block(work, c, step, place.eights)
                if gathers or is_watched:
                    _watch_block(work, c, 2 * i + 1, place.eights)
                while at < until and course.step[at] == i:
                    _look(course, at, place, work, c, wanted)
                    at += 1
            if is_watched:
                _write_seen(work.seen, wanted.watched, place)
            if gathers:
                _gather(course, k, place, work, wanted)
        _write(work.states, state, place)
        _write(work.rows, wanted.rows, place)


def _nodes_kept(course: StepPlan, first: int, last: int, wanted: Wanted) -> int:
    """How many nodes of an interval are kept: all of the longest one, where something is looked for among them."""
    if wanted.rows.shape[0] + wanted.watched.shape[1] == 0:
        return 3
    most = 1
    for k in range(first, last):
        most = max(most, course.steps[k])
    return 2 * most + 1


def _gather(course: StepPlan, k: int, place: _Lanes, work: _Work, wanted: Wanted) -> None:
    """Look for what endpoints need of an interval that a block is through."""
    kind, days = course.kind[k], work.days
    days[0] = 0.0
    for i in range(course.steps[k]):
        days[2 * i + 1] = course.ends[kind, i] - 0.5 * course.lengths[kind, i]
        days[2 * i + 2] = course.ends[kind, i]
    raise_to(work.states[0], work.rows[wanted.searches.greatest], place.eights)
    found = Found(days, work.seen, work.rows, work.queue, work.lanes, place.width, place.eights)
    gather_in_block(wanted.searches, k, 2 * course.steps[k] + 1, found)


def _begin_block(
    course: StepPlan,
    k: int,
    plateaus: FloatArray,
    place: _Lanes,
    work: _Work,
    c: Constants | OwnConstants,
    wanted: Wanted,
) -> None:
    left, first_step = course.premedicated[course.first_node[k]], course.lengths[course.kind[k], 0]
    for lane in range(8 * place.eights):
        states, person = _states(work.states, lane), _individual(work.who, lane)
        plateau, own = plateaus[place.start + min(lane, place.width - 1)], _constants(c, work.constants, lane)
        node, infusion = begin(states, plateau, person, own, first_step, left, course.desensitises)
        _store_node(node, work.now, lane)
        work.who[_INDIVIDUAL, lane], work.who[_INDIVIDUAL + 1, lane] = infusion
        seen = watch(Instant(node.states, node.signals), person, own)
        for row in range(_WATCHED):
            work.seen[0, row, lane] = seen[row]
    if wanted.rows.shape[0]:
        rows, drug = work.rows, _INDIVIDUAL
        expose(wanted.searches, k, work.states[0], work.who[0], work.who[drug], work.who[drug + 1], rows, place.eights)


def _advance_block(work: _Work, c: Constants | OwnConstants, step: GridStep, eights: int) -> None:
    """Take a step with a block of patients, one stage or two after the other.

    These are the loops that the compiler spreads over a vector: nothing in them may branch on a patient. Each is short,
    so that the processor is at the next patients while results of the first are awaited. Of one patient there is no
    next: where a stage waits for all of the one before it, both are in one loop, which passes results on in registers
    (0.32 ms a course instead of 0.57, and a crowd 5 % less).
    """
    now, middle, then, who, rows = work.now, work.middle, work.then, work.who, work.constants
    for lane in range(8 * eights):
        own = _constants(c, rows, lane)
        drug = follow_drug(_node(now, lane), _infusion(who, lane), _individual(who, lane), own, step)
        _put_drug(drug, middle, then, now, lane)
    for lane in range(8 * eights):
        drug, own = _drug(middle, then, now, lane), _constants(c, rows, lane)
        attack = arm(_node(now, lane), drug, _individual(who, lane), own, _step_as_weighted(c, own, step))
        _put_attack(attack, middle, then, now, lane)
        _put_marrow(lyse_marrow(_node(now, lane), attack, _individual(who, lane), step), middle, then, now, lane)
    for lane in range(8 * eights):
        attack, marrow = _attack(middle, then, now, lane), _marrow(middle, then, now, lane)
        own = _constants(c, rows, lane)
        blood = lyse_blood(_node(now, lane), attack, marrow, _individual(who, lane), own, step)
        _put_blood(blood, middle, then, now, lane)
    for lane in range(8 * eights):
        drug, attack = _drug(middle, then, now, lane), _attack(middle, then, now, lane)
        blood, own = _blood(middle, then, now, lane), _constants(c, rows, lane)
        _put_contact(exchange(drug, attack, blood, _individual(who, lane), own, step), middle, then, now, lane)
    for lane in range(8 * eights):
        drug, attack = _drug(middle, then, now, lane), _attack(middle, then, now, lane)
        contact, before, own = _contact(middle, then, now, lane), _node(now, lane), _constants(c, rows, lane)
        response = respond(before, drug, attack, contact, own, _step_as_weighted(c, own, step))
        past = past_of(before, response, contact)
        _put_response(response, middle, then, now, lane)
        for k in range(_PAST):
            now[_MOMENT + k, lane] = past[k]
        _take_over(then, now, lane)


def _watch_block(work: _Work, c: Constants | OwnConstants, at: int, eights: int) -> None:
    """Keep what endpoints need of the middle and of the end of a step, at a node and the next."""
    now, middle, who, seen = work.now, work.middle, work.who, work.seen
    for lane in range(8 * eights):
        person, own = _individual(who, lane), _constants(c, work.constants, lane)
        between, end = watch(_moment(middle, lane), person, own), watch(_moment(now, lane), person, own)
        for row in range(_WATCHED):
            seen[at, row, lane] = between[row]
            seen[at + 1, row, lane] = end[row]


def _write_seen(seen: FloatArray, watched: FloatArray, place: _Lanes) -> None:
    """Write what is watched at the nodes of an interval."""
    for node in range(watched.shape[1]):
        _write(seen[node], watched[:, node], place)


def _looks_between_nodes(course: StepPlan, at: int, until: int, i: int) -> bool:
    """Whether a wanted time, from one of them on, lies between nodes of a step."""
    while at < until and course.step[at] == i:
        if course.node[at] == 0:
            return True
        at += 1
    return False


def _look(course: StepPlan, at: int, place: _Lanes, work: _Work, c: Constants | OwnConstants, wanted: Wanted) -> None:
    """Read the states off at a wanted time: at a node as they are, between nodes from all three."""
    node, slot = course.node[at], course.slot[at]
    here = work.middle if node == 1 else work.now
    if node == 0:
        _blend_states(course, at, work, c)
        here = work.states
    elif slot < 0:
        _copy(here, work.states)
    if slot >= 0:
        _write(here, wanted.states[slot], place)


def _blend_states(course: StepPlan, at: int, work: _Work, c: Constants | OwnConstants) -> None:
    blend, elapsed = _blend(course.blend, at), course.elapsed[at]
    for lane in range(WIDTH):
        before, between, after = _moment(work.before, lane), _moment(work.middle, lane), _moment(work.now, lane)
        infusion, person = _infusion(work.who, lane), _individual(work.who, lane)
        own = _constants(c, work.constants, lane)
        found = states_at(before, between, after, infusion, person, own, blend, elapsed)
        for k in range(_STATES):
            work.states[k, lane] = found[k]


def _copy(block: FloatArray, out: FloatArray) -> None:
    """Copy the first rows of a block, as many as there is room for."""
    for k in range(out.shape[0]):
        for lane in range(WIDTH):
            out[k, lane] = block[k, lane]


def _read(rows: FloatArray, place: _Lanes, block: FloatArray) -> None:
    """Take the patients of a block; one that is not full is filled up with its last patient."""
    for k in range(rows.shape[0]):
        for lane in range(WIDTH):
            block[k, lane] = rows[k, place.start + min(lane, place.width - 1)]


def _write(block: FloatArray, rows: FloatArray, place: _Lanes) -> None:
    """Write the patients of a block to all rows."""
    for k in range(rows.shape[0]):
        for lane in range(place.width):
            rows[k, place.start + lane] = block[k, lane]


# What differs where patients of several parameter sets go side by side; each time, the second is for these.


def _constants(c: Any, rows: FloatArray, lane: int) -> Any:
    """The parameters that a patient shares with all."""
    return c


def _read_constants(c: Any, place: _Lanes, rows: FloatArray) -> None:
    """Take nothing of what all share."""


def _read_own_constants(c: Any, place: _Lanes, rows: FloatArray) -> None:
    _read(c.rows, place, rows)


def _step_as_weighted(c: Any, own: Constants, step: GridStep) -> GridStep:
    """A step with weights for the loss rates that all share, which is how it comes."""
    return step


def _step_by_own_weights(c: Any, own: Constants, step: GridStep) -> GridStep:
    return with_own_weights(step, own)


# The tuples of one patient, column j of an array, from row k on.
_states = written_out(States, "v, j", "v[{i}, j]", __name__)
_signals = written_out(Signals, "v, k, j", "v[k + {i}, j]", __name__)
_past = written_out(Past, "v, k, j", "v[k + {i}, j]", __name__)
_individual = written_out(Individual, "v, j", "v[{i}, j]", __name__)
_infusion = written_out(Inflow, "v, j", f"v[{_INDIVIDUAL} + {{i}}, j]", __name__)
_blend = written_out(Blend, "v, j", "v[j, {i}]", __name__)


# The stages of a step: the first of each pair is in a row of `a`, the middle. The second is where the step began, in
# the same row of `c`, or in `b` while a later stage still asks for what was there before.
_ROWS = {name: row for row, name in enumerate((*States._fields, *Signals._fields))} | {"decay": _NODE - 1}
_ASKED_LATER = ("t_total", "cytolytic", "marrow_3", *Signals._fields)
_ENDS = {name: f"{'b' if name in _ASKED_LATER else 'c'}[{row}, j]" for name, row in _ROWS.items()}
_MIDDLES = {name: f"a[{row}, j]" for name, row in _ROWS.items() if name != "decay"}
_FOUND = {name: f"({_MIDDLES.get(name, end)}, {end})" for name, end in _ENDS.items()}
_drug = written_out(Presence, "a, b, c, j", "", __name__, **_FOUND)
_attack = written_out(Attack, "a, b, c, j", "", __name__, **_FOUND)
_marrow = written_out(Marrow, "a, b, c, j", "", __name__, **_FOUND)
_blood = written_out(Blood, "a, b, c, j", "", __name__, **_FOUND)
_contact = written_out(Contact, "a, b, c, j", "", __name__, **_FOUND)
_put_drug, _put_attack, _put_marrow, _put_blood, _put_contact, _put_response = (
    put_out(kind, "a, b, c, j", (_MIDDLES, _ENDS), __name__)
    for kind in (Presence, Attack, Marrow, Blood, Contact, Response)
)
_WAITING = tuple(_ROWS[name] for name in _ASKED_LATER)


def _take_over(then: FloatArray, now: FloatArray, j: int) -> None:
    """Let what had to wait take the place of what was before."""
    for k in range(len(_WAITING)):
        now[_WAITING[k], j] = then[_WAITING[k], j]


def _moment(v: FloatArray, j: int) -> Instant:
    return Instant(_states(v, j), _signals(v, _STATES, j))


def _node(v: FloatArray, j: int) -> Node:
    return Node(_states(v, j), _signals(v, _STATES, j), _past(v, _MOMENT, j), v[_NODE - 1, j])


def _store_moment(now: Instant, v: FloatArray, j: int) -> None:
    for k in range(_STATES):
        v[k, j] = now.states[k]
    for k in range(_SIGNALS):
        v[_STATES + k, j] = now.signals[k]


def _store_node(node: Node, v: FloatArray, j: int) -> None:
    _store_moment(Instant(node.states, node.signals), v, j)
    for k in range(_PAST):
        v[_MOMENT + k, j] = node.past[k]
    v[_NODE - 1, j] = node.decay


@contextmanager
def _caching_in(folder: Path) -> Iterator[None]:
    """Let numba keep what is declared here in a folder."""
    before = config.CACHE_DIR  # type: ignore[attr-defined]
    config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]


_LINES = (mechanism, exponential, collocation, moment, signals, rates, stages, plan, lines, locate, constants)
"""The modules whose lines the kernel runs."""


def _declare_parts() -> None:
    """Make the lines of the other modules, and those above, known to numba as parts of the kernel.

    What takes a step becomes part of the kernel itself, where the compiler sees that its arrays do not overlap, without
    which it does not spread patients over a vector. What is seldom done stays by itself: it need not be compiled twice.
    """
    apart = (
        _looks_between_nodes,
        _copy,
        _read,
        _write,
        _write_seen,
        _begin_block,
        _look,
        _blend_states,
        _nodes_kept,
        _gather,
        _read_own_constants,
        *_lines_of(gather),
    )
    inside = (_advance_block, _watch_block, _step_by_own_weights)
    read = (_states, _signals, _past, _individual, _infusion, _blend, _moment, _node)
    found = (_drug, _attack, _marrow, _blood, _contact)
    put = (
        _take_over,
        _put_drug,
        _put_attack,
        _put_marrow,
        _put_blood,
        _put_contact,
        _put_response,
        _store_moment,
        _store_node,
    )
    theirs = [line for module in _LINES for line in _lines_of(module)]
    declare: Any = register_jitable
    for part in apart:
        declare(error_model="numpy")(part)
    parts: tuple[Callable[..., Any], ...] = (*inside, *read, *found, *put, *theirs)
    for line in parts:
        declare(error_model="numpy", forceinline=True)(line)
    where_sets_differ(_constants, constants.constants_in)
    where_sets_differ(_read_constants, _read_own_constants)
    where_sets_differ(_step_as_weighted, _step_by_own_weights)


def _lines_of(module: ModuleType) -> list[FunctionType]:
    """The functions of a module that the kernel may call."""
    return [
        function
        for name, function in vars(module).items()
        if isinstance(function, FunctionType)
        and function.__module__ == module.__name__
        and name not in {"power_of_two", "either", "nodes_of", "to_the_power"}
    ]


def _rename(name: str, function: Kernel) -> Kernel:
    """The same function under another name: numba keeps machine code under it, so that all can see what is there."""
    assert isinstance(function, FunctionType)  # noqa: S101
    return FunctionType(function.__code__.replace(co_name=name, co_qualname=name), function.__globals__, name)


def _compile(function: Kernel) -> Kernel:
    folder = folder_to_use()
    with suppress(OSError, RuntimeError):
        if folder is not None:
            with _caching_in(folder):
                return numba.njit(nogil=True, error_model="numpy", cache=True)(function)
    # No folder can be written to, or by others too: compiled anew by every process.
    return numba.njit(nogil=True, error_model="numpy")(function)


tell_numba()
_declare_parts()
_alike: Any = _compile(_rename(ALIKE, _advance_all))
_sets: Any = _compile(_rename(SETS, _advance_all))
_WERE_KEPT = {_alike: is_kept(ALIKE), _sets: is_kept(SETS)}


@cache
def _seal(_machine_codes: int) -> None:
    """Seal what numba has kept, whenever a call has made one more."""
    seal()


_OBJECTS = 10_000
_ONE_THREAD = Lock()


@contextmanager
def _compiling() -> Iterator[None]:
    """Tell that it takes a while, and look for garbage each so many objects: what the compiler leaves is 200 MB.

    One thread at a time, or the second would find how often the first has it looked for, and leave it so. It would wait
    for the first to compile all the same.
    """
    with _ONE_THREAD:
        before = gc.get_threshold()
        gc.set_threshold(min(before[0], _OBJECTS), *before[1:])
        try:
            with preparation("compiling, once"):
                yield
        finally:
            gc.set_threshold(*before)


def advancing_compiled(course: StepPlan, p: Individual, c: Constants) -> Advance:
    """What advances all patients of a chunk by machine code; of several parameter sets, side by side."""
    individuals = np.stack(p)
    own = own_constants(c, individuals.shape[1])
    kernel = _sets if isinstance(own, OwnConstants) else _alike

    def advance_through(first: int, last: int, state: FloatArray, plateaus: FloatArray, wanted: Wanted) -> None:
        by_time = wanted._replace(states=wanted.states.transpose(1, 0, 2))
        with nullcontext() if kernel.overloads or _WERE_KEPT[kernel] else _compiling():
            try:
                kernel(course, first, last, state, plateaus, individuals, own, by_time)
            except OSError:  # the machine code is there and cannot be kept, as on a full disk
                kernel(course, first, last, state, plateaus, individuals, own, by_time)
        _seal(len(_alike.overloads) + len(_sets.overloads))

    return advance_through
