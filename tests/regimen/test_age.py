"""Ages: what can be read, and what of an age that was told is known on another day."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.regimen.age import Age, AgeError, AgeUnit, born_on, completed_age, read_age

DAY = date(2026, 11, 2)
MONTH = Fraction(1, 12)
DAYS = st.dates(date(1950, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("17", Age(completed=17)),
        ("17 years", Age(completed=17)),
        ("1 year", Age(completed=1)),
        ("8 months", Age(completed=8, unit=AgeUnit.MONTHS)),
        ("1 month", Age(completed=1, unit=AgeUnit.MONTHS)),
        ("20 days", Age(completed=20, unit=AgeUnit.DAYS)),
        ("0 days", Age(completed=0, unit=AgeUnit.DAYS)),
        ("2009-05-17", Age(born=date(2009, 5, 17))),
        ("2008-02-29", Age(born=date(2008, 2, 29))),
        (" 120 years ", Age(completed=120)),
    ],
)
def test_an_age_is_read_as_people_tell_it(text: str, age: Age) -> None:
    assert read_age(text) == age


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("17y", 'write "17 years"'),
        ("8 mo", 'write "8 months"'),
        ("8mo.", 'write "8 months"'),
        ("17years", 'write "17 years"'),
        ("20d", 'write "20 days"'),
        ("3 weeks", 'write "21 days"'),
        ("16.5", 'write 16, or "198 months"'),
        ("16,5", 'write 16, or "198 months"'),
        ("0.5", 'write 0, or "6 months"'),
        ("17.05.2009", "year-month-day: 2009-05-17"),
        ("2009/05/17", "year-month-day: 2009-05-17"),
        ("-3", '"20 days"'),
        ("", '"20 days"'),
        ("seventeen", '"20 days"'),
        ("1e3", '"20 days"'),
        ("\u0661\u0667", '"20 days"'),  # 17 in Arabic-Indic digits
        ("2009-02-30", "there is no day 2009-02-30"),
        ("130", "an age in years is 0 to 120"),
        ("121 years", "an age in years is 0 to 120"),
        ("300 months", "an age in months is 0 to 240"),
        ("9999 days", "an age in days is 0 to 1000"),
        ("1066-10-14", "a year of birth is one of 1880 to 2200"),
    ],
)
def test_what_is_no_age_says_what_is_allowed(text: str, advice: str) -> None:
    with pytest.raises(AgeError) as error:
        read_age(text)
    assert advice in str(error.value)


@pytest.mark.parametrize("text", ["17y", "16.5", "8 mo", "2009-02-30", "x" * 200])
def test_whoever_gives_another_text_is_told_all_that_can_be_read(text: str) -> None:
    with pytest.raises(AgeError, match=r'17 or "17 years".*"8 months".*"20 days".*2009-05-17') as error:
        read_age(text)
    assert len(str(error.value)) < 250


def test_the_eighteenth_birthday_makes_an_adult_and_the_day_before_does_not() -> None:
    age = born_on(date(2008, 11, 2))
    assert age.is_at_least(18, DAY - timedelta(days=1)) is False
    assert age.is_at_least(18, DAY) is True


def test_who_is_born_on_a_leap_day_completes_a_year_on_the_first_of_march() -> None:
    age = born_on(date(2008, 2, 29))
    assert age.completes(18) == (date(2026, 3, 1), date(2026, 3, 1))
    assert age.is_at_least(18, date(2026, 2, 28)) is False
    assert age.is_at_least(18, date(2026, 3, 1)) is True
    assert age.completes(20) == (date(2028, 2, 29), date(2028, 2, 29))
    assert born_on(date(2026, 1, 31)).completes(MONTH) == (date(2026, 3, 1), date(2026, 3, 1))


def test_who_is_told_to_be_17_may_turn_18_tomorrow_or_in_a_year() -> None:
    age = completed_age(17).told_on(DAY)
    assert age.is_at_least(18, DAY) is False
    assert age.is_at_least(18, DAY + timedelta(days=1)) is None
    assert age.is_at_least(18, date(2027, 11, 1)) is None
    assert age.is_at_least(18, date(2027, 11, 2)) is True
    assert age.completes(18) == (date(2026, 11, 3), date(2027, 11, 2))


def test_who_is_told_to_be_16_is_a_child_for_a_year() -> None:
    age = completed_age(16).told_on(DAY)
    assert age.is_at_least(18, date(2027, 11, 2)) is False
    assert age.is_at_least(18, date(2027, 11, 3)) is None


def test_what_was_told_before_the_day_holds_then_too() -> None:
    age = completed_age(18).told_on(DAY)
    assert age.is_at_least(18, DAY - timedelta(days=1)) is None
    assert age.is_at_least(17, DAY - timedelta(days=1)) is True


def test_a_newborn_of_20_days_is_a_month_old_ten_or_eleven_days_later() -> None:
    age = completed_age(20, AgeUnit.DAYS).told_on(DAY)
    assert age.completes(MONTH) == (date(2026, 11, 13), date(2026, 11, 13))
    assert age.is_at_least(MONTH, DAY) is False


def test_months_are_completed_too() -> None:
    assert completed_age(0, AgeUnit.MONTHS).told_on(DAY).is_at_least(MONTH, DAY) is False
    assert completed_age(1, AgeUnit.MONTHS).told_on(DAY).is_at_least(MONTH, DAY) is True
    assert completed_age(8, AgeUnit.MONTHS).told_on(DAY).is_at_least(1, DAY) is False
    assert completed_age(0).told_on(DAY).is_at_least(MONTH, DAY) is None


def test_an_age_limit_in_days_can_be_written_in_years() -> None:
    """28 days are 0.0767 years."""
    limit = Fraction("0.0767")
    assert completed_age(27, AgeUnit.DAYS).told_on(DAY).is_at_least(limit, DAY) is False
    assert completed_age(28, AgeUnit.DAYS).told_on(DAY).is_at_least(limit, DAY) is True


def test_without_any_day_an_age_holds_when_it_is_told() -> None:
    age = completed_age(17)
    assert [age.is_at_least(18, days_later=days) for days in (0, 1, 364, 365, 366)] == [False, None, None, None, True]
    assert completed_age(30).is_at_least(18, days_later=0) is True
    assert completed_age(16).is_at_least(18, days_later=364) is False


def test_without_a_day_a_date_of_birth_says_nothing() -> None:
    assert born_on(date(2009, 5, 17)).is_at_least(18) is None
    assert completed_age(17).completes(18) is None


@given(DAYS, st.integers(0, 30), st.sampled_from([AgeUnit.YEARS, AgeUnit.MONTHS]), st.integers(0, 600))
def test_what_is_known_of_an_age_is_so_for_everybody_of_that_age(
    born: date, limit: int, unit: AgeUnit, later: int
) -> None:
    """The answer of a told age is never another than that of the date of birth, which fits it."""
    told = born + timedelta(days=6000)
    exact, step = born_on(born), 12 if unit is AgeUnit.YEARS else 1
    number = max(n for n in range(240) if exact.is_at_least(Fraction(n * step, 12), told))
    age = completed_age(number, unit, told)
    on = told + timedelta(days=later)
    earliest, latest = age.completes(0) or (told, told)
    assert earliest <= born <= latest
    assert age.is_at_least(limit, on) in {None, exact.is_at_least(limit, on)}


@given(DAYS, st.integers(1, 40), st.sampled_from([AgeUnit.YEARS, AgeUnit.MONTHS]))
def test_the_bounds_of_a_told_age_are_as_narrow_as_can_be(told: date, number: int, unit: AgeUnit) -> None:
    """Who is born on the first or the last day that fits has the age, and who is born a day beyond has not."""
    limit = Fraction(number * (12 if unit is AgeUnit.YEARS else 1), 12)
    step = Fraction(12 if unit is AgeUnit.YEARS else 1, 12)
    earliest, latest = completed_age(number, unit, told).completes(0) or (told, told)
    day = timedelta(days=1)
    assert born_on(earliest).is_at_least(limit + step, told) is False
    assert born_on(earliest - day).is_at_least(limit + step, told) is True
    assert born_on(latest).is_at_least(limit, told) is True
    assert born_on(latest + day).is_at_least(limit, told) is False


@pytest.mark.parametrize(
    ("born", "words"),
    [
        ("2026-10-13", "20 days"),
        ("2026-10-03", "30 days"),
        ("2026-10-02", "1 month"),
        ("2025-11-03", "11 months"),
        ("2024-11-03", "23 months"),
        ("2024-11-02", "2 years"),
        ("2009-05-17", "17 years"),
        ("2008-11-03", "17 years"),
        ("2008-11-02", "18 years"),
    ],
)
def test_a_date_of_birth_is_shown_with_the_age_on_the_day(born: str, words: str) -> None:
    assert str(read_age(born).told_on(DAY)) == f"born {born}, {words} on 2026-11-02"


def test_an_age_of_an_unknown_day_cannot_be_asked_of_another() -> None:
    with pytest.raises(ValueError, match="the day on which somebody was 17 years old is not known"):
        completed_age(17).is_at_least(18, DAY)


def test_a_birth_that_lies_ahead_is_one() -> None:
    assert born_on(date(2026, 11, 3)).born_after(DAY)
    assert not born_on(DAY).born_after(DAY)


def test_an_age_is_shown_as_it_was_told() -> None:
    assert str(completed_age(17)) == "17 years"
    assert str(completed_age(1, AgeUnit.MONTHS)) == "1 month"
    assert str(completed_age(17).told_on(DAY)) == "17 years on 2026-11-02"
    assert str(born_on(date(2009, 5, 17))) == "born 2009-05-17"
