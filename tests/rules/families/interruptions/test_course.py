"""I807, I810, I811, I813, word for word: starts of cycles, figures of the patient, closed days, and wards on record."""

import pytest

from blinplan.regimen.site.site import Site
from tests.read_text import site_in
from tests.rules.families.interruptions.records import CHILD, HONG_KONG, limits, measured, record, stop, told

PLACE = '[[place]]\nsince = 2026-03-20T10:00:00Z\nsite = "nowhere.toml"\n'
TWO_AREAS = "weight_kg = 70\nheight_cm = 170\nbsa_m2 = 1.4"
DIFFER = (
    "body surface area is 1.4 m², and weight and height give ≈ 1.818 m² by Mosteller; they differ by more than 10 %"
)
IN_THE_INTERVAL = stop("technical", at="04-01T10:00", again="04-02T10:00")
DOES_NOT_FIT = "blocked | the record does not fit its regimen, which comes first (I804)"


def ward(more: str = "", of: str = "{ hours = 24 }") -> Site:
    return site_in(f'site = 1\nname = "Ward 7"\n{more}\nbag = [{of}]')


# --- I807: starts -----------------------------------------------------------------------------------------------------


def begun(at: str, cycle: int = 2) -> str:
    return f"[[cycle_start]]\ncycle = {cycle}\nstarted = 2026-{at}:00Z\n"


def planned(at: str, cycle: int = 2) -> str:
    return f"[[planned_start]]\ncycle = {cycle}\nstarts = 2026-{at}:00Z\n"


def began(lasts: str, than: str, cycle: int = 2, number: int = 0) -> str:
    advice = "have the treating physician look at it; the plan goes on from this start"
    return f"warning at cycle_start.{number}.started | cycle {cycle} began {lasts} {than} | {advice}"


EARLY, LATE, UNPLANNED = (
    "before the cycle and the interval before it had ended",
    "later than it could",
    "later than was planned",
)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ((begun("04-13T10:00"),), ""),
        ((begun("04-13T09:59"),), began("1 min", EARLY)),
        ((begun("04-11T10:00"),), began("2 d", EARLY)),
        ((begun("04-14T09:59"),), ""),
        ((begun("04-14T10:00"),), began("1 d", LATE)),
        ((begun("05-04T11:30"),), began("21 d 1 h 30 min", LATE)),
        ((begun("05-05T09:59"), planned("05-04T10:00")), ""),
        ((begun("05-05T10:00"), planned("05-04T10:00")), began("1 d", UNPLANNED)),
        ((begun("05-01T10:00"), planned("05-04T10:00")), ""),
        # It could not begin on the day for which it was planned.
        ((begun("04-20T10:00"), planned("03-15T10:00")), began("7 d", LATE)),
        ((begun("04-20T10:00"), planned("04-13T10:00")), began("7 d", LATE)),
        ((begun("04-20T10:00"), planned("04-14T10:00")), began("6 d", UNPLANNED)),
        ((begun("04-13T10:00"), begun("05-27T10:00", 3)), began("2 d", LATE, 3, 1)),
        ((begun("04-20T10:00"), planned("04-20T10:00", 3)), began("7 d", LATE)),
    ],
)
def test_a_cycle_begins_when_it_can_or_was_planned_to(parts: tuple[str, ...], found: str) -> None:
    """Cycle 2 can begin on 13 April at ten: 28 days of infusion and 14 without. A day later is late."""
    assert told("I807", record(*parts)) == ([found] if found else [])


def test_without_a_later_start_or_a_record_that_fits_nothing_is_said_of_starts() -> None:
    assert told("I807", record()) == ["not applicable | the record has no start of a later cycle"]
    assert told("I807", record(begun("04-13T10:00"), IN_THE_INTERVAL)) == [DOES_NOT_FIT]
    assert told("I807", record(begun("04-13T10:00"), patient=TWO_AREAS)) == [f"undecided | {DIFFER}"]


# --- I810: figures ----------------------------------------------------------------------------------------------------


def sudden(weight: str, before: str, more: str = "", number: int = 0, day: str = "2026-04-10") -> str:
    message = f"the weight is {weight} kg on {day}, and was {before} kg before{more}"
    advice = "weigh the patient again, and correct the weight where it is a slip"
    return f"warning at measured.{number}.weight_kg | {message} | {advice}"


def pounds(weight: str, kilograms: str) -> str:
    return f"; {weight} lb would be about {kilograms} kg"


@pytest.mark.parametrize(
    ("before", "weight", "found"),
    [
        ("60", "75", ""),
        ("60", "75.0004", sudden("≈ 75", "60")),
        ("60", "45", ""),
        ("60.12345", "44.98765", sudden("≈ 44.988", "≈ 60.123")),
        # 99.2 lb are 44.996 kg, more than a quarter below 60 kg, and 99.3 lb are 45.042 kg.
        ("60", "99.2", sudden("99.2", "60")),
        ("60", "99.3", sudden("99.3", "60", pounds("99.3", "45"))),
        ("50", "110.23456", sudden("≈ 110.235", "50", pounds("≈ 110.235", "50"))),
        ("45.359237", "75", sudden("75", "≈ 45.359", pounds("75", "34"))),  # which are a quarter less exactly
        ("50", "100.5", sudden("100.5", "50", pounds("100.5", "45.6"))),
    ],
)
def test_nobody_gains_or_loses_more_than_a_quarter(before: str, weight: str, found: str) -> None:
    """A pound is 0.45359237 kg: what would be as much in pounds may be a slip of the unit."""
    patient = f"weight_kg = {before}\nheight_cm = 170"
    text = record(measured("04-10", f"weight_kg = {weight}"), patient=patient)
    assert told("I810", text) == ([found] if found else [])


def test_a_weight_is_laid_beside_the_last_that_is_known() -> None:
    """No weight at the start is none to lay the first beside; a height between two weights changes nothing."""
    first, then = measured("04-10", "weight_kg = 75"), measured("04-12", "weight_kg = 95")
    between = measured("04-11", "height_cm = 171")
    none = record(first, then, patient="height_cm = 170")
    assert told("I810", none) == [sudden("95", "75", number=1, day="2026-04-12")]
    assert told("I810", record(first, between, then, patient="height_cm = 170")) == [
        sudden("95", "75", number=2, day="2026-04-12")
    ]
    assert told("I810", record(patient="weight_kg = 60")) == [
        "not applicable | no figures of the patient were taken after the start"
    ]
    assert told("I810", record(first, IN_THE_INTERVAL, patient="weight_kg = 60\nheight_cm = 170")) == []


INDEX = "if the figures are right, confirm them with the body surface area that they make"


@pytest.mark.parametrize(
    ("figure", "place", "why"),
    [
        (
            *("weight_kg = 132", "weight_kg"),
            f"132 kg at 160 cm is a body mass index of 51.6 kg/m²; 132 lb would be about 59.9 kg; {INDEX}, 2.42 m²",
        ),
        (
            *("height_cm = 100", "height_cm"),
            f"61 kg at 100 cm is a body mass index of 61.0 kg/m²; 61 lb would be about 27.7 kg; {INDEX}, 1.30 m²",
        ),
        (
            *("bsa_m2 = 0.9", "bsa_m2"),
            "body surface area is 0.9 m², and weight and height give ≈ 1.647 m² by Mosteller; they differ by more than"
            " 10 %",
        ),
    ],
)
def test_figures_that_no_body_has_are_told_once_and_at_the_figure(figure: str, place: str, why: str) -> None:
    taken = measured("04-04", "height_cm = 160"), measured("04-05", "weight_kg = 61"), measured("04-10", figure)
    text = record(*taken, patient="weight_kg = 60\nheight_cm = 160")
    assert told("I810", text) == [f"error at measured.2.{place} | {why} | correct the figures of the patient"]


def test_a_patient_whom_no_regimen_is_for_any_more_is_told_at_what_was_measured() -> None:
    """rr-2014 is for 45 kg and over, and names no other."""
    figures = (
        measured("03-20", "height_cm = 160"),
        measured("04-10", "weight_kg = 44"),
        measured("05-02", "weight_kg = 46"),
    )
    found = told("I810", record(*figures, regimen="rr-2014", patient="weight_kg = 50\nheight_cm = 160"))
    assert [line.split(" | ")[0] for line in found] == ["error at measured.1.weight_kg"]
    assert "44 kg" in found[0]
    assert found[0].endswith(" | correct the figures, or have the treating physician decide how the course goes on")


# --- I811 and I813: wards ---------------------------------------------------------------------------------------------

HOLIDAY = "holidays = [2026-04-20]"
MET = (
    "warning at start | cycle 2 needs a new bag when none is changed: Mon 2026-04-20 10:00, a holiday, on which Ward 7"
    " changes no bags | begin on another day, prepare a bag that lasts over these days, or open them; `blinplan plan`"
    " shows each | cycle 2 from 2026-03-02T10:00: Mon 2026-04-20 10:00, a holiday, on which Ward 7 changes no bags"
)
UNREAD = "undecided | a site profile that [[place]] names cannot be read"


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("", MET),
        ('time_zone = "UTC"', MET),
        (
            'time_zone = "Europe/Berlin"',
            "undecided | the time zone of the record is UTC, and that of the site Europe/Berlin: on which days bags are"
            " changed is not known",
        ),
    ],
)
def test_the_days_of_a_record_are_those_of_its_ward(zone: str, found: str) -> None:
    patient = "weight_kg = 60"
    assert told("I811", record(patient=patient), site=ward(f"{HOLIDAY}\n{zone}")) == [found]


def test_what_is_not_known_of_a_ward_or_a_patient_passes_nothing() -> None:
    site = ward(HOLIDAY)
    no_site = "not applicable | no site profile was given (--site)"
    by_area = record(regimen=CHILD, patient="weight_kg = 30")
    assert told("I811", record()) == [no_site]
    assert told("I813", record()) == [no_site]
    assert told("I811", record(PLACE), site=site) == [UNREAD]
    assert told("I813", record(PLACE), site=site) == [f"{UNREAD}: nowhere.toml"]
    assert told("I813", record(PLACE)) == [f"{UNREAD}: nowhere.toml"]
    assert told("I811", record(IN_THE_INTERVAL), site=site) == [DOES_NOT_FIT]
    assert told("I811", by_area, site=site) == [
        "undecided | rr-below-45-kg doses by body surface area, and the patient's is not known: give weight and height,"
        " or the area itself"
    ]


def test_a_ward_is_as_strict_as_the_label_and_fills_what_it_infuses() -> None:
    site = ward(of="{ hours = 24, fill_ml = 276, rate_ml_per_hour = 12 }")
    stricter = "error at regimen | Ward 7: a bag for 1 d runs at 12 mL/h; the label says 10 mL/h | be as strict as the"
    filled = "error at regimen | Ward 7: a bag for 1 d is filled with less than the pump infuses at its rate"
    advice = "correct `fill_ml`, which has the priming volume in it"
    assert told("I813", record(), site=site) == [f"{stricter} label, or stricter", f"{filled} | {advice}"]
    assert limits("I813", record(), site=site) == [("in_use", "refrigerated")] * 2
    assert told("I813", record(regimen=HONG_KONG), site=site) == [f"{filled} | {advice}"]
    assert limits("I813", record(regimen=HONG_KONG), site=site) == [()]
    assert told("I813", record(), site=ward()) == []
