"""What has to be known of a plan with dates: of its course, and of the days and the bags that are shown.

Who has something new to say of a dated plan adds its function to `remarks_of_dates` or to `remarks_of_days`.
"""

from collections.abc import Iterator
from datetime import timedelta

from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.regimen.regimen import Indication
from blinplan.reports.plan.bags.hung import end_remarks, happened_remarks, running_remarks
from blinplan.reports.plan.bags.questions import bag_remarks
from blinplan.reports.plan.dated_plan import clock_changes, closed_days, total_of_clock_changes
from blinplan.reports.plan.figures import new_figures
from blinplan.reports.plan.ledger import closures, starts_of_cycles


def remarks_of_dates(dated: Dated) -> Iterator[Remark]:
    """What has to be known of the whole course that only a calendar or a record can tell."""
    yield from running_remarks(dated)
    yield from end_remarks(dated)
    yield from new_figures(dated)
    yield from _of_answers(dated)
    yield from total_of_clock_changes(dated)


def remarks_of_days(dated: Dated) -> Iterator[Remark]:
    """What has to be known of the days and the bags that are shown of a plan."""
    yield from bag_remarks(dated)
    yield from happened_remarks(dated)
    yield from _of_plans(dated)
    yield from closed_days(dated)
    yield from clock_changes(dated)


def _of_plans(dated: Dated) -> Iterator[Remark]:
    """What is planned by the record and moves something: days that are closed, and starts that are too early."""
    for closed, text in zip(dated.ledger.closures, closures(dated), strict=True):
        start, stop = dated.clock.midnight(closed.first), dated.clock.midnight(closed.last + timedelta(days=1))
        yield Remark(text, RemarkKind.TOLD, start=start, stop=stop)
    for start_of_cycle, text in zip(dated.ledger.starts, starts_of_cycles(dated), strict=True):
        if not start_of_cycle.recorded and "left out" in start_of_cycle.why:
            yield Remark(text, cycle=start_of_cycle.cycle)


def _of_answers(dated: Dated) -> Iterator[Remark]:
    if dated.ledger.interruptions and dated.course.regimen.indication is Indication.INVESTIGATIONAL:
        yield Remark("The regimen is investigational: the answers are the label's for its own regimens.")
