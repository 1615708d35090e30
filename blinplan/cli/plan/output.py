"""How a plan is shown: at the terminal, for printing, for calendars and for other programs."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.text import Text

from blinplan.cli.plan.command import PlanFormat, View
from blinplan.cli.plan.history import Happened
from blinplan.course.eligibility import Choice
from blinplan.course.events import Course
from blinplan.course.premedication import premedication_plan
from blinplan.data_table import csv_text
from blinplan.refusal import Refusal
from blinplan.reports.plan.plan import plan_head, plan_json, plan_report, plan_table
from blinplan.reports.shared.words import NOT_A_DEVICE, UNVERIFIED_DOSES
from blinplan.terminal import Screen, Terminal

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.course.dated import Dated
    from blinplan.reports.plan.ics import Imported
    from blinplan.simulation.delivered import Delivered
    from blinplan.simulation.expected import ExpectedAfter


class Planned(NamedTuple):
    """A plan: the course, what decided it, and the calendar where there is one."""

    course: Course
    choice: Choice
    dated: "Dated | None"
    happened: Happened
    fingerprint: str
    faults: tuple[str, ...]


class Drawing(NamedTuple):
    """How a plan is to be shown."""

    format: PlanFormat
    view: View
    plan_id: str | None
    revision: int
    replaces: str | None
    patients: int
    seed: int
    terminal: Terminal


def show(planned: Planned, drawing: Drawing) -> None:
    """Show a plan in a format."""
    texts: dict[PlanFormat, Callable[[], str]] = {
        PlanFormat.CSV: lambda: _csv(planned),
        PlanFormat.NONMEM: lambda: _nonmem(planned.course),
        PlanFormat.HTML: lambda: _html(planned, drawing.plan_id),
        PlanFormat.ICS: lambda: _ics(planned, drawing),
    }
    if drawing.format not in {PlanFormat.TABLE, PlanFormat.JSON}:
        for line in told(planned):
            drawing.terminal.say(line, "warning")
    if drawing.format is PlanFormat.JSON:
        drawing.terminal.write_json(_json(planned, drawing))
    elif drawing.format is PlanFormat.FHIR:
        drawing.terminal.write_json(_fhir(planned, drawing))
    elif drawing.format in texts:
        drawing.terminal.write(texts[drawing.format]())
    else:
        drawing.terminal.report(*_drawn(planned, drawing, drawing.terminal.out))


def _drawn(planned: Planned, drawing: Drawing, screen: Screen) -> "list[RenderableType]":
    course, choice = planned.course, planned.choice
    faults = [Text(line, "error") for line in planned.faults]
    if planned.dated is None:
        return [*faults, *plan_report(course, choice, premedication_plan(course), screen)]
    return [
        *faults,
        *plan_head(course, choice),
        *_view(planned.dated, drawing, screen),
        *_findings(planned, screen),
        NOT_A_DEVICE,
    ]


def _view(dated: "Dated", drawing: Drawing, screen: Screen) -> "list[RenderableType]":
    from blinplan.reports.plan.bag_list import bags_report
    from blinplan.reports.plan.dated_plan import agenda_report
    from blinplan.reports.plan.day_views import days_report, month_report
    from blinplan.reports.plan.overview import overview_report

    if drawing.view is View.EXPECTED:
        from blinplan.reports.plan.expected import expected_report

        return expected_report(dated, _expected(dated), screen)
    if drawing.view is View.DELIVERED:
        from blinplan.reports.plan.delivered import delivered_report
        from blinplan.reports.plan.ledger import ledger_report

        return [*delivered_report(_delivered(dated, drawing), screen), *ledger_report(dated)]
    views = {
        View.OVERVIEW: overview_report,
        View.AGENDA: agenda_report,
        View.DAYS: days_report,
        View.MONTH: month_report,
        View.BAGS: bags_report,
    }
    return views[drawing.view](dated, screen)


def _findings(planned: Planned, screen: Screen) -> "list[RenderableType]":
    """What the rules say of the restarts on record; the exit status of a plan does not depend on it."""
    judgement = planned.happened.judgement
    if judgement is None:  # of a record that was judged when the plan was made of which this has the ledger
        return [Text(line, "error") for line in _found(planned)]
    from blinplan.reports.check.findings import each_finding

    found = each_finding(judgement, screen) if judgement.findings else []
    undecided = [Text(line, "not evaluated") for line in planned.happened.not_evaluated]
    return [*([""] if found else []), *found, *undecided]


def _found(planned: Planned) -> Iterator[str]:
    """What the rules found of the record, and what they could not answer."""
    yield from (f"{found['code']}: {found['message']}." for found in planned.happened.findings)
    yield from planned.happened.not_evaluated


def told(planned: Planned) -> Iterator[str]:
    """What has to be known of a plan in every format: unverified doses, what the rules find, and doubts of the bags."""
    yield from _told_in_words(planned)
    if planned.dated is not None:
        from blinplan.reports.plan.bag_list import remarks
        from blinplan.reports.plan.dated_plan import off_hours

        yield from remarks(planned.dated)
        yield from off_hours(planned.dated)


def _told_in_words(planned: Planned) -> Iterator[str]:
    """The same for a page or a document that has what is said of the bags in its own place."""
    yield from planned.faults
    if planned.course.regimen.unverified:
        yield UNVERIFIED_DOSES
    yield from _found(planned)


def _expected(dated: "Dated") -> "tuple[ExpectedAfter, ...]":
    """What the article expects, beside the typical patient of the regimen in the course."""
    from blinplan.rules.limits import shipped_limits
    from blinplan.simulation.expected import expected

    return expected(dated, shipped_limits())


def _delivered(dated: "Dated", drawing: Drawing) -> "Delivered":
    """The same virtual patients in the course as it came to be, and as it was planned."""
    from blinplan.cli.app.progress import announce_compilation, progress_bar
    from blinplan.simulation.delivered import delivered
    from blinplan.simulation.dosing import NotEligibleError

    announce_compilation(drawing.terminal)
    try:
        with progress_bar(2 * drawing.patients, drawing.terminal) as progress:
            return delivered(dated, patients=drawing.patients, seed=drawing.seed, progress=progress)
    except NotEligibleError as error:
        raise Refusal(str(error), "choose another view; no virtual population fits this regimen") from error


def _csv(planned: Planned) -> str:
    if planned.dated is None:
        return csv_text(plan_table(planned.course))
    from blinplan.reports.plan.data import dated_table

    return csv_text(dated_table(planned.dated))


def _nonmem(course: Course) -> str:
    from blinplan.reports.model.nonmem import NoAreaError, event_records

    try:
        return csv_text(event_records(course))
    except NoAreaError as error:
        raise Refusal(str(error), "give --weight and --height, or --bsa") from error


def _html(planned: Planned, plan_id: str | None) -> str:
    if planned.dated is None:
        raise Refusal("--format html needs --start or --record", "give when the infusion begins")
    from blinplan.reports.plan.page import html

    return html(planned.dated, planned.choice, tuple(_told_in_words(planned)), plan_id)


def _ics(planned: Planned, drawing: Drawing) -> str:
    from blinplan.course.dated import as_planned
    from blinplan.reports.plan.ics import ics

    dated, name = _to_import(planned, drawing)
    before = tuple(as_planned(dated))
    try:
        replaced = None if drawing.replaces is None else _imported(drawing.replaces, name)
        return ics(dated, before, name, drawing.revision, replaced, tuple(told(planned)))
    except ImportError as error:
        raise Refusal("--format ics needs the package icalendar", "pip install 'blinplan[calendar]'") from error


def _imported(path: str, name: str) -> "Imported":
    """Read the calendar that was imported last."""
    from blinplan.reports.plan.ics import NoCalendarError, read_calendar

    try:
        return read_calendar(Path(path).read_text(encoding="utf-8"), name)
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or 'cannot be read').lower()}", "check the path") from error
    except UnicodeDecodeError as error:
        raise Refusal(f"{path} is not a calendar", _LAST_CALENDAR) from error
    except NoCalendarError as error:
        raise Refusal(f"{path} {error}", _LAST_CALENDAR) from error


_LAST_CALENDAR = "give the .ics file of the same --plan-id that was imported last"


def _fhir(planned: Planned, drawing: Drawing) -> dict[str, Any]:
    from blinplan.course.dated import as_planned
    from blinplan.reports.plan.fhir.bundle import InvalidError, fhir

    dated, name = _to_import(planned, drawing)
    if (dated.cycle, dated.first, dated.last) != (None, None, None):
        raise Refusal(
            "--format fhir writes the whole plan: a part of it, imported, would take the rest away",
            "leave out --cycle, --from and --to",
        )
    try:
        return fhir(
            dated,
            tuple(as_planned(dated)),
            planned.choice,
            name,
            tuple(_told_in_words(planned)),
        )
    except ImportError as error:
        raise Refusal("--format fhir needs the package fhir.resources", "pip install 'blinplan[fhir]'") from error
    except InvalidError as error:
        raise Refusal(f"this plan cannot be written as FHIR: {error}", "take another --format") from error


def _to_import(planned: Planned, drawing: Drawing) -> "tuple[Dated, str]":
    """The dated plan and its name, without which importing it again would be no update."""
    plan_id = drawing.plan_id
    if planned.dated is None or plan_id is None or not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", plan_id):
        raise Refusal(
            f"--format {drawing.format} needs --start or --record, and --plan-id of letters, digits, dots, hyphens and"
            " underscores",
            "give a name that stays with the patient's plan, so that importing it again updates what was imported",
        )
    return planned.dated, plan_id


def _json(planned: Planned, drawing: Drawing) -> dict[str, Any]:
    dated = planned.dated
    document = plan_json(planned.course, planned.choice, premedication_plan(planned.course), planned.fingerprint)
    document["told"] = list(told(planned))
    if dated is None:
        return {**document, "dated": None}
    from blinplan.reports.plan.data import dated_json

    found = dated_json(dated)
    if drawing.view is View.EXPECTED:
        from blinplan.reports.plan.expected import expected_json

        found["expected"] = expected_json(dated, _expected(dated))
    if drawing.view is View.DELIVERED:
        from blinplan.reports.plan.delivered import delivered_json

        found["delivered"] = delivered_json(_delivered(dated, drawing))
    found["findings"] = [dict(one) for one in planned.happened.findings]
    found["not_evaluated"] = list(planned.happened.not_evaluated)
    return {**document, "dated": found}
