"""A plan in a file: by its ending or as asked, never over what was read, and as spreadsheets of many countries want."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.collection.grid import in_turn
from tests.plan_text import DATED, RECORD, WARD
from tests.program import Run
from tests.regimen_text import cycle, regimen_text


@pytest.fixture
def ward(tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    (tmp_path / "record.toml").write_text(RECORD)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["table", "json", "csv", "ics", "fhir", "html", "nonmem"])
def test_a_file_has_what_would_be_shown(inside: Run, tmp_path: Path, form: str, ward: None) -> None:
    asked = ("--bsa", "1.8", "--site", "ward.toml", "--plan-id", "a", "-f", form)
    shown, written = inside(*DATED, *asked), inside(*DATED, *asked, "-o", "plan.out")
    assert (written.status, written.out) == (0, "")
    assert (tmp_path / "plan.out").read_bytes().decode() == shown.out
    assert written.err == shown.err  # what has to be known is said all the same


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("p.csv", "due,"),
        ("p.ics", "BEGIN:VCALENDAR"),
        ("p.html", "<!doctype"),
        ("p.json", "{"),
        ("p.fhir", "{"),
        ("p.x", "rr-adult"),
        ("p.txt", "rr-adult"),
    ],
)
def test_the_ending_says_how(inside: Run, tmp_path: Path, name: str, begins: str) -> None:
    ran = inside(*DATED, "--plan-id", "a", "-o", name)
    assert ran.status == 0
    assert ("no format ends in .x: a table is written" in ran.err) is (name == "p.x")
    assert (tmp_path / name).read_text(encoding="utf-8").lstrip().startswith(begins)
    assert inside(*DATED, "-o", name, "-f", "json").status == 0  # and who asks for another gets it
    assert json.loads((tmp_path / name).read_text())["format"] == "blinplan-plan"


@pytest.mark.parametrize("name", ["ward.toml", "./ward.toml", "linked.toml"])
def test_what_was_read_is_never_written_over(inside: Run, tmp_path: Path, ward: None, name: str) -> None:
    (tmp_path / "linked.toml").symlink_to("ward.toml")
    ran = inside(*DATED, "--site", "ward.toml", "-o", name)
    assert (ran.status, ran.out) == (2, "")
    assert "is what is read" in ran.err
    assert (tmp_path / "ward.toml").read_text() == WARD


def test_nor_is_the_regimen_the_record_the_ledger_the_calendar_or_the_settings(
    inside: Run, tmp_path: Path, ward: None
) -> None:
    (tmp_path / "mine.toml").write_text(regimen_text(cycle()), encoding="utf-8")
    (tmp_path / "blinplan.toml").write_text('label = "us-2025"\n')
    inside(*DATED, "-o", "plan.json")
    inside(*DATED, "--plan-id", "a", "-o", "old.ics")
    asked = {
        "mine.toml": ("plan", "mine.toml", "--weight", "70"),
        "record.toml": ("plan", "rr-adult", "--record", "record.toml"),
        "plan.json": ("plan", "rr-adult", "--ledger", "plan.json"),
        "old.ics": (*DATED, "--plan-id", "a", "--replaces", "old.ics", "-f", "ics"),
        "blinplan.toml": DATED,
    }
    for name, arguments in asked.items():
        before = (tmp_path / name).read_bytes()
        ran = inside(*arguments, "-o", name)
        assert ran.status == 2
        assert "is what is read" in ran.err or f"{name} is there already" in ran.err, name
        assert (tmp_path / name).read_bytes() == before


def test_a_folder_is_no_place_for_a_plan(inside: Run, tmp_path: Path) -> None:
    for name in (".", "nowhere/p.csv"):
        ran = inside(*DATED, "-o", name)
        assert (ran.status, ran.out) == (2, "")


TIMES = ("start", "stop", "prepared", "cold_until", "hang_by", "take_down_by")


def cells(text: str, delimiter: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_spreadsheets_with_a_decimal_comma_get_the_same_numbers(inside: Run, ward: None) -> None:
    plain = inside(*DATED, "--site", "ward.toml", "-f", "csv").out
    other = inside(*DATED, "--site", "ward.toml", "-f", "csv", "--decimal-comma").out
    assert other.startswith("\ufeffdue;start;")  # by which a spreadsheet knows the text for UTF-8
    rows = list(zip(cells(plain, ","), cells(other.removeprefix("\ufeff"), ";"), strict=True))
    numbers = 0
    for one, two in rows:
        for name, value in one.items():
            if name in TIMES:
                assert (
                    f"{two[name].replace(' ', 'T')}:00{two[f'{name}_utc_offset'].removeprefix('UTC')}" == value
                    or not value
                )
            elif name != "remarks_of_course" and value != two[name]:
                numbers += 1
                assert two[name] == value.replace(".", ",")
                assert float(two[name].replace(",", ".")) == float(value)
    assert numbers > 100
    undated = inside("plan", "rr-adult", "--weight", "70", "-f", "csv", "--decimal-comma").out
    assert undated.splitlines()[1].startswith("0;10080;9;63;1;1;9 mcg/day;false;")


def test_a_spreadsheet_takes_times_as_times_and_is_told_once_of_the_whole_plan(inside: Run, ward: None) -> None:
    text = inside(*DATED, "--site", "ward.toml", "-f", "csv", "--decimal-comma").out
    rows = cells(text.removeprefix("\ufeff"), ";")
    hung = {(row["start"], row["start_utc_offset"], row["stop_utc_offset"]) for row in rows if row["due"] == "bag"}
    assert {("2026-10-19 10:00", "UTC+02:00", "UTC+02:00"), ("2026-10-26 10:00", "UTC+01:00", "UTC+01:00")} <= hung
    told = [row["remarks_of_course"] for row in rows]
    assert "the clock is changed" in told[0]
    assert set(told[1:]) == {""}
    undated = cells(inside("plan", "rr-adult", "--weight", "70", "-f", "csv", "--decimal-comma").out, ";")
    assert [bool(row["remarks_of_course"]) for row in undated] == [True, *[False] * (len(undated) - 1)]


def test_a_decimal_comma_is_for_csv(inside: Run) -> None:
    ran = inside(*DATED, "--decimal-comma")
    assert (ran.status, ran.out) == (2, "")
    assert "--decimal-comma and -f table contradict each other" in " ".join(ran.err.split())


def test_an_undated_plan_is_cut_to_a_cycle(inside: Run) -> None:
    whole = inside("plan", "rr-adult", "--weight", "70", "-f", "json").json
    part = inside("plan", "rr-adult", "--weight", "70", "--cycle", "2", "-f", "json").json
    assert part["events"] == [event for event in whole["events"] if event["cycle"] == 2]
    assert part["total_mcg"] == whole["total_mcg"]  # that of the course, which is said of it
    table = inside("plan", "rr-adult", "--weight", "70", "--cycle", "2").out
    assert "43-70" in table
    assert "1-7" not in table
    assert len(cells(inside("plan", "rr-adult", "--weight", "70", "--cycle", "2", "-f", "csv").out, ",")) == 2
    for arguments, why in (
        (("--cycle", "6"), "the course has fewer"),
        (("--cycle", "2", "-f", "nonmem"), "writes the whole course"),
        (("--from", "2026-11-02"), "needs --start"),
    ):
        ran = inside("plan", "rr-adult", "--weight", "70", "--height", "170", *arguments)
        assert (ran.status, ran.out) == (2, "")
        assert why in ran.err


@pytest.mark.parametrize("part", [("--cycle", "1"), ("--from", "2026-10-20"), ("--to", "2026-10-30")])
@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (("-f", "nonmem"), "-f nonmem writes"),
        (("--view", "starts", "--site", "ward.toml"), "--view starts is of"),
        (("--view", "delivered"), "--view delivered is of"),
        (("--view", "delivered", "-f", "json"), "--view delivered is of"),
    ],
)
def test_what_is_of_the_whole_course_takes_no_part_of_it(
    inside: Run, ward: None, part: tuple[str, str], asked: tuple[str, ...], what: str
) -> None:
    ran = inside(*DATED, "--height", "170", *part, *asked)
    assert (ran.status, ran.out) == (2, "")
    assert f"{what} the whole course: {part[0]} takes a part of it" in " ".join(ran.err.split())


def test_premedication_lines_have_the_restarts_on_record(inside: Run, ward: None) -> None:
    shown = " ".join(inside("plan", "rr-adult", "--record", "record.toml").out.split())
    assert "60 min before the infusion of day 1, 8, 14, " in shown  # restarted on 29 March, the 14th day
    (given,) = inside("plan", "rr-adult", "--record", "record.toml", "-f", "json").json["premedications"]
    assert (13 * 24 + 3) * 60 - 60 in given["minutes"]  # the night of the 29th has an hour less


WHERE = {
    ("--patients", "10"): ("view", "delivered"),
    ("--seed", "3"): ("view", "delivered"),
    ("--sheet", "a4-8"): ("view", "labels"),
    ("--patient-name", "A"): ("format", "html"),
    ("--patient-number", "7"): ("format", "html"),
    ("--prescriber", "B"): ("format", "html"),
    ("--ward", "C"): ("format", "html"),
    ("--planned-on", "2026-10-01"): ("format", "html"),
}
ASKED_FOR = [("view", view) for view in ("overview", "agenda", "days", "month", "bags", "starts", "expected", "home")]
ASKED_FOR += [("format", form) for form in ("table", "csv", "json", "ics", "nonmem")]


@pytest.mark.parametrize(("asked", "option"), in_turn(ASKED_FOR, list(WHERE)))
def test_what_is_for_another_view_or_format_is_refused_and_not_passed_over(
    inside: Run, tmp_path: Path, option: tuple[str, str], asked: tuple[str, str]
) -> None:
    (tmp_path / "ward.toml").write_text(WARD, encoding="utf-8")
    (kind, of), needed = asked, WHERE[option]
    printed = ("-f", "html") if asked == ("view", "home") else ()
    if needed == ("format", "html") and printed:
        return
    ran = inside(*DATED, "--site", "ward.toml", f"--{kind}", of, *printed, "--plan-id", "bed-1", *option)
    assert (ran.status, ran.out) == (2, "")
    assert f"{option[0]} is for --{needed[0]} {needed[1]}" in ran.err
