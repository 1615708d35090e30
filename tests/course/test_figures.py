"""A patient who changes: what was given stays, and the next cycle or step follows the new figures."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.sequence import usable_bags
from blinplan.course.dated import Dated, date_course
from blinplan.course.events import Course, expand
from blinplan.course.happened.decided import RecordError
from blinplan.course.happened.figures import regimen_for
from blinplan.course.happened.ledger_document import ledger_data, ledger_of
from blinplan.course.happened.replan import Replanned, replan, replay
from blinplan.course.patient import AreaFormula, PatientError, body_surface_area, patient
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.regimen.age import completed_age
from blinplan.regimen.record.record import BodyMeasurement, CourseRecord
from tests.course.records import CRS, DAY, START, record, stop
from tests.course.regimens import site

CHILD, ADULT = library.regimen("rr-below-45-kg"), library.regimen("rr-adult")


def area(weight: str | int, height: str | int) -> Fraction:
    return body_surface_area(Fraction(weight), Fraction(height), AreaFormula.MOSTELLER)


def child(weight: str | int = 44, height: str | int = 150) -> Course:
    return replace(expand(CHILD, patient(Fraction(weight), Fraction(height))), others=(ADULT, CHILD))


def taken(
    days: int, weight: str | int | None = None, height: str | int | None = None, square_metres: str | None = None
) -> BodyMeasurement:
    kg, cm, area_m2 = (None if figure is None else Fraction(figure) for figure in (weight, height, square_metres))
    return BodyMeasurement(START.date() + timedelta(days=days), kg, cm, area_m2, ("measured", 0))


def grown(course: Course, *measured: BodyMeasurement, by_step: bool = False, **happened: object) -> Replanned:
    stops = happened.get("stops", ())
    told = replace(record(*stops, regimen=course.regimen.name), measurements=measured)  # type: ignore[misc]
    return replan(course, told, by_step=by_step)


def rates(found: Replanned, cycle: int) -> list[Fraction]:
    return [e.rate for e in found.course.events if e.period.cycle == cycle and e.period.dose is not None]


def test_a_child_who_grows_from_44_to_46_kg_between_cycles_gets_the_flat_dose_from_the_next_one_on() -> None:
    found = grown(child(44), taken(40, 46))
    assert rates(found, 1) == [5 * area(44, 150), 15 * area(44, 150)]
    assert [rates(found, cycle) for cycle in (2, 3, 4, 5)] == [[Fraction(28)]] * 4
    (figures,) = found.ledger.figures
    assert (figures.minute, figures.regimen) == (42 * DAY, "rr-adult")
    assert figures.why == (
        "cycle 2 takes the figures of 2026-04-11: weight 46 kg (44 kg before), area 1.384 m² (Mosteller) (1.354 m²"
        " (Mosteller) before); rr-below-45-kg is for below 45 kg; the patient weighs 46 kg: switched to rr-adult"
        " (Patients of 45 kg and over receive a flat dose; below 45 kg the dose is by body surface area)"
    )
    assert found.course.regimens == (CHILD, ADULT)
    # What was given and what will be given, to the microgram: 7 and 21 days by area, and four cycles of 28 days.
    assert found.course.micrograms == area(44, 150) * (7 * 5 + 21 * 15) + 4 * 28 * 28


def test_who_becomes_lighter_than_45_kg_is_dosed_by_area_from_the_next_cycle_on() -> None:
    adult = replace(expand(ADULT, patient(Fraction(46), Fraction(150))), others=(CHILD, ADULT))
    found = grown(adult, taken(40, 44))
    assert rates(found, 1) == [9, 28]
    assert rates(found, 2) == [15 * area(44, 150)]


def test_a_patient_who_loses_a_tenth_is_dosed_by_the_new_area_from_the_next_cycle_on() -> None:
    found = grown(child(40), taken(20, 36))
    assert rates(found, 1) == [5 * area(40, 150), 15 * area(40, 150)]
    assert rates(found, 2) == [15 * area(36, 150)]
    (figures,) = found.ledger.figures
    assert (figures.day, figures.minute, figures.regimen) == (date(2026, 3, 22), 42 * DAY, "rr-below-45-kg")
    assert "switched" not in figures.why


def test_a_site_may_let_new_figures_count_from_the_next_step_on() -> None:
    found = grown(child(40), taken(5, 36), by_step=True)
    assert rates(found, 1) == [5 * area(40, 150), 15 * area(36, 150)]
    crossed = grown(child(44), taken(5, 46), by_step=True)
    assert rates(crossed, 1) == [5 * area(44, 150), 28]
    assert rates(crossed, 2) == [28]


def test_figures_of_the_day_of_a_start_count_from_that_start_on_and_later_ones_do_not() -> None:
    assert rates(grown(child(), taken(42, 46)), 2) == [28]
    late = grown(child(), taken(43, 46))
    assert rates(late, 2) == [15 * area(44, 150)]
    assert rates(late, 3) == [28]


def test_new_figures_do_not_change_a_step_that_was_stopped_and_goes_on() -> None:
    found = grown(child(40), taken(10, 36), by_step=True, stops=[stop(9 * DAY, 2 * DAY)])
    assert rates(found, 1) == [5 * area(40, 150), 15 * area(40, 150), 15 * area(40, 150)]
    assert rates(found, 2) == [15 * area(36, 150)]


def test_a_new_cycle_after_a_long_stop_repeats_the_steps_of_the_regimen_that_is_given_then() -> None:
    found = grown(child(44), taken(14, 46), stops=[stop(6 * DAY, 9 * DAY, CRS, grade=2)])
    assert rates(found, 2) == [9, 28]


@pytest.mark.parametrize("measured", [(), (taken(14, 46),)])
def test_a_start_on_record_is_that_of_the_restart_also_where_new_figures_end_the_course(
    measured: tuple[BodyMeasurement, ...],
) -> None:
    """Stopped for nine days, the restart on day 15 begins a cycle; of 46 kg there is no regimen to go on with."""
    alone = expand(CHILD, patient(Fraction(44), Fraction(150)))
    for day in (15, 16):
        told = record(stop(6 * DAY, 9 * DAY, CRS, grade=2), regimen=CHILD.name, starts={2: day * DAY})
        told = replace(told, measurements=measured)
        if day == 15:
            assert replan(alone, told).ended is bool(measured)
            continue
        with pytest.raises(RecordError, match="the restart after an interruption began cycle 2, at another time"):
            replan(alone, told)


def test_a_restart_is_at_the_dose_of_the_weight_that_counts() -> None:
    before = grown(child(44), taken(12, 46), stops=[stop(10 * DAY, 3 * DAY, CRS, grade=3)])
    assert rates(before, 1)[2] == 5 * area(44, 150)
    after = grown(child(44), taken(40, 46), stops=[stop(50 * DAY, 3 * DAY, CRS, grade=3, cycle=2)])
    assert rates(after, 2) == [28, 9, 28]


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (
            (44, 150, None),
            ("43", None, None),
            "weight 43 kg (44 kg before), area 1.339 m² (Mosteller) (1.354 m² (Mosteller) before)",
        ),
        (
            (44, 150, None),
            (None, "152", None),
            "height 152 cm (150 cm before), area 1.363 m² (Mosteller) (1.354 m² (Mosteller) before)",
        ),
        ((44, 150, None), (None, None, "1.3"), "area 1.300 m² (given) (1.354 m² (Mosteller) before)"),
        (
            (None, None, "1.3"),
            ("40", None, "1.25"),
            "weight 40 kg (not known before), area 1.250 m² (given) (1.300 m² (given) before)",
        ),
    ],
)
def test_what_changes_is_told_from_what_to_what(
    before: tuple[int | None, int | None, str | None], now: tuple[str | None, str | None, str | None], words: str
) -> None:
    weight, height, given = (None if figure is None else Fraction(figure) for figure in before)
    course = replace(expand(CHILD, patient(weight, height, given)), others=(ADULT, CHILD))
    (figures,) = grown(course, taken(40, *now)).ledger.figures
    assert figures.why == f"cycle 2 takes the figures of 2026-04-11: {words}"


def test_an_adult_s_figures_are_told_though_no_area_is_known() -> None:
    adult = replace(expand(ADULT, patient(Fraction(70))), others=(CHILD, ADULT))
    (figures,) = grown(adult, taken(40, 60)).ledger.figures
    assert figures.why == "cycle 2 takes the figures of 2026-04-11: weight 60 kg (70 kg before)"
    (figures,) = grown(adult, taken(40, None, 170)).ledger.figures
    assert figures.why == (
        "cycle 2 takes the figures of 2026-04-11: height 170 cm (not known before), area 1.818 m² (Mosteller)"
        " (not known before)"
    )


def test_the_formula_of_the_first_area_is_that_of_later_ones() -> None:
    by_dubois = patient(Fraction(44), Fraction(150), None, AreaFormula.DUBOIS)
    course = replace(expand(CHILD, by_dubois), others=(ADULT, CHILD))
    expected = body_surface_area(Fraction(40), Fraction(150), AreaFormula.DUBOIS)
    assert rates(grown(course, taken(40, 40)), 2) == [15 * expected]
    assert expected != area(40, 150)


def test_figures_that_are_those_of_before_change_nothing_and_are_no_more_waited_for() -> None:
    same = grown(child(40), taken(20, 40), taken(60, 41))
    assert [figures.day for figures in same.ledger.figures] == [date(2026, 5, 1)]
    assert same.ledger.not_counted == ()
    assert grown(child(40), taken(20, 40)).ledger.not_counted == ()
    twice = grown(child(40), taken(10, 39), taken(20, 38))
    assert [(figures.day, figures.patient.weight) for figures in twice.ledger.figures] == [
        (date(2026, 3, 22), Fraction(38))
    ]


def test_regimens_that_name_each_other_are_each_asked_once() -> None:
    infant = patient(Fraction(5), Fraction(58))
    light = replace(
        CHILD, name="light", eligibility=CHILD.eligibility._replace(below_weight=Fraction(3), otherwise="heavy")
    )
    heavy = replace(ADULT, name="heavy", eligibility=ADULT.eligibility._replace(otherwise="light"))
    assert regimen_for(infant, light, (light, heavy)) is None


def test_a_given_area_is_one_of_its_day() -> None:
    confirmed = replace(expand(CHILD, patient(Fraction(40), Fraction(150), Fraction("1.3"))), others=(ADULT, CHILD))
    assert rates(grown(confirmed, taken(40, 36)), 2) == [15 * area(36, 150)]
    assert rates(grown(confirmed, taken(40, 36, None, "1.25")), 2) == [Fraction("18.75")]
    nobody_knows = replace(expand(CHILD, patient(Fraction(40), None, Fraction("1.3"))), others=(ADULT, CHILD))
    with pytest.raises(PatientError, match="is not known"):
        grown(nobody_knows, taken(40, 36))


def test_where_no_regimen_is_for_the_patient_any_more_nothing_more_is_planned() -> None:
    found = grown(replace(child(), others=()), taken(40, 46))
    assert found.ended
    assert {event.period.cycle for event in found.course.events} == {1}
    (figures,) = found.ledger.figures
    assert figures.regimen is None
    assert figures.why.endswith("and no other regimen is named for such a patient: nothing more is planned")


def test_where_no_regimen_is_for_the_patient_from_a_step_on_the_rest_of_the_cycle_is_not_planned_either() -> None:
    """Weighed on day 6 with 46 kg, where the site lets that count from the step on day 8 on."""
    found = grown(replace(child(44), others=()), taken(5, 46), by_step=True)
    assert found.ended
    assert [(event.period.stop, event.rate) for event in found.course.events] == [(7 * DAY, 5 * area(44, 150))]
    assert found.ledger.figures[0].why.endswith("nothing more is planned")
    assert replay(found.undated, ledger_of(ledger_data(found.ledger))) == found


def test_figures_after_the_start_of_the_last_cycle_change_nothing_and_are_told() -> None:
    found = grown(child(), taken(180, 46))
    assert found.ledger.figures == ()
    assert found.ledger.not_counted == (START.date() + timedelta(days=180),)
    assert found.course.events == found.planned.events


def test_a_regimen_is_found_over_those_that_others_name() -> None:
    assert regimen_for(patient(Fraction(50)), CHILD, (ADULT, CHILD)) is ADULT
    assert regimen_for(patient(Fraction(40)), ADULT, (ADULT, CHILD)) is CHILD
    assert regimen_for(patient(Fraction(50)), CHILD, ()) is None


@given(
    st.lists(
        st.tuples(st.integers(1, 230), st.integers(25, 70)),
        min_size=1,
        max_size=4,
        unique_by=lambda each: each[0],
    ),
    st.booleans(),
)
def test_whatever_is_measured_the_past_stays_and_the_ledger_makes_the_same_course(
    measured: list[tuple[int, int]], by_step: bool
) -> None:
    told = [taken(days, weight) for days, weight in sorted(measured)]
    found = grown(child(), *told, by_step=by_step)
    again = replay(found.planned, ledger_of(ledger_data(found.ledger)))
    assert again.course.events == found.course.events
    assert again.ledger == found.ledger or all(  # ages are the planned patient's
        (one.minute, one.regimen, one.why) == (other.minute, other.regimen, other.why)
        for one, other in zip(again.ledger.figures, found.ledger.figures, strict=True)
    )
    # What was given before the last measurement is what would have been given without it.
    without = grown(child(), *told[:-1], by_step=by_step)
    last = (told[-1].day - START.date()).days * MINUTES_PER_DAY - 10 * 60
    assert [e for e in without.course.events if e.period.stop <= last] == [
        e for e in found.course.events if e.period.stop <= last
    ]
    # A dose is that of the weight that counts at the beginning of its cycle.
    for event in found.course.events:
        whom = found.course.patient_at(event.period.start)
        if event.period.dose is not None:
            assert (event.period.dose.basis == "bsa") == (whom.weight is not None and whom.weight < 45)


def test_the_weight_that_counts_decides_about_bags_with_preservative() -> None:
    infant = replace(expand(CHILD, patient(Fraction(5), Fraction(58))), others=(ADULT, CHILD))
    ward = replace(site(24, 168), preservative_from=Fraction("5.4"))
    ward = replace(ward, bags=(replace(ward.bags[0], preservative=False), replace(ward.bags[1], preservative=True)))
    told = replace(record(regimen=CHILD.name), measurements=(taken(40, 6, 62),))
    found: Dated = date_course(infant, START.astimezone(ZoneInfo("UTC")), ward, told)
    hours = {
        number: {bag.size.minutes // 60 for bag in found.bags if _cycle(found, bag.start) == number}
        for number in (1, 2)
    }
    assert hours == {1: {24}, 2: {168}}
    assert [bag.minutes // 60 for bag in usable_bags(ward, Fraction(5))] == [24]


def _cycle(found: Dated, minute: int) -> int:
    return next(e.period.cycle for e in found.course.events if e.period.start <= minute < e.period.stop)


def test_ages_of_several_days_say_more_than_each() -> None:
    told = completed_age(17, told=date(2026, 11, 2)).also(completed_age(18, told=date(2026, 12, 14)))
    assert told.is_at_least(18, date(2026, 12, 14)) is True
    assert told.is_at_least(18, date(2026, 11, 2)) is False
    assert told.is_at_least(18, date(2026, 11, 20)) is None
    assert not told.contradicts_itself
    assert completed_age(17, told=date(2026, 11, 2)).also(completed_age(20, told=date(2026, 12, 14))).contradicts_itself


def test_figures_count_in_the_order_of_their_days_and_not_of_the_record() -> None:
    first, second = taken(20, 44), taken(40, 46)
    in_order, turned = grown(child(43), first, second), grown(child(43), second, first)
    assert turned.ledger.figures == in_order.ledger.figures
    assert [one.patient.weight for one in turned.ledger.figures] == [46]


def test_the_day_of_figures_is_one_of_the_place_where_the_course_begins() -> None:
    """Half an hour after midnight in Berlin is still the day before in UTC, in which the record is written."""
    begins = datetime(2026, 6, 2, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    planned = expand(ADULT, patient(Fraction(70)))
    for day, counts in ((date(2026, 7, 14), True), (date(2026, 7, 15), False)):
        measured = BodyMeasurement(day, Fraction(80), None, None, ("measured", 0))
        empty = CourseRecord(
            "rr-adult", begins.astimezone(UTC), None, None, None, None, (), (), measurements=(measured,)
        )
        found = date_course(planned, begins, None, empty)
        assert [figures.minute // DAY for figures in found.ledger.figures] == [42 if counts else 84]


def test_figures_that_were_taken_on_the_day_of_a_start_have_counted_whether_or_not_they_change_anything() -> None:
    """On the day of the last start; and figures count once, and never from a step on where the site does not say so."""
    for kilograms in (44, 46):
        for day in (160, 168):
            assert grown(child(), taken(day, kilograms)).ledger.not_counted == ()
    assert len(grown(child(), taken(40, 46)).ledger.figures) == 1
    within = grown(child(40), taken(5, 36))
    assert [figures.minute for figures in within.ledger.figures] == [42 * DAY]
    assert rates(within, 1) == [5 * area(40, 150), 15 * area(40, 150)]


def test_figures_are_told_to_three_decimals_and_an_area_that_is_not_known_any_more_is_told() -> None:
    """An area that was given is one of its day: with a new weight and no height there is none."""
    flat = replace(expand(ADULT, patient(Fraction("70.12345"), None, Fraction("1.8"))), others=(CHILD, ADULT))
    (figures,) = grown(flat, taken(40, "65.45678")).ledger.figures
    assert "weight ≈ 65.457 kg (≈ 70.123 kg before)" in figures.why
    assert "area not known (1.800 m² (given) before)" in figures.why
