"""Body surface area by each formula, and what a human being can measure."""

from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blinplan.course.patient import (
    AREAS_M2,
    HEIGHTS_CM,
    WEIGHTS_KG,
    AreaFormula,
    Patient,
    PatientError,
    age_text,
    body_surface_area,
    formula_text,
    patient,
    sizes_of_others,
)
from blinplan.regimen.age import read_age

ADULT = (Fraction(70), Fraction(170))

# The formulas as their papers print them: a constant times powers of weight in kg and height in cm.
PRINTED = {
    AreaFormula.DUBOIS: ("0.007184", "0.425", "0.725"),
    AreaFormula.HAYCOCK: ("0.024265", "0.5378", "0.3964"),
    AreaFormula.GEHAN_GEORGE: ("0.0235", "0.51456", "0.42246"),
}


def by_hand(weight: Fraction, height: Fraction, formula: AreaFormula) -> Decimal:
    """Compute the area in 40 digits, apart from the program."""
    with localcontext() as context:
        context.prec = 40
        kilograms = Decimal(weight.numerator) / Decimal(weight.denominator)
        centimetres = Decimal(height.numerator) / Decimal(height.denominator)
        if formula is AreaFormula.MOSTELLER:
            return (kilograms * centimetres / 3600).sqrt()
        constant, weight_power, height_power = map(Decimal, PRINTED[formula])
        return constant * kilograms**weight_power * centimetres**height_power


@pytest.mark.parametrize(
    ("formula", "weight", "height", "area"),
    [
        (AreaFormula.MOSTELLER, 70, 170, "1.8181"),
        (AreaFormula.DUBOIS, 70, 170, "1.8097"),
        (AreaFormula.HAYCOCK, 70, 170, "1.8257"),
        (AreaFormula.GEHAN_GEORGE, 70, 170, "1.8313"),
        (AreaFormula.MOSTELLER, 45, 80, "1.0000"),  # 45 × 80 = 3600
        (AreaFormula.MOSTELLER, 10, 75, "0.4564"),
        (AreaFormula.DUBOIS, 10, 75, "0.4373"),
        (AreaFormula.HAYCOCK, 10, 75, "0.4635"),
        (AreaFormula.GEHAN_GEORGE, 10, 75, "0.4762"),
    ],
)
def test_known_areas(formula: AreaFormula, weight: int, height: int, area: str) -> None:
    computed = body_surface_area(Fraction(weight), Fraction(height), formula)
    assert f"{float(computed):.4f}" == area
    assert f"{by_hand(Fraction(weight), Fraction(height), formula):.4f}" == area


weights = st.fractions(*WEIGHTS_KG, max_denominator=1000)
heights = st.fractions(*HEIGHTS_CM, max_denominator=1000)
formulas = st.sampled_from(AreaFormula)


@settings(max_examples=100, deadline=None)
@given(weights, heights, formulas)
def test_each_formula_agrees_with_forty_digits(weight: Fraction, height: Fraction, formula: AreaFormula) -> None:
    computed = body_surface_area(weight, height, formula)
    assert float(computed) == pytest.approx(float(by_hand(weight, height, formula)), rel=1e-14)
    assert computed == Fraction(float(computed)), "exactly a double, so that every run doses the same"


@settings(max_examples=100, deadline=None)
@given(weights, heights, formulas, st.fractions(Fraction(1, 100), 50, max_denominator=100))
def test_more_weight_or_height_is_more_area(
    weight: Fraction, height: Fraction, formula: AreaFormula, more: Fraction
) -> None:
    area = body_surface_area(weight, height, formula)
    assert body_surface_area(weight + more, height, formula) > area
    assert body_surface_area(weight, height + more, formula) > area


def test_mosteller_is_the_default_and_named() -> None:
    person = patient(*ADULT)
    assert person.area is not None
    assert person.area.square_metres == body_surface_area(*ADULT, AreaFormula.MOSTELLER)
    assert str(person.area) == "1.818 m² (Mosteller)"


@pytest.mark.parametrize(
    ("formula", "name"),
    [(AreaFormula.DUBOIS, "DuBois"), (AreaFormula.HAYCOCK, "Haycock"), (AreaFormula.GEHAN_GEORGE, "Gehan-George")],
)
def test_another_formula_is_used_and_named(formula: AreaFormula, name: str) -> None:
    person = patient(*ADULT, formula=formula)
    assert person.area is not None
    assert person.area.square_metres == body_surface_area(*ADULT, formula)
    assert person.area.origin == name


def test_a_given_area_wins_over_weight_and_height() -> None:
    person = patient(*ADULT, Fraction("1.9"), AreaFormula.DUBOIS)
    assert person.area is not None
    assert (person.area.square_metres, person.area.origin) == (Fraction("1.9"), "given")
    assert (person.weight, person.height) == ADULT


@pytest.mark.parametrize(("weight", "height"), [(Fraction(70), None), (None, Fraction(170)), (None, None)])
def test_without_weight_and_height_there_is_no_area(weight: Fraction | None, height: Fraction | None) -> None:
    person = patient(weight, height)
    assert (person.weight, person.height, person.area) == (weight, height, None)


def test_the_bounds_themselves_are_plausible() -> None:
    for bound in WEIGHTS_KG:
        assert patient(weight=bound).weight == bound
    for bound in HEIGHTS_CM:
        assert patient(height=bound).height == bound
    for bound in AREAS_M2:
        area = patient(area=bound).area
        assert area is not None
        assert area.square_metres == bound


GRAIN = Fraction(1, 1000)


@pytest.mark.parametrize(
    ("weight", "height", "area", "words"),
    [
        (WEIGHTS_KG[0] - GRAIN, None, None, "weight is 0.999 kg"),
        (WEIGHTS_KG[1] + GRAIN, None, None, "weight is 300.001 kg"),
        (None, HEIGHTS_CM[0] - GRAIN, None, "height is 29.999 cm"),
        (None, HEIGHTS_CM[1] + GRAIN, None, "height is 250.001 cm"),
        (None, None, AREAS_M2[0] - GRAIN, "body surface area is 0.199 m²"),
        (None, None, AREAS_M2[1] + GRAIN, "body surface area is 3.001 m²"),
        (Fraction(0), None, None, "1 to 300 kg"),
        (Fraction(-70), None, None, "1 to 300 kg"),
        (Fraction(170), Fraction("1.7"), None, "30 to 250 cm"),  # metres for centimetres
        (Fraction(300), Fraction(250), None, "body mass index of 48.0"),  # each possible, but not the two together
    ],
)
def test_what_no_human_being_has_is_refused(
    weight: Fraction | None, height: Fraction | None, area: Fraction | None, words: str
) -> None:
    with pytest.raises(PatientError) as caught:
        patient(weight, height, area)
    assert words in str(caught.value)


def test_areas_beside_a_weight_are_those_that_weights_and_heights_make() -> None:
    for kg, cm, near in ((1, 30, Fraction("0.09")), (300, 250, Fraction("4.6"))):
        assert abs(body_surface_area(Fraction(kg), Fraction(cm), AreaFormula.MOSTELLER) - near) < 0.05
    for area in ("0.0899", "4.601", "1" + "0" * 400):
        for height in (None, Fraction(170)):
            with pytest.raises(PatientError, match=r"a patient here has 0\.09 to 4\.6 m²"):
                patient(Fraction(70), height, Fraction(area))


@pytest.mark.parametrize(("area", "fits"), [("1.1", True), ("1.101", False), ("0.9", True), ("0.899", False)])
def test_a_given_area_is_near_the_computed_one(area: str, fits: bool) -> None:
    weight, height = Fraction(36), Fraction(100)  # 1 m² by Mosteller
    if fits:
        found = patient(weight, height, Fraction(area)).area
        assert found is not None
        assert (found.square_metres, found.origin) == (Fraction(area), "given")
    else:
        with pytest.raises(PatientError, match="differ by more than 10 %"):
            patient(weight, height, Fraction(area))


def test_a_slip_of_unit_shows_in_the_area() -> None:
    with pytest.raises(PatientError, match="differ by more than 10 %"):  # inches for centimetres
        patient(Fraction(70), Fraction(69), Fraction("1.8"))
    with pytest.raises(PatientError, match="differ by more than 10 %"):  # pounds for kilograms
        patient(Fraction(154), Fraction(175), Fraction("1.8"))
    with pytest.raises(PatientError, match="body mass index of 48"):
        patient(Fraction(300), Fraction(250))


@pytest.mark.parametrize("formula", list(AreaFormula))
@pytest.mark.parametrize(
    ("weight", "height", "age"),
    [("2.9", "48", "20 days"), ("2.5", "46", "1 month"), ("3.2", "50", "0"), ("1.1", "33", "3 days")],
)
def test_a_newborn_has_the_area_that_weight_and_height_make(
    weight: str, height: str, age: str, formula: AreaFormula
) -> None:
    found = patient(Fraction(weight), Fraction(height), formula=formula, age=read_age(age)).area
    assert found is not None
    assert 0.09 < float(found.square_metres) < 0.25
    if formula is AreaFormula.MOSTELLER:
        assert patient(Fraction(weight), area=found.square_metres).area is not None


@pytest.mark.parametrize(("weight", "height"), [(200, 180), (190, 205), (171, 190), (220, 200)])
def test_a_very_heavy_adult_is_confirmed_by_the_area_that_is_asked_for(weight: int, height: int) -> None:
    computed = body_surface_area(Fraction(weight), Fraction(height), AreaFormula.MOSTELLER)
    assert computed > AREAS_M2[1]
    with pytest.raises(PatientError) as refused:
        patient(Fraction(weight), Fraction(height))
    assert f"the body surface area that they make, {float(computed):.2f} m²" in str(refused.value)
    found = patient(Fraction(weight), Fraction(height), Fraction(f"{float(computed):.2f}"))
    assert found.area is not None
    with pytest.raises(PatientError, match=r"a patient here has 0\.2 to 3 m²"):
        patient(area=computed)


@pytest.mark.parametrize(
    ("weight", "height", "said"),
    [
        ("154", "170", "154 lb would be about 69.9 kg"),
        ("44", "110", "44 lb would be about 20 kg"),
        ("22", "75", "22 lb would be about 10 kg"),
        ("20", "190", "body mass index of 5.5"),
        ("26", "99.9", "body mass index of 26.1"),
        ("116", "160", "body mass index of 45.3"),
    ],
)
def test_a_slip_of_a_unit_is_named_with_what_was_meant(weight: str, height: str, said: str) -> None:
    with pytest.raises(PatientError) as refused:
        patient(Fraction(weight), Fraction(height))
    assert said in str(refused.value)
    assert "confirm them with the body surface area" in str(refused.value)


@pytest.mark.parametrize(
    ("weight", "height", "said"),
    [
        ("70", "67", "67 in would be about 170.2 cm"),
        ("154", "67", "154 lb and 67 in would be about 69.9 kg and 170.2 cm"),
        ("170", "70", "weight and height may stand in each other's place"),
        ("140", "35", "weight and height may stand in each other's place"),  # a child of 35 kg, to whom an adult's
        ("70.01", "100", "body mass index of 70.0"),  # dose would be twice his
    ],
)
@pytest.mark.parametrize("formula", AreaFormula)
def test_no_area_confirms_what_nobody_is(weight: str, height: str, said: str, formula: AreaFormula) -> None:
    """Mosteller's area is the same for 35 kg at 140 cm and for 140 kg at 35 cm."""
    sizes = Fraction(weight), Fraction(height)
    for area in (None, body_surface_area(*sizes, formula)):
        with pytest.raises(PatientError) as refused:
            patient(*sizes, area, formula)
        assert said in str(refused.value)
        assert "whatever the body surface area" in str(refused.value)
        assert "confirm them" not in str(refused.value)
    assert patient(Fraction(70), Fraction(100), body_surface_area(Fraction(70), Fraction(100), formula), formula).area


@pytest.mark.parametrize(
    ("weight", "height"),
    [
        ("3.3", "50"),
        ("9.9", "75"),
        ("20", "110"),
        ("30", "135"),
        ("45", "150"),
        ("70", "170"),
        ("120", "175"),
        ("40", "165"),
        ("32", "100"),  # the highest index from a metre on
        ("115.2", "160"),
        ("36", "200"),  # the least
    ],
)
def test_usual_people_are_taken_as_they_are(weight: str, height: str) -> None:
    assert patient(Fraction(weight), Fraction(height)).area is not None


def test_an_unusual_patient_is_confirmed_by_the_area() -> None:
    assert patient(Fraction(150), Fraction(165), Fraction("2.6")).weight == 150
    with pytest.raises(PatientError, match="differ by more than 10 %"):
        patient(Fraction(150), Fraction(165), Fraction("1.8"))


@pytest.mark.parametrize(
    ("weight", "area"),
    [
        ("30", "2.4"),
        ("30", "0.3"),
        ("154", "1.0"),
        ("4", "1.1"),
        ("20", "1.007"),
        ("100", "1.59"),
        ("30", "1.24"),
        ("30", "0.738"),
    ],
)
def test_an_area_that_nobody_of_that_weight_has_is_refused(weight: str, area: str) -> None:
    with pytest.raises(PatientError, match="one of the two figures cannot be right"):
        patient(Fraction(weight), None, Fraction(area))


@pytest.mark.parametrize(
    ("weight", "area"), [("30", "1.23"), ("30", "0.74"), ("30", "1.04"), ("3.3", "0.21"), ("70", "1.8"), ("160", "2.6")]
)
def test_an_area_that_fits_the_weight_is_taken(weight: str, area: str) -> None:
    assert patient(Fraction(weight), None, Fraction(area)).area is not None


# --- age -------------------------------------------------------------------------------------------------------------

START = date(2026, 11, 2)


def exactly(figure: str | None) -> Fraction | None:
    return None if figure is None else Fraction(figure)


@pytest.mark.parametrize(
    ("weight", "height", "age", "wrong"),
    [
        ("30", None, "20 days", "30 kg at 20 days: nobody below 1 month weighs more than 10 kg"),
        ("70", None, "8 months", "nobody below 1 year weighs more than 25 kg"),
        ("3", None, "40", "3 kg at 40 years: nobody of 18 years or more weighs less than 20 kg"),
        ("3.5", None, "6", "nobody of 5 years or more weighs less than 8 kg"),
        (None, "150", "3", "150 cm at 3 years: nobody below 5 years measures more than 140 cm"),
        (None, "50", "30", "nobody of 5 years or more measures less than 54 cm"),
    ],
)
def test_a_size_that_nobody_of_that_age_has_is_refused(
    weight: str | None, height: str | None, age: str, wrong: str
) -> None:
    with pytest.raises(PatientError) as error:
        patient(exactly(weight), exactly(height), age=read_age(age))
    assert wrong in str(error.value)
    assert "a convention" in str(error.value)


def test_a_slip_of_the_unit_of_an_age_is_guessed() -> None:
    with pytest.raises(PatientError, match="20 years or 20 months would fit"):
        patient(Fraction(30), age=read_age("20 days"))


@pytest.mark.parametrize(
    ("weight", "age"),
    [("3", "0 days"), ("3", "20 days"), ("10", "1 year"), ("9", "8 months"), ("43", "30"), ("60", "15"), ("100", "12")],
)
def test_usual_people_of_every_age_are_taken_as_they_are(weight: str, age: str) -> None:
    assert patient(Fraction(weight), age=read_age(age)).age == read_age(age)


def test_who_is_born_after_the_first_day_gets_no_plan() -> None:
    with pytest.raises(PatientError, match="born 2026-11-03, after 2026-11-02"):
        patient(age=read_age("2026-11-03")).on(START)


def test_nobody_is_136_years_old() -> None:
    with pytest.raises(PatientError, match="136 years on 2026-11-02; an age here is up to 120 years"):
        patient(age=read_age("1890-01-01")).on(START)


@pytest.mark.parametrize(("born", "taken"), [("1905-11-03", True), ("1906-11-02", True), ("1905-11-02", False)])
def test_an_age_is_taken_up_to_the_day_before_a_hundred_and_twenty_first_birthday(born: str, taken: bool) -> None:
    whom = patient(age=read_age(born))
    if taken:
        assert whom.on(START).age is not None
        return
    with pytest.raises(PatientError, match="1905-11-02, 121 years on 2026-11-02; an age here is up to 120 years"):
        whom.on(START)


def test_a_date_of_birth_is_held_against_the_weight_on_the_first_day() -> None:
    newborn = patient(Fraction(30), age=read_age("2026-10-20"))
    with pytest.raises(PatientError, match="30 kg at born 2026-10-20, 13 days on 2026-11-02: nobody below 1 month"):
        newborn.on(START)


def test_an_age_is_that_of_the_first_day() -> None:
    found = patient(age=read_age("17")).on(START)
    assert found.age is not None
    assert found.age.completes(18) == (date(2026, 11, 3), date(2027, 11, 2))


@pytest.mark.parametrize(
    ("weight", "height", "age", "why"),
    [
        (30, None, "3 months", "30 kg at 3 months: nobody below 1 year weighs more than 25 kg; 3 years would fit"),
        (
            9,
            None,
            "12",
            "9 kg at 12 years: nobody of 10 years or more weighs less than 12 kg; 12 months or 12 days would fit",
        ),
        (None, 120, "1", "120 cm at 1 year: nobody below 2 years measures more than 110 cm"),
        (
            70,
            None,
            "2025-01-01",
            "70 kg at born 2025-01-01, 22 months on 2026-11-02: nobody below 2 years weighs more than 35 kg",
        ),
        (
            None,
            50,
            "40",
            "50 cm at 40 years: nobody of 5 years or more measures less than 54 cm; 40 months or 40 days would fit",
        ),
    ],
)
def test_a_size_that_nobody_of_an_age_has_is_told_with_the_ages_that_fit(
    weight: int | None, height: int | None, age: str, why: str
) -> None:
    kg, cm = (None if figure is None else Fraction(figure) for figure in (weight, height))
    for make in (patient, Patient):
        with pytest.raises(PatientError) as refused:
            make(kg, cm, age=read_age(age)).on(date(2026, 11, 2))
        assert str(refused.value) == f"{why}. One of the figures cannot be right (limits are a convention)"


@pytest.mark.parametrize(
    ("minimum", "below", "weight", "height", "told"),
    [
        (None, 1, 30, None, "the patient weighs 30 kg, and nobody below 1 year weighs more than 25 kg"),
        (None, 1, 25, None, None),
        (18, None, 15, None, "the patient weighs 15 kg, and nobody of 18 years or more weighs less than 20 kg"),
        (17, None, 15, None, None),
        (17, None, 11, None, "the patient weighs 11 kg, and nobody of 10 years or more weighs less than 12 kg"),
        (None, 5, 80, None, "the patient weighs 80 kg, and nobody below 5 years weighs more than 70 kg"),
        (None, 6, 80, None, None),
        (None, 1, None, 100, "the patient measures 100 cm, and nobody below 1 year measures more than 95 cm"),
        (5, None, None, 50, "the patient measures 50 cm, and nobody of 5 years or more measures less than 54 cm"),
        (4, None, None, 50, None),
        (1, 18, 30, 120, None),
        (None, None, 300, 250, None),
    ],
)
def test_a_size_tells_of_other_ages_than_a_regimen_is_for(
    minimum: int | None, below: int | None, weight: int | None, height: int | None, told: str | None
) -> None:
    kg, cm, least, most = (None if figure is None else Fraction(figure) for figure in (weight, height, minimum, below))
    assert list(sizes_of_others(Patient(kg, cm), least, most)) == ([] if told is None else [told])


def test_a_formula_is_written_with_its_numbers() -> None:
    assert [formula_text(formula) for formula in AreaFormula] == [
        "square root of (weight × height / 3600)",
        "0.007184 × weight^0.425 × height^0.725",
        "0.024265 × weight^0.5378 × height^0.3964",
        "0.0235 × weight^0.51456 × height^0.42246",
    ]


class Sizes(TypedDict, total=False):
    weight: Fraction
    height: Fraction
    area: Fraction


def sized(figure: str, value: str | Fraction) -> Sizes:
    """One figure of a patient, and no other."""
    return {
        "weight": Sizes(weight=Fraction(value)),
        "height": Sizes(height=Fraction(value)),
        "area": Sizes(area=Fraction(value)),
    }[figure]


AT_AN_AGE = [
    # age, figure, what everybody of that age may have, and what nobody has
    ("27 days", "weight", "10", "10.01"),
    ("11 months", "weight", "25", "25.01"),
    ("23 months", "weight", "35", "35.01"),
    ("4", "weight", "70", "70.01"),
    ("9", "weight", "150", "150.01"),
    ("1", "weight", "4", "3.99"),
    ("2", "weight", "5", "4.99"),
    ("5", "weight", "8", "7.99"),
    ("10", "weight", "12", "11.99"),
    ("18", "weight", "20", "19.99"),
    ("27 days", "height", "65", "65.01"),
    ("11 months", "height", "95", "95.01"),
    ("23 months", "height", "110", "110.01"),
    ("4", "height", "140", "140.01"),
    ("9", "height", "180", "180.01"),
    ("1", "height", "45", "44.99"),
    ("5", "height", "54", "53.99"),
]


@pytest.mark.parametrize(("age", "figure", "most", "beyond"), AT_AN_AGE)
def test_a_figure_is_refused_just_beyond_what_anybody_of_an_age_has(
    age: str, figure: str, most: str, beyond: str
) -> None:
    assert patient(**sized(figure, most), age=read_age(age)).age is not None
    with pytest.raises(PatientError, match="One of the figures cannot be right"):
        patient(**sized(figure, beyond), age=read_age(age))


@pytest.mark.parametrize(
    ("figure", "least", "most", "step"),
    [("weight", "1", "300", "0.001"), ("height", "30", "250", "0.001"), ("area", "0.2", "3", "0.001")],
)
def test_both_bounds_of_a_figure_are_taken_and_nothing_beyond(figure: str, least: str, most: str, step: str) -> None:
    for bound in (least, most):
        assert patient(**sized(figure, bound)) != Patient()
    for beyond in (Fraction(least) - Fraction(step), Fraction(most) + Fraction(step)):
        named = {"area": "body surface area"}.get(figure, figure)
        with pytest.raises(PatientError, match=f"^{named} is .* a patient here has"):
            patient(**sized(figure, beyond))


@pytest.mark.parametrize(
    ("weight", "square_metres"),
    [
        ("4.8", "0.2"),  # 0.2² × 3600 / 4.8 is 30 cm, the least height, at 53 kg/m²
        ("5.76", "0.4"),  # 100 cm, at 5.76 kg/m²: refused
    ],
)
def test_an_area_and_a_weight_make_a_height_that_somebody_has(weight: str, square_metres: str) -> None:
    if weight == "4.8":
        assert patient(weight=Fraction(weight), area=Fraction(square_metres)).area is not None
    else:
        with pytest.raises(PatientError, match="makes a height of 100 cm by Mosteller"):
            patient(weight=Fraction(weight), area=Fraction(square_metres))


def test_nobody_is_asked_whether_inches_were_meant_that_make_a_giant() -> None:
    """140 inches are 356 cm, at which 115 kg would be 9.1 kg/m²."""
    with pytest.raises(PatientError) as raised:
        patient(weight=Fraction(115), height=Fraction(140))
    assert "body mass index of 58.7 kg/m²" in str(raised.value)
    assert "in would be" not in str(raised.value)


def patient_of(weight: str, height: str | None, area: str | None) -> Patient:
    kg, cm, square_metres = (None if figure is None else Fraction(figure) for figure in (weight, height, area))
    return patient(kg, cm, square_metres)


def test_figures_are_told_to_three_decimals() -> None:
    for figures, told in (
        (
            ("154.3214", "68.1234", None),
            "≈ 154.321 kg at ≈ 68.123 cm is a body mass index of 332.5 kg/m²; ≈ 154.321 lb and ≈ 68.123 in would be"
            " about 70 kg and 173 cm; or weight and height may stand in each other's place; one of the two figures"
            " cannot be right, whatever the body surface area",
        ),
        (
            ("70.1234", "170.1234", "2.5123"),
            "body surface area is ≈ 2.512 m², and weight and height give ≈ 1.82 m² by Mosteller; they differ by more"
            " than 10 %",
        ),
        (
            ("70.1234", None, "0.5123"),
            "a body surface area of ≈ 0.512 m² at ≈ 70.123 kg makes a height of 13 cm by Mosteller: one of the two"
            " figures cannot be right",
        ),
        (("300.1234", None, None), "weight is ≈ 300.123 kg; a patient here has 1 to 300 kg"),
    ):
        with pytest.raises(PatientError) as refused:
            patient_of(*figures)
        assert str(refused.value) == told


@pytest.mark.parametrize(
    ("weight", "area", "taken"),
    [
        ("34.3", "49/60", True),  # 70 cm, at 70 kg/m² to the digit
        ("34.31", "49/60", False),
        ("45.5625", "27/16", True),  # 225 cm, at 9 kg/m² to the digit
        ("45.5", "27/16", False),
        ("90", "2.5", True),  # 250 cm, at 14.4
        ("90", "2.51", False),
        ("100", "2.7", False),  # 262 cm, at 14.5, which many have and nobody at that height
    ],
)
def test_an_area_is_held_against_its_weight_up_to_the_very_bounds(weight: str, area: str, taken: bool) -> None:
    if taken:
        assert patient(Fraction(weight), None, Fraction(area)).area is not None
    else:
        with pytest.raises(PatientError, match="one of the two figures cannot be right"):
            patient(Fraction(weight), None, Fraction(area))


def test_the_tallest_that_is_taken_needs_no_area_and_nor_does_the_smallest() -> None:
    assert patient(Fraction(125), Fraction(250)).area is not None  # 20 kg/m²
    with pytest.raises(PatientError, match="4\\.9 lb would be about 2\\.2 kg"):
        patient(Fraction("4.9"), Fraction(30))  # the least height
    assert patient(Fraction("1.1"), Fraction(31)).area is not None  # 11.4 kg/m²
    with pytest.raises(PatientError, match=r"^body surface area is ≈ 0\.097 m²; .* 0\.2 to 3 m²$"):
        patient(area=Fraction("0.09733"))


def test_ages_and_sizes_are_told_as_people_write_them() -> None:
    assert [age_text(Fraction(months, 12)) for months in (1, 6, 11, 12, 24)] == [
        "1 month",
        "6 months",
        "11 months",
        "1 year",
        "2 years",
    ]
    with pytest.raises(PatientError, match=r"≈ 150\.123 kg at 8 years"):
        patient(Fraction("150.12345"), age=read_age("8"))
