"""Where the machine code of the compiled engine is kept; without numba, so that nobody waits for it to find out.

It is run as it is found. So it is taken from a folder of the user's alone, and only where it is what was put there: a
seal beside it has the digest of every file.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from functools import cache
from hashlib import sha256
from time import time
from typing import TYPE_CHECKING

from blinplan.files import caches
from blinplan.files.writing import replace_file
from blinplan.fingerprint import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

ALIKE, SETS = "_advance_alike", "_advance_sets"
"""What is compiled, each by itself: for patients who share what all may share, and for those of several sets."""
_SEAL = "seal.json"
_DAY = 24.0 * 60.0 * 60.0
_UNUSED = 30.0 * _DAY
"""Seconds after which machine code of other sources that nobody has used is removed."""


def cache_folder() -> Path:
    """The folder for the machine code of the present sources; without it, the next use compiles."""
    return caches.cache_folder("compiled") / _sources()


@cache  # what is compiled is what was imported, and what the files say later is another's
def _sources() -> str:
    return fingerprint("physiology")[:16]


def is_kept(compiled: str = ALIKE) -> bool:
    """Whether one machine code of the present sources is there already, and all that is there is whole."""
    folder = cache_folder()
    if not os.path.isdir(folder) or not caches.make_own(folder):  # noqa: PTH112 - says no of what nobody may look into
        return False
    digests = _digests(folder)
    is_there = any(name.endswith(".nbc") and f"{compiled}-" in name for name in digests)
    is_whole = is_there and digests == _seal_of(folder)
    if is_whole:
        _note_use(folder)
    return is_whole


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
            _remove_unused(folder)


def _note_use(folder: Path) -> None:
    """Let the date of the seal be that of the last use, to a day."""
    with suppress(OSError):
        if time() - (folder / _SEAL).stat().st_mtime > _DAY:
            os.utime(folder / _SEAL)


def _remove_unused(folder: Path) -> None:
    """Remove machine code of other sources, beside a folder, that has not been used for long."""
    for other in folder.parent.iterdir():
        is_ours = re.fullmatch("[0-9a-f]{16}", other.name) and not other.is_symlink() and other.is_dir()
        if is_ours and other != folder and _last_use(other) < time() - _UNUSED:
            _remove(other)


def _last_use(folder: Path) -> float:
    return max(path.lstat().st_mtime for path in (folder, *folder.rglob("*")))


def _remove(folder: Path) -> None:
    """Remove what numba and we have put into a folder, and the folder where nothing else is in it."""
    for path in sorted((folder, *folder.rglob("*")), reverse=True):  # what is in a folder before the folder
        with suppress(OSError):  # of a folder: something else is in it
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            elif path.name == _SEAL or path.suffix in {".nbi", ".nbc"}:
                path.unlink()


def _digests(folder: Path) -> dict[str, str]:
    """The digest of every file that numba has put into a folder."""
    found: dict[str, str] = {}
    with suppress(OSError):
        for path in sorted(folder.rglob("*.nb?")):
            found[path.relative_to(folder).as_posix()] = _digest(path)
    return found


def _digest(path: Path) -> str:
    """The digest of a file; of what is none, one that no file has."""
    try:
        return sha256(caches.cached_bytes(path)).hexdigest()
    except OSError:
        return ""


def _seal_of(folder: Path) -> dict[str, str]:
    try:
        found = json.loads(caches.cached_bytes(folder / _SEAL))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
