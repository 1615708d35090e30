"""A file that could not be read in whole, with its gaps filled in as unlike as may be.

What is true of it however the gaps are filled is true of what the file says; nothing else is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any

from pydantic_core import ValidationError

from blinplan.quantities import Basis, QuantityError, read_dose
from blinplan.regimen import schema
from blinplan.regimen.reading import FaultyFile, RegimenFile
from blinplan.regimen.recovery.corrected import corrected_slips
from blinplan.regimen.recovery.gaps import Gaps, gaps_of, table_at
from blinplan.regimen.recovery.possible import ABSENT, Possible
from blinplan.regimen.regimen import Regimen, Waiver
from blinplan.regimen.tables import regimen_of
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath

_ALL_AT_ONCE = 24
"""Fillings in which every gap has another value than in the one before."""

_MOST_ONE_BY_ONE = 12
"""Gaps up to which each of them is also varied alone."""

_CODE = re.compile(r"[A-Z][0-9]{3}")


class Recovered:
    """What is certain of a file that could not be read in whole: its gaps, and regimens that it could have said."""

    def __init__(self, reading: FaultyFile, gaps: Gaps) -> None:
        self.gaps = gaps
        self._reading = reading
        self._document = reading.document
        self._columns = _columns(reading.document, gaps)

    def regimens(self) -> Iterator[RegimenFile]:
        """Regimens that the file could have said, without the waivers that could not be read."""
        for choice in _choices(self._columns):
            document = replace(self._document, values=_fill(self._document, self.gaps, choice))
            try:
                regimen = self._regimen(document)
            except ValidationError:
                continue  # no file could say this
            yield RegimenFile(document, regimen)
            if choice.get(self.gaps.another_cycle or (), ABSENT) is not ABSENT:
                yield RegimenFile(document, _with_the_last_cycle_first(regimen))

    def _regimen(self, document: Document) -> Regimen:
        regimen = regimen_of(document, schema.REGIMEN_FILE.read(document.values))
        return replace(regimen, waivers=tuple(waiver for waiver in regimen.waivers if self._is_read(waiver.path)))

    def _is_read(self, waiver: KeyPath) -> bool:
        gaps = self.gaps.places | self.gaps.unknown
        return not self.gaps.cover(waiver) and not any(place[: len(waiver)] == waiver for place in gaps)

    def may_be_waived(self, code: str, path: KeyPath, waivers: Iterable[Waiver]) -> bool:
        """Whether what a rule finds at a place may be waived by what could not be read.

        That is a waiver, or of a waiver with a place the name of its cycle or a part of what stands there.
        """
        if code in self._codes_in_gaps:
            return True
        named = any(place[0] == "cycle" and place[2:] in {(), ("name",)} for place in self.gaps.places)
        inside = any(place[: len(path)] == path for place in self.gaps.places)
        return (named or inside) and any(waiver.rule == code and waiver.at is not None for waiver in waivers)

    @cached_property
    def _codes_in_gaps(self) -> frozenset[str]:
        """The codes in waivers that could not be read, in tables that may be waivers, and in what was not read."""
        if self._reading.lost:
            return frozenset(_CODE.findall(self._document.text))
        places = {place[:2] for place in self.gaps.places | self.gaps.unknown if place[0] == "waiver"}
        tables = {place for place in self.gaps.unknown if len(place) == 1}
        texts = (text for place in places | tables for text in _texts(_at(self._document.values, place)))
        return frozenset(code for text in texts for code in _CODE.findall(text))


def _with_the_last_cycle_first(regimen: Regimen) -> Regimen:
    return replace(regimen, cycles=(regimen.cycles[-1], *regimen.cycles[:-1]))


def _at(values: Any, path: KeyPath) -> Any:
    """What stands at a place; nothing where nothing does."""
    for part in path:
        try:
            values = values[part]
        except (IndexError, KeyError, TypeError):
            return None
    return values


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)


def recover(reading: FaultyFile) -> Recovered | None:
    """What is certain of a file; None where nothing is, or where the file is meant for no regimen."""
    if "format" not in reading.document.values and {"record", "site"} & set(reading.document.values):
        return None
    corrected = corrected_slips(reading)
    return (None if corrected is None else _recovery_of(corrected)) or _recovery_of(reading)


def _recovery_of(reading: FaultyFile) -> Recovered | None:
    gaps = gaps_of(reading)
    if gaps is None:
        return None
    found = Recovered(reading, gaps)
    return None if next(found.regimens(), None) is None else found


def _columns(document: Document, gaps: Gaps) -> dict[KeyPath, list[Any]]:
    """What could stand at each of the gaps, those around others only."""
    possible = _possible(document, gaps)
    outer = [place for place in gaps.places if not any(place[:n] in gaps.places for n in range(len(place)))]
    return {place: _candidates(possible, gaps, place) for place in sorted(outer, key=str)}


def _candidates(possible: Possible, gaps: Gaps, place: KeyPath) -> list[Any]:
    table = table_at(place[:-1] if isinstance(place[-1], str) else place)
    assert table is not None  # noqa: S101 - a problem stands at a place of the format
    if table is schema.CYCLE and place[-1] == "name":
        return [f"(name of cycle {int(place[1]) + 1} not read)"]  # nobody's, so that what is found of the cycle is told
    if isinstance(place[-1], str):
        return possible.values(table, place[-1])
    return [*([ABSENT] if place == gaps.another_cycle else []), *possible.tables(table)]


def _possible(document: Document, gaps: Gaps) -> Possible:
    basis = document.values.get("dosing")
    known = basis.get("basis") if isinstance(basis, Mapping) and ("dosing", "basis") not in gaps.places else None
    written = [dose for dose in _texts_at_dose(document.values.get("cycle")) if _basis(dose) is not None]
    own = Basis(known) if known in set(Basis) else next(map(_basis, written), None)
    unit = "mcg/m2/day" if own is Basis.BSA else "mcg/day"
    return Possible(unit, [dose for dose in written if _basis(dose) is own], _texts(document.values))


def _texts_at_dose(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "dose" and isinstance(inner, str):
                yield inner
            yield from _texts_at_dose(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_at_dose(inner)


def _basis(dose: str) -> Basis | None:
    try:
        return read_dose(dose).rate.basis
    except QuantityError:
        return None


def _choices(columns: Mapping[KeyPath, list[Any]]) -> Iterator[dict[KeyPath, Any]]:
    """What to fill in: all gaps with other values each time, and where there are few, each of them alone as well."""
    for number in range(_ALL_AT_ONCE if columns else 1):
        yield {
            place: column[(number * (1 + at % 5) + (at if number else 0)) % len(column)]
            for at, (place, column) in enumerate(columns.items())
        }
    first = {place: column[0] for place, column in columns.items()}
    if len(columns) <= _MOST_ONE_BY_ONE:
        for place, column in columns.items():
            yield from ({**first, place: value} for value in column[1:])


def _fill(document: Document, gaps: Gaps, choice: Mapping[KeyPath, Any]) -> dict[str, Any]:
    values = dict(document.values)
    copied: dict[KeyPath, Any] = {(): values}
    for path in gaps.unknown:
        _parent(copied, path).pop(path[-1], None)
    for place, value in choice.items():
        parent = _parent(copied, place)
        if place[-1] == "days":
            parent.pop("hours", None)
        _put(parent, place[-1], value)
    return values


def _put(parent: Any, key: str | int, value: object) -> None:
    if isinstance(parent, list):
        parent[int(key) : int(key) + 1] = [] if value is ABSENT else [value]
    elif value is ABSENT:
        parent.pop(key, None)
    else:
        parent[key] = value


def _parent(copied: dict[KeyPath, Any], path: KeyPath) -> Any:
    """What holds a place, and what holds that, copied once each: the rest of the file is shared by all fillings."""
    for at in range(len(path)):
        if path[:at] not in copied:
            outer, key = copied[path[: at - 1]], path[at - 1]
            inner = outer.get(key, {}) if isinstance(outer, dict) else outer[key]
            copied[path[:at]] = outer[key] = copy(inner)
    return copied[path[:-1]]
