"""What the stories share: a ward, and a record that is planned and checked as a user would do it."""

from fractions import Fraction
from pathlib import Path

from blinplan import plan
from blinplan.api.planning.planned import Plan
from blinplan.course.dated import Dated
from blinplan.course.events import as_ordered
from tests.regimen_text import codes, judgement_of

WARD = """site = 1
name = "Ward 7"
time_zone = "Europe/Berlin"
change_time = "10:00"
disconnected_bag = "goes-on"
bag = [{ hours = 24, fill_ml = 276 }, { hours = 48, fill_ml = 276 }, { hours = 96, fill_ml = 203, in_use_hours = 168 }]
"""
ADULT = """record = 1
regimen = "rr-adult"
start = 2026-11-30T10:00:00
time_zone = "Europe/Berlin"
weight_kg = 82
height_cm = 178
born = 1980-01-01
"""


def planned(folder: Path, happened: str, site: str = WARD, head: str = ADULT) -> Plan:
    """Plan a record at a site."""
    (folder / "record.toml").write_text(head + happened, encoding="utf-8")
    (folder / "ward.toml").write_text(site, encoding="utf-8")
    regimen = next(line for line in head.splitlines() if line.startswith("regimen")).split('"')[1]
    return plan(regimen, record=folder / "record.toml", site=folder / "ward.toml")


def found(happened: str, head: str = ADULT) -> list[str]:
    """The codes of what a check finds in a record."""
    return codes(judgement_of(head + happened))


def steps(plan_: Plan, cycle: int) -> list[tuple[Fraction, Fraction]]:
    """Days and mcg/day of a cycle; 0 where nothing is infused."""
    events = [event for event in on_calendar(plan_).course.events if event.period.cycle == cycle]
    return [(Fraction(event.period.minutes, 1440), event.rate) for event in events]


def on_calendar(plan_: Plan) -> Dated:
    """The plan with its dates."""
    assert plan_.dated is not None
    return plan_.dated


def exact(plan_: Plan) -> None:
    """What was given and will be given is the sum of the bags, and of the days' doses, without a rest."""
    dated = on_calendar(plan_)
    events = dated.course.events
    assert sum(bag.micrograms for bag in dated.bags) == dated.course.micrograms
    assert sum(event.rate * event.period.minutes for event in events) / 1440 == dated.course.micrograms
    assert [event.period.start for event in events] == [0, *(event.period.stop for event in events[:-1])]
    assert as_ordered(dated.course).infusion_minutes == dated.course.infusion_minutes
