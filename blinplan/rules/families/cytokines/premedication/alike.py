"""What was said of one file's premedication is said of another one that declares the same for the same patients.

A library has a handful of premedications, and to lay one beside the label takes as long as all else together.
"""

from collections.abc import Callable
from functools import wraps

from blinplan.limits import Consulted
from blinplan.rules.checks import labelled
from blinplan.rules.families.cytokines.age_groups import admitted_groups
from blinplan.rules.limits import Limits
from blinplan.rules.rule import Answer, Case, Rule

_MOST = 1024
_Key = tuple[object, ...]
_NOTHING_FOUND: dict[_Key, tuple[Limits, tuple[str, ...]]] = {}
"""Where nothing was found, by all that decides it: the limits, which are kept so that no others come to have their
identity, and the names of those that the answer rests on."""


def once_for_all_alike(check: Callable[[Rule, Case], Answer]) -> Callable[[Rule, Case], Answer]:
    """A check of premedication, which finds nothing where it found nothing in what decides the same."""

    @wraps(check)
    def check_once(rule: Rule, case: Case) -> Answer:
        if not case.regimen.premedication:
            return check(rule, case)
        limits = case.limits
        assert isinstance(limits, Consulted)  # noqa: S101 - rules are asked with limits that remember it
        key = _what_decides(rule, case)
        known = _NOTHING_FOUND.get(key)
        if known is not None:
            limits.names |= dict.fromkeys(known[1])
            return ()
        answer = check(rule, case)
        if answer:  # findings, or why there is no answer
            return answer
        if len(_NOTHING_FOUND) >= _MOST:
            _NOTHING_FOUND.clear()
        _NOTHING_FOUND[key] = case.limits_unasked, tuple(limits.names)
        return answer

    return check_once


def _what_decides(rule: Rule, case: Case) -> _Key:
    """Everything that such a rule looks at."""
    regimen = case.regimen
    return (
        rule.code,
        id(case.limits_unasked),
        regimen.label,
        regimen.indication,
        regimen.disease,
        regimen.basis,
        regimen.departs_from,
        regimen.eligibility,
        regimen.premedication,
        admitted_groups(case),
        len(regimen.one_by_one) > 1,
        any(True for cycle in regimen.cycles for _ in labelled.escalations(cycle)),
    )
