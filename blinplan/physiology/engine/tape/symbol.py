"""Values of which only is known how they are computed: lines of the engine work on them while they are written down."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import mixins
from numpy.lib.mixins import NDArrayOperatorsMixin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

Origin = tuple[tuple[str, int, int], ...]
"""Where in the lines an operation stands, and where these were called from: file, function, and place in it."""
_CALLERS = 3

CONSTANT, RUN, STEP, STATE = 0, 1, 2, 4
"""What a value depends on: nothing; what is known of a run before its first step; which step it is; the states."""


class Symbol(NDArrayOperatorsMixin):
    """A value of which only is known how it is computed: by an operation from two others, or that it is given."""

    __slots__ = ("function", "is_row", "number", "operands", "origin", "script", "varies")

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
        self.origin: Origin = () if function is None else tuple(islice(_callers(), 1 + _CALLERS))
        self.number = len(script.symbols)
        script.symbols.append(self)

    def __array_ufunc__(self, function: np.ufunc, _: str, *operands: Symbol | float, **__: Any) -> Symbol:
        return self.script.operation(function, operands)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return self.number

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
        other = next((one for one in operands if isinstance(one, Symbol)), None)
        if function is np.multiply and other is not None and 1.0 in operands:
            return other
        return self.write(function, operands)

    def write(self, function: np.ufunc, operands: tuple[Symbol | float, ...]) -> Symbol:
        """The symbol of an operation that is done even where it changes nothing."""
        key = _key(function, operands)
        if key not in self._known:
            found = [one for one in operands if isinstance(one, Symbol)]
            varies, is_row = 0, False
            for one in found:
                varies, is_row = varies | one.varies, is_row or one.is_row
            self._known[key] = Symbol(self, varies, is_row, function, operands)
        return self._known[key]

    def find(self, function: np.ufunc, operands: tuple[Symbol | float, ...]) -> Symbol | None:
        """The symbol of an operation if it was written down."""
        return self._known.get(_key(function, operands))


def _key(function: np.ufunc, operands: tuple[Symbol | float, ...]) -> tuple[object, ...]:
    """What an operation is known by: what is added or multiplied has no order."""
    keys = [one.number if isinstance(one, Symbol) else repr(float(one)) for one in operands]
    return (function, *(sorted(keys, key=str) if function in {np.add, np.multiply} else keys))


def _callers() -> Iterator[tuple[str, int, int]]:
    """Where the lines are that are being written down, and who called them."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        code = frame.f_code
        if code.co_filename not in {__file__, mixins.__file__}:
            yield code.co_filename, code.co_firstlineno, frame.f_lasti
        frame = frame.f_back
