"""A run would have judged a file of before where a walk from its names would have come by it, and nowhere else."""

import subprocess
from pathlib import Path

import pytest

from blinplan.regimen.find import FileSource
from blinplan.rules.changes.moved import Asked
from blinplan.rules.configuration.configurations import Configurations, nearest


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nearest.cache_clear()
    monkeypatch.chdir(tmp_path)


def put(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def asked(*names: str) -> Asked:
    return Asked(names, Configurations(None, isolated=False))


@pytest.mark.parametrize(
    ("place", "judged"),
    [
        ("a/x.toml", True),
        ("a/b/c/d/x.toml", True),
        ("x.toml", False),  # not below what was named
        ("ab/x.toml", False),
        ("a", False),
        ("a/blinplan.toml", False),  # which decides, and is no regimen
        ("a/b/pyproject.toml", False),
        ("a/.x.toml", False),
        ("a/.old/x.toml", False),
        ("a/b/.old/c/x.toml", False),
        ("a/drafts/x.toml", False),
        ("a/b/drafts/c/x.toml", False),
        ("a/drafts.toml", True),
        ("a/file/x.toml", False),  # a pattern without a slash means folders too
        ("a/b/file", False),
        ("a/folder", True),  # and one with a slash no files
    ],
)
def test_a_place_is_judged_where_a_walk_comes_by(tmp_path: Path, place: str, judged: bool) -> None:
    put({"blinplan.toml": 'exclude = ["drafts/", "file", "folder/"]\n', "a/known.toml": "", "c/known.toml": ""})
    assert asked("a").judges(tmp_path / place) is judged
    assert asked("c", "a").judges(tmp_path / place) is judged
    assert not asked("c").judges(tmp_path / place)
    assert not asked().judges(tmp_path / place)


def test_a_name_of_a_file_finds_no_other(tmp_path: Path) -> None:
    put({"a/x.toml": ""})
    assert not asked("a/x.toml").judges(tmp_path / "a" / "x.toml")
    assert not asked("nowhere").judges(tmp_path / "nowhere" / "x.toml")
    assert asked(".").judges(tmp_path / "a" / "x.toml")


def test_what_git_ignores_would_not_have_been_found_nor_what_lies_below_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "."], check=True)  # noqa: S607
    put({".gitignore": "build/\n", "a/known.toml": ""})
    assert not asked("a").judges(tmp_path / "a" / "build" / "x.toml")
    assert not asked("a").judges(tmp_path / "a" / "build" / "deep" / "x.toml")
    assert asked("a").judges(tmp_path / "a" / "built" / "x.toml")


def test_two_places_are_decided_about_alike_under_one_configuration_that_says_the_same_of_both(tmp_path: Path) -> None:
    lax = '[per-file."a/lax/**"]\nignore = ["S301"]\n'
    put({"blinplan.toml": lax, "a/b/blinplan.toml": "", "a/now.toml": ""})
    put(dict.fromkeys(("a/lax/x.toml", "a/b/x.toml", "a/c/x.toml", "d/x.toml"), ""))
    now = FileSource(tmp_path / "a" / "now.toml", "a/now.toml")
    alike = {
        place: asked("a").deciders(FileSource(tmp_path / place, place)) == asked("a").deciders(now)
        for place in ("a/c/x.toml", "a/lax/x.toml", "a/b/x.toml")
    }
    assert alike == {
        "a/c/x.toml": True,
        "a/lax/x.toml": False,  # other settings
        "a/b/x.toml": False,  # another configuration, though it says nothing
    }
    assert not asked("a").judges(tmp_path / "d/x.toml")
    assert not asked("a").judges(tmp_path / "a/.c/x.toml")
