"""L013: what a departure states that was never run: at the limit and a step beside it, stated and not, with its words.

Run were intervals of 7 to 126 days, steps of 3 days or more and of up to 4 times the one before, infusions of up to 28
days in leukaemia, and up to 9 cycles.
"""

import pytest

from tests.regimen_text import judgement_of_lines
from tests.rules.families.examples import Told, told_of

STATED = 'departure = { reason = "Protocol 7", source = "none" }'
FROM_ADULT = 'indication = "investigational"\ndeparts_from = "rr-adult"\n\n'
FROM_NOWHERE = FROM_ADULT.replace("rr-adult", "no-such-regimen")
LOW = ("9 mcg/day for 7 days", "28 mcg/day for 21 days")
WAIVE = "or waive this rule with the reason"


def cycle(number: int, *steps: str, free: object = 14, stated: bool = False) -> str:
    """A cycle; a step is written as `28 mcg/day for 28 days`, and `, stated` behind it that it departs."""
    written = []
    for step in steps or ("28 mcg/day for 28 days",):
        dose, held = step.removesuffix(", stated").split(" for ")
        count, unit = held.split(" ")
        departure = f", {STATED}" if step.endswith(", stated") else ""
        written.append(f'{{ dose = "{dose}", {unit} = {count}{departure} }}')
    below = f"{STATED}\n" if stated else ""
    text = f'[[cycle]]\nname = "Cycle {number}"\nsteps = [{", ".join(written)}]\ntreatment_free_days = {free}\n{below}'
    return f"{text}\n"


def told(*cycles: str, head: str = FROM_ADULT) -> list[Told]:
    """What L013 tells of a regimen that departs from rr-adult, but that nothing departs where one is stated."""
    found = told_of(judgement_of_lines(head + "".join(cycles)), "L013")
    return [one for one in found if not one.place.endswith("departure")]


SOMETHING = cycle(9, free=13, stated=True)
"""A cycle that states a departure, as it may, so that the file has one."""


@pytest.mark.holds("L013")
@pytest.mark.parametrize("days", [1, 6, 7])
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("stated", [True, False])
def test_an_interval_is_no_shorter_than_any_that_was_run(days: int, number: int, stated: bool) -> None:
    """After the third cycle comes none, and what is not stated is told by L011."""
    table = [cycle(each, *(LOW if each == 1 else ()), stated=not stated and each != number) for each in (1, 2, 3)]
    table[number - 1] = cycle(number, *(LOW if number == 1 else ()), free=days, stated=stated)
    expected = Told(
        f"cycle.{number - 1}.treatment_free_days",
        f"{days}",
        "error",
        f"an interval of {days} d is stated as a departure; none under 7 days was run",
        f"give at least 7 days, {WAIVE}",
        ("shortest_interval_run",),
    )
    assert told(*table) == ([expected] if days < 7 and stated and number < 3 else [])


@pytest.mark.holds("L013")
@pytest.mark.parametrize(("days", "severity"), [(126, None), (127, "warning"), (189, "warning"), (190, "error")])
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("stated", [True, False])
def test_an_interval_is_no_longer_than_any_that_was_run(
    days: int, severity: str | None, number: int, stated: bool
) -> None:
    """More than one and a half times as long, 189 days, is an error."""
    table = [cycle(each, *(LOW if each == 1 else ()), stated=not stated and each != number) for each in (1, 2, 3)]
    table[number - 1] = cycle(number, *(LOW if number == 1 else ()), free=days, stated=stated)
    expected = Told(
        f"cycle.{number - 1}.treatment_free_days",
        f"{days}",
        severity or "",
        f"an interval of {days} d is stated as a departure; none above 126 days was run",
        f"give at most 126 days, {WAIVE}",
        ("longest_interval_run",),
    )
    assert told(*table) == ([expected] if severity and stated and number < 3 else [])


@pytest.mark.holds("L013")
@pytest.mark.parametrize(
    ("hours", "in_words"),
    [(47, None), (48, "2 d"), (60, "2 d 12 h"), (71, "2 d 23 h"), (72, None)],
)
@pytest.mark.parametrize("stated", [True, False])
def test_a_step_is_no_shorter_than_any_that_was_run(hours: int, in_words: str | None, stated: bool) -> None:
    """Under 48 hours S305 tells of it."""
    low, high = f"9 mcg/day for {hours} hours", f"28 mcg/day for {672 - hours} hours"
    steps = (f"{low}, stated", high) if stated else (low, f"{high}, stated")
    expected = Told(
        "cycle.0.steps.0.hours",
        f"{hours}",
        "error",
        f"a step of {in_words} is stated as a departure; none under 3 days was run",
        f"give at least 3 days, {WAIVE}",
        ("shortest_step_run",),
    )
    assert told(cycle(1, *steps)) == ([expected] if in_words and stated else [])


def uneven(place: str, how: str, doses: tuple[str, str], why: str, mark: str, severity: str = "error") -> Told:
    low, high = (f"{dose} mcg/day" for dose in doses)
    return Told(
        place,
        f'"{mark} mcg/day"',
        severity,
        f"beside a stated departure the dose {how}, from {low} to {high}; {why}",
        f"give steps that were run, {WAIVE}",
        ("step_ratio",),
        f"from {low} to {high}",
    )


FOUR, NONE = "steps up to 4 times the step before were run", "no such step was run"
DOWN = "goes down inside a cycle"


@pytest.mark.holds("L013")
@pytest.mark.parametrize(
    ("doses", "stated", "expected"),
    [
        ((7, 28), (0,), []),
        ((6.5, 28), (0,), [uneven("cycle.0.steps.0.dose", "rises ≈ 4.3 times", ("6.5", "28"), FOUR, "6.5", "warning")]),
        # 28 is told at the step that departs, and 6.5 is more than one and a half times four
        ((4, 26), (0, 1), [uneven("cycle.0.steps.1.dose", "rises 6.5 times", ("4", "26"), FOUR, "26")]),
        ((4.5, 27), (0, 1), [uneven("cycle.0.steps.1.dose", "rises 6 times", ("4.5", "27"), FOUR, "27", "warning")]),
        ((15, 28), (0,), []),
        ((9, 28, 28), (2,), []),
        ((9, 28, 27), (2,), [uneven("cycle.0.steps.2.dose", DOWN, ("28", "27"), NONE, "27", "warning")]),
        ((9, 28, 18.5), (2,), [uneven("cycle.0.steps.2.dose", DOWN, ("28", "18.5"), NONE, "18.5")]),
        ((9, 28, 19), (2,), [uneven("cycle.0.steps.2.dose", DOWN, ("28", "19"), NONE, "19", "warning")]),
        # the way up again from a dose too low is not told of
        ((9, 2, 28), (1,), [uneven("cycle.0.steps.1.dose", DOWN, ("9", "2"), NONE, "2")]),
        # of a dose that is not stated L011 tells, and not also of the rise from it
        ((2, 28), (1,), []),
        ((9, 28, 8), (0,), []),
    ],
)
def test_doses_beside_a_stated_one_rise_as_was_run(
    doses: tuple[float, ...], stated: tuple[int, ...], expected: list[Told]
) -> None:
    steps = [f"{dose:g} mcg/day for 7 days{', stated' if n in stated else ''}" for n, dose in enumerate(doses)]
    steps[-1] = steps[-1].replace("for 7", f"for {35 - 7 * len(doses)}")
    assert told(cycle(1, *steps)) == expected


@pytest.mark.holds("L013", "D209")
def test_steps_beside_no_departure_are_another_rule_s() -> None:
    """Beside nothing nobody says that they depart, so L013 tells of those that are stated and D209 of the others."""
    down = ("28 mcg/day for 7 days", "20 mcg/day for 21 days")
    lines = cycle(1, *LOW, free=13, stated=True) + cycle(2, *down)
    judgement = judgement_of_lines(FROM_NOWHERE + lines)
    assert told_of(judgement, "L013") == []
    assert [one.place for one in told_of(judgement, "D209")] == ["cycle.1.steps.1.dose"]
    stated = cycle(1, *LOW) + cycle(2, down[0], f"{down[1]}, stated")
    assert told(stated, head=FROM_NOWHERE) == [
        uneven("cycle.1.steps.1.dose", DOWN, ("28", "20"), NONE, "20", "warning")
    ]


@pytest.mark.holds("L013")
@pytest.mark.parametrize(
    ("days", "severity"), [(20, None), (21, None), (22, "warning"), (35, "warning"), (36, "error")]
)
@pytest.mark.parametrize("at", ["the cycle", "the first step", "the second step", "nothing"])
def test_a_cycle_that_states_a_departure_infuses_no_longer_than_was_run(
    days: int, severity: str | None, at: str
) -> None:
    """28 days were run, and one and a half times as long, 42 days, is a warning yet."""
    steps = [LOW[0], f"28 mcg/day for {days} days"]
    if at.endswith("step"):
        number = ("the first step", "the second step").index(at)
        steps[number] += ", stated"
    text = cycle(1, *steps, stated=at == "the cycle")
    expected = Told(
        "cycle.0.steps",
        text.partition("steps = ")[2].partition("\ntreatment")[0],
        severity or "",
        f'"Cycle 1" infuses {7 + days} d, beside a stated departure; no infusion above 28 days was run in children with'
        " leukaemia",
        f"infuse at most 28 days, {WAIVE}",
        ("longest_infusion_in_leukaemia",),
    )
    assert told(text, SOMETHING) == ([expected] if severity and at != "nothing" else [])


@pytest.mark.holds("L013")
@pytest.mark.parametrize(("count", "severity"), [(9, None), (10, "warning"), (13, "warning"), (14, "error")])
@pytest.mark.parametrize("written", ["name", "repeat"])
@pytest.mark.parametrize("stated", [True, False])
def test_a_regimen_has_no_more_cycles_than_were_given(
    count: int, severity: str | None, written: str, stated: bool
) -> None:
    """Nine were given, and 13.5 would be one and a half times as many."""
    full = "28 mcg/day for 28 days"
    if written == "repeat":
        last = cycle(2, full, stated=stated).replace("steps", f"repeat = {count - 1}\nsteps")
        table = [cycle(1, *LOW, stated=not stated, free=14 if stated else 13), last]
    else:
        table = [cycle(each, *(LOW if each == 1 else (full,))) for each in range(1, count)]
        table[0] = cycle(1, *LOW, stated=not stated, free=14 if stated else 13)
        table.append(cycle(count, full, stated=stated))
    expected = Told(
        f"cycle.{len(table) - 1}.{written}",
        f"{count - 1}" if written == "repeat" else f'"Cycle {count}"',
        severity or "",
        f"the regimen has {count} cycles, stated as a departure; none of more than 9 cycles was run",
        f"give at most 9 cycles, {WAIVE}",
        ("most_cycles_run",),
        f"{count} cycles",
    )
    assert told(*table) == ([expected] if severity and stated else [])
