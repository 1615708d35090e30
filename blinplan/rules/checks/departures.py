"""An investigational regimen beside the one that it departs from: every difference, and whether the file states it."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache, partial
from typing import NamedTuple

from blinplan.label.label import Label
from blinplan.label.read import label_of
from blinplan.quantities import Basis, duration_text
from blinplan.regimen.regimen import Cycle, Departure, Regimen
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Disease, Indication
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import severity_of_length, severity_of_ratio
from blinplan.rules.checks.optional import start_without_low_step
from blinplan.rules.reference import (
    Comparison,
    Reference,
    ReferenceCycle,
    ReferenceStep,
    StepPair,
    numbered_cycles,
    regimen_reference,
    step_pairs,
)
from blinplan.rules.rule import Answer, Case, NotEvaluated, Rule, Severity

OF_A_LABEL = NotEvaluated(
    "not applicable", "the regimen is for a labelled indication, and departs from nothing but its label"
)


class Difference(NamedTuple):
    """Something that is not as the base has it.

    ``path`` is where the file says it, and ``place`` the step or cycle at which a departure states it.
    """

    path: KeyPath
    place: KeyPath
    departure: Departure | None
    message: str
    advice: str
    severity: Severity


@cache
def base_named(name: str) -> Regimen | None:
    """The shipped regimen of a name that another one departs from; None where there is none."""
    from blinplan.regimen import library

    return library.regimen(name) if name in library.paths() else None


@cache
def _reference_named(name: str) -> Reference:
    """What a shipped regimen gives, which many regimens may be laid beside."""
    from blinplan.regimen import library

    return regimen_reference(library.regimen(name))


def compare_with_base(regimen: Regimen) -> Comparison | NotEvaluated:
    """A regimen laid beside the one that it departs from, or why it is laid beside none."""
    reference = _base_of(regimen)
    return reference if isinstance(reference, NotEvaluated) else Comparison(reference, step_pairs(regimen, reference))


def beside_base(case: Case) -> Comparison | NotEvaluated:
    """The regimen beside the one that it departs from, or why it is laid beside none."""
    return compare_with_base(case.regimen) if case.beside_base is None else case.beside_base


def _base_of(regimen: Regimen) -> Reference | NotEvaluated:
    """What a regimen departs from, in doses counted as its own are."""
    if regimen.indication is not Indication.INVESTIGATIONAL:
        return OF_A_LABEL
    if regimen.departs_from is None:
        return NotEvaluated("not applicable", "the file names nothing that it departs from, as L010 says")
    base = base_named(regimen.departs_from)
    if base is None:
        return NotEvaluated("blocked", f"{regimen.departs_from} is no regimen that comes with blinplan, as L010 says")
    reference = _reference_named(base.name)
    return reference if base.basis is regimen.basis else _counted_otherwise(reference, base, regimen)


def _counted_otherwise(reference: Reference, base: Regimen, regimen: Regimen) -> Reference | NotEvaluated:
    """The base with the label's equivalent of each dose."""
    label, basis = label_of(regimen), regimen.basis
    cycles = []
    for cycle in reference.cycles:
        steps = tuple(_equivalent(step, label, basis) for step in cycle.steps)
        known = tuple(step for step in steps if step is not None)
        if len(known) < len(steps):
            return NotEvaluated("undecided", _why_not_comparable(base, cycle, label))
        cycles.append(cycle._replace(steps=known))
    return Reference(reference.name, tuple(cycles))


def _equivalent(step: ReferenceStep, label: Label, basis: Basis) -> ReferenceStep | None:
    """The dose that a label gives, counted in the other way, in place of one; None where it has none."""
    own = next((dose for dose in label.doses if dose.rate(step.dose.basis) == step.dose), None)
    return None if own is None else ReferenceStep(own.rate(basis), own.highest(basis), step.minutes)


def _why_not_comparable(base: Regimen, cycle: ReferenceCycle, label: Label) -> str:
    doses = {str(step.dose) for step in cycle.steps if _equivalent(step, label, step.dose.basis) is None}
    return (
        f"{base.name} counts its doses in another way, and {label.name} has no equivalent of {', '.join(sorted(doses))}"
    )


def is_laid_beside_base(case: Case) -> bool:
    """Whether every step and cycle is laid beside those of a regimen that it departs from."""
    return not isinstance(beside_base(case), NotEvaluated)


def is_beside_nothing(case: Case) -> bool:
    """Whether an investigational regimen for leukaemia is laid beside no other one, and so held to all there are."""
    return (
        labelled.is_investigational(case)
        and case.regimen.disease is Disease.LEUKAEMIA
        and not is_laid_beside_base(case)
    )


BESIDE_BASE = NotEvaluated("not applicable", "every step and cycle is laid beside the regimen departed from (L011)")


def unless_beside_base(check: Callable[[Rule, Case], Answer]) -> Callable[[Rule, Case], Answer]:
    """A check of what a regimen is beside those in general, which one that departs from a named one is not asked."""
    return partial(_unless_beside_base, check)  # which pickles


def _unless_beside_base(check: Callable[[Rule, Case], Answer], rule: Rule, case: Case) -> Answer:
    return BESIDE_BASE if is_laid_beside_base(case) else check(rule, case)


def differences(case: Case) -> list[Difference]:
    """Everything that is not as the base has it, in the order of the file; nothing where it is laid beside none."""
    return case.once(_differences)


def _differences(case: Case) -> list[Difference]:
    laid = beside_base(case)
    if isinstance(laid, NotEvaluated):
        return []
    found = [
        *(one for pair in laid.pairs for one in _of_step(case, pair, laid.reference.name)),
        *optional_start_beside(case, laid.reference),
        *_of_cycles(case, laid.reference),
    ]
    # Of one nobody asks where it stands: finding out takes as long as the rest of this.
    return found if len(found) < 2 else sorted(found, key=lambda one: case.document.value_span(one.path))


def _of_step(case: Case, pair: StepPair, base: str) -> Iterator[Difference]:
    step, beside = pair.step, pair.reference
    place = (step.path, step.departure)
    if pair.ratio != 1:
        gives = "gives" if len(pair.numbers) == 1 else "give"
        message = f"{_in_cycles(pair.numbers)} {gives} {step.dose}; {base} gives {beside.dose} there"
        severity = severity_of_ratio(case, pair.ratio)
        yield Difference((*step.path, "dose"), *place, message, f"give {beside.dose}", severity)
    if beside.cap is not None and step.cap is None:
        message = f"{step.dose} has no cap; {base} caps it at {beside.cap}"
        yield Difference((*step.path, "dose"), *place, message, f'add `max = "{beside.cap}"`', Severity.WARNING)
    elif beside.cap is not None and step.cap is not None and step.cap != beside.cap:
        message = f"the cap of {step.dose} is {step.cap}; that of {base} is {beside.cap}"
        severity = severity_of_ratio(case, step.cap.amount / beside.cap.amount)
        yield Difference((*step.path, "max"), *place, message, f'write `max = "{beside.cap}"`', severity)
    if pair.followed and pair.minutes != beside.minutes:
        held, own = duration_text(beside.minutes), duration_text(pair.minutes)
        message = f"{step.dose} is held for {own} before the next step; {base} holds it for {held}"
        severity = severity_of_length(case, pair.minutes, beside.minutes)
        yield Difference(case.length_path(step), *place, message, f"hold it for {held}", severity)


def _in_cycles(numbers: tuple[int, ...]) -> str:
    return f"cycle {numbers[0]}" if len(numbers) == 1 else f"cycles {numbers[0]} to {numbers[-1]}"


def optional_start_beside(case: Case, reference: Reference) -> Iterator[Difference]:
    """That the low first step of the base is in cycles that not everybody is given."""
    low_step, *later = reference.cycle(1).steps
    given = start_without_low_step(case.regimen, low_step.dose) if later else None
    if given is None:
        return
    optional, dose = case.regimen.cycles[0], given.steps[0].dose
    yield Difference(
        (*optional.path, "optional"),
        optional.path,
        optional.departure,
        f'"{optional.name}" is optional; without it the course starts with "{given.name}", at {dose}; {reference.name}'
        f" starts at {low_step.dose}",
        f'remove `optional` from "{optional.name}", or begin with the low step in "{given.name}" too',
        severity_of_ratio(case, dose.amount / low_step.dose.amount),
    )


def _of_cycles(case: Case, reference: Reference) -> Iterator[Difference]:
    """Differences of whole cycles; one that is repeated is told once for its infusion and once for its interval."""
    infused, followed, count = set[KeyPath](), set[KeyPath](), len(reference.cycles)
    last = len(case.regimen.one_by_one)
    for numbers, cycle, beside in numbered_cycles(case.regimen, reference):
        if cycle.path not in infused and cycle.infusion != beside.infusion:
            infused.add(cycle.path)
            yield _infusion(case, cycle, beside, reference.name)
        interval = _interval_beside(reference, numbers[0])
        between = numbers[0] < last
        if between and interval not in {None, cycle.treatment_free} and cycle.path not in followed:
            followed.add(cycle.path)
            yield _interval(case, cycle, interval or 0, reference.name)
    yield from _beyond(case, count, last, reference.name)


def _infusion(case: Case, cycle: Cycle, beside: ReferenceCycle, base: str) -> Difference:
    own, other = duration_text(cycle.infusion), duration_text(beside.infusion)
    return Difference(
        (*cycle.path, "steps"),
        cycle.path,
        cycle.departure,
        f'"{cycle.name}" infuses {own}; {base} infuses {other}',
        f"make the steps add up to {other}",
        severity_of_length(case, cycle.infusion, beside.infusion),
    )


def _interval_beside(reference: Reference, number: int) -> int | None:
    """The interval of the base after a cycle, or its last one after those that it does not have."""
    between = reference.cycles[:-1]
    return between[min(number, len(between)) - 1].treatment_free if between else None


def _interval(case: Case, cycle: Cycle, beside: int, base: str) -> Difference:
    own, other = duration_text(cycle.treatment_free), duration_text(beside)
    return Difference(
        (*cycle.path, "treatment_free_days"),
        cycle.path,
        cycle.departure,
        f'{own} without infusion after "{cycle.name}"; {base} has {other} there',
        f"give {other}",
        _severity_of_interval(case, cycle, beside),
    )


def _severity_of_interval(case: Case, cycle: Cycle, beside: int) -> Severity:
    """A long one whose reason the file gives is no error as far as it was run."""
    was_run = beside < cycle.treatment_free <= case.limits_unasked["longest_interval_run"].minutes
    if cycle.interval_reason is not None and was_run:
        return Severity.WARNING
    return severity_of_length(case, cycle.treatment_free, beside)


def _beyond(case: Case, count: int, last: int, base: str) -> Iterator[Difference]:
    """The cycles beyond those of the base, where there are some: one table of them, or each that states a departure."""
    course = case.regimen.one_by_one
    tables = list({cycle.path: cycle for cycle in course[count:]}.values())
    unstated = [cycle for cycle in tables if cycle.departure is None][:1]
    for cycle in [*(cycle for cycle in tables if cycle.departure is not None), *unstated]:
        key = "repeat" if "repeat" in case.values(cycle.path) else "name"
        yield Difference(
            (*cycle.path, key),
            cycle.path,
            cycle.departure,
            f"the regimen has {last} cycles; {base} has {count}",
            f"give at most {count}",
            severity_of_ratio(case, Fraction(last, count)),
        )


def told_by_other_rules(case: Case, difference: Difference) -> bool:
    """Whether a rule that goes by the value alone tells of it: a slip of a unit, or what nobody ever gave."""
    limits, (*place, key) = case.limits_unasked, difference.path
    if key in {"dose", "days", "hours"}:
        step = next(step for step in case.regimen.steps if step.path == tuple(place))
        if key != "dose":
            return step.minutes < limits["escalation_after"].minutes
        highest = labelled.highest_studied(limits, step.dose.basis).value
        return labelled.is_unit_slip(limits, step.dose) or step.dose.amount > highest
    if key == "steps":
        cycle = next(cycle for cycle in case.regimen.cycles if cycle.path == tuple(place))
        shortest, longest = limits["shortest_infusion_studied"], limits["longest_infusion_studied"]
        return not shortest.minutes <= cycle.infusion <= longest.minutes
    return False
