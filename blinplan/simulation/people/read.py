"""Read a table of patients, and judge each of them as a plan judges its patient."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from blinplan.course.patient import AreaFormula, Patient, PatientError, patient
from blinplan.frozen import FrozenMapping
from blinplan.outside_text import visible
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY, decimal_text, plural
from blinplan.regimen.age import Age, AgeError, AgeUnit, completed_age
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.people.cells import CellTable, Row, read_cells, readings
from blinplan.simulation.people.columns import (
    BASELINES,
    BODY,
    HOLD_DAYS,
    HOLD_FROM,
    ID,
    LAST_DAY,
    OFF_DRUG,
    REGIMEN,
    REQUIRED,
    SEXES,
    check_columns,
)
from blinplan.simulation.people.people import OwnOrder, People, PeopleError

_LONGEST_ID = 64


class _Least(NamedTuple):
    """Below which value a cell is one in another unit, a thousandth of what is meant; that unit, and the column's."""

    value: Fraction
    other_unit: str
    unit: str


_LEAST = {
    "t_cells_per_ul": _Least(Fraction(5), "10^9/L", "cells/µL"),
    "il6_pg_per_ml": _Least(Fraction(1, 10), "ng/mL", "pg/mL"),
}
"""With fewer T cells there is nobody to redirect; less IL-6 is found in nobody. Conventions."""
_FEWEST_B_CELLS = 1
"""B cells/µL below which a count is not told as a number: "below 1" in Klinger et al., Blood 2012;119:6226.

A patient may have none before treatment, after rituximab or much chemotherapy. Most of a table have some: the quartiles
of that study were 4 and 114, in minimal residual disease. That most of a column tell its unit is a convention of ours.
"""
_MONTHS_PER_YEAR = 12
_IN_YEARS_FROM = 20
_CHECK = "check the figure and its unit: weight in kg, height in cm, area in m²"
_EMPTY = "fill the cell, or leave the column out"


def read_people(
    text: str,
    name: str,
    formula: AreaFormula = AreaFormula.MOSTELLER,
    regimen_named: Callable[[str], Regimen] | None = None,
) -> People:
    """Read patients from CSV with a header.

    Each is judged as a plan judges its patient: by weight, height, area and age, together.

    Parameters
    ----------
    text
        The table; its cells are parted by commas, semicolons or tabs.
    name
        The name to show in errors.
    formula
        How an area that is not given is computed.
    regimen_named
        Finds the regimen that a row names, or raises `PeopleError`; where it is not given, no row may name one.

    Raises
    ------
    PeopleError
        For what is not as expected: the first row, and how many others.
    """
    table = read_cells(text, name)
    check_columns(table.columns, name)
    if not table.rows:
        raise PeopleError(f"{name}: the table has no patients", "give each patient a row")
    found: list[dict[str, float]] = []
    own: list[OwnOrder] = []
    faults: list[PeopleError] = []
    ids: dict[str, int] = {}
    for row in table.rows:
        try:
            _take_id(row, ids)
            found.append(_values(row, table.delimiter, formula))
            own.append(_own_order(row, table.delimiter, regimen_named or _no_other_regimen))
            _require_hold_before_end(own[-1].hold, found[-1].get(OFF_DRUG))
        except PeopleError as error:
            faults.append(PeopleError(f"{name}:{row.line}{_whose(row)}: {error}", error.advice))
    if faults:
        raise _all_of(faults)
    _require_unit_of_b_cells(table.rows, found, name)
    return replace(_people(table, found, tuple(ids), formula), own=tuple(own) if any(map(any, own)) else ())


def _require_unit_of_b_cells(rows: Sequence[Row], found: Sequence[Mapping[str, float]], name: str) -> None:
    """Refuse a column most of which is below what is told as a number: a unit is that of a column, not of a cell."""
    column = "b_cells_per_ul"
    counts = [(row, values[column]) for row, values in zip(rows, found, strict=True) if column in values]
    few = [(row, count) for row, count in counts if count < _FEWEST_B_CELLS]
    if 2 * len(few) <= len(counts):
        return
    (row, first), all_of_them = few[0], f"{len(counts):,} {plural('patient', len(counts))}"
    count = Fraction(str(first))
    raise PeopleError(
        f"{name}:{row.line}{_whose(row)}: {column} is {_plain(count)}, and below {_FEWEST_B_CELLS} in {len(few):,} of"
        f" {all_of_them}",
        f"if it is in 10^9/L, write {_plain(count * 1000)}; who has fewer than {_FEWEST_B_CELLS} is written as"
        f" {_FEWEST_B_CELLS}",
    )


def _whose(row: Row) -> str:
    """Whose row it is, where the patients have names."""
    return f" (id {visible(row.cells[ID][:_LONGEST_ID])})" if row.cells.get(ID) else ""


def _all_of(faults: Sequence[PeopleError]) -> PeopleError:
    first, others = faults[0], len(faults) - 1
    rows = "1 more row is" if others == 1 else f"{others:,} more rows are"
    return PeopleError(f"{first}{f' ({rows} refused too)' if others else ''}", first.advice)


def _take_id(row: Row, ids: dict[str, int]) -> None:
    if ID not in row.cells:
        return
    called = row.cells[ID]
    if not called:
        raise PeopleError("id is empty", "give every patient one, or leave the column out")
    if len(called) > _LONGEST_ID:
        raise PeopleError(f"id has {len(called)} characters", f"give one of {_LONGEST_ID} at most")
    if called in ids:
        raise PeopleError(f"row {ids[called]} has the same id", "give each patient an id of their own")
    ids[called] = row.line


def _values(row: Row, delimiter: str, formula: AreaFormula) -> dict[str, float]:
    """What a row says, by column; what it leaves open is not there."""
    body = {column: _body(row.cells[column], column, delimiter) for column in BODY if column in row.cells}
    whom = _plausible(body, formula)
    sex = next(({"female": _sex(column, row.cells[column])} for column in SEXES if column in row.cells), {})
    areas = {} if whom.area is None else {"bsa_m2": float(whom.area.square_metres)}
    baselines = {
        column: float(_baseline(row.cells[column], column, delimiter)) for column in BASELINES if row.cells.get(column)
    }
    off = {OFF_DRUG: _off_drug(row.cells[OFF_DRUG], delimiter)} if row.cells.get(OFF_DRUG) else {}
    return {column: float(value) for column, value in body.items() if value is not None} | sex | areas | baselines | off


def _no_other_regimen(named: str) -> Regimen:
    raise PeopleError(f"{REGIMEN} is {_quotation(named)}, and all get the same here", "leave the column out")


def _own_order(row: Row, delimiter: str, regimen_named: Callable[[str], Regimen]) -> OwnOrder:
    """What the patient of a row gets otherwise than the others."""
    named = row.cells.get(REGIMEN)
    return OwnOrder(
        regimen_named(named) if named else None,
        _hold(row.cells.get(HOLD_FROM, ""), row.cells.get(HOLD_DAYS, ""), delimiter),
    )


def _require_hold_before_end(hold: tuple[int, int] | None, off: float | None) -> None:
    """Refuse a hold of who is off the drug by then: one of the two days is not meant."""
    if hold is not None and off is not None and hold[0] >= off:
        since, end = (_plain(Fraction(int(minutes)) / MINUTES_PER_DAY) for minutes in (hold[0], off))
        raise PeopleError(
            f"{HOLD_FROM} is {since}, and {OFF_DRUG} is {end}: nothing is infused by then", "correct one of the two"
        )


def _hold(start: str, days: str, delimiter: str) -> tuple[int, int] | None:
    """From which minute of the course it stands still, and for how many; None where it does for no time."""
    long = _number(days, HOLD_DAYS, delimiter, LAST_DAY) if days else None
    if not start and not long:
        return None
    if not start or long is None:
        missing, given = (HOLD_FROM, HOLD_DAYS) if days else (HOLD_DAYS, HOLD_FROM)
        raise PeopleError(f"{given} is given, and {missing} is not", "give both; leave both empty for who has no hold")
    since = _number(start, HOLD_FROM, delimiter, LAST_DAY)
    start_minute, minutes = _whole_minutes(since), _whole_minutes(long)
    if start_minute is None or not 0 <= since <= LAST_DAY:
        raise PeopleError(
            f"{HOLD_FROM} is {_plain(since)}",
            f"give days from the start of the course, 0 to {LAST_DAY}, {_TO_THE_MINUTE}",
        )
    if minutes is None or not 0 <= long <= LAST_DAY:
        raise PeopleError(f"{HOLD_DAYS} is {_plain(long)}", f"give days, 0 to {LAST_DAY}, {_TO_THE_MINUTE}")
    return (start_minute, minutes) if minutes else None


def _off_drug(text: str, delimiter: str) -> float:
    """The minute of the course from which nothing is infused."""
    day = _number(text, OFF_DRUG, delimiter, LAST_DAY)
    minute = _whole_minutes(day)
    if minute is None or not 0 < day <= LAST_DAY:
        raise PeopleError(
            f"{OFF_DRUG} is {_plain(day)}",
            f"give days from the start of the course, above 0 and up to {LAST_DAY}, {_TO_THE_MINUTE}; leave it empty"
            " for who gets all of it",
        )
    return float(minute)


_TO_THE_MINUTE = "to the minute (8 hours are 0.3333)"
_DECIMALS = range(4, 19)
"""With so many, a day is told from the minutes beside it."""


def _whole_minutes(days: Fraction) -> int | None:
    """The minutes of days: a minute is 1/1440 of a day, which has no last decimal, and is written to any four or more.

    None where it is no minute to the last decimal that stands there. What lies between two decimals, as 9 minutes do
    (0.00625), may be written as either: who writes a table may round up, down, or to the even one.
    """
    minutes = round(days * MINUTES_PER_DAY)
    places = next((places for places in _DECIMALS if (days * 10**places).denominator == 1), _DECIMALS[-1])
    off = abs(days - Fraction(minutes, MINUTES_PER_DAY))
    return minutes if 2 * off <= Fraction(1, 10**places) else None


def _body(text: str, column: str, delimiter: str) -> Fraction | None:
    if not text and column == "bsa_m2":
        return None
    if not text:
        raise PeopleError(f"{column} is empty", "fill the cell" if column in REQUIRED else _EMPTY)
    return _number(text, column, delimiter, BODY[column])


def _plausible(body: Mapping[str, Fraction | None], formula: AreaFormula) -> Patient:
    try:
        return patient(body["weight_kg"], body["height_cm"], body.get("bsa_m2"), formula, _age(body.get("age_years")))
    except (PatientError, AgeError) as error:
        raise PeopleError(str(error), _CHECK) from error


def _age(years: Fraction | None) -> Age | None:
    """An age as a plan takes it: in completed years, or in completed months where it is a fraction."""
    if years is None:
        return None
    if years.denominator == 1 or years >= _IN_YEARS_FROM:
        return completed_age(int(years // 1))
    return completed_age(int(years * _MONTHS_PER_YEAR // 1), AgeUnit.MONTHS)


def _sex(column: str, text: str) -> float:
    words = SEXES[column]
    if text.lower() not in words:
        allowed = "1 for a woman or girl, 0 for a man or boy" if column == "female" else "female or male, f or m"
        other = "; a column called sex takes female and male" if column == "female" else ""
        raise PeopleError(f"{column} is {_quotation(text)}", f"{allowed}{other}" if text else _EMPTY)
    return words[text.lower()]


def _baseline(text: str, column: str, delimiter: str) -> Fraction:
    of = BASELINES[column]
    low, high = of.bounds
    if text.startswith(("<", "≤")):
        raise PeopleError(f"{column} is {_quotation(text)}, below what could be measured", _NO_LESS_FOUND)
    value = _number(text, column, delimiter, high)
    least = _LEAST.get(column)
    if least is not None and low <= value < least.value:
        meant = f"{_plain(value * 1000)} {least.unit}"
        raise PeopleError(
            f"{column} is {_plain(value)}, next to none", f"in {least.other_unit} it would be {meant}: write that"
        )
    if low <= value <= high:
        return value
    between = f"{_plain(low)} to {_plain(high)} {of.unit}".rstrip()
    hint = f"; {_plain(value)} % is {_plain(value / 100)}" if not of.unit and low <= value / 100 <= high else ""
    raise PeopleError(
        f"{column} is {_plain(value)}; {of.words} before treatment {of.verb} {between} here{hint}",
        _NO_LESS_FOUND if value == 0 else "correct it; leave the cell empty where it was not measured",
    )


_NO_LESS_FOUND = (
    "write the least that would have been found, or half of it; leave the cell empty where nothing was measured"
)
"""Counts and levels end where a method does: 0 and "<2" say less than that, and the model's patients have some."""


def _number(text: str, column: str, delimiter: str, most: Fraction) -> Fraction:
    """What a cell says; where it may be two numbers, the one that is not too much."""
    found = list(readings(text, delimiter))
    possible = [value for value in found if value <= most] or found[:1]
    if not possible:
        raise PeopleError(f"{column} is {_quotation(text)}", "give it as a plain number, such as 70 or 70.5")
    if len(possible) > 1:
        both = " or ".join(_plain(value).replace(",", "") for value in possible)
        raise PeopleError(f"{column} is {_quotation(text)}: it may be {both}", "write the one that is meant so")
    return possible[0]


def _quotation(text: str) -> str:
    return repr(text[:40]) if text else "empty"


def _plain(value: Fraction) -> str:
    return decimal_text(value, 9).replace("≈ ", "")


def _people(
    table: CellTable, rows: Sequence[Mapping[str, float]], ids: tuple[str, ...], formula: AreaFormula
) -> People:
    def column(name: str) -> FloatArray:
        return np.array([row.get(name, np.nan) for row in rows])

    sexed = bool(SEXES.keys() & set(table.columns))
    off = any(OFF_DRUG in row for row in rows)
    areas = "bsa_m2" in table.columns or formula is not AreaFormula.MOSTELLER
    return People(
        column("weight_kg"),
        column("height_cm"),
        column("age_years") if "age_years" in table.columns else None,
        column("female") if sexed else None,
        column("bsa_m2") if areas else None,
        ids,
        FrozenMapping({BASELINES[name].parameter: column(name) for name in _given_columns(table.columns, rows)}),
        np.array([row.get(OFF_DRUG, np.inf) for row in rows]) if off else None,
    )


def _given_columns(columns: Sequence[str], rows: Sequence[Mapping[str, float]]) -> Iterator[str]:
    """Baselines that somebody has."""
    return (name for name in BASELINES if name in columns and any(name in row for row in rows))
