"""What numba is told of functions whose lines it cannot compile as they are; imported by the compiled engine alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic, overload, typeof_impl

from blinplan.physiology.engine import exponential, locate
from blinplan.physiology.engine.exponential import MANTISSA_BITS
from blinplan.physiology.engine.integrate import Wanted
from blinplan.physiology.engine.own.constants import OwnConstants
from blinplan.physiology.model import mechanism


def tell_numba() -> None:
    """Let numba have `power_of_two`, `either` and `to_the_power` of numbers, and the type of what is wanted."""
    _power_of_two_compiled()
    _either_compiled()
    _power_compiled()
    typeof_impl.register(Wanted)(_type_of_wanted)


def where_sets_differ(function: Callable[..., Any], otherwise: Callable[..., Any]) -> None:
    """Let numba take another function where the first argument is `OwnConstants`: settled before anything runs."""
    lines: Any = function

    @overload(function, inline="always", strict=False)
    def of(constants: Any, one: Any, other: Any) -> Any:
        return otherwise if constants.instance_class is OwnConstants else lines


def _power_of_two_compiled() -> None:
    """Let numba have `power_of_two`: the same bits, without an array to look at."""

    @intrinsic
    def by_bits(_: object, shifted: Any) -> Any:
        def generate(__: object, builder: ir.IRBuilder, ___: object, arguments: list[ir.Value]) -> ir.Value:
            bits = ir.IntType(64)
            shifted = builder.shl(builder.bitcast(arguments[0], bits), ir.Constant(bits, MANTISSA_BITS))
            return builder.bitcast(shifted, ir.DoubleType())

        return types.float64(types.float64), generate

    of_bits: Any = by_bits

    @overload(exponential.power_of_two, jit_options={"forceinline": True})
    def of(shifted: Any) -> Any:
        def implementation(shifted: Any) -> Any:
            return of_bits(shifted)

        return implementation


def _either_compiled() -> None:
    """Let numba have `either`, of numbers."""

    @overload(locate.either, jit_options={"forceinline": True})
    def of(condition: Any, this: Any, other: Any) -> Any:
        def implementation(condition: Any, this: Any, other: Any) -> Any:
            return this if condition else other

        return implementation


def _power_compiled() -> None:
    """Let numba have `to_the_power`, of a coefficient that all patients share."""

    @overload(mechanism.to_the_power, jit_options={"forceinline": True})
    def of(ratio: Any, hill: Any) -> Any:
        def implementation(ratio: Any, hill: Any) -> Any:
            return mechanism.to_one_power(ratio, hill)

        return implementation


def _type_of_wanted(wanted: Wanted, context: Any) -> Any:
    """The type of what is wanted, whose arrays may lie in memory in any way: one machine code fits all.

    Numba would compile again for each way that comes up: the rows of one patient, or of one day, follow each other.
    """
    together: Any = types.BaseTuple.from_types
    parts = [typeof_impl(part, context) for part in wanted]
    return together([part.copy(layout="A") if isinstance(part, types.Array) else part for part in parts], Wanted)
