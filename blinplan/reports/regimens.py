"""The list of shipped regimens."""

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from blinplan import __version__
from blinplan.regimen.regimen import Cycle, Regimen
from blinplan.reports.screen import Screen, indented, visible


def regimens_report(regimens: Sequence[Regimen], screen: Screen) -> list[RenderableType]:
    """Draw the regimens under the heading of their indication: name, what it is, doses and free interval."""
    roomy = screen.width >= 130
    table = screen.table()
    table.add_column("Name", no_wrap=True)
    table.add_column("What it is")
    if roomy:
        table.add_column("Cycles: doses, infusion, free interval")
    indication = None
    for regimen in sorted(regimens, key=lambda regimen: _ORDER.index(regimen.indication.value)):
        if regimen.indication is not indication:
            indication = regimen.indication
            table.add_row(Text(indication.value, "title"))
        name = indented(regimen.name, "where")
        title = Text.assemble(visible(regimen.title), *([("  unverified", "unverified")] if regimen.unverified else []))
        doses = doses_in_short(regimen)
        if roomy:
            table.add_row(name, title, doses)
        else:
            table.add_row(name, Text.assemble(title, "\n", (doses, "quiet")))
    return [table]


_ORDER = ("relapsed-refractory", "mrd-positive", "consolidation", "investigational")


def doses_in_short(regimen: Regimen) -> str:
    """Write the cycles on one line: ``9 → 28 mcg/day, 14 d free; 4 × ...``."""
    groups: list[tuple[str, int]] = []
    for cycle in regimen.cycles:
        text = _cycle_in_short(cycle)
        if groups and groups[-1][0] == text:
            groups[-1] = (text, groups[-1][1] + cycle.repeat)
        else:
            groups.append((text, cycle.repeat))
    return "; ".join(f"{count} × {text}" if count > 1 else text for text, count in groups)


def _cycle_in_short(cycle: Cycle) -> str:
    amounts = [str(step.dose).split(" ", maxsplit=1)[0] for step in cycle.steps]
    unit = str(cycle.steps[0].dose).split(" ", maxsplit=1)[1]
    days = sum(step.minutes for step in cycle.steps) // 1440
    return f"{' → '.join(amounts)} {unit} {days} d, {cycle.treatment_free // 1440} d free"


def regimens_json(regimens: Sequence[Regimen]) -> dict[str, Any]:
    """List the regimens as a JSON document."""
    return {
        "format": "blinplan-regimens",
        "version": 1,
        "blinplan": __version__,
        "regimens": [
            {
                "name": regimen.name,
                "title": regimen.title,
                "indication": regimen.indication.value,
                "family": regimen.family,
                "eligibility": str(regimen.eligibility),
                "basis": regimen.basis.value,
                "unverified": regimen.unverified,
                "sources": [
                    {"citation": source.citation, "status": source.status.value, "note": source.note}
                    for source in regimen.sources
                ],
            }
            for regimen in regimens
        ],
    }
