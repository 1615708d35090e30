"""What a change of a regimen does, as it is shown below what it gives patients."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.outside_text import markdown_text, visible
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.reports.design.comparison.view import ComparisonView
    from blinplan.rules.rule import Finding


class FileConsequences(NamedTuple):
    """What the change of one file does.

    Attributes
    ----------
    view
        The same patients under both sides; None where patients get the same, or they cannot be compared.
    refusal
        Why they cannot be.
    came, went
        What the rules find now and did not before, and the other way round.
    """

    view: "ComparisonView | None"
    refusal: str | None
    came: "tuple[Finding, ...]"
    went: "tuple[Finding, ...]"


def consequence_parts(found: FileConsequences, screen: Screen) -> "Iterator[RenderableType]":
    """Draw what the change of one file does."""
    from blinplan.reports.design.comparison.lines import not_shown_lines
    from blinplan.reports.design.comparison.report import who_parts
    from blinplan.reports.design.comparison.table import tables

    if found.refusal is not None:
        yield indent(f"Not compared: {visible(found.refusal)}", "not evaluated")
    if found.view is not None:
        yield ""
        yield from who_parts(found.view)
        yield ""
        yield from tables(found.view, screen)
        yield from (indent(line, "quiet") for line in not_shown_lines(found.view.comparison))
    for what, findings in _findings(found):
        yield from (indent(f"Finding that {what}: {visible(_in_words(one))}", "warning") for one in findings)


def _findings(found: FileConsequences) -> "Iterator[tuple[str, Sequence[Finding]]]":
    yield from (("came", found.came), ("went", found.went))


def _in_words(finding: "Finding") -> str:
    return f"{finding.severity}[{finding.code}] {finding.message}"


def reading_parts(each: Sequence[FileConsequences]) -> "Iterator[RenderableType]":
    """Say once how the tables are read."""
    if lines := _how_to_read_all(each):
        yield ""
        yield from (Text(line, "quiet") for line in lines)


def _how_to_read_all(each: Sequence[FileConsequences]) -> list[str]:
    """How the tables of all files are read: what is to be said of several, once."""
    views = [found.view for found in each if found.view is not None]
    if not views:
        return []
    from blinplan.reports.design.comparison.lines import how_to_read  # what nobody compared needs no engine

    return list(dict.fromkeys(line for view in views for line in how_to_read(view.comparison)))


def consequence_markdown(found: FileConsequences) -> Iterator[str]:
    """Write what the change of one file does as Markdown."""
    from blinplan.reports.design.comparison.lines import not_shown_lines, unverified_lines_of, who_lines
    from blinplan.reports.design.comparison.markdown import markdown_tables

    if found.refusal is not None:
        yield from ("", f"**Not compared**: {markdown_text(found.refusal)}")
    if found.view is not None:
        compared = found.view.comparison
        yield from ("", "**What that does to the same patients**  ")
        lines = (*who_lines(compared), *found.view.remarks, *unverified_lines_of(compared))
        yield from (f"{markdown_text(line)}  " for line in lines)
        yield from ("", *markdown_tables(compared, 1))
        yield from (f"{markdown_text(line)}  " for line in not_shown_lines(compared))
    for what, findings in _findings(found):
        if findings:
            yield from ("", f"**Findings that {what}**", "")
            yield from (f"- {markdown_text(_in_words(one))}" for one in findings)


def reading_markdown(each: Sequence[FileConsequences]) -> Iterator[str]:
    """Say once how the tables are read, as Markdown."""
    if lines := _how_to_read_all(each):
        yield from ("", *(f"<sub>{markdown_text(line)}</sub>  " for line in lines), "")


def consequence_json(found: FileConsequences) -> dict[str, Any]:
    """Write what the change of one file does as data."""
    from blinplan.reports.design.comparison.document import endpoints_json

    return {
        "refusal": found.refusal,
        "endpoints": [] if found.view is None else endpoints_json(found.view.comparison),
        **{
            what: [{"code": one.code, "severity": one.severity.value, "message": one.message} for one in findings]
            for what, findings in _findings(found)
        },
    }
