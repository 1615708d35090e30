"""What is of no kind that an argument names is refused by its name; whole numbers of NumPy are taken."""

import inspect
import pickle
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import blinplan
from blinplan.api.kinds import with_kinds
from blinplan.regimen.build import Number
from tests.collection.grid import in_turn

STEP = blinplan.step("9 mcg/day", days=28)
CYCLE = blinplan.cycle(steps=STEP, treatment_free_days=14)
ODD = ("n" * 300, "n/" * 2500, "\ud800", "a\0b", "\x1b[31m")
"""Texts that can be no file's, neither its name nor in it, and one that a terminal obeys."""
OTHERS: tuple[object, ...] = (
    *ODD,
    None,
    True,
    5,
    2.5,
    "nope",
    b"nope",
    [5],
    [None],
    {"a": 1},
    object(),
    int,
    len,
    date(2026, 11, 2),
    datetime(2026, 11, 2, 10),  # noqa: DTZ001 - no zone is what a plan takes beside one
    timedelta(hours=6),
    Decimal("NaN"),
    Fraction(1, 3),
    Path("nope"),
    STEP,
    [STEP],
    np.datetime64("2026-11-02"),
    np.timedelta64(6, "h"),
    np.array([[1, 2]]),
)
"""A value of each kind that somebody could give: to most arguments the wrong one."""
SOUND: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "agenda": (("nowhere",), {}),
    "check": (("nowhere",), {"simulate": False}),
    "cycle": ((), {"steps": STEP, "treatment_free_days": 14}),
    "departure": (("because", "Topp"), {}),
    "diff": (("nhl-5", "nhl-15"), {}),
    "dose_by_age": (("12 mg",), {}),
    "due": (("methotrexate",), {"days": [1]}),
    "merge": (("nowhere",), {}),
    "merge_curves": (("nowhere",), {}),
    "merge_tables": (("nowhere.csv",), {}),
    "new": (("mine", "rr-adult"), {"title": "T"}),
    "new_record": (("rr-adult", "2026-11-02T10:00"), {}),
    "new_site": (("Ward", [24]), {}),
    "patient": ((70,), {}),
    "plan": (("rr-adult",), {"start": "2026-11-02T10:00", "time_zone": "Europe/Berlin"}),
    "premedication": (("dexamethasone", "20 mg"), {"before": ["cycle-start"]}),
    "regimen": (("mine",), {"cycles": CYCLE}),
    "rule": (("D202",), {}),
    "source": (("Topp",), {}),
    "step": (("9 mcg/day",), {"days": 7}),
    "values": (("adult_from",), {}),
    "verify": (("rr-adult",), {"at": "2026-11-03T12:00", "micrograms": 10, "total": 250, "rate": 10}),
    "waiver": (("D202", "because"), {}),
}
"""A call of each function that simulates nothing and needs more than a regimen, of what there is not where it reads."""
SIMULATING = {"compare", "curves", "delivered", "evidence", "report", "search", "sensitivity", "simulate", "sweep"}
"""Which are asked for what they refuse alone, since they would simulate what they take."""
NEEDED: dict[str, tuple[Any, ...]] = {
    "compare": ("nhl-5", "nhl-15"),
    "curves": ("nhl-5", "1d"),
    "search": ("nhl-5",),
    "sweep": ("nhl-5", {"dose": [5]}),
}
LEFT = {"executor", "progress", "add_waiver", "fix", "write_baseline"}
"""What has tests of its own, or writes."""


def _functions() -> list[str]:
    """Those that simulate nothing; of an executor, which is no value, others ask."""
    functions = {name for name in blinplan.__all__ if inspect.isfunction(getattr(blinplan, name))}
    return sorted(functions - SIMULATING - {"cluster_at"})


def _arguments() -> Iterator[tuple[str, str]]:
    for name in _functions():
        for argument in inspect.signature(getattr(blinplan, name)).parameters:
            if argument not in LEFT:
                yield name, argument


def _sound(name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A call that is none of a wrong kind: of what needs a regimen alone, of a shipped one."""
    parameters = inspect.signature(getattr(blinplan, name)).parameters.values()
    needs = [parameter for parameter in parameters if parameter.default is inspect.Parameter.empty]
    return SOUND.get(name, (("rr-adult",) if needs else (), {}))


def _call(name: str, argument: str, value: object, given: tuple[tuple[Any, ...], dict[str, Any]]) -> object:
    function: Callable[..., Any] = getattr(blinplan, name)
    parameters = list(inspect.signature(function).parameters.values())
    place = [parameter.name for parameter in parameters].index(argument)
    positional, named = given
    if parameters[place].kind is inspect.Parameter.VAR_POSITIONAL:
        return function(value, **named)
    if place < len(positional) and parameters[place].kind is not inspect.Parameter.KEYWORD_ONLY:
        return function(*positional[:place], value, *positional[place + 1 :], **named)
    return function(*positional, **{**named, argument: value})


@pytest.mark.parametrize(("of", "third"), in_turn([*_arguments()], range(3)), ids=str)
def test_whatever_is_given_is_taken_or_refused(
    of: tuple[str, str], third: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never by a fault: a refusal, or of what a regimen is built of, and of figures, a `ValueError` that says it."""
    monkeypatch.chdir(tmp_path)
    (name, argument), refused = of, list[Exception]()
    for value in OTHERS[third::3]:
        try:
            _call(name, argument, value, _sound(name))
        except (blinplan.Refusal, ValueError) as error:
            refused.append(error)
    assert refused, f"{argument} takes whatever it is given: `_hold` of regimen/build.py holds a key of the file"
    assert all(str(error) and str(error).replace("\n", "").isprintable() for error in refused)
    assert not any(isinstance(error, UnicodeError) for error in refused), f"{argument} is held by nothing"
    again: list[Exception] = pickle.loads(pickle.dumps(refused))  # noqa: S301 - our own, as a pool of workers sends it
    assert [(str(error), *vars(error)) for error in again] == [(str(error), *vars(error)) for error in refused]
    assert not list(tmp_path.iterdir())


def _places(name: str) -> Iterator[str]:
    """The arguments of a function that are files or folders, by its types."""
    for argument, annotation in inspect.signature(getattr(blinplan, name)).parameters.items():
        kinds = str(annotation.annotation)
        if "Path" in kinds or kinds == "PatientSource" or argument == "against":
            yield argument


class Nobody:
    """An executor that nothing may be given."""

    def submit(self, *_: object) -> Any:
        raise AssertionError("something was simulated")

    map = submit


@pytest.mark.parametrize("name", sorted(SIMULATING - {"evidence"}))
def test_what_no_file_can_be_called_is_refused_before_anything_is_simulated(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    more: dict[str, Any] = {"executor": Nobody()}
    if name == "search":
        more |= {"doses": [9], "minimise": "il6_peak"}
    for argument in _places(name):
        for odd in ODD[:-1]:
            with pytest.raises(blinplan.Refusal) as refused:
                _call(name, argument, odd, (NEEDED.get(name, ("nhl-5",)), more))
            assert str(refused.value).isprintable()
    assert not list(tmp_path.iterdir())


def _kinds_named(name: str) -> Iterator[tuple[str, object]]:
    """The arguments of a function that are texts, truths or lists by its types, and what is none of them."""
    annotations = getattr(blinplan, name).__annotations__
    for argument, annotation in annotations.items():
        if annotation in (bool, str) or str(annotation) in {"bool | None", "str | None", "str | pathlib.Path | None"}:
            yield argument, 5
        elif str(annotation).startswith("collections.abc.Sequence[str]"):
            yield argument, [5]


@pytest.mark.parametrize("name", sorted(SIMULATING))
def test_what_simulates_refuses_before_it_does(name: str) -> None:
    given: tuple[tuple[Any, ...], dict[str, Any]] = NEEDED.get(name, () if name == "evidence" else ("nhl-5",)), {}
    asked = [
        (argument, value) for argument, value in _kinds_named(name) if argument not in {*LEFT, "return", "regimen"}
    ]
    for argument, value in asked:
        if name == "search":
            given = given[0], {"doses": [9], "minimise": "il6_peak"}
        with pytest.raises(blinplan.Refusal, match=argument):
            _call(name, argument, value, given)
    assert asked


@pytest.mark.parametrize("kind", [np.int64, np.uint8, np.int32])
def test_a_whole_number_of_numpy_is_one(kind: type[Any]) -> None:
    """Loops over what NumPy and pandas hold give them: a check ended with status 3, a simulation in a traceback."""

    def told(number: Callable[[int], Any]) -> tuple[str, ...]:
        checked = blinplan.check("nhl-5", patients=number(20), seed=number(3), cache=False)
        return (
            blinplan.simulate("nhl-5", number(3), first=number(4), seed=number(2), by_day=[number(2)]).text("json"),
            blinplan.simulate("nhl-5", patients=number(3)).text("json"),
            checked.text("json"),
            str(blinplan.patient(70, 175, age=number(40))),
            blinplan.toml(blinplan.regimen("mine", cycles=CYCLE, due=blinplan.due("x", days=[number(1)]))),
        )

    assert told(kind) == told(int)


def test_lists_of_other_libraries_are_lists() -> None:
    for days in (np.array([2, 7.5]), (2, 7.5), iter([2, 7.5]), {2, 7.5}):
        found = blinplan.simulate("nhl-5", 3, by_day=days)  # type: ignore[arg-type]
        assert set(found.by_day["b_depleted_day"]) == {2, 7.5}


def test_a_list_without_anything_is_not_all() -> None:
    """As one that somebody chose from what there is: `select=[]` asked some rules, and `claims=[]` all claims."""
    for asked in (lambda: blinplan.check("nhl-5", select=[]), lambda: blinplan.evidence([])):
        with pytest.raises(blinplan.Refusal, match="names no"):
            asked()


@pytest.mark.parametrize(
    "call",
    [
        lambda: blinplan.simulate("nhl-5", None, by_day=[2]),
        lambda: blinplan.simulate("nhl-5", None, parameter_sets=2),
        lambda: blinplan.simulate("nhl-5", 3, sets="plausible"),
        lambda: blinplan.compare("nhl-5", "nhl-15", patients=3, sets="plausible"),
        lambda: blinplan.sweep("nhl-5", {"dose": [5]}, 3, sets="plausible"),
        lambda: blinplan.check("nhl-5", simulate=False, reason="because"),
        lambda: blinplan.check("nhl-5", simulate=False, expires="2030-01-01"),
        lambda: blinplan.new("mine", "rr-adult", source_status="seen"),
        lambda: blinplan.new("mine", "rr-adult", title="two\nlines"),
        lambda: blinplan.plan("rr-adult").text(models=2),
        lambda: blinplan.plan("rr-adult").text(patients="mine.csv"),
    ],
)
def test_what_would_have_no_effect_is_refused(call: Callable[[], object]) -> None:
    """Somebody asked for it, and would take it for done."""
    with pytest.raises(blinplan.Refusal):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda people: blinplan.simulate("nhl-5", people, population="adult-rr"),
        lambda people: blinplan.curves("nhl-5", "1d", people, population="adult-rr"),
        lambda people: blinplan.compare("nhl-5", "nhl-15", patients=people, population="adult-rr"),
        lambda people: blinplan.sweep("nhl-5", {"dose": [5]}, people, population="adult-rr"),
        lambda people: blinplan.sensitivity("nhl-5", patients=people, population="adult-rr"),
    ],
    ids=["simulate", "curves", "compare", "sweep", "sensitivity"],
)
def test_a_population_that_was_drawn_is_of_no_other(call: Callable[[object], object]) -> None:
    from blinplan.physiology import draw

    people = draw("child", 3, seed=1)
    with pytest.raises(blinplan.Refusal, match="of the population child, not adult-rr"):
        call(people)
    with pytest.raises(blinplan.Refusal, match="patients is a population of nobody"):
        call(people.select(slice(0)))


def test_methods_refuse_as_functions_do(tmp_path: Path) -> None:
    found = blinplan.simulate("nhl-5", None)
    planned = blinplan.plan("rr-adult")
    calls: list[Callable[[], object]] = [
        lambda: found.write(5),  # type: ignore[arg-type]
        lambda: found.figure(None),  # type: ignore[arg-type]
        lambda: found.bands("1", 2),  # type: ignore[arg-type]
        lambda: planned.write(None),  # type: ignore[arg-type]
        lambda: blinplan.model().nonmem(5),  # type: ignore[arg-type]
        lambda: blinplan.new_site("Ward", [24]).write(5),  # type: ignore[arg-type]
        lambda: blinplan.check(tmp_path, allow_empty=True).write(None, "json"),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(blinplan.Refusal) as refused:
            call()
        assert refused.value.advice.startswith("give ")


@pytest.mark.parametrize(
    ("annotation", "taken", "others"),
    [
        (str, ["a"], [None, 1, b"a", Path("a")]),
        (bool, [True, False], [None, 0, 1, "yes", np.True_]),
        (int, [1, 10**40, np.int8(1)], [None, True, 1.0, "1", Decimal(1)]),
        (float, [1, 1.5, np.float32(1.5), np.int64(1)], [None, True, "1.5", 1j]),
        (str | Path | None, ["a", Path("a"), None], [0, b"a", ["a"]]),
        (date | str, ["a", date(2026, 1, 1), datetime(2026, 1, 1)], [None, 2026]),  # noqa: DTZ001
        ("str | Nobody", ["a", 5, None], []),
        (Number, [1, 1.5, "1", Decimal(1), Fraction(1)], [None, True, [1], 1j]),
    ],
)
def test_a_kind_is_what_its_annotation_says(annotation: Any, taken: list[object], others: list[object]) -> None:
    def function(argument: Any) -> Any:
        return argument

    function.__annotations__["argument"] = annotation
    held = with_kinds(function)
    for value in taken:
        assert held(value) == value
        assert held(argument=value) == value
    for value in others:
        with pytest.raises(blinplan.Refusal, match="argument is "):
            held(value)
    with pytest.raises(TypeError, match="unexpected keyword argument 'arguement'"):
        held(arguement=5)  # type: ignore[call-arg]
