"""Text from outside, on its way to a terminal or a page: nothing in it is obeyed.

File names, regimens, records, configurations, environment: whatever this program did not write goes through `visible`.
"""

import unicodedata

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


def in_ascii(text: str) -> str:
    """Write a text in ASCII: known signs by their usual stand-ins, all else as escapes."""
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def visible(text: str) -> str:
    """Make every character of a text from outside harmless to a terminal: control and direction marks as escapes."""
    return "".join(_shown(character) for character in text)


# Control, format (direction marks, joiners, tags), surrogate and private characters, line and paragraph separators.
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _shown(character: str) -> str:
    if character == "\t":
        return "    "
    if unicodedata.category(character) in _UNSHOWN:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return character
