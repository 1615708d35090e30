"""Doses are read exactly or not at all, and written without changing what they say."""

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blinplan.quantities import (
    DOSE_PATTERN,
    FLAT_DOSE_PATTERN,
    FLAT_MASS_PATTERN,
    LONGEST,
    MASS_PATTERN,
    MOSTELLER,
    QUESTION,
    QUESTION_ADVICE,
    Basis,
    DoseRate,
    Mass,
    Notation,
    QuantityError,
    RouteError,
    Slip,
    WrittenDose,
    decimal_text,
    digits_text,
    duration_text,
    hours_text,
    is_dose,
    of_python,
    plural,
    read_dose,
    read_mass,
    time_in_course,
)
from tests.collection.examples import ANY_SIGN

UNITS = [f"{microgram}{area}/{day}" for microgram in ("mcg", "µg", "μg", "ug")
         for area in ("", "/m2", "/m²") for day in ("day", "d")]  # fmt: skip


def corrected(text: str, written: WrittenDose) -> str:
    """Return the text with each slip replaced as it proposes."""
    for slip in sorted(written.slips, key=lambda slip: (slip.start, slip.end), reverse=True):
        text = text[: slip.start] + slip.replacement + text[slip.end :]
    return text


@given(st.floats(0.0, 1e9))
def test_a_number_is_written_with_all_of_its_digits(value: float) -> None:
    written = digits_text(value)
    assert float(written) == value
    assert "e" not in written
    assert len(written) == 1 or not written.startswith("0") or written.startswith("0.")


@pytest.mark.parametrize(("count", "text"), [(0, "files"), (1, "file"), (2, "files"), (1000, "files")])
def test_a_noun_after_a_number(count: int, text: str) -> None:
    assert plural("file", count) == text


def why_not(text: str) -> str:
    with pytest.raises(QuantityError) as caught:
        read_dose(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "amount", "basis"),
    [
        ("9 mcg/day", Fraction(9), Basis.FLAT),
        ("28 mcg/day", Fraction(28), Basis.FLAT),
        ("0.5 mcg/m2/day", Fraction(1, 2), Basis.BSA),
        ("1.5 mcg/m²/day", Fraction(3, 2), Basis.BSA),
        ("0.1 mcg/day", Fraction(1, 10), Basis.FLAT),
        ("1,000 mcg/day", Fraction(1000), Basis.FLAT),
        ("1,234,567.25 mcg/day", Fraction(4938269, 4), Basis.FLAT),
        ("112 mcg/day", Fraction(112), Basis.FLAT),
        ("0.000001 mcg/m2/day", Fraction(1, 1_000_000), Basis.BSA),
    ],
)
def test_a_well_written_dose_is_read_exactly(text: str, amount: Fraction, basis: Basis) -> None:
    assert read_dose(text) == WrittenDose(DoseRate(amount, basis), ())
    assert isinstance(read_dose(text).rate.amount, Fraction)


@pytest.mark.parametrize(
    ("text", "slipped", "better"),
    [
        ("28.0 mcg/day", {Notation.TRAILING_ZERO: ".0"}, "28 mcg/day"),
        ("0.50 mcg/m2/day", {Notation.TRAILING_ZERO: "0"}, "0.5 mcg/m2/day"),
        (".5 mcg/m2/day", {Notation.NAKED_DECIMAL: "."}, "0.5 mcg/m2/day"),
        ("28mcg/day", {Notation.MISSING_SPACE: ""}, "28 mcg/day"),
        ("28 mcg/d", {Notation.ABBREVIATED_DAY: "d"}, "28 mcg/day"),
        ("28 µg/day", {Notation.MICROGRAM_SYMBOL: "µg"}, "28 mcg/day"),
        ("28 μg/day", {Notation.MICROGRAM_SYMBOL: "μg"}, "28 mcg/day"),
        ("28 ug/day", {Notation.MICROGRAM_SYMBOL: "ug"}, "28 mcg/day"),
        (
            ".50ug/m²/d",
            {
                Notation.TRAILING_ZERO: "0",
                Notation.NAKED_DECIMAL: ".",
                Notation.MISSING_SPACE: "",
                Notation.MICROGRAM_SYMBOL: "ug",
                Notation.ABBREVIATED_DAY: "d",
            },
            "0.5 mcg/m²/day",
        ),
    ],
)
def test_error_prone_notation_is_found_where_it_stands(text: str, slipped: dict[Notation, str], better: str) -> None:
    written = read_dose(text)
    assert {slip.notation: text[slip.start : slip.end] for slip in written.slips} == slipped
    assert corrected(text, written) == better
    assert read_dose(better) == WrittenDose(written.rate, ())


def test_a_slip_says_which_letters_are_to_be_replaced() -> None:
    assert read_dose(".5ug/d").slips == (
        Slip(Notation.NAKED_DECIMAL, 0, 1, "0."),
        Slip(Notation.MISSING_SPACE, 2, 2, " "),
        Slip(Notation.MICROGRAM_SYMBOL, 2, 4, "mcg"),
        Slip(Notation.ABBREVIATED_DAY, 5, 6, "day"),
    )


def test_a_text_of_forty_letters_is_read_and_none_beyond() -> None:
    """The longest that a file can say; what is beyond it is refused without being offered back."""
    dose, mass = f"{'1' * 32} mcg/day", f"{'1' * 37} mg"
    assert len(dose) == len(mass) == LONGEST == 40
    assert read_dose(dose).rate.amount == int("1" * 32)
    assert read_mass(mass).milligrams == int("1" * 37)
    assert (is_dose(dose), is_dose(f"1{dose}"), is_dose("28 mcg")) == (True, False, False)
    assert "here" not in why_not(f"1{dose}")
    with pytest.raises(QuantityError):
        read_mass(f"1{mass}")


def test_a_round_number_has_no_trailing_zero() -> None:
    assert read_dose("10 mcg/day").slips == read_dose("1,000 mcg/day").slips == ()


numbers = st.from_regex(
    r"(0|[1-9][0-9]{0,2}(,[0-9]{3}){0,2}|[1-9][0-9]{0,6})(\.[0-9]{1,6})?|\.[0-9]{1,6}",
    fullmatch=True,
    alphabet=ANY_SIGN,
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(numbers, st.sampled_from(["", " "]), st.sampled_from(UNITS))
def test_correcting_every_slip_keeps_the_dose_and_leaves_none(number: str, space: str, unit: str) -> None:
    number = number.encode("ascii", "ignore").decode()  # digits of other scripts are tried below
    text = f"{number}{space}{unit}"
    if Fraction(number.replace(",", "")) == 0:
        assert "more than 0" in why_not(text)
        return
    written = read_dose(text)
    assert written.rate == DoseRate(Fraction(number.replace(",", "")), Basis.BSA if "/m" in unit else Basis.FLAT)
    assert read_dose(corrected(text, written)) == WrittenDose(written.rate, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("28", "no unit"),
        (" 28.0 ", "no unit"),
        ("9,5", "no unit"),
        ("-9 mcg/day", "more than 0"),
        ("0 mcg/day", "treatment_free_days"),
        (".0 mcg/m2/day", "treatment_free_days"),
        ("28 mg/day", "1 mg = 1,000 mcg"),
        ("28mg/m2/day", "1 mg = 1,000 mcg"),
        ("0.028 g/day", "micrograms"),
        ("9000 ng/day", "micrograms"),
        ("9 mcg", "not a rate"),
        ("9 µg", "not a rate"),
        ("15 mcg/m2", "not a rate"),
        ("15 mcg/m²", "not a rate"),
        ("9 mcg/h", "per day"),
        ("9 µg/h", "per day"),
        ("9 mcg/kg/day", "per day"),
        ("9 μg/kg/day", "per day"),
        ("9 mcg/m2/week", "per day"),
        ("9 mcg per week", "a rate is written with /day"),
        ("9/9", QUESTION),
    ],
)
def test_what_is_not_a_dose_rate_is_refused_for_its_own_reason(text: str, said: str) -> None:
    assert said in why_not(text)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("9 micrograms per day", "9 mcg/day"),
        ("15 micrograms/m2/day", "15 mcg/m2/day"),
        ("5 mcg per square meter per day", "5 mcg/m2/day"),
        ("28 mcg over 24 hours IV", "28 mcg/day"),
        ("28 mcg/day 24/7", "28 mcg/day"),
        ("9 mcg daily by continuous infusion", "9 mcg/day"),
    ],
)
def test_one_rate_in_other_words_is_offered_as_it_is_written(text: str, spelling: str) -> None:
    with pytest.raises(QuantityError, match=f'here "{spelling}"$') as caught:
        read_dose(text)
    assert caught.value.advice == f'write "{spelling}"'


@pytest.mark.parametrize(
    "text", ["9 mcg daily", "9 mcg IV daily", "28 mcg", "15 mcg/m2", "9 mcg per day, then 28 mcg per day"]
)
def test_what_may_be_a_single_dose_is_asked_about_and_never_respelt(text: str) -> None:
    """Nine micrograms daily may be one injection a day: three hundred times the rate, for some minutes."""
    with pytest.raises(QuantityError, match="single dose or another route cannot be planned") as caught:
        read_dose(text)
    assert caught.value.advice == QUESTION_ADVICE


@pytest.mark.parametrize(
    "text", ["9 mcg/day for 7 days", "1 mcg 2 mcg/day", "9 mcg/day 28", "9 mcg per day or 28 mcg per day"]
)
def test_a_rate_beside_another_number_is_not_chosen(text: str) -> None:
    assert "here" not in why_not(text)


@pytest.mark.parametrize("text", ["9 mcg/h", "28 mg/day", "9", "-9 mcg/day"])
def test_what_is_plainly_no_rate_of_the_day_is_not_asked_about(text: str) -> None:
    with pytest.raises(QuantityError) as caught:
        read_dose(text)
    assert caught.value.advice is None
    assert QUESTION not in str(caught.value)


@pytest.mark.parametrize("text", ["it 9 mcg/day", "9 mcg it/day"])
def test_it_in_a_dose_is_a_route_and_no_word_of_english(text: str) -> None:
    """Intrathecal."""
    with pytest.raises(RouteError):
        read_dose(text)


@pytest.mark.parametrize("text", ["28 µg/h", "28 µg /day", "28 μg/kg/day"])
def test_micrograms_are_not_taken_for_another_unit(text: str) -> None:
    assert "1 mg" not in why_not(text)


@pytest.mark.parametrize("text", ["", " ", "nine", "mcg/day", "as ordered", "mcg"])
def test_a_text_without_a_number_is_not_called_an_amount(text: str) -> None:
    assert "amount" not in why_not(text)
    assert "9 mcg/day" in why_not(text)


@pytest.mark.parametrize(
    "text",
    [
        "9,5 mcg/day",  # a decimal comma is not taken for a thousands comma
        "1,00 mcg/day",
        "1,0000 mcg/day",
        "0,500 mcg/day",
        ",500 mcg/day",
        "1000,000 mcg/day",
        "09 mcg/day",
        "9. mcg/day",
        "1.000,5 mcg/day",
        "1e1 mcg/day",
        "+9 mcg/day",
        "−9 mcg/day",  # noqa: RUF001 - the minus sign
        "9  mcg/day",
        "9\tmcg/day",
        "9\u00a0mcg/day",
        " 9 mcg/day",
        "9 mcg/day ",
        "9 mcg/day\n",
        "9 MCG/day",
        "9 mcg/m3/day",
        "9 mcg/day/m2",
        "9-28 mcg/day",
        "٩ mcg/day",
        "９ mcg/day",  # noqa: RUF001 - a full-width digit
        "1/3 mcg/day",
        "nan mcg/day",
        "1" * 35 + " mcg/day",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert "mcg/m2/day" in why_not(text)


@given(st.text(ANY_SIGN, max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_dose_or_refused_with_the_form_asked_for(text: str) -> None:
    try:
        rate = read_dose(text).rate
    except QuantityError as error:
        rate, said = None, str(error)
        form = "continuous intravenous infusion only" if isinstance(error, RouteError) else "mcg/day"
    assert form in said if rate is None else rate.amount > 0


@pytest.mark.parametrize(
    ("text", "milligrams", "basis"),
    [
        ("20 mg", Fraction(20), Basis.FLAT),
        ("5 mg/m2", Fraction(5), Basis.BSA),
        ("5 mg/m²", Fraction(5), Basis.BSA),
        ("0.15 mg", Fraction(3, 20), Basis.FLAT),
        ("1,000 mg", Fraction(1000), Basis.FLAT),
    ],
)
def test_a_premedication_dose_is_read_exactly(text: str, milligrams: Fraction, basis: Basis) -> None:
    assert read_mass(text) == Mass(milligrams, basis)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20",
        "20mg",
        "20 mcg",
        "20 g",
        "0 mg",
        "0.0 mg/m2",
        "-5 mg",
        "20 mg/day",
        "20 mg\n",
        "5 mg/kg",
        "2" * 38 + " mg",
    ],
)
def test_what_is_not_a_mass_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match="20 mg"):
        read_mass(text)


def test_doses_are_written_as_people_order_them() -> None:
    assert str(read_dose("28.0ug/d").rate) == "28 mcg/day"
    assert str(read_dose("0.5 mcg/m2/day").rate) == "0.5 mcg/m²/day"
    assert read_dose("0.5 mcg/m²/day").rate.unit == "mcg/m2/day"
    assert str(read_mass("1,000 mg")) == "1,000 mg"
    assert str(read_mass("5 mg/m2")) == "5 mg/m²"


@given(st.fractions(min_value=Fraction(1, 10**6), max_value=10**6).map(lambda value: round(value, 6)))
@settings(max_examples=200, deadline=None)
def test_a_dose_written_is_the_dose_read(amount: Fraction) -> None:
    if amount:
        rate = DoseRate(amount, Basis.BSA)
        assert read_dose(str(rate)) == WrittenDose(rate, ())


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(0), 6, "0"),
        (Fraction(10), 6, "10"),
        (1000, 6, "1,000"),
        (Fraction(1, 2), 6, "0.5"),
        (Fraction(1, 3), 6, "≈ 0.333333"),
        (Fraction(2, 3), 3, "≈ 0.667"),
        (Fraction(-3, 8), 3, "-0.375"),
        (Fraction(1234567), 0, "1,234,567"),
        (Fraction(-21, 2), 0, "≈ -10"),
        (Fraction(-2, 3), 2, "≈ -0.67"),
        (Fraction(1, 10**7), 6, "≈ 0"),
        (Fraction(449999, 10000), 3, "≈ 45"),
        (Fraction(100), 0, "100"),
        (Fraction(21, 2), 0, "≈ 10"),
    ],
)
def test_a_number_is_written_exactly_or_marked(value: Fraction, places: int, text: str) -> None:
    assert decimal_text(value, places) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 d"), (30, "30 min"), (60, "1 h"), (7 * 1440, "7 d"), (36 * 60, "1 d 12 h"), (1441, "1 d 1 min"),
     (28 * 1440 + 61, "28 d 1 h 1 min")],
)  # fmt: skip
def test_a_duration_is_written_in_days_hours_and_minutes(minutes: int, text: str) -> None:
    assert duration_text(minutes) == text


@pytest.mark.parametrize(("minutes", "text"), [(1500, "25 h"), (1470, "24 h 30 min"), (30, "30 min"), (0, "0 h")])
def test_a_day_of_another_length_is_told_in_hours(minutes: int, text: str) -> None:
    assert hours_text(minutes) == text


@pytest.mark.parametrize(
    ("minute", "text"),
    [
        (0, "day 1"),
        (1440, "day 2"),
        (28 * 1440, "day 29"),
        (7 * 1440 + 360, "day 8 +6:00 h"),
        (1439, "day 1 +23:59 h"),
        (5, "day 1 +0:05 h"),
    ],
)
def test_a_course_begins_on_day_1(minute: int, text: str) -> None:
    assert time_in_course(minute) == text


def test_the_body_surface_area_of_mosteller() -> None:
    """His example: 180 cm and 80 kg are 2.0 m²."""
    assert 180 * 80 / MOSTELLER == 2.0**2


@pytest.mark.parametrize("pattern", [DOSE_PATTERN, FLAT_DOSE_PATTERN, MASS_PATTERN, FLAT_MASS_PATTERN])
def test_patterns_mean_the_same_to_editors(pattern: str) -> None:
    assert not re.search(r"\(\?(P|[aiLmsux])|\\[AZ]|[*+?}]\+", pattern), "no syntax that only Python has"
    assert pattern.startswith("^")
    assert pattern.endswith("$")


@pytest.mark.parametrize("unit", UNITS)
def test_a_cap_is_never_by_area(unit: str) -> None:
    assert bool(re.search(FLAT_DOSE_PATTERN, f"9 {unit}")) == ("/m" not in unit)
    assert re.search(DOSE_PATTERN, f"9 {unit}")


@pytest.mark.parametrize("value", [np.int64(3), np.uint8(3), 3])
def test_a_whole_number_of_another_library_is_one_of_python(value: Any) -> None:
    assert of_python(value) == 3
    assert type(of_python(value)) is int


@pytest.mark.parametrize(
    "value",
    [True, np.bool_(True), np.timedelta64(3, "D"), np.array(3), np.float64(3), 3.0, Fraction(3), "3", None],
)
def test_nothing_else_becomes_a_whole_number(value: Any) -> None:
    """True is no number of days; a time of NumPy is whole and no number either, and an array that holds one is none."""
    assert of_python(value) is value
