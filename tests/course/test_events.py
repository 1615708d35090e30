"""The event table: what the label says, without a gap, exact to the minute and the fraction of a microgram."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blinplan.course.events import (
    Course,
    PatientChange,
    as_ordered,
    block_changes,
    expand,
    given_rate,
    interval_reasons,
    periods,
    rate_of_dose,
)
from blinplan.course.events import course_of as course_of_periods
from blinplan.course.patient import Patient, PatientError, patient
from blinplan.quantities import Basis, decimal_text, read_dose
from blinplan.regimen import library
from blinplan.regimen.age import completed_age
from tests.course.regimens import ADULT, CHILD, DAY, course_of, cycle, infused, regimen, shipped, with_area

# US prescribing information, section 2: doses of each cycle as (days, mcg/day or mcg/m²/day, cap), and the days off.
Steps = list[tuple[int, int, int | None]]
Cycles = list[tuple[Steps, int]]
FLAT_9_28: Steps = [(7, 9, None), (21, 28, None)]
FLAT_28: Steps = [(28, 28, None)]
AREA_5_15: Steps = [(7, 5, 9), (21, 15, 28)]
AREA_15: Steps = [(28, 15, 28)]
LABEL: dict[str, Cycles] = {
    "rr-adult": [(FLAT_9_28, 14), *[(FLAT_28, 14)] * 4],
    "rr-2014": [(FLAT_9_28, 14), *[(FLAT_28, 14)] * 4],
    "rr-adult-continued": [(FLAT_9_28, 14), *[(FLAT_28, 14)] * 4, *[(FLAT_28, 56)] * 4],
    "rr-below-45-kg": [(AREA_5_15, 14), *[(AREA_15, 14)] * 4],
    "rr-below-45-kg-continued": [(AREA_5_15, 14), *[(AREA_15, 14)] * 4, *[(AREA_15, 56)] * 4],
    "mrd-adult": [(FLAT_28, 14)] * 4,
    "mrd-below-45-kg": [(AREA_15, 14)] * 4,
    "consolidation-adult": [(FLAT_28, 14)] * 4,
    "consolidation-below-45-kg": [(AREA_15, 14)] * 4,
    "hk-rr-adult": [(FLAT_9_28, 14), *[(FLAT_28, 14)] * 4],
    "hk-rr-below-45-kg": [(AREA_5_15, 14), *[(AREA_15, 14)] * 4],
    "hk-first-relapse": [(FLAT_28, 0)],
    "hk-first-relapse-below-45-kg": [(AREA_15, 0)],
}


def cycles_of(name: str) -> Cycles:
    """Return a shipped regimen's cycles as the label's table writes them."""
    found: Cycles = []
    for period in periods(shipped(name)):
        if period.dose is None:
            found[period.cycle - 1] = (found[period.cycle - 1][0], period.minutes // DAY)
            continue
        if period.step == 1:
            found.append(([], 0))
        cap = None if period.cap is None else int(period.cap.amount)
        found[period.cycle - 1][0].append((period.minutes // DAY, int(period.dose.amount), cap))
    return found


@pytest.mark.parametrize("name", LABEL)
def test_a_labelled_regimen_doses_as_the_label_says(name: str) -> None:
    assert cycles_of(name) == LABEL[name]
    basis = Basis.BSA if "below" in name else Basis.FLAT
    assert {step.dose.basis for step in shipped(name).steps} == {basis}


def test_every_labelled_file_is_in_the_table() -> None:
    assert {path.stem for path in library.paths().values() if path.parent.name == "labelled"} == LABEL.keys()


@pytest.mark.parametrize("name", LABEL)
def test_a_cycle_infuses_28_days_and_rests_as_long_as_the_label_says(name: str) -> None:
    of_a_child = patient(weight=Fraction(60), height=Fraction(165), age=completed_age(15))
    course = course_of(name, CHILD if "below" in name else of_a_child if "first-relapse" in name else ADULT)
    for (steps, free), number in zip(LABEL[name], range(1, 10), strict=False):
        own = [event.period for event in course.events if event.period.cycle == number]
        assert sum(period.minutes for period in own if period.step) == 28 * DAY == sum(days for days, *_ in steps) * DAY
        assert sum(period.minutes for period in own if not period.step) == free * DAY


def test_rr_adult_is_140_infusion_days_and_five_rests_of_14() -> None:
    course = course_of("rr-adult")
    infusion = [event for event in course.events if event.rate]
    rests = [event for event in course.events if not event.rate]
    assert sum(event.period.minutes for event in infusion) == 140 * DAY
    assert [event.period.minutes for event in rests] == [14 * DAY] * 5
    assert course.events[-1].period.stop == 210 * DAY
    assert course.micrograms == 7 * 9 + 21 * 28 + 4 * 28 * 28 == 3787


def test_the_first_cycle_of_rr_adult_row_by_row() -> None:
    rows = [
        (event.period.start // DAY, event.period.stop // DAY, int(event.rate), event.period.cycle, event.period.step)
        for event in course_of("rr-adult").events[:4]
    ]
    assert rows == [(0, 7, 9, 1, 1), (7, 28, 28, 1, 2), (28, 42, 0, 1, 0), (42, 70, 28, 2, 1)]
    assert [event.micrograms for event in course_of("rr-adult").events[:3]] == [63, 588, 0]


def gapless(course: Course) -> bool:
    starts = course.events[0].period.start == 0
    return starts and all(one.period.stop == other.period.start for one, other in pairwise(course.events))


@pytest.mark.parametrize("name", library.paths())
def test_every_shipped_regimen_expands_without_a_gap(name: str) -> None:
    course = course_of(name, with_area(Fraction("1.876")))
    assert gapless(course)
    assert all(event.period.minutes > 0 for event in course.events)
    assert all((event.period.dose is None) == (event.rate == 0) == (event.period.step == 0) for event in course.events)
    cycles = [event.period.cycle for event in course.events]
    assert cycles == sorted(cycles)
    assert set(cycles) == set(range(1, max(cycles) + 1))


@pytest.mark.parametrize("name", library.paths())
def test_periods_point_at_the_lines_they_come_from(name: str) -> None:
    lines = library.paths()[name].read_text(encoding="utf-8").splitlines()
    for period in periods(shipped(name)):
        words = "treatment_free_days" if period.dose is None else f'"{decimal_text(period.dose.amount)} mcg'
        assert words in lines[period.line - 1]
        assert period.path[0] == "cycle"
        assert (period.path[-1] == "treatment_free_days") == (period.dose is None)


def test_a_repeat_is_the_cycle_written_out() -> None:
    steps = 'dose = "9 mcg/day", days = 7; dose = "28 mcg/day", days = 21'
    repeated = expand(regimen(cycle(steps, repeat=3)), ADULT)
    written = expand(regimen(cycle(steps) * 3), ADULT)
    assert infused(repeated) == infused(written)
    assert [(event.period.cycle, event.period.step) for event in repeated.events] == [
        (number, step) for number in (1, 2, 3) for step in (1, 2, 0)
    ]
    assert [event.period.path[1] for event in repeated.events] == [0] * 9
    assert [event.period.path[1] for event in written.events] == [0] * 3 + [1] * 3 + [2] * 3


def test_without_treatment_free_days_cycles_touch() -> None:
    course = expand(regimen(cycle('dose = "28 mcg/day", days = 28', free=0, repeat=2)), ADULT)
    assert infused(course) == [(0, 56 * DAY, Fraction(28))]
    assert [event.period.step for event in course.events] == [1, 1]


def test_seven_days_are_168_hours() -> None:
    by_days = expand(regimen(cycle('dose = "9 mcg/day", days = 7')), ADULT)
    by_hours = expand(regimen(cycle('dose = "9 mcg/day", hours = 168')), ADULT)
    assert by_days.events == by_hours.events
    assert by_hours.events[0].micrograms == 63


def test_an_hour_of_9_mcg_a_day_is_three_eighths_of_a_microgram() -> None:
    course = expand(regimen(cycle('dose = "9 mcg/day", hours = 1', free=0)), ADULT)
    assert (course.events[0].period.minutes, course.micrograms) == (60, Fraction(3, 8))


hours = st.integers(1, 500)
tenths = st.integers(1, 2000).map(lambda count: Fraction(count, 10))


@settings(max_examples=60, deadline=None)
@given(tenths, hours, hours)
def test_two_equal_steps_act_as_one(rate: Fraction, first: int, second: int) -> None:
    dose = f'dose = "{float(rate):.1f} mcg/day"'
    one = expand(regimen(cycle(f"{dose}, hours = {first + second}")), ADULT)
    two = expand(regimen(cycle(f"{dose}, hours = {first}; {dose}, hours = {second}")), ADULT)
    assert infused(one) == infused(two)
    assert one.micrograms == two.micrograms == rate * (first + second) / 24


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(tenths, hours), min_size=1, max_size=4), st.integers(0, 30), st.integers(1, 4), tenths)
def test_the_dose_of_a_course_is_rate_times_time(
    steps: list[tuple[Fraction, int]], free: int, repeat: int, tenth: Fraction
) -> None:
    area = Fraction(1, 2) + tenth / 100
    written = ";".join(f'dose = "{float(rate):.1f} mcg/m2/day", hours = {length}' for rate, length in steps)
    course = expand(regimen(cycle(written, free, repeat), "bsa"), with_area(area))
    assert gapless(course)
    assert course.micrograms == repeat * area * sum(rate * length for rate, length in steps) / 24
    assert course.events[-1].period.stop == repeat * (sum(length for _, length in steps) * 60 + free * DAY)


TINY = Fraction(1, 10**12)


@pytest.mark.parametrize(
    ("area", "rate", "capped"),
    [
        (Fraction(9, 5), Fraction(9), False),  # 5 mcg/m²/day × 1.8 m² is the cap itself, so the cap decides nothing
        (Fraction(9, 5) - TINY, 9 - 5 * TINY, False),
        (Fraction(9, 5) + TINY, Fraction(9), True),
        (Fraction(3, 5), Fraction(3), False),
        (Fraction(3), Fraction(9), True),
    ],
)
def test_the_cap_at_its_edge(area: Fraction, rate: Fraction, capped: bool) -> None:
    first = course_of("rr-below-45-kg", with_area(area)).events[0]
    assert (first.rate, first.capped, first.micrograms) == (rate, capped, 7 * rate)


def test_each_step_has_its_own_cap() -> None:
    # 1.82 m²: 5 × 1.82 = 9.1 is above 9, and 15 × 1.82 = 27.3 is below 28.
    low, high = course_of("rr-below-45-kg", with_area(Fraction("1.82"))).events[:2]
    assert (low.rate, low.capped) == (Fraction(9), True)
    assert (high.rate, high.capped) == (Fraction("27.3"), False)


def test_an_area_dose_without_a_cap_grows_with_the_area() -> None:
    course = course_of("nhl-60", with_area(Fraction("2.5")))
    assert (course.events[0].rate, course.events[0].capped) == (Fraction(150), False)


def test_a_flat_dose_needs_no_patient() -> None:
    nobody = expand(shipped("rr-adult"), Patient())
    assert [event.rate for event in nobody.events] == [event.rate for event in course_of("rr-adult").events]


def test_rates_are_fractions() -> None:
    course = course_of("rr-below-45-kg", CHILD)
    assert CHILD.area is not None
    assert course.events[0].rate == 5 * CHILD.area.square_metres
    assert all(isinstance(value, Fraction) for event in course.events for value in (event.rate, event.micrograms))
    assert isinstance(course.micrograms, Fraction)


@pytest.mark.parametrize(
    ("name", "weight", "eligible"),
    [
        ("rr-adult", "45", True),
        ("rr-adult", "44.999", False),
        ("rr-below-45-kg", "44.999", True),
        ("rr-below-45-kg", "45", False),
        ("nhl-5", "44.999", True),
    ],
)
def test_45_kg_is_an_adult_dose_and_just_below_is_not(name: str, weight: str, eligible: bool) -> None:
    person = patient(weight=Fraction(weight), height=Fraction(150))
    if eligible:
        assert expand(shipped(name), person).events
        return
    with pytest.raises(PatientError) as caught:
        expand(shipped(name), person)
    assert weight in str(caught.value)
    assert "45 kg" in str(caught.value)


@pytest.mark.parametrize("person", [Patient(), patient(weight=Fraction(20)), patient(height=Fraction(110))])
def test_an_area_dose_without_an_area_is_refused(person: Patient) -> None:
    with pytest.raises(PatientError, match="body surface area"):
        expand(shipped("rr-below-45-kg"), person)


BLOCKS = "".join(
    cycle('dose = "28 mcg/day", days = 7', free=free) + more
    for free, more in (
        (14, ""),
        (21, 'block = "A"\ninterval_reason = "a transplant is looked for"\n'),
        (0, 'block = "A"\n'),
        (14, 'block = "B"\n'),
        (14, ""),
    )
)


def test_where_blocks_begin_change_and_end() -> None:
    laid_out = regimen(BLOCKS)
    assert block_changes(laid_out) == {
        1: "the block A begins",
        3: "the block changes from A to B",
        4: "the block B ends",
    }
    assert block_changes(shipped("rr-adult")) == {}
    told = {period.cycle: period.block_change for period in periods(laid_out) if period.dose is None}
    assert told == {1: "the block A begins", 2: None, 4: "the block B ends", 5: None}  # cycle 3 has no interval


def test_why_an_interval_is_as_long_as_it_is_stands_at_the_interval() -> None:
    laid_out = regimen(BLOCKS)
    assert interval_reasons(laid_out) == {2: "a transplant is looked for"}
    told = [(period.cycle, period.step) for period in periods(laid_out) if period.interval_reason is not None]
    assert told == [(2, 0)]


def test_how_long_something_is_infused_is_without_the_intervals() -> None:
    assert course_of("rr-adult").infusion_minutes == 5 * 28 * DAY
    assert expand(regimen(BLOCKS), ADULT).infusion_minutes == 5 * 7 * DAY


@pytest.mark.parametrize(("area", "capped"), [("1.86", False), ("1.867", True)])
def test_a_cap_that_decides_is_told_and_one_that_does_not_is_not(area: str, capped: bool) -> None:
    """15 mcg/m²/day are 28 mcg/day at 1.8667 m²."""
    events = expand(shipped("rr-below-45-kg"), with_area(Fraction(area))).events
    assert events[1].capped is capped
    without = expand(regimen(cycle('dose = "15 mcg/m2/day", days = 7'), "bsa"), with_area(Fraction("2.5")))
    assert (without.events[0].rate, without.events[0].capped) == (Fraction("37.5"), False)
    assert not any(event.capped for event in course_of("rr-adult").events)


def test_what_a_dose_comes_to_in_a_patient() -> None:
    flat, by_area, cap = (read_dose(text).rate for text in ("28 mcg/day", "15 mcg/m2/day", "28 mcg/day"))
    assert rate_of_dose(flat, None, Patient()) == 28
    assert rate_of_dose(by_area, None, with_area(Fraction(2))) == 30
    assert rate_of_dose(by_area, cap, with_area(Fraction(2))) == 28
    assert rate_of_dose(by_area, cap, with_area(Fraction("1.5"))) == Fraction("22.5")
    with pytest.raises(PatientError, match="what 15 mcg/m²/day comes to depends on the body surface area"):
        rate_of_dose(by_area, cap, Patient())


def test_another_regimen_is_given_from_the_minute_of_its_change_on() -> None:
    first, second, third = (regimen(cycle('dose = "28 mcg/day", days = 7'), name=name) for name in ("a", "b", "c"))
    grown = patient(Fraction(80))
    changes = (PatientChange(40 * DAY, grown, second), PatientChange(80 * DAY, grown, third))
    course = replace(expand(first, ADULT), changes=changes)
    given = [course.regimen_at(minute).name for minute in (0, 40 * DAY - 1, 40 * DAY, 80 * DAY - 1, 80 * DAY)]
    assert given == ["a", "a", "b", "b", "c"]
    assert [course.patient_at(minute).weight for minute in (40 * DAY - 1, 40 * DAY)] == [70, 80]
    assert [one.name for one in course.regimens] == ["a", "b", "c"]
    back = replace(course, changes=(*changes, PatientChange(90 * DAY, ADULT, third)))
    assert [one.name for one in back.regimens] == ["a", "b", "c"]  # only the figures are others


def test_a_reason_for_no_interval_is_that_of_the_last_step() -> None:
    one = cycle('dose = "9 mcg/day", days = 7; dose = "28 mcg/day", days = 21', free=0)
    text = one + 'interval_reason = "No rest"\n' + one.replace('"Cycle"', '"Cycle 2"')
    reasons = [event.period.interval_reason for event in expand(regimen(text), Patient()).events]
    assert reasons == [None, "No rest", None, None]


def test_what_everybody_gets_is_without_the_optional_cycles() -> None:
    one = cycle('dose = "28 mcg/day", days = 7')
    found = expand(regimen(one + one + "optional = true\n"), ADULT)
    assert [found.micrograms, found.for_everybody.micrograms] == [2 * 7 * 28, 7 * 28]
    assert [event.period.cycle for event in found.for_everybody.events] == [1, 1]


def test_of_a_course_that_was_given_wrong_from_end_to_end_the_order_is_known() -> None:
    """One step of two days, in which a bag of another dose hung."""
    planned = expand(regimen(cycle('dose = "9 mcg/day", days = 2', free=0)), ADULT)
    wrong = replace(planned.events[0].period, dose=read_dose("28 mcg/day").rate, instead_of=planned.events[0].period)
    assert as_ordered(course_of_periods(planned.regimen, ADULT, [wrong])).events == planned.events


def test_where_nothing_is_ordered_nothing_is_given() -> None:
    planned = expand(regimen(cycle('dose = "9 mcg/day", days = 2', free=3)), ADULT)
    assert [given_rate(event.period, Fraction(1)) for event in planned.events] == [9, 0]


def test_a_course_says_itself_in_a_line_and_as_columns() -> None:
    """2 days at 9 mcg/day and 3 at 28 are 102 mcg; after that, and where it was all stopped, nothing is given."""
    planned = expand(regimen(cycle('dose = "9 mcg/day", days = 2; dose = "28 mcg/day", days = 3', free=1)), ADULT)
    assert repr(planned) == "<Course of example: 1 cycle, 6 days, 9 to 28 mcg/day, 102 mcg>"
    assert planned.columns() == {
        "start_minute": [0, 2 * DAY, 5 * DAY],
        "stop_minute": [2 * DAY, 5 * DAY, 6 * DAY],
        "cycle": [1, 1, 1],
        "step": [1, 2, 0],
        "mcg_per_day": [9, 28, 0],
        "mcg": [18, 84, 0],
        "capped": [False, False, False],
    }
    assert repr(planned.regimen) == "<Regimen example: 1 cycle, 6 days, 9 to 28 mcg/day>"
    short = regimen(cycle('dose = "9 mcg/day", days = 1', free=0))
    assert repr(short) == "<Regimen example: 1 cycle, 1 day, 9 mcg/day>"
    rest = replace(planned, events=planned.events[2:])
    assert repr(rest) == "<Course of example: 1 cycle, 1 day, 0 mcg/day, 0 mcg>"
