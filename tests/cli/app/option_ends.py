"""The ends of the ranges of all options that count in whole numbers."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from blinplan.cli.app.program import app
from blinplan.cli.app.quick import COMMANDS


class End(NamedTuple):
    """An end of a range: of which option of which command, which end, what lies there and a step beyond."""

    command: str
    option: str
    which: str
    at: int
    beyond: int

    def __str__(self) -> str:
        return f"{self.command} {self.option} {self.which}"


@cache
def program() -> Any:
    from typer.main import get_command

    return get_command(app)


def ends() -> Iterator[End]:
    """The ends of all options of all commands that count in whole numbers."""
    for name in COMMANDS:
        for option in program().get_command(None, name).params:
            for which, step in (("min", -1), ("max", 1)):
                at = getattr(option, which, None)
                if at is not None and not option.count:
                    yield End(name, max(option.opts, key=len), which, at, at + step)
