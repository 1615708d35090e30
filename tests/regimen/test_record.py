"""Course records and site profiles: read with every fault at its place."""

import re
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from blinplan.regimen.preference import Preference
from blinplan.regimen.reading import FaultyFile, Reading, SiteFile, read
from blinplan.regimen.record.record import Cause
from blinplan.regimen.record.tables import RECORD_FILE
from blinplan.regimen.site.site import LongDay
from blinplan.regimen.site.tables import SITE_FILE
from tests.read_text import problems_of, record_in, site_in

RECORD = """record = 1
regimen = "rr-adult"
start = 2026-11-02T10:00:00
time_zone = "Europe/Berlin"
weight_kg = 70

[[interruption]]
stopped = 2026-11-05T14:00:00
cause = "cytokine-release-syndrome"
grade = 3
cycle = 1
restarted = 2026-11-09T10:00:00
restart_dose = "9 mcg/day"
premedicated = true
restart_in = "same-cycle"

[[interruption]]
stopped = 2026-11-20T10:00:00
cause = "technical"
cycle = 1
"""
SITE = """site = 1
name = "Ward 7"
time_zone = "Europe/Berlin"
change_time = "10:00"
closed = ["saturday", "sunday"]
holidays = [2026-12-25]
prepared_hours_before = 2
bag = [{ hours = 96, fill_ml = 265.5, in_use_hours = 168 }, { hours = 24 }]
"""


def reading(text: str) -> Reading:
    return read(text.encode(), "x.toml")


def places(text: str) -> list[tuple[str, str]]:
    """The code of every problem, and the text it points at."""
    found = reading(text)
    return [(problem.code, text[problem.span.start : problem.span.end]) for problem in problems_of(found)]


def test_a_record_is_read_with_its_times_as_moments() -> None:
    record = record_in(RECORD)
    assert record.start == datetime(2026, 11, 2, 9, tzinfo=UTC)
    first, second = record.interruptions
    assert (first.cause, first.grade, first.minutes) == (Cause.CYTOKINE_RELEASE, 3, 3 * 1440 + 20 * 60)
    assert (first.new_cycle, first.premedicated, str(first.restart_dose)) == (False, True, "9 mcg/day")
    assert (second.restarted, second.minutes, second.new_cycle) == (None, None, None)
    assert record_in(RECORD.replace("time_zone", "#time_zone").replace(":00:00\n", ":00:00+01:00\n")) == (
        record.__class__(record.regimen, record.start, None, record.weight, None, None, record.interruptions)
    )


def test_an_age_on_record_is_that_of_the_start_and_a_date_of_birth_tells_it_for_every_day() -> None:
    told = record_in(RECORD.replace("weight_kg", "age_years = 17\nweight_kg")).age
    assert told is not None
    assert [told.is_at_least(18, date(2026, 11, 2)), told.is_at_least(18, date(2026, 11, 3))] == [False, None]
    born = record_in(RECORD.replace("weight_kg", "born = 2008-11-03\nweight_kg")).age
    assert born is not None
    assert [born.is_at_least(18, date(2026, 11, 2)), born.is_at_least(18, date(2026, 11, 3))] == [False, True]
    assert record_in(RECORD).age is None


@pytest.mark.parametrize(
    ("right", "wrong", "code", "marked"),
    [
        ("stopped = 2026-11-05", "stoped = 2026-11-05", "F002", "stoped"),
        ("cycle = 1\nrestarted", "restarted", "F003", "[[interruption]]"),
        ('"cytokine-release-syndrome"', '"crs"', "F004", '"crs"'),
        ("grade = 3", "grade = 6", "F004", "6"),
        ("record = 1", "record = 2", "F005", "2"),
        ('"9 mcg/day"', '"9"', "F004", '"9"'),
        ('"Europe/Berlin"', '"Europe/Bonn"', "F004", '"Europe/Bonn"'),
        ('"Europe/Berlin"', '"../../etc"', "F004", '"../../etc"'),
        ("start = 2026-11-02T10:00:00", "start = 2026-11-02", "F004", "2026-11-02"),
        ("start = 2026-11-02T10:00:00", "start = 2026-03-29T02:30:00", "F004", "2026-03-29T02:30:00"),
        ("start = 2026-11-02T10:00:00", "start = 2026-11-06T10:00:00", "F007", "stopped"),
        ("restarted = 2026-11-09", "restarted = 2026-11-04", "F007", "restarted"),
        ("restarted = 2026-11-09", "restarted = 2026-11-21", "F007", "stopped"),
        ("grade = 3", "grade = 3\nresolved = 2026-11-05T13:00:00", "F007", "resolved"),
        ('cause = "technical"', 'cause = "technical"\nrestart_in = "new-cycle"', "F007", "restart_in"),
        ('cause = "technical"', 'cause = "technical"\npremedicated = true', "F007", "premedicated"),
        ("weight_kg = 70", "weight_kg = 0", "F004", "0"),
        ("weight_kg = 70", "born = 2026-11-03", "F007", "born"),
        ("weight_kg = 70", "born = 2009-05-17\nage_years = 17", "F007", "age_years"),
        ("weight_kg = 70", "born = 1066-10-14", "F004", "1066-10-14"),
        ("weight_kg = 70", "born = 2009-02-29", "F001", ""),
        ("weight_kg = 70", "age_years = 130", "F004", "130"),
        ("weight_kg = 70", "age_years = 16.5", "F004", "16.5"),
        ("weight_kg = 70", 'age_years = "17"', "F004", '"17"'),
        ("start = 2026-11-02T10:00:00", "start = 2026-10-25T02:30:00", "F004", "2026-10-25T02:30:00"),
        ("start = 2026-11-02T10:00:00", "start = 2026-11-05T14:00:00", "F007", "stopped"),
        ("grade = 3", "grade = 5", "F007", "restarted"),
        ("start = 2026-11-02T10:00:00", "start = 2026-11-02T10:00:30", "F004", "2026-11-02T10:00:30"),
        ("start = 2026-11-02T10:00:00", "start = 0001-01-01T00:00:00+14:00", "F004", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_fault_in_a_record_is_said_at_its_place(right: str, wrong: str, code: str, marked: str) -> None:
    assert right in RECORD
    assert (code, marked) in places(RECORD.replace(right, wrong, 1))
    assert isinstance(reading(RECORD.replace(right, wrong, 1)), FaultyFile)


FAULTS = [
    ("stopped = 2026-11-05", "stoped = 2026-11-05"),
    ("record = 1", 'record = 1\npatiant = "A"'),
    ("record = 1", "record = 1\nward = 5"),
    ('regimen = "', 'regimn = "'),
    ("grade = 3", "grade = 6"),
    ("weight_kg = 70", "weight_kg = 0"),
]


@pytest.mark.parametrize(("right", "wrong"), FAULTS)
def test_what_contradicts_itself_is_told_beside_other_faults(right: str, wrong: str) -> None:
    told = RECORD.replace("weight_kg = 70", "weight_kg = 70\nborn = 2026-11-03\nage_years = 17")
    assert right in told
    found = places(told.replace(right, wrong, 1))
    assert {("F007", "born"), ("F007", "age_years")} < set(found)
    order = RECORD.replace("restarted = 2026-11-09", "restarted = 2026-11-04")
    inside = "[[interruption]]" in RECORD[: RECORD.index(right) + 1]
    assert (("F007", "restarted") in places(order.replace(right, wrong, 1))) != inside


KEYS = [
    *((RECORD, match.start(), match[1]) for match in re.finditer(r"^(\w+) = ", RECORD, re.MULTILINE)),
    *((SITE, match.start(1), match[1]) for match in re.finditer(r"(?:^|[{,] )(\w+) = ", SITE, re.MULTILINE)),
]


@pytest.mark.parametrize(("text", "at", "key"), [key for key in KEYS if key[2] not in {"record", "site"}])
def test_a_misspelt_key_is_the_reason_of_no_other_fault(text: str, at: int, key: str) -> None:
    misspelt = f"{text[:at]}{key}x{text[at + len(key) :]}"
    assert {code for code, _ in places(misspelt)} <= {"F002", "F003"}
    absent = f"{text[:at]}zz{text[at + len(key) :]}"
    assert {code for code, _ in places(absent)} <= {"F002", "F003"}


def test_two_bags_are_told_beside_a_fault_of_the_ward() -> None:
    twice = SITE.replace("hours = 24", "hours = 96")
    for right, wrong in (('name = "Ward 7"', "name = 7"), ("holidays", "holydays"), ("site = 1", "site = 1\nx = 2")):
        assert (("F007", "hours") in places(twice.replace(right, wrong))) == (right != "holidays")
        wrong_zone = twice.replace(right, wrong).replace("Europe/Berlin", "Berlin")
        assert ("F004", '"Berlin"') in places(wrong_zone)


def test_a_time_without_an_offset_needs_a_zone() -> None:
    found = reading(RECORD.replace('time_zone = "Europe/Berlin"\n', ""))
    assert isinstance(found, FaultyFile)
    assert {problem.code for problem in found.problems} == {"F004"}
    assert len(found.problems) == 4
    assert "no offset" in found.problems[0].message


def test_an_interruption_that_was_not_ended_is_the_last() -> None:
    text = RECORD.replace("restarted = 2026-11-09T10:00:00\n", "")
    assert ("F007", "stopped") in places(text)


STARTS = """
[[cycle_start]]
cycle = 2
started = 2026-12-14T10:00:00

[[cycle_start]]
cycle = 3
started = 2027-01-26T10:00:00+01:00
"""


def test_later_cycles_are_read() -> None:
    record = record_in(RECORD + STARTS)
    assert [(one.cycle, one.started) for one in record.cycle_starts] == [
        (2, datetime(2026, 12, 14, 9, tzinfo=UTC)),
        (3, datetime(2027, 1, 26, 9, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "code", "marked"),
    [
        ("cycle = 2", "cycle = 1", "F004", "1"),
        ("cycle = 3", "cycle = 2", "F007", "cycle"),
        ("2027-01-26", "2026-12-13", "F007", "started"),
        ("2026-12-14", "2026-11-01", "F007", "started"),
        ("started = 2026-12-14T10:00:00", "began = 2026-12-14T10:00:00", "F002", "began"),
    ],
)
def test_a_fault_in_a_later_cycle_is_said_at_its_place(right: str, wrong: str, code: str, marked: str) -> None:
    assert (code, marked) in places(RECORD + STARTS.replace(right, wrong, 1))


def test_a_local_time_that_comes_twice_is_one_with_its_offset() -> None:
    twice = RECORD.replace("start = 2026-11-02T10:00:00", "start = 2026-10-25T02:30:00")
    assert "comes twice in Europe/Berlin, at +0200 and at +0100" in problems_of(reading(twice))[0].message
    for offset, hour in (("+02:00", 0), ("+01:00", 1)):
        record = record_in(twice.replace("25T02:30:00", f"25T02:30:00{offset}"))
        assert record.start == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_a_site_is_read() -> None:
    site = site_in(SITE)
    assert [bag.minutes for bag in site.bags] == [24 * 60, 96 * 60]
    assert (site.change_minute, sorted(site.closed), site.prepared_before) == (600, [5, 6], 120)
    assert isinstance(reading(SITE.replace('change_time = "10:00"\n', "")), SiteFile)


MORE = """cycle_start = "next-open-day"
long_day = "split"
prefer = "fewest-vials"
vial = { micrograms = 38.5, mcg_per_ml = 12.5 }

[[cannot_be_had]]
bag_hours = [96]
why = "no bacteriostatic saline"
first_day = 2026-12-01
last_day = 2026-12-24
"""


def test_what_else_a_site_may_say_is_read() -> None:
    site = site_in(SITE + MORE)
    assert site.starts_when_open
    assert (site.long_day, site.prefer) == (LongDay.SPLIT, Preference.FEWEST_VIALS)
    assert site.vial is not None
    assert (site.vial.micrograms, site.vial.per_millilitre) == (Fraction("38.5"), Fraction("12.5"))
    (shortage,) = site.shortages
    assert (shortage.sizes, shortage.why) == (frozenset({96 * 60}), "no bacteriostatic saline")
    held = [shortage.holds(date(2026, 12, day)) for day in (1, 24, 25)]
    assert held == [True, True, False]
    assert not shortage.holds(None)
    plain = site_in(SITE)
    assert (plain.starts_when_open, plain.vial, plain.shortages) == (False, None, ())
    assert (plain.long_day, plain.prefer) == (LongDay.LONGER_BAG, Preference.FEWEST_CHANGES)


@pytest.mark.parametrize(
    ("right", "wrong", "code", "marked"),
    [
        ('"next-open-day"', '"whenever"', "F004", '"whenever"'),
        ("[96]", "[48]", "F007", "bag_hours"),
        ("2026-12-24", "2026-11-30", "F007", "last_day"),
        ("micrograms = 38.5, ", "", "F003", "{ mcg_per_ml = 12.5 }"),
        ('why = "no bacteriostatic saline"\n', "", "F003", "[[cannot_be_had]]"),
    ],
)
def test_a_fault_in_what_else_a_site_says_is_said_at_its_place(right: str, wrong: str, code: str, marked: str) -> None:
    assert right in MORE
    found = places(SITE + MORE.replace(right, wrong, 1))
    assert (code, marked) in found, found


@pytest.mark.parametrize(
    ("right", "wrong", "code", "marked"),
    [
        ('"10:00"', '"24:00"', "F004", '"24:00"'),
        ('"10:00"', '"10"', "F004", '"10"'),
        ('"saturday"', '"fryday"', "F004", '"fryday"'),
        ("2026-12-25", '"25 December"', "F004", '"25 December"'),
        ("hours = 24", "hours = 96", "F007", "hours"),
        ("in_use_hours = 168", "in_use_hours = 95", "F007", "in_use_hours"),
        ("bag =", "bags =", "F002", "bags"),
        ("hours = 24", "hour = 24", "F002", "hour"),
        ("fill_ml = 265.5", "fill_ml = -1", "F004", "-1"),
        (
            '"saturday", "sunday"',
            ", ".join(f'"{day}day"' for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")),
            "F007",
            "closed",
        ),
        ('"Europe/Berlin"', '"Berlin"', "F004", '"Berlin"'),
    ],
)
def test_a_fault_in_a_site_is_said_at_its_place(right: str, wrong: str, code: str, marked: str) -> None:
    assert right in SITE
    assert (code, marked) in places(SITE.replace(right, wrong, 1))
    assert isinstance(reading(SITE.replace(right, wrong, 1)), FaultyFile)


def test_every_key_is_explained() -> None:
    for top in (RECORD_FILE, SITE_FILE):
        for table in (top, *top.inner().values()):
            for key in table.keys.values():
                assert key.description
                assert not key.description.endswith(".")
                assert not key.description[0].isupper()


def test_a_bag_may_be_in_use_just_as_long_as_it_lasts_and_a_shortage_may_be_of_one_day() -> None:
    assert places(SITE.replace("in_use_hours = 168", "in_use_hours = 96")) == []
    assert places(SITE + MORE.replace("2026-12-24", "2026-12-01")) == []


END = '[end]\nat = 2027-01-10T08:00:00\nreason = "transplant"\n'


def test_the_end_of_a_course_and_what_is_planned_are_read() -> None:
    more = (
        '[[planned_start]]\ncycle = 2\nstarts = 2027-01-04T10:00:00\nwhy = "the wish of the patient"\n'
        '[[closure]]\nfirst_day = 2026-12-24\nlast_day = 2026-12-26\nwhy = "Christmas"\n'
    )
    record = record_in(RECORD + END + 'why = "donor found"\n' + more)
    assert record.end is not None
    assert (record.end.at, record.end.words) == (datetime(2027, 1, 10, 7, tzinfo=UTC), "transplant (donor found)")
    assert record.planned_starts[0].starts == datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert record.closures[0].holds(date(2026, 12, 26))
    assert not record.closures[0].holds(date(2026, 12, 27))


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (END.replace("2027-01-10", "2026-11-19"), [("F007", "stopped")]),
        (END.replace("transplant", "other"), [("F007", "reason")]),
        (END.replace("transplant", "transplantation"), [("F004", '"transplantation"')]),
        ('[[closure]]\nfirst_day = 2026-12-24\nlast_day = 2026-12-23\nwhy = "x"\n', [("F007", "last_day")]),
        ("[[planned_start]]\ncycle = 2\nstarts = 2027-01-04T10:00:00\n" * 2, [("F007", "cycle")]),
    ],
)
def test_an_end_or_a_plan_that_contradicts_the_record_is_found_at_its_place(
    lines: str, found: list[tuple[str, str]]
) -> None:
    assert places(RECORD + lines) == found
