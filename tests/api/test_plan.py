"""Plans from Python: doses in closed form, dates over a change of the clock, and the same as the command's."""

import csv
import io
import json
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.refusal import Refusal
from tests.plan_text import RECORD, WARD
from tests.program import Run

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 20, 10, tzinfo=BERLIN)


def test_the_dose_of_a_course_is_rate_times_days() -> None:
    course = blinplan.expand("rr-adult", blinplan.patient(weight=70))
    cycles = max(event.period.cycle for event in course.events)
    assert course.micrograms == 9 * 7 + 28 * 21 + (cycles - 1) * 28 * 28 == 3787


def test_a_dose_by_area_is_exact_and_capped() -> None:
    small = blinplan.expand("rr-below-45-kg", blinplan.patient(area="1.5"))
    large = blinplan.expand("rr-below-45-kg", blinplan.patient(area=2))
    assert [event.rate for event in small.events[:2]] == [Fraction("7.5"), Fraction("22.5")]
    assert [event.rate for event in large.events[:2]] == [9, 28]
    assert all(event.capped for event in large.events if event.rate)


def test_a_label_that_has_no_schedule_for_an_indication_is_followed_where_it_says_something() -> None:
    """As of Hong Kong's, which consolidates children after a relapse, and no adults."""
    adult = blinplan.patient(weight=70, age=40)
    planned = blinplan.plan("e1910", adult, label="hk-2026")
    assert (planned.label.name, planned.label.unheeded) == ("hk-2026", ())
    assert planned.course.micrograms == blinplan.plan("e1910", adult).course.micrograms


def test_a_step_for_ten_is_at_ten_when_the_clock_went_back() -> None:
    planned = blinplan.plan("rr-adult", blinplan.patient(weight=70), start=START)
    step = next(entry for entry in planned.entries if entry.due == "step")
    assert step.start.hour == 10
    assert step.mcg_per_day == 28
    assert (step.start - START.astimezone(ZoneInfo("UTC"))).total_seconds() == 169 * 3600


def test_a_weight_below_the_limit_switches_the_regimen() -> None:
    planned = blinplan.plan("rr-adult", blinplan.patient(weight=38, height=150))
    assert planned.choice.switched
    assert planned.course.regimen.name == "rr-below-45-kg"


@pytest.mark.parametrize("output_format", ["json", "csv", "ics", "html", "nonmem", "fhir"])
def test_each_format_is_what_the_command_writes(inside: Run, output_format: str) -> None:
    options = ("--start", "2026-10-20T10:00", "--time-zone", "Europe/Berlin", "--weight", "70", "--height", "175")
    naming = ("--plan-id", "ward-1") if output_format in {"ics", "fhir", "html"} else ()
    shown = inside("plan", "rr-adult", *options, *naming, "-f", output_format)
    assert shown.status == 0
    planned = blinplan.plan(
        "rr-adult", blinplan.patient(weight=70, height=175), start="2026-10-20T10:00", time_zone="Europe/Berlin"
    )
    text = planned.text(output_format, plan_id="ward-1" if naming else None)  # type: ignore[arg-type]
    assert text == shown.out


@pytest.mark.slow
def test_a_record_and_a_site_give_bags_findings_and_what_was_delivered(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD, encoding="utf-8")
    (tmp_path / "ward.toml").write_text(WARD, encoding="utf-8")
    shown = inside("plan", "rr-adult", "--record", "record.toml", "--site", "ward.toml", "-f", "json").json
    planned = blinplan.plan("rr-adult", record="record.toml", site="ward.toml")
    assert json.loads(planned.text("json")) == shown
    assert len(planned.bags) == len(shown["dated"]["bags"]) > 20
    again = inside(
        "plan", "rr-adult", "--record", "record.toml", "--view", "delivered", "--patients", "50", "-f", "json"
    )
    delivered = blinplan.delivered("rr-adult", record="record.toml", patients=50)
    assert delivered.json() == again.out
    assert delivered.document() == again.json["dated"]["delivered"]
    whole = delivered.cycles[-1]
    assert whole.planned.micrograms == 3787 - Fraction(28, 24)  # on 29 March the clock is put forward
    assert delivered.columns()["mcg_delivered"][-1] == float(whole.delivered.micrograms)


def test_a_ledger_makes_the_same_plan_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = blinplan.plan("rr-adult", blinplan.patient(weight=70), start=START)
    first.write("plan.json")
    assert blinplan.plan("rr-adult", ledger="plan.json").text("json") == first.text("json")


def test_arguments_are_called_as_whoever_reads_the_error_wrote_them(inside: Run) -> None:
    with pytest.raises(Refusal, match=r"^the time zone of start is not known$") as refused:
        blinplan.plan("rr-adult", start="2026-10-20T10:00")
    assert "and time_zone Europe/Berlin" in refused.value.advice
    ran = inside("plan", "rr-adult", "--start", "2026-10-20T10:00")
    assert ran.status == 2
    assert "the time zone of --start is not known" in ran.err
    assert "and --time-zone Europe/Berlin" in ran.err


def test_braces_in_what_is_given_stand_for_themselves() -> None:
    with pytest.raises(Refusal, match=r"^start is '\{weight\}'$"):
        blinplan.plan("rr-adult", start="{weight}", time_zone="Europe/Berlin")


def test_a_view_that_needs_more_is_refused() -> None:
    planned = blinplan.plan("rr-adult", blinplan.patient(weight=70))
    with pytest.raises(Refusal, match="view bags needs start"):
        planned.text(view="bags")
    with pytest.raises(Refusal, match="view agenda and output_format csv contradict"):
        blinplan.plan("rr-adult", blinplan.patient(weight=70), start=START).text("csv", view="agenda")


@pytest.mark.parametrize("start", [None, START])
def test_columns_become_frames(start: datetime | None) -> None:
    planned = blinplan.plan("rr-adult", blinplan.patient(weight=70), start=start)
    columns = planned.columns()
    rows = len(planned.entries) if start else len(planned.course.events)
    assert len(pd.DataFrame(columns)) == pl.DataFrame(columns).height == pa.table(columns).num_rows == rows
    if not start:
        written = list(csv.DictReader(io.StringIO(planned.text("csv"))))
        assert [float(row["mcg"]) for row in written] == columns["mcg"]
        assert sum(columns["mcg"]) == 3787


def test_a_notebook_shows_a_table_and_a_console_a_line() -> None:
    planned = blinplan.plan("rr-adult", blinplan.patient(weight=70), start=START)
    assert repr(planned) == "<Plan of rr-adult: 3787.38 mcg, from 2026-10-20 10:00>"
    html = planned._repr_html_()
    assert html.startswith("<table><caption>Plan of rr-adult")
    assert "premedication" in html
