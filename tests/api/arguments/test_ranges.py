"""A number that no option takes is none that its argument takes, and is told by the name of the argument."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import blinplan
from blinplan.api.planning.delivered import delivered_of
from tests.cli.app.option_ends import End, ends

SEARCH: dict[str, Any] = {"doses": [9, 28], "minimise": "il6_peak"}
START = "2026-12-01T10:00+01:00"
Calls = dict[str, Callable[..., Any]]


def _delivered(**given: Any) -> object:
    wanted = {"patients": 20, "seed": 1, "models": 0} | given
    return delivered_of(None, repr, executor=None, progress=None, **wanted)  # type: ignore[arg-type]


def _figure(of: type[Any]) -> Callable[..., Any]:
    """Draws what there is none of: how wide it is to be is looked at first."""
    return lambda width: of.figure(None, Path("figure.svg"), width=width)


FUNCTIONS: Calls = {
    "check": lambda **given: blinplan.check("rr-adult", **given),
    "simulate": lambda **given: blinplan.simulate("rr-adult", **given),
    "compare": lambda **given: blinplan.compare("rr-adult", "nhl-5", **given),
    "diff": lambda **given: blinplan.diff("rr-adult", "nhl-5").compare(**given),
    "sweep": lambda **given: blinplan.sweep("nhl-5", {"dose": [5, 15]}, **given),
    "search": lambda **given: blinplan.search("rr-adult", **SEARCH, **given),
    "sensitivity": lambda **given: blinplan.sensitivity("rr-adult", **{"patients": 5, **given}),
    "plan": _delivered,
    "due": lambda **given: blinplan.agenda(".", **given),
    "new": lambda **given: blinplan.new("mine", **given),
    "report": lambda **given: blinplan.report("rr-adult", **given),
    "evidence": blinplan.evidence,
}
FIGURES: Calls = {
    "simulate": _figure(blinplan.SimulationResult),
    "compare": _figure(blinplan.ComparisonResult),
    "sweep": _figure(blinplan.SweepResult),
    "search": _figure(blinplan.SearchResult),
    "sensitivity": _figure(blinplan.SensitivityResult),
}
PLANS: Calls = {
    "--revision": lambda revision: blinplan.plan("rr-adult", start=START).text("ics", revision=revision),
    "--cycle": lambda cycle: blinplan.plan("rr-adult", cycle=cycle),
}
MODELS = ("check", "plan", "report")
"""Where the sets of parameters are the models under which something is judged or shown again."""


def _argument(end: End) -> str:
    name = end.option.removeprefix("--").replace("-", "_")
    sets = "sets" if end.command == "search" else "models" if end.command in MODELS else "parameter_sets"
    return {"sets": sets, "figure_width": "width"}.get(name, name)


def _function(end: End) -> Callable[..., Any]:
    if end.option == "--figure-width":
        return FIGURES[end.command]
    if end.command == "plan" and end.option in PLANS:
        return PLANS[end.option]
    return FUNCTIONS[end.command]


def _is_another_thing(end: End) -> bool:
    """Threads are an executor in Python, and no sets at all are what is asked for without any."""
    return end.option == "--threads" or (end.option == "--sets" and end.beyond == 0)


@pytest.mark.parametrize("end", [end for end in ends() if not _is_another_thing(end)], ids=str)
def test_an_argument_takes_nothing_beyond_the_ends_of_its_option(end: End) -> None:
    name = _argument(end)
    with pytest.raises(blinplan.Refusal) as refused:
        _function(end)(**{name: end.beyond})
    assert str(refused.value).startswith((f"{name} is {end.beyond:,}", f"{name} is {end.beyond}"))


@pytest.mark.parametrize("name", ["patients", "seed", "follow_up", "first", "parameter_sets"])
@pytest.mark.parametrize("value", [2.0, True, "many", None])
def test_what_is_no_whole_number_is_refused(name: str, value: object) -> None:
    if (name, value) in {("patients", None), ("patients", "many")}:  # the typical patient, and a file
        return
    with pytest.raises(blinplan.Refusal, match=name):
        blinplan.simulate("rr-adult", **{"patients": 5, name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("command", ["simulate", "compare", "sweep", "search", "sensitivity", "evidence", "check"])
@pytest.mark.parametrize("executor", [2, "threads", object()])
def test_what_runs_nothing_is_no_executor(command: str, executor: object) -> None:
    few: dict[str, Any] = {} if command == "search" else {"patients": 50}
    with pytest.raises(blinplan.Refusal, match="executor is "):
        FUNCTIONS[command](executor=executor, **few)
