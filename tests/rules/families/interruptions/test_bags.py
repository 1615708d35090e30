"""I808, I809, I812: bags on record, word for word: what they gave, how long they ran, and on whom they hung."""

import pytest

from blinplan.regimen.site.site import Site
from tests.read_text import site_in
from tests.rules.families.interruptions.records import (
    CHILD,
    HONG_KONG,
    bag,
    limits,
    measured,
    record,
    stop,
    told,
)

LOOK = "have the treating physician look at it now"
OVERDOSE = f"{LOOK}: after an overdose the label restarts at the right dose after 12 hours"


def gave(given: str, off: str, advice: str, lasted: str = "1 d", ordered: str = "9", at: int = 0) -> str:
    message = f"for {lasted} a bag gave {given} mcg/day in place of {ordered}: {off}"
    return f"error at bag.{at}.dose | {message} | {advice}"


def hangs(given: str, off: str, advice: str, where: str = " in place of 9") -> str:
    message = f"a wrong bag hangs and gives {given} mcg/day{where}: to the end of its hours, for 1 d, {off}"
    return f"error at bag.0.dose | {message} | take it down now and write when (`taken_down`); {advice}"


DAY = ("03-03T10:00", "03-04T10:00")


@pytest.mark.parametrize(
    ("dose", "found", "rests_on"),
    [
        ("9 mcg/day", "", ()),
        ("9.00 mcg/day", "", ()),
        ("28 mcg/day", gave("28", "19 mcg too much", OVERDOSE), ("overdose_hold",)),
        ("9.5 mcg/day", gave("9.5", "0.5 mcg too much", OVERDOSE), ("overdose_hold",)),
        ("8.5 mcg/day", gave("8.5", "0.5 mcg too little", LOOK), ()),
        ("9.12345 mcg/day", gave("≈ 9.123", "≈ 0.123 mcg too much", OVERDOSE), ("overdose_hold",)),
        ("8.87655 mcg/day", gave("≈ 8.877", "≈ 0.123 mcg too little", LOOK), ()),
    ],
)
def test_a_bag_gave_what_was_ordered(dose: str, found: str, rests_on: tuple[str, ...]) -> None:
    text = record(bag(*DAY, dose=dose, number=1))
    assert told("I808", text) == ([found] if found else [])
    assert limits("I808", text) == ([rests_on] if found else [])


@pytest.mark.parametrize(
    ("dose", "found"),
    [
        ("28 mcg/day", gave("28", "19 mcg too much", LOOK)),
        ("8 mcg/day", gave("8", "1 mcg too little", LOOK)),
    ],
)
def test_a_label_that_says_nothing_of_an_overdose_is_not_quoted(dose: str, found: str) -> None:
    text = record(bag(*DAY, dose=dose, number=1), regimen=HONG_KONG)
    assert told("I808", text) == [found]
    assert limits("I808", text) == [()]


@pytest.mark.parametrize(
    ("dose", "found"),
    [
        ("5 mcg/m2/day", ""),
        ("6 mcg/day", ""),
        ("6.6 mcg/day", gave("6.6", "0.6 mcg too much", OVERDOSE, ordered="6")),
        ("4 mcg/m2/day", gave("4.8", "1.2 mcg too little", LOOK, ordered="6")),
    ],
)
def test_a_bag_by_area_gives_what_it_comes_to_in_the_patient(dose: str, found: str) -> None:
    """5 mcg/m² at 1.2 m² are 6 mcg/day."""
    text = record(bag(*DAY, dose=dose, number=1), regimen=CHILD, patient="bsa_m2 = 1.2")
    assert told("I808", text) == ([found] if found else [])
    (unknown,) = told("I808", record(bag(*DAY, dose=dose, number=1), regimen=CHILD, patient="weight_kg = 30"))
    assert unknown.startswith("undecided | rr-below-45-kg doses by body surface area, and the patient's is not known")


def test_a_wrong_bag_that_hangs_is_to_be_taken_down() -> None:
    high, low = (bag("03-04T10:00", dose=f"{dose} mcg/day", number=2) for dose in ("28", "3"))
    assert told("I808", record(high)) == [hangs("28", "19 mcg too much", OVERDOSE)]
    assert told("I808", record(low)) == [hangs("3", "6 mcg too little", LOOK)]
    assert told("I808", record(bag("03-04T10:00", number=2))) == []
    assert told("I808", record()) == ["not applicable | the record has no bags"]


def test_a_bag_where_nothing_is_ordered_has_a_wrong_time_or_something_is_missing() -> None:
    belongs = "correct its time, or add the start of the cycle or the restart that it belongs to; or"
    where = " where none is ordered, as the infusion of the cycle had ended"
    in_interval = bag("03-31T10:00", dose="28 mcg/day")
    assert told("I808", record(in_interval)) == [hangs("28", "28 mcg too much", f"{belongs} {OVERDOSE}", where)]


def test_a_bag_that_follows_another_too_late_or_hangs_too_long_gave_less() -> None:
    """9 mcg/day are 0.331 mcg in 53 minutes, and 0.419 in 67."""
    late = [bag("03-03T10:00", "03-04T09:07", number=1), bag("03-04T10:00", number=2)]
    none = "for 53 min before this bag none hung, and the infusion is not said to have stopped: ≈ 0.331 mcg were not"
    add = "add an [[interruption]] with its cause, or the bag that hung"
    long = bag("03-03T10:00", "03-04T11:07", number=1)
    made = "for 1 h 7 min this bag hung beyond what it was made for: ≈ 0.419 mcg are not counted as given"
    fill = "correct the times, or add `fill_ml`: how many mL were in it"
    for regimen in ("rr-adult", HONG_KONG):  # whatever a label says of an overdose
        assert told("I808", record(*late, regimen=regimen)) == [f"error at bag.1.hung | {none} given | {add}"]
        assert limits("I808", record(*late, regimen=regimen)) == [()]
        assert told("I808", record(long, regimen=regimen)) == [f"error at bag.0.taken_down | {made} | {fill}"]
        assert limits("I808", record(long, regimen=regimen)) == [()]
    assert told("I808", record(bag("03-03T10:00", "03-04T10:00", number=1), late[1])) == []


def test_a_bag_that_was_empty_gave_nothing_more() -> None:
    """240 mL at 10 mL/h are empty after 24 hours; 3 hours of 9 mcg/day are 1.125 mcg."""
    filled = "fill_ml = 240\nrate_ml_per_hour = 10\n"
    long = record(bag("03-03T10:00", "03-04T13:00", number=1, more=filled))
    empty = "for 3 h this bag hung empty: 1.125 mcg were not given"
    assert told("I808", long) == [
        f"error at bag.0.taken_down | {empty} | correct the times, or what was in it (`fill_ml`)"
    ]


def test_bags_of_a_record_that_does_not_fit_are_not_judged() -> None:
    wrong = record(bag(*DAY), stop("technical", at="04-01T10:00", again="04-02T10:00"))
    assert told("I808", wrong) == ["blocked | the record does not fit its regimen, which comes first (I804)"]


# --- I809: preservative -----------------------------------------------------------------------------------------------


def preserved(weight: str, least: str = "5.4", hours: int = 96) -> str:
    message = (
        f"a bag for {hours} hours hung on a patient of {weight} kg; it holds a preservative, and such bags are not"
    )
    advice = "take it down where it hangs, tell the treating physician, and hang bags without preservative"
    return f"error at bag.0.hours | {message} for patients below {least} kg | {advice}"


def ward(more: str = "", of: str = "{ hours = 24 }") -> Site:
    return site_in(f'site = 1\nname = "Ward 7"\n{more}\nbag = [{of}]')


def infant(weight: str, *parts: str, hours: int = 96) -> str:
    figures = f"weight_kg = {weight}\nbsa_m2 = 0.3"
    return record(bag("03-12T10:00", dose="15 mcg/m2/day", hours=hours), *parts, regimen=CHILD, patient=figures)


@pytest.mark.parametrize(
    ("own", "weight", "found"),
    [
        (None, "5.4", ""),
        (None, "5.39", preserved("5.39")),
        (None, "5.12345", preserved("≈ 5.123")),
        ("22", "5.39", preserved("5.39", "22")),
        ("22", "21.9", preserved("21.9", "22")),
        ("22", "22", ""),
        ("0.5", "5.39", preserved("5.39")),
        ("0.5", "5.4", ""),
    ],
)
def test_the_stricter_weight_of_label_and_ward_holds(own: str | None, weight: str, found: str) -> None:
    site = ward() if own is None else ward(f"preservative_from_kg = {own}")
    assert told("I809", infant(weight), site=site) == ([found] if found else [])
    if own is None:
        assert told("I809", infant(weight)) == ([found] if found else [])


@pytest.mark.parametrize(("hours", "found"), [(24, []), (48, []), (60, []), (72, [72]), (96, [96]), (168, [168])])
def test_the_label_s_bags_of_three_days_and_longer_hold_a_preservative(hours: int, found: list[int]) -> None:
    assert told("I809", infant("5", hours=hours)) == [preserved("5", hours=length) for length in found]


AREA = "bsa_m2 = 0.31"


@pytest.mark.parametrize(
    ("start", "parts", "found"),
    [
        ("5.2", (measured("03-11", "weight_kg = 5.5", AREA),), ""),
        ("5.2", (measured("03-12", "weight_kg = 5.5", AREA),), ""),
        ("5.2", (measured("03-13", "weight_kg = 5.5", AREA),), "5.2"),
        ("5.2", (measured("03-05", "weight_kg = 5.3", AREA), measured("03-10", "weight_kg = 5.6", AREA)), ""),
        ("5.2", (measured("03-05", "weight_kg = 5.6", AREA), measured("03-10", "weight_kg = 5.3", AREA)), "5.3"),
        ("5.2", (measured("03-05", "weight_kg = 5.6", AREA), measured("03-10", "height_cm = 60", AREA)), ""),
        ("5.2", (measured("03-10", "height_cm = 60", AREA),), "5.2"),
    ],
)
def test_the_last_weight_before_the_bag_was_hung_decides(start: str, parts: tuple[str, ...], found: str) -> None:
    """It was hung on 12 March; who was weighed that day is known then."""
    assert told("I809", infant(start, *parts)) == ([preserved(found)] if found else [])


def test_without_bags_or_weight_nothing_is_passed() -> None:
    assert told("I809", record()) == ["not applicable | no bags are on record"]
    unknown = record(bag("03-12T10:00", hours=96), regimen=CHILD, patient="bsa_m2 = 0.3")
    assert told("I809", unknown) == ["undecided | the weight is not on record, and a bag with preservative hung"]
    assert told("I809", unknown.replace("hours = 96", "hours = 48")) == []


# --- I812: in-use time ------------------------------------------------------------------------------------------------


def expired(over: str, limit: str = "48", since: str = "hung", at: str = "0.taken_down", name: str = "this bag") -> str:
    message = f"{name} ran until {over} after its in-use time was over, which is {limit} h from when it was {since}"
    advice = "take it down where it hangs, tell the treating physician, and hang a new bag before the time is over"
    return f"error at bag.{at} | {message} | {advice}"


LENGTHS = "{ hours = 24, in_use_hours = 30 }, { hours = 96, in_use_hours = 100 }"
ROOM, WARM, COLD = ward(of=LENGTHS), ward('kept = "room-temperature"', LENGTHS), ward('kept = "refrigerated"', LENGTHS)
LONGER = ward(of="{ hours = 24, in_use_hours = 60 }")
UNKNOWN = "undecided | whether a bag was kept cold before it was hung is not known (`kept`, --site)"
NO_TIME = "not applicable | no bags are on record for which the label has an in-use time"


@pytest.mark.parametrize(
    ("site", "down", "prepared", "hours", "found"),
    [
        (None, "03-06T10:00", "", 24, ""),
        (None, "03-06T10:01", "", 24, expired("1 min")),
        (ROOM, "03-05T16:00", "", 24, ""),
        (ROOM, "03-05T16:01", "", 24, expired("1 min", "30")),
        (LONGER, "03-06T10:00", "", 24, ""),
        (LONGER, "03-06T10:01", "", 24, expired("1 min")),
        (None, "03-08T16:00", "", 96, NO_TIME),
        (ROOM, "03-08T14:00", "", 96, ""),
        (ROOM, "03-08T14:01", "", 96, expired("1 min", "100")),
        # At room temperature the time runs from preparation, in the cold from when it was hung.
        (ROOM, "03-05T12:00", "04T06:00", 24, ""),
        (ROOM, "03-05T12:00", "04T05:59", 24, expired("1 min", "30", "prepared")),
        (WARM, "03-05T12:00", "04T05:59", 24, expired("1 min", "30", "prepared")),
        (COLD, "03-05T12:00", "04T05:59", 24, ""),
        (COLD, "03-05T16:01", "04T05:59", 24, expired("1 min", "30")),
        # Without a ward nobody knows how it was kept.
        (None, "03-05T12:00", "03T12:00", 24, ""),
        (None, "03-05T12:00", "03T11:59", 24, UNKNOWN),
        (None, "03-06T10:01", "03T11:59", 24, expired("1 min")),
        (WARM, "03-05T12:00", "03T12:00", 96, ""),
        (None, "03-05T12:00", "01T12:00", 96, NO_TIME),
    ],
)
def test_a_bag_is_used_no_longer_than_label_and_ward_allow(
    site: Site | None, down: str, prepared: str, hours: int, found: str
) -> None:
    more = f"prepared = 2026-03-{prepared}:00Z\n" if prepared else ""
    text = record(bag("03-04T10:00", down, hours=hours, more=more))
    assert told("I812", text, site=site) == ([found] if found else [])


def test_one_bag_of_which_it_is_not_known_how_it_was_kept_is_enough() -> None:
    kept = "prepared = 2026-03-{}:00Z\n"
    old = bag("03-04T10:00", "03-05T12:00", more=kept.format("03T11:59"))
    new = bag("03-05T12:00", "03-06T12:00", more=kept.format("05T11:00"))
    assert told("I812", record(old, new)) == [UNKNOWN]
    assert told("I812", record(old, new), site=LONGER) == [expired("1 min", since="prepared")]


def test_a_ward_s_own_time_holds_where_the_label_has_none() -> None:
    text = record(bag("03-04T10:00", "03-05T16:01"), regimen=HONG_KONG)
    assert told("I812", text, site=ROOM) == [expired("1 min", "30")]
    assert limits("I812", text, site=ROOM) == [()]
    assert told("I812", text) == [NO_TIME]
    assert limits("I812", record(bag("03-04T10:00", "03-05T16:01")), site=ROOM) == [("in_use",)]


def same(at: str, again: str) -> str:
    return stop("technical", "premedicated = true", "same_bag = true", at=at, again=again)


LONG = bag("03-04T10:00", hours=48)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ((LONG,), ""),
        ((same("03-05T10:00", "03-06T10:00"), LONG), ""),
        ((same("03-05T10:00", "03-06T10:01"), LONG), expired("1 min", at="0.hung")),
        # The last time that it went on counts, whichever is written first.
        (
            (same("03-05T10:00", "03-05T12:00"), same("03-06T08:00", "03-06T10:01"), LONG),
            expired("1 min", at="0.hung"),
        ),
        # Another bag went on, and what was before this one was hung is no matter.
        (
            (
                stop("technical", "premedicated = true", again="03-06T12:00"),
                bag("03-04T10:00", "03-05T10:00", hours=48),
                bag("03-06T12:00", hours=48),
            ),
            "",
        ),
        ((same("03-03T10:00", "03-04T10:00"), bag("03-04T10:00", hours=48)), ""),
        ((stop("technical", "premedicated = true", again="03-06T10:01"), LONG), ""),
        ((stop("technical", again=""), LONG), ""),
        (
            (
                same("03-05T10:00", "03-06T11:00"),
                bag("03-04T10:00", "03-05T10:00", number=4, hours=48),
                bag("03-06T11:00", number=4, hours=48),
            ),
            expired("1 h", at="1.hung", name="bag 4"),
        ),
        # Other bags hung before it: those without a number are each a bag of its own.
        ((bag("03-02T10:00", "03-03T10:00"), bag("03-03T10:00", "03-04T10:00"), bag("03-04T10:00")), ""),
        (
            (
                bag("03-02T10:00", "03-03T10:00", number=1),
                bag("03-03T10:00", "03-04T10:00", number=2),
                bag("03-04T10:00", "03-05T10:00", number=3),
                bag("03-05T10:00", number=4),
            ),
            "",
        ),
        ((bag("03-02T10:00", "03-03T10:00", number=1), bag("03-03T10:00", "03-05T10:00", hours=48)), ""),
    ],
)
def test_the_same_bag_that_goes_on_is_as_old_as_it_was(parts: tuple[str, ...], found: str) -> None:
    assert told("I812", record(*parts)) == ([found] if found else [])


def test_the_longest_use_is_that_of_the_stop_with_the_latest_restart() -> None:
    early, late = same("03-05T10:00", "03-05T12:00"), same("03-06T08:00", "03-06T09:00")
    assert told("I812", record(early, late, LONG)) == []
    only_first = stop("technical", "premedicated = true", at="03-06T08:00", again="03-06T12:00")
    assert told("I812", record(early, only_first, LONG + "taken_down = 2026-03-06T08:00:00Z\n")) == []
