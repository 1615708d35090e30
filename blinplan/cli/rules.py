"""``blinplan rules`` and ``blinplan rule``: what is checked, and why."""

from enum import StrEnum
from typing import Annotated

import typer

from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.refusal import Refusal
from blinplan.terminal import Colour


class RulesFormat(StrEnum):
    """How to show rules."""

    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[
    RulesFormat, typer.Option("--format", "-f", help="How to show rules.", rich_help_panel="Output")
]


def rules(
    context: typer.Context, output_format: FormatOption = RulesFormat.TABLE, colour: ColourOption = Colour.AUTO
) -> None:
    """List all rules that a regimen is checked by.

    Example: [bold]blinplan rules[/bold]
    """
    terminal = terminal_of(context)
    from blinplan.reports.library.rules import rules_json, rules_report
    from blinplan.rules.catalogue import CATALOGUE
    from blinplan.rules.limits import shipped_limits

    if output_format is RulesFormat.JSON:
        terminal.write_json(rules_json(CATALOGUE.values(), shipped_limits()))
    else:
        terminal.report(*rules_report(CATALOGUE.values(), terminal.out))


def rule(
    context: typer.Context,
    code: Annotated[
        str,
        typer.Argument(
            metavar="CODE",
            help="The code of the rule, such as D202, or its name.",
            autocompletion=completion.one_rule,
        ),
    ],
    output_format: FormatOption = RulesFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Show one rule: what it finds, why, the limits with their sources, and examples.

    Example: [bold]blinplan rule D202[/bold]
    """
    terminal = terminal_of(context)
    from blinplan.reports.library.rules import rule_json, rule_report
    from blinplan.rules.catalogue import CATALOGUE
    from blinplan.rules.configuration.patterns import unknown_rule
    from blinplan.rules.limits import shipped_limits

    asked = next((rule for rule in CATALOGUE.values() if code.upper() == rule.code or code.lower() == rule.name), None)
    if asked is None:
        raise Refusal(*unknown_rule(code))
    if output_format is RulesFormat.JSON:
        terminal.write_json({"format": "blinplan-rule", "version": 1, **rule_json(asked, shipped_limits())})
    else:
        terminal.report(*rule_report(asked, shipped_limits(), terminal.out))
