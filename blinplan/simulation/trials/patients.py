"""Who gets a regimen: so many of a virtual population, the user's own, or the typical patient of a size."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from blinplan.course.patient import Patient
from blinplan.physiology.model.draw import from_covariates, is_as_drawn, typical
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.quantities import MOSTELLER
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.admission import admitted_cohort, admitted_typical
from blinplan.simulation.crowd.cohort import PIECE, Cohort, GivenCohort
from blinplan.simulation.dosing import NotEligibleError, require_ages
from blinplan.simulation.people.people import People, PeopleError

Patients = int | People | Population
"""How many virtual patients to draw, the user's own, or a population as it is."""


def preset_of(regimen: Regimen, preset: str | None, patients: Patients | None) -> str:
    """Name the virtual population: the one asked for, that of the patients given, or the one for the regimen.

    Raises
    ------
    PeopleError
        When the patients that are given are of another population than the one asked for.
    NotEligibleError
        When the regimen does not admit the age of one of the user's own patients.
    """
    if isinstance(patients, People) and patients.age_years is not None and not patients.own:
        require_ages(regimen, patients.age_years, patients.ids)
    if not isinstance(patients, Population):
        return preset or regimen.virtual_population
    if preset not in (None, patients.preset):
        message = f"the patients are of the population {patients.preset}, not {preset}"
        raise PeopleError(message, "leave the population out, or give patients of it")
    return patients.preset


def off_drug_of(patients: Patients | None) -> FloatArray | None:
    """When each patient goes off the drug, where a table of patients says it."""
    return patients.off_drug_minutes if isinstance(patients, People) else None


def typical_patient(regimen: Regimen, preset: str, patient: Patient | None) -> Population:
    """The typical patient of a population, of a given size and age or of its own, as far as the regimen admits it."""
    found = _of_size(regimen, preset, patient)
    years = None if patient is None or patient.age is None else patient.age.in_years
    return found if years is None else replace(found, age_years=np.array([years]))


def unsaid_of_typical(patient: Patient | None) -> tuple[str, ...]:
    """Fields of a `Population` that nobody said of the typical patient, in whom something that goes together stands."""
    has_size = patient is not None and None not in (patient.area, patient.weight, patient.height)
    has_age = patient is not None and patient.age is not None
    return (*(() if has_age else ("age_years",)), "female", *(() if has_size else ("weight_kg", "height_cm")))


def _of_size(regimen: Regimen, preset: str, patient: Patient | None) -> Population:
    if patient is None or patient.area is None:
        return admitted_typical(regimen, preset)
    area = float(patient.area.square_metres)
    if patient.weight is None and patient.height is None:
        found = typical(preset, area)
        _require_weight(regimen, area, float(found.weight_kg[0]))
        return found
    # Of one who is given with an area the other is what agrees with it.
    weight = MOSTELLER * area**2 / float(patient.height or 1) if patient.weight is None else float(patient.weight)
    height = MOSTELLER * area**2 / weight if patient.height is None else float(patient.height)
    return from_covariates(preset, weight_kg=np.array([weight]), height_cm=np.array([height]), bsa_m2=np.array([area]))


def _require_weight(regimen: Regimen, area: float, weight: float) -> None:
    """Refuse an area of which the weight that goes with it is not admitted: nobody gave that weight."""
    if not regimen.eligibility.admits(Fraction(weight)):
        raise NotEligibleError(
            f"{regimen.name} is for {regimen.eligibility}; no weight is given, and of a body surface area of {area:g}"
            f" m² the typical patient weighs {weight:.1f} kg: give the weight as well"
        )


def cohort_of(
    regimen: Regimen, preset: str | Preset, patients: Patients, seed: int, before: int = 0, piece: int = PIECE
) -> Cohort:
    """The virtual patients, as `virtual_patients`; those who are drawn are held by nobody, and drawn in whole pieces.

    Raises
    ------
    ValueError
        When patients who are given are to be passed over.
    """
    if isinstance(patients, int):
        return admitted_cohort(regimen, preset, patients, seed, before, piece)
    if before:
        raise ValueError("patients are passed over in a seed, and these are given")
    table = patients.table if isinstance(patients, People) else None
    return GivenCohort(virtual_patients(regimen, preset, patients, seed), table)


def virtual_patients(regimen: Regimen, preset: str | Preset, patients: Patients, seed: int) -> Population:
    """Virtual patients: so many of a population whom the regimen admits, the user's own, or those given.

    The user's own carry the random effects of the seed.
    """
    if isinstance(patients, Population):
        # A seed would say that anybody can draw them again, by it and their number.
        return patients if is_as_drawn(patients) and not patients.first else replace(patients, seed=None)
    if isinstance(patients, int):
        return admitted_cohort(regimen, preset, patients, seed).population()
    return from_covariates(
        preset,
        weight_kg=patients.weight_kg,
        height_cm=patients.height_cm,
        age_years=patients.age_years,
        female=patients.female,
        bsa_m2=patients.bsa_m2,
        seed=seed,
        ids=patients.ids,
        baselines=patients.baselines,
    )
