"""The file that says what happened to one patient's course, as it is written, and the record that it makes."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from blinplan.quantities import DOSE_PATTERN, LONGEST, MINUTES_PER_DAY, MINUTES_PER_HOUR, read_dose
from blinplan.regimen.age import OLDEST, Age, born_on, completed_age
from blinplan.regimen.record.moments import in_utc
from blinplan.regimen.record.record import (
    BagOnRecord,
    BodyMeasurement,
    Cause,
    Closure,
    CourseRecord,
    CycleStart,
    Ending,
    EndOfCourse,
    Interruption,
    PlaceOnRecord,
    PlannedStart,
)
from blinplan.regimen.schema import NAME_PATTERN
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.table import (
    Table,
    array,
    day,
    moment,
    number,
    one_of,
    optional_key,
    quantity,
    required_key,
    table,
    text,
    truth,
    version,
    whole,
)


class InterruptionFile(NamedTuple):
    """An interruption of the infusion, as it is written."""

    stopped: datetime
    cause: str
    cycle: int
    restarted: datetime | None = None
    grade: int | None = None
    seizures: int | None = None
    resolved: datetime | None = None
    restart_dose: str | None = None
    premedicated: bool | None = None
    restart_in: str | None = None
    full_dose_after_days: int | None = None
    same_bag: bool | None = None


INTERRUPTION = Table(
    InterruptionFile,
    required_key("stopped", moment(), "the date and time when the infusion stopped, as 2026-11-05T14:00:00"),
    required_key("cause", one_of(*Cause), f"why it stopped: {', '.join(Cause)}"),
    required_key("cycle", whole(1, 99), "the number of the cycle in which it stopped, from 1"),
    optional_key("restarted", moment(), "the date and time when it started again"),
    optional_key("grade", whole(1, 5), "the grade of the adverse event at its worst, 1 to 5"),
    optional_key("seizures", whole(0, 99), "how many seizures there were since the last interruption"),
    optional_key("resolved", moment(), "the date and time when the event was at grade 1 or gone"),
    optional_key(
        "restart_dose",
        quantity(read_dose, DOSE_PATTERN, LONGEST, "9 mcg/day"),
        'the dose of the restart, as text with a unit: "9 mcg/day"',
    ),
    optional_key("premedicated", truth(), "whether premedication was given before the restart: true or false"),
    optional_key("restart_in", one_of("same-cycle", "new-cycle"), "same-cycle or new-cycle"),
    optional_key(
        "full_dose_after_days",
        whole(1, 99),
        "after how many whole days at the dose of the restart the full dose is given again, as it was decided",
    ),
    optional_key("same_bag", truth(), "true or false: whether the bag that hung when it stopped was hung again"),
    advice={
        "reason": "write `cause`",
        "why": "write `cause`",
        "stop": "write `stopped`",
        "start": "write `restarted`",
        "dose": "write `restart_dose`",
        "same_cycle": 'write `restart_in = "same-cycle"`',
        "new_cycle": 'write `restart_in = "new-cycle"`',
        "premedication": "write `premedicated`",
        "ctcae_grade": "write `grade`",
    },
)


class CycleStartFile(NamedTuple):
    """When a later cycle began, as it is written."""

    cycle: int
    started: datetime
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    bsa_m2: Decimal | None = None


CYCLE_START = Table(
    CycleStartFile,
    required_key("cycle", whole(2, 99), "the number of the cycle, from 2"),
    required_key("started", moment(), "the date and time when its first infusion began"),
    optional_key("weight_kg", number(0, 300), "body weight in kg on that day, where it was taken anew"),
    optional_key("height_cm", number(0, 250), "height in cm on that day, where it was taken anew"),
    optional_key("bsa_m2", number(0, 3), "body surface area in m² on that day, where it was not computed"),
)


class MeasuredFile(NamedTuple):
    """Figures of the patient that were taken after the start, as they are written."""

    on: date
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    bsa_m2: Decimal | None = None
    age_years: int | None = None


MEASURED = Table(
    MeasuredFile,
    required_key("on", day(), "the day on which they were taken, as 2026-12-13"),
    optional_key("weight_kg", number(0, 300), "body weight in kg on that day"),
    optional_key("height_cm", number(0, 250), "height in cm on that day"),
    optional_key("bsa_m2", number(0, 3), "body surface area in m² on that day, where it was not computed"),
    optional_key(
        "age_years",
        whole(0, OLDEST),
        "completed years of age on that day, where the date of birth is not known",
    ),
)


class EndFile(NamedTuple):
    """The end of the course, as it is written."""

    at: datetime
    reason: str
    why: str | None = None


END = Table(
    EndFile,
    required_key("at", moment(), "the date and time from which nothing more is given"),
    required_key("reason", one_of(*Ending), f"why the course ended: {', '.join(Ending)}"),
    optional_key("why", text(longest=200), "more of the reason, in words"),
)


class HungBagFile(NamedTuple):
    """A bag that was hung, as it is written."""

    hung: datetime
    dose: str
    hours: int
    taken_down: datetime | None = None
    rate_ml_per_hour: Decimal | None = None
    number: int | None = None
    prepared: datetime | None = None
    fill_ml: Decimal | None = None


BAG = Table(
    HungBagFile,
    required_key("hung", moment(), "the date and time when it was hung"),
    required_key(
        "dose",
        quantity(read_dose, DOSE_PATTERN, LONGEST, "9 mcg/day"),
        'the dose it was made for, as its label says it: "9 mcg/day"',
    ),
    required_key("hours", whole(1, 240), "for how many hours it was made, such as 24, 48, 72, 96 or 168"),
    optional_key("taken_down", moment(), "the date and time when it was taken down; not there while it hangs"),
    optional_key(
        "rate_ml_per_hour", number(0, 1000), "what the pump ran at, in mL per hour; as the label says if not given"
    ),
    optional_key("number", whole(1, 999), "the number on the bag; the same number again is the same bag, hung again"),
    optional_key("prepared", moment(), "the date and time when it was prepared"),
    optional_key(
        "fill_ml",
        number(0, 2000),
        "how many mL were in it when it was first hung: after that it gave nothing; if not given, no more is counted"
        " than what it was made for",
    ),
)


class PlaceFile(NamedTuple):
    """A site that takes over, as it is written."""

    since: datetime
    site: str


PLACE = Table(
    PlaceFile,
    required_key("since", moment(), "the date and time from which this site prepares and changes the bags"),
    required_key("site", text(longest=200), "the file of its profile, beside this one, such as home.toml"),
)


class PlannedStartFile(NamedTuple):
    """A later start of a cycle, as it is planned."""

    cycle: int
    starts: datetime
    why: str | None = None


PLANNED_START = Table(
    PlannedStartFile,
    required_key("cycle", whole(2, 99), "the number of the cycle, from 2"),
    required_key("starts", moment(), "the date and time at which it is to begin, later than it could"),
    optional_key("why", text(longest=200), "why it begins later, in words"),
)


class ClosureFile(NamedTuple):
    """Days that are known before, on which nothing is begun and no bag changed."""

    first_day: date
    last_day: date
    why: str


CLOSURE = Table(
    ClosureFile,
    required_key("first_day", day(), "the first day, as 2026-12-24"),
    required_key("last_day", day(), "the last day, as 2027-01-01"),
    required_key("why", text(longest=200), "why, in words"),
)


class RecordTable(NamedTuple):
    """A course record: which regimen a patient is on since when, every interruption of it, and every later cycle."""

    record: int
    regimen: str
    start: datetime
    time_zone: str | None = None
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    bsa_m2: Decimal | None = None
    born: date | None = None
    age_years: int | None = None
    interruption: tuple[InterruptionFile, ...] = ()
    cycle_start: tuple[CycleStartFile, ...] = ()
    measured: tuple[MeasuredFile, ...] = ()
    end: EndFile | None = None
    planned_start: tuple[PlannedStartFile, ...] = ()
    closure: tuple[ClosureFile, ...] = ()
    bag: tuple[HungBagFile, ...] = ()
    place: tuple[PlaceFile, ...] = ()


RECORD_FILE = Table(
    RecordTable,
    required_key("record", version(1), "the version of this format; 1 is the only one there is"),
    required_key(
        "regimen", text(NAME_PATTERN, 60), "the name of the regimen: of a file beside this one, or a shipped one"
    ),
    required_key("start", moment(), "the date and time when the first infusion began, as 2026-11-02T10:00:00"),
    optional_key("time_zone", text(longest=60), "the time zone of times without an offset, such as Europe/Berlin"),
    optional_key("weight_kg", number(0, 300), "body weight in kg"),
    optional_key("height_cm", number(0, 250), "height in cm"),
    optional_key("bsa_m2", number(0, 3), "body surface area in m², where it was not computed from weight and height"),
    optional_key("born", day(), "the patient's date of birth, as 2009-05-17"),
    optional_key(
        "age_years",
        whole(0, OLDEST),
        "completed years of age at the start, where the date of birth is not known",
    ),
    optional_key("interruption", array(table(INTERRUPTION), 0, 100), "the interruptions, in their order"),
    optional_key("cycle_start", array(table(CYCLE_START), 0, 98), "the later cycles that have begun, in their order"),
    optional_key(
        "measured",
        array(table(MEASURED), 0, 100),
        "weight, height and age as they were after the start, in their order",
    ),
    optional_key("end", table(END), "the end of the course, after which nothing more is planned"),
    optional_key(
        "planned_start",
        array(table(PLANNED_START), 0, 98),
        "later cycles that are to begin later than they could; once one has begun, its cycle_start counts",
    ),
    optional_key(
        "closure",
        array(table(CLOSURE), 0, 100),
        "days on which, for this patient, no cycle is begun and no bag changed: planned, and no fact",
    ),
    optional_key(
        "place",
        array(table(PLACE), 0, 50),
        "the sites that prepare and change the bags, in their order, each with its own time zone, by whose clock"
        " doses change from then on; times of this file without an offset stay local in `time_zone`",
    ),
    optional_key("bag", array(table(BAG), 0, 500), "the bags that were hung, in their order; not all need be there"),
    advice={
        "dob": "write `born`",
        "date_of_birth": "write `born`",
        "birthday": "write `born`",
        "age": "write `age_years`, or `born` with the date of birth",
        "name": "remove it: a record names no patient, and the regimen is `regimen`",
        "patient": "put the figures at the top of the file: `weight_kg`, `height_cm`, `born`",
        "bsa": "write `bsa_m2`",
        "started": "write `start`",
        "pause": "write [[interruption]] above each stop of the infusion",
        "stop": "write [[interruption]] above each stop of the infusion",
        "stops": "write [[interruption]] above each stop of the infusion",
    },
)


def record_of(file: RecordTable) -> CourseRecord:
    """Make a record of what its file says; its times were found to exist."""
    return CourseRecord(
        regimen=file.regimen,
        start=in_utc(file.start, file.time_zone),
        time_zone=file.time_zone,
        weight=_exact(file.weight_kg),
        height=_exact(file.height_cm),
        area=_exact(file.bsa_m2),
        interruptions=tuple(
            _interruption(interruption, file.time_zone, ("interruption", index))
            for index, interruption in enumerate(file.interruption)
        ),
        cycle_starts=tuple(
            CycleStart(begun.cycle, in_utc(begun.started, file.time_zone), ("cycle_start", index))
            for index, begun in enumerate(file.cycle_start)
        ),
        age=_age(file),
        measurements=tuple(_measurements(file)),
        end=None
        if file.end is None
        else EndOfCourse(in_utc(file.end.at, file.time_zone), Ending(file.end.reason), file.end.why),
        planned_starts=tuple(
            PlannedStart(planned.cycle, in_utc(planned.starts, file.time_zone), planned.why, ("planned_start", index))
            for index, planned in enumerate(file.planned_start)
        ),
        places=tuple(
            PlaceOnRecord(in_utc(place.since, file.time_zone), place.site, ("place", index))
            for index, place in enumerate(file.place)
        ),
        bags=tuple(_bag(bag, file.time_zone, ("bag", index)) for index, bag in enumerate(file.bag)),
        closures=tuple(Closure(closed.first_day, closed.last_day, closed.why) for closed in file.closure),
    )


def _bag(file: HungBagFile, zone: str | None, path: KeyPath) -> BagOnRecord:
    return BagOnRecord(
        hung=in_utc(file.hung, zone),
        taken_down=None if file.taken_down is None else in_utc(file.taken_down, zone),
        dose=read_dose(file.dose).rate,
        minutes=file.hours * MINUTES_PER_HOUR,
        millilitres_per_hour=_exact(file.rate_ml_per_hour),
        number=file.number,
        path=path,
        prepared=None if file.prepared is None else in_utc(file.prepared, zone),
        millilitres=_exact(file.fill_ml),
    )


def _age(file: RecordTable) -> Age | None:
    """How old the patient is at the start, as far as the file says."""
    at_start = file.start.date()
    if file.born is not None:
        return born_on(file.born).told_on(at_start)
    told = ((at_start, file.age_years), *((measured.on, measured.age_years) for measured in file.measured))
    ages = [completed_age(years, told=on) for on, years in told if years is not None]
    return reduce(Age.also, ages) if ages else None


def _measurements(file: RecordTable) -> Iterator[BodyMeasurement]:
    """What was taken after the start, in the order of days: by itself, or at the start of a cycle."""
    found: list[tuple[date, MeasuredFile | CycleStartFile, KeyPath]] = [
        *((measured.on, measured, ("measured", index)) for index, measured in enumerate(file.measured)),
        *((begun.started.date(), begun, ("cycle_start", index)) for index, begun in enumerate(file.cycle_start)),
    ]
    for on, taken, path in sorted(found, key=lambda each: each[0]):
        weight, height, area = map(_exact, (taken.weight_kg, taken.height_cm, taken.bsa_m2))
        if (weight, height, area) != (None, None, None):
            yield BodyMeasurement(on, weight, height, area, path)


def _exact(figure: Decimal | None) -> Fraction | None:
    return None if figure is None else Fraction(figure)


def _interruption(file: InterruptionFile, zone: str | None, path: KeyPath) -> Interruption:
    return Interruption(
        stopped=in_utc(file.stopped, zone),
        restarted=None if file.restarted is None else in_utc(file.restarted, zone),
        cause=Cause(file.cause),
        cycle=file.cycle,
        grade=file.grade,
        seizures=file.seizures,
        resolved=None if file.resolved is None else in_utc(file.resolved, zone),
        restart_dose=None if file.restart_dose is None else read_dose(file.restart_dose).rate,
        premedicated=file.premedicated,
        new_cycle=None if file.restart_in is None else file.restart_in == "new-cycle",
        path=path,
        full_dose_after=None if file.full_dose_after_days is None else file.full_dose_after_days * MINUTES_PER_DAY,
        same_bag=file.same_bag,
    )
