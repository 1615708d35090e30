"""Fingerprints of the program itself: which files an answer follows from, said once.

A room is read whole, with everything below it, so that a file that is added or moved is never left out.
"""

import os
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

MODEL = ("thresholds", "physiology", "simulation")
"""What computes a simulation, parameters included: the rooms of the model's hash."""

OUTCOME = ("quantities.py", "proportion.py", "limits.py", "words", "regimen", "label", "course", *MODEL, "rules")
"""What decides an outcome that rules ask for: the rooms of the cache's key."""

EVIDENCE = (*OUTCOME[: OUTCOME.index("rules")], "evidence")
"""What decides what is measured of the model: the rooms of the key under which evidence is kept."""

_READ = (".py", ".toml")
_PACKAGE = Path(__file__).parent


def fingerprint(*rooms: str) -> str:
    """SHA-256, in hexadecimal, over the names and bytes of all files of some rooms, and of the folders below them."""
    import hashlib  # which most commands do not need

    digest = hashlib.sha256()
    for room in rooms:
        for name, file in _files(str(_PACKAGE / room), room):
            with open(file, "rb") as opened:  # noqa: PTH123 - see below
                content = opened.read()
            digest.update(f"{name} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


@cache  # every plan of a folder states it, and what is computed with was read at the start
def model_hash() -> str:
    """The fingerprint of the model, 16 digits, as manifests state it."""
    return fingerprint(*MODEL)[:16]


class ModelVersion(NamedTuple):
    """A version of the model: its number, the fingerprint of its parameters, when it came to be, and what changed."""

    version: int
    parameters: str
    date: date
    changed: str


@cache
def model_versions() -> tuple[ModelVersion, ...]:
    """Every version of the model, the one that is shipped last."""
    import tomli

    text = (_PACKAGE / "physiology/model/versions.toml").read_text(encoding="utf-8")
    return tuple(ModelVersion(**entry) for entry in tomli.loads(text)["versions"])


def model_version() -> int:
    """The version of the model: it rises where an answer changes, unlike the hash, which follows all files."""
    return model_versions()[-1].version


def model_name() -> str:
    """The version and the hash, as they are shown to people."""
    return f"{model_version()} ({model_hash()})"


def _files(place: str, name: str) -> Iterator[tuple[str, str]]:
    """The files that are read at a place, with their names from the package's folder, in the order of the names."""
    if not os.path.isdir(place):  # noqa: PTH112 - a path for each of hundreds of files takes longer than to read them
        yield name, place
        return
    for inner in sorted(os.scandir(place), key=lambda entry: entry.name):
        if inner.is_dir() and inner.name != "__pycache__":
            yield from _files(inner.path, f"{name}/{inner.name}")
        elif inner.name.endswith(_READ):
            yield f"{name}/{inner.name}", inner.path
