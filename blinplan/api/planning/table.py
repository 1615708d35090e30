"""A plan as people read it at a terminal, in its views."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from blinplan.api.planning.document import expected_of
from blinplan.api.planning.history import CourseHistory
from blinplan.api.vocabulary import View
from blinplan.course.eligibility import Choice
from blinplan.course.events import Course
from blinplan.course.premedication import PremedicationPlan
from blinplan.course.remarks import Remark
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
    remarks: Sequence[Remark],
    screen: Screen,
    cycle: int | None,
) -> "list[RenderableType]":
    """Draw a plan that has no start, or one cycle of it."""
    from blinplan.reports.plan.plan import plan_report

    return plan_report(course, choice, label, premedication, screen, remarks, cycle)


def dated_report(
    dated: "Dated",
    choice: Choice,
    label: FollowedLabel,
    history: CourseHistory,
    remarks: Sequence[Remark],
    view: View,
    compare: "Callable[[], DeliveredResult]",
    screen: Screen,
) -> "list[RenderableType]":
    """Draw a view of a plan on the calendar; ``compare`` makes the one of what was delivered."""
    from blinplan.reports.plan.plan import plan_head
    from blinplan.reports.plan.remarks import remark_lines, stands_above
    from blinplan.reports.shared.words import NOT_A_DEVICE

    below = [remark for remark in remarks if not stands_above(remark)]
    return [
        *plan_head(dated.course, choice, label, remarks),
        *(compare().report(screen) if view is View.DELIVERED else _view(dated, view, screen)),
        *remark_lines(below),
        *_findings(history, screen),
        NOT_A_DEVICE,
    ]


def _view(dated: "Dated", view: View, screen: Screen) -> "list[RenderableType]":
    """Draw a view; what only one of them needs is imported with it."""
    match view:
        case View.AGENDA:
            from blinplan.reports.plan.dated_plan import agenda_report

            return agenda_report(dated, screen)
        case View.DAYS | View.MONTH:
            from blinplan.reports.plan.day_views import days_report, month_report

            return (days_report if view is View.DAYS else month_report)(dated, screen)
        case View.BAGS:
            from blinplan.reports.plan.bags.bag_list import bags_report

            return bags_report(dated, screen)
        case View.STARTS:
            from blinplan.reports.plan.bags.start_days import start_days_report

            return start_days_report(dated, screen)
        case View.EXPECTED:
            from blinplan.reports.plan.simulated.expected import expected_report

            return expected_report(dated, expected_of(dated), screen)
        case _:
            from blinplan.reports.plan.overview import overview_report

            return overview_report(dated, screen)


def _findings(history: CourseHistory, screen: Screen) -> "list[RenderableType]":
    """What the rules say of the restarts on record; the exit status of a plan does not depend on it."""
    from rich.text import Text

    judgement = history.judgement
    if judgement is None:  # of a record that was judged when the plan was made of which this has the ledger
        return [Text(remark.text, "error") for remark in history.remarks()]
    from blinplan.reports.check.findings import each_finding

    found = each_finding(judgement, screen) if judgement.findings else []
    elsewhere = [Text(remark.text, remark.kind.value) for remark in history.findings_elsewhere]
    undecided = [Text(line, "not evaluated") for line in history.not_evaluated]
    return [*([""] if found else []), *found, *elsewhere, *undecided]
