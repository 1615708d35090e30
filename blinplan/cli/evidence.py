"""``blinplan evidence``: whether the model is true to the article and the published numbers."""

from enum import StrEnum
from typing import Annotated

import typer

from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.exit_status import ExitStatus, stop
from blinplan.refusal import Refusal
from blinplan.terminal import Colour


class EvidenceFormat(StrEnum):
    """How to show the evidence."""

    TABLE = "table"
    JSON = "json"


def evidence(
    context: typer.Context,
    claims: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CLAIMS]",
            help="Claims to measure, such as DEP-1; all when none is given.",
            autocompletion=completion.claims,
        ),
    ] = None,
    patients: Annotated[int, typer.Option(min=50, max=100_000, help="Virtual patients in each scenario.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="What they are drawn from.")] = 1,
    output_format: Annotated[
        EvidenceFormat, typer.Option("--format", "-f", help="How to show the evidence.", rich_help_panel="Output")
    ] = EvidenceFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Measure every claim of the article and every published number on virtual patients.

    Example: [bold]blinplan evidence --seed 2[/bold]

    Exit status: 0 everything holds; 1 something fails.
    """
    terminal = terminal_of(context)
    from blinplan.cli.app.progress import announce_compilation
    from blinplan.evidence.evaluate import evaluate, load_claims
    from blinplan.reports.model.evidence import evidence_json, evidence_report

    known = [claim.id for claim in load_claims()]
    for claim in claims or ():
        if claim not in known:
            raise Refusal(f"there is no claim {claim[:40]!r}", f"the claims are {', '.join(known)}")
    announce_compilation(terminal)
    found = evaluate(patients, seed, only=claims or None)
    if output_format is EvidenceFormat.JSON:
        terminal.write_json(evidence_json(found))
    else:
        terminal.report(*evidence_report(found, terminal.out))
    failed = [finding.claim.id for finding in found.findings if not finding.holds]
    status = ExitStatus.FINDINGS if failed else ExitStatus.SUCCESS
    verdict = f"{len(failed)} of {len(found.findings)} fail: {', '.join(failed)}" if failed else "everything holds"
    terminal.say(f"exit {int(status)}: {verdict}", "error" if failed else "pass")
    stop(status)
