"""When premedication is due in a course, and how much: before each start by the age of the patient on that day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from blinplan.course.adulthood import EITHER, Adulthood, adult_from
from blinplan.course.events import Course, Period, as_ordered
from blinplan.course.patient import Patient
from blinplan.quantities import Basis, Mass
from blinplan.regimen.regimen import Premedication
from blinplan.regimen.vocabulary import AgeGroup, Occasion


class DuePremedication(NamedTuple):
    """A premedication that is due before a start of infusion, at the minute ``infusion`` of the course.

    ``dose`` is None where a dose by body surface area meets a patient whose area is not known. ``only`` says to which
    age group it is given, where it is not known whether the patient belongs to it.
    """

    premedication: Premedication
    dose: Mass | None
    capped: bool
    infusion: int
    only: AgeGroup | None = None

    @property
    def start(self) -> int:
        """The minute from which it is given."""
        return self.infusion - self.premedication.minutes_before

    @property
    def stop(self) -> int:
        """The minute up to which it may be given: the same, where there is no window."""
        return self.infusion - self.premedication.latest_minutes_before


class PremedicationPlan(NamedTuple):
    """The planned premedication of a course.

    Attributes
    ----------
    course
        The course, with its patient.
    adulthood
        Which age group the patient belongs to when.
    due
        What is due before the starts, in the order of time: those that are planned, and restarts that are on record.
    end
        The last minute of the course in which something is infused.
    """

    course: Course
    adulthood: Adulthood
    due: tuple[DuePremedication, ...]
    end: int

    @property
    def declarations(self) -> tuple[Premedication, ...]:
        """What the regimen of the start declares, for all age groups."""
        return self.course.regimen.premedication

    @property
    def minutes(self) -> tuple[int, ...]:
        """When premedication is due, rising; minutes count from the start of the course and may lie before it."""
        return tuple(sorted({due.start for due in self.due}))

    @property
    def goes_by_age(self) -> bool:
        """Whether adults and children get another one, or on other occasions."""
        return goes_by_age(self.declarations)

    @property
    def groups(self) -> frozenset[AgeGroup]:
        """The age groups that the patient may belong to in the course: at its beginning, and at its end."""
        return self.adulthood.groups_at(0) | self.adulthood.groups_at(self.end)

    @property
    def restarts(self) -> tuple[tuple[Premedication, AgeGroup | None], ...]:
        """What is given before a restart, and to which age group where the patient may belong to either."""
        return tuple(given_to(self.declarations, self.groups, _RESTARTS))

    @property
    def asks_for_age(self) -> bool:
        """Whether what is due depends on an age that is not known."""
        unknown = self.adulthood.groups_at(0) == EITHER or self.adulthood.groups_at(self.end) == EITHER
        return any(due.only for due in self.due) or (unknown and any(only for _, only in self.restarts))

    def dose_of(self, given: Premedication) -> tuple[Mass | None, bool]:
        """What a declared dose comes to in the patient where that is known, and whether the cap decided it."""
        return _dose(given, self.course.patient)

    def before_restart(self, minute: int, cycle: int) -> tuple[DuePremedication, ...]:
        """What is due before a restart after an interruption of a cycle, which cannot be planned."""
        return tuple(_due_before(self.course, self.adulthood, minute, restart_occasions(cycle)))


def premedication_plan(course: Course, adulthood: Adulthood | None = None) -> PremedicationPlan | None:
    """Plan the premedication of a course; None where the regimen declares none.

    ``adulthood`` says what is known of the patient's age; without it, as the label has it, on no known days.
    """
    if not any(regimen.premedication for regimen in course.regimens):
        return None
    known = adulthood or Adulthood(adult_from(course.regimen), course.patient.age, weight=course.patient.weight)
    starts = planned_occasions([event.period for event in course.events], _escalations(course))
    due = [one for infusion, occasions in starts.items() for one in _due_before(course, known, infusion, occasions)]
    end = max(event.period.stop for event in as_ordered(course).events if event.period.dose is not None) - 1
    return PremedicationPlan(course, known, tuple(sorted(due, key=lambda one: one.start)), end)


def _due_before(
    course: Course, adulthood: Adulthood, infusion: int, occasions: frozenset[Occasion]
) -> Iterator[DuePremedication]:
    declared = course.regimen_at(infusion).premedication
    for given, only in given_to(declared, adulthood.groups_at(infusion), occasions):
        dose, capped = _dose(given, course.patient_at(infusion))
        yield DuePremedication(given, dose, capped, infusion, only)


def _escalations(course: Course) -> list[int]:
    infused = [event for event in as_ordered(course).events if event.period.dose is not None]
    return [
        following.period.start
        for event, following in pairwise(infused)
        if following.rate > event.rate and goes_on(event.period, following.period)
    ]


def goes_by_age(declared: Sequence[Premedication]) -> bool:
    """Whether adults and children get another premedication, or on other occasions."""
    adults, children = (
        {(*_content(given), given.occasions) for given in declared if given.is_for(group)} for group in AgeGroup
    )
    return adults != children


def given_to(
    declared: Sequence[Premedication], groups: frozenset[AgeGroup], occasions: frozenset[Occasion]
) -> Iterator[tuple[Premedication, AgeGroup | None]]:
    """What is given on any of the occasions to a patient who may belong to some age groups, each once.

    What all of these groups get is given for certain; beside the rest stands the one group that gets it.
    """
    asked = [given for given in declared if given.occasions & occasions]
    own = {group: [given for given in asked if given.is_for(group)] for group in AgeGroup if group in groups}
    alike = [{_content(given) for given in given_here} for given_here in own.values()]
    certain = set.intersection(*alike)
    told = set[tuple[object, ...]]()
    for given in asked:
        if _content(given) in certain and _content(given) not in told:
            told.add(_content(given))
            yield given, None
    for group, given_here in own.items():
        yield from ((given, group) for given in given_here if _content(given) not in certain)


def _content(given: Premedication) -> tuple[object, ...]:
    """What is given and when, whomever it is for and whatever else it is given before."""
    return given.drug, given.dose, given.cap, given.minutes_before, given.latest_minutes_before


_RESTARTS = frozenset({Occasion.RESTART, Occasion.FIRST_CYCLE_RESTART})


def restart_occasions(cycle: int) -> frozenset[Occasion]:
    """What a restart within a cycle is an occasion of."""
    return frozenset({Occasion.RESTART, *([Occasion.FIRST_CYCLE_RESTART] if cycle == 1 else [])})


def goes_on(before: Period, after: Period) -> bool:
    """Whether an infusion goes on from a period to another: without a gap, or after an interruption of the cycle."""
    return before.stop == after.start or before.cycle == after.cycle


def planned_occasions(periods: Sequence[Period], escalations: Iterable[int]) -> Mapping[int, frozenset[Occasion]]:
    """The minutes at which something begins that premedication can be given before, rising, and what it is.

    Parameters
    ----------
    escalations
        When the dose rises within a cycle, in minutes.
    """
    first = {period.cycle: period.start for period in reversed(periods) if period.step}
    found: dict[int, set[Occasion]] = {start: {Occasion.CYCLE_START} for start in first.values()}
    if found:
        found[min(found)].add(Occasion.FIRST_START)
    for minute in escalations:
        found.setdefault(minute, set()).add(Occasion.ESCALATION)
    return {minute: frozenset(found[minute]) for minute in sorted(found)}


def _dose(given: Premedication, patient: Patient) -> tuple[Mass | None, bool]:
    if given.dose.basis is Basis.FLAT:
        return given.dose, False
    if patient.area is None:
        return None, False
    milligrams = given.dose.milligrams * patient.area.square_metres
    if given.cap is not None and milligrams > given.cap.milligrams:
        return given.cap, True
    return Mass(milligrams, Basis.FLAT), False
