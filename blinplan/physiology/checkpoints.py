"""What courses have in common is advanced once: patients as they were after the stretches that a course begins with.

A course that begins as another one did, in the same patients, goes on from there. Nothing is rounded: the states and
the endpoints gathered so far are those that advancing from the start would give, to the last bit.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import fields
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from blinplan.physiology.gathering import Gathered, Windows
from blinplan.physiology.model.population import Constants

if TYPE_CHECKING:
    from blinplan.physiology.engine.integrate import EngineName, Timetable
    from blinplan.physiology.model.population import FloatArray, Population

MOST = 128 * 1024 * 1024
"""Bytes that checkpoints may take; those that were asked for last stay. One of 1,000 patients takes half a megabyte."""


class Checkpoint(NamedTuple):
    """Patients after the first intervals of a course: their states, and endpoints so far."""

    state: FloatArray
    gathered: Gathered

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(array.nbytes for array in (self.state, *self.gathered))


class Checkpoints:
    """The checkpoints of a run over many courses. Several threads may use one; a copy in another process is empty."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Checkpoint] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def __reduce__(self) -> tuple[type[Checkpoints], tuple[()]]:
        return Checkpoints, ()

    def latest(self, names: list[bytes]) -> tuple[int, Checkpoint | None]:
        """The checkpoint after the most intervals, and after how many; names are those after each interval."""
        with self._lock:
            for number in range(len(names), 0, -1):
                if (found := self._kept.get(names[number - 1])) is not None:
                    self._kept.move_to_end(names[number - 1])
                    return number, found
        return 0, None

    def keep(self, name: bytes, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint, and of those before no more than there is room for."""
        with self._lock:
            if name in self._kept:
                return
            self._kept[name] = checkpoint
            self._size += checkpoint.size
            while self._size > MOST:
                self._size -= self._kept.popitem(last=False)[1].size


def names_of(course: Timetable, rates: FloatArray, patients: Population, engine: EngineName) -> list[bytes]:
    """Names of the state after each interval of a course: the same where all is the same that it follows from."""
    digest = blake2b(digest_size=16)
    digest.update(repr((engine, course.desensitises, course.premedication_days, course.coarseness)).encode())
    digest.update(_patients_digest(patients))
    names = []
    for signature, row in _signatures(course):
        digest.update(repr(signature).encode())
        digest.update(rates[row].tobytes())
        names.append(digest.digest())
    return names


def _patients_digest(patients: Population) -> bytes:
    digest = blake2b(digest_size=16)
    for entry in fields(patients):
        value = getattr(patients, entry.name)
        for part in value if isinstance(value, Constants) else (value,):
            digest.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return digest.digest()


def _signatures(course: Timetable) -> Iterator[tuple[tuple[object, ...], int]]:
    """What endpoints make of each interval, and its row of rates: two courses that agree in it gather the same."""
    windows = Windows.of(course)
    for interval in course.intervals:
        yield (
            (
                interval.start,
                interval.infusing,
                [
                    (stretch, windows.cycles.index(stretch.cycle), stretch.stop <= windows.infusion_ends[cycle])
                    for stretch in interval.stretches
                    for cycle in [windows.cycles.index(stretch.cycle)]
                ],
                interval.start >= windows.last_infusion_end,
                windows.first_infusion,
                [day for day in windows.looks if interval.start < day <= interval.stop],
                windows.escalations[: windows.number_begun(interval.stop)],
            ),
            interval.row,
        )
