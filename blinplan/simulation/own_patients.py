"""A user's own patients, from a table in CSV."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from blinplan.course.patient import AREAS_M2, HEIGHTS_CM, WEIGHTS_KG
from blinplan.physiology.model.population import FloatArray


class PeopleError(ValueError):
    """A table of patients that cannot be read; the message says where and what is expected."""


@dataclass(frozen=True, slots=True)
class People:
    """Patients by their covariates, each (N,); those the table does not have are None."""

    weight_kg: FloatArray
    height_cm: FloatArray
    age_years: FloatArray | None
    female: FloatArray | None
    bsa_m2: FloatArray | None


_BOUNDS = {
    "weight_kg": tuple(map(float, WEIGHTS_KG)),
    "height_cm": tuple(map(float, HEIGHTS_CM)),
    "age_years": (0.0, 120.0),
    "female": (0.0, 1.0),
    "bsa_m2": tuple(map(float, AREAS_M2)),
}
_REQUIRED = ("weight_kg", "height_cm")
_NUMBER = re.compile(r"\s*\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")
"""As programs write one; Python reads more as a number, such as 7_0."""


def read_people(text: str, name: str) -> People:
    """Read patients from CSV with a header: weight_kg and height_cm, and optionally age_years, female (0 or 1), bsa_m2.

    Parameters
    ----------
    text
        The table.
    name
        The name to show in errors.

    Raises
    ------
    PeopleError
        For the first cell, row or column that is not as expected.
    """
    rows = csv.reader(io.StringIO(text), strict=True)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        _check_header(header, name)
        values = [_numbers(row, header, f"{name}:{rows.line_num}") for row in rows if row]
    except csv.Error as error:
        raise PeopleError(f"{name}:{rows.line_num}: not CSV: {error}") from error
    if not values:
        raise PeopleError(f"{name}: the table has no patients")
    table = dict(zip(header, np.array(values).T.copy(), strict=True))
    return People(
        table["weight_kg"], table["height_cm"], table.get("age_years"), table.get("female"), table.get("bsa_m2")
    )


def _check_header(header: Sequence[str], name: str) -> None:
    unknown = [column for column in header if column not in _BOUNDS]
    missing = [column for column in _REQUIRED if column not in header]
    if missing or unknown or len(set(header)) != len(header):
        raise PeopleError(
            f"{name}:1: the columns are {', '.join(header) or 'missing'}; a table of patients has weight_kg and"
            " height_cm, and optionally age_years, female (0 or 1) and bsa_m2, each once"
        )


def _numbers(row: Sequence[str], header: Sequence[str], where: str) -> list[float]:
    if len(row) != len(header):
        raise PeopleError(f"{where}: {len(row)} cells, and the header has {len(header)} columns")
    return [_number(cell, column, where) for cell, column in zip(row, header, strict=True)]


def _number(cell: str, column: str, where: str) -> float:
    low, high = _BOUNDS[column]
    value = float(cell) if _NUMBER.fullmatch(cell) else np.nan
    if not low <= value <= high or (column == "female" and value not in (0.0, 1.0)):
        raise PeopleError(f"{where}: {column} is {cell[:40]!r}; it is a number from {low:g} to {high:g}")
    return value
