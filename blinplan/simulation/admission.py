"""Which virtual patients get a regimen: those of its population whom it admits.

Age has no part in how the model responds. Adolescents of an adult's weight, of whom no population has any, are stood
for by adults: an age limit below which a population has nobody passes over none of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, nextafter

import numpy as np

from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.draw import from_covariates, typical
from blinplan.physiology.model.parameters import AdultCovariates, Preset, load_parameters
from blinplan.physiology.model.people import Bodies, TooFewError
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.regimen.regimen import Eligibility, Regimen
from blinplan.simulation.crowd.cohort import PIECE, DrawnCohort, drawn_cohort
from blinplan.simulation.dosing import NotEligibleError


class NobodyFitsError(NotEligibleError):
    """A population of which hardly anybody fits."""


_OF_THE_TYPICAL = 1000
"""People of the first seed whose medians are the typical patient, where the population's own is not admitted."""


def admitted_patients(regimen: Regimen, preset: str | Preset, patients: int, seed: int) -> Population:
    """Draw so many virtual patients whom a regimen admits; person number k of a seed is the same under all.

    Raises
    ------
    NobodyFitsError
        When hardly anybody of the population fits.
    """
    return admitted_cohort(regimen, preset, patients, seed).population()


def admitted_cohort(
    regimen: Regimen, preset: str | Preset, patients: int, seed: int, before: int = 0, piece: int = PIECE
) -> DrawnCohort:
    """Find so many virtual patients whom a regimen admits, after some of them; they are drawn when they are wanted.

    They are drawn in whole pieces of so many.

    Raises
    ------
    NobodyFitsError
        When hardly anybody of the population fits.
    """
    return commonly_admitted_cohort((regimen,), preset, patients, seed, before, piece)


def commonly_admitted_cohort(
    regimens: Sequence[Regimen],
    preset: str | Preset,
    patients: int,
    seed: int,
    before: int = 0,
    piece: int = PIECE,
) -> DrawnCohort:
    """Find so many virtual patients whom each of some regimens admits, as `admitted_cohort` does for one.

    Raises
    ------
    NobodyFitsError
        When hardly anybody of the population fits.
    """
    chosen = preset if isinstance(preset, Preset) else load_parameters().presets[preset]
    limits = [limits_of(regimen.eligibility, chosen) for regimen in regimens]
    whos = tuple(dict.fromkeys(who for who in limits if who.limited or who.limited_by_age))
    try:
        return drawn_cohort(preset, patients, seed, before, _Fitting(whos) if whos else None, piece)
    except TooFewError as error:
        fit = f"{error.found:,} fit" if error.found else "nobody fits"
        for_whom = " and ".join(dict.fromkeys(f"{regimen.name} is for {regimen.eligibility}" for regimen in regimens))
        raise NobodyFitsError(f"{for_whom}, and of {error.drawn:,} people drawn of {chosen.key} {fit}") from error


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Whom all of some limits admit; it pickles, and those of the same limits are equal."""

    whos: tuple[Eligibility, ...]

    def __call__(self, bodies: Bodies) -> BoolArray:
        return np.asarray(np.logical_and.reduce([fits(who, bodies) for who in self.whos]))


def admitted_typical(regimen: Regimen, preset: str) -> Population:
    """The typical patient of a population; where the regimen does not admit that weight, of those whom it admits."""
    found = typical(preset)
    if not regimen.eligibility.limited or regimen.eligibility.admits(Fraction(float(found.weight_kg[0]))):
        return found
    people = admitted_patients(regimen, preset, _OF_THE_TYPICAL, 1)
    middle = {of: np.median(getattr(people, of), keepdims=True) for of in ("weight_kg", "height_cm", "age_years")}
    return from_covariates(preset, **middle)


def limits_of(who: Eligibility, preset: Preset) -> Eligibility:
    """The limits that choose among the people of a population."""
    law, below = preset.covariates, who.below_age
    if not isinstance(law, AdultCovariates) or below is None or below > Fraction(law.age_low):
        return who
    return Eligibility(minimum_weight=who.minimum_weight, below_weight=who.below_weight)


def fits(who: Eligibility, bodies: Bodies) -> BoolArray:
    """Whom the limits admit (N): as exactly as the fractions in which they are written."""
    return np.asarray(
        _within(bodies.weight_kg, who.minimum_weight, who.below_weight)
        & _within(bodies.age_years, who.minimum_age, who.below_age)
    )


def _within(values: FloatArray, least: Fraction | None, below: Fraction | None) -> BoolArray:
    low = -inf if least is None else _not_below(least)
    high = inf if below is None else _not_below(below)
    return np.asarray((values >= low) & (values < high))


def _not_below(bound: Fraction) -> float:
    """The least floating-point number that is not below a bound."""
    near = float(bound)
    return near if Fraction(near) >= bound else nextafter(near, inf)
