"""What patients get around an infusion, and who gets it: premedication, days in hospital, what else is due."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise, zip_longest
from typing import NamedTuple

from blinplan.course.adulthood import adult_from
from blinplan.design.difference.change import NONE, RegimenChange, Subject
from blinplan.label.read import DEFAULT
from blinplan.quantities import duration_text, plural
from blinplan.regimen.regimen import DoseByAge, Premedication, Regimen, ThingDue
from blinplan.regimen.vocabulary import AgeGroup, Occasion

NOT_SAID = "not said"


class _Situation(NamedTuple):
    """Something that premedication may be given before, and of which occasions it is one."""

    words: str
    occasions: frozenset[Occasion]


_FIRST = _Situation("the first start", frozenset({Occasion.FIRST_START, Occasion.CYCLE_START}))
_LATER = _Situation("the start of each later cycle", frozenset({Occasion.CYCLE_START}))
_STEP_UP = _Situation("a dose step", frozenset({Occasion.ESCALATION}))
_RESTART_FIRST = _Situation("a restart in cycle 1", frozenset({Occasion.RESTART, Occasion.FIRST_CYCLE_RESTART}))
_RESTART_LATER = _Situation("a restart in a later cycle", frozenset({Occasion.RESTART}))
SITUATIONS = (_FIRST, _LATER, _STEP_UP, _RESTART_FIRST, _RESTART_LATER)
_STARTS, _RESTARTS = (_FIRST, _LATER), (_RESTART_FIRST, _RESTART_LATER)


def _comes(situation: _Situation, regimen: Regimen) -> bool:
    """Whether a course of a regimen can have it."""
    if situation in (_LATER, _RESTART_LATER):
        return regimen.most_cycles > 1
    steps = (pair for cycle in regimen.cycles for pair in pairwise(cycle.steps))
    return situation is not _STEP_UP or any(after.dose.amount > before.dose.amount for before, after in steps)


def _has(group: AgeGroup, regimen: Regimen) -> bool:
    """Whether a regimen admits patients of an age group, by its limits of age and the label's age of adults."""
    adult, who = adult_from(regimen), regimen.eligibility
    if adult is None:
        return True
    if group is AgeGroup.CHILDREN:
        return who.minimum_age is None or who.minimum_age < adult.value
    return who.below_age is None or who.below_age > adult.value


def changes_around(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    """Every difference of what patients get around an infusion, and of who gets it."""
    yield from _of_premedication(first, second, comes=True)
    yield from _of_hospital_days(first, second)
    yield from _of_things_due(first, second)
    yield from _of_patients(first, second)


_Content = frozenset[tuple[object, ...]]


def changes_of_unneeded_premedication(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    """Differences of premedication for what no course of either has, or for patients whom neither admits."""
    for change in _of_premedication(first, second, comes=False):
        yield replace(change, note="which no patient of either comes to")


def _of_premedication(first: Regimen, second: Regimen, *, comes: bool) -> Iterator[RegimenChange]:
    """What is given to whom before what, told once for all that have the same difference.

    ``comes`` says whether it is of what a patient of either regimen can come to, or of all else.
    """
    found: dict[tuple[_Content, _Content], list[tuple[AgeGroup, _Situation]]] = {}
    texts: dict[_Content, str] = {}
    for situation in SITUATIONS:
        for group in AgeGroup:
            if comes is not any(_comes(situation, one) and _has(group, one) for one in (first, second)):
                continue
            sides = [_declarations(regimen, group, situation) for regimen in (first, second)]
            before, after = (frozenset(map(_content, given)) for given in sides)
            texts |= {content: _in_words(side) for content, side in zip((before, after), sides, strict=True) if side}
            if before != after:
                found.setdefault((before, after), []).append((group, situation))
    for (before, after), told in found.items():
        for groups, situations in _together(told):
            whom = f" of {groups}" if groups else ""
            place = f"Premedication{whom} before {_situations_in_words(situations)}"
            earlier, later = texts.get(before, _without(first)), texts.get(after, _without(second))
            yield RegimenChange(Subject.PREMEDICATION, place, earlier, later)


def _without(regimen: Regimen) -> str:
    """What stands where a regimen names nothing: of one that names no premedication at all, nothing is known."""
    return NONE if regimen.premedication else NOT_SAID


def _situations_in_words(situations: list[_Situation]) -> str:
    words = [one.words for one in situations]
    for both, together in ((_STARTS, "the start of each cycle"), (_RESTARTS, "a restart")):
        if all(one.words in words for one in both):
            words[words.index(both[0].words)] = together
            words.remove(both[1].words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _declarations(regimen: Regimen, group: AgeGroup, situation: _Situation) -> list[Premedication]:
    return [one for one in regimen.premedication if one.is_for(group) and one.occasions & situation.occasions]


def _content(given: Premedication) -> tuple[object, ...]:
    """What is given and when, however its drug is written."""
    return (
        " ".join(given.drug.casefold().split()),
        given.dose,
        given.cap,
        given.minutes_before,
        given.latest_minutes_before,
    )


def _in_words(given: Iterable[Premedication]) -> str:
    return " and ".join(dict.fromkeys(map(premedication_in_words, given)))


def premedication_in_words(given: Premedication) -> str:
    """What is given, how much and when."""
    cap = "" if given.cap is None else f", max {given.cap}"
    first, last = (duration_text(minutes) for minutes in (given.minutes_before, given.latest_minutes_before))
    when = first if first == last else f"{first} to {last}" if given.latest_minutes_before else f"within {first}"
    return f"{given.drug} {given.dose}{cap}, {when} before"


def _together(told: list[tuple[AgeGroup, _Situation]]) -> Iterator[tuple[str, list[_Situation]]]:
    """Who has it before what: without a group what all have."""
    by_situation: dict[_Situation, list[AgeGroup]] = {}
    for group, situation in told:
        by_situation.setdefault(situation, []).append(group)
    by_groups: dict[str, list[_Situation]] = {}
    for situation, groups in by_situation.items():
        by_groups.setdefault("" if len(groups) == len(AgeGroup) else groups[0].value, []).append(situation)
    yield from by_groups.items()


def _of_hospital_days(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    pairs = zip_longest(first.hospital_days, second.hospital_days)
    for number, days in enumerate(pairs, start=1):
        if days[0] != days[1]:
            before, after = (NOT_SAID if one is None else f"{one} {plural('day', one)}" for one in days)
            place = f"Cycle {number}, in hospital"
            yield RegimenChange(Subject.HOSPITAL_DAYS, place, before, after, cycles=(number,))


_Thing = tuple[object, str]
"""What kind of thing is due, and what it is."""


def _of_things_due(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    """Differences of what else is due, each known by what it is and on which cycles."""
    before, after = ({_due_content(one): one for one in regimen.due} for regimen in (first, second))
    new: dict[_Thing, list[ThingDue]] = {}
    for content, one in after.items():
        if content not in before:
            new.setdefault((one.kind, one.what), []).append(one)
    for content, one in before.items():
        if content not in after:
            others = new.get((one.kind, one.what))
            now = _due_in_words(others.pop(0)) if others else None
            yield RegimenChange(Subject.DUE, _due_name(one), _due_in_words(one), now)
    left = {_due_content(one) for others in new.values() for one in others}
    for one in (one for content, one in after.items() if content in left):
        yield RegimenChange(Subject.DUE, _due_name(one), None, _due_in_words(one))


def _due_content(thing: ThingDue) -> tuple[object, ...]:
    cycles = thing.cycles or thing.kind.own_cycles
    return thing.kind, thing.what, tuple(sorted(thing.days)), thing.for_days, cycles, thing.dose, thing.doses


def _due_name(thing: ThingDue) -> str:
    return f"Due: {thing.what}" if thing.kind.value == "other" else f"Due, {thing.kind}: {thing.what}"


def _due_in_words(thing: ThingDue) -> str:
    cycles = thing.cycles or thing.kind.own_cycles
    days = f"{plural('day', len(thing.days))} {', '.join(map(str, sorted(thing.days)))}"
    where = f" of {plural('cycle', len(cycles))} {', '.join(map(str, cycles))}" if cycles else " of each cycle"
    length = "" if thing.for_days == 1 else f", for {thing.for_days} days each"
    doses = [thing.dose] if thing.dose else [_dose_by_age(one) for one in thing.doses]
    return f"{days}{where}{length}{''.join(f', {one}' for one in doses)}"


def _dose_by_age(one: DoseByAge) -> str:
    least = "" if one.minimum_age is None else f" from {one.minimum_age} years"
    below = "" if one.below_age is None else f" below {one.below_age} years"
    return f"{one.dose}{least}{below}"


def _of_patients(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    """For whom it is: weight, age, what is treated, what others get, and by which label what is not said is done."""
    for place, subject, before, after in (
        ("For patients of", Subject.ELIGIBILITY, str(first.eligibility), str(second.eligibility)),
        ("Indication", Subject.ELIGIBILITY, first.indication.value, second.indication.value),
        ("Disease", Subject.ELIGIBILITY, first.disease.value, second.disease.value),
        ("Patients of other figures get", Subject.ELIGIBILITY, _otherwise(first), _otherwise(second)),
        ("Label that restarts, bags and limits go by", Subject.LABEL, first.label or DEFAULT, second.label or DEFAULT),
    ):
        if before != after:
            yield RegimenChange(subject, place, before, after)


def _otherwise(regimen: Regimen) -> str:
    return regimen.eligibility.otherwise or NONE
