"""What is decided on the way through a course, whoever decides it, and of a course of which nothing is on record."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, Protocol

from blinplan.course.happened.figures import Juncture, NewFigures
from blinplan.course.happened.ledger import CourseEnd, LedgerEntry, StartOfCycle
from blinplan.course.happened.starts import Opens
from blinplan.quantities import DoseRate
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.toml.positions import KeyPath

if TYPE_CHECKING:
    from blinplan.course.happened.hung import HungBag
    from blinplan.regimen.record.record import Closure, PlaceOnRecord


class RecordError(ValueError):
    """A record that does not fit the course; ``path`` is the place in the record."""

    def __init__(self, message: str, path: KeyPath) -> None:
        super().__init__(message)
        self.path = path


class Stop(NamedTuple):
    """Where an infusion is stopped.

    ``dose`` is the one that ran, ``infusion`` the minutes of infusion that are planned for its cycle; the others say
    whether the cycle's highest dose was given, and whether it is the last cycle. ``against_full`` compares a dose with
    the highest that was planned: below 0 where it is lower, above where it is higher. ``regimen`` is the one that is
    given there, to a patient of the ``weight`` in kg that counts there.
    """

    regimen: Regimen
    weight: Fraction | None
    dose: DoseRate
    infusion: int
    full_dose_given: bool
    last_cycle: bool
    against_full: Callable[[DoseRate], int]


class Decided(Protocol):
    """What is decided on the way: asked of a record, or read from a ledger."""

    def next_stop(self) -> tuple[int, int, KeyPath] | None:
        """The next interruption: its minute, its cycle, and where it is written; None when there is none."""

    def entry(self, at: "Stop") -> LedgerEntry:
        """Take the next interruption, which stops the infusion there."""

    def note_start(self, cycle: int, minute: int) -> None:
        """Take note that a restart began a cycle."""

    def began(self, cycle: int) -> tuple[int, KeyPath] | None:
        """The minute at which a cycle began, and where that is written; None where it is not on record."""

    def closing(self) -> CourseEnd | None:
        """When the course ended, and why; None where that is not on record."""

    def closures(self) -> "tuple[Closure, ...]":
        """The days on which it is known that nothing is begun."""

    def bags(self) -> "tuple[HungBag, ...]":
        """The bags that hung, as far as they are on record."""

    def places(self) -> "tuple[PlaceOnRecord, ...]":
        """The sites that take over from one another."""

    def figures(self, juncture: Juncture) -> NewFigures | None:
        """The patient's figures that begin to count there; None where they are those of before."""

    def start(self, cycle: int, earliest: int, least: int) -> StartOfCycle | None:
        """When a cycle begins that could begin at a minute; None if then.

        Before the minute ``least`` not even days of 24 hours have passed.
        """

    @property
    def not_counted(self) -> tuple[date, ...]:
        """The days of figures of the patient that no cycle has taken."""

    def end(self, *, ended: bool) -> None:
        """Complain of what is left over at the end of the course."""


class AsPlanned:
    """Lets a course go on as it was planned: nothing is on record of it. Its cycles begin when the site opens."""

    not_counted: tuple[date, ...] = ()

    def __init__(self, opens: Opens) -> None:
        self._opens = opens

    def next_stop(self) -> None:
        """No interruption."""

    def entry(self, at: Stop) -> LedgerEntry:
        """There is none to be taken: nobody asks where `next_stop` says that there is none."""
        raise LookupError("nothing is on record")

    def note_start(self, cycle: int, minute: int) -> None:
        """Nothing is to be noted: there are no restarts."""

    def began(self, cycle: int) -> None:
        """No cycle began."""

    def closing(self) -> None:
        """No end."""

    def closures(self) -> tuple[()]:
        """No closures."""
        return ()

    def bags(self) -> tuple[()]:
        """No bags."""
        return ()

    def places(self) -> tuple[()]:
        """No places."""
        return ()

    def figures(self, juncture: Juncture) -> None:
        """No other figures than those of the start."""

    def start(self, cycle: int, earliest: int, least: int) -> StartOfCycle | None:
        """The first time at which the site opens."""
        start, why = self._opens(earliest)
        return StartOfCycle(cycle, earliest, start, why, recorded=False) if why and start != earliest else None

    def end(self, *, ended: bool) -> None:
        """Nothing is left over."""
