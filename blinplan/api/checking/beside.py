"""The files beside those that were named alone: rules about several files look at them too, and they are not judged."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import NamedTuple

from blinplan.api.checking.files import Beside, FileToCheck
from blinplan.regimen.find import FileSource, NotFound, files_in, is_toml
from blinplan.regimen.reading import RegimenFile
from blinplan.rules.configuration.configurations import Configurations

_MOST = 100
"""A folder with more files is not looked at unasked: reading them would take longer than judging one."""


class FileReader(NamedTuple):
    """What says which files are left out, and reads one with its settings."""

    configurations: Configurations
    read: Callable[[FileSource], FileToCheck | NotFound]

    def beside(self, files: Sequence[FileToCheck], walked: Iterable[Path]) -> Beside:
        """What lies beside files that were named alone; ``walked`` are the folders of which all files were asked."""
        tops = {folder.resolve() for folder in walked}
        # A thousand files have one folder, and texts are told apart faster than paths.
        names = dict.fromkeys(filter(None, (_folder_name(file.source) for file in files)))
        alone = [folder for folder in dict.fromkeys(map(Path, names)) if not _is_below(folder.resolve(), tops)]
        # Standard input lies where its name says; a shipped regimen has no name of a file.
        asked = {Path(file.source.name).resolve() for file in files} if alone else set()
        found, crowded = dict[Path, FileToCheck](), set[Path]()
        for folder in alone:
            others = [path for path in files_in(folder) if path.resolve() not in asked]
            wanted = others
            if len(others) > _MOST:
                crowded.add(folder)
                wanted = list(self._named_by(files, folder, others))
            found |= {
                path: file for path in self._without_left_out(folder, wanted) if (file := self._file(path)) is not None
            }
        return Beside(tuple(found.values()), frozenset(crowded))

    def _without_left_out(self, folder: Path, paths: Sequence[Path]) -> Iterator[Path]:
        exclusions = self.configurations.exclusions(str(folder)) if paths else None
        if exclusions is None:
            return iter(paths)
        place = folder.resolve()
        leaves_out = exclusions.below(place)
        return (path for path in paths if not leaves_out(place, path.name, False))

    def _named_by(self, files: Iterable[FileToCheck], folder: Path, others: Iterable[Path]) -> Iterator[Path]:
        """Those of the other files in a folder that `otherwise` leads to, one after the other."""
        left = set(others)
        way = [file for file in files if _folder(file.source) == folder]
        while way:
            path = _otherwise(way.pop(), folder)
            if path in left:
                left.remove(path)
                yield path
                way += [file for file in [self._file(path)] if file is not None]

    def _file(self, path: Path) -> FileToCheck | None:
        file = self.read(FileSource(path, str(path)))
        return None if isinstance(file, NotFound) else file


def _otherwise(file: FileToCheck, folder: Path) -> Path | None:
    """The file in its folder that `otherwise` of one may lead to."""
    name = file.reading.regimen.eligibility.otherwise if isinstance(file.reading, RegimenFile) else None
    return None if name is None else folder / f"{name}.toml"


def _folder(source: FileSource) -> Path | None:
    name = _folder_name(source)
    return None if name is None else Path(name)


def _folder_name(source: FileSource) -> str | None:
    if source.shipped or (source.path is None and not is_toml(source.name)):
        return None
    return os.path.dirname(source.path or source.name) or os.curdir  # noqa: PTH120 - which every file is asked


def _is_below(folder: Path, tops: Set[Path]) -> bool:
    return not tops.isdisjoint((folder, *folder.parents))
