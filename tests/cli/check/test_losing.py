"""What a check reads it never writes over, and it says so before it has changed anything."""

import json
import os
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

import blinplan
from blinplan.refusal import Refusal
from blinplan.rules.configuration.configurations import nearest
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

QUICK = "--no-simulate"
SLIP = regimen_text(cycle("28 µg/day for 27 days"), called="a")
SITE = 'site = 1\nname = "Ward 7"\nchange_time = "10:00"\nbag = [{ hours = 24 }]\n'
HOLIDAYS = "2026-12-25 Christmas Day\n"
READ = ["a.toml", "draft.toml", "deep/draft.toml", "ward.toml", "blinplan.toml", "house.toml", "holidays.txt"]
"""Every kind of file that decides about the findings of a file, or that was left out of the run."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    texts = {
        "a.toml": SLIP,
        "draft.toml": SLIP,
        "deep/draft.toml": SLIP,
        "ward.toml": f'{SITE}holidays_from = "holidays.txt"\n',
        "holidays.txt": HOLIDAYS,
        "blinplan.toml": 'extend = "house.toml"\nexclude = ["draft*", "deep"]\nsite = "ward.toml"\n',
        "house.toml": "seed = 2\n",
    }
    (tmp_path / "deep").mkdir()
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("option", ["--report=json={}", "--write-baseline={}"])
def test_no_output_goes_onto_what_is_read_and_nothing_is_fixed_before(
    inside: Run, folder: Path, option: str, name: str
) -> None:
    before = contents(folder)
    ran = inside("check", ".", QUICK, "--fix", option.format(name))
    assert (ran.status, ran.out) == (2, "")
    assert name in ran.err
    assert contents(folder) == before


@pytest.mark.parametrize("name", [*READ, "deep", "out.json"])
def test_the_summary_of_a_step_is_an_output_as_all_others_are(inside: Run, folder: Path, name: str) -> None:
    """It goes onto nothing that is read, into no folder and not beside another output; and nothing is fixed before."""
    before = contents(folder)
    options = (QUICK, "-f", "github", "--report", "json=out.json", "--fix")
    ran = inside("check", ".", *options, GITHUB_STEP_SUMMARY=name)
    assert (ran.status, ran.out) == (2, "")
    assert name in ran.err
    assert contents(folder) == before


def test_a_baseline_is_replaced_by_a_baseline_only(inside: Run, folder: Path) -> None:
    assert inside("check", ".", QUICK, "--write-baseline", "known.json").status < 2
    before = contents(folder)
    ran = inside("check", ".", QUICK, "--baseline", "known.json", "--report", "json=known.json")
    assert (ran.status, ran.out, contents(folder)) == (2, "", before)
    assert "known.json" in ran.err
    assert inside("check", ".", QUICK, "--baseline", "known.json", "--write-baseline", "known.json").status < 2


def test_a_report_that_is_written_through_may_go_where_the_summary_goes(inside: Run, folder: Path) -> None:
    """Both add to what is there, as a job has it that keeps all its output in one file."""
    Path("step.md").write_text("before\n", encoding="utf-8")
    with Path("step.md").open("a", encoding="utf-8") as kept:
        report = f"markdown=/dev/fd/{kept.fileno()}"
        ran = inside("check", ".", QUICK, "-f", "github", "--report", report, GITHUB_STEP_SUMMARY="step.md")
    assert ran.status < 2
    found = Path("step.md").read_text(encoding="utf-8")
    assert found.startswith("before\n")
    assert found.count("# Regimens checked by blinplan") == 2


@pytest.mark.parametrize("name", READ)
def test_python_refuses_a_baseline_there_too(folder: Path, name: str) -> None:
    before = contents(folder)
    with pytest.raises(Refusal, match=name.replace(".", r"\.")):
        blinplan.check(".", simulate=False, fix=True, write_baseline=name)
    assert contents(folder) == before


def test_a_baseline_is_written_anew_over_itself_and_no_report_over_it(inside: Run, folder: Path) -> None:
    inside("check", ".", QUICK, "--write-baseline", "known.json")
    with (folder / "blinplan.toml").open("a", encoding="utf-8") as configuration:
        configuration.write('baseline = "known.json"\n')
    before = contents(folder)
    ran = inside("check", ".", QUICK, "--fix", "--report", "json=known.json")
    assert (ran.status, ran.out, contents(folder)) == (2, "", before)
    assert inside("check", ".", QUICK, "--ignore", "N101", "--write-baseline", "known.json").status < 2
    assert "N101" in str(before["known.json"])
    assert "N101" not in (folder / "known.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", "[]", '{"format": "a plan"}'])
def test_what_is_there_and_is_no_baseline_is_kept(inside: Run, folder: Path, text: str) -> None:
    (folder / "mine.json").write_text(text, encoding="utf-8")
    before = contents(folder)
    ran = inside("check", ".", QUICK, "--fix", "--write-baseline", "mine.json")
    assert (ran.status, contents(folder)) == (2, before)
    assert ran.err.splitlines() == [
        "error: mine.json is there and is no baseline",
        "  help: write to another file, or remove it first",
    ]
    assert inside("check", ".", QUICK, "--report", "json=mine.json").status < 2
    assert json.loads((folder / "mine.json").read_text(encoding="utf-8"))["format"] == "blinplan-check"


def test_where_one_file_cannot_be_fixed_none_is(inside: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last of them lies in a folder that is closed: the first would be another one when that is found."""
    (folder / "z").mkdir()
    (folder / "z/a.toml").write_bytes(SLIP.encode())
    before = contents(folder)
    allows = os.access
    monkeypatch.setattr("os.access", lambda path, mode: Path(path).name != "z" and allows(path, mode))
    ran = inside("check", "a.toml", "z/a.toml", QUICK, "--fix")
    assert (ran.status, ran.out, contents(folder)) == (2, "", before)
    assert "z/a.toml: the folder cannot be written to" in ran.err
    monkeypatch.undo()
    inside("check", str(folder / "a.toml"), str(folder / "z/a.toml"), QUICK, "--fix")
    assert [name for name, held in contents(folder).items() if held != before[name]] == ["a.toml", "z/a.toml"]


def test_a_report_on_standard_input_is_written_anew(inside: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(SLIP.encode()), encoding="utf-8"))
        assert inside("check", "-", QUICK, "--report", "json=out.json").status < 2
        assert json.loads((folder / "out.json").read_text(encoding="utf-8"))["files"][0]["path"] == "<stdin>"


def test_python_refreshes_a_baseline_too(folder: Path) -> None:
    for _ in range(2):
        assert "N101" in str(blinplan.check(".", simulate=False, write_baseline="known.json").judgements)
        assert "N101" in (folder / "known.json").read_text(encoding="utf-8")
        assert "N101" not in [one.code for one in blinplan.check(".", simulate=False, baseline="known.json").findings]
        (folder / "blinplan.toml").write_text('baseline = "known.json"\n', encoding="utf-8")
        nearest.cache_clear()


def test_a_site_without_a_calendar_stands_in_no_way(inside: Run, folder: Path) -> None:
    (folder / "ward.toml").write_text(SITE, encoding="utf-8")
    assert inside("check", ".", QUICK, "--report", "json=out.json").status < 2
    assert (folder / "out.json").exists()


UNREAD = {
    "a name that leads nowhere": ["nowhere.toml"],
    "an empty name": [""],
    "a folder without regimens": ["empty"],
    "a link that leads nowhere": ["links"],
    "two of them beside what can be read": [".", "nowhere.toml", "empty"],
}


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("names", UNREAD.values(), ids=list(UNREAD))
def test_no_baseline_is_written_of_a_run_that_could_not_read_all(
    inside: Run, folder: Path, names: list[str], there: bool
) -> None:
    (folder / "empty").mkdir()
    (folder / "links").mkdir()
    (folder / "links" / "gone.toml").symlink_to("no.toml")
    if there:
        assert inside("check", "a.toml", QUICK, "--write-baseline", "known.json").status < 2
    before = contents(folder)
    ran = inside("check", *names, QUICK, "--fix", "--write-baseline", "known.json")
    assert ran.status == 2
    assert "known.json is not written" in " ".join(ran.err.split())
    assert contents(folder) == before
    with pytest.raises(Refusal, match=r"known\.json is not written"):
        blinplan.check(*names, simulate=False, fix=True, write_baseline="known.json")
    assert contents(folder) == before
