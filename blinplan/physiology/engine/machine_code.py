"""Where the machine code of the compiled engine is kept; without numba, so that nobody waits for it to find out.

It is run as it is found. So it is taken from a folder of the user's alone, and only where it is what was put there: a
seal beside it has the digest of every file.
"""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from blinplan.files import caches
from blinplan.files.writing import replace_file
from blinplan.fingerprint import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

_SEAL = "seal.json"


def cache_folder() -> Path:
    """The folder for the machine code of the present sources; without it, the next use compiles."""
    return caches.cache_folder("compiled") / fingerprint("physiology")[:16]


def is_kept() -> bool:
    """Whether the machine code of the present sources is there already, and whole."""
    folder = cache_folder()
    if not folder.is_dir() or not caches.make_own(folder):
        return False
    digests = _digests(folder)
    return any(name.endswith(".nbc") for name in digests) and digests == _seal_of(folder)


def folder_to_use() -> Path | None:
    """The folder, with nothing in it but what was put there; None where somebody else could have put it there."""
    folder = cache_folder()
    if not caches.make_own(folder):
        return None
    sealed = _seal_of(folder)
    damaged = [name for name, digest in _digests(folder).items() if sealed.get(name) != digest]
    with suppress(OSError):
        # An index that leads to what is not there any more is damaged, too.
        for name in (*damaged, *_digests(folder)) if damaged else ():
            (folder / name).unlink(missing_ok=True)
    return None if damaged and _digests(folder) else folder


def seal() -> None:
    """Write down what the folder holds now, after numba has put it there; where it cannot be, the next use compiles."""
    folder = cache_folder()
    digests = _digests(folder)
    if digests and digests != _seal_of(folder):
        with suppress(Exception):
            replace_file(folder / _SEAL, json.dumps(digests))


def _digests(folder: Path) -> dict[str, str]:
    """The digest of every file that numba has put into a folder."""
    found: dict[str, str] = {}
    with suppress(OSError):
        for path in sorted(folder.rglob("*.nb?")):
            found[path.relative_to(folder).as_posix()] = sha256(path.read_bytes()).hexdigest()
    return found


def _seal_of(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / _SEAL).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
