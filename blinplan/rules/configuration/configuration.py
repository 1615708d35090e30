"""What a project says once for all its regimens: ``[tool.blinplan]`` in pyproject.toml, or a blinplan.toml.

The file nearest to a regimen, in its folder or above, decides how that regimen is judged.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.rules.configuration.settings import DEFAULTS, FailOn, Settings

if TYPE_CHECKING:
    from blinplan.rules.configuration.per_file import PerFile

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


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one configuration file says; what it does not say is None or empty.

    Attributes
    ----------
    path
        The file; None for the defaults of the program.
    settings
        How rules are chosen and weighed, but for the patterns below.
    per_file
        What is set for some files, by patterns of paths relative to the file's folder; a later one goes first.
    fail_on, simulate, patients, seed, baseline, site
        How a run goes; of the configuration that the current folder has.
    origins
        Where each key was written, ``file:line``.
    """

    path: Path | None = None
    settings: Settings = DEFAULTS
    per_file: "tuple[PerFile, ...]" = ()
    fail_on: FailOn | None = None
    simulate: bool | None = None
    patients: int | None = None
    seed: int | None = None
    baseline: Path | None = None
    site: Path | None = None
    origins: tuple[tuple[str, str], ...] = ()

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
