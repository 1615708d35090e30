"""Where the machine code of the compiled engine is kept; without numba, so that nobody waits for it to find out."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from blinplan.fingerprint import fingerprint


def cache_folder() -> Path:
    """The folder for the machine code of the present sources; without it, the next use compiles."""
    return Path(platformdirs.user_cache_dir("blinplan")) / "compiled" / fingerprint("physiology")[:16]


def is_kept() -> bool:
    """Whether the machine code of the present sources is there already."""
    return any(cache_folder().rglob("*.nbc"))
