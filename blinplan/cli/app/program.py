"""The program: its commands, and how it ends."""

import os
import sys
from typing import Annotated, Any

import typer

from blinplan.cli.app.environment import leave_out_what_misleads
from blinplan.cli.app.quick import CONTEXT, QuickGroup, QuickProgram
from blinplan.exit_status import ExitStatus
from blinplan.files.of_a_run import files_of_a_run
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.terminal import Terminal, colour_option, open_streams, terminal
from blinplan.termination import EndOfRun, Terminated, children_are_told_of, end_as_told, ending_in_order
from blinplan.version import __version__

app = QuickProgram(
    name="blinplan",
    cls=QuickGroup,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings=CONTEXT,
)


def _version(context: typer.Context, asked: bool) -> None:
    if asked and not context.resilient_parsing:  # as it is while a shell asks for completions
        from blinplan.fingerprint import model_name

        typer.echo(f"blinplan {__version__} (model {model_name()})")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the versions, of the program and the model."
        ),
    ] = False,
) -> None:
    """Plan, simulate and check blinatumomab regimens.

    Example: [bold]blinplan check rr-adult[/bold]. Without a command, [bold]blinplan[/bold] shows three things to try.

    For completion with the Tab key: [bold]blinplan --install-completion[/bold].
    """
    if context.invoked_subcommand is None:
        from blinplan.api.library import first_screen
        from blinplan.cli.app.options import terminal_of

        shown = terminal_of(context)
        shown.report(*first_screen(shown.out))


def run() -> None:
    """Run the program. Whatever happens ends in a status and a sentence, never in a traceback."""
    leave_out_what_misleads()
    children_are_told_of()
    is_open = open_streams()
    shown = terminal(colour_option(sys.argv[1:]))
    if not is_open:
        shown.complain(Refusal("standard output is closed", "give the report somewhere to go"))
        sys.exit(ExitStatus.INCOMPLETE)
    try:
        with ending_in_order() as ending, files_of_a_run():
            status = _status(shown, ending)
        if isinstance(ended := ending.exception(), Terminated):  # which typer takes for Ctrl-C
            end_as_told(ended.number)
        sys.exit(status if isinstance(status, int) else ExitStatus.SUCCESS)
    except Refusal as refusal:
        _complain(refusal, shown)
        sys.exit(ExitStatus.INCOMPLETE)
    except Terminated as terminated:
        end_as_told(terminated.number)
    except KeyboardInterrupt:
        sys.exit(ExitStatus.INTERRUPTED)
    except Exception as fault:
        from blinplan.cli.app.misuse import explanation
        from blinplan.files.faults import of_a_word, of_the_machine

        misused = of_the_machine(fault) or of_a_word(fault, sys.argv[1:]) or explanation(fault)
        if misused is not None:
            _complain(misused, shown)
            sys.exit(ExitStatus.INCOMPLETE)
        if os.environ.get("BLINPLAN_DEBUG"):
            raise
        shown.write_remark(
            f"blinplan: a fault in blinplan {__version__} itself: {type(fault).__name__}: {str(fault)[:200]!r}; please"
            " report it with the command line and the output under BLINPLAN_DEBUG=1\n"
        )
        sys.exit(ExitStatus.FAULT)


def _status(shown: Terminal, ending: EndOfRun) -> Any:
    """Run a command. Whatever goes wrong after somebody has ended it is no fault: two signals at once break a lock."""
    try:
        return app(prog_name="blinplan", standalone_mode=False, obj=shown)
    except Refusal:
        raise
    except Exception:
        if (ended := ending.exception()) is not None:
            raise ended from None
        raise


def _complain(refusal: Refusal, terminal: Terminal) -> None:
    """Say what the user can put right, and show what is wrong with a file where that is it."""
    from blinplan.cli.app.options import option_name

    if hasattr(refusal, "reading"):  # as of a RegimenError: nobody else waits for what reads regimens
        from blinplan.api.regimens.load import RegimenError, faults_report

        if isinstance(refusal, RegimenError):
            terminal.remark(*faults_report(refusal, terminal.errors))
    terminal.complain(Refusal(*refusal.texts(option_name)) if isinstance(refusal, ArgumentRefusal) else refusal)
