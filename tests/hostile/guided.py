"""Search for inputs that reach new lines of a reader, with atheris, and keep a small set of them.

Usage: python -m tests.hostile.guided TARGET --seconds N [--keep]

What is kept lies in `corpus/guided`, a file a target; the search begins with it, and the tests try all of it. With
--keep what the search has found is made as small as reaches the same, and kept in its place. atheris is in the
dependency group `fuzz`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from functools import cache, reduce
from pathlib import Path
from random import Random

KEPT = Path(__file__).with_name("corpus") / "guided"
"""What reached something new once, by target."""
NAMES = (
    *("regimen", "record", "site", "people", "configuration", "baseline", "ledger", "calendar"),
    *("journal", "stretch", "table", "description", "cache", "ignored", "arguments"),
)
_LONGEST = 16_000
_LARGEST_KEPT = 4_000
_SECONDS = 5.0
"""The longest that one input takes in processor time, several times of which the instruments take."""


def kept(name: str) -> list[bytes]:
    """The inputs of a target that reach all that was ever reached."""
    path = KEPT / f"{name}.json"
    texts = json.loads(path.read_text(encoding="ascii")) if path.exists() else []
    return [_of_now(text).encode("latin-1") for text in texts]


def _of_now(text: str) -> str:
    """What is kept, said to be of this program: what is of another one is refused before it is read."""
    return reduce(lambda said, of: said.replace(of[1], of[0]), _program(), text)


def _of_any(text: str) -> str:
    return reduce(lambda said, of: said.replace(*of), _program(), text)


@cache
def _program() -> tuple[tuple[str, str], ...]:
    """What files say of the program that has written them, and what stands for it in what is kept."""
    from blinplan.reports.shared.manifest import manifest

    of = manifest()
    numbered = [(f'"model_version":{gap}{of["model_version"]}', f'"model_version":{gap}@') for gap in ("", " ")]
    return (*((f'"{of[key]}"', f'"@{key}@"') for key in ("blinplan", "python", "model")), *numbered)


def _write(folder: Path, inputs: Iterator[bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(inputs):
        (folder / f"seed-{number:04}").write_bytes(data)
    return folder


def _inside(name: str, arguments: list[str]) -> None:
    """Search, in a process of its own: it ends when the search does."""
    import atheris

    # Not only what is imported now: much is imported where it is needed.
    atheris.instrument_imports(include=["blinplan"]).__enter__()
    from tests.hostile.inputs import changed
    from tests.hostile.readers.targets import TARGETS

    target, told = TARGETS[name], set[str]()
    for data in target.seeds():  # what a reader makes once is no time of an input
        target.reads(data)

    def look(data: bytes) -> None:
        begun = time.process_time()
        try:
            target(data)
            if (took := time.process_time() - begun) > _SECONDS:
                raise TimeoutError(f"{took:.0f} s")  # noqa: TRY301 - told as all others are
        except Exception as error:  # the search goes on: there may be more
            where = traceback.extract_tb(error.__traceback__)[-1]
            key = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
            if key not in told:
                told.add(key)
                path = Path(arguments[0]).parent / f"found-{len(told)}"
                path.write_bytes(data)
                print(f"FOUND {name}: {key}: {str(error)[:300]}: {path}", file=sys.stderr, flush=True)  # noqa: T201

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        if seed % 2:
            return bytes(atheris.Mutate(data, size))
        text = changed(data.decode("utf-8", "surrogateescape"), Random(seed))  # noqa: S311 - no secret
        return text.encode("utf-8", "surrogatepass" if "\ud800" in text else "surrogateescape")[:size]

    atheris.Setup([str(_launcher(name, Path(arguments[0]).parent)), *arguments], look, custom_mutator=mutate)
    atheris.Fuzz()


def _launcher(name: str, folder: Path) -> Path:
    """A program that begins a search: what makes a set smaller begins itself again after an input that ends it."""
    path = folder / "begin"
    path.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -m tests.hostile.guided {name} --inside "$@"\n', encoding="utf-8"
    )
    path.chmod(0o700)
    return path


def _search(name: str, *arguments: str) -> int:
    command = [sys.executable, "-m", "tests.hostile.guided", name, "--inside", *arguments]
    return subprocess.run(command, check=False, env={**os.environ, "PYTHONHASHSEED": "0"}).returncode  # noqa: S603 - ours


def _keep(name: str, folder: Path, work: Path) -> None:
    """Keep a few short inputs that reach all that those of a folder do."""
    small = folder / "small"
    small.mkdir()
    # By lines alone: how often one runs tells a search where to go on, and a test no more than that it runs.
    by_lines = ("-set_cover_merge=1", "-use_counters=0", f"-max_len={_LARGEST_KEPT}")
    _search(name, str(small), str(work), *by_lines)
    found = sorted({path.read_bytes() for path in small.iterdir()}, key=lambda data: (len(data), data))
    if not found:
        sys.exit(f"{name}: nothing was found to keep, and what was kept stays")
    KEPT.mkdir(parents=True, exist_ok=True)
    texts = [_of_any(data.decode("latin-1")) for data in found]
    (KEPT / f"{name}.json").write_text(json.dumps(texts, indent=0) + "\n", encoding="ascii")
    print(f"{name}: {len(found)} inputs are kept, {sum(map(len, found)):,} bytes")  # noqa: T201


def main(arguments: list[str]) -> int:
    """Search for some seconds; print what was wrong."""
    if "--inside" in arguments:
        at = arguments.index("--inside")
        _inside(arguments[0], arguments[at + 1 :])
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.guided", description=__doc__)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(arguments)
    from tests.hostile.readers.shortest import shortest
    from tests.hostile.readers.targets import TARGETS

    folder = Path(tempfile.mkdtemp(prefix=f"guided-{asked.target}-"))
    target = TARGETS[asked.target]
    sound = (shortest(data, target.reads) for data in target.seeds())
    work = _write(folder / "work", (data for data in (*kept(asked.target), *sound) if len(data) <= _LONGEST))
    limits = (f"-max_total_time={asked.seconds}", f"-max_len={_LONGEST}", "-timeout=60", "-rss_limit_mb=4096")
    ended = _search(asked.target, str(work), *limits, "-print_final_stats=1", f"-artifact_prefix={folder}/")
    if asked.keep:
        _keep(asked.target, folder, work)
    found = sorted(folder.glob("found-*"))
    print(f"{asked.target}: {len(found)} found, in {folder}")  # noqa: T201
    return 1 if found or ended else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
