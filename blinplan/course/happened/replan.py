"""A course with its record or its ledger: what was given, what is left to give, and what was known when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from blinplan.course.adulthood import Adulthood, adult_from
from blinplan.course.events import ENDED, NOT_DECIDED, NOT_RESTARTED, Course, course_of, periods
from blinplan.course.happened.decided import AsPlanned, Decided, RecordError
from blinplan.course.happened.figures import FiguresOverTime
from blinplan.course.happened.ledger import Ledger
from blinplan.course.happened.starts import Opens, at_once
from blinplan.course.happened.walk import Walk
from blinplan.course.patient import Patient
from blinplan.course.wall_clock import NO_DATES, Moment, WallClock
from blinplan.limits import Limits
from blinplan.quantities import DoseRate
from blinplan.regimen.regimen import Regimen

if TYPE_CHECKING:
    from blinplan.regimen.record.record import BagOnRecord, CourseRecord, Interruption
    from blinplan.regimen.site.site import Site


class Replanned(NamedTuple):
    """A course as it came to be, and the ledger of what was decided.

    ``planned`` is the one that was planned, on its calendar where it has one, and ``undated`` the same without dates.
    ``ended`` says that nothing more is planned: the infusion was not restarted, or is not to be. ``planned_stops`` says
    of each stretch of infusion, by the minute at which it stopped, until when it was planned before something cut it
    short.
    """

    planned: Course
    course: Course
    ledger: Ledger
    ended: bool
    undated: Course
    planned_stops: Mapping[int, int]


def replan(
    planned: Course,
    record: "CourseRecord | None",
    opens: Opens = at_once,
    adulthood: Adulthood | None = None,
    clock: WallClock = NO_DATES,
    *,
    by_step: bool = False,
) -> Replanned:
    """Go through a course with what a record says.

    In the same cycle the infusion goes on until as much time was infused as was planned for the cycle. A new cycle is
    the next one of the regimen, with the steps of the broken one where its full dose was not reached; whether the
    broken one counts, the label does not say. After the label's lower dose of a restart the full dose comes back after
    its 7 days, by the steps of the cycle. Any other dose on record takes the place of the step that was stopped. A
    cycle that began early or late is a fact: what was left of the one before is not given. After the end of the course
    nothing more is planned.

    Parameters
    ----------
    planned
        The course, without dates.
    record
        What happened to it; None where nothing did.
    opens
        When the later cycles can begin of which the record does not say when they did.
    adulthood
        Which age group the patient belongs to when; as the label has it where not given.
    clock
        How long its days are.
    by_step
        Whether new figures of the patient count from the next step on, and not from the next cycle on.

    Raises
    ------
    RecordError
        When the record names another regimen, an interruption falls where nothing was infused, a cycle began while the
        infusion of the one before it was stopped, or one is planned that there is not.
    PatientError
        When a restart at a dose by area can only be compared with the full dose by an area that is not known.
    """
    if record is None:
        return _walk(planned, AsPlanned(opens), clock)
    # Imported here, as all that reads what happened: of most courses nothing is on record.
    from blinplan.course.happened.resumption import FromRecord

    if record.regimen != planned.regimen.name:
        raise RecordError(f"the record is of {record.regimen}, and the plan of {planned.regimen.name}", ("regimen",))
    _refuse_missing_cycles(record, (planned.regimen, *planned.others))
    known = adulthood or Adulthood(adult_from(planned.regimen), planned.patient.age, weight=planned.patient.weight)
    figures = _figures_over_time(record, known.start, by_step=by_step)
    return _walk(planned, FromRecord(record, opens, known, figures, clock), clock)


def _refuse_missing_cycles(record: "CourseRecord", regimens: Sequence[Regimen]) -> None:
    """Refuse a start that is planned of a cycle that no regimen has: nobody would ask for it."""
    last = max(regimen.most_cycles for regimen in regimens)
    for start in record.planned_starts:
        if start.cycle > last:
            raise RecordError(f"the course has no start of a cycle {start.cycle}", (*start.path, "cycle"))


def _figures_over_time(record: "CourseRecord", begins: datetime | None, *, by_step: bool) -> FiguresOverTime:
    return FiguresOverTime(begins or record.begins, record.measurements, by_step=by_step)


def replay(planned: Course, ledger: Ledger, clock: WallClock = NO_DATES) -> Replanned:
    """Make a course again from its ledger alone, whatever the label's numbers are today.

    A ledger of an earlier version counted days of 24 hours, or all in one time zone, and its course is made so again.

    Raises
    ------
    RecordError
        When the ledger is not of this course.
    """
    from blinplan.course.happened.resumption import FromLedger

    return _walk(planned, FromLedger(ledger), ledger.clock(clock.start))


def as_it_stood(record: "CourseRecord") -> "Iterator[CourseRecord]":
    """A record as it was before anything happened, and after each thing that did, the last excepted."""
    times = {interruption.stopped for interruption in record.interruptions}
    times |= {interruption.restarted for interruption in record.interruptions if interruption.restarted is not None}
    times |= {start.started for start in record.cycle_starts}
    times |= {record.end.at} if record.end is not None else set()
    times |= {datetime.combine(taken.day, time.min, record.zone).astimezone(UTC) for taken in record.measurements}
    for moment in (record.start, *sorted(times)[:-1]):
        yield replace(
            record,
            interruptions=tuple(
                _until(interruption, moment) for interruption in record.interruptions if interruption.stopped <= moment
            ),
            cycle_starts=tuple(start for start in record.cycle_starts if start.started <= moment),
            end=record.end if record.end is not None and record.end.at <= moment else None,
            bags=tuple(_hanging_at(bag, moment) for bag in record.bags if bag.hung <= moment),
            measurements=tuple(
                measured for measured in record.measurements if measured.day <= moment.astimezone(record.zone).date()
            ),
        )


def _hanging_at(bag: "BagOnRecord", moment: datetime) -> "BagOnRecord":
    """What was known of a bag at a time."""
    return bag if bag.taken_down is not None and bag.taken_down <= moment else replace(bag, taken_down=None)


def _until(interruption: "Interruption", moment: datetime) -> "Interruption":
    """What was known of an interruption at a time."""
    if interruption.restarted is not None and interruption.restarted <= moment:
        return interruption
    resolved = interruption.resolved if interruption.resolved is not None and interruption.resolved <= moment else None
    return replace(
        interruption,
        restarted=None,
        restart_dose=None,
        premedicated=None,
        new_cycle=None,
        full_dose_after=None,
        same_bag=None,
        resolved=resolved,
    )


def adulthood_in(
    regimen: Regimen, record: "CourseRecord", site: "Site | None" = None, numbers: Limits | None = None
) -> Adulthood:
    """Which age group the patient of a record belongs to when: by the site's limit where it states one.

    ``numbers`` are the label's where a project has others.
    """
    return Adulthood(adult_from(regimen, site, numbers), record.age, record.begins, record.weight)


def decide_at(
    regimen: Regimen,
    record: "CourseRecord",
    whom: Patient,
    adulthood: Adulthood | None = None,
    others: Sequence[Regimen] = (),
    moves: tuple[tuple[int, tzinfo], ...] = (),
) -> tuple[Ledger, tuple[DoseRate, ...]]:
    """The ledger of what a record says, and the dose as ordered that each of its interruptions stopped.

    The patient's area may not be known. ``moves`` are the minutes of the course from which the patient is in another
    time zone. Raises what `replan` does.
    """
    walk = _walk_of(regimen, record, whom, adulthood, others, moves)
    walk.to_its_end()
    return walk.ledger, tuple(walk.stopped)


def course_by(
    regimen: Regimen,
    record: "CourseRecord",
    whom: Patient,
    adulthood: Adulthood | None = None,
    others: Sequence[Regimen] = (),
    moves: tuple[tuple[int, tzinfo], ...] = (),
) -> Course:
    """The course that a record tells of, with what the bags on record gave; raises what `replan` does."""
    walk = _walk_of(regimen, record, whom, adulthood, others, moves)
    course = course_of(regimen, whom, walk.to_its_end(), tuple(walk.changes))
    return _with_its_bags(course, walk)


def _walk_of(
    regimen: Regimen,
    record: "CourseRecord",
    whom: Patient,
    adulthood: Adulthood | None,
    others: Sequence[Regimen],
    moves: tuple[tuple[int, tzinfo], ...],
) -> Walk:
    from blinplan.course.happened.resumption import FromRecord

    _refuse_missing_cycles(record, (regimen, *others))
    known = adulthood or adulthood_in(regimen, record)
    clock = clock_of(record, moves)
    told = FromRecord(record, at_once, known, _figures_over_time(record, None, by_step=False), clock)
    return Walk(Course(regimen, whom, (), others=tuple(others)), periods(regimen), told, clock)


def clock_of(record: "CourseRecord", moves: tuple[tuple[int, tzinfo], ...]) -> WallClock:
    """By which clock the days of a course on record are counted."""
    return NO_DATES if record.time_zone is None else WallClock(record.begins, moves=moves)


def _walk(undated: Course, decided: Decided, clock: WallClock) -> Replanned:
    walk = Walk(undated, [event.period for event in undated.events], decided, clock)
    laid_out = walk.to_its_end()
    course = course_of(undated.regimen, undated.patient, laid_out, tuple(walk.changes))
    course = replace(course, others=undated.others)
    given = _with_its_bags(course, walk)
    return Replanned(on_calendar(undated, clock), given, walk.ledger, walk.ended, undated, walk.planned_stops)


def _with_its_bags(course: Course, walk: Walk) -> Course:
    """A course with what the bags on record gave, also where nothing was planned any more."""
    if not walk.ledger.bags:
        return course
    from blinplan.course.happened.hung import as_given, to_the_last_bag, went_on

    bags = went_on(course, walk.ledger.bags, walk.ledger.same_bag)
    return as_given(to_the_last_bag(course, bags, list(_after_its_end(course, walk))), bags)


def _after_its_end(course: Course, walk: Walk) -> Iterator[tuple[int, str]]:
    """What lies after the end of a course: from when, and why nothing is planned then."""
    last, end = walk.ledger.interruptions[-1:], course.events[-1].period.stop
    yield end, NOT_RESTARTED if any(one.stopped == end for one in last) else ENDED
    for one in last:
        if one.restarted is not None and one.resumption is None and not any(asked.stop for asked in one.decisions):
            yield one.restarted, NOT_DECIDED
            yield from () if walk.ledger.end is None else ((walk.ledger.end.minute, ENDED),)


def on_calendar(undated: Course, clock: WallClock) -> Course:
    """A course as its days are by a clock."""
    found, now = [], Moment(0, 0)
    for event in undated.events:
        end = clock.after(now, event.period.minutes, infused=event.period.dose is not None)
        found.append(event._replace(period=replace(event.period, start=now.minute, stop=end.minute)))
        now = end
    return replace(undated, events=tuple(found))
