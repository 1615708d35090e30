"""Files to fill in: right at once, and right with every example in them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.regimen.reading import FaultyFile, Reading, RecordFile, SiteFile, read
from blinplan.regimen.record.tables import RECORD_FILE
from blinplan.regimen.scaffolds.record import RecordOrder, examples_of, record_scaffold
from blinplan.regimen.scaffolds.site import OrderedBag, SiteOrder, site_scaffold
from blinplan.regimen.site.site import WEEKDAYS
from blinplan.regimen.site.tables import BAG, SITE_FILE
from tests.collection.examples import ANY_SIGN, fewer_examples

FIRST = datetime.fromisoformat("2020-01-01T00:00")
START = datetime.fromisoformat("2026-11-02T10:00")
RECORD = record_scaffold(RecordOrder("rr-adult", START, "Europe/Berlin"))
SITE = site_scaffold(SiteOrder("Ward", (OrderedBag(24), OrderedBag(96, "250"))))


def faults(reading: Reading) -> list[str]:
    return [problem.message for problem in reading.problems] if isinstance(reading, FaultyFile) else []


def taken_in(text: str, lines: str) -> str:
    """The file with some of its lines that are comments made lines of it."""
    assert lines in text
    return text.replace(lines, re.sub(r"^# ", "", lines, flags=re.MULTILINE), 1)


def blocks(text: str) -> Iterator[str]:
    """The examples of a file: tables and single keys, each with what stands above it."""
    for paragraph in text.split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("# # ---")]
        if any(re.match(r"# (\[|\w+ = )", line) for line in lines) and not any("= ?" in line for line in lines):
            yield "\n".join(line for line in lines if line.startswith("# "))


@pytest.mark.parametrize("block", list(blocks(RECORD)))
def test_every_example_of_a_record_is_right(block: str) -> None:
    if block.startswith("# # ") and "[" not in block:
        block = block.rsplit("\n", maxsplit=1)[-1]
    assert faults(read(taken_in(RECORD, block).encode(), "x")) == []


@pytest.mark.parametrize("block", [block for block in blocks(SITE) if "holidays_from" not in block])
def test_every_example_of_a_site_is_right(block: str) -> None:
    if "[[" not in block and "[vial" not in block:
        block = block.rsplit("\n", maxsplit=1)[-1]
    assert faults(read(taken_in(SITE, block).encode(), "x")) == []


def test_a_record_with_all_that_may_happen_is_right() -> None:
    whole = RECORD
    for block in blocks(RECORD):
        if "[" in block:
            whole = taken_in(whole, block)
    reading = read(whole.encode(), "x")
    assert isinstance(reading, RecordFile), faults(reading)
    record = reading.record
    assert (len(record.interruptions), len(record.bags), len(record.cycle_starts)) == (2, 1, 1)
    assert record.end is not None


def test_everything_that_may_happen_has_an_example() -> None:
    """Whoever adds a table to course records adds an example of it to the file to fill in."""
    tables = {key.name for key in RECORD_FILE.keys.values() if key.kind.table is not None}
    assert set(examples_of(START)) == tables


@pytest.mark.parametrize(
    ("text", "table"),
    [
        (RECORD, RECORD_FILE),
        (SITE, SITE_FILE),
        (SITE, BAG),
        *((RECORD, key.kind.table) for key in RECORD_FILE.keys.values() if key.kind.table),
    ],
)
def test_every_key_is_there_with_what_it_is(text: str, table: object) -> None:
    flat = " ".join(re.sub(r"^(# )+", "", text, flags=re.MULTILINE).split()).lower()
    for key in table.keys.values():  # type: ignore[attr-defined]
        assert re.search(rf"^(# )*(\[+{key.name}\]|{key.name}( =|:))", text, re.MULTILINE), key.name
        assert " ".join(key.description.split()).lower() in flat


def test_what_is_not_known_is_no_line_of_the_file() -> None:
    """Nothing is made up: what was not said is in no value that is read."""
    record = read(RECORD.encode(), "x")
    site = read(SITE.encode(), "x")
    assert isinstance(record, RecordFile)
    assert isinstance(site, SiteFile)
    assert (record.record.weight, record.record.age, record.record.bags, record.record.end) == (None, None, (), None)
    assert (site.site.time_zone, site.site.change_minute, site.site.vial) == (None, None, None)
    assert [bag.fill for bag in site.site.bags] == [None, 250]
    assert [bag.millilitres_per_hour for bag in site.site.bags] == [None, None]


@pytest.mark.slow
@fewer_examples(2)
@given(
    name=st.text(ANY_SIGN, min_size=1, max_size=40).filter(str.isprintable).filter(str.strip),
    hours=st.lists(st.integers(1, 240), min_size=1, max_size=6, unique=True),
    fill=st.none() | st.integers(1, 1000).map(str),
    closed=st.lists(st.sampled_from(WEEKDAYS), max_size=6, unique=True),
    minute=st.none() | st.integers(0, 1439),
    before=st.none() | st.integers(0, 240),
)
def test_what_is_said_of_a_site_is_read_back(
    name: str, hours: list[int], fill: str | None, closed: list[str], minute: int | None, before: int | None
) -> None:
    change = None if minute is None else f"{minute // 60:02}:{minute % 60:02}"
    order = SiteOrder(name, tuple(OrderedBag(one, fill) for one in hours), None, change, tuple(closed), before)
    found = read(site_scaffold(order).encode(), "x")
    assert isinstance(found, SiteFile), faults(found)
    assert found.site.name == name
    assert [bag.minutes for bag in found.site.bags] == sorted(one * 60 for one in hours)
    assert {bag.fill for bag in found.site.bags} == {None if fill is None else int(fill)}
    assert (found.site.change_minute, len(found.site.closed)) == (minute, len(closed))
    assert found.site.prepared_before == (before or 0) * 60


@given(
    start=st.integers(0, 8_000_000).map(lambda minutes: FIRST + timedelta(minutes=minutes)),
    weight=st.none() | st.decimals(1, 200, places=2).map(str),
    born=st.none() | st.dates(date(1950, 1, 1), date(2019, 1, 1)),
)
def test_what_is_said_of_a_course_is_read_back(start: datetime, weight: str | None, born: date | None) -> None:
    text = record_scaffold(RecordOrder("rr-adult", start, "UTC", weight_kg=weight, born=born))
    found = read(text.encode(), "x")
    assert isinstance(found, RecordFile), faults(found)
    assert found.record.start == start.replace(tzinfo=UTC)
    assert (found.record.weight is None, found.record.age is None) == (weight is None, born is None)
    for block in blocks(text):
        if "[[interruption]]" in block or "[end]" in block:
            assert faults(read(taken_in(text, block).encode(), "x")) == []
