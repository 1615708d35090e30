"""Which configuration file holds for which regimen file."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.find import FileSource
from blinplan.rules.configuration.configuration import (
    DEFAULT,
    OWN_FILE,
    PROJECT_FILE,
    Configuration,
    ConfigurationError,
)
from blinplan.rules.configuration.settings import Settings


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
        if path.is_file():
            # Imported here, because most folders have no configuration to read.
            from blinplan.rules.configuration.file import load

            if (configuration := load(path, named=False)) is not None:
                return configuration
    return DEFAULT if folder == folder.parent else nearest(folder.parent)


class Configurations:
    """Which configuration holds for which file: the one asked for, none, or the nearest."""

    def __init__(self, named: str | None, *, isolated: bool) -> None:
        if named is not None and isolated:
            raise ArgumentRefusal("{config} and {isolated} contradict each other", "give one of the two")
        self._only = DEFAULT if isolated else None if named is None else self._load(Path(named))

    def of_run(self, sources: Sequence[FileSource]) -> Configuration:
        """The configuration that decides how the run goes: that of the current folder, or the one all files share."""
        here = self._only or self._nearest(Path.cwd())
        shared = {configuration.path: configuration for configuration in map(self.of, sources)}
        return next(iter(shared.values())) if here.path is None and len(shared) == 1 else here

    def of(self, source: FileSource) -> Configuration:
        """The configuration that a file is judged by; for shipped regimens, that of the current folder."""
        if self._only is not None:
            return self._only
        path = source.path if source.own else None
        if path is None:
            named = Path(source.name)
            path = named if source.path is None and named.parent.is_dir() else Path.cwd() / "x"
        return self._nearest(path.resolve().parent)

    def settings_of(self, source: FileSource) -> Settings:
        """The settings that a file is judged by, before whoever asks is heard."""
        return self.of(source).settings_for(source.path if source.own and source.path else Path(source.name))

    def _nearest(self, folder: Path) -> Configuration:
        try:
            return nearest(folder)
        except ConfigurationError as error:
            raise _refusal(error) from error

    def _load(self, path: Path) -> Configuration:
        from blinplan.rules.configuration.file import load

        try:
            return load(path) or DEFAULT
        except ConfigurationError as error:
            raise _refusal(error) from error


def _refusal(error: ConfigurationError) -> Refusal:
    """All that is wrong with a configuration, the last of it as the error."""
    *others, last = (Refusal(f"{fault.where}: {fault.message}", fault.help) for fault in error.faults)
    return Refusal(last.message, last.advice, tuple(others))
