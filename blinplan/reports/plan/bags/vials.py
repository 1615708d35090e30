"""How many vials the bags of a plan take, and what is thrown away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from blinplan.course.bags.contents import Usage, usage
from blinplan.course.calendar import Due
from blinplan.course.dated import Dated
from blinplan.quantities import plural
from blinplan.reports.shared.words import amount_text, exact_amount


@dataclass(frozen=True, slots=True)
class CycleUsage:
    """What the bags of a cycle take; None where that of any is not known."""

    cycle: int
    used: Usage | None


def usage_of_cycles(dated: Dated) -> tuple[CycleUsage, ...]:
    """What the bags of each cycle take, shown or not."""
    site = dated.site
    if site is None:
        return ()
    bags = [(entry.cycle, entry.bag) for entry in dated.entries if entry.due is Due.BAG and entry.bag]
    cycles = dict.fromkeys(cycle for cycle, _ in bags)
    return tuple(CycleUsage(one, usage([bag for cycle, bag in bags if cycle == one], site)) for one in cycles)


def vial_lines(dated: Dated) -> Iterator[str]:
    """Say how many vials each cycle and the course take, and what is thrown away."""
    each = usage_of_cycles(dated)
    if not each:
        return
    known = [(one.cycle, one.used) for one in each if one.used is not None]
    counts = ", ".join(f"{used.vials} for cycle {cycle}" for cycle, used in known)
    uncounted = _not_counted_text(dated, [start for _, used in known for start in used.not_counted])
    if len(known) < len(each):
        without = ", ".join(str(one.cycle) for one in each if one.used is None)
        if known:
            yield f"Vials: {counts}.{uncounted}"
        yield f"Vials for {plural('cycle', len(each) - len(known))} {without} are not evaluated."
        return
    hung = sum(used.on_record for _, used in known)
    by_record = f", {hung} of them for bags on record, by what was in them" if hung else ""
    yield (
        f"Vials: {counts}; {sum(used.vials for _, used in known)} in all{by_record}, each bag from vials of its own."
        " Thrown away:"
        f" {amount_text(sum((used.left_in_vials for _, used in known), Fraction(0)))} mcg"
        f" ({amount_text(sum((used.left_in_vials_millilitres for _, used in known), Fraction(0)))} mL) left in vials,"
        f" {amount_text(sum((used.left_in_bags for _, used in known), Fraction(0)))} mcg left in bags and lines."
        f"{uncounted}"
    )


def _not_counted_text(dated: Dated, starts: Sequence[int]) -> str:
    """Say which bags are in none of these sums."""
    if not starts:
        return ""
    hung = {bag.start for bag in dated.bags if bag.on_record}
    numbers = dated.bag_numbers
    on_record, in_doubt = ([numbers[start] for start in starts if (start in hung) is known] for known in (True, False))
    parts = [
        f"{_bags(which)}, {said} {'it' if len(which) == 1 else 'them'}{key}"
        for which, said, key in (
            (on_record, "as the record does not say what was in", " (`fill_ml`)"),
            (in_doubt, "as the record says nothing of", ""),
        )
        if which
    ]
    return f" Not counted: {'; '.join(parts)}."


def _bags(numbers: Sequence[int]) -> str:
    """Name bags by their numbers: bags 1 to 4 and 7."""
    in_turn = groupby(enumerate(sorted(numbers)), key=lambda one: one[1] - one[0])
    runs = [[number for _, number in group] for _, group in in_turn]
    said = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    return f"{plural('bag', len(numbers))} {', '.join(said)}"


def vials_json(dated: Dated) -> list[dict[str, Any]]:
    """Write what the bags of each cycle take, exact; null where it is not known."""
    numbers = dated.bag_numbers
    return [
        {
            "cycle": one.cycle,
            **_usage_json(one.used),
            "vials_on_record": None if one.used is None else one.used.on_record,
            "bags_not_counted": [] if one.used is None else [numbers[start] for start in one.used.not_counted],
        }
        for one in usage_of_cycles(dated)
    ]


def _usage_json(used: Usage | None) -> dict[str, Any]:
    amounts = {
        "mcg_left_in_vials": None if used is None else used.left_in_vials,
        "ml_left_in_vials": None if used is None else used.left_in_vials_millilitres,
        "mcg_left_in_bags": None if used is None else used.left_in_bags,
    }
    exact = {name: None if amount is None else exact_amount(amount) for name, amount in amounts.items()}
    return {"vials": None if used is None else used.vials, **exact}
