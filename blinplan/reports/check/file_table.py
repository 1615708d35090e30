"""The table of files below the findings: a line for each, with how many findings and answers there are.

Its head is drawn as all tables are. Its lines are put together here: to measure and draw each cell of a thousand files
would take longer than to judge them.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from blinplan.drawing.draw import MakeConsole
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.regimen.reading import RegimenFile
from blinplan.reports.check.lines import Line, Lines, Piece, fold
from blinplan.reports.shared.words import unverified_mark
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Severity
from blinplan.rules.verdict import Ruling
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

_HEAD = "Regimen"
_BETWEEN = 3
"""How many columns stand between two of the table."""
_FOLDED = 9
"""How wide a column of numbers is, where its name is folded for want of room."""
_COUNTS_WIDTH = 58
"""How many columns the counts take then."""
_BASELINE_WIDTH = _FOLDED + _BETWEEN
_NARROWEST_NAME = 10
"""How many columns a name needs, to be read although it is folded."""
_ROOMY = 65
"""How many columns beside the longest name let all names of columns stand in one line."""


class _Count(NamedTuple):
    """How many there are of something in a file: the name of its column, its style, and the words for it in a line."""

    column: str
    number: int
    style: str
    words: str

    @property
    def shown_style(self) -> str:
        """What is not there is shown so that the eye passes over it."""
        return self.style if self.number else "quiet"


class _Row(NamedTuple):
    """A file with its counts."""

    name: tuple[Piece, ...]
    counts: tuple[_Count, ...]


def file_table(judgements: Sequence[Judgement], screen: Screen) -> "RenderableType":
    """A line for each file, as a table where there is room for it."""
    baseline = any(verdict.baseline_findings for judgement in judgements for verdict in judgement.telling)
    rows = [_row(judgement, baseline=baseline) for judgement in judgements]
    longest = max(cell_len(row.name[0][0]) for row in rows)
    beside = screen.width - _COUNTS_WIDTH - _BASELINE_WIDTH * baseline
    if not screen.wide or longest > 2 * beside:
        return Lines([line for row in rows for line in _in_two_lines(row)])
    return _FileTable(rows, screen, screen.width >= longest + _ROOMY)


_SEVERITIES = tuple(Severity)


def name_with_mark(judgement: Judgement) -> tuple[Piece, ...]:
    """The name of a file, with a mark where its doses were not seen."""
    name, mark = (visible(judgement.reading.document.name), ""), unverified_mark_of(judgement)
    return (name, (f" ({mark})", "unverified")) if mark else (name,)


def unverified_mark_of(judgement: Judgement) -> str:
    """What is said of doses that nobody has seen in their source; empty where all were seen."""
    reading = judgement.reading
    return unverified_mark(reading) if isinstance(reading, RegimenFile) else ""


def has_unverified_doses(judgement: Judgement) -> bool:
    """Whether somebody has yet to see doses in their source; of a file read elsewhere, without reading it again."""
    return isinstance(judgement.reading, RegimenFile) and judgement.reading.unverified


def _row(judgement: Judgement, *, baseline: bool) -> _Row:
    severities = [finding.severity for finding in judgement.findings]
    rulings = [verdict.ruling for verdict in judgement.verdicts]
    waived = sum(bool(verdict.waived_findings) for verdict in judgement.telling)
    known = sum(len(verdict.baseline_findings) for verdict in judgement.telling)
    counts = (
        *(_of_severity(level, severities.count(level)) for level in _SEVERITIES),
        _Count("Waived", waived, "waived", "waived"),
        *([_Count("In baseline", known, "waived", "in baseline")] if baseline else []),
        _Count("Passed", rulings.count(Ruling.PASS), "pass", "passed"),
        _Count("Not evaluated", rulings.count(Ruling.NOT_EVALUATED), "not evaluated", "not evaluated"),
    )
    return _Row(name_with_mark(judgement), counts)


def _of_severity(level: Severity, number: int) -> _Count:
    return _Count(f"{level.capitalize()}s", number, level.value, plural(level.value, number))


def _in_two_lines(row: _Row) -> Iterator[Line]:
    """What the table says of a file, where there is no room for its columns."""
    yield Line(row.name)
    told = [count for count in row.counts if count.column != "In baseline" or count.number]
    parts = [part for count in told for part in ((", ", ""), (f"{count.number} {count.words}", count.shown_style))]
    yield Line(parts[1:], margin=[("  ", "")])


class _Head(NamedTuple):
    """The heads of the columns: how wide that of the names is, and the others with their widths."""

    name: int
    columns: tuple[tuple[str, int], ...]

    @property
    def lines(self) -> tuple[str, str]:
        """What Rich draws of it without styles, where no head has to be folded."""
        heads = [f"{_HEAD:<{self.name}}", *(f"{column:>{width}}" for column, width in self.columns)]
        line = (" " * _BETWEEN).join(heads)
        return line, "─" * len(line)


class _FileTable(NamedTuple):
    """The table; ``roomy`` where no name of a column has to be folded."""

    rows: Sequence[_Row]
    screen: Screen
    roomy: bool

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        for part in self._parts(lambda: console, options.max_width):
            yield self._drawn_head(part) if isinstance(part, _Head) else part

    def without_styles(self, console: MakeConsole, width: int) -> Iterator[str]:
        """Line by line what is drawn where nothing is coloured."""
        for part in self._parts(console, width):
            if isinstance(part, Lines):
                yield from part.without_styles(console, width)
            elif self.roomy and self.screen.unicode:
                yield from part.lines
            else:
                with console().capture() as drawn:
                    console().print(self._drawn_head(part))
                yield from drawn.get().splitlines()

    def _parts(self, console: MakeConsole, width: int) -> "Iterator[_Head | Lines]":
        """The heads of the columns and the rows; only these where there is no room for columns."""
        widths = [self._width_of(number) for number in range(len(self.rows[0].counts))]
        room = width - sum(widths) - _BETWEEN * len(widths)
        if room < _NARROWEST_NAME:  # as where stand-ins in ASCII leave the whole report less room
            yield Lines([line for row in self.rows for line in _in_two_lines(row)])
            return
        widest = max(sum(cell_len(text) for text, _ in row.name) for row in self.rows)
        name = min(room, max(widest, len(_HEAD)))
        yield _Head(name, tuple((count.column, wide) for count, wide in zip(self.rows[0].counts, widths, strict=True)))
        yield Lines([line for row in self.rows for line in self._lines(row, name, widths, console)])

    def _width_of(self, number: int) -> int:
        counts = [row.counts[number] for row in self.rows]
        head = len(counts[0].column) if self.roomy else min(len(counts[0].column), _FOLDED)
        return max(head, *(len(str(count.number)) for count in counts))

    def _drawn_head(self, head: "_Head") -> "RenderableType":
        table = self.screen.table()
        table.add_column(_HEAD, width=head.name)
        for column, width in head.columns:
            table.add_column(column, justify="right", width=width)
        return table

    def _lines(self, row: _Row, name: int, widths: Sequence[int], console: MakeConsole) -> Iterator[Line]:
        bar = " " if self.screen.unicode else "|"
        first, *others = fold(row.name, console, name)
        numbers = [
            piece
            for count, width in zip(row.counts, widths, strict=True)
            for piece in ((f" {bar} ", ""), (f"{count.number:>{width}}", count.shown_style))
        ]
        yield Line([*first, (" " * (name - _cells(first)), ""), *numbers])
        for rest in others:
            yield Line([*rest, (" " * (name - _cells(rest)), ""), *((f" {bar} {'':>{width}}", "") for width in widths)])


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)
