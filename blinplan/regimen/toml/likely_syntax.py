"""What to write where a line is no TOML, but plainly what people write: a semicolon, a date of their country."""

import re
from collections.abc import Callable

from blinplan.regimen.toml.likely_values import days_meant

_QUOTED = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'|#.*')
_DATE = re.compile(r"\b[0-9]{1,2}(?:\.[0-9]{1,2}\.|/[0-9]{1,2}/)[0-9]{4}\b|\b[0-9]{4}[/.][0-9]{1,2}[/.][0-9]{1,2}\b")
_DECIMAL_COMMA = re.compile(r"=\s*([0-9]+),([0-9]+)\s*$")
_BARE_WORD = re.compile(r"=\s*([A-Za-zÀ-ž][^\"'#\[\]{}]*?)\s*$")
_WITH_UNIT = re.compile(r"=\s*([0-9]+(?:\.[0-9]+)?\s*[A-Za-zµ%][^\s\"'#,]*)\s*$")
_COLON = re.compile(r"^\s*[A-Za-z_-]+\s*:\s*\S")
_WORDS_OF_TOML = {"true", "false", "inf", "nan"}


def advice_for_line(line: str) -> str | None:
    """How to write a line that is no TOML; None where nobody can tell what was meant."""
    bare = _QUOTED.sub(lambda match: "" if match[0].startswith("#") else '""', line)
    ways: tuple[Callable[[str], str | None], ...] = (_date, _semicolon, _decimal_comma, _unit, _word, _colon)
    return next((advice for way in ways if (advice := way(bare)) is not None), None)


def _date(line: str) -> str | None:
    found = _DATE.search(line)
    days = [] if found is None else days_meant(found[0])
    return f"write the date as {' or '.join(day.isoformat() for day in days)}" if days else None


def _semicolon(line: str) -> str | None:
    if ";" not in line:
        return None
    if line.rstrip().endswith(";") and line.count(";") == 1:
        return "remove the semicolon: a line ends without one"
    return "write commas in place of semicolons"


def _decimal_comma(line: str) -> str | None:
    match = _DECIMAL_COMMA.search(line)
    return None if match is None else f"write a point: {match[1]}.{match[2]}"


def _unit(line: str) -> str | None:
    match = _WITH_UNIT.search(line)
    return None if match is None else f'write a text in quotation marks, "{match[1]}", or a number without its unit'


def _word(line: str) -> str | None:
    match = _BARE_WORD.search(line)
    if match is None or match[1] in _WORDS_OF_TOML:
        return None
    lower = match[1].lower()
    return f"write {lower}" if lower in _WORDS_OF_TOML else f'put the text into quotation marks: "{match[1]}"'


def _colon(line: str) -> str | None:
    return "write an equals sign in place of the colon" if _COLON.search(line) and "=" not in line else None
