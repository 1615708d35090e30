"""How the regimens of two folders differ: what was added, removed, renamed, and what is otherwise in the rest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from blinplan.design.difference.difference import RegimenDifference, difference
from blinplan.regimen.reading import FaultyFile, Reading, RecordFile, RegimenFile, SiteFile, read
from blinplan.regimen.regimen import Regimen
from blinplan.repository.renamed import names_before


@dataclass(frozen=True, slots=True)
class FileDifference:
    """A regimen that is otherwise, or was added or removed.

    Attributes
    ----------
    before, after
        What its file is called on either side; None where there is none.
    readings
        What was read on either side; None where there is no file.
    difference
        How the two differ; None where there is one regimen only.
    is_renamed
        Whether it is one file of a folder that has another name now.
    """

    before: str | None
    after: str | None
    readings: tuple[Reading | None, Reading | None]
    difference: RegimenDifference | None = None
    is_renamed: bool = False

    @property
    def regimens(self) -> tuple[Regimen | None, Regimen | None]:
        """The regimen on either side; None where there is none, or it cannot be read."""
        first, second = (one.regimen if isinstance(one, RegimenFile) else None for one in self.readings)
        return first, second

    @property
    def unreadable(self) -> tuple[FaultyFile, ...]:
        """The files that are no regimens any more, or were none."""
        return tuple(one for one in self.readings if isinstance(one, FaultyFile))

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is to be told of it: both sides say the same, under one name."""
        return self.difference is not None and self.difference.is_none_at_all and not self.is_renamed

    @property
    def is_for_patients(self) -> bool:
        """Whether patients get something else, or a regimen is there that was not, or is no more."""
        alone = None in (self.before, self.after) and self.regimens != (None, None)
        return alone or (self.difference is not None and not self.difference.is_none)


def differences_of_files(
    before: Mapping[str, bytes], after: Mapping[str, bytes], square_metres: Fraction | None = None
) -> tuple[FileDifference, ...]:
    """Lay the regimens of two folders side by side, by the paths of their files, and those that were renamed.

    What is the same to the byte, and what is no regimen on either side, is in none of them.
    """
    new, gone = _texts_of_others(after, before), _texts_of_others(before, after)
    renamed = names_before(new, gone)
    pairs: dict[str, tuple[str | None, str | None]] = {path: (renamed.get(path), path) for path in new}
    pairs |= {path: (path, None) for path in gone if path not in renamed.values()}
    pairs |= {path: (path, path) for path in after if path in before and before[path] != after[path]}
    found = (_of_pair(*pairs[path], before, after, square_metres) for path in sorted(pairs))
    return tuple(one for one in found if one is not None)


def others_changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[str, ...]:
    """The course records and site profiles that are otherwise: they are no regimens, and nothing is told of them."""
    changed = (path for path in after if before.get(path) != after[path])
    return tuple(path for path in sorted(changed) if isinstance(read(after[path], path), RecordFile | SiteFile))


def _texts_of_others(files: Mapping[str, bytes], others: Mapping[str, bytes]) -> dict[str, str]:
    return {path: data.decode("utf-8", errors="replace") for path, data in files.items() if path not in others}


def _of_pair(
    old: str | None,
    new: str | None,
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    square_metres: Fraction | None,
) -> FileDifference | None:
    """How one file differs; None where it is no regimen on either side."""
    readings = [None if name is None else read(files[name], name) for name, files in ((old, before), (new, after))]
    found = file_difference(old, new, readings[0], readings[1], square_metres)
    return None if found is None else replace(found, is_renamed=None not in (old, new) and old != new)


def file_difference(
    old: str | None,
    new: str | None,
    before: Reading | None,
    after: Reading | None,
    square_metres: Fraction | None = None,
) -> FileDifference | None:
    """How one file differs by what was read of it; None where it is no regimen on either side, and nothing is wrong."""
    if not any(isinstance(reading, RegimenFile) or _is_meant_as_regimen(reading) for reading in (before, after)):
        return None
    first, second = (reading.regimen if isinstance(reading, RegimenFile) else None for reading in (before, after))
    found = None if first is None or second is None else difference(first, second, square_metres)
    return FileDifference(old, new, (before, after), found)


def _is_meant_as_regimen(reading: Reading | None) -> bool:
    """Whether a file that cannot be read as one says by its first key that it is a regimen."""
    if not isinstance(reading, FaultyFile):
        return False
    return "format" in reading.document.values or _FORMAT.search(reading.document.text) is not None


_FORMAT = re.compile(r"^format\s*=", re.MULTILINE)
