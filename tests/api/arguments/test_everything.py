"""Everything that the command line can do can be done from Python: each option has its argument, or its method."""

import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typer.main import get_command

import blinplan
from blinplan.cli.app.program import app
from blinplan.cli.app.quick import COMMANDS

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "simulate": ("simulate", "curves"),
    "merge": ("merge", "merge_curves"),
    "plan": ("plan", "delivered", "Paper"),
    "due": ("agenda",),
    "new site": ("new_site",),
    "new record": ("new_record",),
}
"""What does what a command does, where it is not the function of its name alone."""

EVERYWHERE = {
    "colour": "screen",
    "output": "write",
    "output_format": "text",
    **dict.fromkeys(("weight", "height", "bsa", "bsa_formula", "age"), "patient"),
    **dict.fromkeys(("people", "typical"), "patients"),
    **dict.fromkeys(("threads", "scheduler"), "executor"),
    "endpoint": "endpoints",
    "no_cache": "cache",
}
SETS = {"uncertainty": "sets", "sets": "parameter_sets"}
WIDTH = {"figure_width": "width"}
OWN: dict[str, dict[str, str]] = {
    "check": {
        "simulated": "simulate",
        "uncertainty": "models",
        "sets": "models",
        "reports": "write",
        "statistics": "statistics_report",
        "verbose": "everything",
        "quiet": "summary",
        "show_settings": "configurations",
    },
    "simulate": {
        **SETS,
        **WIDTH,
        "curves": "bands",
        "output_format": "records",
    },
    "merge": {"files": "stretches"},
    **{name: {**SETS, **WIDTH} for name in ("compare", "sweep", "diff")},
    **dict.fromkeys(("search", "sensitivity"), WIDTH),
    "plan": {
        "from_day": "first",
        "to_day": "last",
        "uncertainty": "models",
        "sets": "models",
        "patient_name": "name",
        "patient_number": "number",
        "ward": "site",
    },
    "new": {"step": "steps", "later_step": "later_steps", "force": "replacing"},
    "new site": {"file": "write", "bag": "bags", "colour": "text"},
    "new record": {"file": "write", "colour": "text"},
    "report": {"uncertainty": "models", "sets": "models", "colour": "html"},
    "schema": {"output_format": "items"},
}
"""What options are called in Python where that is something else: an argument, a method, or an argument of one.

A file to fill in and a page are written, and have no colour; a schema is a dictionary.
"""


def surface(of: Any) -> Iterator[str]:
    """The names of something's arguments, of what its result has, and of the arguments of that."""
    yield from inspect.signature(of).parameters
    result = of if inspect.isclass(of) else result_of(of)
    for name in (name for name in dir(result) if not name.startswith("_")):
        method = getattr(result, name)
        yield name
        if inspect.isfunction(method):
            yield from inspect.signature(method).parameters


def result_of(function: Callable[..., Any]) -> Any:
    named = inspect.signature(function).return_annotation
    return vars(sys.modules[function.__module__]).get(named, getattr(blinplan, str(named), named))


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_can_be_said_in_python(command: str) -> None:
    options = [option.name for option in get_command(app).get_command(None, command).params]  # type: ignore[attr-defined]
    assert options
    there: set[str] = set()
    for name in FUNCTIONS.get(command, (command,)):
        assert name in blinplan.__all__
        there |= set(surface(getattr(blinplan, name)))
    names = {**EVERYWHERE, **OWN.get(command, {})}
    assert {option: names.get(option, option) for option in options if names.get(option, option) not in there} == {}
