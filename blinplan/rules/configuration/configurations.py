"""Which configuration file holds for which regimen file."""

import os
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.find import FileSource
from blinplan.rules.configuration.configuration import (
    DEFAULT,
    OWN_FILE,
    PROJECT_FILE,
    Configuration,
    ConfigurationError,
    Fault,
    path_text,
)
from blinplan.rules.configuration.settings import Settings

if TYPE_CHECKING:
    from blinplan.rules.configuration.exclusions import Exclusions
    from blinplan.rules.configuration.per_file import FilePattern


@cache
def nearest(folder: Path) -> Configuration:
    """The configuration that holds in a folder: its own, or that of the nearest folder above which has one.

    Raises
    ------
    ConfigurationError
        When that file cannot be used.
    """
    for name in (OWN_FILE, PROJECT_FILE):
        path = folder / name
        if path.is_file() or (name == OWN_FILE and os.path.lexists(path)):  # a dead link or a folder is refused
            # Imported here, because most folders have no configuration to read.
            from blinplan.rules.configuration.file import load

            if (configuration := load(path, named=False)) is not None:
                if name == OWN_FILE:
                    _refuse_a_second(folder / PROJECT_FILE)
                return configuration
    return DEFAULT if folder == folder.parent else nearest(folder.parent)


def _refuse_a_second(project: Path) -> None:
    """Refuse settings that would not be heard: those of a project file beside a configuration of our own."""
    from blinplan.rules.configuration.file import load

    if project.is_file() and load(project, named=False) is not None:
        message = f"has settings too, [tool.blinplan], and {OWN_FILE} is beside it"
        raise ConfigurationError((Fault(path_text(project), message, "keep one of the two: only one can be heard"),))


class Configurations:
    """Which configuration holds for which file: the one asked for, none, or the nearest.

    What whoever asks says about files to leave out goes before what each of them says.
    """

    def __init__(
        self,
        named: str | None,
        *,
        isolated: bool,
        exclude: Sequence[str] = (),
        respect_gitignore: bool | None = None,
        force_exclude: bool | None = None,
    ) -> None:
        if named is not None and isolated:
            raise ArgumentRefusal("{config} and {isolated} contradict each other", "give one of the two")
        self._asked: dict[str, Any] = {
            field: asked
            for field, asked in (("respect_gitignore", respect_gitignore), ("force_exclude", force_exclude))
            if asked is not None
        }
        self._exclude = _patterns(exclude) if exclude else ()
        self._only = DEFAULT if isolated else None if named is None else self._load(Path(named))

    def of_run(self, of_files: Iterable[Configuration]) -> Configuration:
        """The configuration that decides how the run goes: that of the current folder, or the one all files share."""
        here = self.of_folder(Path.cwd())
        shared = {configuration.path: configuration for configuration in of_files}
        return next(iter(shared.values())) if here.path is None and len(shared) == 1 else here

    def of_folder(self, folder: Path) -> Configuration:
        """The configuration that holds in a folder."""
        return self._with_what_is_asked(self._only or self._nearest(folder))

    def exclusions(self, named: str) -> "Exclusions | None":
        """What is left out of what somebody names; None where nothing can be, as where a file is checked."""
        path = Path(named)
        if not _is_folder(path) and not self.of_folder(path.parent.resolve()).force_exclude:
            return None
        # Imported here, because most checks are of files.
        from blinplan.rules.configuration.exclusions import Exclusions

        return Exclusions(self.of_folder)

    def _with_what_is_asked(self, configuration: Configuration) -> Configuration:
        if not self._exclude and not self._asked:
            return configuration
        return configuration._replace(exclude=(*configuration.exclude, *self._exclude), **self._asked)

    def of(self, source: FileSource) -> Configuration:
        """The configuration that a file is judged by; for shipped regimens, that of the current folder."""
        path = source.path if source.own else None
        if path is None:
            named = Path(source.name)
            path = named if source.path is None and named.parent.is_dir() else Path.cwd() / "x"
        return self.of_folder(_real_folder(path))

    def settings_of(self, source: FileSource) -> Settings:
        """The settings that a file is judged by, before whoever asks is heard."""
        return settings_in(self.of(source), source)

    def _nearest(self, folder: Path) -> Configuration:
        try:
            return nearest(folder)
        except ConfigurationError as error:
            raise _refusal(error) from error

    def _load(self, path: Path) -> Configuration:
        from blinplan.rules.configuration.file import load

        try:
            return (load(path) or DEFAULT).seen_from(Path.cwd())
        except ConfigurationError as error:
            raise _refusal(error) from error


def settings_in(configuration: Configuration, source: FileSource) -> Settings:
    """The settings of a file in the configuration that it is judged by."""
    return configuration.settings_for(source.path if source.own and source.path else Path(source.name))


def _real_folder(file: Path) -> Path:
    """The folder that a file really is in; looked for once a folder, but for what is a link itself."""
    # By texts, since every file is asked: as a path its folder is made and compared anew for each.
    if os.path.islink(file):  # noqa: PTH114
        return file.resolve().parent
    return _folder_itself(os.path.dirname(file), os.getcwd())  # noqa: PTH109, PTH120


@lru_cache(maxsize=64)
def _folder_itself(folder: str, _working_folder: str) -> Path:
    return Path(folder).resolve()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # what no path can be
        return False


def _patterns(texts: Sequence[str]) -> "tuple[FilePattern, ...]":
    from blinplan.rules.configuration.exclusions import patterns_asked

    return patterns_asked(texts)


def _refusal(error: ConfigurationError) -> Refusal:
    """All that is wrong with a configuration, the last of it as the error."""
    *others, last = (Refusal(f"{fault.where}: {fault.message}", fault.help) for fault in error.faults)
    return Refusal(last.message, last.advice, tuple(others))
