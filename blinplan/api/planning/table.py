"""A plan as people read it at a terminal, in its views."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from blinplan.api.planning.document import expected_of
from blinplan.api.planning.history import CourseHistory
from blinplan.api.vocabulary import View
from blinplan.course.eligibility import Choice
from blinplan.course.events import Course
from blinplan.course.premedication import PremedicationPlan
from blinplan.label.label import FollowedLabel
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.api.planning.delivered import DeliveredResult
    from blinplan.course.dated import Dated


def undated_report(
    course: Course,
    choice: Choice,
    label: FollowedLabel,
    premedication: PremedicationPlan | None,
    errors: Sequence[str],
    screen: Screen,
) -> "list[RenderableType]":
    """Draw a plan that has no start."""
    from blinplan.reports.plan.plan import plan_report

    return [*_errors(errors), *plan_report(course, choice, label, premedication, screen)]


def dated_report(
    dated: "Dated",
    choice: Choice,
    label: FollowedLabel,
    history: CourseHistory,
    errors: Sequence[str],
    view: View,
    compare: "Callable[[], DeliveredResult]",
    screen: Screen,
) -> "list[RenderableType]":
    """Draw a view of a plan on the calendar; ``compare`` makes the one of what was delivered."""
    from blinplan.reports.plan.dated_plan import dated_remarks
    from blinplan.reports.plan.plan import plan_head
    from blinplan.reports.shared.words import NOT_A_DEVICE

    return [
        *_errors(errors),
        *plan_head(dated.course, choice, label, dated_remarks(dated), dated),
        *(compare().report(screen) if view is View.DELIVERED else _view(dated, view, screen)),
        *_findings(history, screen),
        NOT_A_DEVICE,
    ]


def _errors(lines: Sequence[str]) -> "list[RenderableType]":
    from rich.text import Text

    return [Text(line, "error") for line in lines]


def _view(dated: "Dated", view: View, screen: Screen) -> "list[RenderableType]":
    from blinplan.reports.plan.bag_list import bags_report
    from blinplan.reports.plan.dated_plan import agenda_report
    from blinplan.reports.plan.day_views import days_report, month_report
    from blinplan.reports.plan.overview import overview_report

    if view is View.EXPECTED:
        from blinplan.reports.plan.expected import expected_report

        return expected_report(dated, expected_of(dated), screen)
    reports = {
        View.OVERVIEW: overview_report,
        View.AGENDA: agenda_report,
        View.DAYS: days_report,
        View.MONTH: month_report,
        View.BAGS: bags_report,
    }
    return reports[view](dated, screen)


def _findings(history: CourseHistory, screen: Screen) -> "list[RenderableType]":
    """What the rules say of the restarts on record; the exit status of a plan does not depend on it."""
    from rich.text import Text

    judgement = history.judgement
    if judgement is None:  # of a record that was judged when the plan was made of which this has the ledger
        return [Text(line, "error") for line in history.remarks()]
    from blinplan.reports.check.findings import each_finding

    found = each_finding(judgement, screen) if judgement.findings else []
    undecided = [Text(line, "not evaluated") for line in history.not_evaluated]
    return [*([""] if found else []), *found, *undecided]
