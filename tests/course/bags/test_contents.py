"""What goes into a bag: volumes add up, the dose is the ordered one, and what a syringe cannot measure is told."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import Contents, Usage, contents, impossible_bags, syringe_draws, usage
from blinplan.course.bags.keeping import UseBy, use_by
from blinplan.course.bags.preparation import faults_of_site, prepared_by
from blinplan.course.bags.sequence import in_use_left, usable_bags
from blinplan.label.read import DEFAULT, label_named
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.site.site import LaterPlace, Site, SiteBag, Syringe, Vial
from tests.course.regimens import site

DAY, HOUR = MINUTES_PER_DAY, 60
TENTHS = tuple(Syringe(Fraction(size), Fraction(mark)) for size, mark in ((1, "0.01"), (3, "0.1"), (10, "0.2")))


def ward(size: SiteBag, **more: object) -> Site:
    """Return a site that prepares bags of one size by the default label."""
    return prepared_by(replace(site(24), bags=(size,), **more), label_named(DEFAULT))  # type: ignore[arg-type]


def bag_of(ward: Site, rate: Fraction | int) -> Bag:
    """Return a bag that runs as long as it lasts."""
    return Bag(0, ward.bags[0].minutes, ward.bags[0], Fraction(rate), 0)


def held(ward: Site, rate: Fraction | int) -> Contents:
    """Return what goes into a full bag."""
    found = contents(bag_of(ward, rate), ward)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("millilitres", "measured"),
    [
        ("0.825", ["0.82"]),  # between two marks: the lower one, so that nobody gets more than is ordered
        ("0.826", ["0.83"]),
        ("1", ["1"]),
        ("1.04", ["1"]),  # the next larger syringe, which is coarser
        ("2.96", ["3"]),
        ("9.71", ["9.8"]),
        ("10", ["10"]),
        ("17.111", ["10", "7.2"]),
        ("20", ["10", "10"]),
        ("30.004", ["10", "10", "10"]),  # the rest is less than half a mark
        ("0.004", []),
    ],
)
def test_a_volume_is_measured_to_the_nearest_mark_of_the_smallest_syringe(
    millilitres: str, measured: list[str]
) -> None:
    draws = syringe_draws(Fraction(millilitres), TENTHS)
    assert [draw.millilitres for draw in draws] == [Fraction(one) for one in measured]
    assert all(draw.millilitres <= draw.syringe.millilitres for draw in draws)


@given(
    volume=st.fractions(Fraction(1, 100), 60, max_denominator=5000),
    sizes=st.dictionaries(st.integers(1, 50), st.integers(1, 100), min_size=1, max_size=4),
)
def test_no_measured_volume_is_off_by_more_than_half_a_mark(volume: Fraction, sizes: dict[int, int]) -> None:
    syringes = tuple(Syringe(Fraction(size), Fraction(size, marks)) for size, marks in sorted(sizes.items()))
    draws = syringe_draws(volume, syringes)
    total = sum((draw.millilitres for draw in draws), Fraction(0))
    coarsest = max(syringe.graduation for syringe in syringes)
    assert abs(total - volume) <= coarsest / 2
    assert all((draw.millilitres / draw.syringe.graduation).denominator == 1 for draw in draws)


def test_the_drug_that_goes_on_top_of_the_label_s_saline_gives_the_ordered_dose() -> None:
    """270 mL of saline and 5.5 mL of stabiliser: 0.829 mL give 9 mcg in the 240 mL of a day, and 2.596 mL 28 mcg."""
    day = ward(SiteBag(DAY, None, None, stabiliser=Fraction("5.5")))
    assert "diluent" in day.bags[0].by_label
    for rate in (9, 28):
        holds = held(day, rate)
        assert holds.drug is not None
        assert holds.millilitres == 270 + Fraction("5.5") + holds.drug
        assert holds.drug * Fraction("12.5") * 240 / holds.millilitres == rate  # what flows in a day
    assert [round(float(held(day, rate).drug or 0), 3) for rate in (9, 28)] == [0.829, 2.596]


def test_nothing_is_taken_from_the_label_where_the_site_says_nothing_of_the_stabiliser() -> None:
    bare = ward(SiteBag(DAY, None, None))
    assert bare.bags[0].diluent is None
    assert contents(bag_of(bare, 28), bare) is None
    own = ward(SiteBag(DAY, None, None, diluent=Fraction(250), stabiliser=Fraction(5)))
    assert own.bags[0].diluent == 250
    assert "diluent" not in own.bags[0].by_label
    week = ward(SiteBag(7 * DAY, None, None, stabiliser=Fraction(2)))  # of which nobody has seen the label's saline
    assert contents(bag_of(week, 28), week) is None


_VOLUMES = st.fractions(Fraction(1, 10), 20, max_denominator=100)


@given(
    rate=st.fractions(Fraction(1, 2), 60, max_denominator=1000),
    fill=st.one_of(st.none(), st.fractions(245, 400, max_denominator=10)),
    stabiliser=_VOLUMES,
    measured=st.booleans(),
)
def test_volumes_add_up_and_the_dose_is_off_by_what_is_told(
    rate: Fraction, fill: Fraction | None, stabiliser: Fraction, measured: bool
) -> None:
    day = ward(SiteBag(DAY, fill, None, stabiliser=stabiliser), syringes=TENTHS if measured else ())
    holds = held(day, rate)
    assert holds.vial is not None
    assert holds.drug is not None
    assert holds.diluent is not None
    assert holds.diluent + holds.stabiliser + holds.drug == holds.millilitres  # type: ignore[operator]
    if fill is None:
        assert holds.diluent == 270  # the label's saline stays, and the drug comes on top as it is measured
    assert holds.computed_micrograms / holds.computed_millilitres * 240 == rate
    assert holds.micrograms == holds.drug * holds.vial.per_millilitre
    assert holds.difference == holds.micrograms - holds.computed_micrograms
    assert holds.micrograms / holds.millilitres * 240 == rate * holds.share
    if fill is not None:
        assert holds.millilitres == fill  # the saline takes up what the syringe is off
    if not measured:
        assert holds.difference == 0
        assert holds.share == 1
    assert holds.vials is not None
    assert (holds.vials - 1) * 35 < holds.micrograms <= holds.vials * 35
    assert holds.left_in_vials == holds.vials * 35 - holds.micrograms


def test_a_syringe_that_fills_up_to_more_than_a_vial_opens_another() -> None:
    coarse = (Syringe(Fraction(3), Fraction(1)),)
    fill = Fraction(275)
    assert held(ward(SiteBag(DAY, fill, None)), Fraction("30.5")).vials == 1  # 34.95 mcg
    assert held(ward(SiteBag(DAY, fill, None), syringes=coarse), Fraction("30.5")).vials == 2  # 3 mL are 37.5 mcg


def test_what_nobody_can_make_is_named() -> None:
    for size, why in (
        (SiteBag(DAY, Fraction(245), None, stabiliser=Fraction(243)), "more drug is drawn up"),
        (SiteBag(DAY, None, None, diluent=Fraction(230), stabiliser=Fraction(5)), "infuses more of it than is filled"),
    ):
        bags = list(impossible_bags([bag_of(ward(size), 28)], ward(size)))
        assert len(bags) == 1
        assert why in bags[0].why
    fine = ward(SiteBag(DAY, None, None, stabiliser=Fraction("5.5")))
    assert not list(impossible_bags([bag_of(fine, 28)], fine))
    # 28 mcg/day in 275 mL take 2.5667 mL of drug; saline may be half a millilitre, or none at all, and no less.
    for saline, made in ((Fraction(1, 2), True), (Fraction(0), True), (-Fraction(1, 1000), False)):
        stabiliser = 275 - Fraction(28 * 275, 240) / Fraction("12.5") - saline
        tight = ward(SiteBag(DAY, Fraction(275), None, stabiliser=stabiliser))
        assert held(tight, 28).diluent == saline
        assert bool(list(impossible_bags([bag_of(tight, 28)], tight))) is not made


def test_a_volume_that_nobody_says_is_not_made_up() -> None:
    """Without what a vial holds the drug is not known, and without the stabiliser the saline is not the whole."""
    day = ward(SiteBag(DAY, Fraction(276), None, diluent=Fraction(270), stabiliser=Fraction("5.5")))
    unknown = contents(bag_of(day, 28), replace(day, vial=None))
    assert unknown is not None
    assert (unknown.millilitres, unknown.micrograms) == (Fraction(276), Fraction("32.2"))
    assert (unknown.drug, unknown.computed_drug, unknown.draws, unknown.vials, unknown.left_in_vials) == (
        None,
        None,
        (),
        None,
        None,
    )
    assert unknown.difference == 0
    assert unknown.share == 1
    saline = ward(SiteBag(DAY, None, None, diluent=Fraction(270), stabiliser=Fraction("5.5")))
    assert contents(bag_of(saline, 28), replace(saline, vial=None)) is None
    bare = ward(SiteBag(DAY, None, None, diluent=Fraction(270)))
    assert contents(bag_of(bare, 28), bare) is None
    without_stabiliser = held(ward(SiteBag(DAY, Fraction(276), None, diluent=Fraction(270))), 28)
    assert [without_stabiliser.millilitres, without_stabiliser.diluent] == [276, 270]
    assert without_stabiliser.drug == Fraction("32.2") / Fraction("12.5")
    no_rate = ward(SiteBag(36 * HOUR, Fraction(276), None, stabiliser=Fraction(5)))
    assert contents(bag_of(no_rate, 28), no_rate) is None
    assert contents(replace(bag_of(day, 28), on_record=True), day) is None


def test_a_dose_above_the_strength_of_a_vial_has_no_room() -> None:
    """A pump of 0.6 mL/h gives 14.4 mL a day: 180 mcg of them are the 12.5 mcg/mL of a vial, and more is none."""
    week = ward(SiteBag(7 * DAY, Fraction(110), None))
    assert not list(impossible_bags([bag_of(week, 179)], week))
    (found,) = impossible_bags([bag_of(week, 181)], week)
    assert found.why == "more drug is drawn up for it than it is filled with"
    assert not list(impossible_bags([bag_of(week, 181)], replace(week, vial=None)))
    nobody_says = site(36)  # at which rate the pump runs
    assert not list(impossible_bags([bag_of(nobody_says, 500)], nobody_says))
    saline = ward(SiteBag(7 * DAY, None, None, diluent=Fraction(100), stabiliser=Fraction(5)))
    assert contents(bag_of(saline, 180), saline) is None  # no volume of drug makes that strength
    assert list(impossible_bags([bag_of(saline, 181)], saline))
    assert not list(impossible_bags([bag_of(saline, 180)], saline))


def test_what_is_filled_is_at_least_what_the_pump_infuses() -> None:
    """10 mL/h over a day are 240 mL."""
    for fill, made in ((Fraction(240), True), (Fraction("239.9"), False)):
        day = ward(SiteBag(DAY, fill, None))
        assert [one.why for one in impossible_bags([bag_of(day, 28)], day)] == (
            [] if made else ["the pump infuses more of it than is filled"]
        )


def test_bags_that_hung_took_vials_too_where_the_record_says_what_was_in_them() -> None:
    day = ward(SiteBag(DAY, Fraction(276), None))
    past = replace(bag_of(day, 28), on_record=True, held=Fraction(36))
    told = usage([past, bag_of(day, 28)], day)
    assert told is not None
    assert (told.vials, told.on_record, told.not_counted) == (3, 2, ())
    assert told.left_in_vials == 2 * 35 - 36 + 35 - Fraction("32.2")
    assert told.left_in_bags == 36 - 28 + Fraction("32.2") - 28
    silent = usage([replace(past, held=None), replace(bag_of(day, 28), start=DAY, stop=2 * DAY)], day)
    assert silent is not None
    assert (silent.vials, silent.on_record, silent.not_counted) == (1, 0, (0,))
    uncertain = usage([replace(bag_of(day, 28), uncertain=True)], day)
    assert uncertain is not None
    assert (uncertain.vials, uncertain.not_counted) == (0, (0,))
    no_vial = usage([past], replace(day, vial=None))
    assert no_vial is not None
    assert (no_vial.vials, no_vial.not_counted) == (0, (0,))


def test_a_bag_that_is_hung_again_takes_no_vial_and_leaves_less() -> None:
    day = ward(SiteBag(DAY, Fraction(276), None))
    half = replace(bag_of(day, 28), stop=DAY // 2)
    rest = replace(bag_of(day, 28), start=DAY, stop=DAY + DAY // 4, again=True)
    told = usage([half, rest], day)
    assert told is not None
    assert told.vials == 1
    assert told.left_in_bags == Fraction("32.2") - 14 - 7
    assert [
        bag.is_to_prepare for bag in (half, rest, replace(half, on_record=True), replace(half, uncertain=True))
    ] == [
        True,
        False,
        False,
        False,
    ]
    assert [
        bag.is_of_the_past for bag in (half, rest, replace(half, on_record=True), replace(half, uncertain=True))
    ] == [
        False,
        False,
        True,
        True,
    ]


def test_what_bags_take_is_the_sum_and_what_is_not_given_is_left_over() -> None:
    day = ward(SiteBag(DAY, Fraction(275), None), syringes=TENTHS)
    early = replace(bag_of(day, 28), stop=DAY // 2)  # taken down half empty
    used = usage([bag_of(day, 28), early], day)
    assert used is not None
    drawn = Fraction("2.6") * Fraction("12.5")
    assert (used.vials, used.left_in_vials) == (2, 2 * (35 - drawn))
    assert used.left_in_vials_millilitres == 2 * (Fraction("2.8") - Fraction("2.6"))
    assert used.left_in_bags == 2 * drawn - drawn * 360 / 275  # 240 and 120 mL of 275 mL each
    assert usage([bag_of(day, 28)], replace(day, vial=None)) is None


HANGS = st.tuples(
    st.sampled_from(["planned", "again", "recorded", "silent", "again on record"]), st.integers(1, 24), st.booleans()
)


@given(st.lists(HANGS, max_size=8))
def test_what_bags_take_is_counted_bag_by_bag(hangs: list[tuple[str, int, bool]]) -> None:
    """Of 275 mL with 2.6 mL of drug, 32.5 mcg, the pump gives 10 mL an hour; there the vials hold 4 mL of 8 mcg/mL.

    A bag on record held 33 mcg, and gave its dose. Hung again it takes no vial, and less is left over in it.
    """
    there = ward(SiteBag(DAY, Fraction(275), None), syringes=TENTHS, vial=Vial(Fraction(32), Fraction(8)))
    here = replace(ward(SiteBag(DAY, Fraction(275), None), syringes=TENTHS), later=(LaterPlace(100 * DAY, there),))
    size, bags, silent = here.bags[0], list[Bag](), list[int]()
    vials, on_record, mcg, millilitres, in_bags = 0, 0, Fraction(0), Fraction(0), Fraction(0)
    drawn, per_hour = Fraction(0), Fraction(0)
    for place, (kind, hours, moved) in enumerate(sorted(hangs, key=lambda hang: hang[2])):
        start = (place + 1) * DAY + moved * 100 * DAY
        bag = Bag(start, start + hours * HOUR, size, Fraction(28), 0, again=kind.startswith("again"))
        holds, strength = (32, 8) if moved else (35, Fraction("12.5"))
        if kind == "planned":
            # 32.0833 mcg are ordered: 2.5667 mL, or 4.0104 mL of the weaker drug, of which a syringe measures 4.0 mL.
            drawn = Fraction(32) if moved else Fraction("32.5")
            per_hour = drawn * 10 / 275
        elif kind in {"recorded", "again on record"}:
            bag, drawn, per_hour = replace(bag, on_record=True, held=Fraction(33)), Fraction(33), Fraction(28, 24)
        elif kind == "silent":
            bag, drawn, per_hour = replace(bag, on_record=True), Fraction(0), Fraction(0)
            silent.append(start)
        bags.append(bag)
        in_bags -= per_hour * hours
        if kind in {"planned", "recorded"}:
            opened = math.ceil(drawn / holds)
            vials, on_record = vials + opened, on_record + opened * (kind == "recorded")
            mcg += opened * holds - drawn
            millilitres += (opened * holds - drawn) / strength
            in_bags += drawn
    assert usage(bags, here) == Usage(vials, mcg, millilitres, in_bags, on_record, tuple(silent))


def test_at_room_temperature_the_time_of_a_bag_runs_from_its_preparation() -> None:
    room = ward(SiteBag(DAY, None, None), prepared_before=10 * HOUR)
    assert use_by(bag_of(room, 28), room) == UseBy(-10 * HOUR, None, 14 * HOUR, 38 * HOUR)


def test_in_the_cold_it_runs_from_hanging_and_no_longer_than_a_bag_keeps() -> None:
    cold = ward(SiteBag(2 * DAY, None, None), prepared_before=100 * HOUR, kept_cold=True)
    assert use_by(bag_of(cold, 28), cold) == UseBy(-100 * HOUR, 92 * HOUR, 92 * HOUR, 48 * HOUR)  # 8 days in the cold
    assert in_use_left(bag_of(cold, 28), cold) == 0
    assert usable_bags(cold, None)
    assert not usable_bags(replace(cold, kept_cold=False), None)  # 100 hours at room temperature are too many
    assert not usable_bags(replace(cold, prepared_before=193 * HOUR), None)  # 8 days are 192 hours


def test_a_time_that_nobody_has_seen_is_not_computed() -> None:
    week = ward(SiteBag(7 * DAY, None, None), kept_cold=True)
    assert use_by(bag_of(week, 28), week) == UseBy(0, None, None, None)
    assert use_by(bag_of(week, 28), replace(week, kept_cold=None)) == UseBy(0, None, None, None)


def test_a_ward_keeps_a_bag_no_longer_in_the_cold_than_its_label() -> None:
    for hours, wrong in ((192, False), (193, True)):
        own = Site("Ward 7", None, (SiteBag(DAY, None, None, cold=hours * HOUR),), 600, frozenset(), frozenset(), 0)
        assert bool(faults_of_site(own, label_named(DEFAULT))) is wrong
