"""The file that ``blinplan new site`` and ``blinplan new record`` write: where it goes, and what is said of it."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.outside_text import visible
from blinplan.refusal import Refusal
from blinplan.terminal import Terminal

if TYPE_CHECKING:
    from blinplan.api.regimens.scaffold import NewFile

STANDARD_OUTPUT = "-"
ScaffoldFile = Annotated[str, typer.Argument(metavar="FILE", help="The file to write; - for standard output.")]


def refuse_what_is_there(file: str) -> None:
    """Refuse a place where something is before anything is asked."""
    from blinplan.api.regimens.scaffold import refuse_taken

    if file != STANDARD_OUTPUT:
        refuse_taken(file)


def refuse_what_is_missing(options: Sequence[str], word: str) -> None:
    """Refuse to write a file of which too little is known."""
    if options:
        raise Refusal(
            f"missing: {', '.join(options)}",
            f"give these options, or run `blinplan new {word} FILE` at a terminal, where it asks;"
            f" `blinplan new {word} --help` has an example",
        )


def write(made: "NewFile", file: str, following: str, terminal: Terminal) -> None:
    """Write a file, and say what to do with it."""
    if file == STANDARD_OUTPUT:
        terminal.write(made.text, "toml")
        return
    made.write(file)
    terminal.remark(
        Text(f"Wrote {visible(file)}", "pass"),
        Text("What is not known is in it as a comment: fill it in, and take the # away."),
        "",
        Text("Next", "title"),
        indent(visible(f"blinplan check {shlex.quote(file)}")),
        indent(visible(following)),
    )
