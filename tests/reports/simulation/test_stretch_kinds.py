"""What a stretch says of itself is held to what joining asks it for, before anything is computed."""

import json
import zipfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from blinplan.reports.simulation.parts import read_part
from blinplan.reports.simulation.stretch import DOCUMENT, StretchFileError, read_document
from blinplan.reports.simulation.stretch_kinds import require_part

TEXT = {"file": "x.toml", "text": "format = 1"}
SOUND: dict[str, Any] = {
    "format": "blinplan-stretch",
    "version": 1,
    "manifest": {
        "population": "adult-rr",
        "attenuation": "desensitisation",
        "engine": "plain",
        "patients": 2,
        "seed": 1,
        "premedication": False,
        "follow_up_days": 0,
        "endpoints": [],
        "own_endpoints": [],
        "by_day": [28, 1.5],
    },
    "first_patient": 1,
    "asked": TEXT,
    "regimen": TEXT,
    "course": "6f96d65d099d6c15",
    "typical": {"weight_kg": 70.5, "height_cm": 170, "bsa_m2": 1.8, "age_years": 41},
}
GONE = object()


def _archive(folder: Path, data: bytes, compression: int = zipfile.ZIP_STORED) -> Path:
    path = folder / "part.npz"
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr(DOCUMENT, data)
    return path


def test_a_stretch_of_endpoints_or_of_curves_is_read(tmp_path: Path) -> None:
    assert read_document(_archive(tmp_path, json.dumps(SOUND).encode())) == SOUND
    curves = deepcopy(SOUND)
    for name in ("endpoints", "own_endpoints", "by_day"):
        del curves["manifest"][name]
    curves["manifest"]["every_minutes"] = 60
    assert read_document(_archive(tmp_path, json.dumps(curves).encode())) == curves


@pytest.mark.parametrize(
    ("way", "value"),
    [
        *(((name,), GONE) for name in ("manifest", "first_patient", "asked", "regimen", "course", "typical")),
        *((("manifest", name), GONE) for name in SOUND["manifest"]),
        (("manifest", "patients"), "2"),
        (("manifest", "patients"), True),
        (("manifest", "patients"), 0),
        (("manifest", "patients"), 1_000_000_001),
        (("asked", "text"), "\ud800"),
        (("regimen", "text"), ""),
        (("manifest", "population"), "9 mcg/h"),
        (("manifest", "population"), "adult"),
        (("manifest", "attenuation"), "desensitization"),
        (("manifest", "seed"), None),
        (("manifest", "seed"), -1),
        (("manifest", "seed"), 2**63),
        (("manifest", "follow_up_days"), 3661),
        (("manifest", "follow_up_days"), -1),
        (("manifest", "premedication"), 0),
        (("manifest", "plausible_models"), -1),
        (("manifest", "endpoints"), "b_nadir"),
        (("manifest", "by_day"), [float("inf")]),
        (("manifest", "by_day"), [-1]),
        (("manifest",), []),
        (("first_patient",), 0),
        (("asked",), "x"),
        (("regimen", "text"), None),
        (("typical", "bsa_m2"), "1.8"),
        (("typical", "bsa_m2"), 0),
        (("typical", "weight_kg"), 1001),
        (("typical", "weight_kg"), float("nan")),
        (("typical", "age_years"), GONE),
    ],
)
def test_what_says_something_else_is_no_stretch(tmp_path: Path, way: tuple[str, ...], value: object) -> None:
    document = deepcopy(SOUND)
    holder = document
    for name in way[:-1]:
        holder = holder[name]
    holder[way[-1]] = value
    if value is GONE:
        del holder[way[-1]]
    with pytest.raises(StretchFileError, match="is not a stretch of patients, or a damaged one"):
        read_document(_archive(tmp_path, json.dumps(document).encode()))


@pytest.mark.parametrize("data", [b"[]", b"1", b"", b"[" * 100_000, b"\xff", b"null"])
def test_what_is_no_document_is_no_stretch(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(StretchFileError, match="is not a stretch of patients"):
        read_document(_archive(tmp_path, data))


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_nothing_is_unpacked_to_more_than_the_file_holds(tmp_path: Path, compression: int) -> None:
    """A few kilobytes can say that they are a thousand million."""
    with pytest.raises(StretchFileError, match="is not a stretch of patients"):
        read_document(_archive(tmp_path, json.dumps(SOUND).encode() + b" " * 100_000, compression))


@pytest.mark.parametrize(
    "about", ['"x"', "[]", "1", "null", "[" * 100_000, '{"columns": []}', '{"columns": 5}', '{"columns": [5]}', "{}"]
)
def test_what_stands_beside_a_table_and_says_nothing_of_it_is_told(tmp_path: Path, about: str) -> None:
    (tmp_path / "part.csv").write_text("patient\n1\n", encoding="utf-8")
    (tmp_path / "part.csv.json").write_text(about, encoding="utf-8")
    with pytest.raises(StretchFileError, match=r"does not say what it was made with|is not a table"):
        read_part(tmp_path / "part.csv")


@pytest.mark.parametrize(
    "manifest", [{}, {"patients": 0}, {"patients": "2"}, {"patients": 2, "first": 0}, {"patients": 2, "drawn": 1.5}]
)
def test_a_table_is_of_so_many_patients(manifest: dict[str, Any]) -> None:
    require_part({"patients": 2, "first": 1, "seed": None, "plausible_models": 0})
    with pytest.raises(ValueError, match="validation error"):
        require_part(manifest)
