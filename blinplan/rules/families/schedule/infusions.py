"""S301, S302: how long a cycle infuses."""

from collections.abc import Iterator

from blinplan.quantities import duration_text
from blinplan.regimen.regimen import Cycle
from blinplan.rules.checks.comparison import beside_label, severity_in_leukaemia
from blinplan.rules.checks.departures import is_laid_beside_base
from blinplan.rules.rule import Case, Finding, NotEvaluated, Rule, Severity


def short_infusion(rule: Rule, case: Case) -> Iterator[Finding]:
    """Cycles that infuse less than the label's, but so much that the infusion is continuous."""
    limit = case.limits["infusion_per_cycle"]
    for cycle in _cycles(case):
        if case.limits["shortest_infusion_studied"].minutes <= cycle.infusion < limit.minutes:
            yield case.finding(
                rule,
                (*cycle.path, "steps"),
                f'"{cycle.name}" infuses {duration_text(cycle.infusion)}; a cycle infuses {limit}',
                f"make the steps add up to {limit}",
                severity=severity_in_leukaemia(case, cycle.infusion, limit.minutes),
                value=duration_text(cycle.infusion),
            )


def long_infusion(rule: Rule, case: Case) -> Iterator[Finding]:
    """Cycles that infuse more than the label's."""
    limit, studied = case.limits["infusion_per_cycle"], case.limits["longest_infusion_studied"]
    for cycle in _cycles(case):
        unknown = cycle.infusion > studied.minutes
        if unknown or (cycle.infusion > limit.minutes and not is_laid_beside_base(case)):
            yield case.finding(
                rule,
                (*cycle.path, "steps"),
                f'"{cycle.name}" infuses {duration_text(cycle.infusion)}; a cycle infuses {limit}'
                + (f", and nothing over {studied} was studied" if unknown else ""),
                f"make the steps add up to {limit}",
                severity=Severity.ERROR if unknown else severity_in_leukaemia(case, cycle.infusion, limit.minutes),
                value=duration_text(cycle.infusion),
            )


def _cycles(case: Case) -> list[Cycle]:
    """The cycles, without those that are longer or shorter by their first step alone: that is told at the step."""
    laid = beside_label(case)
    pairs = () if isinstance(laid, NotEvaluated) else laid.pairs
    by_first_step = {pair.cycle.path for pair in pairs if pair.followed and pair.minutes != pair.reference.minutes}
    if not by_first_step:
        return list(case.regimen.cycles)
    last_as_labelled = {pair.cycle.path for pair in pairs if pair.is_last and pair.minutes == pair.reference.minutes}
    return [cycle for cycle in case.regimen.cycles if cycle.path not in by_first_step & last_as_labelled]
