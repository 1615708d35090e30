"""T: T cells at a dose step, on both sides of the majority."""

from dataclasses import replace

import pytest

from blinplan.proportion import Proportion
from blinplan.rules.configuration.settings import DEFAULTS, Pattern
from blinplan.rules.rule import Severity
from blinplan.rules.simulated.outcome import Escalation, SimulatedOutcome
from tests.regimen_text import (
    cycle,
    judgement_of,
    judgement_of_lines,
    marks,
    regimen_text,
    script,
    verdict_of,
)
from tests.rules.families.examples import Example, example, tried
from tests.rules.families.heads_and_outcomes import STEPPED, share, simulated, surely, with_outcome


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


FULL = "28 mcg/day for 28 days"


@pytest.mark.parametrize(
    ("lines", "day", "place", "written"),
    [
        (STEPPED, 7, (0, 1), "9 mcg/day for 7 days, 28 mcg/day for 21 days"),
        (cycle(*WEEKS, "28 mcg/day for 14 days"), 14, (0, 2), f"{', '.join(WEEKS)}, 28 mcg/day for 14 days"),
        (cycle(FULL) + STEPPED, 49, (1, 1), "9 mcg/day for 7 days, 28 mcg/day for 21 days"),
        (cycle("9 mcg/day for 7 days", free=0) + cycle(FULL), 7, (1, 0), FULL),
    ],
)
def test_the_step_is_the_one_that_begins_on_the_day_of_the_rise(
    lines: str, day: int, place: tuple[int, int], written: str
) -> None:
    found = with_outcome(escalation=Escalation(float(day), Proportion(10, 1000), None))
    judgement = judgement_of_lines(lines, script(replace(found, compared_returns=beside(300))))
    (finding,) = verdict_of(judgement, "T501").findings
    assert finding.message == (
        f"T cells are back at 90 % of baseline before this step in {share(10, 1000)} (adult-rr), under rr-adult in"
        f" {share(300, 1000)}"
    )
    assert finding.help == "expect a second fall of T cells before the first is over, or step later"
    assert finding.path == ("cycle", place[0], "steps", place[1], "dose")
    assert marks(judgement, "T501") == ['"28 mcg/day"']
    assert finding.value == written
    assert finding.limits == ("returned_t_cells", "majority", "fewer_returned_t_cells")


@pytest.mark.parametrize(
    ("own", "label", "answer"),
    [
        ((501, 0.501, 0.501), None, "pass"),
        ((500, 0.5, 0.5), None, "finding"),  # half are no majority
        ((480, 0.46, 0.5), None, "finding"),
        ((480, 0.46, 0.501), None, "undecided"),
        ((335, 0.335, 0.335), (500, 0.5, 0.5), "pass"),  # 67 % of half, and fewer than that is worse
        ((334, 0.334, 0.334), (500, 0.5, 0.5), "finding"),
        ((320, 0.3, 0.335), (550, 0.5, 0.6), "finding"),
        ((320, 0.3, 0.336), (550, 0.5, 0.6), "undecided"),
        ((100, 0.05, 0.2), (100, 0.05, 0.2), "pass"),  # as many, whatever few patients leave open
        ((99, 0.05, 0.2), (100, 0.05, 0.2), "undecided"),
    ],
)
def test_a_share_at_its_limit_is_on_the_side_that_the_limit_says(
    own: tuple[int, float, float], label: tuple[int, float, float] | None, answer: str
) -> None:
    ends = [(Proportion(count, 1000), (low, high)) for count, low, high in (own, label or own)]
    found = surely(returned(own[0], None if label is None else beside(label[0])), *ends)
    assert simulated("T501", STEPPED, found) == answer


ASKED = DEFAULTS._replace(extend_select=(Pattern("T502"),))


def window(first: int, second: int) -> str:
    """What is told of two rises on these days of the course: counts fall for 2 days, and are back within 14."""
    return (
        f"expect fewer T cells in blood on days {first} to {first + 2}, and again on days {second} to {second + 2};"
        " they are back within 14 days of each, so the two windows run into each other"
    )


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (STEPPED, [((0, 1), window(1, 8))]),
        (cycle(FULL) + STEPPED, [((1, 1), window(43, 50))]),
        (
            cycle("5 mcg/day for 14 days", "9 mcg/day for 7 days", "28 mcg/day for 7 days"),
            [((0, 2), window(15, 22))],  # the first step comes when they are back
        ),
        (
            cycle("9 mcg/day for 36 hours", "15 mcg/day for 36 hours", "28 mcg/day for 600 hours"),
            [((0, 1), window(1, 2)), ((0, 2), window(2, 4))],  # noon of day 2, and midnight before day 4
        ),
        (
            cycle("0.5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days"),
            [((0, 1), window(1, 8))],  # the least that was studied is a dose too
        ),
        (cycle("28 mcg/day for 7 days", "9 mcg/day for 2 days", "28 mcg/day for 19 days"), [((0, 2), window(1, 10))]),
    ],
)
def test_the_days_of_each_window_are_counted_from_the_start(
    lines: str, told: list[tuple[tuple[int, int], str]]
) -> None:
    judgement = judgement_of_lines(lines, settings=ASKED)
    findings = verdict_of(judgement, "T502").findings
    assert [(one.path, one.message) for one in findings] == [
        (("cycle", number, "steps", step, "dose"), message) for (number, step), message in told
    ]
    for one in findings:
        assert one.severity is Severity.NOTE
        assert one.help == "read T-cell counts of these days as redistribution, not as loss"
        steps = judgement.reading.document.values["cycle"][one.path[1]]["steps"]
        assert one.value is not None
        assert one.value.count(" for ") == len(steps)
