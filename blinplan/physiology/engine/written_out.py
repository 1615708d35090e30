"""Functions that build a named tuple or put it away, written out entry by entry from its fields.

A loop over the entries would keep the compiler from spreading patients over a vector, and a hand-written list would be
one more place to change with every state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])


def written_out(
    kind: type[T], arguments: str, entry: str, module: str, *uses: Callable[..., Any], **others: str
) -> Callable[..., T]:
    """Write `def build(arguments): return kind(entry 0, entry 1, ...)`, and compile it as part of a module.

    Parameters
    ----------
    kind : the named tuple.
    arguments : the parameters of the function.
    entry : the expression of one entry; `{i}` in it is the entry's number.
    module : the name of the module that the function belongs to.
    uses : the functions that entries call.
    others : the expressions of entries that differ, by their names.
    """
    fields: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]
    entries = ", ".join(others.get(name, entry.format(i=i)) for i, name in enumerate(fields))
    scope: dict[str, Any] = {"__name__": module, kind.__name__: kind, **{f.__name__: f for f in uses}}
    exec(f"def build({arguments}):\n    return {kind.__name__}({entries})\n", scope)  # noqa: S102 - our own text
    build: Callable[..., T] = scope["build"]
    return build


def put_out(
    kind: type[tuple[Any, ...]], arguments: str, places: tuple[Mapping[str, str], Mapping[str, str]], module: str
) -> Callable[..., None]:
    """Write the opposite: `def put(found, arguments)`, which puts each pair of a named tuple in two places.

    `places` are where the first and where the second of each field go; one that has none is left out.
    """
    lines = [
        f"    {place[name]} = found.{name}[{k}]\n"
        for name in kind._fields  # type: ignore[attr-defined]
        for k, place in enumerate(places)
        if name in place
    ]
    scope: dict[str, Any] = {"__name__": module}
    exec(f"def put(found, {arguments}):\n{''.join(lines)}", scope)  # noqa: S102 - our own text
    put: Callable[..., None] = scope["put"]
    return put
