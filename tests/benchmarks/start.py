"""How long a check takes from start to end: one file beside a bare typer app, and a folder of 200 files."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from blinplan.regimen import library

RATIO = 1.5
COLD, KEPT = 60.0, 3.0
FILES = 200

_BARE = """
import typer
app = typer.Typer()
@app.command()
def one() -> None:
    print("one line")
@app.command()
def two() -> None:
    print("another")
app()
"""
_CHECK = "from blinplan.cli.app.start import program; program()"


def start() -> bool:
    """Print the times; return whether they are what they should be."""
    with tempfile.TemporaryDirectory() as folder:
        return all((_one_file(Path(folder)), _many_files(Path(folder))))


def _one_file(folder: Path) -> bool:
    (folder / "bare.py").write_text(_BARE, encoding="utf-8")
    regimen = str(library.paths()["rr-adult"])
    bare = [sys.executable, str(folder / "bare.py"), "one"]
    check = [sys.executable, "-c", _CHECK, "check", regimen, "--no-simulate"]
    times: dict[str, list[float]] = {"bare": [], "check": []}
    for _ in range(25):  # in turn, so that both meet the same machine
        times["bare"].append(_seconds(bare))
        times["check"].append(_seconds(check))
    one, other = median(times["bare"]), median(times["check"])
    print(f"bare typer app {1000 * one:.0f} ms, check of one file {1000 * other:.0f} ms", end=": ")  # noqa: T201
    print(f"{other / one:.2f} times (at most {RATIO})")  # noqa: T201
    return other / one <= RATIO


def _many_files(folder: Path) -> bool:
    regimens = folder / "regimens"
    regimens.mkdir()
    shipped = list(library.paths().values())
    for number in range(FILES):
        path = shipped[number % len(shipped)]
        interval = f"treatment_free_days = {14 + number // len(shipped)}"  # no two files order the same
        text = re.sub("treatment_free_days = 14", interval, path.read_text(encoding="utf-8"))
        (regimens / f"{number:03}.toml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    check = [sys.executable, "-c", _CHECK, "check", str(regimens), "-f", "concise", "--fail-on", "never"]
    cold, kept = (_seconds(check, environment) for _ in range(2))
    print(f"{FILES} files with simulation: {cold:.1f} s (at most {COLD:.0f}),", end=" ")  # noqa: T201
    print(f"from the cache {kept:.2f} s (at most {KEPT:.0f})")  # noqa: T201
    return cold <= COLD and kept <= KEPT


def _seconds(command: Sequence[str], environment: dict[str, str] | None = None) -> float:
    began = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own program
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    return time.perf_counter() - began
