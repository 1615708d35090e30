"""What is no regimen and what is no patient is refused by every function that takes one, and never a traceback."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

import blinplan
from blinplan.course.patient import PatientError

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
@pytest.mark.parametrize("given", [None, 5, b"rr-adult", ["rr-adult"], {"name": "rr-adult"}, 3.5], ids=repr)
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


def test_figures_are_a_patient_wherever_one_is() -> None:
    figures = blinplan.Figures(weight=38, height="150.5", formula="dubois", age="8 years")  # type: ignore[arg-type]
    who = blinplan.patient(38, "150.5", formula="dubois", age="8 years")  # type: ignore[arg-type]
    assert blinplan.expand("rr-below-45-kg", figures) == blinplan.expand("rr-below-45-kg", who)
    checked = [blinplan.check("rr-below-45-kg", patient=one, simulate=False) for one in (figures, who)]
    assert checked[0].text("json") == checked[1].text("json")
    assert checked[0].text("json") != blinplan.check("rr-below-45-kg", simulate=False).text("json")
    for call in (blinplan.expand, lambda of, patient: blinplan.check(of, patient=patient, simulate=False)):
        with pytest.raises(blinplan.Refusal, match="weight is -4 kg"):
            call("rr-adult", blinplan.Figures(weight=-4))


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
    assert repr(blinplan.check("rr-adult", "nope", "nor-this", simulate=False)).endswith(
        "1 regimen, no findings, 2 not found, status 2>"
    )


def _kinds_of_text() -> Iterator[Any]:
    """The results that are written in several formats."""
    for name in blinplan.__all__:
        text = getattr(getattr(blinplan, name), "text", None)
        if inspect.isfunction(text) and "output_format" in inspect.signature(text).parameters:
            yield getattr(blinplan, name)


def _asked_of(kind: Any) -> Any:
    """Nothing to write; and of a plan, which looks in another place, that place."""
    looks = getattr(kind, "refuse_contradictions", None)
    return None if looks is None else SimpleNamespace(refuse_contradictions=partial(looks, None))


@pytest.mark.parametrize("kind", list(_kinds_of_text()), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("given", ["pdf", "TABLE", "", 5], ids=repr)
def test_a_format_that_there_is_not_is_refused_with_those_that_there_are(kind: Any, given: object) -> None:
    """It is looked at before anything that is written."""
    with pytest.raises(blinplan.Refusal, match="output_format is ") as refused:
        kind.text(_asked_of(kind), given)
    assert "json" in refused.value.advice


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"weight": "heavy"}, "weight is 'heavy', which is no number"),
        ({"weight": float("nan")}, "weight is nan, which is no number"),
        ({"height": float("inf")}, "height is inf, which is no number"),
        ({"area": True}, "area is True, which is no number"),
        ({"weight": [70]}, "weight is [70], which is no number"),
        ({"age": 3.5}, "3.5 is not an age: an age is completed years"),
        ({"age": True}, "True is not an age"),
    ],
)
def test_a_figure_that_is_no_number_is_told_by_its_name(given: dict[str, Any], says: str) -> None:
    with pytest.raises(PatientError) as refused:
        blinplan.patient(**given)
    assert says in str(refused.value)


@pytest.mark.parametrize("function", ["check", "report"])
@pytest.mark.parametrize("today", ["soon", "2026-13-01", "1066-10-14", 20261130], ids=repr)
def test_a_day_that_is_none_is_refused(function: str, today: object) -> None:
    with pytest.raises(blinplan.Refusal, match="today is "):
        CALLS[function]("rr-adult", today=today)


def test_a_day_is_a_date_or_a_text() -> None:
    texts = {blinplan.check("rr-adult", today=day).text("json") for day in ("2026-11-02", date(2026, 11, 2))}
    assert len(texts) == 1


@pytest.mark.parametrize("given", [5, [5], [None]], ids=repr)
def test_what_is_no_text_is_no_endpoint(given: object) -> None:
    with pytest.raises(blinplan.Refusal, match="endpoints "):
        blinplan.simulate("rr-adult", 5, endpoints=given)  # type: ignore[arg-type]
