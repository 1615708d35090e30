"""The lines of a file to fill in: keys with what is known of them, and comments for the rest.

What a key is comes from the table that reads it, so that no key is forgotten, and none said otherwise. Everything that
is not known begins with ``# ``: without that it is a line of the file.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from blinplan.regimen.toml.table import Key, is_several

UNKNOWN = "?"
"""Stands for a value that nobody can give an example of: as a line of the file it is an error, not a number."""
_WIDTH = 100


def known_lines(key: Key, value: str) -> Iterator[str]:
    """Write a key that is known, and above it what it is."""
    yield from _lines_of(_sentence(key.description), "# ")
    yield f"{key.name} = {value}"


def example_lines(key: Key, value: str | None, besides: str = "") -> Iterator[str]:
    """Write a key as a comment, with an example where there is one, and above it what it is."""
    described = _sentence(key.description) + besides
    if value is None:
        yield from _lines_of(f"{key.name}: {described}", "# # ")
    else:
        yield from _lines_of(described, "# # ")
        yield f"# {key.name} = {value}"


def block_lines(key: Key, values: Mapping[str, str]) -> Iterator[str]:
    """Write a table as comments, with its keys: those of the example, and below them what else it may have."""
    inside = key.kind.table
    assert inside is not None  # noqa: S101 - such a key holds tables
    yield f"# [[{key.name}]]" if is_several(key.kind) else f"# [{key.name}]"
    for name, value in values.items():
        yield from example_lines(inside.keys[name], value)
    for name, one in inside.keys.items():
        if name not in values:
            yield from example_lines(one, None)


def head_lines(sentences: Iterable[str]) -> Iterator[str]:
    """Write what stands at the top of a file."""
    for sentence in sentences:
        yield from _lines_of(sentence, "# ")


def heading_lines(key: Key) -> Iterator[str]:
    """Write what stands above a part of a file: what its tables are."""
    yield ""
    yield from _lines_of(f"--- {_sentence(key.description)} ---", "# # ")


def _sentence(description: str) -> str:
    return f"{description[0].upper()}{description[1:]}."


def _lines_of(text: str, mark: str) -> Iterator[str]:
    return (f"{mark}{line}" for line in textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))
