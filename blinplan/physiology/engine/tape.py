"""Write down once, as a list of operations, what the lines of the engine compute, for NumPy to run without the lines.

A step is some hundred operations on short arrays, of which NumPy takes longer to begin than to do them. On the tape
stands each once: none of what a step has from the step before, none of what all steps share, and all into memory that
is there already. The operations are those of the lines, in their order, so that every result has the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from blinplan.physiology.engine.exponential import power_of_two, power_of_two_of_number

CONSTANT, RUN, STEP, STATE = 0, 1, 2, 4
"""What a value depends on: nothing; what is known of a run before its first step; which step it is; the states."""


class Symbol(NDArrayOperatorsMixin):
    """A value of which only is known how it is computed: by an operation from two others, or that it is given."""

    __slots__ = ("function", "is_row", "number", "operands", "script", "varies")

    def __init__(
        self,
        script: Script,
        varies: int,
        is_row: bool,
        function: np.ufunc | None = None,
        operands: tuple[Symbol | float, ...] = (),
    ) -> None:
        self.script, self.varies, self.is_row = script, varies, is_row
        self.function, self.operands = function, operands
        self.number = len(script.symbols)
        script.symbols.append(self)

    def __array_ufunc__(self, function: np.ufunc, _: str, *operands: Symbol | float, **__: Any) -> Symbol:
        return self.script.operation(function, operands)

    def view(self, _: type) -> Symbol:
        """Look at the same bits as of another type, which the operation tells by itself."""
        return self


class Script:
    """All symbols of some lines, in the order in which they were met; each operation once."""

    def __init__(self) -> None:
        self.symbols: list[Symbol] = []
        self._known: dict[tuple[object, ...], Symbol] = {}

    def stand_in(self, value: Any, varies: int) -> Any:
        """Stand in for a value, or for each of a tuple of them; what lines decide by, as a whole number, stays."""
        match value:
            case bool() | int():
                return value
            case tuple():
                entries = [self.stand_in(entry, varies) for entry in value]
                return type(value)(*entries) if hasattr(value, "_fields") else tuple(entries)
        return Symbol(self, varies, is_row=np.ndim(value) > 0)

    def operation(self, function: np.ufunc, operands: tuple[Symbol | float, ...]) -> Symbol:
        """The symbol of an operation, the same where the same was written down before."""
        if function is np.negative:
            function, operands = np.multiply, (-1.0, *operands)
        keys = [one.number if isinstance(one, Symbol) else repr(float(one)) for one in operands]
        key = (function, *(sorted(keys, key=str) if function in {np.add, np.multiply} else keys))
        if key not in self._known:
            found = [one for one in operands if isinstance(one, Symbol)]
            varies, is_row = 0, False
            for one in found:
                varies, is_row = varies | one.varies, is_row or one.is_row
            self._known[key] = Symbol(self, varies, is_row, function, operands)
        return self._known[key]


def leaves(value: object) -> Iterator[Any]:
    """The values of a tuple of tuples, one after the other."""
    if isinstance(value, tuple):
        for entry in value:
            yield from leaves(entry)
    else:
        yield value


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """The operations of some lines, by how often their values change, and where those of each step stand.

    Attributes
    ----------
    given : what stands for the values of each argument, in their order.
    run, numbers, rows, states : the operations whose values hold for a run; for a step and all patients; for a step and
        each patient; and those that hang on the states.
    from_run, from_numbers, from_rows : which of their values others are computed from.
    outputs : the results, in their order; a number is one as it is.
    homes : for each of `states`, by its number, the row of memory that it stands in; those of results come before 0.
    memory : how many rows there are.
    """

    given: Mapping[str, tuple[Symbol, ...]]
    run: tuple[Symbol, ...]
    numbers: tuple[Symbol, ...]
    rows: tuple[Symbol, ...]
    states: tuple[Symbol, ...]
    from_run: tuple[Symbol, ...]
    from_numbers: tuple[Symbol, ...]
    from_rows: tuple[Symbol, ...]
    outputs: tuple[Symbol, ...]
    homes: Mapping[int, int]
    memory: int

    @property
    def read(self) -> tuple[Symbol, ...]:
        """What the operations of a step read besides each other's results."""
        return (*self.from_run, *self.from_numbers, *self.from_rows, *self.given["now"], *self.given["infusion"])

    def values(self, **arguments: object) -> dict[int, Any]:
        """The values of arguments, by the number of what stands for each."""
        return {
            one.number: value
            for name, argument in arguments.items()
            for one, value in zip(self.given[name], _not_decided_by(argument), strict=True)
        }


def tape_of(lines: Callable[..., tuple[Any, ...]], **arguments: tuple[Any, int]) -> Tape:
    """Write down what some lines return for arguments, each with what it varies by."""
    script = Script()
    stand_ins = {name: script.stand_in(argument, varies) for name, (argument, varies) in arguments.items()}
    outputs = _results(script, leaves(lines(**stand_ins)))
    operations = _operations_for(script, outputs)
    states = [one for one in operations if one.varies & STATE]
    others = [one for one in operations if not one.varies & STATE]
    by_step = [one for one in others if one.varies & STEP]
    rows = [one for one in by_step if one.is_row]
    read = _read_by((*states, *rows))
    homes, memory = _homes(states, outputs)
    return Tape(
        {name: tuple(_not_decided_by(value)) for name, value in stand_ins.items()},
        tuple(one for one in others if not one.varies & STEP),
        tuple(one for one in by_step if not one.is_row),
        tuple(rows),
        tuple(states),
        tuple(one for one in read if one.varies == RUN),
        tuple(one for one in read if one.varies & STEP and not one.is_row),
        tuple(one for one in _read_by(states) if one.varies & STEP and not one.varies & STATE and one.is_row),
        outputs,
        homes,
        memory,
    )


def _results(script: Script, values: Iterable[Symbol | float]) -> tuple[Symbol, ...]:
    """Values as results of operations, which write them where results stand: one that has a place already, times 1."""
    found: dict[int, Symbol] = {}
    for one in values:
        result = one
        while not isinstance(result, Symbol) or result.function is None or result.number in found:
            result = script.operation(np.multiply, (1.0, result))
        found[result.number] = result
    return tuple(found.values())


def _operations_for(script: Script, outputs: Iterable[Symbol]) -> list[Symbol]:
    """The operations that results hang on, in their order."""
    needed = {one.number for one in outputs}
    for symbol in reversed(script.symbols):
        if symbol.number in needed:
            needed.update(one.number for one in symbol.operands if isinstance(one, Symbol))
    return [one for one in script.symbols if one.number in needed and one.function is not None]


def _read_by(operations: Iterable[Symbol]) -> list[Symbol]:
    """What operations are computed from, each once."""
    return list({one.number: one for each in operations for one in each.operands if isinstance(one, Symbol)}.values())


def _homes(operations: Sequence[Symbol], outputs: Sequence[Symbol]) -> tuple[dict[int, int], int]:
    """Rows of memory for all values; a row is free again when the last operation on its value is done."""
    homes = {one.number: at - len(outputs) for at, one in enumerate(outputs)}
    last = {one.number: at for at, each in enumerate(operations) for one in each.operands if isinstance(one, Symbol)}
    free: list[int] = []
    memory = 0
    for at, each in enumerate(operations):
        read = {one.number for one in each.operands if isinstance(one, Symbol)}
        free += [homes[one] for one in sorted(read) if last[one] == at and homes.get(one, -1) >= 0]
        if each.number not in homes:
            if not free:
                free.append(memory)
                memory += 1
            homes[each.number] = free.pop()
    return homes, memory


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


def call_of(operation: Symbol, places: Mapping[int, NDArray[Any]]) -> Call:
    """An operation on values that have their places in memory."""
    one, other = (
        places[operand.number] if isinstance(operand, Symbol) else _constant(operand) for operand in operation.operands
    )
    result = places[operation.number]
    if operation.function is np.left_shift:
        return np.left_shift, one.view(np.int64), other, result.view(np.int64)
    assert operation.function is not None  # noqa: S101 - what is given is no operation
    return _maximum if operation.function is np.maximum else operation.function, one, other, result


@cache
def _constant(value: float) -> NDArray[Any]:
    return np.array(value)


def _maximum(one: NDArray[Any], other: NDArray[Any], result: NDArray[Any]) -> None:
    """NumPy has it no longer that the place of a maximum is not named."""
    np.maximum(one, other, out=result)


def lines_for_numbers(tape: Tape) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """The operations of a step as lines of Python, for one patient: NumPy takes longer to begin than a number takes."""
    text = [f"    ({''.join(f'v{one.number}, ' for one in tape.read)}) = known"]
    text += [f"    v{each.number} = {_formula(each)}" for each in tape.states]
    text.append(f"    return {', '.join(f'v{one.number}' for one in tape.outputs)}")
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
