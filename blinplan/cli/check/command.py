"""``blinplan check``: the linter."""

from typing import Annotated

import typer

from blinplan.api.ranges import FEW_PATIENTS, SEED
from blinplan.api.vocabulary import CheckFormat, FailOn
from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, ConfigOption, IsolatedOption, scheduler_option, terminal_of
from blinplan.cli.app.plan_options import Start, TimeZone
from blinplan.cli.app.uncertainty import sets_option
from blinplan.terminal import Colour

_RULES = "Rules"
_SIMULATION = "Simulation"
_FIXES = "Fixes"
_OUTPUT = "Output"
_SETTINGS = "Settings"


def check(
    context: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATHS]",
            help="Regimen files, folders, names of shipped regimens or families, or - for standard input."
            " The current folder when none is given.",
            autocompletion=completion.regimens,
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODES",
            help="Ask only these rules: codes, beginnings of codes, names or ALL, with commas.",
            autocompletion=completion.rules,
            rich_help_panel=_RULES,
        ),
    ] = None,
    extend_select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODES",
            help="Ask these rules besides.",
            autocompletion=completion.rules,
            rich_help_panel=_RULES,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODES",
            help="Leave these rules out.",
            autocompletion=completion.rules,
            rich_help_panel=_RULES,
        ),
    ] = None,
    severity: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE=LEVEL",
            help="Count findings as error, warning or note: D205=note.",
            autocompletion=completion.severities,
            rich_help_panel=_RULES,
        ),
    ] = None,
    patient: Annotated[
        str | None,
        typer.Option(
            metavar="FIGURES",
            help="Check for one patient too: weight=38,height=140 in kg and cm, or bsa=1.2 in m².",
            rich_help_panel=_RULES,
        ),
    ] = None,
    site: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Check the bags of this site profile too.", rich_help_panel=_RULES),
    ] = None,
    start: Start = None,
    time_zone: TimeZone = None,
    today: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD", help="The date that decides whether a waiver has expired.", rich_help_panel=_RULES
        ),
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            "--fail-on",
            help="The least severity that makes the exit status 1; error when not set.",
            rich_help_panel=_RULES,
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Do not count the findings that this file lists.", rich_help_panel=_RULES),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="REV",
            help="Count only what was not found before this git revision, such as origin/main.",
            rich_help_panel=_RULES,
        ),
    ] = None,
    write_baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="List all present findings in this file.", rich_help_panel=_RULES),
    ] = None,
    simulated: Annotated[
        bool | None,
        typer.Option(
            "--simulate/--no-simulate", help="Run the rules that need virtual patients.", rich_help_panel=_SIMULATION
        ),
    ] = None,
    patients: Annotated[
        int | None,
        typer.Option(
            min=FEW_PATIENTS.least,
            max=FEW_PATIENTS.most,
            help="Virtual patients to start with, 1,000 when not set; 16 times as many at most where undecided.",
            rich_help_panel=_SIMULATION,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=SEED.least,
            max=SEED.most,
            help="What the virtual patients are drawn from; 1 when not set.",
            rich_help_panel=_SIMULATION,
        ),
    ] = None,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Simulate anew, and keep nothing on disk.", rich_help_panel=_SIMULATION),
    ] = False,
    uncertainty: Annotated[
        str | None,
        typer.Option(
            metavar="plausible",
            help="Say too under how many plausible parameter sets a simulated rule says something else; the exit status"
            " stays that of the shipped ones.",
            rich_help_panel=_SIMULATION,
        ),
    ] = None,
    sets: Annotated[int | None, sets_option(_SIMULATION)] = None,
    scheduler: Annotated[str | None, scheduler_option(_SIMULATION)] = None,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="Put spelling, notation, key names and waivers right; never a dose.", rich_help_panel=_FIXES
        ),
    ] = False,
    diff: Annotated[
        bool,
        typer.Option(
            "--diff", help="Show what --fix or --add-waiver would change, and change nothing.", rich_help_panel=_FIXES
        ),
    ] = False,
    add_waiver: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="Write a waiver at each place where this rule finds something now.",
            autocompletion=completion.rules,
            rich_help_panel=_FIXES,
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Why --add-waiver accepts what is found.", rich_help_panel=_FIXES),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="The last day of what --add-waiver writes.", rich_help_panel=_FIXES),
    ] = None,
    output_format: Annotated[
        CheckFormat, typer.Option("--format", "-f", help="How to show findings.", rich_help_panel=_OUTPUT)
    ] = CheckFormat.FULL,
    reports: Annotated[
        list[str] | None,
        typer.Option(
            "--report", metavar="FORMAT=PATH", help="Write findings to a file too; repeatable.", rich_help_panel=_OUTPUT
        ),
    ] = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Show how often each rule found something.", rich_help_panel=_OUTPUT)
    ] = False,
    stdin_filename: Annotated[
        str | None, typer.Option(metavar="NAME", help="The name to show for standard input.", rich_help_panel=_OUTPUT)
    ] = None,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Say why rules were not evaluated, and list every file.", rich_help_panel=_OUTPUT
        ),
    ] = False,
    quiet: Annotated[
        int,
        typer.Option(
            "--quiet", "-q", count=True, help="No summary; twice: only the exit status.", rich_help_panel=_OUTPUT
        ),
    ] = 0,
    colour: ColourOption = Colour.AUTO,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    show_settings: Annotated[
        bool,
        typer.Option("--show-settings", help="Show what is set and where, and stop.", rich_help_panel=_SETTINGS),
    ] = False,
    allow_empty: Annotated[
        bool,
        typer.Option("--allow-empty", help="A folder without a regimen is no error.", rich_help_panel=_SETTINGS),
    ] = False,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERNS",
            help="Leave these files of folders out: patterns as in a .gitignore, with commas or repeated.",
            rich_help_panel=_SETTINGS,
        ),
    ] = None,
    respect_gitignore: Annotated[
        bool | None,
        typer.Option(
            "--respect-gitignore/--no-respect-gitignore",
            help="Leave out what .gitignore files name; done when not set.",
            rich_help_panel=_SETTINGS,
        ),
    ] = None,
    force_exclude: Annotated[
        bool | None,
        typer.Option(
            "--force-exclude/--no-force-exclude",
            help="Leave files out although they are named one by one.",
            rich_help_panel=_SETTINGS,
        ),
    ] = None,
) -> None:
    """Check regimens: read every file, judge it by every rule, show what was found.

    Example: [bold]blinplan check regimens/ --fail-on warning[/bold]

    For one patient: [bold]blinplan check rr-adult --patient weight=70,height=175[/bold]

    Exit status: 0 everything was checked and nothing counts; 1 something counts; 2 not all could be checked;
    3 a fault in blinplan.
    """
    given = locals()
    del given["context"], given["colour"], given["quiet"]
    from blinplan.cli.check.options import CheckOptions
    from blinplan.cli.check.run import run

    run(CheckOptions(**given, terminal=terminal_of(context).hush(quiet)))
