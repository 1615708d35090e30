"""What varies, a column each, and the process in which all outputs are written with it."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.equal_bytes.outputs import read_all
from tests.program import PLAIN, ROOT

WITHOUT_ENCODING = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "cp1252"}
NOWHERE = os.devnull + "/none"


class Column(NamedTuple):
    """One thing that varies.

    Attributes
    ----------
    name, says
        What varies, and how.
    environment, threads, copies, folder
        With what the outputs are written anew: variables, threads, whether the process may be copied, and where.
    """

    name: str
    says: str
    environment: Mapping[str, str] = {}
    threads: int | None = None
    copies: int | None = None
    folder: str = "here"


PLAINLY = Column("plain", "one thread, a cache of its own, UTC", {"PYTHONHASHSEED": "0", "TZ": "UTC"}, threads=1)
COLUMNS = (
    Column("threads", "one, and three", threads=3),
    Column("processes", "none beside it, as on Windows and macOS, and three copies of it", copies=3),
    Column("cache", "kept from before, and none that can be written", {"XDG_CACHE_HOME": NOWHERE}),
    Column("locale", "UTF-8, and C with a pipe of cp1252, as on Windows", WITHOUT_ENCODING),
    Column("zone", "UTC, and Pacific/Apia", {"TZ": "Pacific/Apia"}),
    Column("hash seed", "0, and 4321", {"PYTHONHASHSEED": "4321"}),
    Column("terminal", "no width, and 60 columns in colour", {"COLUMNS": "60", "FORCE_COLOR": "1", "TERM": "dumb"}),
    Column("folder", "a plain one, and one with spaces and other letters", folder="Ünter dem Dach/a b"),
)
TOGETHER = Column(
    "together",
    "all at once",
    {name: value for column in COLUMNS for name, value in column.environment.items()},
    threads=3,
    copies=3,
    folder="Ünter dem Dach/a b",
)


def outputs_with(
    column: Column, folder: Path, *, long: bool = False, python: str = sys.executable
) -> Mapping[str, bytes]:
    """Write all outputs in a process with what a column says, and read them."""
    place = folder / column.folder
    place.mkdir(parents=True)
    ended = subprocess.run(  # noqa: S603 - ours
        [python, "-P", "-c", _script(column, long=long)],
        capture_output=True,
        cwd=place,
        env={**PLAIN, "XDG_CACHE_HOME": str(folder / "cache"), **PLAINLY.environment, **column.environment},
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode(errors="replace")
    return read_all(place)


OFFLINE = """
import sys

def offline(event, _):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")):
        raise SystemError(f"{event}: nothing is asked of a network")

sys.addaudithook(offline)
"""
AS_ON_WINDOWS = """
import os, signal

NOT_THERE = (os, "fork geteuid chown fchown mkfifo setsid killpg"), (signal, "SIGKILL SIGPIPE SIGHUP")
for module, names in NOT_THERE:
    for name in names.split():
        delattr(module, name) if hasattr(module, name) else None
for name in ("fcntl", "grp", "pty", "pwd", "readline", "resource", "termios"):
    sys.modules[name] = None
"""
"""What there is not, before anything is imported that could ask for it."""


def _script(column: Column, *, long: bool) -> str:
    lines: Sequence[str] = (
        OFFLINE,
        AS_ON_WINDOWS if column.copies is None else "",
        f"sys.path.insert(0, {str(ROOT)!r})",
        "from pathlib import Path",
        "from blinplan.executors import executor",
        f"executor._can_be_copied = lambda: {column.copies is not None}",
        f"executor.workers = lambda: {column.copies or 1}",
        "from tests.equal_bytes.outputs import write_all",
        f"write_all(Path(), long={long}, threads={column.threads})",
    )
    return "\n".join(lines)
