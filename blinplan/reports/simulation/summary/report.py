"""The endpoints of a simulation at a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.outside_text import visible
from blinplan.reports.shared.words import (
    blocks_and_intervals,
    given_lines,
    off_drug_lines,
    optional_cycles,
    own_course_lines,
    unverified_lines,
)
from blinplan.reports.simulation.summary.rows import (
    TIME_HEADS,
    by_day_rows,
    endpoint_rows,
    share_rows,
    time_rows,
    times_of,
)
from blinplan.reports.simulation.summary.words import (
    HOW_TO_READ_TIMES,
    HOW_TO_READ_VALUES,
    NOT_ELEVATED,
    how_to_read_shares,
    how_to_read_typical,
    missing_lines,
    no_share_lines,
    not_yet_lines,
    over_which_sets,
    premedication_effect,
    simulated_patients,
    uncertainty_lines,
    whole_course,
)
from blinplan.simulation.crowd.kept import heads_of
from blinplan.simulation.trials.simulation import Simulation
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


def simulation_report(simulation: Simulation, screen: Screen, remarks: Iterable[str] = ()) -> "list[RenderableType]":
    """Draw the endpoints: the typical patient, and median and 5th to 95th percentile of the population.

    ``remarks`` are on a course as it came to be.
    """
    regimen, people = simulation.regimen, simulation.cohort
    parts: list[RenderableType] = [
        Text.assemble((visible(regimen.name), "title"), "  ", visible(regimen.title)),
        Text(simulated_patients(simulation)),
        *(Text(visible(line), "warning") for line in remarks),
        *(Text(line) for line in given_lines(people.table, people.given_parameters, simulation.regimens)),
        *(Text(line) for line in off_drug_lines(simulation.off_drug, people.size)),
        *(Text(line) for line in own_course_lines(simulation.own_courses, people.size)),
    ]
    parts += [Text(line) for line in blocks_and_intervals(simulation.periods)]
    parts += [Text(line) for line in (*optional_cycles(simulation.periods), *whole_course(simulation.periods))]
    parts += [Text(line, "unverified") for line in unverified_lines(regimen)]
    if simulation.options.premedication:
        parts.append(Text(premedication_effect(simulation), "unverified"))
    for table in _tables(simulation, screen):
        parts += ["", table]
    return [*parts, "", *(Text(line, "quiet") for line in _how_to_read(simulation))]


def _how_to_read(simulation: Simulation) -> Iterator[str]:
    """Say how to read what is shown, and nothing of what is not."""
    of_many = not simulation.alone
    typical = how_to_read_typical(simulation)
    yield f"{typical} {HOW_TO_READ_VALUES}" if of_many and _has_values(simulation) else typical
    if of_many and any(times_of(simulation)):
        yield HOW_TO_READ_TIMES
    yield from missing_lines(simulation)
    yield from no_share_lines(simulation)
    yield from not_yet_lines(simulation)
    if _has_shares(simulation):
        yield how_to_read_shares(of_table=simulation.cohort.table is not None)
    yield from uncertainty_lines(simulation.uncertainty)
    yield NOT_ELEVATED


def _tables(simulation: Simulation, screen: Screen) -> Iterator[Table]:
    """Draw the tables of values, of times and of shares, those that have rows."""
    if _has_values(simulation):
        yield _distributions(simulation, screen)
    if any(times_of(simulation)):
        yield _times(simulation, screen)
    if _has_shares_by_day(simulation):
        yield _shares_by_day(simulation, screen)
    if simulation.events and not simulation.alone:
        yield _shares(simulation, screen)


def _has_values(simulation: Simulation) -> bool:
    return any(not quantity.is_time for quantity in heads_of(simulation.quantities))


def _has_shares_by_day(simulation: Simulation) -> bool:
    return bool(simulation.by_day) and any(times_of(simulation)) and not simulation.alone


def _has_shares(simulation: Simulation) -> bool:
    return _has_shares_by_day(simulation) or (bool(simulation.events) and not simulation.alone)


def _distributions(simulation: Simulation, screen: Screen) -> Table:
    heads = () if simulation.alone else ("Median", "5-95 %", "n")
    rows = (
        (row.group, row.label, (row.typical, row.median, row.between, Text(row.count, "quiet")), row.over_sets)
        for row in endpoint_rows(simulation)
    )
    return _table(("Endpoint", "Typical", *heads), over_which_sets(simulation), rows, screen)


def _times(simulation: Simulation, screen: Screen) -> Table:
    heads = () if simulation.alone else TIME_HEADS
    rows = (
        (
            row.group,
            row.label,
            (row.typical, row.half, row.nine_in_ten, row.never, Text(row.total, "quiet")),
            row.over_sets,
        )
        for row in time_rows(simulation)
    )
    return _table(("Time", "Typical", *heads), over_which_sets(simulation), rows, screen)


def _shares_by_day(simulation: Simulation, screen: Screen) -> Table:
    rows: Iterator[_Row] = (
        (row.group, row.label, (row.share, row.interval, Text(row.total, "quiet")), "")
        for row in by_day_rows(simulation)
    )
    return _table(("There by", "Share", "95 % interval", "of"), "", rows, screen)


def _shares(simulation: Simulation, screen: Screen) -> Table:
    rows = (
        (row.group, row.label, (row.typical, row.share, row.interval, Text(row.total, "quiet")), row.over_sets)
        for row in share_rows(simulation)
    )
    heads = ("Patients in whom", "Typical", "Share", "95 % interval", "of")
    return _table(heads, over_which_sets(simulation), rows, screen)


_ONE_LINE = 80
"""From how many columns on every value stands in one line."""
_ROOMY = 100
"""From how many columns on a range over parameter sets has a column of its own."""
_Row = tuple[str, str, "tuple[RenderableType, ...]", str]
"""The group of a row, its label, its cells, and what it comes to over parameter sets."""


def _table(heads: Sequence[str], over_sets: str, rows: Iterable[_Row], screen: Screen) -> Table:
    """Draw rows under the names of their groups; of their cells, those that have a head.

    How far the second cell moves over parameter sets stands behind the others, or, where there is no room, below it.
    """
    table, roomy = screen.table(), screen.width >= _ROOMY
    names = list(heads) if roomy or not over_sets else [*heads[:2], f"{heads[2]}\n[{over_sets}]", *heads[3:]]
    table.add_column(names[0], overflow="fold")
    for name in (*names[1:], *([f"{heads[2]} {over_sets}"] if roomy and over_sets else [])):
        table.add_column(name, justify="right", no_wrap=screen.width >= _ONE_LINE)
    for group, members in groupby(rows, lambda row: row[0]):
        table.add_row(Text(group, "title"))
        for _, label, cells, over in members:
            shown = cells[: len(heads) - 1]
            if over_sets:
                shown = (*shown, over) if roomy else (shown[0], f"{shown[1]}\n[{over}]", *shown[2:])
            table.add_row(indent(label), *shown)
    return table
