"""The treatment block of every cycle, the reason of every interval and optional cycles are in every view and format."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from pathlib import Path

import icalendar
import pytest

from blinplan.api.vocabulary import View
from tests.collection.grid import in_turn
from tests.program import Run

HEAD = """\
format = 1
name = "p"
title = "Generated"
indication = "investigational"
sources = [{ citation = "none", status = "seen" }]
dosing = { basis = "flat" }
"""
DATED = ("plan", "p.toml", "--weight", "70", "--start", "2026-11-02T10:00", "--time-zone", "Europe/Berlin")
ID = ("--plan-id", "bed-1")


@dataclass(frozen=True, slots=True)
class Written:
    """A cycle as it stands in the file; words are of one piece, so that no line break hides them."""

    block: str | None
    reason: str | None
    optional: bool
    free: int

    @property
    def toml(self) -> str:
        """The cycle as lines of a file."""
        return "\n".join(
            [
                "[[cycle]]",
                'name = "C"',
                'steps = [{ dose = "9 mcg/day", days = 3 }, { dose = "28 mcg/day", days = 25 }]',
                f"treatment_free_days = {self.free}",
                *([f'block = "{self.block}"'] if self.block else []),
                *([f'interval_reason = "{self.reason}"'] if self.reason else []),
                *(["optional = true"] if self.optional else []),
            ]
        )

    def mark(self, number: int) -> str:
        """What stands beside the number of the cycle."""
        words = [*([f"block {self.block}"] if self.block else []), *(["optional"] if self.optional else [])]
        return f"{number} ({', '.join(words)})" if words else str(number)


def generated(seed: int) -> list[Written]:
    """Two to four cycles; the seeds below have every kind of cycle among them, which a test holds them to."""
    drawn = random.Random(seed)  # noqa: S311 - it draws examples
    return [
        Written(
            drawn.choice((None, f"block-{number // 2}", f"HR{number}")),
            drawn.choice((None, f"reason-{number}")),
            number > 1 and drawn.random() < 0.5,
            drawn.choice((0, 14, 35)),
        )
        for number in range(1, drawn.randint(2, 4) + 1)
    ]


SEEDS = range(8)


@pytest.fixture(params=SEEDS)
def cycles(request: pytest.FixtureRequest, tmp_path: Path) -> list[Written]:
    found = generated(request.param)
    (tmp_path / "p.toml").write_text("\n\n".join((HEAD, *(cycle.toml for cycle in found))), encoding="utf-8")
    return found


def words_of(cycles: list[Written]) -> Iterator[str]:
    """What every view has to say."""
    for number, cycle in enumerate(cycles, start=1):
        yield from filter(None, (cycle.block, cycle.reason))
        if cycle.optional:
            yield f"{number}"
    if any(cycle.optional for cycle in cycles):
        yield "optional"


def shown(inside: Run, *command: str) -> str:
    ran = inside(*command)
    assert ran.status == 0, ran.err
    return re.sub(r"\s+", " ", unescape(ran.out.replace("\r\n ", "")))


def test_the_seeds_have_every_kind_of_cycle() -> None:
    kinds = {
        (cycle.block is None, cycle.reason is None, cycle.optional, cycle.free == 0)
        for seed in SEEDS
        for cycle in generated(seed)
    }
    assert (False, False, True, True) in kinds
    assert len(kinds) > 8


VIEWS = (View.AGENDA, View.DAYS, View.MONTH, View.OVERVIEW, View.EXPECTED)
FORMATS = ("html", "ics", "fhir", "csv", "json")


@pytest.mark.slow
@pytest.mark.parametrize(("cycles", "view"), in_turn(SEEDS, VIEWS), indirect=["cycles"])
def test_every_dated_view_says_them(inside: Run, cycles: list[Written], view: View) -> None:
    text = shown(inside, *DATED, "--view", view)
    assert [word for word in words_of(cycles) if word not in text] == []
    for number, cycle in enumerate(cycles, start=1):
        if view in {View.AGENDA, View.OVERVIEW, View.EXPECTED}:
            assert cycle.mark(number) in text
        elif cycle.block:  # the start in a list of days; the head of a month
            assert (cycle.mark(number).removeprefix(str(number)) in text) or view is View.MONTH


@pytest.mark.slow
@pytest.mark.parametrize(("cycles", "kind"), in_turn(SEEDS, FORMATS), indirect=["cycles"])
def test_every_format_has_them(inside: Run, cycles: list[Written], kind: str) -> None:
    ran = inside(*DATED, "-f", kind, *(ID if kind in {"ics", "fhir"} else ()))
    text = re.sub(r"\r\n ", "", unescape(ran.out))
    asked = [word for word in words_of(cycles) if word != "optional" or kind not in {"csv", "json"}]
    assert [word for word in asked if word not in text] == []
    if kind == "json":
        entries = ran.json["dated"]["entries"]
        assert all(entry["block"] == cycles[entry["cycle"] - 1].block for entry in entries)
        assert all(event["block"] == cycles[event["cycle"] - 1].block for event in ran.json["events"])
        reasons = {event["cycle"]: event["interval_reason"] for event in ran.json["events"]}  # the last of each cycle
        assert list(reasons.values()) == [cycle.reason for cycle in cycles]
    if kind == "ics":
        for event in icalendar.Calendar.from_ical(ran.out).walk("VEVENT"):
            number = int(re.findall(r"\(cycle (\d)", str(event["summary"]))[-1])
            assert str(event["summary"]).endswith(cycles[number - 1].mark(number).replace(" (", ", ").rstrip(")") + ")")


def test_the_undated_table_has_them(inside: Run, cycles: list[Written]) -> None:
    text = shown(inside, *DATED[:4])
    assert [word for word in words_of(cycles) if word not in text] == []
    assert all(cycle.mark(number) in text for number, cycle in enumerate(cycles, start=1))
    rows = [line.split(",") for line in inside(*DATED[:4], "-f", "csv").out.splitlines()]
    place, cycle = rows[0].index("block"), rows[0].index("cycle")
    assert all(row[place] == (cycles[int(row[cycle]) - 1].block or "") for row in rows[1:])


def test_the_simulation_says_them(inside: Run, cycles: list[Written]) -> None:
    text = shown(inside, "simulate", "p.toml", "--typical")
    assert [word for word in words_of(cycles) if word not in text] == []


def test_a_change_of_block_is_said_as_such(inside: Run, cycles: list[Written]) -> None:
    text = shown(inside, *DATED, "--view", "agenda")
    for cycle, following in pairwise(cycles):
        if cycle.free and not cycle.reason and cycle.block and following.block and cycle.block != following.block:
            assert f"the block changes from {cycle.block} to {following.block}" in text
    assert " for this reason: the block" not in text


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_the_report_says_them(inside: Run, tmp_path: Path) -> None:
    written = [Written("HR1", "reason-1", False, 35), Written("HR3", "transplant", True, 0)]
    (tmp_path / "p.toml").write_text("\n\n".join((HEAD, *(cycle.toml for cycle in written))), encoding="utf-8")
    ran = inside("report", "p.toml", "--weight", "70", "--height", "175", "--patients", "50", "-o", "out.html")
    assert ran.status in {0, 1}, ran.err
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "Treatment blocks: HR1 (cycle 1); HR3 (cycle 2)." in page
    assert "after cycle 1: reason-1; none after cycle 2: transplant." in page


def test_the_list_of_regimens_has_them_as_data(inside: Run) -> None:
    listed = {regimen["name"]: regimen for regimen in inside("regimens", "-f", "json").json["regimens"]}
    assert listed["lal2317"]["blocks"] == ["after chemotherapy cycle 3", "after chemotherapy cycle 6"]
    assert "(block after chemotherapy cycle 3)" in listed["lal2317"]["doses"]
    assert "a transplant follows" in listed["study-20120215"]["doses"]
    assert listed["rr-adult"]["blocks"] == [None] * listed["rr-adult"]["most_cycles"]
