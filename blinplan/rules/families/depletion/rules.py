"""B: do the virtual patients' B cells go, and stay away until the next cycle."""

from typing import TYPE_CHECKING

from blinplan.course.events import Period, block_changes
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Phase
from blinplan.rules.checks.intervals import percent, too_few_patients
from blinplan.rules.limits import Limit
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

if TYPE_CHECKING:
    from blinplan.proportion import Proportion
    from blinplan.rules.simulated.outcome import SimulatedOutcome

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
    low, high = outcome.bounds(outcome.depletion)
    if low > majority.fraction:
        return ()
    if high > majority.fraction:
        return _open_question("depleted", outcome.depletion, majority)
    return (
        case.finding(
            rule,
            (*case.regimen.target.path, "dose"),
            f"B cells reach {case.limits['depleted_count']} or fewer in cycle 1 in {outcome.depletion}"
            f" ({outcome.people}), not in the majority",
            "raise the target dose, or waive this rule with the reason",
            value=case.text_at(("cycle", 0, "steps")),
        ),
    )


def _too_few(rule: Rule, case: Case) -> Answer:
    outcome = case.outcome
    assert outcome is not None  # noqa: S101
    limit, missed = case.limits["insufficiently_depleted_patients"], outcome.depletion.others
    low, high = outcome.bounds(missed)
    if high <= limit.fraction or outcome.bounds(outcome.depletion)[1] <= case.limits["majority"].fraction:
        return ()  # few, or so many that the stronger rule B401 speaks
    if low <= limit.fraction:
        return _open_question("not depleted", missed, limit)
    return (
        case.finding(
            rule,
            (*case.regimen.target.path, "dose"),
            f"B cells do not reach {case.limits['depleted_count']} or fewer in cycle 1 in {missed} ({outcome.people})",
            "raise the target dose, or waive this rule with the reason",
            value=case.text_at(("cycle", 0, "steps")),
        ),
    )


def _recovery(rule: Rule, case: Case) -> Answer:
    from blinplan.proportion import Proportion

    outcome = case.outcome
    assert outcome is not None  # noqa: S101
    if not outcome.recoveries:
        return NotEvaluated("not applicable", "there is one cycle, so no next cycle to recover before")
    limit = case.limits["recovering_patients"]
    depleted = [Proportion(recovered.total, outcome.patients) for recovered in outcome.recoveries]
    doubtful = next((share for share in depleted if outcome.is_early and _may_be_few(share, outcome, limit)), None)
    if doubtful is not None:  # all patients say whether the question is asked of this cycle
        return _open_question("depleted when the infusion ended", doubtful, limit)
    looked_at = [number for number, share in enumerate(depleted, 1) if outcome.bounds(share)[1] > limit.fraction]
    if not looked_at:
        return NotEvaluated("not applicable", "hardly any virtual patient is depleted when an infusion ends")
    return _recovered_after(rule, case, outcome, looked_at)


def _recovered_after(rule: Rule, case: Case, outcome: "SimulatedOutcome", looked_at: list[int]) -> Answer:
    """What recovery after some cycles comes to, by their number."""
    limit = case.limits["recovering_patients"]
    above: dict[KeyPath, list[tuple[Period, Proportion]]] = {}
    undecided: dict[int, Proportion] = {}
    for number in looked_at:
        recovered = outcome.recoveries[number - 1]
        if outcome.bounds(recovered)[0] > limit.fraction:
            last = _last(case, number)
            above.setdefault(last.path, []).append((last, recovered))
        elif outcome.bounds(recovered)[1] > limit.fraction:
            undecided[number] = recovered
    labelled = {path: above.pop(path) for path in list(above) if _is_the_labels_own(above[path][0][0], case)}
    undecided = {
        number: share for number, share in undecided.items() if not _is_the_labels_own(_last(case, number), case)
    }
    explained = {path: cycles for path, cycles in above.items() if _is_explained(case, cycles[0][0].cycle)}
    findings = [
        _recovery_finding(rule, case, outcome, path, cycles) for path, cycles in above.items() if path not in explained
    ]
    if undecided and (outcome.is_early or all(finding.severity is Severity.NOTE for finding in findings)):
        return _undecided_recovery(case, undecided, limit, findings)
    if explained and not findings:
        period, recovered = next(iter(explained.values()))[0]
        return _other_treatment(f"recovered after cycle {period.cycle}", recovered)
    if labelled and not findings:
        period, recovered = next(iter(labelled.values()))[0]
        return NotEvaluated(
            "not applicable",
            f"recovered after cycle {period.cycle} {recovered}; but {_CONTINUED[0].lower()}{_CONTINUED[1:]}",
        )
    return findings


def _may_be_few(depleted: "Proportion", outcome: "SimulatedOutcome", limit: Limit) -> bool:
    """Whether it is open if so many patients are depleted that a share of them says something."""
    low, high = outcome.bounds(depleted)
    return low <= limit.fraction < high


def _last(case: Case, number: int) -> Period:
    return next(period for period in reversed(case.periods) if period.cycle == number)


def _is_the_labels_own(last: Period, case: Case) -> bool:
    """Whether a cycle ends with an interval that the label itself gives in continued therapy: no fault of the file."""
    if last.phase is not Phase.CONTINUED_THERAPY or last.dose is not None:
        return False
    return last.minutes <= case.limits["treatment_free_interval_continued"].minutes


def _undecided_recovery(
    case: Case, undecided: "dict[int, Proportion]", limit: Limit, findings: list[Finding]
) -> Answer:
    """What to say where an interval leaves the question open: a note on one must not pass for an answer on another.

    The limit is of intervals without treatment, so it leaves nothing open on one whose reason the file gives.
    """
    unexplained = {
        number: recovered
        for number, recovered in undecided.items()
        if not _is_explained(case, number) and _block_change(case, number) is None
    }
    number, recovered = next(iter((unexplained or undecided).items()))
    what = f"recovered after cycle {number}"
    assert case.outcome is not None  # noqa: S101
    if unexplained or case.outcome.is_early:  # all patients say whether there is anything to tell
        return _open_question(what, recovered, limit)
    return findings or _other_treatment(what, recovered)


def _other_treatment(what: str, recovered: "Proportion") -> NotEvaluated:
    return NotEvaluated(
        "not applicable",
        f"the limit is of intervals without treatment, and the file gives a reason: {what} {recovered}",
    )


def _recovery_finding(
    rule: Rule, case: Case, outcome: "SimulatedOutcome", path: KeyPath, cycles: "list[tuple[Period, Proportion]]"
) -> Finding:
    worst = max((recovered for _, recovered in cycles), key=lambda recovered: recovered.value)
    numbers = ", ".join(str(period.cycle) for period, _ in cycles)
    continued = cycles[0][0].phase is Phase.CONTINUED_THERAPY
    change = _block_change(case, cycles[0][0].cycle)
    return case.finding(
        rule,
        path,
        f"after cycle {numbers}, B cells are above {case.limits['depleted_count']} again before the next cycle in up"
        f" to {worst} ({outcome.people}) that were at or below it" + (f". {change}" if change else ""),
        _EXPECT
        if change
        else "shorten the treatment-free interval or raise the dose, or waive this rule with the reason",
        severity=Severity.NOTE if continued or change else None,
        why=_OTHER_TREATMENT if change else _CONTINUED if continued else None,
        value=case.text_at(path[:2]),
    )


_EXPECT = "read it as what blinatumomab alone would leave"
_OTHER_TREATMENT = (
    "No recovery of B cells was observed in the treatment-free interval. The model knows blinatumomab only, and nothing"
    " of what else is given in this one."
)
_CONTINUED = (
    "In continued therapy the labelled interval is 56 days. That B cells stay away is documented for 2 weeks;"
    " how fast they grow back after that is an unverified part of the model."
)


def _block_change(case: Case, number: int) -> str | None:
    """That another block begins after a cycle of the course, as a sentence; what is given with it may differ."""
    change = block_changes(case.regimen).get(number)
    return None if change is None else f"{change[0].upper()}{change[1:]}"


def _is_explained(case: Case, number: int) -> bool:
    """Whether the file itself says why the interval after a cycle of the course is what it is."""
    return case.regimen.one_by_one[number - 1].interval_reason is not None


def _open_question(what: str, proportion: "Proportion", limit: Limit) -> NotEvaluated:
    return too_few_patients(proportion.total, f"{what} {proportion}", percent(limit.fraction))


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
