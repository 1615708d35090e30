"""A dated plan for other programs: a JSON document, and a table of data."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.keeping import use_by
from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark
from blinplan.data_table import Column, ColumnKind, DataTable, table_of_rows
from blinplan.quantities import MINUTES_PER_HOUR
from blinplan.regimen.site.site import Site
from blinplan.reports.plan.bags.bag_list import bag_json
from blinplan.reports.plan.bags.changes import closed_days
from blinplan.reports.plan.bags.vials import vials_json
from blinplan.reports.plan.dated_plan import day_of_course, entry_text
from blinplan.reports.plan.ledger import ledger_json
from blinplan.reports.plan.remarks import joined_texts, once_told, remarks_of_entry
from blinplan.reports.plan.things_due import block_of, is_optional
from blinplan.reports.shared.decimals import ROUNDED, with_decimals
from blinplan.reports.shared.words import ordered_text


def dated_json(dated: Dated) -> dict[str, Any]:
    """Write the entries and bags with their times, local with offset."""
    bags = dated.shown_bags() if dated.site is not None else []
    return {
        "time_zone": str(dated.clock.zone),
        "start": dated.clock.start.isoformat(),
        "places": [
            {
                "since": dated.clock.at(place.minute).isoformat(),
                "time_zone": str(dated.clock.zone_at(place.minute)),
                "site": place.site.name,
            }
            for place in (dated.site.later if dated.site is not None else ())
        ],
        "entries": [
            {
                "due": entry.due.value,
                "start": dated.clock.at(entry.start).isoformat(),
                "stop": dated.clock.at(entry.stop).isoformat(),
                "cycle": entry.cycle,
                "what": entry_text(dated, entry),
                "optional": is_optional(dated.course, entry.cycle),
                "block": block_of(dated.course, entry.cycle),
                **(
                    {"only": entry.premedication.only.value} if entry.premedication and entry.premedication.only else {}
                ),
                "only": entry.premedication.only if entry.premedication else None,
            }
            for entry in dated.shown_entries()
            if entry.due is not Due.BAG  # which are listed with all their figures
        ],
        "bags": [bag_json(dated, number, bag, dated.site) for number, bag in bags if dated.site is not None],
        "vials": vials_json(dated),
        "off_hours": [remark.text for remark in closed_days(dated)],
        "ledger": ledger_json(dated),
        "ended": dated.replanned.ended,
    }


_COLUMNS = (
    Column("due", "", "what it is", ColumnKind.TEXT),
    Column("start", "", "local time with its offset", ColumnKind.TIME),
    Column("stop", "", "local time with its offset", ColumnKind.TIME),
    Column("day", "", "day of the course, 1 that of the first infusion", ColumnKind.WHOLE),
    Column("cycle", "", "number of the cycle", ColumnKind.WHOLE),
    Column("step", "", "number of the dose step within its cycle", ColumnKind.WHOLE),
    Column("ordered", "", "dose as it is ordered", ColumnKind.TEXT),
    Column("rate_mcg_per_day", "mcg/day", "infusion rate"),
    Column("mcg", "mcg", "what is infused"),
    Column("capped", "", "whether the cap decided the dose", ColumnKind.TRUTH),
    Column("bag", "", "number of the bag", ColumnKind.WHOLE),
    Column("bag_size_hours", "h", "for how long the bag was prepared"),
    Column("pump_ml_per_hour", "mL/h", "rate of the pump"),
    Column("infused_ml", "mL", "volume that is infused from the bag"),
    Column("filled_ml", "mL", "volume in the bag"),
    Column("filled_mcg", "mcg", "drug in the bag"),
    Column("drawn_ml", "mL", "volume that is drawn up for the bag"),
    Column("vials", "", "vials that are opened for the bag", ColumnKind.WHOLE),
    Column("diluent_ml", "mL", "saline that goes into the bag"),
    Column("stabiliser_ml", "mL", "stabiliser that goes into the bag"),
    Column("computed_ml", "mL", "drug that was computed, where syringes measure another volume"),
    Column("off_mcg", "mcg", "by how much more drug is drawn up than was computed, as syringes measure it"),
    Column("left_in_vials_mcg", "mcg", "drug that is left in the vials that are opened for the bag"),
    Column("prepared", "", "when the bag is prepared, local time with its offset", ColumnKind.TIME),
    Column("cold_until", "", "until when it is kept at 2 to 8 °C", ColumnKind.TIME),
    Column("hang_by", "", "when it is hung at the latest", ColumnKind.TIME),
    Column("take_down_by", "", "when it is taken down at the latest", ColumnKind.TIME),
    Column("in_use_left_hours", "h", "how long the bag may still be used when it is taken down"),
    Column("what", "", "the same in words", ColumnKind.TEXT),
    Column("only", "", "the age group that gets a premedication, where the patient's is not known", ColumnKind.TEXT),
    Column("optional", "", "whether not everybody is given the cycle", ColumnKind.TRUTH),
    Column("block", "", "treatment block that the cycle belongs to", ColumnKind.TEXT),
    Column("remarks", "", "what has to be known of it", ColumnKind.TEXT),
    Column("remarks_of_course", "", "what has to be known of the whole plan", ColumnKind.TEXT),
    ROUNDED,
)


def dated_table(dated: Dated, remarks: Sequence[Remark] = (), *, told_once: bool = False) -> DataTable:
    """All that is due as data, bags included, one row each.

    What is not known or has no meaning for an entry is missing. What is of the whole plan stands in each row, or
    ``told_once`` in the first.
    """
    entries = dated.shown_entries()
    own = [list(remarks_of_entry(remarks, entry, dated.bag_numbers)) for entry in entries]
    placed = {remark for its in own for remark in its}
    others = joined_texts(remark for remark in remarks if remark not in placed)
    rows = [
        with_decimals({**_entry_values(dated, entry), "remarks": joined_texts(its), "remarks_of_course": others})
        for entry, its in zip(entries, own, strict=True)
    ]
    return table_of_rows("dated plan", _COLUMNS, once_told(rows) if told_once else rows)


def _entry_values(dated: Dated, entry: Entry) -> dict[str, Any]:
    return {
        "due": entry.due.value,
        "start": dated.clock.at(entry.start),
        "stop": dated.clock.at(entry.stop),
        "day": day_of_course(dated, entry),
        "cycle": entry.cycle,
        "optional": is_optional(dated.course, entry.cycle),
        "block": block_of(dated.course, entry.cycle),
        **_dose_values(entry),
        **(_bag_values(dated, entry.bag, dated.site) if entry.bag is not None and dated.site is not None else {}),
        "what": entry_text(dated, entry),
    }


def _dose_values(entry: Entry) -> dict[str, Any]:
    event = entry.event
    if event is None or event.period.dose is None:
        return {}
    return {
        "step": event.period.step,
        "ordered": ordered_text(event.period.instead_of or event.period),
        "rate_mcg_per_day": event.rate,
        "mcg": event.micrograms,
        "capped": event.capped,
    }


def _bag_values(dated: Dated, bag: Bag, site: Site) -> dict[str, Any]:
    number = dated.bag_numbers[bag.start]
    figures, times = bag_json(dated, number, bag, site), use_by(bag, site)

    def value(key: str) -> Fraction | None:
        return None if figures[key] is None else Fraction(figures[key]["exact"])

    left = figures["in_use_minutes_left"]
    return {
        "bag": number,
        "rate_mcg_per_day": bag.rate,
        "mcg": value("mcg"),
        "bag_size_hours": Fraction(bag.size.minutes, MINUTES_PER_HOUR),
        "pump_ml_per_hour": value("ml_per_hour"),
        "infused_ml": value("ml_infused"),
        "filled_ml": value("ml_filled"),
        "filled_mcg": value("mcg_filled"),
        "drawn_ml": value("ml_drawn"),
        "vials": figures["vials"],
        "diluent_ml": value("ml_diluent"),
        "stabiliser_ml": value("ml_stabiliser"),
        "computed_ml": value("ml_drug_computed"),
        "off_mcg": value("mcg_off"),
        "left_in_vials_mcg": value("mcg_left_in_vials"),
        "prepared": _at(dated, times.prepared),
        "cold_until": _at(dated, times.cold_until),
        "hang_by": _at(dated, times.hang_by),
        "take_down_by": _at(dated, times.down_by),
        "in_use_left_hours": None if left is None else Fraction(left, MINUTES_PER_HOUR),
    }


def _at(dated: Dated, minute: int | None) -> datetime | None:
    return None if minute is None else dated.clock.at(minute)
