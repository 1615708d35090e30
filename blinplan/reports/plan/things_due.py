"""What is due besides blinatumomab, and which cycles are optional, in words and as data."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.course.events import Course
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.course.things_due import DueDay, due_days, possible_doses
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, decimal_text, plural
from blinplan.regimen.regimen import DoseByAge, ThingDue
from blinplan.regimen.vocabulary import DueKind
from blinplan.reports.shared.words import block_marks, optional_cycles

if TYPE_CHECKING:
    from blinplan.course.calendar import Entry
    from blinplan.course.dated import Dated

_KINDS = {DueKind.PRE_PHASE: "pre-phase", DueKind.INTRATHECAL: "intrathecal", DueKind.OTHER: "also due"}


def entry_of_thing_text(dated: "Dated", entry: "Entry") -> str:
    """Say what a thing on the calendar is, in the dose that the patient's age on that day gives."""
    if entry.thing is None:
        return ""
    on, until = (dated.clock.at(minute).date() for minute in (entry.start, entry.stop))
    return thing_text(entry.thing, possible_doses(entry.thing, dated.course.patient.age, on), (until - on).days)


def thing_text(thing: ThingDue, doses: list[DoseByAge], days: int) -> str:
    """Say what is due, in which dose, and for how many days; both doses where it is not known which."""
    length = f" for {days} days" if days > 1 else ""
    return f"{_KINDS[thing.kind]}: {visible(thing.what)} {_dose_text(thing, doses)}{length}"


def _dose_text(thing: ThingDue, doses: list[DoseByAge]) -> str:
    if thing.dose is not None:
        return visible(thing.dose)
    if not thing.doses:
        return "(dose not stated in the regimen)"
    if not doses:
        return "(no dose for this age in the regimen)"
    if len(doses) == 1:
        return visible(doses[0].dose)
    return " or ".join(f"{visible(dose.dose)} ({_ages_text(dose)})" for dose in doses)


def _ages_text(dose: DoseByAge) -> str:
    low, high = dose.minimum_age, dose.below_age
    if low is None and high is None:
        return "at any age"
    if low is None or high is None:
        number = (low if high is None else high) or 0
        return f"{'from' if high is None else 'below'} {decimal_text(number)} {plural('year', 1 if number == 1 else 2)}"
    return f"from {decimal_text(low)} to below {decimal_text(high)} years"


def due_lines(course: Course) -> list[Text]:
    """Say what is due besides on which days of a course that has no start yet."""
    return [Text(line) for line in _lines_of_days(course)]


def _lines_of_days(course: Course) -> Iterator[str]:
    for thing, days in _by_thing(course):
        doses = _doses_in_all(course, thing, days)
        yield f"{_sentence(thing_text(thing, doses, thing.for_days))}, {_days_text(days)}"


def _days_text(days: list[DueDay]) -> str:
    numbers = [_day_number(due) for due in days]
    return (
        f"{'from ' if days[0].thing.for_days > 1 else ''}{plural('day', len(numbers))} {', '.join(map(str, numbers))}"
    )


def _day_number(due: DueDay) -> int:
    """The day of the course: 1 that of the first infusion, and -1 the one before it."""
    later = due.begins // MINUTES_PER_DAY + due.days_later
    return later + 1 if later >= 0 else later


def dated_due_lines(dated: "Dated") -> list[Text]:
    """Say what is due besides on which dates, as far as they are shown."""
    shown = [entry for entry in dated.shown_entries() if entry.thing is not None]
    found = []
    for text, entries in groupby(sorted(shown, key=lambda e: _key(dated, e)), key=lambda e: _key(dated, e)[1]):
        days = ", ".join(f"{dated.clock.at(entry.start):%a %Y-%m-%d}" for entry in entries)
        found.append(Text(f"{_sentence(text)}, {days}"))
    return found


def _key(dated: "Dated", entry: "Entry") -> tuple[int, str, int]:
    thing = entry.thing
    place = 0 if thing is None else _things(dated.course).index(thing)
    return place, entry_of_thing_text(dated, entry), entry.start


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _things(course: Course) -> list[ThingDue]:
    """What is due besides in the regimens of a course, each once."""
    return list(dict.fromkeys(thing for regimen in course.regimens for thing in regimen.due))


def _by_thing(course: Course) -> Iterator[tuple[ThingDue, list[DueDay]]]:
    days = list(due_days(course))
    for thing in _things(course):
        own = sorted((due for due in days if due.thing is thing), key=lambda due: (due.begins, due.days_later))
        if own:
            yield thing, own


def _doses_in_all(course: Course, thing: ThingDue, days: list[DueDay]) -> list[DoseByAge]:
    """The doses that a patient may get on any of some days, on a calendar that is not known yet."""
    possible = [
        dose
        for due in days
        for dose in possible_doses(thing, course.patient.age, days_later=due.begins // MINUTES_PER_DAY + due.days_later)
    ]
    return [dose for dose in thing.doses if dose in possible]


# --- what has to be known of the course ------------------------------------------------------------------------------


def course_remarks(course: Course, dated: "Dated | None" = None) -> Iterator[Remark]:
    """Say which cycles are optional, and what to ask where a dose that goes by age cannot be told."""
    for line in optional_cycles(event.period for event in course.events):
        yield Remark(line, RemarkKind.TOLD)
    for thing in _things(course):
        if len(_possible_in_all(course, thing, dated)) > 1:
            what = visible(thing.what)
            yield Remark(f"The dose of {what} goes by age, {_why_open(course)}: ask for the date of birth.")


def _why_open(course: Course) -> str:
    return "and the patient's is not given" if course.patient.age is None else "and the patient's does not decide it"


def _possible_in_all(course: Course, thing: ThingDue, dated: "Dated | None") -> list[DoseByAge]:
    """The most doses that are possible on one day."""
    if dated is None:
        return max((_doses_in_all(course, thing, [due]) for due in _days_of(course, thing)), key=len, default=[])
    on = [dated.clock.at(entry.start).date() for entry in dated.entries if entry.thing is thing]
    return max((possible_doses(thing, course.patient.age, day) for day in on), key=len, default=[])


def _days_of(course: Course, thing: ThingDue) -> list[DueDay]:
    return next((days for one, days in _by_thing(course) if one is thing), [])


def cycle_text(course: Course, cycle: int) -> str:
    """Write the number of a cycle, its treatment block, and whether it is optional."""
    return f"{cycle}{cycle_marks(course, cycle)}"


def cycle_marks(course: Course, cycle: int) -> str:
    """Write of a cycle its treatment block, and whether it is optional, in brackets; nothing where it is neither."""
    return block_marks(block_of(course, cycle), optional=is_optional(course, cycle))


def block_of(course: Course, cycle: int) -> str | None:
    """The treatment block that a cycle of a course belongs to."""
    return next((event.period.block for event in course.events if event.period.cycle == cycle), None)


def reason_of_no_interval(course: Course, cycle: int) -> str | None:
    """Why no interval follows a cycle of a course, where the regimen says so."""
    last = [event.period for event in course.events if event.period.cycle == cycle][-1]
    return None if last.dose is None else last.interval_reason


def is_optional(course: Course, cycle: int) -> bool:
    """Whether not everybody is given a cycle of a course."""
    return any(event.period.optional for event in course.events if event.period.cycle == cycle)


# --- as data ----------------------------------------------------------------------------------------------------------


def due_json(course: Course) -> list[dict[str, Any]]:
    """List what is due besides, with its days as minutes from the start of the course."""
    return [
        {
            "kind": thing.kind.value,
            "what": thing.what,
            "dose": thing.dose,
            "doses": [
                {
                    "dose": dose.dose,
                    "min_age_years": None if dose.minimum_age is None else float(dose.minimum_age),
                    "below_age_years": None if dose.below_age is None else float(dose.below_age),
                }
                for dose in _doses_in_all(course, thing, days)
            ],
            "for_days": thing.for_days,
            "days": [_day_number(due) for due in days],
        }
        for thing, days in _by_thing(course)
    ]
