"""Patterns that leave paths out, folder by folder, and the .gitignore files that hold in a folder."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from blinplan.files.inputs import input_bytes, input_text
from blinplan.refusal import Refusal
from blinplan.repository.root import top_level
from blinplan.rules.configuration.configuration import path_text
from blinplan.rules.configuration.path_pattern import PathPattern, path_pattern

MOST_LINES = 10_000
"""Patterns in one file: each is laid beside each name of a folder, so that more make a walk long."""


class PathPatterns(NamedTuple):
    """Patterns, and the folder that they count from; the last one that means a path decides about it."""

    folder: Path
    patterns: tuple[PathPattern, ...]

    def answer(self, path: Path, *, is_folder: bool) -> PathPattern | None:
        """The pattern that decides about a path; None where none does."""
        written = self._relative(path)
        if written is None:
            return None
        return next((one for one in reversed(self.patterns) if one.means(written, is_folder=is_folder)), None)

    def without_those_for(self, folder: Path) -> "PathPatterns":
        """These, but for the patterns that leave a folder itself out, or one above it."""
        written = [one for above in (folder, *folder.parents) if (one := self._relative(above)) is not None]
        kept = (one for one in self.patterns if one.negated or not any(one.means(w, is_folder=True) for w in written))
        return self._replace(patterns=tuple(kept))

    def _relative(self, path: Path) -> str | None:
        if self.folder not in path.parents:
            return None
        return path.relative_to(self.folder).as_posix()


def path_patterns(folder: Path, lines: Iterable[tuple[str, str]]) -> PathPatterns:
    """Read lines, each with where it is written; what is no pattern is passed over, as git does."""
    read = (path_pattern(line, origin) for line, origin in lines)
    return PathPatterns(folder, tuple(pattern for pattern in read if pattern is not None))


def by_what(levels: Sequence[PathPatterns], path: Path, *, is_folder: bool) -> str | None:
    """What leaves a path out, where the last patterns go first; None where it is not left out."""
    answers = (patterns.answer(path, is_folder=is_folder) for patterns in reversed(levels))
    decisive = next((answer for answer in answers if answer is not None), None)
    return None if decisive is None or decisive.negated else decisive.origin


Levels = tuple[PathPatterns, ...]
"""The patterns that hold in a folder, those of the nearest file last: it goes first."""


class GitIgnored:
    """What git ignores and does not track, in one walk.

    ``root`` is the folder that was named: patterns that mean the folder itself are not heard.

    The .gitignore files are those from the top of the repository down; where there is no repository, from ``top``
    down. A repository inside another does not hear the outer one.
    """

    def __init__(self, top: Path, root: Path | None) -> None:
        self._top = next((above for above in (top, *top.parents) if (above / ".git").exists()), top)
        self._root = root
        self._levels: dict[Path, Levels] = {}
        self._around: dict[Path, str] = {}
        self._tracked: dict[Path, frozenset[Path]] = {}

    def by_what(self, folder: Path, name: str, *, is_folder: bool) -> str | None:
        """What leaves a name out; None where it is not left out, as what git tracks although a pattern means it."""
        levels = self._of(folder)
        if not levels:  # as in most folders; of each file a path takes longer to make
            return None
        path = folder / name
        found = by_what(levels, path, is_folder=is_folder) or self._around.get(folder)
        if found is None:
            return None
        if is_folder:
            self._around[path] = found
        return None if path in self._tracked_around(folder) else found

    def _tracked_around(self, folder: Path) -> frozenset[Path]:
        """The files that git tracks in the repository of a folder, and the folders that have some."""
        top = top_level(folder)
        if top is None:
            return frozenset()
        if top not in self._tracked:
            # Imported here, because most folders have nothing that is left out.
            from blinplan.repository.git import tracked_files

            files = tracked_files(top, "*.toml")
            self._tracked[top] = files.union(*(file.parents for file in files))
        return self._tracked[top]

    def _of(self, folder: Path) -> Levels:
        if folder not in self._levels:
            self._levels[folder] = self._read(folder)
        return self._levels[folder]

    def _read(self, folder: Path) -> Levels:
        if folder != self._top and self._top not in folder.parents:
            return ()
        git, own = folder / ".git", self._file(folder, folder / ".gitignore")
        if git.exists():
            return (*self._file(folder, _own_files(git) / "info" / "exclude"), *own)
        return (*self._of(folder.parent), *own)

    def _file(self, folder: Path, file: Path) -> Levels:
        try:
            text = input_bytes(file).decode("utf-8-sig", "surrogateescape")
        except OSError:
            return ()
        shown = path_text(file)
        _refuse_many(text, shown)
        lines = ((line.removesuffix("\r"), f"{shown}:{number}") for number, line in enumerate(text.split("\n"), 1))
        patterns = path_patterns(folder, lines)
        if not patterns.patterns:
            return ()
        return (patterns if self._root is None else patterns.without_those_for(self._root),)


def _refuse_many(text: str, shown: str) -> None:
    """Refuse a file of more lines than are read.

    Raises
    ------
    Refusal
        Before they are.
    """
    many = text.rstrip("\n").count("\n") + 1
    if many > MOST_LINES:
        advice = "say in one what several have in common, as logs/ or *.tmp, or configure respect-gitignore = false"
        raise Refusal(f"{shown} has {many:,} lines, and of one file at most {MOST_LINES:,} are read", advice)


def _own_files(git: Path) -> Path:
    """The folder of a repository's own files: of a worktree or a submodule, the file ``.git`` leads there."""
    if git.is_dir():
        return git
    try:
        own = git.parent / input_text(git).removeprefix("gitdir:").strip()
        shared = own / "commondir"
        return own / input_text(shared).strip() if shared.is_file() else own
    except (OSError, ValueError):
        return git
