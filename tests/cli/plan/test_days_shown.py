"""A plan of some of its days: what reaches into them is shown, and where nothing is due it is said."""

from datetime import date, timedelta
from pathlib import Path

import pytest

import blinplan
from blinplan.api.vocabulary import PlanFormatName, ViewName
from tests.collection.grid import in_turn
from tests.plan_text import RECORD

ADULT = blinplan.patient(weight=70, age=40)
BEGUN = date(2026, 3, 16)


def planned(folder: Path, **shown: date | int | None) -> blinplan.Plan:
    record = folder / "record.toml"
    record.write_text(RECORD, encoding="utf-8")
    return blinplan.plan("rr-adult", record=record, **shown)  # type: ignore[arg-type]


@pytest.mark.parametrize(("day", "length"), in_turn(range(-20, 240, 13), (1, 4, None)))
def test_each_stretch_that_reaches_into_the_days_is_a_row_and_days_without_anything_are_told(
    day: int, length: int | None, tmp_path: Path
) -> None:
    whole, first = planned(tmp_path), BEGUN + timedelta(day)
    last = None if length is None else first + timedelta(length - 1)
    some = planned(tmp_path, first=first, last=last)
    assert whole.dated is not None
    at = whole.dated.clock.at
    reaching = [
        f"{at(event.period.start):%Y-%m-%d %H:%M}"
        for event in whole.course.events
        if at(event.period.stop - 1).date() >= first and (last is None or at(event.period.start).date() <= last)
    ]
    rows = some.text().partition("mcg\n─")[2].partition("Whole course")[0].splitlines()
    assert [" ".join(row.split()[1:3]) for row in rows if row[:1].isalpha()] == reaching
    told = [warning for warning in some.warnings if warning.startswith("Nothing of the plan is due ")]
    assert bool(told) == (not some.entries)


@pytest.mark.parametrize(
    "shown", [{"first": date(2027, 3, 16)}, {"last": date(2026, 3, 1)}, {"cycle": 2, "last": BEGUN}]
)
def test_days_outside_the_plan_are_told_in_every_view_and_format(shown: dict[str, date | int], tmp_path: Path) -> None:
    some = planned(tmp_path, **shown)
    views: list[ViewName] = ["overview", "agenda", "days", "month", "expected"]
    formats: list[PlanFormatName] = ["ics", "html", "json"]
    texts = [some.text(view=view) for view in views]
    texts += [some.text(one, plan_id="bed-1") for one in formats]
    for text in texts:
        assert "isdue" in "".join(text.split())
    assert any(" is due " in warning and "it goes from" in warning for warning in some.warnings)
