"""Everything that is wrong with a file of tables, in words, each with its place."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails, ValidationError

from blinplan.quantities import QuantityError
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import Edit, KeyPath, Span
from blinplan.regimen.toml.spelling import advice_for_key, is_slip, nearest_word
from blinplan.regimen.toml.table import Key, Table, is_several, number_text
from blinplan.words.spelling import one_slip


class Problem(NamedTuple):
    """One thing wrong with a file: the code of its rule, where it is, what was found, why that is wrong, what to do.

    ``fix`` puts a misspelt word right, where there is no doubt which one was meant.
    """

    code: str
    path: KeyPath
    span: Span
    message: str
    why: str
    help: str
    fix: Edit | None = None


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Put problems in the order of the file."""
    return tuple(sorted(problems, key=lambda problem: (problem.span.start, problem.span.end, problem.code)))


def contradiction(document: Document, path: KeyPath, message: str, why: str, advice: str) -> Problem:
    """Say that a key contradicts another."""
    return Problem("F007", path, document.key_span(path), message, why, advice)


def zone_problems(document: Document, zone: str) -> Iterator[Problem]:
    """What is wrong with the ``time_zone`` of a file."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):  # a name that leads nowhere, or to a file that is no time zone
        path = ("time_zone",)
        yield Problem(
            "F004",
            path,
            document.value_span(path),
            f"`time_zone` is {describe(zone)}",
            "`time_zone` is the name of a time zone of the IANA database",
            'give a name such as "Europe/Berlin"',
        )


_VERSIONS = {("format",), ("record",), ("site",)}


class SchemaProblems:
    """Tells of a document what a table's validator found wrong with it."""

    def __init__(self, document: Document, table: Table[Any]) -> None:
        self._document = document
        self._table = table
        self._missing = frozenset[KeyPath]()

    def problems(self, error: ValidationError) -> Iterator[Problem]:
        """Tell everything, in the order of the validator."""
        details = error.errors(include_url=False, include_context=True)
        unknown = {
            detail["loc"]: self.nearest_key(detail["loc"]) for detail in details if detail["type"] == "extra_forbidden"
        }
        self._missing = frozenset(detail["loc"] for detail in details if detail["type"] == "missing")
        misspelt = {place for path, nearest in unknown.items() if (place := self._meant_by(path, nearest)) is not None}
        for detail in details:
            path = detail["loc"]
            if detail["type"] == "extra_forbidden":
                yield self._unknown_key(path, unknown[path])
            elif detail["type"] == "missing":
                if path not in misspelt:
                    yield self._missing_key(path)
            elif not _only_inner_errors(detail):
                yield self._wrong_value(detail)

    def _meant_by(self, path: KeyPath, nearest: str | None) -> KeyPath | None:
        """The place that an unknown key was meant for: the key nearest to it, or the one that is missing and fits."""
        if nearest is not None:
            return (*path[:-1], nearest)
        table, value = self._table_at(path[:-1]), self._value(path)
        missing = [place for place in self._missing if place[:-1] == path[:-1]]
        fitting = [place for place in missing if table.may_hold(str(place[-1]), value)]
        return fitting[0] if len(fitting) == 1 else None

    def _value(self, path: KeyPath) -> Any:
        value: Any = self._document.values
        for part in path:
            value = value[part]
        return value

    def _unknown_key(self, path: KeyPath, nearest: str | None) -> Problem:
        allowed = ", ".join(self._table_at(path[:-1]).keys)
        return Problem(
            "F002",
            path,
            self._document.key_span(path),
            f"`{_shorten(str(path[-1]))}` is not a key of {_table_name(path[:-1])}",
            f"keys here are {allowed}; an unknown key is an error, because what it was meant to say would be lost",
            f"write `{nearest}`" if nearest else self._advice_for_key(path),
            self._renaming(path, nearest),
        )

    def _advice_for_key(self, path: KeyPath) -> str:
        """What to write for a key that the format has none like."""
        written = str(path[-1])
        known = self._table_at(path[:-1]).advice.get(re.sub(r"[^a-z]+", "_", written.lower()))
        found = known or _in_hours(written, self._value(path), self._free_keys(path))
        found = found or advice_for_key(written, self._free_keys(path))
        missing = self._meant_by(path, None)
        names = [str(missing[-1])] if missing is not None else self._missing_alternatives(path)
        if found is None and names:
            either = " or ".join(f"`{name}`" for name in names)
            return f"write {either}, which is missing, if it is that; or else remove the key, and add what is missing"
        return found or "remove the key, or move it to the table it belongs to"

    def _missing_alternatives(self, path: KeyPath) -> list[str]:
        """The keys of which a table has to have one, where it has none and the unknown key could be each of them."""
        table, values = self._table_at(path[:-1]), self._value(path[:-1])
        names = table.alternatives
        fits = all(table.may_hold(name, values[path[-1]]) for name in names)
        return list(names) if fits and not any(name in values for name in names) else []

    def _renaming(self, path: KeyPath, nearest: str | None) -> Edit | None:
        """Rename a key that is written in one place; not one of several headers or dotted keys, nor beside its like."""
        span = self._document.key_span(path)
        table, value = self._value(path[:-1]), self._value(path)
        before = self._document.text[max(span.start - 2, 0) : span.start]
        if before == "[[" or (isinstance(value, Mapping) and not before.endswith("[") and self._is_dotted(span)):
            return None
        if nearest is not None and any(key != path[-1] and one_slip(key.lower(), nearest) for key in table):
            return None
        return _spelling(span, str(path[-1]), nearest, self._free_keys(path))

    def _is_dotted(self, span: Span) -> bool:
        return self._document.text[span.end : span.end + 1] == "."

    def _missing_key(self, path: KeyPath) -> Problem:
        field = self._table_at(path[:-1]).keys[str(path[-1])]
        return Problem(
            "W903" if _is_reason(path) else "F003",
            path,
            self._table_span(path[:-1]),
            f"{_table_name(path[:-1])} has no `{path[-1]}`",
            f"`{path[-1]}` is {field.description}",
            f"add `{path[-1]}`",
        )

    def _wrong_value(self, detail: ErrorDetails) -> Problem:
        path = detail["loc"]
        key, description = self._expectation(path)
        value = describe(detail["input"])
        reason = detail.get("ctx", {}).get("error")
        code, why = "F004", f"`{key}` is {description}"
        if path in _VERSIONS and type(detail["input"]) is int:
            code = "F005"
        if isinstance(reason, QuantityError):
            code, why = "N104" if _is_dose(path) else "F004", str(reason)
        elif _is_dose(path):
            code = "N104"
        elif _is_reason(path):
            code = "W903"
        elif detail["type"] == "too_long":
            why += f"; there can be {detail['ctx']['max_length']} at most"
        excess = self._excess(path, detail["input"])
        if excess:
            why += f"; {excess}"
        span, fix = self._document.value_span(path), None
        if detail["type"] == "literal_error":
            allowed = _allowed_words(detail)
            word = nearest_word(str(detail["input"]), allowed)
            fix = _spelling(span, str(detail["input"]), word, allowed, quote='"')
        natural = self._advice_for_natural_value(path, detail["input"])
        advice = self._advice_for_brackets(path, detail["input"], span) or natural
        advice = advice or _advice(path, detail) or ("shorten it" if excess else self._advice_for_kind(path))
        return Problem(code, path, span, f"`{key}` is {value}", why, advice, fix)

    def _advice_for_brackets(self, path: KeyPath, value: object, span: Span) -> str | None:
        """How to write one table where there can be several, or several where there is one."""
        key = path if isinstance(path[-1], str) else path[:-1]
        kind = self._table_at(key[:-1]).keys[str(key[-1])].kind
        if kind.table is None:
            return None
        name = ".".join(part for part in path if isinstance(part, str))
        header = self._document.text.startswith("[", span.start)
        if is_several(kind) and isinstance(value, Mapping):
            return (
                f"write [[{name}]], with two brackets, above each; there can be several"
                if header
                else f"put it into brackets, `{key[-1]} = [{{ ... }}]`; there can be several"
            )
        if is_several(kind) and not isinstance(value, list):
            return f"write [[{name}]] on a line of its own for each, and its keys below it"
        if isinstance(value, list) and kind.json.get("$ref"):
            return f"write [{name}], with one bracket on each side; there is only one"
        return None

    def _advice_for_natural_value(self, path: KeyPath, value: object) -> str | None:
        """How to write a value that people write so: a date of their country, a number with its unit, a short name."""
        # Imported here, because most files have none.
        from blinplan.regimen.toml.likely_values import advice_for_value

        key = next((part for part in reversed(path) if isinstance(part, str)), "")
        field = self._table_at(path[:-1] if isinstance(path[-1], str) else path[:-2]).keys.get(key)
        if field is None:
            return None
        expected = field.kind.json
        return advice_for_value(key, expected.get("items", expected) if isinstance(path[-1], int) else expected, value)

    def _expectation(self, path: KeyPath) -> tuple[str, str]:
        """The nearest key on the path and what it may hold."""
        field = self._nearest_field(path)
        return field.name, field.description

    def _advice_for_kind(self, path: KeyPath) -> str:
        """Between which numbers one has to be; of all else that it has to be of its kind."""
        expected = self._nearest_field(path).kind.json
        numbers = number_text(expected.get("items", {}) if isinstance(path[-1], int) else expected)
        return _OF_THAT_KIND if numbers is None else f"give {numbers}"

    def _excess(self, path: KeyPath, value: object) -> str | None:
        """How much too long a text is."""
        longest = self._nearest_field(path).kind.longest
        if longest is None or not isinstance(value, str) or len(value) <= longest:
            return None
        return f"it has {len(value):,} characters, and may have {longest:,}"

    def _nearest_field(self, path: KeyPath) -> Key:
        keys = [index for index, part in enumerate(path) if isinstance(part, str)]
        return self._table_at(path[: keys[-1]]).keys[str(path[keys[-1]])]

    def nearest_key(self, path: KeyPath) -> str | None:
        """The key that an unknown one was probably meant to be, of those that its table does not have yet."""
        return nearest_word(str(path[-1]), self._free_keys(path))

    def _free_keys(self, path: KeyPath) -> list[str]:
        """The keys that the table around a key does not have yet."""
        table = self._value(path[:-1])
        return [key for key in self._table_at(path[:-1]).keys if key not in table]

    def _table_at(self, path: KeyPath) -> Table[Any]:
        """The schema's table at a path of keys and indexes."""
        table: Table[Any] = self._table
        for part in path:
            if isinstance(part, str):
                table = table.keys[part].kind.table or table
        return table

    def _table_span(self, path: KeyPath) -> Span:
        """Where a table begins: its header, or its inline text; the file's first character for the whole file."""
        return self._document.value_span(path) if path else Span(0, 0)


_HOURS_IN = {"days": 24, "day": 24, "weeks": 168, "week": 168}


def _in_hours(written: str, value: object, free: list[str]) -> str | None:
    """How to write a number of days or weeks where the format counts in hours."""
    factor = _HOURS_IN.get(written.lower())
    if factor is None or "hours" not in free or type(value) is not int:
        return None
    return f"write `hours = {factor * value}`"


def _only_inner_errors(detail: ErrorDetails) -> bool:
    # An array whose every element is wrong is also counted as too short; the elements' own errors say it better.
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _is_reason(path: KeyPath) -> bool:
    return path[0] == "waiver" and path[-1] == "reason"


def _is_dose(path: KeyPath) -> bool:
    return "steps" in path and path[-1] in ("dose", "max")


def _advice(path: KeyPath, detail: ErrorDetails) -> str | None:
    reason = detail.get("ctx", {}).get("error")
    if isinstance(reason, QuantityError) and reason.advice is not None:
        return reason.advice
    if _is_dose(path):
        return 'write the dose as it is ordered, for example "9 mcg/day" or "5 mcg/m2/day"'
    words = _allowed_words(detail) if detail["type"] == "literal_error" else []
    if nearest := nearest_word(str(detail["input"]), words):
        return f'write "{nearest}"'
    if 0 < len(words) <= _FEW_WORDS:
        return "write " + " or ".join(f'"{word}"' for word in words)
    if path in {("name",), ("regimen",)} and isinstance(detail["input"], str) and detail["type"] != "string_too_long":
        return 'write it in small letters and digits, with single hyphens or dots between them, such as "rr-adult"'
    return None


_OF_THAT_KIND = "give a value of that kind; `blinplan schema regimen`, `record` or `site` prints the whole format"

_FEW_WORDS = 3
"""Allowed words up to which all are named."""


def _allowed_words(detail: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", detail["ctx"]["expected"])


def _spelling(span: Span, written: str, nearest: str | None, allowed: list[str], quote: str = "") -> Edit | None:
    """Put the nearest word in place of a misspelt one, if it is hardly different and no other word is like it."""
    return Edit(span, f"{quote}{nearest}{quote}") if is_slip(written, nearest, allowed) else None


def place_name(path: KeyPath) -> str:
    """A place as people speak of it: the file, step 2 of cycle 1, `note` of source 1, `title`."""
    if len(path) > 1 and isinstance(path[-1], int) and path[-2] in {"hospital_days", "before", "days", "cycles"}:
        path = path[:-1]
    if not path or isinstance(path[-1], int):
        return _table_name(path)
    return f"`{_shorten(str(path[-1]))}`" + (f" of {_table_name(path[:-1])}" if len(path) > 1 else "")


def _table_name(path: KeyPath) -> str:
    """The table as people speak of it: the file, [dosing], cycle 1, step 2 of cycle 1."""
    if not path:
        return "the file"
    if len(path) == 1:
        return f"[{path[0]}]"
    if isinstance(path[-1], str):
        return f"`{path[-1]}` of {_table_name(path[:-1])}"
    number = path[-1] + 1
    kind = {"steps": "step", "sources": "source"}.get(str(path[-2]), str(path[-2]))
    return f"{kind} {number}" + (f" of cycle {int(path[1]) + 1}" if kind == "step" else "")


def describe(value: object) -> str:  # noqa: PLR0911 - one line for each TOML type
    """Say what a TOML value is, in words, with the value where it is short."""
    match value:
        case bool():
            return f"the truth value {str(value).lower()}"
        case int() | Decimal() | float() | Fraction():
            return f"the number {_shorten(str(value))}"
        case str():
            return f'the text "{_shorten(value)}"'
        case datetime() | date() | time():
            return f"the date or time {value.isoformat()}"
        case list():
            return f"an array of {len(value)}"
        case Mapping():
            return "a table"
    return "something else"


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
