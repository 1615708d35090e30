"""Which of the shipped regimens are meant, by words for their patients among others."""

from fractions import Fraction
from typing import NamedTuple

from blinplan.regimen.regimen import Eligibility, Regimen
from blinplan.regimen.vocabulary import Indication, LabelName, Patients, Status

INFANT_BELOW = 1
HEAVIER_THAN_INFANTS = 15
"""The age in years below which a patient is called an infant, and the weight in kg that none has. A convention."""


class Selection(NamedTuple):
    """Which of the shipped regimens are meant; what is None leaves out none."""

    indication: Indication | None = None
    population: Patients | None = None
    status: Status | None = None
    label: LabelName | None = None

    def admits(self, regimen: Regimen) -> bool:
        """Whether a regimen is one of those that are meant."""
        return (
            self.indication in {None, regimen.indication}
            and (self.population is None or self.population in patients_of(regimen))
            and self.status in {None, regimen.status}
            and self.label in {None, regimen.label}
        )


def patients_of(regimen: Regimen) -> tuple[Patients, ...]:
    """The words that fit the patients of a regimen; its ages decide, or else its weights and its virtual population."""
    from blinplan.label.read import DEFAULT, label_named

    who, population = regimen.eligibility, regimen.virtual_population
    adult = label_named(DEFAULT).numbers["adult_from"].value
    youngest, below = _ages(who, population, adult)
    fits = {
        Patients.ADULT: below is None or below > adult,
        Patients.CHILD: youngest < adult,
        Patients.INFANT: youngest < INFANT_BELOW and (who.minimum_weight or 0) < HEAVIER_THAN_INFANTS,
        Patients.ADULT_RR: population == "adult-rr",
        Patients.ADULT_MRD: population == "adult-mrd",
    }
    return tuple(word for word, fit in fits.items() if fit)


def _ages(who: Eligibility, population: str, adult: Fraction) -> tuple[Fraction, Fraction | None]:
    """The ages in years that are admitted: from one to below another."""
    if who.minimum_age is None and who.below_age is None and not who.limited:
        return (Fraction(0), adult) if population == "child" else (adult, None)
    return who.minimum_age or Fraction(0), who.below_age
