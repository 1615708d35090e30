"""A course record to fill in: what is known of a patient's course, and how to write down what happens to it."""

import shlex
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from blinplan.regimen import library
from blinplan.regimen.record.tables import RECORD_FILE
from blinplan.regimen.scaffolds.lines import (
    block_lines,
    example_lines,
    head_lines,
    heading_lines,
    known_lines,
)
from blinplan.regimen.write import toml_value


class RecordOrder(NamedTuple):
    """What is known of a course that is to be recorded; figures as they are written."""

    regimen: str
    start: datetime
    time_zone: str | None = None
    weight_kg: str | None = None
    height_cm: str | None = None
    bsa_m2: str | None = None
    born: date | None = None
    age_years: int | None = None


_EXAMPLES = {"time_zone": '"Europe/Berlin"', "born": "2009-05-17"}
_HEAD = (
    "A course record, version 1: one patient's course as it really was. Plan from it with"
    " `blinplan plan {regimen} --record THIS-FILE`, and check it with `blinplan check THIS-FILE`.",
    'Lines that begin with "# " are examples, or what is not known yet: put in your own values, and take the "# " away'
    ' (of lines with "# # " too: what is left is a comment).',
)


def record_scaffold(order: RecordOrder) -> str:
    """Write a course record with what is known, and with an example of everything that may happen."""
    return "\n".join(_lines(order)) + "\n"


def _argument(regimen: str) -> str:
    """How a command line in the folder of the record names its regimen."""
    return regimen if regimen in library.paths() else shlex.quote(f"{regimen}.toml")


def _lines(order: RecordOrder) -> Iterator[str]:
    yield from head_lines(sentence.format(regimen=_argument(order.regimen)) for sentence in _HEAD)
    known = dict(_values(order))
    for key in RECORD_FILE.keys.values():
        if key.kind.table is not None:
            continue
        yield ""
        if key.name in known:
            yield from known_lines(key, known[key.name])
        else:
            yield from example_lines(key, _EXAMPLES.get(key.name))
    for name, examples in examples_of(order.start).items():
        key = RECORD_FILE.keys[name]
        yield from heading_lines(key)
        for values in examples:
            yield ""
            yield from block_lines(key, values)


def _values(order: RecordOrder) -> Iterator[tuple[str, str]]:
    yield "record", "1"
    yield "regimen", toml_value(order.regimen)
    yield "start", order.start.isoformat()
    if order.time_zone is not None:
        yield "time_zone", toml_value(order.time_zone)
    for name in ("weight_kg", "height_cm", "bsa_m2", "age_years"):
        if (figure := getattr(order, name)) is not None:
            yield name, str(figure)
    if order.born is not None:
        yield "born", order.born.isoformat()


def examples_of(start: datetime) -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """What may happen to a course that began then, by the tables that tell it; the days are those of such a course."""

    def at(day: int, hour: int) -> str:
        on = start.replace(hour=hour, minute=0, second=0, microsecond=0)
        return (on + timedelta(days=day - 1)).isoformat()

    def on(day: int) -> str:
        return (start.date() + timedelta(days=day - 1)).isoformat()

    return {
        "bag": (
            {
                "number": "1",
                "hung": start.isoformat(),
                "dose": '"9 mcg/day"',
                "hours": "24",
                "taken_down": (start + timedelta(days=1)).isoformat(),
                "fill_ml": "276",
            },
        ),
        "interruption": (
            {
                "stopped": at(4, 14),
                "cause": '"cytokine-release-syndrome"',
                "grade": "3",
                "cycle": "1",
                "resolved": at(5, 8),
                "restarted": at(6, 10),
                "restart_dose": '"9 mcg/day"',
                "premedicated": "true",
                "restart_in": '"same-cycle"',
                "full_dose_after_days": "7",
            },
            {
                "stopped": at(20, 8),
                "cause": '"technical"',
                "cycle": "1",
                "restarted": at(20, 13),
                "same_bag": "true",
            },
        ),
        "cycle_start": ({"cycle": "2", "started": at(43, 10), "weight_kg": "44.5"},),
        "measured": ({"on": on(43), "weight_kg": "44.5", "height_cm": "150"},),
        "place": ({"since": at(10, 10), "site": '"home.toml"'},),
        "planned_start": ({"cycle": "3", "starts": at(99, 10), "why": '"the family is on holiday"'},),
        "closure": ({"first_day": on(80), "last_day": on(82), "why": '"the pharmacy is closed"'},),
        "end": ({"at": at(120, 10), "reason": '"transplant"', "why": '"donor found"'},),
    }
