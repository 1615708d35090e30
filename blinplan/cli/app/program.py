"""The program: its commands, and how it ends."""

import gc
import os
import sys
from errno import ENOSPC
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from blinplan.cli.app.quick import CONTEXT, QuickGroup
from blinplan.exit_status import ExitStatus
from blinplan.refusal import Refusal
from blinplan.version import __version__

app = typer.Typer(
    name="blinplan",
    cls=QuickGroup,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings=CONTEXT,
)


def _version(context: typer.Context, asked: bool) -> None:
    if asked and not context.resilient_parsing:  # as it is while a shell asks for completions
        typer.echo(f"blinplan {__version__}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Plan, simulate and check blinatumomab regimens.

    Example: [bold]blinplan check rr-adult[/bold]. Without a command, [bold]blinplan[/bold] shows three things to try.

    For completion with the Tab key: [bold]blinplan --install-completion[/bold].
    """
    if context.invoked_subcommand is None:
        from blinplan.api.library import first_screen
        from blinplan.cli.app.options import terminal_of

        terminal = terminal_of(context)
        terminal.report(*first_screen(terminal.out))


def _open_streams() -> None:
    """See to it that closed streams fail as files do, and that a help text asks no more of an encoding than it has."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - reading it fails, as it should
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the program ends
    if sys.stdout is None:
        sys.stdout = sys.stderr
        raise Refusal("standard output is closed", "give the report somewhere to go")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def run() -> None:
    """Run the program. Whatever happens ends in a status and a sentence, never in a traceback."""
    try:
        _open_streams()
        from blinplan.terminal import asked_colour, terminal

        status = app(prog_name="blinplan", standalone_mode=False, obj=terminal(asked_colour(sys.argv[1:])))
        sys.exit(status if isinstance(status, int) else ExitStatus.SUCCESS)
    except Refusal as refusal:
        _complain(refusal)
        sys.exit(ExitStatus.INCOMPLETE)
    except KeyboardInterrupt:
        sys.exit(ExitStatus.INTERRUPTED)
    except Exception as fault:
        from blinplan.cli.app.misuse import explained

        if isinstance(fault, OSError) and fault.errno == ENOSPC:
            _complain(Refusal("no space left on the device", "write the output elsewhere"))
            sys.exit(ExitStatus.INCOMPLETE)
        misused = explained(fault)
        if misused is not None:
            _complain(misused)
            sys.exit(ExitStatus.INCOMPLETE)
        if os.environ.get("BLINPLAN_DEBUG"):
            raise
        sys.stderr.write(
            f"blinplan: a fault in blinplan {__version__} itself: {type(fault).__name__}: {str(fault)[:200]!r}; please"
            " report it with the command line and the output under BLINPLAN_DEBUG=1\n"
        )
        sys.exit(ExitStatus.FAULT)


def _complain(refusal: Refusal) -> None:
    """Say what the user can put right, and show what is wrong with a file where that is it."""
    from blinplan.regimen.reading import FaultyFileRefusal
    from blinplan.terminal import asked_colour, terminal

    shown = terminal(asked_colour(sys.argv[1:]))
    if isinstance(refusal, FaultyFileRefusal):
        from blinplan.cli.app.options import show_problems

        show_problems(refusal.reading, shown)
    shown.complain(refusal)


def program() -> None:
    """Run the program in a process of its own."""
    # A run makes little that is worth collecting, and each collection walks through everything that was imported.
    gc.set_threshold(100_000)
    try:
        run()
    finally:
        gc.freeze()  # the process is about to end
