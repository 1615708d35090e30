"""A comparison on a terminal: who, what is otherwise, what is given, what happens, and what the intervals cover."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.text import Text

from blinplan.design.comparison.compare import PairedComparison
from blinplan.design.difference.difference import RegimenDifference
from blinplan.drawing.draw import indent
from blinplan.outside_text import visible
from blinplan.reports.design.comparison.lines import finding_lines, reading_lines, unverified_lines_of, who_lines
from blinplan.reports.design.comparison.table import tables
from blinplan.reports.design.comparison.view import ComparisonView
from blinplan.reports.design.words import difference_parts
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


def comparison_report(of: ComparisonView, screen: Screen) -> "list[RenderableType]":
    """Draw the comparison: who, what is otherwise, what is given, what happens, and what the intervals cover."""
    compared = of.comparison
    parts: list[RenderableType] = [_title(compared), *who_parts(of)]
    for arm, found in zip(compared.arms[1:], of.differences, strict=True):
        parts += ["", Text(visible(f"{arm.name} against {compared.reference.name}"), "title")]
        parts += [*_words(found)]
    parts += ["", *tables(of, screen), ""]
    parts += [Text(line) if line[0] != " " else indent(line.strip()) for line in finding_lines(of)]
    parts += [Text(line, "quiet") for line in reading_lines(compared)]
    return parts


def who_parts(of: ComparisonView) -> Iterator[Text]:
    """Draw who the patients are, and what has to be known of the regimens."""
    yield from (Text(line) for line in who_lines(of.comparison))
    yield from (Text(visible(line), "warning") for line in of.remarks)
    yield from (Text(line, "unverified") for line in unverified_lines_of(of.comparison))


def _title(compared: PairedComparison) -> Text:
    others = ", ".join(visible(arm.name) for arm in compared.arms[1:])
    return Text.assemble((visible(compared.reference.name), "title"), " (the reference)  ", (others, "title"))


def _words(found: RegimenDifference) -> "Iterator[RenderableType]":
    """What is otherwise in words; what only the files say is for `blinplan diff`."""
    yield from difference_parts(replace(found, in_file=()))
