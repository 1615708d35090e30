"""Regimens built in Python: the same as those of files, held to the same, and written as files."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from blinplan.api.regimens.build import toml
from blinplan.quantities import QuantityError
from blinplan.regimen import library
from blinplan.regimen.build import (
    cycle,
    departure,
    dose_by_age,
    due,
    file_of,
    premedication,
    regimen,
    source,
    step,
    waiver,
)
from blinplan.regimen.reading import FaultyFile, RegimenFile, read
from blinplan.regimen.regimen import Cycle, Regimen, Step, ThingDue
from blinplan.regimen.vocabulary import AgeGroup, LabelName
from blinplan.regimen.write import NotARegimenError
from blinplan.rules.judge import judge
from tests.read_text import regimen_in
from tests.regimen.layouts import FULL, changed, with_headers

ADULT = [cycle(steps=[step("9 mcg/day", days=7), step("28 mcg/day", days=21)], treatment_free_days=14, repeat=2)]


def test_a_pharmacologist_builds_what_a_file_says() -> None:
    built = regimen("mine", cycles=ADULT, min_weight_kg=45)
    assert [(str(s.dose), s.minutes) for s in built.steps] == [("9 mcg/day", 7 * 1440), ("28 mcg/day", 21 * 1440)]
    assert (built.cycles[0].treatment_free, built.cycles[0].repeat) == (14 * 1440, 2)
    assert built.cycles[0].name == "Cycles 1 and 2"
    assert str(built.eligibility) == "45 kg and over"
    assert built.unverified
    assert built.steps[1].path == ("cycle", 0, "steps", 1)


@pytest.mark.parametrize("name", library.paths())
def test_every_shipped_regimen_is_written_and_read_back_as_itself(name: str) -> None:
    assert regimen_in(toml(library.regimen(name))) == library.regimen(name)


def test_every_key_of_a_file_is_written_again() -> None:
    """What is read and not written would be lost without a word, and what is built from it is no witness."""
    text = with_headers(changed(("cycle", 0, "steps", 1, "hours"), "505"))
    assert tomli.loads(toml(regimen_in(text))) == tomli.loads(text)


BUILDERS: dict[str, Callable[..., Any]] = {
    "cycle": cycle,
    "departure": departure,
    "dose_by_age": dose_by_age,
    "due": due,
    "premedication": premedication,
    "sources": source,
    "steps": step,
    "waiver": waiver,
}
OTHER_NAMES = {"cycle": "cycles", "dose_by_age": "doses", "max": "cap", "waiver": "waivers"}
SAID_BY_THE_REST = {"format", "basis"}


def arguments(table: dict[str, Any]) -> dict[str, Any]:
    """What Python is given for a table; one that no function makes is the arguments of the one around it."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        name, make = OTHER_NAMES.get(key, key), BUILDERS.get(key)
        if make is not None:
            made = [make(**arguments(one)) for one in (value if isinstance(value, list) else [value])]
            found[name] = made if isinstance(value, list) else made[0]
        elif isinstance(value, dict):
            found |= arguments(value)
        elif key not in SAID_BY_THE_REST:
            found[name] = value
    return found


def test_every_key_is_an_argument_and_comes_to_the_same() -> None:
    text = with_headers(FULL)
    assert regimen(**arguments(tomli.loads(text, parse_float=Decimal))) == regimen_in(text)


DOSES = st.sampled_from(["0.5", "9", "28", "1,000", "12.25"])
DEPARTURE = departure("agreed", "A trial")
PRINTED = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
WORDS = st.text(PRINTED, min_size=1, max_size=40).map(str.strip).filter(lambda text: text and text.isprintable())


@st.composite
def steps(draw: st.DrawFn, unit: str) -> Step:
    cap = draw(st.sampled_from([None, "9 mcg/day"])) if "m2" in unit else None
    held = draw(st.integers(1, 60))
    stated = draw(st.sampled_from([None, DEPARTURE]))
    return step(f"{draw(DOSES)} {unit}", cap=cap, departure=stated, **{draw(st.sampled_from(["days", "hours"])): held})


@st.composite
def cycles(draw: st.DrawFn, unit: str) -> Cycle:
    return cycle(
        steps=draw(st.lists(steps(unit), min_size=1, max_size=4)),
        treatment_free_days=draw(st.integers(0, 60)),
        repeat=draw(st.integers(1, 2)),  # four such cycles take less than the years that are computed
        phase=draw(st.sampled_from([None, "induction", "continued-therapy"])),
        name=draw(st.none() | WORDS),
        interval_reason=draw(st.none() | WORDS),
        block=draw(st.none() | WORDS),
        optional=draw(st.booleans()),
        departure=draw(st.sampled_from([None, DEPARTURE])),
    )


@st.composite
def things_due(draw: st.DrawFn) -> ThingDue:
    by_age = [dose_by_age("8 mg", below_age_years=2), dose_by_age("12 mg", min_age_years=2)]
    dose, doses = draw(st.sampled_from([(None, []), ("12 mg", []), (None, by_age)]))
    kind = draw(st.sampled_from(["pre-phase", "intrathecal", "other"]))
    held = draw(st.integers(1, 366))
    # A pre-phase ends before the infusion, and whatever the cycles drawn are, the first day of each is one of its own.
    days, for_days = ([-held], held) if kind == "pre-phase" else (draw(st.sampled_from([[1], [-1], [-1, 1]])), 1)
    return due(
        draw(WORDS),
        kind=kind,
        days=days,
        for_days=for_days,
        cycles=draw(st.sampled_from([(), (1,)])),
        dose=dose,
        doses=doses,
    )


@st.composite
def regimens(draw: st.DrawFn) -> Regimen:
    unit = draw(st.sampled_from(["mcg/day", "mcg/m2/day"]))
    drug = premedication("dexamethasone", "5 mg/m2", cap="20 mg", before=["cycle-start", "restart"], minutes_before=30)
    adults = premedication("dexamethasone", "20 mg", before=["cycle-start"], patients="adults")
    given = draw(st.lists(cycles(unit), min_size=1, max_size=4))
    stated = draw(st.sampled_from([None, DEPARTURE]))
    drug = replace(drug, departure=stated)
    departs = stated is not None or any(one.departure or any(step.departure for step in one.steps) for one in given)
    cited = (source("A trial", "seen", "its table 1"),)
    by_age = [adults, replace(drug, patients=AgeGroup.CHILDREN, minutes_before=720, latest_minutes_before=360)]
    return regimen(
        "drawn-1",
        title=draw(WORDS),
        cycles=given,
        indication="investigational" if departs else draw(st.sampled_from(["mrd-positive", "investigational"])),
        departs_from="rr-adult" if departs else None,
        disease=draw(st.sampled_from(["leukaemia", "lymphoma", "autoimmune"])) if departs else "leukaemia",
        sources=cited if departs else draw(st.sampled_from([(), cited])),
        min_weight_kg=draw(st.sampled_from([None, 10.5, "0.1"])),
        below_weight_kg=draw(st.sampled_from([None, 45])),
        population=draw(st.sampled_from([None, "child"])),
        premedication=draw(st.sampled_from([None, drug, by_age])),
        due=draw(st.lists(things_due(), max_size=3)),
        label=draw(st.sampled_from([None, *LabelName])),
        route=draw(st.sampled_from([None, "IV"])),
        min_age_years=draw(st.sampled_from([None, "0.5"])),
        below_age_years=draw(st.sampled_from([None, 18])),
        hospital_days=draw(st.sampled_from([(), (9, 2)])),
        family=draw(st.sampled_from([None, "mine"])),
        waivers=draw(st.sampled_from([(), (waiver("S304", "after infection", date(2027, 6, 30)),)])),
    )


@pytest.mark.slow
@given(regimens())
def test_what_is_built_is_written_and_read_back_as_itself(built: Regimen) -> None:
    reading = read(toml(built).encode(), "built.toml")
    assert isinstance(reading, RegimenFile)
    assert reading.regimen == built
    assert [step.path for step in reading.regimen.steps] == [step.path for step in built.steps]
    assert toml(reading.regimen) == toml(built)


def test_a_regimen_without_places_gets_them_from_its_text() -> None:
    bare = replace(regimen("mine", cycles=ADULT), cycles=tuple(ADULT))
    assert {step.path for step in bare.steps} == {()}
    with pytest.raises(NotARegimenError):
        file_of(bare)  # its cycles have no name
    named = replace(bare, cycles=(replace(ADULT[0], name="Cycle 1"),))
    assert [step.path for step in file_of(named).regimen.steps] == [("cycle", 0, "steps", n) for n in (0, 1)]


def test_a_finding_about_what_was_built_points_into_its_text() -> None:
    slip = [cycle(steps=[step("9000 mcg/day", days=28)], treatment_free_days=14)]
    file = file_of(regimen("slip", cycles=slip, min_weight_kg=45))
    found = [f for f in judge(file, date(2027, 6, 30), None).findings if f.code == "N106"]
    assert [file.document.text[f.span.start : f.span.end] for f in found] == ['"9,000 mcg/day"']


def test_what_no_file_could_say_is_refused_with_the_words_of_a_file() -> None:
    by_area = [cycle(steps=[step("9 mcg/day", days=7), step("5 mcg/m2/day", days=21)], treatment_free_days=14)]
    text = toml(regimen("mine", cycles=ADULT)).replace('"28 mcg/day"', '"5 mcg/m2/day"')
    reading = read(text.encode(), "mine.toml")
    assert isinstance(reading, FaultyFile)
    with pytest.raises(NotARegimenError) as refused:
        regimen("mine", cycles=by_area)
    assert refused.value.problem.message == reading.problems[0].message
    for wrong in ({"min_weight_kg": 45, "below_weight_kg": 45}, {"otherwise": "rr-adult"}, {"hospital_days": [-1]}):
        with pytest.raises(NotARegimenError):
            regimen("mine", cycles=ADULT, **wrong)
    with pytest.raises(NotARegimenError):
        regimen("Not a name", cycles=ADULT)
    with pytest.raises(NotARegimenError):
        regimen("mine", cycles=[])


def test_a_step_lasts_days_or_hours() -> None:
    with pytest.raises(QuantityError, match="neither `days` nor `hours`"):
        step("9 mcg/day")
    with pytest.raises(QuantityError, match="both `days` and `hours`"):
        step("9 mcg/day", days=1, hours=24)


@pytest.mark.parametrize("dose", ["9", "9 mg/day", "nine mcg/day"])
def test_a_dose_has_its_unit(dose: str) -> None:
    with pytest.raises(QuantityError):
        step(dose, days=7)


def test_a_number_that_no_decimals_say_is_refused() -> None:
    with pytest.raises(QuantityError, match="1/3"):
        regimen("mine", cycles=ADULT, min_weight_kg=Fraction(1, 3))


def test_what_goes_by_age_is_built_as_a_file_says_it() -> None:
    built = regimen(
        "mine",
        cycles=ADULT,
        below_age_years="18",
        premedication=[
            premedication("dexamethasone", "20 mg", before=["cycle-start"], patients="adults"),
            premedication("dexamethasone", "5 mg/m2", cap="20 mg", before=["first-start"], patients="children"),
        ],
        due=[due("methotrexate", kind="intrathecal", days=[8, 29], doses=[dose_by_age("8 mg", below_age_years=2)])],
    )
    text = toml(built)
    assert text.count("[[premedication]]") == 2
    assert 'dose_by_age = [{ below_age_years = 2, dose = "8 mg" }]' in text
    assert [given.path for given in built.premedication] == [("premedication", 0), ("premedication", 1)]
    assert (built.due[0].days, built.due[0].path) == ((8, 29), ("due", 0))
    assert str(built.eligibility) == "below 18 years"


def test_one_premedication_is_written_as_one_table() -> None:
    """What a file said before several could be said, it says in the same bytes."""
    once = premedication("dexamethasone", "20 mg", before=["cycle-start"])
    text = toml(regimen("mine", cycles=ADULT, premedication=once))
    assert "\n[premedication]\n" in text
    assert "patients =" not in text
    in_array = text.replace("[premedication]", "[[premedication]]")
    assert regimen_in(in_array) == regimen_in(text)
    assert regimen_in(in_array).premedication[0].path == ("premedication", 0)
    assert toml(regimen_in(in_array)) == text


WHOLE = [step("28 mcg/day", days=28)]


@pytest.mark.parametrize(
    ("build", "given", "told"),
    [
        (due, {"what": "MTX", "days": 1}, "`days` is the number 1; `days` is the days on which it is due"),
        (due, {"what": "MTX", "days": "1"}, '`days` is the text "1"'),
        (due, {"what": "MTX", "days": [1.5]}, "`days` is an array of 1"),
        (due, {"what": "MTX", "days": [1], "cycles": 2}, "`cycles` is the number 2"),
        (due, {"what": "MTX", "days": [1], "kind": "it"}, "pre-phase .* intrathecal .* other"),
        (due, {"what": "MTX", "days": [1], "for_days": "7"}, '`for_days` is the text "7"'),
        (
            premedication,
            {"drug": "x", "dose": "5 mg", "before": ["restart"], "patients": "adult"},
            "adults or children",
        ),
        (premedication, {"drug": "x", "dose": "5 mg", "before": "restart"}, "first-start, cycle-start, escalation"),
        (premedication, {"drug": "x", "dose": "5 mg", "before": ["start"]}, "first-start, cycle-start, escalation"),
        (
            dose_by_age,
            {"dose": "8 mg", "min_age_years": "18 years"},
            '`min_age_years` is the text "18 years": give a n',
        ),
        (step, {"dose": "28 mcg/day", "days": "7"}, '`days` is the text "7"; `days` is a whole number of days'),
        (step, {"dose": "28 mcg/day", "hours": 7.5}, "a whole number of hours, 1 to 8784"),
        (
            cycle,
            {"steps": WHOLE, "treatment_free_days": 14, "optional": "yes"},
            '`optional` is the text "yes"; .* true',
        ),
        (cycle, {"steps": WHOLE, "treatment_free_days": 14, "repeat": "2"}, "1 to 20"),
        (
            cycle,
            {"steps": WHOLE, "treatment_free_days": 14, "phase": "induct"},
            "induction, consolidation or continued",
        ),
        (cycle, {"steps": WHOLE, "treatment_free_days": "14"}, "0 to 366"),
        (step, {"dose": "9 mcg/day", "days": 7, "departure": "agreed"}, "`departure` .* `blinplan.departure` builds"),
        (cycle, {"steps": WHOLE, "treatment_free_days": 14, "departure": ("agreed", "x")}, "what `blinplan.departure`"),
        (departure, {"reason": " ", "source": "Protocol 7"}, "in words a reviewer can judge"),
        (departure, {"reason": "agreed", "source": 7}, "the citation of one of"),
        (source, {"citation": "A trial", "status": "verified"}, "seen in the cited text"),
        (waiver, {"rule": "S304", "reason": " "}, "in words a reviewer can judge"),
        (regimen, {"name": "mine", "cycles": ADULT, "min_age_years": "18 years"}, "give a number alone"),
        (regimen, {"name": "mine", "cycles": ADULT, "below_weight_kg": "45 kg"}, "give a number alone"),
        (regimen, {"name": "mine", "cycles": ADULT, "indication": "rr"}, "relapsed-refractory, mrd-positive"),
        (regimen, {"name": "mine", "cycles": ADULT, "departs_from": "The label"}, "comes with blinplan"),
        (regimen, {"name": "mine", "cycles": ADULT, "label": "eu-2026"}, "us-2025 or hk-2026"),
    ],
)
def test_what_cannot_be_is_told_at_once_with_what_can(
    build: Callable[..., object], given: dict[str, object], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        build(**given)


def test_numbers_of_other_libraries_are_numbers() -> None:
    assert due("MTX", days=np.arange(1, 16, 7)).days == (1, 8, 15)
    free: Any = np.int64(14)
    assert cycle(steps=WHOLE, treatment_free_days=free).treatment_free == 14 * 1440


def test_one_of_a_kind_needs_no_list() -> None:
    once = cycle(steps=WHOLE[0], treatment_free_days=14)
    thing = due("MTX", days=[1], doses=dose_by_age("8 mg", min_age_years=1))
    parts: dict[str, Any] = {
        "cycles": once, "due": thing, "sources": source("A trial", "seen"), "waivers": waiver("S304", "agreed"),
    }  # fmt: skip
    listed: dict[str, Any] = {name: [part] for name, part in parts.items()}
    assert regimen("mine", **parts) == regimen("mine", **listed)
    assert regimen("mine", **parts).due == (thing,)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"cycles": WHOLE}, "`cycles` has .* `blinplan.cycle` builds"),
        ({"cycles": ADULT, "due": "MTX"}, '`due` has the text "M": give what `blinplan.due` builds'),
        ({"cycles": ADULT, "due": 1}, "`due` has the number 1"),
        ({"cycles": ADULT, "premedication": ["dexamethasone"]}, "`blinplan.premedication` builds"),
        ({"cycles": ADULT, "waivers": ["S304"]}, "`blinplan.waiver` builds"),
    ],
)
def test_something_else_in_the_place_of_a_part_is_told(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        regimen("mine", **given)
