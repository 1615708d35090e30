"""``blinplan plan``: what one patient gets, and when."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from blinplan.cli.options import (
    Area,
    ColourOption,
    Formula,
    Height,
    RegimenName,
    Weight,
    asked_record,
    asked_site,
    choose_for,
    patient_on_record,
    read_regimen,
    refuse_what_cannot_be_given,
)
from blinplan.cli.status import UsageError
from blinplan.course.patient import AreaFormula
from blinplan.reports.screen import Colour

if TYPE_CHECKING:
    from blinplan.course.events import Course
    from blinplan.course.premedication import PremedicationPlan
    from blinplan.course.replan import Replanned
    from blinplan.regimen.record import CourseRecord
    from blinplan.regimen.site import Site
    from blinplan.reports.dated_plan import Dated

_DATES = "Dates and bags"


class PlanFormat(StrEnum):
    """How to show the plan."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    ICS = "ics"
    HTML = "html"
    NONMEM = "nonmem"


class View(StrEnum):
    """What of a dated plan to show."""

    AGENDA = "agenda"
    EXPECTED = "expected"
    DAYS = "days"
    MONTH = "month"
    BAGS = "bags"


def plan(
    regimen: RegimenName,
    weight: Weight = None,
    height: Height = None,
    bsa: Area = None,
    bsa_formula: Formula = AreaFormula.MOSTELLER,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="DATE-TIME", help="When the first infusion begins, as 2026-11-02T10:00.", rich_help_panel=_DATES
        ),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="The patient's time zone, as Europe/Berlin.", rich_help_panel=_DATES),
    ] = None,
    site: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The profile of the site that prepares the bags.", rich_help_panel=_DATES),
    ] = None,
    record: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="What happened to the course so far; it gives the start.", rich_help_panel=_DATES
        ),
    ] = None,
    plan_id: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What tells this patient's plan from others, for --format ics: importing again then updates.",
            rich_help_panel=_DATES,
        ),
    ] = None,
    view: Annotated[
        View,
        typer.Option(help="What is due, what the article expects, by day, month or bag.", rich_help_panel=_DATES),
    ] = View.AGENDA,
    cycle: Annotated[int | None, typer.Option(min=1, help="Show this cycle only.", rich_help_panel=_DATES)] = None,
    from_day: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Show nothing before this day.", rich_help_panel=_DATES)
    ] = None,
    to_day: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Show nothing after this day.", rich_help_panel=_DATES)
    ] = None,
    output_format: Annotated[
        PlanFormat, typer.Option("--format", "-f", help="How to show the plan.", rich_help_panel="Output")
    ] = PlanFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Plan a regimen for one patient: each step with its dose after body surface area, cap and weight limit.

    Example: [bold]blinplan plan rr-adult --weight 38 --height 150[/bold]

    With dates and bags: [bold]blinplan plan rr-adult --weight 70 --start 2026-11-02T10:00 --time-zone Europe/Berlin
    --site ward.toml --view bags[/bold]
    """
    from blinplan.course.events import expand
    from blinplan.course.patient import PatientError
    from blinplan.course.premedication import premedication_plan
    from blinplan.reports.manifest import input_hash

    happened = None if record is None else asked_record(Path(record))
    patient = patient_on_record(happened, weight, height, bsa, bsa_formula)
    ordered, reading = read_regimen(regimen)
    choice = choose_for(ordered, reading, patient)
    refuse_what_cannot_be_given(reading)
    try:
        course = expand(choice.regimen, patient)
    except PatientError as error:
        raise UsageError(str(error), "give --weight and --height, or --bsa, of the patient") from error
    profile = None if site is None else asked_site(Path(site))
    replanned = None if happened is None else _replanned(course, happened, record or "", start)
    course = course if replanned is None else replanned.course
    premedication = premedication_plan(course)
    begins = _begins(happened, start, time_zone, profile)
    dated = put_on_calendar(
        course, premedication, profile, begins, replanned, Shown(cycle, _day("--from", from_day), _day("--to", to_day))
    )
    if view is not View.AGENDA and dated is None:
        raise UsageError(f"--view {view} needs --start", "give when the infusion begins, as 2026-11-02T10:00")
    if view is View.BAGS and profile is None:
        raise UsageError("--view bags needs --site", "give the profile of the site that prepares the bags")
    from blinplan.cli.plan_output import Planned, show

    planned = Planned(course, choice, premedication, profile, dated, input_hash(reading.document))
    show(planned, output_format, view, plan_id, colour)


class Shown(NamedTuple):
    """What of a dated plan is shown."""

    cycle: int | None
    first: date | None
    last: date | None


def _replanned(course: "Course", record: "CourseRecord", path: str, start: str | None) -> "Replanned":
    """Go through the course with what happened."""
    from blinplan.course.replan import RecordError, replan

    if start is not None:
        raise UsageError("--start and --record contradict each other", "the record says when the first infusion began")
    try:
        return replan(course, record)
    except RecordError as error:
        where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error.path)
        raise UsageError(
            f"{path}: {where}: {error}", "correct the record, or plan the regimen that it names"
        ) from error


def _begins(
    record: "CourseRecord | None", start: str | None, time_zone: str | None, site: "Site | None"
) -> datetime | None:
    """When the first infusion begins, in the patient's time zone; None where nobody says."""
    zone = time_zone or (record.time_zone if record else None) or (site.time_zone if site else None)
    if record is not None:
        return _start(record.start.isoformat(), zone)
    return None if start is None else _start(start, zone)


def put_on_calendar(
    course: "Course",
    premedication: "PremedicationPlan | None",
    site: "Site | None",
    begins: datetime | None,
    replanned: "Replanned | None",
    shown: Shown,
) -> "Dated | None":
    """Put the course on the calendar; None where no start is given."""
    if begins is None:
        if any(option is not None for option in shown):
            raise UsageError("a dated plan needs --start", "give when the first infusion begins, as 2026-11-02T10:00")
        return None
    from blinplan.course.bags import NoSequenceError, bag_sequence, usable_bags
    from blinplan.course.calendar import Clock, entries, infusions
    from blinplan.reports.dated_plan import Dated, moment

    clock = Clock(begins)
    try:
        sizes = () if site is None else usable_bags(site, course.patient.weight)
        bags = () if site is None else bag_sequence(infusions(course), site, clock.start, sizes)
    except NoSequenceError as error:
        raise UsageError(
            f"no sequence of bags obeys the site profile: from {moment(clock.at(error.minute))}, {error}",
            "prepare a longer bag, open that day, or start on another one",
        ) from error
    if shown.cycle is not None and shown.cycle > max(event.period.cycle for event in course.events):
        raise UsageError(f"--cycle is {shown.cycle}, and the course has fewer", "give the number of one of its cycles")
    found = entries(course, premedication, bags, replanned.ledger if replanned else ())
    return Dated(course, clock, found, premedication, bags, *shown, replanned=replanned)


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} is {text[:40]!r}", "give a date as 2026-11-02") from None


def _start(text: str, zone: str | None) -> datetime:
    """When the first infusion begins, aware, in the zone."""
    from zoneinfo import ZoneInfo

    from blinplan.regimen.record import in_utc

    advice = "give a date and time as 2026-11-02T10:00, and --time-zone Europe/Berlin"
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--start is {text[:40]!r}", advice) from None
    if len(text) <= len("2026-11-02"):  # a date alone would be midnight
        raise UsageError(f"--start is {text!r}, without a time of day", advice)
    if written.second or written.microsecond:
        raise UsageError(f"--start is {text[:40]!r}", "give whole minutes")
    if zone is None:
        if written.tzinfo is None:
            raise UsageError("the time zone of --start is not known", advice)
        return written
    try:
        there = ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        raise UsageError(f"there is no time zone {zone[:60]!r}", "give a name such as Europe/Berlin") from None
    try:
        return in_utc(written, zone).astimezone(there)
    except ValueError as error:
        raise UsageError(f"--start {error}", "give a time that exists, or one with its offset") from error
