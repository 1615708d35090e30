"""What a project says once for all its regimens: ``[tool.blinplan]`` in pyproject.toml, or a blinplan.toml.

The file nearest to a regimen, in its folder or above, decides how that regimen is judged.
"""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.exit_status import FailOn
from blinplan.rules.configuration.settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from blinplan.rules.configuration.per_file import FilePattern, PerFile

OWN_FILE, PROJECT_FILE = "blinplan.toml", "pyproject.toml"


class Fault(NamedTuple):
    """One thing wrong with a configuration: where, what, and what to do."""

    where: str
    message: str
    help: str


class ConfigurationError(Exception):
    """A configuration that cannot be used, with everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.where}: {fault.message}" for fault in faults))
        self.faults = faults


class Configuration(NamedTuple):
    """What one configuration file says; what it does not say is None or empty.

    Attributes
    ----------
    path
        The file; None for the defaults of the program.
    settings
        How rules are chosen and weighed, but for the patterns below.
    extends
        The file that it extends, and those which that one extends.
    per_file
        What is set for some files, by patterns of paths relative to the file's folder; a later one goes first.
    exclude, respect_gitignore, force_exclude
        Patterns of paths that are left out when folders are walked, whether those of git are too, and whether files
        that are named are left out as well.
    fail_on, simulate, patients, seed, baseline, site
        How a run goes for its files.
    origins
        Where each key was written, ``file:line``.
    """

    path: Path | None = None
    settings: Settings = DEFAULTS
    extends: tuple[Path, ...] = ()
    per_file: "tuple[PerFile, ...]" = ()
    exclude: "tuple[FilePattern, ...]" = ()
    respect_gitignore: bool | None = None
    force_exclude: bool | None = None
    fail_on: FailOn | None = None
    simulate: bool | None = None
    patients: int | None = None
    seed: int | None = None
    baseline: Path | None = None
    site: Path | None = None
    origins: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> Path | None:
        """The folder that its patterns count from."""
        return None if self.path is None else self.path.resolve().parent

    def seen_from(self, folder: Path) -> "Configuration":
        """The same for the files of a folder that does not lie in its own: its patterns then count from there."""
        return self._replace(
            exclude=tuple(pattern.seen_from(folder) for pattern in self.exclude),
            per_file=tuple(one._replace(pattern=one.pattern.seen_from(folder)) for one in self.per_file),
        )

    def settings_for(self, file: Path) -> Settings:
        """The settings for one regimen file."""
        settings = self.settings
        for set_there in self.of_file(file):
            settings = set_there.over(settings)
        return settings

    def of_file(self, file: Path) -> "tuple[PerFile, ...]":
        """What is set for one file and not for all."""
        if not self.per_file:  # most configurations; a path is not resolved for them
            return ()
        path = file.resolve()
        return tuple(set_there for set_there in self.per_file if set_there.pattern.matches(path))


DEFAULT = Configuration()


def path_text(path: Path) -> str:
    """A path as it is shown: from the current folder where it is below, else whole."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
