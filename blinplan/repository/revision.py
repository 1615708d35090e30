"""What a git repository held at a revision: its files, and what they said."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from blinplan.refusal import ArgumentRefusal
from blinplan.repository.git import run_git

FORK = "..."
"""What stands behind a revision where the commit is meant at which what is checked out forked from it; as in git."""


class Commit(NamedTuple):
    """A commit of a repository, which is known by the folder of its working tree."""

    top: Path
    name: str

    def files(self) -> "dict[str, str]":
        """The paths of its files, from the top, and the names of what they hold."""
        listed = _git(self.top, "ls-tree", "-r", "-z", "--full-tree", self.name).split(b"\0")
        entries = (line.partition(b"\t") for line in listed if line)
        return {os.fsdecode(path): head.split()[2].decode() for head, _, path in entries if head.split()[1] == b"blob"}

    def texts(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """What files held, by the names that `files` gives.

        Raises
        ------
        ArgumentRefusal
            When the repository has not all of it.
        """
        wanted = list(dict.fromkeys(names))
        written = _git(self.top, "cat-file", "--batch", given="".join(f"{name}\n" for name in wanted).encode())
        found = {}
        for name in wanted:
            head, _, written = written.partition(b"\n")
            if head.endswith(b" missing"):
                raise _lacking(self.top)
            size = int(head.split()[2])
            found[name], written = written[:size], written[size + 1 :]
        return found


def commit_named(top: Path, revision: str) -> Commit | None:
    """The commit that a revision names; with three dots behind it, where what is checked out forked from it.

    None where it names none.

    Raises
    ------
    ArgumentRefusal
        When git is not there, or cannot read the repository.
    """
    name = revision.removesuffix(FORK)
    known = _succeeds(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if known is not None and name != revision:
        known = _succeeds(top, "merge-base", known, "HEAD")
    return None if known is None else Commit(top, known.split("\n")[0])


def is_shallow(top: Path) -> bool:
    """Whether a repository has not all of its history."""
    return _succeeds(top, "rev-parse", "--is-shallow-repository") == "true"


def forking_point(top: Path, revision: str) -> Commit:
    """The commit at which what is checked out and a revision were last the same.

    Raises
    ------
    ArgumentRefusal
        When there is none, or git cannot tell.
    """
    known = _succeeds(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if known is None:
        raise _refusal(top, "there is no revision {revision}", revision)
    base = _succeeds(top, "merge-base", known, "HEAD")
    if base is None:
        raise _refusal(top, "{revision} and what is checked out have no commit in common", revision)
    return Commit(top, base.split("\n")[0])


def _refusal(top: Path, message: str, revision: str) -> ArgumentRefusal:
    if is_shallow(top):
        return ArgumentRefusal(
            f"{{since}}: {message} in {{top}}, a shallow clone",
            "fetch the history first: `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` for GitLab, else"
            " `git fetch --unshallow`",
            revision=revision,
            top=top,
        )
    return ArgumentRefusal(
        f"{{since}}: {message} in {{top}}",
        "name a commit, a tag or a branch that was fetched, such as origin/main",
        revision=revision,
        top=top,
    )


def _succeeds(top: Path, *arguments: str) -> str | None:
    """What git writes; None where it says no."""
    ended = _run(top, arguments, b"")
    if ended.returncode > 1 and b"ownership" in ended.stderr:
        raise _unable(top, ended)
    return ended.stdout.decode("utf-8", "surrogateescape").strip() if ended.returncode == 0 else None


def _git(top: Path, *arguments: str, given: bytes = b"") -> bytes:
    ended = _run(top, arguments, given)
    if ended.returncode:
        raise _unable(top, ended)
    return ended.stdout


def _run(top: Path, arguments: tuple[str, ...], given: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return run_git(top, *arguments, given=given)
    except FileNotFoundError as error:
        raise ArgumentRefusal("{since} needs git, which is not there", "install git") from error


def _lacking(top: Path) -> ArgumentRefusal:
    return ArgumentRefusal(
        "{since}: {top} has not all that its history names, as after `git clone --filter`",
        "fetch it first: `git fetch --refetch --no-filter`",
        top=top,
    )


def _unable(top: Path, ended: subprocess.CompletedProcess[bytes]) -> ArgumentRefusal:
    said = ended.stderr.decode("utf-8", "replace").strip().split("\n")[0]
    return ArgumentRefusal("{since}: git cannot read {top}: {said}", "see what git says", top=top, said=said[:200])
