"""What a course with dates needs when its ward changes no bags or has none, told whole: when, why and what to do.

The dates are counted from the start here, a day for each bag.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from blinplan.course.patient import Patient
from blinplan.regimen.site.site import Site
from blinplan.rules.checks.closed_days import nothing_depends_on_dates
from tests.read_text import site_in
from tests.regimen_text import cycle, judgement_of_lines
from tests.rules.families.examples import Told, told_of

START = datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Europe/Berlin"))
STEPS = cycle("9 mcg/day for 6 days", "28 mcg/day for 22 days")
LATER = cycle().replace('"Cycle"', '"Later"')
THREE = f"{cycle(repeat=2)}\n{LATER}"
"""One cycle twice, and another: they begin on days 0, 42 and 84."""
OPEN = "begin on another day, prepare a bag that lasts over these days, or open them; `blinplan plan` shows each"
LOOK = "look at the plan with other bags: `blinplan plan --view bags`"


def ward(more: str, hours: str = "24") -> Site:
    bags = ", ".join(f"{{ hours = {each} }}" for each in hours.split())
    return site_in(f'site = 1\nname = "Ward 7"\nchange_time = "10:00"\n{more}\nbag = [{bags}]\n')


def closed_on(*days: int) -> Site:
    return ward(f"holidays = [{', '.join(f'{day_of(day):%Y-%m-%d}' for day in days)}]")


def day_of(number: int) -> date:
    return START.date() + timedelta(days=number)


def told(lines: str, site: Site, patient: Patient | None = None) -> list[Told]:
    found = told_of(judgement_of_lines(lines, site=site, begins=START, patient=patient), "A705")
    return [one._replace(mark="") for one in found]


def needed(number: int, place: int, *days: int) -> Told:
    """That a cycle needs new bags on some days: four are shown, and all decide whether a waiver still holds."""
    times = [f"{day_of(day):%a %Y-%m-%d} 10:00, a holiday, on which Ward 7 changes no bags" for day in days]
    more = f"; and {len(days) - 4} times more" if len(days) > 4 else ""
    message = f"cycle {number} needs a new bag when none is changed: {'; '.join(times[:4])}{more}"
    value = f"cycle {number} from 2026-11-30T10:00: {'; '.join(times)}"
    return Told(f"cycle.{place}.steps", "", "warning", message, OPEN, value=value)


@pytest.mark.holds("A705")
@pytest.mark.parametrize("number", [1, 3, 4, 5, 6, 12])
def test_four_times_are_shown_in_their_order_be_they_of_a_step_or_of_a_bag(number: int) -> None:
    """The dose rises on the sixth day, between the ends of bags."""
    days = tuple(range(3, 3 + number))
    assert told(STEPS, closed_on(*days)) == [needed(1, 0, *days)]


@pytest.mark.holds("A705")
@pytest.mark.parametrize("days", [(3,), (45,), (88,), (3, 45), (5, 6, 46, 84, 90), (42, 84, 85)])
def test_each_cycle_is_told_of_by_its_number_where_its_steps_are_written(days: tuple[int, ...]) -> None:
    begun = ((1, 0, 0), (2, 42, 0), (3, 84, 1))
    own = [(number, place, [day for day in days if start <= day < start + 28]) for number, start, place in begun]
    assert told(THREE, closed_on(*days)) == [needed(number, place, *few) for number, place, few in own if few]


@pytest.mark.holds("A705")
@pytest.mark.parametrize(("first", "last"), list(product((None, 5), (None, 20))))
def test_bags_that_cannot_be_had_are_told_with_the_days_and_not_where_that_is_so_on_every_day(
    first: int | None, last: int | None
) -> None:
    keys = "".join(
        f", {key} = {day_of(day)}" for key, day in (("first_day", first), ("last_day", last)) if day is not None
    )
    others = '{ bag_hours = [72], why = "no tubes" }'
    site = ward(
        f'cannot_be_had = [{others}, {{ bag_hours = [48, 24, 36], why = "no bags"{keys} }}]', "24 36 48 72 96 168"
    )
    since = "" if first is None else f" from {day_of(first):%a %Y-%m-%d}"
    days = since if last is None else f"{since} to {day_of(last):%a %Y-%m-%d}"
    sizes = "1 d, 1 d 12 h, 2 d"
    message = f"bags for {sizes} cannot be had{days}: no bags; the course is planned without them then"
    found = Told("cycle.0.steps", "", "note", message, LOOK, value=f"from 2026-11-30T10:00: {sizes}{days}")
    assert told(STEPS, site) == ([found] if days else [])


NO_SEQUENCE = "no sequence of Ward 7's bags gives the course that begins Mon 2026-11-30 10:00: from "
NONE_LEFT = "Sun 2026-12-06 10:00, the next time to change a bag is 1 d later, and no bag can be used"
NO_SHORT_BAGS = 'cannot_be_had = [{ bag_hours = [24, 36, 48], why = "no bags", first_day = 2026-12-05 }]'
CORRECT = "begin on another day, or correct `closed`, `holidays` and `cannot_be_had` of the site profile"


def without_bags(why: str, advice: str = CORRECT) -> list[Told]:
    return [Told("cycle.0.steps", "", "error", NO_SEQUENCE + why, advice, value="from 2026-11-30T10:00")]


@pytest.mark.holds("A705")
@pytest.mark.parametrize("weight", [None, "5.4", "30"])
def test_a_course_without_bags_is_told_with_the_moment_from_which_there_are_none(weight: str | None) -> None:
    patient = None if weight is None else Patient(Fraction(weight))
    lines = STEPS if weight is None else cycle("15 mcg/m2/day for 28 days")
    assert told(lines, ward(NO_SHORT_BAGS, "24 36 48"), patient) == without_bags(NONE_LEFT)
    closed = ward('closed = ["saturday", "sunday"]')
    until = 2 if weight is None else 3  # the step of the sixth day wants a bag on a Sunday
    longest = f"Fri 2026-12-04 10:00, the next time to change a bag is {until} d later, and the longest bag lasts 1 d"
    assert told(lines, closed, patient) == without_bags(longest)


@pytest.mark.holds("A705")
def test_where_a_patient_is_too_light_for_the_bags_that_are_left_it_says_so_and_which_are_allowed() -> None:
    found = told(cycle("15 mcg/m2/day for 28 days"), ward(NO_SHORT_BAGS, "24 36 48 168"), Patient(Fraction(5)))
    light = (
        "; the patient weighs 5 kg, and the label gives bags with preservative from 5.4 kg; Ward 7's bags for 7 d hold"
        " one (benzyl alcohol), and nobody says whether its bags for 1 d 12 h do (`preservative`)"
    )
    allowed = (
        "allowed are Ward 7's bags for 1 d or 2 d: change bags at least every 2 d, the longest that the label has"
        " without preservative"
    )
    assert found == without_bags(f"{NONE_LEFT}{light}", allowed)


@pytest.mark.parametrize(("closed", "holiday", "short"), list(product((False, True), repeat=3)))
def test_dates_decide_nothing_where_every_day_is_as_the_other(closed: bool, holiday: bool, short: bool) -> None:
    always = '{ bag_hours = [48], why = "no bags" }'
    some = '{ bag_hours = [24], why = "no tubes", first_day = 2026-12-05 }'
    lines = [
        'closed = ["sunday"]' if closed else "",
        "holidays = [2026-12-25]" if holiday else "",
        f"cannot_be_had = [{always}{f', {some}' if short else ''}]",
    ]
    assert nothing_depends_on_dates(ward("\n".join(lines), "24 48")) is not (closed or holiday or short)
    assert nothing_depends_on_dates(ward("", "24 48"))
