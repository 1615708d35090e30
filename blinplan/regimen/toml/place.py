"""A place of a regimen file in words, and what stands there: found again when a cycle is put in front of it.

A cycle is found by its name, a step by its number, all else by the keys of the file: ``cycle "Cycle 1" step 2 dose``,
``eligibility min_weight_kg``, ``source 1 status``. Two texts that say the same in another notation have one meaning.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, decimal_text, plural
from blinplan.regimen.toml.parser import LIMIT_DIGITS
from blinplan.regimen.toml.positions import KeyPath

WHOLE_FILE = "file"
"""What the place of a whole file is called."""

NOTHING = "nothing"
"""What stands at a place that the file does not have."""

_ONE_OF = {"steps": "step", "sources": "source"}
_LENGTHS = ("days", "hours")
_LENGTH = "length"
_EXAMPLE = """'cycle "Cycle 1" step 2 dose'"""


class PlaceError(ValueError):
    """A text that is no place. The message says what was expected."""


# --- from a path to words, and from words to words --------------------------------------------------------------------


def place_in_words(path: KeyPath, values: Mapping[str, Any]) -> str:
    """Write where a path of a document leads, in the words in which `normal_place` writes places."""
    return " ".join(_words(path, values)) or WHOLE_FILE


def _words(path: KeyPath, values: Mapping[str, Any]) -> Iterator[str]:
    rest = list(path)
    if len(rest) > 1 and rest[0] == "cycle" and isinstance(rest[1], int):
        yield from _cycle_words(rest[1], values)
        rest = [] if rest[2:] == ["name"] else rest[2:]  # what is said of a name is said of its cycle
    while rest:
        key = str(rest.pop(0))
        if rest and isinstance(rest[0], int):
            yield _ONE_OF.get(key, key)
            yield str(int(rest.pop(0)) + 1)
        else:
            yield _LENGTH if key in _LENGTHS and not rest and "steps" in path else key


def _cycle_words(index: int, values: Mapping[str, Any]) -> Iterator[str]:
    names = _cycle_names(values)
    yield "cycle"
    if index >= len(names) or names[index] is None:
        yield str(index + 1)
        return
    name = str(names[index])
    yield _in_quotes(name)
    before = names[:index].count(name)
    if before:
        yield f"({before + 1})"


def _cycle_names(values: Mapping[str, Any]) -> list[str | None]:
    cycles = values.get("cycle")
    if not isinstance(cycles, Sequence) or isinstance(cycles, str):
        return []
    names = (cycle.get("name") if isinstance(cycle, Mapping) else None for cycle in cycles)
    return [_collapse(name) if isinstance(name, str) else None for name in names]


def _in_quotes(name: str) -> str:
    import json

    return json.dumps(_collapse(name), ensure_ascii=False)


def _collapse(text: str) -> str:
    return " ".join(text.split())


# Patterns are compiled when they are first asked for: most files have no waiver, and so no place in words.
_PART = r"""\s*(?:("(?:[^"\\]|\\.)*"|'[^']*')|(\([0-9]+\))|([A-Za-z_][A-Za-z0-9_-]*)|([0-9]+)|(,))"""


@lru_cache(maxsize=1024)
def normal_place(text: str) -> str:
    """Write a place that somebody wrote as `place_in_words` writes it.

    Raises
    ------
    PlaceError
        When it is no place.
    """
    words = list(_normal_words(text))
    if not words:
        raise PlaceError(f"a place is written as {_EXAMPLE}")
    return " ".join(words)


def _normal_words(text: str) -> Iterator[str]:
    parts = [part for part in _parts(text) if part != ","]
    for number, part in enumerate(parts):
        before = parts[number - 1] if number else ""
        if part[0] in "\"'":
            if before != "cycle":
                raise PlaceError(f"a name in quotes stands after `cycle`, as in {_EXAMPLE}")
            yield _in_quotes(_name_in(part))
        elif before == "cycle" and number == 1:
            raise PlaceError(f"a cycle is found by its name, in quotes, as in {_EXAMPLE}")
        elif part == "(1)":
            continue  # the first of several that have one name
        else:
            yield _normal_word(part, last=number == len(parts) - 1, in_step="step" in parts[:number])
    if parts == ["cycle"]:
        raise PlaceError(f"a cycle is found by its name, in quotes, as in {_EXAMPLE}")


def _normal_word(word: str, *, last: bool, in_step: bool) -> str:
    return _LENGTH if last and in_step and word in _LENGTHS else word


def _parts(text: str) -> Iterator[str]:
    at = 0
    while text[at:].strip():
        match = re.compile(_PART).match(text, at)
        if match is None:
            raise PlaceError(f"a place is written as {_EXAMPLE}, and {text[at:].strip()[:20]!r} belongs to none")
        yield match[match.lastindex or 0]
        at = match.end()


def _name_in(part: str) -> str:
    if part[0] == "'":
        return part[1:-1]
    import json

    try:
        return str(json.loads(part))
    except json.JSONDecodeError as error:
        raise PlaceError(f"{part[:40]} is no text in quotes") from error


def cycle_of(place: str) -> str | None:
    """The name of the cycle that a place, written as `normal_place` writes it, is in."""
    import json

    match = re.match(r'cycle ("(?:[^"\\]|\\.)*")', place)
    return None if match is None else str(json.loads(match[1]))


# --- what stands at a place -------------------------------------------------------------------------------------------


def value_at(path: KeyPath, values: Mapping[str, Any]) -> Any:
    """What a document says at a path, as a waiver repeats it: a value as it is written, or a table in words."""
    whole_cycle = len(path) in (2, 3) and path[0] == "cycle" and path[2:] in {(), ("name",)}
    found: Any = values
    for part in path[:2] if whole_cycle else path:
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return NOTHING
    if whole_cycle:
        return _cycle_text(found)
    if not path:
        return "; ".join(map(_cycle_text, values.get("cycle", ())))
    if path[-1] == "steps":
        return _steps_text(found)
    if path[-1] in _LENGTHS and "steps" in path:
        return _length_text(found, str(path[-1]))
    return _table_text(found) if isinstance(found, Mapping) else found


def _cycle_text(cycle: Any) -> str:
    if not isinstance(cycle, Mapping):
        return value_text(cycle)
    others = (
        f"{key} {value_text(cycle[key])}" for key in ("phase", "repeat", "optional") if cycle.get(key, 1) not in (1, 0)
    )
    free = f"{value_text(cycle.get('treatment_free_days', 0))} days free"
    return ", ".join([_steps_text(cycle.get("steps", ())), free, *others])


def _steps_text(steps: Any) -> str:
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        return value_text(steps)
    return ", ".join(map(_step_text, steps))


def _step_text(step: Any) -> str:
    if not isinstance(step, Mapping):
        return value_text(step)
    cap = f" at most {value_text(step['max'])}" if "max" in step else ""
    lengths = (f" for {_length_text(step[key], key)}" for key in _LENGTHS if key in step)
    return f"{value_text(step.get('dose', NOTHING))}{cap}{''.join(lengths)}"


def _length_text(length: Any, unit: str) -> str:
    return f"{value_text(length)} {plural(unit.removesuffix('s'), length)}"


def _table_text(table: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value_text(table[key])}" for key in sorted(table))


def value_text(value: Any) -> str:
    """Write a value of a file as a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return f"{{{_table_text(value)}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(value_text, value))}]"
    return str(value)


# --- what a value means -----------------------------------------------------------------------------------------------


class _Unit(NamedTuple):
    name: str
    minutes: int | None = None


_DAY, _HOUR, _MINUTE = _Unit("d", MINUTES_PER_DAY), _Unit("h", MINUTES_PER_HOUR), _Unit("min", 1)
_UNITS = {
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("h", "hour", "hours"), _HOUR),
    **dict.fromkeys(("min", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("mcg", "ug", "µg", "μg", "microgram", "micrograms"), _Unit("mcg")),
    **dict.fromkeys(("year", "years"), _Unit("years")),
}
_OF_KEYS = {"days": "d", "hours": "h", "kg": "kg", "years": "years"}
_NUMBER = r"(?<![\w.])((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)(?![0-9])\s*([A-Za-zµμ]+)?"
_TIMES = r"[0-9.]+ min(?: [0-9.]+ min)+"


def same_value(place: str, one: Any, other: Any) -> bool:
    """Whether two values of a place have one meaning, as 30 mcg/day and 30.0 mcg/day have, or 2 d and 48 h."""
    return meaning(place, one) == meaning(place, other)


def meaning(place: str, value: Any) -> str:
    """Write a value so that all that mean the same are written the same; the place says the unit of a bare number."""
    return _meaning(place, value_text(value))


@lru_cache(maxsize=4096)  # files of one library have waivers alike
def _meaning(place: str, written: str) -> str:
    text = _collapse(written).replace("m²", "m2")
    if re.fullmatch(r"[0-9.,]+", text):
        text = f"{text} {_unit_of_key(place)}".rstrip()
    text = re.sub(r"/d\b", "/day", re.sub(_NUMBER, _normal_number, text))
    return re.sub(_TIMES, _sum, text)


def _unit_of_key(place: str) -> str:
    key = re.search(r"([a-z]+)[ 0-9]*$", place)
    return "" if key is None else _OF_KEYS.get(key[1], "")


def _normal_number(match: re.Match[str]) -> str:
    if len(match[1]) > LIMIT_DIGITS:
        return match[0]  # nobody's value, and Python computes with no longer ones
    number, word = Fraction(match[1].replace(",", "")), match[2] or ""
    unit = _UNITS.get(word, _Unit(word))
    if unit.minutes is not None:
        return f"{decimal_text(number * unit.minutes, 12).replace(',', '')} min"
    return f"{decimal_text(number, 12).replace(',', '')} {unit.name}".rstrip()


def _sum(match: re.Match[str]) -> str:
    total = sum(Fraction(number) for number in re.findall(r"[0-9.]+", match[0]))
    return f"{decimal_text(total, 12).replace(',', '')} min"
