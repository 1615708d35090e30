"""When the later cycles of a course begin: as the record says, as it was planned, or as soon as the site opens."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from blinplan.course.happened.ledger import AS_PLANNED, StartOfCycle
from blinplan.quantities import duration_text
from blinplan.regimen.record.moments import minutes_between
from blinplan.regimen.toml.positions import KeyPath

if TYPE_CHECKING:
    from blinplan.regimen.record.record import Closure, CourseRecord, CycleStart, PlannedStart

Opens = Callable[[int], tuple[int, str]]
"""Says when a cycle can begin that could from a minute of the course on, and why."""


def at_once(minute: int) -> tuple[int, str]:
    """Let every cycle begin as soon as it can."""
    return minute, ""


class StartsOfCycles:
    """The starts of a course's later cycles: facts before plans, and plans before the first time that is open."""

    def __init__(self, record: "CourseRecord", opens: Opens) -> None:
        self._record = record
        self._opens = opens
        self._begun = {start.cycle: start for start in record.cycle_starts}
        self._planned = {start.cycle: start for start in record.planned_starts}

    def on_record(self, cycle: int) -> tuple[int, KeyPath] | None:
        """The minute at which a cycle began, and where that is written; None where it is not on record."""
        begun = self._begun.get(cycle)
        return None if begun is None else (self._minute(begun.started), (*begun.path, "started"))

    def take(self, cycle: int) -> "CycleStart | None":
        """The start of a cycle that is on record, which is not asked for again."""
        return self._begun.pop(cycle, None)

    def others(self) -> "Iterator[CycleStart]":
        """The starts on record that were not asked for."""
        yield from self._begun.values()

    def of(self, cycle: int, earliest: int, least: int) -> StartOfCycle | None:
        """When a cycle begins that could begin at a minute by the clock, or at another by the minutes; None if then."""
        begun = self.take(cycle)
        if begun is not None:
            start = self._minute(begun.started)
            early = earliest - start if start < least else 0
            why = _beside_plan(max(0, start - earliest), early)
            return StartOfCycle(cycle, earliest, start, why, recorded=True, early=early)
        planned = self._planned_or_open(cycle, earliest)
        # No plan of a site stands against a fact: what a later cycle followed on has begun.
        return None if planned is not None and self._is_past(planned.start) else planned

    def _is_past(self, minute: int) -> bool:
        """Whether a cycle that is on record began before a minute."""
        return any(self._minute(begun.started) < minute for begun in self._begun.values())

    def _planned_or_open(self, cycle: int, earliest: int) -> StartOfCycle | None:
        """When a cycle begins of which the record does not say when it did; None if as soon as it can."""
        planned = self._planned.get(cycle)
        if planned is not None and (start := self._minute(planned.starts)) >= earliest:
            return StartOfCycle(cycle, earliest, start, _as_planned(planned), recorded=False)
        start, why = self._open_from(earliest)
        if planned is not None:
            sooner = duration_text(earliest - self._minute(planned.starts))
            why = f"it was planned {sooner} before it can, which is left out{'; ' * bool(why)}{why}"
        return None if not why else StartOfCycle(cycle, earliest, start, why, recorded=False)

    def _open_from(self, earliest: int) -> tuple[int, str]:
        """The first time from a minute on at which the site opens, on a day that is not known to be closed."""
        start, why = self._opens(earliest)
        reasons = [why] if start != earliest else []
        while (closed := self._closed_at(start)) is not None:
            reasons.append(f"no cycle is begun from {closed.first} to {closed.last}: {closed.why}")
            start, _ = self._opens(self._day_after(closed.last, start))
        return start, "; ".join(dict.fromkeys(reasons))

    def _closed_at(self, minute: int) -> "Closure | None":
        return next((closed for closed in self._record.closures if closed.holds(self._local(minute).date())), None)

    def _day_after(self, last: date, minute: int) -> int:
        """The minute of the same hour by the clock on the day after another."""
        local = datetime.combine(last + timedelta(days=1), self._local(minute).timetz())
        return self._minute(local.astimezone(UTC))

    def _local(self, minute: int) -> datetime:
        return (self._record.start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(self._record.zone)

    def _minute(self, moment: datetime) -> int:
        return minutes_between(self._record.start, moment)


def _beside_plan(later: int, early: int) -> str:
    """How much earlier or later than it could a cycle began, in words."""
    if later:
        return f"it is on record, {duration_text(later)} later than it could"
    if early:
        return f"it is on record, {duration_text(early)} before the cycle and the interval before it had ended"
    return "it is on record"


def _as_planned(planned: "PlannedStart") -> str:
    return AS_PLANNED if planned.why is None else f"{AS_PLANNED}: {planned.why}"
