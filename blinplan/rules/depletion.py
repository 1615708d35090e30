"""B: do the virtual patients' B cells go, and stay away until the next cycle."""

from blinplan.rules.outcome import Proportion
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity


def _steps(dose: str, repeat: int) -> str:
    return (
        f'[[cycle]]\nname = "Cycle"\nrepeat = {repeat}\n'
        f'steps = [{{ dose = "{dose}", days = 28 }}]\ntreatment_free_days = 14'
    )


def _no_majority(rule: Rule, case: Case) -> Answer:
    outcome = case.outcome
    assert outcome is not None  # noqa: S101 - simulated rules run with an outcome only
    majority = case.limits["majority"]
    low, high = outcome.depleted.interval
    if low > majority.fraction:
        return ()
    if high > majority.fraction:
        return _undecided("depleted", outcome.depleted, majority.fraction)
    return (
        case.finding(
            rule,
            (*case.regimen.target.path, "dose"),
            f"B cells reach {case.limits['depleted_count']} or fewer in cycle 1 in {outcome.depleted}"
            f" ({outcome.population}), not in the majority",
            "raise the target dose, or waive this rule with the reason",
        ),
    )


def _recovery(rule: Rule, case: Case) -> Answer:
    outcome = case.outcome
    assert outcome is not None  # noqa: S101
    if not outcome.recovered:
        return NotEvaluated("not applicable", "there is one cycle, so no next cycle to recover before")
    limit = case.limits["recovering_patients"].fraction
    found: list[Finding] = []
    undecided: list[NotEvaluated] = []
    for number, recovered in enumerate(outcome.recovered, start=1):
        if recovered.total == 0:
            undecided.append(NotEvaluated("not applicable", f"no virtual patient is depleted when cycle {number} ends"))
        elif recovered.interval[0] > limit:
            found.append(_recovered(rule, case, number, recovered))
        elif recovered.interval[1] > limit:
            undecided.append(_undecided(f"recovered after cycle {number}", recovered, limit))
    if found:
        return found
    return undecided[0] if undecided else ()


def _recovered(rule: Rule, case: Case, number: int, recovered: Proportion) -> Finding:
    path = next(period.path for period in reversed(case.periods) if period.cycle == number)
    return case.finding(
        rule,
        path,
        f"after cycle {number}, B cells are above {case.limits['depleted_count']} again before the next cycle in"
        f" {recovered} that were at or below it",
        "shorten the treatment-free interval or raise the dose, or waive this rule with the reason",
    )


def _undecided(what: str, proportion: Proportion, limit: float) -> NotEvaluated:
    return NotEvaluated(
        "undecided",
        f"undecided at {proportion.total:,} patients: {what} {proportion}, and the limit is {100 * limit:g} %;"
        " more --patients narrow the interval",
    )


RULES = (
    Rule(
        "B401",
        "no-majority-depleted",
        "Simulated: B cells do not reach 10 per µL in cycle 1 in the majority of virtual patients.",
        Severity.ERROR,
        "Full B-cell depletion in the first cycle is the effect the documented doses have in the majority of patients.",
        limits=("depleted_count", "majority"),
        bad=_steps("1.5 mcg/m2/day", 1),
        good=_steps("15 mcg/m2/day", 1),
        check=_no_majority,
        simulated=True,
    ),
    Rule(
        "B403",
        "recovery-between-cycles",
        "Simulated: B cells rise above 10 per µL again before the next cycle in more than 5 % of depleted patients.",
        Severity.WARNING,
        "No recovery of B cells was observed in the treatment-free interval.",
        limits=("depleted_count", "recovering_patients"),
        bad=_steps("15 mcg/m2/day", 2).replace("= 14", "= 90"),
        good=_steps("15 mcg/m2/day", 2),
        check=_recovery,
        simulated=True,
    ),
)
