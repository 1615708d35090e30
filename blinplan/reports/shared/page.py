"""Pages: templates in files, filled so that no text from outside is ever markup.

Every value goes through `visible` and is escaped where a template puts it, whichever template that is. A template that
asks for what it was not given fails.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from string import ascii_letters, digits

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from blinplan.outside_text import visible, visible_lines
from blinplan.quantities import plural


@dataclass(frozen=True, slots=True)
class PageColumn:
    """A column of a table on a page.

    Attributes
    ----------
    head
        Its heading.
    classes
        How its cells are set: ``n`` for numbers, ``w`` for what stays on one line.
    is_name
        Whether its cells name their rows.
    """

    head: str
    classes: str = ""
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table on a page.

    Attributes
    ----------
    label
        What it is, to be read aloud.
    rows
        The texts of the cells; a row of one text is a heading of the rows below it.
    """

    label: str
    columns: tuple[PageColumn, ...]
    rows: tuple[tuple[str, ...], ...]


def page_table(label: str, columns: Iterable[PageColumn], rows: Iterable[Iterable[str]]) -> PageTable:
    """Make a table of columns and rows as they come."""
    return PageTable(label, tuple(columns), tuple(tuple(row) for row in rows))


def render(template: str, **values: object) -> str:
    """Fill a template of the folder beside this file; markup that is put into it is harmless too."""
    return visible_lines(_environment().get_template(template).render(values))


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=PackageLoader(__package__),
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["css_string"] = css_string
    environment.filters["plural"] = plural
    return environment


def _harmless(value: object) -> object:
    """Make what a template puts into a page harmless; markup, which only templates and our drawings are, is left."""
    return value if isinstance(value, Markup) else visible(str(value))


_PLAIN = frozenset(ascii_letters + digits + " .,:;-")


def css_string(text: str) -> Markup:
    """Write a text as a string of a style sheet: every character that could end it as its number."""
    # A space ends a number; without it, a space of the text itself would be taken for that end and lost.
    characters = (letter if letter in _PLAIN else f"\\{ord(letter):x} " for letter in visible(text))
    return Markup(f'"{"".join(characters)}"')  # noqa: S704 - no character is left that is more than itself
