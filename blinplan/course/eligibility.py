"""Which regimen a patient gets, the one asked for or the one it names for others; what its label does not cover."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from blinplan.course.patient import Patient, PatientError, sizes_of_others
from blinplan.label.label import Label
from blinplan.label.read import label_of
from blinplan.limits import Limit
from blinplan.quantities import MINUTES_PER_HOUR, decimal_text
from blinplan.regimen.find import has_shipped_name
from blinplan.regimen.reading import Reading, RegimenFile
from blinplan.regimen.regimen import Eligibility, Regimen
from blinplan.regimen.vocabulary import Indication


class Choice(NamedTuple):
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
    if other is None or misfits(other.regimen.eligibility, patient):
        raise PatientError("; ".join([limits, *wrong]))
    name = other.regimen.name
    which = f" (the file {other.document.name}, not what comes with blinplan)" if has_shipped_name(other) else ""
    return Choice(other.regimen, f"{'; '.join([limits, *wrong])}: switched to {name}{which}", switched=True)


def misfits(who: Eligibility, patient: Patient) -> list[str]:
    """What of a patient a regimen is not for, as far as it is known."""
    found = []
    if patient.weight is not None and not who.admits(patient.weight):
        found.append(_weight_text(patient.weight))
    if patient.age is not None and who.admits_age(patient.age) is False:
        found.append(f"the patient is {patient.age}")
    if patient.age is None and who.limited_by_age and not found:
        found += list(sizes_of_others(patient, who.minimum_age, who.below_age))[:1]
    return found


class OtherGroup(NamedTuple):
    """What tells that a patient is no adult, or no child; ``plain`` where no age between the two could change it."""

    message: str
    plain: bool


PLAINLY_CHILD_BELOW, PLAINLY_ADULT_FROM = Fraction(12), Fraction(25)
"""Ages in years at which nobody asks from which age a person is an adult. A convention."""


def of_another_group(regimen: Regimen, patient: Patient, adult: Limit | None) -> OtherGroup | None:
    """What tells that a patient is of other ages than those whom a file without ages simulates."""
    who = regimen.eligibility
    if who.population is None or who.limited_by_age or adult is None:
        return None
    children = who.population == "child"
    wrong = _misfits_of_group(patient, adult.value, children=children)
    if not wrong:
        return None
    sure = PLAINLY_ADULT_FROM if children else PLAINLY_CHILD_BELOW
    plain = patient.age is None or bool(_misfits_of_group(patient, sure, children=children))
    message = f"{wrong[0]}, and the regimen's virtual patients are {'children' if children else 'adults'}"
    return OtherGroup(message, plain=plain)


def _misfits_of_group(patient: Patient, years: Fraction, *, children: bool) -> list[str]:
    return misfits(Eligibility(below_age=years) if children else Eligibility(minimum_age=years), patient)


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


def _otherwise(regimen: Regimen, load: Callable[[str], Reading]) -> RegimenFile | None:
    if regimen.eligibility.otherwise is None:
        return None
    try:
        reading = load(regimen.eligibility.otherwise)
    except KeyError:
        return None
    return reading if isinstance(reading, RegimenFile) else None


class CoverageGap(NamedTuple):
    """One thing that a label does not cover, and the limit that says so; ``open`` where that is not known."""

    message: str
    limit: Limit
    open: bool = False


def coverage_gaps(regimen: Regimen, patient: Patient) -> tuple[CoverageGap, ...]:
    """What the label that a regimen follows does not cover of a patient, as far as it was seen."""
    label = label_of(regimen)
    return (*_too_young(regimen, label, patient), *_too_light(label, patient))


def _too_young(regimen: Regimen, label: Label, patient: Patient) -> Iterator[CoverageGap]:
    youngest, least = label.numbers.get("youngest"), label.numbers.get("preservative_from_weight")
    if youngest is None or regimen.indication is Indication.INVESTIGATIONAL:
        return
    limit = f"the label is for patients of {youngest} or more, and says nothing of younger ones"
    if patient.age is None:
        if patient.weight is not None and least is not None and patient.weight < least.value:
            yield CoverageGap(
                f"how old a patient of {decimal_text(patient.weight, 3)} kg is, is not given; {limit}",
                youngest,
                open=True,
            )
        return
    old = patient.age.is_at_least(years_of(youngest))
    if old is False:
        yield CoverageGap(f"the patient is {patient.age}; {limit}", youngest)
    elif old is None:
        yield CoverageGap(f"the patient is {patient.age}, which may be less; {limit}", youngest, open=True)


def years_of(limit: Limit) -> Fraction:
    """A limit of age in years."""
    return limit.value / {"months": 12, "years": 1}[limit.unit]


def _too_light(label: Label, patient: Patient) -> Iterator[CoverageGap]:
    least = label.numbers.get("preservative_from_weight")
    preserved = [bag.minutes // MINUTES_PER_HOUR for bag in label.bags if bag.preservative]
    others = [bag.minutes // MINUTES_PER_HOUR for bag in label.bags if not bag.preservative]
    if least is None or not preserved or patient.weight is None or patient.weight >= least.value:
        return
    yield CoverageGap(
        f"the patient weighs {decimal_text(patient.weight, 3)} kg; bags of {_hours(preserved)} hold a preservative and"
        f" are not for patients below {least}: only those of {_hours(others)} are",
        least,
    )


def _hours(sizes: list[int]) -> str:
    *first, last = (str(size) for size in sorted(sizes))
    return f"{', '.join(first)} and {last} hours" if first else f"{last} hours"
