"""D207, D208, D209: does the dose rise where the label's does, and by as much as steps that were run."""

from collections.abc import Iterator
from itertools import pairwise

from blinplan.quantities import MINUTES_PER_DAY, DoseRate, decimal_text
from blinplan.regimen.regimen import Step
from blinplan.regimen.vocabulary import Indication
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import beside_label, severity_of_ratio
from blinplan.rules.checks.departures import BESIDE_BASE, is_laid_beside_base
from blinplan.rules.checks.dose_differences import DoseDifference, told_by
from blinplan.rules.checks.doses_told import doses_told
from blinplan.rules.checks.optional import start_without_low_step
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule


def high_start(rule: Rule, case: Case) -> Answer:
    """Find a first cycle that begins above the label's low step."""
    if case.regimen.indication is not Indication.RELAPSED_REFRACTORY:
        return NotEvaluated("not applicable", "the label's low first step is for relapsed or refractory disease")
    told = told_by(rule, case, "begin with the label's first step, or waive this rule with the reason", _start_in_words)
    if isinstance(told, NotEvaluated):
        return told
    return [*_with_likely_indication(case, list(told)), *_high_start_without_optional(rule, case)]


def _with_likely_indication(case: Case, found: list[Finding]) -> list[Finding]:
    """What was found of steps, with the advice to look at the indication where the schedule is that of another one."""
    if not found:
        return found
    # Imported here, because most regimens have the steps of their own indication.
    from blinplan.rules.checks.indications import other_indications

    others = other_indications(case)
    meant = f"; or correct `indication`: the schedule is that of {' or '.join(others)}" if others else ""
    return [finding._replace(help=f"{finding.help}{meant}") for finding in found]


def _high_start_without_optional(rule: Rule, case: Case) -> Iterator[Finding]:
    """A low first step that is only in optional cycles: whoever is not given these begins without it."""
    optional, limit = case.regimen.cycles[0], labelled.first_step(case.limits, case.regimen.basis)
    given = start_without_low_step(case.regimen, DoseRate(limit.value, case.regimen.basis))
    if given is not None:
        dose = given.steps[0].dose
        yield case.finding(
            rule,
            (*optional.path, "optional"),
            f'"{optional.name}" is optional; without it the course starts with "{given.name}", at {dose}; the label'
            f" starts at {limit}",
            f'remove `optional` from "{optional.name}", or begin with the low step in "{given.name}" too',
            limits=(limit.name,),
            value=f"optional, then {dose}",
        )


def _start_in_words(_: Case, difference: DoseDifference) -> str:
    days = difference.pair.reference.minutes // MINUTES_PER_DAY
    return f"cycle 1 starts at {difference.pair.step.dose}; the label starts at {difference.limit} for {days} days"


def unlabelled_step(rule: Rule, case: Case) -> Answer:
    """Find steps up where the label has none."""
    told = told_by(rule, case, "begin at the full dose, or waive this rule with the reason", _step_in_words)
    return told if isinstance(told, NotEvaluated) else _with_likely_indication(case, list(told))


def _step_in_words(case: Case, difference: DoseDifference) -> str:
    relapsed = case.regimen.indication is Indication.RELAPSED_REFRACTORY
    up, step = "steps up" if difference.is_in_one_cycle else "step up", difference.pair.step
    return (
        f"{difference.cycles} {up} from {step.dose}; the label gives {difference.limit} from the"
        " first day, and steps up in " + ("cycle 1 only" if relapsed else "relapsed or refractory disease only")
    )


def uneven_steps(rule: Rule, case: Case) -> Answer:
    """Find large steps, and steps down, in a regimen that is laid beside no other."""
    if not isinstance(beside_label(case), NotEvaluated):
        return NotEvaluated("not applicable", "every dose is laid beside the label's (D203, D207, D208, L001)")
    if is_laid_beside_base(case):
        return BESIDE_BASE
    pairs = [pair for cycle in case.regimen.cycles for pair in pairwise(cycle.steps)]
    into_next = [(before.steps[-1], after.steps[0]) for before, after in pairwise(case.regimen.cycles)]
    if not pairs and not into_next:
        return NotEvaluated("not applicable", "there is one dose only")
    found = [*_large_steps(rule, case, pairs), *_large_steps(rule, case, into_next, "from one cycle to the next, ")]
    return [*found, *_steps_down(rule, case, pairs)]


_Pairs = list[tuple[Step, Step]]


def _without_slips(case: Case, pairs: _Pairs) -> _Pairs:
    """The pairs of doses of which no other rule says that one is wrong."""
    wrong = {step.path for step in case.regimen.steps if labelled.is_unit_slip(case.limits, step.dose)}
    wrong |= doses_told(case)
    return [pair for pair in pairs if not any(step.path in wrong for step in pair)]


def _large_steps(rule: Rule, case: Case, pairs: _Pairs, between: str = "") -> Iterator[Finding]:
    limit = case.limits["step_ratio"]
    for step, following in _without_slips(case, pairs):
        ratio = following.dose.amount / step.dose.amount
        if ratio > limit.value:
            yield case.finding(
                rule,
                (*following.path, "dose"),
                f"{between}the dose goes from {step.dose} to {following.dose}, {decimal_text(ratio, 1)} times; steps up"
                f" to {limit} were run",
                "put a step in between, or waive this rule with the reason",
                severity=severity_of_ratio(case, ratio / limit.value),
                value=f"from {step.dose} to {following.dose}",
            )


def _steps_down(rule: Rule, case: Case, pairs: _Pairs) -> Iterator[Finding]:
    for step, following in _without_slips(case, pairs):
        if following.dose.amount < step.dose.amount:
            yield case.finding(
                rule,
                (*following.path, "dose"),
                f"the dose goes down, from {step.dose} to {following.dose}, inside a cycle",
                "give the steps in rising order, or waive this rule with the reason",
                value=f"from {step.dose} to {following.dose}",
            )
