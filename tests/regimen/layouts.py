"""One regimen with every key of the format, written in each way that TOML offers, and with single changes."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from blinplan.regimen.schema import REGIMEN_FILE
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.table import Kind, Table

Tree = dict[str, Any]
"""A document: tables are dicts, arrays of tables lists of dicts, everything else the text of a TOML value."""

FULL: Tree = {
    "format": "1",
    "name": '"full"',
    "title": '"A regimen with every key"',
    "indication": '"investigational"',
    "disease": '"lymphoma"',
    "departs_from": '"rr-below-45-kg"',
    "family": '"examples"',
    "label": '"us-2025"',
    "sources": [{"citation": '"none"', "status": '"unverified"', "note": '"made up"'}],
    "eligibility": {
        "min_weight_kg": "10.5",
        "below_weight_kg": "45",
        "otherwise": '"rr-adult"',
        "population": '"child"',
        "min_age_years": "0.5",
        "below_age_years": "18",
    },
    "dosing": {"basis": '"bsa"', "route": '"continuous intravenous infusion"'},
    "premedication": {
        "drug": '"dexamethasone"',
        "dose": '"5 mg/m2"',
        "max": '"20 mg"',
        "patients": '"children"',
        "minutes_before": "30",
        "latest_minutes_before": "0",
        "before": '["first-start", "escalation"]',
        "departure": {"reason": '"agreed"', "source": '"no"'},
    },
    "monitoring": {"hospital_days": "[9, 2]"},
    "cycle": [
        {
            "name": '"Induction"',
            "phase": '"induction"',
            "repeat": "2",
            "block": '"induction"',
            "optional": "true",
            "steps": [
                {"dose": '"5 mcg/m2/day"', "max": '"9 mcg/day"', "days": "7"},
                {
                    "dose": '"15 mcg/m2/day"',
                    "max": '"28 mcg/day"',
                    "hours": "504",
                    "departure": {"reason": '"agreed"', "source": '"no"'},
                },
            ],
            "departure": {"reason": '"agreed"', "source": '"no"'},
            "treatment_free_days": "14",
            "interval_reason": '"chemotherapy"',
        }
    ],
    "due": [
        {
            "kind": '"intrathecal"',
            "what": '"methotrexate"',
            "dose_by_age": [{"min_age_years": "1", "below_age_years": "18", "dose": '"8 mg"'}],
            "days": "[-2, 8]",
            "for_days": "2",
            "cycles": "[1]",
        },
        {"kind": '"other"', "what": '"paracetamol"', "dose": '"500 mg"', "days": "[1]"},
    ],
    "waiver": [
        {
            "rule": '"S304"',
            "at": """'cycle "Cycle 1" treatment_free_days'""",
            "value": "21",
            "severity": '"warning"',
            "reason": '"agreed"',
            "expires": "2027-06-30",
        }
    ],
}


def inline(node: Any) -> str:
    """Write a value on one line."""
    if isinstance(node, dict):
        return "{ " + ", ".join(f"{key} = {inline(value)}" for key, value in node.items()) + " }"
    if isinstance(node, list):
        return "[" + ", ".join(map(inline, node)) + "]"
    return str(node)


def with_inline_tables(tree: Tree) -> str:
    """Write every table in braces."""
    return "".join(f"{key} = {inline(value)}\n" for key, value in tree.items())


def with_dotted_keys(tree: Tree) -> str:
    """Write the tables of the file as dotted keys, and arrays of tables in brackets."""
    lines = []
    for key, value in tree.items():
        pairs = {f"{key}.{inner}": part for inner, part in value.items()} if isinstance(value, dict) else {}
        lines += [f"{name} = {inline(part)}\n" for name, part in (pairs or {key: value}).items()]
    return "".join(lines)


def with_headers(tree: Tree, name: str = "") -> str:
    """Write every table under a header of its own."""
    text = ""
    for key, value in tree.items():
        if not isinstance(value, dict | list):
            text += f"{key} = {value}\n"
    for key, value in tree.items():
        if isinstance(value, dict):
            text += f"\n[{name}{key}]\n{with_headers(value, f'{name}{key}.')}"
        elif isinstance(value, list):
            text += "".join(f"\n[[{name}{key}]]\n{with_headers(table, f'{name}{key}.')}" for table in value)
    return text


LAYOUTS: Mapping[str, Callable[[Tree], str]] = {
    "headers": with_headers,
    "inline": with_inline_tables,
    "dotted": with_dotted_keys,
}


def keys(node: Any = None, path: KeyPath = ()) -> list[KeyPath]:
    """Return the paths of all keys of the regimen, once each: of two tables of a kind, those that the first lacks."""
    tree = FULL if node is None else node
    found: list[KeyPath] = []
    for key, value in tree.items():
        found.append((*path, key))
        for index, table in enumerate(value if isinstance(value, list) else []):
            found += [inner for inner in keys(table, (*path, key, index)) if index == 0 or inner[-1] not in value[0]]
        if isinstance(value, dict):
            found += keys(value, (*path, key))
    return found


def kind_of(path: KeyPath) -> Kind:
    """What the key at a path may hold."""
    *above, key = (part for part in path if isinstance(part, str))
    table: Table[Any] | None = REGIMEN_FILE
    for name in above:
        assert table is not None
        table = table.keys[name].kind.table
    assert table is not None
    return table.keys[key].kind


def value_at(path: KeyPath) -> str:
    """The value of the regimen at a path, as TOML text."""
    node: Any = FULL
    for part in path:
        node = node[part]
    return str(node)


def changed(path: KeyPath, value: Any = None, tree: Tree | None = None) -> Tree:
    """Return the regimen with another value at a path, or without that key if there is none."""
    copy = deepcopy(FULL if tree is None else tree)
    table: Any = copy
    for part in path[:-1]:
        table = table[part]
    if value is None:
        del table[path[-1]]
    else:
        table[path[-1]] = value
    return copy


def renamed(path: KeyPath, name: str) -> Tree:
    """Return the regimen with another name for a key, in the same place."""
    copy = deepcopy(FULL)
    table: Any = copy
    for part in path[:-1]:
        table = table[part]
    pairs = [(name if key == path[-1] else key, value) for key, value in table.items()]
    table.clear()
    table.update(pairs)
    return copy
