"""From what a table says of each patient to the course that each goes through."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from blinplan.course.events import periods
from blinplan.outside_text import visible
from blinplan.physiology.engine.grid import IntArray
from blinplan.quantities import MINUTES_PER_DAY, decimal_text
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.crowd.cohort import GivenCohort
from blinplan.simulation.crowd.kept import Heads
from blinplan.simulation.dosing import NotEligibleError, escalations_of, followed_up, require_ages
from blinplan.simulation.endpoints.asked import AskedEndpoints, UnknownEndpointError
from blinplan.simulation.endpoints.own import WindowError
from blinplan.simulation.people.people import OwnOrder, People, PeopleError
from blinplan.simulation.trials.cohort_trial import CohortTrial
from blinplan.simulation.trials.own_courses import InPlaces, OwnCourse, OwnCourses, all_heads, in_columns, with_hold
from blinplan.simulation.trials.patients import Patients
from blinplan.simulation.trials.together import run_together
from blinplan.simulation.trials.trial import Outcome, Trial


def with_own_courses(trial: CohortTrial, patients: Patients, follow_up_days: int, *, is_recorded: bool) -> CohortTrial:
    """The same trial, in which each patient gets what a table of patients says of them; as it is without such a table.

    Raises
    ------
    PeopleError
        When a course has not the day on which it is to stand still, or is one that was recorded.
    NotEligibleError
        When a regimen does not admit a patient whom the table gives it.
    WindowError
        When a course does not have a day that is asked for, or none of them the window of an endpoint.
    """
    if not isinstance(patients, People) or not patients.own:
        trial.asked.require_days(trial.periods)
        return trial
    if is_recorded:
        raise PeopleError("a record is of one course, and the table gives patients their own", LEAVE_OUT)
    if trial.options.premedication:
        raise NotEligibleError("the effect of premedication is simulated of patients who all get the same regimen")
    courses, which = _courses_of(trial, patients, follow_up_days)
    for place, course in enumerate(courses):
        _require_ages(course.regimen, patients, np.flatnonzero(which == place))
    _require_days(trial.asked, courses)
    return replace(trial, own=OwnCourses(tuple(courses), which, Heads((), ())))


def _require_days(asked: AskedEndpoints, courses: Sequence[OwnCourse]) -> None:
    for course in courses:
        try:
            asked.require_by_day(course.periods)
        except WindowError as error:
            raise WindowError(f"{course.regimen.name}: {error}") from error
    longest = max((course.periods for course in courses), key=lambda table: table[-1].stop)
    for own in asked.own:
        if not any(own.is_of(course.periods) for course in courses):
            own.watch(longest)


LEAVE_OUT = "leave the columns regimen, hold_from_day and hold_days out"


def _courses_of(trial: CohortTrial, patients: People, follow_up_days: int) -> tuple[list[OwnCourse], IntArray]:
    """Each course once, that of the trial first, and which of them each patient goes through."""
    courses = [OwnCourse(trial.regimen, trial.periods, trial.asked.of_one(trial.periods))]
    known = {(id(None), OwnOrder().hold): 0}
    names = [(id(order.regimen), order.hold) for order in patients.own]
    for number, (order, name) in enumerate(zip(patients.own, names, strict=True)):
        if name not in known:
            known[name] = len(courses)
            courses.append(_course(trial, order, follow_up_days, _name_of(patients, number)))
    return list(_told_apart(courses)), np.array([known[name] for name in names], dtype=np.intp)


def _told_apart(courses: Sequence[OwnCourse]) -> Iterator[OwnCourse]:
    """The same; where doses of one number are flat in one course and by area in another, their keys say which."""
    doses = {(of.dose, of.cap) for course in courses for of in course.periods if of.dose is not None}
    with_units = len({(dose.amount, cap) for dose, cap in doses}) < len(doses)
    for course in courses:
        yield course._replace(asked=course.asked._replace(with_units=with_units))


def _name_of(patients: People, number: int) -> str:
    return f"id {visible(patients.ids[number])}" if patients.ids else f"patient {number + 1}"


def _course(trial: CohortTrial, order: OwnOrder, follow_up_days: int, called: str) -> OwnCourse:
    chosen = order.regimen or trial.regimen
    table = periods(chosen)
    if order.hold is not None:
        start, minutes = order.hold
        if start >= table[-1].stop:
            day, end = (decimal_text(Fraction(minute, MINUTES_PER_DAY), 3) for minute in (start, table[-1].stop))
            raise PeopleError(
                f"{called}: hold_from_day is {day}, and the course of {chosen.name} ends on day {end}",
                "give a day of the course, from 0",
            )
        table = with_hold(table, start, minutes)
    table = followed_up(table, follow_up_days)
    return OwnCourse(chosen, table, trial.asked.of_one(table))


def _require_ages(regimen: Regimen, patients: People, places: IntArray) -> None:
    if patients.age_years is not None and places.size:
        ids = tuple(patients.ids[place] for place in places.tolist()) if patients.ids else ()
        require_ages(regimen, patients.age_years[places], ids, places)


def with_heads(trial: CohortTrial, typical: Outcome) -> tuple[CohortTrial, Outcome]:
    """The same, and the typical patient, with all endpoints that any of the courses has.

    What they are called follows from the regimen, from the windows that a course has, and from the days of its steps
    up, which a hold moves: so it is asked of one patient of each.
    """
    own, cohort = trial.own, trial.cohort
    if own is None or not isinstance(cohort, GivenCohort):
        return trial, typical
    people = cohort.people
    firsts = {_names_in(course): numbers[:1] for course, numbers in own.groups(people.numbers)}
    trials = [one for first in firsts.values() for one, _ in trial.trials_of(people.select(first))]
    heads = _heads_of([typical, *run_together(trials)])
    _require_keys(trial.asked.keys, heads, [typical.trial, *trials])
    looked_at = trial.looked_at()
    heads = replace(
        heads,
        quantities=tuple(replace(head, from_day=looked_at.get(head.key, head.from_day)) for head in heads.quantities),
    )
    alone = slice(None)
    shown = replace(
        typical,
        quantities=in_columns(heads.quantities, [InPlaces(typical.quantities, alone, alone)], 1),
        events=in_columns(heads.events, [InPlaces(typical.events, alone, alone)], 1),
    )
    return replace(trial, own=replace(own, heads=heads)), shown


def _names_in(course: OwnCourse) -> tuple[object, ...]:
    """What the names of its endpoints follow from."""
    return id(course.regimen), course.asked.own, escalations_of(course.periods)


def _require_keys(keys: Sequence[str], heads: Heads, trials: Sequence[Trial]) -> None:
    """Refuse a key that is of none of the courses; only then all that they have is looked up."""
    found = _keys_of(heads)
    missing = next((key for key in keys if key not in found), None)
    if missing is None:
        return
    whole = run_together([replace(one, asked=one.asked._replace(keys=())) for one in trials])
    raise UnknownEndpointError(missing, _keys_of(_heads_of(whole)))


def _heads_of(outcomes: Sequence[Outcome]) -> Heads:
    return Heads(all_heads([one.quantities for one in outcomes]), all_heads([one.events for one in outcomes]))


def _keys_of(heads: Heads) -> tuple[str, ...]:
    return *(quantity.key for quantity in heads.quantities), *(event.key for event in heads.events)
