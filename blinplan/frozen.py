"""What nobody can change, also where it was sent to another process."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenMapping(Mapping[K, V], Generic[K, V]):
    """A copy of a mapping, for good. `types.MappingProxyType` does the same, and cannot be pickled."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._items!r})"


def remade(value: Any) -> tuple[type, tuple[Any, ...]]:
    """How a dataclass that freezes its arrays when it is made is unpickled: made anew, for arrays thaw on the way."""
    return type(value), tuple(getattr(value, entry.name) for entry in fields(value) if entry.init)
