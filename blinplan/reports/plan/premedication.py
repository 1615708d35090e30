"""Premedication in words: what is given, when and to whom, and what to ask where the age decides and is not known."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from rich.text import Text

from blinplan.course.adulthood import EITHER, adult_from
from blinplan.course.eligibility import coverage_gaps, of_another_group
from blinplan.course.events import Course
from blinplan.course.patient import LIGHTEST_ADULT, Patient
from blinplan.course.premedication import DuePremedication, PremedicationPlan
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.limits import Limit
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.regimen.regimen import Premedication, Regimen
from blinplan.regimen.vocabulary import AgeGroup, Occasion
from blinplan.reports.shared.words import exact_amount, given_dose

ONE_OF = {AgeGroup.ADULTS: "an adult", AgeGroup.CHILDREN: "a child"}


def day_of(minute: int) -> int:
    """The day of the course that a minute lies in, where there is no calendar."""
    return minute // MINUTES_PER_DAY + 1


def premedication_lines(plan: PremedicationPlan | None, day: Callable[[int], int] = day_of) -> list[Text]:
    """Say which premedication is given, and when; ``day`` numbers the days of the course."""
    if plan is None:
        return [Text("Premedication: none declared in this regimen")]
    lines = list(_lines(plan, day))
    if not lines:
        (group,) = plan.groups
        lines = [f"Premedication: none declared in this regimen for {group}"]
    return [Text(line) for line in lines]


def _lines(plan: PremedicationPlan, day: Callable[[int], int]) -> Iterator[str]:
    restarts = dict(plan.restarts)
    rows = dict.fromkeys((due.premedication, due.only) for due in plan.due)
    certain = {given for given, only in rows if only is None}
    rows |= {(given, only): None for given, only in restarts.items() if given not in certain}
    for given, only in rows:
        dose, capped = plan.dose_of(given)
        infusions = [due.infusion for due in plan.due if (due.premedication, due.only) == (given, only)]
        days = ", ".join(str(day(minute)) for minute in infusions)
        when = [f"before the infusion of day {days}"] if days else []
        if given in restarts and (only == restarts[given] or (only is None and (given, restarts[given]) not in rows)):
            who = restarts[given] if only is None else None
            when.append(_before_restart(given) + (f", as {ONE_OF[who]}" if who else ""))
        whom = f" for {ONE_OF[only]}" if only else ""
        what = f"{given_dose(given, dose, capped=capped)}, {time_before(given)}"
        yield f"Premedication{whom}: {what} {'; and '.join(when)}"


def premedication_counts(plan: PremedicationPlan) -> Iterator[str]:
    """Say which premedication is given, and how often."""
    for given, only in dict.fromkeys((due.premedication, due.only) for due in plan.due):
        dose, capped = plan.dose_of(given)
        times = sum((due.premedication, due.only) == (given, only) for due in plan.due)
        whom = f"for {ONE_OF[only]}: " if only else ""
        yield f"{whom}{given_dose(given, dose, capped=capped)}, {times} times"


def _before_restart(given: Premedication) -> str:
    return "before a restart" if Occasion.RESTART in given.occasions else "before a restart in cycle 1"


def time_before(given: Premedication) -> str:
    """Write how long before the infusion it is given: 60 min, or from 6 to 12 h where there is a window."""
    first, last = given.minutes_before, given.latest_minutes_before
    if first == last:
        return f"{first} min"
    hours = first % MINUTES_PER_HOUR == 0 and last % MINUTES_PER_HOUR == 0
    unit = "h" if hours and last else "min"
    earliest, latest = (minutes // MINUTES_PER_HOUR if unit == "h" else minutes for minutes in (first, last))
    return f"{latest} to {earliest} {unit}" if last else f"within {earliest} {unit}"


def due_text(due: DuePremedication, until: str) -> str:
    """Say what a premedication on the calendar is; ``until`` is the moment at which its window ends."""
    whom = f" for {ONE_OF[due.only]}" if due.only else ""
    window = "" if due.start == due.stop else f" ({time_before(due.premedication)} before; until {until})"
    return f"premedication{whom}: {given_dose(due.premedication, due.dose, capped=due.capped)}{window}"


def coverage_remarks(course: Course) -> tuple[str, ...]:
    """Say what the label does not cover of the patient, and that the regimen's virtual patients are of other ages."""
    stages = [(course.regimen, course.patient), *((change.regimen, change.patient) for change in course.changes)]
    return tuple(dict.fromkeys(line for regimen, whom in stages for line in _not_covered(regimen, whom)))


def _not_covered(regimen: Regimen, whom: Patient) -> tuple[str, ...]:
    found = coverage_gaps(regimen, whom)
    told = [f"{one.message[0].upper()}{one.message[1:]} ({one.limit.citation})." for one in found]
    adult = adult_from(regimen)
    other = of_another_group(regimen, whom, adult)
    if other is None or adult is None:
        return tuple(told)
    advice = "have the treating physician decide whether the doses are for this patient"
    message = f"{other.message[0].upper()}{other.message[1:]}: {advice}."
    return (*told, f"{message} Adults are those of {adult} or more: {adult.citation}.")


def premedication_remarks(
    plan: PremedicationPlan | None, moment: Callable[[int], str] | None = None
) -> tuple[Remark, ...]:
    """Say what age and body surface area decide, or what to ask where they are not known; nothing where neither does.

    ``moment`` writes a minute of the course; days are numbered where there is no calendar.
    """
    if plan is None:
        return ()
    written = moment or (lambda minute: f"day {day_of(minute)}")
    return (*_area_remarks(plan), *(map(Remark, _age_remarks(plan, written)) if plan.goes_by_age else ()))


def _area_remarks(plan: PremedicationPlan) -> Iterator[Remark]:
    by_area = [plan.dose_of(given)[0] for given, _ in (*_rows(plan), *plan.restarts)]
    if None in by_area:
        yield Remark(
            "A premedication is by body surface area, and the patient's is not known: its dose in mg is not evaluated."
            " Ask for weight and height, or the area.",
            RemarkKind.NOT_EVALUATED,
        )


def _age_remarks(plan: PremedicationPlan, written: Callable[[int], str]) -> tuple[str, ...]:
    limit = plan.adulthood.limit
    if limit is None:
        return (
            "Premedication goes by age, and from which age on a patient is an adult the label does not state, as far as"
            " it was seen: what adults get and what children get are both shown. Ask the site.",
        )
    told = _open_age(plan, limit, written) if plan.asks_for_age else _sure_age(plan, limit, written)
    return (f"{told} Adults are those of {limit} or more: {limit.citation}.",)


def _open_age(plan: PremedicationPlan, limit: Limit, moment: Callable[[int], str]) -> str:
    known = plan.adulthood
    if known.age is None:
        return (
            "Premedication goes by age, and the patient's is not given: what adults get and what children get are both"
            " shown. Ask for the date of birth."
        )
    if known.age.born is not None:
        return (
            "Premedication goes by age, and on which day the course begins is not given: what adults get and what"
            " children get are both shown. Give the start."
        )
    since = [due.infusion for due in plan.due if due.only]
    shown = f"From {moment(since[0])} on what adults get and what children get are both shown. " if since else ""
    return (
        f"Premedication goes by age, and on which day the patient, {known.age}, turns {limit.number.split()[0]} is not"
        f" known{_between(known.age.completes(limit.value))}. {shown}Ask for the date of birth."
    )


def _between(days: tuple[date, date] | None) -> str:
    return "" if days is None else f" (from {days[0].isoformat()} to {days[1].isoformat()})"


def _sure_age(plan: PremedicationPlan, limit: Limit, moment: Callable[[int], str]) -> str:
    known = plan.adulthood
    if plan.groups != EITHER:
        (group,) = plan.groups
        light = f", because no adult weighs less than {LIGHTEST_ADULT} kg (a convention)" if known.is_light else ""
        return f"Premedication is that of {group}{light}."
    years = limit.number.split()[0]
    completes = known.age.completes(limit.value) if known.age is not None else None
    if completes is None or completes[0] != completes[1]:
        return f"The patient may turn {years} within the course; no planned premedication depends on it."
    grown = [due.infusion for due in plan.due if known.groups_at(due.infusion) == {AgeGroup.ADULTS}]
    before = "what is due before is that of children"
    after = (
        f"from {moment(grown[0])} on premedication is that of adults" if grown else "no planned premedication follows"
    )
    return f"The patient turns {years} on {completes[0].isoformat()}, within the course: {after}; {before}."


def premedication_json(plan: PremedicationPlan | None) -> dict[str, Any]:
    """Write the planned premedication: each that is given, and the only one where there is one and no question."""
    rows = [] if plan is None else [_row(plan, given, only) for given, only in _rows(plan)]
    alone = rows[0] if len(rows) == 1 and rows[0]["only"] is None else None
    old = None if alone is None else {key: alone[key] for key in _KEYS_OF_ONE}
    limit = None if plan is None else plan.adulthood.limit
    return {
        "premedication": old,
        "premedications": rows,
        "adult_from": None
        if limit is None
        else {"years": float(limit.value), "source": limit.source, "status": limit.status},
    }


_KEYS_OF_ONE = ("drug", "ordered", "max", "mg", "capped", "minutes", "occasions")


def _rows(plan: PremedicationPlan) -> Iterator[tuple[Premedication, AgeGroup | None]]:
    rows = dict.fromkeys((due.premedication, due.only) for due in plan.due)
    given = {given for given, _ in rows}
    yield from rows
    yield from ((again, only) for again, only in plan.restarts if again not in given)


def _row(plan: PremedicationPlan, given: Premedication, only: AgeGroup | None) -> dict[str, Any]:
    dose, capped = plan.dose_of(given)
    due = [one for one in plan.due if (one.premedication, one.only) == (given, only)]
    return {
        "drug": given.drug,
        "ordered": str(given.dose),
        "max": str(given.cap) if given.cap else None,
        "mg": exact_amount(dose.milligrams) if dose else None,
        "capped": capped,
        "minutes": [one.start for one in due],
        "latest_minutes": [one.stop for one in due],
        "occasions": sorted(occasion.value for occasion in given.occasions),
        "patients": None if given.patients is None else given.patients.value,
        "only": None if only is None else only.value,
    }
