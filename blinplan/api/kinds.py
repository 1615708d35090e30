"""What Python code gives, held to the kinds of things that a function says it takes, as mypy holds what it reads."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from inspect import CO_VARARGS
from numbers import Real
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin

from blinplan.quantities import of_python
from blinplan.refusal import ArgumentRefusal, several
from blinplan.terminal import Screen

P = ParamSpec("P")
T = TypeVar("T")

_KINDS: dict[Any, str] = {
    str: "a text",
    Path: "a path",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    Decimal: "a Decimal",
    Fraction: "a Fraction",
    datetime: "a date with a time",
    date: "a date",
    timedelta: "a timedelta",
    Screen: "a Screen",
    NoneType: "None",
}
"""The kinds that are looked at, and what each is called."""


def with_kinds(function: Callable[P, T]) -> Callable[P, T]:
    """The same function, which refuses what is of no kind that its annotations name, before it does anything.

    A whole number of another library, as NumPy has them, is taken as one of Python. What is one of our own words or
    values is left to the function, which says more of it. What the system says no to, as a name that no file can have,
    is refused in the words of the command line.

    Raises
    ------
    ArgumentRefusal
        When an argument is something else; it is named.
    Refusal
        When the machine cannot do it, or a text can be no file's, neither its name nor in it.
    """
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    rest = code.co_varnames[code.co_argcount + code.co_kwonlyargcount] if code.co_flags & CO_VARARGS else ""

    @wraps(function)
    def hold(*args: P.args, **kwargs: P.kwargs) -> T:
        called = (*names, *[rest] * (len(args) - len(names)))
        given = [_hold_one(function, name, value) for name, value in zip(called, args, strict=False)]
        named = {name: _hold_one(function, name, value) for name, value in kwargs.items()}
        try:
            return function(*given, *args[len(given) :], **named)  # type: ignore[arg-type]
        except (OSError, RuntimeError, ValueError) as fault:
            from blinplan.files.faults import of_a_word, of_the_machine

            refusal = of_the_machine(fault) or of_a_word(fault, _texts((*given, *named.values())))
            if refusal is None:
                raise
            raise refusal from fault

    return hold


def _texts(given: Any) -> Iterator[str]:
    """The texts and paths among arguments, and in what holds several of them."""
    for value in given:
        if isinstance(value, str | Path):
            yield str(value)
        elif isinstance(value, list | tuple | set | frozenset):
            yield from _texts(value)


def _hold_one(function: Callable[..., Any], argument: str, given: Any) -> Any:
    """The value of an argument, where it is of one of its kinds or these are not looked at."""
    kinds = _kinds(function.__annotations__.get(argument))
    value = of_python(given)
    if not kinds or _is_of(value, kinds):
        return value
    items = next((_kinds(get_args(kind)[0]) for kind in kinds if _is_list(kind)), None)
    if items is None:
        raise ArgumentRefusal(f"{{{argument}}} is {{value}}", f"give {_names(kinds)}", value=repr(given)[:40])
    if isinstance(value, str):  # which some take for a list of one, and others say what becomes of it
        return value
    found = tuple(of_python(item) for item in several(argument, value))
    for item in found:
        if items and not _is_of(item, items):
            advice = f"give a list, and in it {_names(items)} each"
            raise ArgumentRefusal(f"{{{argument}}} has {{value}}", advice, value=repr(item)[:40])
    return found


def _kinds(annotation: Any) -> tuple[Any, ...]:
    """The kinds that an annotation names; none where one is not looked at, or it is in quotes, for type checkers."""
    named = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
    return named if all(kind in _KINDS or _is_list(kind) for kind in named) else ()


def _is_list(kind: Any) -> bool:
    return get_origin(kind) in {Sequence, Iterable}


def _is_of(value: Any, kinds: tuple[Any, ...]) -> bool:
    if isinstance(value, bool):
        return bool in kinds
    return isinstance(value, tuple(Real if kind is float else kind for kind in kinds if not _is_list(kind)))


def _names(kinds: tuple[Any, ...]) -> str:
    *others, last = (_KINDS.get(kind, "a list") for kind in kinds)
    return f"{', '.join(others)} or {last}" if others else last
