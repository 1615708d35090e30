"""No command writes onto a file that it reads, nor two outputs onto one, by whatever name the file is called."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from blinplan.cli.app.outputs import WRITTEN
from blinplan.cli.app.program import app
from blinplan.cli.app.quick import COMMANDS
from blinplan.files.of_a_run import claim, files_of_a_run
from blinplan.refusal import Refusal
from tests.collection.grid import in_turn
from tests.plan_text import RECORD, WARD
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

DATED = ("--weight", "70", "--height", "175", "--start", "2026-11-02T10:00", "--time-zone", "Europe/Berlin")
PEOPLE = "weight_kg,height_cm\n70,175\n"
FILES = {
    "r.toml": regimen_text(cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days", repeat=2)),
    "record.toml": RECORD,
    "ward.toml": WARD,
    "people.csv": PEOPLE,
    "conf.toml": 'select = ["ALL"]\n',
    "b.json": "{}\n",
    "old.ics": "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
    "plan.json": "{}\n",
    "part.npz": "no archive\n",
}
READ = ("r.toml", "record.toml", "ward.toml", "people.csv", "conf.toml", "b.json", "old.ics", "plan.json")
CHECK = ("check", "r.toml", "--no-simulate", "--config", "conf.toml", "--site", "ward.toml", "--baseline", "b.json")
RUNS = {
    "check --report": ((*CHECK, "--report", "json={}"), ("r.toml", "ward.toml", "conf.toml", "b.json")),
    "check --write-baseline": ((*CHECK, "--write-baseline", "{}"), ("r.toml", "ward.toml", "conf.toml")),
    "simulate -o": (("simulate", "r.toml", "--people", "people.csv", "-o", "{}"), ("people.csv", "r.toml")),
    "simulate --figure": (("simulate", "r.toml", "--patients", "5", "--figure", "{}"), ("r.toml",)),
    "simulate --record": (
        ("simulate", "r.toml", "--record", "record.toml", "--site", "ward.toml", "--patients", "5", "-o", "{}"),
        ("record.toml", "ward.toml", "r.toml"),
    ),
    "compare -o": (("compare", "r.toml", "rr-adult", "--people", "people.csv", "-o", "{}"), ("r.toml", "people.csv")),
    "compare --figure": (("compare", "r.toml", "rr-adult", "--figure", "{}"), ("r.toml",)),
    "merge -o": (("merge", "part.npz", "-o", "{}"), ("part.npz",)),
    "plan -o": (
        ("plan", "r.toml", *DATED, "--site", "ward.toml", "--config", "conf.toml", "-o", "{}"),
        ("r.toml", "ward.toml", "conf.toml"),
    ),
    "plan --ledger": (("plan", "r.toml", "--ledger", "plan.json", "-o", "{}"), ("plan.json", "r.toml")),
    "plan --replaces": (
        ("plan", "r.toml", *DATED, "-f", "ics", "--plan-id", "a", "--replaces", "old.ics", "-o", "{}"),
        ("old.ics", "r.toml"),
    ),
    "report -o": (("report", "r.toml", "--people", "people.csv", "-o", "{}"), ("r.toml", "people.csv")),
    "model --sbml": (("model", "--sbml", "{}", "--regimen", "r.toml"), ("r.toml",)),
    "model --nonmem": (("model", "--nonmem", "{}", "--regimen", "r.toml"), ("r.toml",)),
}
CASES = [(name, read) for name, (_, reads) in RUNS.items() for read in reads]

Spelling = Callable[[Path], str]


def _link(path: Path) -> str:
    link = path.with_name(f"link-to-{path.name}")
    link.symlink_to(path.name)
    return link.name


def _hard_link(path: Path) -> str:
    link = path.with_name(f"also-{path.name}")
    os.link(path, link)
    return link.name


_open: list[BinaryIO] = []


def _open_already(path: Path) -> str:
    _open.append(path.open("rb+"))
    return f"/dev/fd/{_open[-1].fileno()}"


SPELLINGS: dict[str, Spelling] = {
    "as it is": lambda path: path.name,
    "from the root": str,
    "through a folder": lambda path: f"folder/../{path.name}",
    "a link": _link,
    "a link to a link": lambda path: _link(path.with_name(_link(path))),
    "a hard link": _hard_link,
    "open already": _open_already,
}


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    yield tmp_path
    while _open:
        _open.pop().close()


@pytest.mark.parametrize(("case", "spelling"), in_turn(CASES, [*SPELLINGS]))
def test_no_output_goes_onto_what_is_read(inside: Run, written: Path, case: tuple[str, str], spelling: str) -> None:
    name, read = case
    before = {path.name: path.read_bytes() for path in written.glob("*.*")}
    target = SPELLINGS[spelling](written / read)
    ran = inside(*(argument.replace("{}", target) for argument in RUNS[name][0]))
    assert (ran.status, ran.out) == (2, ""), ran
    told = " ".join(ran.err.split())
    assert "is what is read" in told or "is there and is no baseline" in told
    assert {name: (written / name).read_bytes() for name in before} == before
    assert not list(written.glob(".*")), "something is left beside"


def test_a_file_that_is_found_on_the_way_is_not_written_onto(inside: Run, written: Path) -> None:
    """A configuration that nobody names, a base of another one, and a file in a folder are read, too."""
    (written / "blinplan.toml").write_text('extend = "base.toml"\n', encoding="utf-8")
    (written / "base.toml").write_text('select = ["S"]\n', encoding="utf-8")
    for name in ("blinplan.toml", "base.toml", "r.toml"):
        before = (written / name).read_bytes()
        ran = inside("check", "r.toml", "--no-simulate", "--report", f"json={name}")
        assert (ran.status, ran.out) == (2, "")
        assert (written / name).read_bytes() == before


@pytest.mark.parametrize(
    "outputs",
    [
        ("check", "r.toml", "--no-simulate", "--report", "json=x", "--report", "sarif=./x"),
        ("check", "r.toml", "--no-simulate", "--report", "json=x", "--write-baseline", "x"),
        ("simulate", "r.toml", "--patients", "5", "-o", "x.svg", "--figure", "x.svg"),
        ("simulate", "r.toml", "--patients", "5", "--figure", "x.svg", "--figure", "folder/../x.svg"),
        ("compare", "r.toml", "rr-adult", "--figure", "x.svg", "-o", "x.svg"),
        ("model", "--sbml", "x", "--nonmem", "x"),
    ],
)
def test_two_outputs_go_to_two_files(inside: Run, written: Path, outputs: tuple[str, ...]) -> None:
    ran = inside(*outputs)
    assert (ran.status, ran.out) == (2, "")
    assert "two outputs would be written to" in ran.err
    assert not list(written.glob("x*"))


@contextmanager
def standard_output_to(path: Path, mode: str) -> Iterator[None]:
    """Let the process write to a file, as a shell does by > and >>."""
    before = os.dup(1)
    with path.open(mode) as file:
        os.dup2(file.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(before, 1)
        os.close(before)


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        (("plan", "r.toml"), "r.toml"),
        (("plan", "rr-adult", "--record", "record.toml"), "record.toml"),
        (("plan", "r.toml", *DATED, "--site", "ward.toml"), "ward.toml"),
        (("check", "r.toml", "--no-simulate", "--fix"), "r.toml"),
        (("check", "r.toml", "--no-simulate", "--config", "conf.toml"), "conf.toml"),
        (("diff", "rr-adult", "r.toml"), "r.toml"),
        (("new", "mine", "--from", "r.toml", "-o", "-"), "r.toml"),
        (("simulate", "r.toml", "--people", "people.csv"), "people.csv"),
        (("check", "r.toml", "--no-simulate", "--report", "json=x.json"), "x.json"),
        (("simulate", "r.toml", "--patients", "3", "-o", "x.csv"), "x.csv"),
    ],
)
def test_where_standard_output_goes_is_an_output(
    inside: Run, written: Path, arguments: tuple[str, ...], target: str
) -> None:
    """By a shell's >>, which leaves to the program what is there."""
    before = (written / target).read_bytes() if (written / target).exists() else b""
    with standard_output_to(written / target, "ab"):
        ran = inside(*arguments)
    assert ran.status == 2
    assert "is what is read" in ran.err or "two outputs would be written to" in ran.err
    assert (written / target).read_bytes() == before


@pytest.mark.parametrize("folder", ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"])
def test_what_is_open_takes_several_outputs_after_what_it_has(inside: Run, written: Path, folder: str) -> None:
    log = written / "log"
    log.write_bytes(b"before\n")
    with log.open("ab") as file:
        there = f"{folder}/{file.fileno()}"
        ran = inside("check", "r.toml", "--no-simulate", "--report", f"markdown={there}", "--report", f"json={there}")
    assert ran.status in (0, 1), ran
    content = log.read_text(encoding="utf-8")
    assert content.startswith("before\n")
    assert 0 < content.index("| ") < content.index('"blinplan-check"')


def test_a_folder_with_two_names_is_one(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is mounted at two places, of which no path tells that they are the same."""
    (written / "again").symlink_to("folder")
    monkeypatch.setattr(os.path, "realpath", os.path.abspath)
    with files_of_a_run():
        claim(written / "folder" / "x")
        claim(written / "folder" / "y")
        with pytest.raises(Refusal, match="two outputs"):
            claim(written / "again" / "x")


@pytest.mark.parametrize("more", [(), ("--every", "1d")])
def test_what_is_written_beside_a_table_is_an_output(inside: Run, written: Path, more: tuple[str, ...]) -> None:
    (written / "x.csv.json").symlink_to("r.toml")
    before = (written / "r.toml").read_bytes()
    ran = inside("simulate", "r.toml", "--patients", "3", "--first", "2", "-o", "x.csv", *more)
    assert (ran.status, ran.out) == (2, "")
    assert "x.csv.json is what is read" in ran.err
    assert (written / "r.toml").read_bytes() == before
    assert not (written / "x.csv").exists()


def test_the_summary_of_a_job_is_an_output(inside: Run, written: Path) -> None:
    check = ("check", "r.toml", "--no-simulate", "-f", "github")
    for name, more in (("r.toml", ()), ("x", ("--report", "json=x")), ("no/x", ("--report", "json=x"))):
        ran = inside(*check, *more, GITHUB_STEP_SUMMARY=name)
        assert (ran.status, ran.out) == (2, ""), name
        assert not (written / "x").exists()


@pytest.mark.parametrize(
    "outputs",
    [
        ("model", "--sbml", "{}"),
        ("model", "--nonmem", "{}"),
        ("plan", "rr-adult", "-f", "csv", "-o", "{}"),
        ("check", "rr-adult", "--no-simulate", "--report", "json={}"),
        ("new", "ours", "--from", "rr-adult", "-o", "{}"),
    ],
)
def test_nothing_goes_onto_what_people_have_written(inside: Run, written: Path, outputs: tuple[str, ...]) -> None:
    """A regimen that this run does not read, such as that of which a model was to be written."""
    before = (written / "r.toml").read_bytes()
    ran = inside(*(argument.replace("{}", "r.toml") for argument in outputs))
    assert (ran.status, ran.out) == (2, "")
    assert "r.toml is there already" in " ".join(ran.err.split())
    assert (written / "r.toml").read_bytes() == before
    assert inside(*(argument.replace("{}", "other.toml") for argument in outputs)).status == 0


def test_a_baseline_that_is_read_is_made_again(inside: Run, written: Path) -> None:
    note = written / "note.toml"
    note.write_text(regimen_text(cycle("28 mcg/d for 28 days")), encoding="utf-8")
    check = ("check", "note.toml", "--no-simulate", "--baseline", "known.json", "--write-baseline", "known.json")
    (written / "known.json").write_text('{"format": "blinplan-baseline", "version": 1, "findings": []}')
    assert inside(*check).status in (0, 1)
    first = (written / "known.json").read_bytes()
    assert b"N105" in first
    assert inside(*check).status in (0, 1)
    assert (written / "known.json").read_bytes() == first


def test_a_file_is_put_right_in_its_place(inside: Run, written: Path) -> None:
    (written / "note.toml").write_text(regimen_text(cycle("28 mcg/d for 28 days")), encoding="utf-8")
    link = written / "link.toml"
    link.symlink_to("note.toml")
    inside("check", "link.toml", "--no-simulate", "--fix")
    assert link.is_symlink()
    assert "28 mcg/day" in (written / "note.toml").read_text(encoding="utf-8")


def test_every_option_that_writes_is_known() -> None:
    """What an option writes is claimed before a command begins: whoever adds one meets this list."""
    from typer.main import get_command

    program = get_command(app)
    reads = {"site", "baseline", "config", "people", "record", "files", "ledger", "replaces", "plans"}
    reads |= {"regimen", "regimens", "vary"}  # of which the last is a path in a file
    for name in COMMANDS:
        for option in program.get_command(None, name).params:  # type: ignore[attr-defined]
            if option.metavar is not None and {"FILE", "PATH", "FOLDER", "DIR"} & set(
                option.metavar.replace("=", " ").replace("...", "").split()
            ):
                assert option.name in WRITTEN | reads, (name, option.name)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_takes_an_empty_name_of_a_file(name: str) -> None:
    """A shell's variable that is not set: without it, the patients of nobody's table were simulated."""
    from typer.main import get_command

    command = get_command(app).get_command(None, name)  # type: ignore[attr-defined]
    for option in command.get_params(command.make_context(name, [], resilient_parsing=True)):
        if option.name in WRITTEN or option.metavar in {"FILE", "FILE...", "FOLDER"}:
            given = [""] if option.multiple or option.nargs == -1 else ""
            with pytest.raises(Refusal, match="is empty"):
                option._runtime_param.coerce(given, option, None)


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "r.toml", "--patients", "5", "--people", ""),
        ("search", "r.toml", "--doses", "9,28", "--minimise", "il6_peak", "-o", ""),
        ("due", "--plans", ""),
        ("check", "r.toml", "--report", ""),
        ("merge", ""),
    ],
)
def test_an_empty_name_of_a_file_is_a_sentence(inside: Run, written: Path, arguments: tuple[str, ...]) -> None:
    before = sorted(path.name for path in written.iterdir())
    ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "is empty" in ran.err
    assert sorted(path.name for path in written.iterdir()) == before


def test_an_empty_name_is_refused_after_a_name_too(inside: Run, written: Path) -> None:
    """A command is made once in a process, and what reads its values stays as it was."""
    asked = ("simulate", "r.toml", "--patients", "2", "--first", "3", "-o")
    assert inside(*asked, "x.csv").status == 0
    assert "is empty" in inside(*asked, "").err
    checked = ("check", "r.toml", "--no-simulate", "--baseline")
    inside(*checked, "b.json")
    assert "--baseline is empty" in inside(*checked, "").err
