"""The manual pages, made from what the program says of itself.

`pages` gives each page under its path in the project. Nothing here is part of the program: ``python -m tests.refresh``
writes the pages, and a test fails when they are not what the program says today.
"""

from collections.abc import Mapping

from tests.manual import commands, formats, rules


def pages() -> Mapping[str, str]:
    """Every manual page: its path from the top of the project, and its text."""
    made = {**commands.pages(), **formats.pages(), **rules.pages()}
    return {f"man/man{name[-1]}/{name}": text for name, text in made.items()}
