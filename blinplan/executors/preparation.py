"""What a run is busy with before its first calls are done, told to whoever shows how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str | None], None]
"""Is told what a run is busy with before its first calls are done, and None when that is over."""

_listeners: list[Listener] = []


@contextmanager
def preparation(what: str) -> Iterator[Listener]:
    """Tell whoever listens what takes a while now, and let them be told how far it is; from any thread."""
    _tell(what)
    try:
        yield _tell
    finally:
        _tell(None)


@contextmanager
def told_of_preparations(listener: Listener) -> Iterator[None]:
    """Let somebody who shows how far a run is be told what it prepares, for so long."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def _tell(what: str | None) -> None:
    for listener in tuple(_listeners):
        listener(what)
