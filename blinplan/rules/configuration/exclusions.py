"""Which files are left out when folders are walked: by a configuration's ``exclude``, and by git's .gitignore."""

from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.refusal import ArgumentRefusal
from blinplan.rules.configuration.configuration import Configuration

if TYPE_CHECKING:
    from blinplan.regimen.find import LeavesOut
    from blinplan.rules.configuration.gitignore import GitIgnored, Levels
    from blinplan.rules.configuration.per_file import FilePattern


def patterns_asked(texts: Iterable[str]) -> "tuple[FilePattern, ...]":
    """The patterns of whoever asks; they count from the current folder.

    Raises
    ------
    Refusal
        When one means no path.
    """
    from blinplan.rules.configuration.path_pattern import leads_nowhere, path_pattern
    from blinplan.rules.configuration.per_file import FilePattern

    patterns = tuple(FilePattern(text, Path.cwd(), "as asked") for text in texts)
    for pattern in patterns:
        if path_pattern(pattern.text) is None or leads_nowhere(pattern.text):
            message, advice = "{exclude} is {value}, which means no path", "give a pattern as in a .gitignore: drafts/"
            raise ArgumentRefusal(message, advice, value=repr(pattern.text[:60]))
    return patterns


class Exclusions:
    """What is left out, by the configuration that holds in each folder."""

    def __init__(self, configuration_of: Callable[[Path], Configuration]) -> None:
        self._configuration_of = configuration_of

    def below(self, folder: Path) -> "LeavesOut":
        """What is left out below a folder that is named: patterns that mean the folder itself are not heard."""
        return self._strict_walk(folder) if self._forces(folder) else self._walk(folder, folder)

    def of_named(self, file: Path) -> str | None:
        """Why a file is left out although it is named; None where it is not."""
        return self._strict_walk(file.parent)(file.parent, file.name, False) if self._forces(file.parent) else None

    def _walk(self, start: Path, root: Path | None) -> "_FolderWalk":
        own = self._configuration_of(start).folder
        top = own if own is not None and own in start.parents else start
        return _FolderWalk(self._configuration_of, top, root)

    def _forces(self, folder: Path) -> bool:
        return bool(self._configuration_of(folder).force_exclude)

    def _strict_walk(self, folder: Path) -> "LeavesOut":
        """What is left out in a folder and below, the folder itself and those above it looked at too."""
        walk = self._walk(folder, None)
        configuration = self._configuration_of(folder)
        for above in (*reversed(folder.parents[:-1]), folder):
            if (reason := walk.reason(above.parent, above.name, configuration, is_folder=True)) is not None:
                return lambda folder, name, is_folder: reason
        return walk


class _FolderWalk:
    """What is left out in one walk from a root, or wherever it is asked.

    Without a repository of git, .gitignore files count from ``top`` down.
    """

    def __init__(self, configuration_of: Callable[[Path], Configuration], top: Path, root: Path | None) -> None:
        self._configuration_of = configuration_of
        self._top = top
        self._root = root
        self._excludes: dict[Path | None, Levels] = {}
        self._ignored: GitIgnored | None = None

    def __call__(self, folder: Path, name: str, is_folder: bool) -> str | None:
        """Why a file or folder is left out; None where it is not."""
        return self.reason(folder, name, self._configuration_of(folder), is_folder=is_folder)

    def reason(self, folder: Path, name: str, configuration: Configuration, *, is_folder: bool) -> str | None:
        """Why a file or folder is left out by a configuration, or by git; None where it is not."""
        by_exclude = self._by_exclude(folder, name, configuration, is_folder)
        return by_exclude or self._by_git(folder, name, configuration, is_folder)

    def _by_exclude(self, folder: Path, name: str, configuration: Configuration, is_folder: bool) -> str | None:
        if not configuration.exclude:
            return None
        from blinplan.rules.configuration.gitignore import by_what

        if configuration.path not in self._excludes:
            self._excludes[configuration.path] = self._levels(configuration.exclude)
        return by_what(self._excludes[configuration.path], folder / name, is_folder=is_folder)

    def _levels(self, written: "Iterable[FilePattern]") -> "Levels":
        from blinplan.rules.configuration.gitignore import path_patterns

        groups = groupby(written, key=lambda pattern: pattern.folder)
        levels = (path_patterns(folder, [(one.text, _words(one)) for one in group]) for folder, group in groups)
        return tuple(one if self._root is None else one.without_those_for(self._root) for one in levels)

    def _by_git(self, folder: Path, name: str, configuration: Configuration, is_folder: bool) -> str | None:
        if configuration.respect_gitignore is False:
            return None
        if self._ignored is None:
            from blinplan.rules.configuration.gitignore import GitIgnored

            self._ignored = GitIgnored(self._top, self._root)
        return self._ignored.by_what(folder, name, is_folder=is_folder)


def _words(pattern: "FilePattern") -> str:
    return f'exclude "{pattern.text}" ({pattern.origin})'
