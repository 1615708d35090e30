"""What two files say otherwise that changes nothing for patients: names, sources, departures, waivers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from blinplan.design.difference.change import RegimenChange, Subject, capital, cycles_in_words
from blinplan.label.read import DEFAULT
from blinplan.regimen.regimen import Cycle, Departure, Regimen, Source, Waiver

UNNAMED = "not named"


def changes_of_file(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    """Every difference that a reader has to know of and no patient notices."""
    yield from _of_names(first, second)
    yield from _of_cycles(first, second)
    yield from _of_sources(first, second)
    yield from _of_departures(first, second)
    yield from _of_waivers(first, second)


def _of_names(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    for place, subject, before, after in (
        ("Name", Subject.NAME, first.name, second.name),
        ("Title", Subject.NAME, first.title, second.title),
        ("Family", Subject.NAME, first.family, second.family),
        ("Departs from", Subject.DEPARTURE, first.departs_from, second.departs_from),
        ("Virtual patients", Subject.OTHER, first.virtual_population, second.virtual_population),
    ):
        if before != after:
            yield RegimenChange(subject, place, before or UNNAMED, after or UNNAMED)
    if first.label != second.label and (first.label or DEFAULT) == (second.label or DEFAULT):
        yield RegimenChange(Subject.OTHER, "Label", first.label or UNNAMED, second.label or UNNAMED)


class _Word(NamedTuple):
    """What a cycle is called, or said to be, where that changes."""

    what: str
    before: str
    after: str


def _of_cycles(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    """What cycles are called; of those that both have, by their numbers, and the same one of several told once."""
    found: dict[_Word, list[int]] = {}
    for number, (one, other) in enumerate(zip(first.one_by_one, second.one_by_one, strict=False), start=1):
        for word in _words(one, other):
            found.setdefault(word, []).append(number)
    for word, numbers in found.items():
        place = capital(f"{cycles_in_words(tuple(numbers))}, {word.what}")
        yield RegimenChange(Subject.NAME, place, word.before, word.after, cycles=tuple(numbers))


def _words(one: Cycle, other: Cycle) -> Iterator[_Word]:
    for what, before, after in (
        ("name", one.name, other.name),
        ("phase", one.phase and one.phase.value, other.phase and other.phase.value),
        ("treatment block", one.block, other.block),
        ("reason of the interval", one.interval_reason, other.interval_reason),
    ):
        if before != after:
            yield _Word(what, before or UNNAMED, after or UNNAMED)


def _of_sources(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    before, after = ({source.citation: source for source in regimen.sources} for regimen in (first, second))
    for citation in dict.fromkeys((*before, *after)):
        one, other = before.get(citation), after.get(citation)
        if one != other:
            yield _of_source(citation, one, other)


def _of_source(citation: str, one: Source | None, other: Source | None) -> RegimenChange:
    place = f'Source "{citation}"'
    if one is None or other is None:
        return RegimenChange(Subject.SOURCE, place, _status(one), _status(other))
    if one.status is other.status:
        return RegimenChange(Subject.SOURCE, f"{place}, note", one.note or "none", other.note or "none")
    return RegimenChange(Subject.SOURCE, place, _status(one), _status(other))


def _status(source: Source | None) -> str | None:
    return None if source is None else source.status.value


def _of_departures(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    before, after = (_departures(regimen) for regimen in (first, second))
    yield from _of_texts(Subject.DEPARTURE, before, after)


def _departures(regimen: Regimen) -> dict[str, str]:
    """What is stated to depart, by where it is in words."""
    found: dict[str, str] = {}
    for number, given in enumerate(regimen.premedication, start=1):
        _add(found, f"Departure of premedication {number}", given.departure)
    for cycle in regimen.cycles:
        for number, step in enumerate(cycle.steps, start=1):
            _add(found, f'Departure of cycle "{cycle.name}", step {number}', step.departure)
        _add(found, f'Departure of cycle "{cycle.name}"', cycle.departure)
    return found


def _add(found: dict[str, str], place: str, departure: Departure | None) -> None:
    if departure is not None:
        found[place] = f"{departure.reason} ({departure.source})"


def _of_waivers(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    before, after = (_waivers(regimen.waivers) for regimen in (first, second))
    yield from _of_texts(Subject.WAIVER, before, after)


def _waivers(waivers: Sequence[Waiver]) -> dict[str, str]:
    return {_waiver_place(one): _waiver_in_words(one) for one in waivers}


def _waiver_place(waiver: Waiver) -> str:
    return f"Waiver of {waiver.rule}" + ("" if waiver.at is None else f" at {waiver.at}")


def _waiver_in_words(waiver: Waiver) -> str:
    until = "" if waiver.expires is None else f", until {waiver.expires.isoformat()}"
    value = "" if waiver.value is None else f"{waiver.value}: "
    most = "" if waiver.severity is None else f", up to {waiver.severity}"
    return f"{value}{waiver.reason}{most}{until}"


def _of_texts(subject: Subject, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[RegimenChange]:
    for place in dict.fromkeys((*before, *after)):
        if before.get(place) != after.get(place):
            yield RegimenChange(subject, place, before.get(place), after.get(place))
