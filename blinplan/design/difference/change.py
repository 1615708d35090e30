"""One difference of two regimens, in the words of a ward."""

from dataclasses import dataclass
from enum import StrEnum

from blinplan.quantities import MINUTES_PER_DAY, DoseRate, decimal_text, duration_text, plural, time_in_course

ARROW = "→"
NONE = "none"


class Subject(StrEnum):
    """What a difference is of. From `NAME` on it is of what only the file says."""

    DOSE = "dose"
    CAP = "cap"
    STEP = "step"
    INTERVAL = "interval"
    CYCLE = "cycle"
    OPTIONAL = "optional"
    PREMEDICATION = "premedication"
    HOSPITAL_DAYS = "hospital-days"
    DUE = "due"
    ELIGIBILITY = "eligibility"
    LABEL = "label"
    WHOLE_COURSE = "whole-course"
    NAME = "name"
    SOURCE = "source"
    DEPARTURE = "departure"
    WAIVER = "waiver"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RegimenChange:
    """Something that is otherwise in the second regimen.

    Attributes
    ----------
    subject
        What it is of.
    place
        Where: "Cycle 1, day 8".
    before, after
        What the first and the second have there; None where one has nothing.
    unit
        What both are counted in, "" where each says it.
    note
        What belongs to both: "for 21 d".
    cycles
        The cycles that it is in, as the first regimen counts them, or the second where the first has none.
    """

    subject: Subject
    place: str
    before: str | None
    after: str | None
    unit: str = ""
    note: str = ""
    cycles: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """The difference in one line."""
        unit, note = f" {self.unit}" if self.unit else "", f", {self.note}" if self.note else ""
        if self.before is None:
            return f"{self.place}, added: {self.after}{unit}{note}"
        if self.after is None:
            return f"{self.place}, left out: {self.before}{unit}{note}"
        return f"{self.place}: {self.before} {ARROW} {self.after}{unit}{note}"


def dose_change(before: DoseRate, after: DoseRate) -> tuple[str, str, str]:
    """Two doses in words, and their unit where they have one."""
    if before.basis is not after.basis:
        return str(before), str(after), ""
    first, second = decimal_text(before.amount), decimal_text(after.amount)
    return first, second, str(before).removeprefix(first).strip()


def days_between(start: int, stop: int) -> str:
    """From which day to which, counted from 1, and how long: ``days 8 to 28 (21 d)``."""
    length = duration_text(stop - start)
    if start % MINUTES_PER_DAY or stop % MINUTES_PER_DAY:
        return f"{time_in_course(start)} to {time_in_course(stop)} ({length})"
    first, last = start // MINUTES_PER_DAY + 1, stop // MINUTES_PER_DAY
    return f"day {first} ({length})" if first == last else f"days {first} to {last} ({length})"


def numbers_in_words(numbers: tuple[int, ...]) -> str:
    """Numbers as they are read: 1, 3 to 5 and 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [part for run in runs for part in _run_in_words(run)]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _run_in_words(run: list[int]) -> list[str]:
    return [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(number) for number in run]


def cycles_in_words(numbers: tuple[int, ...]) -> str:
    """Cycles by their numbers: ``cycles 2 to 5``."""
    return f"{plural('cycle', len(numbers))} {numbers_in_words(numbers)}"


def capital(text: str) -> str:
    """A text as it begins a line."""
    return text[:1].upper() + text[1:]
