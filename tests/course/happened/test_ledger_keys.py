"""The keys of a ledger, one by one: plans that were printed years ago are read by them."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from blinplan.course.happened.figures import NewFigures
from blinplan.course.happened.hung import HungBag
from blinplan.course.happened.interruption import Decision, Topic
from blinplan.course.happened.ledger import CourseEnd, Ledger, LedgerEntry, Resumption, StartOfCycle, record_of
from blinplan.course.happened.ledger_document import MOST_ENTRIES, LedgerError, ledger_data, ledger_of
from blinplan.course.happened.resumption import FromLedger
from blinplan.course.patient import BodySurfaceArea, Patient
from blinplan.course.wall_clock import DayLength
from blinplan.quantities import read_dose
from blinplan.regimen.record.record import (
    BagOnRecord,
    BodyMeasurement,
    Cause,
    Closure,
    CycleStart,
    Ending,
    EndOfCourse,
    Interruption,
    PlaceOnRecord,
)

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
LOW, BY_AREA = read_dose("9 mcg/day").rate, read_dose("5 mcg/m2/day").rate


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


LEDGER = Ledger(
    interruptions=(
        LedgerEntry(
            Interruption(
                stopped=at(100),
                restarted=at(400),
                cause=Cause.NEUROLOGICAL,
                cycle=1,
                grade=3,
                seizures=1,
                resolved=at(300),
                restart_dose=LOW,
                premedicated=True,
                new_cycle=False,
                path=("interruption", 0),
                full_dose_after=10080,
                same_bag=True,
            ),
            100,
            400,
            (
                Decision(Topic.DOSE, "9 mcg/day", ("restart_flat", "same_cycle"), dose=BY_AREA),
                Decision(Topic.CONTINUE, "no", (), stop=True, evaluated=False, unstated=True, missing="grade"),
                Decision(Topic.WAIT, "3 days", ("hold",), wait=4320, after=7, yes=True),
            ),
            Resumption(new_cycle=True, again=False, dose=LOW, minutes=10080),
            "the same cycle goes on",
        ),
    ),
    starts=(StartOfCycle(2, 60480, 60540, "it is on record", recorded=True, early=5),),
    figures=(
        NewFigures(
            60480,
            date(2026, 4, 11),
            Patient(Fraction("44.5"), Fraction(150), BodySurfaceArea(Fraction(4, 3), "given")),
            "rr-adult",
            "cycle 2",
        ),
        NewFigures(120960, date(2026, 5, 23), Patient(), None, "cycle 3"),
    ),
    not_counted=(date(2026, 6, 1),),
    days=DayLength.INFUSION_OF_24_HOURS,
    end=CourseEnd(200000, EndOfCourse(at(200000), Ending.RELAPSE, "in the marrow")),
    closures=(Closure(date(2026, 12, 24), date(2026, 12, 26), "Christmas"),),
    bags=(
        HungBag(10, 20, BagOnRecord(at(10), at(20), LOW, 2880, Fraction(5), 7, ("bag", 0), at(1), Fraction(276))),
        HungBag(30, None, BagOnRecord(at(30), None, LOW, 1440, None, None, ("bag", 1))),
    ),
    places=(PlaceOnRecord(at(50), "ward.toml", ("place", 0)),),
    moves=((90, ZoneInfo("Asia/Tokyo")),),
)
NINE = {"amount": "9", "basis": "flat"}
NO_DECISION = {
    "stop": False,
    "evaluated": True,
    "unstated": False,
    "missing": None,
    "wait_minutes": None,
    "dose": None,
    "after_minutes": None,
    "yes": None,
}
DATA: dict[str, Any] = {
    "version": 1,
    "days": "infusion-of-24-hours",
    "interruptions": [
        {
            "stopped_minute": 100,
            "restarted_minute": 400,
            "stopped_utc": "2026-03-02T11:40:00+00:00",
            "restarted_utc": "2026-03-02T16:40:00+00:00",
            "resolved_utc": "2026-03-02T15:00:00+00:00",
            "cause": "neurological",
            "grade": 3,
            "seizures": 1,
            "cycle": 1,
            "restart_dose": NINE,
            "premedicated": True,
            "restarted_in_new_cycle": False,
            "full_dose_after_minutes": 10080,
            "same_bag": True,
            "decisions": [
                {
                    "question": "at which dose",
                    "answer": "9 mcg/day",
                    "limits": ["restart_flat", "same_cycle"],
                    **NO_DECISION,
                    "dose": {"amount": "5", "basis": "bsa"},
                },
                {
                    "question": "may it be restarted",
                    "answer": "no",
                    "limits": [],
                    **NO_DECISION,
                    "stop": True,
                    "evaluated": False,
                    "unstated": True,
                    "missing": "grade",
                },
                {
                    "question": "how long is it held",
                    "answer": "3 days",
                    "limits": ["hold"],
                    **NO_DECISION,
                    "wait_minutes": 4320,
                    "after_minutes": 7,
                    "yes": True,
                },
            ],
            "resumption": {"new_cycle": True, "again": False, "dose": NINE, "minutes": 10080},
            "resumed": "the same cycle goes on",
        }
    ],
    "starts": [
        {
            "cycle": 2,
            "earliest_minute": 60480,
            "start_minute": 60540,
            "why": "it is on record",
            "recorded": True,
            "early_minutes": 5,
        }
    ],
    "figures": [
        {
            "minute": 60480,
            "day": "2026-04-11",
            "weight_kg": "89/2",
            "height_cm": "150",
            "bsa_m2": "4/3",
            "bsa_origin": "given",
            "regimen": "rr-adult",
            "why": "cycle 2",
        },
        {
            "minute": 120960,
            "day": "2026-05-23",
            "weight_kg": None,
            "height_cm": None,
            "bsa_m2": None,
            "bsa_origin": None,
            "regimen": None,
            "why": "cycle 3",
        },
    ],
    "figures_not_counted": ["2026-06-01"],
    "end": {"minute": 200000, "at_utc": "2026-07-19T07:20:00+00:00", "reason": "relapse", "why": "in the marrow"},
    "closures": [{"first_day": "2026-12-24", "last_day": "2026-12-26", "why": "Christmas"}],
    "bags": [
        {
            "hung_minute": 10,
            "taken_down_minute": 20,
            "hung_utc": "2026-03-02T10:10:00+00:00",
            "taken_down_utc": "2026-03-02T10:20:00+00:00",
            "dose": NINE,
            "minutes": 2880,
            "ml_per_hour": "5",
            "number": 7,
            "prepared_utc": "2026-03-02T10:01:00+00:00",
            "fill_ml": "276",
        },
        {
            "hung_minute": 30,
            "taken_down_minute": None,
            "hung_utc": "2026-03-02T10:30:00+00:00",
            "taken_down_utc": None,
            "dose": NINE,
            "minutes": 1440,
            "ml_per_hour": None,
            "number": None,
            "prepared_utc": None,
            "fill_ml": None,
        },
    ],
    "places": [{"since_utc": "2026-03-02T10:50:00+00:00", "site": "ward.toml"}],
    "moves": [{"since_minute": 90, "time_zone": "Asia/Tokyo"}],
}


def test_a_ledger_is_written_key_by_key() -> None:
    assert ledger_data(LEDGER) == DATA


def test_a_ledger_is_read_key_by_key() -> None:
    assert ledger_of(DATA) == LEDGER


def test_what_earlier_versions_did_not_write_is_as_it_was_then() -> None:
    """Days had 24 hours, and nobody told of figures, ends, closures, bags, places and journeys."""
    old = deepcopy({key: DATA[key] for key in ("version", "interruptions", "starts")})
    for key in ("full_dose_after_minutes", "same_bag"):
        del old["interruptions"][0][key]
    for decision in old["interruptions"][0]["decisions"]:
        del decision["unstated"]
    del old["starts"][0]["early_minutes"]
    found = ledger_of(old)
    assert (found.days, found.figures, found.not_counted, found.end) == (DayLength.OF_24_HOURS, (), (), None)
    assert not any((found.closures, found.bags, found.places, found.moves))
    assert (found.interruptions[0].interruption.same_bag, found.starts[0].early) == (None, 0)
    assert not any(decision.unstated for decision in found.interruptions[0].decisions)
    before_fill = deepcopy(DATA)
    del before_fill["bags"][0]["fill_ml"]
    assert ledger_of(before_fill).bags[0].bag.millilitres is None


def leaves(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    below = [leaf for key, value in parts for leaf in leaves(value, (*path, key))]
    return below if isinstance(data, dict | list) and data else [(path, data)]


def with_leaf(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    changed = deepcopy(DATA)
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


LEAVES = [(path, value) for path, value in leaves(DATA) if value not in (None, []) and path != ("version",)]


@pytest.mark.parametrize(
    ("path", "value"), LEAVES, ids=lambda part: ".".join(map(str, part)) if isinstance(part, tuple) else ""
)
def test_a_value_of_another_kind_is_no_ledger(path: tuple[str | int, ...], value: object) -> None:
    """A truth is no number, a number no text, and a text no number."""
    wrong = {bool: (1, "true"), int: (True, "1", 1.5), str: (1, True, "no such")}[type(value)]
    words = path[-1] in {"answer", "resumed", "why", "site", "regimen", "missing", "bsa_origin"} or "limits" in path
    for other in wrong[:2] if words and isinstance(value, str) else wrong:
        with pytest.raises(LedgerError):
            ledger_of(with_leaf(path, other))


@pytest.mark.parametrize("minute", [399, 401, None])
def test_the_minutes_of_a_stop_are_those_of_its_times(minute: int | None) -> None:
    with pytest.raises(LedgerError):
        ledger_of(with_leaf(("interruptions", 0, "restarted_minute"), minute))


def test_a_ledger_says_again_what_was_on_record() -> None:
    found = record_of(LEDGER, "rr-adult", START.astimezone(ZoneInfo("Europe/Berlin")))
    assert (found.regimen, found.start, found.end, found.closures) == (
        "rr-adult",
        START,
        EndOfCourse(at(200000), Ending.RELAPSE, "in the marrow"),
        LEDGER.closures,
    )
    assert (found.time_zone, found.weight, found.height, found.area) == (None, None, None, None)
    assert found.interruptions == (LEDGER.interruptions[0].interruption,)
    assert found.cycle_starts == (CycleStart(2, at(60540), ("starts", 0)),)
    assert found.bags == tuple(hung.bag for hung in LEDGER.bags)
    assert found.places == LEDGER.places
    assert found.measurements == (
        BodyMeasurement(date(2026, 4, 11), Fraction("44.5"), Fraction(150), Fraction(4, 3), ("figures", 0)),
        BodyMeasurement(date(2026, 5, 23), None, None, None, ("figures", 1)),
    )
    planned = Ledger(starts=(StartOfCycle(2, 60480, 60540, "it is planned so", recorded=False),))
    assert record_of(planned, "rr-adult", START).cycle_starts == ()
    assert found.planned_starts == ()
    computed = NewFigures(1, date(2026, 4, 1), Patient(area=BodySurfaceArea(Fraction(1), "Mosteller")), None, "")
    assert record_of(Ledger(figures=(computed,)), "x", START).measurements[0].area is None


def test_the_bag_that_went_on_is_told_with_its_stop() -> None:
    assert LEDGER.same_bag == ((100, 400),)
    assert Ledger().same_bag == ()


def test_a_cycle_is_known_to_have_begun_where_its_start_is_on_record() -> None:
    """One that was planned for another day is none, though it is in the ledger."""
    for recorded in (True, False):
        planned = LEDGER.starts[0]._replace(recorded=recorded)
        found = FromLedger(LEDGER._replace(starts=(planned,)))
        assert found.began(2) == ((60540, ("starts",)) if recorded else None)
        assert found.began(3) is None


CENTURY = 100 * 366 * 24 * 60
"""Minutes."""
FIGURES = [("figures", 0, "weight_kg"), ("figures", 0, "bsa_m2"), ("bags", 0, "fill_ml"), ("bags", 0, "ml_per_hour")]
FIGURES += [("bags", 0, "dose", "amount"), ("interruptions", 0, "restart_dose", "amount")]  # type: ignore[list-item]


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize(
    ("written", "is_a_figure"),
    [
        *(("1000000", True), ("1000001", False), ("1000000000001/1000000", False)),
        *(("0", False), ("0/7", False), ("1/1000000", True), ("-1", False), ("44.5", False), ("1e3", False)),
        *((f"{'9' * 60}/{'9' * 60}", True), ("9" * 61, False), ("1/0", False)),
    ],
)
def test_a_figure_is_above_nothing_and_no_more_than_a_million(
    path: tuple[str | int, ...], written: str, is_a_figure: bool
) -> None:
    if is_a_figure:
        assert ledger_data(ledger_of(with_leaf(path, written))) == with_leaf(path, str(Fraction(written)))
        return
    with pytest.raises(LedgerError):
        ledger_of(with_leaf(path, written))


@pytest.mark.parametrize("path", [("starts", 0, "earliest_minute"), ("moves", 0, "since_minute"), ("end", "minute")])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_time_is_within_a_century_of_the_start(path: tuple[str | int, ...], sign: int) -> None:
    assert ledger_data(ledger_of(with_leaf(path, sign * CENTURY))) == with_leaf(path, sign * CENTURY)
    with pytest.raises(LedgerError):
        ledger_of(with_leaf(path, sign * (CENTURY + 1)))


@pytest.mark.parametrize("key", ["bsa_m2", "bsa_origin"])
def test_an_area_is_known_with_where_it_comes_from(key: str) -> None:
    (known, *_) = ledger_of(with_leaf(("figures", 0, key), None)).figures
    assert known.patient == Patient(Fraction("44.5"), Fraction(150))


def test_a_ledger_of_another_version_is_refused_whatever_else_it_says() -> None:
    data = ledger_data(Ledger())
    assert ledger_of(data) == Ledger()
    for version in (None, 0, 2, "1"):
        with pytest.raises(LedgerError):
            ledger_of({**data, "version": version})


@pytest.mark.parametrize("key", ["starts", "figures", "bags", "places", "moves"])
def test_what_stands_once_in_a_record_stands_once_in_a_ledger(key: str) -> None:
    """Which of the two counted was anybody's guess."""
    data = ledger_data(LEDGER)
    data[key] = [*data[key], data[key][-1]]
    with pytest.raises(LedgerError):
        ledger_of(data)


@pytest.mark.parametrize(
    ("key", "of", "earlier"),
    [("starts", "cycle", 1), ("figures", "minute", 0), ("bags", "hung_minute", -9), ("moves", "since_minute", -9)],
)
def test_what_follows_in_a_ledger_comes_later(key: str, of: str, earlier: int) -> None:
    data = ledger_data(LEDGER)
    before = deepcopy(data[key][0]) | {of: earlier}
    data[key] = [before, *data[key]]
    assert ledger_of(data)
    data[key] = data[key][::-1]
    with pytest.raises(LedgerError):
        ledger_of(data)


@pytest.mark.parametrize(("more", "is_read"), [(0, True), (1, False)])
def test_a_ledger_has_no_more_entries_than_a_record_has_room_for(more: int, is_read: bool) -> None:
    data = ledger_data(LEDGER)
    zone = data["moves"][0]["time_zone"]
    data["moves"] = [{"since_minute": minute, "time_zone": zone} for minute in range(MOST_ENTRIES + more)]
    if is_read:
        assert len(ledger_of(data).moves) == MOST_ENTRIES
        return
    with pytest.raises(LedgerError):
        ledger_of(data)
