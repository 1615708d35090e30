"""The folder from which code hosts and editors know the files of a repository, and the paths of files from there."""

import os
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

_OF_CI = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Variables in which GitHub Actions and GitLab CI name the folder of the checkout."""


def top_level(folder: Path) -> Path | None:
    """The top folder of the git working tree that a folder belongs to; None where it belongs to none."""
    marker = folder / ".git"
    if marker.is_file() or (marker / "HEAD").is_file():  # a file in a linked working tree and in a submodule
        return folder
    return None if folder == folder.parent else top_level(folder.parent)


def repository_root(files: Iterable[Path]) -> Path:
    """The folder from which paths are reported: the first of those that could be meant which holds one of the files.

    It is the repository that CI names as its checkout, else the top of the working tree that the current folder belongs
    to, else that of a file, else the folder that CI names, else the current folder.
    """
    there = [place(file) for file in files]
    candidates = list(_candidates(there))
    return next((one for one in candidates if any(file.is_relative_to(one) for file in there)), candidates[0])


def path_below(root: Path, file: Path, shared: Container[Path] = ()) -> Path:
    """A file's path from a folder above it; its absolute path where it is elsewhere.

    A link is known by what it leads to, where a code host shows the lines; and by its own place where that lies out of
    the repository, or is ``shared`` with another name that is told of.
    """
    resolved, there = file.resolve(), place(file)
    for path in (there,) if resolved in shared else (resolved, there):
        if path.is_relative_to(root):
            return path.relative_to(root)
    return there


def place(file: Path) -> Path:
    """Where a file lies, with links of folders followed, and not its own."""
    return file.parent.resolve() / file.name


def _candidates(files: list[Path]) -> Iterator[Path]:
    here = Path.cwd().resolve()
    checkouts = [Path(os.environ[name]).resolve() for name in _OF_CI if Path(os.environ.get(name, "")).is_absolute()]
    # A job's repository before a submodule of it: the code host shows what is reported by the paths in the first.
    yield from (checkout for checkout in checkouts if top_level(checkout) == checkout)
    tops = (top_level(folder) for folder in dict.fromkeys([here, *(file.parent for file in files)]))
    yield from dict.fromkeys(top for top in tops if top is not None)
    yield from checkouts
    yield here
