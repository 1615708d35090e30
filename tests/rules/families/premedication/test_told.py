"""C605: what is told of premedication: words, numbers, place and order, at the limit and a step beside it.

In relapsed disease the US label gives adults dexamethasone 20 mg, and children 5 mg/m², at most 20 mg, 60 minutes
before; in MRD adults get prednisone 100 mg or dexamethasone 16 mg, in consolidation dexamethasone 20 mg within 60
minutes. The Hong Kong label gives children two doses before the first start: 10 mg/m², at most 20 mg, 12 to 6 hours
before, and 5 mg/m² within 30 minutes before.
"""

from collections.abc import Iterable
from fractions import Fraction

import pytest

from tests.regimen_text import judgement_of_lines
from tests.rules.families.examples import Told, not_told_of, told_of

STATED = 'departure = { reason = "Protocol 7", source = "none" }'
ADULTS = "[eligibility]\nmin_weight_kg = 45\nmin_age_years = 18\n\n"
BELOW_18 = "[eligibility]\nmin_weight_kg = 45\nbelow_age_years = 18\n\n"
BELOW_45 = "[eligibility]\nbelow_weight_kg = 45\nbelow_age_years = 18\n\n"
RELAPSED, MRD, CONSOLIDATION, STUDY = (
    f'indication = "{one}"\n\n' for one in ("relapsed-refractory", "mrd-positive", "consolidation", "investigational")
)
FROM_ADULT = STUDY.replace("\n\n", '\ndeparts_from = "rr-adult"\n\n')
FROM_E1910, FROM_INFANTS, FROM_FIRST_RELAPSE, FROM_GOLDEN_GATE = (
    FROM_ADULT.replace("rr-adult", base)
    for base in ("e1910", "study-20120215", "hk-first-relapse", "golden-gate-run-in")
)
IN_HONG_KONG = '\nlabel = "hk-2026"\n\n'
TWO_CYCLES = (
    '[[cycle]]\nname = "Cycle 1"\nsteps = [{ dose = "9 mcg/day", days = 7 }, { dose = "28 mcg/day", days = 21 }]\n'
    'treatment_free_days = 14\n\n[[cycle]]\nname = "Cycle 2"\nsteps = [{ dose = "28 mcg/day", days = 28 }]\n'
    "treatment_free_days = 14\n"
)
BY_AREA = (
    '[[cycle]]\nname = "Cycle 1"\nsteps = [{ dose = "5 mcg/m2/day", max = "9 mcg/day", days = 7 },'
    ' { dose = "15 mcg/m2/day", max = "28 mcg/day", days = 21 }]\ntreatment_free_days = 14\n'
)
ALL = "cycle-start escalation restart"
WAIVE = "or waive this rule with the reason"


def given(
    dose: str = "20 mg",
    before: str = ALL,
    *,
    drug: str = "dexamethasone",
    patients: str = "",
    most: str = "",
    minutes: int | None = None,
    latest: int | None = None,
    stated: bool = False,
) -> str:
    """A table of premedication."""
    occasions = ", ".join(f'"{one}"' for one in before.split())
    keys = [f'drug = "{drug}"', f'dose = "{dose}"', f"before = [{occasions}]"]
    keys += [f'max = "{most}"'] if most else []
    keys += [f'patients = "{patients}"'] if patients else []
    keys += [] if minutes is None else [f"minutes_before = {minutes}"]
    keys += [] if latest is None else [f"latest_minutes_before = {latest}"]
    return "\n".join(["[[premedication]]", *keys, *([STATED] if stated else []), "\n"])


def told(head: str, *tables: str, cycles: str = TWO_CYCLES, code: str = "C605") -> list[Told]:
    """What C605 tells of a regimen with this premedication."""
    return told_of(judgement_of_lines(head + "".join(tables) + cycles), code)


def at(
    number: int,
    key: str,
    mark: str,
    severity: str,
    message: str,
    advice: str,
    *more: str,
) -> Told:
    """What is told of a difference at a key of a premedication."""
    limits = ("premedication", "far_from_label", *more)
    return Told(f"premedication.{number}.{key}", mark, severity, message, advice, limits)


OF_ADULTS = "the label's for adults is"


# --- the drug ---------------------------------------------------------------------------------------------------------

EQUAL = {
    "betamethasone": "0.75",
    "methylprednisolone": "4",
    "triamcinolone": "4",
    "prednisone": "5",
    "prednisolone": "5",
    "deflazacort": "6",
    "hydrocortisone": "20",
    "cortisone": "25",
}
"""As many mg of each are as strong as 0.75 mg of dexamethasone."""


@pytest.mark.holds("C605")
@pytest.mark.parametrize("drug", EQUAL)
@pytest.mark.parametrize(("times", "gross"), [("0.3", True), ("0.36", False), ("3", False), ("3.03", True)])
def test_another_corticosteroid_is_told_with_how_strong_it_is_where_that_is_far_off(
    drug: str, times: str, gross: bool
) -> None:
    """Three times the label's 20 mg of dexamethasone, or a third of it, by what is as strong."""
    amount = float(Fraction(times) * 20 / Fraction("0.75") * Fraction(EQUAL[drug]))
    strong = f", {times} times as strong" if gross else ""
    unseen = f" (that value, {EQUAL[drug]} mg and 0.75 mg, is unverified; this is far beyond it)" if gross else ""
    expected = at(
        0,
        "drug",
        f'"{drug}"',
        "error" if gross else "warning",
        f"the premedication is {drug} {amount:,g} mg{strong}; {OF_ADULTS} dexamethasone 20 mg{unseen}",
        f'write `drug = "dexamethasone"` and `dose = "20 mg"`, {WAIVE}',
        *((f"equal_dose_{drug}", "equal_dose_dexamethasone") if gross else ()),
    )
    assert told(RELAPSED + ADULTS, given(f"{amount:g} mg", drug=drug)) == [expected]


@pytest.mark.holds("C605")
def test_how_strong_it_is_is_told_in_hundredths() -> None:
    ((_, _, _, message, *_),) = told(RELAPSED + ADULTS, given("321 mg", drug="methylprednisolone"))
    assert "methylprednisolone 321 mg, ≈ 3.01 times as strong;" in message  # 321 · 0.75 / 4 / 20 = 3.0094


@pytest.mark.holds("C605")
@pytest.mark.parametrize(("dose", "strong"), [("60 mg", ""), ("61 mg", ", 3.05 times as strong")])
def test_a_corticosteroid_without_a_name_is_taken_for_the_label_s(dose: str, strong: str) -> None:
    message = f"the premedication is a corticosteroid {dose}{strong}; {OF_ADULTS} dexamethasone 20 mg"
    advice = f'write `drug = "dexamethasone"` and `dose = "20 mg"`, {WAIVE}'
    expected = at(0, "drug", '"a corticosteroid"', "error" if strong else "warning", message, advice)
    assert told(RELAPSED + ADULTS, given(dose, drug="a corticosteroid")) == [expected]


def slip(number: int, drug: str, name: str, whose: str = "") -> Told:
    message = f"the premedication{whose} is {drug}, which is read as {name}"
    return at(number, "drug", f'"{drug}"', "warning", message, f'write `drug = "{name}"`')


def other_dose(number: int, dose: str, severity: str, label: str = "20 mg", **said: str) -> Told:
    """Another dose of the label's drug; what of the label is said is its own dose, with a cap or in a patient."""
    drug, whose = said.get("drug", "dexamethasone"), said.get("whose", "")
    whose_label = "the label's is" if whose else OF_ADULTS
    message = f"the dose of {drug}{whose} is {dose}; {whose_label} {said.get('stated', label)}"
    advice = f"write {said.get('keys', f'`dose = {chr(34)}{label}{chr(34)}`')}, {WAIVE}"
    return at(number, "dose", f'"{dose.replace("²", "2")}"', severity, message, advice)


def unclear(number: int, drug: str, words: str) -> Told:
    message = (
        f'the premedication is "{drug}", which is not the name of one drug ("{words}" is not known here);'
        f" {OF_ADULTS} dexamethasone 20 mg"
    )
    advice = (
        'write which drug is meant, with its name alone: `drug = "dexamethasone"`; another drug has its own'
        " [[premedication]]"
    )
    return at(number, "drug", f'"{drug}"', "error", message, advice)


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("drug", "dose", "expected"),
    [
        ("dexamethsone", "20 mg", [slip(0, "dexamethsone", "dexamethasone")]),
        (
            "dexamethsone",
            "24 mg",
            [slip(0, "dexamethsone", "dexamethasone"), other_dose(0, "24 mg", "warning")],
        ),
        ("no dexamethasone", "20 mg", [unclear(0, "no dexamethasone", "no")]),
        ("dexamethasone 0.1 % eye drops", "2 mg", [unclear(0, "dexamethasone 0.1 % eye drops", "eye drops")]),
        ("Dexamethason i.v.", "20 mg", []),
    ],
)
def test_a_name_that_is_not_written_as_one_is_told_with_what_stands_beside_it(
    drug: str, dose: str, expected: list[Told]
) -> None:
    assert told(RELAPSED + ADULTS, given(dose, drug=drug)) == expected


@pytest.mark.holds("C605")
def test_what_is_no_corticosteroid_is_told_once_and_not_beside_one() -> None:
    fever, pain = given("500 mg", drug="paracetamol"), given("400 mg", drug="ibuprofen")
    (finding,) = told(RELAPSED + ADULTS, fever, pain)
    assert finding == Told(
        "premedication.0.drug",
        '"paracetamol"',
        "error",
        f"the premedication is paracetamol, which is known here as no corticosteroid; {OF_ADULTS} dexamethasone 20 mg",
        'write `drug = "dexamethasone"`, or the name of the substance where this is a brand of it',
        ("premedication",),
    )
    assert told(RELAPSED + ADULTS, fever, given()) == []
    of_children = given("500 mg", drug="paracetamol", patients="children")
    (finding,) = told(RELAPSED, given(patients="adults"), of_children)
    assert finding.place == "premedication.1.drug"
    assert finding.message == (
        "the premedication of children is paracetamol, which is known here as no corticosteroid; the label's is"
        " dexamethasone 5 mg/m² (at most 20 mg)"
    )


# --- the dose and the cap ---------------------------------------------------------------------------------------------


def to_children(dose: str, most: str = "") -> str:
    """A dose on the occasions on which the label gives it to children."""
    return given(dose, "first-start escalation first-cycle-restart", most=most, patients="children")


PER_AREA = {
    "whose": " of children",
    "stated": "5 mg/m² (at most 20 mg)",
    "keys": '`dose = "5 mg/m2"` and `max = "20 mg"`',
}


def in_a_patient(times: str, area: str) -> str:
    return f", so it is {times} times that in a patient of {area} m²"


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("dose", "most", "times", "area", "severity"),
    [
        # 45 kg at the greatest body mass index, 45, are 100 cm: a surface of √(100 · 45 / 3600) = 1.12 m²
        ("5 mg/m²", "", "≈ 0.3", "1.1", "error"),  # 5.6 mg for 20
        ("5 mg/m²", "10 mg", "≈ 0.3", "1.1", "error"),
        ("30 mg/m²", "", "4.5", "3", "error"),  # 90 mg for 20 in the largest, 3 m²
        ("30 mg/m²", "26 mg", "1.3", "1.1", "warning"),  # in all of them, of which the smallest is told
        ("10 mg/m²", "20 mg", "≈ 0.6", "1.1", "error"),  # 11.2 mg
        ("13 mg/m²", "20 mg", "≈ 0.7", "1.1", "warning"),  # 14.5 mg
    ],
)
def test_a_dose_by_area_for_a_flat_one_is_told_in_the_patient_in_whom_it_is_furthest_off(
    dose: str, most: str, times: str, area: str, severity: str
) -> None:
    stated = f"20 mg{in_a_patient(times, area)}"
    (finding,) = told(RELAPSED + ADULTS, given(dose.replace("²", "2"), most=most))
    assert finding == other_dose(0, dose, severity, stated=stated)


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("dose", "times", "area", "severity"),
    [
        # below 45 kg from 0.2 m² on, at whom the label's dose is 1 mg, to 1.67 m², at whom it is 8.4 mg
        ("1 mg", "≈ 0.1", "1.7", "error"),
        ("2 mg", "≈ 0.2", "1.7", "error"),
        ("3 mg", "3", "0.2", "error"),
        ("7 mg", "7", "0.2", "error"),
    ],
)
def test_a_flat_dose_for_one_by_area_is_told_in_the_patient_in_whom_it_is_furthest_off(
    dose: str, times: str, area: str, severity: str
) -> None:
    stated = f"5 mg/m² (at most 20 mg){in_a_patient(times, area)}"
    tables = given(patients="adults"), to_children(dose)
    head = RELAPSED + "[eligibility]\nbelow_weight_kg = 45\n\n"
    found = [one for one in told(head, *tables, cycles=BY_AREA) if one.place.startswith("premedication.1")]
    assert found == [other_dose(1, dose, severity, **{**PER_AREA, "stated": stated})]


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("dose", "most", "expected"),
    [
        ("5 mg/m2", "20 mg", None),
        ("5 mg/m2", "", ("dose", '"5 mg/m2"', "warning", "has no cap; the label's is 20 mg", 'add `max = "20 mg"`')),
        ("5 mg/m2", "30 mg", ("max", '"30 mg"', "warning", "30 mg", "")),
        ("5 mg/m2", "30.1 mg", ("max", '"30.1 mg"', "error", "30.1 mg", "")),
        ("5 mg/m2", "13.4 mg", ("max", '"13.4 mg"', "warning", "13.4 mg", "")),
        ("5 mg/m2", "13.3 mg", ("max", '"13.3 mg"', "error", "13.3 mg", "")),
    ],
)
def test_another_cap_is_told_where_it_stands(
    dose: str, most: str, expected: tuple[str, str, str, str, str] | None
) -> None:
    found = told(RELAPSED, given(patients="adults"), to_children(dose, most))
    if expected is None:
        assert found == []
        return
    key, mark, severity, said, advice = expected
    if key == "max":
        message = f"the cap of dexamethasone of children is {said}; the label's is 20 mg"
        assert found == [at(1, "max", mark, severity, message, f'write `max = "20 mg"`, {WAIVE}')]
    else:
        assert found == [at(1, "dose", mark, severity, f"the dose of dexamethasone of children {said}", advice)]


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("factor", "severity"),
    [
        ("3.2", "error"),
        ("3.3", "error"),
        ("3.4", "warning"),
        ("5", "warning"),
        ("7.4", "warning"),
        ("7.5", "warning"),
        ("7.6", "error"),
    ],
)
def test_another_dose_by_area_is_told_by_its_size(factor: str, severity: str) -> None:
    """One and a half times 5 mg/m² are 7.5, and two thirds 3.33."""
    found = told(RELAPSED, given(patients="adults"), to_children(f"{factor} mg/m2", "20 mg"))
    expected = other_dose(1, f"{factor} mg/m²", severity, **PER_AREA)
    assert found == ([] if factor == "5" else [expected])


def in_hong_kong(first: str, second: str, cycles: str = BY_AREA) -> list[Told]:
    """What is told of the two doses that the Hong Kong label gives children."""
    return told(RELAPSED.replace("\n\n", IN_HONG_KONG) + BELOW_45, first, second, cycles=cycles)


def evening(
    dose: str = "10 mg/m2", before: str = "first-start", minutes: int | None = 720, latest: int | None = 360
) -> str:
    return given(dose, before, most="20 mg", minutes=minutes, latest=latest)


def morning(most: str = "", minutes: int = 30, latest: int = 0, before: str = "first-start", dose: int = 5) -> str:
    return given(f"{dose} mg/m2", before, most=most, minutes=minutes, latest=latest)


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("most", "severity"),
    [
        ("1 mg", "error"),
        ("5.5 mg", "error"),
        ("5.6 mg", "warning"),
        ("8.3 mg", "warning"),
        ("8.4 mg", None),
        ("20 mg", None),
    ],
)
def test_a_cap_that_the_label_has_none_of_is_told_where_it_lowers_a_dose(most: str, severity: str | None) -> None:
    """The largest child below 45 kg has 1.672 m², and is given 8.36 mg: of a cap from there on nobody gets less."""
    message = f"the cap of dexamethasone is {most}; the label's dose, 5 mg/m², has none"
    expected = at(1, "max", f'"{most}"', severity or "", message, f"remove `max`, {WAIVE}")
    assert in_hong_kong(evening(), morning(most)) == ([expected] if severity else [])


@pytest.mark.holds("C605")
@pytest.mark.parametrize(("most", "severity"), [("14.9 mg", "warning"), ("15 mg", None), ("16 mg", None)])
def test_of_children_of_any_weight_the_largest_counts(most: str, severity: str | None) -> None:
    """At 3 m² 5 mg/m² are 15 mg."""
    head = RELAPSED.replace("\n\n", IN_HONG_KONG) + "[eligibility]\nbelow_age_years = 18\n\n"
    found = told(head, evening(), morning(most), cycles=BY_AREA)
    assert [(one.place, one.severity) for one in found] == ([("premedication.1.max", severity)] if severity else [])


@pytest.mark.holds("C605")
def test_a_flat_dose_for_children_alone_is_held_to_what_they_are_given() -> None:
    found = told(RELAPSED + BELOW_18, given(before="first-start escalation restart"))
    stated = f"5 mg/m² (at most 20 mg){in_a_patient('≈ 3.6', '1.1')}"  # 20 mg for 5.6
    keys = '`dose = "5 mg/m2"` and `max = "20 mg"`'
    expected = other_dose(0, "20 mg", "error", stated=stated, keys=keys)
    assert found == [expected._replace(message=expected.message.replace("for adults", "for children"))]


# --- the time ---------------------------------------------------------------------------------------------------------


def time(key: str, number: int, mark: str, severity: str, when: str, label: str, advice: str, whose: str = "") -> Told:
    message = f"premedication{whose} is given {when}; the label gives it {label} before"
    return at(number, key, mark, severity, message, f"write {advice}, {WAIVE}")


def hour(key: str, minutes: int, severity: str, when: str = "") -> Told:
    """Another time than 60 minutes before."""
    when = when or f"{minutes} minutes before the infusion"
    return time(key, 0, f"{minutes}", severity, when, "60 minutes", "`minutes_before = 60`")


FIRST, LATEST = "minutes_before", "latest_minutes_before"


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("minutes", "latest", "expected"),
    [
        (None, None, []),
        (60, None, []),
        (60, 60, []),
        (61, None, [hour(FIRST, 61, "warning")]),
        (90, None, [hour(FIRST, 90, "warning")]),
        (91, None, [hour(FIRST, 91, "error")]),
        (120, None, [hour(FIRST, 120, "error", "2 hours before the infusion")]),
        (1440, None, [hour(FIRST, 1440, "error", "24 hours before the infusion")]),
        (59, None, [hour(FIRST, 59, "warning")]),
        (40, None, [hour(FIRST, 40, "warning")]),
        (39, None, [hour(FIRST, 39, "error")]),
        (1, None, [hour(FIRST, 1, "error", "1 minute before the infusion")]),
        (0, None, [hour(FIRST, 0, "error", "when the infusion begins")]),
        (90, 30, [hour(FIRST, 90, "warning"), hour(LATEST, 30, "warning")]),
        (60, 0, [hour(LATEST, 0, "warning", "when the infusion begins")]),
        # a window around the time that is more than an hour and a half wide says nothing
        (150, 60, [hour(FIRST, 150, "warning")]),
        (151, 60, [hour(FIRST, 151, "error")]),
        # and one beside the time is as far off as its end
        (90, 61, [hour(FIRST, 90, "warning")]),
        (91, 61, [hour(FIRST, 91, "error")]),
        (59, 40, [hour(LATEST, 40, "warning")]),
        (59, 39, [hour(LATEST, 39, "error")]),
        (0, 0, [hour(FIRST, 0, "error", "when the infusion begins")]),
    ],
)
def test_another_time_is_told_at_the_end_of_the_window_that_is_off(
    minutes: int | None, latest: int | None, expected: list[Told]
) -> None:
    assert told(RELAPSED + ADULTS, given(minutes=minutes, latest=latest)) == expected


def within(key: str, minutes: int, severity: str, when: str = "") -> Told:
    when = when or f"{minutes} minutes before the infusion"
    return time(key, 0, f"{minutes}", severity, when, "within 60 minutes", f"`{FIRST} = 60` and `{LATEST} = 0`")


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("minutes", "latest", "expected"),
    [
        (60, 0, []),
        (60, None, []),
        (1, None, []),
        (61, None, [within(FIRST, 61, "warning")]),
        (61, 0, [within(FIRST, 61, "warning")]),
        (90, 0, [within(FIRST, 90, "warning")]),
        (91, 0, [within(FIRST, 91, "error")]),
        (91, 90, [within(FIRST, 91, "error")]),
        (0, None, [within(FIRST, 0, "error", "when the infusion begins")]),
    ],
)
def test_within_an_hour_is_any_time_of_it_but_the_start_itself(
    minutes: int, latest: int | None, expected: list[Told]
) -> None:
    assert told(CONSOLIDATION + ADULTS, given(before="cycle-start", minutes=minutes, latest=latest)) == expected


def hours(number: int, key: str, mark: str, severity: str, when: str) -> Told:
    label = "12 to 6 hours" if number == 0 else "within 30 minutes"
    most, least = (720, 360) if number == 0 else (30, 0)
    return time(key, number, mark, severity, when, label, f"`{FIRST} = {most}` and `{LATEST} = {least}`")


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (evening(), morning(), []),
        (evening(minutes=720, latest=720), morning(minutes=1, latest=1), []),
        (evening(minutes=360), morning(minutes=30, latest=30), []),
        (
            evening(minutes=721),
            morning(),
            [hours(0, FIRST, "721", "warning", "721 minutes before the infusion")],
        ),
        (
            evening(latest=359),
            morning(),
            [hours(0, LATEST, "359", "warning", "359 minutes before the infusion")],
        ),
        (
            evening(minutes=None, latest=None),
            morning(),
            [
                hours(
                    0,
                    "before",
                    '["first-start"]',
                    "error",
                    "60 minutes before the infusion, since the file says no other",
                )
            ],
        ),
        (evening(), morning(minutes=31), [hours(1, FIRST, "31", "warning", "31 minutes before the infusion")]),
        (evening(), morning(minutes=46), [hours(1, FIRST, "46", "error", "46 minutes before the infusion")]),
    ],
)
def test_the_times_of_two_doses_are_told_each_beside_its_own(first: str, second: str, expected: list[Told]) -> None:
    assert in_hong_kong(first, second) == expected


# --- several on one occasion ------------------------------------------------------------------------------------------


def some(milligrams: float, minutes: int = 60, before: str = ALL, drug: str = "dexamethasone") -> str:
    """A dose at a time of its own: no two tables of a file say the same."""
    return given(f"{milligrams:g} mg", before, drug=drug, minutes=minutes)


START, STEP, RESTART = "the start of infusion", "a dose step", "a restart"


def together(number: int, mark: str, severity: str, when: str, doses: str, times: str, **more: object) -> Told:
    """What several come to together."""
    one_dose = f'give it as one dose: `dose = "{more.get("label", "20 mg")}"`, once on each occasion'
    too_much = "leave out what is too much: the label gives one of them, once on each occasion"
    label, unseen = more.get("drugs", "dexamethasone 20 mg"), more.get("unseen", "")
    message = f"the premedication before {when} is {doses}, together {times}; {OF_ADULTS} {label}{unseen}"
    names = ("equal_dose_prednisone", "equal_dose_dexamethasone") if unseen else ()
    advice = one_dose if more.get("one") else too_much
    return at(number, "dose", f'"{mark}"', severity, message, advice, *names)


def doses(*milligrams: float) -> str:
    return " and ".join(f"dexamethasone {one:g} mg" for one in milligrams)


TIMES = "times the label's dose"


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        # the label's dose, and one besides: that one is too much
        ([some(20), some(1, 59)], [together(1, "1 mg", "warning", START, doses(20, 1), f"1.05 {TIMES}")]),
        ([some(1, 59), some(20)], [together(0, "1 mg", "warning", START, doses(1, 20), f"1.05 {TIMES}")]),
        ([some(20), some(10, 59)], [together(1, "10 mg", "warning", START, doses(20, 10), f"1.5 {TIMES}")]),
        ([some(20), some(11, 59)], [together(1, "11 mg", "error", START, doses(20, 11), f"1.55 {TIMES}")]),
        (
            [some(20, 61), some(8, 60, "cycle-start")],
            [hour(FIRST, 61, "warning"), together(1, "8 mg", "warning", START, doses(20, 8), f"1.4 {TIMES}")],
        ),
        # on the occasion on which they meet
        ([some(20), some(8, 45, "escalation")], [together(1, "8 mg", "warning", STEP, doses(20, 8), f"1.4 {TIMES}")]),
        ([some(20), some(8, 45, "restart")], [together(1, "8 mg", "warning", RESTART, doses(20, 8), f"1.4 {TIMES}")]),
        (
            [some(20), some(8, 45, "first-cycle-restart")],
            [together(1, "8 mg", "warning", f"{RESTART} in the first cycle", doses(20, 8), f"1.4 {TIMES}")],
        ),
        # on the worst of several
        (
            [some(20), some(20, 59, "cycle-start"), some(20, 58, "escalation"), some(20, 57, "escalation")],
            [together(2, "20 mg", "error", STEP, doses(20, 20, 20), f"3 {TIMES}")],
        ),
        # or as many as they can be of those that are as bad
        (
            [some(20), some(20, 59, "cycle-start"), some(10, 58, "escalation"), some(10, 57, "escalation")],
            [together(2, "10 mg", "error", STEP, doses(20, 10, 10), f"2 {TIMES}")],
        ),
        # one dose in parts, of which each is told as a part
        (
            [some(10), some(10, 59)],
            [together(1, "10 mg", "warning", START, doses(10, 10), "the label's dose in 2 parts", one=True)],
        ),
        (
            [some(5), some(5, 59), some(2.5, 58)],
            [together(1, "5 mg", "error", START, doses(5, 5, 2.5), f"≈ 0.62 {TIMES}", one=True)],
        ),
        (
            [some(10, 61), some(10, 91)],
            [
                Told(**{**hour(FIRST, 91, "error")._asdict(), "place": f"premedication.1.{FIRST}"}),
                together(1, "10 mg", "warning", START, doses(10, 10), "the label's dose in 2 parts", one=True),
            ],
        ),
        # where one of them is all that is given on another occasion, and further off there
        ([some(10), some(10, 59, "cycle-start")], [other_dose(0, "10 mg", "error")]),
        ([some(13), some(13, 59, "cycle-start")], [other_dose(0, "13 mg", "error")]),
        (
            [some(12), some(30, 59, "cycle-start")],
            [together(1, "30 mg", "error", START, doses(12, 30), f"2.1 {TIMES}")],
        ),
        ([some(15), some(10, 59, "cycle-start")], [other_dose(0, "15 mg", "warning")]),
        # as far off on either: the sum is told
        ([some(10), some(30, 59, "cycle-start")], [together(1, "30 mg", "error", START, doses(10, 30), f"2 {TIMES}")]),
        # a dose by area counts as in the largest patient, in whom 5 mg/m² are 15 mg
        (
            [some(20), given("5 mg/m2", minutes=59)],
            [together(1, "5 mg/m2", "error", START, "dexamethasone 20 mg and dexamethasone 5 mg/m²", f"1.75 {TIMES}")],
        ),
        # on occasions of their own they are told alone
        ([some(20, before="cycle-start"), some(20, before="escalation restart")], []),
        (
            [some(15, before="cycle-start"), some(5, 59, "cycle-start"), some(25, before="escalation restart")],
            [
                other_dose(2, "25 mg", "warning"),
                together(1, "5 mg", "warning", START, doses(15, 5), "the label's dose in 2 parts", one=True),
            ],
        ),
        # another drug counts by its strength, and what nobody can read by nothing
        (
            [some(20), some(100, 59, drug="prednisone")],
            [together(1, "100 mg", "error", START, "dexamethasone 20 mg and prednisone 100 mg", f"1.75 {TIMES}")],
        ),
        (
            [some(20), some(500, 59, drug="prednisone")],
            [
                together(
                    1,
                    "500 mg",
                    "error",
                    START,
                    "dexamethasone 20 mg and prednisone 500 mg",
                    f"4.75 {TIMES}",
                    unseen=" (that value, 5 mg and 0.75 mg, is unverified; this is far beyond it)",
                )
            ],
        ),
        ([some(20), some(20, 60, drug="no dexamethasone")], [unclear(1, "no dexamethasone", "no")]),
    ],
)
def test_what_is_given_on_one_occasion_is_told_by_its_sum(tables: list[str], expected: list[Told]) -> None:
    assert told(RELAPSED + ADULTS, *tables) == expected


@pytest.mark.holds("C605")
def test_an_equivalent_counts_by_its_own_dose() -> None:
    tables = some(50, 59, "cycle-start", "prednisone"), some(8, 60, "cycle-start")
    assert told(MRD + ADULTS, *tables) == [
        together(
            0,
            "50 mg",
            "warning",
            START,
            "prednisone 50 mg and dexamethasone 8 mg",
            "the label's dose in 2 parts",
            one=True,
            label="100 mg",
            drugs="prednisone 100 mg or dexamethasone 16 mg",
        )
    ]


# --- what is left out, and on which occasions -------------------------------------------------------------------------


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("tables", "number", "key", "mark", "said", "says"),
    [
        (
            [evening()],
            0,
            "drug",
            '"dexamethasone"',
            "dexamethasone 5 mg/m², within 30 minutes before the start of infusion",
            "Children receive dexamethasone 5 mg/m² within 30 minutes before the start of cycle 1, day 1.",
        ),
        (
            [morning()],
            0,
            "drug",
            '"dexamethasone"',
            "dexamethasone 10 mg/m² (at most 20 mg), 12 to 6 hours before the start of infusion",
            "Children receive dexamethasone 10 mg/m², at most 20 mg, 6 to 12 hours before cycle 1, day 1.",
        ),
        (
            [evening(), given("5 mg/m2", "escalation", minutes=30, latest=0)],
            1,
            "before",
            '["escalation"]',
            "dexamethasone 5 mg/m², within 30 minutes before the start of infusion",
            "Children receive dexamethasone 5 mg/m² within 30 minutes before the start of cycle 1, day 1.",
        ),
    ],
)
def test_of_two_doses_the_one_that_is_left_out_is_told(
    tables: list[str], number: int, key: str, mark: str, said: str, says: str
) -> None:
    head = RELAPSED.replace("\n\n", IN_HONG_KONG) + BELOW_45
    expected = Told(
        f"premedication.{number}.{key}",
        mark,
        "error",
        f"{said}, is not declared; the label gives 2 doses",
        f"add it: {says}",
        ("premedication",),
    )
    assert told(head, *tables, cycles=BY_AREA) == [expected]
    assert told(head, *tables, cycles=BY_AREA, code="C603") == []


FULL_BY_AREA = BY_AREA.replace("Cycle 1", "Cycle 2")


@pytest.mark.holds("C605", "C603")
def test_an_occasion_on_which_nothing_is_given_is_told_once() -> None:
    head = RELAPSED.replace("\n\n", IN_HONG_KONG) + BELOW_45
    tables = evening(before="escalation"), morning(before="escalation")
    assert told(head, *tables, cycles=BY_AREA) == []
    assert [one.place for one in told(head, *tables, cycles=BY_AREA, code="C603")] == ["premedication.0.before"]


@pytest.mark.holds("C605")
def test_what_a_study_gives_is_told_as_its_own() -> None:
    """Infants were given 10 mg/m², and 5 mg/m² within 30 minutes; adults of e1910 20 mg an hour before each cycle."""
    (finding,) = told(FROM_INFANTS + BELOW_45, evening(), cycles=BY_AREA)
    assert finding.message == (
        "dexamethasone 5 mg/m², within 30 minutes before the start of infusion, is not declared; study-20120215 gives 2"
        " doses"
    )
    assert finding.advice == "add it: study-20120215 gives dexamethasone 5 mg/m²."
    (finding,) = told(FROM_INFANTS + BELOW_45, evening(), morning(dose=6), cycles=BY_AREA)
    assert finding.message == "the dose of dexamethasone is 6 mg/m²; that of study-20120215 for children is 5 mg/m²"
    (finding,) = told(FROM_E1910 + ADULTS, some(20, 61, "cycle-start"))
    assert finding.message == "premedication is given 61 minutes before the infusion; e1910 gives it 60 minutes before"
    (finding,) = told(FROM_E1910 + ADULTS, some(20, 60, "cycle-start"), some(8, 59, "cycle-start"))
    assert finding.message == (
        f"the premedication before {START} is {doses(20, 8)}, together 1.4 times that of e1910; that of e1910 for"
        " adults is dexamethasone 20 mg"
    )
    each = evening(before="cycle-start"), morning()
    (finding,) = told(FROM_INFANTS + BELOW_45, *each, cycles=f"{BY_AREA}\n{FULL_BY_AREA}")
    assert finding.message == "premedication is given before each cycle; study-20120215 gives it before the first"


@pytest.mark.holds("C605")
@pytest.mark.parametrize("cycles", [1, 2])
def test_before_each_cycle_for_before_the_first_is_a_note_where_there_is_another(cycles: int) -> None:
    course = "\n".join([BY_AREA, FULL_BY_AREA][:cycles])
    found = told(RELAPSED + BELOW_45, given("5 mg/m2", ALL, most="20 mg"), cycles=course)
    expected = Told(
        "premedication.0.before",
        '["cycle-start", "escalation", "restart"]',
        "note",
        "premedication is given before each cycle; the label gives it before the first",
        'write "first-start" for "cycle-start", or leave it where it is meant',
        ("premedication",),
    )
    assert found == ([expected] if cycles > 1 else [])


# --- both age groups --------------------------------------------------------------------------------------------------


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("dose", "whose", "severity"),
    [("24 mg", "children", "error"), ("30 mg", "children", "error"), ("200 mg", "adults", "error")],
)
def test_of_one_dose_for_both_age_groups_the_worse_difference_is_told(dose: str, whose: str, severity: str) -> None:
    """Where both are as bad, that of the adults, who come first."""
    tables = given(dose), given("500 mg", drug="paracetamol", patients="children")
    found = [one for one in told(RELAPSED, *tables) if one.place == "premedication.0.dose"]
    assert [(one.severity, f"of {whose} is {dose}" in one.message) for one in found] == [(severity, True)]


# --- what it is held to -----------------------------------------------------------------------------------------------

UNSEEN = (
    "Blincyto (blinatumomab), Hong Kong prescribing information (Hong Kong, as indexed in 2026), as far as it was seen,"
    " states no premedication for these patients"
)


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("head", "said"),
    [
        (CONSOLIDATION.replace("\n\n", IN_HONG_KONG) + ADULTS, ("unverified", UNSEEN)),
        (
            STUDY.replace("\n\n", '\ndisease = "lymphoma"\n\n') + ADULTS,
            ("not applicable", "the regimen is investigational, and the label speaks of its indications"),
        ),
        (RELAPSED + ADULTS, None),
        (STUDY + ADULTS, None),
    ],
)
def test_where_nothing_is_said_of_premedication_it_is_held_to_nothing(head: str, said: tuple[str, str] | None) -> None:
    judgement = judgement_of_lines(head + given() + TWO_CYCLES)
    assert told_of(judgement, "C605") == []
    assert not_told_of(judgement, "C605") == said


def differing(found: Iterable[Told]) -> list[tuple[str, str]]:
    return [(one.place, one.severity) for one in found]


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("tables", "beside_nothing", "beside_base"),
    [
        ([given("60 mg")], [], [("premedication.0.dose", "error")]),
        ([given("61 mg")], [("premedication.0.dose", "error")], [("premedication.0.dose", "error")]),
        # of adults every label's are 20 and 16 mg of dexamethasone and 100 mg of prednisone: 16 / 3 is the least
        ([given("5.34 mg")], [], [("premedication.0.dose", "error")]),
        ([given("5.33 mg")], [("premedication.0.dose", "error")], [("premedication.0.dose", "error")]),
        # 5 mg of prednisone are as strong as 0.75 mg of dexamethasone, so 400 mg are three times the 20 mg
        ([given("400 mg", drug="prednisone")], [], [("premedication.0.drug", "warning")]),
        (
            [given("401 mg", drug="prednisone")],
            [("premedication.0.drug", "error")],
            [("premedication.0.drug", "error")],
        ),
        (
            [given("3,000 mg", drug="methylprednisolone"), given("500 mg", drug="paracetamol")],
            [("premedication.0.drug", "error")],
            [("premedication.0.drug", "error")],
        ),
        ([given(minutes=600)], [], [("premedication.0.minutes_before", "error")]),
        (
            [given("500 mg", drug="paracetamol")],
            [("premedication.0.drug", "error")],
            [("premedication.0.drug", "error")],
        ),
        (
            [given("61 mg"), given("62 mg", minutes=59)],
            [("premedication.0.dose", "error"), ("premedication.1.dose", "error")],
            [("premedication.1.dose", "error")],
        ),
    ],
)
def test_beside_nothing_only_what_is_far_from_every_label_is_told(
    tables: list[str], beside_nothing: list[tuple[str, str]], beside_base: list[tuple[str, str]]
) -> None:
    assert differing(told(STUDY + ADULTS, *tables)) == beside_nothing
    assert differing(told(FROM_ADULT + ADULTS, *tables)) == beside_base


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"dose": "60 mg"}, []),
        ({"dose": "61 mg"}, [("premedication.0.dose", "error")]),
        ({"dose": "6 mg"}, []),
        ({"dose": "500 mg", "drug": "paracetamol"}, []),
        # 4 mg of methylprednisolone are as strong as 0.75 mg of dexamethasone: 320 mg of it as three times the label's
        ({"dose": "320 mg", "drug": "methylprednisolone"}, []),
        ({"dose": "321 mg", "drug": "methylprednisolone"}, [("premedication.0.drug", "error")]),
        ({"dose": "3000 mg", "drug": "methylprednisolone"}, [("premedication.0.drug", "error")]),
        ({"dose": "3 mg", "drug": "methylprednisolone"}, []),
        ({"dose": "500 mg", "drug": "dexamethasone or none"}, []),
        ({"minutes": 600}, []),
        ({"before": "cycle-start"}, []),
        ({}, [("premedication.0.departure", "warning")]),
    ],
)
def test_what_a_study_states_is_no_finding_unless_it_is_far_too_strong_or_departs_from_nothing(
    changes: dict[str, object], found: list[tuple[str, str]]
) -> None:
    tables = given(stated=True, **changes)  # type: ignore[arg-type]
    assert differing(told(FROM_ADULT + ADULTS, tables)) == found
    if found and not changes:
        (finding,) = told(FROM_ADULT + ADULTS, tables)
        assert finding == Told(
            "premedication.0.departure",
            STATED.removeprefix("departure = "),
            "warning",
            "a departure is stated, and the drug, its dose, its time and its occasions are the label's",
            "remove `departure`, or give here what it speaks of",
        )


FROM_6_MG = given("6 mg", "escalation", stated=True)


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("head", "tables", "found"),
    [
        # what one states excuses no other
        (
            FROM_ADULT + ADULTS,
            [FROM_6_MG, some(20, 61, "cycle-start restart")],
            [("premedication.1.minutes_before", "warning")],
        ),
        (
            FROM_ADULT + ADULTS,
            [some(20, 61, "cycle-start restart"), FROM_6_MG],
            [("premedication.0.minutes_before", "warning")],
        ),
        (FROM_ADULT + ADULTS, [FROM_6_MG, given(before="cycle-start restart")], []),
        # far too strong is told, and far too weak is not
        (
            FROM_ADULT + ADULTS,
            [given("61 mg", "cycle-start restart", stated=True), given("3 mg", "escalation", stated=True)],
            [("premedication.0.dose", "error")],
        ),
        # that a step is left out is a departure of the first, so the second departs from nothing
        (
            FROM_ADULT + ADULTS,
            [given(before="cycle-start", stated=True), given(before="restart", stated=True)],
            [("premedication.1.departure", "warning")],
        ),
        # of children e1910 says nothing, and of adults the label in Hong Kong nothing for this indication
        (
            FROM_E1910,
            [
                given(before="cycle-start", patients="adults"),
                given("5 mg/m2", "first-start", patients="children", stated=True),
            ],
            [],
        ),
        (FROM_GOLDEN_GATE + ADULTS, [given(stated=True)], []),
        (
            FROM_FIRST_RELAPSE,
            [
                given(patients="adults", stated=True),
                evening().replace("drug", 'patients = "children"\ndrug'),
                morning(dose=6).replace("drug", 'patients = "children"\ndrug'),
            ],
            [("premedication.2.dose", "warning")],
        ),
    ],
)
def test_a_departure_is_that_of_the_table_that_states_it(
    head: str, tables: list[str], found: list[tuple[str, str]]
) -> None:
    assert differing(told(head, *tables)) == found


@pytest.mark.holds("C605")
def test_of_two_age_groups_one_may_have_a_label_and_the_other_none() -> None:
    head = CONSOLIDATION.replace("\n\n", IN_HONG_KONG)
    tables = [
        given(before="cycle-start", patients="adults"),
        evening("12 mg/m2").replace("drug", 'patients = "children"\ndrug'),
        morning().replace("drug", 'patients = "children"\ndrug'),
    ]
    assert differing(told(head, *tables)) == [("premedication.1.dose", "warning")]


@pytest.mark.holds("C603")
@pytest.mark.parametrize(
    ("head", "tables", "cycles", "expected"),
    [
        (
            RELAPSED,
            [given(patients="adults")],
            TWO_CYCLES,
            (
                "cycle.0.name",
                '"Cycle 1"',
                " of children is declared before the start of infusion and a dose step and a restart in the first"
                " cycle",
                'add [premedication] with `before = ["first-start", "escalation", "first-cycle-restart"]`',
            ),
        ),
        (
            RELAPSED + ADULTS,
            [given(before="first-start escalation restart")],
            TWO_CYCLES,
            (
                "premedication.0.before",
                '["first-start", "escalation", "restart"]',
                " is declared before the start of each cycle",
                'add "cycle-start" to `before` under [premedication]',
            ),
        ),
        (RELAPSED + ADULTS, [given(before="first-start escalation restart")], TWO_CYCLES.partition("\n\n")[0], None),
        (RELAPSED + ADULTS, [given("500 mg", drug="paracetamol")], TWO_CYCLES, None),  # of which C605 tells
    ],
)
def test_an_occasion_for_which_none_is_declared_is_told_where_it_is_to_be_added(
    head: str, tables: list[str], cycles: str, expected: tuple[str, str, str, str] | None
) -> None:
    found = told(head, *tables, cycles=cycles, code="C603")
    if expected is None:
        assert found == []
    else:
        place, mark, said, advice = expected
        assert found == [Told(place, mark, "error", f"no premedication{said}", advice, ("premedication",))]
