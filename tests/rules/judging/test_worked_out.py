"""What several rules ask of a file is worked out once, and the answer of each rests on what was looked at for it."""

import pytest

from blinplan.limits import Consulted, NotStatedError
from blinplan.regimen.reading import RegimenFile, read
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judging.cases import case_of
from blinplan.rules.rule import Case
from tests.regimen_text import cycle, regimen_text


def _case() -> tuple[Case, Consulted]:
    file = read(regimen_text(cycle()).encode(), "probe.toml")
    assert isinstance(file, RegimenFile)
    case = case_of(file, DEFAULTS, None, None)
    consulted = Consulted(case.limits)
    return case.with_limits(consulted), consulted


def test_every_rule_rests_on_the_limits_of_what_was_worked_out_for_another() -> None:
    case, consulted = _case()
    made = []

    def longest(case: Case) -> int:
        made.append(case.limits["longest_interval_run"].minutes)
        return made[0]

    for _ in range(2):
        consulted.forget()
        assert case.once(longest) == made[0]
        assert list(consulted.names) == ["longest_interval_run"]
    assert len(made) == 1


def test_what_rests_on_something_worked_out_rests_on_its_limits_too() -> None:
    case, consulted = _case()

    def longest(case: Case) -> int:
        return case.limits["longest_interval_run"].minutes

    def twice_the_longest(case: Case) -> int:
        return 2 * case.once(longest)

    assert case.once(twice_the_longest) == 2 * case.once(longest)
    consulted.forget()
    case.once(twice_the_longest)
    assert list(consulted.names) == ["longest_interval_run"]


def test_what_a_label_does_not_state_is_told_to_every_rule() -> None:
    case, consulted = _case()

    def unstated(case: Case) -> int:
        return case.limits["longest_interval_run"].minutes + case.limits["no_such_limit"].minutes

    for _ in range(2):
        consulted.forget()
        with pytest.raises(NotStatedError):
            case.once(unstated)
        assert list(consulted.names) == ["longest_interval_run"]
