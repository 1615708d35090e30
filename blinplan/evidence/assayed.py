"""Steady states as a trial measures them: with the published error of a sample, within the limits of an assay."""

import numpy as np

from blinplan.evidence.study import Arm, Few, Study
from blinplan.physiology.model import mechanism
from blinplan.physiology.model.population import FloatArray
from blinplan.simulation.measured.errors import ASSAYS, Errors

_DRUG = next(assay for assay in ASSAYS if assay.signal == "drug")
_HOURS = 24.0


def measured_mean(study: Study, arm: Arm) -> Few:
    """Mean in pg/mL of one sample of each patient at a dose in mcg/day; those beyond the limits give no number."""
    found = _samples(study, arm)
    return Few(float(found.mean()), found.size)


def measured_spread(study: Study, arm: Arm) -> Few:
    """Their standard deviation."""
    found = _samples(study, arm)
    return Few(float(found.std(ddof=1)), found.size)


def measured_clearance(study: Study, arm: Arm) -> Few:
    """Mean in L/h of the dose over each of them."""
    found = _samples(study, arm)
    return Few(float((mechanism.PG_PER_ML_PER_MCG_PER_L * arm.dose / _HOURS / found).mean()), found.size)


def _samples(study: Study, arm: Arm) -> FloatArray:
    people = study.population(arm.population)
    steady = mechanism.steady_state(np.full(people.size, arm.dose), people.clearance)
    patients = np.arange(people.size, dtype=np.float64)
    values = Errors(study.seed).of_endpoint(_DRUG, "steady_state", steady, patients).values
    return values[~np.isnan(values)]
