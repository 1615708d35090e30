"""Whole answers of the label to an interruption, word by word, with the numbers that they rest on.

US prescribing information: severe events are held until resolved or three days, restarted at 9 mcg/day for seven days;
grade 4 of cytokine release or of a neurological event, two seizures, and what takes more than 7 or 14 days to resolve
stop the drug; dexamethasone and supervision again from four hours on; the same cycle up to seven days.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from blinplan.course.happened.interruption import (
    Circumstances,
    Decision,
    Topic,
    decisions,
    premedication_goes_by_age,
)
from blinplan.label.read import label_named
from blinplan.limits import Limits, StatedLimits
from blinplan.quantities import Basis, DoseRate, duration_text
from blinplan.regimen.record.record import Cause, Interruption
from blinplan.regimen.regimen import Eligibility
from blinplan.regimen.vocabulary import AgeGroup, Indication, Occasion
from tests.course.regimens import DAY, HOUR, shipped

START = datetime(2026, 3, 5, 10, tzinfo=UTC)
LOW, FULL = DoseRate(Fraction(9), Basis.FLAT), DoseRate(Fraction(28), Basis.FLAT)
RELEASE, NEURO, OTHER = Cause.CYTOKINE_RELEASE, Cause.NEUROLOGICAL, Cause.OTHER_EVENT

TREATMENT = Decision(
    Topic.TREATMENT,
    "dexamethasone 8 mg every 8 hours for up to 3 days, then taper over 4",
    ("cytokine_release_dexamethasone",),
)
RESTART = (
    Decision(Topic.DOSE, "9 mcg/day", ("restart_flat",), dose=LOW),
    Decision(Topic.ESCALATION, "after 7 days without recurrence", ("escalation_after_restart",), after=7 * DAY),
)
LASTING = (
    Decision(Topic.PREMEDICATION, "yes, if it lasts 4 hours or more", ("premedication_again",)),
    Decision(Topic.SUPERVISION, "yes, if it lasts 4 hours or more", ("supervision_again",)),
)
GRADE_UNKNOWN = Decision(
    Topic.CONTINUE,
    "not evaluated: whether it may be restarted, and at which dose, depends on the grade, and the record does not say"
    " `grade`",
    ("restart_flat", "restart_by_area", "stop_grade"),
    evaluated=False,
    missing="grade",
)
SEIZURES_UNKNOWN = Decision(
    Topic.CONTINUE,
    "not evaluated: more than one seizure stops the drug for good, and their number is not on record",
    ("seizures",),
    evaluated=False,
)
CONSIDER = Decision(Topic.CONTINUE, "stopping for good is to be considered", ("consider_stop_grade",))
LIVER = Decision(
    Topic.CONTINUE,
    "not while transaminases are above 5 times the upper limit of normal, or bilirubin above 3 times",
    ("liver_transaminases", "liver_bilirubin"),
)
SILENT = (
    "the label says nothing of a stop for {} (its 7 days in the same cycle are for adverse events, and are taken"
    " here as a convention)"
)
ASKED = "not evaluated: the physician decides, and the record says it with"


def again(minutes: int) -> tuple[Decision, ...]:
    """Premedication and supervision after so long a stop."""
    lasted, yes = duration_text(minutes), minutes >= 4 * HOUR
    answer = f"{'yes' if yes else 'no'}: it lasted {lasted}, and 4 hours or more ask for it"
    premedication = Decision(Topic.PREMEDICATION, answer, ("premedication_again",), yes=yes)
    watched = "yes: in hospital, or by a health professional"
    supervision = Decision(Topic.SUPERVISION, watched, ("supervision_again",), yes=True)
    return (premedication, supervision) if yes else (premedication,)


def cycle(minutes: int) -> tuple[Decision, ...]:
    new = minutes > 7 * DAY
    which = "a new cycle" if new else "the same cycle, to 28 infusion days"
    return (Decision(Topic.CYCLE, f"{which}: it lasted {duration_text(minutes)}", ("same_cycle",), yes=new),)


def hold(name: str, wait: int) -> Decision:
    return Decision(Topic.WAIT, "at least 3 days, and until grade 1", (name,), wait=wait)


def stop(name: str, answer: str = "the drug is stopped for good") -> Decision:
    return Decision(Topic.CONTINUE, answer, (name,), stop=True)


def slow(days: int, name: str) -> Decision:
    why = f"an event that takes more than {days} days to resolve stops the drug for good"
    answer = f"not evaluated: {why}, and the record does not say `resolved`"
    return Decision(Topic.CONTINUE, answer, (name,), evaluated=False, missing="resolved")


def until_resolved(minutes: int = 0) -> Decision:
    return Decision(Topic.WAIT, "until it is resolved", ("cytokine_release_hold",), wait=minutes)


def answers(cause: Cause, minutes: int | None, grade: int | None = None, **more: Any) -> list[Decision]:
    known = {name: more.pop(name) for name in ("dose", "recurs", "seizures_before", "restarts_full") if name in more}
    lasted = more.pop("resolved", None)
    fields: dict[str, Any] = {"seizures": None, "restart_dose": None, "premedicated": None, "new_cycle": None, **more}
    one = Interruption(
        stopped=START,
        restarted=None if minutes is None else START + timedelta(minutes=minutes),
        cause=cause,
        cycle=1,
        grade=grade,
        resolved=None if lasted is None else START + timedelta(minutes=lasted),
        path=("interruption", 0),
        **fields,
    )
    circumstances = Circumstances(
        known.get("dose", FULL),
        seizures=known.get("seizures_before", 0),
        recurs=known.get("recurs", False),
        groups=frozenset({AgeGroup.ADULTS}),
        restarts_full=known.get("restarts_full", False),
    )
    return list(decisions(one, shipped("rr-adult"), circumstances))


@pytest.mark.parametrize("minutes", [HOUR, 4 * HOUR - 1, 4 * HOUR, 2 * DAY, 7 * DAY, 7 * DAY + 1])
def test_a_mild_event_asks_for_no_other_dose(minutes: int) -> None:
    mild = [*again(minutes), *cycle(minutes)]
    for cause in (RELEASE, OTHER):
        for grade in (1, 2):
            assert answers(cause, minutes, grade) == mild
    assert answers(NEURO, minutes, 2, seizures=0) == mild
    assert answers(NEURO, minutes, 2) == [SEIZURES_UNKNOWN, *mild]
    assert answers(RELEASE, minutes) == [GRADE_UNKNOWN, *mild]


def test_a_severe_release_is_treated_and_restarted_low() -> None:
    severe = [TREATMENT, until_resolved(), *RESTART]
    assert answers(RELEASE, 2 * DAY, 3) == [*severe, *again(2 * DAY), *cycle(2 * DAY)]
    up_to = Decision(Topic.CYCLE, "the same cycle up to 7 days, a new one after that", ("same_cycle",))
    assert answers(RELEASE, None, 3) == [*severe, *LASTING, up_to]
    slowly = answers(RELEASE, 30 * DAY, 3, resolved=29 * DAY)
    assert slowly == [TREATMENT, until_resolved(29 * DAY), *RESTART, *again(30 * DAY), *cycle(30 * DAY)]
    assert answers(RELEASE, 2 * DAY, 4) == [stop("stop_grade"), TREATMENT]
    death = stop("death", "nothing is given any more: grade 5 is death")
    assert answers(RELEASE, 2 * DAY, 5) == answers(OTHER, None, 5) == [death]


def test_a_severe_neurological_event_is_held_and_may_take_a_week() -> None:
    rest = [hold("neurological_hold", 3 * DAY), *RESTART]
    assert answers(NEURO, 2 * DAY, 3, seizures=1) == [*rest, *again(2 * DAY), *cycle(2 * DAY)]
    week = 7 * DAY
    assert answers(NEURO, week, 3, seizures=1) == [*rest, *again(week), *cycle(week)]
    longer = [slow(7, "neurological_resolution"), *rest, *again(week + 1), *cycle(week + 1)]
    assert answers(NEURO, week + 1, 3, seizures=1) == longer
    assert answers(NEURO, week + 1, 3, seizures=1, resolved=week) == [
        hold("neurological_hold", week),
        *RESTART,
        *again(week + 1),
        *cycle(week + 1),
    ]
    assert answers(NEURO, 9 * DAY, 3, seizures=1, resolved=week + 1) == [stop("neurological_resolution")]
    assert answers(NEURO, 2 * DAY, 4, seizures=0) == [stop("stop_grade_neurological")]
    assert answers(NEURO, 2 * DAY, 3, seizures=0, dose=LOW) == [stop("neurological_low_dose")]


def test_two_seizures_stop_the_drug_in_one_event_or_in_two() -> None:
    assert answers(NEURO, HOUR, 1, seizures=2) == [stop("seizures")]
    assert answers(NEURO, HOUR, 1, seizures=1, seizures_before=1) == [stop("seizures")]
    assert answers(NEURO, HOUR, 1, seizures=0, seizures_before=1) == [*again(HOUR), *cycle(HOUR)]
    assert answers(NEURO, HOUR, 1, seizures=1) == [*again(HOUR), *cycle(HOUR)]


def test_another_severe_event_may_take_two_weeks() -> None:
    fortnight = 14 * DAY
    rest = [hold("other_hold", 3 * DAY), *RESTART]
    assert answers(OTHER, fortnight, 3) == [*rest, *again(fortnight), *cycle(fortnight)]
    longer = [*again(fortnight + 1), *cycle(fortnight + 1)]
    assert answers(OTHER, fortnight + 1, 3) == [slow(14, "other_resolution"), *rest, *longer]
    assert answers(OTHER, fortnight + 1, 3, resolved=fortnight) == [hold("other_hold", fortnight), *RESTART, *longer]
    assert answers(OTHER, fortnight + 1, 3, resolved=fortnight + 1) == [stop("other_resolution")]
    assert answers(OTHER, 2 * DAY, 4) == [CONSIDER, *rest, *again(2 * DAY), *cycle(2 * DAY)]
    assert answers(Cause.LIVER, 2 * DAY, 3) == [LIVER, *rest, *again(2 * DAY), *cycle(2 * DAY)]
    within = Decision(Topic.CONTINUE, "only if the event is at grade 1 within 14 days", ("other_resolution",))
    assert answers(OTHER, None, 3)[0] == within


def test_an_event_that_comes_back_at_the_low_dose_keeps_it() -> None:
    found = answers(RELEASE, 2 * DAY, 2, dose=LOW, recurs=True)
    limits = ("escalation_after_restart",)
    counted = (
        "after 7 days without recurrence, counted again from this restart (how they count, the label does not say)"
    )
    assert found == [
        Decision(Topic.DOSE, "9 mcg/day, as before: the event came back", limits, dose=LOW),
        Decision(Topic.ESCALATION, counted, limits, after=7 * DAY),
        *again(2 * DAY),
        *cycle(2 * DAY),
    ]
    assert answers(RELEASE, 2 * DAY, 2, dose=None, recurs=True) == [*again(2 * DAY), *cycle(2 * DAY)]
    severe = [TREATMENT, until_resolved(), *RESTART, *again(2 * DAY), *cycle(2 * DAY)]
    assert answers(RELEASE, 2 * DAY, 3, dose=LOW, recurs=True) == severe


def test_what_a_label_does_not_say_is_open_question_by_question() -> None:
    unsaid = "not evaluated: the label, as far as it was seen, does not say; ask the site"
    silent = replace(shipped("rr-adult"), label="hk-2026")
    stopped = Interruption(
        START, START + timedelta(days=2), NEURO, 1, 3, 0, None, None, None, None, ("interruption", 0)
    )
    found = decisions(stopped, silent, Circumstances(FULL, groups=frozenset({AgeGroup.ADULTS})))
    topics = [topic for topic in Topic if topic is not Topic.TREATMENT]
    assert list(found) == [Decision(topic, unsaid, (), evaluated=False, unstated=True) for topic in topics]


def test_whose_age_decides_about_premedication_is_asked_for_it() -> None:
    either = Circumstances(FULL, groups=frozenset(AgeGroup))
    stopped = Interruption(START, START + timedelta(days=2), RELEASE, 2, 2, None, None, None, None, None, ("x",))
    found = next(one for one in decisions(stopped, shipped("rr-adult"), either) if one.question is Topic.PREMEDICATION)
    answer = "not evaluated: the regimen gives it to adults only, and the patient's age is not known"
    limits = ("premedication_again", "adult_from")
    assert found == Decision(Topic.PREMEDICATION, answer, limits, evaluated=False, missing="born")
    lasting = replace(stopped, restarted=None)
    found = next(one for one in decisions(lasting, shipped("rr-adult"), either) if one.question is Topic.PREMEDICATION)
    asked = "yes, if it lasts 4 hours or more and the patient is one of adults"
    assert found == Decision(Topic.PREMEDICATION, asked, ("premedication_again",))


def test_after_an_overdose_the_right_dose_comes_after_twelve_hours() -> None:
    def held(answer: str, wait: int) -> Decision:
        return Decision(Topic.WAIT, f"at least 12 hours{answer}, then the right dose", ("overdose_hold",), wait=wait)

    assert answers(Cause.OVERDOSE, 15 * HOUR) == [held("", 12 * HOUR), *again(15 * HOUR)]
    assert answers(Cause.OVERDOSE, 15 * HOUR, resolved=11 * HOUR) == [
        held(" and until it is resolved", 12 * HOUR),
        *again(15 * HOUR),
    ]
    assert answers(Cause.OVERDOSE, 15 * HOUR, resolved=13 * HOUR)[0].wait == 13 * HOUR


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (Cause.TECHNICAL, "a technical reason"),
        (Cause.SURGERY, "surgery"),
        (Cause.PATIENT_WISH, "the patient's wish"),
        (Cause.LOGISTICS, "want of drug, bag or staff"),
    ],
)
def test_of_a_long_stop_for_no_event_the_physician_decides(cause: Cause, words: str) -> None:
    silent, limits, lasts = SILENT.format(words), ("same_cycle",), 7 * DAY + 1
    why = f"{silent}; this one lasted 7 d 1 min"

    def open_question(topic: Topic, key: str) -> Decision:
        return Decision(topic, f"{ASKED} {key}", limits, evaluated=False, unstated=True)

    dose = Decision(Topic.DOSE, f"9 mcg/day, as the record says; {why}", limits, dose=LOW)
    same = Decision(Topic.CYCLE, "the same cycle, as the record says", limits, yes=False)
    new = Decision(Topic.CYCLE, "a new cycle, as the record says", limits, yes=True)
    later = Decision(Topic.ESCALATION, "after 7 d, as the record says", limits, after=7 * DAY)
    unsaid = open_question(Topic.DOSE, f"`restart_dose`: {why}")
    assert answers(cause, 7 * DAY) == [*again(7 * DAY)]
    assert answers(cause, 7 * DAY, 4) == [*again(7 * DAY)]  # what has a grade is an event, and this is none
    assert answers(cause, lasts) == [*again(lasts), unsaid, open_question(Topic.CYCLE, "`restart_in`")]
    assert answers(cause, lasts, restart_dose=LOW, new_cycle=False) == [
        *again(lasts),
        dose,
        same,
        open_question(Topic.ESCALATION, "`full_dose_after_days`"),
    ]
    told = answers(cause, lasts, restart_dose=LOW, new_cycle=False, full_dose_after=7 * DAY)
    assert told == [*again(lasts), dose, same, later]
    assert answers(cause, lasts, restart_dose=LOW, new_cycle=True) == [*again(lasts), dose, new]
    full = answers(cause, lasts, restart_dose=LOW, new_cycle=False, restarts_full=True)
    assert full == [*again(lasts), dose, same], "where that is the full dose, nobody asks when it comes"
    assert answers(cause, lasts, new_cycle=False) == [*again(lasts), unsaid, same]
    up_to = f"the same cycle up to 7 days; after more it is to be decided: {silent}"
    assert answers(cause, None) == [*LASTING, Decision(Topic.CYCLE, up_to, limits)]


def asked_of(
    cause: Cause, grade: int, known: Circumstances, numbers: Limits | None = None, **more: Any
) -> dict[Topic, Decision]:
    regimen = replace(shipped("rr-adult"), **more)
    at = START + timedelta(days=2)
    one = Interruption(START, at, cause, 1, grade, 0, None, None, None, None, ("interruption", 0))
    return {each.question: each for each in decisions(one, regimen, known, numbers)}


@pytest.mark.parametrize(
    ("limits", "dose"),
    [
        ({"minimum_weight": 45}, "9 mcg/day"),
        ({"minimum_weight": 60, "below_weight": 80}, "9 mcg/day"),
        ({"minimum_weight": Fraction("44.9")}, None),
        ({"below_weight": 45}, "5 mcg/m²/day"),
        ({"minimum_weight": 10, "below_weight": 20}, "5 mcg/m²/day"),
        ({"below_weight": Fraction("45.1")}, None),
        ({"minimum_weight": 30, "below_weight": 60}, None),
        ({}, None),
    ],
)
def test_whom_a_regimen_is_for_says_how_a_restart_is_dosed_where_it_is_for_one_side_of_45_kg(
    limits: dict[str, Any], dose: str | None
) -> None:
    found = asked_of(RELEASE, 3, Circumstances(FULL), eligibility=Eligibility(**limits))[Topic.DOSE]
    assert (None if found.dose is None else str(found.dose)) == dose
    assert (found.evaluated, found.missing) == (dose is not None, None if dose else "weight_kg")
    for weight, own in (("44.9", "5 mcg/m²/day"), ("45", "9 mcg/day")):  # where it is known, it alone decides
        known = Circumstances(FULL, Fraction(weight))
        assert str(asked_of(RELEASE, 3, known, eligibility=Eligibility(**limits))[Topic.DOSE].dose) == own


def test_a_project_s_numbers_take_the_place_of_the_label_s() -> None:
    numbers = label_named("us-2025").numbers
    held = numbers["other_hold"]._replace(value=numbers["other_hold"].value * 2)
    stricter = {**numbers, "other_hold": held}
    assert asked_of(OTHER, 3, Circumstances(FULL))[Topic.WAIT].wait == 3 * DAY
    assert asked_of(OTHER, 3, Circumstances(FULL), stricter)[Topic.WAIT].wait == 6 * DAY


@pytest.mark.parametrize(("cause", "grade"), [(RELEASE, 2), (NEURO, 2), (RELEASE, 3), (NEURO, 3), (Cause.TECHNICAL, 1)])
def test_what_is_to_be_considered_after_another_event_is_asked_of_no_other_one(cause: Cause, grade: int) -> None:
    numbers = label_named("us-2025").numbers
    without = StatedLimits({name: numbers[name] for name in numbers if name != "consider_stop_grade"}, "a text")
    assert asked_of(cause, grade, Circumstances(FULL), without) == asked_of(cause, grade, Circumstances(FULL))
    assert not asked_of(OTHER, 2, Circumstances(FULL), without)[Topic.CONTINUE].evaluated


@pytest.mark.parametrize(("grade", "doubted"), [(1, False), (2, False), (3, True)])
def test_an_event_at_the_low_dose_by_area_is_doubted_where_it_is_severe(grade: int, doubted: bool) -> None:
    low = Circumstances(DoseRate(Fraction(5), Basis.BSA), Fraction(30))
    assert (Topic.CONTINUE in asked_of(NEURO, grade, low)) is doubted


@pytest.mark.parametrize("group", AgeGroup)
def test_a_restart_is_premedicated_on_the_occasions_that_it_is(group: AgeGroup) -> None:
    """A restart is one, in cycle 1 one of its own, and with a new cycle the start of that; none is the first start."""
    plan = shipped("rr-adult")
    (other,) = set(AgeGroup) - {group}
    for chosen in product((False, True), repeat=len(Occasion)):
        occasions = frozenset(occasion for occasion, on in zip(Occasion, chosen, strict=True) if on)
        drug = replace(plan.premedication[0], occasions=occasions, patients=group)
        regimen = replace(plan, premedication=(drug,))
        for number, new in product((1, 2), (None, False, True)):
            own = {Occasion.RESTART, *([Occasion.FIRST_CYCLE_RESTART] if number == 1 else [])}
            given = bool(occasions & (own | ({Occasion.CYCLE_START} if new else set())))
            one = replace(STOPPED, cycle=number, new_cycle=new)
            told = {
                who: [each.yes for each in decisions(one, regimen, who_is(who)) if each.question is Topic.PREMEDICATION]
                for who in AgeGroup
            }
            assert told == {group: [True] if given else [], other: []}
            assert premedication_goes_by_age(one, regimen) is given
            everybody = replace(regimen, premedication=(replace(drug, patients=None),))
            assert not premedication_goes_by_age(one, everybody)


STOPPED = Interruption(
    START, START + timedelta(days=2), RELEASE, 1, 2, None, None, None, None, None, ("interruption", 0)
)


def who_is(group: AgeGroup) -> Circumstances:
    return Circumstances(FULL, groups=frozenset({group}))


@pytest.mark.parametrize("indication", Indication)
def test_where_a_regimen_names_no_premedication_the_label_gives_it_in_relapse(indication: Indication) -> None:
    regimen = replace(shipped("rr-adult"), premedication=(), indication=indication)
    told = [each.yes for each in decisions(STOPPED, regimen, who_is(AgeGroup.ADULTS)) if each.yes is not None]
    asked = [Topic.PREMEDICATION] if indication is Indication.RELAPSED_REFRACTORY else []
    found = [each.question for each in decisions(STOPPED, regimen, who_is(AgeGroup.ADULTS))]
    assert [topic for topic in found if topic is Topic.PREMEDICATION] == asked
    assert told[: len(asked)] == [True] * len(asked)


@pytest.mark.parametrize(
    ("infusion", "words"),
    [
        (None, "28 infusion days"),
        (28 * DAY, "28 infusion days"),
        (28 * DAY + 1, "its 28 d 1 min of infusion"),
        (56 * DAY, "its 56 d of infusion"),
    ],
)
def test_to_which_end_a_cycle_goes_on_is_told(infusion: int | None, words: str) -> None:
    found = asked_of(RELEASE, 2, Circumstances(FULL, infusion=infusion))[Topic.CYCLE]
    assert found.answer == f"the same cycle, to {words}: it lasted 2 d"
