"""X005: all that a regimen orders otherwise than the shipped one whose name it has, in words and in order."""

from dataclasses import replace
from fractions import Fraction

import pytest

from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate
from blinplan.regimen import library
from blinplan.regimen.regimen import Cycle, Eligibility, Regimen
from blinplan.regimen.vocabulary import AgeGroup, Disease, Indication, Occasion
from blinplan.rules.families.across_files.shipped_names import Namesake, namesake
from tests.rules.families.across_files.folders import file, told

ADULT = library.regimen("rr-adult")
"""9 mcg/day for a week and 28 for three, then 28 in cycles 2 to 5, with 14 days between."""


def one_by_one(regimen: Regimen = ADULT) -> list[Cycle]:
    return [replace(cycle, repeat=1) for cycle in regimen.one_by_one]


def cycles(changes: dict[int, Cycle], drop: int = 0) -> Regimen:
    """The same with other cycles, by their number, and without some of the last."""
    made = [changes.get(number, cycle) for number, cycle in enumerate(one_by_one(), start=1)]
    return replace(ADULT, cycles=tuple(made[: len(made) - drop]))


def dose(number: int, mcg: str, step: int = -1) -> Cycle:
    cycle = one_by_one()[number - 1]
    steps = list(cycle.steps)
    steps[step] = replace(steps[step], dose=DoseRate(Fraction(mcg), Basis.FLAT))
    return replace(cycle, steps=tuple(steps))


def free(number: int, days: int) -> Cycle:
    return replace(one_by_one()[number - 1], treatment_free=days * MINUTES_PER_DAY)


def optional(number: int) -> Cycle:
    return replace(one_by_one()[number - 1], optional=True)


LOW, FULL = "9 mcg/day for 7 d, then 28 mcg/day for 21 d", "28 mcg/day for 28 d"


@pytest.mark.parametrize(
    ("own", "found"),
    [
        (ADULT, []),
        (cycles({}), []),
        (cycles({1: dose(1, "27")}), [f"cycle 1: 9 mcg/day for 7 d, then 27 mcg/day for 21 d here, {LOW} there"]),
        (cycles({1: dose(1, "10", 0)}), [f"cycle 1: 10 mcg/day for 7 d, then 28 mcg/day for 21 d here, {LOW} there"]),
        (cycles({3: dose(3, "27")}), [f"cycle 3: 27 mcg/day for 28 d here, {FULL} there"]),
        (
            cycles({number: dose(number, "27") for number in (2, 3, 4)}),
            [f"cycles 2 to 4: 27 mcg/day for 28 d here, {FULL} there"],
        ),
        (
            cycles({2: dose(2, "27"), 3: dose(3, "26"), 5: dose(5, "26")}),
            [
                f"cycle 2: 27 mcg/day for 28 d here, {FULL} there",
                f"cycle 3: 26 mcg/day for 28 d here, {FULL} there",
                f"cycle 5: 26 mcg/day for 28 d here, {FULL} there",
            ],
        ),
        (cycles({}, drop=1), ["4 cycles here, 5 there"]),
        (cycles({}, drop=4), ["1 cycle here, 5 there"]),
        (cycles({1: free(1, 15)}), ["from cycle 1 on: 15 d without infusion here, 14 d there"]),
        (
            cycles({2: free(2, 15), 3: free(3, 15), 4: free(4, 20)}),
            [
                "from cycle 2 on: 15 d without infusion here, 14 d there",
                "from cycle 4 on: 20 d without infusion here, 14 d there",
            ],
        ),
        (cycles({5: free(5, 90)}), []),  # what follows the last is no interval
        (cycles({4: free(4, 90)}, drop=1), ["4 cycles here, 5 there"]),
        (cycles({2: optional(2), 5: optional(5)}), ["cycles that not everybody is given: 2, 5 here, none there"]),
        (replace(ADULT, hospital_days=(9, 3)), ["days in hospital: 9, 3 here, 9, 2 there"]),
        (replace(ADULT, hospital_days=()), ["days in hospital: none here, 9, 2 there"]),
        (
            replace(ADULT, eligibility=Eligibility(Fraction(46))),
            ["it is for 46 kg and over, that one for 45 kg and over"],
        ),
        (replace(ADULT, eligibility=ADULT.eligibility._replace(otherwise=None)), []),
        (
            replace(ADULT, eligibility=ADULT.eligibility._replace(below_weight=Fraction(90))),
            ["it is for 45 kg and over, below 90 kg, that one for 45 kg and over"],
        ),
        (
            replace(ADULT, eligibility=ADULT.eligibility._replace(minimum_age=Fraction(18))),
            ["it is for 45 kg and over, 18 years and over, that one for 45 kg and over"],
        ),
        (
            replace(ADULT, eligibility=ADULT.eligibility._replace(below_age=Fraction(65))),
            ["it is for 45 kg and over, below 65 years, that one for 45 kg and over"],
        ),
        (
            replace(ADULT, indication=Indication.MRD_POSITIVE),
            ["it is for mrd-positive, that one for relapsed-refractory"],
        ),
        (replace(ADULT, disease=Disease.LYMPHOMA), ["it is for lymphoma, that one for leukaemia"]),
        (replace(ADULT, due=("something",)), ["other things are due beside it"]),  # type: ignore[arg-type]
    ],
)
def test_what_is_ordered_otherwise_is_told(own: Regimen, found: list[str]) -> None:
    assert namesake(own, "rr-adult") == Namesake("rr-adult", tuple(found))


def test_only_a_shipped_name_is_looked_at() -> None:
    assert namesake(ADULT, "rr-adult-of-ours") is None


def test_a_cap_is_part_of_what_is_ordered() -> None:
    shipped = library.regimen("mrd-below-45-kg")
    steps = [[replace(step, cap=DoseRate(Fraction(27), Basis.FLAT)) for step in one.steps] for one in shipped.cycles]
    made = tuple(replace(one, steps=tuple(own)) for one, own in zip(shipped.cycles, steps, strict=True))
    here, there = (f"15 mcg/m²/day (at most {cap} mcg/day) for 28 d" for cap in (27, 28))
    (found,) = namesake(replace(shipped, cycles=made), "mrd-below-45-kg").differences  # type: ignore[union-attr]
    assert found == f"cycles 1 to 4: {here} here, {there} there"


TO_ADULTS = "dexamethasone 20 mg to adults 60 min before cycle-start, escalation, restart"
TO_CHILDREN = (
    "dexamethasone 5 mg/m² (at most 20 mg) to children 60 min before escalation, first-cycle-restart, first-start"
)


def premedicated(**changed: object) -> Regimen:
    """The same with another first premedication."""
    first, *others = ADULT.premedication
    return replace(ADULT, premedication=(replace(first, **changed), *others))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("own", "here"),
    [
        (replace(ADULT, premedication=()), "none"),
        (replace(ADULT, premedication=ADULT.premedication[:1]), TO_ADULTS),
        (replace(ADULT, premedication=ADULT.premedication[1:]), TO_CHILDREN),
        (
            premedicated(minutes_before=30, latest_minutes_before=30),
            f"{TO_ADULTS.replace('60', '30')} and {TO_CHILDREN}",
        ),
        (
            premedicated(minutes_before=180, latest_minutes_before=60),
            f"{TO_ADULTS.replace('60', '180 to 60')} and {TO_CHILDREN}",
        ),
        (premedicated(patients=None), f"{TO_ADULTS.replace(' to adults', '')} and {TO_CHILDREN}"),
        (
            premedicated(occasions=frozenset({Occasion.CYCLE_START})),
            f"dexamethasone 20 mg to adults 60 min before cycle-start and {TO_CHILDREN}",
        ),
        (premedicated(drug="prednisone"), f"{TO_CHILDREN} and {TO_ADULTS.replace('dexamethasone', 'prednisone')}"),
    ],
)
def test_premedication_is_told_as_it_is_ordered_here_and_there(own: Regimen, here: str) -> None:
    assert {one.patients for one in ADULT.premedication} == {AgeGroup.ADULTS, AgeGroup.CHILDREN}
    (found,) = namesake(own, "rr-adult").differences  # type: ignore[union-attr]
    assert found == f"premedication: {here} here, {TO_ADULTS} and {TO_CHILDREN} there"


def test_premedication_in_another_order_is_the_same() -> None:
    turned = replace(ADULT, premedication=tuple(reversed(ADULT.premedication)))
    assert namesake(turned, "rr-adult") == Namesake("rr-adult", ())


@pytest.mark.parametrize("count", range(1, 7))
def test_three_differences_are_told_and_how_many_more_there_are(count: int) -> None:
    texts = tuple("abcdef"[:count])
    more = f"; and {count - 3} more" if count > 3 else ""
    assert Namesake("rr-adult", texts).summary == "; ".join("abcdef"[: min(count, 3)]) + more


def test_all_differences_are_told_in_the_order_in_which_a_regimen_is_written() -> None:
    own = replace(
        cycles({2: replace(dose(2, "27"), treatment_free=15 * MINUTES_PER_DAY), 3: optional(3)}, drop=1),
        indication=Indication.MRD_POSITIVE,
        disease=Disease.LYMPHOMA,
        premedication=(),
        hospital_days=(9,),
        due=("something",),  # type: ignore[arg-type]
        eligibility=Eligibility(Fraction(46)),
    )
    found = namesake(own, "rr-adult")
    assert found is not None
    assert [text.split(" ")[0] + " " + text.split(" ")[1] for text in found.differences] == [
        *("it is", "it is", "cycle 2:", "from cycle", "4 cycles", "cycles that", "premedication: none", "days in"),
        *("other things", "it is"),
    ]


@pytest.mark.parametrize(
    ("at", "name", "shipped", "begins"),
    [
        ("a.toml", "rr-adult", "rr-adult", ""),
        ("rr-adult.toml", "a", "rr-adult", "this file is named so: "),
        ("deep/rr-adult.toml", "a", "rr-adult", "this file is named so: "),
        ("mrd-adult.toml", "mrd-adult", "mrd-adult", ""),
        ("a.toml", "rr-adult-2", "", ""),
    ],
)
def test_the_name_of_the_regimen_or_of_its_file_may_be_a_shipped_one(
    at: str, name: str, shipped: str, begins: str
) -> None:
    found = told("X005", {at: file(name)}, at)
    assert len(found) == bool(shipped)
    for line in found:
        place, message, advice, value = line.split(" | ")
        assert place == "warning at name"
        says = f"{shipped} is also the name of a regimen that comes with blinplan, which orders otherwise: "
        assert message.startswith(begins + says)
        assert advice == (
            f"give it a name of its own; in a command {shipped} means the one that comes with blinplan, and in a record"
            " or `otherwise` beside this file it means this file"
        )
        assert value.startswith(f"{shipped}: ")


def test_a_copy_under_its_own_name_is_no_other_regimen() -> None:
    text = library.load("rr-adult").document.text
    assert told("X005", {"rr-adult.toml": text}, "rr-adult.toml") == []
    higher = text.replace('"9 mcg/day"', '"10 mcg/day"')
    (found,) = told("X005", {"rr-adult.toml": higher}, "rr-adult.toml")
    tenth = f"cycle 1: 10 mcg/day for 7 d, then 28 mcg/day for 21 d here, {LOW} there"
    assert f"which orders otherwise: {tenth} | " in found
    assert found.endswith(f" | rr-adult: {tenth}")
