"""T: T cells at a dose step, on both sides of the majority."""

import pytest

from blinplan.proportion import Proportion
from blinplan.rules.rule import Severity
from blinplan.rules.simulated.outcome import Escalation
from tests.regimen_text import (
    judged,
    regimen_text,
    told,
    verdict_of,
)
from tests.rules.families.heads_and_outcomes import STEPPED, simulated, with_outcome


@pytest.mark.parametrize(
    ("returned", "answer"), [(400, "finding"), (500, "undecided"), (600, "pass"), (None, "not applicable")]
)
def test_t_cells_at_the_step(returned: int | None, answer: str) -> None:
    escalation = None if returned is None else Escalation(7.0, Proportion(returned, 1000), 12.3)
    assert simulated("T501", STEPPED, with_outcome(escalation=escalation)) == answer


def test_the_day_on_which_the_majority_is_back_is_named() -> None:
    escalation = Escalation(7.0, Proportion(10, 1000), 12.3)
    (finding,) = verdict_of(judged(regimen_text(STEPPED), told(with_outcome(escalation=escalation))), "T501").findings
    assert "in the majority they are on day 13" in finding.message
    assert finding.severity is Severity.NOTE
    assert finding.path == ("cycle", 0, "steps", 1, "dose")
