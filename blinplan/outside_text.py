"""Text from outside, on its way to a terminal or a page: nothing in it is obeyed.

File names, regimens, records, configurations, environment: whatever this program did not write goes through `visible`,
where it is put into a sentence, so that it takes the room that it is given. What has forgotten that goes through it all
the same: a screen, a page, a table and a document let nothing else out.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

_ASCII = str.maketrans(
    {
        "≤": "<=",
        "≥": ">=",
        "≈": "~",
        "µ": "u",
        "μ": "u",
        "²": "2",
        "·": ".",
        "×": "x",
        "±": "+/-",
        "→": "->",
        "–": "-",
        "—": "-",
        "…": "...",
        "°": "deg",
        "│": "|",
        "─": "-",
        "╷": " ",
        "╵": " ",
        "━": "-",
    }
)


_MARKDOWN = frozenset("\\`*_{}[]<>()#|~&")
"""Signs that Markdown takes for its own."""


def in_ascii(text: str) -> str:
    """Write a text in ASCII: known signs by their usual stand-ins, all else as escapes."""
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def visible(text: str) -> str:
    """Make every character of a text from outside harmless to a terminal: control and direction marks as escapes."""
    return text if text.isprintable() else "".join(_stand_in(character) for character in text)


def visible_lines(text: str) -> str:
    """Make every line of a text harmless; it keeps its lines."""
    return "\n".join(visible(line) for line in text.split("\n"))


def visible_cells(text: str) -> str:
    """Make every cell of a text harmless; it keeps its lines, and the tabs that part cells in them."""
    return "\t".join(visible_lines(cell) for cell in text.split("\t"))


def text_html(text: str) -> str:
    """Write a text of several lines so that a page shows it as it is."""
    from html import escape

    return f"<pre>{escape(visible_lines(text))}</pre>"


def markdown_text(text: str) -> str:
    """Write a text so that Markdown shows it as it is."""
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in visible(text))


def json_text(document: Mapping[str, Any] | list[Any], indent: int | None = 2) -> str:
    """Write a document in ASCII, so that it reads the same everywhere; a number that JSON does not have is a fault."""
    import json  # most of what is shown is none

    # The one control character in ASCII that JSON leaves as it is.
    return json.dumps(document, indent=indent, allow_nan=False).replace("\x7f", "\\u007f") + "\n"


def json_in_letters(document: Mapping[str, Any], indent: int) -> str:
    """Write a document in the letters of its texts, for people who look at it.

    What is no letter, such as a control or a part of a file's name that UTF-8 does not have, is written as JSON has it:
    it reads the same, and nothing obeys it.
    """
    import json

    lines = json.dumps(document, indent=indent, ensure_ascii=False).split("\n")
    return "\n".join(
        line if line.isprintable() else "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in line)
        for line in lines
    )


# Control, format (direction marks, joiners, tags), surrogate and private characters, line and paragraph separators.
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _stand_in(character: str) -> str:
    if character == "\t":
        return "    "
    if unicodedata.category(character) in _UNSHOWN:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return character
