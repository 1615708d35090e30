"""What a hospital site decides about bags: the values of a profile."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from blinplan.regimen.preference import Preference
from blinplan.regimen.record.record import Closure

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class LongDay(StrEnum):
    """What a site does on the day of 25 hours."""

    LONGER_BAG = "longer-bag"
    SPLIT = "split"
    MOVE_CLOCK = "move-clock"


@dataclass(frozen=True, slots=True)
class SiteBag:
    """A size of bag: how many minutes it lasts, and what is known of it.

    That is what is filled in mL, its in-use time in minutes, the pump's rate in mL per hour, and whether it holds a
    preservative; what goes into it of saline and stabiliser in mL, and how many minutes it keeps at 2 to 8 °C.
    ``by_label`` names what of it is the label's word and not the site's.
    """

    # Fractions take long to hash, what goes into a bag is asked for by its size, and sizes differ in their minutes.
    minutes: int
    fill: Fraction | None = field(hash=False)
    in_use: int | None
    millilitres_per_hour: Fraction | None = field(default=None, hash=False)
    preservative: bool | None = None
    by_label: frozenset[str] = frozenset()
    diluent: Fraction | None = field(default=None, hash=False)
    stabiliser: Fraction | None = field(default=None, hash=False)
    cold: int | None = None


@dataclass(frozen=True, slots=True)
class Syringe:
    """A syringe: what it holds and what lies between two marks of it, in mL."""

    millilitres: Fraction
    graduation: Fraction = field(hash=False)


@dataclass(frozen=True, slots=True)
class Vial:
    """What a vial holds: micrograms that can be drawn, and how many are in a millilitre after reconstitution."""

    micrograms: Fraction
    per_millilitre: Fraction = field(hash=False)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Bags of these minutes that cannot be hung from a day to another, both included; None where it has no end."""

    sizes: frozenset[int]
    why: str
    first: date | None
    last: date | None

    def holds(self, day: date | None) -> bool:
        """Whether it holds on a day; on no day in particular only where it always does."""
        if day is None:
            return self.first is None and self.last is None
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Site:
    """A site profile.

    Attributes
    ----------
    bags
        The sizes, the shortest first.
    change_minute
        When bags are changed, in minutes after midnight; None where any time of day will do.
    closed
        Days of the week without a change, Monday 0.
    holidays
        Dates without a change.
    prepared_before
        Minutes from preparation to the start of a bag.
    starts_when_open
        Whether later cycles wait for a time at which bags are changed.
    vial
        What a vial holds; None where it is the label's.
    shortages
        Bags that cannot be had.
    preservative_from
        The weight in kg from which bags with preservative are given; None where nobody says.
    hospital_days
        The fewest days in hospital from the start of cycle 1, cycle 2 and so on.
    by_label
        Names of what is the label's word and not the site's.
    disconnected_bag
        Whether a bag that was disconnected may be hung again; None where the site does not say.
    later
        The places that take over from this one in a course, in the order of time.
    closures
        Days without a change for one patient, which a course record names.
    adult_from_years
        From how many completed years on a patient is an adult; None where it is as the label says.
    figures_by_step
        Whether new figures of a patient count from the next step on, and not from the next cycle on.
    syringes
        By which the drug is drawn up, the smallest first; empty where nobody says.
    kept_cold
        Whether prepared bags wait at 2 to 8 °C; None where nobody says, and their time runs from preparation.
    holidays_file, holidays_until
        The file with further holidays, and the last day that it speaks of; None where there is none, or no end.
    holiday_names
        What the holidays of that file are called there; empty where it does not say.
    long_day
        What is done on the day of 25 hours.
    prefer
        Which bags are chosen of those that can be.
    """

    name: str
    time_zone: str | None
    bags: tuple[SiteBag, ...]
    change_minute: int | None
    closed: frozenset[int]
    holidays: frozenset[date]
    prepared_before: int
    starts_when_open: bool = False
    vial: Vial | None = None
    shortages: tuple[Shortage, ...] = ()
    preservative_from: Fraction | None = None
    hospital_days: tuple[int, ...] = ()
    by_label: frozenset[str] = frozenset()
    adult_from_years: int | None = None
    figures_by_step: bool = False
    closures: tuple[Closure, ...] = ()
    disconnected_bag: bool | None = None
    later: tuple["LaterPlace", ...] = ()
    syringes: tuple[Syringe, ...] = ()
    kept_cold: bool | None = None
    holidays_file: str | None = None
    holidays_until: date | None = None
    holiday_names: tuple[tuple[date, str], ...] = ()
    long_day: LongDay = LongDay.LONGER_BAG
    prefer: Preference = Preference.FEWEST_CHANGES

    def at(self, minute: int) -> "Site":
        """The site that prepares and changes the bags at a minute of a course."""
        return next((place.site for place in reversed(self.later) if place.minute <= minute), self)

    @property
    def warm_before(self) -> int:
        """Minutes at room temperature before a bag is hung."""
        return 0 if self.kept_cold else self.prepared_before


@dataclass(frozen=True, slots=True)
class LaterPlace:
    """A site that takes over at a minute of a course."""

    minute: int
    site: Site


def moves_of(places: Iterable[LaterPlace]) -> tuple[tuple[int, tzinfo], ...]:
    """From which minutes on a patient is in another time zone, where the places say theirs."""
    zones = ((place.minute, place.site.time_zone) for place in places)
    return tuple((minute, ZoneInfo(zone)) for minute, zone in zones if zone is not None)
