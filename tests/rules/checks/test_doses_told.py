"""Which doses L011 and L012 tell of: above all that were run, far below them beside nothing, or not as in the base.

In leukaemia every regimen begins with 9 mcg/day or 5 mcg/m²/day and leads to 28 or 15; two thirds of these are 6 and
18.67 mcg/day, 3.33 and 10 mcg/m²/day. Up to 9 mcg/day or 5 mcg/m²/day depletion is what another rule tells of (D202).
"""

import pytest

from blinplan.regimen.reading import RegimenFile, read
from blinplan.rules.checks.doses_run import doses_below_run
from blinplan.rules.checks.doses_told import doses_told
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judging.cases import case_of
from blinplan.rules.rule import Case
from tests.regimen_text import cycle, regimen_text


def case(lines: str, top: str = "") -> Case:
    reading = read(regimen_text(lines, top=top).encode(), "x.toml")
    assert isinstance(reading, RegimenFile)
    return case_of(reading, DEFAULTS, None, None)


def steps_of(told: set[tuple[int | str, ...]]) -> list[tuple[int | str, int | str]]:
    """Cycles and steps, in their order."""
    return sorted((path[1], path[3]) for path in told)


@pytest.mark.parametrize(
    ("doses", "unit", "told"),
    [
        ("9 28", "mcg/day", []),
        ("6 28", "mcg/day", []),
        ("5.9 28", "mcg/day", [0]),
        ("6 18.7", "mcg/day", []),
        ("6 18.6", "mcg/day", [1]),
        ("5.9 18.6", "mcg/day", [0, 1]),
        ("5.9 9.1", "mcg/day", [0, 1]),
        ("5.9 9", "mcg/day", [0]),
        ("5 4", "mcg/day", []),  # the first is the highest
        ("4 5 4", "mcg/day", [0]),
        ("5.9", "mcg/day", []),
        ("10", "mcg/day", [0]),
        ("3.4 10", "mcg/m2/day", []),
        ("3.3 10", "mcg/m2/day", [0]),
        ("3.4 9.9", "mcg/m2/day", [1]),
        ("3.4 5.1", "mcg/m2/day", [1]),
        ("3.4 5", "mcg/m2/day", []),
        ("28.1", "mcg/day", [0]),
        ("9 29 28", "mcg/day", [1]),
        ("28000 300", "mcg/day", [0, 1]),
    ],
)
def test_beside_nothing_doses_are_told_that_are_above_or_far_below_what_was_run(
    doses: str, unit: str, told: list[int]
) -> None:
    own = case(cycle(*(f"{dose} {unit} for 7 days" for dose in doses.split())))
    assert steps_of(doses_told(own)) == [(0, number) for number in told]


def test_a_dose_that_several_cycles_lead_to_is_told_at_the_first_of_them_with_its_limit() -> None:
    text = "\n".join(
        cycle(f"{dose} mcg/day for 28 days").replace('"Cycle"', f'"{at}"') for at, dose in enumerate((28, 12, 12))
    )
    found = [(step.path, limit.name) for step, limit in doses_below_run(case(text))]
    assert found == [(("cycle", 1, "steps", 0), "labelled_maximum_flat")]
    (first, _) = doses_below_run(case(cycle("5 mcg/day for 7 days", "12 mcg/day for 21 days")))
    assert (first[0].path, first[1].name) == (("cycle", 0, "steps", 0), "first_step_flat")


STATED = ', departure = { reason = "Protocol 7", source = "none" }'


@pytest.mark.parametrize(
    ("first", "later", "told"),
    [
        ("9 mcg/day for 7 days", "28", []),
        ("9 mcg/day for 6 days", "28", []),  # another length is no other dose
        ("10 mcg/day for 6 days", "27", [(0, 0), (1, 0)]),
        ("2 mcg/day for 7 days", "12", [(0, 0), (1, 0)]),
        ("9000 mcg/day for 7 days", "300", [(0, 0), (1, 0)]),
    ],
)
@pytest.mark.parametrize("stated", [False, True])
def test_beside_a_base_doses_are_told_that_are_not_as_there_and_that_no_departure_states(
    first: str, later: str, told: list[tuple[int, int]], stated: bool
) -> None:
    second = cycle(f"{later} mcg/day for 28 days").replace('"Cycle"', '"Later"')
    lines = f"{cycle(first, '28 mcg/day for 21 days')}\n{second}"
    if stated:
        lines = lines.replace("days = 7 }", f"days = 7{STATED} }}").replace("days = 6 }", f"days = 6{STATED} }}")
    own = case(lines, 'departs_from = "rr-adult"')
    above = {(0, 0)} if first.startswith("9000") else set()
    assert steps_of(doses_told(own)) == [step for step in told if step != (0, 0) or not stated or step in above]
