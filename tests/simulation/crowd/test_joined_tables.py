"""Parts of a run in CSV and Parquet, joined: the bytes of one run, or a sentence that says why not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.api.simulating.merge import joined_tables
from blinplan.files.writing import replace_file
from tests.collection.grid import in_turn
from tests.program import Run

ASKED = ("simulate", "rr-below-45-kg", "--seed", "7", "--follow-up", "3")
"""Of this population not everybody is admitted."""
KINDS = {
    "curves": ("--every", "12h"),
    "endpoints": ("--by-day", "7", "--endpoint", "IL-6 above 20 pg/mL in cycle 1"),
    "measured": ("--every", "7d", "--measured"),
}


def made(inside: Run, *options: str) -> None:
    ran = inside(*ASKED, *options)
    assert ran.status == 0, ran.err


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "ending"), in_turn([*KINDS], ["csv", "parquet"]))
def test_parts_are_the_bytes_of_one_run(inside: Run, kind: str, ending: str) -> None:
    for name, first, patients in (("a", "1", "4"), ("b", "5", "1"), ("c", "6", "4")):
        made(inside, "--first", first, "--patients", patients, *KINDS[kind], "-o", f"{name}.{ending}")
    made(inside, "--patients", "9", *KINDS[kind], "-o", f"whole.{ending}")
    ran = inside("merge", f"c.{ending}", f"a.{ending}", f"b.{ending}", "-o", f"joined.{ending}")
    assert (ran.status, ran.out) == (0, ""), ran.err
    whole = Path(f"whole.{ending}").read_bytes()
    assert len(whole) > 4000
    assert Path(f"joined.{ending}").read_bytes() == whole
    later = inside("merge", f"c.{ending}", f"b.{ending}", "-f", "csv").out
    first, *rows = inside("merge", f"a.{ending}", f"b.{ending}", f"c.{ending}", "-f", "csv").out.splitlines()
    assert later.splitlines() == [first, *(row for row in rows if int(row.split(",")[0]) >= 5)]


@pytest.mark.parametrize(
    ("kind", "ending", "output"),
    [
        ("endpoints", "npz", ("-o", "records.csv")),
        ("endpoints", "npz", ()),
        ("endpoints", "csv", ("-o", "records.csv")),
        ("curves", "csv", ("-o", "records.csv")),
        ("curves", "parquet", ("-o", "records.csv")),
    ],
)
def test_event_records_are_of_curves_and_nothing_else_is_written_in_their_place(
    inside: Run, kind: str, ending: str, output: tuple[str, ...]
) -> None:
    """A table of endpoints was, under the name that was given for records."""
    for first, patients in (("1", "2"), ("3", "1")):
        made(inside, "--first", first, "--patients", patients, *KINDS[kind], "-o", f"{first}.{ending}")
    ran = inside("merge", f"1.{ending}", f"3.{ending}", "-f", "nonmem", *output)
    assert ran.status == 2
    assert ran.out == ""
    assert "event records are made of parts of curves in .npz" in ran.err
    assert not Path("records.csv").exists()


def test_parts_of_event_records_are_told_to_be_none(inside: Run) -> None:
    made(inside, "--first", "3", "--patients", "2", "-f", "nonmem", "-o", "records.csv")
    said = " ".join(inside("merge", "records.csv", "-f", "csv").err.split())
    assert "records.csv has no records.csv.json beside it" in said
    assert "and not for event records" in said


def test_csv_and_parquet_are_joined_with_each_other(inside: Run) -> None:
    made(inside, "--patients", "3", "--every", "1d", "-o", "a.parquet")
    made(inside, "--first", "4", "--patients", "3", "--every", "1d", "-o", "b.csv")
    made(inside, "--patients", "6", "--every", "1d", "-o", "whole.parquet")
    assert inside("merge", "a.parquet", "b.csv", "-o", "joined.parquet").status == 0
    assert Path("joined.parquet").read_bytes() == Path("whole.parquet").read_bytes()


def test_python_joins_tables_as_the_command_does(tmp_path: Path) -> None:
    parts, whole = [tmp_path / "a.parquet", tmp_path / "b.parquet"], blinplan.simulate("nhl-5", 5)
    blinplan.simulate("nhl-5", 3, first=3).write(parts[1])
    blinplan.simulate("nhl-5", 2).write(parts[0])
    joined = blinplan.merge_tables(*reversed(parts))
    assert repr(joined) == "<JoinedTable: 5 patients of 2 tables>"
    assert pl.DataFrame(joined.columns()).equals(pl.DataFrame(whole.columns()))
    assert "".join(joined.csv_texts()) == whole.text("csv")
    for target, result in ((tmp_path / "joined.parquet", joined), (tmp_path / "whole.parquet", whole)):
        result.write(target)
    assert (tmp_path / "joined.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    with pytest.raises(blinplan.Refusal, match="has patients 1 to 2, and"):
        blinplan.merge_tables(parts[0], tmp_path / "whole.parquet")
    with pytest.raises(blinplan.Refusal, match="no table is named"):
        blinplan.merge_tables()


@pytest.mark.parametrize("kind", ["endpoints", "curves"])
def test_python_writes_parts_in_csv_as_the_command_does(inside: Run, kind: str) -> None:
    every = () if kind == "endpoints" else ("--every", "1d")

    def run(patients: int, first: int) -> blinplan.SimulationResult | blinplan.CurvesResult:
        if kind == "endpoints":
            return blinplan.simulate("rr-below-45-kg", patients, first=first, seed=7, follow_up=3)
        return blinplan.curves("rr-below-45-kg", "1d", patients, first=first, seed=7, follow_up=3)

    for first, patients in ((1, 2), (3, 3)):
        made(inside, "--first", str(first), "--patients", str(patients), *every, "-o", f"{first}.csv")
        by_command = Path(f"{first}.csv.json").read_bytes()
        Path(f"{first}.csv.json").unlink()
        run(patients, first).write(f"{first}.csv")
        assert not Path(f"{first}.csv.json").exists()
        run(patients, first).write(f"{first}.csv", part=True)
        assert Path(f"{first}.csv.json").read_bytes() == by_command
    run(5, 1).write("whole.csv")
    blinplan.merge_tables("1.csv", "3.csv").write("joined.csv")
    assert Path("joined.csv").read_bytes() == Path("whole.csv").read_bytes()


def test_a_part_is_of_drawn_patients_and_has_room_beside_it(tmp_path: Path) -> None:
    (tmp_path / "x.csv.json").mkdir()
    with pytest.raises(blinplan.Refusal, match=r"x\.csv\.json"):
        blinplan.simulate("nhl-5", 2).write(tmp_path / "x.csv", part=True)
    assert not (tmp_path / "x.csv").exists()
    (tmp_path / "people.csv").write_text("weight_kg,height_cm\n70,175\n", encoding="utf-8")
    with pytest.raises(blinplan.Refusal, match="only patients who are drawn"):
        blinplan.simulate("nhl-5", tmp_path / "people.csv").write(tmp_path / "y.csv", part=True)


def test_nothing_stands_beside_csv_that_is_no_part(inside: Run) -> None:
    made(inside, "--patients", "2", "--every", "7d", "-o", "whole.csv")
    made(inside, "--first", "3", "--patients", "2", "--every", "7d", "-o", "b.csv")
    assert sorted(path.name for path in Path().glob("*.json")) == ["b.csv.json"]


@pytest.fixture
def parts(inside: Run) -> None:
    made(inside, "--first", "1", "--patients", "2", "--every", "7d", "-o", "a.csv")
    made(inside, "--first", "3", "--patients", "2", "--every", "7d", "-o", "b.csv")


@pytest.mark.slow
@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--first", "4", "--every", "7d"), "missing between them 3"),
        (("--first", "2", "--every", "7d"), "in both 2"),
        (("--first", "3", "--every", "14d"), "curves every 10080 min"),
        (("--first", "3", "--every", "7d", "--seed", "8"), "seed 7"),
        (("--first", "3", "--every", "7d", "--follow-up", "4"), "a follow-up of 3 d"),
        (("--first", "3", "--every", "7d", "--attenuation", "target-loss"), "attenuation desensitisation"),
        (("--first", "3"), "is of curves"),
    ],
)
def test_what_is_of_another_run_or_not_all_of_it_is_refused(inside: Run, options: tuple[str, ...], said: str) -> None:
    made(inside, *options, "--patients", "2", "-o", "other.csv")
    ran = inside("merge", "a.csv", "other.csv", "-o", "joined.csv")
    assert ran.status == 2
    assert said in " ".join(ran.err.split())
    assert not Path("joined.csv").exists()


@pytest.mark.usefixtures("parts")
def test_another_model_or_regimen_is_refused(inside: Run) -> None:
    for name in ("model", "regimen", "input", "population"):
        ran = inside("merge", "a.csv", described_with("b.csv", name), "-f", "csv")
        assert ran.status == 2, name
        assert "other" in ran.err
    both = [described_with(part, "model") for part in ("a.csv", "b.csv")]
    assert "join stretches with the program that wrote them" in inside("merge", *both, "-f", "csv").err


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("what", ["another model", "another seed", "one figure", "lines as a spreadsheet ends them"])
def test_a_table_that_was_written_anew_or_changed_is_not_what_stands_beside_it(inside: Run, what: str) -> None:
    """Without --first nothing is written beside a table, and what stood there told of the one before it."""
    rows = ("--patients", "2", "--every", "7d", "-o", "a.csv")
    table = Path("a.csv")
    before = table.read_bytes()
    if what.startswith("another"):
        made(inside, *(("--attenuation", "target-loss") if what == "another model" else ("--seed", "8")), *rows)
    else:
        old, new = (b"\n", b"\r\n") if what.startswith("lines") else (b",1,1,", b",1,2,")
        replace_file(table, before.replace(old, new).decode())
    assert table.read_bytes() != before
    for target in (("-o", "joined.csv"), ("-f", "csv")):
        ran = inside("merge", "a.csv", "b.csv", *target)
        assert ran.status == 2
        assert "a.csv is not the table that a.csv.json tells of" in " ".join(ran.err.split())
    assert not Path("joined.csv").exists()
    # What an older version wrote beside a table says nothing of its bytes.
    beside = Path("b.csv.json")
    told = json.loads(beside.read_text(encoding="utf-8"))
    del told["sha256"]
    replace_file(beside, json.dumps(told))
    table.write_bytes(before)
    assert inside("merge", "a.csv", "b.csv", "-o", "joined.csv").status == 0


def described_with(part: str, name: str) -> str:
    """A part that says it was made with another of these."""
    beside = Path(f"{part}.json")
    if not (kept := Path(f"{part}.kept")).exists():
        kept.write_bytes(beside.read_bytes())
    whole = json.loads(kept.read_text(encoding="utf-8"))
    replace_file(beside, json.dumps({**whole, "manifest": {**whole["manifest"], name: "other"}}))
    return part


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"format": "blinplan-stretch"}, "is blinplan-stretch, version 1, and not blinplan-table, version 1"),
        ({"version": 2}, "is blinplan-table, version 2, and not blinplan-table, version 1"),
        ({"format": None}, "does not say what it was made with"),
    ],
)
def test_what_stands_beside_a_table_in_another_format_is_not_taken_for_it(
    inside: Run, head: dict[str, Any], said: str
) -> None:
    beside = Path("b.csv.json")
    whole = {**json.loads(beside.read_text(encoding="utf-8")), **head}
    replace_file(beside, json.dumps({key: value for key, value in whole.items() if value is not None}))
    ran = inside("merge", "a.csv", "b.csv", "-f", "csv")
    assert ran.status == 2
    assert said in " ".join(ran.err.split())


@pytest.mark.usefixtures("parts")
def test_what_says_nothing_of_itself_or_is_damaged_is_refused(inside: Run) -> None:
    text = Path("b.csv").read_text(encoding="utf-8")
    for damaged, said in (
        (text.replace("patient,", "person,"), "other columns"),
        ("".join(text.splitlines(keepends=True)[:-1]), "of 2 patients"),
        (text[: len(text) // 2], "damaged"),
        (text.replace("\n4,", "\n3,"), "of 1 patients"),
        (text.replace("\n4,", "\n2,"), "not in their order"),
        (text.replace("\n4,", "\nfour,"), "damaged"),
        (text.replace("\n4,", "\n" + "4" * 30 + ","), "damaged"),
    ):
        replace_file(Path("b.csv"), damaged)
        ran = inside("merge", "a.csv", "b.csv", "-o", "joined.csv")
        assert ran.status == 2
        assert said in " ".join(ran.err.split())
    Path("b.csv.json").unlink()
    assert "has no b.csv.json beside it" in " ".join(inside("merge", "a.csv", "b.csv", "-f", "csv").err.split())
    assert "are not of one kind" in inside("merge", "a.csv", "b.npz").err
    assert "are joined to data" in inside("merge", "a.csv").err


@pytest.mark.usefixtures("parts")
def test_what_is_beside_a_table_and_cannot_be_read_is_not_said_to_be_missing(inside: Run) -> None:
    beside = Path("b.csv.json")
    beside.write_bytes(beside.read_text(encoding="utf-8").encode("utf-16"))
    said = " ".join(inside("merge", "b.csv", "-f", "csv").err.split())
    assert "b.csv has a b.csv.json beside it that cannot be read: UTF-16 text" in said


@pytest.mark.usefixtures("parts")
def test_a_table_of_another_encoding_or_without_an_end_is_refused(inside: Run) -> None:
    for encoding in ("utf-16", "utf-16-le"):
        Path("b.csv").write_bytes(Path("a.csv").read_text(encoding="utf-8").encode(encoding))
        assert "b.csv is UTF-16 text" in inside("merge", "b.csv", "-f", "csv").err
    with Path("a.csv").open("ab") as file:
        file.write(b"x")
        file.truncate(2**40)  # of which nothing is on the disk
    ran = inside("merge", "a.csv", "-f", "csv")
    assert ran.status == 2
    assert "a.csv is damaged: a line of it has no end" in " ".join(ran.err.split())


@pytest.mark.slow
def test_no_number_of_a_table_in_columns_changes_unseen(inside: Run) -> None:
    """Each column has a sum of its bytes: the last of them are numbers, and another one would be read as well."""
    made(inside, "--first", "3", "--patients", "2", "--every", "7d", "-o", "a.parquet")
    whole, columns = Path("a.parquet").read_bytes(), pq.ParquetFile("a.parquet").metadata.row_group(0)
    assert columns.num_columns > 10
    for number in range(0, columns.num_columns, 4):
        column = columns.column(number)
        damaged = bytearray(whole)
        start = column.dictionary_page_offset if column.has_dictionary_page else column.data_page_offset
        damaged[start + column.total_compressed_size - 1] ^= 1
        Path("b.parquet").write_bytes(damaged)
        ran = inside("merge", "b.parquet", "-o", "joined.csv")
        assert (ran.status, "b.parquet is damaged" in ran.err) == (2, True), column.path_in_schema


@pytest.mark.slow
def test_a_table_in_columns_that_is_damaged_anywhere_is_refused(inside: Run) -> None:
    """The library tells some of that as it tells of a disk."""
    made(inside, "--first", "3", "--patients", "2", "--every", "7d", "-o", "a.parquet")
    whole = Path("a.parquet").read_bytes()
    statuses = set()
    for place in range(0, len(whole) // 4, len(whole) // 4 // 30):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        Path("b.parquet").write_bytes(damaged)
        ran = inside("merge", "b.parquet", "-o", "joined.csv")
        statuses.add(ran.status)
        assert ran.status == 0 or "b.parquet" in ran.err, ran
    assert statuses == {0, 2}


def test_a_table_of_curves_without_a_row_is_refused(inside: Run) -> None:
    made(inside, "--first", "3", "--patients", "2", "--every", "7d", "-o", "a.csv")
    Path("a.csv").write_text(Path("a.csv").read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    assert "a.csv is damaged: it has no rows" in " ".join(inside("merge", "a.csv", "-f", "csv").err.split())


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_of_parts_under_many_models_one_is_open_at_a_time_and_little_is_held(
    inside: Run, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three parts under three models, read three rows at a time: what is left of a block is read again."""
    monkeypatch.setattr("blinplan.reports.simulation.parts._ROWS", 3)
    asked = ("simulate", "lupus-5-days", "--uncertainty", "plausible", "--sets", "2", "--endpoints", "b_nadir")
    paths = [Path(f"{number}.{ending}").absolute() for number in range(3)]
    for number, path in enumerate(paths):
        inside(*asked, "--first", str(1 + 4 * number), "--patients", "4", "-o", path.name)
    inside(*asked, "--patients", "12", "-o", "whole.csv")
    opened = remembered(monkeypatch)
    read: list[tuple[int, int]] = []
    for rows in joined_tables(paths).table().portions:
        assert sum(not file.closed for file in opened) == 1
        read += zip(rows[-1].tolist(), rows[0].tolist(), strict=True)
    assert all(file.closed for file in opened)
    assert len(opened) > 3 * 3
    assert read == [(model, patient) for model in range(3) for patient in range(1, 13)]
    assert inside("merge", *(path.name for path in paths), "-o", "joined.csv").status == 0
    assert Path("joined.csv").read_bytes() == Path("whole.csv").read_bytes()


def remembered(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every file that is opened from now on."""
    opened: list[Any] = []
    for owner, name in ((Path, "open"), (pq, "ParquetFile")):
        opens = getattr(owner, name)

        def opening(*given: Any, opens: Callable[..., Any] = opens, **named: Any) -> Any:
            opened.append(opens(*given, **named))
            return opened[-1]

        monkeypatch.setattr(owner, name, opening)
    return opened


def test_patients_of_a_table_are_no_part_of_a_run_of_drawn_ones(inside: Run) -> None:
    Path("ward.csv").write_text("weight_kg,height_cm\n40,150\n41,150\n", encoding="utf-8")
    asked = ("simulate", "rr-below-45-kg", "--seed", "7")
    for times in ((), ("--every", "30d")):
        assert inside(*asked, *times, "--people", "ward.csv", "-o", "a.parquet").status == 0
        assert inside(*asked, *times, "--first", "3", "--patients", "2", "-o", "b.parquet").status == 0
        ran = inside("merge", "a.parquet", "b.parquet", "-o", "joined.parquet")
        assert (ran.status, Path("joined.parquet").exists()) == (2, False)
        assert "a.parquet is of patients who are not drawn from a seed" in " ".join(ran.err.split())
