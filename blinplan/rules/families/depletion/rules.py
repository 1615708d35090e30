"""B: do the virtual patients' B cells go, and stay away until the next cycle."""

from blinplan.course.events import Period
from blinplan.proportion import Proportion
from blinplan.regimen.regimen import Phase
from blinplan.regimen.toml.document import KeyPath
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

TITLE = "B cells"


def _steps(dose: str, repeat: int) -> str:
    return (
        f'[[cycle]]\nname = "Cycle"\nrepeat = {repeat}\n'
        f'steps = [{{ dose = "{dose}", max = "28 mcg/day", days = 28 }}]\ntreatment_free_days = 14'
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


def _too_few(rule: Rule, case: Case) -> Answer:
    outcome = case.outcome
    assert outcome is not None  # noqa: S101
    limit, missed = case.limits["insufficiently_depleted_patients"].fraction, _missed(outcome.depleted)
    low, high = missed.interval
    if high <= limit or outcome.depleted.interval[1] <= case.limits["majority"].fraction:
        return ()  # few, or so many that the stronger rule B401 speaks
    if low <= limit:
        return _undecided("not depleted", missed, limit)
    return (
        case.finding(
            rule,
            (*case.regimen.target.path, "dose"),
            f"B cells do not reach {case.limits['depleted_count']} or fewer in cycle 1 in {missed}"
            f" ({outcome.population})",
            "raise the target dose, or waive this rule with the reason",
        ),
    )


def _missed(depleted: Proportion) -> Proportion:
    return Proportion(depleted.total - depleted.count, depleted.total)


def _recovery(rule: Rule, case: Case) -> Answer:
    outcome = case.outcome
    assert outcome is not None  # noqa: S101
    if not outcome.recovered:
        return NotEvaluated("not applicable", "there is one cycle, so no next cycle to recover before")
    limit = case.limits["recovering_patients"].fraction
    if not any(recovered.total for recovered in outcome.recovered):
        return NotEvaluated("not applicable", "no virtual patient is depleted when an infusion ends")
    above: dict[KeyPath, list[tuple[Period, Proportion]]] = {}
    undecided: list[NotEvaluated] = []
    for number, recovered in enumerate(outcome.recovered, start=1):
        if recovered.interval[0] > limit:
            last = next(period for period in reversed(case.periods) if period.cycle == number)
            above.setdefault(last.path, []).append((last, recovered))
        elif recovered.total and recovered.interval[1] > limit:
            undecided.append(_undecided(f"recovered after cycle {number}", recovered, limit))
    found = [_recovered(rule, case, path, cycles) for path, cycles in above.items()]
    if undecided and all(finding.severity is Severity.NOTE for finding in found):
        return undecided[0]  # a note on one cycle must not pass for an answer about another
    return found


def _recovered(rule: Rule, case: Case, path: KeyPath, cycles: list[tuple[Period, Proportion]]) -> Finding:
    worst = max((recovered for _, recovered in cycles), key=lambda recovered: recovered.value)
    numbers = ", ".join(str(period.cycle) for period, _ in cycles)
    continued = cycles[0][0].phase is Phase.CONTINUED_THERAPY
    return case.finding(
        rule,
        path,
        f"after cycle {numbers}, B cells are above {case.limits['depleted_count']} again before the next cycle in up"
        f" to {worst} ({case.outcome.population if case.outcome else ''}) that were at or below it",
        "shorten the treatment-free interval or raise the dose, or waive this rule with the reason",
        severity=Severity.NOTE if continued else None,
        why="In continued therapy the labelled interval is 56 days. That B cells stay away is documented for 2 weeks;"
        " how fast they grow back after that is an unverified part of the model."
        if continued
        else None,
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
        "B402",
        "many-not-depleted",
        "Simulated: B cells do not reach 10 per µL in cycle 1 in more than 20 % of virtual patients.",
        Severity.WARNING,
        "At the documented doses, depletion was incomplete in a few patients only.",
        limits=("depleted_count", "insufficiently_depleted_patients"),
        bad=_steps("3.5 mcg/m2/day", 1),
        good=_steps("15 mcg/m2/day", 1),
        check=_too_few,
        simulated=True,
    ),
    Rule(
        "B403",
        "recovery-between-cycles",
        "Simulated: B cells rise above 10 per µL before the next cycle in more than 5 % of depleted patients.",
        Severity.WARNING,
        "No recovery of B cells was observed in the treatment-free interval.",
        limits=("depleted_count", "recovering_patients"),
        bad=_steps("15 mcg/m2/day", 2).replace("= 14", "= 90"),
        good=_steps("15 mcg/m2/day", 2),
        check=_recovery,
        simulated=True,
    ),
)
