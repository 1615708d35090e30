"""A bag on record: how long it lasts, what it gives, and which others hung between."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from blinplan.course.events import expand
from blinplan.course.happened.hung import (
    HungBag,
    bag_at,
    comes_to,
    hung_bags,
    minutes_left,
    unknown_stretches,
    wrong_doses,
)
from blinplan.course.happened.replan import replan
from blinplan.course.patient import Patient, patient
from blinplan.label.read import label_named
from blinplan.quantities import Basis, DoseRate, read_dose
from blinplan.regimen.record.record import BagOnRecord
from tests.course.records import DAY, HOUR, START, course, record, stop
from tests.course.regimens import cycle, regimen

LABEL = label_named("us-2025")
TWO_DAYS = 48 * HOUR


def on_record(
    hung: int = 0,
    down: int | None = None,
    *,
    dose: str = "28 mcg/day",
    hours: int = 48,
    rate: str | None = None,
    number: int | None = None,
    volume: str | None = None,
    prepared: datetime | None = None,
) -> BagOnRecord:
    taken = None if down is None else START + timedelta(minutes=down)
    pump, held = (None if figure is None else Fraction(figure) for figure in (rate, volume))
    at = START + timedelta(minutes=hung)
    return BagOnRecord(at, taken, read_dose(dose).rate, hours * HOUR, pump, number, ("bag", 0), prepared, held)


def bag(hung: int = 0, down: int | None = None, **more: object) -> HungBag:
    return HungBag(hung, down, on_record(hung, down, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "rate", "dose"),
    [
        (48, None, "28 mcg/day"),
        (48, "5", "28 mcg/day"),  # as the label has it
        (48, "10", "56 mcg/day"),
        (24, "5", "14 mcg/day"),
        (36, "10", "28 mcg/day"),  # of which the label knows no rate
    ],
)
def test_a_pump_gives_the_dose_of_its_rate(hours: int, rate: str | None, dose: str) -> None:
    assert bag(hours=hours, rate=rate).dose_given(LABEL) == read_dose(dose).rate


@pytest.mark.parametrize(
    ("hours", "rate", "volume", "lasts"),
    [
        (48, None, None, 48),
        (48, "10", None, 24),
        (48, "2.5", None, 96),
        (36, "10", None, 36),
        (36, None, None, 36),
        (48, None, "240", 48),  # at the label's 5 mL/h
        (48, "10", "240", 24),
        (48, None, "276", Fraction("55.2")),
        (36, "10", "120", 12),
        (36, None, "120", 36),  # at which rate, nobody says
    ],
)
def test_a_full_bag_lasts_as_its_volume_and_its_pump_have_it(
    hours: int, rate: str | None, volume: str | None, lasts: Fraction | int
) -> None:
    assert bag(hours=hours, rate=rate, volume=volume).minutes_full(LABEL) == lasts * HOUR


@pytest.mark.parametrize(
    ("first", "second", "follows"),
    [(3, 3, True), (3, 4, True), (3, 5, False), (3, 2, False), (None, 4, False), (3, None, False)],
)
def test_no_bag_hung_between_two_of_following_numbers(first: int | None, second: int | None, follows: bool) -> None:
    assert bag(number=first).is_followed_by(bag(number=second)) is follows


def test_when_a_bag_was_prepared_is_said_once_for_all_times_it_hung() -> None:
    morning, evening = START - timedelta(hours=2), START - timedelta(hours=1)
    bags = (
        on_record(0, DAY, number=1, prepared=morning),
        on_record(2 * DAY, 3 * DAY, number=1),
        on_record(3 * DAY, 4 * DAY, number=2, prepared=evening),
        on_record(4 * DAY, 5 * DAY, number=2),
        on_record(5 * DAY, None),
    )
    found = hung_bags(replace(record(), bags=bags))
    assert [one.bag.prepared for one in found] == [morning, morning, evening, evening, None]
    assert [(one.start, one.stop) for one in found] == [
        (0, DAY),
        (2 * DAY, 3 * DAY),
        (3 * DAY, 4 * DAY),
        (4 * DAY, 5 * DAY),
        (5 * DAY, None),
    ]
    later = (on_record(0, DAY, number=3), on_record(2 * DAY, 3 * DAY, number=3, prepared=morning))
    assert [one.bag.prepared for one in hung_bags(replace(record(), bags=later))] == [morning, morning]
    unnumbered = (on_record(0, DAY, prepared=morning), on_record(DAY, None))
    assert [one.bag.prepared for one in hung_bags(replace(record(), bags=unnumbered))] == [morning, None]


def test_a_bag_hangs_from_its_first_minute_to_before_its_last() -> None:
    first, second = bag(0, DAY), bag(2 * DAY)
    found = [bag_at((first, second), minute) for minute in (0, DAY - 1, DAY, 2 * DAY - 1, 2 * DAY, 100 * DAY)]
    assert found == [first, first, None, None, second, second]


def test_what_is_left_of_a_bag_that_is_hung_again_is_what_it_has_not_given() -> None:
    bags = (bag(0, DAY, number=1), bag(2 * DAY, 2 * DAY + 12 * HOUR, number=1), bag(3 * DAY, None, number=1))
    assert minutes_left(course(), bags) == (TWO_DAYS, 24 * HOUR, 12 * HOUR)
    others = (bag(0, DAY, number=1), bag(2 * DAY, None, number=2))
    assert minutes_left(course(), others) == (TWO_DAYS, TWO_DAYS)
    unnumbered = (bag(0, DAY), bag(2 * DAY, None))
    assert minutes_left(course(), unnumbered) == (TWO_DAYS, TWO_DAYS)
    empty = (bag(0, 3 * DAY, number=1), bag(3 * DAY, None, number=1))
    assert minutes_left(course(), empty) == (TWO_DAYS, 0)
    in_the_interval = (bag(30 * DAY, 31 * DAY, number=1), bag(42 * DAY, None, number=1))
    assert minutes_left(course(), in_the_interval) == (TWO_DAYS, 24 * HOUR)  # where it ran, though nothing was ordered
    stopped = (bag(2 * DAY, 4 * DAY, number=1), bag(5 * DAY, None, number=1))
    interrupted = replan(course(), record(stop(3 * DAY, DAY))).course
    assert minutes_left(interrupted, stopped) == (TWO_DAYS, 24 * HOUR)  # it gave nothing while the infusion stood


@pytest.mark.parametrize(
    ("bags", "known_until", "stretches"),
    [
        ((), 20 * DAY, []),
        ((bag(0, DAY, number=1), bag(DAY, 2 * DAY, number=2)), 2 * DAY, []),
        ((bag(0, DAY, number=1), bag(3 * DAY, 4 * DAY, number=2)), 4 * DAY, []),  # none hung between the two
        ((bag(0, DAY, number=1), bag(3 * DAY, 4 * DAY, number=3)), 4 * DAY, [(DAY, 3 * DAY)]),
        ((bag(0, DAY), bag(3 * DAY, 4 * DAY)), 4 * DAY, [(DAY, 3 * DAY)]),
        ((bag(2 * DAY, 4 * DAY),), 4 * DAY, [(0, 2 * DAY)]),
        ((bag(0, 4 * DAY),), 9 * DAY, [(4 * DAY, 9 * DAY)]),
        ((bag(0, 4 * DAY),), 3 * DAY, []),
        ((bag(0, None),), 9 * DAY, []),
        ((bag(0, 4 * DAY), bag(40 * DAY, 41 * DAY)), 41 * DAY, [(4 * DAY, 28 * DAY)]),  # to the end of the cycle
        ((bag(0, 28 * DAY), bag(42 * DAY, 43 * DAY)), 43 * DAY, []),  # nothing was infused in the interval
        ((bag(1, 4 * DAY),), 4 * DAY, [(0, 1)]),
        (  # in the order of time
            (bag(DAY, 2 * DAY), bag(3 * DAY, 4 * DAY), bag(5 * DAY, 6 * DAY)),
            7 * DAY,
            [(0, DAY), (2 * DAY, 3 * DAY), (4 * DAY, 5 * DAY), (6 * DAY, 7 * DAY)],
        ),
    ],
)
def test_where_nobody_says_which_bag_hung(
    bags: tuple[HungBag, ...], known_until: int, stretches: list[tuple[int, int]]
) -> None:
    assert list(unknown_stretches(course(), bags, known_until)) == stretches


@pytest.mark.parametrize(
    ("given", "rate", "same"),
    [
        ("9 mcg/day", "9", True),
        ("9 mcg/day", "9.01", False),  # a whole number is exact
        ("9.1 mcg/day", "9.05", True),
        ("9.1 mcg/day", "9.15", True),
        ("9.1 mcg/day", "9.151", False),
        ("9.10 mcg/day", "9.15", True),  # which is the same number
        ("9.12 mcg/day", "9.125", True),
        ("9.12 mcg/day", "9.126", False),
        ("9.123456 mcg/day", "9.1234565", True),
        ("9.123456 mcg/day", "9.1234566", False),
        ("9.1234567 mcg/day", "9.12345671", False),  # nobody writes so many, and an exact number is exact
        ("5 mcg/m2/day", "5.5", True),
        ("5 mcg/m2/day", "5.6", False),
    ],
)
def test_a_dose_comes_to_a_rate_as_far_as_it_is_written(given: str, rate: str, same: bool) -> None:
    whom = patient(area=Fraction("1.1"))
    assert comes_to(read_dose(given).rate, Fraction(rate), None, whom) is same
    if "m2" not in given:
        assert comes_to(read_dose(given).rate, Fraction(rate), None, Patient()) is same


def test_a_dose_that_no_decimal_number_is_comes_to_itself_alone() -> None:
    """As at a pump's rate of a third: 28 mcg/day in 15 in place of 45 mL."""
    third = DoseRate(Fraction(28, 3), Basis.FLAT)
    assert comes_to(third, Fraction(28, 3), None, Patient())
    assert not comes_to(third, Fraction("9.333"), None, Patient())


def test_a_bag_of_the_ordered_dose_gives_it_whatever_its_cap_is_in_another_cycle() -> None:
    """15 mcg/m²/day are limited to 28 mcg/day in the first cycle and to 20 in the second, in a patient of 1.8 m²."""
    steps = [f'dose = "15 mcg/m2/day", max = "{most} mcg/day", days = 4' for most in (28, 20)]
    planned = expand(regimen("".join(cycle(step, free=1) for step in steps), "bsa"), patient(area=Fraction("1.8")))
    bags = (on_record(5 * DAY, 6 * DAY, dose="15 mcg/m2/day"),)
    found = replan(planned, replace(record(regimen="example"), bags=bags)).course
    assert list(wrong_doses(found)) == []
    assert [event.rate for event in found.events if event.rate] == [27, 20]


def test_a_dose_by_area_comes_to_its_cap() -> None:
    cap = read_dose("5 mcg/day").rate
    whom = patient(area=Fraction("1.1"))
    assert comes_to(read_dose("5 mcg/m2/day").rate, Fraction(5), cap, whom)
    assert not comes_to(read_dose("5 mcg/m2/day").rate, Fraction("5.5"), cap, whom)
