"""How two regimens differ, in the words of a ward: all of it, the same from both sides, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, groupby, islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.events import periods
from blinplan.design.difference.change import Subject
from blinplan.design.difference.difference import RegimenDifference, difference
from blinplan.design.difference.totals import ADULT_AREA, CHILD_AREA
from blinplan.physiology.model.draw import typical
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen import library
from blinplan.regimen.build import cycle, regimen, step
from blinplan.regimen.regimen import Cycle, Premedication, Regimen
from blinplan.regimen.schema import SENTENCE
from blinplan.regimen.toml.positions import KeyPath
from tests.collection.grid import at_night
from tests.library.files import LABELLED, tree_of
from tests.library.styles import STYLES
from tests.read_text import regimen_in
from tests.regimen.layouts import FULL, changed, keys, kind_of, value_at, with_headers

SHIPPED = tuple(library.paths())


def of(*steps: tuple[str, int], free: int = 14, repeat: int = 1) -> Cycle:
    given = [step(dose, days=days) for dose, days in steps]
    return cycle(steps=given, treatment_free_days=free, repeat=repeat)


def made(*cycles: Cycle) -> Regimen:
    return regimen("mine", cycles=cycles)


def words(first: Regimen, second: Regimen) -> list[str]:
    return [change.words for change in difference(first, second).for_patients]


TARGET = of(("28 mcg/day", 28))
TWO_STEPS = of(("9 mcg/day", 7), ("28 mcg/day", 21))
BY_AREA = of(("5 mcg/m2/day", 7), ("28 mcg/m2/day", 21))


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (
            [BY_AREA],
            [of(("5 mcg/m2/day", 7), ("15 mcg/m2/day", 21))],
            ["Cycle 1, day 8: 28 → 15 mcg/m²/day, for 21 d"],
        ),
        (
            [TWO_STEPS],
            [of(("9 mcg/day", 4), ("28 mcg/day", 24))],
            [
                "Cycle 1, 9 mcg/day: days 1 to 7 (7 d) → days 1 to 4 (4 d)",
                "Cycle 1, 28 mcg/day: days 8 to 28 (21 d) → days 5 to 28 (24 d)",
            ],
        ),
        (
            [TARGET],
            [TWO_STEPS],
            [
                "Cycle 1, days 1 to 7 (7 d), added: 9 mcg/day",
                "Cycle 1, 28 mcg/day: days 1 to 28 (28 d) → days 8 to 28 (21 d)",
            ],
        ),
        (
            [TWO_STEPS, replace(TARGET, repeat=4)],
            [TWO_STEPS, replace(TARGET, repeat=3)],
            ["Cycle 5, left out: 28 mcg/day for 28 d, then free of drug for 14 d"],
        ),
        (
            [TWO_STEPS, replace(TARGET, repeat=3)],
            [TWO_STEPS, of(("15 mcg/day", 28), repeat=3)],
            ["Cycles 2 to 4, day 1: 28 → 15 mcg/day, for 28 d"],
        ),
        (
            [TARGET, TARGET],
            [of(("28 mcg/day", 28), free=7), TARGET],
            ["After cycle 1: free of drug for 14 d → free of drug for 7 d"],
        ),
        ([of(("28 mcg/day", 28), free=0)], [TARGET], ["After cycle 1: no interval → free of drug for 14 d"]),
        (
            [TARGET],
            [of(("15 mcg/m2/day", 28))],
            ["Cycle 1, day 1: 28 mcg/day → 15 mcg/m²/day, for 28 d"],
        ),
        (
            [TWO_STEPS],
            [of(("28 mcg/day", 21), ("9 mcg/day", 7))],
            [
                "Cycle 1, days 1 to 7 (7 d), left out: 9 mcg/day",
                "Cycle 1, 28 mcg/day: days 8 to 28 (21 d) → days 1 to 21 (21 d)",
                "Cycle 1, days 22 to 28 (7 d), added: 9 mcg/day",
            ],
        ),
    ],
)
def test_a_ward_reads_what_was_changed(first: list[Cycle], second: list[Cycle], told: list[str]) -> None:
    assert words(made(*first), made(*second)) == told


def test_a_step_that_ends_within_a_day_has_its_hours() -> None:
    whole, part = (
        made(cycle(steps=[step("9 mcg/day", hours=hours), step("28 mcg/day", days=21)], treatment_free_days=14))
        for hours in (168, 162)
    )
    assert words(whole, part)[0] == "Cycle 1, 9 mcg/day: days 1 to 7 (7 d) → day 1 to day 7 +18:00 h (6 d 18 h)"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_regimen_does_not_differ_from_itself(name: str) -> None:
    found = difference(library.regimen(name), library.regimen(name))
    assert found.is_none_at_all
    assert found.consequences == ()


@pytest.mark.parametrize("style", STYLES)
def test_however_a_label_is_written_patients_get_the_same(style: str) -> None:
    for name in LABELLED:
        written = STYLES[style].written(STYLES[style].of(tree_of(name))).text
        assert difference(library.regimen(name), regimen_in(written)).is_none, (name, written)


@pytest.mark.parametrize(
    "second",
    [
        [of(("9 mcg/day", 3), ("9 mcg/day", 4), ("28 mcg/day", 21))],
        [cycle(steps=[step("9.0 µg/d", hours=168), step("28 mcg/day", hours=504)], treatment_free_days=14)],
    ],
)
def test_steps_parted_otherwise_and_other_spellings_are_the_same(second: list[Cycle]) -> None:
    assert words(made(TWO_STEPS), made(*second)) == []


def from_the_other_side(found: RegimenDifference) -> set[tuple[Any, ...]]:
    return {(change.subject, change.before, change.after) for change in found.for_patients}


def pairs(sixth: int) -> Iterator[tuple[Regimen, Regimen]]:
    """A sixth of all pairs of shipped regimens."""
    return islice(combinations(map(library.regimen, SHIPPED), 2), sixth, None, 6)


each_sixth = pytest.mark.parametrize("sixth", [0, *map(at_night, range(1, 6))])


@pytest.mark.slow
@each_sixth
def test_every_pair_of_shipped_regimens_differs_the_same_from_both_sides(sixth: int) -> None:
    """What is added from one side is left out from the other, and every other change is read backwards."""
    for one, other in pairs(sixth):
        there, back = difference(one, other), difference(other, one)
        turned = {(subject, after, before) for subject, before, after in from_the_other_side(back)}
        assert from_the_other_side(there) == turned, (one.name, other.name)
        area = there.square_metres
        assert difference(other, one, area).totals == there.totals[::-1]


def infused(order: Regimen) -> list[tuple[Any, ...]]:
    """What flows when, and where cycles begin: the oracle, written from the table of periods."""
    table = [(p.cycle, p.dose, p.cap, p.optional, p.start, p.stop) for p in periods(order)]
    rows = [(key, list(group)) for key, group in groupby(table, key=lambda row: row[:4])]
    return [(*key, group[0][4], group[-1][5]) for key, group in rows]


@pytest.mark.slow
@each_sixth
def test_nothing_is_told_of_the_infusion_where_the_same_flows_and_something_where_it_does_not(sixth: int) -> None:
    for one, other in pairs(sixth):
        bare = replace(other, premedication=one.premedication, hospital_days=one.hospital_days, due=one.due)
        told = [c for c in difference(one, bare).for_patients if c.subject.value in INFUSION]
        assert bool(told) is (infused(one) != infused(other)), (one.name, other.name)


INFUSION = {"dose", "cap", "step", "interval", "cycle", "optional"}
DOSES = st.sampled_from([Fraction(5), Fraction(9), Fraction(15), Fraction(28)])


@st.composite
def generated(draw: st.DrawFn) -> Regimen:
    cycles = []
    for _ in range(draw(st.integers(1, 4))):
        steps = [step(f"{draw(DOSES)} mcg/day", days=draw(st.integers(1, 14))) for _ in range(draw(st.integers(1, 3)))]
        cycles.append(cycle(steps=steps, treatment_free_days=draw(st.sampled_from([0, 7, 14]))))
    return made(*cycles)


@given(generated(), generated())
def test_generated_regimens_differ_in_words_just_where_they_do_in_what_flows(one: Regimen, other: Regimen) -> None:
    found = difference(one, other)
    assert found.is_none is (infused(one) == infused(other))
    turned = {(subject, after, before) for subject, before, after in from_the_other_side(difference(other, one))}
    assert {subject for subject, *_ in turned} == {subject for subject, *_ in from_the_other_side(found)}
    assert difference(one, one).is_none


def test_of_ways_that_cost_the_same_the_same_is_told_from_both_sides() -> None:
    """As far apart: 15 and then 5 with 15 and then 28, or 28 with 28 and the others alone."""
    day = cycle(steps=[step("5 mcg/day", days=1)], treatment_free_days=0)
    one = made(day, day, cycle(steps=[step("15 mcg/day", days=4), step("28 mcg/day", days=2)], treatment_free_days=0))
    last = [step("28 mcg/day", days=2), step("15 mcg/day", days=1), step("5 mcg/day", days=1)]
    other = made(day, day, day, cycle(steps=last, treatment_free_days=0))
    turned = {(subject, after, before) for subject, before, after in from_the_other_side(difference(other, one))}
    assert turned == set(from_the_other_side(difference(one, other)))


def test_the_whole_course_is_exact() -> None:
    """7 x 9 + 21 x 28 = 651 mcg; without the first step 784, which is 20.430... % more."""
    found = difference(made(TWO_STEPS), made(TARGET))
    assert [total.micrograms for total in found.totals] == [651, 784]
    assert found.consequences[0].words == "Whole course: 651 → 784 mcg, ≈ +20.4 %"
    third = difference(made(TARGET), made(of(("28 mcg/day", 14))))
    assert [change.words for change in third.consequences] == [
        "Whole course: 784 → 392 mcg, -50 %",
        "Infusion: 28 d → 14 d",
        "From the first day to the last: 42 d → 28 d",
    ]


def test_a_dose_by_area_is_told_at_an_area() -> None:
    found = difference(made(BY_AREA), made(of(("5 mcg/m2/day", 7), ("15 mcg/m2/day", 21))))
    assert found.consequences[0].words == "Whole course at 1.876 m²: 1,168.748 → 656.6 mcg, ≈ -43.8 %"
    by_two = difference(made(BY_AREA), made(TARGET), Fraction(2))
    assert by_two.totals[0].micrograms == 2 * (35 + 588)


def test_the_usual_areas_are_those_of_the_typical_patients() -> None:
    for preset, area in (("adult-rr", ADULT_AREA), ("adult-mrd", ADULT_AREA), ("child", CHILD_AREA)):
        assert float(typical(preset).bsa_m2[0]) == pytest.approx(float(area), rel=1e-12)


OTHER_VALUES: Mapping[KeyPath, tuple[str, str]] = {
    ("name",): ('"other"', "file"),
    ("title",): ('"Another title"', "file"),
    ("disease",): ('"autoimmune"', "patients"),
    ("departs_from",): ('"mrd-below-45-kg"', "file"),
    ("family",): ('"others"', "file"),
    ("label",): ('"hk-2026"', "patients"),
    ("sources", 0, "citation"): ('"none at all"', "file"),
    ("sources", 0, "status"): ('"seen"', "file"),
    ("sources", 0, "note"): ('"seen by nobody"', "file"),
    ("eligibility", "min_weight_kg"): ("11", "patients"),
    ("eligibility", "below_weight_kg"): ("44", "patients"),
    ("eligibility", "otherwise"): ('"mrd-adult"', "patients"),
    ("eligibility", "population"): ('"adult-rr"', "file"),
    ("eligibility", "min_age_years"): ("1", "patients"),
    ("eligibility", "below_age_years"): ("17", "patients"),
    ("dosing", "route"): ('"intravenous"', "nothing"),
    ("premedication", "drug"): ('"prednisone"', "patients"),
    ("premedication", "dose"): ('"6 mg/m2"', "patients"),
    ("premedication", "max"): ('"19 mg"', "patients"),
    ("premedication", "patients"): ('"adults"', "patients"),
    ("premedication", "minutes_before"): ("60", "patients"),
    ("premedication", "latest_minutes_before"): ("10", "patients"),
    ("premedication", "before"): ('["cycle-start", "escalation"]', "patients"),
    ("premedication", "departure", "reason"): ('"not agreed"', "file"),
    ("premedication", "departure", "source"): ('"none"', "file"),
    ("monitoring", "hospital_days"): ("[9, 3]", "patients"),
    ("cycle", 0, "name"): ('"First"', "file"),
    ("cycle", 0, "phase"): ('"consolidation"', "file"),
    ("cycle", 0, "repeat"): ("3", "patients"),
    ("cycle", 0, "block"): ('"consolidation"', "file"),
    ("cycle", 0, "optional"): ("false", "patients"),
    ("cycle", 0, "steps", 0, "dose"): ('"6 mcg/m2/day"', "patients"),
    ("cycle", 0, "steps", 0, "max"): ('"10 mcg/day"', "patients"),
    ("cycle", 0, "steps", 0, "days"): ("6", "patients"),
    ("cycle", 0, "steps", 1, "hours"): ("503", "patients"),
    ("cycle", 0, "steps", 1, "departure", "reason"): ('"not agreed"', "file"),
    ("cycle", 0, "steps", 1, "departure", "source"): ('"none"', "file"),
    ("cycle", 0, "departure", "reason"): ('"not agreed"', "file"),
    ("cycle", 0, "departure", "source"): ('"none"', "file"),
    ("cycle", 0, "treatment_free_days"): ("15", "patients"),
    ("cycle", 0, "interval_reason"): ('"recovery"', "file"),
    ("due", 0, "kind"): ('"other"', "patients"),
    ("due", 0, "what"): ('"cytarabine"', "patients"),
    ("due", 0, "dose_by_age", 0, "min_age_years"): ("2", "patients"),
    ("due", 0, "dose_by_age", 0, "below_age_years"): ("17", "patients"),
    ("due", 0, "dose_by_age", 0, "dose"): ('"10 mg"', "patients"),
    ("due", 0, "days"): ("[-2, 9]", "patients"),
    ("due", 0, "for_days"): ("1", "patients"),
    ("due", 0, "cycles"): ("[2]", "patients"),
    ("due", 1, "dose"): ('"250 mg"', "patients"),
    ("waiver", 0, "rule"): ('"S303"', "file"),
    ("waiver", 0, "at"): ("'indication'", "file"),
    ("waiver", 0, "value"): ("22", "file"),
    ("waiver", 0, "severity"): ('"error"', "file"),
    ("waiver", 0, "reason"): ('"not agreed"', "file"),
    ("waiver", 0, "expires"): ("2027-07-01", "file"),
}
"""Another value of a key, and who notices."""
TOLD = {
    "patients": {(True, False), (True, True)},
    "file": {(False, True)},
    "nothing": {(False, False)},
    "somebody": {(True, False), (False, True)},
}
"""Whether it is told as what patients get, and as what only the files say."""
WHAT_DECIDES_OTHERS = {"format", "indication", "basis"}
LEAVES = [
    path
    for path in keys()
    if path[-1] not in WHAT_DECIDES_OTHERS and not any(other[: len(path)] == path != other for other in keys())
]


def other_value(path: KeyPath) -> str:
    """Another value that a key may hold, by its kind."""
    kind, value = kind_of(path).json, value_at(path)
    if "enum" in kind:
        return next(f'"{word}"' for word in kind["enum"] if f'"{word}"' != value)
    match kind.get("type"):
        case "string" if kind.get("format") == "date":
            return "2031-01-31"
        case "string" if "examples" not in kind:  # which a quantity has
            return f'"{value[1:-1]}-2"'
        case "boolean":
            return "false" if value == "true" else "true"
        case "integer" | "number":
            return str(Decimal(value) + 1)
        case _:
            raise AssertionError(f"OTHER_VALUES needs another value of {path}")


def test_another_value_is_of_keys_that_there_are() -> None:
    assert set(OTHER_VALUES) <= set(LEAVES)


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_another_value_of_any_key_is_told_where_it_belongs(path: KeyPath) -> None:
    """A key that is added to the format is added to what is told, or said here to be nothing."""
    value, who = OTHER_VALUES.get(path) or (other_value(path), "somebody")
    found = difference(regimen_in(with_headers(FULL)), regimen_in(with_headers(changed(path, value))))
    told = bool(found.for_patients), bool(found.in_file)
    assert told in TOLD[who], "file_only.py tells of a key, or around.py and cycles.py where patients notice"
    if who == "somebody" and kind_of(path) is SENTENCE:
        assert any(value[1:-1] in change.words for change in (*found.for_patients, *found.in_file))


def test_a_dose_step_is_premedicated_only_where_there_is_one() -> None:
    """Both declare premedication alike but for dose steps, which neither course has: patients get the same."""
    tree = {**FULL, "cycle": [{**FULL["cycle"][0], "steps": [FULL["cycle"][0]["steps"][0]]}]}
    with_steps = regimen_in(with_headers(tree))
    without = regimen_in(with_headers(changed(("premedication", "before"), '["first-start"]', tree)))
    told = difference(with_steps, without)
    assert told.is_none
    assert [change.note for change in told.in_file] == ["which no patient of either comes to"]
    full = changed(("premedication", "before"), '["first-start"]')
    assert not difference(regimen_in(with_headers(FULL)), regimen_in(with_headers(full))).is_none


def test_what_children_get_is_no_difference_where_neither_regimen_admits_any() -> None:
    adults = {**FULL, "eligibility": {**FULL["eligibility"], "min_age_years": "18", "below_age_years": "70"}}
    for limits, who in ((adults, "file"), (FULL, "patients")):
        other = {**limits, "premedication": {**limits["premedication"], "dose": '"6 mg/m2"'}}
        found = difference(regimen_in(with_headers(limits)), regimen_in(with_headers(other)))
        assert (found.is_none, found.is_none_at_all) == (who == "file", False)


def test_premedication_is_told_with_whom_and_when() -> None:
    found = words(library.regimen("rr-adult"), library.regimen("rr-2014"))
    before = "dexamethasone 5 mg/m², max 20 mg, 1 h before"
    assert found[:2] == [
        "Premedication of children before the first start, a dose step and a restart in cycle 1:"
        f" {before} → dexamethasone 20 mg, 1 h before",
        "Premedication of children before the start of each later cycle and a restart in a later cycle:"
        " none → dexamethasone 20 mg, 1 h before",
    ]


def test_doses_of_one_unit_say_it_once_and_others_each() -> None:
    flat, area = DoseRate(Fraction(28), Basis.FLAT), DoseRate(Fraction(28), Basis.BSA)
    assert (str(flat), str(area)) == ("28 mcg/day", "28 mcg/m²/day")
    assert words(made(of(("28 mcg/day", 7))), made(of(("28 mcg/m2/day", 7)))) == [
        "Cycle 1, day 1: 28 mcg/day → 28 mcg/m²/day, for 7 d"
    ]


def test_premedication_that_a_file_does_not_name_is_not_said_and_not_none() -> None:
    """A trial's file that names no premedication does not say that nobody got any."""
    labelled = library.regimen("rr-adult")

    def told(premedication: tuple[Premedication, ...]) -> set[str | None]:
        changes = difference(replace(labelled, premedication=premedication), labelled).for_patients
        return {one.before for one in changes if one.subject is Subject.PREMEDICATION}

    assert told(()) == {"not said"}
    assert "none" in told(labelled.premedication[:1])
    assert "not said" not in told(labelled.premedication[:1])
