"""What a label does not cover: patients younger than it speaks of, and those too light for bags with preservative."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from blinplan.course.patient import Patient
from blinplan.label.label import Label
from blinplan.label.read import label_of
from blinplan.limits import Limit
from blinplan.quantities import MINUTES_PER_HOUR, decimal_text
from blinplan.regimen.regimen import Indication, Regimen


@dataclass(frozen=True, slots=True)
class CoverageGap:
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
    limit = f"the label is for patients of {_age_text(youngest)} or more, and says nothing of younger ones"
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


def _age_text(limit: Limit) -> str:
    return str(limit).removesuffix("s") if limit.value == 1 else str(limit)


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
