"""Mistakes that people make when they write a regimen, and what a pharmacist expects to hear of each.

Each changes one place of a regimen that is right. It names the place, the codes of which one is expected there, and
whether the file has to fail the gate as it is by default: it has to where a patient would get something else by more
than the sizes that labels' differences are judged by (doses beyond two thirds and one and a half times, half a first
step, half an interval, half a cycle).
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.library.styles import KEY, Path, Tree

Change = Callable[[Tree], Path | None]
"""Makes the mistake in a tree, and says where; None where the regimen has no place for it."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A kind of mistake: what was done, how it is made, and what should be said of it there."""

    kind: str
    change: Change
    codes: frozenset[str]
    error: bool | None
    beside: frozenset[str]
    anywhere: bool
    also: frozenset[str]


MISTAKES: dict[str, Mistake] = {}


def mistake(
    kind: str, codes: str, *, error: bool | None = False, beside: str = "", anywhere: bool = False, also: str = ""
) -> Callable[[Change], Change]:
    """Add a kind: `error` None where either is right; `beside` are codes that may be told besides, and `also` those
    that have to; `anywhere` where more than one place shows it."""

    def add(change: Change) -> Change:
        assert kind not in MISTAKES
        told, besides, needed = (frozenset(text.split()) for text in (codes, beside, also))
        MISTAKES[kind] = Mistake(kind, change, told, error, besides, anywhere, needed)
        return change

    return add


# --- the parts of a regimen -----------------------------------------------------------------------------------------


def steps(tree: Tree, cycle: int = 0) -> list[Tree]:
    """The steps of a cycle."""
    found: list[Tree] = tree["cycle"][cycle]["steps"]
    return found


def amount(step: Tree) -> tuple[Decimal, str]:
    """The number of a dose, and its unit."""
    value, unit = step["dose"].split(" ")
    return Decimal(value), unit


def days(step: Tree) -> Decimal:
    """How long a step is held."""
    return Decimal(step["days"]) if "days" in step else Decimal(step["hours"]) / 24


def hold(step: Tree, length: int) -> None:
    """Hold a step for so many days, as it counts them."""
    if "days" in step:
        step["days"] = length
    else:
        step["hours"] = length * 24


def length_path(step: Tree, cycle: int, place: int) -> Path:
    """Where the length of a step stands."""
    return ("cycle", cycle, "steps", place, length_key(step))


def length_key(step: Tree) -> str:
    """How the step counts its length."""
    return "days" if "days" in step else "hours"


def steps_up(tree: Tree) -> bool:
    """Whether the first cycle begins with a low step."""
    return len(steps(tree)) == 2


def by_area(tree: Tree) -> bool:
    """Whether doses are counted by body surface area."""
    return bool(tree["dosing"]["basis"] == "bsa")


def last(tree: Tree) -> int:
    """The last cycle's place."""
    return len(tree["cycle"]) - 1


def of_last(tree: Tree) -> int:
    """The last cycle's place, and one that there is not where there is only one cycle."""
    return max(1, last(tree))


def plain(value: Decimal) -> str:
    """A number without a trailing zero."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def times(
    factor: str, *, cycle: int | Callable[[Tree], int] = 0, place: int = -1, low_step: bool | None = None
) -> Change:
    """Multiply a dose."""

    def change(tree: Tree) -> Path | None:
        number = cycle(tree) if callable(cycle) else cycle
        if number >= len(tree["cycle"]) or (low_step is not None and steps_up(tree) is not low_step):
            return None
        of = steps(tree, number)
        index = place % len(of)
        value, unit = amount(of[index])
        of[index]["dose"] = f"{plain(round(value * Decimal(factor), 1))} {unit}"
        return ("cycle", number, "steps", index, "dose")

    return change


def written(text: Callable[[str, str], str], *, place: int = -1) -> Change:
    """Write the dose of a step of the first cycle in another way, from its number and unit."""

    def change(tree: Tree) -> Path:
        of = steps(tree)
        index = place % len(of)
        of[index]["dose"] = text(*of[index]["dose"].split(" "))
        return ("cycle", 0, "steps", index, "dose")

    return change


def at(path: Path, value: Any) -> Change:
    """Set a value that is there."""

    def change(tree: Tree) -> Path | None:
        table: Any = tree
        try:
            for part in path[:-1]:
                table = table[part]
            if table[path[-1]] == value:
                return None
        except (KeyError, IndexError):
            return None
        table[path[-1]] = value
        return path

    return change


def slipped(path: Path, word: str, slip: str) -> Change:
    """Write a word that is there with a slip of the pen."""

    def change(tree: Tree) -> Path | None:
        around: Any = tree
        for part in path[:-1]:
            around = around[part]
        return at(path, slip)(tree) if around.get(path[-1]) == word else None

    return change


# --- doses ----------------------------------------------------------------------------------------------------------

ABOVE, BELOW = "L001 D203 D204 D207", "L001 D201 D202"

for _kind, _factor, _codes, _error in (
    ("a first step of ten times", "10", ABOVE, True),
    ("a first step of a tenth", "0.1", BELOW, True),
    ("a first step of twice", "2", ABOVE, True),
    ("a first step of half", "0.5", BELOW, True),
    ("a first step of a little more", "1.1", ABOVE, False),
    ("a first step of a little less", "0.9", BELOW, False),
):
    mistake(_kind, _codes, error=_error)(times(_factor, place=0, low_step=True))

for _kind, _factor, _codes, _error in (
    ("a full dose of ten times", "10", ABOVE, True),
    ("a full dose of a tenth", "0.1", BELOW, True),
    ("a full dose of 1.6 times", "1.6", ABOVE, True),
    ("a full dose of 0.64 times", "0.64", BELOW, True),
    ("a full dose of 1.4 times", "1.4", ABOVE, False),
    ("a full dose of 0.8 times", "0.8", BELOW, False),
    ("a full dose of a little more", "1.1", ABOVE, False),
):
    mistake(_kind, _codes, error=_error, beside="D209")(times(_factor))

for _kind, _factor, _codes, _error in (
    ("a later cycle at ten times", "10", ABOVE, True),
    ("a later cycle at a tenth", "0.1", BELOW, True),
    ("a later cycle at six times", "6", ABOVE, True),
    ("a later cycle at half", "0.5", BELOW, True),
    ("a later cycle at three quarters", "0.75", BELOW, False),
    ("a later cycle at one and a third", "1.3", ABOVE, False),
):
    mistake(_kind, _codes, error=_error)(times(_factor, cycle=of_last))


@mistake("the first step's dose in a later cycle", BELOW, error=True)
def _low_later(tree: Tree) -> Path | None:
    if not steps_up(tree):
        return None
    steps(tree, last(tree))[0]["dose"] = steps(tree)[0]["dose"]
    return ("cycle", last(tree), "steps", 0, "dose")


@mistake("the full dose from the first day", "D207", error=True)
def full_from_the_first_day(tree: Tree) -> Path | None:
    """Give the full dose in place of the low first step."""
    if not steps_up(tree):
        return None
    steps(tree)[0]["dose"] = steps(tree)[1]["dose"]
    return ("cycle", 0, "steps", 0, "dose")


@mistake("the low dose all through cycle 1", BELOW, error=True)
def _never_up(tree: Tree) -> Path | None:
    if not steps_up(tree):
        return None
    steps(tree)[1]["dose"] = steps(tree)[0]["dose"]
    return ("cycle", 0, "steps", 1, "dose")


@mistake("the two steps in the wrong order", "D207", error=True, beside="L001 D209 D205")
def _wrong_order(tree: Tree) -> Path | None:
    if not steps_up(tree):
        return None
    low, full = steps(tree)
    low["dose"], full["dose"] = full["dose"], low["dose"]
    return ("cycle", 0, "steps", 0, "dose")


@mistake("a low step where none is meant", "D208 L001", error=True, beside="C604")
def _step_without_label(tree: Tree) -> Path | None:
    if steps_up(tree):
        return None
    full = steps(tree)[0]
    value, unit = amount(full)
    low = {**full, "dose": f"{plain(round(value / 3, 0))} {unit}"}
    hold(low, 7)
    hold(full, 21)
    tree["cycle"][0]["steps"] = [low, full]
    return ("cycle", 0, "steps", 0, "dose")


@mistake("a third step of twice the dose", ABOVE, error=True, beside="C604")
def _third_step(tree: Tree) -> Path | None:
    of = steps(tree)
    value, unit = amount(of[-1])
    higher = {**of[-1], "dose": f"{plain(value * 2)} {unit}"}
    hold(of[-1], int(days(of[-1])) - 7)
    hold(higher, 7)
    of.append(higher)
    return ("cycle", 0, "steps", len(of) - 1, "dose")


# --- how doses are written ------------------------------------------------------------------------------------------

mistake("milligrams for micrograms", "N106 N104", error=True)(written(lambda n, u: f"{n} {u.replace('mcg', 'mg')}"))
mistake("a thousand times the number", "N106", error=True)(written(lambda n, u: f"{n}000 {u}"))
mistake("a thousand times, with a comma", "N106 F004", error=True)(written(lambda n, u: f"{n},000 {u}"))
mistake("a thousand times the first step", "N106", error=True)(written(lambda n, u: f"{n}000 {u}", place=0))
mistake("a dose without unit", "N104 F004", error=True)(written(lambda n, _: n))
mistake("a dose that is no rate", "N104 F004", error=True)(written(lambda n, u: f"{n} {u.removesuffix('/day')}"))
mistake("a dose in an hour", "N104 F004 D203 D204 N106", error=True)(
    written(lambda n, u: f"{n} {u.replace('day', 'h')}")
)
mistake("a dose by weight", "N104 F004", error=True)(written(lambda n, _: f"{n} mcg/kg/day"))
mistake("a dose in nanograms", "N104 F004", error=True)(written(lambda n, u: f"{n} {u.replace('mcg', 'ng')}"))
mistake("a decimal comma", "N104 F004", error=True)(written(lambda n, u: f"{n},5 {u}"))
mistake("a negative dose", "N104 F004", error=True)(written(lambda n, u: f"-{n} {u}"))
mistake("no dose", "N104 F004 D201 L001", error=True)(written(lambda _, u: f"0 {u}"))
mistake("the letter O for zero", "N104 F004", error=True)(written(lambda n, u: f"{n[:-1]}O {u}"))
mistake("the sign for micro", "N101")(written(lambda n, u: f"{n} {u.replace('mcg', 'µg')}"))
mistake("ug for mcg", "N101")(written(lambda n, u: f"{n} {u.replace('mcg', 'ug')}"))
mistake("a trailing zero", "N102")(written(lambda n, u: f"{n}.0 {u}"))
mistake("d for day", "N105")(written(lambda n, u: f"{n} {u.replace('day', 'd')}"))
mistake("no space before the unit", "N107")(written(lambda n, u: f"{n}{u}"))


@mistake("no square metre in the unit", "D210 F007", error=True)
def _no_area(tree: Tree) -> Path | None:
    if not by_area(tree):
        return None
    steps(tree)[0]["dose"] = steps(tree)[0]["dose"].replace("/m2", "")
    return ("cycle", 0, "steps", 0, "dose")


@mistake("a square metre too many in the unit", "D210 F007", error=True)
def _area_too_many(tree: Tree) -> Path | None:
    if by_area(tree):
        return None
    steps(tree)[-1]["dose"] = steps(tree)[-1]["dose"].replace("mcg/", "mcg/m2/")
    return ("cycle", 0, "steps", len(steps(tree)) - 1, "dose")


@mistake("the other basis", "D210 F007 D206", error=True, anywhere=True)
def _other_basis(tree: Tree) -> Path | None:
    tree["dosing"]["basis"] = "flat" if by_area(tree) else "bsa"
    return ("dosing", "basis")


@mistake("a dose that is a number", "F004 N104", error=True)
def _bare_number(tree: Tree) -> Path | None:
    steps(tree)[-1]["dose"] = 28
    return ("cycle", 0, "steps", len(steps(tree)) - 1, "dose")


# --- lengths --------------------------------------------------------------------------------------------------------


def first_step(length: int) -> Change:
    """Hold the first step for another time, in a cycle that stays as long."""

    def change(tree: Tree) -> Path | None:
        if not steps_up(tree):
            return None
        low, full = steps(tree)
        whole = int(days(low) + days(full))
        hold(low, length)
        hold(full, whole - length)
        return length_path(low, 0, 0)

    return change


def infusion(length: int, cycle: Callable[[Tree], int] = last) -> Change:
    """Let the last step of a cycle be so long that the cycle infuses so many days."""

    def change(tree: Tree) -> Path | None:
        of = steps(tree, cycle(tree))
        rest = sum(int(days(step)) for step in of[:-1])
        hold(of[-1], length - rest)
        return ("cycle", cycle(tree), "steps")

    return change


for _length, _codes, _error in (
    (1, "S305 S306", True),
    (3, "S306", True),
    (5, "S306", False),
    (8, "L002", False),
    (14, "L002", True),
    (27, "L002", True),
):
    mistake(f"a first step of {_length} days", _codes, error=_error, beside="C604")(first_step(_length))

for _length, _codes, _error in (
    (13, "S301", True),
    (27, "S301", False),
    (29, "S302", False),
    (56, "S302", True),
    (280, "S302", True),
):
    mistake(f"{_length} days of infusion in the last cycle", _codes, error=_error)(infusion(_length))
    if _length in {27, 56}:
        mistake(f"{_length} days of infusion in cycle 1", _codes, error=_error)(infusion(_length, lambda _: 0))


@mistake("hours where days are meant", "S305 S306 S301 S308", error=True, beside="S301", anywhere=True)
def _hours_for_days(tree: Tree) -> Path | None:
    low = steps(tree)[0]
    if "days" not in low:
        return None
    low["hours"] = low.pop("days")
    return ("cycle", 0, "steps", 0, "hours")


@mistake("days where hours are meant", "S302 F004 L002", error=True, beside="C604", anywhere=True)
def _days_for_hours(tree: Tree) -> Path | None:
    low = steps(tree)[0]
    if "hours" not in low:
        return None
    low["days"] = low.pop("hours")
    return ("cycle", 0, "steps", 0, "days")


@mistake("a length that is text", "F004", error=True)
def _length_in_text(tree: Tree) -> Path | None:
    step = steps(tree)[0]
    step[length_key(step)] = "28"
    return length_path(step, 0, 0)


@mistake("a negative length", "F004", error=True)
def _negative_length(tree: Tree) -> Path | None:
    step = steps(tree)[0]
    step[length_key(step)] = -7
    return length_path(step, 0, 0)


@mistake("half a day of a length", "F004", error=True)
def _half_a_day(tree: Tree) -> Path | None:
    step = steps(tree)[0]
    step[length_key(step)] = Decimal("7.5")
    return length_path(step, 0, 0)


@mistake("a step in days and in hours", "F007 F004 F002", error=True, anywhere=True)
def _both_lengths(tree: Tree) -> Path | None:
    step = steps(tree)[0]
    step["hours" if "days" in step else "days"] = 24
    return ("cycle", 0, "steps", 0)


@mistake("a step without a length", "F003 F007", error=True, anywhere=True)
def _no_length(tree: Tree) -> Path | None:
    step = steps(tree)[0]
    step.pop("days", None)
    step.pop("hours", None)
    return ("cycle", 0, "steps", 0)


@mistake("a cycle without steps", "F004 F003", error=True)
def _no_steps(tree: Tree) -> Path | None:
    tree["cycle"][last(tree)]["steps"] = []
    return ("cycle", last(tree), "steps")


# --- intervals and cycles -------------------------------------------------------------------------------------------


def interval(free: int, *, is_now: int = 14) -> Change:
    """Another interval after the first cycle that has one of so many days and is followed by another."""

    def change(tree: Tree) -> Path | None:
        for index, cycle in enumerate(tree["cycle"]):
            followed = index < last(tree) or cycle.get("repeat", 1) > 1
            if cycle["treatment_free_days"] == is_now and followed:
                cycle["treatment_free_days"] = free
                return ("cycle", index, "treatment_free_days")
        return None

    return change


for _free, _codes, _error in (
    (0, "S303", True),
    (1, "S303", True),
    (6, "S303", True),
    (13, "S303", False),
    (15, "S304", False),
    (140, "S304", True),
):
    mistake(f"{_free} treatment-free days", _codes, error=_error)(interval(_free))
mistake("14 treatment-free days in continued therapy", "S303", error=True)(interval(14, is_now=56))
mistake("42 treatment-free days in continued therapy", "S303")(interval(42, is_now=56))
mistake("treatment-free days in text", "F004", error=True)(at(("cycle", 0, "treatment_free_days"), "14 days"))
mistake("negative treatment-free days", "F004", error=True)(at(("cycle", 0, "treatment_free_days"), -14))


@mistake("no treatment-free days said", "F003", error=True, anywhere=True)
def _no_interval(tree: Tree) -> Path | None:
    del tree["cycle"][0]["treatment_free_days"]
    return ("cycle", 0)


@mistake("twenty cycles", "S307", error=True, anywhere=True, beside="L003 S303")
def _many_cycles(tree: Tree) -> Path | None:
    tree["cycle"][last(tree)]["repeat"] = 20
    return ("cycle", last(tree), "repeat")


@mistake("one cycle more", "S307 L003", error=None, anywhere=True, beside="S303")
def _one_more(tree: Tree) -> Path | None:
    cycle = tree["cycle"][last(tree)]
    cycle["repeat"] = cycle.get("repeat", 1) + 1
    return ("cycle", last(tree), "repeat")


@mistake("a first cycle that is optional", "D207 S311", error=None, anywhere=True)
def optional_first(tree: Tree) -> Path | None:
    """Let the first of several cycles be one that not everybody is given."""
    if last(tree) == 0:
        return None
    tree["cycle"][0]["optional"] = True
    return ("cycle", 0, "optional")


@mistake("a low step in an optional cycle only", "D207", error=True)
def optional_step(tree: Tree) -> Path | None:
    """Let the cycle with the low step be one that not everybody is given."""
    return optional_first(tree) if steps_up(tree) else None


@mistake("every cycle optional", "S311", error=True)
def all_optional(tree: Tree) -> Path | None:
    """Leave no cycle that everybody is given."""
    for cycle in tree["cycle"]:
        cycle["optional"] = True
    return ("cycle", 0, "optional")


@mistake("sixteen optional cycles more", "S307", error=True, anywhere=True, beside="L003 S303")
def _many_optional(tree: Tree) -> Path | None:
    """Beside those that everybody is given."""
    tree["cycle"].append({**deepcopy(tree["cycle"][-1]), "name": "Further", "repeat": 16, "optional": True})
    return ("cycle", last(tree), "repeat")


@mistake("cycles repeated no times", "F004", error=True)
def _no_times(tree: Tree) -> Path:
    tree["cycle"][last(tree)]["repeat"] = 0
    return ("cycle", last(tree), "repeat")


@mistake("a number of cycles in text", "F004", error=True)
def _repeat_in_text(tree: Tree) -> Path | None:
    tree["cycle"][last(tree)]["repeat"] = "3"
    return ("cycle", last(tree), "repeat")


@mistake("the second cycle's phase in the first", "L003")
def _other_phase(tree: Tree) -> Path | None:
    if tree["cycle"][0].get("phase") != "induction":
        return None
    tree["cycle"][0]["phase"] = "consolidation"
    return ("cycle", 0, "phase")


@mistake("continued therapy too early", "L003 S303", anywhere=True, error=None, beside="L003 S303")
def _continued_early(tree: Tree) -> Path | None:
    tree["cycle"][last(tree)]["phase"] = "continued-therapy"
    return ("cycle", last(tree), "phase") if tree["name"].endswith(("adult", "2014")) else None


mistake("a phase with a slip of the pen", "F004", error=True)(slipped(("cycle", 0, "phase"), "induction", "inductoin"))


@mistake("one name for two cycles", "S310", anywhere=True)
def _one_name(tree: Tree) -> Path | None:
    if last(tree) == 0:
        return None
    tree["cycle"][last(tree)]["name"] = tree["cycle"][0]["name"]
    return ("cycle", last(tree), "name")


@mistake("a cycle without a name", "F003", error=True, anywhere=True)
def _no_name(tree: Tree) -> Path | None:
    del tree["cycle"][0]["name"]
    return ("cycle", 0)


# --- caps -----------------------------------------------------------------------------------------------------------


def cap(text: str, place: int = -1) -> Change:
    """Another cap of a step of the first cycle."""

    def change(tree: Tree) -> Path | None:
        of = steps(tree)
        step = of[place]
        if step.get("max") in {None, text} or (place == 0 and not steps_up(tree)):
            return None
        step["max"] = text
        return ("cycle", 0, "steps", place % len(of), "max")

    return change


mistake("a cap of ten times", "D205", error=None)(cap("280 mcg/day"))
mistake("a cap of a tenth", "D205", error=True)(cap("2.8 mcg/day"))
mistake("the first step's cap on the full dose", "D205", error=True)(cap("9 mcg/day"))
mistake("half the cap", "D205", error=True)(cap("14 mcg/day"))
mistake("the full dose's cap on the first step", "D205", error=None)(cap("28 mcg/day", place=0))
mistake("a cap a little lower", "D205", error=None)(cap("27 mcg/day"))
mistake("a cap by area", "F004 N104", error=True)(cap("28 mcg/m2/day"))
mistake("a cap in milligrams", "F004 N104 N106", error=True)(cap("28 mg/day"))


@mistake("no cap", "D205", error=None, anywhere=True)
def _no_cap(tree: Tree) -> Path | None:
    return ("cycle", 0, "steps", 0, "dose") if steps(tree)[-1].pop("max", None) else None


# --- patients -------------------------------------------------------------------------------------------------------

mistake("a flat dose from 30 kg", "D206", error=True, anywhere=True)(at(("eligibility", "min_weight_kg"), 30))
mistake("a flat dose from 4.5 kg", "D206", error=True, anywhere=True)(
    at(("eligibility", "min_weight_kg"), Decimal("4.5"))
)
mistake("a flat dose from 40 kg", "D206", error=True, anywhere=True)(at(("eligibility", "min_weight_kg"), 40))


def alone(path: Path, value: Any) -> Change:
    """Set a value in a labelled regimen that names none for other patients, and is limited by no age."""

    def change(tree: Tree) -> Path | None:
        tree["eligibility"].pop("otherwise", None)
        limited = any(key.endswith("_years") for key in tree["eligibility"])
        return None if limited or "label" not in tree else at(path, value)(tree)

    return change


mistake("a dose by area up to 4.5 kg", "D206")(alone(("eligibility", "below_weight_kg"), Decimal("4.5")))
mistake("a flat dose from 145 kg", "D206")(alone(("eligibility", "min_weight_kg"), 145))
mistake("a dose by area up to 60 kg", "D206", error=True, anywhere=True)(at(("eligibility", "below_weight_kg"), 60))


def flat_below(tree: Tree) -> Path | None:
    """Give a flat dose to those for whom doses go by area."""
    limits = tree["eligibility"]
    if by_area(tree) or limits.pop("min_weight_kg", None) is None:
        return None
    limits["below_weight_kg"] = 45
    return ("dosing", "basis")


mistake("a weight of no person", "F004", error=True)(at(("eligibility", "min_weight_kg"), 4500))
mistake("a negative weight", "F004", error=True)(at(("eligibility", "below_weight_kg"), -45))
mistake("a weight in text", "F004", error=True)(at(("eligibility", "min_weight_kg"), "45 kg"))


@mistake("no weights", "D206 F007", error=True, anywhere=True)
def _no_weights(tree: Tree) -> Path | None:
    limits = [tree["eligibility"].pop(key, None) for key in ("min_weight_kg", "below_weight_kg")]
    return ("dosing", "basis") if any(limits) else None


@mistake("weights the wrong way round", "F007 F004", error=True, anywhere=True)
def _weights_turned(tree: Tree) -> Path | None:
    tree["eligibility"] |= {"min_weight_kg": 60, "below_weight_kg": 45}
    return ("eligibility", "min_weight_kg")


@mistake("below where at least is meant", "D206", error=True, anywhere=True)
def _below_for_least(tree: Tree) -> Path | None:
    limits = tree["eligibility"]
    one, other = ("below_weight_kg", "min_weight_kg") if by_area(tree) else ("min_weight_kg", "below_weight_kg")
    if one not in limits:
        return None
    limits[other] = limits.pop(one)
    return ("eligibility", other)


@mistake("ages the wrong way round", "F007 F004", error=True, anywhere=True)
def _ages_turned(tree: Tree) -> Path | None:
    tree["eligibility"] |= {"min_age_years": 18, "below_age_years": 1}
    return ("eligibility", "min_age_years")


@mistake("an age in months", "F004", error=True)
def _age_in_months(tree: Tree) -> Path | None:
    tree["eligibility"]["below_age_years"] = 216
    return ("eligibility", "below_age_years")


# --- premedication and hospital -------------------------------------------------------------------------------------


def premedication(adults: bool, key: str, value: Any, drug: str = "dexamethasone") -> Change:
    """Set a value of the premedication of adults or children."""

    def change(tree: Tree) -> Path | None:
        tables = tree.get("premedication", [])
        whom = "adults" if adults else "children"
        for index, table in enumerate(tables if isinstance(tables, list) else []):
            if table.get("patients") == whom and table["drug"] == drug and table.get(key) not in (None, value):
                table[key] = value
                return ("premedication", index, key)
        return None

    return change


mistake("premedication of ten times", "C605", error=True)(premedication(True, "dose", "200 mg"))
mistake("premedication of a tenth", "C605", error=True)(premedication(True, "dose", "2 mg"))
mistake("premedication of half", "C605", error=None)(premedication(True, "dose", "10 mg"))
mistake("premedication in micrograms", "C605 F004", error=True)(premedication(True, "dose", "20 mcg"))
mistake("premedication without unit", "F004", error=True)(premedication(True, "dose", "20"))
mistake("prednisone at dexamethasone's dose", "C605", error=True, anywhere=True)(
    premedication(True, "drug", "prednisone")
)
mistake("dexamethasone at prednisone's dose", "C605", error=True, anywhere=True)(
    premedication(True, "drug", "dexamethasone", "prednisone")
)
mistake("another drug as premedication", "C605", error=None)(premedication(True, "drug", "paracetamol"))
mistake("a child's premedication of ten times", "C605", error=True)(premedication(False, "dose", "50 mg/m2"))
mistake("a child's premedication without area", "C605 F007", error=True, anywhere=True)(
    premedication(False, "dose", "5 mg")
)
mistake("a child's cap of ten times", "C605", error=None)(premedication(False, "max", "200 mg"))
mistake("a child's cap of a tenth", "C605", error=True)(premedication(False, "max", "2 mg"))
mistake("premedication before the first start only", "C603", error=None, anywhere=True)(
    premedication(True, "before", ["first-start"])
)


@mistake("no premedication before a step", "C603", error=None, anywhere=True)
def _not_before_step(tree: Tree) -> Path | None:
    for index, table in enumerate(tree["premedication"] if isinstance(tree.get("premedication"), list) else []):
        if "escalation" in table["before"]:
            table["before"] = [one for one in table["before"] if one != "escalation"]
            return ("premedication", index, "before")
    return None


@mistake("premedication for children only", "C603", error=None, anywhere=True)
def _none_for_adults(tree: Tree) -> Path | None:
    tables = tree.get("premedication")
    if not isinstance(tables, list) or tables[0].get("patients") != "adults":
        return None
    del tables[0]
    return ("premedication", 0, "patients")


def split(*parts: int, later: int = 5) -> Change:
    """Write the premedication of adults in parts, each so many mg and a few minutes before the one before."""

    def change(tree: Tree) -> Path | None:
        tables = tree.get("premedication", [])
        for index, table in enumerate(tables if isinstance(tables, list) else []):
            if table.get("patients") == "adults" and table["dose"] == "20 mg" and "minutes_before" not in table:
                given = [
                    {
                        **table,
                        "dose": f"{part} mg",
                        "minutes_before": 60 - later * n,
                        "latest_minutes_before": 60 - later * n,
                    }
                    for n, part in enumerate(parts)
                ]
                tables[index : index + 1] = given
                return ("premedication", index + 1, "dose")
        return None

    return change


mistake("premedication in two parts of half", "C605", anywhere=True)(split(10, 10))
mistake("premedication in two parts of a quarter", "C605", error=True, anywhere=True)(split(5, 5))
mistake("premedication in two parts of nine tenths", "C605", error=True, anywhere=True)(split(18, 18))
mistake("premedication and two fifths of it", "C605", anywhere=True)(split(20, 8))


def due(kind: str, what: str, dose: str) -> Change:
    """Add something that is due besides, with a dose in words."""

    def change(tree: Tree) -> Path:
        tree.setdefault("due", []).append({"kind": kind, "what": what, "dose": dose, "days": [-3]})
        return ("due", len(tree["due"]) - 1, "dose")

    return change


for _kind, _what, _dose in (
    ("pre-phase", "dexamethasone", "10 g/m2 a day"),
    ("pre-phase", "dexamethasone", "10 mcg/m2 a day"),
    ("pre-phase", "prednisone", "60 g/m2 a day"),
    ("intrathecal", "methotrexate", "120 mg"),
):
    mistake(f"{_what} {_dose} as {_kind}", "C607", error=True)(due(_kind, _what, _dose))


_HOSPITAL: tuple[tuple[str, int, int, str, bool | None], ...] = (
    ("no days in hospital", 0, 0, "C604", None),
    ("a day in hospital", 0, 1, "C604", None),
    ("too few days in hospital", 0, 2, "C604", None),
    ("no days in hospital in cycle 2", 1, 0, "C604", None),
    ("ninety days in hospital", 0, 90, "C606", None),
    ("thirty days in hospital in cycle 2", 1, 30, "C606", None),
    ("negative days in hospital", 0, -9, "F004", True),
)
for _kind, _place, _days, _codes, _fails in _HOSPITAL:
    mistake(_kind, _codes, error=_fails)(at(("monitoring", "hospital_days", _place), _days))


# --- names and keys -------------------------------------------------------------------------------------------------


def misspelt(table: Callable[[Tree], Tree], path: Path, key: str, slip: str) -> Change:
    """Write a key with a slip of the pen."""

    def change(tree: Tree) -> Path | None:
        of = table(tree)
        if key not in of:
            return None
        pairs = [(slip if name == key else name, value) for name, value in of.items()]
        of.clear()
        of.update(pairs)
        return (*path, slip, KEY)

    return change


_KEYS: tuple[tuple[str, str, Callable[[Tree], Tree], Path], ...] = (
    ("treatment_free_days", "treatment_fee_days", lambda tree: tree["cycle"][0], ("cycle", 0)),
    ("dose", "dosse", lambda tree: tree["cycle"][0]["steps"][0], ("cycle", 0, "steps", 0)),
    ("max", "maximum", lambda tree: tree["cycle"][0]["steps"][0], ("cycle", 0, "steps", 0)),
    ("hospital_days", "hospital_day", lambda tree: tree.get("monitoring", {}), ("monitoring",)),
    ("min_weight_kg", "min_wieght_kg", lambda tree: tree["eligibility"], ("eligibility",)),
    ("premedication", "premedicaton", lambda tree: tree, ()),
    ("indication", "indicaton", lambda tree: tree, ()),
)
for _key, _slip, _table, _where in _KEYS:
    mistake(f"the key {_slip}", "F002", error=True, beside="D206")(misspelt(_table, _where, _key, _slip))

mistake("an indication with a slip of the pen", "F004", error=True)(
    slipped(("indication",), "relapsed-refractory", "relapsed-refractary")
)
mistake("a label that is not", "F004", error=True)(at(("label",), "us-2052"))
mistake("a format of tomorrow", "F005", error=True)(at(("format",), 2))
mistake("a status that is not", "F004", error=True)(at(("sources", 0, "status"), "sean"))
mistake("a name with a blank", "F004", error=True)(at(("name",), "my regimen"))


@mistake("no sources", "F003 F004", error=True, anywhere=True)
def _no_sources(tree: Tree) -> Path | None:
    del tree["sources"]
    return ("format",)


@mistake("an injection under the skin", "F008", error=True)
def _subcutaneous(tree: Tree) -> Path | None:
    tree["dosing"]["route"] = "subcutaneous"
    return ("dosing", "route")


@mistake("a bolus", "F008", error=True)
def _bolus(tree: Tree) -> Path | None:
    tree["dosing"]["route"] = "IV bolus"
    return ("dosing", "route")


# --- waivers --------------------------------------------------------------------------------------------------------


def waiver(**keys: Any) -> Change:
    """Add a waiver with these keys, at its rule."""

    def change(tree: Tree) -> Path:
        tree.setdefault("waiver", []).append(keys)
        return ("waiver", len(tree["waiver"]) - 1, "rule")

    return change


mistake("a waiver of nothing", "W902", beside="W906", anywhere=True)(waiver(rule="S310", reason="Amendment 3"))
mistake("a waiver of no rule", "W904", error=True, anywhere=True)(waiver(rule="S999", reason="Amendment 3"))
mistake("a waiver without a reason", "W903 F003", error=True, beside="W902 W906", anywhere=True)(waiver(rule="S301"))


@mistake("a waiver of what cannot be waived", "W905 W904", error=True, beside="N106 W902 W906", anywhere=True)
def _waived_thousand(tree: Tree) -> Path | None:
    times("1000")(tree)
    return waiver(rule="N106", reason="Amendment 3")(tree)


@mistake("a waiver of another value of the dose", ABOVE, error=True, beside="W902 W906 W907 W908 W909 W910")
def _waived_before(tree: Tree) -> Path | None:
    """It was written for a dose a little higher in cycle 2, and is there when somebody writes ten times in the last."""
    if last(tree) < 2:
        return None
    times("1.1", cycle=1)(tree)
    waiver(rule="D203", reason="Amendment 3: 30 mcg/day in the second cycle")(tree)
    return times("10", cycle=last)(tree)


@mistake("another dose than the one that was waived", ABOVE, error=True, beside="W902 W906 W907 W908 W909 W910")
def _waived_value(tree: Tree) -> Path | None:
    """The waiver is for a dose a little higher at this very place, and somebody writes ten times."""
    if tree["indication"] == "investigational":
        return None
    step, name = len(steps(tree)), tree["cycle"][0]["name"]
    times("1.1")(tree)
    waiver(
        rule="D203",
        at=f'cycle "{name}" step {step} dose',
        value=steps(tree)[-1]["dose"],
        reason="Amendment 3: a little more, as agreed",
    )(tree)
    return times("10")(tree)


@mistake("the waived dose in another cycle", ABOVE, error=None, beside="W902 W906 W907 W908 W909 W910")
def _waived_elsewhere(tree: Tree) -> Path | None:
    if last(tree) == 0 or tree["indication"] == "investigational":
        return None
    name = tree["cycle"][0]["name"]
    changed = times("1.1", cycle=last)(tree)
    value = steps(tree, last(tree))[0]["dose"]
    waiver(rule="D203", at=f'cycle "{name}" step {len(steps(tree))} dose', value=value, reason="Amendment 3, agreed")(
        tree
    )
    return changed


WORTHLESS = "W902 W907"
"""What is said of a waiver that is for something else than what stands in the file."""


def waived(change: Change, *, of: str, now: str, cycle: str | None = None) -> Change:
    """Make a mistake `of` some times the dose, waive it where it is, and then multiply the dose by as much as `now`.

    `cycle` is the name of the cycle in which it is waived, where that is another one.
    """

    def also(tree: Tree) -> Path | None:
        if "label" not in tree or (made := change(tree)) is None:
            return None
        _, number, _, step, _ = made
        step_now = tree["cycle"][number]["steps"][step]
        value, unit = amount(step_now)
        stood = f"{plain(round(value * Decimal(of), 1))} {unit}"
        step_now["dose"] = f"{plain(round(value * Decimal(now), 1))} {unit}"
        name = cycle or tree["cycle"][number]["name"]
        reason = "Amendment 3: another dose, as agreed with the sponsor"
        for rule in ("D203", "L001"):  # whichever it is that speaks of a dose above the label's
            waiver(rule=rule, at=f'cycle "{name}" step {int(step) + 1} dose', value=stood, reason=reason)(tree)
        return made

    return also


ONCE = times("1")
for _kind, _of, _now, _cycle, _error in (
    ("a dose a little above the one that was waived", "1.1", "1.2", None, False),
    ("a dose a little below the one that was waived", "1.3", "1.2", None, False),
    ("twice the dose for which a little more was waived", "1.1", "2", None, True),
    ("a dose that was waived in a cycle that has another name now", "2", "2", "Cycle of old", True),
    ("half the dose for which twice was waived", "2", "0.5", None, True),
):
    mistake(_kind, f"{ABOVE} {BELOW}", error=_error, beside=f"D209 {WORTHLESS}")(
        waived(ONCE, of=_of, now=_now, cycle=_cycle)
    )


@mistake("twice the dose in another cycle than the one that was waived", ABOVE, error=True, beside=WORTHLESS)
def _waived_twice_elsewhere(tree: Tree) -> Path | None:
    if last(tree) < 2:
        return None
    return waived(times("1", cycle=last), of="2", now="2", cycle=tree["cycle"][1]["name"])(tree)


@mistake("a dose of ten times under a waiver without a place", f"{ABOVE} D204", error=True, beside="W902 W906 D209")
def _waived_in_the_old_form(tree: Tree) -> Path | None:
    """It covers in this version what it covered before; nobody has ever given ten times the dose."""
    if "label" not in tree:
        return None
    waiver(rule="D203", reason="Amendment 3: 30 mcg/day, as agreed")(tree)
    return times("10")(tree)


# --- two faults in one file -----------------------------------------------------------------------------------------


def beside_slip(table: Callable[[Tree], Tree], key: str, slip: str, change: Change) -> Change:
    """Write a key with a slip of the pen, and make a mistake as well, of which it is asked whether it is told."""

    def also(tree: Tree) -> Path | None:
        made = change(tree)
        if "label" not in tree or made is None or misspelt(table, (), key, slip)(tree) is None:
            return None
        return made

    return also


def beside_note(change: Change) -> Change:
    """Misspell a key of a source, and make a mistake as well."""

    def also(tree: Tree) -> Path | None:
        tree["sources"][0] = {**tree["sources"][0], "nota": "see page 3"}
        return change(tree) if "label" in tree else None

    return also


@mistake("a misspelt key beside a thousand times the dose", "N106", error=True, also="F002")
def _two_at_once(tree: Tree) -> Path | None:
    tree["sources"][0] = {**tree["sources"][0], "nota": "see page 3"}
    return times("1000")(tree)


for _kind, _change, _codes in (
    ("ten times the dose", times("10"), ABOVE),
    ("half the dose in the last cycle", times("0.5", cycle=of_last), BELOW),
    ("a first step of a tenth", times("0.1", place=0, low_step=True), BELOW),
    ("the full dose from the first day", full_from_the_first_day, "D207"),
    ("a first step of 3 days", first_step(3), "S306"),
    ("a cycle of 13 days", infusion(13), "S301"),
    ("one treatment-free day", interval(1), "S303"),
):
    mistake(f"a misspelt key beside {_kind}", _codes, error=True, also="F002", beside="C604")(beside_note(_change))
for _key, _slip, _table in (
    ("hospital_days", "hospital_day", lambda tree: tree.get("monitoring", {})),
    ("min_weight_kg", "min_wieght_kg", lambda tree: tree["eligibility"]),
    ("premedication", "premedicaton", lambda tree: tree),
    ("treatment_free_days", "treatment_fee_days", lambda tree: tree["cycle"][0]),
    ("title", "titel", lambda tree: tree),
    ("name", "nmae", lambda tree: tree["cycle"][0]),
    ("citation", "citaton", lambda tree: tree["sources"][0]),
):
    mistake(f"the key {_slip} beside ten times the dose", ABOVE, error=True, also="F002", beside="D206")(
        beside_slip(_table, _key, _slip, times("10"))
    )

for _key, _slip, _table in (
    ("indication", "indikation", lambda tree: tree),
    ("days", "dasy", lambda tree: tree["cycle"][0]["steps"][-1]),
    ("before", "befor", lambda tree: tree["premedication"][0]),
    ("repeat", "reapeat", lambda tree: tree["cycle"][-1]),
):
    mistake(f"the key {_slip} beside a first step of ten times", f"{ABOVE} {BELOW}", error=True, also="F002")(
        beside_slip(_table, _key, _slip, times("10", place=0, low_step=True))
    )


def beside_value(path: Path, value: Any) -> Change:
    """Set a value that cannot be read, and give ten times the dose."""

    def also(tree: Tree) -> Path | None:
        return times("10")(tree) if "label" in tree and at(path, value)(tree) else None

    return also


for _path, _value in (
    (("cycle", 0, "treatment_free_days"), "14 days"),
    (("label",), "us-2052"),
    (("sources", 0, "status"), "sean"),
    (("monitoring", "hospital_days", 0), -9),
):
    mistake(f"{_value} in {_path[0]} beside ten times the dose", ABOVE, error=True, also="F004", beside="D209")(
        beside_value(_path, _value)
    )
mistake("ten times the dose beside ten times the premedication", f"{ABOVE} D204", error=True, also="C605")(
    lambda tree: times("10")(tree) if premedication(True, "dose", "200 mg")(tree) else None
)
mistake("one treatment-free day beside half the dose", "S303", error=True, beside="C604", also="L001")(
    lambda tree: interval(1)(tree) if times("0.5", cycle=of_last)(tree) else None
)


OF_ANOTHER_LABEL = "C603 C604 C605 L003 S303 S304 S307"

# --- the wrong label ------------------------------------------------------------------------------------------------


def called(indication: str, of: str) -> Change:
    """Call a regimen of one indication by another."""

    def change(tree: Tree) -> Path | None:
        if tree["indication"] != of or tree.get("label") == "hk-2026":
            return None
        tree["indication"] = indication
        return ("cycle", 0, "steps", 0, "dose")

    return change


mistake(
    "a regimen with a step called MRD-positive",
    "D208 L001",
    error=True,
    anywhere=True,
    beside=OF_ANOTHER_LABEL,
)(called("mrd-positive", "relapsed-refractory"))
mistake(
    "a regimen with a step called consolidation",
    "D208 L001 L005",
    error=True,
    anywhere=True,
    beside=OF_ANOTHER_LABEL,
)(called("consolidation", "relapsed-refractory"))
mistake("a regimen without a step called relapsed", "D207", error=True, anywhere=True, beside=OF_ANOTHER_LABEL)(
    called("relapsed-refractory", "mrd-positive")
)
mistake("a consolidation called relapsed", "D207", error=True, anywhere=True, beside=OF_ANOTHER_LABEL)(
    called("relapsed-refractory", "consolidation")
)


@mistake("an indication that the label does not have", "L001 L003 L004 F007", error=None, anywhere=True)
def _not_in_label(tree: Tree) -> Path | None:
    if tree.get("label") != "hk-2026":
        return None
    tree["indication"] = "mrd-positive"
    return ("indication",)


# --- called investigational -----------------------------------------------------------------------------------------


def investigational(change: Change, *, names: bool, place: Path | None = None) -> Change:
    """Call a labelled regimen investigational, naming what it departs from or nothing, and make a mistake in it.

    A `place` is where it is to be told, if not where the mistake is.
    """

    def also(tree: Tree) -> Path | None:
        if tree["indication"] == "investigational" or "label" not in tree:
            return None
        tree["indication"] = "investigational"
        if names:
            tree["departs_from"] = tree["name"]
        tree["name"] = "mine"
        made = change(tree)
        return made and (place or made)

    return also


OF_NO_LABEL = "C603 D209"
mistake("called investigational, naming nothing", "L010", beside="C603")(
    investigational(at(("title",), "Ours"), names=False, place=("indication",))
)
mistake("called investigational, naming what is not", "L010", error=True, beside=OF_NO_LABEL)(
    investigational(at(("departs_from",), "rr-adlut"), names=True)
)
_RELABELLED: tuple[tuple[str, Change, str, bool | None], ...] = (
    ("the full dose of ten times", times("10"), "L011 L012 D203 D204", True),
    ("the full dose of 1.6 times", times("1.6"), "L011 L012 D203", True),
    ("the full dose of 1.4 times", times("1.4"), "L011 L012 D203", None),
    ("the full dose of a tenth", times("0.1"), "L011", True),
    ("the full dose of half", times("0.5"), "L011", True),
    ("the full dose of 0.8 times", times("0.8"), "L011", False),
    ("a later cycle at ten times", times("10", cycle=of_last), "L011 L012 D203 D204", True),
    ("a later cycle at half", times("0.5", cycle=of_last), "L011", True),
    ("a first step of ten times", times("10", place=0, low_step=True), "L011 L012 D203 D204", True),
    ("a first step of 1.6 times", times("1.6", place=0, low_step=True), "L011", True),
    ("a first step of a tenth", times("0.1", place=0, low_step=True), "L011", True),
    ("the full dose from the first day", full_from_the_first_day, "L011", True),
    ("a first step of 3 days", first_step(3), "L011", True),
    ("a first step of 6 days", first_step(6), "L011", False),
    ("a first step of 14 days", first_step(14), "L011", True),
    ("a cycle of 13 days", infusion(13), "L011", True),
    ("a cycle of 27 days", infusion(27), "L011", False),
    ("one treatment-free day", interval(1), "L011", True),
    ("13 treatment-free days", interval(13), "L011", False),
    ("a cap of a tenth", cap("2.8 mcg/day"), "L011 D205", True),
    (
        "a low step in an optional cycle only",
        lambda tree: optional_first(tree) if steps_up(tree) else None,
        "L011",
        True,
    ),
    ("every cycle optional", all_optional, "S311", True),
    ("200 treatment-free days", interval(200), "L011", True),
    ("twenty cycles", lambda tree: at(("cycle", last(tree), "repeat"), 20)(tree), "L011", True),
    ("premedication of half", premedication(True, "dose", "10 mg"), "C605", True),
    ("premedication of 1.6 times", premedication(True, "dose", "32 mg"), "C605", True),
    ("premedication of 1.4 times", premedication(True, "dose", "28 mg"), "C605", False),
    ("premedication in two parts of a quarter", split(5, 5), "C605", True),
    ("premedication before the first start only", premedication(True, "before", ["first-start"]), "C603", True),
    ("a child's premedication of half", premedication(False, "dose", "2.5 mg/m2"), "C605", True),
)
for _kind, _change, _codes, _fails in _RELABELLED:
    mistake(f"called investigational, naming the label's, and {_kind}", _codes, error=_fails, beside="C603 C604 D202")(
        investigational(_change, names=True)
    )
# Beside nothing, either of two steps may be the one that is too low.
mistake(
    "called investigational, naming nothing, and the full dose of a tenth",
    "L012 D201 D202",
    error=True,
    anywhere=True,
    beside=f"L010 {OF_NO_LABEL}",
)(investigational(times("0.1"), names=False))
for _kind, _change, _codes, _error in (
    ("the full dose of ten times", times("10"), "L012 D203 D204", True),
    ("a later cycle at ten times", times("10", cycle=of_last), "L012 D203 D204", True),
    ("a first step of ten times", times("10", place=0, low_step=True), "L012 D203 D204", True),
    ("a first step of a tenth", times("0.1", place=0, low_step=True), "L012", True),
    ("a first step of 1 day", first_step(1), "S305 S306", True),
    ("a cycle of 13 days", infusion(13), "S301", True),
    ("one treatment-free day", interval(1), "S303", True),
    ("twenty cycles", lambda tree: at(("cycle", last(tree), "repeat"), 20)(tree), "S307", True),
    ("every cycle optional", all_optional, "S311", True),
    ("a flat dose from 30 kg", at(("eligibility", "min_weight_kg"), 30), "D206", True),
    ("a flat dose from 44 kg", at(("eligibility", "min_weight_kg"), 44), "D206", True),
    ("a flat dose below 45 kg", flat_below, "D206", True),
):
    mistake(f"called investigational, naming nothing, and {_kind}", _codes, error=_error, beside=f"L010 {OF_NO_LABEL}")(
        investigational(_change, names=False)
    )


# --- departures -----------------------------------------------------------------------------------------------------


def departing(change: Change, at: Path | None = None, source: str | None = "", told: str = "") -> Change:
    """Make a mistake in a regimen that departs from its label's, and state a departure there or `at` another place.

    Its source is the file's where none is given; None leaves it out. It is told at a key of the departure, or where
    the mistake is.
    """

    def also(tree: Tree) -> Path | None:
        made = investigational(change, names=True)(tree)
        if made is None:
            return None
        place = made[:-1] if at is None else at
        own = tree["sources"][0]["citation"] if source == "" else source
        stated = {"reason": "Protocol 7 has it so", **({} if own is None else {"source": own})}
        table_at(tree, place)["departure"] = stated
        return (*place, *told.split(".")) if told else made

    return also


def table_at(tree: Any, path: Path) -> Tree:
    """The table at a place."""
    for part in path:
        tree = tree[part]
    found: Tree = tree
    return found


NOT_THERE = ("cycle", 0, "steps", 0)
for _kind, _change, _codes, _error, _beside in (
    ("a departure without a source", departing(times("0.5"), source=None, told="departure"), "F003", True, ""),
    (
        "a departure whose source is not the file's",
        departing(times("0.5"), source="Protocol 7", told="departure.source"),
        "F004 F007",
        True,
        "",
    ),
    (
        "a departure at another step than the one that departs",
        departing(times("0.5", cycle=of_last), at=NOT_THERE),
        "L011",
        True,
        "L013",
    ),
    (
        "a departure of a step where the interval departs",
        departing(interval(1), at=NOT_THERE),
        "L011",
        True,
        "L013",
    ),
    (
        "a departure where nothing departs",
        departing(times("1"), told="departure"),
        "L013",
        False,
        "",
    ),
    ("a departure to ten times the dose", departing(times("10")), "L013 D203 D204", True, ""),
    ("a departure to ten times the first step", departing(times("10", place=0, low_step=True)), "L013", True, ""),
    ("a departure to one treatment-free day", departing(interval(1)), "L013", True, ""),
    ("a departure to a thousand times the dose", departing(times("1000")), "N106", True, ""),
    ("a departure to a first step of a tenth", departing(times("0.1", place=0, low_step=True)), "L013", True, ""),
    ("a departure to 200 treatment-free days", departing(interval(200)), "L013", True, ""),
    (
        "a departure to twenty cycles",
        departing(lambda tree: at(("cycle", last(tree), "repeat"), 20)(tree)),
        "L013",
        True,
        "",
    ),
):
    mistake(_kind, _codes, error=_error, beside=f"C603 C604 {_beside}", anywhere=_codes == "F003")(_change)


@mistake("a departure from nothing", "F007 F002", error=True, beside="L010 L012 C603")
def _departure_from_nothing(tree: Tree) -> Path | None:
    made = departing(times("0.5"), told="departure")(tree)
    tree.pop("departs_from", None)
    return made


@mistake("a departure in a labelled regimen", "F007 F002", error=True, beside=ABOVE)
def _departure_of_label(tree: Tree) -> Path | None:
    if "label" not in tree:
        return None
    path = times("1.1")(tree)
    assert path is not None
    table_at(tree, path[:-1])["departure"] = {"reason": "agreed", "source": tree["sources"][0]["citation"]}
    return (*path[:-1], "departure")
