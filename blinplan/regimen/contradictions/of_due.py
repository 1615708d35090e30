"""What contradicts itself in what is due besides blinatumomab: its days, its cycles and its doses by age."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from pydantic_core import ValidationError

from blinplan.quantities import HOURS_PER_DAY, plural
from blinplan.regimen import schema
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.problems import Problem, contradiction
from blinplan.regimen.toml.table import Table
from blinplan.regimen.vocabulary import DueKind

Values = TypeVar("Values")


def valid(table: Table[Values], value: object) -> Values | None:
    """The values of a table that holds what it may; None of another."""
    try:
        return table.read(value)
    except ValidationError:
        return None


def array_of(value: object) -> list[Any]:
    """What stands in an array; nothing where a value is none."""
    return value if isinstance(value, list) else []


def age_contradictions(
    document: Document, path: KeyPath, ages: schema.EligibilityTable | schema.DoseByAgeTable
) -> Iterator[Problem]:
    """Tell of an age limit that is not above the other."""
    low, high = ages.min_age_years, ages.below_age_years
    if low is not None and high is not None and high <= low:
        yield contradiction(
            document,
            (*path, "below_age_years"),
            f"`below_age_years` is {high}, `min_age_years` is {low}",
            "no age is at least the one and below the other",
            "give a `below_age_years` above `min_age_years`",
        )


def due_contradictions(document: Document) -> Iterator[Problem]:
    """Compare the keys of each thing due with each other, and with the cycles where all of them can be read."""
    tables = array_of(document.values.get("due"))
    if not tables:  # as in most files, whose cycles are not read for it
        return
    read = [valid(schema.CYCLE, table) for table in array_of(document.values.get("cycle"))]
    cycles = [cycle for cycle in read if cycle is not None]
    given = [cycle for cycle in cycles for _ in range(cycle.repeat)] if len(cycles) == len(read) else []
    timed = given if all(_is_timed(step) for cycle in given for step in cycle.steps) else []
    for index, table in enumerate(tables):
        if due := valid(schema.DUE, table):
            path = ("due", index)
            yield from _doses(document, due, path)
            yield from _cycles_that_never_come(document, due, path, len(given))
            yield from _days_twice(document, due, path)
            yield from _pre_phase_after_the_start(document, due, path)
            yield from _days_of_other_cycles(document, due, path, timed)


def _is_timed(step: schema.StepTable) -> bool:
    return (step.days is None) != (step.hours is None)


def _days(cycle: schema.CycleTable) -> int:
    """The days of a cycle with those without infusion, one that has begun included."""
    hours = sum((step.days or 0) * HOURS_PER_DAY + (step.hours or 0) for step in cycle.steps)
    return -(-hours // HOURS_PER_DAY) + cycle.treatment_free_days


def _doses(document: Document, due: schema.DueTable, path: KeyPath) -> Iterator[Problem]:
    for index, dose in enumerate(due.dose_by_age):
        yield from age_contradictions(document, (*path, "dose_by_age", index), dose)
    if due.dose is not None and due.dose_by_age:
        yield contradiction(
            document,
            (*path, "dose_by_age"),
            "this gives both `dose` and `dose_by_age`",
            "`dose` is that of everybody, and `dose_by_age` are by age",
            "give one of the two",
        )
    yield from _ages_with_two_doses(document, due.dose_by_age, path)
    yield from _ages_without_a_dose(document, due.dose_by_age, path)


def _cycles_that_never_come(document: Document, due: schema.DueTable, path: KeyPath, number: int) -> Iterator[Problem]:
    late = [cycle for cycle in due.cycles if number and cycle > number]
    if late:
        yield contradiction(
            document,
            (*path, "cycles"),
            f"`cycles` names cycle {late[0]}, and the regimen has {number} {plural('cycle', number)}",
            "what is due with a cycle that never comes would not be due at all",
            f"name cycles from 1 to {number}",
        )


def _days_twice(document: Document, due: schema.DueTable, path: KeyPath) -> Iterator[Problem]:
    for index, day in enumerate(due.days):
        if any(abs(_later(day) - _later(other)) < due.for_days for other in due.days[:index]):
            yield contradiction(
                document,
                (*path, "days", index),
                f"{due.what} is due twice on day {day}",
                "whether one dose or two are meant is not to be guessed"
                + (f"; each of the days begins {due.for_days} days in a row" if due.for_days > 1 else ""),
                "name each day once, or say in `dose` that it is given twice a day",
            )


def _later(day: int) -> int:
    """How many days after that of the start a day is; there is no day 0."""
    return day - 1 if day > 0 else day


def _pre_phase_after_the_start(document: Document, due: schema.DueTable, path: KeyPath) -> Iterator[Problem]:
    late = [index for index, day in enumerate(due.days) if _later(day) + due.for_days > 0]
    if due.kind == "pre-phase" and late:
        day = due.days[late[0]]
        goes_on = day < 0
        yield contradiction(
            document,
            (*path, "for_days") if goes_on else (*path, "days", late[0]),
            f"this pre-phase {'goes on to' if goes_on else 'is due on'} day {_day_after(day, due.for_days - 1)}",
            "a pre-phase is over before the infusion starts, and day 1 is that of the start",
            f"let it end on day -1{f', {-day} days from day {day}' if goes_on else ''}, or give another `kind`",
        )


def _day_after(day: int, later: int) -> int:
    days = _later(day) + later
    return days + 1 if days >= 0 else days


_NO_END = 1_000_000
"""Days of a time that has no end in the regimen."""


def stray_days(due: schema.DueTable, given: Sequence[schema.CycleTable]) -> Iterator[tuple[int, int, int]]:
    """The days that are not of the cycle from whose start they are counted, by their places in ``days``.

    With each a cycle of which it is none, and the days that this has; those of the one before it, negative, for a day
    before its start. Days before the course may be many, and what follows the last infusion may have no end.
    """
    lengths = [_days(cycle) for cycle in given]
    if given and not given[-1].treatment_free_days:
        lengths[-1] = _NO_END
    numbers = due.cycles or DueKind(due.kind).own_cycles or range(1, len(lengths) + 1)
    shared = [number for number in numbers if number <= len(lengths)]
    for index, day in enumerate(due.days):
        last = _day_after(day, due.for_days - 1)
        late = ((number, lengths[number - 1]) for number in shared if last > lengths[number - 1])
        early = ((number, -lengths[number - 2]) for number in shared if number > 1 and -day > lengths[number - 2])
        if found := next(late, None) or next(early, None):
            yield index, *found


def _days_of_other_cycles(
    document: Document, due: schema.DueTable, path: KeyPath, given: Sequence[schema.CycleTable]
) -> Iterator[Problem]:
    for index, cycle, length in stray_days(due, given):
        day, last = due.days[index], _day_after(due.days[index], due.for_days - 1)
        spread = f"on day {day}" if last == day else f"from day {day} to {last}"
        where = (
            f"of cycle {cycle}, which has {length} days"
            if length > 0
            else f"before cycle {cycle}, and the cycle before that has {-length} days"
        )
        yield contradiction(
            document,
            (*path, "days", index),
            f"{due.what} is due {spread} {where}",
            "a day that is not of this cycle is one of another, and would be planned as one of this",
            f"name days {'up to' if length > 0 else 'from'} {length}, or say with `cycles` to which they apply",
        )


def _ages_with_two_doses(
    document: Document, doses: Sequence[schema.DoseByAgeTable], path: KeyPath
) -> Iterator[Problem]:
    for index, second in enumerate(doses):
        if any(_share_an_age(first, second) for first in doses[:index]):
            key = "min_age_years" if second.min_age_years is not None else "below_age_years"
            place = (*path, "dose_by_age", index)
            yield contradiction(
                document,
                (*place, key) if getattr(second, key) is not None else (*path, "dose_by_age"),
                "there are two doses for one age",
                "which of the two is meant is not to be guessed",
                "give each age one dose: from `min_age_years`, itself included, to `below_age_years`",
            )


def _share_an_age(first: schema.DoseByAgeTable, second: schema.DoseByAgeTable) -> bool:
    low = max(first.min_age_years or Decimal(0), second.min_age_years or Decimal(0))
    highs = [high for high in (first.below_age_years, second.below_age_years) if high is not None]
    return not highs or low < min(highs)


def _ages_without_a_dose(
    document: Document, doses: Sequence[schema.DoseByAgeTable], path: KeyPath
) -> Iterator[Problem]:
    """Tell of ages between two doses; those below the lowest and above the highest may be left out on purpose."""
    order = sorted(range(len(doses)), key=lambda index: doses[index].min_age_years or Decimal(0))
    for first, second in pairwise(order):
        high, low = doses[first].below_age_years, doses[second].min_age_years
        if high is not None and low is not None and high < low:
            yield contradiction(
                document,
                (*path, "dose_by_age", second, "min_age_years"),
                f"there is no dose from age {high} to below {low}",
                "whoever is of that age gets a dose before and after it, and which is meant is not to be guessed",
                f"let the doses meet, such as with a `below_age_years` of {low}, or give one for these ages",
            )
