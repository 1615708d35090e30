"""What Windows has otherwise, tried here: no owners of files, and no replacing of a file that is open."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blinplan.files.caches import make_own
from tests.program import Run


def test_where_there_are_no_owners_the_folder_of_a_user_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows keeps the profile of a user to that user."""
    monkeypatch.delattr(os, "getuid")
    assert make_own(tmp_path / "cache")
    assert (tmp_path / "cache").is_dir()


def open_here() -> set[str]:
    """The files that this process has open, or has in its memory."""
    numbers = Path("/proc/self/fd")
    named = {str(number.readlink()) for number in numbers.iterdir() if number.is_symlink()}
    mapped = {
        line.partition("/")[2].rstrip()
        for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
        if "/" in line
    }
    return named | {f"/{name}" for name in mapped}


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Refuse to move, replace or remove what is open, as Windows does; what was moved or removed."""
    moved: list[str] = []

    def unless_open(function: Callable[..., Any]) -> Callable[..., Any]:
        def careful(*paths: Any, **asked: Any) -> Any:
            names = {os.path.realpath(path) for path in paths if isinstance(path, str | os.PathLike)}
            if asked.get("dir_fd") is None and (held := names & open_here()):
                raise PermissionError(13, "The process cannot access the file because it is being used", min(held))
            moved.extend(names)
            return function(*paths, **asked)

        return careful

    for name in ("replace", "rename", "unlink", "remove"):
        monkeypatch.setattr(os, name, unless_open(getattr(os, name)))
    return moved


WRITING = {
    "endpoints": ["simulate", "nhl-5", "--patients", "8", "-o", "out.csv"],
    "curves": ["simulate", "nhl-5", "--patients", "4", "--every", "1d", "-o", "out.parquet"],
    "a stretch": ["simulate", "nhl-5", "--patients", "8", "--first", "1", "-o", "out.npz"],
    "a sweep": ["sweep", "nhl-5", "--vary", "dose=1.5,15", "--patients", "8", "-o", "out.csv"],
    "a comparison": ["compare", "nhl-5", "nhl-15", "--patients", "8", "-o", "out.csv"],
    "a plan": ["plan", "rr-adult", "--weight", "70", "--height", "175", "-f", "json", "-o", "out.json"],
    "a report of findings": ["check", "nhl-1.5", "--no-simulate", "--report", "sarif=out.sarif", "--fail-on", "never"],
    "a baseline": ["check", "nhl-1.5", "--no-simulate", "--write-baseline", "out.json"],
}
OF_EVERY_RUN = {"curves", "a sweep", "a report of findings", "a baseline"}
"""One of each way of writing; the others are tried at night."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(said, id=of, marks=[] if of in OF_EVERY_RUN else pytest.mark.nightly)
        for of, said in WRITING.items()
    ],
)
def test_nothing_is_replaced_or_removed_while_it_is_open(inside: Run, locked: list[str], arguments: list[str]) -> None:
    """Twice, so that a file is there to be replaced."""
    for _ in range(2):
        ran = inside(*arguments)
        assert ran.status == 0, ran.err
    assert any("out." in name for name in locked) or any(".blinplan-" in name for name in locked)


def test_what_is_open_is_seen(locked: list[str], tmp_path: Path) -> None:
    path = tmp_path / "open.txt"
    with path.open("w"), pytest.raises(PermissionError, match="being used"):
        path.unlink()
    path.unlink()
    assert not path.exists()
