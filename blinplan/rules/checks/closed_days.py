"""What the rules about dates ask: does a course need a bag on a day on which the site changes none, or has none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from blinplan.course.bags.errors import NeverOpenError, NoSequenceError
from blinplan.course.bags.preparation import (
    advice_on_allowed_bags,
    in_project,
    is_too_light,
    prepared_by,
    too_light_text,
)
from blinplan.course.calendar import Clock
from blinplan.course.closed_days import ClosedChange, closed_changes, shortages_in
from blinplan.course.dated import Dated, date_course
from blinplan.course.events import Course
from blinplan.label.read import label_of
from blinplan.quantities import duration_text
from blinplan.regimen.record.record import CourseRecord
from blinplan.regimen.site.site import Shortage, Site
from blinplan.regimen.toml.positions import KeyPath
from blinplan.rules.rule import Case, Finding, Rule, Severity

_CORRECT_DAYS = "begin on another day, or correct `closed`, `holidays` and `cannot_be_had` of the site profile"

_SHOWN = 4
"""How many times a finding names; a plan names all."""


def on_closed_days(
    rule: Rule, case: Case, site: Site, course: Course, begins: datetime, record: CourseRecord | None = None
) -> Iterator[Finding]:
    """Find in a course with dates what a plan of it tells of closed days, holidays and bags that cannot be had."""
    site = _in_project(case, site)
    try:
        dated = date_course(course, begins, site, record)
    except NoSequenceError as error:
        yield _without_sequence(rule, case, site, begins, error)
        return
    except NeverOpenError as error:
        yield _without_bags(rule, case, site, begins, str(error))
        return
    changes = sorted(closed_changes(dated), key=lambda change: (change.cycle or 0, change.minute))
    for cycle, together in groupby(changes, key=lambda change: change.cycle):
        yield _of_cycle(rule, case, dated, cycle, list(together))
    yield from _shortages(rule, case, dated)


def _in_project(case: Case, site: Site) -> Site:
    later = (replace(place, site=in_project(place.site, case.limits_unasked)) for place in site.later)
    return in_project(replace(site, later=tuple(later)), case.limits_unasked)


def _without_sequence(rule: Rule, case: Case, site: Site, begins: datetime, error: NoSequenceError) -> Finding:
    """Tell from when no bags are there, and of a patient who is too light for some which are allowed."""
    label, why = label_of(case.regimen), f"from {_moment(Clock(begins).at(error.minute))}, {error}"
    here = prepared_by(site.at(error.minute), label)
    if error.weight is None or not is_too_light(here, error.weight):
        return _without_bags(rule, case, site, begins, why)
    why = f"{why}; {too_light_text(here, error.weight, case.limits_unasked)}"
    return _without_bags(rule, case, site, begins, why, advice_on_allowed_bags(here, label))


def _without_bags(
    rule: Rule, case: Case, site: Site, begins: datetime, why: str, advice: str = _CORRECT_DAYS
) -> Finding:
    return case.finding(
        rule,
        _path(case),
        f"no sequence of {site.name}'s bags gives the course that begins {_moment(begins)}: {why}",
        advice,
        severity=Severity.ERROR,
        value=f"from {begins:%Y-%m-%dT%H:%M}",
    )


def _of_cycle(rule: Rule, case: Case, dated: Dated, cycle: int | None, changes: list[ClosedChange]) -> Finding:
    times = [_why(dated.clock.at(change.minute), change) for change in changes]
    more = f"; and {len(times) - _SHOWN} times more" if len(times) > _SHOWN else ""
    which = "the course" if cycle is None else f"cycle {cycle}"
    return case.finding(
        rule,
        _path(case, dated.course, cycle),
        f"{which} needs a new bag when none is changed: {'; '.join(times[:_SHOWN])}{more}",
        "begin on another day, prepare a bag that lasts over these days, or open them; `blinplan plan` shows each",
        value=f"{which} from {dated.clock.start:%Y-%m-%dT%H:%M}: {'; '.join(times)}",
    )


def _why(at: datetime, change: ClosedChange) -> str:
    """The moment of a change and why the site makes none then; where that is the hour, it is said once."""
    return f"{_moment(at)}, {change.why.removeprefix(f'{at:%H:%M}, ')}"


def _shortages(rule: Rule, case: Case, dated: Dated) -> Iterator[Finding]:
    """Bags that cannot be had on some days of the infusions, whether others take their place or not."""
    for shortage in shortages_in(dated):
        if shortage.holds(None):
            continue  # a check without dates goes by it too
        sizes = ", ".join(duration_text(size) for size in sorted(shortage.sizes))
        yield case.finding(
            rule,
            _path(case),
            f"bags for {sizes} cannot be had{_when(shortage)}: {shortage.why}; the course is planned without them then",
            "look at the plan with other bags: `blinplan plan --view bags`",
            severity=Severity.NOTE,
            value=f"from {dated.clock.start:%Y-%m-%dT%H:%M}: {sizes}{_when(shortage)}",
        )


def _when(shortage: Shortage) -> str:
    since = f" from {shortage.first:%a %Y-%m-%d}" if shortage.first else ""
    return since + (f" to {shortage.last:%a %Y-%m-%d}" if shortage.last else "")


def _path(case: Case, course: Course | None = None, cycle: int | None = None) -> KeyPath:
    """Where a finding stands: at the start of a record, or at the steps of a cycle of a regimen."""
    if case.record is not None:
        return ("start",)
    paths = [event.period.path for event in course.events if event.period.cycle == cycle] if course else []
    return (*(paths[0][:2] if paths else ("cycle", 0)), "steps")


def _moment(at: datetime) -> str:
    return f"{at:%a %Y-%m-%d %H:%M}"


def nothing_depends_on_dates(site: Site) -> bool:
    """Whether a site changes bags every day, and has the same bags on each."""
    return not site.closed and not site.holidays and all(shortage.holds(None) for shortage in site.shortages)
