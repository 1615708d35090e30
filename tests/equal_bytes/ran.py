"""What was run elsewhere: other Pythons, other NumPys and SciPys, other processors, each with what differed."""

import json
import math
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.equal_bytes.outputs import ROWS

RECORD = Path(__file__).with_name("ran.json")
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WHO = """
import json, platform, sys
from importlib.metadata import version
versions = {of: version(of) for of in ("numpy", "scipy", "SALib", "typer", "rich", "icalendar")}
print(json.dumps({"Python": platform.python_version(), **versions}))
"""


def told_of(python: str) -> Mapping[str, str]:
    """The versions of a Python and of what it has."""
    ended = subprocess.run([python, "-c", _WHO], capture_output=True, check=True)  # noqa: S603 - whoever calls names it
    return {str(of): str(version) for of, version in json.loads(ended.stdout).items()}


def differing(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> Mapping[str, str]:
    """The rows that differ, each with the greatest relative difference of its numbers, or that words differ."""
    return {row: _apart(ours[row], theirs[row]) for row in ours if ours[row] != theirs[row]}


def _apart(ours: bytes, theirs: bytes) -> str:
    if _NUMBER.sub(b"0", ours) != _NUMBER.sub(b"0", theirs):
        return "in more than numbers"
    return f"{max(_differences(ours, theirs)):.1e}"


def _differences(ours: bytes, theirs: bytes) -> Iterator[float]:
    for one, other in zip(_NUMBER.findall(ours), _NUMBER.findall(theirs), strict=True):
        first, second = float(one), float(other)
        yield abs(first - second) / max(abs(first), abs(second), math.ulp(0.0))


def recorded() -> list[dict[str, Any]]:
    """What was run, each with the day, the versions and the rows."""
    return list(json.loads(RECORD.read_text(encoding="utf-8"))) if RECORD.exists() else []


def record(entry: Mapping[str, Any]) -> None:
    """Add what was run, in the place of what was run of that name before."""
    kept = [other for other in recorded() if other["name"] != entry["name"]]
    entries = sorted([*kept, dict(entry)], key=lambda one: str(one["name"]))
    RECORD.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def rows_of(entry: Mapping[str, Any]) -> Mapping[str, str]:
    """What an entry says of each row: nothing of one that came later."""
    return {row: entry["differing"].get(row, "equal") for row in ROWS if row in entry["rows"]}
