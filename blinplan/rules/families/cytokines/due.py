"""C607: doses of what is due besides, which stand in words: is one that can be read a slip of a digit or a unit."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from blinplan.quantities import Basis, Mass, decimal_text
from blinplan.regimen.regimen import ThingDue
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import DueKind
from blinplan.rules.checks.comparison import GROSS
from blinplan.rules.families.cytokines.corticosteroids import corticosteroid_in
from blinplan.rules.families.cytokines.premedication.comparison import EQUAL_DOSES
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule

_NOTHING_DUE = NotEvaluated("not applicable", "the file names nothing that is due besides, with a dose that is judged")
_MASS = re.compile(
    r"(?<![\w.,])([0-9]+(?:,[0-9]{3})*(?:[.,][0-9]+)?)\s*(g|mg|mcg|µg|μg|ug)\b\s*(/\s*m(?:2|²)|per m(?:2|²))?",
    re.IGNORECASE,
)
_MILLIGRAMS = {"g": Fraction(1000), "mg": Fraction(1)}
_PLAIN = (
    "by vein about hour hours before after blinatumomab day days daily once twice pre phase prephase with the first"
    " infusion start of for each cycle begins until and then tapered"
)
_PLAIN_WORDS = frozenset(_PLAIN.split())
"""Words beside the name of a drug that name no other drug."""


class _WrittenDose(NamedTuple):
    """A mass in a text, and where the text stands."""

    mass: Mass
    in_micrograms: bool
    path: KeyPath


def implausible_doses(rule: Rule, case: Case) -> Answer:
    """Find doses of corticosteroids, and doses into the spinal canal, that nobody gives."""
    judged = [(due, dose) for due in case.regimen.due for dose in _doses(due) if _is_judged(due)]
    if not judged:
        return _NOTHING_DUE
    found: dict[KeyPath, Finding] = {}
    for due, dose in judged:
        finding = _intrathecal(rule, case, due, dose) if _is_intrathecal(due) else _steroid(rule, case, due, dose)
        if finding is not None:
            found.setdefault(finding.path, finding)
    return list(found.values())


def _is_judged(due: ThingDue) -> bool:
    return _is_intrathecal(due) or _steroid_of(due) is not None


def _is_intrathecal(due: ThingDue) -> bool:
    return due.kind is DueKind.INTRATHECAL


def _steroid_of(due: ThingDue) -> str | None:
    """The corticosteroid that is due, where it is named and nothing else is."""
    drug = corticosteroid_in(due.what)
    return None if drug is None or not _PLAIN_WORDS.issuperset(drug.unread) else drug.name


def _doses(due: ThingDue) -> Iterator[_WrittenDose]:
    texts = [((*due.path, "dose_by_age", number, "dose"), one.dose) for number, one in enumerate(due.doses)]
    for path, text in [*([((*due.path, "dose"), due.dose)] if due.dose else []), *texts]:
        for number, unit, by_area in _MASS.findall(text):
            milligrams = _number(number) * _MILLIGRAMS.get(unit.lower(), Fraction(1, 1000))
            basis = Basis.BSA if by_area else Basis.FLAT
            yield _WrittenDose(Mass(milligrams, basis), unit.lower() not in _MILLIGRAMS, path)


def _number(written: str) -> Fraction:
    """A number with a comma for thousands, or for decimals."""
    if re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+", written):
        return Fraction(written.replace(",", ""))
    *whole, decimals = re.split("[.,]", written)
    return Fraction(f"{''.join(whole)}.{decimals}" if whole else written)


def _steroid(rule: Rule, case: Case, due: ThingDue, dose: _WrittenDose) -> Finding | None:
    """A dose of a corticosteroid that is ten times a high one, or that is counted in micrograms."""
    name = _steroid_of(due)
    if name is None:
        return None
    most = case.limits["highest_steroid_flat" if dose.mass.basis is Basis.FLAT else "highest_steroid_by_area"]
    equal = () if name == "dexamethasone" else (EQUAL_DOSES["dexamethasone"], EQUAL_DOSES[name])
    factor = Fraction(1)
    if equal:
        of_dexamethasone, of_drug = (case.limits_unasked[one].value for one in equal)
        factor = of_dexamethasone / of_drug
    if dose.in_micrograms or dose.mass.milligrams * factor >= most.value:
        as_much = " of dexamethasone, or as much of another" if equal else ""
        usual = f"{name} is given in milligrams, and less than {most}{as_much}"
        return _implausible(rule, case, due, dose, usual, most.name)
    return None


def _intrathecal(rule: Rule, case: Case, due: ThingDue, dose: _WrittenDose) -> Finding | None:
    """A dose into the spinal canal that is more than any."""
    of_methotrexate = re.fullmatch(r"(?i)(intrathecal )?(methotrexate|mtx)( intrathecal(ly)?)?", due.what.strip())
    most = case.limits_unasked["highest_intrathecal_methotrexate" if of_methotrexate else "highest_intrathecal"]
    ratio = dose.mass.milligrams / most.value
    if dose.mass.basis is Basis.BSA or ratio <= (GROSS if of_methotrexate else 1):
        return None
    return _implausible(rule, case, due, dose, f"into the spinal canal no more than {most} are given", most.name)


def _implausible(rule: Rule, case: Case, due: ThingDue, dose: _WrittenDose, most: str, limit: str) -> Finding:
    given = f"{decimal_text(1000 * dose.mass.milligrams)} mcg" if dose.in_micrograms else str(dose.mass)
    return case.finding(
        rule,
        dose.path,
        f"{due.what} is due at {given}; {most}",
        "write the dose that is meant, or waive this rule with the reason",
        limits=(limit,),
        gross=True,
        value=f"{due.what}: {case.text_at(dose.path)}",
    )
