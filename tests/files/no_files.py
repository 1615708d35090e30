"""What may lie where a file is looked for and is none: it never ends, never answers, or has nothing to be read."""

import os
from pathlib import Path

NO_FILES = ("a pipe", "a device", "a folder")


def put_no_file(kind: str, path: Path) -> None:
    """Put what is no file to a path, in the place of what is there."""
    path.unlink(missing_ok=True)
    match kind:
        case "a pipe":
            os.mkfifo(path)
        case "a device":
            path.symlink_to("/dev/zero")
        case _:
            path.mkdir()
