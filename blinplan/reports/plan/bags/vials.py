"""How many vials the bags of a plan take, and what is thrown away."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
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
    if len(known) < len(each):
        without = ", ".join(str(one.cycle) for one in each if one.used is None)
        if known:
            yield f"Vials: {counts}."
        yield f"Vials for {plural('cycle', len(each) - len(known))} {without} are not evaluated."
        return
    yield (
        f"Vials: {counts}; {sum(used.vials for _, used in known)} in all, each bag from vials of its own. Thrown away:"
        f" {amount_text(sum((used.left_in_vials for _, used in known), Fraction(0)))} mcg"
        f" ({amount_text(sum((used.left_in_vials_millilitres for _, used in known), Fraction(0)))} mL) left in vials,"
        f" {amount_text(sum((used.left_in_bags for _, used in known), Fraction(0)))} mcg left in bags and lines."
    )


def vials_json(dated: Dated) -> list[dict[str, Any]]:
    """Write what the bags of each cycle take, exact; null where it is not known."""
    return [{"cycle": one.cycle, **_usage_json(one.used)} for one in usage_of_cycles(dated)]


def _usage_json(used: Usage | None) -> dict[str, Any]:
    amounts = {
        "mcg_left_in_vials": None if used is None else used.left_in_vials,
        "ml_left_in_vials": None if used is None else used.left_in_vials_millilitres,
        "mcg_left_in_bags": None if used is None else used.left_in_bags,
    }
    exact = {name: None if amount is None else exact_amount(amount) for name, amount in amounts.items()}
    return {"vials": None if used is None else used.vials, **exact}
