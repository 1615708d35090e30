"""A sample repository, and a clean clone of this one that others install from."""

import subprocess
from pathlib import Path

import pytest

from tests.ecosystem.runner import Git
from tests.public_files import public
from tests.regimen_text import cycle, regimen_text


@pytest.fixture(scope="session")
def clone() -> Path:
    """A clean clone of this repository: the gate names it."""
    return public("BLINPLAN_CLONE")


@pytest.fixture(scope="session")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all jobs of a process, so that blinplan is installed once; `--dist loadfile` has few processes."""
    return tmp_path_factory.mktemp("runner")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Run git in the sample repository."""

    def run(*arguments: str) -> str:
        named = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        ended = subprocess.run(["git", *named, *arguments], cwd=tmp_path, capture_output=True, check=True)  # noqa: S603, S607
        return ended.stdout.decode().strip()

    return run


@pytest.fixture
def sample(tmp_path: Path, git: Git) -> Path:
    """A repository with a sound regimen, one with a warning, and files that are not regimens."""
    (tmp_path / "regimens").mkdir()
    texts = {
        "regimens/sound.toml": regimen_text(cycle(repeat=2), called="sound"),
        "regimens/short cycle.toml": regimen_text(cycle("28 mcg/day for 27 days"), called="short-cycle"),
        "pyproject.toml": '[project]\nname = "protocols"\nversion = "1"\n',
        "notes.toml": "about = 1\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "First")
    return tmp_path
