"""X003: whom regimens that belong together do not admit, found again patient by patient."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product
from random import Random
from typing import Any

import pytest

from blinplan.regimen.reading import RegimenFile, read
from blinplan.regimen.regimen import Eligibility
from blinplan.regimen.vocabulary import Indication
from blinplan.rules.families.across_files.gaps import PatientGap, admits_no_others, gaps
from blinplan.rules.families.across_files.neighbours import Neighbour, Neighbours, neighbour_of
from tests.regimen_text import cycle, regimen_text

Whom = tuple[Fraction | None, Fraction | None, Fraction | None, Fraction | None]
"""The least weight, the weight below which, the least age, the age below which."""
KEYS = (("below_weight_kg", 1, 0), ("min_weight_kg", 0, 1), ("below_age_years", 3, 2), ("min_age_years", 2, 3))
"""In this order limits are told: the key, its place among those of a regimen, and that of the end of a gap it is."""


def whom(*limits: int | None) -> Whom:
    least, below, young, old = (None if limit is None else Fraction(limit) for limit in limits)
    return least, below, young, old


def eligibility(who: Whom, otherwise: str | None = None) -> Eligibility:
    return Eligibility(who[0], who[1], otherwise, None, who[2], who[3])


def limits_of(who: Eligibility) -> Whom:
    return who.minimum_weight, who.below_weight, who.minimum_age, who.below_age


def template() -> Neighbour:
    reading = read(regimen_text('indication = "relapsed-refractory"\n\n' + cycle()).encode(), "probe.toml")
    assert isinstance(reading, RegimenFile)
    return neighbour_of(reading, "us-2025")


def named(name: str, who: Whom, otherwise: str | None = None, **changed: object) -> Neighbour:
    """A regimen of a file of its own, for some patients."""
    one = template()
    purpose = one.purpose._replace(name=name, eligibility=eligibility(who, otherwise), **changed)  # type: ignore[arg-type]
    return replace(one, document=replace(one.document, name=f"{name}.toml"), purpose=purpose)


def together(*regimens: Neighbour) -> Neighbours:
    return Neighbours(tuple(regimens))


# --- patient by patient -----------------------------------------------------------------------------------------------

Patient = tuple[Fraction, Fraction]


def admits(who: Whom, patient: Patient) -> bool:
    weight, age = patient
    least, below, young, old = who
    heavy = (least is None or weight >= least) and (below is None or weight < below)
    return heavy and (young is None or age >= young) and (old is None or age < old)


def samples(limits: Sequence[Fraction]) -> list[Fraction]:
    """A figure between any two limits next to each other, and one beyond either end."""
    ends = [Fraction(0), *limits, Fraction(1000)]
    return [(low + high) / 2 for low, high in pairwise(ends)]


def expected(group: Sequence[Whom]) -> list[tuple[Whom, list[tuple[int, str]]]]:
    """The gaps between regimens, each with the numbers of those at its limits and their keys: one patient at a time."""
    weights, ages = (
        sorted({limit for who in group for limit in who[axis : axis + 2] if limit is not None}) for axis in (0, 2)
    )
    columns, rows = samples(weights), samples(ages)
    admitted = {
        (column, row)
        for column, row in product(range(len(columns)), range(len(rows)))
        if any(admits(who, (columns[column], rows[row])) for who in group)
    }
    left = {
        cell
        for cell in product(range(len(columns)), range(len(rows)))
        if cell not in admitted and sum(_sides(cell, admitted)) >= 2
    }
    found, told = [], set[tuple[int, str]]()
    while left:
        region = grown({min(left)}, left)
        left -= region
        who = _around(region, weights, ages)
        edges = [
            (number, key)
            for number, one in enumerate(group)
            for key, own, end in KEYS
            if one[own] is not None and one[own] == who[end]
        ]
        if told.isdisjoint(edges):
            found.append((who, edges))
            told |= set(edges)
    return found


def _sides(cell: tuple[int, int], admitted: set[tuple[int, int]]) -> tuple[bool, ...]:
    """Whether lighter, heavier, younger and older ones are admitted who are otherwise alike."""
    column, row = cell
    alike = [one for one in admitted if one[1] == row], [one for one in admitted if one[0] == column]
    return (
        min((one[0] for one in alike[0]), default=column) < column,
        max((one[0] for one in alike[0]), default=column) > column,
        min((one[1] for one in alike[1]), default=row) < row,
        max((one[1] for one in alike[1]), default=row) > row,
    )


def grown(region: set[tuple[int, int]], left: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """A region with all that touches it, again and again."""
    beside = {cell for cell in left for one in region if abs(cell[0] - one[0]) + abs(cell[1] - one[1]) == 1}
    return region if beside <= region else grown(region | beside, left)


def _around(region: set[tuple[int, int]], weights: Sequence[Fraction], ages: Sequence[Fraction]) -> Whom:
    def ends(numbers: list[int], limits: Sequence[Fraction]) -> tuple[Fraction | None, Fraction | None]:
        low, high = min(numbers), max(numbers)
        return (limits[low - 1] if low else None, limits[high] if high < len(limits) else None)

    return (*ends([cell[0] for cell in region], weights), *ends([cell[1] for cell in region], ages))


def found_by_rule(regimens: Neighbours) -> list[tuple[Whom, list[tuple[int, str]]]]:
    numbers = {one.document.name: number for number, one in enumerate(regimens.regimens)}
    return [
        (limits_of(gap.who), [(numbers[edge.neighbour.document.name], edge.key) for edge in gap.edges])
        for gap in gaps(regimens)
    ]


def drawn(chance: Random) -> Whom:
    """Whom a regimen may be for, in limits of a few values that often meet and often do not."""
    least, below = sorted(chance.sample((0, 10, 20, 30, 45, 1000), 2))
    young, old = sorted(chance.sample((0, 2, 12, 18, 65, 1000), 2))
    ends = (least or None, below % 1000 or None, young or None, old % 1000 or None)
    return whom(*(end if chance.random() < 0.8 else None for end in ends))


@pytest.mark.parametrize("seed", range(12))
def test_gaps_are_those_that_are_found_patient_by_patient(seed: int) -> None:
    chance, any_found = Random(seed), 0  # noqa: S311 - no secret
    for _ in range(12):
        group = [drawn(chance) for _ in range(chance.randint(2, 4))]
        regimens = together(*(named(f"r{number}", who) for number, who in enumerate(group)))
        assert found_by_rule(regimens) == expected(group), group
        any_found += len(expected(group))
    assert any_found


def only(*group: Whom) -> list[Whom]:
    """Whom regimens of one indication leave out."""
    return [limits_of(gap.who) for gap in gaps(together(*(named(f"r{n}", who) for n, who in enumerate(group))))]


def test_gaps_that_are_known_by_hand() -> None:
    """An L of four regimens around the children between, two steps apart, and a ring around a hole."""
    light, heavy = whom(None, 40, None, None), whom(45, None, None, None)
    assert only(light, heavy) == [whom(40, 45, None, None)]
    assert only(heavy, light) == [whom(40, 45, None, None)]
    assert only(whom(None, None, None, 16), whom(None, None, 18, None)) == [whom(None, None, 16, 18)]
    assert only(light, whom(40, None, None, None)) == []
    assert only(light, light) == []
    ring = (
        *(whom(None, 10, None, None), whom(30, None, None, None)),
        *(whom(10, 30, None, 2), whom(10, 30, 12, None)),
    )
    assert only(*ring) == [whom(10, 30, 2, 12)]
    assert only(*ring, whom(20, 30, 2, 12)) == [whom(10, 20, 2, 12)]


# --- which belong together --------------------------------------------------------------------------------------------

LIGHT, HEAVY, LATE = whom(None, 40, None, None), whom(45, None, None, None), whom(50, None, None, None)
BETWEEN = whom(30, 60, None, None)


def edges(found: Sequence[PatientGap]) -> list[list[str]]:
    return [[f"{edge.neighbour.name}.{edge.key}" for edge in gap.edges] for gap in found]


BETWEEN_A_AND_B = [["a.below_weight_kg", "b.min_weight_kg"]]


def test_those_that_lead_to_each_other_are_looked_at_before_all_of_an_indication() -> None:
    alone = (named("a", LIGHT), named("b", HEAVY), named("c", BETWEEN))
    assert gaps(together(*alone)) == ()
    linked = (named("a", LIGHT, "b"), named("b", HEAVY), named("c", BETWEEN))
    assert edges(gaps(together(*linked))) == BETWEEN_A_AND_B
    back = (named("a", LIGHT), named("c", BETWEEN), named("b", HEAVY, "a"))
    assert edges(gaps(together(*back))) == [["b.min_weight_kg", "a.below_weight_kg"]]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 2, 0, 3), (2, 0, 1, 3), (1, 3, 0, 2)])
def test_a_chain_is_one_group_in_whatever_order_its_files_come(order: tuple[int, ...]) -> None:
    """a leads to b, b to c, c to d; the infants between a and b, and the heavy between c and d, are left out."""
    chain = [
        named("a", whom(None, 10, None, None), "b"),
        named("b", whom(12, 30, None, None), "c"),
        named("c", whom(30, 45, None, None), "d"),
        named("d", LATE),
    ]
    found = gaps(together(*(chain[number] for number in order), named("e", whom(5, 80, None, None))))
    assert {tuple(sorted(one)) for one in edges(found)} == {
        ("a.below_weight_kg", "b.min_weight_kg"),
        ("c.below_weight_kg", "d.min_weight_kg"),
    }
    assert [limits_of(gap.who) for gap in found] == [whom(10, 12, None, None), whom(45, 50, None, None)]


def test_many_that_lead_to_one_are_one_group() -> None:
    many = [named(f"r{number}", whom(None, 10 + number, None, None), "heavy") for number in range(9)]
    filler = named("filler", whom(5, 60, None, None))
    found = gaps(together(*many, named("heavy", HEAVY), filler))
    assert [limits_of(gap.who) for gap in found] == [whom(18, 45, None, None)]
    assert edges(found) == [["r8.below_weight_kg", "heavy.min_weight_kg"]]


def test_one_that_leads_nowhere_or_to_another_kind_is_no_part_of_a_chain_and_ends_none() -> None:
    others = [
        named("lost", LIGHT, "nothing-of-this-name"),
        named("mrd", LIGHT, "b", indication=Indication.MRD_POSITIVE),
        replace(named("unsure", LIGHT, "b"), unsure=frozenset({"eligibility"})),
    ]
    for other in others:
        found = gaps(together(other, named("a", LIGHT, "b"), named("b", HEAVY), named("c", BETWEEN)))
        assert edges(found) == BETWEEN_A_AND_B
        assert gaps(together(other, named("b", HEAVY), named("c", BETWEEN))) == ()


def test_whom_a_file_is_for_that_cannot_be_read_closes_no_gap() -> None:
    unsure = replace(named("c", BETWEEN), unsure=frozenset({"eligibility"}))
    assert edges(gaps(together(unsure, named("a", LIGHT), named("b", HEAVY)))) == BETWEEN_A_AND_B
    sure = replace(named("c", BETWEEN), unsure=frozenset({"cycle"}))
    assert gaps(together(sure, named("a", LIGHT), named("b", HEAVY))) == ()


@pytest.mark.parametrize(
    ("of_a", "of_b", "found"),
    [
        ({}, {}, True),
        ({"indication": Indication.MRD_POSITIVE}, {}, False),
        ({"indication": Indication.MRD_POSITIVE}, {"indication": Indication.MRD_POSITIVE}, True),
        ({"indication": Indication.INVESTIGATIONAL}, {"indication": Indication.INVESTIGATIONAL}, False),
        (
            {"indication": Indication.INVESTIGATIONAL, "family": "f"},
            {"indication": Indication.INVESTIGATIONAL, "family": "f"},
            True,
        ),
        (
            {"indication": Indication.INVESTIGATIONAL, "family": "f"},
            {"indication": Indication.INVESTIGATIONAL, "family": "g"},
            False,
        ),
        ({"family": "f"}, {"family": "g"}, True),
    ],
)
def test_those_of_an_indication_or_a_family_belong_together(
    of_a: dict[str, Any], of_b: dict[str, Any], found: bool
) -> None:
    both = together(named("a", LIGHT, **of_a), named("b", HEAVY, **of_b))
    assert edges(gaps(both)) == (BETWEEN_A_AND_B if found else [])


def test_those_by_another_label_or_of_another_ward_do_not_belong_together(tmp_path: object) -> None:
    a, b = named("a", LIGHT), named("b", HEAVY)
    assert edges(gaps(together(a, b))) == BETWEEN_A_AND_B
    assert gaps(together(a, replace(b, label="hk-2026"))) == ()
    assert gaps(together(a, replace(b, library=tmp_path))) == ()  # type: ignore[arg-type]


def test_a_family_is_looked_at_before_its_indication() -> None:
    """A third regimen of the indication would close the gap, and is of no family."""
    of_family = [named("a", LIGHT, family="f"), named("b", HEAVY, family="f")]
    assert edges(gaps(together(*of_family, named("c", BETWEEN)))) == BETWEEN_A_AND_B
    alone = [named("a", LIGHT, family="f"), named("b", HEAVY)]
    assert gaps(together(*alone, named("c", BETWEEN))) == ()


def spans() -> Iterator[Whom]:
    for least, below in ((None, None), (None, 45), (45, None), (10, 45)):
        for young, old in ((None, None), (18, None), (None, 18)):
            yield whom(least, below, young, old)


@pytest.mark.parametrize("one", list(spans()), ids=str)
def test_one_admits_no_others_where_every_patient_of_the_other_is_its_own(one: Whom) -> None:
    patients = list(product(map(Fraction, (5, 10, 30, 45, 60)), map(Fraction, (1, 18, 40))))
    for other in spans():
        own = all(admits(one, patient) for patient in patients if admits(other, patient))
        assert admits_no_others(eligibility(one), eligibility(other)) is own
