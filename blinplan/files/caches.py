"""Where what can be made again is kept: in folders that nobody but the user can write to, or nowhere.

What is kept may be machine code, which whoever writes it has run by whoever reads it.
"""

import os
from pathlib import Path
from stat import S_IMODE, S_IRWXU, S_ISREG, S_ISVTX, S_IWGRP, S_IWOTH

_LIMIT_BYTES = 256 * 1024 * 1024
"""The most that a file of a cache holds: machine code has some megabytes."""


def cache_folder(name: str) -> Path:
    """The folder for one kind of what can be made again, where the platform keeps such things.

    A user without a home, as in a container, has none: then it is where no folder can be made.
    """
    import platformdirs

    try:
        folder = Path(platformdirs.user_cache_dir("blinplan"))
    except RuntimeError:
        folder = _NOWHERE
    return (folder if folder.is_absolute() else _NOWHERE) / name


_NOWHERE = Path(os.path.abspath(os.devnull))  # noqa: PTH100 - a device has no folders in it


def make_own(folder: Path) -> bool:
    """Make a folder of the cache, and see that nobody else can write to it; whether it is so.

    A folder of the user's that others could write to is closed to them. Where somebody else could put another folder in
    its place, it is not used.
    """
    try:
        _make(folder)
        if not hasattr(os, "getuid"):  # Windows keeps the profile of a user to that user
            return True
        found = folder.stat()
        if found.st_uid != os.getuid():
            return False
        if found.st_mode & (S_IWGRP | S_IWOTH):
            folder.chmod(0o700)
        return not any(map(_can_be_replaced_in, folder.resolve().parents))
    except OSError:
        return False


_MODE = 0o755


def _make(folder: Path) -> None:
    """Make a folder, and those that it is in: this user can use them, and nobody else write to them.

    So it is whatever mask the process has: what is made stays, and is used under another mask.
    """
    if folder.is_dir():
        return
    _make(folder.parent)
    try:
        folder.mkdir(_MODE)
    except FileExistsError:  # another process was quicker
        if not folder.is_dir():
            raise
    else:
        folder.chmod(S_IMODE(folder.stat().st_mode) | S_IRWXU)


def _can_be_replaced_in(folder: Path) -> bool:
    """Whether somebody else may rename what is in a folder."""
    found = folder.stat()
    if found.st_uid not in (0, os.getuid()):
        return True
    return bool(found.st_mode & S_IWOTH) and not found.st_mode & S_ISVTX


def cached_bytes(path: Path) -> bytes:
    """Read a file of a cache: what is no file, such as a pipe or a device without an end, is damaged.

    Raises
    ------
    OSError
        When it cannot be read, or is none that was put there.
    """
    found = path.stat()
    if not S_ISREG(found.st_mode) or found.st_size > _LIMIT_BYTES:
        raise OSError(f"{path} is no file of a cache")
    return path.read_bytes()
