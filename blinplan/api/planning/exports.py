"""A plan for printing, for calendars and for other programs."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.vocabulary import PlanFormat
from blinplan.course.eligibility import Choice
from blinplan.course.events import Course
from blinplan.course.remarks import Remark
from blinplan.files.inputs import input_text, reason_of
from blinplan.label.label import FollowedLabel
from blinplan.refusal import ArgumentRefusal, Refusal

if TYPE_CHECKING:
    from blinplan.course.dated import Dated
    from blinplan.reports.plan.ical.ics import Imported
    from blinplan.reports.plan.paper.wanted import Paper


def csv(
    course: Course,
    dated: "Dated | None",
    remarks: Sequence[Remark],
    *,
    cycle: int | None = None,
    decimal_comma: bool = False,
) -> str:
    """Write what is due; without a start the event table. With decimal commas it is for people, told things once."""
    from blinplan.data_table import csv_text

    if dated is None:
        from blinplan.reports.plan.plan import plan_table

        return csv_text(plan_table(course, remarks, cycle, told_once=decimal_comma), decimal_comma=decimal_comma)
    from blinplan.reports.plan.data import dated_table

    return csv_text(dated_table(dated, remarks, told_once=decimal_comma), decimal_comma=decimal_comma)


def nonmem(course: Course) -> str:
    """Write the event table as NONMEM reads it."""
    from blinplan.data_table import csv_text
    from blinplan.reports.model.nonmem import NoAreaError, event_records

    try:
        return csv_text(event_records(course))
    except NoAreaError as error:
        raise ArgumentRefusal(str(error), "give {weight} and {height}, or {area}") from error


def ward_html(
    dated: "Dated | None",
    choice: Choice,
    label: FollowedLabel,
    remarks: Sequence[Remark],
    other_bags: Sequence[Remark],
    paper: "Paper | None",
    plan_id: str | None,
    revision: int,
) -> str:
    """Write a page for the ward to print; ``remarks`` are those of the whole course, and of other bags for it."""
    from blinplan.reports.plan.paper.heading import heading
    from blinplan.reports.plan.paper.wanted import Paper
    from blinplan.reports.plan.paper.ward import ward_page

    begun = _with_dates(dated)
    head = heading(begun, paper or Paper(), plan_id, revision)
    return ward_page(begun, choice, label, remarks, other_bags, head, plan_id)


def labels_html(dated: "Dated | None", remarks: Sequence[Remark], paper: "Paper | None", plan_id: str | None) -> str:
    """Write the labels of the bags that are shown."""
    from blinplan.reports.plan.paper.labels import labels_page
    from blinplan.reports.plan.paper.wanted import Paper

    return labels_page(_with_dates(dated), remarks, paper or Paper(), plan_id)


def shortened_on_labels(dated: "Dated | None", paper: "Paper", plan_id: str | None) -> list[str]:
    """What there is no room for on labels, in words."""
    from blinplan.reports.plan.paper.labels import shortened_lines

    return shortened_lines(_with_dates(dated), paper, plan_id)


def home_html(
    dated: "Dated | None", remarks: Sequence[Remark], paper: "Paper | None", plan_id: str | None, revision: int
) -> str:
    """Write the sheet for an infusion at home."""
    from blinplan.reports.plan.paper.heading import heading
    from blinplan.reports.plan.paper.home import home_sheet
    from blinplan.reports.plan.paper.wanted import Paper

    begun = _with_dates(dated)
    return home_sheet(begun, remarks, heading(begun, paper or Paper(), plan_id, revision))


def _with_dates(dated: "Dated | None") -> "Dated":
    if dated is None:
        raise ArgumentRefusal("{output_format} html needs {start} or {record}", "give when the infusion begins")
    return dated


def ics(
    plan: "Dated | None",
    label: FollowedLabel,
    plan_id: str | None,
    revision: int,
    replaces: str | Path | None,
    remarks: Sequence[Remark],
) -> str:
    """Write a calendar, beside the one that was imported last."""
    from blinplan.course.dated import as_planned
    from blinplan.reports.plan.followed import label_line
    from blinplan.reports.plan.ical.ics import ics as calendar

    dated, name = _to_import(plan, plan_id, PlanFormat.ICS)
    before = tuple(as_planned(dated))
    last = None if replaces is None else _calendar_in(Path(replaces), name)
    return calendar(dated, before, name, f"{label_line(dated.course, label)}.", remarks, revision, last)


def fhir(
    plan: "Dated | None", plan_id: str | None, choice: Choice, label: FollowedLabel, remarks: Sequence[Remark]
) -> str:
    """Write the whole plan as FHIR resources."""
    from blinplan.course.dated import as_planned
    from blinplan.outside_text import json_text
    from blinplan.reports.plan.fhir.bundle import InvalidError
    from blinplan.reports.plan.fhir.bundle import fhir as bundle
    from blinplan.reports.plan.followed import label_line

    dated, name = _to_import(plan, plan_id, PlanFormat.FHIR)
    if (dated.cycle, dated.first, dated.last) != (None, None, None):
        raise ArgumentRefusal(
            "{output_format} fhir writes the whole plan: a part of it, imported, would take the rest away",
            "leave out {cycle}, {first} and {last}",
        )
    try:
        told = (f"{label_line(dated.course, label)}.", *(remark.text for remark in remarks))
        return json_text(bundle(dated, tuple(as_planned(dated)), choice, name, told))
    except ImportError as error:
        raise ArgumentRefusal(
            "{output_format} fhir needs the package fhir.resources", "pip install 'blinplan[fhir]'"
        ) from error
    except InvalidError as error:
        message = "this plan cannot be written as FHIR: {why}"
        raise ArgumentRefusal(message, "take another {output_format}", why=error) from error


def _to_import(dated: "Dated | None", plan_id: str | None, form: PlanFormat) -> "tuple[Dated, str]":
    """The dated plan and its name, without which importing it again would be no update."""
    if dated is None or plan_id is None or not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", plan_id):
        raise ArgumentRefusal(
            "{output_format} {form} needs {start} or {record}, and {plan_id} of letters, digits, dots, hyphens and"
            " underscores",
            "give a name that stays with the patient's plan, so that importing it again updates what was imported",
            form=form,
        )
    return dated, plan_id


_LAST_CALENDAR = "give the .ics file of the same {plan_id} that was imported last"


def _calendar_in(path: Path, name: str) -> "Imported":
    """Read the calendar that was imported last."""
    from blinplan.reports.plan.ical.ics import NoCalendarError, read_calendar

    try:
        return read_calendar(input_text(path), name)
    except ImportError as error:
        raise ArgumentRefusal("{replaces} needs the package icalendar", "pip install 'blinplan[calendar]'") from error
    except OSError as error:
        raise Refusal(f"{path}: {reason_of(error)}", "check the path") from error
    except NoCalendarError as error:
        raise ArgumentRefusal("{path} {why}", _LAST_CALENDAR, path=path, why=error) from error
