"""T: T cells at a dose step, on both sides of the majority."""

import pytest

from blinplan.proportion import Proportion
from blinplan.rules.rule import Severity
from blinplan.rules.simulated.outcome import Escalation, SimulatedOutcome
from tests.regimen_text import (
    cycle,
    judgement_of,
    regimen_text,
    script,
    verdict_of,
)
from tests.rules.families.examples import Example, example, tried
from tests.rules.families.heads_and_outcomes import STEPPED, simulated, with_outcome


@pytest.mark.parametrize(
    ("returned", "answer"), [(400, "finding"), (500, "undecided"), (600, "pass"), (None, "not applicable")]
)
def test_t_cells_at_the_step(returned: int | None, answer: str) -> None:
    escalation = None if returned is None else Escalation(7.0, Proportion(returned, 1000), 12.3)
    assert simulated("T501", STEPPED, with_outcome(escalation=escalation)) == answer


@pytest.mark.parametrize("back", [12.0, 12.3, 12.99])
def test_the_day_on_which_the_majority_is_back_is_named(back: float) -> None:
    """Twelve days after the start, whatever the hour, it is day 13."""
    escalation = Escalation(7.0, Proportion(10, 1000), back)
    (finding,) = verdict_of(
        judgement_of(regimen_text(STEPPED), script(with_outcome(escalation=escalation))), "T501"
    ).findings
    assert "in the majority they are on day 13" in finding.message
    assert finding.severity is Severity.NOTE
    assert finding.path == ("cycle", 0, "steps", 1, "dose")


def returned(count: int, compared: tuple[str, Proportion | None] | None = None) -> SimulatedOutcome:
    return with_outcome(escalation=Escalation(7.0, Proportion(count, 1000), None), compared_returns=compared)


def beside(count: int | None) -> tuple[str, Proportion | None]:
    """The regimen that it is compared with, and in how many of 1,000 T cells were back under that."""
    return "rr-adult", None if count is None else Proportion(count, 1000)


def test_the_regimen_that_it_is_compared_with_is_named_with_its_share() -> None:
    found = script(returned(10, beside(180)))
    (finding,) = verdict_of(judgement_of(regimen_text(STEPPED), found), "T501").findings
    assert "under rr-adult in 18.0 %" in finding.message
    (finding,) = verdict_of(judgement_of(regimen_text(STEPPED), script(returned(10, beside(None)))), "T501").findings
    assert "rr-adult has no such step" in finding.message


def _steps(first: int) -> str:
    return cycle(f"9 mcg/day for {first} hours", f"28 mcg/day for {672 - first} hours")


WEEKS = ("9 mcg/day for 7 days", "9 mcg/day for 7 days")
DAYS_13 = ("9 mcg/day for 6 days",)
DOWN = ("28 mcg/day for 7 days", "9 mcg/day for 7 days")

EXAMPLES = (
    example("T501", "finding", "the interval just below half", STEPPED, outcome=returned(469)),
    example("T501", "undecided", "it touches half from below", STEPPED, outcome=returned(470)),
    example("T501", "undecided", "it touches half from above", STEPPED, outcome=returned(530)),
    example("T501", "pass", "the interval just above half", STEPPED, outcome=returned(531)),
    example("T501", "pass", "as under the label", STEPPED, outcome=returned(180, beside(180))),
    example("T501", "pass", "more than under the label", STEPPED, outcome=returned(200, beside(180))),
    example("T501", "pass", "about half, and more than under the label", STEPPED, outcome=returned(500, beside(490))),
    example("T501", "pass", "hardly fewer than under the label", STEPPED, outcome=returned(170, beside(180))),
    example("T501", "undecided", "two thirds of those under the label", STEPPED, outcome=returned(120, beside(180))),
    example("T501", "finding", "half of those under the label", STEPPED, outcome=returned(90, beside(240))),
    example("T501", "finding", "the label has no step", STEPPED, outcome=returned(300, beside(None))),
    example("T501", "not applicable", "no step", cycle(), outcome=with_outcome(escalation=None)),
    example("T501", "not requested", "no simulation", STEPPED),
    example("T502", "finding", "an hour less than 14 days", _steps(14 * 24 - 1)),
    example("T502", "pass", "14 days", _steps(14 * 24)),
    example("T502", "pass", "14 days in two equal steps", cycle(*WEEKS, "28 mcg/day for 14 days")),
    example("T502", "finding", "13 days in two equal steps", cycle(*WEEKS[:1], *DAYS_13, "28 mcg/day for 15 days")),
    example("T502", "pass", "up again 14 days after the start", cycle(*DOWN, "28 mcg/day for 14 days")),
    example("T502", "pass", "a step down after a week", cycle("28 mcg/day for 7 days", "9 mcg/day for 21 days")),
    example("T502", "pass", "a higher dose after a gap", cycle("9 mcg/day for 7 days", free=1) + cycle()),
    example("T502", "finding", "a higher dose after no gap", cycle("9 mcg/day for 7 days", free=0) + cycle()),
    example("T502", "off", "nobody asked for it", STEPPED, selected=False),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer
