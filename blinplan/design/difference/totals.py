"""What the differences of two regimens come to over the whole course: micrograms, days of infusion, days in all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from blinplan.course.events import Period, given_rate, periods
from blinplan.design.difference.change import RegimenChange, Subject
from blinplan.quantities import MINUTES_PER_DAY, decimal_text, duration_text
from blinplan.regimen.regimen import Regimen

ADULT_AREA, CHILD_AREA = Fraction("1.876"), Fraction("0.8")
"""The body surface areas in m² of the model's typical adult and typical child; a test holds them to the model."""


def usual_area(regimen: Regimen) -> Fraction:
    """The area at which a course is told where nobody gives one."""
    return CHILD_AREA if regimen.virtual_population == "child" else ADULT_AREA


@dataclass(frozen=True, slots=True)
class Total:
    """A whole course, optional cycles included: mcg, minutes of infusion, minutes in all, starts of cycles in minutes.

    All are exact.
    """

    micrograms: Fraction
    infusion: int
    minutes: int
    starts: tuple[int, ...]


def total_of(regimen: Regimen, square_metres: Fraction) -> Total:
    """What the whole course of a regimen comes to at a body surface area."""
    return total_of_course(periods(regimen), square_metres)


def total_of_course(table: Sequence[Period], square_metres: Fraction) -> Total:
    """What a course comes to at a body surface area."""
    infused = [period for period in table if period.dose is not None]
    mcg = sum((given_rate(period, square_metres) * period.minutes for period in infused), Fraction(0))
    return Total(
        mcg / MINUTES_PER_DAY, sum(period.minutes for period in infused), table[-1].stop, tuple(_starts(table))
    )


def _starts(table: Iterable[Period]) -> Iterator[int]:
    seen = set[int]()
    for period in table:
        if period.cycle not in seen:
            seen.add(period.cycle)
            yield period.start


def changes_of_totals(
    first: Total, second: Total, square_metres: Fraction | None, *, optional: bool = False
) -> Iterator[RegimenChange]:
    """What is otherwise over the whole course; the area is told where the dose depends on it.

    ``optional`` says that cycles are among it which not everybody is given.
    """
    if first.micrograms != second.micrograms:
        before, after = (decimal_text(one.micrograms, 3) for one in (first, second))
        note = _percent(100 * (second.micrograms / first.micrograms - 1))
        at = "" if square_metres is None else f" at {decimal_text(square_metres, 3)} m²"
        place = f"Whole course{' with optional cycles' if optional else ''}{at}"
        yield RegimenChange(Subject.WHOLE_COURSE, place, before, after, "mcg", note)
    for place, before, after in (
        ("Infusion", duration_text(first.infusion), duration_text(second.infusion)),
        ("From the first day to the last", duration_text(first.minutes), duration_text(second.minutes)),
        ("Cycles begin on day", _days(first.starts), _days(second.starts)),
    ):
        if before != after:
            yield RegimenChange(Subject.WHOLE_COURSE, place, before, after)


def _days(minutes: Iterable[int]) -> str:
    return ", ".join(decimal_text(Fraction(minute, MINUTES_PER_DAY) + 1, 2) for minute in minutes)


def _percent(share: Fraction) -> str:
    """By how much, with its sign; marked where it is rounded."""
    written = decimal_text(abs(share), 1)
    rounded, _, digits = written.rpartition(" ")
    return f"{rounded}{' ' if rounded else ''}{'-' if share < 0 else '+'}{digits} %"
