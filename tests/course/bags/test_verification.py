"""From a bag and a pump back to the dose: agreeing with every bag of a plan, and with nothing else."""

from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import contents
from blinplan.course.bags.verification import BagAndPump, Verification, WrittenFigure, verify_bag, written_figure
from blinplan.course.dated import Dated, date_course
from blinplan.quantities import MINUTES_PER_HOUR
from blinplan.regimen.site.site import Syringe
from tests.course.records import DAY, START, course
from tests.course.regimens import site

FILLS = {24: Fraction(276), 48: Fraction(276), 96: Fraction(203), 168: Fraction(110)}
RATES = {24: Fraction(10), 48: Fraction(5), 96: Fraction("1.8"), 168: Fraction("0.6")}


def planned(*hours: int, name: str = "rr-adult", area: str | None = None) -> Dated:
    ward = site(*hours)
    bags = tuple(
        replace(bag, fill=FILLS[bag.minutes // 60], millilitres_per_hour=RATES[bag.minutes // 60], preservative=False)
        for bag in ward.bags
    )
    whom = course(name) if area is None else course(name, Fraction(area))
    return date_course(whom, START.astimezone(ZoneInfo("UTC")), replace(ward, bags=bags), None)


def exactly(value: Fraction) -> WrittenFigure:
    return WrittenFigure(value, Fraction(0))


def as_it_stands(dated: Dated, bag: Bag) -> BagAndPump:
    assert dated.site is not None
    holds = contents(bag, dated.site)
    assert holds is not None
    assert bag.size.millilitres_per_hour is not None
    assert bag.millilitres is not None
    return BagAndPump(
        exactly(holds.micrograms),
        exactly(holds.millilitres),
        exactly(bag.size.millilitres_per_hour),
        exactly(bag.millilitres),
        exactly(Fraction(bag.minutes, MINUTES_PER_HOUR)),
    )


def test_a_number_stands_for_all_that_are_rounded_to_it() -> None:
    assert written_figure("28.5").bounds == (Fraction("28.45"), Fraction("28.55"))
    assert written_figure("28.50").bounds == (Fraction("28.495"), Fraction("28.505"))
    assert written_figure("28").is_of(Fraction("28.5"))
    assert not written_figure("28.0").is_of(Fraction("28.1"))


def test_the_way_back_is_concentration_times_rate_times_a_day() -> None:
    seen = BagAndPump(exactly(Fraction("32.2")), exactly(Fraction(276)), exactly(Fraction(10)))
    assert seen.dose == exactly(Fraction(28))
    by_volume = replace(seen, rate=None, infused=exactly(Fraction(240)), hours=exactly(Fraction(24)))
    assert by_volume.dose == exactly(Fraction(28))
    assert replace(by_volume, hours=None).dose is None


@pytest.mark.parametrize("hours", [(24,), (24, 48), (48, 168), (24, 48, 96, 168)])
@pytest.mark.parametrize(("name", "area"), [("rr-adult", None), ("rr-below-45-kg", "1.234")])
def test_each_bag_of_a_plan_agrees_with_it_while_it_runs_and_only_then(
    hours: tuple[int, ...], name: str, area: str | None
) -> None:
    dated = planned(*hours, name=name, area=area)
    for number, bag in enumerate(dated.bags, start=1):
        for at in (bag.start, (bag.start + bag.stop) // 2, bag.stop - 1):
            found = verify_bag(dated, at, as_it_stands(dated, bag))
            assert found.agrees
            assert (found.number, found.likely, found.contradictions) == (number, (), ())
    assert not verify_bag(dated, 30 * DAY, as_it_stands(dated, dated.bags[0])).agrees  # free of drug
    assert not verify_bag(dated, -1, as_it_stands(dated, dated.bags[0])).agrees


@pytest.mark.slow
@given(
    st.sampled_from(["micrograms", "total", "rate", "infused", "hours"]),
    st.fractions(Fraction(1, 10), Fraction(10)).filter(lambda factor: factor != 1),
    st.integers(0, 27 * DAY),
)
def test_any_figure_that_is_another_one_is_told(name: str, factor: Fraction, at: int) -> None:
    dated = planned(24, 48, 168)
    bag = next(bag for bag in dated.bags if bag.start <= at < bag.stop)
    right = as_it_stands(dated, bag)
    wrong = replace(right, **{name: exactly(getattr(right, name).value * factor)})
    found = verify_bag(dated, at, wrong)
    assert not found.agrees
    assert [figure.what for figure in found.compared if figure.agrees is False]


def likely(dated: Dated, at: int, **wrong: Fraction) -> Verification:
    bag = next(bag for bag in dated.bags if bag.start <= at < bag.stop)
    return verify_bag(
        dated, at, replace(as_it_stands(dated, bag), **{name: exactly(value) for name, value in wrong.items()})
    )


def test_what_a_difference_looks_like_is_said() -> None:
    dated = planned(24)
    other_step = likely(dated, DAY, micrograms=Fraction("32.2"))
    assert other_step.likely == ("it is the dose of step 2 of cycle 1",)
    ten = likely(dated, 8 * DAY, micrograms=Fraction(322))
    assert ten.likely == ("it is 10 times the dose: a decimal point may stand in the wrong place",)
    without_priming = likely(dated, 8 * DAY, micrograms=Fraction(28))
    assert without_priming.likely == ("28 mcg are what is infused; with priming the bag holds 32.2 mcg",)
    dated_long = planned(24, 168)
    bag = dated_long.bags[0]
    at_rate = BagAndPump(exactly(bag.micrograms), exactly(Fraction(110)), exactly(Fraction("0.6")))
    assert verify_bag(dated_long, DAY, at_rate).likely == (
        "63 mcg are what is infused; with priming the bag holds 68.75 mcg",
    )
    slow = likely(planned(24, 48), 8 * DAY + 60, rate=Fraction(10))
    assert slow.likely == ("at 5 mL/h, the rate of bags of 48 hours, it would be the dose of the plan",)


def test_what_a_difference_looks_like_is_said_of_bags_whose_drug_a_syringe_measures() -> None:
    """A bag of 32.2 mcg takes 2.576 mL: a syringe with marks of 0.2 mL measures 2.6 mL, 32.5 mcg."""
    dated = planned(24)
    assert dated.site is not None
    marks = (Syringe(Fraction(3), Fraction(1, 5)),)
    dated = replace(dated, site=replace(dated.site, syringes=marks))
    ten = likely(dated, 8 * DAY, micrograms=Fraction(325))
    assert ten.likely == ("it is 10 times the dose: a decimal point may stand in the wrong place",)
    assert likely(dated, DAY, micrograms=Fraction("32.5")).likely == ("it is the dose of step 2 of cycle 1",)


def test_figures_that_cannot_all_be_right_are_told_whatever_the_plan_says() -> None:
    dated = planned(24)
    assert likely(dated, DAY, infused=Fraction(300)).contradictions == (
        "300 mL are to be infused, and 276 mL are in the bag",
        "10 mL/h for 24 h are 240 mL, and 300 mL are to be infused",
    )


def test_without_a_site_the_dose_alone_is_compared() -> None:
    dated = date_course(course(), START.astimezone(ZoneInfo("UTC")), None, None)
    found = verify_bag(dated, 8 * DAY, BagAndPump(written_figure("32.2"), written_figure("276"), written_figure("10")))
    assert found.agrees
    assert [figure.what for figure in found.compared if figure.agrees is None] == [
        "drug in the bag",
        "volume in the bag",
        "pump rate",
    ]


def test_a_pump_that_is_set_to_the_whole_bag_agrees_where_it_is_taken_down_before_its_end() -> None:
    dated = planned(96)
    bag = next(bag for bag in dated.bags if bag.minutes < bag.size.minutes)
    seen, rate = as_it_stands(dated, bag), bag.size.millilitres_per_hour
    assert rate is not None
    whole = Fraction(bag.size.minutes, MINUTES_PER_HOUR)
    for hours, agrees in ((whole, True), (Fraction(bag.minutes, MINUTES_PER_HOUR), True), (whole - 1, False)):
        pump = replace(seen, infused=exactly(rate * hours), hours=exactly(hours))
        assert verify_bag(dated, bag.start, pump).agrees is agrees, hours
