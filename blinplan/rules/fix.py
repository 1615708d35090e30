"""Put right how a regimen file is written: spelling, notation, names of keys, waivers. What it orders stays."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isnan
from typing import Any

from blinplan.quantities import DoseRate, QuantityError, read_dose
from blinplan.regimen.reading import Reading, RegimenFile, read
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import Edit
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.judge import Simulator
from blinplan.rules.rule import Finding
from blinplan.rules.task import Task
from blinplan.words.characters import plain

_ROUNDS = 20
"""Readings at most: a misspelt key hides what the rules of notation find once it is right."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A file put right: as it is read now, and the findings that are gone for it, each from its own reading."""

    reading: Reading
    repairs: tuple[Finding, ...]


class UnsafeFixError(RuntimeError):
    """Fixes that would have changed what a file orders. A fault of this program; the file is left as it was."""


def fix(task: Task, simulator: Callable[[], Simulator] | None = None) -> Repair:
    """Apply every fix of the rules that are selected, until none is left.

    Parameters
    ----------
    task
        The file, and by what it is judged.
    simulator
        Makes what runs virtual patients; they are asked only about the waivers of rules that need them.

    Raises
    ------
    UnsafeFixError
        When the file would order something else than before.
    """
    done = _rounds(task, None)
    if simulator is not None and _waives_simulated_rules(done.reading):
        more = _rounds(task._replace(reading=done.reading), simulator())
        done = Repair(more.reading, (*done.repairs, *more.repairs))
    if _orders(done.reading.document) != _orders(task.reading.document):
        raise UnsafeFixError(f"{task.reading.document.name} would order something else after its fixes")
    return done


def _rounds(task: Task, simulator: Simulator | None) -> Repair:
    now, repairs = task.reading, []
    for _ in range(_ROUNDS):
        fixable = _fixable(task._replace(reading=now), simulator)
        if not fixable:
            break
        text = apply(now.document.text, [edit for _, edit in fixable])
        now = read(text.encode("utf-8"), now.document.name)
        repairs += [finding for finding, _ in fixable]
    return Repair(now, tuple(repairs))


def _waives_simulated_rules(reading: Reading) -> bool:
    codes = {waiver.rule for waiver in reading.regimen.waivers} if isinstance(reading, RegimenFile) else set()
    return any(rule.simulated for code, rule in CATALOGUE.items() if code in codes)


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Make edits that do not overlap; every other character stays."""
    # From the end; of two at one place, what is only put in goes before what is put in place of something.
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _fixable(task: Task, simulator: Simulator | None) -> list[tuple[Finding, Edit]]:
    """The findings that can be fixed and whose rules the user wants, those that overlap with an earlier one left."""
    chosen: list[tuple[Finding, Edit]] = []
    for finding in task.judge(simulator).findings:
        edit = finding.fix
        if edit is None or task.settings.reason_not_selected(CATALOGUE[finding.code]) is not None:
            continue
        if all(edit.span.start >= other.span.end for _, other in chosen):
            chosen.append((finding, edit))
    return chosen


def _orders(document: Document) -> list[object]:
    """All numbers, dates and doses of a document but those of waivers, in their order: what no fix may touch."""
    ordered = {key: value for key, value in document.values.items() if key != "waiver"}
    return [order for leaf in _leaves(ordered) for order in _order(leaf)]


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
    if isinstance(leaf, Decimal | float) and isnan(leaf):
        return ["no number"]  # which equals itself, as what is no number does not
    if not isinstance(leaf, str):
        return [leaf]
    rate = _rate(leaf)
    return [] if rate is None else [rate]


def _rate(text: str) -> DoseRate | None:
    try:
        return read_dose(plain(text)).rate  # a space that is none is put right, and the dose stays
    except QuantityError:
        return None
