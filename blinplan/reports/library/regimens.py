"""The list of shipped regimens."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.text import Text

from blinplan.quantities import duration_text
from blinplan.regimen.regimen import Cycle, Regimen, Step
from blinplan.reports.shared.document import DocumentKind
from blinplan.terminal import Screen
from blinplan.version import __version__

REGIMENS = DocumentKind("regimens")


_GROUPS = {"labelled": "Labelled", "trials": "From trials"}
_INDICATIONS = {
    "relapsed-refractory": "relapsed or refractory",
    "mrd-positive": "MRD-positive",
    "consolidation": "consolidation",
    "investigational": "investigational",
}


def regimens_report(regimens: Sequence[Regimen], groups: Mapping[str, str], screen: Screen) -> list[RenderableType]:
    """Draw the regimens, one a line, under headings of where they come from and what they treat.

    Parameters
    ----------
    groups
        By name, the folder that a regimen is in: labelled or trials.
    """

    def heading(regimen: Regimen) -> tuple[int, int]:
        return list(_GROUPS).index(groups[regimen.name]), list(_INDICATIONS).index(regimen.indication.value)

    ordered = sorted(regimens, key=heading)
    rows = {regimen.name: [screen.as_shown(cell) for cell in _cells(regimen, screen)] for regimen in ordered}
    widths = [max(map(cell_len, column)) for column in zip(_HEADS, *rows.values(), strict=False)]
    room = _room_for_titles(widths, screen)
    parts: list[RenderableType] = [_line(_HEADS[: len(widths)], "What it is", widths, room, screen, head=True)]
    for _, members in groupby(ordered, key=heading):
        group = list(members)
        where, treats = groups[group[0].name], _INDICATIONS[group[0].indication.value]
        parts += ["", Text(f"{_GROUPS[where]}: {treats}", "title")]
        for regimen in group:
            title = screen.as_shown(regimen.title).removesuffix(f", {regimen.eligibility}")
            parts.append(_line(rows[regimen.name], title, widths, room, screen))
    legend = "* unverified: not all of it was seen in the cited source"
    return [
        *parts,
        "",
        *([Text(legend, "unverified")] if any(regimen.unverified for regimen in regimens) else []),
        Text.assemble("Use them by name: ", ("blinplan plan rr-adult --weight 70", "where")),
        Text.assemble("Start your own from one: ", ("blinplan new NAME --from rr-adult", "where")),
    ]


_HEADS = ("Name", "Dose", "Cycles", "For")
_LEAST_TITLE = 60


def _cells(regimen: Regimen, screen: Screen) -> list[str]:
    mark = "*" if regimen.unverified else ""
    cycles = cycles_in_short(regimen)
    weights = [str(regimen.eligibility)] if screen.wide else []
    return [f"  {regimen.name}{mark}", _dose_in_short(regimen), cycles, *weights]


def cycles_in_short(regimen: Regimen) -> str:
    """Write how many cycles there are: 4, or 2-5 where those after the second are optional."""
    course = regimen.one_by_one
    needed = sum(not cycle.optional for cycle in course)
    return str(len(course)) if needed == len(course) else f"{needed}-{len(course)}"


def _room_for_titles(widths: Sequence[int], screen: Screen) -> int:
    """How wide a title may be where there is room for titles; else 0."""
    room = screen.width - sum(widths) - 2 * len(widths)
    return room if room >= _LEAST_TITLE else 0


def _line(
    cells: Sequence[str], title: str, widths: Sequence[int], room: int, screen: Screen, *, head: bool = False
) -> Text:
    """Draw a line of the list: name, dose, cycles, for whom, and what it is where there is room."""
    gap = "  " if screen.wide else " "
    name, *others = [cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
    shown = [_cut(title, room, screen)] if room else []
    style = "title" if head else ""
    return Text.assemble((name, "title" if head else "where"), (gap + gap.join([*others, *shown]), style), no_wrap=True)


def _cut(title: str, room: int, screen: Screen) -> str:
    mark = screen.as_shown("…")
    return title if cell_len(title) <= room else set_cell_size(title, room - len(mark)).rstrip() + mark


def _dose_in_short(regimen: Regimen) -> str:
    """Write the doses of cycle 1, and those of later cycles where they are not its last dose."""
    first, *later = regimen.cycles
    others = [cycle.steps for cycle in later if [step.dose for step in cycle.steps] != [first.steps[-1].dose]]
    return "; later ".join(_doses(steps) for steps in (first.steps, *others[:1]))


def _doses(steps: Sequence[Step]) -> str:
    amounts = [str(step.dose).split(" ", maxsplit=1)[0] for step in steps]
    return f"{' → '.join(amounts)} {str(steps[0].dose).split(' ', maxsplit=1)[1]}"


def doses_in_short(regimen: Regimen) -> str:
    """Write the cycles on one line: ``9 → 28 mcg/day 28 d, 14 d free; 4 × ...``."""
    groups: list[tuple[str, int]] = []
    for cycle in regimen.cycles:
        text = _cycle_in_short(cycle)
        if groups and groups[-1][0] == text:
            groups[-1] = (text, groups[-1][1] + cycle.repeat)
        else:
            groups.append((text, cycle.repeat))
    return "; ".join(f"{count} × {text}" if count > 1 else text for text, count in groups)


def _cycle_in_short(cycle: Cycle) -> str:
    reason = "" if cycle.interval_reason is None else f" ({cycle.interval_reason})"
    optional = " (optional)" if cycle.optional else ""
    doses = f"{_doses(cycle.steps)} {duration_text(cycle.infusion)}{optional}"
    return f"{doses}, {duration_text(cycle.treatment_free)} free{reason}"


def regimens_json(regimens: Sequence[Regimen], groups: Mapping[str, str]) -> dict[str, Any]:
    """List the regimens as a JSON document."""
    return {
        **REGIMENS.head(),
        "blinplan": __version__,
        "regimens": [
            {
                "name": regimen.name,
                "group": groups[regimen.name],
                "title": regimen.title,
                "indication": regimen.indication.value,
                "family": regimen.family,
                "eligibility": str(regimen.eligibility),
                "basis": regimen.basis.value,
                "doses": doses_in_short(regimen),
                "unverified": regimen.unverified,
                "sources": [
                    {"citation": source.citation, "status": source.status.value, "note": source.note}
                    for source in regimen.sources
                ],
            }
            for regimen in regimens
        ],
    }
