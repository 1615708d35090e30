"""Which regimen a patient gets: the one asked for, or the one it names for patients of other weights."""

from collections.abc import Callable
from dataclasses import dataclass

from blinplan.course.patient import Patient, PatientError
from blinplan.quantities import decimal_text
from blinplan.regimen.reading import Reading, RegimenFile
from blinplan.regimen.regimen import Regimen


@dataclass(frozen=True, slots=True)
class Choice:
    """The regimen a patient gets, and in words how the weight decided it."""

    regimen: Regimen
    reason: str
    switched: bool


def choose(regimen: Regimen, patient: Patient, load: Callable[[str], Reading]) -> Choice:
    """Take the regimen if the patient's weight is eligible, or else the one it names for other weights.

    Parameters
    ----------
    regimen
        The regimen asked for.
    patient
        The patient; a weight that is not known decides nothing, and the reason says so.
    load
        Reads a regimen by its name; raises KeyError when there is none.

    Raises
    ------
    PatientError
        When neither regimen is for a patient of this weight.
    """
    limits = f"{regimen.name} is for {regimen.eligibility}"
    if not regimen.eligibility.limited:
        return Choice(regimen, limits, switched=False)
    if patient.weight is None:
        return Choice(regimen, f"{limits}; weight not given, so not evaluated", switched=False)
    weight = f"the patient weighs {decimal_text(patient.weight, 3)} kg"
    if regimen.eligibility.admits(patient.weight):
        return Choice(regimen, f"{limits}; {weight}", switched=False)
    other = _otherwise(regimen, load)
    if other is None or not other.eligibility.admits(patient.weight):
        raise PatientError(f"{limits}; {weight}")
    return Choice(other, f"{limits}; {weight}: switched to {other.name}", switched=True)


def _otherwise(regimen: Regimen, load: Callable[[str], Reading]) -> Regimen | None:
    if regimen.eligibility.otherwise is None:
        return None
    try:
        reading = load(regimen.eligibility.otherwise)
    except KeyError:
        return None
    return reading.regimen if isinstance(reading, RegimenFile) else None
