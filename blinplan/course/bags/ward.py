"""A site as a course meets it: what its label says for it, how long its days are, and when it begins cycles."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from blinplan.course.bags.opening import always_open, hour_of_change, next_opening
from blinplan.course.bags.preparation import prepared_by
from blinplan.course.calendar import Clock
from blinplan.course.events import Course
from blinplan.course.happened.ledger import Ledger
from blinplan.course.happened.starts import Opens, at_once
from blinplan.course.wall_clock import DayLength
from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_HOUR
from blinplan.regimen.site.site import LongDay, Site, moves_of

if TYPE_CHECKING:
    from blinplan.regimen.record.record import CourseRecord


def day_length(site: Site) -> DayLength:
    """How long the days of a course are that a site begins."""
    return DayLength.INFUSION_OF_24_HOURS if site.long_day is LongDay.MOVE_CLOCK else DayLength.BY_THE_CLOCK


def with_days(site: Site, days: DayLength) -> Site:
    """A site, and those that take over from it, as the days of a course are counted, whatever they would count now."""
    later = tuple(replace(place, site=with_days(place.site, days)) for place in site.later)
    moves = site.long_day is LongDay.MOVE_CLOCK
    long_day = LongDay.LONGER_BAG if moves else site.long_day
    by_the_clock = days is DayLength.BY_THE_CLOCK
    return replace(site, long_day=long_day if by_the_clock else LongDay.MOVE_CLOCK, later=later)


def with_label(site: Site, planned: Course, happened: "CourseRecord | Ledger | None") -> Site:
    """A site, and those that take over from it, with the label's word where they say nothing, and what is closed."""
    closures = () if happened is None else happened.closures
    later = (replace(place, site=with_label(place.site, planned, happened)) for place in site.later)
    made = prepared_by(replace(site, later=tuple(later)), label_of(planned.regimen))
    return replace(made, closures=closures)


def opens_at(site: Site, begins: datetime) -> Opens:
    """When a site lets cycles begin."""
    moves = Clock(begins, moves_of(site.later))

    def opens(minute: int) -> tuple[int, str]:
        here, began = site.at(minute), moves.started_at(minute)
        if any(since <= minute and str(zone) != str(moves.zone) for since, zone in moves.moves):
            return _opens_elsewhere(here, moves, minute)
        return next_opening(here, began, minute) if here.starts_when_open else at_once(minute)

    return opens


def _opens_elsewhere(here: Site, moves: Clock, minute: int) -> tuple[int, str]:
    """When a cycle can begin after a journey: at the hour of the place, or that of the first start."""
    begins = moves.start
    hour = here.change_minute if here.change_minute is not None else begins.hour * MINUTES_PER_HOUR + begins.minute
    there = replace(here, change_minute=hour)
    if here.starts_when_open:
        return next_opening(there, moves.started_at(minute), minute)
    opens, _ = next_opening(always_open(there), moves.started_at(minute), minute)
    return opens, f"{here.name} begins cycles at {hour_of_change(there)} by the clock of {moves.zone_at(minute)}"
