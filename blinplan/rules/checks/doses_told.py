"""The doses of an investigational regimen of which L011 or L012 tells, so that no other rule tells of them again."""

from blinplan.regimen.toml.positions import KeyPath
from blinplan.rules.checks import labelled
from blinplan.rules.checks.departures import beside_base, differences, is_beside_nothing
from blinplan.rules.checks.doses_run import doses_above_run, doses_below_run
from blinplan.rules.rule import Case, NotEvaluated


def doses_told(case: Case) -> set[KeyPath]:
    """Where the steps are whose doses are told: above what was run, below it beside nothing, or not as in the base."""
    return case.once(_doses_told)


def _doses_told(case: Case) -> set[KeyPath]:
    if not labelled.is_investigational(case):
        return set()
    told = {high.step.path for high in doses_above_run(case)}
    laid = beside_base(case)
    if isinstance(laid, NotEvaluated):
        return told | {step.path for step, _ in doses_below_run(case)} if is_beside_nothing(case) else told
    return told | {one.place for one in differences(case) if one.departure is None and one.path[-1] == "dose"}
