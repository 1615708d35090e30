"""Differences of two regimens as lines of words, and as data."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from blinplan.design.difference.change import RegimenChange
from blinplan.design.difference.difference import RegimenDifference
from blinplan.drawing.draw import indent
from blinplan.outside_text import markdown_text, visible

if TYPE_CHECKING:
    from rich.console import RenderableType

SAME = "Patients get the same."
ONLY_IN_FILE = "Only the file says otherwise"


def difference_parts(found: RegimenDifference) -> "Iterator[RenderableType]":
    """Draw how two regimens differ."""
    if found.is_none:
        yield indent(SAME, "pass")
    for change in (*found.for_patients, *found.consequences):
        yield indent(visible(change.words))
    if found.in_file:
        yield indent(f"{ONLY_IN_FILE}:", "quiet")
        yield from (indent(indent(visible(change.words), "quiet")) for change in found.in_file)


def markdown_table(
    heads: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]], texts: Collection[int] = (0,)
) -> Iterator[str]:
    """Write a table in Markdown; ``texts`` are the columns of words, the others are of numbers."""
    yield f"| {' | '.join(map(markdown_text, heads))} |"
    yield f"|{''.join('---|' if number in texts else '---:|' for number, _ in enumerate(heads))}"
    for row in rows:
        yield f"| {' | '.join(map(markdown_text, row))} |"


def markdown_lines(lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    """Write lines in Markdown, each as a line of its own."""
    return (f"{markdown_text(line)}  " for line in lines)


def change_json(change: RegimenChange) -> dict[str, Any]:
    """Write one difference as data."""
    return {
        "subject": change.subject.value,
        "place": change.place,
        "before": change.before,
        "after": change.after,
        "unit": change.unit,
        "note": change.note,
        "cycles": list(change.cycles),
        "words": change.words,
    }
