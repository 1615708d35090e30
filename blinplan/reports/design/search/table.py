"""Schedules that were found as a table for people, the regimen that was searched from among them; in Markdown too."""

import math
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from blinplan.design.comparison.contrast import Measure
from blinplan.design.search.confirm import ShownEndpoint, ShownRequirement, ShownSchedule
from blinplan.design.search.search import Searched
from blinplan.design.search.space import WITH
from blinplan.design.search.standing import RequirementVerdict
from blinplan.design.search.wanted import Measurement
from blinplan.outside_text import markdown_text, visible
from blinplan.reports.design.numbers import contrast_text, estimate_text, share_text, three_digits
from blinplan.reports.design.search.words import (
    cap_lines,
    closing_lines,
    codes_text,
    cycles_text,
    end_text,
    head_text,
    method_text,
    passed_over_lines,
    people_lines,
    refuted_lines,
    schedule_text,
    schedule_unit,
    stopped_lines,
    value_text,
    who_text,
)
from blinplan.reports.design.words import markdown_lines, markdown_table
from blinplan.reports.shared.words import unverified_mark
from blinplan.simulation.outcome import Occurrence
from blinplan.terminal import PIPED_WIDTH, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

_STYLES = {RequirementVerdict.MET: "pass", RequirementVerdict.AT_LIMIT: "warning", RequirementVerdict.NOT_MET: "error"}
_NOTHING = "–"
_HELD_TO = re.compile(r"(.+) ((?:>=|<=|>|<) [^<>]+)")
"""A requirement: of what, and what it is held to."""
_LEAST, _OTHERS, _FEWER, _NARROW = 23, 44, 30, 14
"""Columns in which a value stands in one line, and those of all others where there is room and where there is none."""


def search_report(found: Searched, screen: Screen) -> "list[RenderableType]":
    """Draw what was found: on whom, the schedules, and what they are worth."""
    base = found.start.base
    parts: list[RenderableType] = [Text(f"Schedules for {cycles_text(found.space)} of {visible(base.name)}", "title")]
    parts.append(Text(f"{method_text(found)} {who_text(found)}"))
    parts += [Text(line) for line in people_lines(found)]
    parts += [Text(line, "unverified") for line in unverified_lines(found)]
    parts += ["", search_table(found, screen), ""]
    parts += [Text(line, "warning") for line in remark_lines(found)]
    parts += [Text(line, "quiet") for line in closing_lines(found)]
    return parts


def search_markdown(found: Searched) -> str:
    """Write what was found as Markdown."""
    base = markdown_text(found.start.base.name)
    lines = [f"# Schedules for {cycles_text(found.space)} of {base}", ""]
    above = (f"{method_text(found)} {who_text(found)}", *people_lines(found), *unverified_lines(found))
    lines += markdown_lines(above)
    columns = text_columns(found)
    rows = list(zip(*columns.values(), strict=True))
    lines += ["", *markdown_table(list(columns), rows, (0, len(columns) - 1)), ""]
    lines += markdown_lines((*remark_lines(found), *closing_lines(found)))
    return "\n".join(lines) + "\n"


def remark_lines(found: Searched) -> Iterator[str]:
    """Say what limits the schedules, which were refused or refuted, and that it was stopped."""
    yield from (*cap_lines(found), *refuted_lines(found), *passed_over_lines(found), *stopped_lines(found))
    for place in lowered_places(found):
        if all(math.isnan(row.endpoints[place].estimate.value) for row in found.rows):
            yield f"{_name(found, place)} is of nobody among these patients: by it no schedule is better than another."


def unverified_lines(found: Searched) -> Iterator[str]:
    """Say that nobody has verified what was found, nor perhaps what it was searched from."""
    if found.offers:
        yield "What was found is investigational and unverified: no source gives it."
    mark = unverified_mark(found.start.base)
    if mark:
        yield f"{visible(found.start.base.name)}: {mark}"
    if found.setting.options.premedication:
        yield "That premedication lowers cytokine release, and by how much, is assumed: unverified."


def search_table(found: Searched, screen: Screen) -> Table:
    """Draw a row for each schedule; the front is marked where two endpoints are to be low."""
    table = screen.table()
    places = lowered_places(found)
    values = len(places) + len(found.setting.wish.requirements) + len(found.setting.wish.shown)
    roomy = screen.width >= PIPED_WIDTH
    table.add_column(_schedule_head(found, roomy=roomy), overflow="fold")
    fits = screen.width >= (_OTHERS if roomy else _FEWER) + (_LEAST + 2) * values
    for place in places:
        name = head_text(found.heads[place], _name(found, place))
        table.add_column("\n".join(wrap(name, _LEAST)), overflow="fold", justify="right", no_wrap=fits)
    for requirement in found.setting.wish.requirements:
        table.add_column(
            _requirement_head(requirement.text, _LEAST if fits else _NARROW),
            overflow="fold",
            justify="right",
            no_wrap=fits,
        )
    for place in found.setting.wish.shown:
        name = head_text(found.heads[place], _name(found, place))
        table.add_column("\n".join(wrap(name, _LEAST)), overflow="fold", justify="right", no_wrap=fits)
    table.add_column("check", overflow="fold")
    for number, row in enumerate(found.rows):
        if number:
            table.add_row()
        table.add_row(*_cells(found, row, roomy=roomy))
    return table


def _schedule_head(found: Searched, *, roomy: bool) -> str:
    head, front = f"Schedule ({schedule_unit(found.start.base)})", "\n*: the front" if _has_front(found) else ""
    if not roomy:
        head = head.replace(" (", "\n(").replace(f" {WITH}", f"\n{WITH}")
    return f"{head}{front}"


def lowered_places(found: Searched) -> list[int]:
    """The places of what is to be low."""
    return [objective.endpoint for objective in found.setting.wish.objectives]


def _has_front(found: Searched) -> bool:
    return len(found.setting.wish.objectives) > 1


def _name(found: Searched, place: int) -> str:
    return found.setting.wish.endpoints[place].name


def _cells(found: Searched, row: ShownSchedule, *, roomy: bool) -> "Iterator[RenderableType]":
    schedule = _marked_text(found, row)
    if not roomy:  # a step a line
        schedule = schedule.replace(", ", ",\n").replace(" = ", "\n= ").replace("; ", ";\n")
    yield Text(schedule, "title" if row.schedule is None else "")
    for place in lowered_places(found):
        yield Text("\n".join(_value_lines(found, row.endpoints[place], found.heads[place])))
    for requirement, shown in zip(found.setting.wish.requirements, row.requirements, strict=True):
        endpoint = row.endpoints[requirement.endpoint]
        head = found.heads[requirement.endpoint]
        beside = requirement.bound is None and endpoint.contrast is not None
        first = contrast_text(endpoint.contrast, endpoint.measure) if beside else interval_text(endpoint, head)
        models = models_text(shown, found)
        verdict = (shown.verdict.value, _STYLES[shown.verdict])
        yield Text.assemble(
            "\n".join((first, *of_how_many(found, endpoint), "")), verdict, f"\nin {models}" if models else ""
        )
    for place in found.setting.wish.shown:
        yield Text("\n".join(_value_lines(found, row.endpoints[place], found.heads[place])))
    yield _check_text(found, row)


def _check_text(found: Searched, row: ShownSchedule) -> str:
    """What rules find in a schedule, and at which doses it starts and ends otherwise than the regimen."""
    told = (codes_text(row), end_text(row, found.space, found.start.base))
    return "; ".join(filter(None, told)) or _NOTHING


def _marked_text(found: Searched, row: ShownSchedule) -> str:
    """A schedule, with a mark where it is of the front."""
    mark = "* " if _has_front(found) and row in found.front else ""
    return f"{mark}{schedule_text(row, found.space)}"


def of_how_many(found: Searched, endpoint: ShownEndpoint) -> Iterator[str]:
    """Say of how many of the patients a value is, where that is not all of them."""
    if endpoint.of not in {0, found.patients}:
        yield f"of {endpoint.of:,}"


def _value_lines(found: Searched, endpoint: ShownEndpoint, head: Measurement | None) -> Iterator[str]:
    """A value with its interval, against the regimen searched from, and over other models."""
    yield interval_text(endpoint, head)
    yield from of_how_many(found, endpoint)
    if endpoint.contrast is not None:
        yield contrast_text(endpoint.contrast, endpoint.measure)
    if endpoint.over_models is not None:
        yield f"models {over_models_text(endpoint.over_models, head)}"


def over_models_text(over: tuple[float, float], head: Measurement | None) -> str:
    """From where to where a value is under other models: three digits are enough."""
    low, high = (share_text(one) if isinstance(head, Occurrence) else three_digits(one) for one in over)
    return f"{low} to {high}"


def _requirement_head(text: str, width: int) -> str:
    """A requirement in lines of a width: the key, or words of somebody's own, and what it is held to."""
    match = _HELD_TO.fullmatch(text)
    assert match is not None  # noqa: S101 - requirements are written so
    named = match[1]
    return "\n".join((*(wrap(named, width) if " " in named else _key_lines(named, width)), match[2]))


def _key_lines(key: str, width: int) -> list[str]:
    """A key in lines of a width, broken behind its words."""
    lines = [""]
    for part in re.findall(r"[^_]*_|[^_]+$", key):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return lines


def interval_text(endpoint: ShownEndpoint, head: Measurement | None) -> str:
    """A value with its interval."""
    value, low, high = endpoint.estimate.value, endpoint.estimate.low, endpoint.estimate.high
    if isinstance(head, Occurrence) and math.isfinite(value):
        return f"{share_text(value)} ({100 * low:.1f}-{100 * high:.1f})"
    return estimate_text(endpoint.estimate) if math.isfinite(value) else value_text(value, head)


def models_text(shown: ShownRequirement, found: Searched) -> str:
    """In how many other models a requirement holds."""
    return "" if shown.in_models is None else f"{shown.in_models} of {found.models} models"


def measure_words(measure: Measure) -> str:
    """How an endpoint is compared, in a word."""
    return "ratio" if measure is Measure.RATIO else "difference"


def _counted_text(found: Searched, row: ShownSchedule, place: int) -> str:
    endpoint = row.endpoints[place]
    return ", ".join((interval_text(endpoint, found.heads[place]), *of_how_many(found, endpoint)))


def text_columns(found: Searched) -> dict[str, list[str]]:
    """The table as columns of text."""
    wish = found.setting.wish
    head = _schedule_head(found, roomy=True).replace("\n", "; ")
    columns = {head: [_marked_text(found, row) for row in found.rows]}
    for place in lowered_places(found):
        name = head_text(found.heads[place], _name(found, place))
        columns[name] = [_counted_text(found, row, place) for row in found.rows]
        columns[f"{name}, paired"] = [
            contrast_text(row.endpoints[place].contrast, row.endpoints[place].measure) for row in found.rows
        ]
    for number, requirement in enumerate(wish.requirements):
        columns[requirement.text] = [
            f"{_counted_text(found, row, requirement.endpoint)},"
            f" {row.requirements[number].verdict.value} {models_text(row.requirements[number], found)}".rstrip()
            for row in found.rows
        ]
    for place in wish.shown:
        name = head_text(found.heads[place], _name(found, place))
        columns[name] = [_counted_text(found, row, place) for row in found.rows]
    columns["check"] = [_check_text(found, row) for row in found.rows]
    return columns
