"""D: is the dose one at which the drug is known to work, and that is known to be borne."""

from collections.abc import Iterator
from itertools import pairwise

from blinplan.course.events import given_rate
from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate, decimal_text
from blinplan.regimen.regimen import Indication, Status, Step
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import beside_label, is_gross, severity_of_ratio
from blinplan.rules.checks.departures import BESIDE_BASE, is_beside_nothing, is_laid_beside_base
from blinplan.rules.checks.dose_differences import DoseDifference, told_by
from blinplan.rules.checks.doses_told import doses_told
from blinplan.rules.checks.optional import start_without_low_step
from blinplan.rules.families.dosing.eligibility import patient_not_covered, patient_not_eligible
from blinplan.rules.families.dosing.weights import basis_and_weight
from blinplan.rules.limits import number_text
from blinplan.rules.reference import StepPair
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

TITLE = "Doses"


def _cycle(steps: str) -> str:
    return f'[[cycle]]\nname = "Cycle 1"\nsteps = [{steps}]\ntreatment_free_days = 14'


def _steps(dose: str) -> str:
    cap = f', max = "{9 if dose.startswith("5 ") else 28} mcg/day"' if "m2" in dose else ""
    return _cycle(f'{{ dose = "{dose}"{cap}, days = 28 }}')


def _two_steps(first: str, second: str) -> str:
    return _cycle(f'{{ dose = "{first}", days = 7 }}, {{ dose = "{second}", days = 21 }}')


def _targets(case: Case) -> list[tuple[Step, str]]:
    """The highest step of every cycle, with what to call its dose.

    Where the label gives that very dose in its place, as the first of two, another step of the cycle is too low.
    """
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


def _incomplete_depletion(rule: Rule, case: Case) -> Answer:
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


def _depletion_not_documented(rule: Rule, case: Case) -> Iterator[Finding]:
    for target, name in _targets(case):
        yield from _below_documented_dose(rule, case, target, name)


def _below_documented_dose(rule: Rule, case: Case, target: Step, name: str) -> Iterator[Finding]:
    ordered, severity = _label_in_place_of(case, target)
    beside = f"; the label gives {ordered}" if ordered else ""
    by_area = target.dose.basis is Basis.BSA
    deciding = "depletion_by_area" if by_area else "depletion_flat"
    limit = case.limits[deciding]
    if by_area and target.dose.amount <= case.limits["incomplete_depletion"].value:
        return  # the stronger rule D201 speaks
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
    elif target.dose.amount < limit.value:
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


def _above_label(rule: Rule, case: Case) -> Answer:
    ordered = told_by(rule, case, "give the label's dose, or waive this rule with the reason", _above_in_words)
    found = _above_label_as_ordered(rule, case) if isinstance(ordered, NotEvaluated) else ordered
    findings = [*found, *_above_label_in_the_patient(rule, case)]
    if not findings and case.patient and case.patient.area is None and _needs_area(case):
        return NotEvaluated("undecided", "the doses are by body surface area, and the patient's is not known")
    return findings


def _needs_area(case: Case) -> bool:
    """Whether a dose may come to more than the labelled maximum in a large patient: by area, and not capped there."""
    limit = labelled.maximum(case.limits, Basis.FLAT).value
    by_area = (step for step in case.regimen.steps if step.dose.basis is Basis.BSA)
    return any(step.cap is None or step.cap.amount > limit for step in by_area)


def _above_label_in_the_patient(rule: Rule, case: Case) -> Iterator[Finding]:
    """Doses by body surface area that come to more than anyone's labelled dose in the patient."""
    area = case.patient.area if case.patient else None
    limit = labelled.maximum(case.limits, Basis.FLAT)
    by_area = labelled.maximum(case.limits, Basis.BSA)
    for step in case.regimen.steps if area else ():
        if area is None or step.dose.basis is Basis.FLAT or step.dose.amount > by_area.value:
            continue  # the dose as it is ordered is found already
        rate = given_rate(step, area.square_metres)
        if rate > limit.value:
            yield case.finding(
                rule,
                (*step.path, "dose"),
                f"the dose is {step.dose}, {decimal_text(rate, 3)} mcg/day in this patient of {area}; the label"
                f" gives at most {limit}",
                f'add `max = "{limit.number}"`, the label\'s cap',
                limits=(limit.name,),
                value=f"{step.dose} at {area}",
            )


def _above_in_words(case: Case, difference: DoseDifference) -> str:
    step, most = difference.pair.step, labelled.maximum(case.limits_unasked, difference.pair.step.dose.basis)
    there = "" if most.value == difference.limit.value else f", and {difference.limit} in {difference.cycles}"
    return f"the dose is {step.dose}; the label gives at most {most}{there}"


def _above_label_as_ordered(rule: Rule, case: Case) -> Iterator[Finding]:
    """Doses above the label's, where there is no schedule and no other regimen to lay the regimen beside."""
    told = doses_told(case)
    for step in case.regimen.steps if not is_laid_beside_base(case) else ():
        limit = labelled.maximum(case.limits, step.dose.basis)
        if (
            step.path not in told
            and limit.value < step.dose.amount <= labelled.highest_studied(case.limits, step.dose.basis).value
        ):
            ratio = step.dose.amount / limit.value
            yield case.finding(
                rule,
                (*step.path, "dose"),
                f"the dose is {step.dose}; the label gives at most {limit}",
                f"give at most {limit}, or waive this rule with the reason",
                limits=(limit.name,),
                gross=not labelled.is_investigational(case) and is_gross(ratio),
                severity=None if labelled.is_investigational(case) else severity_of_ratio(case, ratio),
            )


def _above_highest_dose(rule: Rule, case: Case) -> Iterator[Finding]:
    for step in case.regimen.steps:
        limit = labelled.highest_studied(case.limits, step.dose.basis)
        if step.dose.amount > limit.value and not labelled.is_unit_slip(case.limits, step.dose):
            yield case.finding(
                rule,
                (*step.path, "dose"),
                f"the dose is {step.dose}; nothing above {limit} was studied",
                f"give at most {labelled.maximum(case.limits, step.dose.basis)}, the labelled maximum",
                limits=(limit.name,),
            )


def _cap(rule: Rule, case: Case) -> Answer:
    if case.regimen.basis is Basis.FLAT:
        return NotEvaluated("not applicable", "the doses are flat, and a flat dose needs no cap")
    # Imported here, because a check of flat doses does not wait for it.
    from blinplan.rules.families.dosing.caps import wrong_caps

    return wrong_caps(rule, case)


def _high_start(rule: Rule, case: Case) -> Answer:
    if case.regimen.indication is not Indication.RELAPSED_REFRACTORY:
        return NotEvaluated("not applicable", "the label's low first step is for relapsed or refractory disease")
    told = told_by(rule, case, "begin with the label's first step, or waive this rule with the reason", _start_in_words)
    return told if isinstance(told, NotEvaluated) else [*told, *_high_start_without_optional(rule, case)]


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


def _unlabelled_step(rule: Rule, case: Case) -> Answer:
    return told_by(rule, case, "begin at the full dose, or waive this rule with the reason", _step_in_words)


def _step_in_words(case: Case, difference: DoseDifference) -> str:
    relapsed = case.regimen.indication is Indication.RELAPSED_REFRACTORY
    up, step = "steps up" if difference.is_in_one_cycle else "step up", difference.pair.step
    return (
        f"{difference.cycles} {up} from {step.dose}; the label gives {difference.limit} from the"
        " first day, and steps up in " + ("cycle 1 only" if relapsed else "relapsed or refractory disease only")
    )


def _uneven_steps(rule: Rule, case: Case) -> Answer:
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


_SOURCE = '[[sources]]\ncitation = "Protocol 12, section 4"\nstatus = "{}"\n\n'


def _unseen_sources(rule: Rule, case: Case) -> Iterator[Finding]:
    for number, source in enumerate(case.regimen.sources):
        if source.status is not Status.SEEN:
            yield case.finding(
                rule,
                ("sources", number, "status"),
                f"source {number + 1} of the doses is {source.status}; here every one has to be seen",
                "compare the doses with the cited text, and write `seen` where they are the same",
                value=f"{source.status}: {source.citation}",
            )


_IN_LYMPHOMA = 'indication = "investigational"\ndisease = "lymphoma"\n\n'
_FLAT_FROM = number_text("flat_from_weight")
RULES = (
    Rule(
        "D201",
        "incomplete-depletion",
        "The target dose is one at which incomplete B-cell depletion is documented.",
        Severity.ERROR,
        "At 0.5 and 1.5 mcg/m²/day B cells were not fully depleted.",
        limits=("incomplete_depletion",),
        bad=_IN_LYMPHOMA + _steps("1.5 mcg/m2/day"),
        good=_IN_LYMPHOMA + _steps("1.6 mcg/m2/day"),
        check=_incomplete_depletion,
    ),
    Rule(
        "D202",
        "depletion-not-documented",
        "The target dose is not above the one from which full B-cell depletion is documented.",
        Severity.WARNING,
        "B cells fell to 10 per µL or fewer in the majority of patients at doses > 5 mcg/m²/day or > 9 mcg/day.",
        limits=("depletion_by_area", "depletion_flat"),
        bad=_IN_LYMPHOMA + _steps("5 mcg/m2/day"),
        good=_IN_LYMPHOMA + _steps("5.1 mcg/m2/day"),
        check=_depletion_not_documented,
    ),
    Rule(
        "D203",
        "above-labelled-maximum",
        "A dose is above the labelled maximum.",
        Severity.WARNING,
        "Above the labelled dose the harm is known less well, and no more benefit is documented.",
        limits=("labelled_maximum_flat", "labelled_maximum_by_area"),
        bad='indication = "relapsed-refractory"\n\n' + _two_steps("9 mcg/day", "29 mcg/day"),
        good='indication = "relapsed-refractory"\n\n' + _two_steps("9 mcg/day", "28 mcg/day"),
        check=_above_label,
    ),
    Rule(
        "D204",
        "above-highest-studied",
        "A dose is above the highest that was ever studied.",
        Severity.ERROR,
        "Nobody knows what such a dose does. The maximum tolerated dose in lymphoma was 60 mcg/m²/day.",
        limits=("highest_studied_flat", "highest_studied_by_area"),
        bad=_cycle('{ dose = "91 mcg/m2/day", max = "150 mcg/day", days = 28 }'),
        good=_cycle('{ dose = "15 mcg/m2/day", max = "28 mcg/day", days = 28 }'),
        check=_above_highest_dose,
    ),
    Rule(
        "D205",
        "missing-or-other-cap",
        "A dose by body surface area has no cap, another one than the label's, or one that no patient reaches.",
        Severity.WARNING,
        f"Below {_FLAT_FROM} the label's doses are capped at those of adults.",
        limits=(
            *("cap_of_first_step", "cap_of_full_dose", "far_from_label"),
            *("largest_area", "smallest_area", "highest_studied_flat"),
        ),
        bad='indication = "mrd-positive"\n\n' + _cycle('{ dose = "15 mcg/m2/day", days = 28 }'),
        good=_steps("15 mcg/m2/day"),
        check=_cap,
    ),
    Rule(
        "D206",
        "basis-does-not-fit-weight",
        f"Flat doses admit patients below {_FLAT_FROM}, doses by body surface area patients of {_FLAT_FROM} or more, or"
        " the weight is one of hardly anybody.",
        Severity.ERROR,
        f"The flat dose is for patients of {_FLAT_FROM} and over; in a small child it is a multiple of the dose for its"
        " size.",
        limits=("flat_from_weight",),
        bad='indication = "mrd-positive"\n\n[eligibility]\nmin_weight_kg = 30\n\n' + _steps("28 mcg/day"),
        good='indication = "mrd-positive"\n\n[eligibility]\nmin_weight_kg = 45\n\n' + _steps("28 mcg/day"),
        check=basis_and_weight,
    ),
    Rule(
        "D207",
        "no-low-first-step",
        "In relapsed or refractory disease, cycle 1 begins above the label's low first step.",
        Severity.ERROR,
        "The low first step lowers the first release of cytokines, where the burden of disease is high.",
        limits=("first_step_flat", "first_step_by_area"),
        bad='indication = "relapsed-refractory"\n\n' + _steps("28 mcg/day"),
        good='indication = "relapsed-refractory"\n\n' + _two_steps("9 mcg/day", "28 mcg/day"),
        check=_high_start,
    ),
    Rule(
        "D208",
        "step-without-label",
        "A low step where the label has none.",
        Severity.ERROR,
        "The label steps up in cycle 1 of relapsed or refractory disease, and nowhere else.",
        limits=("first_step_flat", "first_step_by_area"),
        bad='indication = "mrd-positive"\n\n' + _two_steps("9 mcg/day", "28 mcg/day"),
        good='indication = "mrd-positive"\n\n' + _steps("28 mcg/day"),
        check=_unlabelled_step,
    ),
    Rule(
        "D209",
        "uneven-steps",
        "A step, or the next cycle, is more than four times the step before, or the dose goes down inside a cycle.",
        Severity.WARNING,
        "A large step releases cytokines again; a step down has no documented use.",
        limits=("step_ratio",),
        bad=_two_steps("6 mcg/day", "28 mcg/day"),
        good=_two_steps("7 mcg/day", "28 mcg/day"),
        check=_uneven_steps,
    ),
    Rule(
        "D210",
        "mixed-bases",
        "Flat doses and doses by body surface area stand in one regimen.",
        Severity.ERROR,
        "The two are confused at the bedside.",
        limits=(),
        bad='[dosing]\nbasis = "flat"\n\n' + _steps("15 mcg/m2/day"),
        good='[dosing]\nbasis = "bsa"\n\n' + _steps("15 mcg/m2/day"),
        waivable=False,
        sources=("The file format of regimens, `blinplan schema` (convention)",),
    ),
    Rule(
        "D211",
        "patient-not-eligible",
        "The patient's weight or age is not one that the regimen is for.",
        Severity.ERROR,
        "A flat dose in a small child is a multiple of the dose for its size.",
        limits=("flat_from_weight",),
        bad="[eligibility]\nmin_weight_kg = 45\n\n" + _steps("28 mcg/day"),
        good="[eligibility]\nbelow_weight_kg = 45\n\n" + _steps("15 mcg/m2/day"),
        check=patient_not_eligible,
        waivable=False,
        patient="weight=38,height=140",
    ),
    Rule(
        "D212",
        "patient-not-covered-by-label",
        "The label does not cover the patient: younger than it speaks of, or too light for bags with preservative.",
        Severity.WARNING,
        "Of a newborn the label says nothing, and the preservative of the longer bags can harm a small infant.",
        limits=("youngest", "preservative_from_weight"),
        bad='indication = "mrd-positive"\n\n[eligibility]\nbelow_weight_kg = 45\n\n' + _steps("15 mcg/m2/day"),
        good="[eligibility]\nbelow_weight_kg = 45\n\n" + _steps("15 mcg/m2/day"),
        check=patient_not_covered,
        patient="weight=5.5,age=20 days",
    ),
    Rule(
        "D213",
        "doses-not-seen",
        "A source of the doses was not seen by anybody, and the project asks that every one is.",
        Severity.WARNING,
        "A dose that nobody has compared with its source may be a slip of whoever wrote it down.",
        limits=(),
        bad=_SOURCE.format("transcribed") + _steps("28 mcg/day"),
        good=_SOURCE.format("seen") + _steps("28 mcg/day"),
        check=_unseen_sources,
        by_default=False,
        sources=("The way sources are marked in regimen files (convention)",),
    ),
)
