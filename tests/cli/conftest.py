"""Regimen files of every kind, and a repository of them."""

import shutil
from functools import partial
from pathlib import Path

import pytest

from tests.cli.repository import Git, run_git
from tests.regimen_text import cycle, regimen_text


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Regimen files in the folder of the test: sound, with a note, a warning, an error, and with a wrong type."""
    texts = {
        "sound.toml": regimen_text(cycle(repeat=2)),
        "note.toml": regimen_text(cycle("28 mcg/d for 28 days")),
        "warning.toml": regimen_text(cycle("28 mcg/day for 27 days")),
        "error.toml": regimen_text(cycle("9 mcg/day for 24 hours", "28 mcg/day for 648 hours")),
        "faulty.toml": regimen_text(cycle()).replace("days = 28", 'days = "28"'),
    }
    texts = {name: text.replace('"probe"', f'"{name.removesuffix(".toml")}"') for name, text in texts.items()}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return texts


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_commit: Path) -> Git:
    """The repository that a file of tests makes once, copied, with files that git knows to be unchanged."""
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(first_commit, tmp_path, dirs_exist_ok=True)
    run_git(tmp_path, "update-index", "--refresh")
    return partial(run_git, tmp_path)
