"""Numbers in a spreadsheet are the plan's own: exact, or rounded to six decimals and said to be."""

import csv
import io
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan import patient, plan
from blinplan.api.planning.planned import Plan
from blinplan.course.bags.bag import Bag
from blinplan.reports.plan.bags.bag_list import bag_json
from tests.collection.examples import fewer_examples
from tests.read_text import site_in

START = datetime(2026, 10, 19, 10, tzinfo=ZoneInfo("Europe/Berlin"))
AMOUNTS = {
    "mcg": "mcg",
    "pump_ml_per_hour": "ml_per_hour",
    "infused_ml": "ml_infused",
    "filled_ml": "ml_filled",
    "filled_mcg": "mcg_filled",
    "drawn_ml": "ml_drawn",
    "diluent_ml": "ml_diluent",
    "stabiliser_ml": "ml_stabiliser",
    "computed_ml": "ml_drug_computed",
    "off_mcg": "mcg_off",
    "left_in_vials_mcg": "mcg_left_in_vials",
}
"""The columns of a bag, by the names in JSON of what they are."""


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Return a plan of a child or an adult, with bags that are filled in one way or another, or without dates."""
    name, weight = draw(st.sampled_from([("rr-below-45-kg", 30), ("rr-adult", 70)]))
    area = Fraction(draw(st.integers(95, 112)), draw(st.sampled_from([100, 99, 97])))
    whom = patient(weight=weight, area=area if weight < 45 else None, age=12 if weight < 45 else 40)
    if draw(st.integers(0, 4)) == 0:
        return plan(name, whom, isolated=True)
    fill = draw(st.decimals("250", "300", places=2))
    stabiliser = draw(st.sampled_from(["", ", stabiliser_ml = 5.5"]))
    syringes = draw(st.sampled_from(["", "syringe = [{ ml = 20, graduation_ml = 0.2 }]\n"]))
    vial = draw(st.sampled_from(["", "vial = { micrograms = 35, mcg_per_ml = 12.7 }\n"]))
    hours = draw(st.sampled_from([24, 48, 36]))
    kind = ", rate_ml_per_hour = 3.3, preservative = false, in_use_hours = 48" if hours == 36 else ""
    ward = site_in(
        f'site = 1\nname = "Ward"\n{syringes}{vial}bag = [{{ hours = {hours}{kind}, fill_ml = {fill}{stabiliser} }}]'
    )
    start = START + timedelta(minutes=draw(st.integers(0, 20_000)))
    return plan(name, whom, start=start, site=ward, isolated=True, cycle=1)


def rows_of(planned: Plan, *, decimal_comma: bool) -> list[dict[str, str]]:
    """Return the cells by the names of their columns."""
    text = planned.text("csv", decimal_comma=decimal_comma).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if decimal_comma else ","))


def holds(cell: str, exact: Fraction | None, name: str, row: dict[str, str], *, decimal_comma: bool) -> None:
    """Hold a cell to what it is of the plan, within what is told."""
    if exact is None:
        assert cell == ""
        return
    assert ("." not in cell) if decimal_comma else ("," not in cell)
    number = cell.replace(",", ".")
    assert len(number.partition(".")[2]) <= 6
    assert "e" not in number.lower()
    if name in row["rounded"].split():
        assert Fraction(number) != exact
        assert abs(Fraction(number) - exact) <= Fraction(1, 2_000_000)
    else:
        assert Fraction(number) == exact


def of_bag(planned: Plan, number: int, bag: Bag) -> dict[str, Any]:
    """Return what a row of a bag is to have."""
    assert planned.dated is not None
    assert planned.dated.site is not None
    told = bag_json(planned.dated, number, bag, planned.dated.site)
    amounts = {name: told[key] and Fraction(told[key]["exact"]) for name, key in AMOUNTS.items()}
    left = told["in_use_minutes_left"]
    return {
        **amounts,
        "rate_mcg_per_day": bag.rate,
        "bag_size_hours": Fraction(bag.size.minutes, 60),
        "in_use_left_hours": None if left is None else Fraction(left, 60),
    }


@pytest.mark.slow
@fewer_examples(4)
@given(plans(), st.booleans())
def test_every_number_is_the_plans_own_or_told_to_be_rounded(planned: Plan, decimal_comma: bool) -> None:
    rows = rows_of(planned, decimal_comma=decimal_comma)
    if planned.dated is None:
        for row, event in zip(rows, planned.course.events, strict=True):
            for name, exact in (("rate_mcg_per_day", event.rate), ("mcg", event.micrograms)):
                holds(row[name], exact, name, row, decimal_comma=decimal_comma)
        return
    bags = iter(planned.dated.shown_bags())
    for row, entry in zip(rows, planned.dated.shown_entries(), strict=True):
        expected: dict[str, Fraction | None] = {}
        if entry.event is not None and entry.event.period.dose is not None:
            expected |= {"rate_mcg_per_day": entry.event.rate, "mcg": entry.event.micrograms}
        if row["due"] == "bag":
            expected = of_bag(planned, *next(bags))
        for name, of_plan in expected.items():
            holds(row[name], of_plan, name, row, decimal_comma=decimal_comma)


def test_a_third_is_told_to_be_rounded_and_a_tenth_is_a_tenth() -> None:
    child = patient(weight=30, area=Fraction("1.1"), age=9)
    (first, *_) = rows_of(plan("rr-below-45-kg", child, isolated=True), decimal_comma=False)
    assert (first["rate_mcg_per_day"], first["mcg"], first["rounded"]) == ("5.5", "38.5", "")
    odd = patient(weight=30, area=Fraction(10, 9), age=9)
    (first, *_) = rows_of(plan("rr-below-45-kg", odd, isolated=True), decimal_comma=True)
    assert (first["rate_mcg_per_day"], first["rounded"]) == ("5,555556", "rate_mcg_per_day mcg")
