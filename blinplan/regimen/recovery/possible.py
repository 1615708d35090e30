"""What could stand at a place of a regimen file: values of its kind, as unlike each other as may be."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from blinplan.regimen import schema
from blinplan.regimen.toml.table import Key, Table

ABSENT = object()
"""What stands at a place where nothing stands."""

_AMOUNTS = ("9", "28", "5", "15", "0.001", "1000000", "1", "3", "6", "12", "21", "40", "60", "112", "500")
_CAPS = ("9", "28", "0.001", "1000000", "15", "60")
_DAYS = (7, 21, 28, 1, 366, 14, 2, 3, 5, 10, 35, 60)
_NUMBERS = (1, 0, 14, 2, 28, 4, 5, 7, 3, 9, 20, 21, 26, 56, 60, 100, 366, 1440)
_VALUES: tuple[Any, ...] = (
    *_NUMBERS,
    *(Decimal(number) for number in ("45", "0.1", "0.5", "18", "12.5", "80", "120", "300")),
    *("x", "another", "chemotherapy", "20 mg", "5 mg/m2", "0.001 mg", "100000 mg", "9 mcg/day", "IV", "S304", "Z999"),
    *('cycle "Cycle 1" step 2 dose', "dosing basis", "rr-adult", "mrd-adult", "consolidation-below-45-kg"),
    *(False, True, date(1990, 1, 1), date(2990, 1, 1), datetime(2026, 1, 1, 10, 0)),  # noqa: DTZ001 - a local time
)
_BASES = ("rr-adult", "nhl-60", "rr-below-45-kg", "mrd-adult")
"""Regimens that another may depart from, flat and by area."""

_FILLINGS_OF_A_TABLE = 12


class Possible:
    """Says what could stand at a place, in a file with these doses by this unit, and these texts elsewhere."""

    def __init__(self, unit: str, doses: Sequence[str], texts: Iterable[str] = ()) -> None:
        self._unit = unit
        self._doses = doses
        self._texts = tuple(dict.fromkeys(texts))

    def values(self, table: Table[Any], name: str) -> list[Any]:
        """What could stand at a key of a table; nothing is among it where the key can be left out."""
        key = table.keys[name]
        found = list(self._values(table, key))
        return found if key.required or name == "days" else [ABSENT, *found]

    def tables(self, table: Table[Any]) -> list[dict[str, Any]]:
        """Tables of a kind, each with other values at every key."""
        keys = [name for name in table.keys if table is not schema.STEP or name != "hours"]
        columns = {name: self.values(table, name) for name in keys}
        return [
            {
                name: value
                for at, (name, column) in enumerate(columns.items())
                if (value := column[(number * (1 + at % 3) + number // len(column)) % len(column)]) is not ABSENT
            }
            for number in range(_FILLINGS_OF_A_TABLE)
        ]

    def _values(self, table: Table[Any], key: Key) -> Iterable[Any]:
        if key.name == "departs_from":
            return _BASES
        if table is schema.STEP and key.name in {"dose", "max", "days"}:
            return self._of_a_step(key.name)
        if key.kind.table is not None:
            return self._tables_at(key, key.kind.table)
        kind = key.kind.json
        if kind.get("type") == "array":
            return self._arrays(table, key)
        words = kind.get("enum", ()) if kind.get("type") == "string" else ()
        if key.name == "departs_from":  # what a regimen is laid beside, whichever way its doses are counted
            words = ("rr-adult", "mrd-below-45-kg")
        return [value for value in (*words, *_VALUES, *self._texts) if table.may_hold(key.name, value)]

    def _of_a_step(self, name: str) -> Iterable[Any]:
        if name == "days":
            return _DAYS
        if name == "max":
            return [f"{cap} mcg/day" for cap in _CAPS]
        return dict.fromkeys([*self._doses, *(f"{amount} {self._unit}" for amount in _AMOUNTS)])

    def _tables_at(self, key: Key, inside: Table[Any]) -> Iterator[Any]:
        made = self.tables(inside)
        if "$ref" in key.kind.json:
            yield from made
            return
        yield [made[0]]
        for one, other in zip_longest(made[1::2], made[2::2]):
            yield [one]
            yield [part for part in (made[0], one, other) if part is not None]

    def _arrays(self, table: Table[Any], key: Key) -> Iterator[Any]:
        words = key.kind.json["items"].get("enum", ())
        ones = [value for value in (*words, *_VALUES) if table.may_hold(key.name, [value])]
        yield ones if words else ones[:2]
        yield from ([value] for value in ones)
        yield from ([value, value] for value in ones if not words)
