"""How long a day is: by the clock on the ward's wall where a course has dates, and 24 hours where it has none.

What is planned for 10:00 is at 10:00 on both sides of a change of the clock, so that a day may have 23 or 25 hours. A
time that the clock leaves out is as much later by the clock, and of a time that comes twice the first is meant. So
it is on a journey to another time zone: what is planned for 10:00 is at 10:00 by the clock where the patient is then.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from blinplan.quantities import MINUTES_PER_DAY

_WEEK = 7 * MINUTES_PER_DAY


class Moment(NamedTuple):
    """A minute of a course, and what a clock shows then: in minutes since it showed the time of the start.

    On the day on which the clock leaves it out, ``shown`` is the time that was meant.
    """

    minute: int
    shown: int


class DayLength(StrEnum):
    """How long days are: as the clock on the wall has it, but for those of infusion, or 24 hours, all of them."""

    BY_THE_CLOCK = "by-the-clock"
    INFUSION_OF_24_HOURS = "infusion-of-24-hours"
    OF_24_HOURS = "of-24-hours"


@dataclass(frozen=True)  # without slots, which keep nothing that is worked out once
class WallClock:
    """Counts days as people do. ``start`` is when the first infusion begins, aware and local; None without dates.

    Where days of infusion have 24 hours, what is done in them moves by the clock, and the next cycle does not.
    ``moves`` are the minutes of the course from which the patient is in another time zone.
    """

    start: datetime | None = None
    days: DayLength = DayLength.BY_THE_CLOCK
    moves: tuple[tuple[int, tzinfo], ...] = ()

    def at(self, minute: int) -> Moment:
        """What is shown at a minute of the course."""
        if self.start is None or self.days is DayLength.OF_24_HOURS:
            return Moment(minute, minute)
        return Moment(minute, _minutes(self._local(minute) - self._local_start))

    def after(self, moment: Moment, minutes: int, *, infused: bool = False) -> Moment:
        """When so many minutes are over, as the days are that are counted; never before the moment."""
        shown = moment.shown + minutes
        if self.start is None or self.days is DayLength.OF_24_HOURS or (infused and self._moves):
            return Moment(moment.minute + minutes, shown)
        found = self._minutes_showing(self._local_start + timedelta(minutes=shown))
        return Moment(next((one for one in found if one >= moment.minute), max(found[-1], moment.minute)), shown)

    def staying(self, minute: int) -> "WallClock":
        """The clock of somebody who stays where the patient is at a minute."""
        moves = tuple(move for move in self.moves if move[0] <= minute)
        return self if moves == self.moves else replace(self, moves=moves)

    def infusion_between(self, moment: Moment, later: Moment) -> int:
        """How many minutes of infusion are left from one moment to another, as its days are counted."""
        shown = later.shown - moment.shown
        return shown if shown > 0 and not self._moves else later.minute - moment.minute

    @property
    def _moves(self) -> bool:
        return self.days is DayLength.INFUSION_OF_24_HOURS

    def changed_days(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """The days between two minutes of the course that do not have 24 hours: begin, end, and minutes more or less.

        Days are counted from the time of day of the first minute.
        """
        if self._moves:
            return
        now = self.at(start)
        while now.minute < stop:
            week = self.at(now.minute + _WEEK)
            # No zone changes its clock twice in a week; a patient may go there and back.
            if not self.moves and week.minute <= stop and week.shown - now.shown == _WEEK:
                now = week
                continue
            end = self.after(now, MINUTES_PER_DAY)
            end = end if end.minute <= stop else self.at(stop)
            more = (end.minute - now.minute) - (end.shown - now.shown)
            if more:
                yield now.minute, end.minute, more
            now = end

    def surplus(self, start: int, stop: int) -> int:
        """By how many minutes more pass from one minute of the course to another than the clock shows."""
        if self.start is None or self.days is DayLength.OF_24_HOURS:
            return 0
        return (stop - start) - _minutes(self._local(stop) - self._local(start))

    def _local(self, minute: int) -> datetime:
        """What a clock shows at a minute where the patient is then."""
        assert self.start is not None  # noqa: S101 - without dates there is no local time
        zone = self.start.tzinfo
        if self.moves:
            zone = next((zone for since, zone in reversed(self.moves) if since <= minute), zone)
        return (self._start + timedelta(minutes=minute)).astimezone(zone).replace(tzinfo=None)

    @cached_property
    def _local_start(self) -> datetime:
        """What a clock shows at the start: all that it shows later is counted from that."""
        return self._local(0)

    @cached_property
    def _start(self) -> datetime:
        """When the first infusion begins, in UTC: local times are those of minutes that passed."""
        assert self.start is not None  # noqa: S101 - without dates there is no local time
        return self.start.astimezone(UTC)

    def _minutes_showing(self, local: datetime) -> list[int]:
        """The minutes at which a time is shown where the patient is then; of one that a journey leaves out, one more.

        That is as much later by the clock as it was to come when the patient left.
        """
        assert self.start is not None  # noqa: S101 - without dates there is no local time
        found, left_out = list[int](), 0
        zones = [(None, self.start.tzinfo), *self.moves]
        for (since, zone), (until, _) in pairwise([*zones, (None, None)]):
            for fold in (0, 1):
                minute = _minutes(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) - self._start)
                if (since is None or minute >= since) and (until is None or minute < until):
                    found.append(minute)
                elif fold == 0 and (since is None or minute >= since):
                    left_out = minute
        return found or [left_out]


NO_DATES = WallClock()
"""Every day has 24 hours."""


def _minutes(lasted: timedelta) -> int:
    return lasted.days * MINUTES_PER_DAY + lasted.seconds // 60
