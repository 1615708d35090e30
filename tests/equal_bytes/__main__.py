"""Whether what the program writes has the same bytes elsewhere.

    python -m tests.equal_bytes write FOLDER          write all outputs there
    python -m tests.equal_bytes compare FOLDER...     compare folders in which they were written, as on other systems
    python -m tests.equal_bytes beside NAME [PYTHON]  run another Python beside this one, and record what differs
    python -m tests.equal_bytes table                 write table.md anew

The variables of `beside` are those of the shell, such as NPY_DISABLE_CPU_FEATURES, by which NumPy takes another
processor for granted; ran.json keeps what it found, and table.md shows it.
"""

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.equal_bytes.columns import PLAINLY, Column, outputs_with
from tests.equal_bytes.outputs import read_all, write_all
from tests.equal_bytes.ran import differing, record, told_of
from tests.equal_bytes.table import PAGE, table


def main(arguments: Sequence[str]) -> int:
    """Do what is asked for; 1 where bytes differ."""
    match arguments:
        case ["write", folder]:
            Path(folder).mkdir(parents=True, exist_ok=True)
            write_all(Path(folder), long=True)
            return 0
        case ["compare", first, *others] if others:
            return max(_compare(Path(first), Path(other)) for other in others)
        case ["beside", name, *python]:
            return _beside(name, *(python or [sys.executable]))
        case ["table"]:
            PAGE.write_text(table(), encoding="utf-8")
            return 0
    sys.stderr.write(__doc__ or "")
    return 2


def _compare(first: Path, other: Path) -> int:
    ours, theirs = read_all(first), read_all(other)
    if not ours or set(ours) != set(theirs):
        sys.stdout.write(f"{other}: not the outputs of {first}\n")
        return 1
    return _tell(str(other), differing(ours, theirs))


def _beside(name: str, python: str) -> int:

    with TemporaryDirectory() as place:
        ours = outputs_with(PLAINLY, Path(place) / "ours", long=True)
        chosen = {of: value for of, value in os.environ.items() if of.startswith(("NPY_", "OPENBLAS_"))}
        theirs = outputs_with(Column(name, "", chosen, threads=1), Path(place) / "theirs", long=True, python=python)
    found = differing(ours, theirs)
    record(
        {
            "name": name,
            "day": datetime.now(UTC).date().isoformat(),
            "here": told_of(sys.executable),
            "there": told_of(python),
            "system": platform.system(),
            "variables": chosen,
            "rows": sorted(ours),
            "differing": found,
        }
    )
    return _tell(name, found)


def _tell(name: str, found: Mapping[str, str]) -> int:
    for row, apart in found.items():
        sys.stdout.write(f"{name}: {row} differs: {apart}\n")
    sys.stdout.write(f"{name}: {len(found)} outputs differ\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
