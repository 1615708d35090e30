"""Endpoints of the same virtual patients as a course was delivered and as it was planned, and under other models."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite, isinf, isnan
from typing import TYPE_CHECKING, Any, TypeVar

from blinplan.drawing.draw import indent
from blinplan.reports.check.check_json import proportion_json
from blinplan.reports.design.numbers import three_digits
from blinplan.reports.shared.number import SMALLEST, number
from blinplan.simulation.delivered import Delivered
from blinplan.simulation.endpoints.table import (
    AUC,
    B_DEPLETED_DAY,
    B_HIGHEST_FREE,
    B_NADIR,
    DEPLETED_CYCLE_1,
    IL6_PEAK_KEY,
)
from blinplan.simulation.outcome import Distribution, Quantity, arrival, distribution, over_patients
from blinplan.simulation.paired import PairedQuantity, PairedShare
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

_SHOWN = {of.key for of in (AUC, B_DEPLETED_DAY, B_NADIR, B_HIGHEST_FREE, DEPLETED_CYCLE_1)} | {IL6_PEAK_KEY}


def _quantities(comparison: Delivered) -> list[PairedQuantity]:
    return [quantity for quantity in comparison.pairs.quantities if quantity.key in _SHOWN]


def _shares(comparison: Delivered) -> list[PairedShare]:
    return [share for share in comparison.pairs.shares if share.key in _SHOWN]


def pairs_table(comparison: Delivered, screen: Screen) -> "RenderableType":
    """Draw the endpoints under both, with the spread between patients and the range over models."""
    table = screen.table(title="Simulated exposure and depletion")
    table.add_column("Median, 5-95 %", overflow="fold")
    for name in ("Delivered", "Planned", "Ratio, paired"):
        table.add_column(name, justify="right")
    for pair in _quantities(comparison):
        cells = _time_cells if pair.is_time else _number_cells
        table.add_row(indent(f"{pair.group}: {pair.label} ({pair.unit})"), *cells(_of_models(pair, comparison)))
    for share in _shares(comparison):
        table.add_row(indent(f"{share.group}: {share.label}"), *_share_cells(_share_of_models(share, comparison)))
    return table


def _number_cells(under: Sequence[PairedQuantity]) -> Iterator[str]:
    """A number as delivered and as planned, and the ratio: between patients, and its median between models."""
    for each in zip(*((one.first, one.second, one.ratio) for one in under), strict=True):
        found = [distribution(values) for values in each]
        yield f"{_words(found[0])}{_models_line([over.median for over in found], _short)}"


def _time_cells(under: Sequence[PairedQuantity]) -> Iterator[str]:
    """By when half and nine in ten are there, under both, and how many patients are sooner and later."""
    for each in zip(*(one.each for one in under), strict=True):
        found = [arrival(quantity) for quantity in each]
        over, halves = found[0], _models_line([one.half for one in found], _short, "half")
        times = f"half {number(over.half)}\nnine in ten {number(over.nine_in_ten)}"
        yield f"{times}\nnever {over.never:,} of {over.total:,}{halves}"
    pair, same = under[0], under[0].total - under[0].sooner - under[0].later
    sooner = _models_line([one.sooner for one in under], _whole, "sooner")
    later = _models_line([one.later for one in under], _whole, "later")
    yield f"sooner in {pair.sooner:,}\nlater in {pair.later:,}\nsame in {same:,}{sooner}{later}"


def _share_cells(under: Sequence[PairedShare]) -> Iterator[str]:
    """The share of patients as delivered and as planned, and by how much it differs."""
    for each in zip(*((one.first.value, one.second.value) for one in under), strict=True):
        yield f"{_percent(each[0])}{_models_line(each, _percent)}"
    shipped = f"{_points(under[0].difference)} points" if under[0].discordant else "same"
    yield f"{shipped}{_models_line([one.difference for one in under], _points)}"


def _words(over: Distribution) -> str:
    return f"{number(over.median)}\n{number(over.low)} to {number(over.high)}" if over.count else "-"


def _short(value: float) -> str:
    """One end of a range: three digits are enough, and no size below what is shown elsewhere."""
    return number(value) if value < SMALLEST or isinf(value) else three_digits(value)


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _percent(share: float) -> str:
    return "-" if isnan(share) else f"{100 * share:.1f} %"


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}"


Pair = TypeVar("Pair", PairedQuantity, PairedShare)


def _of_models(pair: PairedQuantity, comparison: Delivered) -> list[PairedQuantity]:
    """An endpoint under the shipped model, and under each plausible one."""
    return [pair, *(_of_key(pair.key, one.quantities) for one in comparison.models)]


def _share_of_models(share: PairedShare, comparison: Delivered) -> list[PairedShare]:
    return [share, *(_of_key(share.key, one.shares) for one in comparison.models)]


def _of_key(key: str, pairs: Iterable[Pair]) -> Pair:
    return next(one for one in pairs if one.key == key)


def _range(values: Sequence[float]) -> tuple[float, float] | None:
    """The least and the greatest of the shipped model and plausible ones; None without these, and of nothing."""
    known = [value for value in values if not isnan(value)]
    return (min(known), max(known)) if len(values) > 1 and known else None


def _models_line(values: Sequence[float], write: Callable[[float], str], what: str = "") -> str:
    """A line for a cell, of how far something moves over models; nothing where there are none."""
    found = _range(values)
    if found is None:
        return ""
    low, high = map(write, found)
    between = high if low == high else f"{low.removesuffix(' %')} to {high}"
    return f"\n{f'{what} ' if what else ''}[{between}]"


def pairs_json(comparison: Delivered) -> Mapping[str, Any]:
    """Write the same as JSON."""
    return {
        "endpoints": [_endpoint_json(_of_models(pair, comparison)) for pair in _quantities(comparison)],
        "shares": [_share_json(_share_of_models(share, comparison)) for share in _shares(comparison)],
    }


def _endpoint_json(under: Sequence[PairedQuantity]) -> dict[str, Any]:
    pair = under[0]
    delivered, planned = (
        {**_over_json(each[0]), **_range_json("median", [over_patients(of).median for of in each])}
        for each in zip(*(one.each for one in under), strict=True)
    )
    ratio = {"ratio": _distribution_json(distribution(pair.ratio))}
    found = {"key": pair.key, "unit": pair.unit, "delivered": delivered, "planned": planned, **ratio}
    if not pair.is_time:
        return {**found, **_range_json("ratio", [distribution(one.ratio).median for one in under])}
    sooner, later = ([one.sooner for one in under], [one.later for one in under])
    moved = {**_range_json("sooner", sooner), **_range_json("later", later)}
    return {**found, "sooner": pair.sooner, "later": pair.later, **moved}


def _share_json(under: Sequence[PairedShare]) -> dict[str, Any]:
    share = under[0]
    delivered, planned = (
        {**proportion_json(each[0]), **_range_json("share", [of.value for of in each])}
        for each in zip(*((one.first, one.second) for one in under), strict=True)
    )
    moved = _range_json("difference", [one.difference for one in under])
    difference = {"difference": _or_null(share.difference), **moved}
    return {"key": share.key, "delivered": delivered, "planned": planned, **difference}


def _range_json(what: str, values: Sequence[float]) -> dict[str, float | None]:
    """How far something moves over models, where there are any; null where that is never."""
    found = _range(values)
    if found is None:
        return {}
    least, greatest = map(_or_null, found)
    return {f"{what}_over_models_least": least, f"{what}_over_models_greatest": greatest}


def _over_json(quantity: Quantity) -> dict[str, float | int | None]:
    found = _distribution_json(over_patients(quantity))
    if not quantity.is_time:
        return found
    over = arrival(quantity)
    return {**found, "p90": _or_null(over.nine_in_ten), "never": over.never, "total": over.total}


def _distribution_json(over: Distribution) -> dict[str, float | int | None]:
    values = {"median": over.median, "p5": over.low, "p95": over.high}
    return {**{name: _or_null(value) for name, value in values.items()}, "count": over.count}


def _or_null(value: float) -> float | None:
    return value if isfinite(value) else None
