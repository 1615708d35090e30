"""The bags of a plan: when each is hung, at which pump rate, what is in it and what is drawn up for it."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import contents
from blinplan.course.bags.sequence import in_use_left
from blinplan.course.dated import Dated
from blinplan.course.events import as_ordered
from blinplan.drawing.draw import indent
from blinplan.label.label import Label
from blinplan.label.read import label_of
from blinplan.quantities import decimal_text, duration_text
from blinplan.regimen.site.site import Site, SiteBag
from blinplan.reports.plan.bags.preparation import (
    PREPARATION_HEADS,
    PreparationLine,
    preparation_json,
    preparation_line,
    preparation_lines,
    preparation_sources,
)
from blinplan.reports.plan.bags.vials import vial_lines
from blinplan.reports.plan.bags.words import duration_of_bag
from blinplan.reports.plan.dated_plan import zone_line
from blinplan.reports.shared.words import amount_text, exact_amount, moments_text
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True)
class BagLine:
    """A bag in words and figures; ``-`` where nobody has said what a figure needs."""

    number: str
    hung: str
    down: str
    lasts: str
    rate: str
    volume: str
    amount: str
    filled: str
    contents: str
    drawn: str
    vials: str
    left: str


HEADS = BagLine(
    "Bag",
    "Hung",
    "Taken down",
    "Lasts",
    "mL/h",
    "mL",
    "mcg",
    "Filled mL",
    "mcg in bag",
    "Drawn mL",
    "Vials",
    "In-use left",
)


def bag_line(dated: Dated, number: int, bag: Bag) -> BagLine:
    """Write a bag of a plan that has a site."""
    assert dated.site is not None  # noqa: S101 - there are bags where there is a site
    holds, left = contents(bag, dated.site), in_use_left(bag, dated.site)
    return BagLine(
        str(number),
        *moments_text(dated.clock.at(bag.start), dated.clock.at(bag.stop)),
        duration_of_bag(bag),
        "-" if bag.size.millilitres_per_hour is None else decimal_text(bag.size.millilitres_per_hour),
        _or_dash(bag.millilitres),
        amount_text(bag.micrograms),
        _or_dash(None if holds is None else holds.millilitres),
        _or_dash(None if holds is None else holds.micrograms),
        _or_dash(None if holds is None else holds.drug),
        "-" if holds is None or holds.vials is None else str(holds.vials),
        "-" if left is None else duration_text(left),
    )


def _or_dash(value: Fraction | None) -> str:
    return "-" if value is None else amount_text(value)


def _or_none(value: Fraction | None) -> dict[str, Any] | None:
    return None if value is None else exact_amount(value)


def bags_report(dated: Dated, screen: Screen) -> "list[RenderableType]":
    """Draw the bags, as a table where there is room for one."""
    bags = dated.shown_bags()
    lines = [bag_line(dated, number, bag) for number, bag in bags]
    return [
        *(_tables(dated, bags, lines, screen) if screen.width >= _WIDE else _paragraphs(dated, bags, lines)),
        Text(sum_text(dated)),
        *map(Text, vial_lines(dated)),
        Text(" ".join(filter(None, (bag_sources(dated), *preparation_sources(dated)))), "quiet"),
        zone_line(dated),
    ]


_WIDE, _ROOMY = 132, 150


def sum_text(dated: Dated) -> str:
    """Say what all bags give beside what is ordered, and by how much they differ; what syringes do is a remark."""
    given = sum((bag.micrograms for bag in dated.bags), Fraction(0))
    ordered = as_ordered(dated.course).micrograms
    difference = given - ordered
    all_bags = "As computed, all bags" if dated.site is not None and dated.site.syringes else "All bags"
    return (
        f"{all_bags} of the course give {amount_text(given)} mcg; ordered are {amount_text(ordered)} mcg."
        f" Difference: {f'{amount_text(difference)} mcg' if difference else 'none'}."
    )


def bag_sources(dated: Dated) -> str:
    """Say where pump rates and the contents of a vial come from."""
    site, label = dated.site, label_of(dated.course.regimen)
    assert site is not None  # noqa: S101 - there are bags where there is a site
    rates = [_source_of_rate(size, label) for size in site.bags if size.millilitres_per_hour is not None]
    vial = site.vial
    whose = label.vial.stated.citation if label.vial is not None and "vial" in site.by_label else "the site profile"
    lines = [
        f"Pump rates: {'; '.join(dict.fromkeys(rates))}." if rates else "",
        ""
        if vial is None
        else f"Vials of {decimal_text(vial.micrograms)} mcg, {decimal_text(vial.per_millilitre)} mcg/mL when"
        f" reconstituted: {whose}.",
    ]
    return " ".join(line for line in lines if line)


def _source_of_rate(size: SiteBag, label: Label) -> str:
    bag = label.bag(size.minutes) if "rate" in size.by_label else None
    return "the site profile" if bag is None else bag.stated.citation


def _tables(
    dated: Dated, bags: Sequence[tuple[int, Bag]], lines: Sequence[BagLine], screen: Screen
) -> "Iterator[RenderableType]":
    """Draw what is hung, and below it how that is prepared."""
    hung = screen.table()
    for name in (HEADS.number, HEADS.hung, HEADS.down):
        hung.add_column(name, no_wrap=True)
    roomy = screen.width >= _ROOMY
    for name in _figures(HEADS, roomy=roomy):
        hung.add_column(name, justify="right")
    for line in lines:
        hung.add_row(line.number, line.hung, line.down, *_figures(line, roomy=roomy))
    yield from (hung, "")
    prepared = screen.table()
    for field in fields(PreparationLine):
        is_time = field.name in _TIMES
        prepared.add_column(
            getattr(PREPARATION_HEADS, field.name), no_wrap=is_time, justify="left" if is_time else "right"
        )
    for number, bag in bags:
        prepared.add_row(*astuple(preparation_line(dated, number, bag)))
    yield from (prepared, "")


_TIMES = frozenset({"number", "prepared", "hang_by", "down_by"})


def _figures(line: BagLine, *, roomy: bool) -> tuple[str, ...]:
    """The figures of a bag; what is drawn up stands in the table of preparation too, and is left out without room."""
    return (
        line.lasts,
        line.rate,
        line.volume,
        line.amount,
        line.filled,
        line.contents,
        *([line.drawn] if roomy else []),
        line.vials,
        line.left,
    )


def _paragraphs(dated: Dated, bags: Sequence[tuple[int, Bag]], lines: Sequence[BagLine]) -> "Iterator[RenderableType]":
    """Tell the same in a few lines a bag, where there is no room for a table."""
    for (_, bag), line in zip(bags, lines, strict=True):
        yield Text(f"{line.number}  {line.hung} to {line.down}", "title")
        left = "" if line.left == "-" else f"; in-use time left {line.left}"
        yield indent(f"{line.lasts} at {line.rate} mL/h: {line.volume} mL, {line.amount} mcg{left}")
        for said in preparation_lines(dated, bag):
            yield indent(said, "quiet")


def bag_json(dated: Dated, number: int, bag: Bag, site: Site) -> dict[str, Any]:
    """Write a bag with exact amounts and local times."""
    return {
        "number": number,
        "start": dated.clock.at(bag.start).isoformat(),
        "stop": dated.clock.at(bag.stop).isoformat(),
        "size_minutes": bag.size.minutes,
        "ml_per_hour": _or_none(bag.size.millilitres_per_hour),
        "ml_infused": exact_amount(bag.millilitres) if bag.millilitres is not None else None,
        "mcg": exact_amount(bag.micrograms),
        **preparation_json(dated, bag, site),
        "in_use_minutes_left": in_use_left(bag, site),
    }
