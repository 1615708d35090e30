"""The JSON Schema that editors use agrees with the reader, file by file."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta

from blinplan.regimen import library, schema
from blinplan.regimen.reading import RegimenFile, read
from blinplan.regimen.toml.document import parse
from blinplan.regimen.toml.positions import KeyPath
from tests.collection.grid import at_night
from tests.regimen.layouts import FULL, changed, keys, renamed, with_inline_tables
from tests.regimen.readings import NESTED, SCALARS

SCHEMA = schema.json_schema()
VALIDATOR = Draft202012Validator(SCHEMA, validate_formats=True)
BESIDE = library.folder() / "regimen.schema.json"

# JSON has no infinity, no dates apart from texts, and takes -0.0 for 0.
BEYOND_JSON = (
    "inf",
    "-inf",
    "nan",
    "-0.0",
    "1e308",
    *[literal for literal in SCALARS if literal.startswith(("2027", "10:"))],
)


def as_json(value: Any) -> Any:
    """Return what a TOML value is to an editor that thinks in JSON."""
    match value:
        case dict():
            return {key: as_json(part) for key, part in value.items()}
        case list():
            return [as_json(part) for part in value]
        case bool() | int() | str():
            return value
        case Decimal():
            return float(value)
    return value.isoformat()


def accepted(text: str) -> tuple[bool, bool]:
    """Return whether the reader and the schema accept a text."""
    reading = read(text.encode(), "x.toml")
    return isinstance(reading, RegimenFile), bool(VALIDATOR.is_valid(as_json(dict(reading.document.values))))


def test_it_is_a_schema_of_2020_12() -> None:
    meta.validate(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_file_beside_the_regimens_is_the_generated_one() -> None:
    assert json.loads(BESIDE.read_text(encoding="utf-8")) == SCHEMA


def test_every_table_is_closed_and_every_key_explained() -> None:
    tables = [SCHEMA, *SCHEMA["$defs"].values()]
    assert len(tables) == 12
    for table in tables:
        assert table["additionalProperties"] is False
        for key, value in table["properties"].items():
            assert value.get("description"), key
            assert "null" not in json.dumps(value), key


def test_descriptions_read_as_the_end_of_a_sentence() -> None:
    # Messages quote them as "`days` is a whole number of days".
    for table in (schema.REGIMEN_FILE, *schema.REGIMEN_FILE.inner().values()):
        for key, field in table.keys.items():
            assert field.description, key
            assert not field.description.endswith("."), key
            assert not field.description[0].isupper(), key


@pytest.mark.parametrize("name", library.paths())
def test_a_shipped_file_satisfies_the_schema_it_names(name: str) -> None:
    path = library.paths()[name]
    text = path.read_text(encoding="utf-8")
    directive, _, named = text.splitlines()[0].partition(" ")
    assert directive == "#:schema"
    assert (path.parent / named).resolve() == BESIDE.resolve()
    assert BESIDE.is_file()
    VALIDATOR.validate(as_json(dict(parse(text, name).values)))


def test_a_file_with_every_key_satisfies_it() -> None:
    assert accepted(with_inline_tables(FULL)) == (True, True)


def keys_and_values() -> Iterator[Any]:
    """Each key with each sixth value, in turn; at night with all."""
    for number, path in enumerate(keys()):
        yield path, slice(number % 6, None, 6)
        yield at_night(path, slice(None))


@pytest.mark.slow
@pytest.mark.parametrize(("path", "some"), list(keys_and_values()), ids=str)
def test_reader_and_schema_judge_every_value_alike(path: KeyPath, some: slice) -> None:
    before, after = with_inline_tables(changed(path, "@@@")).split("@@@")
    for literal in [*SCALARS, *NESTED][some]:
        if literal in BEYOND_JSON or (path[-1] == "below_weight_kg" and literal == "1.5"):
            continue
        if path[-1] in {"citation", "source"}:  # no schema can say that one is the other's beginning
            continue
        reader, editor = accepted(before + literal + after)
        assert reader == editor, literal


@pytest.mark.parametrize("path", keys(), ids=lambda path: ".".join(map(str, path)))
def test_reader_and_schema_judge_every_missing_and_misspelt_key_alike(path: KeyPath) -> None:
    reader, editor = accepted(with_inline_tables(changed(path)))
    assert reader == editor
    assert accepted(with_inline_tables(renamed(path, f"{path[-1]}x"))) == (False, False)


STEP = ("cycle", 0, "steps", 0)
DOSES = ["9 mcg/m2/day", ".5mcg/m²/d", "1,000 µg/m2/day", "28.0 ug/m2/d", "9 mg/m2/day", "9", "9 mcg", "-9 mcg/m2/day"]
DOSES += ["9,5 mcg/m2/day", "09 mcg/m2/day", "9  mcg/m2/day", f"{'9' * 27} mcg/m2/day", f"{'9' * 28} mcg/m2/day"]


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ((*STEP, "dose"), [f'"{dose}"' for dose in DOSES]),
        ((*STEP, "max"), ['"9 mcg/day"', '"9mcg/d"', '"9 mcg/m2/day"', '"9 mg/day"', f'"{"9" * 40} mcg/day"']),
        (
            ("premedication", "dose"),
            ['"5 mg/m2"', '"0.5 mg/m²"', '"5mg/m2"', '"5 mcg/m2"', '"5"', f'"{"9" * 36} mg/m2"'],
        ),
        (("premedication", "max"), ['"20 mg"', '"20 mg/m2"', '"20mg"', '"20"']),
        ((*STEP, "days"), ["1", "366", "0", "367", "-1", "7.5", '"7"']),
        ((*STEP[:3], 1, "hours"), ["1", "8784", "0", "8785"]),
        ((*STEP, "hours"), ["168"]),  # both days and hours
        (("cycle", 0, "repeat"), ["1", "20", "0", "21"]),
        (("cycle", 0, "treatment_free_days"), ["0", "366", "-1", "367"]),
        (("cycle", 0, "steps"), ["[]"]),
        (("cycle",), ["[]"]),
        (("sources",), ["[]"]),
        (("premedication", "minutes_before"), ["0", "1440", "-1", "1441"]),
        (("premedication", "before"), ["[]", '["cycle-start"]', '["never"]', '["restart", 1]']),
        (("monitoring", "hospital_days"), ["[]", "[0, 366]", "[-1]", "[367]", "[1.5]"]),
        (("eligibility", "min_weight_kg"), ["0", "0.001", "44.9", "-1", "301"]),
        (
            ("name",),
            ['"a"', '"nhl-0.5"', '"A"', '"a b"', '"-a"', '"a-"', '"a--b"', '"a_b"', f'"{"a" * 60}"', f'"{"a" * 61}"'],
        ),
        (("title",), [f'"{"a" * 500}"', f'"{"a" * 501}"', '" "', '" a"']),
        (("waiver", 0, "rule"), ['"D201"', '"d201"', '"D20"', '"D2011"', '"XD201"']),
        (("format",), ["1", "2", "0", "true", '"1"', "1.5"]),
        (("indication",), ['"mrd-positive"', '"MRD-positive"', '""']),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_reader_and_schema_judge_edges_alike(path: KeyPath, values: list[str]) -> None:
    verdicts = {value: accepted(with_inline_tables(changed(path, value))) for value in values}
    assert all(reader == editor for reader, editor in verdicts.values()), verdicts


def test_defaults_are_told() -> None:
    cycle, premedication = SCHEMA["$defs"]["Cycle"], SCHEMA["$defs"]["Premedication"]
    assert cycle["properties"]["repeat"]["default"] == 1
    assert premedication["properties"]["minutes_before"]["default"] == 60
    assert "waiver" not in SCHEMA["required"]
