"""From a bag and a pump back to the dose: agreeing with every bag of a plan, and with nothing else."""

from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import contents
from blinplan.course.bags.verification import (
    BagAndPump,
    Compared,
    Verification,
    WrittenFigure,
    verify_bag,
    written_figure,
)
from blinplan.course.dated import Dated, date_course
from blinplan.course.happened.replan import replan
from blinplan.quantities import MINUTES_PER_HOUR
from blinplan.regimen.site.site import SiteBag, Syringe
from tests.course.records import DAY, START, course, record, stop
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
    assert replace(by_volume, infused=None).dose is None


def test_each_figure_stands_beside_that_of_the_plan_in_its_unit() -> None:
    """A bag of a day at 28 mcg/day: 276 mL, of which the pump gives 240, and 32.2 mcg."""
    dated = planned(24)
    found = verify_bag(dated, 8 * DAY, as_it_stands(dated, dated.bags[8]))
    assert [(one.what, one.unit, one.found.value, one.planned, one.made_for) for one in found.compared] == [
        ("dose", "mcg/day", 28, 28, None),
        ("drug in the bag", "mcg", Fraction("32.2"), Fraction("32.2"), None),
        ("volume in the bag", "mL", 276, 276, None),
        ("pump rate", "mL/h", 10, 10, None),
        ("volume to be infused", "mL", 240, 240, None),
        ("running time", "h", 24, 24, None),
    ]
    assert (found.at, found.number, found.bag) == (8 * DAY, 9, dated.bags[8])
    assert found.planned_dose == 28
    nothing = verify_bag(dated, 30 * DAY, as_it_stands(dated, dated.bags[8]))
    assert nothing.compared == (Compared("dose", "mcg/day", exactly(Fraction(28)), None),)
    assert (nothing.event, nothing.bag, nothing.number, nothing.planned_dose) == (None, None, None, None)


def test_a_bag_that_is_taken_down_early_is_made_for_more_than_it_gives() -> None:
    dated = planned(96)
    bag = dated.bags[1]  # three of its four days, to the step
    assert (bag.minutes, bag.size.minutes) == (3 * DAY, 4 * DAY)
    found = verify_bag(dated, bag.start, as_it_stands(dated, bag))
    figures = {one.what: (one.planned, one.made_for) for one in found.compared}
    assert figures["volume to be infused"] == (Fraction("129.6"), Fraction("172.8"))  # 1.8 mL/h
    assert figures["running time"] == (Fraction(72), Fraction(96))
    assert figures["pump rate"] == (Fraction("1.8"), None)
    assert figures["drug in the bag"][1] is None


@pytest.mark.parametrize(
    ("found", "planned_figure", "words"),
    [
        ("30", "28", "2 mcg more, ≈7.143 %"),
        ("27", "28", "1 mcg less, ≈3.571 %"),
        ("28.5", "28", "0.5 mcg more, ≈1.786 %"),
        ("27.5", "28", "0.5 mcg less, ≈1.786 %"),
        ("56", "28", "28 mcg more, 2 times"),
        ("55.99", "28", "27.99 mcg more, ≈99.964 %"),
        ("280", "28", "252 mcg more, 10 times"),
        ("0", "28", "28 mcg less, 0 times"),
        ("5", "0", "5 mcg more"),
        ("28", "28", ""),
    ],
)
def test_by_how_much_a_figure_differs_is_told(found: str, planned_figure: str, words: str) -> None:
    assert Compared("drug", "mcg", exactly(Fraction(found)), Fraction(planned_figure)).difference == words


def test_what_the_plan_does_not_say_agrees_with_nothing_and_differs_from_nothing() -> None:
    unknown = Compared("drug", "mcg", exactly(Fraction(28)), None)
    assert (unknown.agrees, unknown.difference) == (None, "")
    whole = Compared("volume", "mL", exactly(Fraction(240)), Fraction(120), Fraction(240))
    assert (whole.agrees, whole.difference) == (True, "")


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ({"infused": "276"}, []),
        ({"infused": "277"}, ["277 mL are to be infused, and 276 mL are in the bag"]),
        ({"rate": "10", "hours": "27.6"}, []),
        ({"rate": "10", "hours": "28"}, ["10 mL/h for 28 h are 280 mL, and 276 mL are in the bag: it is empty before"]),
        ({"rate": "10", "hours": "24", "infused": "240"}, []),
        (
            {"rate": "10", "hours": "24", "infused": "241.0"},
            ["10 mL/h for 24 h are 240 mL, and 241 mL are to be infused"],
        ),
        ({"hours": "24", "infused": "240"}, []),
        ({"rate": "10", "infused": "240"}, []),
    ],
)
def test_what_cannot_be_right_together_is_told(seen: dict[str, str], told: list[str]) -> None:
    dated = planned(24)
    figures = {name: written_figure(text) for name, text in seen.items()}
    on_it = BagAndPump(exactly(Fraction("32.2")), exactly(Fraction(276)), **figures)
    assert list(verify_bag(dated, 8 * DAY, on_it).contradictions) == told


def test_a_pump_that_does_not_run_says_no_dose() -> None:
    still = BagAndPump(
        exactly(Fraction("32.2")), exactly(Fraction(276)), None, exactly(Fraction(0)), exactly(Fraction(0))
    )
    assert (still.millilitres_per_hour, still.dose) == (None, None)
    empty = BagAndPump(exactly(Fraction("32.2")), exactly(Fraction(0)), exactly(Fraction(10)))
    assert empty.dose is None
    rounded = BagAndPump(written_figure("32.2"), written_figure("276"), written_figure("10"))
    assert rounded.dose == WrittenFigure(Fraction(28), Fraction("0.05") * 240 / 276)
    dated = planned(24)
    assert verify_bag(dated, 30 * DAY, still).compared == ()
    without = verify_bag(dated, 8 * DAY, still)
    assert "dose" not in {one.what for one in without.compared}
    assert without.planned_dose == 28  # as it is ordered


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


@pytest.mark.parametrize("size", [24, 48, 96, 168])
def test_drug_and_volume_in_each_other_s_place_are_told(size: int) -> None:
    dated = planned(24, size) if size != 24 else planned(24)
    bag = next(bag for bag in dated.bags if bag.minutes == bag.size.minutes == size * MINUTES_PER_HOUR)
    seen = as_it_stands(dated, bag)
    exchanged = replace(seen, micrograms=seen.total, total=seen.micrograms, infused=None, hours=None)
    told = "with mcg and mL of the bag in each other's place it would be the dose of the plan"
    assert told in verify_bag(dated, bag.start, exchanged).likely
    assert told not in verify_bag(dated, bag.start, replace(seen, micrograms=seen.total)).likely


def test_a_dose_of_the_same_step_is_told_from_that_of_its_restart() -> None:
    stopped = record(stop(10 * DAY, 2 * DAY, "cytokine-release-syndrome", grade=3, restart_dose="9 mcg/day"))
    found = replan(course(), stopped)
    dated = replace(planned(24), course=found.course, bags=(), site=None)

    def told(day: int, dose: str) -> tuple[str, ...]:
        seen = BagAndPump(exactly(Fraction(dose)), exactly(Fraction(24)), exactly(Fraction(1)))
        return verify_bag(dated, day * DAY, seen).likely

    assert told(13, "28") == ("it is the dose of step 2 of cycle 1 before the restart",)
    assert told(13, "9") == ()
    assert told(9, "9") == ("it is the dose of step 1 of cycle 1",)
    assert told(20, "9") == ("it is the dose of step 1 of cycle 1",)


def test_what_is_infused_of_a_bag_that_is_taken_down_early_is_known_too() -> None:
    """Three of its four days at 9 mcg/day are 27 mcg; it is made for 36, and holds 203 mL of 9 mcg in 43.2."""
    dated = planned(96)
    bag = dated.bags[1]
    for amount in (27, 36):
        seen = BagAndPump(exactly(Fraction(amount)), exactly(Fraction(203)), exactly(Fraction("1.8")))
        told = f"{amount} mcg are what is infused; with priming the bag holds ≈42.292 mcg"
        assert told in verify_bag(dated, bag.start, seen).likely


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


def test_the_plan_s_dose_is_that_of_the_drug_as_a_syringe_measures_it() -> None:
    """2.6 mL in place of 2.576 mL are 32.5 mcg in 276 mL, of which 240 mL flow in a day."""
    dated = planned(24)
    assert dated.site is not None
    dated = replace(dated, site=replace(dated.site, syringes=(Syringe(Fraction(3), Fraction(1, 5)),)))
    given = Fraction("32.5") * 240 / 276
    found = verify_bag(dated, 8 * DAY, as_it_stands(dated, dated.bags[8]))
    assert (found.planned_dose, found.compared[0].planned, found.agrees) == (given, given, True)
    as_ordered = verify_bag(
        dated, 8 * DAY, BagAndPump(exactly(Fraction("32.2")), exactly(Fraction(276)), exactly(Fraction(10)))
    )
    assert [one.agrees for one in as_ordered.compared[:2]] == [False, False]
    assert as_ordered.likely == ()  # it is what was ordered


def test_figures_that_agree_one_by_one_may_not_agree_with_each_other() -> None:
    """The running time to the step, 72 h, and the volume of the whole bag, 172.8 mL at 1.8 mL/h."""
    dated = planned(96)
    bag = dated.bags[1]
    mixed = replace(as_it_stands(dated, bag), infused=exactly(Fraction("172.8")), hours=exactly(Fraction(72)))
    found = verify_bag(dated, bag.start, mixed)
    assert all(one.agrees for one in found.compared)
    assert found.contradictions == ("1.8 mL/h for 72 h are 129.6 mL, and 172.8 mL are to be infused",)
    assert not found.agrees


def test_what_is_not_known_of_a_bag_is_not_compared() -> None:
    """A ward that does not say what it fills; a plan without its bags, and one without its ward."""
    plain = date_course(course(), START.astimezone(ZoneInfo("UTC")), site(24), None)
    seen = as_it_stands(planned(24), planned(24).bags[8])
    found = verify_bag(plain, 8 * DAY, seen)
    assert [one.planned for one in found.compared] == [28, None, None, 10, 240, 24]
    assert found.agrees
    other = replace(seen, micrograms=exactly(Fraction("10.35")))
    assert verify_bag(plain, 8 * DAY, other).likely == ("it is the dose of step 1 of cycle 1",)
    assert verify_bag(plain, 8 * DAY, replace(seen, micrograms=exactly(Fraction(28)))).likely == ()
    without_bags = verify_bag(replace(planned(24), bags=()), 8 * DAY, seen)
    assert [one.planned for one in without_bags.compared] == [28, None, None, None, None, None]
    assert (without_bags.number, without_bags.bag) == (None, None)
    without_site = verify_bag(replace(planned(24), site=None), 8 * DAY, seen)
    assert [one.planned for one in without_site.compared] == [28, None, None, 10, 240, 24]
    wrong = replace(seen, micrograms=exactly(Fraction(322)))
    assert (
        verify_bag(plain, 8 * DAY, wrong).likely == verify_bag(replace(planned(24), site=None), 8 * DAY, wrong).likely
    )
    assert verify_bag(replace(planned(24), bags=()), 8 * DAY, wrong).likely == verify_bag(plain, 8 * DAY, wrong).likely


@pytest.mark.parametrize("power", [-4, -3, -2, -1, 1, 2, 3, 4])
def test_a_point_in_the_wrong_place_is_known_by_up_to_three_places(power: int) -> None:
    found = likely(planned(24), 8 * DAY, micrograms=Fraction("32.2") * Fraction(10) ** power)
    times = f"{10**power:,}" if power > 0 else f"{Fraction(10) ** power * 1.0:.{-power}f}"
    told = f"it is {times} times the dose: a decimal point may stand in the wrong place"
    assert found.likely == ((told,) if abs(power) <= 3 else ())


def test_a_pump_without_a_rate_and_a_bag_without_drug_look_like_no_slip() -> None:
    dated = planned(24, 48)
    empty = likely(dated, 8 * DAY, micrograms=Fraction(0))
    assert empty.likely == ()
    seen = as_it_stands(dated, dated.bags[0])
    still = replace(seen, rate=None, infused=None, hours=None)
    assert verify_bag(dated, 0, still).likely == ()
    # 9 mcg/day are 18 in a bag of 48 hours; of 24 hours in the pump, half of it is what is infused.
    half = replace(seen, micrograms=exactly(Fraction(9)), hours=exactly(Fraction(24)))
    assert verify_bag(dated, 0, half).likely == ("9 mcg are what is infused; with priming the bag holds 20.7 mcg",)


@pytest.mark.parametrize(("micrograms", "told"), [("64", True), ("63", False), ("64.4", True), ("64.3", False)])
def test_another_rate_explains_a_dose_as_far_as_the_drug_is_written(micrograms: str, told: bool) -> None:
    """64.4 mcg in 276 mL are for 48 hours at 5 mL/h; the pump is set to 10."""
    dated = planned(24, 48)
    seen = BagAndPump(written_figure(micrograms), exactly(Fraction(276)), exactly(Fraction(10)))
    said = ("at 5 mL/h, the rate of bags of 48 hours, it would be the dose of the plan",)
    assert verify_bag(dated, 8 * DAY + 60, seen).likely == (said if told else ())


def test_another_rate_explains_the_dose_of_a_bag_whose_drug_a_syringe_measures() -> None:
    """5.2 mL in place of 5.152 mL; of a bag of 36 hours nobody knows the rate."""
    dated = planned(24, 48)
    assert dated.site is not None
    unknown = SiteBag(36 * 60, None, None)
    own = replace(dated.site, syringes=(Syringe(Fraction(10), Fraction(1, 5)),), bags=(unknown, *dated.site.bags))
    seen = BagAndPump(exactly(Fraction("5.2") * Fraction("12.5")), exactly(Fraction(276)), exactly(Fraction(10)))
    said = "at 5 mL/h, the rate of bags of 48 hours, it would be the dose of the plan"
    assert verify_bag(replace(dated, site=own), 8 * DAY + 60, seen).likely == (said,)
