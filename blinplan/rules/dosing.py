"""D: is the dose one at which the drug is known to work."""

from collections.abc import Iterator

from blinplan.quantities import Basis
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity


def _steps(dose: str) -> str:
    return f'[[cycle]]\nname = "Cycle 1"\nsteps = [{{ dose = "{dose}", days = 28 }}]\ntreatment_free_days = 14'


def _incomplete_depletion(rule: Rule, case: Case) -> Answer:
    target = case.regimen.target
    limit = case.limits["incomplete_depletion"]
    if target.dose.basis is Basis.FLAT:
        return NotEvaluated("not applicable", f"the doses are flat, and the documented limit is in {limit.unit}")
    if target.dose.amount > limit.value:
        return ()
    return (
        case.finding(
            rule,
            (*target.path, "dose"),
            f"the target dose is {target.dose}; incomplete B-cell depletion is documented at 0.5 and {limit}",
            f"raise the target dose above {case.limits['depletion_by_area']}, or waive this rule with the reason",
        ),
    )


def _undocumented_depletion(rule: Rule, case: Case) -> Iterator[Finding]:
    target = case.regimen.target
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
            f"the target dose is {target.dose}, exactly on the threshold of full B-cell depletion",
            f"choose a target dose above {limit}, or waive this rule with the reason",
            why=f"The article prints > {limit}: read so, depletion at this dose is not documented. Copies of the"
            f" label's section 12.2 print ≥ {limit}: read so, it is.",
            limits=(deciding,),
        )
    elif target.dose.amount < limit.value:
        yield case.finding(
            rule,
            path,
            f"the target dose is {target.dose}; full B-cell depletion is documented above {limit}",
            f"raise the target dose above {limit}, or waive this rule with the reason",
            limits=(deciding,),
        )


RULES = (
    Rule(
        "D201",
        "incomplete-depletion",
        "The target dose is one at which incomplete B-cell depletion is documented.",
        Severity.ERROR,
        "At 0.5 and 1.5 mcg/m²/day B cells were not fully depleted.",
        limits=("incomplete_depletion",),
        bad=_steps("1.5 mcg/m2/day"),
        good=_steps("1.6 mcg/m2/day"),
        check=_incomplete_depletion,
    ),
    Rule(
        "D202",
        "depletion-not-documented",
        "The target dose is not above the one from which full B-cell depletion is documented.",
        Severity.WARNING,
        "B cells fell to 10 per µL or fewer in the majority of patients at doses > 5 mcg/m²/day or > 9 mcg/day.",
        limits=("depletion_by_area", "depletion_flat"),
        bad=_steps("5 mcg/m2/day"),
        good=_steps("5.1 mcg/m2/day"),
        check=_undocumented_depletion,
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
    ),
)
