"""D201, D202: is the target dose one at which full depletion of B cells is documented."""

from collections.abc import Iterator

from blinplan.label.read import label_of
from blinplan.quantities import Basis
from blinplan.regimen.regimen import Step
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import beside_label, is_gross, severity_of_ratio
from blinplan.rules.checks.departures import is_beside_nothing
from blinplan.rules.checks.doses_told import doses_told
from blinplan.rules.reference import StepPair
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity


def _targets(case: Case) -> list[tuple[Step, str]]:
    """The highest step of every cycle, with what to call its dose.

    Where the label gives that very dose in its place, as the first of two, another step of the cycle is too low.
    """
    return case.once(_find_targets)


def _find_targets(case: Case) -> list[tuple[Step, str]]:
    told = [pair.step.path for pair in _labelled_pairs(case) if pair.ratio == 1]
    told += doses_told(case)
    targets: list[tuple[Step, str]] = []
    for number, cycle in enumerate(case.regimen.cycles):
        highest = max(step.dose.amount for step in cycle.steps)
        of = "" if number == 0 else f' of "{cycle.name}"'
        step = next((s for s in cycle.steps if s.dose.amount == highest and s.path not in told), None)
        if step is not None:
            targets.append((step, f"the target dose{of}"))
    return targets


def _labelled_pairs(case: Case) -> tuple[StepPair, ...]:
    """The steps beside the label's; none where there is nothing of a label to lay them beside."""
    laid = beside_label(case)
    return () if isinstance(laid, NotEvaluated) else laid.pairs


def incomplete_depletion(rule: Rule, case: Case) -> Answer:
    """Find target doses at which incomplete depletion is documented."""
    limit = case.limits["incomplete_depletion"]
    if case.regimen.target.dose.basis is Basis.FLAT:
        return NotEvaluated("not applicable", f"the doses are flat, and the documented limit is in {limit.unit}")
    return [
        case.finding(
            rule,
            (*target.path, "dose"),
            f"{name} is {target.dose}; incomplete B-cell depletion is documented at 0.5 and {limit}",
            f"raise the target dose above {case.limits['depletion_by_area']}, or waive this rule with the reason",
        )
        for target, name in _targets(case)
        if target.dose.amount <= limit.value
    ]


def depletion_not_documented(rule: Rule, case: Case) -> Iterator[Finding]:
    """Find target doses at which full depletion is not documented."""
    for target, name in _targets(case):
        yield from _below_documented_dose(rule, case, target, name)


def _below_documented_dose(rule: Rule, case: Case, target: Step, name: str) -> Iterator[Finding]:
    by_area = target.dose.basis is Basis.BSA
    deciding = "depletion_by_area" if by_area else "depletion_flat"
    limit = case.limits[deciding]
    if by_area and target.dose.amount <= case.limits["incomplete_depletion"].value:
        return  # the stronger rule D201 speaks
    if target.dose.amount > limit.value:
        return
    ordered, severity = _label_in_place_of(case, target)
    beside = f"; the label gives {ordered}" if ordered else ""
    path = (*target.path, "dose")
    if target.dose.amount == limit.value:
        yield case.finding(
            rule,
            path,
            f"{name} is {target.dose}, exactly on the threshold of full B-cell depletion{beside}",
            _advice(ordered, f"choose a target dose above {limit}"),
            why=f"The article prints > {limit}: read so, depletion at this dose is not documented. Copies of the"
            f" label's section 12.2 print ≥ {limit}: read so, it is.",
            limits=(deciding,),
            severity=severity,
        )
    else:
        yield case.finding(
            rule,
            path,
            f"{name} is {target.dose}; full B-cell depletion is documented above {limit}{beside}",
            _advice(ordered, f"raise the target dose above {limit}"),
            limits=(deciding,),
            severity=severity,
        )


def _advice(ordered: str, otherwise: str) -> str:
    """What to do: give the label's dose where there is one, else another thing."""
    return f"{f'give {ordered}' if ordered else otherwise}, or waive this rule with the reason"


def _label_in_place_of(case: Case, target: Step) -> tuple[str, Severity | None]:
    """What the label gives in place of a dose, and how bad it is that it is another one."""
    pair = next((pair for pair in _labelled_pairs(case) if pair.step.path == target.path and pair.ratio < 1), None)
    if pair is None or pair.reference.limit is None:
        return "", Severity.ERROR if is_beside_nothing(case) or _is_without_schedule(case) else None
    limit = case.limits_unasked[pair.reference.limit]
    if limit.unverified and not is_gross(pair.ratio):
        return "", None
    return str(limit), severity_of_ratio(case, pair.ratio)


def _is_without_schedule(case: Case) -> bool:
    """Whether the regimen is for an indication of labels, and the one that it follows says nothing of its patients."""
    return not labelled.is_investigational(case) and label_of(case.regimen).schedule_for(case.regimen) is None
