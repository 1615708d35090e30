"""Write a regimen file: from the values of the file to its text, which must be read back as the same values."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from tomli import loads

from blinplan.outside_text import visible
from blinplan.refusal import as_it_is
from blinplan.regimen.reading import FaultyFile, RegimenFile, read
from blinplan.regimen.schema import REGIMEN_FILE, RegimenTable
from blinplan.regimen.toml.problems import Problem
from blinplan.regimen.toml.table import Key, Table, field_name

SCHEMA_LINE = "#:schema ./regimen.schema.json\n"
"""Where editors find the JSON Schema: beside the file."""


class NotARegimenError(ValueError):
    """Values that make no regimen; ``problem`` is the first thing that is wrong with them."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(visible(problem.message))
        self.add_note(visible(f"{problem.why}; {problem.help}"))
        self.problem = problem

    def __reduce__(self) -> Any:
        return as_it_is(self)


def write_regimen(file: RegimenTable) -> RegimenFile:
    """Write a regimen file and read it back; its text is that of the document.

    Raises
    ------
    NotARegimenError
        When the values make no regimen, so that nothing invalid is ever written.
    """
    text = SCHEMA_LINE + "".join(_of_table(REGIMEN_FILE, file))
    reading = read(text.encode("utf-8"), f"{file.name}.toml")
    if isinstance(reading, FaultyFile):
        raise NotARegimenError(reading.problems[0])
    if not isinstance(reading, RegimenFile) or REGIMEN_FILE.read(reading.document.values) != file:
        raise AssertionError("a regimen was read back otherwise than it was written")
    return reading


def _of_table(table: Table[Any], values: Any) -> Iterator[str]:
    """Write the keys of the file or of a table in it, those left out that have their default."""
    for key in table.keys.values():
        value = getattr(values, field_name(key.name))
        left_out = not key.required and value == values._field_defaults[field_name(key.name)]
        if table is REGIMEN_FILE and key.kind.table is not None:
            yield from _absent(key) if left_out else _below(key, value)
        elif not left_out:
            yield f"{key.name} = {_value(key, value)}\n"


def _below(key: Key, value: Any) -> Iterator[str]:
    """Write a table, or each of an array of tables, with a header; a comment says what it is for."""
    inner = key.kind.table
    assert inner is not None  # noqa: S101 - only tables come here
    comment = f"# {_sentence(key.description)}\n"
    tables = (value,) if isinstance(value, inner.values) else value
    header = f"[[{key.name}]]" if len(tables) > 1 or _is_array(key) else f"[{key.name}]"
    for entry in tables:
        yield f"\n{comment}{header}\n"
        yield from _of_table(inner, entry)
        comment = ""


def _absent(key: Key) -> Iterator[str]:
    yield f"\n{_absence(key)}\n"


def _absence(key: Key) -> str:
    header = f"[[{key.name}]]" if _is_array(key) else f"[{key.name}]"
    keys = key.kind.table.keys if key.kind.table else ()
    return f"# There is no {header}: {key.description} ({', '.join(keys)})."


def without_absence(text: str, name: str) -> tuple[str, str]:
    """The text of a file without the comment that it has no such table, and what stands above the first of them then.

    Both are as they were, where there is no such comment, and in a text that stands in the file.
    """
    key = REGIMEN_FILE.keys[name]
    line, end = rf"{re.escape(_absence(key))}\r?(?:\n|\Z)", r"(?=\r?\n|\Z)"
    left = re.sub(rf"^(?:\r?\n{line}{end}|{line})", "", text, flags=re.MULTILINE)
    if left == text or loads(left) != loads(text):
        return text, ""
    return left, f"# {_sentence(key.description)}"


def _is_array(key: Key) -> bool:
    return key.kind.json.get("type") == "array"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _value(key: Key, value: Any) -> str:
    """Write a value; tables inside of a table in braces, several of them one a line."""
    if key.kind.table is None:
        return toml_value(value)
    if isinstance(value, key.kind.table.values):
        return _in_braces(key.kind.table, value)
    inside = [_in_braces(key.kind.table, entry) for entry in value]
    return f"[{inside[0]}]" if len(inside) == 1 else "[\n" + "".join(f"  {entry},\n" for entry in inside) + "]"


def _in_braces(table: Table[Any], values: Any) -> str:
    return f"{{ {', '.join(line.rstrip() for line in _of_table(table, values))} }}"


def toml_value(value: Any) -> str:
    """Write a text, a number, a date, true or false, or an array of them as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        as_it_is = value.isprintable() and '"' not in value and "\\" not in value
        return '"' + (value if as_it_is else "".join(map(_character, value))) + '"'
    if isinstance(value, tuple):
        return f"[{', '.join(toml_value(entry) for entry in value)}]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def toml_in_ascii(text: str) -> str:
    """Write a file's text in ASCII: what is more stands in its strings alone, and is escaped there."""
    return "".join(character if character.isascii() else _escape(character) for character in text)


def _character(character: str) -> str:
    """Write a character as it is, unless it would end the text or cannot be seen."""
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else _escape(character)


def _escape(character: str) -> str:
    """Write a character by its number; half of one has none: bytes that are no text, which stay to be told."""
    if "\ud800" <= character <= "\udfff":
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
