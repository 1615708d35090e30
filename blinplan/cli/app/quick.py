"""Commands that start quickly.

Typer 0.29 makes a pydantic adapter for every option, whether it is given or not, and imports pydantic for it: half the
time of a check without simulation. A value that is plainly of its type needs none of that; any other goes the usual
way, so that what is accepted and what is said about the rest stays typer's.
"""

import os
import sys
from enum import StrEnum
from functools import cache, cached_property
from importlib import import_module
from typing import Any, get_args

from typer import Typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from blinplan.cli.app.outputs import WRITTEN, claim_outputs, refuse_empty_name, refuse_name_of_folder

CONTEXT = {"help_option_names": ["-h", "--help"]}
_OF_FILES = frozenset({"FILE", "FILE...", "FOLDER"})
"""What a file or folder to read or write is called in the help."""
COMPLETION = "_BLINPLAN_COMPLETE"
"""The variable in which a shell says that it wants completions."""


class QuickCommand(TyperCommand):
    """A command whose options take the short way."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The options and arguments."""
        return _shorten(super().get_params(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run the command, once it is clear that it writes onto nothing that it reads."""
        claim_outputs(ctx.params)
        return super().invoke(ctx)


COMMANDS = {
    "check": "check.command",
    "simulate": "simulate.command",
    "merge": "simulate.merge",
    "compare": "design.compare",
    "diff": "design.diff",
    "sweep": "design.sweep",
    "search": "design.search",
    "sensitivity": "design.sensitivity",
    "plan": "plan",
    "verify": "verify",
    "due": "due",
    "new": "new.command",
    "new site": "new.site",
    "new record": "new.record",
    "report": "report",
    "evidence": "evidence",
    "model": "model",
    "rules": "rules",
    "rule": "rules",
    "regimens": "regimens",
    "values": "values",
    "schema": "schema",
}
"""The commands in the order of the help text, and the modules they are in: some are two words."""
_AS_PYTHON = str.maketrans(" -", "__")
"""How the function of a command is called there."""


class QuickProgram(Typer):
    """The program, made once: a process that runs it many times would make its options each time anew."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Run it."""
        return self._command(*arguments, **named)

    @cached_property
    def _command(self) -> Any:
        return get_command(self)


class QuickGroup(TyperGroup):
    """The program: a command is imported when it is called or asked for help, and its options take the short way."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands; where a shell completes a word, those of one word."""
        return [name for name in COMMANDS if " " not in name or COMPLETION not in os.environ]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that a line begins with, and what follows it."""
        words = " ".join(args[:2])
        return super().resolve_command(ctx, [words, *args[2:]] if words in COMMANDS else args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command; None where there is none of that name."""
        # For a name that is not there, all are imported: the nearest of them is suggested.
        for name in (cmd_name,) if cmd_name in COMMANDS else COMMANDS:
            if name not in self.commands:
                self.commands[name] = _command(name)
        return self.commands.get(cmd_name)

    def get_params(self, ctx: Any) -> list[Any]:
        """The options and arguments."""
        return _shorten(super().get_params(ctx))

    def _main_shell_completion(self, ctx_args: Any, prog_name: str, complete_var: str | None = None) -> None:
        # Typer asks here whether it is a shell that calls. What goes wrong then must not be written into the line that
        # a person is typing.
        if COMPLETION not in os.environ:
            return
        from blinplan.cli.app.shells import enable

        enable()
        try:
            super()._main_shell_completion(ctx_args, prog_name, COMPLETION)
        except Exception:
            if os.environ.get("BLINPLAN_DEBUG"):
                raise
            sys.exit(1)


@cache
def _command(name: str) -> Any:
    """A command, made once: a process that runs the program many times would make it each time anew."""
    module = import_module(f"blinplan.cli.{COMMANDS[name]}")
    alone = Typer(add_completion=False, rich_markup_mode="rich", context_settings=CONTEXT)
    alone.command(name, cls=QuickCommand)(getattr(module, name.translate(_AS_PYTHON)))
    command = get_command(alone)
    # Typer keeps the ends of lines of all paragraphs but the first, wherever a terminal breaks them besides.
    command.help = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    return command


def _shorten(parameters: list[Any]) -> list[Any]:
    for parameter in parameters:
        if getattr(parameter, "_runtime_param", False) is None:
            parameter._runtime_param = _ShortWay(parameter)
    return parameters


class _ShortWay:
    """Does what typer's own coercion does, where there is nothing to coerce."""

    def __init__(self, parameter: Any) -> None:
        self._parameter = parameter
        annotation = parameter.type_descriptor.annotation
        kinds = [kind for kind in (get_args(annotation) or (annotation,)) if kind is not type(None)]
        self._kind = kinds[0] if len(kinds) == 1 else None

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value for the command."""
        if param.name in WRITTEN or param.metavar in _OF_FILES:
            refuse_empty_name(value, param.opts[0] if param.opts[0].startswith("-") else param.metavar)
        if param.name in WRITTEN and param.metavar != "FOLDER":
            refuse_name_of_folder(value)
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        if several and self._kind is str and isinstance(value, list | tuple):
            if all(type(one) is str for one in value):
                return list(value)
        elif not several:
            if self._kind in (str, bool, int, float) and type(value) is self._kind:
                return value
            if isinstance(self._kind, type) and issubclass(self._kind, StrEnum) and value in set(self._kind):
                return self._kind(value)
        return self._long_way.coerce(value, param=param, ctx=ctx)

    @cached_property
    def _long_way(self) -> Any:
        """Typer's own, which asks the parameter for what is there of it: that is the short way again afterwards."""
        self._parameter._runtime_param = None
        try:
            return self._parameter.get_runtime_param()
        finally:
            self._parameter._runtime_param = self
