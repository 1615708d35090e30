"""A table of patients: what a ward's spreadsheet has in it, and that nobody is simulated who cannot be."""

from dataclasses import replace
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.patient import AreaFormula, PatientError, patient
from blinplan.physiology.model.draw import draw
from blinplan.quantities import MINUTES_PER_DAY, decimal_text
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.paired import NotPairedError
from blinplan.simulation.people.cells import read_cells, readings
from blinplan.simulation.people.columns import ALL, check_columns
from blinplan.simulation.people.people import OwnOrder, People, PeopleError
from blinplan.simulation.people.read import read_people
from blinplan.simulation.trajectories import curves, portions
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.simulation import Simulation


def of(*rows: str, head: str = "id,weight_kg,height_cm") -> People:
    return read_people("\n".join((head, *rows)) + "\n", "ward.csv")


def refused(*rows: str, head: str = "id,weight_kg,height_cm") -> str:
    with pytest.raises(PeopleError) as caught:
        of(*rows, head=head)
    return f"{caught.value} -> {caught.value.advice}"


@pytest.mark.parametrize(
    ("weight", "height", "area"),
    [
        ("154", "69", None),
        ("154", "175", None),
        ("70", "69", None),
        ("175", "70", None),
        ("70", "175", "2.4"),
        ("140", "35", "1.167"),
    ],
    ids=["pounds and inches", "pounds", "inches", "swapped", "another area", "swapped, with its area"],
)
def test_a_row_is_refused_in_the_words_that_a_plan_has_for_its_patient(
    weight: str, height: str, area: str | None
) -> None:
    with pytest.raises(PatientError) as told:
        patient(Fraction(weight), Fraction(height), None if area is None else Fraction(area))
    said = refused("A-1,70,175,1.84", f"B-2,{weight},{height},{area or ''}", head="id,weight_kg,height_cm,bsa_m2")
    assert said.startswith(f"ward.csv:3 (id B-2): {told.value}")


def test_nobody_is_held_who_is_off_the_drug() -> None:
    head = "id,weight_kg,height_cm,off_drug_day,hold_from_day,hold_days"
    for hold, off in (("3", "3"), ("2.75", "2.5")):
        assert f"hold_from_day is {hold}, and off_drug_day is {off}" in refused(f"A,70,175,{off},{hold},1", head=head)
    assert of("A,70,175,3,2.75,1", "B,70,175,,2.75,1", "C,70,175,3,,", head=head).own[0].hold == (3960, 1440)


def test_a_course_that_stands_still_ends_as_much_later() -> None:
    held = of("A,70,175,0,1", "B,70,175,,", head="id,weight_kg,height_cm,hold_from_day,hold_days")
    assert held.own == (OwnOrder(None, (0, MINUTES_PER_DAY)), OwnOrder())
    assert held.last_minute(1000) == 1000 + MINUTES_PER_DAY
    assert of("A,70,175").last_minute(1000) == 1000


@pytest.mark.parametrize("cells", ["5,0", ",0", "0,0.0", ","])
def test_a_course_that_stands_still_for_no_time_does_not_stand_still(cells: str) -> None:
    head = "id,weight_kg,height_cm,hold_from_day,hold_days"
    assert of(f"A,70,175,{cells}", "B,70,175,1,1", head=head).own[0] == OwnOrder()
    assert "hold_from_day is -1 -> " in refused("A,70,175,-1,0", head=head)


def test_a_row_that_names_another_regimen_gets_it_and_one_that_leaves_it_open_does_not() -> None:
    text = "weight_kg,height_cm,regimen\n70,175,long\n71,175,\n"
    five_cycles = {"long": library.regimen("rr-adult")}
    people = read_people(text, "ward.csv", regimen_named=five_cycles.__getitem__)
    assert people.own == (OwnOrder(five_cycles["long"]), OwnOrder())
    assert people.last_minute(1000) == 210 * MINUTES_PER_DAY
    assert people.beside(library.regimen("nhl-15")) == people
    assert people.beside(five_cycles["long"]).own == ()
    with pytest.raises(PeopleError, match="regimen is 'long', and all get the same here"):
        read_people(text, "ward.csv")


@pytest.mark.parametrize(("hold", "given", "missing"), [("3,", "from_day", "days"), (",3", "days", "from_day")])
def test_half_a_hold_is_refused(hold: str, given: str, missing: str) -> None:
    said = refused(f"A,70,175,{hold}", head="id,weight_kg,height_cm,hold_from_day,hold_days")
    assert f"hold_{given} is given, and hold_{missing} is not" in said


def test_who_goes_off_the_drug_does_on_his_day_and_others_never_do() -> None:
    head = "id,weight_kg,height_cm,off_drug_day"
    off = of("A,70,175,20", "B,70,175,", head=head).off_drug_minutes
    assert off is not None
    assert off.tolist() == [20 * MINUTES_PER_DAY, np.inf]
    assert of("A,70,175,", head=head).off_drug_minutes is None


@pytest.mark.parametrize("places", [4, 6, 9, 14, 18])
@pytest.mark.parametrize("minute", [1, 480, 1441, 7591, 60 * 24 * 210 - 1])
def test_a_minute_is_written_to_any_number_of_decimals(minute: int, places: int) -> None:
    """An hour is 1/24 of a day, which ends in no decimal: 8 hours could not be said. A unit of the last one decides."""
    head = "id,weight_kg,height_cm,off_drug_day,hold_from_day,hold_days"
    days = round(Fraction(minute, MINUTES_PER_DAY), places)
    written, beside = (decimal_text(one, places) for one in (days, days + Fraction(1, 10**places)))
    (order,) = of(f"A,70,175,,{written},{written}", head=head).own
    assert order.hold == (minute, minute)
    off = of(f"A,70,175,{written},,", head=head).off_drug_minutes
    assert off is not None
    assert off.tolist() == [minute]
    for row in (f"A,70,175,{beside},,", f"A,70,175,,{beside},1", f"A,70,175,,1,{beside}"):
        assert "to the minute (8 hours are 0.3333)" in refused(row, head=head)


@given(st.integers(1, 33_600).map((9).__mul__) | st.integers(1, 302_400), st.sampled_from([4, 4, 5, 7, 12]))
def test_a_minute_is_taken_however_the_last_decimal_was_rounded(minute: int, places: int) -> None:
    """Of 9 minutes, 0.00625 days, one program writes 0.0062, and another 0.0063: both are the same minute."""
    day = Decimal(minute) / MINUTES_PER_DAY
    for way in (ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN):
        written = f"{day.quantize(Decimal(1).scaleb(-places), way):f}"
        off = of(f"A,70,175,{written}", head="id,weight_kg,height_cm,off_drug_day").off_drug_minutes
        assert off is not None
        assert off.tolist() == [minute]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A,70,175,150", "an age of 150 years: an age in years is 0 to 120"),
        ("A,75,155,3", "75 kg at 3 years: nobody below 5 years weighs more than 70 kg"),
        ("A,30,130,0.7", "30 kg at 8 months: nobody below 1 year weighs more than"),
        ("A,70,175,-4", "an age of -4 years"),
        ("A,70,175,41y", "age_years is '41y'"),
        ("A,70,175,", "age_years is empty"),
    ],
)
def test_impossible_ages_are_refused(row: str, words: str) -> None:
    said = refused(row, head="id,weight_kg,height_cm,age_years")
    assert "ward.csv:2 (id A): " in said
    assert words in said


def test_a_child_may_be_of_months_and_an_adult_of_a_fraction_of_a_year() -> None:
    people = of("8.5,70,0.7", "70,175,41.29", head="weight_kg,height_cm,age_years")
    assert people.age_years is not None
    assert people.age_years.tolist() == [0.7, 41.29]


@pytest.mark.parametrize(("word", "female"), [("F", 1.0), ("female", 1.0), ("m", 0.0), ("Male", 0.0)])
def test_a_column_of_sex_takes_words(word: str, female: float) -> None:
    people = of(f"70,175,{word}", head="weight_kg,height_cm,sex")
    assert people.female is not None
    assert people.female.tolist() == [female]


@pytest.mark.parametrize(
    ("column", "word"), [("female", "F"), ("female", "yes"), ("female", "2"), ("sex", "w"), ("sex", "1"), ("sex", "")]
)
def test_other_words_for_the_sex_are_refused(column: str, word: str) -> None:
    said = refused(f"A,70,175,{word}", head=f"id,weight_kg,height_cm,{column}")
    assert f"ward.csv:2 (id A): {column} is {repr(word) if word else 'empty'}" in said


PLAIN = "id,weight_kg,height_cm,t_cells_per_ul\nA-1,70.5,175,900\nB-2,60,160,1200\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", ";").replace("70.5", "70,5"),
        PLAIN.replace("70.5", '"70,5"'),
        PLAIN.replace(",", " , "),
        PLAIN.replace(",", ",\u00a0"),
        PLAIN.replace("weight_kg", "Weight [kg]").replace("t_cells_per_ul", "T cells per \u00b5L"),
        PLAIN.replace("\n", ",,\n"),
        PLAIN.replace("\nB", "\n,,,\n\nB"),
        PLAIN.replace("A-1", '"A-1"'),
        PLAIN.replace("1200", "1.2e3"),
        "sep=;\n" + PLAIN.replace(",", ";"),
        "\n" + PLAIN,
    ],
    ids=str,
)
def test_a_table_reads_the_same_however_a_spreadsheet_saves_it(text: str) -> None:
    people = read_people(text, "ward.csv")
    assert people.ids == ("A-1", "B-2")
    assert people.weight_kg.tolist() == [70.5, 60.0]
    assert people.height_cm.tolist() == [175.0, 160.0]
    assert people.baselines["t_cells"].tolist() == [900.0, 1200.0]


HEADS = {
    "weight_kg": ("Weight", "kg"),
    "height_cm": ("Height", "cm"),
    "bsa_m2": ("BSA", "m\u00b2"),
    "age_years": ("Age", "years"),
    "b_cells_per_ul": ("B cells", "/\u00b5L"),
    "t_cells_per_ul": ("T-cells", "/\u03bcL"),
    "il6_pg_per_ml": ("IL-6", "pg/mL"),
    "blasts_fraction": ("Blasts", "fraction"),
}
OTHER_UNITS = {
    "Weight": ("lb", "g", "kg/m\u00b2", "stone"),
    "Height": ("m", "in", "mm"),
    "BSA": ("m", "cm\u00b2", "m\u00b3"),
    "Age": ("months", "days"),
    "B cells": ("10^9/L", "G/L", "/mL", "%"),
    "T-cells": ("x10\u2079/L", "/L"),
    "IL-6": ("ng/mL", "ng/L", "pg", "IU/mL"),
    "Blasts": ("%",),
}


@pytest.mark.parametrize("written", ["{0} ({1})", "{0} [{1}]", "{0} {1}", "{0} / {1}", "{0}_{1}"])
def test_a_unit_at_the_head_of_a_column_is_read_as_spreadsheets_have_it(written: str) -> None:
    heads = [written.format(*words) for words in HEADS.values()]
    told = read_cells(f"{';'.join(heads)}\n", "ward.csv").columns
    assert told == tuple(HEADS)
    for what, units in OTHER_UNITS.items():
        for unit in units:
            (column,) = read_cells(f"{written.format(what, unit)}\n", "ward.csv").columns
            assert column not in ALL, (what, unit)


@pytest.mark.parametrize("head", ["we\u0456ght_kg", "weight\u200b_kg"])
def test_a_name_with_letters_that_are_not_what_they_look_like_is_another(head: str) -> None:
    assert read_cells(f"{head};IL\u20116 (pg/mL)\n", "ward.csv").columns == (head, "il6_pg_per_ml")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["A,70,175", "A,60,160"], ("ward.csv:3 (id A)", "row 2 has the same id")),
        (["A,70,175", ",60,160"], ("ward.csv:3: id is empty",)),
        (["A,,175"], ("ward.csv:2 (id A): weight_kg is empty",)),
        (["A,70,5,175"], ("ward.csv:2: 4 cells, and the header has 3 columns", "decimal comma", "semicolons")),
        (["A,70 kg,175"], ("weight_kg is '70 kg'", "a plain number")),
        (["", "A,154,69"], ("ward.csv:3 (id A)",)),
        (["A,154,69", "B,140,66", "C,70,175"], ("ward.csv:2 (id A)", "1 more row is refused too")),
        (["A,70,1e99999999999"], ("height_cm is",)),
        (["\x1b[31mA,70,7"], ("(id \\x1b[31mA)",)),
        ([f"{'A' * 65},70,175"], ("id has 65 characters",)),
        ([f"{'A' * 64},7,175"], (f"(id {'A' * 64}): 7 kg at 175 cm",)),
        (['"A"b,70,175'], ("not CSV: ",)),
        (["A,70"], ("2 cells, and the header has 3 columns -> give each column of a row a cell",)),
        ([f"A,{'7' * 50},175"], (f"weight_kg is '{'7' * 40}' ->",)),
    ],
    ids=str,
)
def test_a_row_that_nobody_can_take_as_it_stands_says_where_and_why(rows: list[str], words: tuple[str, ...]) -> None:
    said = refused(*rows)
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("id,weight_lb,height_cm", "multiply pounds by 0.45359237 and call it weight_kg"),
        ("id,weight_kg,height_in", "multiply inches by 2.54 and call it height_cm"),
        ("id,weight,height_cm", "weight may be weight_kg"),
        ("id,wieght_kg,height_cm", "wieght_kg may be weight_kg"),
        ("id,weight_kg,height_cm,female,sex", "; female and sex say the same; "),
        ("id,weight_kg,height_cm,weight_kg", "; weight_kg stands twice; "),
        ("id,weight_kg,age_years,colour", "; colour is no column of it, height_cm is missing; "),
        ("id,weight_kg,height_cm,,age_years", "one without a name"),
        (
            f"id,weight_kg,{'x' * 50}",
            f"columns are id, weight_kg, {'x' * 40}; {'x' * 40} is no column of it, height_cm",
        ),
        ("id,weight_kg,height_cm,", "ward.csv:1: the columns are id, weight_kg, height_cm, one without a name; "),
    ],
)
def test_columns_that_a_table_has_not_are_refused_with_what_is_meant(head: str, words: str) -> None:
    cells = ",".join(["A", "70", "175", "1", "1"][: head.count(",") + 1])
    assert words in refused(cells, head=head)


def test_a_cell_may_have_a_mark_that_parts_the_cells_of_other_tables() -> None:
    assert of("A;1,70,175").ids == ("A;1",)


def test_a_column_that_is_like_none_is_told_without_a_guess() -> None:
    said = refused("A,70,175,red,red,x", head="id,weight_kg,height_cm,colour,colour,")
    assert "; colour is no column of it, one without a name is no column of it; " in said
    assert " may be " not in said


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (
            ["0.12"],
            "ward.csv:2 (id P0): b_cells_per_ul is 0.12, and below 1 in 1 of 1 patient; if it is in 10^9/L, write 120",
        ),
        (["0.12", ""], "and below 1 in 1 of 1 patient; "),
        (
            ["40", "0.05", "0.3"],
            "ward.csv:3 (id P1): b_cells_per_ul is 0.05, and below 1 in 2 of 3 patients; if it is in 10^9",
        ),
        (["0.99", "1.3", "0.2"], "below 1 in 2 of 3 patients; "),
        (["1"], ""),
        (["0.5", "1"], ""),
        (["0.05", "12", "70"], ""),
        ([""], ""),
    ],
)
def test_b_cells_in_another_unit_are_told_by_most_of_their_column(counts: list[str], told: str) -> None:
    """Who has had rituximab has few; of a whole table, 0.12 is more likely a hundred and twenty in a microlitre."""
    rows = "\n".join(f"P{number},70,175,{count}" for number, count in enumerate(counts))
    table = f"id,weight_kg,height_cm,b_cells_per_ul\n{rows}\n"
    if not told:
        assert read_people(table, "ward.csv").size == len(counts)
        return
    with pytest.raises(PeopleError) as error:
        read_people(table, "ward.csv")
    assert told in f"{error.value}; {error.value.advice}"


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("t_cells_per_ul", "1,200", "it may be 1.2 or 1200"),
        ("il6_pg_per_ml", "1,000", "it may be 1 or 1000"),
        ("t_cells_per_ul", "0,9", "in 10^9/L it would be 900 cells/µL"),
        ("t_cells_per_ul", "4,9999", "in 10^9/L it would be 4,999.9 cells/µL"),
        ("il6_pg_per_ml", "0,005", "il6_pg_per_ml is 0.005, next to none -> in ng/mL it would be 5 pg/mL: write that"),
        ("il6_pg_per_ml", "0.001", "in ng/mL it would be 1 pg/mL: write that"),
        ("il6_pg_per_ml", "0.0009", "IL-6 before treatment is 0.001 to 1,000 pg/mL"),
        ("il6_pg_per_ml", "0.0999", "in ng/mL it would be 99.9 pg/mL"),
        ("b_cells_per_ul", "0", "B cells before treatment are 0.01 to 20,000 cells/µL"),
        ("b_cells_per_ul", "0", "write the least that would have been found, or half of it"),
        ("b_cells_per_ul", "0.001", "correct it"),
        ("b_cells_per_ul", "low", "b_cells_per_ul is 'low'"),
        ("blasts_fraction", "40", "40 % is 0.4"),
        ("il6_pg_per_ml", "<2", "il6_pg_per_ml is '<2', below what could be measured"),
        ("il6_pg_per_ml", "≤ 1.5", "write the least that would have been found, or half of it"),
        ("il6_pg_per_ml", "5000", "IL-6 before treatment is 0.001 to 1,000 pg/mL"),
    ],
)
def test_baselines_in_another_unit_or_of_two_readings_are_refused(column: str, cell: str, words: str) -> None:
    said = refused(f"A;70;175;{cell}", head=f"id;weight_kg;height_cm;{column}")
    assert "ward.csv:2 (id A): " in said
    assert words in said


@pytest.mark.parametrize(("cell", "said"), [("95", True), ("95.1", False), ("0", False)])
def test_a_share_that_may_be_in_percent_is_told_as_one_where_that_is_possible(cell: str, said: bool) -> None:
    """Blasts are 95 % of the marrow at most."""
    assert (" % is 0" in refused(f"A,70,175,{cell}", head="id,weight_kg,height_cm,blasts_fraction")) is said


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("0,,", "off_drug_day is 0 -> "),
        ("3660.25,,", "off_drug_day is 3,660.25 -> "),
        (",-1,1", "hold_from_day is -1 -> "),
        (",3660.25,1", "hold_from_day is 3,660.25 -> "),
        (",1,-1", "hold_days is -1 -> "),
        (",1,3660.25", "hold_days is 3,660.25 -> "),
    ],
)
def test_days_are_of_ten_years_at_most_and_none_are_no_days(cells: str, words: str) -> None:
    head = "id,weight_kg,height_cm,off_drug_day,hold_from_day,hold_days"
    assert words in refused(f"A,70,175,{cells}", head=head)
    assert of("A,70,175,3660,,", "B,70,175,,3660,1", "C,70,175,,0,3660", head=head).size == 3


@pytest.mark.parametrize(("column", "least"), [("t_cells_per_ul", "5"), ("il6_pg_per_ml", "0.1")])
def test_the_least_that_anybody_has_is_taken(column: str, least: str) -> None:
    assert len(of(f"A,70,175,{least}", head=f"id,weight_kg,height_cm,{column}").baselines) == 1


@pytest.mark.parametrize(
    ("text", "delimiter", "numbers"),
    [
        ("1,200", ";", ["1.2", "1200"]),
        ("1.200", ";", ["1.2", "1200"]),
        ("1,200", ",", ["1.2", "1200"]),
        ("1.200", ",", ["1.2"]),  # whose cells commas part has points before decimals
        ("1.20", ";", ["1.2"]),
        ("0,900", ";", ["0.9"]),
        ("1200,125", ";", ["1200.125"]),
        ("1e3", ";", ["1000"]),
        ("7_0", ";", []),
    ],
)
def test_a_mark_before_three_digits_may_part_thousands(text: str, delimiter: str, numbers: list[str]) -> None:
    assert list(readings(text, delimiter)) == list(map(Fraction, numbers))


def test_of_two_readings_that_are_both_too_much_the_lesser_is_told() -> None:
    assert ": weight is 900.5 kg" in refused("A;900,500;175", head="id;weight_kg;height_cm")


def test_a_mark_that_can_only_part_decimals_does() -> None:
    people = of("A;70,125;175,250;1,851", head="id;weight_kg;height_cm;bsa_m2")
    assert people.bsa_m2 is not None
    assert (people.weight_kg[0], people.height_cm[0], people.bsa_m2[0]) == (70.125, 175.25, 1.851)


def test_an_area_that_a_row_leaves_open_is_computed() -> None:
    areas = of("A,70,175,", "B,70,175,1.9", head="id,weight_kg,height_cm,bsa_m2").bsa_m2
    assert areas is not None
    assert areas.tolist() == pytest.approx([(70 * 175 / 3600) ** 0.5, 1.9])


def test_areas_are_computed_by_the_formula_that_is_asked_for() -> None:
    people = read_people("weight_kg,height_cm\n70,175\n", "ward.csv", AreaFormula.DUBOIS)
    assert people.bsa_m2 is not None
    assert people.bsa_m2[0] == pytest.approx(0.007184 * 70**0.425 * 175**0.725)


HEAD = "id,weight_kg,height_cm,b_cells_per_ul,t_cells_per_ul,blasts_fraction,il6_pg_per_ml"


def sent(people: People, seed: int = 5) -> Simulation:
    return run(library.regimen("nhl-15"), preset="adult-rr", patients=people, seed=seed)


def test_what_was_before_treatment_stands_in_the_place_of_what_is_drawn() -> None:
    drawn = draw("adult-rr", 3, seed=5)
    given = sent(of("A,70,175,15,400,0.2,12", "B,60,160,,,,", "C,80,180,30,,,", head=HEAD)).population
    assert given.b_cells.tolist() == [15.0, drawn.b_cells[1], 30.0]
    assert given.t_cells.tolist() == [400.0, *drawn.t_cells[1:]]
    assert given.blasts.tolist() == [0.2, *drawn.blasts[1:]]
    assert given.cytokine_baseline[2].tolist() == [12.0, *drawn.cytokine_baseline[2, 1:]]
    # Release is told over the baseline, and all else is the person's own.
    assert given.cytokine_release[0, 0] / 12 == pytest.approx(
        drawn.cytokine_release[0, 0] / drawn.cytokine_baseline[2, 0]
    )
    assert given.lysis_ec50.tolist() == drawn.lysis_ec50.tolist()
    assert given.given == ("b_cells", "t_cells", "blasts", "baseline_il6")


def test_the_first_values_of_the_curves_are_those_of_the_table() -> None:
    asked = curves(
        library.regimen("nhl-15"),
        every=MINUTES_PER_DAY,
        preset="adult-rr",
        patients=of("A,70,175,15,400,0.2,12", head=HEAD),
    )
    (portion,) = portions(asked)
    found = portion.trajectories
    assert found.states.b_blood[0, 0] == pytest.approx(15.0)
    assert found.t_blood[0, 0] == pytest.approx(400.0)
    assert found.blasts[0, 0] == pytest.approx(0.2)
    assert found.cytokine("IL-6")[0, 0] == pytest.approx(12.0)


def test_patients_keep_their_names_wherever_some_of_them_go() -> None:
    people = sent(of("A,70,175", "B,60,160", "C,80,180")).population
    assert people.ids == ("A", "B", "C")
    assert people.select(slice(1, 3)).ids == ("B", "C")
    assert people.select(np.array([2, 0])).ids == ("C", "A")


def test_other_patients_of_the_same_bodies_are_not_paired() -> None:
    mine, yours = sent(of("A,70,175")), sent(of("B,70,175"))
    assert mine.outcome.paired(mine.outcome).shares
    with pytest.raises(NotPairedError):
        mine.outcome.paired(yours.outcome)


def test_a_patient_does_not_depend_on_the_baselines_of_others() -> None:
    alone = sent(of("A,70,175,15,,,", head=HEAD))
    beside = sent(of("A,70,175,15,,,", "B,60,160,90,600,,", head=HEAD))
    for mine, theirs in zip(alone.quantities, beside.quantities, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values[:1])


class Compared(str):
    """A name that counts how often it is compared."""

    times = 0
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_a_table_of_many_columns_is_refused_in_steps_as_many_as_they_are() -> None:
    """Fifty thousand took half a minute: each was compared with all."""
    with pytest.raises(PeopleError, match="c0 is no column of it"):
        check_columns([Compared(f"c{number}") for number in range(500)], "people.csv")
    assert 500 < Compared.times < 500 * 100


EVERYTHING = "id,weight_kg,height_cm,age_years,female,bsa_m2,b_cells_per_ul,off_drug_day,hold_from_day,hold_days"
A_ROW = ["A", "70", "175", "41", "1", "1.84", "15", "20", "3", "1"]
OTHERWISE = ["B", "71", "174", "42", "0", "1.85", "16", "21", "4", "2"]


def test_the_fingerprint_of_a_table_is_of_every_cell_and_not_of_how_it_is_written() -> None:
    def fingerprint(row: list[str], mark: str = ",") -> str:
        return of(mark.join(row), head=EVERYTHING.replace(",", mark)).table.fingerprint

    others = [[*A_ROW[:k], cell, *A_ROW[k + 1 :]] for k, cell in enumerate(OTHERWISE)]
    assert len({fingerprint(row) for row in (A_ROW, *others)}) == 1 + len(others)
    assert fingerprint(A_ROW, ";") == fingerprint([*A_ROW[:1], "70.0", *A_ROW[2:]]) == fingerprint(A_ROW)
    assert fingerprint([*A_ROW[:1], "70.00000000001", *A_ROW[2:]]) != fingerprint(A_ROW)
    assert len(fingerprint(A_ROW)) == 16
    people = of("A,70,175,15,400", head=HEAD.rsplit(",", 2)[0])
    again = replace(people, baselines=dict(sorted(people.baselines.items(), reverse=True)))
    assert again.table.fingerprint == people.table.fingerprint


def test_the_fingerprint_of_a_table_is_of_what_its_regimens_give() -> None:
    shipped = library.load("rr-adult").regimen
    first, *others = shipped.cycles
    low, high = first.steps
    steps = replace(low, minutes=low.minutes + 1440), replace(high, minutes=high.minutes - 1440)
    later = replace(shipped, cycles=(replace(first, steps=steps), *others))
    assert repr(later) == repr(shipped)

    def fingerprint(regimen: Regimen) -> str:
        text = "weight_kg,height_cm,regimen\n70,175,ours\n71,175,\n"
        return read_people(text, "ward.csv", regimen_named=lambda _: regimen).table.fingerprint

    assert fingerprint(shipped) == fingerprint(library.load("rr-adult").regimen)
    assert len({fingerprint(shipped), fingerprint(later), fingerprint(replace(shipped, name="ours"))}) == 3


def test_what_a_table_leaves_out_of_a_body_is_unsaid() -> None:
    assert of("A,70,175").table.unsaid == ("age_years", "female")
    assert of("A,70,175,41", head="id,weight_kg,height_cm,age_years").table.unsaid == ("female",)
    assert of("A,70,175,f", head="id,weight_kg,height_cm,sex").table.unsaid == ("age_years",)
