"""Everything that the command line can do can be done from Python: each option has its argument, or its method."""

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typer.main import get_command

import blinplan
from blinplan.cli.app.program import app
from blinplan.cli.app.quick import COMMANDS
from tests.program import ROOT

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "simulate": ("simulate", "curves"),
    "merge": ("merge", "merge_curves", "merge_tables"),
    "plan": ("plan", "delivered", "Paper"),
    "due": ("agenda",),
    "new site": ("new_site",),
    "new record": ("new_record",),
}
"""What does what a command does, where it is not the function of its name alone."""

EVERYWHERE = {
    "colour": ".text.screen",
    "output": ".write",
    "output_format": ".text.output_format",
    "figure": ".figure",
    "figure_width": ".figure.width",
    **dict.fromkeys(("weight", "height", "bsa", "bsa_formula", "age"), "patient"),
    **dict.fromkeys(("people", "typical"), "patients"),
    **dict.fromkeys(("threads", "scheduler"), "executor"),
    "endpoint": "endpoints",
    "no_cache": "cache",
}
SETS = {"uncertainty": "sets", "sets": "parameter_sets"}
MODELS = dict.fromkeys(("uncertainty", "sets"), "models")
DRAWN = {name: f".bands.{name}" for name in ("from_day", "to_day", "signals")}
COMPARED = ("cycles", "patients", "seed", "endpoints", "by_day")
OWN: dict[str, dict[str, str]] = {
    "check": {
        **MODELS,
        "simulated": "simulate",
        "reports": ".write",
        "statistics": ".statistics_report",
        "verbose": ".text.everything",
        "quiet": ".summary",
        "show_settings": ".configurations",
    },
    "simulate": {**SETS, **DRAWN, "curves": ".bands", "output_format": ".records"},
    "merge": {"files": "stretches"},
    "compare": {**SETS, **DRAWN},
    "sweep": SETS,
    "search": {"people": "people"},
    "diff": {
        **{name: f".compare.{name}" for name in COMPARED},
        "compare": ".compare",
        "endpoint": ".compare.endpoints",
        "uncertainty": ".compare.sets",
        "sets": ".compare.parameter_sets",
        "threads": ".compare.executor",
        "scheduler": ".compare.executor",
    },
    "plan": {
        **MODELS,
        **{name: f".text.{name}" for name in ("plan_id", "revision", "replaces", "view", "decimal_comma")},
        "from_day": "first",
        "to_day": "last",
        "patient_name": "name",
        "patient_number": "number",
        "ward": "site",
    },
    "new": {"step": "steps", "later_step": "later_steps", "force": ".write.replacing", "colour": ".report.screen"},
    "new site": {"file": ".write", "bag": "bags", "colour": ".text"},
    "new record": {"file": ".write", "colour": ".text"},
    "report": {**MODELS, "colour": ".html"},
    "model": {
        "equations": ".equations",
        "sbml": ".sbml",
        "nonmem": ".nonmem",
        "records": ".nonmem.records",
        "regimen": ".sbml.regimen",
    },
    "schema": {"output_format": ".items"},
}
"""What options are called in Python where that is something else: an argument; after a dot what the result has; and
after another one an argument of that.

A file to fill in and a page are written, and have no colour; a schema is a dictionary.
"""


def surface(of: Any) -> Iterator[str]:
    """The names of something's arguments, of what its result has, and of the arguments of that."""
    yield from inspect.signature(of).parameters
    result = of if inspect.isclass(of) else result_of(of)
    for name in (name for name in dir(result) if not name.startswith("_")):
        method = getattr(result, name)
        yield f".{name}"
        if inspect.isfunction(method):
            yield from (f".{name}.{argument}" for argument in inspect.signature(method).parameters)


def result_of(function: Callable[..., Any]) -> Any:
    named = inspect.signature(function).return_annotation
    return vars(sys.modules[function.__module__]).get(named, getattr(blinplan, str(named), named))


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_can_be_said_in_python(command: str) -> None:
    options = [option.name for option in get_command(app).get_command(None, command).params]  # type: ignore[attr-defined]
    assert "colour" in options or command == "schema", "each command takes `ColourOption` of cli/app/options.py"
    there: set[str] = set()
    for name in FUNCTIONS.get(command, (command.replace("-", "_"),)):
        assert name in blinplan.__all__, f"`FUNCTIONS` says which function does what `blinplan {command}` does"
        there |= set(surface(getattr(blinplan, name)))
    names = {**EVERYWHERE, **OWN.get(command, {})}
    assert {option: names.get(option, option) for option in options if names.get(option, option) not in there} == {}
    assert set(OWN.get(command, {})) <= set(options)


SAME = {
    "patient": "Patient | Figures | None",
    "site": "str | Path | Site | None",
    "regimen": "RegimenSource",
    "path": "str | Path",
    "start": "datetime | str | None",
    "config": "str | Path | None",
    "executor": "Executor | None",
}
"""What everybody gives takes the same kinds wherever it is taken."""
OTHERWISE = {
    ("check", "site"),  # the path, which a configuration may name instead
    ("new_record", "regimen"),  # a name or a path, which the record names
    ("new_record", "start"),  # without which there is no record
    ("refuse_target", "path"),  # which the command line asks
    ("report", "path"),  # as above
}


def test_what_is_called_the_same_takes_the_same() -> None:
    """`simulate` took figures of a patient where `check` and `expand` refused them."""
    names = (ROOT / "tests" / "api" / "public_names.txt").read_text(encoding="utf-8")
    taken = {
        (function, argument, kinds.strip())
        for function, signature in re.findall(r"^ *(\w+)\((.*)\) -> ", names, flags=re.MULTILINE)
        for argument, kinds in re.findall(rf"\b({'|'.join(SAME)}): ([^=,]*)", signature)
    }
    assert {argument for _, argument, _ in taken} == set(SAME)
    assert {(function, argument) for function, argument, kinds in taken if kinds != SAME[argument]} == OTHERWISE
