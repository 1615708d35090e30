"""What a search says in words: what it may try, what it lacks, and what its results are worth."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from blinplan.design.comparison.intervals import MEANS, SHARES
from blinplan.design.search.confirm import ShownSchedule
from blinplan.design.search.pool import Pool, RankedSchedule
from blinplan.design.search.search import Method, NothingHoldsError, Searched
from blinplan.design.search.space import WITH, Space
from blinplan.design.search.standing import NUMBERS
from blinplan.design.search.wanted import Measurement, Wish
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, decimal_text, plural
from blinplan.regimen import library
from blinplan.regimen.regimen import Cycle, Regimen
from blinplan.reports.design.numbers import share_text
from blinplan.reports.shared.number import number
from blinplan.reports.shared.words import covers, given_lines, off_drug_lines, plausible_text, rest_drawn
from blinplan.simulation.outcome import Occurrence

WILSON = "Wilson's score interval (J Am Stat Assoc 1927;22:209)"


def ranges(numbers: Sequence[int]) -> str:
    """Whole numbers in words: 4 to 10, or 4, 7 and 10."""
    first, last = numbers[0], numbers[-1]
    if len(numbers) > 2 and last - first == len(numbers) - 1:
        return f"{first} to {last}"
    *before, last = numbers
    return f"{', '.join(map(str, before))} and {last}" if before else f"{last}"


def space_text(space: Space, base: Regimen, method: Method) -> str:
    """Say how many schedules there are, which, and how they are searched."""
    unit = unit_text(base)
    doses = ", ".join(
        dose.number if dose.cap is None else f"{dose.number} (max {decimal_text(dose.cap.amount)})"
        for dose in space.doses
    )
    falling = ", which may fall" if space.descending else ", each higher than the one before"
    steps, lengths, free_days = (
        ranges(some).replace(" and ", " or ") if some else "" for some in (space.steps, space.lengths, space.free_days)
    )
    several = max(space.steps) > 1 and bool(space.lengths)
    held = f" of {lengths} days, the last for the rest" if several else ""
    if not space.lengths:
        steps, held = "1", ", since no --lengths are given" if max(space.steps) > 1 else ""
    free = f"; {free_days} days without infusion" if space.free_days else ""
    how = "Each is tried" if method is Method.ENUMERATE else "An optimiser says which are tried"
    doses = f"{doses} {unit}{falling if several else ''}{free}"
    return (
        f"{space.size:,} {plural('schedule', space.size)} for {cycles_text(space)} of {visible(base.name)}: {steps}"
        f" {plural('step', max(space.steps) if space.lengths else 1)}{held}; {doses}. {how}."
    )


def cycles_text(space: Space) -> str:
    """Name the cycles that get the schedule."""
    return f"{plural('cycle', len(space.cycles))} {ranges(space.cycles)}"


def nothing_holds(error: NothingHoldsError, space: Space, wish: Wish, patients: int, base: Regimen) -> tuple[str, str]:
    """Say that no schedule holds what is required, and which lacks least."""
    refused = f"; `blinplan check` refuses {error.refused:,}" if error.refused else ""
    required = " and ".join(one.text for one in wish.requirements) or "what is required"
    whose = f"that of {visible(base.name)} itself"
    if error.tried == 1:
        said = f"is {whose}" if error.but_base else f"does not hold {required} on {patients:,} patients{refused}"
        said = f"the one schedule that there is {said}"
    else:
        but = f", but {whose}," if error.but_base else ""
        said = f"none of {error.tried:,} schedules{but} holds {required} on {patients:,} patients{refused}"
    if error.nearest is None or error.but_base:
        return said, _OTHERS
    values = " and ".join(_nearest_values(error, wish))
    on = f" on the first {error.nearest_on:,} of them, when it was given up" if error.nearest_on < patients else ""
    told = f"{error.nearest.schedule.text(space.infusion)}{f', with {values}{on}' if values else ''}"
    return said, f"the nearest is {told}: {_OTHERS}"


_OTHERS = "allow other doses, steps or lengths"


def _nearest_values(error: NothingHoldsError, wish: Wish) -> Iterator[str]:
    """What the nearest schedule has of all that is required of numbers."""
    assert error.nearest is not None  # noqa: S101 - there is one
    for requirement, margin in zip(wish.requirements, error.nearest.margins, strict=True):
        name = wish.endpoints[requirement.endpoint].name
        if margin.is_of_nobody:
            yield f"{name} of nobody, since it can come to none of these patients"
        elif requirement.bound is not None and math.isfinite(margin.value):
            value = requirement.bound + requirement.relation.sign * margin.value
            yield f"{name} {with_unit(value, error.heads[requirement.endpoint])}"


def with_unit(value: float, head: Measurement | None) -> str:
    """A value with the unit of its endpoint; of a share that is its sign."""
    unit = getattr(head, "unit", "") if math.isfinite(value) else ""
    return f"{value_text(value, head)} {unit}".rstrip()


def so_far_text(pool: Pool) -> str:
    """Say what stands best of a search that was ended before it showed anything; nothing where none was tried."""
    best = pool.best_so_far()
    if best is None:
        return ""
    of, plural_of = f"{best.patients:,} of {pool.people.size:,} patients", plural("schedule", best.tried)
    told = "; ".join(_standing_text(pool, *one) for one in zip(best.standings, best.values, strict=True))
    which = "Best so far" if best.holds else "None holds what is required so far; the nearest"
    return (
        f"{best.tried:,} of {pool.space.size:,} {plural_of} were begun, on {of}. {which}, and not confirmed, on other"
        f" patients or other models: {told}."
    )


def _standing_text(pool: Pool, standing: RankedSchedule, values: tuple[float, ...]) -> str:
    named = zip(pool.setting.wish.endpoints, pool.of_start.measurements, values, strict=True)
    told = ", ".join(f"{endpoint.name} {with_unit(value, head)}" for endpoint, head, value in named)
    return f"{standing.schedule.text(pool.space.infusion)} ({told})"


def schedule_unit(base: Regimen) -> str:
    """In what schedules are written."""
    return f"{unit_text(base)} {WITH} days"


def schedule_text(row: ShownSchedule, space: Space) -> str:
    """The schedule of a row, that of the regimen which is searched from with its name."""
    if row.schedule is not None:
        return row.schedule.text(space.infusion)
    cycles = [row.regimen.one_by_one[number - 1] for number in space.cycles]
    each = [text for text, _ in groupby(map(_cycle_text, cycles))]
    shown = "; then ".join(each[:2]) + ("; …" if len(each) > 2 else "")
    return f"{shown} = {visible(row.regimen.name)}"


def _cycle_text(cycle: Cycle) -> str:
    return ", ".join(
        f"{decimal_text(step.dose.amount)} {WITH} {decimal_text(_days(step.minutes))}" for step in cycle.steps
    )


def _days(minutes: int) -> Fraction:
    return Fraction(minutes, MINUTES_PER_DAY)


def end_text(row: ShownSchedule, space: Space, base: Regimen) -> str:
    """Say that a schedule starts at more, or ends at less, than the regimen it was searched from; nothing otherwise."""
    number = space.cycles[0] - 1
    own, its = row.regimen.one_by_one[number].steps, base.one_by_one[number].steps
    whose = "the label" if library.groups().get(base.name) == "labelled" else visible(base.name)
    told = []
    if own[0].dose.amount > its[0].dose.amount:
        told.append(f"starts at {decimal_text(own[0].dose.amount)}, {whose} at {decimal_text(its[0].dose.amount)}")
    if own[-1].dose.amount < its[-1].dose.amount:
        told.append(f"ends at {decimal_text(own[-1].dose.amount)}, {whose} at {decimal_text(its[-1].dose.amount)}")
    return "; ".join(told)


def cap_lines(found: Searched) -> Iterator[str]:
    """Say which doses by body surface area have no max, where the regimen gives its own one."""
    if all(step.cap is None for step in found.start.base.steps):
        return
    without = [dose.number for dose in found.space.doses if dose.cap is None]
    if without:
        unit = unit_text(found.start.base)
        doses, base, how = ", ".join(without), visible(found.start.base.name), f'--doses "{without[-1]} max 28"'
        yield f"Without a max, which {base} gives its doses: {doses} {unit}. Give one as {how}."


def unit_text(base: Regimen) -> str:
    """The unit of all doses."""
    return base.steps[0].dose.unit.replace("m2", "m²")


def head_text(head: Measurement | None, name: str) -> str:
    """What an endpoint is called, with its unit."""
    if head is None:
        return name
    return head.label if isinstance(head, Occurrence) or not head.unit else f"{head.label} ({head.unit})"


def value_text(value: float, head: Measurement | None) -> str:
    """A value of an endpoint."""
    if isinstance(head, Occurrence):
        return share_text(value)
    return f"-{number(-value)}" if value < 0 else number(value)


def closing_lines(found: Searched) -> Iterator[str]:
    """Say what the results are worth, and what the intervals cover."""
    searched, shown = f"{found.search_patients:,} patients", f"{found.patients:,} others{_of_table(found)}"
    cytokine = next((_cytokine(name) for name in _names(found) if _cytokine(name)), None)
    risk = f" No risk of CRS is claimed from {cytokine}." if cytokine else ""
    yield f"Searched on {searched}, shown on {shown}. Investigational.{risk}"
    if found.setting.wish.requirements:
        yield (
            "met: the interval on these others clears the bound; at limit: it straddles it; not met: it lies beyond."
        )
    yield f"Intervals are of 95 %, {covers(of_table=found.setting.who.table is not None)}."
    base = visible(found.start.base.name)
    yield (
        f"Below a value: against {base} on the same patients, × a ratio, otherwise a difference: of shares in"
        " percentage points, of times how much of the window goes by before, in the mean over all"
        f"{'; and from where to where it is under the models' if found.models else ''}."
    )
    yield f"Shares: {WILSON}; numbers: {NUMBERS}. Against {base}, paired: {SHARES}; {MEANS}."
    if found.models:
        yield (
            f"Models: {plausible_text(found.models, 'parameter set')}, each on {found.model_patients:,} of the patients"
            f"{_KEPT_IN if found.setting.wish.requirements else '.'} It is no confidence, and no probability."
        )


_KEPT_IN = "; in so many of them the value itself keeps what is required."


def stopped_lines(found: Searched) -> Iterator[str]:
    """Say that it was stopped."""
    if found.is_stopped:
        count = len(found.offers)
        yield f"Stopped: {count} {plural('schedule', count)} that {'was' if count == 1 else 'were'} shown by then."


def who_text(found: Searched) -> str:
    """Say of which population the patients are, and what they were drawn from."""
    who = found.setting.who
    if who.table is not None:
        return f"The patients of the table, {rest_drawn(who.preset, who.seed)}."
    which = f", from patient {who.before + 1:,} on" if who.before else ""
    return f"Virtual patients of {who.preset}, seed {who.seed}{which}."


def people_lines(found: Searched) -> Iterator[str]:
    """Say what a table of patients says of them."""
    who = found.setting.who
    if who.table is None:
        return
    yield from given_lines(who.table.table, tuple(who.table.baselines), [found.start.base])
    yield from off_drug_lines(found.setting.off_drug_count(found.start.base), who.table.size)


def _of_table(found: Searched) -> str:
    """Say how often the people of a table were taken."""
    table = found.setting.who.table
    if table is None:
        return ""
    times = f"{found.search_patients // table.size:,} and {found.patients // table.size:,} times"
    who = f"the {table.size:,} {plural('patient', table.size)} of the table"
    return f": {who}, {times}, each time with other draws of what it does not say"


def _names(found: Searched) -> list[str]:
    return [endpoint.key for endpoint in found.setting.wish.endpoints]


def _cytokine(key: str) -> str | None:
    name = {"il6": "IL-6", "il10": "IL-10", "ifngamma": "IFN-gamma"}.get(key.partition("_")[0])
    article = "an" if name and name.startswith("I") else "a"
    return None if name is None else f"{article} {name} peak"


def method_text(found: Searched) -> str:
    """Say how many schedules were tried, and how they were chosen."""
    tried = f"{found.tried:,} of {found.space.size:,} {plural('schedule', found.space.size)}"
    how = "each" if found.method is Method.ENUMERATE else "those that an optimiser asked for, and their neighbours"
    refused = f"; `blinplan check` refuses {found.refused:,}" if found.refused else ""
    return f"{tried} {'was' if found.tried == 1 else 'were'} tried: {how}{refused}."


def codes_text(row: ShownSchedule) -> str:
    """The codes of what rules find in a schedule, each once, in the order of its file."""
    return " ".join(dict.fromkeys(finding.code for finding in row.findings))


def passed_over_lines(found: Searched) -> Iterator[str]:
    """Say which schedules were found and are refused by a rule about virtual patients."""
    for schedule, findings in found.passed_over[:_LISTED]:
        codes = ", ".join(dict.fromkeys(one.code for one in findings if one.severity.value == "error"))
        yield f"Not shown: {schedule.text(found.space.infusion)}, in which `blinplan check` finds {codes}."
    more = len(found.passed_over) - _LISTED
    if more > 0:
        yield f"And {more:,} more: -f json has all."


_LISTED = 5


def refuted_lines(found: Searched) -> Iterator[str]:
    """Say which schedules held on the patients of the search, and do not on the others."""
    if found.refuted:
        names = "; ".join(schedule_text(row, found.space) for row in found.refuted)
        yield f"Held on the {found.search_patients:,} patients, and not on the others: {names}."


def requirement_texts(found: Searched) -> Sequence[str]:
    """The requirements as they are written."""
    return [requirement.text for requirement in found.setting.wish.requirements]
