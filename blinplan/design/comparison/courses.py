"""The courses that are compared: as long as is asked, and the days that all of them have."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from blinplan.course.events import Period
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Cycle, Regimen


def first_cycles(regimen: Regimen, count: int | None) -> Regimen:
    """The same regimen with no more than so many cycles; all of it where no number is given."""
    if count is None or count >= regimen.most_cycles:
        return regimen
    return replace(regimen, cycles=tuple(_first(regimen.cycles, count)), hospital_days=regimen.hospital_days[:count])


def _first(cycles: Sequence[Cycle], count: int) -> Iterator[Cycle]:
    left = count
    for cycle in cycles:
        if left > 0:
            yield replace(cycle, repeat=min(cycle.repeat, left))
        left -= cycle.repeat


def cycles_of(course: Sequence[Period], count: int | None) -> tuple[Period, ...]:
    """The same course with no more than so many cycles."""
    return tuple(period for period in course if count is None or period.cycle <= count)


def end_of(periods: Sequence[Period]) -> float:
    """The day on which a course ends."""
    return periods[-1].stop / MINUTES_PER_DAY


def first_cycle_ends(periods: Sequence[Period]) -> tuple[float, float]:
    """The days on which the infusion and the whole of the first cycle end."""
    first = [period for period in periods if period.cycle == periods[0].cycle]
    return max(period.stop for period in first if period.dose is not None) / MINUTES_PER_DAY, end_of(first)


def cycle_window(periods: Sequence[Period], number: int) -> tuple[int, int] | None:
    """From which minute to which a cycle of a number is; None where there is none."""
    within = [period for period in periods if period.cycle == number]
    return (within[0].start, within[-1].stop) if within else None
