"""Read many files, in several processes where that saves time."""

import pickle
from collections.abc import Sequence

from blinplan.executor import call_in_shares
from blinplan.regimen.find import FileSource, NotFound
from blinplan.regimen.reading import Reading, RegimenFile

_WORTH_A_PROCESS = 150
"""Files from which one more process saves more time than copying this one takes."""


def read_side_by_side(sources: Sequence[FileSource]) -> list[Reading | NotFound]:
    """Read files, each from its path; what is read comes in their order."""
    return call_in_shares(sources, _WORTH_A_PROCESS, FileSource.read, _handed_over, _readings_from)


def _handed_over(sources: Sequence[FileSource]) -> bytes:
    """Regimens; what is wrong with another file is found where it is told."""
    readings = (source.read() for source in sources)
    found = [reading if isinstance(reading, RegimenFile) else None for reading in readings]
    return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)


def _readings_from(sources: Sequence[FileSource], handed_over: bytes | None) -> list[Reading | NotFound]:
    if handed_over is None:
        return [source.read() for source in sources]
    found = pickle.loads(handed_over)  # noqa: S301 - of this program, by itself
    return [reading or source.read() for source, reading in zip(sources, found, strict=True)]
