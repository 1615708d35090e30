"""What makes a plan that is imported again an update: the names of its entries, and the moment it speaks of."""

from collections import Counter
from collections.abc import Iterator

from blinplan.course.calendar import Due, Entry
from blinplan.reports.dated_plan import Dated


def named(dated: Dated, plan_id: str) -> Iterator[tuple[str, Entry]]:
    """The entries with their names: what they are, in which cycle, and the how many-th of their kind."""
    seen = Counter[tuple[Due, int]]()
    for entry in dated.shown():
        if entry.due is Due.INTERRUPTION:
            continue  # it is past
        kind = (entry.due, entry.cycle)
        seen[kind] += 1
        yield f"{plan_id}-{entry.due.value.replace(' ', '-')}-{entry.cycle}-{seen[kind]}@blinplan", entry


def last_known(dated: Dated) -> int:
    """The minute of the course of the last thing that is known to have happened: there is no clock in a plan."""
    ledger = dated.replanned.ledger if dated.replanned else ()
    return max((entry.stopped if entry.restarted is None else entry.restarted for entry in ledger), default=0)
