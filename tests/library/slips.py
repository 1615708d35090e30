"""More mistakes: steps that are there twice or once too often, units of other countries, keys that only look right."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from tests.library.mistakes import (
    MISTAKES,
    Change,
    amount,
    days,
    hold,
    investigational,
    last,
    length_path,
    mistake,
    of_last,
    plain,
    steps,
    steps_up,
    written,
)
from tests.library.styles import KEY, Path, Tree

__all__ = ["MISTAKES"]

ABOVE = "D203 D204 L001 S308"
"""What is said of a dose far above the label's, also of one that is held for an hour."""


def _with_dose(step: Tree, factor: str) -> Tree:
    """A copy of a step with another dose."""
    value, unit = amount(step)
    return {**deepcopy(step), "dose": f"{plain(round(value * Decimal(factor), 2))} {unit}"}


def _for_an_hour(step: Tree) -> Tree:
    return {**{key: value for key, value in step.items() if key not in {"days", "hours"}}, "hours": 1}


# --- steps ------------------------------------------------------------------------------------------------------------


@mistake("the first step twice", "L002 S302", error=True, anywhere=True)
def _first_twice(tree: Tree) -> Path:
    steps(tree).insert(0, deepcopy(steps(tree)[0]))
    return ("cycle", 0, "steps", 0)


@mistake("the last step twice", "S302", error=True, anywhere=True)
def _last_twice(tree: Tree) -> Path:
    steps(tree).append(deepcopy(steps(tree)[-1]))
    return ("cycle", 0, "steps", len(steps(tree)) - 1)


@mistake("a step of no length", "F004", error=True)
def _no_length(tree: Tree) -> Path:
    hold(steps(tree)[0], 0)
    return length_path(steps(tree)[0], 0, 0)


@mistake("an hour at ten times before the first step", ABOVE, error=True, beside="S302 D209 D207 S305", anywhere=True)
def _hour_before(tree: Tree) -> Path:
    steps(tree).insert(0, _for_an_hour(_with_dose(steps(tree)[0], "10")))
    return ("cycle", 0, "steps", 0, "dose")


@mistake("an hour at twice the dose at the end", ABOVE, error=True, beside="S302 S305", anywhere=True)
def _hour_after(tree: Tree) -> Path:
    steps(tree).append(_for_an_hour(_with_dose(steps(tree)[-1], "2")))
    return ("cycle", 0, "steps", len(steps(tree)) - 1, "dose")


@mistake("a quarter of the dose in the last week", "L001", error=True, beside="D209", anywhere=True)
def _down(tree: Tree) -> Path:
    full = steps(tree)[-1]
    low = _with_dose(full, "0.25")
    hold(low, 7)
    hold(full, int(days(full)) - 7)
    steps(tree).append(low)
    return ("cycle", 0, "steps", len(steps(tree)) - 1, "dose")


@mistake("the low step in cycle 2 too", "D208", error=True, beside="S305", anywhere=True)
def _low_again(tree: Tree) -> Path | None:
    if not last(tree) or not steps_up(tree):
        return None
    tree["cycle"][1]["steps"] = deepcopy(steps(tree))
    return ("cycle", 1, "steps", 0, "dose")


def _in_two(factor: str, rest: int) -> Change:
    """Give the last cycle another dose in its last days."""

    def change(tree: Tree) -> Path | None:
        number = of_last(tree)
        if number > last(tree) or len(steps(tree, number)) > 1:
            return None
        (step,) = steps(tree, number)
        second = _with_dose(step, factor)
        hold(second, rest)
        hold(step, int(days(step)) - rest)
        steps(tree, number).append(second)
        return ("cycle", number, "steps", 1, "dose")

    return change


mistake("the second half of the last cycle at a tenth", "L001", error=True, beside="D209", anywhere=True)(
    _in_two("0.1", 14)
)
mistake("ten times in the last two days of the last cycle", ABOVE, error=True, beside="D209", anywhere=True)(
    _in_two("10", 2)
)
mistake("twice the dose in the second half of the last cycle", ABOVE, error=True, anywhere=True)(_in_two("2", 14))


# --- doses and numbers as others write them ---------------------------------------------------------------------------

_WRITTEN = {
    "a blank before the stroke": lambda n, u: f"{n} {u.replace('/', ' /', 1)}",
    "two blanks": lambda n, u: f"{n}  {u}",
    "a blank at the end": lambda n, u: f"{n} {u} ",
    "capital letters": lambda n, u: f"{n} {u.upper()}",
    "an exponent": lambda n, u: f"{n}e0 {u}",
    "wide digits": lambda n, u: f"{n.translate({48 + d: 0xFF10 + d for d in range(10)})} {u}",
    "Arabic digits": lambda n, u: f"{n.translate({48 + d: 0x660 + d for d in range(10)})} {u}",
    "a minus sign": lambda n, u: f"\u2212{n} {u}",
    "a plus": lambda n, u: f"+{n} {u}",
    "a blank that does not break": lambda n, u: f"{n}\u00a0{u}",
    "a blank of no width": lambda n, u: f"{n}\u200b {u}",
    "a blank between digits": lambda n, u: f"{n[0]} {n[1:] or 0} {u}",
    "an apostrophe between thousands": lambda n, u: f"{n}'000 {u}",
    "a range": lambda n, u: f"1-{n} {u}",
    "plus or minus": lambda n, u: f"{n} ± 2 {u}",
    "about": lambda n, u: f"~{n} {u}",
    "a leading zero": lambda n, u: f"0{n} {u}",
    "nothing behind the point": lambda n, u: f"{n}. {u}",
    "a week": lambda n, u: f"{n} {u.replace('day', 'week')}",
    "a minute": lambda n, u: f"{n} {u.replace('day', 'min')}",
    "a cycle": lambda n, u: f"{n} {u.replace('day', 'cycle')}",
    "units": lambda n, u: f"{n} {u.replace('mcg', 'IU')}",
    "daily": lambda n, u: f"{n} {u.replace('/day', ' daily')}",
    "once a day": lambda n, u: f"{n} {u.replace('/day', ' OD')}",
    "a caret": lambda n, u: f"{n} mcg/m^2/day",
    "hexadecimal": lambda n, u: f"0x{int(Decimal(n)):X} {u}",
}
for _kind, _text in _WRITTEN.items():
    mistake(f"a dose with {_kind}", "F008 N104", error=True)(written(_text))
mistake("a dose of next to nothing", "L001 D201 D202", error=True, beside="D209", anywhere=True)(
    written(lambda _, u: f"0.0000001 {u}")
)


def _length(value: Any) -> Change:
    def change(tree: Tree) -> Path:
        step = steps(tree)[0]
        step.pop("hours", None)
        step["days"] = value
        return ("cycle", 0, "steps", 0, "days")

    return change


for _kind, _value in (("a number with a point", Decimal("7.0")), ("true", True), ("ten years", 3651)):
    mistake(f"a length that is {_kind}", "F004", error=True)(_length(_value))


@mistake("minutes where hours are meant", "F004", error=True)
def _minutes(tree: Tree) -> Path:
    step = steps(tree)[0]
    held = int(days(step))
    step.pop("days", None)
    step["hours"] = held * 24 * 60
    return ("cycle", 0, "steps", 0, "hours")


# --- keys and tables --------------------------------------------------------------------------------------------------


def _key(old: str, new: str) -> Change:
    def change(tree: Tree) -> Path | None:
        step = steps(tree)[-1]
        if old not in step:
            return None
        entries = [(new if key == old else key, value) for key, value in step.items()]
        step.clear()
        step.update(entries)
        return ("cycle", 0, "steps", len(steps(tree)) - 1, new, KEY)

    return change


for _old, _new in (("dose", "Dose"), ("max", "cap"), ("max", "Max"), ("days", "weeks"), ("days", "minutes")):
    mistake(f"the key {_new} for {_old}", "F002", error=True, beside="F003 D205", anywhere=True)(_key(_old, _new))


# --- premedication and hospital ---------------------------------------------------------------------------------------


def _group(tree: Tree, patients: str) -> tuple[int, Tree] | None:
    given = tree.get("premedication")
    tables = given if isinstance(given, list) else []
    return next(((n, one) for n, one in enumerate(tables) if one.get("patients") == patients), None)


def _premedication(patients: str, key: str, value: Any) -> Change:
    def change(tree: Tree) -> Path | None:
        found = _group(tree, patients)
        if found is None:
            return None
        number, table = found
        table[key] = f"{table[key]}{value}" if value == "/m2" else value
        return ("premedication", number, key)

    return change


mistake("an adult's premedication by area", "C605", error=True)(_premedication("adults", "dose", "/m2"))
mistake("a child's premedication at the adult's number", "C605", error=True, anywhere=True)(
    _premedication("children", "dose", "20 mg/m2")
)
mistake("premedication a day before", "C605", error=True, anywhere=True)(
    _premedication("adults", "minutes_before", 1440)
)
mistake("premedication before nothing", "F004", error=True)(_premedication("adults", "before", []))


@mistake("premedication of the two groups the wrong way round", "C605", error=True, beside="C603", anywhere=True)
def _wrong_way(tree: Tree) -> Path | None:
    adults, children = _group(tree, "adults"), _group(tree, "children")
    if adults is None or children is None:
        return None
    adults[1]["patients"], children[1]["patients"] = "children", "adults"
    return ("premedication", adults[0], "dose")


def _hospital(*lengths: int, hours: bool = False) -> Change:
    def change(tree: Tree) -> Path | None:
        known = tree.get("monitoring", {}).get("hospital_days")
        if not known or (len(lengths) > 2 and sum(one.get("repeat", 1) for one in tree["cycle"]) < len(lengths)):
            return None
        tree["monitoring"]["hospital_days"] = [24 * one for one in known] if hours else list(lengths)
        return ("monitoring", "hospital_days", len(lengths) - 1 if lengths else 0)

    return change


mistake("days in hospital in hours", "C606 F004", error=True, anywhere=True)(_hospital(hours=True))
mistake("three weeks in hospital in cycle 3", "C606")(_hospital(9, 2, 21))
mistake("called investigational, naming the label's, and a day in hospital", "C604", error=True)(
    investigational(_hospital(1), names=True)
)
mistake("called investigational, naming the label's, and forty days in hospital", "C606")(
    investigational(_hospital(40), names=True)
)
