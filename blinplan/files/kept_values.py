"""Values that were computed before, kept in the cache with a checksum; what cannot be read is computed again."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from blinplan.files.caches import cached_bytes, make_own
from blinplan.files.json_document import json_of

T = TypeVar("T")


def keep_values(path: Path, values: Any) -> None:
    """Keep values of plain types, tuples and dataclasses, in a folder of the user's alone.

    What is there is whole at every moment.
    """
    if not make_own(path.parent):
        return
    beside = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        try:
            text = json.dumps(values, default=_by_field)
            beside.write_text(f"{_digest(text)}\n{text}", encoding="ascii")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def kept_values(path: Path) -> Any:
    """What was kept, as it was: a file that says anything else than what was put into it is none.

    Raises
    ------
    OSError, ValueError
        When there is no such file, or a damaged one, or somebody else could have put it there.
    """
    digest, _, text = cached_bytes(path).decode("ascii").partition("\n")
    if digest != _digest(text) or not make_own(path.parent):
        raise ValueError("damaged")
    return json_of(text)


def kept_as(path: Path, kind: type[T]) -> T | None:
    """What was kept, of a kind; None where there is none, or a damaged one, or one that is of another type."""
    with suppress(OSError, ValueError, TypeError, RecursionError):
        return _of_kind(kind, kept_values(path))  # type: ignore[no-any-return]
    return None


_types_of = cache(get_type_hints)
"""The types of the fields of a kind, by their names."""


def _by_field(value: Any) -> dict[str, Any]:
    """The fields of a dataclass, by their names; what is none cannot be kept."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _of_kind(kind: Any, kept: Any) -> Any:
    """Make of what JSON held what it was: a value of a kind, which has nothing of another in it.

    Raises
    ------
    TypeError
        When it is no such value.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        for one in arguments:
            with suppress(TypeError):
                return _of_kind(one, kept)
    elif origin is tuple and isinstance(kept, list):
        kinds = arguments[:1] * len(kept) if arguments[1:] == (...,) else arguments
        if len(kinds) == len(kept):
            return tuple(map(_of_kind, kinds, kept))
    elif hasattr(kind, "_fields") and isinstance(kept, list):
        hints = _types_of(kind)
        if len(hints) == len(kept):
            return kind(*map(_of_kind, hints.values(), kept))
    elif hasattr(kind, "__dataclass_fields__") and isinstance(kept, dict):
        hints = _types_of(kind)
        if hints.keys() == kept.keys():
            return kind(**{name: _of_kind(hints[name], value) for name, value in kept.items()})
    elif _is_plain(kind, kept):
        return kept
    raise TypeError(f"{kept!r:.60} is no {kind}")


def _is_plain(kind: Any, kept: Any) -> bool:
    """Whether something is a text, a number, true, false, nothing or one of some words, as was asked."""
    if get_origin(kind) is Literal:
        return kept in get_args(kind)
    whole = isinstance(kept, int) and not isinstance(kept, bool)
    if kind is int:
        return whole
    return whole or isinstance(kept, float) if kind is float else kind in (str, bool, NoneType) and type(kept) is kind


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
