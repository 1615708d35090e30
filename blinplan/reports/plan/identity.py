"""What makes a plan that is imported again an update: the names of its entries, and how far it knows what happened."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated


def name_entries(dated: Dated, plan_id: str) -> Iterator[tuple[str, Entry]]:
    """All entries with their names: what they are, in which cycle, and the how many-th of their kind."""
    seen = Counter[tuple[Due, int]]()
    for entry in dated.entries:
        if entry.due is Due.INTERRUPTION:
            continue  # it is past
        kind = (entry.due, entry.cycle)
        seen[kind] += 1
        yield f"{plan_id}-{entry.due.value.replace(' ', '-')}-{entry.cycle}-{seen[kind]}@blinplan", entry


def is_named(name: str, plan_id: str) -> bool:
    """Whether a name is one that `name_entries` gives in a plan, and not in another whose name begins alike."""
    kinds = "|".join(due.value.replace(" ", "-") for due in Due)
    return re.fullmatch(rf"{re.escape(plan_id)}-(?:{kinds})-\d+-\d+@blinplan", name) is not None


def dropped_entries(now: Mapping[str, Entry], before: Sequence[Dated], plan_id: str) -> dict[str, tuple[Dated, Entry]]:
    """What an earlier plan showed and the present one has not, by name, as it was last planned."""
    return {
        name: (earlier, entry)
        for earlier in before
        for name, entry in name_entries(earlier, plan_id)
        if name not in now and earlier.shows(entry)
    }


def happenings(dated: Dated) -> int:
    """How many things have happened: stops, restarts, cycles that began by the record, bags, and the end."""
    ledger = dated.ledger
    stops = sum(1 if entry.restarted is None else 2 for entry in ledger.interruptions)
    bags = sum(1 if bag.stop is None else 2 for bag in ledger.bags)
    return stops + bags + sum(start.recorded for start in ledger.starts) + (ledger.end is not None)


def last_known(dated: Dated) -> int:
    """The minute of the course of the last thing that is known to have happened: there is no clock in a plan."""
    ledger = dated.ledger
    ends = [entry.stopped if entry.restarted is None else entry.restarted for entry in ledger.interruptions]
    ends += [bag.start if bag.stop is None else bag.stop for bag in ledger.bags]
    end = [] if ledger.end is None else [ledger.end.minute]
    return max([*ends, *end, *(cycle.start for cycle in ledger.starts if cycle.recorded)], default=0)
