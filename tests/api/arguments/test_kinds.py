"""What is no regimen and what is no patient is refused by every function that takes one, and never a traceback."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import blinplan

ASKED: dict[str, dict[str, Any]] = {
    "check": {},
    "curves": {"every": "1d"},
    "expand": {},
    "load": {},
    "plan": {},
    "report": {},
    "search": {"doses": [9], "minimise": "il6_peak"},
    "sensitivity": {},
    "simulate": {},
    "sweep": {"vary": {"dose": [5]}},
    "toml": {},
}
"""The functions of one regimen, and what they need besides."""
PAIRED = ("compare", "diff")


def _calls() -> dict[str, Callable[..., Any]]:
    alone = {name: (lambda of, name=name, **more: getattr(blinplan, name)(of, **ASKED[name], **more)) for name in ASKED}
    pairs = {name: (lambda of, name=name, **more: getattr(blinplan, name)("nhl-5", of, **more)) for name in PAIRED}
    return {**alone, **pairs, "sbml": lambda of: blinplan.model().sbml(of)}


CALLS = _calls()


@pytest.mark.parametrize("function", CALLS)
@pytest.mark.parametrize("given", [None, 5, b"rr-adult", ["rr-adult"], {"name": "rr-adult"}, object()], ids=repr)
def test_what_is_no_regimen_is_refused(function: str, given: object) -> None:
    if (function, given) == ("diff", None):  # which is one alone beside what it was
        return
    with pytest.raises(blinplan.Refusal, match="is no regimen"):
        CALLS[function](given)


def test_a_course_is_no_regimen_and_has_one() -> None:
    course = blinplan.expand("rr-adult")
    with pytest.raises(blinplan.Refusal) as refused:
        blinplan.simulate(course)  # type: ignore[arg-type]
    assert "`course.regimen` of a course" in refused.value.advice
    assert blinplan.toml(course.regimen) == blinplan.toml("rr-adult")


@pytest.mark.parametrize("function", [name for name in CALLS if name not in {"load", "toml", "sbml"}])
@pytest.mark.parametrize("given", [70, "70", (70, 175), {"weight": 70}], ids=repr)
def test_what_is_no_patient_is_refused(function: str, given: object) -> None:
    with pytest.raises(blinplan.Refusal, match="is no patient"):
        CALLS[function]("rr-adult", patient=given)


def test_each_part_of_a_regimen_and_a_patient_say_themselves_in_a_line() -> None:
    regimen = blinplan.load("rr-adult")
    assert [repr(cycle) for cycle in regimen.cycles] == [
        "<Cycle Induction 1: 9 to 28 mcg/day over 28 days, 14 days free>",
        "<Cycle Induction 2: 28 mcg/day over 28 days, 14 days free>",
        "<Cycle Consolidation: 28 mcg/day over 28 days, 14 days free, 3 times>",
    ]
    assert repr(regimen.cycles[0].steps) == "(<Step: 9 mcg/day, 7 days>, <Step: 28 mcg/day, 21 days>)"
    capped = blinplan.load("rr-below-45-kg")
    assert repr(capped.cycles[0].steps[0]) == "<Step: 5 mcg/m²/day, at most 9 mcg/day, 7 days>"
    assert repr(replace(regimen.cycles[1], optional=True, name="")) == (
        "<Cycle: 28 mcg/day over 28 days, 14 days free, optional>"
    )
    assert repr(blinplan.patient()) == "<Patient: nothing known>"
    assert repr(blinplan.patient(weight="70.5", height=175, age=40)) == (
        "<Patient: 70.5 kg, 175 cm, 1.851 m² (Mosteller), 40 years>"
    )


def test_a_check_says_how_many_were_not_found() -> None:
    assert repr(blinplan.check("rr-adult", "nope", "nor-this")).endswith(
        "1 regimen, no findings, 2 not found, status 2>"
    )
