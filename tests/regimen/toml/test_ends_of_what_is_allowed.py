"""Every key that says how much it may hold holds as much, and no more.

Editors are told by the JSON Schema; what the program accepts stands beside it, and is tried here at both ends and a
step beyond.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from blinplan.regimen.record.tables import RECORD_FILE
from blinplan.regimen.schema import REGIMEN_FILE
from blinplan.regimen.site.tables import SITE_FILE
from blinplan.regimen.toml.likely_values import advice_for_value
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.table import Kind, Table, number_text
from blinplan.rules.configuration.keys import CONFIGURATION_FILE
from tests.regimen.layouts import changed, kind_of, with_headers
from tests.regimen.layouts import keys as paths_of_regimen
from tests.regimen.readings import problems

FILES: dict[str, Table[Any]] = {
    "regimen": REGIMEN_FILE,
    "record": RECORD_FILE,
    "site": SITE_FILE,
    "configuration": CONFIGURATION_FILE,
}
TABLES = {f"{file} {table.name}": table for file, whole in FILES.items() for table in (whole, *whole.inner().values())}
ENDS = ("minimum", "exclusiveMinimum", "maximum", "maxLength", "minItems", "maxItems")
STEP = Decimal("0.001")

TEXTS = {
    "at": ('cycle "', "a", '" step 1 dose'),
    "change_time": None,  # HH:MM, of which none is longer
    "route": ("iv", ".", ""),
    "rule": None,  # a code of four characters
    "time_zone": None,  # one that there is; none has sixty letters
}
"""What stands before, again and again in, and after a text whose letters are not free; None where length is not."""


class Tried(NamedTuple):
    """A value, and whether a key may hold it."""

    value: Any
    is_allowed: bool


def tries(name: str, kind: Kind, json: Mapping[str, Any]) -> Iterator[tuple[str, Tried]]:
    """What to try of a key, by the words of the schema that it tries."""
    match json.get("type"):
        case "integer" | "number" | ["number", *_]:
            yield from numbers(json)
        case "string" if "maxLength" in json and TEXTS.get(name, ()) is not None:
            for length, is_allowed in ((json["maxLength"], True), (json["maxLength"] + 1, False)):
                yield "maxLength", Tried(text_of(name, json, length), is_allowed)
        case "array":
            yield from arrays(name, kind, json)


def numbers(json: Mapping[str, Any]) -> Iterator[tuple[str, Tried]]:
    """The ends of a number and what lies a step beyond."""
    step = 1 if json["type"] == "integer" else STEP
    plain = int if json["type"] == "integer" else Decimal
    if "minimum" in json:
        yield "minimum", Tried(plain(json["minimum"]), True)
        yield "minimum", Tried(plain(json["minimum"]) - step, False)
    if "exclusiveMinimum" in json:
        yield "exclusiveMinimum", Tried(plain(json["exclusiveMinimum"]), False)
        yield "exclusiveMinimum", Tried(plain(json["exclusiveMinimum"]) + step, True)
    if "maximum" in json:
        yield "maximum", Tried(plain(json["maximum"]), True)
        yield "maximum", Tried(plain(json["maximum"]) + step, False)


def arrays(name: str, kind: Kind, json: Mapping[str, Any]) -> Iterator[tuple[str, Tried]]:
    """The fewest and the most of an array, and what each of it may hold."""
    one = sound(name, Kind(kind.core, json["items"], kind.table))
    if "minItems" in json:
        yield "minItems", Tried([one] * json["minItems"], True)
        yield "minItems", Tried([one] * (json["minItems"] - 1), False)
    if "maxItems" in json:
        yield "maxItems", Tried([one] * json["maxItems"], True)
        yield "maxItems", Tried([one] * (json["maxItems"] + 1), False)
    for word, tried in tries(name, kind, json["items"]):
        yield word, Tried([tried.value], tried.is_allowed)


def text_of(name: str, json: Mapping[str, Any], length: int) -> str:
    """A text of that length which is otherwise sound: a quantity with more places, a place with a longer name."""
    if name in TEXTS:
        before, letter, after = TEXTS[name] or ("", "", "")
        return before + letter * (length - len(before) - len(after)) + after
    if "examples" in json:
        number, unit = json["examples"][0].split(maxsplit=1)
        return f"{number}.{'0' * (length - len(number) - len(unit) - 2)} {unit}"
    return "a" * length


def sound(name: str, kind: Kind) -> Any:
    """The least that a key may hold."""
    json = kind.json
    if "$ref" in json or (kind.table is not None and "type" not in json):
        table = kind.table
        assert table is not None
        needed = [key for key in table.keys.values() if key.required or key.name in table.alternatives[:1]]
        return {key.name: sound(key.name, key.kind) for key in needed}
    found: Any = "a"
    match json:
        case {"enum": [first, *_]} | {"const": first} | {"examples": [first, *_]}:
            found = first
        case {"type": "integer", "minimum": least}:
            found = least
        case {"type": "number", "maximum": most}:
            found = Decimal(most)
        case {"type": "array", "items": items}:
            found = [sound(name, Kind(kind.core, items, kind.table))]
        case {"format": "date"}:
            found = date(2026, 11, 2)
        case {"pattern": pattern} if "[0-9]{2}:[0-9]{2}" in pattern:
            found = datetime(2026, 11, 2, 10, tzinfo=UTC)
    return found


def keys() -> list[tuple[str, str]]:
    """The table and the name of every key that has an end."""
    return [(of, name) for of, table in TABLES.items() for name, key in table.keys.items() if words_of(key.kind.json)]


def words_of(json: Mapping[str, Any]) -> set[str]:
    """The words of the schema that set an end."""
    found = {word for word in ENDS if word in json}
    for inside in (*json.get("anyOf", ()), *([json["items"]] if "items" in json else [])):
        found |= words_of(inside)
    return found


@pytest.mark.parametrize(("of", "name"), keys(), ids=lambda part: part)
def test_a_key_holds_what_lies_at_its_ends_and_nothing_beyond(of: str, name: str) -> None:
    table: Table[Any] = TABLES[of]
    kind, tried_words = table.keys[name].kind, set[str]()
    for json in (kind.json, *kind.json.get("anyOf", ())):
        for word, tried in tries(name, kind, json):
            tried_words.add(word)
            assert table.may_hold(name, tried.value) == tried.is_allowed, (word, tried.value)
    expected = words_of(kind.json)
    assert tried_words == (expected if TEXTS.get(name, ()) is not None else expected - {"maxLength"})


def beyond(name: str, kind: Kind) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """What a number of a key, or of its array, cannot be, with its schema: a step beyond its ends, and no number."""
    for json in (kind.json, kind.json.get("items", {})):
        if json.get("type") in {"integer", "number"}:
            wrong = [tried.value for _, tried in numbers(json) if not tried.is_allowed]
            wrong += [0] if "not" in json else []
            for value in (*wrong, Decimal("NaN"), Decimal("Infinity"), 10**30, -1, "-7", "0 kg", "1e9"):
                yield json, value


NUMBERS = [(of, name) for of, name in keys() if list(beyond(name, TABLES[of].keys[name].kind))]


@pytest.mark.parametrize(("of", "name"), NUMBERS, ids=lambda part: part)
def test_a_number_that_is_advised_is_one_that_is_allowed(of: str, name: str) -> None:
    table: Table[Any] = TABLES[of]
    kind = table.keys[name].kind
    for json, value in beyond(name, kind):
        advised = re.match(r"write (-?[0-9.]+)", advice_for_value(name, json, value) or "")
        if advised is not None:
            number = Decimal(advised[1]) if json["type"] == "number" else int(advised[1])
            assert table.may_hold(name, number if json is kind.json else [number]), (value, advised[0])
        said = str(number_text(json))
        ends = [json[end] for end in ("minimum", "exclusiveMinimum", "maximum") if end in json]
        assert all(f"{end:,}" in said or str(end) in said for end in ends), said


@pytest.mark.parametrize("path", [path for path in paths_of_regimen() if number_text(kind_of(path).json)], ids=str)
def test_a_number_beyond_its_ends_is_told_with_both(path: KeyPath) -> None:
    json = kind_of(path).json
    for value in (json["maximum"] + 1, -1000):
        (found,) = [one for one in problems(with_headers(changed(path, str(value)))) if one.code == "F004"]
        assert found.help == f"give {number_text(json)}"


TEXTS_OF_PEOPLE = [
    (of, name)
    for of, table in TABLES.items()
    for name, key in table.keys.items()
    if key.kind.json.get("pattern") == r"\S"
]


@pytest.mark.parametrize(("of", "name"), TEXTS_OF_PEOPLE, ids=lambda part: part)
def test_a_text_of_which_nobody_sees_anything_is_no_text(of: str, name: str) -> None:
    """As a reason of a waiver that was pasted from a page: a reviewer would see an empty one."""
    unseen = ["", " ", "\u00a0", "\u200b", "\u00ad", "\u200b\u2060 \ufeff", "\u202e", "\u2003\u200d"]
    assert [text for text in unseen if TABLES[of].may_hold(name, text)] == []
    seen = ["a", "ä", "\u200ba", "зачем", "理由"]
    assert [text for text in seen if TABLES[of].may_hold(name, text)] == seen
