"""What a project says once for all its regimens: ``[tool.blinplan]`` in pyproject.toml, or a blinplan.toml.

The file nearest to a regimen, in its folder or above, decides how that regimen is judged.
"""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from blinplan.rules.configuration.settings import DEFAULTS, FailOn, Pattern, Settings

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
    per_file_ignores
        Patterns of paths relative to the file's folder, with the rules left out there.
    fail_on, simulate, patients, seed, baseline, site
        How a run goes; of the configuration that the current folder has.
    origins
        Where each key was written, ``file:line``.
    """

    path: Path | None = None
    settings: Settings = DEFAULTS
    per_file_ignores: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()
    fail_on: FailOn | None = None
    simulate: bool | None = None
    patients: int | None = None
    seed: int | None = None
    baseline: Path | None = None
    site: Path | None = None
    origins: tuple[tuple[str, str], ...] = ()

    def settings_for(self, file: Path) -> Settings:
        """The settings for one regimen file."""
        if self.path is None or not self.per_file_ignores:
            return self.settings
        try:
            relative = file.resolve().relative_to(self.path.resolve().parent).as_posix()
        except ValueError:  # a file elsewhere, judged by this configuration because it was named
            return self.settings
        ignored = tuple(
            pattern
            for written, patterns in self.per_file_ignores
            if fnmatchcase(relative, written) or fnmatchcase(file.name, written)
            for pattern in patterns
        )
        return replace(self.settings, ignore=(*self.settings.ignore, *ignored))


DEFAULT = Configuration()
