"""A place in words leads back to what a person meant, whatever is put in front of it and however it is written."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from blinplan.regimen.toml.document import parse
from blinplan.regimen.toml.place import (
    PlaceError,
    meaning,
    normal_place,
    place_in_words,
    same_value,
    value_at,
)
from blinplan.regimen.toml.positions import KeyPath
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.rules.place import place_of
from blinplan.rules.rule import Rule
from tests.regimen_text import cycle as one_cycle
from tests.regimen_text import judgement_of, regimen_text

TEXT = """
name = "probe"
[eligibility]
min_weight_kg = 50.0
[monitoring]
hospital_days = [9, 2]
[[sources]]
citation = "Protocol 12"
status = "unverified"
[[premedication]]
drug = "dexamethasone"
before = ["cycle-start"]
[[premedication]]
drug = "dexamethasone"
before = ["escalation"]
[[cycle]]
name = "Cycle 1"
steps = [{ dose = "9.0 mcg/day", days = 7 }, { dose = "30 mcg/day", hours = 504 }]
treatment_free_days = 14
[[cycle]]
name = "Day's \\"best\\""
repeat = 4
phase = "consolidation"
steps = [{ dose = "15 mcg/m2/day", max = "28 mcg/day", days = 1 }]
treatment_free_days = 0
[[cycle]]
name = "Cycle 1"
steps = [{ dose = "28 mcg/day", days = 28 }]
treatment_free_days = 14
"""
VALUES = parse(TEXT, "probe.toml").values


@pytest.mark.parametrize(
    ("path", "words", "value"),
    [
        (("cycle", 0, "steps", 1, "dose"), 'cycle "Cycle 1" step 2 dose', "30 mcg/day"),
        (("cycle", 0, "steps", 0, "days"), 'cycle "Cycle 1" step 1 length', "7 days"),
        (("cycle", 0, "steps", 1, "hours"), 'cycle "Cycle 1" step 2 length', "504 hours"),
        (("cycle", 1, "steps", 0, "max"), 'cycle "Day\'s \\"best\\"" step 1 max', "28 mcg/day"),
        (("cycle", 2, "treatment_free_days"), 'cycle "Cycle 1" (2) treatment_free_days', 14),
        (
            ("cycle", 0, "steps"),
            'cycle "Cycle 1" steps',
            "9.0 mcg/day for 7 days, 30 mcg/day for 504 hours",
        ),
        (
            ("cycle", 1, "name"),
            'cycle "Day\'s \\"best\\""',
            "15 mcg/m2/day at most 28 mcg/day for 1 day, 0 days free, phase consolidation, repeat 4",
        ),
        (("cycle", 2), 'cycle "Cycle 1" (2)', "28 mcg/day for 28 days, 14 days free"),
        (("eligibility", "min_weight_kg"), "eligibility min_weight_kg", Decimal("50.0")),
        (("eligibility", "population"), "eligibility population", "nothing"),
        (("eligibility",), "eligibility", "min_weight_kg 50.0"),
        (("monitoring", "hospital_days"), "monitoring hospital_days", [9, 2]),
        (("monitoring", "hospital_days", 1), "monitoring hospital_days 2", 2),
        (("sources", 0, "status"), "source 1 status", "unverified"),
        (("premedication", 1, "before"), "premedication 2 before", ["escalation"]),
    ],
)
def test_a_path_in_words_and_what_stands_there(path: KeyPath, words: str, value: Any) -> None:
    assert place_in_words(path, VALUES) == words
    assert normal_place(words) == words
    assert value_at(path, VALUES) == value


def test_the_whole_file_has_a_place_too() -> None:
    assert place_in_words((), VALUES) == normal_place("file") == "file"
    assert "30 mcg/day for 504 hours" in value_at((), VALUES)
    assert value_at(("name",), VALUES) == "probe"


@pytest.mark.parametrize(
    "written",
    [
        'cycle "Cycle 1" step 2 length',
        "cycle 'Cycle 1', step 2, days",
        '  cycle   "Cycle  1" , step 2 hours ',
        'cycle "Cycle 1" (1) step 2 days',
    ],
)
def test_a_person_may_write_a_place_in_several_ways(written: str) -> None:
    assert normal_place(written) == 'cycle "Cycle 1" step 2 length'


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "cycle",
        "cycle 2 step 1 dose",
        'step "Cycle 1" dose',
        'cycle "Cycle 1',
        "/cycle/0/steps",
        "cycle 2",
        "a = 1",
    ],
)
def test_what_is_no_place_is_refused(written: str) -> None:
    with pytest.raises(PlaceError):
        normal_place(written)


@pytest.mark.parametrize(
    ("place", "one", "other"),
    [
        ("dose", "30 mcg/day", "30.0 mcg/day"),
        ("dose", "30 mcg/day", "30mcg/day"),
        ("dose", "30 mcg/day", "30 µg/d"),
        ("dose", "30 mcg/day", " 30  ug/day"),
        ("dose", "0.5 mcg/m2/day", ".5 mcg/m²/day"),
        ("dose", "1,600 mcg/day", "1600.00 mcg/day"),
        ("min_weight_kg", Decimal("50.0"), 50),
        ("min_weight_kg", 50, "50 kg"),
        ("treatment_free_days", 21, "21"),
        ("treatment_free_days", 21, "21 d"),
        ("step 1 days", 7, "168 hours"),
        ("step 1 length", "1 d 12 h", "36 h"),
        ("steps", "9 mcg/day for 7 days, 28 mcg/day for 21 days", "9.0 mcg/day for 168 hours, 28 mcg/day for 504 h"),
        ("hospital_days", [9, 2], "[9, 2]"),
        ("expires", date(2027, 6, 30), "2027-06-30"),
        ("basis", "flat", " flat"),
    ],
)
def test_values_that_say_the_same_are_the_same(place: str, one: Any, other: Any) -> None:
    assert same_value(place, one, other)
    assert meaning(place, meaning(place, one)) == meaning(place, one)


@pytest.mark.parametrize(
    ("place", "one", "other"),
    [
        ("dose", "30 mcg/day", "160 mcg/day"),
        ("dose", "30 mcg/day", "3.0 mcg/day"),
        ("dose", "30 mcg/day", "300 mcg/day"),
        ("dose", "30 mcg/day", "30 mcg/m2/day"),
        ("dose", "30 mcg/day", "30 mg/day"),
        ("dose", "1,600 mcg/day", "1.600 mcg/day"),
        ("treatment_free_days", 21, 22),
        ("treatment_free_days", 21, "21 h"),
        ("step 1 days", 7, "7 hours"),
        ("hospital_days", [9, 2], [9, 20]),
        ("hospital_days", [9, 2], [92]),
        ("basis", "flat", "bsa"),
        ("min_weight_kg", 50, "nothing"),
    ],
)
def test_values_that_say_something_else_are_not(place: str, one: Any, other: Any) -> None:
    assert not same_value(place, one, other)


def test_a_cycle_put_in_front_leaves_the_place_of_another_alone() -> None:
    values = {**VALUES, "cycle": [{"name": "Cycle 0", "steps": []}, *VALUES["cycle"]]}
    for path in (("cycle", 0, "steps", 1, "dose"), ("cycle", 1, "treatment_free_days")):
        moved = ("cycle", path[1] + 1, *path[2:])
        assert place_in_words(moved, values) == place_in_words(path, VALUES)


@pytest.mark.parametrize("rule", [rule for rule in CATALOGUE.values() if rule.waivable], ids=lambda rule: rule.code)
def test_every_finding_that_can_be_waived_has_a_place_that_can_be_written(rule: Rule) -> None:
    judgement = judgement_of(regimen_text(rule.bad), settings=Settings(extend_select=(Pattern(rule.code),)))
    for verdict in judgement.verdicts:
        for finding in verdict.findings:
            place = place_of(finding, judgement.reading.document)
            assert normal_place(place.at) == place.at
            assert place.meaning[1]


def test_the_steps_of_a_cycle_are_told_with_their_caps() -> None:
    document = parse(regimen_text(one_cycle("5 mcg/m2/day for 7 days")), "probe.toml")
    assert value_at(("cycle", 0, "steps"), document.values) == "5 mcg/m2/day at most 9 mcg/day for 7 days"


@pytest.mark.parametrize("digits", [400, 401, 5000])
def test_a_number_of_any_length_is_compared_and_none_is_computed_that_is_too_long(digits: int) -> None:
    number = "9" * digits
    assert same_value("cycle 1 step 1 days", f"{number} days", f"{number} days")
    assert not same_value("cycle 1 step 1 days", f"{number} days", f"{number[1:]} days")
