"""I801 to I806, word for word: restarts by cause, grade, time and dose, on both bases and by the bag that hung."""

from fractions import Fraction

import pytest

from blinplan.course.events import Period
from blinplan.course.happened.walk import Walk
from blinplan.rules.configuration.settings import DEFAULTS, ChangedLimit
from tests.read_text import site_in
from tests.regimen_text import codes, judgement_of
from tests.rules.families.interruptions.records import (
    ADULT,
    CHILD,
    CRS,
    HONG_KONG,
    NEURO,
    OTHER,
    bag,
    limits,
    measured,
    record,
    stop,
    told,
)

LOOK = "have the treating physician look at it now"
GONE = "resolved = 2026-03-06T10:00:00Z"
MEDICATED, SAME, NEW = "premedicated = true", 'restart_in = "same-cycle"', 'restart_in = "new-cycle"'
LOW, FULL = 'restart_dose = "9 mcg/day"', 'restart_dose = "28 mcg/day"'
SEVERE = ("grade = 3", GONE, MEDICATED, SAME)
DOES_NOT_FIT = ["blocked | the record does not fit its regimen, which comes first (I804)"]


def asked(message: str, asks: str, at: str = "restarted", number: int = 0) -> str:
    """A restart that is not the label's, as I801 tells it."""
    return f"error at interruption.{number}.{at} | {message}; the label asks {asks} | {LOOK}"


FOR_GOOD = asked("the infusion was restarted", "to stop the drug for good")
UNTIL = "to hold it until it is resolved"


def undecided(why: str, *numbers: int) -> str:
    return f"undecided | {why} (interruption {', '.join(map(str, numbers or (1,)))})"


@pytest.mark.parametrize(
    ("one", "found", "rests_on"),
    [
        (stop(CRS, *SEVERE, LOW), "", ""),
        (
            stop(CRS, *SEVERE, FULL),
            asked("the infusion was restarted at 28 mcg/day", "for 9 mcg/day", "restart_dose"),
            "restart_flat",
        ),
        (
            stop(CRS, *SEVERE, LOW, again="03-06T09:59"),
            asked("the infusion was restarted after 23 h 59 min", UNTIL),
            "cytokine_release_hold",
        ),
        (stop(CRS, *SEVERE, LOW, again="03-06T10:00"), "", ""),
        (stop(CRS, "grade = 4", GONE, MEDICATED, SAME, LOW), FOR_GOOD, "stop_grade"),
        (stop(NEURO, "grade = 4", GONE, MEDICATED, SAME, LOW), FOR_GOOD, "stop_grade_neurological"),
        (stop(NEURO, "grade = 2", "seizures = 2", MEDICATED, SAME), FOR_GOOD, "seizures"),
        (stop(NEURO, "grade = 2", "seizures = 2", MEDICATED, SAME, FULL), FOR_GOOD, "seizures"),
        (stop(NEURO, "grade = 2", "seizures = 1", MEDICATED, SAME), "", ""),
        (stop(NEURO, "grade = 2", MEDICATED, SAME), undecided("`seizures` is not on record"), ""),
        (
            stop("overdose", MEDICATED, SAME, again="03-05T21:59"),
            asked(
                "the infusion was restarted after 11 h 59 min", "to hold it for at least 12 hours, then the right dose"
            ),
            "overdose_hold",
        ),
        (stop("overdose", MEDICATED, SAME, again="03-05T22:00"), "", ""),
        (stop(CRS, *SEVERE), undecided("`restart_dose` is not on record"), ""),
        (stop(CRS, GONE, MEDICATED, SAME), undecided("`grade` is not on record"), ""),
        (stop(CRS, "grade = 3", MEDICATED, SAME, LOW), undecided("`resolved` is not on record"), ""),
        (
            stop(CRS, *SEVERE, LOW, "full_dose_after_days = 6"),
            asked(
                "the full dose comes back after 6 d at the dose of the restart",
                "for after 7 days without recurrence",
                "full_dose_after_days",
            ),
            "escalation_after_restart",
        ),
        (stop(CRS, *SEVERE, LOW, "full_dose_after_days = 7"), "", ""),
        (stop("technical", again=""), "not applicable | the record has no restart", ""),
        (stop("technical", MEDICATED), "", ""),
        # Of the 3 days after another event there is a transcription only; of the dose there is the label's word.
        (
            stop(OTHER, *SEVERE, FULL, again="03-08T09:00"),
            asked("the infusion was restarted at 28 mcg/day", "for 9 mcg/day", "restart_dose"),
            "restart_flat",
        ),
        (stop(OTHER, *SEVERE, LOW, again="03-08T10:00"), "", ""),
        (
            stop(OTHER, *SEVERE, LOW, again="03-08T09:00"),
            undecided(
                "held for 2 d 23 h; whether the label asks to hold it for 3 days, nobody has seen (Expert Opin Biol"
                " Ther 2015;15:895, Table 1, after the US prescribing information (transcribed))"
            ),
            "",
        ),
    ],
)
def test_a_restart_is_when_and_at_what_the_label_says(one: str, found: str, rests_on: str) -> None:
    assert told("I801", record(one)) == ([found] if found else [])
    assert limits("I801", record(one)) == ([(rests_on,)] if rests_on else [])


BY_BAG = "by the bag on record the infusion was restarted at"


@pytest.mark.parametrize(
    ("regimen", "patient", "hung", "found"),
    [
        (ADULT, "", bag("03-07T10:00"), ""),
        (ADULT, "", bag("03-07T10:00", dose="28 mcg/day"), f"{BY_BAG} 28 mcg/day; the label asks for 9 mcg/day"),
        (ADULT, "", bag("03-07T10:01", dose="28 mcg/day"), "`restart_dose` is not on record"),
        (ADULT, "", bag("03-06T10:00", "03-07T10:00", dose="28 mcg/day"), "`restart_dose` is not on record"),
        (CHILD, "bsa_m2 = 1.2", bag("03-07T10:00", dose="6 mcg/day"), ""),
        (CHILD, "bsa_m2 = 1.2", bag("03-07T10:00", dose="5 mcg/m2/day"), ""),
        (
            *(CHILD, "bsa_m2 = 1.2", bag("03-07T10:00", dose="6.6 mcg/day")),
            f"{BY_BAG} 6.6 mcg/day; the label asks for 5 mcg/m²/day",
        ),
        (
            *(CHILD, "bsa_m2 = 1.2", bag("03-07T10:00", dose="15 mcg/m2/day")),
            f"{BY_BAG} 15 mcg/m²/day; the label asks for 5 mcg/m²/day",
        ),
        (CHILD, "weight_kg = 30", bag("03-07T10:00", dose="5 mcg/m2/day"), ""),
        (CHILD, "weight_kg = 30", bag("03-07T10:00", dose="6 mcg/day"), "`restart_dose` is not on record"),
    ],
)
def test_where_the_dose_of_a_restart_is_not_written_the_bag_that_hung_then_has_it(
    regimen: str, patient: str, hung: str, found: str
) -> None:
    text = record(stop(CRS, *SEVERE), hung, regimen=regimen, patient=patient)
    expected = f"error at bag.0.dose | {found} | {LOOK}" if found.startswith("by") else undecided(found)
    assert told("I801", text) == ([expected] if found else [])


@pytest.mark.parametrize(
    ("patient", "dose", "found"),
    [
        ("weight_kg = 30", "5 mcg/m2/day", ""),
        ("bsa_m2 = 1", "15 mcg/m2/day", "the infusion was restarted at 15 mcg/m²/day"),
        ("bsa_m2 = 1", "9 mcg/day", "the infusion was restarted at 9 mcg/day"),
    ],
)
def test_a_restart_by_area_is_at_the_label_s_dose_by_area(patient: str, dose: str, found: str) -> None:
    text = record(stop(CRS, *SEVERE, f'restart_dose = "{dose}"'), regimen=CHILD, patient=patient)
    expected = asked(found, "for 5 mcg/m²/day", "restart_dose")
    assert told("I801", text) == ([expected] if found else [])


def technical(day: int, *lines: str, hours: int = 4) -> str:
    """A stop of some hours on a day of March."""
    return stop("technical", *lines, at=f"03-{day:02}T10:00", again=f"03-{day:02}T{10 + hours}:00")


def test_each_restart_is_asked_about_and_what_is_not_known_named_by_its_number() -> None:
    unknown = [stop(CRS, MEDICATED, SAME, at=f"03-{day:02}T10:00", again=f"03-{day:02}T12:00") for day in (5, 8, 20)]
    assert told("I801", record(*unknown)) == [undecided("`grade` is not on record", 1, 2, 3)]
    others = stop(NEURO, "grade = 2", MEDICATED, SAME, at="03-08T10:00", again="03-08T12:00")
    both = "`grade` is not on record (interruption 1, 3); `seizures` is not on record (interruption 2)"
    assert told("I801", record(unknown[0], others, unknown[2])) == [f"undecided | {both}"]
    found = stop(CRS, "grade = 4", GONE, MEDICATED, SAME, LOW, at="03-20T10:00", again="03-21T10:00").replace(
        "2026-03-06", "2026-03-20"
    )
    stopped = FOR_GOOD.replace("interruption.0", "interruption.1")
    assert told("I801", record(unknown[0], found)) == [stopped]
    after = stop("technical", MEDICATED, at="03-22T10:00", again="03-22T12:00")
    assert told("I801", record(unknown[0], found, after)) == [stopped]


def test_what_the_label_does_not_say_is_unverified_and_what_a_record_lacks_undecided() -> None:
    silent = "the label, as far as it was seen, does not say; ask the site"
    text = record(stop(CRS, "grade = 3", GONE, MEDICATED, SAME), regimen=HONG_KONG)
    assert told("I801", text) == [f"unverified | {silent} (interruption 1)"]
    assert told("I803", text) == [f"unverified | {silent} (interruption 1)"]
    low = ("grade = 3", 'restart_dose = "5 mcg/m2/day"', "resolved = 2026-03-07T10:00:00Z", MEDICATED, SAME)
    doubt = "an event at 5 mcg/m²/day may stop the drug for good (unverified) (interruption 1)"
    for counted_seizures, found in (
        (("seizures = 0",), [f"unverified | {doubt}"]),
        ((), [f"undecided | `seizures` is not on record (interruption 1); {doubt}"]),
    ):
        one = stop(NEURO, *counted_seizures, *low, again="03-08T10:00")
        assert told("I801", record(one, regimen=CHILD, patient="bsa_m2 = 1")) == found
    early = record(stop(CRS, *SEVERE, LOW, "full_dose_after_days = 6"), regimen=HONG_KONG)
    assert told("I801", early) == [f"unverified | {silent} (interruption 1)"]
    without = record(stop("technical", "premedicated = false", again="03-12T10:01"), regimen=HONG_KONG)
    assert told("I802", without) == [f"unverified | {silent} (interruption 1)"]
    assert told("I801", without) == told("I803", without) == []  # a physician decides
    event = record(stop(CRS, *SEVERE, again="03-12T10:01"), regimen=HONG_KONG)
    assert told("I806", event) == []  # the label speaks of it, in a part that nobody saw


# --- I802: premedication ----------------------------------------------------------------------------------------------


def unmedicated(held: str, whose: str = "", gross: bool = False, number: int = 0) -> str:
    message = f"the infusion was restarted after {held} without premedication{whose}"
    severity = "gross error" if gross else "error"
    advice = "give premedication before a restart after 4 hours or more"
    return f"{severity} at interruption.{number}.premedicated | {message} | {advice}"


@pytest.mark.parametrize(
    ("again", "line", "found"),
    [
        ("03-05T13:59", "premedicated = false", ""),
        ("03-05T14:00", "premedicated = false", unmedicated("4 h")),
        ("03-07T10:30", "premedicated = false", unmedicated("2 d 30 min")),
        ("03-05T14:00", "premedicated = true", ""),
        ("03-05T14:00", "", undecided("`premedicated` is not on record")),
        ("03-05T13:59", "", ""),
    ],
)
def test_premedication_is_given_again_after_four_hours(again: str, line: str, found: str) -> None:
    text = record(stop("technical", line, again=again))
    assert told("I802", text) == ([found] if found else [])
    assert limits("I802", text) == ([("premedication_again",)] if "error" in found else [])


def test_each_restart_without_premedication_is_told() -> None:
    parts = [technical(day, "premedicated = false") for day in (5, 8)]
    text = record(*parts)
    assert told("I802", text) == [unmedicated("4 h"), unmedicated("4 h", number=1)]


def test_after_an_adverse_event_premedication_is_given_again_as_after_any_stop() -> None:
    assert told("I802", record(stop(CRS, "grade = 2", SAME, "premedicated = false"))) == [unmedicated("2 d")]


def whose(group: str, years: int = 18, *, unverified: bool = True) -> str:
    age = f"{years} years or more (unverified)" if unverified else f"{years} years (changed from 18) or more"
    return f", which the regimen gives to {group} on this occasion; adults are those of {age}"


CONSOLIDATION = "consolidation-adult"
"""Of its patients children are premedicated before a restart, and adults are not."""


@pytest.mark.parametrize(
    ("patient", "found"),
    [
        ("born = 2020-01-01", unmedicated("4 h", whose("children"), gross=True)),
        ("age_years = 10", unmedicated("4 h", whose("children"), gross=True)),
        ("age_years = 43", ""),
        ("", undecided("`born` is not on record")),
    ],
)
def test_where_the_age_decides_it_is_said_as_whom_a_patient_is_premedicated(patient: str, found: str) -> None:
    """Of a child in every text the limit that nobody has seen makes no difference."""
    text = record(technical(5, "premedicated = false"), regimen=CONSOLIDATION, patient=patient)
    (line,) = told("I802", text) or [""]
    assert line.replace(" (that value, 18 years, is unverified; this is far beyond it)", "") == found
    rests_on = [("premedication_again", "adult_from")] if "error" in found else []
    assert limits("I802", text) == rests_on


def test_a_project_s_or_a_ward_s_own_age_decides_and_is_named() -> None:
    text = record(technical(5, "premedicated = false"), regimen=CONSOLIDATION, patient="age_years = 10")
    changes = (ChangedLimit("adult_from", Fraction(16), "blinplan.toml:2", "Ward 7"),)
    (by_project,) = told("I802", text, settings=DEFAULTS._replace(changes=changes))
    assert by_project == unmedicated("4 h", whose("children", 16, unverified=False))
    ward = site_in('site = 1\nname = "Ward 7"\nadult_from_years = 16\nbag = [{ hours = 24 }]')
    (by_ward,) = told("I802", text, site=ward)
    assert by_ward.startswith("error at interruption.0.premedicated | the infusion was restarted after 4 h without")
    assert "which the regimen gives to children on this occasion; adults are those of 16 years or more" in by_ward
    assert "unverified" not in by_ward
    assert limits("I802", text, site=ward) == [("premedication_again",)]


def test_a_child_in_every_text_is_younger_than_12_and_an_adult_21_years_or_older() -> None:
    """In cycle 1 of consolidation only children are premedicated again, and in cycle 2 of rr-adult only adults."""
    for born, found in (("2014-03-06", True), ("2014-03-05", False)):
        text = record(technical(5, "premedicated = false"), regimen=CONSOLIDATION, patient=f"born = {born}")
        (line,) = told("I802", text)
        assert line.startswith("gross error" if found else "unverified")
    for born, found in (("2005-04-20", True), ("2005-04-21", False)):
        restarted = stop("technical", "premedicated = false", at="04-20T10:00", again="04-20T14:00", cycle=2)
        text = record(restarted, regimen=ADULT, patient=f"born = {born}")
        (line,) = told("I802", text)
        assert line.startswith("gross error" if found else "unverified")
        assert "adults are those of 18 years or more (unverified)" in line


# --- I803: the cycle --------------------------------------------------------------------------------------------------


def counted(held: str, in_new: bool) -> str:
    went, right = ("a new cycle", "the same cycle, to 28 infusion days in all")
    if not in_new:
        went, right = ("the same cycle", "a new cycle")
    message = f"after an interruption of {held} the infusion went on in {went}"
    return f"error at interruption.0.restart_in | {message} | count it as {right}"


@pytest.mark.parametrize("cause", [CRS, NEURO, OTHER])
@pytest.mark.parametrize(
    ("again", "line", "found"),
    [
        ("03-12T10:00", SAME, ""),
        ("03-12T10:01", SAME, counted("7 d 1 min", in_new=False)),
        ("03-12T10:01", NEW, ""),
        ("03-12T10:00", NEW, counted("7 d", in_new=True)),
        ("03-12T10:00", "", undecided("`restart_in` is not on record")),
    ],
)
def test_after_an_adverse_event_seven_days_decide_the_cycle(cause: str, again: str, line: str, found: str) -> None:
    text = record(stop(cause, "grade = 2", "seizures = 0", MEDICATED, line, again=again))
    assert told("I803", text) == ([found] if found else [])
    assert limits("I803", text) == ([("same_cycle",)] if "error" in found else [])


@pytest.mark.parametrize("line", [SAME, NEW, ""])
@pytest.mark.parametrize("again", ["03-07T10:00", "03-17T10:00"])
def test_of_another_cause_the_label_says_nothing_of_the_cycle(line: str, again: str) -> None:
    for cause in ("technical", "surgery", "overdose"):
        assert told("I803", record(stop(cause, MEDICATED, line, again=again))) == []


# --- I804: does the record fit ----------------------------------------------------------------------------------------


def misfit(key: str, whom: str, wrong: str, figure: str, regimen: str = ADULT) -> str:
    advice = f"name the regimen that was given, or correct the {figure}"
    return f"error at {key} | {regimen} is for {whom}; {wrong} | {advice}"


DIFFER = (
    "body surface area is 1.4 m², and weight and height give ≈ 1.818 m² by Mosteller; they differ by more than 10 %"
)
ADULTS = "18 years and over"


@pytest.mark.parametrize(
    ("regimen", "patient", "found"),
    [
        (ADULT, "weight_kg = 45", ""),
        (ADULT, "weight_kg = 44", misfit("weight_kg", "45 kg and over", "the patient weighs 44 kg", "weight")),
        (
            *("d-alba", "age_years = 17"),
            misfit("age_years", ADULTS, "the patient is 17 years on 2026-03-02", "age", "d-alba"),
        ),
        (
            *("d-alba", "born = 2010-01-01"),
            misfit("born", ADULTS, "the patient is born 2010-01-01, 16 years on 2026-03-02", "age", "d-alba"),
        ),
        ("d-alba", "born = 2008-03-02", ""),
        (ADULT, "weight_kg = 70\nheight_cm = 170\nbsa_m2 = 1.4", f"error at bsa_m2 | {DIFFER} | correct the figures"),
        (CHILD, "weight_kg = 30", ""),
    ],
)
def test_a_record_is_of_a_patient_whom_its_regimen_is_for(regimen: str, patient: str, found: str) -> None:
    more = " of the patient" if "correct the figures" in found else ""
    assert told("I804", record(regimen=regimen, patient=patient)) == ([found + more] if found else [])


@pytest.mark.parametrize("code", ["I801", "I802", "I803", "I805", "I806"])
def test_what_cannot_be_right_is_not_judged(code: str) -> None:
    restarted = stop("technical", MEDICATED, again="03-12T10:01")
    two_areas = "weight_kg = 70\nheight_cm = 170\nbsa_m2 = 1.4"
    assert told(code, record(restarted, patient=two_areas)) == [f"undecided | {DIFFER}"]
    in_interval = stop("technical", at="04-01T10:00", again="04-02T10:00")
    assert told(code, record(in_interval)) == DOES_NOT_FIT
    assert told(code, record(stop("technical", again=""))) == ["not applicable | the record has no restart"]


# --- I805: a slip of the dose -----------------------------------------------------------------------------------------


def another(stopped: str, given: str) -> str:
    message = f"the infusion was stopped at {stopped} and restarted at {given}"
    return f"error at interruption.0.restart_dose | {message} | correct the record, or {LOOK}"


LONG = "03-12T10:01"


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (stop("technical", MEDICATED, LOW), ""),
        (stop("technical", MEDICATED, FULL), another("9 mcg/day", "28 mcg/day")),
        (stop("technical", MEDICATED), ""),
        (stop("overdose", MEDICATED, 'restart_dose = "8.9 mcg/day"'), another("9 mcg/day", "8.9 mcg/day")),
        (stop(CRS, "grade = 2", MEDICATED, SAME, FULL), another("9 mcg/day", "28 mcg/day")),
        (stop(CRS, *SEVERE, FULL), ""),  # I801 says it
        (stop(CRS, MEDICATED, SAME, 'restart_dose = "5 mcg/day"'), ""),  # the grade would decide
        (stop(CRS, "grade = 4", GONE, MEDICATED, SAME, FULL), ""),  # nothing is to be given
        # After a long stop somebody decides: for a dose of the regimen, or the label's of a restart.
        (stop("surgery", MEDICATED, SAME, FULL, again=LONG), ""),
        (stop("surgery", MEDICATED, SAME, LOW, again=LONG), ""),
        (
            stop("surgery", MEDICATED, SAME, 'restart_dose = "12 mcg/day"', again=LONG),
            another("9 mcg/day", "12 mcg/day"),
        ),
        (stop("surgery", MEDICATED, SAME, FULL, again="03-12T10:00"), another("9 mcg/day", "28 mcg/day")),
    ],
)
def test_a_restart_is_at_the_dose_that_was_stopped_but_where_somebody_decides(one: str, found: str) -> None:
    text = record(one)
    assert told("I805", text) == ([found] if found else [])
    assert limits("I805", text) == ([()] if found else [])


@pytest.mark.parametrize(
    ("regimen", "dose", "found"),
    [
        ("mrd-adult", "28 mcg/day", False),
        ("mrd-adult", "9 mcg/day", False),
        ("mrd-adult", "10 mcg/day", True),
        ("mrd-below-45-kg", "15 mcg/m2/day", False),
        ("mrd-below-45-kg", "5 mcg/m2/day", False),
        ("mrd-below-45-kg", "9 mcg/m2/day", True),
    ],
)
def test_after_a_long_stop_the_label_s_dose_of_a_restart_may_be_chosen(regimen: str, dose: str, found: bool) -> None:
    """In MRD no step of the regimen has it."""
    one = stop("surgery", MEDICATED, SAME, f'restart_dose = "{dose}"', again=LONG)
    patient = "bsa_m2 = 1" if "below" in regimen else ""
    assert bool(told("I805", record(one, regimen=regimen, patient=patient))) is found


def test_by_a_label_without_a_dose_of_a_restart_those_of_the_regimen_may_be_chosen() -> None:
    for dose, found in ((LOW, []), (FULL, []), ('restart_dose = "12 mcg/day"', [another("9 mcg/day", "12 mcg/day")])):
        text = record(stop("surgery", MEDICATED, SAME, dose, again=LONG), regimen=HONG_KONG)
        assert told("I805", text) == found


def test_a_stop_that_goes_on_hides_no_slip_before_it() -> None:
    parts = technical(5, MEDICATED, FULL), stop("technical", at="03-20T10:00", again="")
    assert told("I805", record(*parts)) == [another("9 mcg/day", "28 mcg/day")]


def test_only_the_interruption_with_the_slip_is_told() -> None:
    parts = technical(5, MEDICATED, LOW), technical(20, MEDICATED, LOW)
    (found,) = told("I805", record(*parts))
    assert found == another("28 mcg/day", "9 mcg/day").replace("interruption.0", "interruption.1")


# --- I806: a long stop ------------------------------------------------------------------------------------------------


def decide(held: str, *keys: str) -> str:
    message = (
        f"the infusion was restarted after {held}, of which the label says nothing for such a cause, and it is not"
    )
    advice = f"have the treating physician decide how it goes on, and add {' and '.join(f'`{key}`' for key in keys)}"
    return f"error at interruption.0.restarted | {message} on record what was decided | {advice}"


HELD = "7 d 1 min"


@pytest.mark.parametrize("cause", ["technical", "surgery", "overdose"])
@pytest.mark.parametrize(
    ("lines", "again", "found"),
    [
        ((), "03-12T10:00", ""),
        ((), LONG, decide(HELD, "restart_dose", "restart_in")),
        ((LOW,), LONG, decide(HELD, "restart_in")),
        ((FULL,), LONG, decide(HELD, "restart_in")),
        ((SAME,), LONG, decide(HELD, "restart_dose")),
        ((LOW, SAME), LONG, decide(HELD, "full_dose_after_days")),
        ((LOW, SAME, "full_dose_after_days = 6"), LONG, ""),
        ((FULL, SAME), LONG, ""),
        ((LOW, NEW), LONG, ""),
    ],
)
def test_a_long_stop_of_which_the_label_says_nothing_is_decided_on(
    cause: str, lines: tuple[str, ...], again: str, found: str
) -> None:
    text = record(stop(cause, MEDICATED, *lines, again=again))
    assert told("I806", text) == ([found] if found else [])
    assert limits("I806", text) == ([("same_cycle",)] if found else [])
    assert told("I801", text) == []  # of what nobody but a physician decides


def test_whatever_a_label_says_of_other_causes_a_long_stop_is_decided_on() -> None:
    text = record(stop("technical", "premedicated = false", again=LONG), regimen=HONG_KONG)
    assert told("I806", text) == [decide(HELD, "restart_dose", "restart_in")]


def test_after_an_adverse_event_the_label_has_said_it() -> None:
    assert told("I806", record(stop(CRS, "grade = 2", MEDICATED, again=LONG))) == []


def test_a_record_is_followed_twice_whatever_its_rules_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for what is decided, and once for what was given: a folder of records waits for each time more."""
    followed: list[Walk] = []

    def follow(walk: Walk) -> tuple[Period, ...]:
        followed.append(walk)
        return to_its_end(walk)

    to_its_end = Walk.to_its_end
    monkeypatch.setattr(Walk, "to_its_end", follow)
    begun = "[[cycle_start]]\ncycle = 2\nstarted = 2026-04-15T10:00:00Z\n"
    hung = bag("03-02T10:00", "03-03T10:00")
    grown = measured("04-10", "weight_kg = 71")
    figures = "weight_kg = 70\nheight_cm = 170\nborn = 1980-01-01"
    codes(judgement_of(record(stop(CRS, *SEVERE), begun, hung, grown, patient=figures)))
    assert len(followed) == 2
