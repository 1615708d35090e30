"""Write down once, as a list of operations, what the lines of the engine compute, for NumPy to run without the lines.

A step is some hundred operations on short arrays, of which NumPy takes longer to begin than to do them. On the tape
stands each once: none of what a step has from the step before, none of what all steps share, and all into memory that
is there already. The operations are those of the lines, in their order, so that every result has the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.engine.exponential import power_of_two, power_of_two_of_number
from blinplan.physiology.engine.tape.lanes import CallOnRows, CallPlan, plan_of
from blinplan.physiology.engine.tape.memory import Homes, RowMemory, homes_of
from blinplan.physiology.engine.tape.symbol import RUN, STATE, STEP, Script, Symbol
from blinplan.physiology.model.population import FloatArray


def leaves(value: object) -> Iterator[Any]:
    """The values of a tuple of tuples, one after the other."""
    if isinstance(value, tuple):
        for entry in value:
            yield from leaves(entry)
    else:
        yield value


@dataclass(frozen=True, eq=False)
class Tape:
    """The operations of some lines, by how often their values change.

    Attributes
    ----------
    given : what stands for the values of each argument, in their order.
    run, numbers, rows, states : the operations whose values hold for a run; for a step and all patients; for a step and
        each patient; and those that hang on the states.
    from_run, from_numbers, from_rows : which of their values others are computed from.
    returned : what the lines return, in its order; a number is one as it is.
    carried : what is not computed, since the step before has computed it of its end; and that, by which it is known.
    begun : the operations that compute what is carried where there is no step before.
    outputs : what is returned, each once, in the order in which it lies side by side.
    """

    given: Mapping[str, tuple[Symbol, ...]]
    run: tuple[Symbol, ...]
    numbers: tuple[Symbol, ...]
    rows: tuple[Symbol, ...]
    states: tuple[Symbol, ...]
    from_run: tuple[Symbol, ...]
    from_numbers: tuple[Symbol, ...]
    from_rows: tuple[Symbol, ...]
    returned: tuple[Symbol, ...]
    carried: Mapping[Symbol, Symbol]
    begun: tuple[Symbol, ...]
    outputs: tuple[Symbol, ...]

    @cached_property
    def plan(self) -> CallPlan:
        """The operations of each step in calls of NumPy; who computes with numbers does not wait for it."""
        return plan_of(self.states, self.outputs)

    @cached_property
    def homes(self) -> Homes:
        """Where in memory the values of these calls stand."""
        return homes_of(self.plan, self.outputs, self.carried.values())

    @property
    def read(self) -> tuple[Symbol, ...]:
        """What the operations of a step read besides each other's results."""
        of_step = (*self.from_run, *self.from_numbers, *self.from_rows, *self.given["now"], *self.given["infusion"])
        return (*of_step, *self.carried)

    @property
    def places(self) -> tuple[int, ...]:
        """For each value that the lines return, and then for what is carried on, its place among the results."""
        rows, number = self.homes.rows, self.homes.results
        return tuple(rows[one.number] + number for one in (*self.returned, *self.carried.values()))

    def values(self, **arguments: object) -> dict[int, Any]:
        """The values of arguments, by the number of what stands for each."""
        return {
            one.number: value
            for name, argument in arguments.items()
            for one, value in zip(self.given[name], _not_decided_by(argument), strict=True)
        }


def tape_of(
    lines: Callable[..., tuple[Any, ...]],
    follows: Sequence[int] = (),
    together: Sequence[int] = (),
    **arguments: tuple[Any, int],
) -> Tape:
    """Write down what some lines return for arguments, each with what it varies by.

    `follows` are the places, among what is returned, of what the next step gets as each value of `now`; `together`
    those of what is to lie side by side, as far as each is another value.
    """
    script = Script()
    stand_ins = {name: script.stand_in(argument, varies) for name, (argument, varies) in arguments.items()}
    given = {name: tuple(_not_decided_by(value)) for name, value in stand_ins.items()}
    returned = tuple(_result(script, one) for one in leaves(lines(**stand_ins)))
    next_of = dict(zip(given["now"], (returned[at] for at in follows), strict=True)) if follows else {}
    carried = _in_use(script, returned, _known_before(script, returned, next_of))
    outputs = tuple(dict.fromkeys((*(returned[at] for at in together), *returned)))
    operations = _operations_for(script, (*outputs, *carried.values()), carried)
    begun = [one for one in _operations_for(script, carried) if one.varies & STATE]
    states = [one for one in operations if one.varies & STATE]
    others = [one for one in _operations_for(script, (*operations, *begun)) if not one.varies & STATE]
    by_step = [one for one in others if one.varies & STEP]
    rows = [one for one in by_step if one.is_row]
    read = _read_by((*states, *rows))
    return Tape(
        given,
        tuple(one for one in others if not one.varies & STEP),
        tuple(one for one in by_step if not one.is_row),
        tuple(rows),
        tuple(states),
        tuple(one for one in read if one.varies == RUN),
        tuple(one for one in read if one.varies & STEP and not one.is_row),
        tuple(one for one in _read_by(states) if one.varies & STEP and not one.varies & STATE and one.is_row),
        returned,
        carried,
        tuple(begun),
        outputs,
    )


def _known_before(
    script: Script, results: tuple[Symbol, ...], next_of: Mapping[Symbol, Symbol]
) -> Mapping[Symbol, Symbol]:
    """The operations on what a step begins with that the step does on what it ends with as well, and these."""
    later: dict[Symbol, Symbol | float] = dict(next_of)
    early, found, needed = set(next_of), dict[Symbol, Symbol](), _operations_for(script, results)
    for each in needed:
        own = [one for one in each.operands if isinstance(one, Symbol) and one.varies & (STEP | STATE)]
        if own and early.issuperset(own):
            early.add(each)
        if own and each.function is not None and all(one in later for one in own):
            operands = tuple(later.get(one, one) if isinstance(one, Symbol) else one for one in each.operands)
            same = script.find(each.function, operands)
            if same is not None:
                later[each] = found[each] = same
    done = set(needed) - early
    return {one: same for one, same in found.items() if same in done and one not in results}


def _in_use(script: Script, returned: Iterable[Symbol], known: Mapping[Symbol, Symbol]) -> Mapping[Symbol, Symbol]:
    """What of it others read, if none of it is computed."""
    used: dict[Symbol, Symbol] = {}
    while True:
        read = _read_by(_operations_for(script, (*returned, *used.values()), known))
        more = {one: known[one] for one in read if one in known and one not in used}
        if not more:
            return used
        used |= more


def _result(script: Script, value: Symbol | float) -> Symbol:
    """A value as the result of an operation, which writes it where results stand: what is given, times 1."""
    is_made = isinstance(value, Symbol) and value.function is not None
    return value if isinstance(value, Symbol) and is_made else script.write(np.multiply, (1.0, value))


def _operations_for(script: Script, results: Iterable[Symbol], known: Iterable[Symbol] = ()) -> list[Symbol]:
    """The operations that results hang on, in their order; none of what is known."""
    left_out = {one.number for one in known}
    needed = {one.number for one in results}
    for symbol in reversed(script.symbols):
        if symbol.number in needed and symbol.number not in left_out:
            needed.update(one.number for one in symbol.operands if isinstance(one, Symbol))
    return [one for one in script.symbols if one.number in needed - left_out and one.function is not None]


def _read_by(operations: Iterable[Symbol]) -> list[Symbol]:
    """What operations are computed from, each once."""
    return list({one.number: one for each in operations for one in each.operands if isinstance(one, Symbol)}.values())


def _not_decided_by(value: object) -> Iterator[Any]:
    """The values of an argument, but those that lines decide by."""
    return (one for one in leaves(value) if not isinstance(one, int))


def compute(operations: Iterable[Symbol], known: dict[int, Any]) -> None:
    """Do operations on values that are known by their numbers, and add their results."""
    for each in operations:
        operands = [known[one.number] if isinstance(one, Symbol) else one for one in each.operands]
        if each.function is np.left_shift:
            known[each.number] = power_of_two(np.asarray(operands[0]))
        elif each.function is not None:
            known[each.number] = each.function(*operands)


Call = tuple[Callable[..., Any], NDArray[Any], NDArray[Any], NDArray[Any]]
"""A function, its two operands, and where its result goes."""


class RowsInMemory:
    """Where the values of a step lie: results in rows, some of them side by side; and what is given."""

    def __init__(
        self, tape: Tape, given: Mapping[int, NDArray[Any]], room: RowMemory, memory: FloatArray, results: FloatArray
    ) -> None:
        self.homes, self._given, self._room = tape.homes.rows, given, room
        self._memory, self._results = memory, results
        self._views: dict[object, NDArray[Any]] = {}

    def call_of(self, call: CallOnRows) -> Call:
        """A call on what lies here."""
        one, other = (self._read(lanes) for lanes in call.operands)
        result = self._rows(self.homes[call.results[0].number], len(call.results))
        if call.function is np.left_shift:
            return np.left_shift, self._as_bits(one), other, self._as_bits(result)
        return _maximum if call.function is np.maximum else call.function, one, other, result

    def _read(self, lanes: tuple[Symbol | float, ...]) -> NDArray[Any]:
        first = lanes[0]
        if not isinstance(first, Symbol):
            if all(one == first for one in lanes):
                return self._one_view(first, lambda: np.array(first))
        elif first.number in self.homes:
            return self._rows(self.homes[first.number], len(lanes))
        elif len(lanes) == 1 or (not first.is_row and all(one is first for one in lanes)):
            return self._given[first.number]
        numbers = tuple(one.number if isinstance(one, Symbol) else ("number", one) for one in lanes)
        return self._one_view(numbers, lambda: self._side_by_side(lanes))

    def _side_by_side(self, lanes: tuple[Symbol | float, ...]) -> NDArray[Any]:
        """What holds for a run, copied beside each other."""
        values = [self._given[one.number] if isinstance(one, Symbol) else np.array(one) for one in lanes]
        rows = self._room.rows(len(values))
        for row, value in zip(rows, values, strict=True):
            row[:] = value
        return rows.reshape(-1)

    def _rows(self, home: int, number: int) -> NDArray[Any]:
        rows = self._memory if home >= 0 else self._results
        first = home if home >= 0 else home + rows.shape[0]
        return self._one_view((home, number, "rows"), lambda: rows[first : first + number].reshape(-1))

    def _as_bits(self, values: NDArray[Any]) -> NDArray[Any]:
        return self._one_view((id(values), "bits"), lambda: values.view(np.int64))

    def _one_view(self, name: object, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """What lies at one place is one object, so that what NumPy knows of it stays in the first cache."""
        if name not in self._views:
            self._views[name] = make()
        return self._views[name]


def _maximum(one: NDArray[Any], other: NDArray[Any], result: NDArray[Any]) -> None:
    """NumPy wants the place of a maximum by its name."""
    np.maximum(one, other, out=result)


def lines_for_numbers(tape: Tape) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """The operations of a step as lines of Python, for one patient: NumPy takes longer to begin than a number takes."""
    text = [f"    ({''.join(f'v{one.number}, ' for one in tape.read)}) = known"]
    text += [f"    v{each.number} = {_formula(each)}" for each in tape.states]
    text.append(f"    return {', '.join(f'v{one.number}' for one in (*tape.returned, *tape.carried.values()))}")
    scope: dict[str, Any] = {"power_of_two": power_of_two_of_number}
    exec("\n".join(["def step(known):", *text, ""]), scope)  # noqa: S102 - our own text
    step: Callable[[Sequence[float]], tuple[float, ...]] = scope["step"]
    return step


_SIGNS: dict[object, str] = {np.add: "+", np.subtract: "-", np.multiply: "*", np.true_divide: "/"}


def _formula(each: Symbol) -> str:
    one, other = (f"v{operand.number}" if isinstance(operand, Symbol) else repr(operand) for operand in each.operands)
    if each.function is np.maximum:  # as NumPy has it: the second of two that are equal, and what is no number stays
        return f"{other} if {other} >= {one} else {one}"
    if each.function is np.left_shift:
        return f"power_of_two({one})"
    assert each.function is not None  # noqa: S101 - what is given is no operation
    return f"{one} {_SIGNS[each.function]} {other}"
