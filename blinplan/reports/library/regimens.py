"""The list of shipped regimens."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from blinplan.label.selection import patients_of
from blinplan.quantities import decimal_text, duration_text
from blinplan.regimen.regimen import Cycle, Regimen, Step
from blinplan.regimen.vocabulary import Disease, Indication
from blinplan.reports.shared.departures import departures_json
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.words import block_marks
from blinplan.terminal import Screen
from blinplan.version import __version__

if TYPE_CHECKING:
    from rich.console import RenderableType

REGIMENS = DocumentKind("regimens")


_GROUPS = {"labelled": "Labelled", "trials": "From trials"}
_INDICATIONS = {
    "relapsed-refractory": "relapsed or refractory",
    "mrd-positive": "MRD-positive",
    "consolidation": "consolidation",
    "investigational": "investigational",
}


def regimens_report(regimens: Sequence[Regimen], groups: Mapping[str, str], screen: Screen) -> "list[RenderableType]":
    """Draw the regimens, one below the other, under headings of where they come from and what they treat.

    Investigational ones are told apart by what they are tried in, and by what they depart from.

    Parameters
    ----------
    groups
        By name, the folder that a regimen is in: labelled or trials.
    """

    def heading(regimen: Regimen) -> tuple[int, int, int, str]:
        treats = list(_INDICATIONS).index(regimen.indication.value), list(Disease).index(regimen.disease)
        return list(_GROUPS).index(groups[regimen.name]), *treats, regimen.departs_from or ""

    if not regimens:
        return [Text("No regimen that comes with blinplan is all of this. Leave out one of the options.")]
    ordered = sorted(regimens, key=heading)
    layout = _Layout.of(ordered, screen)
    parts: list[RenderableType] = [layout.head]
    for _, members in groupby(ordered, key=heading):
        group = list(members)
        where, treats = groups[group[0].name], screen.as_shown(_treats(group[0]))
        parts += ["", Text(f"{_GROUPS[where]}: {treats}", "title"), *(layout.lines(regimen) for regimen in group)]
    legend = "Status is that of the least certain source; unverified: not all of it was seen in the cited source"
    return [
        *parts,
        "",
        *([Text(legend, "unverified")] if any(regimen.unverified for regimen in regimens) else []),
        Text.assemble("Use them by name: ", ("blinplan plan rr-adult --weight 70", "where")),
        Text.assemble("Start your own from one: ", ("blinplan new NAME --from rr-adult", "where")),
    ]


def _treats(regimen: Regimen) -> str:
    """What a regimen treats, and where that is investigational in what it is tried, and what it departs from."""
    treats = _INDICATIONS[regimen.indication.value]
    if regimen.indication is not Indication.INVESTIGATIONAL:
        return treats
    tried_in = "autoimmune disease" if regimen.disease is Disease.AUTOIMMUNE else regimen.disease.value
    base = "" if regimen.departs_from is None else f", departs from {regimen.departs_from}"
    return f"{treats} in {tried_in}{base}"


_HEADS = ("For", "Doses", "Cycles", "Status")
_INDENT = 2
_LEAST_TITLE = 60


class _Layout(NamedTuple):
    """How wide the columns of the list are; a name that does not fit into its own has a line to itself.

    ``rows`` are the cells of each regimen by its name. ``titles`` is how wide titles may be where there is room for
    them; else 0.
    """

    screen: Screen
    tight: bool
    names: int
    rows: Mapping[str, tuple[str, ...]]
    cells: tuple[int, ...]
    titles: int

    @classmethod
    def of(cls, regimens: Sequence[Regimen], screen: Screen) -> "_Layout":
        """The widest layout that the screen has room for."""
        names = _INDENT + max(cell_len(regimen.name) for regimen in regimens)
        for tight in (False, True):
            rows = {regimen.name: _cells(regimen, screen, tight=tight) for regimen in regimens}
            cells = tuple(max(map(_width, column)) for column in zip(_HEADS, *rows.values(), strict=True))
            left = screen.width - sum(cells) - sum(len(_gap(tight)) for _ in cells)
            if left >= names:
                break
        title = left - names - len(_gap(tight))
        own = max(min(names, left), 2 * _INDENT)
        return cls(screen, tight, own, rows, cells, title if title >= _LEAST_TITLE else 0)

    @property
    def head(self) -> Text:
        """The heads of the columns."""
        return self._line("Name", _HEADS, "What it is" if self.titles else "", "title")

    def lines(self, regimen: Regimen) -> Text:
        """Draw a regimen: its name, whom it is for, doses, cycles, status, and what it is where there is room."""
        title = self.screen.as_shown(regimen.title).removesuffix(f", {regimen.eligibility}") if self.titles else ""
        cells = self.rows[regimen.name]
        return self._line(" " * _INDENT + regimen.name, cells, _cut(title, self.titles, self.screen), "")

    def _line(self, name: str, cells: Sequence[str], title: str, style: str) -> Text:
        gap = _gap(self.tight)
        patients, *below = cells[0].split("\n")
        row = zip((patients, *cells[1:]), self.cells, strict=True)
        padded = [cell + " " * (width - cell_len(cell)) for cell, width in row]
        above = name if len(name) <= self.names else f"{name}\n"
        beside = " " * (self.names - len(name) if above == name else self.names)
        rest = gap + gap.join([*padded, *([title] if title else [])])
        more = "".join(f"\n{' ' * self.names}{gap}{line}" for line in below)
        return Text.assemble((above, style or "where"), (beside + rest + more, style), no_wrap=True)


def _gap(tight: bool) -> str:
    return " " if tight else "  "


def _width(cell: str) -> int:
    return max(map(cell_len, cell.split("\n")))


def cycles_in_short(regimen: Regimen) -> str:
    """Write how many cycles there are: 4, or 2-5 where those after the second are optional."""
    fewest, most = regimen.fewest_cycles, regimen.most_cycles
    return str(most) if fewest == most else f"{fewest}-{most}"


def _cells(regimen: Regimen, screen: Screen, *, tight: bool) -> tuple[str, ...]:
    doses = _dose_in_short(regimen)
    return (
        ("\n" if tight else ", ").join(map(screen.as_shown, _patients_in_short(regimen))),
        screen.as_shown(doses.replace(" → ", "→") if tight else doses),
        cycles_in_short(regimen),
        regimen.status.value,
    )


def _patients_in_short(regimen: Regimen) -> Sequence[str]:
    """Write whom a regimen is for: ages, weights, or else whether its virtual patients are adults or children."""
    who = regimen.eligibility
    bounds = [
        *_bounds_in_short(who.minimum_age, who.below_age, "years"),
        *_bounds_in_short(who.minimum_weight, who.below_weight, "kg"),
    ]
    return bounds or ["children" if regimen.virtual_population == "child" else "adults"]


def _bounds_in_short(minimum: Fraction | None, below: Fraction | None, unit: str) -> list[str]:
    """Write two bounds; somebody below 18 years is 17 at most, since ages count completed years."""
    if minimum is not None and below is not None:
        last = decimal_text(below - 1) if unit == "years" and below.denominator == 1 else f"below {decimal_text(below)}"
        return [f"{decimal_text(minimum)}-{last} {unit}"]
    if minimum is not None:
        return [f"from {decimal_text(minimum)} {unit}"]
    return [] if below is None else [f"below {decimal_text(below)} {unit.removesuffix('s') if below == 1 else unit}"]


def _cut(title: str, room: int, screen: Screen) -> str:
    mark = screen.as_shown("…")
    return title if cell_len(title) <= room else set_cell_size(title, room - len(mark)).rstrip() + mark


def _dose_in_short(regimen: Regimen) -> str:
    """Write the doses of cycle 1, and those of later cycles where they are neither the same nor its last dose."""
    first, *later = regimen.cycles
    told = ([step.dose for step in first.steps], [first.steps[-1].dose])
    others = [cycle.steps for cycle in later if [step.dose for step in cycle.steps] not in told]
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
    marks = block_marks(cycle.block, optional=cycle.optional)
    doses = f"{_doses(cycle.steps)} {duration_text(cycle.infusion)}{marks}"
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
                **departures_json(regimen),
                "family": regimen.family,
                "eligibility": str(regimen.eligibility),
                "basis": regimen.basis.value,
                "doses": doses_in_short(regimen),
                "unverified": regimen.unverified,
                "status": regimen.status.value,
                "label": regimen.label,
                "population": regimen.virtual_population,
                "patients": [word.value for word in patients_of(regimen)],
                "fewest_cycles": regimen.fewest_cycles,
                "most_cycles": regimen.most_cycles,
                "blocks": [cycle.block for cycle in regimen.one_by_one],
                "sources": [
                    {"citation": source.citation, "status": source.status.value, "note": source.note}
                    for source in regimen.sources
                ],
            }
            for regimen in regimens
        ],
    }
