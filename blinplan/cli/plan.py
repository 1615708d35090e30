"""``blinplan plan``: what one patient gets, and when."""

import re
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

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
)
from blinplan.cli.output import output_screen, report, write, write_json
from blinplan.cli.status import UsageError
from blinplan.course.patient import AreaFormula
from blinplan.reports.screen import Colour

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.course.events import Course
    from blinplan.course.premedication import PremedicationPlan
    from blinplan.course.replan import Replanned
    from blinplan.regimen.record import CourseRecord
    from blinplan.regimen.site import Site
    from blinplan.reports.dated_plan import Dated
    from blinplan.reports.screen import Screen

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
        typer.Option(help="What is due, what the article expects, day by day, or bag by bag.", rich_help_panel=_DATES),
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
    from blinplan.reports.plan import nonmem, plan_csv, plan_json, plan_report

    happened = None if record is None else asked_record(Path(record))
    patient = patient_on_record(happened, weight, height, bsa, bsa_formula)
    ordered, reading = read_regimen(regimen)
    choice = choose_for(ordered, reading, patient)
    try:
        course = expand(choice.regimen, patient)
    except PatientError as error:
        raise UsageError(str(error), "give the patient's own figures") from error
    profile = None if site is None else asked_site(Path(site))
    replanned = None if happened is None else _replanned(course, happened, record or "", start)
    course = course if replanned is None else replanned.course
    premedication = premedication_plan(course)
    begins = _begins(happened, start, time_zone, profile)
    dated = _dated(
        course, premedication, profile, begins, replanned, _Shown(cycle, _day("--from", from_day), _day("--to", to_day))
    )
    if view is not View.AGENDA and dated is None:
        raise UsageError(f"--view {view} needs --start", "give when the infusion begins, as 2026-11-02T10:00")
    if view is View.BAGS and profile is None:
        raise UsageError("--view bags needs --site", "give the profile of the site that prepares the bags")
    if output_format is PlanFormat.JSON:
        document = plan_json(course, choice, premedication, input_hash(reading.document))
        write_json(_json(document, dated, expected=view is View.EXPECTED))
    elif output_format is PlanFormat.ICS:
        write(_ics(dated, profile, plan_id))
    elif output_format is PlanFormat.HTML:
        if dated is None:
            raise UsageError("--format html needs --start or --record", "give when the infusion begins")
        from blinplan.reports.html import html

        write(html(dated, choice))
    elif output_format is PlanFormat.NONMEM:
        write(nonmem(course))
    elif output_format is PlanFormat.CSV:
        write(plan_csv(course))
    elif dated is None:
        report(*plan_report(course, choice, premedication, output_screen(colour)), colour=colour)
    else:
        from blinplan.reports.plan import NOT_A_DEVICE, plan_head

        shown = _view(view, dated, output_screen(colour))
        report(*plan_head(course, choice), *shown, NOT_A_DEVICE, colour=colour)


def _view(view: View, dated: "Dated", screen: "Screen") -> "list[RenderableType]":
    from blinplan.reports import dated_plan

    if view is View.EXPECTED:
        from blinplan.reports.expected import comparison_report, expected_report

        found = expected_report(dated, _typical(dated.course), screen)
        if dated.replanned is None:
            return found
        return [*found, "", *comparison_report(_typical(dated.course), _typical(dated.replanned.planned), screen)]
    views = {
        View.AGENDA: dated_plan.agenda_report,
        View.DAYS: dated_plan.days_report,
        View.BAGS: dated_plan.bags_report,
    }
    return views[view](dated, screen)


def _typical(course: "Course") -> dict[str, float]:
    """The endpoints of the typical patient under a course, by key."""
    from blinplan.physiology.run import run

    simulation = run(course.regimen, patients=None, course=[event.period for event in course.events])
    return {quantity.key: float(quantity.values[0]) for quantity in simulation.typical_quantities}


def _ics(dated: "Dated | None", site: "Site | None", plan_id: str | None) -> str:
    if dated is None or plan_id is None or not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", plan_id):
        raise UsageError(
            "--format ics needs --start or --record, and --plan-id of letters, digits, dots, hyphens and underscores",
            "give a name that stays with the patient's plan, so that importing it again updates the calendar",
        )
    try:
        from blinplan.reports.ics import ics

        before = None if dated.replanned is None else _before(dated, site)
        return ics(dated, before, plan_id)
    except ImportError as error:
        raise UsageError("--format ics needs the package icalendar", "pip install 'blinplan[calendar]'") from error


def _before(dated: "Dated", site: "Site | None") -> "Dated":
    """The plan as it was before anything happened."""
    from blinplan.course.premedication import premedication_plan

    assert dated.replanned is not None  # noqa: S101 - the caller has looked
    course = dated.replanned.planned
    shown = _Shown(dated.cycle, dated.first, dated.last)
    before = _dated(course, premedication_plan(course), site, dated.clock.start, None, shown)
    assert before is not None  # noqa: S101 - it has a start
    return before


def _json(document: dict[str, Any], dated: "Dated | None", *, expected: bool) -> dict[str, Any]:
    if dated is None:
        return {**document, "dated": None}
    from blinplan.reports.dated_plan import dated_json

    found = dated_json(dated)
    if expected:
        from blinplan.reports.expected import comparison, expected_json

        simulated = _typical(dated.course)
        found["expected"] = expected_json(dated, simulated)
        if dated.replanned is not None:
            planned = _typical(dated.replanned.planned)
            found["typical"] = {
                name: {"with": mine, "without": other} for name, mine, other in comparison(simulated, planned)
            }
    return {**document, "dated": found}


class _Shown(NamedTuple):
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


def _dated(
    course: "Course",
    premedication: "PremedicationPlan | None",
    site: "Site | None",
    begins: datetime | None,
    replanned: "Replanned | None",
    shown: _Shown,
) -> "Dated | None":
    """Put the course on the calendar; None where no start is given."""
    if begins is None:
        if any(option is not None for option in shown):
            raise UsageError("a dated plan needs --start", "give when the first infusion begins, as 2026-11-02T10:00")
        return None
    from blinplan.course.bags import NoSequenceError, bag_sequence
    from blinplan.course.calendar import Clock, entries, infusions
    from blinplan.reports.dated_plan import Dated, moment

    clock = Clock(begins)
    try:
        bags = () if site is None else bag_sequence(infusions(course), site, clock.start)
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
