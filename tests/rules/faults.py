"""Single faults of reading at every place of a file, with mistakes elsewhere that can be read: is each of them told?

`python -m tests.rules.faults [NAME ...]` tries every fault with every mistake in every shipped regimen, for hours; the
tests try some of each.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from blinplan.regimen import library
from blinplan.regimen.reading import FaultyFile, read
from blinplan.regimen.toml.document import parse
from blinplan.regimen.toml.positions import KeyPath, KeyPlace, Span
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.verdict import Ruling
from tests.regimen_text import TODAY


class Change(NamedTuple):
    """One thing that is wrong with a file: what, where it stands, and the text with it."""

    what: str
    path: KeyPath
    text: str

    def __str__(self) -> str:
        return f"{self.what} at {'.'.join(map(str, self.path))}"


Told = tuple[str, KeyPath, str]
"""What is told of a finding: its code, its place, and its message without names of cycles, one of which may be lost.

Whether a number was seen depends on label and indication, which may be lost as well.
"""


def faults(text: str) -> Iterator[Change]:
    """Every single fault at every place: keys misspelt, unknown, left out or twice, and values of another kind."""
    for path, place in parse(text, "probe.toml").places.items():
        if place.key is not None and place.value is not None:
            yield from _faults_of_a_key(text, path, place.key, place.value)
        if place.value is not None:
            yield from _contradictions(text, path, place)


def _faults_of_a_key(text: str, path: KeyPath, key: Span, value: Span) -> Iterator[Change]:
    name = str(path[-1])
    for what, other in (("a slip", f"{name[:-2]}{name[-1]}{name[-2]}"), ("a letter too few", name[:2] + name[3:])):
        yield Change(f"{what} in the key", path, _put(text, key, other))
    yield Change("another key", path, _put(text, key, "zzz"))
    if text[value.start - 1] == "\n":
        return  # the header of a table
    table = text[value.start] == "{"  # another table in its place is several faults: keys unknown, and keys left out
    for other in ('"?"', "-1", "true", "[[]]", *([] if table else ["{ a = 1 }"]), "1.5"):
        yield Change(f"{other} as value", path, _put(text, value, other))
    inline = "{" in text[: key.start].rsplit("\n", 1)[-1]
    yield Change(
        "an unknown key", path, _put(text, Span(key.start, key.start), 'zzz = "x"' + (", " if inline else "\n"))
    )
    rest = re.sub(r"^ *,? *", "", text[value.end :])
    before = text[: key.start].rstrip(", ") + " " if inline and rest.startswith("}") else text[: key.start]
    yield Change("left out", path, before + rest)
    yield Change("an end left out", path, text[: value.end - 1] + text[value.end :])


def _contradictions(text: str, path: KeyPath, place: KeyPlace) -> Iterator[Change]:
    assert place.value is not None
    behind = Span(place.value.end, place.value.end)
    if path[-1] == "days" and "steps" in path:
        yield Change("days and hours", path, _put(text, behind, ", hours = 5"))
    elif path[-1] == "dose" and "steps" in path:
        for dose in ("28", "28 mg", "28 mcg/h", "28 mcg/dayy", "much"):
            yield Change(f"{dose} as dose", path, _put(text, place.value, f'"{dose}"'))
        if "max" not in text:
            yield Change("a cap of a flat dose", path, _put(text, behind, ', max = "9 mcg/day"'))
    elif path == ("eligibility", "min_weight_kg"):
        other = "400" if "below_weight_kg" in text else "45\nbelow_weight_kg = 40"
        yield Change("weights that exclude each other", path, _put(text, place.value, other))


def mistakes(text: str) -> Iterator[Change]:
    """A dose or a time that can be read and is wrong, at every place of the cycles; last, none."""
    for path, place in parse(text, "probe.toml").places.items():
        if path[0] == "cycle" and place.value is not None:
            written = text[slice(*place.value)]
            for what, value in _mistaken(str(path[-1]), written):
                yield Change(what, path, _put(text, place.value, value))
    yield Change("no mistake", (), text)


def _mistaken(key: str, written: str) -> Iterator[tuple[str, str]]:
    number = re.search(r"[0-9.]+", written)
    if key == "dose" and number is not None:
        for factor in (1000, 4, 0.1):
            other = f"{float(number[0]) * factor:.10f}".rstrip("0").rstrip(".")
            yield f"{factor:g} times the dose", written.replace(number[0], other, 1)
        yield "a microgram symbol", written.replace("mcg", "µg")
        yield "a trailing zero", written.replace(number[0], f"{float(number[0]):.1f}", 1)
    elif key in ("days", "treatment_free_days"):
        yield from ((f"{days} {key}", str(days)) for days in (1, 3, 60, 100))
    elif key == "repeat":
        yield "9 times", "9"


def _put(text: str, span: Span, value: str) -> str:
    return text[: span.start] + value + text[span.end :]


def judged(text: str) -> Judgement:
    """The judgement on a text."""
    return judge(read(text.encode(), "probe.toml"), TODAY, None)


@cache
def findings_of(text: str) -> frozenset[Told]:
    """What is told of a text that can be read in whole."""
    judgement = judged(text)
    return _told(judgement)


def _told(judgement: Judgement) -> frozenset[Told]:
    problems = judgement.reading.problems if isinstance(judgement.reading, FaultyFile) else ()
    known = {(problem.code, problem.span) for problem in problems}
    return frozenset(
        (finding.code, finding.path, re.sub(r'"[^"]*"', '"', finding.message).split(" (that value, ", maxsplit=1)[0])
        for finding in judgement.findings
        if (finding.code, finding.span) not in known
    )


def faults_with_mistakes(text: str) -> Iterator[tuple[Change, Change]]:
    """Every fault with every mistake: the mistake, and the fault in a file that has it."""
    for mistake in mistakes(text):
        yield from ((mistake, fault) for fault in faults(mistake.text))


def hold(mistake: Change, fault: Change) -> None:
    """Hold a judgement on a file with a mistake and a fault: the fault once, of the mistake what is certain, no pass.

    A table that is not read as a cycle lets the ones behind it move up, so that places are not compared there.
    """
    if isinstance(read(mistake.text.encode(), "probe.toml"), FaultyFile):
        return  # a mistake that contradicts another key
    judgement, where = judged(fault.text), f"{mistake}; {fault}"
    reading, before = judgement.reading, findings_of(mistake.text)
    if not isinstance(reading, FaultyFile):
        return  # no fault where it stands, such as 1.5 as a weight
    assert len(reading.problems) == 1, f"{where}: {[problem.message for problem in reading.problems]}"
    assert {verdict.ruling for verdict in judgement.verdicts} <= {Ruling.FINDING, Ruling.NOT_EVALUATED, Ruling.WAIVED}
    moved = fault.path[0] == "cycle" and len(fault.path) == 1
    found = _told(judgement)
    false = [told for told in found if told not in before and not (moved and (told[0], told[2]) in _anywhere(before))]
    if fault.path[0] == "waiver" and fault.path[-1] == "rule":
        false = [told for told in false if told not in _waived(mistake.text)]  # nobody knows what it was to cover
    assert not false, f"{where}: {false}"
    silenced = [told for told in before - found if is_certain(told, fault, judgement)]
    assert not silenced, f"{where}: {silenced}"


@cache
def _waived(text: str) -> frozenset[Told]:
    return findings_of(text.split("[[waiver]]", maxsplit=1)[0]) - findings_of(text)


def _anywhere(told: frozenset[Told]) -> set[tuple[str, str]]:
    return {(code, message) for code, _, message in told}


_OF_ONE_DOSE = frozenset({"N101", "N102", "N103", "N105", "N106", "N107", "D204"})
"""Rules that look at a dose, and at nothing beside it but limits."""

_BESIDE_THE_CYCLES = frozenset({"title", "family", "premedication", "monitoring", "otherwise", "note", "min_age_years"})
"""Keys that no rule of doses and times asks for."""


def is_certain(told: Told, fault: Change, judgement: Judgement) -> bool:
    """Whether a finding is true whatever a fault hides: it is of doses or times, and the fault of neither."""
    code, path, _ = told
    if "zzz" in fault.text or fault.what == "an end left out" or fault.path == ("format",):
        return code in _OF_ONE_DOSE and fault.path[0] in _BESIDE_THE_CYCLES and fault.what != "an end left out"
    if path[:1] != ("cycle",):
        return False
    if not _BESIDE_THE_CYCLES.isdisjoint(map(str, fault.path)):
        return code[0] in "NDS"
    if fault.path[0] != "cycle" or len(fault.path) == 1 or path[: len(fault.path)] == fault.path:
        return False
    return code in _OF_ONE_DOSE and path[:4] != fault.path[:4]


def main(names: Sequence[str]) -> None:
    """Try every fault with every mistake, and say how many were tried."""
    for name in names or list(library.paths()):
        tried = 0
        for mistake, fault in faults_with_mistakes(library.paths()[name].read_text(encoding="utf-8")):
            hold(mistake, fault)
            tried += 1
        print(f"{name}: {tried} faults with mistakes", flush=True)  # noqa: T201 - what this command is for


if __name__ == "__main__":
    main(sys.argv[1:])
