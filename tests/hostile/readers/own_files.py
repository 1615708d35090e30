"""Sound files that the program writes for itself to read again: journals, stretches, tables, what a cache keeps."""

import io
import json
import re
import tempfile
import zipfile
from functools import cache
from hashlib import sha256
from pathlib import Path

from tests.hostile.oracle import answer_to
from tests.regimen_text import cycle, regimen_text

OWN = regimen_text(cycle("9 mcg/d for 7 days", "28 mcg/d for 21 days"))
"""A regimen whose course is short and in which something can be put right."""
FEW = ("--patients", "2")
SWEEP = ("sweep", "r.toml", "--vary", "cycle.1.step.1.dose=9,15", *FEW, "-o", "out.csv")
_STRETCH = ("simulate", "r.toml", *FEW, "--first", "1", "-o")
_DOCUMENT = "stretch.json"


@cache
def journal() -> str:
    """What a sweep keeps beside its table of the cells that are done."""
    return _made(SWEEP, "out.csv.cells").decode()


def short_journal() -> bytes:
    """The same with one endpoint of each cell: what a search changes, it changes where a reader looks."""
    head, *cells = journal().splitlines()
    found = (json.loads(cell.partition(" ")[2]) for cell in cells)
    short = (json.dumps({**cell, "endpoints": cell["endpoints"][-1:]}) for cell in found)
    return sealed_lines("\n".join((head, *short)).encode())


@cache
def stretch(*more: str) -> bytes:
    """An archive of two patients; with ``more``, of their curves."""
    return _made((*_STRETCH, "part.npz", *more), "part.npz")


@cache
def table(ending: str = "") -> str:
    """A table of two patients, and with an ending what stands beside it."""
    return _made((*_STRETCH, "part.csv"), f"part.csv{ending}").decode()


def document_of(archive: bytes) -> str:
    """What an archive says that it is of."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return found.read(_DOCUMENT).decode()


def packed(data: bytes) -> bytes:
    """The archive whose document that is: of endpoints, or of curves where it speaks of these; an archive as it is."""
    if data.startswith(b"PK"):
        return data
    archive = stretch("--every", "7d") if b"every_minutes" in data else stretch()
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), data if name == _DOCUMENT else old.read(name))
    return made.getvalue()


def cached() -> str:
    """What the cache keeps of a simulation for the rules, without its checksum."""
    share = {"count": 7, "total": 8}
    median = {"value": 2.5, "low": 1.0, "high": 4.0, "total": 8, "least": None, "greatest": None}
    return json.dumps(
        {
            "population": "adult-rr",
            "seed": 1,
            "drawn": 8,
            "depletion": share,
            "recoveries": [share],
            "escalation": {"day": 7.0, "returns": share, "median_return": 6.5},
            "first_peak": median,
            "labelled_peak": ["rr-adult", median],
            "later_elevation": [share],
            "compared_returns": ["rr-adult", share],
            "errors": 1.96,
        }
    )


def sealed_lines(data: bytes) -> bytes:
    """The lines of a journal, each with the checksum of what it says, so that it counts as whole."""
    texts = (re.sub(rb"^[0-9a-f]{16} ", b"", line) for line in data.split(b"\n") if line)
    return b"".join(sha256(text).hexdigest()[:16].encode() + b" " + text + b"\n" for text in texts)


def sealed(data: bytes) -> bytes:
    """A value of the cache with the checksum of what it says."""
    return sha256(data).hexdigest().encode() + b"\n" + data


def _made(arguments: tuple[str, ...], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "r.toml").write_text(OWN, encoding="utf-8")
        answer = answer_to(arguments, Path(folder))
        if answer.status != 0:
            raise ValueError(answer.err)
        return Path(folder, name).read_bytes()
