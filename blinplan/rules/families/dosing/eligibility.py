"""D211, D212: are the doses for the one patient who was given."""

from blinplan.rules.checks import labelled
from blinplan.rules.rule import Answer, Case, NotEvaluated, Rule, Severity

_OTHER_AGES = "take a regimen for patients of this age, or say under [eligibility] from which age and below which it is"


def patient_not_eligible(rule: Rule, case: Case) -> Answer:
    """Find that the regimen is not for the one patient who was given."""
    who = case.regimen.eligibility
    if case.patient is None:
        return NotEvaluated("not applicable", "no patient was given (--patient)")
    # Imported here, because a check for nobody in particular does not wait for it.
    from blinplan.course.adulthood import adult_from
    from blinplan.course.eligibility import misfits, of_another_group, open_limits

    adult = adult_from(case.regimen, case.site, case.limits_unasked)
    other = of_another_group(case.regimen, case.patient, adult)
    if other is not None:
        rests_on = None if other.plain else ("adult_from",)
        return (case.finding(rule, ("eligibility", "population"), other.message, _OTHER_AGES, limits=rests_on),)
    wrong, unknown = misfits(who, case.patient), open_limits(who, case.patient)
    if not wrong and unknown:
        return NotEvaluated("undecided", f"the regimen is for {who}, and the patient's {' and '.join(unknown)}")
    if not wrong:
        return ()
    figure = "weight and age" if who.limited_by_age else "weight"
    weight = case.patient.weight
    leads_on = who.otherwise if weight is None or not who.admits(weight) else None  # it is for other weights only
    return (
        case.finding(
            rule,
            ("eligibility",),
            f"{' and '.join(wrong)}, and the regimen is for {who}",
            f"take {leads_on}, which the file names for other weights"
            if leads_on
            else f"take a regimen for patients of this {figure}",
        ),
    )


def patient_not_covered(rule: Rule, case: Case) -> Answer:
    """Find what the label does not cover of the one patient who was given."""
    if case.patient is None:
        return NotEvaluated("not applicable", "no patient was given (--patient)")
    from blinplan.course.eligibility import coverage_gaps

    found = coverage_gaps(case.regimen, case.patient)
    unknown = [one.message for one in found if one.open]
    if unknown and len(unknown) == len(found):
        return NotEvaluated("undecided", "; ".join(unknown))
    return [
        case.finding(
            rule,
            ("name",),
            one.message,
            "have the treating physician decide; what is given is not by the label"
            if one.limit.name == "youngest"
            else f"prepare {labelled.bags_without_preservative(case)}",
            severity=None if one.limit.name == "youngest" else Severity.NOTE,
            value=one.message,
            limits=(one.limit.name,),
        )
        for one in found
        if not one.open
    ]
