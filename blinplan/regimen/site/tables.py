"""The file in which a site says what it decides about bags, as it is written, and the site that it makes."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from blinplan.quantities import MINUTES_PER_HOUR
from blinplan.regimen.preference import Preference
from blinplan.regimen.site.site import WEEKDAYS, LongDay, Shortage, Site, SiteBag, Syringe, Vial
from blinplan.regimen.toml.table import (
    Table,
    array,
    day,
    number,
    one_of,
    optional_key,
    required_key,
    table,
    text,
    truth,
    version,
    whole,
)


class BagFile(NamedTuple):
    """A size of bag that the site prepares."""

    hours: int
    fill_ml: Decimal | None = None
    in_use_hours: int | None = None
    rate_ml_per_hour: Decimal | None = None
    preservative: bool | None = None
    diluent_ml: Decimal | None = None
    stabiliser_ml: Decimal | None = None
    cold_hours: int | None = None


BAG = Table(
    BagFile,
    required_key("hours", whole(1, 240), "a whole number of hours that the bag lasts, such as 24, 48, 72, 96 or 168"),
    optional_key(
        "fill_ml",
        number(0, 1000),
        "the final volume in mL of a bag, of saline, stabiliser and drug together, priming included",
    ),
    optional_key(
        "in_use_hours",
        whole(1, 1000),
        "whole hours at room temperature from preparation to the end of infusion; as the label says if not given",
    ),
    optional_key(
        "rate_ml_per_hour", number(0, 1000), "what the pump gives, in mL per hour; as the label says if not given"
    ),
    optional_key(
        "preservative", truth(), "true or false: whether the bag holds a preservative; as the label says if not given"
    ),
    optional_key(
        "diluent_ml",
        number(0, 1000),
        "the saline in mL that goes into the bag before stabiliser and drug, where that is measured and not fill_ml; as"
        " the label says if only stabiliser_ml is given",
    ),
    optional_key("stabiliser_ml", number(0, 1000), "the stabiliser in mL that goes into the bag before the drug"),
    optional_key(
        "cold_hours",
        whole(1, 1000),
        "whole hours that a prepared bag keeps at 2 to 8 °C; as the label says if not given",
    ),
    advice={
        "volume": "write `fill_ml`",
        "volume_ml": "write `fill_ml`",
        "fill": "write `fill_ml`",
        "total_ml": "write `fill_ml`",
        "ml": "write `fill_ml`",
        "rate": "write `rate_ml_per_hour`",
        "rate_ml_h": "write `rate_ml_per_hour`",
        "ml_per_hour": "write `rate_ml_per_hour`",
        "in_use": "write `in_use_hours`",
        "shelf_life": "write `in_use_hours`",
        "preserved": "write `preservative`",
        "bacteriostatic": "write `preservative`",
    },
)


class VialFile(NamedTuple):
    """What a vial of the drug holds at the site."""

    micrograms: Decimal
    mcg_per_ml: Decimal


VIAL = Table(
    VialFile,
    required_key("micrograms", number(0, 10_000), "how many micrograms can be drawn from a vial"),
    required_key("mcg_per_ml", number(0, 10_000), "micrograms in a millilitre after the vial was reconstituted"),
)


class SyringeFile(NamedTuple):
    """A syringe by which the drug is drawn up, and what it measures."""

    ml: Decimal
    graduation_ml: Decimal


SYRINGE = Table(
    SyringeFile,
    required_key("ml", number(0, 100), "what it holds in mL"),
    required_key("graduation_ml", number(0, 100), "the mL from one mark to the next; it measures whole marks"),
)


class ShortageFile(NamedTuple):
    """Bags that cannot be had."""

    bag_hours: tuple[int, ...]
    why: str
    first_day: date | None = None
    last_day: date | None = None


SHORTAGE = Table(
    ShortageFile,
    required_key("bag_hours", array(whole(1, 240), 1, 20), "the hours of the bags that cannot be had, such as [168]"),
    required_key("why", text(longest=200), "why they cannot be had"),
    optional_key("first_day", day(), "the first day on which none is hung; from ever on if not given"),
    optional_key("last_day", day(), "the last day on which none is hung; for ever if not given"),
)

NEXT_OPEN_DAY = "next-open-day"
NEXT_STEP = "next-step"
REFRIGERATED = "refrigerated"
GOES_ON = "goes-on"


class SiteTable(NamedTuple):
    """A site profile: which bags are prepared, and when they are changed."""

    site: int
    name: str
    bag: tuple[BagFile, ...]
    time_zone: str | None = None
    change_time: str | None = None
    closed: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()
    prepared_hours_before: int = 0
    cycle_start: str = "earliest"
    vial: VialFile | None = None
    cannot_be_had: tuple[ShortageFile, ...] = ()
    preservative_from_kg: Decimal | None = None
    hospital_days: tuple[int, ...] = ()
    adult_from_years: int | None = None
    new_figures: str = "next-cycle"
    syringe: tuple[SyringeFile, ...] = ()
    kept: str | None = None
    holidays_from: str | None = None
    disconnected_bag: str | None = None
    long_day: str = "longer-bag"
    prefer: str = "fewest-changes"


SITE_FILE = Table(
    SiteTable,
    required_key("site", version(1), "the version of this format; 1 is the only one there is"),
    required_key("name", text(), "the name of the site or ward"),
    required_key("bag", array(table(BAG), 1, 20), "the bags that are prepared, at least one [[bag]]"),
    optional_key("time_zone", text(longest=60), "the time zone by its name, such as Europe/Berlin"),
    optional_key(
        "change_time", text(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", 5), "the time of day at which bags are changed: 10:00"
    ),
    optional_key("closed", array(one_of(*WEEKDAYS)), "the days of the week on which no bag is changed, as saturday"),
    optional_key("holidays", array(day()), "dates on which no bag is changed"),
    optional_key(
        "holidays_from",
        text(longest=300),
        "the path of a file with further such dates, from the folder of this file: a calendar of whole days (.ics), or"
        " a list with a date a line, as 2026-12-25, and its name behind it",
    ),
    optional_key(
        "prepared_hours_before", whole(0, 240), "whole hours from preparation to the start of a bag (0 if not given)", 0
    ),
    optional_key(
        "cycle_start",
        one_of("earliest", NEXT_OPEN_DAY),
        "when a later cycle begins: earliest, as soon as the free interval has ended (this if not given), or"
        " next-open-day, at the next time at which bags are changed",
    ),
    optional_key("vial", table(VIAL), "what a vial holds; as the label says if not given"),
    optional_key("cannot_be_had", array(table(SHORTAGE), 0, 20), "bags that cannot be had, each with the reason"),
    optional_key(
        "preservative_from_kg",
        number(0, 300),
        "the body weight in kg from which bags with preservative are given; as the label says if not given, and never"
        " less",
    ),
    optional_key(
        "hospital_days",
        array(whole(0, 366), 1, 20),
        "days in hospital that the site wants from the start of cycle 1, cycle 2 and so on, where a regimen has fewer",
    ),
    optional_key(
        "adult_from_years",
        whole(1, 30),
        "completed years of age from which a patient gets the premedication of adults; as the label says if not given",
    ),
    optional_key(
        "new_figures",
        one_of("next-cycle", NEXT_STEP),
        "from when a new weight, height or body surface area counts: next-cycle (this if not given), or next-step, from"
        " the next change of dose within a cycle too",
    ),
    optional_key(
        "long_day",
        one_of(*LongDay),
        "what is done on the day of 25 hours, since no bag runs longer than its volume lasts: longer-bag, hang one that"
        " lasts longer, or change a bag more where there is none (this if not given); split, change a bag more in any"
        " case; or move-clock, let every day of an infusion have 24 hours, and change bags and doses an hour off until"
        " it ends",
    ),
    optional_key(
        "prefer",
        one_of(*Preference),
        "which bags are chosen of those that can be: fewest-changes (this if not given), or fewest-vials",
    ),
    optional_key(
        "syringe",
        array(table(SYRINGE), 0, 20),
        "the syringes by which the drug is drawn up: the smallest that holds a volume measures it, to the nearest mark",
    ),
    optional_key(
        "kept",
        one_of("room-temperature", REFRIGERATED),
        "where a prepared bag waits until it is hung: room-temperature, where its in-use time runs from preparation"
        " (this if not given), or refrigerated, at 2 to 8 °C, where it runs from hanging",
    ),
    optional_key(
        "disconnected_bag",
        one_of(GOES_ON, "new-bag"),
        "what the site does with a bag that was disconnected: goes-on, it is hung again inside its in-use time, or"
        " new-bag; nothing is hung again where this is not given",
    ),
    advice={
        "bags": "write [[bag]] above each, or `bag = [{ ... }]`",
        "closed_days": "write `closed`",
        "open": "write `closed`, with the days on which no bag is changed",
        "open_days": "write `closed`, with the days on which no bag is changed",
        "zone": "write `time_zone`",
        "time": "write `change_time`",
        "change": "write `change_time`",
        "public_holidays": "write `holidays`",
    },
)


def site_of(file: SiteTable) -> Site:
    """Make a site of what its file says; what another file says of holidays is not read."""
    bags = sorted(file.bag, key=lambda bag: bag.hours)
    return Site(
        name=file.name,
        time_zone=file.time_zone,
        bags=tuple(map(_bag_of, bags)),
        change_minute=None if file.change_time is None else _minute(file.change_time),
        closed=frozenset(WEEKDAYS.index(name) for name in file.closed),
        holidays=frozenset(file.holidays),
        prepared_before=file.prepared_hours_before * MINUTES_PER_HOUR,
        starts_when_open=file.cycle_start == NEXT_OPEN_DAY,
        vial=None if file.vial is None else Vial(Fraction(file.vial.micrograms), Fraction(file.vial.mcg_per_ml)),
        shortages=tuple(
            Shortage(
                frozenset(hours * MINUTES_PER_HOUR for hours in shortage.bag_hours),
                shortage.why,
                shortage.first_day,
                shortage.last_day,
            )
            for shortage in file.cannot_be_had
        ),
        preservative_from=None if file.preservative_from_kg is None else Fraction(file.preservative_from_kg),
        hospital_days=file.hospital_days,
        adult_from_years=file.adult_from_years,
        figures_by_step=file.new_figures == NEXT_STEP,
        disconnected_bag=None if file.disconnected_bag is None else file.disconnected_bag == GOES_ON,
        syringes=tuple(sorted(map(_syringe_of, file.syringe), key=lambda one: (one.millilitres, one.graduation))),
        kept_cold=None if file.kept is None else file.kept == REFRIGERATED,
        long_day=LongDay(file.long_day),
        prefer=Preference(file.prefer),
    )


def _bag_of(bag: BagFile) -> SiteBag:
    return SiteBag(
        bag.hours * MINUTES_PER_HOUR,
        _fraction(bag.fill_ml),
        _minutes(bag.in_use_hours),
        _fraction(bag.rate_ml_per_hour),
        bag.preservative,
        diluent=_fraction(bag.diluent_ml),
        stabiliser=_fraction(bag.stabiliser_ml),
        cold=_minutes(bag.cold_hours),
    )


def _syringe_of(syringe: SyringeFile) -> Syringe:
    return Syringe(Fraction(syringe.ml), Fraction(syringe.graduation_ml))


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _minutes(hours: int | None) -> int | None:
    return None if hours is None else hours * MINUTES_PER_HOUR


def _minute(written: str) -> int:
    hours, minutes = written.split(":")
    return int(hours) * MINUTES_PER_HOUR + int(minutes)
