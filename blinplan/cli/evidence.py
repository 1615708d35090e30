"""``blinplan evidence``: whether the model is true to the article and the published numbers."""

from typing import Annotated

import typer

from blinplan.api.ranges import PATIENTS_OF_BANDS, SEED
from blinplan.api.vocabulary import TableFormat
from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.exit_status import ExitStatus, stop
from blinplan.terminal import Colour


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
    patients: Annotated[
        int,
        typer.Option(
            min=PATIENTS_OF_BANDS.least, max=PATIENTS_OF_BANDS.most, help="Virtual patients in each scenario."
        ),
    ] = 2000,
    seed: Annotated[int, typer.Option(min=SEED.least, max=SEED.most, help="What they are drawn from.")] = 1,
    output_format: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to show the evidence.", rich_help_panel="Output")
    ] = TableFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Measure every claim of the article and every published number on virtual patients.

    Example: [bold]blinplan evidence --seed 2[/bold]

    What was used in the fit, what cannot be otherwise, what was predicted and what is not reproduced stand apart. A
    published number that the model is known to miss is not reproduced, and fails nothing; one that nothing of the model
    can be held against is not evaluated, and counts as met nowhere. Plausible parameter sets are not asked for here:
    each was kept because it holds what is measured here.

    Exit status: 0 nothing fails; 1 a claim of the article is missed, or a number that was not known to be.
    """
    terminal = terminal_of(context)
    from blinplan.api.modelling.evidence import evidence as measured
    from blinplan.api.modelling.evidence import refuse_unknown

    refuse_unknown(claims or ())
    found = measured(claims, patients=patients, seed=seed)
    terminal.write(found.text(output_format, screen=terminal.out), output_format)
    status = ExitStatus.SUCCESS if found.holds else ExitStatus.FINDINGS
    terminal.say(f"exit {int(status)}: {found.summary}", "pass" if found.holds else "error")
    stop(status)
