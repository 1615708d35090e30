"""How bags are prepared: what goes into them, by which syringe, from how many vials, and until when they are good."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import Contents, contents
from blinplan.course.bags.keeping import use_by
from blinplan.course.dated import Dated
from blinplan.label.read import label_of
from blinplan.quantities import decimal_text, duration_text
from blinplan.regimen.site.site import Site
from blinplan.reports.shared.words import amount_text, exact_amount, moment_beside

TO_WRITE_ON = "________"
"""In place of a time that nobody has seen."""


@dataclass(frozen=True, slots=True)
class PreparationLine:
    """How a bag is prepared, in words and figures; ``-`` where nobody has said what a figure needs."""

    number: str
    prepared: str
    others: str
    drug: str
    off: str
    share: str
    left_in_vials: str
    hang_by: str
    down_by: str


PREPARATION_HEADS = PreparationLine(
    "Bag",
    "Prepared",
    "Saline + stabiliser mL",
    "Drug mL",
    "Off mcg",
    "Off %",
    "Left mcg",
    "Hang by",
    "Take down by",
)


def preparation_line(dated: Dated, number: int, bag: Bag) -> PreparationLine:
    """Write how a bag of a plan that has a site is prepared."""
    assert dated.site is not None  # noqa: S101 - there are bags where there is a site
    holds, times = contents(bag, dated.site), use_by(bag, dated.site)
    return PreparationLine(
        str(number),
        _where_from(bag) or _time(dated, bag, times.prepared),
        _others_text(bag, holds),
        "-" if holds is None or holds.drug is None else _drawn_text(holds),
        "-" if holds is None or not holds.draws else _with_sign(holds.difference),
        "-" if holds is None or not holds.draws else _with_sign(_per_cent(holds)),
        _or_dash(None if holds is None else holds.left_in_vials),
        _time(dated, bag, times.hang_by) if bag.is_to_prepare else "-",
        _time(dated, bag, times.down_by),
    )


def _or_dash(value: Fraction | None) -> str:
    return "-" if value is None else amount_text(value)


def _time(dated: Dated, bag: Bag, minute: int | None) -> str:
    """Write a time of a bag, with its zone where that is not the one in which the bag is hung."""
    return TO_WRITE_ON if minute is None else moment_beside(dated.clock.at(minute), dated.clock.at(bag.start))


def _others_text(bag: Bag, holds: Contents | None) -> str:
    """Write what goes into a bag beside the drug."""
    if bag.size.stabiliser is None:
        return "-"
    return f"{_or_dash(None if holds is None else holds.diluent)} + {amount_text(bag.size.stabiliser)}"


def _drawn_text(holds: Contents) -> str:
    """Write what each syringe measures, or what was computed where nobody says which syringes there are."""
    return " + ".join(amount_text(draw.millilitres) for draw in holds.draws) or _or_dash(holds.drug)


def _per_cent(holds: Contents) -> Fraction:
    """By how much what is drawn up is off from what was computed, as a share of it."""
    return holds.difference / holds.computed_micrograms * 100


def _with_sign(value: Fraction) -> str:
    """Write an amount with its sign, ``≈+0.055``."""
    if not value:
        return "0"
    written = amount_text(abs(value))
    return f"{'≈' if written.startswith('≈') else ''}{'-' if value < 0 else '+'}{written.removeprefix('≈')}"


def measured_text(holds: Contents) -> str:
    """Say by which syringe the drug is measured, and by how much that is off; nothing where nobody says."""
    if not holds.draws or holds.computed_drug is None:
        return ""
    return f" ({_syringes_text(holds)}; {_off_text(holds)})"


def _syringes_text(holds: Contents) -> str:
    """Say which syringes are filled how far: ``10 mL syringe to 10 mL, then to 7.2 mL``."""
    each = groupby(holds.draws, lambda draw: draw.syringe)
    return ", ".join(
        f"{decimal_text(syringe.millilitres)} mL syringe to"
        f" {' and to '.join(amount_text(draw.millilitres) for draw in draws)} mL"
        for syringe, draws in each
    )


def _off_text(holds: Contents) -> str:
    """Say by how much what is measured is off from what was computed, in mcg and in per cent."""
    if not holds.difference:
        return "just what was computed"
    more = "more" if holds.difference > 0 else "less"
    off = f"{amount_text(abs(holds.difference))} mcg or {amount_text(abs(_per_cent(holds)))} % {more}"
    return f"computed {_or_dash(holds.computed_drug)} mL, so {off}"


def _where_from(bag: Bag) -> str:
    """Say why nobody prepares a bag; empty where somebody does."""
    if bag.again:
        return "hung again"
    return "by the record" if bag.on_record else "not on record" if bag.uncertain else ""


def preparation_lines(dated: Dated, bag: Bag) -> Iterator[str]:
    """Say of a bag what goes into it and until when it is good, where there is no room for a table."""
    assert dated.site is not None  # noqa: S101 - there are bags where there is a site
    holds, times = contents(bag, dated.site), use_by(bag, dated.site)
    if bag.uncertain:
        yield "not on record: it is counted as it was ordered, and nothing is prepared"
        return
    if not bag.is_to_prepare:
        hung = "the same bag, hung again" if bag.again else "hung, by the record"
        yield f"{hung}: nothing is prepared; take down by {_time(dated, bag, times.down_by)}"
        return
    if holds is not None and holds.drug is not None:
        others = [
            f"{amount_text(volume)} mL {name}"
            for volume, name in ((holds.diluent, "saline"), (holds.stabiliser, "stabiliser"))
            if volume is not None
        ]
        drug = f"{amount_text(holds.drug)} mL drug{measured_text(holds)}"
        filled = f"{amount_text(holds.millilitres)} mL with {amount_text(holds.micrograms)} mcg"
        yield f"{' + '.join([*others, drug])}, filled to {filled}"
        yield f"vials: {holds.vials}, {_or_dash(holds.left_in_vials)} mcg left in them"
    cold = "" if not dated.site.kept_cold else f"; at 2 to 8 °C until {_time(dated, bag, times.cold_until)}"
    yield f"prepared {_time(dated, bag, times.prepared)}{cold}"
    as_planned = "hung as planned, " if dated.site.kept_cold else ""
    yield f"hang by {_time(dated, bag, times.hang_by)}; {as_planned}take down by {_time(dated, bag, times.down_by)}"


def preparation_sources(dated: Dated) -> Iterator[str]:
    """Say what of filling and keeping is the label's word, and with which source."""
    site, label = dated.site, label_of(dated.course.regimen)
    if site is None:
        return
    saline = [(size, label.bag(size.minutes)) for size in site.bags if "diluent" in size.by_label]
    for names, text, citation in _by_source(
        (size.minutes, f"{decimal_text(bag.diluent.value)} mL", bag.diluent.citation)
        for size, bag in saline
        if bag is not None and bag.diluent is not None
    ):
        yield f"Saline of bags for {names}: {text}, {citation}; the site profile does not say."
    numbers = label.numbers
    kept = any("cold" in size.by_label for size in site.bags)
    told = [numbers[name] for name in (*(["refrigerated"] if kept else []), *_VIAL_KEEPS) if name in numbers]
    for citation, each in groupby(told, lambda number: number.citation):
        yield f"{' '.join(number.says for number in each)} ({citation})"
    if site.kept_cold:
        yield "The in-use time of a cold bag runs from hanging: times to take down are for bags hung as planned."
    if kept and site.kept_cold is None:
        yield "Where prepared bags wait is not said (`kept`): their time runs from preparation at room temperature."
    if not set(_VIAL_KEEPS) <= numbers.keys():
        yield "How long a reconstituted vial keeps is not stated by the label as far as it was seen."


_VIAL_KEEPS = ("vial_at_room_temperature", "vial_refrigerated")
"""The numbers of a label that say how long a reconstituted vial keeps."""


def _by_source(told: Iterable[tuple[int, str, str]]) -> Iterator[tuple[str, str, str]]:
    for (text, citation), each in groupby(told, lambda one: one[1:]):
        yield ", ".join(duration_text(minutes) for minutes, _, _ in each), text, citation


def preparation_json(dated: Dated, bag: Bag, site: Site) -> dict[str, Any]:
    """Write what goes into a bag and until when it is good, exact; null where nobody has said it."""
    holds, times = contents(bag, site), use_by(bag, site)
    draws = () if holds is None else holds.draws
    return {
        **{key: _exact(None if holds is None else getattr(holds, name)) for key, name in _AMOUNTS.items()},
        "ml_stabiliser": _exact(bag.size.stabiliser),
        "vials": None if holds is None else holds.vials,
        "syringes": [
            {"ml": exact_amount(draw.syringe.millilitres), "ml_drawn": exact_amount(draw.millilitres)} for draw in draws
        ],
        "mcg_off": _exact(holds.difference if holds is not None and draws else None),
        "prepared": _iso(dated, times.prepared),
        "cold_until": _iso(dated, times.cold_until),
        "hang_by": _iso(dated, times.hang_by),
        "take_down_by": _iso(dated, times.down_by),
    }


_AMOUNTS = {
    "ml_filled": "millilitres",
    "mcg_filled": "micrograms",
    "ml_drawn": "drug",
    "ml_drug_computed": "computed_drug",
    "ml_diluent": "diluent",
    "mcg_left_in_vials": "left_in_vials",
}


def _exact(value: Fraction | None) -> dict[str, Any] | None:
    return None if value is None else exact_amount(value)


def _iso(dated: Dated, minute: int | None) -> str | None:
    return None if minute is None else dated.clock.at(minute).isoformat()
