"""Which tests hold what: of all that are collected, by the marker `holds`."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.program import PLAIN, ROOT

Held = Mapping[str, tuple[str, ...]]
"""By name: the tests, as `folder/test_file.py::test_name`."""

COLLECTED = pytest.StashKey[Held]()
_MARKED = re.compile(r"mark\.holds\(|\btried\(")
_TELL = "import json, sys; from tests.promises import held; sys.exit(held.tell(sys.argv[1:]))"


def held_by(items: Iterable[pytest.Item]) -> Held:
    """What the tests hold that were collected."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for item in items:
        for marker in item.iter_markers("holds"):
            for name in marker.args:
                found[name][_name_of(item)] = None
    return {name: tuple(tests) for name, tests in found.items()}


def _name_of(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0].removeprefix("tests/")


@cache
def marking() -> tuple[Path, ...]:
    """The test files in which something is marked."""
    files = sorted((ROOT / "tests").rglob("*.py"))
    return tuple(path for path in files if path.name.startswith("test_") and _MARKED.search(_text(path)))


def held(session: pytest.Session | None = None) -> Held:
    """What all tests hold, as they were collected here, or else in a process of their own."""
    collected = session.config.stash.get(COLLECTED, {}) if session is not None else {}
    files = {test.partition("::")[0] for tests in collected.values() for test in tests}
    if files >= {path.relative_to(ROOT / "tests").as_posix() for path in marking()}:
        return collected
    return _collected_elsewhere()


@cache
def _collected_elsewhere() -> Held:
    ended = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", _TELL, *map(str, marking())],
        cwd=ROOT,
        env={**PLAIN, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    return {name: tuple(tests) for name, tests in json.loads(ended.stdout.splitlines()[-1]).items()}


class _Noting:
    """Notes what was collected."""

    def __init__(self) -> None:
        self.held: Held = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.held = session.config.stash[COLLECTED]


def tell(files: list[str]) -> int:
    """Collect some files, and print what their tests hold as a last line of JSON."""
    noting = _Noting()
    status = pytest.main(["--collect-only", "--quiet", "-p", "no:xdist", "-p", "no:cacheprovider", *files], [noting])
    sys.stdout.write("\n" + json.dumps(noting.held) + "\n")
    return int(status)


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def is_there(test: str) -> bool:
    """Whether there is a test of that name."""
    file, _, name = test.partition("::")
    path = ROOT / "tests" / file
    return path.is_file() and re.search(rf"^def {re.escape(name)}\(", _text(path), re.MULTILINE) is not None
