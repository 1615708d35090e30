"""The curves of a stretch of a seed's patients in a file, to be joined with those of other stretches.

The same archive as of endpoints (`stretch`): beside its document stand `states.npy`, (patients, states, times), which
the engine advances and every column of curves follows from, and `number.npy`, a patient an element.
"""

import zipfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

import numpy as np
from numpy.lib import format as npy

from blinplan.outside_text import json_in_letters
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import TABLE
from blinplan.refusal import Refusal
from blinplan.reports.simulation.data import errors_of, models_of, simulation_manifest
from blinplan.reports.simulation.stretch import (
    BEGINNING,
    DAMAGES,
    DOCUMENT,
    RegimenText,
    StretchFileError,
    member_of,
    model_folder,
    new_array,
    stretch_head,
)
from blinplan.simulation.measured.errors import Errors
from blinplan.simulation.trajectories import Portion, RequestedCurves

_NUMBER = np.dtype(np.float64)
_STATES, _NUMBERS = "states", "number"


def curve_document(
    curves: RequestedCurves,
    asked: RegimenText,
    chosen: RegimenText,
    input_fingerprint: str,
    errors: Errors | None = None,
) -> dict[str, Any]:
    """Write what a stretch of curves is of."""
    made_with = {
        **simulation_manifest(curves, input_fingerprint),
        "every_minutes": curves.every,
        **models_of(len(curves.models)),
        **errors_of(errors),
    }
    states = "; ".join(f"{state.name}: {state.meaning} [{state.unit}]" for state in TABLE)
    return {
        **stretch_head(made_with, curves.cohort, asked, chosen, curves.periods, curves.typical),
        "columns": [
            {"name": _STATES, "type": _NUMBER.str, "unit": "", "meaning": f"patients x states x times; {states}"},
            {"name": _NUMBERS, "type": _NUMBER.str, "unit": "", "meaning": "number of the patient in the seed, from 0"},
        ],
    }


def write_curves(
    document: dict[str, Any], curves: RequestedCurves, each: Iterable[Iterable[Portion]], target: Path
) -> None:
    """Write a stretch of curves as they come: the same bytes for the same patients, wherever and whenever.

    ``each`` has the curves under the shipped parameters, and then under each plausible model, if any.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(DOCUMENT, BEGINNING), json_in_letters(document, indent=1))
        for model, computed in enumerate(each):
            _write_model(archive, curves, computed, model_folder(model))


def _write_model(archive: zipfile.ZipFile, curves: RequestedCurves, computed: Iterable[Portion], folder: str) -> None:
    size, times = curves.cohort.size, curves.minutes.shape[0]
    numbers: list[FloatArray] = []
    with new_array(archive, folder + _STATES, _NUMBER, (size, len(TABLE), times)) as member:
        for portion in computed:
            states = np.stack(portion.trajectories.states)
            member.write(np.ascontiguousarray(states.transpose(2, 0, 1)).tobytes())
            numbers.append(portion.trajectories.population.numbers)
    with new_array(archive, folder + _NUMBERS, _NUMBER, (size,)) as member:
        member.write(np.concatenate(numbers).tobytes())


class StoredStretch(NamedTuple):
    """A file of curves, and of how many patients it is."""

    path: Path
    patients: int


class StoredCurves:
    """Reads the states of patients, one after the other, from files that follow each other; it is closed at its end."""

    def __init__(self, stretches: Sequence[StoredStretch], times: int, model: int = 0) -> None:
        self._stretches, self._times, self._folder = list(stretches), times, model_folder(model)
        self._opened = ExitStack()
        self._left = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def __call__(self, people: Population) -> FloatArray:
        """Read the states (states, times, n) of the next patients.

        Raises
        ------
        Refusal
            When a file is damaged, or has other patients.
        """
        parts, numbers = [], people.numbers
        while numbers.size:
            if not self._left:
                self._open()
            some = numbers[: self._left]
            parts.append(self._read(some))
            numbers = numbers[some.size :]
            if not self._left:
                self._close()
        return np.ascontiguousarray(np.concatenate(parts).transpose(1, 2, 0))

    def _open(self) -> None:
        self._stretch = self._stretches.pop(0)
        self._left, self._done = self._stretch.patients, 0
        shape = (self._left, len(TABLE), self._times)
        try:
            archive = self._opened.enter_context(zipfile.ZipFile(self._stretch.path))
            self._states = self._opened.enter_context(_array_file(archive, self._folder + _STATES, shape))
            with _array_file(archive, self._folder + _NUMBERS, (self._left,)) as member:
                self._numbers = np.frombuffer(member.read(), dtype=_NUMBER)
        except (OSError, *DAMAGES, ValueError) as error:
            raise _damage(self._stretch.path) from error

    def _read(self, numbers: FloatArray) -> FloatArray:
        shape = (numbers.size, len(TABLE), self._times)
        size = int(np.prod(shape)) * _NUMBER.itemsize
        try:
            found = self._states.read(size)
        except (OSError, *DAMAGES) as error:
            raise _damage(self._stretch.path) from error
        known = self._numbers[self._done : self._done + numbers.size]
        if len(found) != size or not np.array_equal(known, numbers):
            raise _damage(self._stretch.path)
        self._done, self._left = self._done + numbers.size, self._left - numbers.size
        return np.frombuffer(found, dtype=_NUMBER).reshape(shape)

    def _close(self) -> None:
        """Read to the end, where the checksum is."""
        try:
            rest = self._states.read(1)
        except (OSError, zipfile.BadZipFile) as error:
            raise _damage(self._stretch.path) from error
        if rest:
            raise _damage(self._stretch.path)
        self._opened.close()


def _damage(path: Path) -> Refusal:
    return Refusal(f"{path} is damaged, or has the curves of other patients than it says", "make it anew")


def _array_file(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...]) -> IO[bytes]:
    member = member_of(archive, f"{name}.npy")
    try:
        npy.read_magic(member)
        found, _, of = npy.read_array_header_1_0(member)
        if (found, of) != (shape, _NUMBER):
            raise StretchFileError("is damaged")
    except (OSError, *DAMAGES, ValueError) as error:
        member.close()
        raise StretchFileError("is damaged") from error
    return member
