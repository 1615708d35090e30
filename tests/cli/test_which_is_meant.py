"""A name that a file has and a shipped regimen too: who is meant is said, and by every command that takes one."""

from importlib import import_module
from inspect import getsource
from pathlib import Path

import pytest

from blinplan import agenda
from blinplan.cli.app.quick import COMMANDS
from blinplan.regimen import library
from blinplan.regimen.find import NotFound, find, which_is_meant
from man.make.commands import commands
from tests.collection.grid import at_night
from tests.program import Run

RR = library.load("rr-adult").document.text
COURSE = 'record = 1\nregimen = "rr-adult"\nstart = 2026-11-02T10:00:00\ntime_zone = "UTC"\nweight_kg = 70\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "named", "meant"),
    [
        ("rr-adult.toml", "rr-adult", "what comes with blinplan, and not rr-adult.toml"),
        ("rr-adult", "rr-adult", "the file of that name, and not what comes with blinplan"),
        ("mt103-206/a.toml", "mt103-206", "the folder of that name, and not what comes with blinplan"),
    ],
)
def test_where_a_file_has_a_shipped_name_it_is_said_which_is_meant(file: str, named: str, meant: str) -> None:
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text(RR, encoding="utf-8")
    assert which_is_meant(named) == f"{named} is {meant}"
    sources = find(named)
    assert not isinstance(sources, NotFound)
    assert {source.shipped for source in sources} == {"what comes" in meant[:10]}


@pytest.mark.parametrize("named", ["rr-adult", "rr-adult.toml", "./rr-adult.toml", "ward", "-", "", "r" * 300])
def test_where_only_one_can_be_meant_nothing_is_said(named: str) -> None:
    if named.endswith(".toml"):
        Path("rr-adult.toml").write_text(RR, encoding="utf-8")
    if named == "ward":
        Path("ward.toml").write_text(RR, encoding="utf-8")
    assert which_is_meant(named) is None


def test_a_file_beside_the_record_is_another_one_than_a_shipped_name_means() -> None:
    Path("ward").mkdir()
    Path("ward/rr-adult.toml").write_text(RR, encoding="utf-8")
    assert which_is_meant("rr-adult") is None
    told = which_is_meant("rr-adult", "ward/a.toml")
    assert told == "rr-adult is what comes with blinplan, and not ward/rr-adult.toml"


def test_members_of_a_family_are_named_after_it_or_lie_together() -> None:
    """A folder is not taken for a family without reading all that is shipped: its name says that it is none."""
    for regimen in library.shipped_regimens():
        family = regimen.family or ""
        assert regimen.name.startswith(family) or library.paths()[regimen.name].parent.name == family


COMMANDS_WITH_A_REGIMEN = {
    "check": ["rr-adult", "--no-simulate"],
    "plan": ["rr-adult", "--weight", "70"],
    "verify": ["rr-adult", "--at", "2026-11-03T12:00", "--mcg", "10", "--total-ml", "276", "--rate", "10"],
    "simulate": ["rr-adult", "--typical", "--to-day", "1"],
    "report": ["rr-adult", "--patients", "50", "-o", "report.html"],
    "compare": ["rr-adult", "mrd-adult", "--patients", "20"],
    "sensitivity": ["rr-adult", "--parameters", "clearance", "--samples", "2"],
    "sweep": ["rr-adult", "--vary", "cycle.1.step.1.dose=9,14", "--patients", "20"],
    "diff": ["rr-adult", "mrd-adult"],
    "new": ["ward", "--from", "rr-adult", "--output", "-"],
    "new record": ["-", "--regimen", "rr-adult", "--start", "2026-11-02T10:00", "--time-zone", "UTC"],
    "model": ["--sbml", "-", "--regimen", "rr-adult"],
    "due": ["--plans", "."],
}
"""Each command that is given a regimen, with words that give it one that a file here has the name of too."""
FROM_RECORDS = {"new record", "due"}
"""Those to which a name means the file beside a course record."""


def _words_about(run: Run, command: str) -> str:
    result = run(*command.split(), *COMMANDS_WITH_A_REGIMEN[command])
    return " ".join(result.err.split())


@pytest.mark.parametrize(
    "command",
    [
        at_night(name) if name in {"compare", "report", "sensitivity", "sweep"} else name
        for name in COMMANDS_WITH_A_REGIMEN
    ],
)
def test_every_command_that_takes_a_name_says_it(inside: Run, command: str) -> None:
    Path("a.toml").write_text(COURSE, encoding="utf-8")
    assert "comes with blinplan" not in _words_about(inside, command)
    Path("rr-adult.toml").write_text(RR, encoding="utf-8")
    ours = "rr-adult is the file rr-adult.toml, and not what comes with blinplan"
    theirs = "rr-adult is what comes with blinplan, and not rr-adult.toml"
    told = _words_about(inside, command)
    assert (ours in told, theirs in told) == (command in FROM_RECORDS, command not in FROM_RECORDS)


def test_every_command_that_takes_a_regimen_is_asked_that() -> None:
    """Whoever adds one calls `tell_which_is_meant`, and writes its words down here in time."""
    takes = {
        name
        for name, (command, _) in commands().items()
        for one in command.params
        if one.metavar in {"REGIMEN", "REGIMENS"} or one.name in {"regimen", "regimens", "paths", "first", "plans"}
    }
    assert takes >= COMMANDS_WITH_A_REGIMEN.keys()
    others = {name: import_module(f"blinplan.cli.{COMMANDS[name]}") for name in takes - COMMANDS_WITH_A_REGIMEN.keys()}
    assert not [name for name, module in others.items() if "tell_which_is_meant(" not in getsource(module)]


def test_what_is_due_says_it_once_and_python_code_is_told(inside: Run) -> None:
    for name in ("a", "b"):
        Path(f"{name}.toml").write_text(COURSE, encoding="utf-8")
    assert agenda(".").meant == ()
    Path("rr-adult.toml").write_text(RR, encoding="utf-8")
    meant = "rr-adult is the file rr-adult.toml, and not what comes with blinplan"
    assert agenda(".").meant == (meant,)
    assert " ".join(inside("due", "--plans", ".").err.split()).count(meant) == 1
    assert meant not in " ".join(inside("--quiet", "due", "--plans", ".").err.split())


def test_a_plan_says_which_regimen_for_others_it_took(inside: Run) -> None:
    words = ["plan", "rr-adult.toml", "--weight", "38", "--height", "150"]
    Path("rr-adult.toml").write_text(RR, encoding="utf-8")
    assert "not what comes with blinplan" not in " ".join(inside(*words).out.split())
    light = library.load("rr-below-45-kg").document.text
    Path("rr-below-45-kg.toml").write_text(light, encoding="utf-8")
    told = "switched to rr-below-45-kg (the file rr-below-45-kg.toml, not what comes with blinplan)"
    assert told in " ".join(inside(*words).out.split())
