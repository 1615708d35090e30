"""Patients between the limits of regimens that belong together, whom none of them admits."""

from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from blinplan.regimen.regimen import Eligibility
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Indication
from blinplan.rules.families.across_files.kinds import other_kind
from blinplan.rules.families.across_files.neighbours import Neighbour, Neighbours


class Edge(NamedTuple):
    """A limit at which a gap begins or ends, and the regimen that sets it."""

    neighbour: Neighbour
    key: str
    value: Fraction

    @property
    def path(self) -> KeyPath:
        """Where the file has it."""
        return ("eligibility", self.key)


class PatientGap(NamedTuple):
    """Patients whom no regimen of a group admits, and the limits of the group around them, in the order of the run."""

    who: Eligibility
    edges: tuple[Edge, ...]


Bound = Fraction | None
_Span = tuple[Bound, Bound]
_Cell = tuple[int, int]


@lru_cache(maxsize=1)  # every file of a run asks for those of all
def gaps(neighbours: Neighbours) -> tuple[PatientGap, ...]:
    """Find the gaps of all groups of regimens, each limit in one of them."""
    found: list[PatientGap] = []
    told: set[tuple[str, str]] = set()
    for group in _groups(neighbours):
        for gap in _gaps_of(group):
            places = {(edge.neighbour.document.name, edge.key) for edge in gap.edges}
            if places.isdisjoint(told):
                found.append(gap)
                told |= places
    return tuple(found)


def admits_no_others(one: Eligibility, other: Eligibility) -> bool:
    """Whether another admits nobody but those whom one admits."""
    return all(_holds(outer, inner) for outer, inner in zip(_spans(one), _spans(other), strict=True))


# --- which regimens belong together -----------------------------------------------------------------------------------


def _groups(neighbours: Neighbours) -> Iterator[list[Neighbour]]:
    """Regimens that lead to each other, then those of a family, then all of an indication and label."""
    yield from _chains(neighbours)
    families: dict[tuple[object, ...], list[Neighbour]] = {}
    indications: dict[tuple[object, ...], list[Neighbour]] = {}
    for one in neighbours.regimens:
        if not one.fits_for_certain:
            continue
        indication = (one.library, one.purpose.indication, one.label)
        if one.purpose.family is not None:
            families.setdefault((*indication, one.purpose.family), []).append(one)
        if one.purpose.indication is not Indication.INVESTIGATIONAL:  # which says nothing of what is treated
            indications.setdefault(indication, []).append(one)
    yield from (*families.values(), *indications.values())


def _chains(neighbours: Neighbours) -> list[list[Neighbour]]:
    """Regimens that `otherwise` leads from and to, with the shipped ones that it names."""
    groups: dict[str, deque[Neighbour]] = {}
    for one in neighbours.regimens:
        other = neighbours.others_of(one) if one.fits_for_certain else None
        if not isinstance(other, Neighbour) or other_kind(one.purpose, other.purpose) is not None:
            continue  # of one of another kind X002 tells
        first, second = (groups.setdefault(each.document.name, deque((each,))) for each in (one, other))
        if first is not second:
            _join(groups, first, second)
    return [list(group) for group in {id(group): group for group in groups.values()}.values()]


def _join(groups: dict[str, deque[Neighbour]], first: deque[Neighbour], second: deque[Neighbour]) -> None:
    """Put one group before another. The larger takes up the smaller: a thousand files may name one regimen."""
    larger, smaller = (second, first) if len(first) < len(second) else (first, second)
    if larger is second:
        second.extendleft(reversed(first))
    else:
        first.extend(second)
    for each in smaller:
        groups[each.document.name] = larger


# --- whom they do not admit -------------------------------------------------------------------------------------------


def _gaps_of(group: list[Neighbour]) -> Iterator[PatientGap]:
    admitted = list(dict.fromkeys(_spans(one.purpose.eligibility) for one in group))
    weights, ages = (_sections(span[axis] for span in admitted) for axis in (0, 1))
    covered = {
        (column, row)
        for column, weight in enumerate(weights)
        for row, age in enumerate(ages)
        if any(_holds(spans[0], weight) and _holds(spans[1], age) for spans in admitted)
    }
    cells = {
        (column, row)
        for column in range(len(weights))
        for row in range(len(ages))
        if (column, row) not in covered and _is_between((column, row), covered)
    }
    for region in _regions(cells):
        columns, rows = ([cell[axis] for cell in region] for axis in (0, 1))
        who = Eligibility(
            minimum_weight=weights[min(columns)][0],
            below_weight=weights[max(columns)][1],
            minimum_age=ages[min(rows)][0],
            below_age=ages[max(rows)][1],
        )
        yield PatientGap(who, tuple(_edges(who, group)))


def _is_between(cell: _Cell, covered: set[_Cell]) -> bool:
    """Whether others are admitted on two sides: the lighter and the heavier, say, or the older and the lighter."""
    column, row = cell
    sides = (
        any(there[0] < column and there[1] == row for there in covered),
        any(there[0] > column and there[1] == row for there in covered),
        any(there[1] < row and there[0] == column for there in covered),
        any(there[1] > row and there[0] == column for there in covered),
    )
    return sum(sides) > 1


def _regions(cells: set[_Cell]) -> Iterator[list[_Cell]]:
    """Cells that touch, together."""
    left = sorted(cells)
    while left:
        region, edge = [], [left.pop(0)]
        while edge:
            column, row = edge.pop()
            region.append((column, row))
            beside = {(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)}
            edge += [cell for cell in left if cell in beside]
            left = [cell for cell in left if cell not in beside]
        yield region


def _edges(who: Eligibility, group: Iterable[Neighbour]) -> Iterator[Edge]:
    for one in group:
        limits = one.purpose.eligibility
        for key, limit, end in (
            ("below_weight_kg", limits.below_weight, who.minimum_weight),
            ("min_weight_kg", limits.minimum_weight, who.below_weight),
            ("below_age_years", limits.below_age, who.minimum_age),
            ("min_age_years", limits.minimum_age, who.below_age),
        ):
            if limit is not None and limit == end:
                yield Edge(one, key, limit)


def _spans(who: Eligibility) -> tuple[_Span, _Span]:
    return (who.minimum_weight, who.below_weight), (who.minimum_age, who.below_age)


def _sections(spans: Iterable[_Span]) -> list[_Span]:
    """The parts that the limits of some spans cut a line into."""
    limits: list[Bound] = [*sorted({limit for span in spans for limit in span if limit is not None})]
    return list(zip([None, *limits], [*limits, None], strict=True))


def _holds(outer: _Span, inner: _Span) -> bool:
    low = outer[0] is None or (inner[0] is not None and inner[0] >= outer[0])
    return low and (outer[1] is None or (inner[1] is not None and inner[1] <= outer[1]))
