"""How old somebody is: a date of birth, or so many completed years, months or days as told on a day.

Who is told to be 17 may have the next birthday tomorrow or in a year, so a question about an age has three answers:
yes, no, and None for not known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

_MONTHS_PER_YEAR = 12
_DAYS_PER_YEAR = Fraction("365.25")

OLDEST = 120
"""Completed years beyond which an age is a slip. A convention: the oldest person on record was 122."""

YEARS_OF_BIRTH = range(1880, 2201)
"""Years in which somebody can be born of whom a course is planned; a convention."""


class AgeUnit(StrEnum):
    """What a completed age is counted in."""

    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"


_HIGHEST = {AgeUnit.YEARS: OLDEST, AgeUnit.MONTHS: 240, AgeUnit.DAYS: 1000}
"""The highest number of each that an age may be told in; a convention."""


class AgeError(ValueError):
    """An age that cannot be read, or that nobody has; the message says what is allowed.

    ``fault`` is what is wrong, and ``advice`` what is allowed.
    """

    def __init__(self, fault: str, advice: str) -> None:
        super().__init__(f"{fault}: {advice}")
        self.fault = fault
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Age:
    """An age, as far as it was told.

    Attributes
    ----------
    born
        The date of birth; None where a completed age was told.
    completed, unit
        The completed age: 17 years are 17 from the 17th birthday to the day before the 18th.
    told
        The day on which that was so, or on which somebody of that date of birth is looked at; None where it is not
        known.
    later
        Ages of the same person that were told on other days: together they say more than each.
    """

    born: date | None = None
    completed: int = 0
    unit: AgeUnit = AgeUnit.YEARS
    told: date | None = None
    later: "tuple[Age, ...]" = ()

    def also(self, other: "Age") -> "Age":
        """The same age, with what was told of it on another day."""
        return replace(self, later=(*self.later, other))

    @property
    def contradicts_itself(self) -> bool:
        """Whether nobody can have had the ages that were told, each on its day."""
        bounds = self._bounds()
        return bounds is not None and bounds[0] > bounds[1]

    def told_on(self, day: date) -> "Age":
        """The same age, as told on a day where nobody says on which."""
        return self if self.told is not None else replace(self, told=day)

    def is_at_least(self, years: Fraction | int, on: date | None = None, days_later: int = 0) -> bool | None:
        """Whether so many years are completed on a day; None where that cannot be known.

        Parameters
        ----------
        years
            The limit; 1/12 is a month.
        on
            The day; the one on which it was told where not given.
        days_later
            How many days after that.
        """
        day = self.told if on is None else on
        if day is None:
            # Any day will do: one whose next years have a leap day, and ones whose next have none.
            answers = {self.told_on(any_day).is_at_least(years, None, days_later) for any_day in _ANY_DAYS}
            return answers.pop() if len(answers) == 1 and self.born is None else None
        bounds = self._bounds()
        if bounds is None:
            raise ValueError(f"the day on which somebody was {self.words} old is not known")
        return _answer(bounds, years, day + timedelta(days=days_later))

    def completes(self, years: Fraction | int) -> tuple[date, date] | None:
        """The earliest and the latest day on which so many years can be completed; None where no day is known."""
        bounds = self._bounds()
        return None if bounds is None else (_completed_on(bounds[0], years), _completed_on(bounds[1], years))

    def born_after(self, day: date) -> bool:
        """Whether the birth certainly lies after a day."""
        bounds = self._bounds()
        return bounds is not None and bounds[0] > day

    def _bounds(self) -> tuple[date, date] | None:
        """The earliest and the latest date of birth that can be; None where no day is known."""
        own = self._own_bounds()
        known = [bounds for bounds in (own, *(age._bounds() for age in self.later)) if bounds is not None]
        return (max(first for first, _ in known), min(last for _, last in known)) if known else None

    def _own_bounds(self) -> tuple[date, date] | None:
        if self.born is not None:
            return self.born, self.born
        if self.told is None:
            return None
        if self.unit is AgeUnit.DAYS:
            born = self.told - timedelta(days=self.completed)
            return born, born
        step = _MONTHS_PER_YEAR if self.unit is AgeUnit.YEARS else 1
        months = self.completed * step
        return _latest_born(self.told, months + step) + timedelta(days=1), _latest_born(self.told, months)

    @property
    def words(self) -> str:
        """As it was told, without the day: 17 years, or born 2009-05-17."""
        if self.born is not None:
            return f"born {self.born.isoformat()}"
        return f"{self.completed} {self.unit.removesuffix('s') if self.completed == 1 else self.unit}"

    @property
    def option_text(self) -> str:
        """As it was told, in a form that can be read again."""
        return self.words.removeprefix("born ")

    @property
    def in_years(self) -> float | None:
        """About how many years it is, for what needs a number; None where that is not known."""
        if self.born is not None:
            return None if self.told is None else (self.told - self.born).days / float(_DAYS_PER_YEAR)
        per_year = {AgeUnit.YEARS: 1.0, AgeUnit.MONTHS: 12.0, AgeUnit.DAYS: float(_DAYS_PER_YEAR)}
        return self.completed / per_year[self.unit]

    def __str__(self) -> str:
        if self.told is None:
            return self.words
        if self.born is None:
            return f"{self.words} on {self.told.isoformat()}"
        return f"{self.words}, {_age_on(self.born, self.told).words} on {self.told.isoformat()}"


def _age_on(born: date, day: date) -> Age:
    """A completed age as people tell it: in days below a month, in months below two years."""
    months = (day.year - born.year) * _MONTHS_PER_YEAR + day.month - born.month
    months -= _months_after(born, months) > day
    if months < 1:
        return Age(completed=max((day - born).days, 0), unit=AgeUnit.DAYS)
    if months < _IN_MONTHS:
        return Age(completed=months, unit=AgeUnit.MONTHS)
    return Age(completed=months // _MONTHS_PER_YEAR)


_IN_MONTHS = 24
_ANY_DAYS = (date(2000, 3, 1), date(2003, 6, 15), date(2001, 3, 1))


def _answer(bounds: tuple[date, date], years: Fraction | int, on: date) -> bool | None:
    earliest, latest = bounds
    if _completed_on(latest, years) <= on:
        return True
    return False if _completed_on(earliest, years) > on else None


def _completed_on(born: date, years: Fraction | int) -> date:
    """The day on which somebody completes so many years.

    Whole months are counted by the calendar. Who is born on a day that the month of the anniversary has not, 29
    February above all, completes it on the first day of the next month: a convention, since laws differ. Any other
    fraction of a year is counted in days of a year of 365.25.
    """
    months = Fraction(years) * _MONTHS_PER_YEAR
    if months.denominator != 1:
        return born + timedelta(days=round(Fraction(years) * _DAYS_PER_YEAR))
    return _months_after(born, int(months))


def _months_after(born: date, months: int) -> date:
    year, month = _month_of(born, months)
    if born.day <= _days_in(year, month):
        return date(year, month, born.day)
    year, month = _month_of(born, months + 1)
    return date(year, month, 1)


def _latest_born(day: date, months: int) -> date:
    """The latest date of birth of somebody who has completed so many months on a day."""
    year, month = _month_of(day, -months)
    return date(year, month, min(day.day, _days_in(year, month)))


def _days_in(year: int, month: int) -> int:
    # Imported here, because of most patients no age is asked for.
    from calendar import monthrange

    return monthrange(year, month)[1]


def _month_of(day: date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * _MONTHS_PER_YEAR + day.month - 1 + months, _MONTHS_PER_YEAR)
    return year, month + 1


ALLOWED = 'an age is completed years (17 or "17 years"), "8 months", "20 days", or a date of birth (2009-05-17)'
"""What can be read as an age, in words."""

# Compiled when an age is read: most regimens are planned without one.
_COMPLETED = r"([0-9]{1,4})(?: (years?|months?|days?))?"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def read_age(text: str) -> Age:
    """Read an age.

    >>> read_age("8 months").completed
    8

    Raises
    ------
    AgeError
        When it is none; the message says what is allowed.
    """
    written = text.strip()
    if re.fullmatch(_DATE, written):
        return born_on(_date(written))
    match = re.fullmatch(_COMPLETED, written)
    if match is None:
        raise AgeError(f"{text[:40]!r} is not an age", "; ".join([ALLOWED, *_suggestions(written)]))
    unit = AgeUnit(f"{match[2].removesuffix('s')}s") if match[2] else AgeUnit.YEARS
    return completed_age(int(match[1]), unit)


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise AgeError(f"there is no day {written}", ALLOWED) from None


def born_on(day: date) -> Age:
    """The age of somebody of whom the date of birth is known.

    Raises
    ------
    AgeError
        When nobody of whom a course is planned was born then.
    """
    if day.year not in YEARS_OF_BIRTH:
        allowed = f"{YEARS_OF_BIRTH[0]} to {YEARS_OF_BIRTH[-1]}"
        raise AgeError(f"born {day.isoformat()}", f"a year of birth is one of {allowed}")
    return Age(born=day)


def completed_age(number: int, unit: AgeUnit = AgeUnit.YEARS, told: date | None = None) -> Age:
    """The age of somebody of whom completed years, months or days are known.

    Raises
    ------
    AgeError
        When nobody is so old, or the unit is one that does not go with the number.
    """
    highest = _HIGHEST[unit]
    if not 0 <= number <= highest:
        raise AgeError(f"an age of {number} {unit}", f"an age in {unit} is 0 to {highest}")
    return Age(completed=number, unit=unit, told=told)


_SHORT = {
    "y": "years",
    "yr": "years",
    "yrs": "years",
    "a": "years",
    "yo": "years",
    "m": "months",
    "mo": "months",
    "mos": "months",
    "mth": "months",
    "d": "days",
}
_ABBREVIATED = r"([0-9]{1,4}) ?([a-z]{1,5})\.?"
_DECIMAL = r"([0-9]{1,3})[.,]([0-9]{1,3})( ?years?)?"
_WEEKS = r"([0-9]{1,3}) ?(?:w|wk|weeks?)"
_OTHER_DATE = r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})|[0-9]{4}[./][0-9]{1,2}[./][0-9]{1,2}"


def _suggestions(written: str) -> Iterator[str]:
    """How to write what was probably meant."""
    plain = written.lower()
    if match := re.fullmatch(_DECIMAL, plain):
        months = round(Fraction(f"{match[1]}.{match[2]}") * _MONTHS_PER_YEAR)
        yield f'ages are completed: write {match[1]}, or "{months} months"'
    elif match := re.fullmatch(_WEEKS, plain):
        yield f'write "{7 * int(match[1])} days"'
    elif (match := re.fullmatch(_ABBREVIATED, plain)) and match[2] in {*_SHORT, "years", "months", "days"}:
        yield f'write "{match[1]} {_SHORT.get(match[2], match[2])}"'
    elif re.fullmatch(_OTHER_DATE, plain):
        yield "write a date of birth as year-month-day: 2009-05-17"
