"""What has to be known of a plan with dates: of its course, and of the days and the bags that are shown.

Who has something new to say of a dated plan adds its function to `remarks_of_dates` or to `remarks_of_days`.
"""

from collections.abc import Iterable, Iterator

from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.regimen.vocabulary import Indication
from blinplan.reports.plan.dated_plan import clock_changes, total_of_clock_changes

# What tells of bags and of records is imported where there are any: most plans have none.


def remarks_of_dates(dated: Dated) -> Iterator[Remark]:
    """What has to be known of the whole course that only a calendar or a record can tell."""
    if dated.recorded:
        from blinplan.reports.plan.bags.hung import end_remarks, running_remarks
        from blinplan.reports.plan.figures import new_figures

        yield from running_remarks(dated)
        yield from end_remarks(dated)
        yield from new_figures(dated)
        yield from _of_answers(dated)
    yield from total_of_clock_changes(dated)
    yield from _of_nothing(dated)


def _of_nothing(dated: Dated) -> Iterator[Remark]:
    """Tell of days on which nothing is due: an empty table could be of a slip in a date."""
    of_cycle = [entry for entry in dated.entries if dated.cycle is None or entry.cycle in {None, dated.cycle}]
    if dated.shown_entries() or not of_cycle:
        return
    days = {"from": dated.first, "to": dated.last} if dated.first else {"up to": dated.last}
    asked = " ".join(f"{word} {day}" for word, day in days.items() if day is not None)
    first, last = (dated.clock.at(minute).date() for minute in (of_cycle[0].start, of_cycle[-1].start))
    whose = "of the plan" if dated.cycle is None else f"of cycle {dated.cycle}"
    on = "" if dated.last else " on"
    yield Remark(f"Nothing {whose} is due {asked}{on}; it goes from {first} to {last}.", RemarkKind.WARNING)


def remarks_of_days(dated: Dated, other_bags: Iterable[Remark] | None = None) -> Iterator[Remark]:
    """What has to be known of the days and the bags that are shown of a plan.

    ``other_bags`` is what `other_bags_remarks` says of the whole course, where it was asked before.
    """
    if dated.site is not None:
        from blinplan.reports.plan.bags.questions import bag_remarks

        yield from bag_remarks(dated, other_bags)
    if dated.recorded:
        from blinplan.reports.plan.bags.hung import happened_remarks

        yield from happened_remarks(dated)
    if dated.recorded or dated.site is not None:  # which lets cycles begin later, too
        from blinplan.reports.plan.ledger import starts_and_closures

        yield from starts_and_closures(dated)
    if dated.site is not None:
        from blinplan.reports.plan.bags.changes import closed_days

        yield from closed_days(dated)
    yield from clock_changes(dated)


def _of_answers(dated: Dated) -> Iterator[Remark]:
    if dated.ledger.interruptions and dated.course.regimen.indication is Indication.INVESTIGATIONAL:
        yield Remark("The regimen is investigational: the answers are the label's for its own regimens.")
