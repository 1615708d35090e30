"""Faults of the machine: no space, a limit to the size of files, signals at any moment, closed streams, closed places.

Whatever happens, what was there is whole, nothing is left beside it, no process goes on, and the end is a status with a
sentence or the signal itself.
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from blinplan.exit_status import ExitStatus
from tests.plan_text import DATED, RECORD, WARD
from tests.program import NEVER, PLAIN, members, python
from tests.regimen_text import cycle, regimen_text

START = python("from blinplan.cli.app.start import program; program()")
SOUND = regimen_text(cycle("9 mcg/day for 7 days", "28 mcg/d for 21 days"))
FILES = {"r.toml": SOUND, "record.toml": RECORD.replace("rr-adult", "probe"), "ward.toml": WARD}
OLD = b"what was there before\n"
PATIENTS = ("--patients", "300", "--cycles", "1")
WRITERS: dict[str, tuple[str, ...]] = {
    "a plan": (*DATED, "-o", "out.html"),
    "a calendar": (*DATED, "-f", "ics", "--plan-id", "a", "-o", "out.ics"),
    "a report of findings": (
        "check",
        "r.toml",
        "--no-simulate",
        "--report",
        "json=out.json",
        "--report",
        "sarif=out.sarif",
    ),
    "a baseline": ("check", "r.toml", "--no-simulate", "--write-baseline", "new.json"),
    "a table": ("simulate", "nhl-5", *PATIENTS, "-o", "out.csv"),
    "curves": ("simulate", "nhl-5", *PATIENTS, "--every", "12h", "-o", "out.csv"),
    "parquet": ("simulate", "nhl-5", *PATIENTS, "--every", "12h", "-o", "out.parquet"),
    "a stretch": ("simulate", "nhl-5", *PATIENTS, "-o", "out.npz"),
    "a figure": ("simulate", "nhl-5", *PATIENTS, "--figure", "out.svg"),
    "a comparison": ("compare", "nhl-5", "nhl-15", *PATIENTS, "-o", "out.csv"),
    "a sweep": ("sweep", "nhl-5", "--vary", "dose=5,15,60", *PATIENTS, "-o", "out.csv"),
    "a page": ("report", "nhl-5", "--patients", "60", "-o", "out.html"),
    "a model": ("model", "--nonmem", "out.ctl"),
    "a scaffold": ("new", "mine", "-o", "out.toml", "--force"),
    "what was put right": ("check", "r.toml", "--no-simulate", "--fix"),
}
"""Commands that write, by what they write."""
_ENDED: set[int] = {ExitStatus.SUCCESS, ExitStatus.FINDINGS, ExitStatus.INCOMPLETE}


@dataclass(frozen=True, slots=True)
class Hurt:
    """What somebody did to a run, and what was wrong with how it ended."""

    writer: str
    fault: str
    what: tuple[str, ...]


Begin = Callable[[tuple[str, ...], Path], "subprocess.Popen[bytes]"]


def begin(arguments: tuple[str, ...], folder: Path, **how: Any) -> "subprocess.Popen[bytes]":
    """Start the program in a folder, in a group of processes of its own."""
    process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own program
        [*START, *arguments],
        cwd=folder,
        # A limit to the size of files would damage what Python compiles.
        env={**PLAIN, "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how},
    )
    return process


def hurt(writer: str, fault: str, random: Random) -> Hurt:
    """Do something to a run, and look at what it leaves."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in FILES.items():
            (folder / file).write_text(text, encoding="utf-8")
        targets = [path.partition("=")[2] or path for path in WRITERS[writer] if path.rpartition("=")[2][:4] == "out."]
        for target in targets:
            (folder / target).write_bytes(OLD)
        what = list(FAULTS[fault](writer, folder, random))
        for file, text in FILES.items():
            if writer != "what was put right" and (folder / file).read_text(encoding="utf-8") != text:
                what.append(f"{file} was changed")
        for target in targets:
            held = (folder / target).read_bytes()
            if held != OLD and _is_part(held, target):
                what.append(f"{target} is not whole: {len(held)} bytes")
        if fault != "killed":
            left = [path.name for path in folder.iterdir() if path.name.startswith(".blinplan-")]
            what += [f"{name} is left" for name in left]
        return Hurt(writer, fault, tuple(what))


def _is_part(held: bytes, name: str) -> bool:
    """Whether a file was written in part only, as far as its end tells."""
    ends = {".json": b"}\n", ".sarif": b"}\n", ".html": b"</html>\n", ".ics": b"END:VCALENDAR\r\n", ".svg": b"</svg>\n"}
    suffix = Path(name).suffix
    if suffix == ".parquet":
        return not (held.startswith(b"PAR1") and held.endswith(b"PAR1"))
    if suffix == ".npz":
        return b"PK\x05\x06" not in held[-64:]
    return not held.endswith(ends.get(suffix, b"\n"))


def _ending(process: "subprocess.Popen[bytes]", allowed: set[int]) -> Iterator[str]:
    """What is wrong with how a process ends, and with what goes on after it."""
    try:
        out, err = process.communicate(timeout=NEVER)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        yield "it does not end"
        return
    if process.returncode not in allowed:
        yield f"status {process.returncode}: {err.decode('utf-8', 'replace')[-200:]}"
    if b"Traceback" in (out or b"") + (err or b""):
        yield f"a traceback: {(err or b'').decode('utf-8', 'replace')[-300:]}"
    if _goes_on(process.pid):
        os.killpg(process.pid, signal.SIGKILL)
        yield "a process goes on"


def _goes_on(group: int) -> bool:
    """Whether any process of a group is there for ever: one that ends may take its time on a busy machine."""
    for _ in range(20 * NEVER):
        if not members(group):
            return False
        time.sleep(0.05)
    return True


def _with_limit(writer: str, folder: Path, random: Random) -> Iterator[str]:
    size = random.choice((0, 1, 100, 1000, 5000))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    yield from _ending(begin(WRITERS[writer], folder, preexec_fn=limit), _ENDED)


def _with_full_output(writer: str, folder: Path, _random: Random) -> Iterator[str]:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        yield from _ending(begin(WRITERS[writer], folder, stdout=full), _ENDED)


def _with_closed(*streams: int) -> Callable[[str, Path, Random], Iterator[str]]:
    def close(writer: str, folder: Path, _random: Random) -> Iterator[str]:
        def shut() -> None:
            for stream in streams:
                os.close(stream)

        yield from _ending(begin(WRITERS[writer], folder, preexec_fn=shut), _ENDED | {141})

    return close


def _with_signal(number: signal.Signals, allowed: set[int]) -> Callable[[str, Path, Random], Iterator[str]]:
    def send(writer: str, folder: Path, random: Random) -> Iterator[str]:
        process = begin(WRITERS[writer], folder)
        time.sleep(0.1 + random.random() ** 2 * 3)  # Python itself has begun by then
        if number is signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        yield from _ending(process, allowed)

    return send


def _in_a_closed_place(writer: str, folder: Path, _random: Random) -> Iterator[str]:
    """Where nobody makes a file, not even root."""
    elsewhere = tuple(argument.replace("out.", "/proc/out.") for argument in WRITERS[writer])
    yield from _ending(begin(elsewhere, folder), _ENDED)


FAULTS: dict[str, Callable[[str, Path, Random], Iterator[str]]] = {
    "a limit to the size of files": _with_limit,
    "a full output": _with_full_output,
    "no output": _with_closed(1),
    "no errors": _with_closed(2),
    "no streams at all": _with_closed(0, 1, 2),
    "ended": _with_signal(signal.SIGTERM, _ENDED | {-signal.SIGTERM}),
    "interrupted": _with_signal(signal.SIGINT, _ENDED | {ExitStatus.INTERRUPTED, -signal.SIGINT}),
    "killed": _with_signal(signal.SIGKILL, _ENDED | {-signal.SIGKILL}),
    "a closed place": _in_a_closed_place,
}
"""What is done to a run."""


def faults(count: int, first: int = 0) -> Iterator[Hurt]:
    """Try so many faults, each made again from its number; yield those that hurt."""
    pairs = [(writer, fault) for writer in WRITERS for fault in FAULTS]
    for number in range(first, first + count):
        writer, fault = pairs[number % len(pairs)]
        found = hurt(writer, fault, Random(number))  # noqa: S311 - no secret
        if found.what:
            yield found


def main(arguments: list[str]) -> int:
    """Try so many faults, from a number on, and print what hurt."""
    count, first = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0
    hurts = 0
    for found in faults(count, first):
        hurts += 1
        print(found.writer, found.fault, *found.what, sep=" | ", flush=True)  # noqa: T201
    print(f"{count:,} faults: {hurts} hurt")  # noqa: T201
    return 1 if hurts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
