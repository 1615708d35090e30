"""T: where do the T cells stand when the dose rises."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from blinplan.course.events import Period
from blinplan.quantities import MINUTES_PER_DAY, decimal_text
from blinplan.rules.checks.intervals import percent, too_few_patients
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

if TYPE_CHECKING:
    from blinplan.proportion import Proportion

TITLE = "T cells"


def _two_steps(first: int, second: int) -> str:
    return (
        '[[cycle]]\nname = "Cycle 1"\nsteps = [\n'
        f'  {{ dose = "9 mcg/day", days = {first} }},\n  {{ dose = "28 mcg/day", days = {second} }},\n]\n'
        "treatment_free_days = 14"
    )


def _not_back(rule: Rule, case: Case) -> Answer:
    assert case.outcome is not None  # noqa: S101 - simulated rules run with an outcome only
    escalation = case.outcome.escalation
    if escalation is None:
        return NotEvaluated("not applicable", "the dose never rises without a gap")
    majority = case.limits["majority"].fraction
    low, high = case.outcome.bounds(escalation.returns)
    if low > majority:
        return ()
    compared = _comparison(case, escalation.returns)
    if compared is None:
        return ()
    if high > majority:
        return too_few_patients(escalation.returns.total, f"returned {escalation.returns}", percent(majority))
    if isinstance(compared, NotEvaluated):
        return compared
    begins = round(escalation.day * MINUTES_PER_DAY)
    step = next(period for period in case.periods if period.start == begins)
    back = escalation.median_return
    return (
        case.finding(
            rule,
            (*step.path, "dose"),
            f"T cells are back at {case.limits['returned_t_cells']} of baseline before this step in"
            f" {escalation.returns} ({case.outcome.people}){compared}"
            + (f"; in the majority they are on day {_day(back)}" if back is not None else ""),
            "expect a second fall of T cells before the first is over, or step later",
            value=case.text_at((*step.path[:2], "steps")),
        ),
    )


def _comparison(case: Case, returns: "Proportion") -> str | NotEvaluated | None:
    """What to say of the regimen that this is compared with, where it is worse than that; None where it is not."""
    assert case.outcome is not None  # noqa: S101 - simulated rules run with an outcome only
    if case.outcome.compared_returns is None:
        return ""
    name, other = case.outcome.compared_returns
    if other is None:
        return f", and {name} has no such step"
    if returns.value >= other.value:
        return None
    limit = case.limits["fewer_returned_t_cells"].fraction
    (least, greatest), (low, high) = (case.outcome.bounds(share) for share in (returns, other))
    if least >= limit * high:
        return None
    if greatest > limit * low:
        return too_few_patients(returns.total, f"returned {returns}", f"{percent(limit)} of {other} under {name}")
    return f", under {name} in {other}"


def _windows(rule: Rule, case: Case) -> Iterator[Finding]:
    fall, back = case.limits["redistribution"], case.limits["return_of_t_cells"]
    for before, rise in _rises(case.periods):
        if rise.start - before.start >= back.minutes:
            continue
        first, second = (_day(period.start / MINUTES_PER_DAY) for period in (before, rise))
        yield case.finding(
            rule,
            (*rise.path, "dose"),
            f"expect fewer T cells in blood on days {first} to {first + int(fall.value)}, and again on days {second} to"
            f" {second + int(fall.value)}; they are back within {decimal_text(back.value)} days of each, so the two"
            " windows run into each other",
            "read T-cell counts of these days as redistribution, not as loss",
            value=case.text_at((*rise.path[:2], "steps")),
        )


def _rises(periods: Iterable[Period]) -> Iterator[tuple[Period, Period]]:
    """Each rise of the dose without a gap, after the start or rise before it: these send T cells out of the blood."""
    before: Period | None = None
    dose = Fraction(0)
    for period in periods:
        amount = period.dose.amount if period.dose else Fraction(0)
        if amount > dose:
            if before is not None and dose:
                yield before, period
            before = period
        dose = amount


def _day(days: float) -> int:
    """The day of the course, from 1, in which a time in days from its start lies."""
    return floor(days) + 1


RULES = (
    Rule(
        "T501",
        "t-cells-not-back",
        "Simulated: at a dose step, T cells are back at 90 % of baseline in a minority of virtual patients, and in"
        " fewer than under the label's regimen.",
        Severity.NOTE,
        "T cells leave the blood after every start and every step; counts then say little about the effect.",
        limits=("returned_t_cells", "majority", "fewer_returned_t_cells"),
        bad=_two_steps(3, 25),
        good=_two_steps(7, 21),
        check=_not_back,
        simulated=True,
    ),
    Rule(
        "T502",
        "redistribution-windows",
        "A step comes before the T cells redistributed by the one before are expected back: names the days.",
        Severity.NOTE,
        "T-cell counts fall within 1 to 2 days after a start and a step, and are back within 7 to 14 days.",
        limits=("redistribution", "return_of_t_cells"),
        bad=_two_steps(13, 15),
        good=_two_steps(14, 14),
        check=_windows,
        by_default=False,
    ),
)
