"""Caps of doses by body surface area: beside the label's, and beside what bodies there are and doses were given."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from blinplan.label.read import label_of
from blinplan.quantities import Basis, DoseRate, decimal_text
from blinplan.regimen.regimen import Step
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import beside_label, is_gross, severity_of_ratio
from blinplan.rules.checks.departures import beside_base, differences
from blinplan.rules.limits import Limit
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

if TYPE_CHECKING:
    from blinplan.rules.checks.areas import Areas


class _Labelled(NamedTuple):
    """A step beside the caps that it may have: that of the dose in its place, and that of the nearest labelled dose."""

    step: Step
    caps: tuple[str, ...]


def wrong_caps(rule: Rule, case: Case) -> Answer:
    """Find caps that are missing, that are not the label's, or that can be no caps."""
    if labelled.is_investigational(case):
        found = _in_a_study(rule, case)
        return found if isinstance(found, NotEvaluated) else _untold_beside_base(case, found)
    return [finding for own in _beside_label(case) for finding in _wrong_beside_label(rule, case, own)]


def _beside_label(case: Case) -> Iterator[_Labelled]:
    """Each dose beside the caps that the label has for it; one that goes on in the next step is there once."""
    laid = beside_label(case)
    if isinstance(laid, NotEvaluated):
        yield from (_Labelled(step, (_nearest_cap(case, step),)) for step in case.regimen.steps)
        return
    for pair in laid.pairs:
        nearest, own = _nearest_cap(case, pair.step), pair.reference.cap_limit
        in_place = nearest if own is None else own
        exact = any(pair.step.dose.amount == limit.value for limit in _labelled_doses(case))
        yield _Labelled(pair.step, (nearest, in_place) if exact else (in_place, nearest))


def _labelled_doses(case: Case) -> list[Limit]:
    return [case.limits_unasked[dose.by_area.name] for dose in label_of(case.regimen).doses]


def _nearest_cap(case: Case, step: Step) -> str:
    """The name of the cap of the labelled dose that a dose is most like."""
    limits = _labelled_doses(case)
    nearest = next((number for number, limit in enumerate(limits) if limit.value == step.dose.amount), None)
    if nearest is None:
        ratios = ((step.dose.amount / limit.value) for limit in limits)
        distances = [max(ratio, 1 / ratio) for ratio in ratios]
        nearest = distances.index(min(distances))
    return label_of(case.regimen).doses[nearest].cap.name


def _wrong_beside_label(rule: Rule, case: Case, own: _Labelled) -> Iterator[Finding]:
    limit = case.limits[own.caps[0]]
    if own.step.cap is None:
        yield case.finding(
            rule,
            (*own.step.path, "dose"),
            f"{own.step.dose} has no cap, so it grows without limit with body surface area; the label's cap is {limit}",
            f'add `max = "{limit}"`, the label\'s cap for this dose',
            limits=(limit.name,),
        )
    elif all(own.step.cap.amount != case.limits[name].value for name in own.caps):
        found = _other_cap(rule, case, own.step, own.step.cap, limit)
        slip = _slip(rule, case, own.step, own.step.cap) if limit.unverified and not found.gross else None
        yield slip or found


def _other_cap(rule: Rule, case: Case, step: Step, cap: DoseRate, limit: Limit) -> Finding:
    ratio = cap.amount / limit.value
    return case.finding(
        rule,
        (*step.path, "max"),
        f"the cap of {step.dose} is {cap}; the label's is {limit}",
        f'write `max = "{limit}"`, or waive this rule with the reason',
        limits=(limit.name,),
        severity=severity_of_ratio(case, ratio),
        gross=is_gross(ratio),
        value=_value(step, cap),
    )


def _value(step: Step, cap: DoseRate) -> str:
    return f"{cap} for {step.dose}"


# --- in a study, which no label speaks of -----------------------------------------------------------------------------

_NO_CAP = NotEvaluated("not applicable", "the file has no cap, and no label says which the doses of a study have")


def _in_a_study(rule: Rule, case: Case) -> list[Finding] | NotEvaluated:
    without = [step for step in case.regimen.steps if step.cap is None]
    if len(without) == len(case.regimen.steps):
        return _NO_CAP
    slips = [_slip(rule, case, step, step.cap) for step in case.regimen.steps if step.cap is not None]
    gaps = [_cap_left_out(rule, case, step) for step in without if step.departure is None]
    return [*(slip for slip in slips if slip is not None), *gaps]


def _untold_beside_base(case: Case, found: list[Finding]) -> list[Finding]:
    """Those at places of which the comparison with the regimen departed from (L011) does not tell."""
    laid = beside_base(case)
    if isinstance(laid, NotEvaluated):
        return found
    told = {one.path for one in differences(case) if one.departure is None}
    return [finding for finding in found if finding.path not in told]


def _cap_left_out(rule: Rule, case: Case, step: Step) -> Finding:
    return case.finding(
        rule,
        (*step.path, "dose"),
        f"{step.dose} has no cap, and other doses of the regimen have one",
        "add `max`, the highest dose in mcg/day",
        limits=("largest_area",),
    )


def _slip(rule: Rule, case: Case, step: Step, cap: DoseRate) -> Finding | None:
    """A cap that can be none: above all doses that were given, or one that no patient reaches, or that all do.

    Where it is a label's, the slip is in a dose too low for it, or above the label's: other rules speak of that.
    """
    highest = case.limits["highest_studied_flat"]
    if cap.amount > highest.value:
        return _slip_told(rule, case, step, cap, f"; nothing above {highest} was studied", highest.name)
    of_label = cap.amount in {case.limits_unasked[dose.cap.name].value for dose in label_of(case.regimen).doses}
    above_label = step.dose.amount > labelled.maximum(case.limits_unasked, Basis.BSA).value
    slip = None if of_label else _reached_by_nobody(rule, case, step, cap)
    return slip or (None if of_label and above_label else _reached_by_all(rule, case, step, cap))


def _reached_by_nobody(rule: Rule, case: Case, step: Step, cap: DoseRate) -> Finding | None:
    limit, reached = case.limits["largest_area"], cap.amount / step.dose.amount
    largest = min(_areas(case).largest, limit.value)
    if reached <= max(largest, _widest_of_label(case)):
        return None
    told = f", which nobody reaches below {_square_metres(reached)}; patients of the regimen have up to"
    return _slip_told(rule, case, step, cap, f"{told} {_square_metres(largest)}", limit.name)


def _reached_by_all(rule: Rule, case: Case, step: Step, cap: DoseRate) -> Finding | None:
    limit, reached = case.limits["smallest_area"], cap.amount / step.dose.amount
    smallest = max(_areas(case).smallest, limit.value)
    if reached >= smallest:
        return None
    told = f", which everybody reaches from {_square_metres(reached)}; patients of the regimen have at least"
    return _slip_told(rule, case, step, cap, f"{told} {_square_metres(smallest)}", limit.name)


def _areas(case: Case) -> "Areas":
    # Imported here, because most doses by body surface area have the label's cap.
    from blinplan.rules.checks.areas import areas_of

    return areas_of(case.regimen.eligibility)


def _widest_of_label(case: Case) -> Fraction:
    """How large a patient's area in m² a cap may be made for: no cap that is not far from the label's is a slip."""
    limits = case.limits_unasked
    doses = label_of(case.regimen).doses
    reached = max(limits[dose.cap.name].value / limits[dose.by_area.name].value for dose in doses)
    return case.limits["far_from_label"].value * reached


def _slip_told(rule: Rule, case: Case, step: Step, cap: DoseRate, told: str, limit: str) -> Finding:
    return case.finding(
        rule,
        (*step.path, "max"),
        f"the cap of {step.dose} is {cap}{told}",
        "write the highest dose in mcg/day that is meant, or waive this rule with the reason",
        why="A cap that is never reached, or always, is a slip of a digit or of a unit in most files.",
        severity=Severity.ERROR,
        limits=(limit,),
        value=_value(step, cap),
    )


def _square_metres(area: Fraction) -> str:
    return f"{decimal_text(area, 2).removeprefix('≈ ')} m²"
