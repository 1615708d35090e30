"""What the label asks after an interruption, event by event."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from blinplan.course.happened.interruption import Circumstances, Decision, Topic, decisions
from blinplan.label.read import DEFAULT, label_named
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen import library
from blinplan.regimen.record.record import Cause, Interruption
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import AgeGroup

LABEL = label_named(DEFAULT).numbers
START = datetime(2026, 3, 5, 10, tzinfo=UTC)
DAY, HOUR = 24 * 60, 60


def regimen(name: str) -> Regimen:
    return library.regimen(name)


def interruption(cause: str, minutes: int | None = 2 * DAY, **more: Any) -> Interruption:
    fields: dict[str, Any] = {
        "cycle": 1,
        "grade": None,
        "seizures": None,
        "resolved": None,
        "restart_dose": None,
        "premedicated": None,
        "new_cycle": None,
        **more,
    }
    restarted = None if minutes is None else START + timedelta(minutes=minutes)
    return Interruption(stopped=START, restarted=restarted, cause=Cause(cause), path=("interruption", 0), **fields)


FULL, LOW = DoseRate(Fraction(28), Basis.FLAT), DoseRate(Fraction(9), Basis.FLAT)


ADULT, CHILD, EITHER = frozenset({AgeGroup.ADULTS}), frozenset({AgeGroup.CHILDREN}), frozenset(AgeGroup)


def asked(
    one: Interruption, name: str = "rr-adult", dose: DoseRate | None = FULL, groups: frozenset[AgeGroup] = ADULT
) -> dict[Topic, Decision]:
    circumstances = Circumstances(dose, groups=groups)
    return {decision.question: decision for decision in decisions(one, regimen(name), circumstances)}


CRS, NEURO, OTHER = "cytokine-release-syndrome", "neurological", "other-adverse-event"


@pytest.mark.parametrize(
    ("one", "stops"),
    [
        (interruption(CRS, grade=3), False),
        (interruption(CRS, grade=4), True),
        (interruption(CRS, grade=3, seizures=1), False),
        (interruption(NEURO, grade=3, seizures=1), False),
        (interruption(NEURO, grade=3, seizures=2), True),
        (interruption(NEURO, grade=3, resolved=START + timedelta(days=7)), False),
        (interruption(NEURO, grade=3, resolved=START + timedelta(days=7, minutes=1)), True),
        (interruption(NEURO, grade=2, resolved=START + timedelta(days=20)), False),
        (interruption(NEURO, grade=4), True),
        (interruption(OTHER, grade=3, resolved=START + timedelta(days=14)), False),
        (interruption(OTHER, grade=3, resolved=START + timedelta(days=14, minutes=1)), True),
        (interruption(OTHER, grade=2, resolved=START + timedelta(days=20)), False),
        (interruption(OTHER, grade=4), False),
        (interruption(OTHER, grade=5), True),
        (interruption("technical"), False),
        (interruption("overdose"), False),
    ],
)
def test_what_stops_the_drug_for_good(one: Interruption, stops: bool) -> None:
    found = decisions(one, regimen("rr-adult"), Circumstances(FULL))
    assert any(decision.stop for decision in found) is stops
    if stops:
        severe_release = one.cause is Cause.CYTOKINE_RELEASE  # it is treated as one of grade 3 is
        assert [d.question for d in found] == [
            Topic.CONTINUE,
            *([Topic.TREATMENT] if severe_release else []),
        ]
        assert LABEL[found[0].limits[0]].says


@pytest.mark.parametrize(
    ("name", "dose"),
    [
        ("rr-adult", DoseRate(Fraction(9), Basis.FLAT)),
        ("rr-below-45-kg", DoseRate(Fraction(5), Basis.BSA)),
    ],
)
@pytest.mark.parametrize("cause", [CRS, NEURO, OTHER])
def test_after_grade_3_the_restart_is_low_and_the_full_dose_7_days_later(name: str, dose: DoseRate, cause: str) -> None:
    found = asked(interruption(cause, grade=3), name)
    assert found[Topic.DOSE].dose == dose
    assert found[Topic.ESCALATION].after == 7 * DAY
    for grade in (1, 2, None):
        assert Topic.DOSE not in asked(interruption(cause, grade=grade), name)


@pytest.mark.parametrize(
    ("cause", "grade", "dose", "stops"),
    [
        (NEURO, 3, LOW, True),
        (NEURO, 3, DoseRate(Fraction("9.01"), Basis.FLAT), False),
        (NEURO, 2, LOW, False),
        (NEURO, 3, None, False),
        (CRS, 3, LOW, False),
        (OTHER, 3, LOW, False),
    ],
)
def test_a_severe_neurological_event_at_the_low_dose_stops_the_drug(
    cause: str, grade: int, dose: DoseRate | None, stops: bool
) -> None:
    found = decisions(interruption(cause, grade=grade), regimen("rr-adult"), Circumstances(dose))
    assert any(decision.stop for decision in found) is stops
    if stops:
        assert LABEL[found[0].limits[0]].status == "seen"


@pytest.mark.parametrize(("amount", "doubted"), [(5, True), (15, False)])
def test_whether_it_does_at_the_low_dose_by_area_nobody_has_seen(amount: int, doubted: bool) -> None:
    dose = DoseRate(Fraction(amount), Basis.BSA)
    found = asked(interruption(NEURO, grade=3, seizures=0), "rr-below-45-kg", dose)
    assert (Topic.CONTINUE in found) is doubted  # the interruption lasted 2 days, within which it was resolved
    if doubted:
        assert not found[Topic.CONTINUE].evaluated
        assert not found[Topic.CONTINUE].stop
        assert "not evaluated" in found[Topic.CONTINUE].answer
        assert LABEL[found[Topic.CONTINUE].limits[0]].status == "unverified"


def test_after_another_grade_4_event_stopping_is_to_be_considered() -> None:
    found = asked(interruption(OTHER, grade=4))
    assert found[Topic.CONTINUE].evaluated
    assert "considered" in found[Topic.CONTINUE].answer
    assert Topic.CONTINUE not in asked(interruption(OTHER, grade=3))


def test_a_severe_event_holds_the_infusion_until_it_is_gone() -> None:
    gone = START + timedelta(hours=80)
    for cause, least in ((CRS, 0), (OTHER, 3 * DAY)):
        assert asked(interruption(cause, grade=3, resolved=gone))[Topic.WAIT].wait == 80 * HOUR
        assert asked(interruption(cause, grade=3))[Topic.WAIT].wait == least
        assert Topic.WAIT not in asked(interruption(cause, grade=2))


def test_severe_cytokine_release_is_treated_as_the_label_says() -> None:
    assert "dexamethasone 8 mg every 8 hours" in asked(interruption(CRS, grade=3))[Topic.TREATMENT].answer
    assert Topic.TREATMENT not in asked(interruption(CRS, grade=2))
    assert Topic.TREATMENT not in asked(interruption(OTHER, grade=3))


@pytest.mark.parametrize(
    ("one", "missing"),
    [
        (interruption(CRS), "grade"),
        (interruption(OTHER), "grade"),
        (interruption(NEURO, grade=3, minutes=7 * DAY, seizures=0), None),
        (interruption(NEURO, grade=3, minutes=7 * DAY + 1, seizures=0), "resolved"),
        (interruption(OTHER, grade=3, minutes=14 * DAY), None),
        (interruption(OTHER, grade=3, minutes=14 * DAY + 1), "resolved"),
        (interruption("technical"), None),
    ],
)
def test_what_a_record_lacks_is_not_taken_for_harmless(one: Interruption, missing: str | None) -> None:
    lacking = [decision for decision in decisions(one, regimen("rr-adult"), Circumstances(FULL)) if decision.missing]
    assert [decision.missing for decision in lacking] == ([missing] if missing else [])
    assert all(not decision.evaluated and "not evaluated" in decision.answer for decision in lacking)


@pytest.mark.parametrize(
    ("name", "weight", "dose"),
    [
        ("rr-adult", None, "dexamethasone 8 mg every"),
        ("rr-below-45-kg", None, "dexamethasone 5 mg/m², max 8 mg, every"),
        ("nhl-15", "44.9", "dexamethasone 5 mg/m², max 8 mg, every"),
        ("nhl-15", "45", "dexamethasone 8 mg every"),
        ("nhl-15", None, "dexamethasone 8 mg, or below 45 kg 5 mg/m², max 8 mg, every"),
    ],
)
@pytest.mark.parametrize("grade", [3, 4])
def test_a_severe_release_is_treated_by_weight(name: str, weight: str | None, dose: str, grade: int) -> None:
    found = Circumstances(FULL, None if weight is None else Fraction(weight))
    asked = {one.question: one for one in decisions(interruption(CRS, grade=grade), regimen(name), found)}
    assert asked[Topic.TREATMENT].answer.startswith(dose)


@pytest.mark.parametrize("cause", [CRS, NEURO, OTHER])
def test_of_a_patient_who_died_nothing_is_asked(cause: str) -> None:
    (only,) = decisions(interruption(cause, None, grade=5), regimen("rr-adult"), Circumstances(FULL))
    assert only.stop
    assert LABEL[only.limits[0]].status == "unverified"  # the label does not say what a grade is


def test_seizures_that_nobody_counted_are_told_of() -> None:
    assert "seizure" in asked(interruption(NEURO, grade=3))[Topic.CONTINUE].answer
    assert Topic.CONTINUE not in asked(interruption(NEURO, grade=3, seizures=1))


@pytest.mark.parametrize(
    ("name", "weight", "dose"),
    [
        ("rr-adult", None, "9 mcg/day"),
        ("rr-below-45-kg", None, "5 mcg/m²/day"),
        ("mt103-203", "70", "9 mcg/day"),  # by area in the trial, and the label's dose is by weight
        ("mt103-203", "44.9", "5 mcg/m²/day"),
        ("mt103-203", "45", "9 mcg/day"),
        ("mt103-203", None, None),
    ],
)
def test_the_dose_of_a_restart_is_that_of_the_weight(name: str, weight: str | None, dose: str | None) -> None:
    found = Circumstances(FULL, None if weight is None else Fraction(weight))
    one = interruption(CRS, grade=3)
    (answer,) = [d for d in decisions(one, regimen(name), found) if d.question is Topic.DOSE]
    assert (None if answer.dose is None else str(answer.dose)) == dose
    assert answer.missing == (None if dose else "weight_kg")


def test_a_cycle_of_another_length_goes_on_to_its_own() -> None:
    found = {
        d.question: d for d in decisions(interruption(CRS), regimen("nhl-15"), Circumstances(FULL, None, 20 * DAY))
    }
    assert "to its 20 d of infusion" in found[Topic.CYCLE].answer
    assert "28 infusion days" in asked(interruption(CRS, grade=2))[Topic.CYCLE].answer


@pytest.mark.parametrize(("minutes", "supervised"), [(4 * HOUR - 1, False), (4 * HOUR, True)])
def test_a_restart_after_four_hours_is_supervised(minutes: int, supervised: bool) -> None:
    assert (Topic.SUPERVISION in asked(interruption("technical", minutes))) is supervised


def test_a_neurological_event_is_held_three_days_and_until_it_is_gone() -> None:
    assert asked(interruption(NEURO, grade=3))[Topic.WAIT].wait == 3 * DAY
    gone = START + timedelta(days=5)
    assert asked(interruption(NEURO, grade=3, resolved=gone))[Topic.WAIT].wait == 5 * DAY
    early = START + timedelta(days=1)
    assert asked(interruption(NEURO, grade=3, resolved=early))[Topic.WAIT].wait == 3 * DAY


def test_after_an_overdose_the_right_dose_comes_12_hours_later() -> None:
    found = asked(interruption("overdose"))
    assert found[Topic.WAIT].wait == 12 * HOUR
    later = asked(interruption("overdose", resolved=START + timedelta(hours=40)))
    assert later[Topic.WAIT].wait == 40 * HOUR
    assert Topic.DOSE not in found


@pytest.mark.parametrize(("minutes", "again"), [(4 * HOUR - 1, False), (4 * HOUR, True), (5 * DAY, True)])
def test_premedication_is_given_again_after_four_hours(minutes: int, again: bool) -> None:
    assert asked(interruption("technical", minutes))[Topic.PREMEDICATION].yes is again
    assert asked(interruption("technical", minutes, new_cycle=True))[Topic.PREMEDICATION].yes is True


@pytest.mark.parametrize("name", ["rr-adult", "rr-below-45-kg"])
def test_in_relapse_adults_are_premedicated_before_every_restart_and_children_in_cycle_1(name: str) -> None:
    for cycle in (1, 2):
        assert asked(interruption(CRS, cycle=cycle), name)[Topic.PREMEDICATION].yes is True
    assert asked(interruption(CRS, cycle=1), name, groups=CHILD)[Topic.PREMEDICATION].yes is True
    assert Topic.PREMEDICATION not in asked(interruption(CRS, cycle=2), name, groups=CHILD)


@pytest.mark.parametrize("name", ["mrd-adult", "mrd-below-45-kg", "consolidation-adult", "consolidation-below-45-kg"])
def test_elsewhere_children_are_premedicated_before_a_restart_in_cycle_1_and_adults_are_not(name: str) -> None:
    assert Topic.PREMEDICATION not in asked(interruption(CRS, cycle=1), name)
    assert asked(interruption(CRS, cycle=1), name, groups=CHILD)[Topic.PREMEDICATION].yes is True
    assert Topic.PREMEDICATION not in asked(interruption(CRS, cycle=2), name, groups=CHILD)
    new = interruption(CRS, 9 * DAY, cycle=2, new_cycle=True)
    assert asked(new, name)[Topic.PREMEDICATION].yes is True


def test_whether_a_restart_is_premedicated_is_not_known_where_the_age_decides_it() -> None:
    alike = asked(interruption(CRS, cycle=1), groups=EITHER)[Topic.PREMEDICATION]
    assert (alike.yes, alike.evaluated) == (True, True)
    unknown = asked(interruption(CRS, cycle=2), groups=EITHER)[Topic.PREMEDICATION]
    assert (unknown.yes, unknown.evaluated, unknown.missing) == (None, False, "born")
    assert "to adults only, and the patient's age is not known" in unknown.answer
    assert (
        "to children only" in asked(interruption(CRS, cycle=1), "mrd-adult", groups=EITHER)[Topic.PREMEDICATION].answer
    )
    short = asked(interruption(CRS, 3 * HOUR, cycle=2), groups=EITHER)[Topic.PREMEDICATION]
    assert (short.yes, short.evaluated) == (False, True)


@pytest.mark.parametrize(("minutes", "new"), [(HOUR, False), (7 * DAY, False), (7 * DAY + 1, True)])
@pytest.mark.parametrize("cause", [CRS, NEURO, OTHER])
def test_after_more_than_seven_days_a_new_cycle_begins(minutes: int, new: bool, cause: str) -> None:
    assert asked(interruption(cause, minutes))[Topic.CYCLE].yes is new


SILENT = ("technical", "surgery", "patient-wish", "logistics", "overdose")


@pytest.mark.parametrize("cause", SILENT)
def test_of_a_long_stop_for_another_cause_somebody_has_to_decide(cause: str) -> None:
    assert {Topic.CYCLE, Topic.ESCALATION} & set(asked(interruption(cause, 7 * DAY))) == set()
    found = asked(interruption(cause, 7 * DAY + 1))
    for question in (Topic.DOSE, Topic.CYCLE):
        assert not found[question].evaluated
        assert found[question].unstated
        assert "the physician decides" in found[question].answer
        assert found[question].limits == ("same_cycle",)
    assert (
        "7 days in the same cycle are for adverse events, and are taken here as a convention"
        in found[Topic.DOSE].answer
    )
    while_it_lasts = asked(interruption(cause, None))[Topic.CYCLE]
    assert "up to 7 days; after more it is to be decided" in while_it_lasts.answer


def test_where_a_label_has_no_number_of_its_own_every_such_stop_is_to_be_decided() -> None:
    hk = replace(regimen("rr-adult"), label="hk-2026")
    found = {one.question: one for one in decisions(interruption("technical", HOUR), hk, Circumstances(FULL))}
    assert found[Topic.CYCLE].unstated
    assert "convention" not in found[Topic.DOSE].answer
    (lasts,) = (
        one
        for one in decisions(interruption("technical", None), hk, Circumstances(FULL))
        if one.question is Topic.CYCLE
    )
    assert lasts.answer == "not evaluated: the label says nothing of a stop for a technical reason"


def test_while_it_lasts_the_answers_are_on_condition() -> None:
    found = asked(interruption(NEURO, None, grade=3, seizures=0))
    assert found[Topic.CONTINUE].answer == "only if the event is at grade 1 within 7 days"
    assert found[Topic.PREMEDICATION].answer == "yes, if it lasts 4 hours or more"
    assert found[Topic.SUPERVISION].answer == "yes, if it lasts 4 hours or more"
    assert found[Topic.CYCLE].answer == "the same cycle up to 7 days, a new one after that"
    assert {found[one].yes for one in (Topic.PREMEDICATION, Topic.SUPERVISION, Topic.CYCLE)} == {None}
    assert not any(decision.stop for decision in found.values())


def test_every_decision_names_what_the_label_says() -> None:
    for cause in Cause:
        for grade in (None, 1, 2, 3, 4):
            for decision in decisions(
                interruption(cause, 9 * DAY, grade=grade), regimen("rr-adult"), Circumstances(FULL)
            ):
                assert decision.limits
                assert all(LABEL[name].source and LABEL[name].status for name in decision.limits)
    assert {LABEL[name].status for name in ("stop_grade", "stop_grade_neurological")} == {"seen"}


@pytest.mark.parametrize("grade", [1, 2, 3, 4])
@pytest.mark.parametrize("cause", [CRS, NEURO, OTHER, "technical"])
def test_stopping_for_good_is_to_be_considered_after_another_event_of_grade_4_alone(cause: str, grade: int) -> None:
    told = [one.answer for one in decisions(interruption(cause, grade=grade), regimen("rr-adult"), Circumstances(FULL))]
    considered = [answer for answer in told if "is to be considered" in answer]
    assert len(considered) == (cause == OTHER and grade == 4)
