"""A701 to A705, word for word: the bags of a ward beside steps, weights, days of the week and times of their own."""

import json
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from blinplan.course.patient import BodySurfaceArea, Patient
from blinplan.regimen.site.site import Site
from tests.read_text import site_in
from tests.regimen_text import cycle
from tests.rules.families.examples import limits_of, said

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KEEPS = "in_use_hours = 240"
HALF_DAY = "{ hours = 12, in_use_hours = 48 }"
FREE_HALF_DAY = "{ hours = 12, in_use_hours = 48, preservative = false }"
CHILDREN = "[eligibility]\nmin_weight_kg = 3\nbelow_weight_kg = 45\n\n"
ANY_WEIGHT = "[eligibility]\nbelow_weight_kg = 45\n\n"
BY_AREA = cycle("15 mcg/m2/day for 28 days")
HONG_KONG = 'indication = "relapsed-refractory"\nlabel = "hk-2026"\n\n'
DECEMBER = datetime(2026, 12, 1, 10, tzinfo=UTC)


def bags(*hours: int) -> str:
    """Bags of the label's lengths; of those with preservative the ward says how long they keep."""
    return ", ".join(f"{{ hours = {one}{'' if one in (24, 48) else f', {KEEPS}'} }}" for one in hours)


def ward(of: str, *closed: str, **more: str) -> Site:
    keys = "".join(f"{key} = {value}\n" for key, value in more.items())
    days = f"closed = {json.dumps(closed)}\n" if closed else ""
    return site_in(f'site = 1\nname = "Ward 7"\n{keys}{days}bag = [{of}]')


def at_ten(of: str, *closed: str, **more: str) -> Site:
    return ward(of, *closed, change_time='"10:00"', **more)


def weighing(kilograms: str, area: str | None = None) -> Patient:
    return Patient(Fraction(kilograms), area=None if area is None else BodySurfaceArea(Fraction(area), ""))


# --- A701: lengths ----------------------------------------------------------------------------------------------------


def wasted(step: int, key: str, lasts: str, of: str, last: str, rest: str) -> str:
    """A step that the bags of a ward outlast, as A701 tells it."""
    message = f"this step lasts {lasts}; the site's bags ({of}) last {last}, and {rest} of them would be thrown away"
    advice = "prepare a bag that fits, or plan to discard the rest"
    return f"warning at cycle.0.steps.{step}.{key} | {message} | {advice} | {lasts} in bags of {of}"


def unreached(step: int, key: str, lasts: str, of: str) -> str:
    """A step for which the longest bag is too short."""
    message = (
        f"this step lasts {lasts}, and no sequence of the site's bags ({of}) does: the next time to change a bag is"
    )
    return (
        f"error at cycle.0.steps.{step}.{key} | {message} 1 d later, and the longest bag lasts 12 h"
        f" | prepare a longer bag | {lasts} in bags of {of}"
    )


@pytest.mark.parametrize(
    ("steps", "of", "found"),
    [
        (("28 mcg/day for 4 days",), bags(24, 72), []),
        (("28 mcg/day for 5 days",), bags(48, 72), []),
        (("28 mcg/day for 28 days",), bags(168), []),
        # Six days: three bags of two days throw nothing away, though a bag of five days and one of two are fewer.
        (("28 mcg/day for 6 days",), bags(48, 120), []),
        (
            ("9 mcg/day for 36 hours", "28 mcg/day for 27 days", "28 mcg/day for 12 hours"),
            bags(48, 96),
            [
                wasted(0, "hours", "1 d 12 h", "2 d, 4 d", "2 d", "12 h"),
                wasted(1, "days", "27 d", "2 d, 4 d", "28 d", "1 d"),
                wasted(2, "hours", "12 h", "2 d, 4 d", "2 d", "1 d 12 h"),
            ],
        ),
        # Each step begins with bags of its own: the second fits, whatever was left of the first.
        (
            ("9 mcg/day for 1 days", "28 mcg/day for 3 days"),
            bags(72),
            [wasted(0, "days", "1 d", "3 d", "3 d", "2 d")],
        ),
    ],
)
def test_each_step_lasts_as_long_as_some_bags_do(steps: tuple[str, ...], of: str, found: list[str]) -> None:
    assert said("A701", cycle(*steps), site=ward(of)) == found


def test_each_step_that_no_bag_reaches_is_told_and_those_after_it() -> None:
    steps = ("9 mcg/day for 90 hours", "28 mcg/day for 22 days", "28 mcg/day for 5 hours")
    assert said("A701", cycle(*steps), site=at_ten(HALF_DAY)) == [
        unreached(0, "hours", "3 d 18 h", "12 h"),
        unreached(1, "days", "22 d", "12 h"),
        wasted(2, "hours", "5 h", "12 h", "12 h", "7 h"),
    ]


# --- A702: preservative -----------------------------------------------------------------------------------------------

HOLD = "Ward 7's bags for 4 d hold one (benzyl alcohol)"
PREPARE = "prepare bags without preservative for 1 d or 2 d"


def preserved(who: str, why: str = HOLD, least: str = "5.4", advice: str = PREPARE, step: int = 0) -> str:
    """A step for which a ward has bags with preservative only, as A702 tells it."""
    message = f"{who}, and the site has no bags without preservative that give this step: {why}"
    return f"error at cycle.0.steps.{step}.days | {message} | for patients below {least} kg {advice}"


@pytest.mark.parametrize(
    ("of", "more", "least", "patient", "found"),
    [
        (bags(96), {}, "5.12345", None, [preserved("patients from ≈ 5.123 kg are admitted")]),
        (bags(96), {}, "5.4", None, []),
        (bags(96), {}, None, None, [preserved("patients of any weight are admitted")]),
        (bags(96), {}, None, "5.12345", [preserved("the patient weighs ≈ 5.123 kg")]),
        (bags(96), {}, "3", "5.3", [preserved("the patient weighs 5.3 kg")]),
        (bags(96), {}, "3", "5.4", []),
        (bags(48, 96), {}, None, None, []),
        (bags(96), {"preservative_from_kg": "10"}, None, "9.9", [preserved("the patient weighs 9.9 kg", least="10")]),
        (bags(96), {"preservative_from_kg": "10"}, None, "10", []),
        (bags(96), {"preservative_from_kg": "4"}, None, "5", [preserved("the patient weighs 5 kg")]),
        (
            "{ hours = 30, in_use_hours = 48 }",
            {},
            None,
            "5",
            [preserved("the patient weighs 5 kg", "nobody says whether its bags for 1 d 6 h do (`preservative`)")],
        ),
    ],
)
def test_who_is_too_light_gets_no_preservative(
    of: str, more: dict[str, str], least: str | None, patient: str | None, found: list[str]
) -> None:
    """The stricter of the label's 5.4 kg and the ward's own weight holds."""
    whom = ANY_WEIGHT if least is None else CHILDREN.replace("= 3", f"= {least}")
    given = None if patient is None else weighing(patient)
    assert said("A702", whom + BY_AREA, site=ward(of, **more), patient=given) == found


def test_each_step_is_given_without_preservative_or_told() -> None:
    """Bags of 12 hours are too short for a ward that changes once a day, but for a step of 12 hours."""
    place = at_ten(f"{bags(96)}, {FREE_HALF_DAY}")
    steps = cycle("5 mcg/m2/day for 4 days", "15 mcg/m2/day for 24 days")
    own = "allowed are Ward 7's bags for 12 h: prepare bags without preservative for 1 d or 2 d"
    child = weighing("5")
    who = "the patient weighs 5 kg"
    expected = [preserved(who, advice=own), preserved(who, advice=own, step=1)]
    assert said("A702", CHILDREN + steps, site=place, patient=child) == expected
    assert said("A702", CHILDREN + cycle("15 mcg/m2/day for 12 hours"), site=place, patient=child) == []


def test_where_the_label_says_nothing_the_ward_s_own_weight_holds() -> None:
    own, none = ward(bags(96), preservative_from_kg="10"), ward(bags(96))
    why, advice = "nobody says whether its bags for 4 d do (`preservative`)", "prepare bags without preservative that"
    lines = HONG_KONG + ANY_WEIGHT + BY_AREA
    too_light = preserved("the patient weighs 9.9 kg", why, "10", f"{advice} last 1 d")
    assert said("A702", lines, site=own, patient=weighing("9.9")) == [too_light]
    assert said("A702", lines, site=own, patient=weighing("10")) == []
    assert limits_of("A702", lines, site=own, patient=weighing("9.9")) == [()]
    (unknown,) = said("A702", lines, site=none, patient=weighing("9.9"))
    assert unknown.startswith("unverified | ")
    assert unknown.endswith("as far as it was seen, does not state preservative from weight")


# --- A703: bags in their time, and days on which none is changed ------------------------------------------------------


def beyond(severity: str, before: str, lasts: str, good: str, *, cold: bool = False) -> str:
    """Bags that are prepared too early, as A703 tells it."""
    keeps = f"keep for {good} at 2 to 8 °C" if cold else f"may be used for {good} in all"
    advice = "prepare bags later" if cold else "prepare bags later, or shorter ones"
    value = f"bags of {lasts}, ready {before} before, {'cold' if cold else 'good'} for {good}"
    message = f"Ward 7 prepares bags {before} before they start; those that last {lasts} {keeps}"
    return f"{severity} at cycle.0.steps | {message} | {advice} | {value}"


COLD, WARM = '"refrigerated"', '"room-temperature"'


@pytest.mark.parametrize(
    ("of", "more", "found"),
    [
        (bags(24), {"prepared_hours_before": "24"}, []),
        (bags(24), {"prepared_hours_before": "25"}, [beyond("error", "1 d 1 h", "1 d", "2 d")]),
        (bags(24), {"prepared_hours_before": "25", "kept": WARM}, [beyond("error", "1 d 1 h", "1 d", "2 d")]),
        (bags(24), {"prepared_hours_before": "192", "kept": COLD}, []),
        (
            bags(24),
            {"prepared_hours_before": "193", "kept": COLD},
            [beyond("error", "8 d 1 h", "1 d", "8 d", cold=True)],
        ),
        (bags(24), {"prepared_hours_before": "193", "kept": WARM}, [beyond("error", "8 d 1 h", "1 d", "2 d")]),
        (bags(24, 48), {"prepared_hours_before": "1"}, [beyond("warning", "1 h", "2 d", "2 d")]),
        # Of a length of its own nobody says how long it keeps in the cold.
        (
            f"{bags(24)}, {{ hours = 36, in_use_hours = 48 }}",
            {"prepared_hours_before": "193", "kept": COLD},
            [beyond("warning", "8 d 1 h", "1 d", "8 d", cold=True)],
        ),
        (bags(48), {"prepared_hours_before": "1", "kept": COLD}, []),
    ],
)
def test_a_bag_is_good_until_it_is_empty(of: str, more: dict[str, str], found: list[str]) -> None:
    """At room temperature its time runs from preparation, in the cold from when it hangs; no bag left is an error."""
    assert said("A703", cycle(), site=at_ten(of, **more)) == found


def test_bags_that_a_child_must_not_get_are_none_that_are_left() -> None:
    place, lines = at_ten(bags(48, 96), prepared_hours_before="1"), CHILDREN + BY_AREA
    assert said("A703", lines, site=place, patient=weighing("5.4")) == [beyond("warning", "1 h", "2 d", "2 d")]
    assert said("A703", lines, site=place, patient=weighing("5.3")) == [beyond("error", "1 h", "2 d", "2 d")]
    assert said("A703", lines, site=place) == [beyond("warning", "1 h", "2 d", "2 d")]


def test_of_which_bags_nobody_says_how_long_they_keep_is_told_where_nothing_else_is() -> None:
    of = f"{HALF_DAY}, {{ hours = 36 }}, {{ hours = 168 }}"
    unknown = "undecided | how long a bag for 1 d 12 h, 7 d may be used is not given (`in_use_hours`)"
    assert said("A703", cycle(), site=at_ten(of)) == [unknown]
    early = at_ten(of, prepared_hours_before="40")
    assert said("A703", cycle(), site=early) == [beyond("warning", "1 d 16 h", "12 h", "2 d")]


def course(when: str, why: str, days: str, *, error: bool = True, steps: str, advice: str = "") -> str:
    """A course that gets no bags from some days, as A703 tells it."""
    severity, otherwise = "error" if error else "note", "prepare a bag that lasts over these days"
    message = f"{when}, no sequence of Ward 7's bags gives it: {why}"
    return f"{severity} at cycle.0.steps | {message} | {advice or otherwise} | {days} days; {steps}"


ALWAYS, FULL = "on whatever day this course starts", "28 mcg/day for 28 days"


@pytest.mark.parametrize("place", [at_ten, ward])
def test_a_start_from_which_a_closed_day_is_met_is_told_by_the_days_of_the_week(place: object) -> None:
    """Five bags of a day: from Monday the last ends on Saturday, from Sunday on Friday; others meet the weekend."""
    assert callable(place)
    when = "from a start on a Tuesday or Wednesday or Thursday or Friday or Saturday"
    why = "the next time to change a bag is 2 d later, and the longest bag lasts 1 d"
    found = course(when, why, "5 of 7", error=False, steps="28 mcg/day for 5 days")
    assert said("A703", cycle("28 mcg/day for 5 days"), site=place(bags(24), "saturday", "sunday")) == [found]
    assert said("A703", cycle("28 mcg/day for 1 days"), site=place(bags(24), "saturday", "sunday")) == []


def test_the_first_start_that_is_refused_says_why() -> None:
    """Three bags of a day: from Monday two closed days follow, from Tuesday and before the last from Sunday one."""
    when = "from a start on a Monday or Tuesday or Sunday"
    why = "the next time to change a bag is 3 d later, and the longest bag lasts 1 d"
    found = course(when, why, "3 of 7", error=False, steps="28 mcg/day for 3 days")
    assert said("A703", cycle("28 mcg/day for 3 days"), site=at_ten(bags(24), "tuesday", "wednesday")) == [found]


def test_a_course_that_meets_a_closed_day_from_every_start_fails() -> None:
    why = "the next time to change a bag is 4 d later, and the longest bag lasts 3 d"
    place = at_ten(bags(72), "sunday", "monday", "tuesday")
    found = [course(ALWAYS, why, "7 of 7", steps=FULL)]
    assert said("A703", cycle(), site=place) == found
    assert said("A703", cycle(), site=place, patient=weighing("80")) == found


def test_a_child_s_course_is_planned_with_the_bags_that_a_child_may_get() -> None:
    """Bags of a day last over no Sunday, and those of three days hold a preservative."""
    place, lines = at_ten(bags(24, 72), "sunday"), CHILDREN + BY_AREA
    who = "the patient weighs 5 kg, and the label gives bags with preservative from 5.4 kg"
    why = (
        "the next time to change a bag is 2 d later, and the longest bag lasts 1 d; "
        f"{who}; Ward 7's bags for 3 d hold one (benzyl alcohol)"
    )
    advice = "allowed are Ward 7's bags for 1 d: prepare bags without preservative for 2 d"
    found = course(ALWAYS, why, "7 of 7", steps="15 mcg/m2/day at most 28 mcg/day for 28 days", advice=advice)
    assert said("A703", lines, site=place, patient=weighing("5")) == [found]
    assert said("A703", lines, site=place, patient=weighing("5.4")) == []
    assert said("A703", lines, site=place) == []


def test_a_label_that_says_nothing_of_preservative_or_time_hides_no_closed_days() -> None:
    place = at_ten(bags(96), "sunday", "monday", "tuesday", "wednesday")
    why = "the next time to change a bag is 5 d later, and the longest bag lasts 4 d"
    found = course(ALWAYS, why, "7 of 7", steps="15 mcg/m2/day at most 28 mcg/day for 28 days")
    lines = HONG_KONG + CHILDREN + BY_AREA
    assert said("A703", lines, site=place) == [found]
    assert said("A703", lines, site=place, patient=weighing("5")) == [found]
    assert limits_of("A703", lines, site=place) == [()]


@pytest.mark.parametrize(
    ("lines", "place", "patient"),
    [
        pytest.param(CHILDREN + BY_AREA, at_ten(bags(96), "sunday"), "5", id="A702 says that there is no bag"),
        pytest.param(
            CHILDREN + BY_AREA, at_ten(f"{bags(72)}, {FREE_HALF_DAY}", "sunday"), "5", id="A702 says that none fits"
        ),
        pytest.param(cycle(), at_ten(HALF_DAY, "sunday"), None, id="A701 says that none fits"),
        pytest.param(
            cycle(),
            at_ten(bags(72), "sunday", "monday", "tuesday"),
            "30",
            id="D211 says that it is not for this patient",
        ),
    ],
)
def test_what_another_rule_says_is_told_once(lines: str, place: Site, patient: str | None) -> None:
    assert said("A703", lines, site=place, patient=None if patient is None else weighing(patient)) == []


def test_bags_that_cannot_be_had_for_a_time_say_nothing_of_other_weeks() -> None:
    """Whatever the date of the check: a rule without dates goes by what always holds."""
    lines = cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")
    for month in ("2026-11", "2027-03"):
        short = f'[{{ bag_hours = [24, 72], why = "none", first_day = {month}-01, last_day = {month}-28 }}]'
        assert said("A703", lines, site=at_ten(bags(24, 72), "sunday", cannot_be_had=short)) == []
    gone = '[{ bag_hours = [72], why = "none" }]'
    (found,) = said("A703", lines, site=at_ten(bags(24, 72), "sunday", cannot_be_had=gone))
    assert found.startswith(f"error at cycle.0.steps | {ALWAYS}")


def off_days(name: str, at: int, closed: str, steps: str) -> str:
    """A cycle of which a step begins on a closed day, as A703 tells it."""
    message = f'on whatever day "{name}" starts, Ward 7 would have to begin a step on a day on which it changes no bags'
    advice = "let each step last so long that the next begins on an open day"
    return f"warning at cycle.{at}.steps | {message} ({closed}) | {advice} | {steps}; closed on {closed}"


def test_some_day_of_the_week_has_every_step_begin_on_an_open_day() -> None:
    """Of Tuesday, Thursday and Saturday none lies 1, 6 or 8 days after another, nor itself."""
    closed, told = ("friday", "sunday", "monday", "wednesday"), "monday, wednesday, friday, sunday"
    place = at_ten(bags(24, 72), *closed)
    first, steps = "9 mcg/day for {} days", "28 mcg/day for 20 days"
    for days, fits in ((1, False), (2, True), (3, True), (4, True), (5, True), (6, False), (7, True), (8, False)):
        length = f"{days} day{'s' if days > 1 else ''}"
        found = [off_days("Cycle", 0, told, f"9 mcg/day for {length}, {steps}")]
        assert said("A703", cycle(first.format(days), steps), site=place) == ([] if fits else found)
    three = cycle("5 mcg/day for 1 days", "9 mcg/day for 2 days", "28 mcg/day for 25 days")
    assert said("A703", three, site=at_ten(bags(24, 96), "wednesday", "friday", "saturday", "sunday")) == []
    rising = cycle("9 mcg/day for 1 days", "28 mcg/day for 27 days")
    both = "9 mcg/day for 1 day, 28 mcg/day for 27 days"
    assert said("A703", cycle() + rising + rising, site=place) == [
        off_days("Cycle 2", 1, told, both),
        off_days("Cycle 3", 2, told, both),
    ]
    assert said("A703", rising, site=at_ten(bags(24, 72))) == []
    assert said("A703", rising, site=at_ten(bags(24, 72), "sunday")) == []


def off_the_hour(step: int, into: str) -> str:
    message = f"this step begins {into} into the cycle, and Ward 7 changes bags at one time of day"
    advice = "let every step before it last whole days"
    return f"warning at cycle.0.steps.{step}.dose | {message} | {advice} | {into} into the cycle"


def test_a_step_begins_at_the_hour_at_which_bags_are_changed() -> None:
    lines = cycle("9 mcg/day for 180 hours", "28 mcg/day for 12 hours", "28 mcg/day for 481 hours")
    found = [off_the_hour(1, "7 d 12 h")]
    assert said("A703", lines, site=at_ten(bags(24, 36, 48))) == found
    assert said("A703", lines, site=ward(bags(24, 36, 48))) == []


# --- A704: what cannot be made, or is laxer than the label ------------------------------------------------------------

TINY = "{ hours = 36, in_use_hours = 240, rate_ml_per_hour = 0.05, preservative = false }"
"""It takes 1.2 mL a day, and 12.5 mcg/mL are drawn up: 15 mcg/day at most."""


def too_strong(rate: str, step: int = 0) -> str:
    message = f"Ward 7: a bag for 1 d 12 h with {rate} mcg/day cannot be made: more drug is drawn up for it than it is"
    advice = "correct `vial` or the volumes of the bag in the site profile"
    return f"error at cycle.0.steps.{step}.days | {message} filled with | {advice}"


UNCAPPED = BY_AREA.replace(', max = "28 mcg/day"', "")


@pytest.mark.parametrize(
    ("lines", "area", "rate"),
    [
        (ANY_WEIGHT + BY_AREA, None, "28"),
        (ANY_WEIGHT + UNCAPPED, None, ""),
        (ANY_WEIGHT + BY_AREA, "1", ""),
        (ANY_WEIGHT + UNCAPPED, "1", ""),
        (ANY_WEIGHT + BY_AREA, "1.23457", "≈ 18.519"),
        (ANY_WEIGHT + UNCAPPED, "1.23457", "≈ 18.519"),
        (ANY_WEIGHT + BY_AREA, "2", "28"),
        (ANY_WEIGHT + UNCAPPED, "2", "30"),
        (cycle(), "1", "28"),
    ],
)
def test_a_bag_holds_what_the_patient_is_given_in_it_or_anybody(lines: str, area: str | None, rate: str) -> None:
    patient = None if area is None else weighing("30", area)
    assert said("A704", lines, site=ward(TINY), patient=patient) == ([too_strong(rate)] if rate else [])


def test_each_step_whose_bag_cannot_be_made_is_told() -> None:
    doses = ("14.9", "15", "15.0001", "15.00051")
    lines = cycle(*(f"{dose} mcg/day for 7 days" for dose in doses))
    assert said("A704", lines, site=ward(TINY)) == [too_strong("≈ 15", 2), too_strong("≈ 15.001", 3)]


def test_a_bag_that_a_child_does_not_get_need_not_be_made() -> None:
    place = ward(f"{TINY.replace('false', 'true')}, {bags(48)}")
    assert said("A704", CHILDREN + BY_AREA, site=place, patient=weighing("5", "2")) == []
    assert said("A704", CHILDREN + BY_AREA, site=place, patient=weighing("6", "2")) == [too_strong("28")]


@pytest.mark.parametrize("lines", [cycle(), HONG_KONG + ANY_WEIGHT + BY_AREA])
def test_a_bag_is_filled_with_all_that_is_infused_to_the_last_minute(lines: str) -> None:
    """24 hours at 10 mL/h are 240 mL."""
    place = ward("{ hours = 24, fill_ml = 239.9, rate_ml_per_hour = 10 }")
    filled = "a bag for 1 d is filled with less than the pump infuses at its rate"
    made = "a bag for 1 d with 28 mcg/day cannot be made: the pump infuses more of it than is filled"
    advice = "correct `vial` or the volumes of the bag in the site profile"
    assert said("A704", lines, site=place) == [
        f"error at cycle.0.steps | Ward 7: {filled} | correct `fill_ml`, which has the priming volume in it",
        f"error at cycle.0.steps.0.days | Ward 7: {made} | {advice}",
    ]


# --- A705: dates ------------------------------------------------------------------------------------------------------


def test_dates_are_asked_of_a_course_that_is_the_patient_s() -> None:
    christmas = at_ten(bags(24), holidays="[2026-12-25]")
    met = said("A705", cycle(), site=christmas, begins=DECEMBER)
    assert len(met) == 1
    assert said("A705", cycle(), site=christmas, begins=DECEMBER, patient=weighing("80")) == met
    other = ["not applicable | the regimen is not for this patient"]
    assert said("A705", cycle(), site=christmas, begins=DECEMBER, patient=weighing("30")) == other
    by_area = ANY_WEIGHT + BY_AREA
    assert said("A705", by_area, site=christmas, begins=DECEMBER) == met
    assert said("A705", by_area, site=christmas, begins=DECEMBER, patient=weighing("30")) == met
