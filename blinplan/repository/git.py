"""Ask git about a working tree."""

import os
import subprocess
from pathlib import Path

_NOT_OURS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
"""Variables by which git, where it runs a hook, says which repository it is in; ours is that of the files."""
_STAYS_HERE = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
"""Git fetches what a clone in part lacks from wherever the repository names, by a program that it names too."""


def run_git(top: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in a working tree, with its own repository, without a network, and whatever it says in English.

    Raises
    ------
    FileNotFoundError
        When git is not there.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    return subprocess.run(  # noqa: S603 - no shell, and a revision is no option
        ["git", "-C", str(top), *arguments],  # noqa: S607 - the user's git
        input=given,
        capture_output=True,
        check=False,
        env={**environment, **_STAYS_HERE},
    )


def tracked_files(top: Path, pattern: str) -> frozenset[Path]:
    """The files of a working tree that git tracks, of those that a pattern means; none where git cannot tell."""
    try:
        listed = run_git(top, "ls-files", "-z", "--cached", "--", pattern)
    except FileNotFoundError:
        return frozenset()
    return frozenset(top / os.fsdecode(path) for path in listed.stdout.split(b"\0") if path)
