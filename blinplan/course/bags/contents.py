"""What goes into a bag: saline, stabiliser and drug, as they follow from the dose and as syringes measure the drug.

A bag is filled in one of two ways. Its final volume is given, and the saline is what stabiliser and drug leave of it;
or saline and stabiliser are given, and the drug comes on top. Either way the drug is that of the ordered concentration.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

from blinplan.course.bags.bag import Bag, micrograms_per_millilitre
from blinplan.regimen.site.site import Site, SiteBag, Syringe, Vial


class Draw(NamedTuple):
    """What a syringe measures of the drug, in mL."""

    syringe: Syringe
    millilitres: Fraction


@dataclass(frozen=True)  # without slots, which keep nothing that is worked out once
class Contents:
    """What goes into a bag, exact.

    Attributes
    ----------
    computed_millilitres, computed_micrograms
        The final volume and the drug in it, priming included, as they follow from the ordered dose.
    computed_drug
        The reconstituted drug in mL that follows from it; None where nobody says what a vial holds.
    draws
        How syringes measure that; empty where nobody says which there are, or none measures so little.
    drug
        The reconstituted drug in mL that is drawn up: what is measured, or else what is computed.
    stabiliser, diluent
        The other volumes, which with the drug add up to the final one; None where nobody says.
    vial
        What a vial holds; None where nobody says.
    """

    computed_millilitres: Fraction
    computed_micrograms: Fraction
    computed_drug: Fraction | None
    draws: tuple[Draw, ...]
    drug: Fraction | None
    stabiliser: Fraction | None
    diluent: Fraction | None
    vial: Vial | None

    @cached_property
    def millilitres(self) -> Fraction:
        """The final volume in mL, as it is filled."""
        if self.stabiliser is None or self.drug is None:
            return self.computed_millilitres
        assert self.diluent is not None  # noqa: S101 - of these two and the final volume it follows
        return self.diluent + self.stabiliser + self.drug

    @cached_property
    def micrograms(self) -> Fraction:
        """The drug in the bag in mcg, as it is drawn up."""
        if self.vial is None:
            return self.computed_micrograms
        assert self.drug is not None  # noqa: S101 - what a vial holds says how much it is
        return self.drug * self.vial.per_millilitre

    @property
    def difference(self) -> Fraction:
        """By how many mcg what is drawn up is more than what was computed."""
        return self.micrograms - self.computed_micrograms

    @cached_property
    def share(self) -> Fraction:
        """What the dose is that the patient gets, as a share of the ordered one."""
        computed = self.computed_micrograms / self.computed_millilitres
        return self.micrograms / self.millilitres / computed

    @cached_property
    def vials(self) -> int | None:
        """How many vials have to be opened; None where nobody says what one holds."""
        return None if self.vial is None else -(-self.micrograms // self.vial.micrograms)

    @cached_property
    def left_in_vials(self) -> Fraction | None:
        """What is left in the opened vials, in mcg."""
        return None if self.vial is None else -self.micrograms % self.vial.micrograms


def contents(bag: Bag, site: Site) -> Contents | None:
    """What goes into a bag that is to be prepared; None where nobody says the pump rate, or how much is filled."""
    if not bag.is_to_prepare:
        return None
    site = site.at(bag.start)
    return _contents_of(bag.size, bag.rate, site.vial, site.syringes)


@lru_cache(maxsize=128)
def _contents_of(size: SiteBag, rate: Fraction, vial: Vial | None, syringes: tuple[Syringe, ...]) -> Contents | None:
    """What goes into bags of a size for a dose rate: the bags of a course are of few kinds."""
    strength = micrograms_per_millilitre(size, rate)
    if strength is None or (fill := _final_volume(size, strength, vial)) is None:
        return None
    micrograms = strength * fill
    computed = None if vial is None else micrograms / vial.per_millilitre
    draws = () if computed is None else syringe_draws(computed, syringes)
    drug = sum((draw.millilitres for draw in draws), Fraction(0)) if draws else computed
    stabiliser, diluent = size.stabiliser, size.diluent
    if size.fill is not None and stabiliser is not None and drug is not None:
        diluent = fill - stabiliser - drug
    return Contents(fill, micrograms, computed, draws, drug, stabiliser, diluent, vial)


def _final_volume(size: SiteBag, strength: Fraction, vial: Vial | None) -> Fraction | None:
    """What is filled in mL: what the site says, or saline and stabiliser with the drug that they take."""
    if size.fill is not None:
        return size.fill
    if size.diluent is None or size.stabiliser is None or vial is None or strength >= vial.per_millilitre:
        return None
    return (size.diluent + size.stabiliser) / (1 - strength / vial.per_millilitre)


def syringe_draws(millilitres: Fraction, syringes: Sequence[Syringe]) -> tuple[Draw, ...]:
    """How syringes measure a volume: by the smallest that holds it, to the nearest mark, and the lower of two as near.

    What none holds is drawn with the largest one, filled as often as it takes. Empty where there are none, or where the
    volume is nearest to no mark but the first, which is nothing.
    """
    if not syringes:
        return ()
    largest = syringes[-1]
    full = -(-millilitres // largest.millilitres) - 1 if millilitres > largest.millilitres else 0
    rest = millilitres - full * largest.millilitres
    syringe = next(one for one in syringes if one.millilitres >= rest)
    marks = -((Fraction(1, 2) - rest / syringe.graduation) // 1)
    last = (Draw(syringe, marks * syringe.graduation),) if marks else ()
    return (*(Draw(largest, largest.millilitres),) * full, *last)


class Impossible(NamedTuple):
    """A bag that nobody can make, and why."""

    bag: Bag
    why: str


def impossible_bags(bags: Iterable[Bag], site: Site) -> Iterator[Impossible]:
    """The bags that nobody can make: with more drug than room, or with less in them than is infused."""
    for bag in bags:
        strength, holds, vial = bag.micrograms_per_millilitre, contents(bag, site), site.at(bag.start).vial
        too_strong = strength is not None and vial is not None and strength > vial.per_millilitre
        no_room = holds is not None and holds.diluent is not None and holds.diluent < 0
        if too_strong or no_room:
            yield Impossible(bag, "more drug is drawn up for it than it is filled with")
        elif holds is not None and holds.millilitres < (bag.millilitres or 0):
            yield Impossible(bag, "the pump infuses more of it than is filled")


@dataclass(frozen=True, slots=True)
class Usage:
    """What bags take in all: vials, what is left in them in mcg and mL, and what is left in the bags in mcg.

    ``on_record`` are those of the bags that hung by the record; ``not_counted`` says when bags were hung of which
    nobody says what was in them, or whether they were.
    """

    vials: int
    left_in_vials: Fraction
    left_in_vials_millilitres: Fraction
    left_in_bags: Fraction
    on_record: int = 0
    not_counted: tuple[int, ...] = ()


def usage(bags: Iterable[Bag], site: Site) -> Usage | None:
    """What bags take in all, each made from vials of its own; None where that of any is not known."""
    vials, hung, left, share = 0, 0, Fraction(0), Fraction(0)
    rests, rests_millilitres = Fraction(0), Fraction(0)
    not_counted = []
    for bag in bags:
        making = _making(bag, site)
        if bag.on_record or not bag.again:  # a plan hangs again the bag that hung last, a record any of its own
            share = Fraction(0) if making is None else making.share
        if bag.again:
            left -= bag.micrograms * share
            continue
        if making is None and bag.is_to_prepare:
            return None
        if making is None:
            not_counted.append(bag.start)
            continue
        opened, rest = making.vials, making.left_in_vials
        vials, hung = vials + opened, hung + opened * bag.on_record
        rests += rest
        rests_millilitres += rest / making.vial.per_millilitre
        left += making.micrograms - bag.micrograms * share
    return Usage(vials, rests, rests_millilitres, left, hung, tuple(not_counted))


class _Making(NamedTuple):
    """What a bag took: the drug in it in mcg, the share of its dose that the patient gets, and from which vials."""

    micrograms: Fraction
    share: Fraction
    vial: Vial

    @property
    def vials(self) -> int:
        return -(-self.micrograms // self.vial.micrograms)

    @property
    def left_in_vials(self) -> Fraction:
        return -self.micrograms % self.vial.micrograms


def _making(bag: Bag, site: Site) -> _Making | None:
    """What a bag took or takes; None where nobody says."""
    holds, vial = contents(bag, site), site.at(bag.start).vial
    if vial is None:
        return None
    if holds is not None:
        return _Making(holds.micrograms, holds.share, vial)
    return None if bag.held is None else _Making(bag.held, Fraction(1), vial)
