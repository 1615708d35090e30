"""S311: cycles that not everybody is given, where those who are not begin elsewhere or are given nothing."""

from blinplan.quantities import DoseRate
from blinplan.regimen.regimen import Cycle
from blinplan.regimen.vocabulary import Indication
from blinplan.rules.checks import labelled
from blinplan.rules.checks.departures import beside_base, optional_start_beside
from blinplan.rules.checks.optional import first_for_everybody, start_without_low_step
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity


def optional_start(rule: Rule, case: Case) -> Answer:
    """A course of optional cycles only, or that begins with one."""
    course = case.regimen.cycles
    given = first_for_everybody(case.regimen)
    if given is None:
        return [_nothing_given(rule, case)]
    if given is course[0] or _is_told(case):
        return ()
    return [_begins_later(rule, case, given)]


def _is_told(case: Case) -> bool:
    """Whether D207 or L011 tells that only the optional cycles have the low first step."""
    regimen = case.regimen
    if regimen.indication is Indication.RELAPSED_REFRACTORY:
        low_step = labelled.first_step(case.limits_unasked, regimen.basis).value
        return start_without_low_step(regimen, DoseRate(low_step, regimen.basis)) is not None
    base = beside_base(case)
    return not isinstance(base, NotEvaluated) and any(optional_start_beside(case, base.reference))


def _nothing_given(rule: Rule, case: Case) -> Finding:
    return case.finding(
        rule,
        (*case.regimen.cycles[0].path, "optional"),
        "every cycle is optional, so there is none that everybody is given",
        "remove `optional` from the cycles that everybody is given",
        severity=Severity.ERROR,
        value="every cycle is optional",
    )


def _begins_later(rule: Rule, case: Case, given: Cycle) -> Finding:
    first = case.regimen.cycles[0]
    return case.finding(
        rule,
        (*first.path, "optional"),
        f'"{first.name}" is optional; who is not given it begins with "{given.name}", and days in hospital and'
        " premedication are planned by the number of a cycle",
        f'remove `optional` from "{first.name}", or give the others a regimen of their own',
        value=f"optional, then {given.name}",
    )
