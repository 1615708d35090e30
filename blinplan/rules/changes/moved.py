"""Whether a run would have judged a file where it lay before, and as it judges it now."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from blinplan.regimen.find import FileSource
from blinplan.rules.configuration.configuration import OWN_FILE, PROJECT_FILE
from blinplan.rules.configuration.configurations import Configurations


class Asked(NamedTuple):
    """The names that a run was given, and the configurations by which it finds and judges files."""

    names: Sequence[str]
    configurations: Configurations

    def judges(self, place: Path) -> bool:
        """Whether a file that lay somewhere would have been among those that are judged."""
        return place.name not in (OWN_FILE, PROJECT_FILE) and any(self._finds(named, place) for named in self.names)

    def judges_alike(self, place: Path, source: FileSource) -> bool:
        """Whether a file would have been judged in its place of before, and by the same as a file is now."""
        return self.judges(place) and self._decides_alike(FileSource(place, str(place)), source)

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

    def _decides_alike(self, one: FileSource, other: FileSource) -> bool:
        configurations = self.configurations
        same = configurations.of(one).path == configurations.of(other).path
        return same and configurations.settings_of(one) == configurations.settings_of(other)
