"""Doses that are not the label's, each told by one rule."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from blinplan.quantities import Basis
from blinplan.regimen.regimen import Cycle, Step
from blinplan.regimen.toml.positions import KeyPath
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import beside_label, is_gross, severity_of_ratio
from blinplan.rules.limits import Limit
from blinplan.rules.reference import StepPair
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

ABOVE_MAXIMUM, HIGH_START, STEP_WITHOUT_LABEL, OTHER = "D203", "D207", "D208", "L001"


class DoseDifference(NamedTuple):
    """A dose beside the label's, and the code of the rule that tells it."""

    code: str
    pair: StepPair
    limit: Limit
    severity: Severity

    @property
    def is_in_one_cycle(self) -> bool:
        """Whether one cycle has it, for the number of a verb."""
        return self.pair.numbers[0] == self.pair.numbers[-1]

    @property
    def cycles(self) -> str:
        """In which cycles, in words."""
        first, last = self.pair.numbers[0], self.pair.numbers[-1]
        return f"cycle {first}" if self.is_in_one_cycle else f"cycles {first} to {last}"


def dose_differences(case: Case) -> list[DoseDifference] | NotEvaluated:
    """Every dose that is not the label's for that step; the rules that ask for these rest on the label's doses."""
    return case.once(_dose_differences)


def _dose_differences(case: Case) -> list[DoseDifference] | NotEvaluated:
    laid = beside_label(case)
    return laid if isinstance(laid, NotEvaluated) else list(_differences(case, laid.pairs))


def _differences(case: Case, pairs: tuple[StepPair, ...]) -> Iterator[DoseDifference]:
    highest = {path: dose for cycle in case.regimen.cycles for path, dose in _highest_from_each(cycle)}
    for pair in pairs:
        if pair.place > 0 and is_reversed(pair):
            continue  # told at the first step
        limit = case.limits[pair.reference.limit] if pair.reference.limit is not None else None
        code = _code(case, pair, highest) if pair.ratio != 1 else None
        if code is not None and limit is not None:
            yield DoseDifference(code, pair, limit, severity_of_ratio(case, pair.ratio))


def is_reversed(pair: StepPair) -> bool:
    """Whether a cycle has the steps of the label in reverse, which is one mistake and not one of each step."""
    steps, others = pair.cycle.steps, pair.beside.steps
    if not 1 < len(steps) == len(others):
        return False
    return [step.dose for step in steps] == [step.dose for step in reversed(others)]


def _highest_from_each(cycle: Cycle) -> Iterator[tuple[KeyPath, Fraction]]:
    """The highest dose of a cycle from each of its steps on."""
    highest = Fraction(0)
    for step in reversed(cycle.steps):
        highest = max(highest, step.dose.amount)
        yield step.path, highest


def _code(case: Case, pair: StepPair, highest: Mapping[KeyPath, Fraction]) -> str | None:
    """Which rule tells a difference; None where one does that goes by the dose alone.

    ``highest`` is the highest dose of a cycle from each of its steps on.
    """
    dose, limits = pair.step.dose, case.limits_unasked
    if labelled.is_unit_slip(limits, dose) or dose.amount > labelled.highest_studied(limits, dose.basis).value:
        return None
    if pair.ratio > 1 and dose.amount > labelled.maximum(limits, dose.basis).value:
        return ABOVE_MAXIMUM
    if dose.amount == highest[pair.cycle.steps[0].path] and is_below_depletion(case, pair.step):
        return None
    if pair.ratio > 1:
        return HIGH_START if pair.numbers[0] == 1 and pair.place == 0 and len(pair.beside.steps) > 1 else OTHER
    return STEP_WITHOUT_LABEL if len(pair.beside.steps) == 1 and highest[pair.step.path] > dose.amount else OTHER


def is_below_depletion(case: Case, step: Step) -> bool:
    """Whether full depletion of B cells is not documented at a dose."""
    name = "depletion_by_area" if step.dose.basis is Basis.BSA else "depletion_flat"
    return step.dose.amount <= case.limits_unasked[name].value


def told_by(
    rule: Rule, case: Case, advice: str, message: Callable[[Case, DoseDifference], str] | None = None
) -> Answer:
    """The findings of one of the rules that tell of doses that are not the label's."""
    differences = dose_differences(case)
    if isinstance(differences, NotEvaluated):
        return differences
    own = (difference for difference in differences if difference.code == rule.code)
    return [_finding(rule, case, difference, (message or _in_words)(case, difference), advice) for difference in own]


def _in_words(_: Case, difference: DoseDifference) -> str:
    step = difference.pair.step
    gives = "gives" if difference.is_in_one_cycle else "give"
    return f"{difference.cycles} {gives} {step.dose}; the label gives {difference.limit} there"


def _finding(rule: Rule, case: Case, difference: DoseDifference, message: str, advice: str) -> Finding:
    return case.finding(
        rule,
        (*difference.pair.step.path, "dose"),
        message,
        advice,
        limits=(difference.limit.name,),
        severity=difference.severity,
        gross=is_gross(difference.pair.ratio),
    )
