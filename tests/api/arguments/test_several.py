"""What takes several things in a list takes no text for its letters: `ignore="ALL"` would be A, L and L."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

import blinplan
from blinplan.refusal import Refusal

ONE_TEXT = {"endpoints", "parameters"}
"""What a text may be given for, which stands for itself: what it names is several words or one."""
NEEDED: dict[str, dict[str, Any]] = {
    "check": {"simulate": False, "isolated": True},
    "compare": {"patients": 2},
    "new": {"title": "T", "indication": "investigational", "source": "A protocol", "cycles": 1, "free_days": 14},
    "new_site": {"bags": [24]},
    "premedication": {"drug": "dexamethasone", "dose": "20 mg", "minutes_before": 60},
    "due": {"kind": "other", "what": "x", "days": [1]},
    "regimen": {
        "cycles": [blinplan.cycle(steps=[blinplan.step("9 mcg/day", days=28)], treatment_free_days=14)],
        "sources": blinplan.source("none", status="seen"),
        "title": "T",
        "indication": "investigational",
    },
    "report": {"patients": 50},
    "search": {"doses": [9, 28], "minimise": "il6_peak"},
    "sensitivity": {"patients": 2, "endpoints": ["il6_peak"]},
    "simulate": {"patients": 2},
    "sweep": {"vary": {"cycle.1.step.1.dose": [9]}, "patients": 2},
    "evidence": {"patients": 50},
}
FIRST: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("check", "report", "search", "sensitivity", "simulate", "sweep"), ("rr-adult",)),
    "compare": ("rr-adult", "nhl-5"),
    "new": ("mine",),
    "new_site": ("Ward 7",),
    "regimen": ("mine",),
}
"""What a function needs before that."""


def lists() -> Iterator[tuple[str, str]]:
    """Every argument of a function that takes several things and no text, as far as its type says."""
    for name in blinplan.__all__:
        function = getattr(blinplan, name)
        for one in inspect.signature(function).parameters.values() if inspect.isfunction(function) else ():
            kinds = str(one.annotation)
            is_several = "Sequence[" in kinds or "Iterable[" in kinds
            if is_several and not kinds.startswith(("str |", "blinplan.")) and one.name not in ONE_TEXT:
                yield name, one.name


LISTS = list(lists())


def test_there_are_such_arguments() -> None:
    assert {("check", "select"), ("new_site", "bags"), ("simulate", "by_day"), ("due", "days")} <= set(LISTS)


@pytest.mark.parametrize("given", ["24", 24])
@pytest.mark.parametrize(("function", "argument"), LISTS)
def test_a_text_or_a_number_where_several_are_meant_is_refused_by_the_name_of_the_argument(
    function: str, argument: str, given: object
) -> None:
    asked = {**NEEDED.get(function, {}), argument: given}
    with pytest.raises((Refusal, ValueError), match=argument):
        getattr(blinplan, function)(*FIRST.get(function, ()), **asked)


@pytest.mark.parametrize("figure", ["4", 4.5, True, "4\nlabel = 7"])
def test_a_figure_of_a_site_is_a_whole_number(figure: Any) -> None:
    with pytest.raises(Refusal, match="prepared_hours_before"):
        blinplan.new_site("Ward 7", [24], prepared_hours_before=figure)
