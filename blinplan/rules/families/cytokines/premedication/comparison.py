"""A corticosteroid that a file declares, beside one that it is held to."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from blinplan.label.label import Drug, LabelledPremedication
from blinplan.quantities import MINUTES_PER_HOUR, Basis, Mass, decimal_text, plural
from blinplan.regimen.regimen import Premedication
from blinplan.regimen.vocabulary import Occasion
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import is_gross, severity_of_ratio
from blinplan.rules.families.cytokines.corticosteroids import WrittenDrug
from blinplan.rules.families.cytokines.premedication.groups import OfGroup
from blinplan.rules.rule import Case, Finding, Rule, Severity

if TYPE_CHECKING:
    from blinplan.rules.checks.areas import Areas

EQUAL_DOSES = {
    name: f"equal_dose_{name}"
    for name in (
        *("dexamethasone", "betamethasone", "methylprednisolone", "triamcinolone", "prednisone", "prednisolone"),
        *("deflazacort", "hydrocortisone", "cortisone"),
    )
}
"""The limits that say which doses of corticosteroids are as strong as each other, by the names of these."""


class PremedicationPair(NamedTuple):
    """A declared corticosteroid beside one of the label's."""

    rule: Rule
    case: Case
    own: OfGroup
    given: Premedication
    drug: WrittenDrug
    label: LabelledPremedication

    def differences(self) -> Iterator[Finding]:
        """Every difference, each at its own value."""
        yield from self.of_what_is_given()
        yield from self.of_time()

    def of_what_is_given(self) -> Iterator[Finding]:
        """Every difference of the drug, its dose and its cap."""
        if self.drug.unread:
            yield self._unclear()
        else:
            yield from self._of_drug()

    def _of_drug(self) -> Iterator[Finding]:
        alike = next((drug for drug in self._labelled_drugs if drug.name == self.drug.name), None)
        if self.drug.is_misspelt:
            yield self._misspelt()
        if alike is None:
            yield from self._of_another_drug()
        else:
            yield from self._of_dose(alike)

    def is_given_on(self, occasion: Occasion) -> bool:
        """Whether it is given on an occasion: what is given before each cycle is given at the first start too."""
        return bool(self.given.occasions & labelled.COVERED_BY[occasion])

    @property
    def times_label(self) -> Fraction:
        """How many times as strong as the label's dose it is, where that is most."""
        alike = next((drug for drug in self._labelled_drugs if drug.name == self.drug.name), None)
        return self._strength if alike is None else max(self._ratios(alike))

    def sum_told(self, occasion: Occasion, given: Sequence["PremedicationPair"], ratio: Fraction) -> Finding:
        """Tell that several are given on one occasion, and what they come to beside the label's dose."""
        doses = " and ".join(f"{one.given.drug} {one.given.dose}" for one in given)
        dose = self.own.held_to.dose
        together = f"{dose} in {len(given)} parts" if ratio == 1 else f"{decimal_text(ratio, 2)} times {dose}"
        return self._finding(
            "dose",
            f"the premedication{self.own.whose} before {labelled.IN_WORDS[occasion]} is {doses},"
            f" together {together}; {self.own.label} is {drugs_text(self.label)}",
            _advice_on_sum(ratio, self.label.drug),
            severity_of_ratio(self.case, ratio),
            gross=is_gross(ratio),
            limits=self._equal_doses if is_gross(ratio) else (),
        )

    @property
    def _labelled_drugs(self) -> tuple[Drug, ...]:
        return self.label.drug, *self.label.equivalents

    @property
    def _areas(self) -> "Areas":
        # Imported here, because few files have a dose that is counted otherwise than the label's.
        from blinplan.rules.checks.areas import areas_of

        return areas_of(self.case.regimen.eligibility)

    def _unclear(self) -> Finding:
        """A name with words beside it may say another drug, or that there is none: nobody can compare its dose."""
        return self._finding(
            "drug",
            f'the premedication{self.own.whose} is "{self.given.drug}", which is not the name of one drug'
            f' ("{" ".join(self.drug.unread)}" is not known here); {self.own.label} is {drugs_text(self.label)}',
            f'write which drug is meant, with its name alone: `drug = "{self.label.drug.name}"`; another drug has its'
            " own [[premedication]]",
            Severity.ERROR,
            gross=True,
        )

    def _misspelt(self) -> Finding:
        return self._finding(
            "drug",
            f"the premedication{self.own.whose} is {self.given.drug}, which is read as {self.drug.name}",
            f'write `drug = "{self.drug.name}"`',
            Severity.WARNING,
        )

    def _of_another_drug(self) -> Iterator[Finding]:
        strength = self._strength
        gross = is_gross(strength)
        told = f", {decimal_text(strength, 2)} times as strong" if gross else ""
        yield self._finding(
            "drug",
            f"the premedication{self.own.whose} is {self.given.drug} {self.given.dose}{told}; {self.own.label} is"
            f" {drugs_text(self.label)}",
            f'write `drug = "{self.label.drug.name}"` and {_keys_text(self.label.drug)}, or waive this rule with the'
            " reason",
            Severity.ERROR if gross else Severity.WARNING,
            gross=gross,
            limits=self._equal_doses if gross else (),
        )

    @property
    def _equal_doses(self) -> tuple[str, ...]:
        """The names of the limits by which the drug and the label's compare; empty where no drug is named."""
        if self.drug.name in {None, self.label.drug.name}:
            return ()
        return EQUAL_DOSES[self.drug.name], EQUAL_DOSES[self.label.drug.name]

    @property
    def _strength(self) -> Fraction:
        """How many times as strong as the label's a corticosteroid is; one without a name is taken for the label's."""
        equal = [self.case.limits_unasked[name].value for name in self._equal_doses]
        factor = equal[1] / equal[0] if equal else Fraction(1)
        return max((factor * ratio for ratio in self._ratios(self.label.drug)), key=distance_of)

    def _of_dose(self, label: Drug) -> Iterator[Finding]:
        """Tell of another dose and, where both are by body surface area, of another cap."""
        if self.given.dose != label.dose:
            yield self._other_dose(label)
        if self.given.dose.basis is label.dose.basis and self.given.cap != label.cap:
            yield from self._other_cap(label)

    def _other_dose(self, label: Drug) -> Finding:
        ratio = max(self._ratios(label), key=distance_of)
        return self._finding(
            "dose",
            f"the dose of {label.name}{self.own.whose} is {self.given.dose}; {self.own.label} is {_dose_text(label)}"
            f"{self._in_a_patient(label, ratio)}",
            f"write {_keys_text(label)}, or waive this rule with the reason",
            severity_of_ratio(self.case, ratio),
            gross=is_gross(ratio),
        )

    def _ratios(self, label: Drug) -> tuple[Fraction, ...]:
        """How many times the label's dose the given one is: in the smallest and largest patient, if one is by area."""
        if self.given.dose.basis is label.dose.basis:
            return (self.given.dose.milligrams / label.dose.milligrams,)
        return tuple(
            _milligrams(self.given.dose, self.given.cap, area) / _milligrams(label.dose, label.cap, area)
            for area in self._areas
        )

    def _in_a_patient(self, label: Drug, ratio: Fraction) -> str:
        if self.given.dose.basis is label.dose.basis:
            return ""
        area = next(area for area, own in zip(self._areas, self._ratios(label), strict=True) if own == ratio)
        square_metres = f"{float(area):.2g} m²"
        return f", so it is {decimal_text(ratio, 1)} times that in a patient of {square_metres}"

    def _other_cap(self, label: Drug) -> Iterator[Finding]:
        given, cap = self.given.cap, label.cap
        if given is None:
            yield self._finding(
                "dose",
                f"the dose of {label.name}{self.own.whose} has no cap; {self.own.label} is {cap}",
                f'add `max = "{cap}"`',
                Severity.WARNING,
            )
        elif cap is None:
            yield from self._cap_without_label(given, label)
        else:
            ratio = given.milligrams / cap.milligrams
            yield self._finding(
                "max",
                f"the cap of {label.name}{self.own.whose} is {given}; {self.own.label} is {cap}",
                f'write `max = "{cap}"`, or waive this rule with the reason',
                severity_of_ratio(self.case, ratio),
                gross=is_gross(ratio),
            )

    def _cap_without_label(self, given: Mass, label: Drug) -> Iterator[Finding]:
        """Tell of a cap that the label has none of, where it lowers somebody's dose."""
        ratio = given.milligrams / (label.dose.milligrams * self._areas.largest)
        if ratio < 1:
            yield self._finding(
                "max",
                f"the cap of {label.name}{self.own.whose} is {given}; the label's dose, {_dose_text(label)}, has none",
                "remove `max`, or waive this rule with the reason",
                severity_of_ratio(self.case, ratio),
                gross=is_gross(ratio),
            )

    def of_time(self) -> Iterator[Finding]:
        """Every difference of the time."""
        given, label = self.given, self.label
        with_it = given.minutes_before == 0 < label.minutes_before  # it begins with the infusion, and not before
        if given.minutes_before > label.minutes_before or with_it:
            yield self._other_time("minutes_before", given.minutes_before, label.minutes_before)
        if given.latest_minutes_before < label.latest_minutes_before and not with_it:
            yield self._other_time(self._key_of_latest, given.latest_minutes_before, label.latest_minutes_before)

    @property
    def _key_of_latest(self) -> str:
        table = self.case.values(self.given.path)
        return "latest_minutes_before" if "latest_minutes_before" in table else "minutes_before"

    def _other_time(self, key: str, minutes: int, label: int) -> Finding:
        written = key in self.case.values(self.given.path)
        said = "" if written else ", since the file says no other"
        return self._finding(
            key if written else "before",
            f"premedication{self.own.whose} is given {_when_text(minutes)}{said}; {self.own.held_to.giver} it"
            f" {time_text(self.label)} before",
            self._advice_on_time(),
            self._severity_of_time(minutes, label),
            gross=is_gross(Fraction(minutes, label)),
        )

    def _severity_of_time(self, minutes: int, label: int) -> Severity:
        """A window in which the label's time lies is no wrong time, unless it is so wide that it says nothing."""
        meets = (
            self.given.minutes_before > 0
            and self.given.latest_minutes_before <= self.label.minutes_before
            and self.given.minutes_before >= self.label.latest_minutes_before
        )
        width = self.given.minutes_before - self.given.latest_minutes_before
        if meets and width <= self.case.limits["far_from_label"].value * self.label.minutes_before:
            return Severity.WARNING
        return severity_of_ratio(self.case, Fraction(minutes, label))

    def _advice_on_time(self) -> str:
        label = self.label
        latest = f" and `latest_minutes_before = {label.latest_minutes_before}`"
        window = label.latest_minutes_before != label.minutes_before
        return (
            f"write `minutes_before = {label.minutes_before}`{latest if window else ''}, or waive this rule with the"
            " reason"
        )

    def _finding(
        self,
        key: str,
        message: str,
        advice: str,
        severity: Severity,
        *,
        gross: bool = False,
        limits: tuple[str, ...] = (),
    ) -> Finding:
        return self.case.finding(
            self.rule,
            (*self.given.path, key),
            message,
            advice,
            why=self.label.stated.says,
            severity=severity,
            limits=("premedication", "far_from_label", *limits),
            gross=gross,
        )


def _advice_on_sum(ratio: Fraction, drug: Drug) -> str:
    if ratio > 1:
        return "leave out what is too much: the label gives one of them, once on each occasion"
    return f"give it as one dose: {_keys_text(drug)}, once on each occasion"


def weight_of(differences: Sequence[Finding]) -> tuple[int, int]:
    """How little like a labelled one a premedication is: the number of differences, and how bad they are."""
    return len(differences), sum(finding.severity.rank for finding in differences)


def distance_of(ratio: Fraction) -> Fraction:
    """How far a ratio is from 1, as one of 1 or more."""
    return max(ratio, 1 / ratio)


def _milligrams(dose: Mass, cap: Mass | None, area: Fraction) -> Fraction:
    """What a dose comes to in a patient of an area."""
    if dose.basis is Basis.FLAT:
        return dose.milligrams
    milligrams = dose.milligrams * area
    return milligrams if cap is None else min(milligrams, cap.milligrams)


def drugs_text(label: LabelledPremedication) -> str:
    """The label's drug with its dose, and what counts as the same."""
    return " or ".join(f"{drug.name} {_dose_text(drug)}" for drug in (label.drug, *label.equivalents))


def _dose_text(drug: Drug) -> str:
    return str(drug.dose) if drug.cap is None else f"{drug.dose} (at most {drug.cap})"


def _keys_text(drug: Drug) -> str:
    cap = "" if drug.cap is None else f' and `max = "{_mass_text(drug.cap)}"`'
    return f'`dose = "{_mass_text(drug.dose)}"`{cap}'


def _mass_text(mass: Mass) -> str:
    return str(mass).replace("²", "2")


def time_text(label: LabelledPremedication) -> str:
    """How long before the infusion it is given, in words."""
    most, least = label.minutes_before, label.latest_minutes_before
    if most == least:
        return _minutes(most)
    return f"within {_minutes(most)}" if least == 0 else f"{_minutes(most).split(' ')[0]} to {_minutes(least)}"


def _when_text(minutes: int) -> str:
    return f"{_minutes(minutes)} before the infusion" if minutes else "when the infusion begins"


def _minutes(number: int) -> str:
    """A time in minutes, or in hours from two of them on."""
    hours, rest = divmod(number, MINUTES_PER_HOUR)
    return f"{hours} hours" if hours > 1 and not rest else f"{number} {plural('minute', number)}"
