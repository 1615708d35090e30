"""Reading a regimen file: all that is wrong at once, each at its place, and never an exception."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from blinplan.quantities import Basis, DoseRate, Mass
from blinplan.regimen import library
from blinplan.regimen.regimen import Departure, DoseByAge, Premedication
from blinplan.regimen.schema import SENTENCE
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import AgeGroup, DueKind, Occasion, Phase, Status
from tests.collection.grid import at_night, in_turn
from tests.read_text import regimen_in
from tests.regimen.layouts import FULL, LAYOUTS, changed, keys, kind_of, renamed, with_headers
from tests.regimen.readings import NESTED, SCALARS, at, only, placed, problems

# --- what a good file says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_key_is_read_in_every_layout(layout: str, newline: str) -> None:
    text = LAYOUTS[layout](FULL).replace("\n", newline)
    regimen = regimen_in(text)
    assert (regimen.name, regimen.title, regimen.family) == ("full", "A regimen with every key", "examples")
    assert (regimen.sources[0].citation, regimen.sources[0].status) == ("none", Status.UNVERIFIED)
    assert regimen.sources[0].note == "made up"
    limits = regimen.eligibility
    assert (limits.minimum_weight, limits.below_weight) == (Fraction(21, 2), Fraction(45))
    assert (limits.otherwise, limits.population, regimen.basis) == ("rr-adult", "child", Basis.BSA)
    occasions = frozenset({Occasion.FIRST_START, Occasion.ESCALATION})
    dose, cap = Mass(Fraction(5), Basis.BSA), Mass(Fraction(20), Basis.FLAT)
    (given,) = regimen.premedication
    assert given.departure == Departure("agreed", "no")
    stated = replace(given, departure=None)
    assert stated == Premedication("dexamethasone", dose, cap, 30, 0, occasions, AgeGroup.CHILDREN)
    assert regimen.hospital_days == (9, 2)
    assert (limits.minimum_age, limits.below_age) == (Fraction(1, 2), Fraction(18))
    assert (regimen.label, regimen.route) == ("us-2025", "continuous intravenous infusion")
    intrathecal, other = regimen.due
    assert (intrathecal.kind, intrathecal.what, intrathecal.dose) == (DueKind.INTRATHECAL, "methotrexate", None)
    assert (intrathecal.days, intrathecal.for_days, intrathecal.cycles) == ((-2, 8), 2, (1,))
    assert intrathecal.doses == (DoseByAge("8 mg", Fraction(1), Fraction(18)),)
    assert (other.kind, other.dose, other.days, other.for_days, other.cycles) == ("other", "500 mg", (1,), 1, ())
    (cycle,) = regimen.cycles
    assert (cycle.block, cycle.optional, cycle.interval_reason) == ("induction", True, "chemotherapy")
    assert (cycle.name, cycle.phase, cycle.repeat) == ("Induction", Phase.INDUCTION, 2)
    assert [step.dose for step in cycle.steps] == [DoseRate(Fraction(dose), Basis.BSA) for dose in (5, 15)]
    assert [step.cap for step in cycle.steps] == [DoseRate(Fraction(cap), Basis.FLAT) for cap in (9, 28)]
    assert [step.minutes for step in cycle.steps] == [7 * 1440, 21 * 1440]
    assert cycle.treatment_free == 14 * 1440
    assert (regimen.departs_from, regimen.disease) == ("rr-below-45-kg", "lymphoma")
    assert cycle.steps[1].departure == cycle.departure == Departure("agreed", "no")
    assert cycle.steps[0].departure is None
    assert [departure.path for departure in regimen.departures] == [
        ("premedication", "departure"),
        ("cycle", 0, "steps", 1, "departure"),
        ("cycle", 0, "departure"),
    ]
    (waiver,) = regimen.waivers
    assert (waiver.rule, waiver.reason, str(waiver.expires)) == ("S304", "agreed", "2027-06-30")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_may_be_left_out_has_its_default(layout: str) -> None:
    required = {"citation", "status", "basis", "dose", "days", "drug", "before", "treatment_free_days", "steps", "name"}
    bare = changed(("cycle", 0, "steps", 1, "departure"), tree=changed(("cycle", 0, "departure")))
    bare = changed(("premedication", "departure"), tree=bare)
    tree = {
        key: bare[key]
        for key in ("format", "name", "title", "indication", "sources", "dosing", "premedication", "cycle")
    }
    for path in keys():
        if (
            path[0] in tree
            and "departure" not in path
            and path[-1] not in {*tree, *required, "hours"}
            and len(path) > 1
        ):
            tree = changed(path, tree=tree)
    regimen = regimen_in(LAYOUTS[layout](tree))
    (premedication,) = regimen.premedication
    assert (premedication.minutes_before, premedication.latest_minutes_before, premedication.cap) == (60, 60, None)
    assert (regimen.cycles[0].repeat, regimen.cycles[0].phase, regimen.cycles[0].steps[0].cap) == (1, None, None)
    assert (regimen.family, regimen.hospital_days, regimen.waivers) == (None, (), ())
    assert (regimen.departs_from, regimen.disease) == (None, "leukaemia")
    assert str(regimen.eligibility) == "any weight"


# --- every mistake at once -----------------------------------------------------------------------------------------

HEADERS = """\
format = 1
name = "five"
titel = "x"
indication = "investigational"
[[sources]]
citation = "none"
[dosing]
basis = 15
[[cycle]]
name = "Cycle 1"
steps = [
  { dose = "28", days = 28 },
]
treatment_free_days = 367
"""
DOTTED = """\
format = 1
name = "five"
title = "x"
indication = "investigational"
sources = [{ citation = "none" }]
dosing.basis = true
dosing.unit = "mcg"
cycle = [{ name = "1", steps = [{ dose = 28, days = 0 }], treatment_free_days = 14 }]
"""
NESTED_HEADERS = """\
format = 2
name = "five"
title = "x"
indication = "mrd-positve"
dosing = { basis = "flat" }
[[sources]]
citation = "none"
status = "seen"
[[cycle]]
name = "1"
treatment_free_days = "14"
[[cycle.steps]]
dose = "28 mcg/day"
day = 28
[[cycle.steps]]
days = 28
"""
MIXED = """\
format = 1
name = "five"
title = "x"
indication = "investigational"
sources = [{ citation = "none", status = "seen" }]
dosing = { basis = "bsa" }
eligibility = { min_weight_kg = 45, below_weight_kg = 45 }
premedication = { drug = "x", dose = "20 mg", max = "30 mg", before = ["restart"] }
cycle = [
  { name = "1", steps = [{ dose = "28 mcg/day", days = 7, hours = 168 }, { dose = "9 mcg/m2/day" }] },
]
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEADERS, [("F002", 3, 1), ("F003", 5, 1), ("F004", 8, 9), ("N104", 12, 12), ("F004", 14, 23)]),
        (DOTTED, [("F003", 5, 12), ("F004", 6, 16), ("F002", 7, 8), ("N104", 8, 42), ("F004", 8, 53)]),
        (NESTED_HEADERS, [("F005", 1, 10), ("F004", 4, 14), ("F004", 11, 23), ("F002", 14, 1), ("F003", 15, 1)]),
        # Contradictions are found beside other mistakes.
        (
            MIXED,
            [("F007", 7, 37), ("F007", 8, 47), ("F003", 10, 3), ("D210", 10, 35), ("F007", 10, 59), ("F003", 10, 74)],
        ),
    ],
    ids=["headers", "dotted", "nested headers", "contradictions"],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_all_mistakes_are_told_at_once_where_they_are(
    text: str, expected: list[tuple[str, int, int]], newline: str
) -> None:
    assert placed(text.replace("\n", newline)) == expected


RIGHT = {
    ("eligibility",): {"{}"},
    ("waiver",): {"[]"},
    ("monitoring", "hospital_days"): {"[1]"},
    ("premedication", "minutes_before"): {"0"},
    ("premedication", "latest_minutes_before"): {"0"},
    ("cycle", 0, "treatment_free_days"): {"0"},
    ("eligibility", "min_weight_kg"): {"1.5"},
    ("eligibility", "min_age_years"): {"1.5"},
    ("eligibility", "below_age_years"): {"1.5"},
    ("cycle", 0, "optional"): {"true", "false"},
    ("due",): {"[]"},
    ("due", 0, "days"): {"[1]"},
    ("due", 0, "cycles"): {"[1]"},
    ("due", 0, "dose_by_age", 0, "min_age_years"): {"1.5"},
    ("due", 0, "dose_by_age", 0, "below_age_years"): {"1.5"},
    ("waiver", 0, "expires"): {"2027-06-30"},
    ("waiver", 0, "at"): {'"no such value"'},
    ("waiver", 0, "value"): {
        *("-1", "0", "1.5", "-0.0"),
        *("true", "false", "2027-06-30", "[]", "[1]"),
        '"no such value"',
        '"\\u0000"',
    },
}
WORDS_THAT_DECIDE = {
    *("name", "indication", "disease", "departs_from", "family", "label", "sources.status", "dosing.basis"),
    *("dosing.route", "eligibility.otherwise", "eligibility.population", "premedication.dose", "premedication.max"),
    *("premedication.patients", "premedication.departure.source", "cycle.phase", "cycle.departure.source"),
    *("cycle.steps.dose", "cycle.steps.max", "cycle.steps.departure.source", "due.kind"),
    *("waiver.rule", "waiver.at", "waiver.severity"),
}
"""Texts that are no free text, whatever the schema says: they are names, words, quantities, or have to be found."""


def is_right(path: KeyPath, literal: str) -> bool:
    name = ".".join(part for part in path if isinstance(part, str))
    sentence = kind_of(path) is SENTENCE and name not in WORDS_THAT_DECIDE
    return literal in RIGHT.get(path, ()) or (sentence and literal in ('"no such value"', '"\\u0000"'))


def layouts_and_values() -> Iterator[Any]:
    """Each key in one layout with each sixth value, in turn; at night in all layouts with all."""
    for number, path in enumerate(keys()):
        yield path, list(LAYOUTS)[number % 3], slice(number // 3 % 6, None, 6)
        yield from (at_night(path, layout, slice(None)) for layout in LAYOUTS)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "layout", "some"), list(layouts_and_values()), ids=str)
def test_a_wrong_value_at_any_key_is_one_problem_at_the_value(path: KeyPath, layout: str, some: slice) -> None:
    before, after = LAYOUTS[layout](changed(path, "@@@")).split("@@@")
    begin = len(before)
    for literal in [*SCALARS, *NESTED][some]:
        text = before + literal + after
        found = problems(text)
        if is_right(path, literal):
            lost = path[-1] == "citation" and literal == '"\\u0000"'  # departures of that source have none then
            assert [problem.path[-1] for problem in found] == ["source"] * lost, literal
            continue
        assert found, literal
        end = begin + len(literal)
        assert all(problem.path[: len(path)] == path for problem in found), literal
        if found[0].code == "F007":  # a limit that contradicts the other is told at its key
            assert [at(text, problem) for problem in found] == [path[-1]]
        elif literal in SCALARS:
            assert [(problem.span.start, problem.span.end) for problem in found] == [(begin, end)], literal
        else:
            assert all(begin <= problem.span.start and problem.span.end <= end for problem in found), literal


@pytest.mark.parametrize(("path", "layout"), in_turn(list(keys()), list(LAYOUTS)), ids=str)
def test_a_misspelt_key_is_one_problem_that_names_the_right_one(layout: str, path: KeyPath) -> None:
    key = str(path[-1])
    misspelt = f"{key[:-1]}z"
    text = LAYOUTS[layout](renamed(path, misspelt))
    found = [problem for problem in problems(text) if problem.code == "F002"]
    # Tables written with headers have one header for each table and each element.
    assert {problem.path for problem in found} == {(*path[:-1], misspelt)}
    assert problems(text) == tuple(found)
    assert f"`{key}`" in found[0].help
    assert at(text, found[0]) == misspelt


@pytest.mark.parametrize(("path", "layout"), in_turn(list(keys()), list(LAYOUTS)), ids=str)
def test_a_key_left_out_is_one_problem_or_none(layout: str, path: KeyPath) -> None:
    if layout == "dotted" and path == ("dosing", "basis"):
        path = ("dosing",)  # the table is gone with its last key
    text = LAYOUTS[layout](changed(path))
    found = problems(text)
    if path == ("departs_from",):  # what departs from it departs from nothing then, which is told once
        assert [(problem.code, problem.path[-1]) for problem in found] == [("F007", "departure")]
        return
    half_a_place = path[0] == "waiver" and path[-1] in ("at", "value")
    required = schema_requires(path) or path[-1] in ("days", "hours") or half_a_place
    code = "W903" if path[0] == "waiver" and path[-1] == "reason" else "F003"
    assert [problem.code for problem in found] == [code] * required
    assert all(f"`{path[-1]}`" in problem.message or path[-1] == "hours" for problem in found)


def schema_requires(path: KeyPath) -> bool:
    schema = json.loads((library.folder() / "regimen.schema.json").read_text(encoding="utf-8"))
    names = {"": schema, "sources": schema["$defs"]["Source"], "steps": schema["$defs"]["Step"]}
    names |= {"dose_by_age": schema["$defs"]["DoseByAge"]}
    names |= {name.lower(): table for name, table in schema["$defs"].items()}
    table = next((str(part) for part in reversed(path[:-1]) if isinstance(part, str)), "")
    return path[-1] in names[table].get("required", [])


def test_every_key_of_the_format_is_tried() -> None:
    schema = json.loads((library.folder() / "regimen.schema.json").read_text(encoding="utf-8"))
    tables = [schema, *schema["$defs"].values()]
    of_step = ("cycle", 0, "steps", 1, "departure")  # the others are the same
    tried = [path for path in keys() if "departure" not in path[:-1] or path[:-1] == of_step]
    there = sorted(key for table in tables for key in table["properties"])
    assert sorted(str(path[-1]) for path in tried) == there, "the regimen in layouts.py has every key"


def test_a_key_that_is_already_there_is_not_proposed() -> None:
    text = with_headers(FULL).replace('title = "', 'titel = "x"\ntitle = "')
    assert at(text, only(text)) == "titel"
    assert "write" not in only(text).help
