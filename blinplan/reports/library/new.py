"""What is said of a regimen file that was just written: what it orders, what in it is not standard, what to try."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.outside_text import visible
from blinplan.regimen.regimen import Regimen
from blinplan.reports.library.regimens import doses_in_short
from blinplan.rules.judging.judgement import Judgement
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


def new_report(
    judgement: Judgement, path: str | None, left_out: Sequence[str], schema: str | None, screen: Screen
) -> "list[RenderableType]":
    """Draw what was written to ``path`` (None for standard output).

    Parameters
    ----------
    judgement
        The judgement of the file, without simulation.
    left_out
        What of the original is not in a copy.
    schema
        Where the JSON Schema that the first line names belongs, if it is not there.
    """
    regimen = judgement.regimen
    assert regimen is not None  # noqa: S101 - what is written was read back
    place = "the regimen" if path is None else visible(path)
    parts: list[RenderableType] = [
        Text.assemble((f"Wrote {place}", "pass"), f"  {visible(doses_in_short(regimen))}"),
    ]
    if regimen.unverified:
        parts.append(Text("Its doses are unverified: nobody has seen them in a source.", "unverified"))
    if left_out:
        parts += ["", Text("Not copied", "title"), *(indent(Text(visible(words))) for words in left_out)]
    if judgement.findings:
        parts += ["", Text("Not standard, by the rules that need no simulation", "title"), _findings(judgement)]
    if silent := list(_not_said(judgement)):
        parts += ["", Text("Not said, so not judged", "title"), *silent]
    return [*parts, "", Text("Next", "title"), *_next(path, regimen, schema, screen)]


_SIZES = ((70, 170), (30, 135), (12, 90))
"""Weights in kg and heights in cm of patients to try; the first whom a regimen admits."""


def _findings(judgement: Judgement) -> "RenderableType":
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for finding in judgement.findings:
        grid.add_row(
            Text(f"{finding.severity}[{finding.code}]", finding.severity.value), Text(visible(finding.message))
        )
    return indent(grid)


def _not_said(judgement: Judgement) -> "Iterator[RenderableType]":
    for verdict in judgement.verdicts:
        unanswered = verdict.not_evaluated
        if unanswered is not None and unanswered.kind == "not said":
            yield indent(Text(f"{verdict.rule.code}: {unanswered.reason}", "not evaluated"))


def _next(path: str | None, regimen: Regimen, schema: str | None, screen: Screen) -> "list[RenderableType]":
    if path is None:
        return [indent(Text("save it as a file, then: blinplan check FILE"))]
    steps = [("blinplan check " + path, "judge it by every rule, on virtual patients too")]
    for weight, height in _SIZES:
        if regimen.eligibility.admits(Fraction(weight)):
            size = f"--weight {weight}" + (f" --height {height}" if regimen.doses_by_area else "")
            steps.append((f"blinplan plan {path} {size}", "see what one patient gets"))
            break
    if schema is not None:
        steps.append((f"blinplan schema > {schema}", "editors then complete and check the file"))
    return steps_to_try(steps, screen)


def steps_to_try(steps: Sequence[tuple[str, str]], screen: Screen) -> "list[RenderableType]":
    """Draw commands with what each is for: beside each other where all fit, else below each other."""
    longest = max(len(command) for command, _ in steps)
    if longest + max(len(words) for _, words in steps) + 5 <= screen.width:
        return [
            indent(Text.assemble((visible(command).ljust(longest), "where"), "   ", words)) for command, words in steps
        ]
    return [
        part
        for command, words in steps
        for part in (indent(Text(visible(command), "where")), Padding(Text(words), (0, 0, 0, 6)))
    ]
