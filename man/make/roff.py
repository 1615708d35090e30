"""The few parts of man(7) that the pages are made of, as lines. Text is escaped here and nowhere else."""

import re
import textwrap
from collections.abc import Iterable, Sequence

from blinplan.version import __version__

# The day of each version: a page carries that, and never the day on which it was written.
_DAYS = {"0.1.0": "2026-11-25"}
_WIDTH = 78
_SIGNS = {
    "\\": r"\(rs",
    # As a minus, which can be searched for and copied: a page is full of options and names that have one.
    "-": r"\-",
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
    '"': r"\(dq",
    "≤": r"\(<=",
    "≥": r"\(>=",
    "µ": r"\(mc",
    "×": r"\(mu",
    "±": r"\(+-",
    "²": r"\(S2",
    "°": r"\(de",
    "→": r"\(->",
}
_MARKED = re.compile(r"\[(bold|italic)\](.+?)\[/\1\]|`([^`]+)`|(?<!\w)([a-z-]+)\(([157])\)", re.DOTALL)


def escaped(text: str) -> str:
    """Write a text so that it is shown as it stands."""
    return "".join(_SIGNS.get(c) or (c if c.isascii() else f"\\[u{ord(c):04X}]") for c in text)


def bold(text: str) -> str:
    """Write what is typed as it stands."""
    return f"\\fB{escaped(text)}\\fR"


def italic(text: str) -> str:
    """Write what stands for something else."""
    return f"\\fI{escaped(text)}\\fR"


def marked(text: str) -> str:
    """Write a text in which ``[bold]``, ``[italic]``, backquotes and pages such as man(1) are set apart."""
    parts, end = [], 0
    for found in _MARKED.finditer(text):
        parts.append(escaped(text[end : found.start()]))
        end = found.end()
        kind, inside, quoted, page, number = found.groups()
        if page:
            parts.append(f"{bold(page)}({number})")
        else:
            parts.append(italic(inside) if kind == "italic" else bold(inside or quoted))
    return "".join([*parts, escaped(text[end:])])


def filled(written: str) -> list[str]:
    """Break an escaped text into lines, none of which can be taken for a request."""
    lines = textwrap.wrap(written, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"\\&{line}" if line.startswith(".") else line for line in lines]


def paragraph(text: str) -> list[str]:
    """A paragraph of marked text."""
    return [".PP", *filled(marked(text))]


def section(title: str, *parts: Iterable[str]) -> list[str]:
    """A section; the paragraph that it begins with needs no break before it."""
    return _headed(".SH", title.upper(), parts)


def subsection(title: str, *parts: Iterable[str]) -> list[str]:
    """A part of a section."""
    return _headed(".SS", title, parts)


def _headed(macro: str, title: str, parts: Sequence[Iterable[str]]) -> list[str]:
    lines = [line for part in parts for line in part]
    return [f"{macro} {escaped(title)}", *(lines[1:] if lines[:1] == [".PP"] else lines)] if lines else []


def item(tag: str, *parts: Iterable[str]) -> list[str]:
    """A tag, already escaped, and what it is, indented; further paragraphs stay under the tag."""
    lines = [line for part in parts for line in part]
    first = lines[1:] if lines[:1] == [".PP"] else lines
    return [".TP", tag, *(".IP" if line == ".PP" else line for line in first)]


def example(text: str, *, under: bool = False) -> list[str]:
    """Lines that are shown as they stand; ``under`` a tag they are indented as its text is."""
    lines = [escaped(line) for line in text.rstrip("\n").split("\n")]
    shown = [f"\\&{line}" if line.startswith(".") else line for line in lines]
    return [".IP" if under else ".PP", ".RS 4", ".EX", *shown, ".EE", ".RE"]


def page(name: str, number: int, sentence: str, *sections: Iterable[str]) -> str:
    """A whole page."""
    head = [
        r".\" Written by `python -m man.make`; what it says is said in the program.",
        f'.TH {escaped(name).upper()} {number} {_DAYS[__version__]} "blinplan {__version__}" "blinplan manual"',
        # No hyphenation, no second space after a sentence, no justified lines: the page is searched and copied from.
        ".nr HY 0",
        ".nh",
        ".ss 12 0",
        ".ad l",
        *section("name", filled(f"{escaped(name)} \\- {escaped(_as_name(sentence))}")),
    ]
    return "\n".join([*head, *(line for part in sections for line in part)]) + "\n"


def _as_name(sentence: str) -> str:
    """A sentence as whatis(1) shows it: without capital and full stop."""
    first = sentence.split(" ", 1)[0]
    lowered = sentence if first.isupper() and len(first) > 1 else sentence[0].lower() + sentence[1:]
    return " ".join(lowered.rstrip(".").split())


def see_also(pages: Iterable[str]) -> list[str]:
    """The other pages, as ``name.1``, in the order of their sections."""
    order = sorted(set(pages), key=lambda page: (page[-1], page[:-2]))
    named = [f"{bold(page[:-2])}({page[-1]})" for page in order]
    return section("see also", [".PP", *filled(", ".join(named))])
