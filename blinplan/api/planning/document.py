"""A plan as a JSON document."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from blinplan.api.planning.history import CourseHistory
from blinplan.api.vocabulary import View
from blinplan.course.eligibility import Choice
from blinplan.course.events import Course
from blinplan.course.premedication import PremedicationPlan
from blinplan.course.remarks import Remark
from blinplan.label.label import FollowedLabel

if TYPE_CHECKING:
    from blinplan.api.planning.delivered import DeliveredResult
    from blinplan.course.dated import Dated
    from blinplan.simulation.expected import ExpectedAfter


def course_document(
    course: Course,
    choice: Choice,
    label: FollowedLabel,
    premedication: PremedicationPlan | None,
    fingerprint: str,
    remarks: Sequence[Remark],
    dated: "Dated | None",
    cycle: int | None,
) -> dict[str, Any]:
    """Write what every plan has, with or without a start."""
    from blinplan.reports.plan.plan import plan_json
    from blinplan.reports.plan.remarks import remarks_json

    document = plan_json(course, choice, label, premedication, fingerprint, cycle)
    clock = None if dated is None else dated.clock
    return {
        **document,
        "told": [remark.text for remark in remarks],
        "remarks": remarks_json(remarks, clock),
    }


def dated_document(
    dated: "Dated", history: CourseHistory, view: View, compare: "Callable[[], DeliveredResult]"
) -> dict[str, Any]:
    """Write what a plan on the calendar has besides; ``compare`` makes the view of what was delivered."""
    from blinplan.reports.plan.data import dated_json

    found = {**dated_json(dated), "part": _part_json(dated)}
    if view is View.EXPECTED:
        from blinplan.reports.plan.simulated.expected import expected_json

        found["expected"] = expected_json(dated, expected_of(dated))
    if view is View.STARTS:
        from blinplan.reports.plan.bags.start_days import start_days_json

        found["starts"] = start_days_json(dated)
    if view is View.DELIVERED:
        found["delivered"] = compare().document()
    found["findings"] = [dict(finding) for finding in history.findings]
    found["not_evaluated"] = list(history.not_evaluated)
    return found


def _part_json(dated: "Dated") -> dict[str, Any] | None:
    """Which part of a plan is shown; None where it is the whole."""
    if (dated.cycle, dated.first, dated.last) == (None, None, None):
        return None
    days = (None if day is None else day.isoformat() for day in (dated.first, dated.last))
    return dict(zip(("cycle", "first_day", "last_day"), (dated.cycle, *days), strict=True))


def expected_of(dated: "Dated") -> "tuple[ExpectedAfter, ...]":
    """What the article expects, beside the typical patient of the regimen in the course."""
    from blinplan.rules.limits import shipped_limits
    from blinplan.simulation.expected import expected_windows

    return expected_windows(dated, shipped_limits())
