"""The values that decide something: for people, as a document, and as data."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.data_table import Column, ColumnKind, DataTable, table_of_rows
from blinplan.drawing.draw import indent
from blinplan.label.read import label_named
from blinplan.limits import what_can_be_changed
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import manifest
from blinplan.rules.values.value import Value, ValueKind, ValueStatus
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

VALUES = DocumentKind("values")

_SEEN = frozenset({ValueStatus.SEEN, ValueStatus.DERIVED, ValueStatus.CONVENTION})


def values_report(values: Sequence[Value], screen: Screen) -> "list[RenderableType]":
    """Draw the values, those of a kind under one heading, each with what it rests on and decides."""
    parts: list[RenderableType] = []
    for heading, group in groupby(values, key=_heading):
        parts += [Text(heading, "title"), ""]
        for value in group:
            parts += [*_value(value), ""]
    return [*parts, Text(tally_of(values))]


_HEADINGS = {
    ValueKind.NUMBER: "numbers",
    ValueKind.SCHEDULE: "schedules",
    ValueKind.PREMEDICATION: "premedication",
    ValueKind.BAG: "bags",
    ValueKind.VIAL: "vials",
    ValueKind.STATEMENT: "what labels say in words",
    ValueKind.LIMIT: "Limits of rules",
    ValueKind.THRESHOLD: "Thresholds",
    ValueKind.FIGURE: "Figures of patients",
    ValueKind.PARAMETER: "Parameters of the model",
    ValueKind.POPULATION: "Virtual population",
}


def _heading(value: Value) -> str:
    heading = _HEADINGS[value.kind]
    return heading if value.label is None else f"{value.label}, {heading}: {label_named(value.label)}"


def _value(value: Value) -> "Iterator[RenderableType]":
    style = "" if value.status in _SEEN else "unverified"
    yield Text.assemble((value.name, "where"), "  ", visible(value.text), "  ", (value.status.value, style))
    yield indent(value.says)
    yield indent(f"Source: {visible(value.source)}.", "quiet")
    yield indent(f"Decides: {', '.join(value.decides)}.{_constraint(value)}", "quiet")
    if value.replaced is not None:
        yield indent(replaced_text(value), "warning")


def _constraint(value: Value) -> str:
    """Say whether a project can change it, and in which direction it is stricter."""
    if value.fixed is not None:
        return f" {what_can_be_changed(value.fixed, value.stricter)}"
    return f" A {value.stricter} one is stricter." if value.stricter else ""


def replaced_text(value: Value) -> str:
    """Say whose value decides in place of which."""
    own = value.replaced
    if own is None:
        return ""
    return f"The source has {own.text}; {visible(own.origin)} decides here: {visible(own.reason)}."


def tally_of(values: Sequence[Value]) -> str:
    """Count the values by how far they were checked."""
    counts = {status: sum(value.status is status for value in values) for status in ValueStatus}
    parts = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return f"{len(values)} {plural('value', len(values))}" + (f": {parts}" if parts else "")


def values_json(values: Sequence[Value], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Write the values as a JSON document; ``asked`` is what they were chosen by."""
    return {**VALUES.head(manifest(**asked)), "values": [_value_json(value) for value in values]}


def _value_json(value: Value) -> dict[str, Any]:
    own = value.replaced
    return {
        "name": value.name,
        "kind": value.kind.value,
        "label": value.label,
        "text": value.text,
        "value": None if value.number is None else float(value.number),
        "unit": value.unit or None,
        "says": value.says,
        "source": value.source,
        "status": value.status.value,
        "decides": list(value.decides),
        "fixed": value.fixed,
        "stricter": value.stricter,
        "replaces": None if own is None else {"text": own.text, "origin": own.origin, "reason": own.reason},
    }


_COLUMNS = (
    Column("name", "", "what it is called", ColumnKind.TEXT),
    Column("kind", "", "what it is", ColumnKind.TEXT),
    Column("label", "", "the label that it belongs to", ColumnKind.TEXT),
    Column("text", "", "the value as people write it", ColumnKind.TEXT),
    Column("value", "", "the value, where it is one number"),
    Column("unit", "", "its unit", ColumnKind.TEXT),
    Column("says", "", "what the source says", ColumnKind.TEXT),
    Column("source", "", "where that stands", ColumnKind.TEXT),
    Column("status", "", "how far it was checked", ColumnKind.TEXT),
    Column("decides", "", "codes of rules and what else it decides, with semicolons between", ColumnKind.TEXT),
    Column("fixed", "", "why a project cannot change it", ColumnKind.TEXT),
    Column("stricter", "", "in which direction it is stricter", ColumnKind.TEXT),
    Column("replaces", "", "the value of the source, where a project or a site decides", ColumnKind.TEXT),
    Column("decided_by", "", "which project or site does", ColumnKind.TEXT),
)


def values_table(values: Sequence[Value]) -> DataTable:
    """The values as data, one a row."""
    return table_of_rows("values", _COLUMNS, map(_row, values))


def _row(value: Value) -> dict[str, Any]:
    own = value.replaced
    return {
        **{key: entry for key, entry in _value_json(value).items() if key not in {"decides", "replaces"}},
        "decides": "; ".join(value.decides),
        "replaces": None if own is None else own.text,
        "decided_by": None if own is None else own.origin,
    }
