"""``blinplan plan``: what one patient gets, and when."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from blinplan.api.load import choose_for, errors_in, read_regimen, read_site, refuse_what_cannot_be_given
from blinplan.cli.app import completion
from blinplan.cli.app.options import Area, ColourOption, Formula, Height, RegimenName, Weight, terminal_of
from blinplan.course.patient import AreaFormula
from blinplan.refusal import Refusal
from blinplan.terminal import Colour

if TYPE_CHECKING:
    from blinplan.cli.plan.history import Happened
    from blinplan.course.dated import Dated
    from blinplan.course.events import Course
    from blinplan.regimen.site import Site

_DATES = "Dates and bags"
_SHOWN = "What is shown"


class PlanFormat(StrEnum):
    """How to show the plan."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    ICS = "ics"
    FHIR = "fhir"
    HTML = "html"
    NONMEM = "nonmem"


class View(StrEnum):
    """What of a dated plan to show."""

    OVERVIEW = "overview"
    AGENDA = "agenda"
    DAYS = "days"
    MONTH = "month"
    BAGS = "bags"
    EXPECTED = "expected"
    DELIVERED = "delivered"


def plan(
    context: typer.Context,
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
        typer.Option(
            metavar="ZONE",
            help="The patient's time zone, as Europe/Berlin.",
            autocompletion=completion.time_zones,
            rich_help_panel=_DATES,
        ),
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
    ledger: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="An earlier plan (-f json) to make again from its ledger; it gives patient and start.",
            rich_help_panel=_DATES,
        ),
    ] = None,
    plan_id: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What tells this patient's plan from others, for --format ics and fhir: importing again then updates.",
            rich_help_panel=_DATES,
        ),
    ] = None,
    revision: Annotated[
        int,
        typer.Option(
            min=0,
            max=9999,
            help="For --format ics: raise it when anything but a later happening changed since the last import; see"
            " --replaces.",
            rich_help_panel=_DATES,
        ),
    ] = 0,
    replaces: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="For --format ics: the calendar that was imported last; what only it has is cancelled.",
            rich_help_panel=_DATES,
        ),
    ] = None,
    view: Annotated[
        View,
        typer.Option(
            help="All at a glance, what is due, by day, by month, the bags, what the article expects, or what was"
            " delivered of what was planned.",
            rich_help_panel=_SHOWN,
        ),
    ] = View.OVERVIEW,
    cycle: Annotated[int | None, typer.Option(min=1, help="Show this cycle only.", rich_help_panel=_SHOWN)] = None,
    from_day: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Show nothing before this day.", rich_help_panel=_SHOWN)
    ] = None,
    to_day: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Show nothing after this day.", rich_help_panel=_SHOWN)
    ] = None,
    patients: Annotated[
        int,
        typer.Option(
            min=1,
            max=1_000_000,
            help="For --view delivered: how many virtual patients go through the course.",
            rich_help_panel=_SHOWN,
        ),
    ] = 1000,
    seed: Annotated[
        int,
        typer.Option(min=0, max=2**63 - 1, help="What they are drawn from.", rich_help_panel=_SHOWN),
    ] = 1,
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
    terminal = terminal_of(context)
    from blinplan.cli.plan.history import happened_so_far
    from blinplan.cli.plan.output import Drawing, Planned, show
    from blinplan.course.events import expand
    from blinplan.course.patient import PatientError
    from blinplan.reports.shared.manifest import input_hash

    ordered, reading = read_regimen(regimen)
    fingerprint = input_hash(reading.document)
    happened = happened_so_far(record, ledger, start, fingerprint)
    patient = happened.patient(weight, height, bsa, bsa_formula)
    choice = choose_for(ordered, reading, patient)
    refuse_what_cannot_be_given(reading)
    try:
        course = expand(choice.regimen, patient)
    except PatientError as error:
        raise Refusal(str(error), "give --weight and --height, or --bsa, of the patient") from error
    profile = None if site is None else read_site(Path(site))
    begins = _begins(happened, start, time_zone, profile)
    shown = Shown(cycle, _day("--from", from_day), _day("--to", to_day))
    if shown.first is not None and shown.last is not None and shown.last < shown.first:
        raise Refusal(f"--to is {shown.last}, before --from {shown.first}", "give the earlier day to --from")
    dated = _put_on_calendar(course, profile, begins, happened, shown)
    if view is not View.OVERVIEW and dated is None:
        raise Refusal(f"--view {view} needs --start", "give when the infusion begins, as 2026-11-02T10:00")
    if view is not View.OVERVIEW and output_format not in {PlanFormat.TABLE, PlanFormat.JSON}:
        raise Refusal(f"--view {view} and -f {output_format} contradict each other", "leave one of the two out")
    if view is View.BAGS and profile is None:
        raise Refusal("--view bags needs --site", "give the profile of the site that prepares the bags")
    if output_format is not PlanFormat.ICS and (revision or replaces is not None):
        option = "--revision" if revision else "--replaces"
        raise Refusal(f"{option} and -f {output_format} contradict each other", "leave it out, or add -f ics")
    faults = () if choice.switched else errors_in(reading)
    planned = Planned(dated.course if dated else course, choice, dated, happened, fingerprint, faults)
    show(planned, Drawing(output_format, view, plan_id, revision, replaces, patients, seed, terminal))


class Shown(NamedTuple):
    """What of a dated plan is shown."""

    cycle: int | None
    first: date | None
    last: date | None


def _begins(happened: "Happened", start: str | None, time_zone: str | None, site: "Site | None") -> datetime | None:
    """When the first infusion begins, in the patient's time zone; None where nobody says."""
    zone = time_zone or happened.time_zone or (site.time_zone if site else None)
    if site is not None and site.time_zone is not None and zone != site.time_zone:
        raise Refusal(
            f"the time zone of the plan is {str(zone)[:60]}, and that of the site {site.time_zone}",
            "bags are changed by the clock of the site: correct one of the two",
        )
    if happened.judgement is not None and zone is None:
        raise Refusal(
            f"the time zone of {happened.path} is not known", "add time_zone to the record, or give --time-zone"
        )
    if happened.start is not None:
        return _start(happened.start.isoformat(), zone)
    return None if start is None else _start(start, zone)


def _put_on_calendar(
    course: "Course", site: "Site | None", begins: datetime | None, happened: "Happened", shown: Shown
) -> "Dated | None":
    """Put the course on the calendar; None where no start is given."""
    if begins is None:
        if any(option is not None for option in shown):
            raise Refusal("a dated plan needs --start", "give when the first infusion begins, as 2026-11-02T10:00")
        return None
    from dataclasses import replace

    from blinplan.course.bags import NoSequenceError, overfilled, vial_of
    from blinplan.course.calendar import Clock
    from blinplan.course.dated import dated
    from blinplan.course.opening import NeverOpenError
    from blinplan.course.patient import PatientError
    from blinplan.course.resumption import RecordError
    from blinplan.quantities import decimal_text, duration_text
    from blinplan.reports.shared.words import moment_text

    try:
        found = dated(course, begins, site, happened.so_far)
    except PatientError as error:
        raise Refusal(f"{happened.path}: {error}", "give --weight and --height, or --bsa, of the patient") from error
    except RecordError as error:
        where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error.path)
        raise Refusal(f"{happened.path}: {where}: {error}", "correct it, or plan the regimen that it names") from error
    except NoSequenceError as error:
        raise Refusal(
            f"no sequence of bags obeys the site profile: from {moment_text(Clock(begins).at(error.minute))}, {error}",
            "prepare a longer bag, open that day, or start on another one",
        ) from error
    except NeverOpenError as error:
        raise Refusal(str(error), "correct `closed` and `holidays` of the site profile") from error
    for bag in overfilled(found.bags, vial_of(site)):
        raise Refusal(
            f"a bag for {duration_text(bag.size.minutes)} with {decimal_text(bag.rate, 3)} mcg/day cannot be made: more"
            " drug is drawn up for it than it is filled with",
            "correct `vial` or `fill_ml` of the site profile",
        )
    if shown.cycle is not None and shown.cycle > max(event.period.cycle for event in found.course.events):
        raise Refusal(f"--cycle is {shown.cycle}, and the course has fewer", "give the number of one of its cycles")
    return replace(found, cycle=shown.cycle, first=shown.first, last=shown.last)


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    from blinplan.regimen.record import YEARS

    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{option} is {text[:40]!r}", "give a date as 2026-11-02") from None
    if found.year not in YEARS:
        raise Refusal(f"{option} is {text[:40]!r}", f"give a year from {YEARS[0]} to {YEARS[-1]}")
    return found


def _start(text: str, zone: str | None) -> datetime:
    """When the first infusion begins, aware, in the zone."""
    from zoneinfo import ZoneInfo

    from blinplan.regimen.record import YEARS, in_utc

    advice = "give a date and time as 2026-11-02T10:00, and --time-zone Europe/Berlin"
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"--start is {text[:40]!r}", advice) from None
    if len(text) <= len("2026-11-02"):  # a date alone would be midnight
        raise Refusal(f"--start is {text!r}, without a time of day", advice)
    if written.year not in YEARS:
        raise Refusal(f"--start is {text[:40]!r}", f"give a year from {YEARS[0]} to {YEARS[-1]}")
    if written.second or written.microsecond:
        raise Refusal(f"--start is {text[:40]!r}", "give whole minutes")
    if zone is None:
        if written.tzinfo is None:
            raise Refusal("the time zone of --start is not known", advice)
        return written
    try:
        there = ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        raise Refusal(f"there is no time zone {zone[:60]!r}", "give a name such as Europe/Berlin") from None
    try:
        return in_utc(written, zone).astimezone(there)
    except ValueError as error:
        raise Refusal(f"--start {error}", "give a time that exists, or one with its offset") from error
