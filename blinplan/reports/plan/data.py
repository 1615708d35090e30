"""A dated plan for other programs: JSON and CSV."""

import csv
import io
from typing import Any

from blinplan.course.bags import Bag
from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.regimen.site import Site
from blinplan.reports.plan.bag_list import bag_json
from blinplan.reports.plan.dated_plan import day_of_course, off_hours, what
from blinplan.reports.plan.ledger import ledger_json
from blinplan.reports.plan.plan import ordered_text


def dated_json(dated: Dated) -> dict[str, Any]:
    """Write the entries and bags with their times, local with offset."""
    bags = dated.shown_bags() if dated.site is not None else []
    return {
        "time_zone": str(dated.clock.zone),
        "start": dated.clock.start.isoformat(),
        "entries": [
            {
                "due": entry.due.value,
                "start": dated.clock.at(entry.start).isoformat(),
                "stop": dated.clock.at(entry.stop).isoformat(),
                "cycle": entry.cycle,
                "what": what(dated, entry),
            }
            for entry in dated.shown()
            if entry.due is not Due.BAG
        ],
        "bags": [bag_json(dated, number, bag, dated.site) for number, bag in bags if dated.site is not None],
        "off_hours": list(off_hours(dated)),
        "ledger": ledger_json(dated),
        "ended": dated.replanned.ended,
    }


_COLUMNS = (
    "due",
    "start",
    "stop",
    "day",
    "cycle",
    "step",
    "ordered",
    "rate_mcg_per_day",
    "mcg",
    "capped",
    "bag",
    "bag_size_hours",
    "pump_ml_per_hour",
    "infused_ml",
    "filled_ml",
    "filled_mcg",
    "drawn_ml",
    "vials",
    "in_use_left_hours",
    "what",
)


def dated_csv(dated: Dated) -> str:
    """Write all that is due as CSV, bags included, one line each; units are in the column names.

    Times are local with their offset; what is not known or has no meaning for an entry is empty.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    numbers = {bag.start: number for number, bag in enumerate(dated.bags, start=1)}
    for entry in dated.shown():
        writer.writerow(
            {
                "due": entry.due.value,
                "start": dated.clock.at(entry.start).isoformat(),
                "stop": dated.clock.at(entry.stop).isoformat(),
                "day": day_of_course(dated, entry),
                "cycle": entry.cycle,
                **_dose_columns(entry),
                **(
                    {"what": what(dated, entry)}
                    if entry.bag is None or dated.site is None
                    else _bag_columns(dated, numbers[entry.bag.start], entry.bag, dated.site)
                ),
            }
        )
    return text.getvalue()


def _dose_columns(entry: Entry) -> dict[str, Any]:
    event = entry.event
    if event is None or event.period.dose is None:
        return {}
    return {
        "step": event.period.step,
        "ordered": ordered_text(event.period),
        "rate_mcg_per_day": float(event.rate),
        "mcg": float(event.micrograms),
        "capped": str(event.capped).lower(),
    }


def _bag_columns(dated: Dated, number: int, bag: Bag, site: Site) -> dict[str, Any]:
    figures = bag_json(dated, number, bag, site)

    def value(key: str) -> float | str:
        return "" if figures[key] is None else float(figures[key]["value"])

    left = figures["in_use_minutes_left"]
    return {
        "bag": number,
        "rate_mcg_per_day": float(bag.rate),
        "mcg": value("mcg"),
        "bag_size_hours": bag.size.minutes / 60,
        "pump_ml_per_hour": value("ml_per_hour"),
        "infused_ml": value("ml_infused"),
        "filled_ml": value("ml_filled"),
        "filled_mcg": value("mcg_filled"),
        "drawn_ml": value("ml_drawn"),
        "vials": "" if figures["vials"] is None else figures["vials"],
        "in_use_left_hours": "" if left is None else left / 60,
        "what": "new bag",
    }
