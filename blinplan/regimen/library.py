"""The regimens that come with the program, by name and by family."""

import difflib
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

from blinplan.regimen.reading import RegimenFile, read
from blinplan.regimen.regimen import Eligibility, Indication, LabelName, Regimen, Status

_ADULT_FROM = 18
_INFANT_BELOW = 1
_HEAVIER_THAN_INFANTS = 15  # kg


class Patients(StrEnum):
    """Words for the patients of a regimen: by their age, or the virtual population that stands for them."""

    ADULT = "adult"
    CHILD = "child"
    INFANT = "infant"
    ADULT_RR = "adult-rr"
    ADULT_MRD = "adult-mrd"


class Selection(NamedTuple):
    """Which of the shipped regimens are meant; what is None leaves out none."""

    indication: Indication | None = None
    population: Patients | None = None
    status: Status | None = None
    label: LabelName | None = None

    def admits(self, regimen: Regimen) -> bool:
        """Whether a regimen is one of those that are meant."""
        return (
            self.indication in {None, regimen.indication}
            and (self.population is None or self.population in patients_of(regimen))
            and self.status in {None, regimen.status}
            and self.label in {None, regimen.label}
        )


def patients_of(regimen: Regimen) -> tuple[Patients, ...]:
    """The words that fit the patients of a regimen; its ages decide, or else its weights and its virtual population."""
    who, population = regimen.eligibility, regimen.virtual_population
    youngest, below = _ages(who, population)
    fits = {
        Patients.ADULT: below is None or below > _ADULT_FROM,
        Patients.CHILD: youngest < _ADULT_FROM,
        Patients.INFANT: youngest < _INFANT_BELOW and (who.minimum_weight or 0) < _HEAVIER_THAN_INFANTS,
        Patients.ADULT_RR: population == "adult-rr",
        Patients.ADULT_MRD: population == "adult-mrd",
    }
    return tuple(word for word, fit in fits.items() if fit)


def _ages(who: Eligibility, population: str) -> tuple[Fraction, Fraction | None]:
    """The ages in years that are admitted: from one to below another."""
    if who.minimum_age is None and who.below_age is None and not who.limited:
        adult = Fraction(_ADULT_FROM)
        return (Fraction(0), adult) if population == "child" else (adult, None)
    return who.minimum_age or Fraction(0), who.below_age


def folder() -> Path:
    """The folder of shipped regimens: inside the installed package, or beside it in a checkout."""
    installed = Path(__file__).parents[1] / "regimens"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "regimens"


@cache
def paths() -> dict[str, Path]:
    """Each shipped regimen's name and file, the labelled ones first. A file is named as its regimen."""
    top = folder()
    files = {path: (path.relative_to(top).parts[0], _natural(path.stem)) for path in top.rglob("*.toml")}
    return {path.stem: path for path in sorted(files, key=files.__getitem__)}


def groups() -> dict[str, str]:
    """By name, the folder that a shipped regimen is in: labelled or trials."""
    return {name: path.relative_to(folder()).parts[0] for name, path in paths().items()}


def shipped_regimens() -> tuple[Regimen, ...]:
    """All shipped regimens, the labelled ones first."""
    return tuple(regimen(name) for name in paths())


def load(name: str) -> RegimenFile:
    """Read the file of a shipped regimen by its name; raises KeyError when there is none."""
    reading = read(paths()[name].read_bytes(), name)
    assert isinstance(reading, RegimenFile)  # noqa: S101 - shipped regimens are tested to read
    return reading


def regimen(name: str) -> Regimen:
    """The shipped regimen of a name; raises KeyError when there is none."""
    return load(name).regimen


def names_of(name: str) -> tuple[str, ...]:
    """The names of the shipped regimens that a name stands for: itself, or the members of a family; else none."""
    if name in paths():
        return (name,)
    return tuple(regimen.name for regimen in shipped_regimens() if regimen.family == name)


def nearest(name: str) -> str | None:
    """The shipped name that is written most like this one, if any is close."""
    families = {regimen.family for regimen in shipped_regimens() if regimen.family}
    matches = difflib.get_close_matches(name.lower(), [*paths(), *families], n=1, cutoff=0.7)
    return matches[0] if matches else None


def _natural(name: str) -> tuple[tuple[int, float, str], ...]:
    """A sort key that puts nhl-5 before nhl-15."""
    return tuple((0, float(part), "") if _is_number(part) else (1, 0.0, part) for part in name.split("-"))


def _is_number(part: str) -> bool:
    return part.replace(".", "", 1).isdigit()
