"""What is said of a regimen file that was just written: what it orders, what in it is not standard, what to try."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from blinplan.quantities import Basis
from blinplan.reports.regimens import doses_in_short
from blinplan.reports.screen import Screen, visible
from blinplan.rules.check import Judgement


def new_report(
    judgement: Judgement, path: str | None, left_out: Sequence[str], schema_there: bool, screen: Screen
) -> list[RenderableType]:
    """Draw what was written to ``path`` (None for standard output).

    Parameters
    ----------
    judgement
        The judgement of the file, without simulation.
    left_out
        What of the original is not in a copy.
    schema_there
        Whether the JSON Schema that the first line names is there.
    """
    regimen = judgement.reading.regimen
    assert regimen is not None  # noqa: S101 - what is written was read back
    place = "the regimen" if path is None else visible(path)
    parts: list[RenderableType] = [
        Text.assemble((f"Wrote {place}", "pass"), f"  {visible(doses_in_short(regimen))}"),
    ]
    if regimen.unverified:
        parts.append(Text("Its doses are unverified: nobody has seen them in a source.", "unverified"))
    if left_out:
        parts += ["", Text("Not copied", "title"), *(_indented(Text(visible(words))) for words in left_out)]
    if judgement.findings:
        parts += ["", Text("Not standard, by the rules that need no simulation", "title"), _findings(judgement)]
    return [*parts, "", Text("Next", "title"), *_next(path, regimen.basis, schema_there, screen)]


def _findings(judgement: Judgement) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for finding in judgement.findings:
        grid.add_row(
            Text(f"{finding.severity}[{finding.code}]", finding.severity.value), Text(visible(finding.message))
        )
    return _indented(grid)


def _next(path: str | None, basis: Basis, schema_there: bool, screen: Screen) -> list[RenderableType]:
    if path is None:
        return [_indented(Text("put it into a file, and: blinplan check FILE"))]
    patient = "--weight 70" if basis is Basis.FLAT else "--weight 30 --height 135"
    steps = [
        (f"blinplan check {path}", "judge it by every rule, on virtual patients too"),
        (f"blinplan plan {path} {patient}", "see what one patient gets"),
    ]
    if not schema_there:
        steps.append(("blinplan schema > regimen.schema.json", "beside it: editors then complete and check the file"))
    return steps_to_try(steps, screen)


def steps_to_try(steps: Sequence[tuple[str, str]], screen: Screen) -> list[RenderableType]:
    """Draw commands with what each is for: beside each other where all fit, else below each other."""
    longest = max(len(command) for command, _ in steps)
    if longest + max(len(words) for _, words in steps) + 5 <= screen.width:
        return [
            _indented(Text.assemble((visible(command).ljust(longest), "where"), "   ", words))
            for command, words in steps
        ]
    return [
        part
        for command, words in steps
        for part in (_indented(Text(visible(command), "where")), Padding(Text(words), (0, 0, 0, 6)))
    ]


def _indented(part: RenderableType) -> Padding:
    return Padding(part, (0, 0, 0, 2))
