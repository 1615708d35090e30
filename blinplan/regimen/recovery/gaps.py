"""Which places of a regimen file say nothing for certain, given what is wrong with it."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from blinplan.regimen import schema
from blinplan.regimen.contradictions.of_due import array_of
from blinplan.regimen.reading import FaultyFile
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.problems import Problem
from blinplan.regimen.toml.spelling import is_slip
from blinplan.regimen.toml.table import Key, Table
from blinplan.words.spelling import one_slip

_READABLE = frozenset({"F002", "F003", "F004", "F007", "N104", "W903", "D210"})
"""What can be wrong with one place while others are read: not the syntax, the version, or the route."""

_WHOLE_TABLES = frozenset({"eligibility", "premedication", "due"})
"""Tables of which nothing is certain where two of their keys contradict each other."""


class Gaps(NamedTuple):
    """The places of a file that say nothing for certain, and the keys in it that the format does not have.

    ``another_cycle`` is the place after the last cycle, where a table that nobody knows may be one more.
    """

    places: frozenset[KeyPath]
    unknown: frozenset[KeyPath]
    another_cycle: KeyPath | None

    def cover(self, path: KeyPath) -> bool:
        """Whether a place, or one around it, says nothing for certain."""
        return any(path[: len(place)] == place for place in self.places)


def gaps_of(reading: FaultyFile) -> Gaps | None:
    """The gaps of a file that could not be read in whole; None where nothing of it is certain."""
    document, places, unknown = reading.document, set(map(_of_the_format, reading.lost)), set[KeyPath]()
    if () in places:
        return None
    if "format" not in document.values and document.values.keys() & {"record", "site"}:
        return None  # it is no regimen
    for problem in reading.problems:
        if problem.code == "F001" and reading.lost:
            continue
        if problem.code not in _READABLE or not problem.path:
            return None
        if problem.code == "F002":
            unknown.add(problem.path)
        places.update(_places(document, problem))
        if problem.code == "F007" and problem.path[-1] == "departure":
            places.add(("departs_from",))  # there is one, or else no departure
    if ("format",) in places and "format" in document.values:
        return None  # what is said may be said in another version of the format
    another = ("cycle", len(array_of(document.values.get("cycle"))))
    if another[1] and any(_may_be_a_cycle(document, path) for path in unknown):
        places.add(another)
    # What is wrong inside an unknown key is no gap: nothing is looked for there.
    found = frozenset(_whole(place) for place in places if place == _of_the_format(place))
    return Gaps(found, frozenset(unknown), another if another in found else None)


def _of_the_format(lost: KeyPath) -> KeyPath:
    """The place that was not read; of a key that the format does not have, the table that it is in."""
    for length in range(len(lost), 0, -1):
        last, table = lost[length - 1], table_at(lost[: length - 1])
        if table is not None and (not isinstance(last, str) or last in table.keys):
            return lost[:length]
    return ()


def _whole(path: KeyPath) -> KeyPath:
    """The place that is uncertain with a key: a step's length, in days or in hours, and all premedication with a part.

    Rules look at premedication as a whole, since what one entry lacks another may give.
    """
    if path[0] == "premedication":
        return path[:1]
    return (*path[:-1], "days") if path[-1:] == ("hours",) and "steps" in path else path


def _places(document: Document, problem: Problem) -> Iterator[KeyPath]:
    path = problem.path
    if problem.code == "F002":
        yield from _meant_by(document, path)
    elif problem.code == "D210":
        yield ("dosing", "basis")
        yield from [path] if "steps" in path else _doses(document)
    elif problem.code == "F007" and path[0] in _WHOLE_TABLES:
        yield path[:1]
    elif problem.code == "F007" and path[-1] == "max":
        yield from (path, (*path[:-1], "dose"))
    else:
        yield _of_a_key_or_table(path)


def _of_a_key_or_table(path: KeyPath) -> KeyPath:
    """The key around an element of an array of values; elements that are tables are places of their own."""
    if not path or isinstance(path[-1], str):
        return path
    at = max(number for number, part in enumerate(path) if isinstance(part, str))
    table = table_at(path[:at])
    key = None if table is None else table.keys.get(str(path[at]))
    return path if key is not None and key.kind.table is not None else path[: at + 1]


def table_at(path: KeyPath) -> Table[Any] | None:
    """The table of the format at a path; around an element of an array of values, the table that it is in."""
    table: Table[Any] | None = schema.REGIMEN_FILE
    for part in path:
        if isinstance(part, str):
            key = None if table is None else table.keys.get(part)
            inside = None if key is None else key.kind.table
            table = inside if inside is not None or key is None else table
    return table


# --- what an unknown key may have been meant to say ------------------------------------------------------------------


def _meant_by(document: Document, path: KeyPath) -> Iterator[KeyPath]:
    """The places that an unknown key may have been meant to fill: where it is no plain slip, all that it could."""
    written, value = str(path[-1]), _value(document, path)
    table, around = table_at(path[:-1]), _value(document, path[:-1])
    free = [] if table is None else [key for key in table.keys.values() if key.name not in around]
    slips = [key for key in free if is_slip(written, key.name, [other.name for other in free])]
    fitting = [key for key in free if _is_of_the_sort(value, key)]
    yield from ((*path[:-1], key.name) for key in slips or fitting)
    yield from _in_other_tables(document, written)
    if not slips and isinstance(value, list | Mapping):
        yield from [("premedication",), ("due",)] if len(path) == 1 else []
        yield from [(*path[:2], "steps")] if path[0] == "cycle" and len(path) == 3 else []


def _in_other_tables(document: Document, written: str) -> Iterator[KeyPath]:
    """The places of other tables, of those that are not there too, for which a key was written in the wrong one."""
    for path, table, values in _tables(document):
        for key in table.keys.values():
            inside = () if key.kind.table is None else key.kind.table.keys
            if key.name not in values and any(one_slip(written.lower(), name) for name in (key.name, *inside)):
                yield (*path, key.name)


def _is_of_the_sort(value: object, key: Key) -> bool:
    """Whether a value is one that somebody could have meant for a key, be it right or wrong there."""
    is_array = key.kind.json.get("type") == "array"
    if isinstance(value, list | Mapping):
        return is_array or key.kind.table is not None
    if is_array or key.kind.table is not None:
        return False
    if isinstance(value, str):
        return True
    if isinstance(value, bool):
        return key.kind.json.get("type") == "boolean"
    if isinstance(value, int | Decimal):
        return key.kind.json.get("type") in {"integer", "number"}
    return not isinstance(value, date) or key.kind.json.get("format") == "date"


def _may_be_a_cycle(document: Document, path: KeyPath) -> bool:
    """Whether an unknown table of the file may be one more cycle: it is not the slip for another one."""
    if len(path) > 1 or not isinstance(_value(document, path), list | Mapping):
        return False
    names = [name for name in schema.REGIMEN_FILE.keys if one_slip(str(path[0]).lower(), name)]
    return not names or "cycle" in names


def _tables(document: Document) -> Iterator[tuple[KeyPath, Table[Any], Mapping[str, Any]]]:
    """Every table of the file that the format has."""
    yield from _tables_in(document.values, (), schema.REGIMEN_FILE)


def _tables_in(
    values: Mapping[str, Any], path: KeyPath, table: Table[Any]
) -> Iterator[tuple[KeyPath, Table[Any], Mapping[str, Any]]]:
    yield path, table, values
    for name, key in table.keys.items():  # these are few, and a file may have thousands that nobody knows
        if (inside := key.kind.table) is not None and name in values:
            value = values[name]
            several = enumerate(value) if isinstance(value, list) else ()
            for place, one in [((*path, name), value), *(((*path, name, index), one) for index, one in several)]:
                if isinstance(one, Mapping):
                    yield from _tables_in(one, place, inside)


def _doses(document: Document) -> Iterator[KeyPath]:
    return ((*path, "dose") for path, table, _ in _tables(document) if table is schema.STEP)


def _value(document: Document, path: KeyPath) -> Any:
    value: Any = document.values
    for part in path:
        value = value[part]
    return value
