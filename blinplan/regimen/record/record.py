"""What happened to one patient's course: the values of a record. It never edits the regimen."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from blinplan.quantities import DoseRate
from blinplan.regimen.age import Age
from blinplan.regimen.record.moments import minutes_between
from blinplan.regimen.toml.positions import KeyPath


class Cause(StrEnum):
    """Why an infusion was stopped."""

    CYTOKINE_RELEASE = "cytokine-release-syndrome"
    NEUROLOGICAL = "neurological"
    ICANS = "icans"
    LIVER = "liver-values"
    OTHER_EVENT = "other-adverse-event"
    OVERDOSE = "overdose"
    TECHNICAL = "technical"
    SURGERY = "surgery"
    PATIENT_WISH = "patient-wish"
    LOGISTICS = "logistics"


class Ending(StrEnum):
    """Why a course ended for good."""

    TRANSPLANT = "transplant"
    RELAPSE = "relapse"
    TOXICITY = "toxicity"
    PATIENT_WISH = "patient-wish"
    DEATH = "death"
    OTHER = "other"


NEUROLOGICAL_EVENTS = frozenset({Cause.NEUROLOGICAL, Cause.ICANS})
"""ICANS, the syndrome of neurotoxicity by immune effector cells, stands beside them in the label's boxed warning."""

OTHER_EVENTS = frozenset({Cause.OTHER_EVENT, Cause.LIVER})
ADVERSE_EVENTS = frozenset({Cause.CYTOKINE_RELEASE}) | NEUROLOGICAL_EVENTS | OTHER_EVENTS


DEATH = 5
"""The grade of an event of which the patient died (Common Terminology Criteria for Adverse Events)."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """An interruption: when, why, and what was done; what is not known is None. Times are aware, in UTC.

    ``new_cycle`` says whether the restart began a new cycle, ``full_dose_after`` after how many minutes at the dose of
    the restart the full dose is given again, ``same_bag`` whether the bag that hung went on.
    """

    stopped: datetime
    restarted: datetime | None
    cause: Cause
    cycle: int
    grade: int | None
    seizures: int | None
    resolved: datetime | None
    restart_dose: DoseRate | None
    premedicated: bool | None
    new_cycle: bool | None
    path: KeyPath
    full_dose_after: int | None = None
    same_bag: bool | None = None

    @property
    def minutes(self) -> int | None:
        """How long it lasted, in minutes; None while it lasts."""
        return None if self.restarted is None else minutes_between(self.stopped, self.restarted)


@dataclass(frozen=True, slots=True)
class CycleStart:
    """When a later cycle began. The time is aware, in UTC."""

    cycle: int
    started: datetime
    path: KeyPath


@dataclass(frozen=True, slots=True)
class EndOfCourse:
    """When a course ended for good, and why. The time is aware, in UTC."""

    at: datetime
    reason: Ending
    why: str | None
    path: KeyPath = ("end",)

    @property
    def words(self) -> str:
        """The reason in words: relapse (in the marrow)."""
        reason = self.reason.value.replace("-", " ").replace("patient wish", "the patient's wish")
        return reason if self.why is None else f"{reason} ({self.why})"


@dataclass(frozen=True, slots=True)
class BagOnRecord:
    """A bag that was hung. Times are aware, in UTC.

    Attributes
    ----------
    taken_down
        None while it hangs.
    dose
        What it was made for.
    minutes
        How long it was made to last.
    millilitres_per_hour
        What the pump ran at; None where that is not on record, and it ran as the label has it.
    number
        What it was numbered with; the same number again is the same bag, hung again.
    prepared
        When it was prepared; None where that is not on record.
    millilitres
        How much was in it when it was first hung; None where that is not on record.
    """

    hung: datetime
    taken_down: datetime | None
    dose: DoseRate
    minutes: int
    millilitres_per_hour: Fraction | None
    number: int | None
    path: KeyPath
    prepared: datetime | None = None
    millilitres: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PlaceOnRecord:
    """From when a site prepares and changes the bags, and the file of its profile. The time is aware, in UTC."""

    since: datetime
    site: str
    path: KeyPath


@dataclass(frozen=True, slots=True)
class PlannedStart:
    """When a later cycle is to begin, which it could before: a plan, and no fact. The time is aware, in UTC."""

    cycle: int
    starts: datetime
    why: str | None
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Closure:
    """Days, the first and the last included, on which no infusion is started and no bag changed for this patient."""

    first: date
    last: date
    why: str

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class BodyMeasurement:
    """Figures of a patient that were taken on a day: weight in kg, height in cm, area in m²; None where not taken."""

    day: date
    weight: Fraction | None
    height: Fraction | None
    area: Fraction | None
    path: KeyPath


@dataclass(frozen=True, slots=True)
class CourseRecord:
    """What happened to one patient's course. The figures are those of the start; ``measurements`` are later ones.

    ``planned_starts`` and ``closures`` are no facts, and decide of what is not on record yet.
    """

    regimen: str
    start: datetime
    time_zone: str | None
    weight: Fraction | None
    height: Fraction | None
    area: Fraction | None
    interruptions: tuple[Interruption, ...]
    cycle_starts: tuple[CycleStart, ...] = ()
    age: Age | None = None
    measurements: tuple[BodyMeasurement, ...] = ()
    end: EndOfCourse | None = None
    planned_starts: tuple[PlannedStart, ...] = ()
    closures: tuple[Closure, ...] = ()
    bags: tuple[BagOnRecord, ...] = ()
    places: tuple[PlaceOnRecord, ...] = ()

    @property
    def zone(self) -> tzinfo | None:
        """The time zone of the record, or else that of its start."""
        return self.start.tzinfo if self.time_zone is None else ZoneInfo(self.time_zone)

    @property
    def begins(self) -> datetime:
        """When the first infusion began, in the time zone of the record."""
        return self.start.astimezone(self.zone)
