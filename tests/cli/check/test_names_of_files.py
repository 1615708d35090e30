"""A file is judged once by whatever path it is named, and in a folder however its ending is written."""

from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from itertools import permutations, product
from pathlib import Path

import pytest

from tests.collection.grid import each_third
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

QUICK = ("--no-simulate", "-f", "json")
BAD = regimen_text(cycle("9000 mcg/day for 28 days"))
SPELLINGS: dict[str, Callable[[Path], str]] = {
    "its name": lambda folder: "probe.toml",
    "from here": lambda folder: "./probe.toml",
    "by the folder above": lambda folder: f"../{folder.name}/probe.toml",
    "from the root": lambda folder: str(folder / "probe.toml"),
    "through another folder": lambda folder: "other/../probe.toml",
    "through a link": lambda folder: "link/probe.toml",
    "its folder": lambda folder: ".",
    "its folder from the root": str,
    "a link to its folder": lambda folder: "link",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "here"
    (here / "other").mkdir(parents=True)
    (here / "link").symlink_to(here, target_is_directory=True)
    (here / "probe.toml").write_text(BAD, encoding="utf-8")
    monkeypatch.chdir(here)
    return here


@pytest.mark.parametrize("ways", each_third(list(permutations(SPELLINGS, 2))), ids=" and ".join)
def test_a_file_that_is_named_twice_is_judged_once(inside: Run, folder: Path, ways: tuple[str, str]) -> None:
    named = [SPELLINGS[way](folder) for way in ways]
    once, twice = (inside("check", *some, *QUICK).json for some in (named[:1], named))
    assert [file["path"] for file in twice["files"]] == [file["path"] for file in once["files"]]
    assert [file["verdicts"] for file in twice["files"]] == [file["verdicts"] for file in once["files"]]


def test_a_link_that_leads_elsewhere_by_now_is_followed(inside: Run, folder: Path) -> None:
    """By where it led before, its file was the one that is named beside it, and judged no more."""
    named = ("probe.toml", "link/probe.toml")
    assert len(inside("check", *named, *QUICK).json["files"]) == 1
    (folder / "other" / "probe.toml").write_text(regimen_text(cycle("15 mcg/day for 28 days")), encoding="utf-8")
    (folder / "link").unlink()
    (folder / "link").symlink_to(folder / "other", target_is_directory=True)
    assert len(inside("check", *named, *QUICK).json["files"]) == 2


@pytest.mark.parametrize("way", ["its name", "from here", "by the folder above", "from the root", "through a link"])
def test_what_an_editor_has_goes_before_its_file(
    inside: Run, folder: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(regimen_text(cycle()).encode())))
    found = inside("check", "--stdin-filename", "probe.toml", "-", SPELLINGS[way](folder), *QUICK).json
    assert [file["path"] for file in found["files"]] == ["probe.toml"]
    assert found["status"] == 0


def test_what_is_named_is_not_told_as_left_out(inside: Run, folder: Path) -> None:
    (folder / "blinplan.toml").write_text('exclude = ["probe.toml"]\n', encoding="utf-8")
    (folder / "sound.toml").write_text(regimen_text(cycle(), called="sound"), encoding="utf-8")
    ran = inside("check", "./probe.toml", ".", "--no-simulate")
    assert "2 regimens: " in ran.err
    assert "left out" not in ran.err


@pytest.mark.parametrize("ending", list(map("".join, product("tT", "oO", "mM", "lL"))))
def test_a_file_in_a_folder_is_judged_whose_ending_has_capitals(inside: Run, tmp_path: Path, ending: str) -> None:
    below = tmp_path / "ward"
    below.mkdir()
    (below / f"probe.{ending}").write_text(BAD, encoding="utf-8")
    ran = inside("check", str(tmp_path), "--no-simulate", "-f", "concise")
    assert ran.status == 1
    assert f"probe.{ending}:" in ran.out
