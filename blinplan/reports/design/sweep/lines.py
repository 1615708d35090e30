"""The lines above and below the tables of a sweep: who, where half are, what the article says, what intervals cover."""

import math
from collections.abc import Iterator
from itertools import groupby

from blinplan.design.sweep.cell import EndpointName
from blinplan.design.sweep.half import HOW, HalfDose
from blinplan.design.sweep.sweep import Sweep
from blinplan.design.variation.axis import BodyPlace, ParameterPlace, RegimenPlace
from blinplan.outside_text import visible
from blinplan.quantities import digits_text, plural
from blinplan.reports.design.numbers import three_digits
from blinplan.reports.design.sweep.article import article_lines, is_of_depletion
from blinplan.reports.shared.words import (
    NO_SHARE_BY_DAY,
    covers,
    given_lines,
    off_drug_lines,
    over_sets_text,
    people_text,
    plausible_text,
    unverified_mark,
)
from blinplan.simulation.models.source import SetsOf


def title_of(swept: Sweep) -> str:
    """What is varied, and of how many cells the grid is."""
    cells = f"{swept.plan.number_of_cells:,} {plural('cell', swept.plan.number_of_cells)}"
    if len(swept.axes) == 1:
        return f"{cells} over {swept.axes[0].path}"
    return f"{cells}: {' × '.join(f'{axis.path} ({len(axis.values)})' for axis in swept.axes)}"


def who_lines(swept: Sweep) -> Iterator[str]:
    """Say who the patients are."""
    plan, people = swept.plan, swept.plan.cohort
    is_age_varied = any(axis.place == BodyPlace("age") for axis in plan.axes)
    yield f"{people_text(people)}: the same in every cell"
    yield from given_lines(people.table, people.given_parameters, [] if is_age_varied else [plan.regimen])
    yield from off_drug_lines(plan.off_drug_count, people.size)
    if plan.cycles is not None:
        yield "The first cycle is simulated." if plan.cycles == 1 else f"The first {plan.cycles} cycles are simulated."
    if plan.follow_up_days:
        yield f"{plan.follow_up_days} days without infusion are added at the end of each."
    if any(isinstance(axis.place, BodyPlace) for axis in swept.axes):
        yield "Of bodies what is named is varied, in everybody alike: all else of each patient stays."
    if any(isinstance(axis.place, ParameterPlace) for axis in swept.axes):
        yield "Of parameters the typical value is varied: how patients differ about it stays."


def unverified_lines_of(swept: Sweep) -> Iterator[str]:
    """Say what nobody has verified."""
    regimen = swept.plan.regimen
    mark = unverified_mark(regimen)
    if mark:
        yield f"{visible(regimen.name)}: {mark}"
    if any(isinstance(axis.place, RegimenPlace) for axis in swept.axes):
        yield f"Investigational: no source of {visible(regimen.name)} gives the cells that differ from it."
    if swept.plan.options.premedication:
        yield "That premedication lowers cytokine release, and by how much, is assumed: unverified."


def stopped_lines(swept: Sweep) -> Iterator[str]:
    """Say of a sweep that was ended how many cells were done by then."""
    if swept.is_stopped:
        done = f"{len(swept.cells):,} of {swept.plan.number_of_cells:,} {plural('cell', swept.plan.number_of_cells)}"
        yield f"Incomplete: the sweep was ended when {done} were done, and this is of these."


def remark_lines(swept: Sweep) -> Iterator[str]:
    """Say what limits what is varied."""
    capped = [step for step in swept.plan.regimen.steps if step.cap is not None]
    if capped and any(axis.is_dose for axis in swept.axes) and not any(_is_cap(axis.place) for axis in swept.axes):
        yield "Caps stay as they are, and limit the doses that are varied: vary them as well with max=."


def _is_cap(place: object) -> bool:
    return isinstance(place, RegimenPlace) and place.key == "max"


# --- below the tables -------------------------------------------------------------------------------------------------


def result_lines(swept: Sweep) -> Iterator[str]:
    """Say where half of all are there, and what the article says of these doses."""
    yield from half_lines(swept)
    yield from article_lines(swept)


def half_lines(swept: Sweep) -> Iterator[str]:
    """Say at which dose half of all are there, of each share; once where that is the same all over the other axes."""
    unit = dose_unit(swept) if swept.halves else ""
    for name, group in groupby(swept.halves, lambda half: half.name):
        halves = list(group)
        told = [half_text(half.dose, unit) for half in halves]
        if len(set(told)) == 1 and len(told) > 1:
            others = " and ".join(axis.label for axis, _ in halves[0].others)
            yield f"{_half_of(swept, name)} {_what(swept, name)}, at each {_small(others)}: {told[0]}"
            continue
        for half, text in zip(halves, told, strict=True):
            others = ", ".join(f"{_small(axis.label)} {axis.value_text(value)}" for axis, value in half.others)
            yield f"{_half_of(swept, name)} {_what(swept, name)}{f', at {others}' if others else ''}: {text}"


def _half_of(swept: Sweep, name: EndpointName) -> str:
    """Half of whom a dose is told for: in a cell to which it can come to fewer, of these."""
    counts = {found.of for cell in swept.cells if (found := cell.get(name)) is not None}
    if counts != {swept.plan.cohort.size}:
        return "half of those at risk,"
    return "half of all" if _is_named_by_day(name) else "half of all patients,"


def _is_named_by_day(name: EndpointName) -> bool:
    return name.by_day is not None and is_of_depletion(name)


def _what(swept: Sweep, name: EndpointName) -> str:
    """What half of all have got to; of depletion by a day the day says it."""
    head = swept.heads[name]
    if name.by_day is not None and _is_named_by_day(name):
        return f"depleted by day {digits_text(name.by_day)}"
    return f"{head.group}: {head.label}"


def _small(label: str) -> str:
    """A label inside of a sentence."""
    return f"{label[0].lower()}{label[1:]}"


def dose_unit(swept: Sweep) -> str:
    """The unit of the doses that are varied; a mark of factors where they are of several doses."""
    axis = swept.dose_axis
    assert axis is not None  # noqa: S101 - there are halves
    return axis.unit if axis.base is not None or not all(value.is_factor for value in axis.values) else "× the doses"


def half_text(found: HalfDose, unit: str) -> str:
    """A dose with its interval; in words where half are there at none or at all of the doses that were tried."""
    low = f"below {found.least:g}" if found.low == 0 else three_digits(found.low)
    high = f"above {found.greatest:g}" if math.isinf(found.high) else three_digits(found.high)
    interval = "" if math.isnan(found.low) or found.low == found.high else f" ({low} to {high})"
    if found.value == 0:
        return f"below {found.least:g} {unit}, the least dose that was tried{interval}"
    if math.isinf(found.value):
        return f"not reached up to {found.greatest:g} {unit}{interval}"
    return f"at {three_digits(found.value)} {unit}{interval}"


def reading_lines(swept: Sweep) -> Iterator[str]:
    """Say how the tables are read, and what the intervals cover."""
    if swept.shares():
        yield f"Shares: in brackets the 95 % interval (Wilson) {covers(of_table=swept.plan.cohort.table is not None)}."
    if swept.numbers():
        yield "Numbers: median, in brackets the 5th to 95th percentile of these patients; of times, over all at risk."
    if swept.plan.asked.by_day and all(name.by_day is None for name in swept.names):
        yield NO_SHARE_BY_DAY
    if swept.halves:
        yield f"Half of all: {HOW}."
    yield from models_lines(swept)


def models_lines(swept: Sweep) -> Iterator[str]:
    """Say over which other parameters results were looked at."""
    sets = swept.plan.parameter_sets
    if not sets:
        return
    if swept.plan.sets is SetsOf.PLAUSIBLE:
        yield (
            "In square brackets: from the least to the greatest of the shipped model and"
            f" {plausible_text(sets, 'one')} on the same patients. It is a range: no confidence, and no probability."
        )
    else:
        yield (f"In square brackets: {over_sets_text(sets)}, drawn within their published standard errors.")
