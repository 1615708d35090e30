"""Test files shared between processes.

On a fresh clone compiling them, with their assertions, takes longer than the rest of the collection, and each worker of
pytest-xdist collects all. So each begins with files of its own, and finds the others compiled. Processes that share the
files by ``--share`` collect their own only.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.program import ROOT


def import_share(worker: Mapping[str, Any], arguments: Sequence[str]) -> None:
    """Import what this worker begins with; whatever cannot be imported is told when it is collected."""
    for path in share(worker, list(files_in(arguments))):
        with suppress(Exception, pytest.skip.Exception):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def share(worker: Mapping[str, Any], files: Sequence[Path]) -> Sequence[Path]:
    """The files that a worker begins with, by its number and that of all workers."""
    number, of = int(str(worker["workerid"]).removeprefix("gw")), int(worker["workercount"])
    return files[number * len(files) // of : (number + 1) * len(files) // of]


def is_of_another(path: Path, told: str) -> bool:
    """Whether a test file is of another share than the one told, such as 1/2: they are dealt from the largest on."""
    number, of = map(int, told.split("/"))
    return path in _places() and _places()[path] % of != number - 1


@cache
def _places() -> dict[Path, int]:
    files = sorted(files_in(["tests"]), key=lambda path: path.stat().st_size, reverse=True)
    return {path: place for place, path in enumerate(files)}


def files_in(arguments: Sequence[str]) -> Iterator[Path]:
    """The test files of the folders that pytest is given."""
    for argument in arguments:
        yield from sorted((ROOT / argument.partition("::")[0]).rglob("test_*.py"))
