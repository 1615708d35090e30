"""Put right how a regimen file is written: spelling, notation and the names of keys. What it orders stays as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from blinplan.quantities import DoseRate, QuantityError, read_dose
from blinplan.regimen.reading import Reading, read
from blinplan.regimen.toml.document import Document, Edit
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.judge import judge
from blinplan.rules.rule import Finding

_ROUNDS = 20
"""Readings at most: a misspelt key hides what the rules of notation find once it is right."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A file put right: as it is read now, and the findings that are gone for it, each from its own reading."""

    reading: Reading
    repairs: tuple[Finding, ...]


class UnsafeFixError(RuntimeError):
    """Fixes that would have changed what a file orders. A fault of this program; the file is left as it was."""


def fix(reading: Reading, today: date, settings: Settings) -> Repair:
    """Apply every fix of the rules that are selected, until none is left.

    Raises
    ------
    UnsafeFixError
        When the file would order something else than before.
    """
    now, repairs = reading, []
    for _ in range(_ROUNDS):
        fixable = _fixable(now, today, settings)
        if not fixable:
            break
        text = apply(now.document.text, [finding.fix for finding in fixable if finding.fix is not None])
        now = read(text.encode("utf-8"), now.document.name)
        repairs += fixable
    if _orders(now.document) != _orders(reading.document):
        raise UnsafeFixError(f"{reading.document.name} would order something else after its fixes")
    return Repair(now, tuple(repairs))


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Make edits that do not overlap; every other character stays."""
    # From the end; of two at one place, what is only put in goes before what is put in place of something.
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _fixable(reading: Reading, today: date, settings: Settings) -> list[Finding]:
    """The findings that can be fixed and whose rules the user wants, those that overlap with an earlier one left."""
    chosen: list[Finding] = []
    for finding in judge(reading, today, None, settings).findings:
        if finding.fix is None or settings.reason_not_selected(CATALOGUE[finding.code]) is not None:
            continue
        if all(other.fix is None or finding.fix.span.start >= other.fix.span.end for other in chosen):
            chosen.append(finding)
    return chosen


def _orders(document: Document) -> list[object]:
    """All numbers, dates and doses of a document, in their order: what no fix may touch."""
    return [order for leaf in _leaves(document.values) for order in _order(leaf)]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _order(leaf: Any) -> list[object]:
    if not isinstance(leaf, str):
        return [leaf]
    rate = _rate(leaf)
    return [] if rate is None else [rate]


def _rate(text: str) -> DoseRate | None:
    try:
        return read_dose(text).rate
    except QuantityError:
        return None
