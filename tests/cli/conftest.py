"""Run the program: as a process of its own where streams matter, inside this one where they do not."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from blinplan.cli.app.program import run
from blinplan.rules.configuration.configuration import nearest
from tests.regimen_text import cycle, regimen_text

PROGRAM = [sys.executable, "-c", "from blinplan.cli.app.program import run; run()"]
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PYTHONIOENCODING", "BLINPLAN_DEBUG"}
}


@dataclass(frozen=True, slots=True)
class Ran:
    """How the program ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as one JSON document."""
        return dict(json.loads(self.out))


Run = Callable[..., Ran]


def process(*arguments: str, given: bytes = b"", folder: Path | None = None, **environment: str) -> Ran:
    """Run the program as a process of its own."""
    ended = subprocess.run(  # noqa: S603 - our own program
        [*PROGRAM, *arguments],
        input=given,
        capture_output=True,
        cwd=folder,
        env={**PLAIN, "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error", **environment},
        timeout=60,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program inside this process, in a folder of its own; quicker, and no terminal either."""

    def run_inside(*arguments: str, **environment: str) -> Ran:
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "BLINPLAN_DEBUG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["blinplan", *arguments])
        capsys.readouterr()
        nearest.cache_clear()
        with pytest.raises(SystemExit) as ended:
            run()
        written = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0 if code is None else 1, written.out, written.err)

    monkeypatch.chdir(tmp_path)
    return run_inside


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
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return texts
