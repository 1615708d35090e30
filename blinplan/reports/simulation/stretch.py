"""A stretch of a seed's patients in a file: their endpoints, and all that is needed to join it with other stretches.

The file is a ZIP archive that ``numpy.load`` reads: `stretch.json`, a document, and beside it each column as an array
of NumPy, a patient an element. Nothing in it is compressed, so that a column is read as it lies.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from blinplan.course.events import Period
from blinplan.files.inputs import note_input
from blinplan.files.json_document import json_object_of
from blinplan.outside_text import json_in_letters
from blinplan.physiology.model.population import Population
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.simulation.data import errors_of, models_of, simulation_manifest
from blinplan.reports.simulation.stretch_kinds import require_stretch
from blinplan.simulation.crowd.cohort import Cohort
from blinplan.simulation.crowd.kept import BODY, DonePortion, KeptOutcome, arrays_of
from blinplan.simulation.measured.errors import Errors
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trials.simulation import Simulation

STRETCH = DocumentKind("stretch")
DOCUMENT = "stretch.json"
BEGINNING = (1980, 1, 1, 0, 0, 0)
_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class RegimenText:
    """The text of a regimen, and what it was called."""

    file: str
    text: str


def stretch_document(
    simulation: Simulation,
    kept: KeptOutcome,
    asked: RegimenText,
    chosen: RegimenText,
    input_fingerprint: str,
    errors: Errors | None = None,
) -> dict[str, Any]:
    """Write what a stretch is of, and which columns it has."""
    asked_for = simulation.request
    made_with = {
        **simulation_manifest(simulation, input_fingerprint),
        **models_of(len(simulation.models)),
        "endpoints": list(asked_for.keys),
        "own_endpoints": [own.text for own in asked_for.own],
        "by_day": list(asked_for.by_day),
    }
    typical = simulation.typical.trial.population
    return {
        **stretch_head(
            {**made_with, **errors_of(errors)}, simulation.cohort, asked, chosen, simulation.periods, typical
        ),
        "columns": [
            {"name": name, "type": of.str, "unit": unit, "meaning": meaning}
            for name, of, unit, meaning in _columns(kept)
        ],
    }


def stretch_head(
    made_with: Mapping[str, Any],
    cohort: Cohort,
    asked: RegimenText,
    chosen: RegimenText,
    periods: Sequence[Period],
    typical: Population,
) -> dict[str, Any]:
    """Write what a stretch is of, whatever of its patients is in it."""
    return {
        **STRETCH.head(dict(made_with)),
        "first_patient": cohort.before + 1,
        "asked": {"file": asked.file, "text": asked.text},
        "regimen": {"file": chosen.file, "text": chosen.text},
        "course": course_fingerprint(periods),
        "typical": {
            name: float(getattr(typical, name)[0]) for name in ("weight_kg", "height_cm", "bsa_m2", "age_years")
        },
    }


def course_fingerprint(periods: Sequence[Period]) -> str:
    """A fingerprint of what is given when: SHA-256, 16 digits."""
    return sha256("\n".join(map(repr, periods)).encode()).hexdigest()[:16]


def _columns(kept: KeptOutcome) -> Iterator[tuple[str, np.dtype[Any], str, str]]:
    """Name, type, unit and meaning of each column of the file."""
    number = np.dtype(np.float64)
    yield "number", number, "", "number of the patient in the seed, from 0"
    for name in BODY:
        yield name, number, "", name.replace("_", " ")
    heads: tuple[Quantity | Occurrence, ...] = (*kept.quantities.heads, *kept.events.heads)
    for of in heads:
        for name, values in arrays_of(of).items():
            yield f"{of.key}.{name}", values.dtype, getattr(of, "unit", ""), f"{of.group}: {of.label} ({name})"


def model_folder(model: int) -> str:
    """Where the columns under a plausible model are; those under the shipped parameters are in no folder."""
    return f"model-{model}/" if model else ""


def write_stretch(document: Mapping[str, Any], each: Iterable[KeptOutcome], target: Path) -> None:
    """Write a stretch: the same bytes for the same patients, wherever and whenever.

    ``each`` has what came of them under the shipped parameters, and then under each plausible model, if any.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(DOCUMENT, BEGINNING), json_in_letters(document, indent=1))
        for model, kept in enumerate(each):
            _write_columns(archive, kept, model_folder(model))


def _write_columns(archive: zipfile.ZipFile, kept: KeptOutcome, folder: str) -> None:
    for number, (name, of, _, _) in enumerate(_columns(kept)):
        with new_array(archive, folder + name, of, (kept.size,)) as member:
            for first in range(0, kept.size, _AT_ONCE):
                member.write(kept.columns.part(number, first, first + _AT_ONCE).tobytes())


def new_array(archive: zipfile.ZipFile, name: str, of: np.dtype[Any], shape: tuple[int, ...]) -> IO[bytes]:
    """Begin an array of an archive, whose values are written next."""
    member = archive.open(zipfile.ZipInfo(f"{name}.npy", BEGINNING), "w", force_zip64=True)
    npy.write_array_header_1_0(member, {"descr": of.str, "fortran_order": False, "shape": shape})
    return member


class StretchFileError(ValueError):
    """A file that is no stretch, or a damaged one; the message says what is wrong with it."""


def read_document(path: Path) -> dict[str, Any]:
    """Read what a stretch is of.

    Raises
    ------
    StretchFileError
        When it is not a stretch of this version.
    """
    note_input(path)
    try:
        with zipfile.ZipFile(path) as archive:
            document = json_object_of(member_of(archive, DOCUMENT).read())
    except (*DAMAGES, ValueError) as error:
        raise StretchFileError(_NO_STRETCH) from error
    told = document.get("format"), document.get("version")
    if told != (STRETCH.format, STRETCH.version):
        raise StretchFileError(f"is {told[0]}, version {told[1]}, and not {STRETCH.format}, version {STRETCH.version}")
    try:
        require_stretch(document)
    except ValueError as error:
        raise StretchFileError(_NO_STRETCH) from error
    return document


DAMAGES = (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError)
"""What the library says of an archive that is cut off, changed, or of a kind that it cannot read."""
_NO_STRETCH = "is not a stretch of patients, or a damaged one"


def member_of(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Open a member of an archive of ours: it lies there as it is, so that no more comes out than is in the file.

    Raises
    ------
    KeyError
        When it is not there.
    StretchFileError
        When it is compressed or encrypted.
    """
    found = archive.getinfo(name)
    if found.compress_type != zipfile.ZIP_STORED or found.flag_bits & _ENCRYPTED:
        raise StretchFileError("is damaged: what is in it does not lie there as it is")
    return archive.open(found)


_ENCRYPTED = 0x1


def read_portions(
    path: Path, heads: tuple[Sequence[Quantity], Sequence[Occurrence]], engine: Any, patients: int, model: int = 0
) -> Iterator[DonePortion]:
    """Read what came of the patients of a stretch under a model, some at a time.

    Raises
    ------
    StretchFileError
        When it has other columns than these endpoints, or is damaged.
    """
    endpoints: tuple[Quantity | Occurrence, ...] = (*heads[0], *heads[1])
    names = ["number", *BODY, *(f"{of.key}.{name}" for of in endpoints for name in arrays_of(of))]
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member_of(archive, f"{model_folder(model)}{name}.npy") for name in names]
            types = [_type_of(member, patients) for member in members]
            for first in range(0, patients, _AT_ONCE):
                rows = min(_AT_ONCE, patients - first)
                yield _portion(engine, heads, [_rows(m, of, rows) for m, of in zip(members, types, strict=True)])
            if any(member.read(1) for member in members):  # to the end, where the checksum is
                raise StretchFileError("is damaged: it holds more than it says")
    except KeyError as error:
        raise StretchFileError("has other endpoints than the regimen in it gives") from error
    except (OSError, *DAMAGES) as error:
        raise StretchFileError("is damaged") from error


def _type_of(member: IO[bytes], patients: int) -> np.dtype[Any]:
    try:
        npy.read_magic(member)
        shape, _, of = npy.read_array_header_1_0(member)
    except ValueError as error:
        raise StretchFileError("is damaged") from error
    if shape != (patients,) or of.kind not in "fb":
        raise StretchFileError(f"is damaged: it is of {patients:,} patients, and a column of it of {shape}")
    return of


def _rows(member: IO[bytes], of: np.dtype[Any], rows: int) -> np.ndarray[Any, np.dtype[Any]]:
    found = member.read(rows * of.itemsize)
    if len(found) != rows * of.itemsize:
        raise StretchFileError("is damaged: it ends before its last patient")
    return np.frombuffer(found, dtype=of)


def _portion(engine: Any, heads: tuple[Sequence[Quantity], Sequence[Occurrence]], columns: list[Any]) -> DonePortion:
    number, *rest = columns
    body, values = rest[: len(BODY)], iter(rest[len(BODY) :])
    quantities, events = ([_endpoint_of(of, values) for of in some] for some in heads)
    return DonePortion.of(engine, number, tuple(body), quantities, events)


def _endpoint_of(of: Any, values: Iterator[Any]) -> Any:
    return replace(of, **{name: next(values) for name in arrays_of(of)})
