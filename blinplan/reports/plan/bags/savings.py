"""What would take fewer vials: other bags of the profile, or another fill volume."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import contents, usage
from blinplan.course.bags.errors import NoSequenceError
from blinplan.course.bags_of_course import bags_of
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.quantities import MINUTES_PER_HOUR, decimal_text, duration_text, plural
from blinplan.regimen.preference import Preference
from blinplan.regimen.site.site import Site
from blinplan.reports.shared.words import amount_text


def saving_remarks(
    dated: Dated, shown: Sequence[tuple[int, Bag]], other_bags: Iterable[Remark] | None = None
) -> Iterator[Remark]:
    """Say how many vials less other bags would take, and which bags would take one less with another volume.

    ``other_bags`` is what `other_bags_remarks` says, where it was asked before.
    """
    yield from other_bags_remarks(dated) if other_bags is None else other_bags
    yield from _by_other_volumes(dated, shown)


def other_bags_remarks(dated: Dated) -> Iterator[Remark]:
    """Say how many vials less other bags of the whole course would take, whatever is shown of it."""
    site = dated.site
    if site is None or site.prefer is Preference.FEWEST_VIALS or (now := usage(dated.bags, site)) is None:
        return
    try:
        others = bags_of(dated.replanned, _with_fewest_vials(site), dated.clock)
    except NoSequenceError:
        return
    used = usage(others, site)
    if used is None or used.vials >= now.vials:
        return
    more = len(others) - len(dated.bags)
    text = (
        f'With `prefer = "fewest-vials"` the bags of the course take {used.vials} vials instead of {now.vials}, and'
        f" {more} {plural('bag', more)} more are hung."
    )
    yield Remark(text, RemarkKind.TOLD, start=0, stop=dated.course.events[-1].period.stop)


def _with_fewest_vials(site: Site) -> Site:
    later = tuple(replace(place, site=_with_fewest_vials(place.site)) for place in site.later)
    return replace(site, prefer=Preference.FEWEST_VIALS, later=later)


def _by_other_volumes(dated: Dated, shown: Sequence[tuple[int, Bag]]) -> Iterator[Remark]:
    """Say of bags of one kind what may be filled at most for a vial less, where that is enough for the pump."""
    kinds: dict[tuple[int, Fraction], list[tuple[int, Bag]]] = {}
    for number, bag in shown:
        kinds.setdefault((bag.size.minutes, bag.rate), []).append((number, bag))
    for alike in kinds.values():
        _, bag = alike[0]
        text = None if dated.site is None else _less_filled(bag, dated.site.at(bag.start), len(alike))
        if text is not None:
            numbers = tuple(number for number, _ in alike)
            yield Remark(text, RemarkKind.TOLD, bags=numbers, start=bag.start, stop=alike[-1][1].stop)


def _less_filled(bag: Bag, site: Site, bags: int) -> str | None:
    """What may be filled into a bag for one vial less; None where that is not enough, or nobody knows."""
    holds, fill, strength = contents(bag, site), bag.size.fill, bag.micrograms_per_millilitre
    rate = bag.size.millilitres_per_hour
    if holds is None or holds.vials is None or site.vial is None or fill is None or strength is None or rate is None:
        return None
    most = Fraction((holds.vials - 1) * site.vial.micrograms / strength // 1)
    infused = rate * bag.size.minutes / MINUTES_PER_HOUR
    if most < infused:
        return None
    return (
        f"A bag for {duration_text(bag.size.minutes)} with {amount_text(bag.rate)} mcg/day that is filled with no more"
        f" than {decimal_text(most)} mL, and not {decimal_text(fill)}, takes {holds.vials - 1} of {holds.vials} vials:"
        f" {decimal_text(infused, 1)} mL are infused, and what is left has to be enough to prime the line."
        f" {bags} such {plural('bag', bags)} here."
    )
