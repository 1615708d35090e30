"""How a plan is shown: at the terminal, for printing, for calendars and for other programs."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from blinplan.cli.output import output_screen, report, write, write_json
from blinplan.cli.plan import PlanFormat, Shown, View, put_on_calendar
from blinplan.cli.status import UsageError
from blinplan.course.eligibility import Choice
from blinplan.course.events import Course
from blinplan.course.premedication import PremedicationPlan, premedication_plan
from blinplan.reports.plan import NOT_A_DEVICE, plan_csv, plan_head, plan_json, plan_report
from blinplan.reports.screen import Colour, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.regimen.site import Site
    from blinplan.reports.dated_plan import Dated


class Planned(NamedTuple):
    """A plan: the course, what decided it, and the calendar where there is one."""

    course: Course
    choice: Choice
    premedication: PremedicationPlan | None
    site: "Site | None"
    dated: "Dated | None"
    fingerprint: str


def show(planned: Planned, output_format: PlanFormat, view: View, plan_id: str | None, colour: Colour) -> None:
    """Show a plan in a format."""
    texts: dict[PlanFormat, Callable[[], str]] = {
        PlanFormat.CSV: lambda: plan_csv(planned.course),
        PlanFormat.NONMEM: lambda: _nonmem(planned.course),
        PlanFormat.HTML: lambda: _html(planned),
        PlanFormat.ICS: lambda: _ics(planned, plan_id),
    }
    if output_format is PlanFormat.JSON:
        write_json(_json(planned, expected=view is View.EXPECTED))
    elif output_format in texts:
        write(texts[output_format]())
    else:
        report(*_drawn(planned, view, output_screen(colour)), colour=colour)


def _drawn(planned: Planned, view: View, screen: Screen) -> "list[RenderableType]":
    course, choice = planned.course, planned.choice
    if planned.dated is None:
        return plan_report(course, choice, planned.premedication, screen)
    return [*plan_head(course, choice), *_view(view, planned.dated, screen), NOT_A_DEVICE]


def _view(view: View, dated: "Dated", screen: Screen) -> "list[RenderableType]":
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
        View.MONTH: dated_plan.month_report,
        View.BAGS: dated_plan.bags_report,
    }
    return views[view](dated, screen)


def _typical(course: Course) -> dict[str, float]:
    """The endpoints of the typical patient under a course, by key."""
    from blinplan.physiology.run import run

    simulation = run(course.regimen, patients=None, course=[event.period for event in course.events])
    return {quantity.key: float(quantity.values[0]) for quantity in simulation.typical_quantities}


def _nonmem(course: Course) -> str:
    from blinplan.reports.nonmem import NoAreaError, event_records

    try:
        return event_records(course)
    except NoAreaError as error:
        raise UsageError(str(error), "give --weight and --height, or --bsa") from error


def _html(planned: Planned) -> str:
    if planned.dated is None:
        raise UsageError("--format html needs --start or --record", "give when the infusion begins")
    from blinplan.reports.html import html

    return html(planned.dated, planned.choice)


def _ics(planned: Planned, plan_id: str | None) -> str:
    dated = planned.dated
    if dated is None or plan_id is None or not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", plan_id):
        raise UsageError(
            "--format ics needs --start or --record, and --plan-id of letters, digits, dots, hyphens and underscores",
            "give a name that stays with the patient's plan, so that importing it again updates the calendar",
        )
    try:
        from blinplan.reports.ics import ics

        return ics(dated, _before(dated, planned.site), plan_id)
    except ImportError as error:
        raise UsageError("--format ics needs the package icalendar", "pip install 'blinplan[calendar]'") from error


def _before(dated: "Dated", site: "Site | None") -> "Dated | None":
    """The plan as it was before anything happened; None where nothing did."""
    if dated.replanned is None:
        return None
    course = dated.replanned.planned
    shown = Shown(dated.cycle, dated.first, dated.last)
    return put_on_calendar(course, premedication_plan(course), site, dated.clock.start, None, shown)


def _json(planned: Planned, *, expected: bool) -> dict[str, Any]:
    dated = planned.dated
    document = plan_json(planned.course, planned.choice, planned.premedication, planned.fingerprint)
    if dated is None:
        return {**document, "dated": None}
    from blinplan.reports.dated_plan import dated_json

    found = dated_json(dated)
    if expected:
        from blinplan.reports.expected import comparison, expected_json

        simulated = _typical(dated.course)
        found["expected"] = expected_json(dated, simulated)
        if dated.replanned is not None:
            without = _typical(dated.replanned.planned)
            found["typical"] = {
                name: {"with": mine, "without": other} for name, mine, other in comparison(simulated, without)
            }
    return {**document, "dated": found}
