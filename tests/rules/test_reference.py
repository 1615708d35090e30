"""A regimen is laid beside another step by step: cycles by their number, steps by theirs, or by the time they last."""

from dataclasses import replace
from fractions import Fraction

import pytest

from blinplan.quantities import MINUTES_PER_DAY, read_dose
from blinplan.regimen.regimen import Regimen
from blinplan.rules.reference import Reference, StepPair, numbered_cycles, regimen_reference, step_pairs
from tests.read_text import regimen_in
from tests.regimen_text import cycle, regimen_text


def regimen(*cycles: str) -> Regimen:
    return regimen_in(regimen_text("".join(cycles)))


def steps(*written: str, free: int = 14, repeat: int = 1) -> str:
    """A cycle of steps that are written as ``28 for 21``: mcg/day, and days."""
    parts = (one.split(" for ") for one in written)
    return cycle(*(f"{dose} mcg/day for {days} days" for dose, days in parts), free=free, repeat=repeat)


def beside(own: Regimen, other: Regimen) -> list[tuple[str, str, str, bool]]:
    """Of each step its cycles and dose, the dose beside it, how many times that it is, and whether steps are alike."""
    return [
        (
            f"{'-'.join(map(str, pair.numbers))}: {pair.step.dose.amount}",
            str(pair.reference.dose.amount),
            str(pair.ratio),
            pair.alike,
        )
        for pair in step_pairs(own, regimen_reference(other))
    ]


LOW = steps("9 for 7", "28 for 21")
FULL = steps("28 for 28")


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ([FULL], [FULL], [("1: 28", "28", "1", True)]),
        ([LOW], [LOW], [("1: 9", "9", "1", True), ("1: 28", "28", "1", True)]),
        # Steps that go on with the same dose are one.
        ([steps("9 for 3", "9 for 4", "28 for 21")], [LOW], [("1: 9", "9", "1", True), ("1: 28", "28", "1", True)]),
        # With another number of steps each is held against what is given while it lasts, where it is furthest off.
        ([FULL], [LOW], [("1: 28", "9", "28/9", False)]),
        ([steps("9 for 28")], [LOW], [("1: 9", "28", "9/28", False)]),
        (
            [steps("5 for 7", "9 for 7", "28 for 14")],
            [LOW],
            [("1: 5", "9", "5/9", False), ("1: 9", "28", "9/28", False), ("1: 28", "28", "1", False)],
        ),
        (
            [steps("5 for 6", "9 for 2", "28 for 14")],
            [LOW],
            [("1: 5", "9", "5/9", False), ("1: 9", "28", "9/28", False), ("1: 28", "28", "1", False)],
        ),
        # The last dose stands for all that comes after it.
        (
            [steps("9 for 7", "28 for 21", "15 for 7")],
            [LOW],
            [("1: 9", "9", "1", False), ("1: 28", "28", "1", False), ("1: 15", "28", "15/28", False)],
        ),
        # Cycles by their number, the last of the other beside all that come after it.
        ([LOW, FULL], [LOW, FULL], [("1: 9", "9", "1", True), ("1: 28", "28", "1", True), ("2: 28", "28", "1", True)]),
        (
            [FULL, FULL, FULL],
            [FULL, steps("15 for 28")],
            [("1: 28", "28", "1", True), ("2: 28", "15", "28/15", True), ("3: 28", "15", "28/15", True)],
        ),
        # One table of a cycle that is repeated is told once: where it is furthest off, with all of those cycles.
        ([steps("28 for 28", repeat=3)], [FULL], [("1-2-3: 28", "28", "1", True)]),
        ([steps("28 for 28", repeat=3)], [FULL, steps("15 for 28")], [("2-3: 28", "15", "28/15", True)]),
        ([steps("28 for 28", repeat=3)], [steps("15 for 28"), FULL], [("1: 28", "15", "28/15", True)]),
        (
            [steps("28 for 28", repeat=3)],
            [steps("15 for 28"), FULL, steps("15 for 28")],
            [("1-3: 28", "15", "28/15", True)],
        ),
        # Half as much is as far off as twice as much.
        ([steps("28 for 28", repeat=2)], [steps("14 for 28"), steps("56 for 28")], [("1-2: 28", "14", "2", True)]),
        ([steps("28 for 28", repeat=2)], [steps("14 for 28"), steps("57 for 28")], [("2: 28", "57", "28/57", True)]),
    ],
)
def test_each_step_stands_beside_what_the_other_gives_in_its_place(
    own: list[str], other: list[str], expected: list[tuple[str, str, str, bool]]
) -> None:
    assert beside(regimen(*own), regimen(*other)) == expected


def pair(own: list[str], other: list[str], number: int) -> StepPair:
    return step_pairs(regimen(*own), regimen_reference(regimen(*other)))[number]


def test_how_far_two_doses_are_apart_is_a_ratio_of_one_or_more() -> None:
    for dose, ratio, distance in (("28", 1, 1), ("14", Fraction(1, 2), 2), ("56", 2, 2)):
        found = pair([steps(f"{dose} for 28")], [FULL], 0)
        assert [found.ratio, found.distance] == [ratio, distance]


def test_a_step_is_followed_where_both_cycles_have_another_after_it() -> None:
    assert [pair([LOW], [LOW], n).followed for n in (0, 1)] == [True, False]
    assert [pair([LOW], [LOW], n).is_last for n in (0, 1)] == [False, True]
    assert not pair([FULL], [LOW], 0).followed  # beside the low step, and of one step
    three = steps("9 for 7", "15 for 7", "28 for 14")
    assert [pair([three], [three], n).place for n in range(3)] == [0, 1, 2]
    assert [pair([three], [three], n).minutes for n in range(3)] == [7 * 1440, 7 * 1440, 14 * 1440]
    assert pair([steps("9 for 3", "9 for 4", "28 for 21")], [LOW], 0).minutes == 7 * 1440
    assert pair([steps("9 for 3", "9 for 4")], [LOW], 1).minutes == 4 * 1440  # each against its own time


def test_a_reference_is_what_another_regimen_gives_cycle_after_cycle() -> None:
    found = regimen_reference(regimen(LOW, steps("28 for 28", free=21, repeat=2)))
    assert (found.name, len(found.cycles)) == ("probe", 3)
    assert [one.infusion for one in found.cycles] == [28 * MINUTES_PER_DAY] * 3
    assert [one.treatment_free for one in found.cycles] == [14 * 1440, 21 * 1440, 21 * 1440]
    assert [found.cycle(number) is found.cycles[place] for number, place in ((1, 0), (2, 1), (3, 2), (4, 2), (99, 2))]
    assert found.cycle(1) is found.cycles[0]
    assert found.cycle(2) is found.cycles[1]
    assert found.cycle(3) is found.cycle(4) is found.cycles[2]
    # After the last cycle no other begins.
    before = [found.cycle_before_interval(number) for number in (1, 2, 3, 4)]
    assert before == [found.cycles[0], found.cycles[1], None, None]


def test_a_cap_makes_another_step_of_the_same_dose() -> None:
    own = regimen(cycle("15 mcg/m2/day for 14 days", "15 mcg/m2/day for 14 days"))
    first, second = own.cycles[0].steps
    assert len(regimen_reference(own).cycles[0].steps) == 1
    capped = replace(second, cap=read_dose("20 mcg/day").rate)
    other = replace(own, cycles=(replace(own.cycles[0], steps=(first, capped)),))
    found = regimen_reference(other).cycles[0].steps
    assert [step.cap for step in found] == [first.cap, capped.cap]


def test_cycles_are_taken_together_where_one_table_stands_beside_the_same() -> None:
    own = regimen(LOW, steps("28 for 28", repeat=3))
    reference = regimen_reference(regimen(LOW, FULL, steps("28 for 28", free=21)))
    laid = list(numbered_cycles(own, reference))
    assert [numbers for numbers, _, _ in laid] == [(1,), (2,), (3, 4)]
    assert [other.treatment_free // 1440 for _, _, other in laid] == [14, 14, 21]
    assert Reference("x", reference.cycles[:1]).cycle(9) is reference.cycles[0]
