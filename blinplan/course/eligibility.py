"""Which regimen a patient gets: the one asked for, or the one it names for patients of other weights or ages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from blinplan.course.patient import Patient, PatientError
from blinplan.quantities import decimal_text
from blinplan.regimen.reading import Reading, RegimenFile
from blinplan.regimen.regimen import Eligibility, Regimen


@dataclass(frozen=True, slots=True)
class Choice:
    """The regimen a patient gets, and in words how weight and age decided it."""

    regimen: Regimen
    reason: str
    switched: bool

    @property
    def limit(self) -> str:
        """What decides, as a heading: body weight, or age too."""
        return "Weight and age" if self.regimen.eligibility.limited_by_age else "Weight limit"


def choose(regimen: Regimen, patient: Patient, load: Callable[[str], Reading]) -> Choice:
    """Take the regimen if the patient's weight and age are eligible, or else the one it names for others.

    Parameters
    ----------
    regimen
        The regimen asked for.
    patient
        The patient; a weight or an age that is not known decides nothing, and the reason says so.
    load
        Reads a regimen by its name; raises KeyError when there is none.

    Raises
    ------
    PatientError
        When neither regimen is for a patient of this weight and age.
    """
    who = regimen.eligibility
    limits = f"{regimen.name} is for {who}"
    if not who.limited and not who.limited_by_age:
        return Choice(regimen, limits, switched=False)
    wrong = misfits(who, patient)
    if not wrong:
        return Choice(regimen, "; ".join([limits, *_facts(who, patient)]), switched=False)
    other = _otherwise(regimen, load)
    if other is None or misfits(other.eligibility, patient):
        raise PatientError("; ".join([limits, *wrong]))
    return Choice(other, f"{'; '.join([limits, *wrong])}: switched to {other.name}", switched=True)


def misfits(who: Eligibility, patient: Patient) -> list[str]:
    """What of a patient a regimen is not for, as far as it is known."""
    found = []
    if patient.weight is not None and not who.admits(patient.weight):
        found.append(_weight_text(patient.weight))
    if patient.age is not None and who.admits_age(patient.age) is False:
        found.append(f"the patient is {patient.age}")
    return found


def open_limits(who: Eligibility, patient: Patient) -> list[str]:
    """Which limits of a regimen cannot be held against a patient, because a figure is not known."""
    found = []
    if who.limited and patient.weight is None:
        found.append("weight is not given")
    if who.limited_by_age and patient.age is None:
        found.append("age is not given")
    elif patient.age is not None and who.admits_age(patient.age) is None:
        found.append(f"age on the first day is not known exactly ({patient.age})")
    return found


def _facts(who: Eligibility, patient: Patient) -> Iterator[str]:
    """What is known of a patient whom a regimen may be given to, and what is not."""
    unknown = open_limits(who, patient)
    if who.limited and patient.weight is not None:
        yield _weight_text(patient.weight)
    if patient.age is not None and who.limited_by_age and who.admits_age(patient.age):
        yield f"the patient is {patient.age}"
    if unknown:
        yield f"{' and '.join(one.replace(' is ', ' ', 1) for one in unknown)}, so not evaluated"


def _weight_text(weight: Fraction) -> str:
    return f"the patient weighs {decimal_text(weight, 3)} kg"


def _otherwise(regimen: Regimen, load: Callable[[str], Reading]) -> Regimen | None:
    if regimen.eligibility.otherwise is None:
        return None
    try:
        reading = load(regimen.eligibility.otherwise)
    except KeyError:
        return None
    return reading.regimen if isinstance(reading, RegimenFile) else None
