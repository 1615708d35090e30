"""Faults of the machine: no space, a limit to the size of files, signals at any moment, closed streams, closed places.

Whatever happens, what was there is whole, nothing is left beside it, no process goes on, and the end is a status with a
sentence or the signal itself.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from blinplan.exit_status import ExitStatus
from tests.hostile.sound import OWN
from tests.hostile.writers import FILES, IN_PLACE, NEW_ONLY, OLD, STRETCHES, WRITERS, targets
from tests.program import NEVER, PLAIN, members, python

START = python("from blinplan.cli.app.start import program; program()")
_ENDED: set[int] = {ExitStatus.SUCCESS, ExitStatus.FINDINGS, ExitStatus.INCOMPLETE}


@dataclass(frozen=True, slots=True)
class Hurt:
    """What somebody did to a run, and what was wrong with how it ended."""

    writer: str
    fault: str
    what: tuple[str, ...]


QUIET = {**PLAIN, "PYTHONDONTWRITEBYTECODE": "1"}
"""A limit to the size of files would damage what Python compiles."""


def begin(arguments: tuple[str, ...], folder: Path, **how: Any) -> "subprocess.Popen[bytes]":
    """Start the program in a folder, in a group of processes of its own."""
    process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own program
        [*START, *arguments],
        cwd=folder,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        **{"env": QUIET, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how},
    )
    return process


def hurt(writer: str, fault: str, random: Random) -> Hurt:
    """Do something to a run, and look at what it leaves: of each file what was there, or all of what it writes."""
    whole = unhurt(writer).files
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(writer, folder)
        before = _contents(folder)
        what = list(FAULTS[fault](writer, folder, random))
        after = _contents(folder)
        for path, held in after.items():
            if path.name.startswith(".blinplan-"):
                what += [f"{path} is left"] if fault != "killed" else []
            elif held not in (before.get(path), whole.get(path)) and not _is_kept_for_later(path):
                if path in VARYING and path in whole and not _is_part(held, path.name):
                    continue
                what.append(f"{path} is neither what was there nor whole: {len(held)} bytes")
        what += [f"{path} is gone" for path in before.keys() - after.keys()]
        return Hurt(writer, fault, tuple(what))


@dataclass(frozen=True, slots=True)
class Unhurt:
    """What a run writes to which nothing is done, and how long it takes."""

    files: dict[Path, bytes]
    seconds: float


@cache
def unhurt(writer: str) -> Unhurt:
    """Run a writer in peace.

    Raises
    ------
    AssertionError
        When it does not write what it is to: nothing that is done to it would ask anything.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(writer, folder)
        begun = time.monotonic()
        process = begin(WRITERS[writer], folder)
        _, err = process.communicate()
        seconds, found = time.monotonic() - begun, _contents(folder)
        if process.returncode not in {ExitStatus.SUCCESS, ExitStatus.FINDINGS}:
            raise AssertionError(f"{writer}: status {process.returncode}: {err.decode()[-300:]}")
        unwritten = [target for target in targets(writer) if found.get(Path(target), OLD) in {OLD, OWN.encode()}]
        if unwritten:
            raise AssertionError(f"{writer} does not write {unwritten}")
        return Unhurt(found, seconds)


def prepare(writer: str, folder: Path) -> None:
    """Put into a folder what a run finds: its inputs, and something where its files go."""
    for file, text in FILES.items():
        (folder / file).write_text(text, encoding="utf-8")
    if writer == "a table of stretches":
        for file, data in _stretches().items():
            (folder / file).write_bytes(data)
    if writer not in NEW_ONLY | IN_PLACE.keys():
        for target in targets(writer):
            (folder / target).write_bytes(OLD)


@cache
def _stretches() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "r.toml").write_text(OWN, encoding="utf-8")
        for file, part in STRETCHES.items():
            begin(("simulate", "r.toml", "--patients", "60", "-o", file, *part), folder).communicate()
        return {file: (folder / file).read_bytes() for file in STRETCHES}


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


VARYING = frozenset(
    map(Path, ("out.pdf", "out.parquet", "out.npz", "out.json", "out.xml", "out.sarif", "out.csv.json", "out.html"))
)
"""Files that say when they were made, or hold more than one order of the same: those are asked for their ends."""
_ENDS = {".pdf": b"%%EOF", ".xml": b">", ".html": b"</html>", ".json": b"}", ".sarif": b"}", ".parquet": b"PAR1"}


def _is_kept_for_later(path: Path) -> bool:
    """Whether a file is where a sweep or a search keeps what it has finished."""
    return any(part.endswith((".cells", ".found", ".runs", ".tried")) for part in path.parts)


def _is_part(held: bytes, name: str) -> bool:
    """Whether a file was written in part only, as far as its end tells."""
    suffix = Path(name).suffix
    if suffix == ".npz":
        return b"PK\x05\x06" not in held[-64:]
    return not held.rstrip().endswith(_ENDS[suffix])


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
    import resource

    size = random.choice((0, 1, 100, 1000, 5000))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    yield from _ending(begin(WRITERS[writer], folder, preexec_fn=limit), _ENDED)


def _with_full_output(writer: str, folder: Path, _random: Random) -> Iterator[str]:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        yield from _ending(begin(WRITERS[writer], folder, stdout=full), _ENDED)


def _with_full_errors(writer: str, folder: Path, _random: Random) -> Iterator[str]:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        yield from _ending(begin(WRITERS[writer], folder, stderr=full), {ExitStatus.SUCCESS, ExitStatus.FINDINGS})


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
        # Python itself has begun by then; at the end is what is written.
        time.sleep(max(0.1, unhurt(writer).seconds * random.uniform(0.1, 1.05)))
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


def _with_a_damaged_cache(writer: str, folder: Path, random: Random) -> Iterator[str]:
    """Whatever is in the cache, what is written is the same."""
    with tempfile.TemporaryDirectory() as name:
        cache, ours = Path(name), _cache()
        if ours.is_dir():
            shutil.copytree(ours, cache / ours.name)
        else:
            begin(WRITERS[writer], folder, env={**QUIET, "XDG_CACHE_HOME": str(cache)}).communicate()
            prepare(writer, folder)
        for path in sorted(path for path in cache.rglob("*") if path.is_file()):
            if random.random() < 0.5:
                _DAMAGES[random.randrange(len(_DAMAGES))](path, random)
        process = begin(WRITERS[writer], folder, env={**QUIET, "XDG_CACHE_HOME": str(cache)})
        yield from _ending(process, {ExitStatus.SUCCESS, ExitStatus.FINDINGS})
    found = _contents(folder)
    for target in map(Path, targets(writer)):
        if target not in VARYING and found.get(target) != unhurt(writer).files[target]:
            yield f"{target} is another one"


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "blinplan"


def _cut(path: Path, random: Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: random.randrange(len(data) + 1)])


def _turn_a_bit(path: Path, random: Random) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    path.write_bytes(data)


def _fill(path: Path, random: Random) -> None:
    path.write_bytes(random.randbytes(200))


def _make_a_folder(path: Path, _random: Random) -> None:
    path.unlink()
    path.mkdir()


_DAMAGES: tuple[Callable[[Path, Random], None], ...] = (_cut, _turn_a_bit, _fill, _make_a_folder)


def _without_a_cache(writer: str, folder: Path, _random: Random) -> Iterator[str]:
    """Where the cache is to be there is nothing that can be written to."""
    process = begin(WRITERS[writer], folder, env={**QUIET, "XDG_CACHE_HOME": "/proc"})
    yield from _ending(process, {ExitStatus.SUCCESS, ExitStatus.FINDINGS})
    for target in map(Path, targets(writer)):
        if target not in VARYING and (folder / target).read_bytes() != unhurt(writer).files[target]:
            yield f"{target} is another one"


FAULTS: dict[str, Callable[[str, Path, Random], Iterator[str]]] = {
    "a limit to the size of files": _with_limit,
    "a full output": _with_full_output,
    "full errors": _with_full_errors,
    "no output": _with_closed(1),
    "no errors": _with_closed(2),
    "no streams at all": _with_closed(0, 1, 2),
    "ended": _with_signal(signal.SIGTERM, _ENDED | {-signal.SIGTERM}),
    "hung up": _with_signal(signal.SIGHUP, _ENDED | {-signal.SIGHUP}),
    "interrupted": _with_signal(signal.SIGINT, _ENDED | {ExitStatus.INTERRUPTED, -signal.SIGINT}),
    "killed": _with_signal(signal.SIGKILL, _ENDED | {-signal.SIGKILL}),
    "a closed place": _in_a_closed_place,
    "a damaged cache": _with_a_damaged_cache,
    "no cache": _without_a_cache,
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
