"""Whether a run would have judged a file where it lay before, and as it judges it now."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from blinplan.regimen.find import FileSource
from blinplan.rules.configuration.configuration import OWN_FILE, PROJECT_FILE
from blinplan.rules.configuration.configurations import Configurations
from blinplan.rules.configuration.settings import Settings


class Deciders(NamedTuple):
    """The configuration by which a file is judged, and what it says of this file."""

    configuration: Path | None
    settings: Settings


class Asked(NamedTuple):
    """The names that a run was given, and the configurations by which it finds and judges files."""

    names: Sequence[str]
    configurations: Configurations

    def judges(self, place: Path) -> bool:
        """Whether a file that lay somewhere would have been among those that are judged."""
        return place.name not in (OWN_FILE, PROJECT_FILE) and any(self._finds(named, place) for named in self.names)

    def deciders(self, source: FileSource) -> Deciders:
        """By what a file is judged."""
        return Deciders(self.configurations.of(source).path, self.configurations.settings_of(source))

    def _finds(self, named: str, place: Path) -> bool:
        folder = Path(named).resolve()
        if folder not in place.parents or not folder.is_dir():
            return False
        above = [level for level in place.parents if folder in level.parents]
        levels = (*reversed(above), place)  # as they are walked: what a folder is left out by holds below it
        exclusions = self.configurations.exclusions(named)
        leaves_out = None if exclusions is None else exclusions.below(folder)
        return not any(
            level.name.startswith(".") or (leaves_out and leaves_out(level.parent, level.name, level != place))
            for level in levels
        )
