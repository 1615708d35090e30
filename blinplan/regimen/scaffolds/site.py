"""A site profile to fill in: what a ward said of its bags, what the label says of them, what is still to be said."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from blinplan.regimen.scaffolds.lines import (
    UNKNOWN,
    block_lines,
    example_lines,
    head_lines,
    heading_lines,
    known_lines,
)
from blinplan.regimen.site.tables import BAG, SITE_FILE
from blinplan.regimen.write import toml_value


class OrderedBag(NamedTuple):
    """A bag that a site prepares: for how many hours, and what it is filled with in mL, as it is written, if known.

    ``labelled`` is what the label says of it, by the keys of a bag, each with its source.
    """

    hours: int
    fill_ml: str | None = None
    labelled: Mapping[str, tuple[str, str]] = {}


class SiteOrder(NamedTuple):
    """What is known of a site that is to be described."""

    name: str
    bags: tuple[OrderedBag, ...]
    time_zone: str | None = None
    change_time: str | None = None
    closed: tuple[str, ...] = ()
    prepared_hours_before: int | None = None
    vial: Mapping[str, str] = {}
    """What the label says of a vial, by its keys."""


_EXAMPLES = {
    "time_zone": '"Europe/Berlin"',
    "change_time": '"10:00"',
    "closed": '["saturday", "sunday"]',
    "holidays": "[2026-12-25, 2027-01-01]",
    "holidays_from": '"holidays.ics"',
    "prepared_hours_before": "2",
    "cycle_start": '"next-open-day"',
    "preservative_from_kg": "22",
    "hospital_days": "[9, 2]",
    "adult_from_years": "18",
    "new_figures": '"next-step"',
    "kept": '"refrigerated"',
    "disconnected_bag": '"goes-on"',
}
BLOCKS = {
    "syringe": {"ml": "10", "graduation_ml": "0.2"},
    "cannot_be_had": {"bag_hours": "[{hours}]", "why": '"no bags are delivered"', "first_day": "2026-12-01"},
    "vial": {"micrograms": UNKNOWN, "mcg_per_ml": UNKNOWN},
}
_HEAD = (
    "A site profile, version 1: which bags the site prepares, and when they are changed. Plan with it by"
    " `blinplan plan REGIMEN --site THIS-FILE`, and check it with `blinplan check THIS-FILE`.",
    'Lines that begin with "# " are not decided by the site: put in its own values, and take the "# " away (of lines'
    ' with "# # " too: what is left is a comment). A question mark is what nobody but the site knows.',
)


def site_scaffold(order: SiteOrder) -> str:
    """Write a site profile with what is known, and with all else that a site may decide."""
    return "\n".join(_lines(order)) + "\n"


def _lines(order: SiteOrder) -> Iterator[str]:
    yield from head_lines(_HEAD)
    known = dict(_values(order))
    for key in SITE_FILE.keys.values():
        if key.kind.table is None:
            yield ""
            if key.name in known:
                yield from known_lines(key, known[key.name])
            else:
                yield from example_lines(key, _EXAMPLES.get(key.name))
    yield from heading_lines(SITE_FILE.keys["bag"])
    for bag in order.bags:
        yield from ("", *_bag_lines(bag))
    for name, key in SITE_FILE.keys.items():
        if name != "bag" and key.kind.table is not None:
            yield from heading_lines(key)
            values = BLOCKS.get(name, {})
            example = {one: value.replace("{hours}", str(order.bags[-1].hours)) for one, value in values.items()}
            yield from block_lines(key, example | (dict(order.vial) if name == "vial" else {}))


def _values(order: SiteOrder) -> Iterator[tuple[str, str]]:
    yield "site", "1"
    yield "name", toml_value(order.name)
    if order.time_zone is not None:
        yield "time_zone", toml_value(order.time_zone)
    if order.change_time is not None:
        yield "change_time", toml_value(order.change_time)
    if order.closed:
        yield "closed", f"[{', '.join(map(toml_value, order.closed))}]"
    if order.prepared_hours_before is not None:
        yield "prepared_hours_before", toml_value(order.prepared_hours_before)


def _bag_lines(bag: OrderedBag) -> Iterator[str]:
    known = {"hours": str(bag.hours)} | ({} if bag.fill_ml is None else {"fill_ml": bag.fill_ml})
    yield "[[bag]]"
    for name, key in BAG.keys.items():
        if name in known:
            yield from known_lines(key, known[name])
        elif name in bag.labelled:
            value, source = bag.labelled[name]
            yield from example_lines(key, value, f" This is what the label says: {source}.")
        else:
            yield from example_lines(key, UNKNOWN)
