"""A regimen of the user's own that has the name of a shipped one, and what it orders otherwise."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from blinplan.quantities import duration_text, plural
from blinplan.regimen import library
from blinplan.regimen.regimen import Eligibility, Premedication, Regimen
from blinplan.rules.reference import Reference, ReferenceCycle, regimen_reference

_FEW = 3
"""So many differences are told; of more, how many they are."""


class Namesake(NamedTuple):
    """What a regimen orders otherwise than the shipped one whose name it has; nothing where it orders the same."""

    name: str
    differences: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The first differences in words, and how many there are besides."""
        first, more = "; ".join(self.differences[:_FEW]), len(self.differences) - _FEW
        return f"{first}; and {more} more" if more > 0 else first


def namesake(regimen: Regimen, name: str) -> Namesake | None:
    """A regimen beside the shipped one of a name; None where there is none."""
    if name not in library.paths():
        return None
    return Namesake(name, tuple(_differences(regimen, library.regimen(name))))


@cache
def _ordered_by(name: str) -> Reference:
    return regimen_reference(library.regimen(name))


def _differences(own: Regimen, shipped: Regimen) -> Iterator[str]:
    if own.indication is not shipped.indication:
        yield f"it is for {own.indication}, that one for {shipped.indication}"
    if own.disease is not shipped.disease:
        yield f"it is for {own.disease}, that one for {shipped.disease}"
    yield from _of_cycles(regimen_reference(own).cycles, _ordered_by(shipped.name).cycles)
    if _optional(own) != _optional(shipped):
        yield f"cycles that not everybody is given: {_optional(own)} here, {_optional(shipped)} there"
    if own.premedication != shipped.premedication and _premedication(own) != _premedication(shipped):
        yield f"premedication: {_premedication(own)} here, {_premedication(shipped)} there"
    if own.hospital_days != shipped.hospital_days:
        yield f"days in hospital: {_list_text(own.hospital_days)} here, {_list_text(shipped.hospital_days)} there"
    if own.due != shipped.due:
        yield "other things are due beside it"
    if _patient_limits(own.eligibility) != _patient_limits(shipped.eligibility):
        yield f"it is for {own.eligibility}, that one for {shipped.eligibility}"


def _of_cycles(own: Sequence[ReferenceCycle], shipped: Sequence[ReferenceCycle]) -> Iterator[str]:
    """Other doses, lengths and intervals; cycles that differ alike are told together."""
    beside = list(enumerate(zip(own, shipped, strict=False), start=1))
    for texts, group in groupby(beside, key=lambda one: tuple(_of_cycle(*one[1]))):
        numbers = [number for number, _ in group]
        where = f"cycle {numbers[0]}" if len(numbers) == 1 else f"cycles {numbers[0]} to {numbers[-1]}"
        yield from (f"{where}: {text}" for text in texts)
    last = min(len(own), len(shipped))
    both = list(zip(own, shipped, strict=False))[: last - 1]
    for intervals, group in groupby(enumerate(both, start=1), key=lambda one: _intervals(*one[1])):
        if len(set(intervals)) > 1:
            number = next(iter(group))[0]
            here, there = (f"{duration_text(minutes)}" for minutes in intervals)
            yield f"from cycle {number} on: {here} without infusion here, {there} there"
    if len(own) != len(shipped):
        yield f"{len(own)} {plural('cycle', len(own))} here, {len(shipped)} there"


def _intervals(own: ReferenceCycle, shipped: ReferenceCycle) -> tuple[int, int]:
    return own.treatment_free, shipped.treatment_free


def _of_cycle(own: ReferenceCycle, shipped: ReferenceCycle) -> Iterator[str]:
    if own.steps != shipped.steps:  # in their texts a dose that is rounded could be the other
        yield f"{_steps(own)} here, {_steps(shipped)} there"


def _steps(cycle: ReferenceCycle) -> str:
    return ", then ".join(
        f"{step.dose}{'' if step.cap is None else f' (at most {step.cap})'} for {duration_text(step.minutes)}"
        for step in cycle.steps
    )


def _optional(regimen: Regimen) -> str:
    return _list_text(number for number, cycle in enumerate(regimen.one_by_one, start=1) if cycle.optional)


def _list_text(numbers: Iterator[int] | Sequence[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"


def _premedication(regimen: Regimen) -> str:
    return " and ".join(sorted(map(_order_text, regimen.premedication))) or "none"


def _order_text(one: Premedication) -> str:
    whom = "" if one.patients is None else f" to {one.patients}"
    cap = "" if one.cap is None else f" (at most {one.cap})"
    latest = "" if one.latest_minutes_before == one.minutes_before else f" to {one.latest_minutes_before}"
    occasions = ", ".join(sorted(one.occasions))
    return f"{one.drug} {one.dose}{cap}{whom} {one.minutes_before}{latest} min before {occasions}"


def _patient_limits(who: Eligibility) -> tuple[object, ...]:
    return who.minimum_weight, who.below_weight, who.minimum_age, who.below_age
