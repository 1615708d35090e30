"""What happened to one patient's course: the record's file, and its values. It never edits the regimen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from blinplan.quantities import DOSE_PATTERN, LONGEST, DoseRate, read_dose
from blinplan.regimen.age import OLDEST, Age, AgeError, born_on, completed_age
from blinplan.regimen.schema import NAME_PATTERN
from blinplan.regimen.toml.document import Document, KeyPath
from blinplan.regimen.toml.problems import Problem, contradiction, zone_problems
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


class Cause(StrEnum):
    """Why an infusion was stopped."""

    CYTOKINE_RELEASE = "cytokine-release-syndrome"
    NEUROLOGICAL = "neurological"
    ICANS = "icans"
    LIVER = "liver-values"
    OTHER_EVENT = "other-adverse-event"
    OVERDOSE = "overdose"
    TECHNICAL = "technical"


NEUROLOGICAL_EVENTS = frozenset({Cause.NEUROLOGICAL, Cause.ICANS})
"""ICANS, the syndrome of neurotoxicity by immune effector cells, stands beside them in the label's boxed warning."""

OTHER_EVENTS = frozenset({Cause.OTHER_EVENT, Cause.LIVER})
ADVERSE_EVENTS = frozenset({Cause.CYTOKINE_RELEASE}) | NEUROLOGICAL_EVENTS | OTHER_EVENTS


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
)


class CycleStartFile(NamedTuple):
    """When a later cycle began, as it is written."""

    cycle: int
    started: datetime


CYCLE_START = Table(
    CycleStartFile,
    required_key("cycle", whole(2, 99), "the number of the cycle, from 2"),
    required_key("started", moment(), "the date and time when its first infusion began"),
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
)


@dataclass(frozen=True, slots=True)
class Interruption:
    """An interruption: when, why, and what was done; what is not known is None. Times are aware, in UTC.

    ``new_cycle`` says whether the restart began a new cycle.
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
class CourseRecord:
    """What happened to one patient's course."""

    regimen: str
    start: datetime
    time_zone: str | None
    weight: Fraction | None
    height: Fraction | None
    area: Fraction | None
    interruptions: tuple[Interruption, ...]
    cycle_starts: tuple[CycleStart, ...] = ()
    age: Age | None = None


def minutes_between(start: datetime, stop: datetime) -> int:
    """Whole minutes from one aware time to another."""
    return int((stop - start).total_seconds()) // 60


def in_utc(written: datetime, zone: str | None) -> datetime:
    """An aware time in UTC; a time without an offset is local in the zone.

    Raises
    ------
    ValueError
        When it has neither offset nor zone, or when the clock skips that local time or shows it twice; the message
        says which.
    """
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    if zone is None:
        raise ValueError("has no offset, and no time_zone is given")
    local = written.replace(tzinfo=ZoneInfo(zone))
    there = local.astimezone(UTC)
    if there.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != written:
        raise ValueError(f"does not exist in {zone}: the clock is put forward over it")
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        first, second = (f"{local.replace(fold=fold):%z}" for fold in (0, 1))
        raise ValueError(f"comes twice in {zone}, at {first} and at {second}: the clock is put back over it")
    return there


def record_problems(document: Document, file: RecordTable) -> Iterator[Problem]:
    """What in a record contradicts itself: local times that do not exist, things out of their order, two ages."""
    yield from _age_problems(document, file)
    if file.time_zone is not None and (wrong := list(zone_problems(document, file.time_zone))):
        yield from wrong
        return
    times = dict(_times(file))
    wrong = [problem for path, written in times.items() for problem in _time_problems(document, path, written, file)]
    yield from wrong
    if not wrong:
        utc = {path: in_utc(written, file.time_zone) for path, written in times.items()}
        yield from _order_problems(document, file, utc)


def _age_problems(document: Document, file: RecordTable) -> Iterator[Problem]:
    if file.born is None:
        return
    if file.age_years is not None:
        yield contradiction(
            document,
            ("age_years",),
            "`age_years` and `born` both say how old the patient is",
            "the date of birth says it for every day of the course",
            "remove `age_years`",
        )
    if file.born > file.start.date():
        yield contradiction(
            document,
            ("born",),
            f"`born` is {file.born.isoformat()}, after the start of the course",
            "nobody is treated before birth",
            "correct the date of birth, or the start",
        )
    try:
        born_on(file.born)
    except AgeError as error:
        path: KeyPath = ("born",)
        yield Problem("F004", path, document.value_span(path), f"`born` is {file.born}", error.advice, "correct it")


def _times(file: RecordTable) -> Iterator[tuple[KeyPath, datetime]]:
    yield ("start",), file.start
    for index, interruption in enumerate(file.interruption):
        for key, written in (
            ("stopped", interruption.stopped),
            ("resolved", interruption.resolved),
            ("restarted", interruption.restarted),
        ):
            if written is not None:
                yield ("interruption", index, key), written
    for index, begun in enumerate(file.cycle_start):
        yield ("cycle_start", index, "started"), begun.started


YEARS = range(1900, 2201)
"""Years in which a course can be; further ones are slips, and near the ends of the calendar no time can be counted."""


def _time_problems(document: Document, path: KeyPath, written: datetime, file: RecordTable) -> Iterator[Problem]:
    if written.second or written.microsecond or written.year not in YEARS:
        yield Problem(
            "F004",
            path,
            document.value_span(path),
            f"`{path[-1]}` is {written.isoformat(sep=' ')}",
            "a course is counted in whole minutes" if written.year in YEARS else "a course is in the present",
            "give whole minutes, as 2026-11-05T14:00:00"
            if written.year in YEARS
            else f"give a year from {YEARS[0]} to {YEARS[-1]}",
        )
        return
    try:
        in_utc(written, file.time_zone)
    except ValueError as error:
        yield Problem(
            "F004",
            path,
            document.value_span(path),
            f"`{path[-1]}` {error}",
            "a course is counted in minutes that passed, so every time must be one moment",
            'add `time_zone = "Europe/Berlin"`, or an offset as in 2026-11-05T14:00:00+01:00'
            if file.time_zone is None
            else "correct the time, or give it with its offset",
        )


def _order_problems(document: Document, file: RecordTable, utc: Mapping[KeyPath, datetime]) -> Iterator[Problem]:
    before: KeyPath = ("start",)
    for index, interruption in enumerate(file.interruption):
        path: KeyPath = ("interruption", index)
        at_start = before == ("start",) and utc[(*path, "stopped")] == utc[before]
        if utc[(*path, "stopped")] < utc[before] or at_start:  # nothing was infused before it
            yield _out_of_order(document, (*path, "stopped"), before)
        for key in ("resolved", "restarted"):
            if (*path, key) in utc and utc[(*path, key)] < utc[(*path, "stopped")]:
                yield _out_of_order(document, (*path, key), (*path, "stopped"))
        if interruption.restarted is None and index + 1 < len(file.interruption):
            yield contradiction(
                document,
                (*path, "stopped"),
                "this interruption has no `restarted`, and another one follows",
                "an infusion that was not restarted cannot stop again",
                "add `restarted`",
            )
            return
        before = (*path, "restarted")
        if interruption.restarted is None:
            yield from _without_restart(document, interruption, path)
        elif interruption.grade == DEATH:
            yield contradiction(
                document,
                (*path, "restarted"),
                "the infusion was restarted after an event of grade 5",
                "grade 5 is death",
                "correct the grade, or remove `restarted`",
            )
    yield from _cycle_order_problems(document, file, utc)


DEATH = 5
"""The grade of an event of which the patient died (Common Terminology Criteria for Adverse Events)."""


def _cycle_order_problems(document: Document, file: RecordTable, utc: Mapping[KeyPath, datetime]) -> Iterator[Problem]:
    before: KeyPath = ("start",)
    for index, begun in enumerate(file.cycle_start):
        path: KeyPath = ("cycle_start", index, "started")
        if index and begun.cycle <= file.cycle_start[index - 1].cycle:
            yield contradiction(
                document,
                ("cycle_start", index, "cycle"),
                f"cycle {begun.cycle} stands after cycle {file.cycle_start[index - 1].cycle}",
                "each cycle begins once, and after the one before it",
                "put the cycles in their order",
            )
        if utc[path] <= utc[before]:
            yield _out_of_order(document, path, before)
        before = path


def _out_of_order(document: Document, path: KeyPath, before: KeyPath) -> Problem:
    what = f"`{before[-1]}`" + (f" of {before[0]} {int(before[1]) + 1}".replace("_", " ") if len(before) > 1 else "")
    return contradiction(
        document,
        path,
        f"`{path[-1]}` does not lie after {what}",
        "interruptions and cycles follow one another, and do not overlap",
        "correct one of the two times",
    )


def _without_restart(document: Document, interruption: InterruptionFile, path: KeyPath) -> Iterator[Problem]:
    for key, value in (
        ("restart_dose", interruption.restart_dose),
        ("premedicated", interruption.premedicated),
        ("restart_in", interruption.restart_in),
    ):
        if value is not None:
            yield contradiction(
                document,
                (*path, key),
                f"`{key}` stands without `restarted`",
                "it says how the infusion was started again",
                f"add `restarted`, or remove `{key}`",
            )


def record_of(file: RecordTable) -> CourseRecord:
    """Make a record of what its file says; its times were found to exist."""
    return CourseRecord(
        regimen=file.regimen,
        start=in_utc(file.start, file.time_zone),
        time_zone=file.time_zone,
        weight=None if file.weight_kg is None else Fraction(file.weight_kg),
        height=None if file.height_cm is None else Fraction(file.height_cm),
        area=None if file.bsa_m2 is None else Fraction(file.bsa_m2),
        interruptions=tuple(
            _interruption(interruption, file.time_zone, ("interruption", index))
            for index, interruption in enumerate(file.interruption)
        ),
        cycle_starts=tuple(
            CycleStart(begun.cycle, in_utc(begun.started, file.time_zone), ("cycle_start", index))
            for index, begun in enumerate(file.cycle_start)
        ),
        age=_age(file),
    )


def _age(file: RecordTable) -> Age | None:
    """How old the patient is at the start, as far as the file says."""
    at_start = file.start.date()
    if file.born is not None:
        return born_on(file.born).told_on(at_start)
    return None if file.age_years is None else completed_age(file.age_years, told=at_start)


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
    )
