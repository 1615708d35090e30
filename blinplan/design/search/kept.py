"""What schedules did to patients, beside the folder it is for, so that a search that was ended goes on.

A search is told by its words alone which schedule it tries next. So it goes on by doing the same again, and taking from
here what is done.
"""

import base64
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blinplan.course.events import Period
from blinplan.design.journal import NOWHERE, Journal, beside, lines_kept
from blinplan.design.search.wanted import Measurement, Sample
from blinplan.simulation.outcome import Occurrence, Quantity


def samples_beside(folder: Path) -> Path:
    """Where what was tried is kept until all of a folder is found."""
    return beside(folder, "tried")


class KeptSamples:
    """What was done before, by the regimen and the patients, and where the next is added."""

    def __init__(self, journal: Journal = NOWHERE) -> None:
        self._journal = journal
        self._lines = dict(journal.lines)

    def __contains__(self, key: str) -> bool:
        return key in self._lines

    def sample(self, key: str, course: tuple[Period, ...]) -> Sample:
        """What was done before, to people who were given a course."""
        return sample_of(self._lines[key], course)

    def add(self, key: str, sample: Sample) -> None:
        """Keep something for whoever goes on."""
        self._journal.add([key, sample_data(sample)])


def number_kept(path: Path) -> int:
    """How many times patients went through a schedule, whoever keeps it."""
    return len(lines_kept(path))


# --- as a line of text, and back --------------------------------------------------------------------------------------


def sample_data(sample: Sample) -> list[Any]:
    """A sample as data, but for the course; every number is read back as it is."""
    return [sample.patients, list(map(_data, sample.measurements))]


def sample_of(data: Any, course: tuple[Period, ...]) -> Sample:
    """The sample that data says."""
    patients, measurements = data
    return Sample(patients, course, tuple(map(_measurement, measurements)))


def _data(found: Measurement | None) -> Any:
    if found is None:
        return None
    return [isinstance(found, Quantity), *(_plain(getattr(found, entry.name)) for entry in fields(found))]


def _plain(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    bits = np.packbits(value) if value.dtype == np.bool_ else value
    return [value.size, str(value.dtype), base64.b64encode(bits.tobytes()).decode()]


def _measurement(data: Any) -> Measurement | None:
    if data is None:
        return None
    is_quantity, *values = data
    return (Quantity if is_quantity else Occurrence)(*map(_value, values))


def _value(value: Any) -> Any:
    return _array(*value) if isinstance(value, list) else value


def _array(size: int, kind: str, text: str) -> NDArray[Any]:
    content = base64.b64decode(text)
    if kind == "bool":
        return np.unpackbits(np.frombuffer(content, dtype=np.uint8), count=size).astype(np.bool_)
    return np.frombuffer(content, dtype=kind)
