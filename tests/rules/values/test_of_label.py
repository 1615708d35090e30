"""What a label says is listed as its text has it: schedules, bags, the vial, and what each of them decides."""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import blinplan.label
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.values.collect import collect_values
from blinplan.rules.values.value import Value, ValueKind

LABELS = ("us-2025", "hk-2026")


def values_of(label: str, kind: ValueKind | None = None) -> dict[str, Value]:
    """The values of one label, by name, collected when a test asks."""
    found = collect_values((label,), DEFAULTS)
    return {value.name: value for value in found if value.label == label and kind in {None, value.kind}}


def written(label: str) -> dict[str, Any]:
    """The file of a label, read by nothing of ours."""
    path = Path(blinplan.label.__file__).parent / "labels" / f"{label}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


FULL, FIRST = "28 mcg/day (15 mcg/m²/day, at most 28 mcg/day)", "9 mcg/day (5 mcg/m²/day, at most 9 mcg/day)"
INDUCTION = (
    f"Induction 1: {FIRST} for 7 days, {FULL} for 21 days, then 14 days free; "
    f"Induction 2: {FULL} for 28 days, then 14 days free; 3 × Consolidation: {FULL} for 28 days, then 14 days free"
)
NEW = "questions of `blinplan new`"
SCHEDULES = {
    ("us-2025", "schedule_relapsed_refractory"): (
        f"{INDUCTION}; 4 × Continued therapy: {FULL} for 28 days, then 56 days free; "
        "in hospital 9 days of cycle 1, 2 days of cycle 2",
        ("C604", "S307", "rr-adult", "rr-below-45-kg", "rr-adult-continued", "rr-below-45-kg-continued", NEW),
    ),
    ("us-2025", "schedule_mrd_positive"): (
        f"Induction: {FULL} for 28 days, then 14 days free; 3 × Consolidation: {FULL} for 28 days, then 14 days free; "
        "in hospital 3 days of cycle 1, 2 days of cycle 2",
        ("C604", "S307", "mrd-adult", "mrd-below-45-kg", NEW),
    ),
    ("us-2025", "schedule_consolidation_flat"): (
        "4 × Consolidation: 28 mcg/day for 28 days, then 14 days free; "
        "in hospital 3 days of cycle 1, 2 days of cycle 2",
        ("C604", "S307", "consolidation-adult", NEW),
    ),
    ("us-2025", "schedule_consolidation_bsa"): (
        "4 × Consolidation: 15 mcg/m²/day, at most 28 mcg/day for 28 days, then 14 days free; "
        "in hospital 3 days of cycle 1, 2 days of cycle 2",
        ("C604", "S307", "consolidation-below-45-kg", NEW),
    ),
    ("hk-2026", "schedule_relapsed_refractory"): (INDUCTION, ("S307", "hk-rr-adult", "hk-rr-below-45-kg", NEW)),
    ("hk-2026", "schedule_consolidation"): (  # which states no days in hospital, and one cycle
        f"Consolidation: {FULL} for 28 days, then 0 days free",
        ("S307", "hk-first-relapse", "hk-first-relapse-below-45-kg", NEW),
    ),
}


def test_a_schedule_is_written_cycle_by_cycle_with_the_regimens_that_are_made_of_it() -> None:
    found = {
        (label, name): (value.text, value.decides)
        for label in LABELS
        for name, value in values_of(label, ValueKind.SCHEDULE).items()
    }
    assert found == SCHEDULES


def test_a_bag_is_written_with_its_rate_its_preservative_and_how_long_it_is_used() -> None:
    found = values_of("us-2025", ValueKind.BAG)
    assert {name: value.text for name, value in found.items()} == {
        "bag_24_hours": "10 mL/h, without preservative, used within 48 h",
        "bag_48_hours": "5 mL/h, without preservative, used within 48 h",
        "bag_72_hours": "1.8 mL/h, with preservative",
        "bag_96_hours": "1.8 mL/h, with preservative",
        "bag_168_hours": "0.6 mL/h, with preservative",
    }
    assert {value.decides for value in found.values()} == {("A701", "A704", "bags of a plan")}
    assert not values_of("hk-2026", ValueKind.BAG)


def test_vials_and_sentences_are_listed_with_what_they_decide() -> None:
    (vial,) = values_of("us-2025", ValueKind.VIAL).values()
    assert (vial.name, vial.decides) == ("vial", ("bags of a plan",))
    assert vial.text == "35 mcg, 12.5 mcg/mL when reconstituted"
    for label in LABELS:
        statements = values_of(label, ValueKind.STATEMENT)
        assert list(statements) == [one["name"] for one in written(label)["statement"]]
        assert all(value.text == value.says and value.decides == ("plan",) for value in statements.values())
        given = values_of(label, ValueKind.PREMEDICATION)
        assert {value.decides for value in given.values()} == {("C603", "plan", "regimens made from the label", NEW)}


IN_BOTH = {
    *("labelled_interval", "premedication", "labelled_maximum_flat", "labelled_maximum_by_area", "first_step_flat"),
    *("first_step_by_area", "cap_of_first_step", "cap_of_full_dose", "flat_from_weight"),
    *("cycles_consolidation", "cycles_relapsed_refractory"),
}
OF_ONE = {
    "us-2025": {
        *("consolidation_interval", "treatment_free_interval_continued", "cycles_mrd_positive"),
        *("hospital_cycle_1_relapsed_refractory", "hospital_cycle_1_others", "hospital_cycle_2"),
    },
    "hk-2026": {
        *("no_interval", "premedication_at_the_start", "premedication_of_children_again"),
        *("premedication_of_children_earliest", "premedication_of_children_latest"),
    },
}
"""The numbers that a regimen file has which is made from a label: doses, caps, intervals, days, cycles and hours."""


@pytest.mark.parametrize("label", LABELS)
def test_a_number_is_said_to_be_in_regimens_where_they_are_written_with_it(label: str) -> None:
    numbers = values_of(label, ValueKind.NUMBER)
    made = {name for name, value in numbers.items() if "regimens made from the label" in value.decides}
    assert made == IN_BOTH | OF_ONE[label]
    for name, value in numbers.items():  # what decides comes first, and the codes are all the rules that ask for it
        codes = tuple(rule.code for rule in CATALOGUE.values() if name in rule.limits)
        assert value.decides[: len(codes)] == codes
        assert set(value.decides) - {*codes} <= {"plan", "regimens made from the label"}


@pytest.mark.parametrize("label", LABELS)
def test_a_number_is_listed_as_the_file_of_the_label_has_it(label: str) -> None:
    file, found = written(label), values_of(label)
    for name, number in file["number"].items():
        value = found[name]
        assert (value.kind, value.unit, value.status) == (ValueKind.NUMBER, number["unit"], number["status"])
        assert value.source == file["sources"][number["source"]]
        if not isinstance(number["value"], str):  # else it is the number of another name
            assert value.number == Fraction(str(number["value"]))
        assert value.text.startswith(f"{float(value.number or 0):g} ")
        assert value.text.removesuffix("s").endswith(value.unit.removesuffix("s"))
