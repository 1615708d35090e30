"""Documents that begin a search, made short: what a reader never looks at would only be changed in vain."""

import json
from collections.abc import Callable, Iterator
from typing import Any

_DEPTH = 2


def shortest(data: bytes, is_taken: Callable[[bytes], bool]) -> bytes:
    """A document without the keys near its top that can be left out, and with one item of each array that can be so.

    What is no document stays as it is.
    """
    try:
        document = json.loads(data)
    except ValueError:
        return data
    for holder, key in list(_keys(document, _DEPTH)):
        value = holder.pop(key)
        if not is_taken(_written(document)):
            holder[key] = value
    for array in list(_arrays(document)):
        items = array[:]
        del array[1:]
        if not is_taken(_written(document)):
            array[:] = items
    return _written(document)


def _written(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _keys(document: Any, depth: int) -> Iterator[tuple[dict[str, Any], str]]:
    for key, value in document.items() if isinstance(document, dict) and depth else ():
        yield document, key
        yield from _keys(value, depth - 1)


def _arrays(document: Any) -> Iterator[list[Any]]:
    """Every array of more than one item, those outside before those inside them."""
    if isinstance(document, list) and len(document) > 1:
        yield document
    inside = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    for value in inside:
        yield from _arrays(value)
