"""The regimens that come with the program, by name and by family."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from blinplan.regimen.reading import RegimenFile, read
from blinplan.regimen.regimen import Regimen


def folder() -> Path:
    """The folder of shipped regimens: inside the installed package, or beside it in a checkout."""
    installed = Path(__file__).parents[1] / "regimens"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "regimens"


@cache
def paths() -> dict[str, Path]:
    """Each shipped regimen's name and file, the labelled ones first. A file is named as its regimen."""
    return {name: file for name, (_, file) in _places().items()}


@cache
def groups() -> dict[str, str]:
    """By name, the folder that a shipped regimen is in: labelled or trials."""
    return {name: group for name, (group, _) in _places().items()}


@cache
def _places() -> dict[str, tuple[str, Path]]:
    """By name, in which of the two folders each is, however deep, and its file."""
    found = [(group, file) for group in folder().iterdir() if group.is_dir() for file in _files_in(group)]
    found.sort(key=lambda one: (one[0].name, _natural(one[1].stem)))
    return {file.stem: (group.name, file) for group, file in found}


def _files_in(place: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(place):
        yield from (Path(folder, name) for name in names if name.endswith(".toml"))


def shipped_regimens() -> tuple[Regimen, ...]:
    """All shipped regimens, the labelled ones first."""
    return tuple(regimen(name) for name in paths())


@cache
def load(name: str) -> RegimenFile:
    """Read the file of a shipped regimen by its name; raises KeyError when there is none."""
    reading = read(paths()[name].read_bytes(), name)
    assert isinstance(reading, RegimenFile)  # noqa: S101 - shipped regimens are tested to read
    return reading


def regimen(name: str) -> Regimen:
    """The shipped regimen of a name; raises KeyError when there is none."""
    return load(name).regimen


def is_text_of(name: str, text: str) -> bool:
    """Whether a text is that of a shipped regimen's file; raises KeyError when there is none of that name."""
    return paths()[name].read_bytes() == text.encode("utf-8", "surrogatepass")


def names_of(name: str) -> tuple[str, ...]:
    """The names of the shipped regimens that a name stands for: itself, or the members of a family; else none."""
    if name in paths():
        return (name,)
    # A file that does not have the name as a text is of another family, or of none, and is not read.
    written = f'"{name}"'.encode("utf-8", "surrogatepass")
    return tuple(one for one, file in paths().items() if written in file.read_bytes() and regimen(one).family == name)


def nearest(name: str) -> str | None:
    """The shipped name that is written most like this one, if any is close."""
    import difflib

    families = {regimen.family for regimen in shipped_regimens() if regimen.family}
    matches = difflib.get_close_matches(name.lower(), [*paths(), *families], n=1, cutoff=0.7)
    return matches[0] if matches else None


def _natural(name: str) -> tuple[tuple[int, float, str], ...]:
    """A sort key that puts nhl-5 before nhl-15."""
    return tuple((0, float(part), "") if _is_number(part) else (1, 0.0, part) for part in name.split("-"))


def _is_number(part: str) -> bool:
    return part.replace(".", "", 1).isdigit()
