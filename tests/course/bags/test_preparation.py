"""What a ward does with its bags, beside its label: the label's word where it says nothing, and never a laxer one."""

from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations

import pytest

from blinplan.course.bags.preparation import (
    advice_on_allowed_bags,
    at_site,
    bag_by_label,
    faults_of_site,
    in_project,
    is_too_light,
    prepared_by,
    preserved_bags_text,
    too_light_text,
    with_hospital_days,
)
from blinplan.course.bags.sequence import usable_bags
from blinplan.label.read import label_named, label_names
from blinplan.limits import Change, Limits, StatedLimits
from blinplan.regimen.site.site import Site, SiteBag, Vial
from tests.course.regimens import DAY, HOUR, cycle, regimen, shipped, site

LABEL = label_named("us-2025")
WEEKEND = frozenset({5, 6})


def own(size: SiteBag) -> Site:
    """A ward that has one bag, and says of it what it says."""
    return replace(site(24, preservative_from=Fraction("5.4")), bags=(size,))


def stricter(number: str, value: str) -> Limits:
    """The label's numbers, with one that a project has changed."""
    limit = LABEL.numbers[number]
    changed = limit._replace(value=Fraction(value), change=Change(limit.value, "pyproject.toml", "ours"))
    return {**LABEL.numbers, number: changed}


def test_a_bag_that_says_nothing_is_the_label_s() -> None:
    """Of 24 hours: 10 mL/h, without preservative, 48 hours at room temperature, 8 days in the cold."""
    bag = bag_by_label(SiteBag(DAY, None, None), LABEL.bag(DAY))
    assert bag.millilitres_per_hour == 10
    assert (bag.preservative, bag.in_use, bag.cold) == (False, 48 * HOUR, 8 * DAY)
    assert bag.by_label == {"rate", "preservative", "in_use", "cold"}
    assert bag.diluent is None
    # The label's saline is what drug and stabiliser come on top of; in a bag that is filled to a volume it is the rest.
    filled = bag_by_label(SiteBag(DAY, Fraction(276), None, stabiliser=Fraction("5.5")), LABEL.bag(DAY))
    assert (filled.diluent, filled.by_label) == (None, bag.by_label)


def test_a_bag_that_says_all_keeps_its_own_word() -> None:
    said = SiteBag(
        DAY,
        None,
        24 * HOUR,
        millilitres_per_hour=Fraction(10),
        preservative=True,
        cold=4 * DAY,
        diluent=Fraction(250),
        stabiliser=Fraction("5.5"),
    )
    assert bag_by_label(said, LABEL.bag(DAY)) == said


def test_a_bag_of_which_the_label_knows_part_has_that_part() -> None:
    """How long bags with preservative keep, and how much saline goes into them, nobody has seen."""
    week = bag_by_label(SiteBag(7 * DAY, None, None, stabiliser=Fraction(2)), LABEL.bag(7 * DAY))
    assert (week.millilitres_per_hour, week.preservative) == (Fraction(3, 5), True)
    assert (week.in_use, week.cold, week.diluent) == (None, None, None)
    assert week.by_label == {"rate", "preservative"}


def test_of_a_bag_size_that_the_label_lacks_nothing_is_said() -> None:
    """No rate, no preservative and no time is made up for a bag of 36 or of 120 hours."""
    for hours in (12, 36, 120):
        assert LABEL.bag(hours * HOUR) is None
        size = SiteBag(hours * HOUR, None, None)
        assert bag_by_label(size, LABEL.bag(hours * HOUR)) == size
        assert site(hours).bags == (size,)
    unknown = replace(own(SiteBag(36 * HOUR, None, 999 * DAY, millilitres_per_hour=Fraction(99))))
    assert faults_of_site(unknown, LABEL) == ()


def test_what_a_ward_says_of_vials_and_weights_is_its_own() -> None:
    by_label = site(24)
    assert by_label.vial == Vial(Fraction(35), Fraction("12.5"))
    assert by_label.preservative_from == Fraction("5.4")
    assert by_label.by_label == {"vial", "preservative_from"}
    said = site(24, vial=Vial(Fraction(70), Fraction(25)), preservative_from=Fraction(22))
    assert (said.vial, said.preservative_from) == (Vial(Fraction(70), Fraction(25)), Fraction(22))
    assert said.by_label == frozenset()


def test_what_no_label_says_is_not_said_to_be_the_label_s() -> None:
    less = LABEL._replace(numbers=StatedLimits({}, "a text"), vial=None)
    bare = prepared_by(replace(site(24), bags=(), vial=None, preservative_from=None, by_label=frozenset()), less)
    assert (bare.vial, bare.preservative_from, bare.by_label) == (None, None, frozenset())
    assert not is_too_light(bare, Fraction(1))


def test_a_ward_may_be_stricter_than_its_label_and_never_laxer() -> None:
    def said(size: SiteBag, **more: object) -> list[str]:
        return [fault.message for fault in faults_of_site(replace(own(size), **more), LABEL)]  # type: ignore[arg-type]

    assert said(SiteBag(DAY, None, None), preservative_from=Fraction("5.3")) == [
        "bags with preservative are given from 5.3 kg; the label says not below 5.4 kg"
    ]
    assert said(SiteBag(DAY, None, None), preservative_from=Fraction("5.4")) == []
    assert said(SiteBag(DAY, None, None), preservative_from=Fraction(22)) == []
    assert said(SiteBag(DAY, None, 48 * HOUR + 1)) == ["a bag for 1 d may be used for 2 d 1 min; the label says 2 d"]
    assert said(SiteBag(DAY, None, 48 * HOUR)) == []
    assert said(SiteBag(DAY, None, None, cold=8 * DAY + 1)) == [
        "a bag for 1 d keeps for 8 d 1 min at 2 to 8 °C; the label says 8 d"
    ]
    assert said(SiteBag(DAY, None, None, cold=8 * DAY)) == []
    assert said(SiteBag(7 * DAY, None, 10 * DAY, cold=20 * DAY)) == []  # of which nobody has seen the label's times
    assert said(SiteBag(2 * DAY, None, None, millilitres_per_hour=Fraction(10))) == [
        "a bag for 2 d runs at 10 mL/h; the label says 5 mL/h"
    ]
    assert said(SiteBag(7 * DAY, None, None, preservative=False)) == [
        "a bag for 7 d holds no preservative; the label says it does"
    ]
    assert said(SiteBag(7 * DAY, None, None, preservative=True)) == []
    assert said(SiteBag(DAY, None, None, preservative=True)) == []  # more careful with small children than it has to be


@pytest.mark.parametrize(("fill", "fits"), [("239.9", False), ("240", True), ("276", True)])
def test_a_bag_is_filled_with_what_the_pump_infuses(fill: str, fits: bool) -> None:
    """10 mL/h over a day are 240 mL."""
    faults = faults_of_site(own(SiteBag(DAY, Fraction(fill), None)), LABEL)
    assert [fault.message for fault in faults] == (
        [] if fits else ["a bag for 1 d is filled with less than the pump infuses at its rate"]
    )
    unknown = own(SiteBag(36 * HOUR, Fraction(1), None))  # at a rate that nobody says
    assert faults_of_site(unknown, LABEL) == ()


@pytest.mark.parametrize(("weight", "light"), [("5.39", True), ("5.4", False), ("70", False), (None, False)])
def test_a_patient_is_too_light_below_the_label_s_weight(weight: str | None, light: bool) -> None:
    whom = None if weight is None else Fraction(weight)
    assert is_too_light(site(24, 96), whom) is light
    assert not is_too_light(site(24, 48), whom)  # none of them holds a preservative
    assert not is_too_light(replace(site(24, 96), preservative_from=None), whom)
    assert is_too_light(site(36), whom) is light  # nobody says that it holds none
    assert [size.minutes // HOUR for size in usable_bags(site(24, 36, 96), whom)] == ([24] if light else [24, 36, 96])
    unlimited = replace(site(24, 36, 96), preservative_from=None)
    assert usable_bags(unlimited, whom) == unlimited.bags


def test_which_bags_hold_benzyl_alcohol_is_told() -> None:
    assert preserved_bags_text(site(24, 96, 168)) == "Ward 7's bags for 4 d, 7 d hold one (benzyl alcohol)"
    assert preserved_bags_text(site(24, 36)) == ("nobody says whether its bags for 1 d 12 h do (`preservative`)")
    assert preserved_bags_text(site(36, 96)) == (
        "Ward 7's bags for 4 d hold one (benzyl alcohol), and nobody says whether its bags for 1 d 12 h do"
        " (`preservative`)"
    )
    assert preserved_bags_text(site(24, 48)) == ""


def test_who_says_from_which_weight_a_bag_with_preservative_is_given() -> None:
    held = "Ward 7's bags for 4 d hold one (benzyl alcohol)"
    weight, numbers = Fraction("5.25"), LABEL.numbers
    assert too_light_text(site(96), weight, numbers) == (
        f"the patient weighs 5.25 kg, and the label gives bags with preservative from 5.4 kg; {held}"
    )
    assert too_light_text(site(96, preservative_from=Fraction(22)), weight, numbers) == (
        f"the patient weighs 5.25 kg, and Ward 7 gives bags with preservative from 22 kg; {held}"
    )
    assert too_light_text(site(96), weight, {}) == too_light_text(site(96), weight, numbers)  # a label without it
    exact = too_light_text(site(96), Fraction("5.12345"), numbers)
    assert exact.startswith("the patient weighs ≈ 5.123 kg, and the label gives")
    project = stricter("preservative_from_weight", "10")
    assert too_light_text(in_project(site(96), project), weight, project) == (
        f"the patient weighs 5.25 kg, and the project gives bags with preservative from 10 kg; {held}"
    )
    assert too_light_text(in_project(site(96, preservative_from=Fraction(22)), project), weight, project) == (
        f"the patient weighs 5.25 kg, and Ward 7 gives bags with preservative from 22 kg; {held}"
    )


def test_whom_a_label_admits_to_bags_with_preservative_is_asked_of_labels_that_say_it_only() -> None:
    """A ward may be stricter than a label that does not say it: nothing is wrong with that."""
    for name in label_names():
        label = label_named(name)
        least = label.numbers.get("preservative_from_weight")
        for own_weight in (None, Fraction(1), Fraction(100)):
            laxer = least is not None and own_weight is not None and own_weight < least.value
            assert bool(faults_of_site(replace(site(24), preservative_from=own_weight), label)) is laxer, name
    assert any("preservative_from_weight" not in label_named(name).numbers for name in label_names())


def test_a_project_s_weight_counts_where_it_is_the_stricter_one() -> None:
    project = stricter("preservative_from_weight", "10")
    assert in_project(site(96), project).preservative_from == 10
    assert in_project(site(96, preservative_from=Fraction(22)), project).preservative_from == 22
    assert in_project(replace(site(96), preservative_from=None), project).preservative_from == 10
    assert in_project(site(96), LABEL.numbers) == site(96)  # what the label has anyway
    assert in_project(site(96), {}) == site(96)


@pytest.mark.parametrize(
    ("hours", "closed", "advice"),
    [
        ((24, 96, 168), (), "allowed are Ward 7's bags for 1 d: prepare bags without preservative for 2 d"),
        ((48, 96), (), "allowed are Ward 7's bags for 2 d: prepare bags without preservative for 1 d"),
        ((168,), (), "prepare bags without preservative for 1 d or 2 d"),
        # From Friday to Monday are three days, and no bag without preservative lasts so long.
        (
            (24, 96),
            WEEKEND,
            "allowed are Ward 7's bags for 1 d: prepare bags without preservative for 2 d too, and change bags at least"
            " every 2 d, the longest that the label has without preservative",
        ),
        (
            (24, 48, 96),
            WEEKEND,
            "allowed are Ward 7's bags for 1 d or 2 d: change bags at least every 2 d, the longest that the label has"
            " without preservative",
        ),
        (
            (168,),
            WEEKEND,
            "prepare bags without preservative for 1 d or 2 d too, and change bags at least every 2 d, the longest that"
            " the label has without preservative",
        ),
        (
            (48, 96),
            WEEKEND,
            "allowed are Ward 7's bags for 2 d: change bags at least every 2 d, the longest that the label has without"
            " preservative",
        ),
        # From Saturday to Monday are two.
        ((24, 96), {6}, "allowed are Ward 7's bags for 1 d: prepare bags without preservative for 2 d"),
    ],
)
def test_who_is_too_light_gets_the_bags_without_preservative_that_reach(
    hours: tuple[int, ...], closed: tuple[int, ...], advice: str
) -> None:
    assert advice_on_allowed_bags(site(*hours, closed=frozenset(closed)), LABEL) == advice


def test_the_bags_that_are_allowed_are_told_from_the_shortest_on() -> None:
    ward = site(24, 48, 96)
    turned = replace(ward, bags=tuple(reversed(ward.bags)))
    assert advice_on_allowed_bags(turned, LABEL) == advice_on_allowed_bags(ward, LABEL)


def test_where_the_label_has_no_bag_without_preservative_somebody_has_to_find_one() -> None:
    none = LABEL._replace(bags=tuple(bag for bag in LABEL.bags if bag.preservative))
    for closed in chain.from_iterable(combinations(range(7), count) for count in range(7)):
        week = "".join("x" if day in closed else "." for day in range(7))
        longest = max(map(len, (2 * week).split("."))) + 1  # from the day before those that are closed to the day after
        advice = advice_on_allowed_bags(site(168, closed=frozenset(closed)), none)
        assert advice == f"prepare bags without preservative that last {longest} d", week
    assert advice_on_allowed_bags(site(24, 168, closed=frozenset(range(1, 7))), none) == (
        "allowed are Ward 7's bags for 1 d: prepare bags without preservative that last 7 d"
    )


def test_a_ward_s_days_in_hospital_are_added_to_and_never_taken_away() -> None:
    regimen = shipped("rr-adult")
    assert regimen.hospital_days == (9, 2)
    for asked, wanted in (
        ((14,), (14, 2)),
        ((3, 7), (9, 7)),
        ((3, 1, 5), (9, 2, 5)),
        ((1, 1, 0), (9, 2, 0)),
        ((), (9, 2)),
        ((9, 2), (9, 2)),
    ):
        assert at_site(regimen, site(24, hospital_days=asked)).hospital_days == wanted
    assert at_site(regimen, None) is regimen


def test_a_project_s_days_in_hospital_are_added_to_and_never_taken_away() -> None:
    regimen = shipped("rr-adult")
    assert with_hospital_days(regimen, LABEL.numbers).hospital_days == (9, 2)
    name = next(name for name in LABEL.numbers if LABEL.numbers[name].value == 9 and "hospital" in name)
    for days, wanted in ((12, (12, 2)), (3, (9, 2))):
        assert with_hospital_days(regimen, stricter(name, f"{days}")).hospital_days == wanted
    short = replace(regimen, hospital_days=(9,))
    assert with_hospital_days(short, LABEL.numbers).hospital_days == (9, 0)
    assert with_hospital_days(short, stricter(name, "12")).hospital_days == (12, 0)


def test_a_bag_keeps_its_own_rate_though_it_is_not_the_label_s() -> None:
    """Which is told as a fault, and not put right unasked."""
    own_rate = SiteBag(DAY, None, None, millilitres_per_hour=Fraction(99))
    assert bag_by_label(own_rate, LABEL.bag(DAY)).millilitres_per_hour == 99


def test_a_project_that_changes_nothing_says_no_weight_and_no_days() -> None:
    silent = replace(site(96), preservative_from=None)
    assert in_project(silent, LABEL.numbers) == silent
    unlabelled = regimen(cycle('dose = "28 mcg/day", days = 28'))
    assert with_hospital_days(unlabelled, LABEL.numbers) == unlabelled


def test_who_is_too_light_is_offered_no_bag_that_is_shorter_than_one_that_there_is() -> None:
    """The ward has bags of twelve hours and of two days without preservative; the label has one of a day too."""
    half = SiteBag(12 * HOUR, None, None, preservative=False)
    ward = replace(site(48, 96, closed=WEEKEND), bags=(half, *site(48, 96).bags))
    assert advice_on_allowed_bags(ward, LABEL) == (
        "allowed are Ward 7's bags for 12 h or 2 d: change bags at least every 2 d, the longest that the label has"
        " without preservative"
    )
