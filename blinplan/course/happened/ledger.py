"""The ledger of a course: everything that was decided after it was planned, so that the same plan can be made again."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from blinplan.course.wall_clock import DayLength, WallClock
from blinplan.quantities import DoseRate
from blinplan.regimen.toml.positions import KeyPath

if TYPE_CHECKING:
    from blinplan.course.happened.figures import NewFigures
    from blinplan.course.happened.hung import HungBag
    from blinplan.course.happened.interruption import Decision
    from blinplan.regimen.record.record import (
        BodyMeasurement,
        Closure,
        CourseRecord,
        EndOfCourse,
        Interruption,
        PlaceOnRecord,
    )


class Resumption(NamedTuple):
    """How an infusion goes on.

    Attributes
    ----------
    new_cycle
        In a new cycle, or in the same one.
    again
        Whether the new cycle has the steps of the broken one, and not those of the next.
    dose
        The dose of the restart; None where the infusion goes on as it was planned.
    minutes
        After how many minutes it rises to the full dose again, by the steps of the cycle; None where nobody says when,
        and the dose takes the place of the step that was stopped.
    """

    new_cycle: bool
    again: bool = False
    dose: DoseRate | None = None
    minutes: int | None = None


class LedgerEntry(NamedTuple):
    """One interruption: when it was, in minutes of the course, what the label asks of it, and how the plan goes on.

    Attributes
    ----------
    restarted
        None while it lasts.
    resumption
        None where nothing more is planned: it was not restarted, or is not to be.
    resumed
        In words what follows.
    """

    interruption: "Interruption"
    stopped: int
    restarted: int | None
    decisions: "tuple[Decision, ...]"
    resumption: Resumption | None
    resumed: str


AS_PLANNED = "it is planned so"
"""Why a cycle begins when it was planned to; behind it stands the reason of the plan."""


class StartOfCycle(NamedTuple):
    """A cycle whose start is on record, or that begins later than it could: in minutes of the course, and why.

    ``early`` says how many minutes of the cycle before and of its interval were left out.
    """

    cycle: int
    earliest: int
    start: int
    why: str
    recorded: bool
    early: int = 0

    @property
    def is_planned(self) -> bool:
        """Whether it is not on record, and begins when it was planned to: ledgers say so in words."""
        return not self.recorded and self.why.startswith(AS_PLANNED)


class CourseEnd(NamedTuple):
    """The minute of the course at which it ended for good, and why."""

    minute: int
    end: "EndOfCourse"

    @property
    def words(self) -> str:
        """What ended, and why."""
        return f"the course has ended: {self.end.words}"


class Ledger(NamedTuple):
    """Interruptions of a course, starts of its later cycles, and new figures of its patient, each in order of time.

    And its end, the days that are known before on which nothing is begun, and the bags that hung.
    ``not_counted`` are the days of figures after which no cycle begins that could take them.
    ``days`` says how long days are; in ledgers of earlier versions every day has 24 hours. ``moves`` are the minutes
    from which they are counted in another time zone; in ledgers of earlier versions there are none.
    """

    interruptions: tuple[LedgerEntry, ...] = ()
    starts: tuple[StartOfCycle, ...] = ()
    figures: "tuple[NewFigures, ...]" = ()
    not_counted: tuple[date, ...] = ()
    days: DayLength = DayLength.BY_THE_CLOCK
    end: CourseEnd | None = None
    closures: "tuple[Closure, ...]" = ()
    bags: "tuple[HungBag, ...]" = ()
    places: "tuple[PlaceOnRecord, ...]" = ()
    moves: tuple[tuple[int, tzinfo], ...] = ()

    def clock(self, begins: datetime | None) -> WallClock:
        """What counts the days of its course."""
        return WallClock(begins, self.days, self.moves)

    @property
    def same_bag(self) -> tuple[tuple[int, int], ...]:
        """The stops after which the same bag went on, as the record says: when, and until when."""
        stops = ((e.stopped, e.restarted) for e in self.interruptions if e.interruption.same_bag)
        return tuple((stopped, restarted) for stopped, restarted in stops if restarted is not None)


def record_of(ledger: Ledger, regimen: str, start: datetime) -> "CourseRecord":
    """What a ledger tells of what happened, as a record of a course that began at an aware time."""
    from blinplan.regimen.record.record import CourseRecord, CycleStart, PlannedStart

    begun = tuple(
        CycleStart(cycle_start.cycle, start.astimezone(UTC) + timedelta(minutes=cycle_start.start), ("starts", number))
        for number, cycle_start in enumerate(ledger.starts)
        if cycle_start.recorded
    )
    planned = tuple(
        PlannedStart(
            cycle_start.cycle,
            start.astimezone(UTC) + timedelta(minutes=cycle_start.start),
            cycle_start.why.removeprefix(AS_PLANNED).removeprefix(": ") or None,
            ("starts", number),
        )
        for number, cycle_start in enumerate(ledger.starts)
        if cycle_start.is_planned
    )
    happened = tuple(entry.interruption for entry in ledger.interruptions)
    measured = tuple(_measurement_of(figures, ("figures", number)) for number, figures in enumerate(ledger.figures))
    return CourseRecord(
        regimen,
        start.astimezone(UTC),
        None,
        None,
        None,
        None,
        happened,
        begun,
        measurements=measured,
        planned_starts=planned,
        end=None if ledger.end is None else ledger.end.end,
        closures=ledger.closures,
        bags=tuple(bag.bag for bag in ledger.bags),
        places=ledger.places,
    )


def _measurement_of(figures: "NewFigures", path: KeyPath) -> "BodyMeasurement":
    from blinplan.regimen.record.record import BodyMeasurement

    whom = figures.patient
    area = whom.area.square_metres if whom.area is not None and whom.area.origin == "given" else None
    return BodyMeasurement(figures.day, whom.weight, whom.height, area, path)
