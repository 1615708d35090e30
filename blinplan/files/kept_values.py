"""Values that were computed before, kept in the cache with a checksum; what cannot be read is computed again."""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from blinplan.files.caches import cached_bytes, make_own
from blinplan.files.json_document import json_of

T = TypeVar("T")


def keep_values(path: Path, values: Any) -> None:
    """Keep what JSON can hold, in a folder of the user's alone; what is there is whole at every moment."""
    if not make_own(path.parent):
        return
    beside = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        try:
            text = json.dumps(values)
            beside.write_text(f"{_digest(text)}\n{text}", encoding="ascii")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def kept_values(path: Path) -> Any:
    """What was kept, as it was: a file that says anything else than what was put into it is none.

    Raises
    ------
    OSError, ValueError
        When there is no such file, or a damaged one, or somebody else could have put it there.
    """
    digest, _, text = cached_bytes(path).decode("ascii").partition("\n")
    if digest != _digest(text) or not make_own(path.parent):
        raise ValueError("damaged")
    return json_of(text)


def kept_as(path: Path, made: Callable[[Any], T]) -> T | None:
    """What was kept, made into what it was; None where there is none, or a damaged one, whatever the damage."""
    try:
        return made(kept_values(path))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
