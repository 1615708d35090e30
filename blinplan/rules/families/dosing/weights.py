"""D206: do the doses fit the weights of the patients whom a regimen admits."""

from collections.abc import Iterator
from fractions import Fraction

from blinplan.label.read import DEFAULT, label_named
from blinplan.quantities import Basis, decimal_text
from blinplan.regimen.vocabulary import Disease, Indication
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import GROSS
from blinplan.rules.limits import Limit
from blinplan.rules.rule import Answer, Case, Finding, Rule, Severity


def basis_and_weight(rule: Rule, case: Case) -> Answer:
    """Find flat doses that admit light patients, doses by area that admit heavy ones, and limits that admit few."""
    if case.regimen.indication is Indication.INVESTIGATIONAL and not _is_flat_for_children(case):
        return labelled.NOT_LABELLED
    limit, who = case.limits["flat_from_weight"], case.regimen.eligibility
    bound = who.minimum_weight if _is_flat(case) else who.below_weight
    if bound is None or (bound < limit.value if _is_flat(case) else bound > limit.value):
        return (_not_fitting(rule, case, bound, limit),)
    return _nearly_nobody(rule, case, bound, limit)


def _is_flat(case: Case) -> bool:
    return case.regimen.basis is Basis.FLAT


def _is_flat_for_children(case: Case) -> bool:
    """Whether a flat dose in leukaemia is not kept from children by a weight or an age; nobody ran it in small ones."""
    who = case.regimen.eligibility
    if not _is_flat(case) or case.regimen.disease is not Disease.LEUKAEMIA:
        return False
    if who.minimum_age is not None or who.minimum_weight is not None:
        return who.minimum_age is None or who.minimum_age < _adult_years()
    return who.population not in {"adult-rr", "adult-mrd"}


def _adult_years() -> Fraction:
    return label_named(DEFAULT).numbers["adult_from"].value


def _key(case: Case) -> str:
    return "min_weight_kg" if _is_flat(case) else "below_weight_kg"


def _kind_of_doses(case: Case) -> str:
    return "flat" if _is_flat(case) else "by body surface area"


def _not_fitting(rule: Rule, case: Case, bound: Fraction | None, limit: Limit) -> Finding:
    who, key = case.regimen.eligibility, _key(case)
    others = "below" if _is_flat(case) else "of or above"
    of_adults = f" or `min_age_years = {decimal_text(_adult_years())}`" if labelled.is_investigational(case) else ""
    return case.finding(
        rule,
        ("dosing", "basis") if bound is None else ("eligibility", key),
        f"the doses are {_kind_of_doses(case)}, and patients {others} {limit} are admitted ({who})",
        f"write `{key} = {decimal_text(limit.value)}`{of_adults} under [eligibility], and give the others a regimen of"
        " their own",
        value=f"{_kind_of_doses(case)} for {who}",
    )


def _nearly_nobody(rule: Rule, case: Case, bound: Fraction, limit: Limit) -> Iterator[Finding]:
    """A limit of weight so far from that of the label's doses that hardly anybody is admitted: a slip of a digit.

    Where an age says that infants are meant, they are; where a regimen for the others is named, X003 speaks of it.
    """
    who = case.regimen.eligibility
    ratio = bound / limit.value if _is_flat(case) else limit.value / bound
    if ratio <= GROSS or who.limited_by_age or who.otherwise is not None or _is_among_others(case):
        return
    others = f"from {limit}" if _is_flat(case) else f"below {limit}"
    yield case.finding(
        rule,
        ("eligibility", _key(case)),
        f"the regimen is for {who} only; the label's doses {_kind_of_doses(case)} are for all {others}",
        f"write `{_key(case)} = {decimal_text(limit.value)}`, or name with `otherwise` the regimen for the others",
        severity=Severity.WARNING,
        value=f"{_kind_of_doses(case)} for {who}",
    )


def _is_among_others(case: Case) -> bool:
    """Whether regimens for the same indication are judged with it, one of which may be for the others."""
    return case.neighbours is not None and case.neighbours.number_for(case.regimen.indication) > 1
