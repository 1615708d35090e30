"""Findings that a library of regimens had when it took up this program: known, shown as such, and not counted.

An entry holds for one finding: its rule, its place in words, what stands there, and the numbers that the rule speaks
of. It covers what is no worse than it was. A cycle that is put in front and a file that has another name or folder
change none of these; a dose that is changed is judged again. The file is written down for those who read the baseline,
and so that what is put right in one file accepts nothing in another. Rules that say that a thing cannot be read or
given have no place in a baseline.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import ValidationError, core_schema

from blinplan.files.inputs import input_text
from blinplan.files.json_document import json_of
from blinplan.regimen.find import path_from
from blinplan.regimen.reading import FaultyFile
from blinplan.regimen.toml.place import meaning, value_text
from blinplan.regimen.toml.positions import pointer
from blinplan.regimen.toml.table import Kind, Table, array, one_of, optional_key, required_key, table, version
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.place import place_of
from blinplan.rules.rule import Finding, Severity
from blinplan.rules.verdict import Ruling, Verdict


class BaselineEntry(NamedTuple):
    """One finding: the file from the folder of the baseline, the rule, the place, what stands there, and the message.

    Of a baseline of the first version, the place is a JSON pointer, and what stands there the text of the file. The
    severity is empty where the baseline does not say it.
    """

    path: str
    rule: str
    at: str
    value: str
    message: str
    by_pointer: bool = False
    severity: str = ""


class _FirstEntry(NamedTuple):
    """An entry as the first version wrote it."""

    path: str
    rule: str
    pointer: str
    text: str
    message: str


class _Entry(NamedTuple):
    """An entry as it is written."""

    path: str
    rule: str
    at: str
    value: str
    message: str
    severity: str = ""


class BaselineFile(NamedTuple):
    """A baseline as it is written."""

    format: str
    version: int
    findings: tuple[Any, ...]
    manifest: Mapping[str, Any] | None = None


_LONGEST = 100_000


def _not_too_long(written: str) -> str:
    if len(written) > _LONGEST:
        raise ValueError(f"a text of more than {_LONGEST:,} characters")
    return written


# Names of files stand in what is told of them, and are not always UTF-8: what else a text is held to would refuse them.
_ANY = Kind(
    core_schema.no_info_after_validator_function(_not_too_long, core_schema.str_schema()),
    {"type": "string", "maxLength": _LONGEST},
)
_MANIFEST = Kind(core_schema.dict_schema(core_schema.str_schema()), {"type": "object"})
_COMMON = (
    required_key("path", _ANY, "the path of a file"),
    required_key("rule", _ANY, "the code of a rule"),
    required_key("message", _ANY, "what was found"),
)


def _file(number: int, entry: Table[Any]) -> Table[BaselineFile]:
    return Table(
        BaselineFile,
        required_key("format", one_of("blinplan-baseline"), "blinplan-baseline"),
        required_key("version", version(number), "the version of this format"),
        required_key("findings", array(table(entry)), "the findings"),
        # The first baselines do not say what they were made with.
        optional_key("manifest", _MANIFEST, "what it was made with"),
    )


_FIRST = _file(
    1,
    Table(
        _FirstEntry,
        *_COMMON,
        required_key("pointer", _ANY, "a place in the file"),
        required_key("text", _ANY, "what stands there"),
    ),
)
_LATEST = 2
_PRESENT = _file(
    _LATEST,
    Table(
        _Entry,
        *_COMMON,
        required_key("at", _ANY, "a place in words"),
        required_key("value", _ANY, "what stands there"),
        # Those of before did not say it.
        optional_key("severity", one_of(*Severity), "how bad it was"),
    ),
)

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline file, and the folder that their paths start from."""

    folder: Path
    entries: tuple[BaselineEntry, ...]

    @property
    def of_first_version(self) -> bool:
        """Whether it finds its places by their numbers, so that a cycle put in front brings all back."""
        return any(entry.by_pointer for entry in self.entries)

    def accept(self, judgements: Sequence[Judgement]) -> "tuple[tuple[Judgement, ...], tuple[BaselineEntry, ...]]":
        """Set the findings that are in the baseline apart from those that count; and its entries that cover nothing.

        Each entry covers one finding: of its own file, or, where that is gone, of a file that may be the same.
        """
        names = [path_from(self.folder, judgement.reading.document.name) for judgement in judgements]
        gone = {path for path in {entry.path for entry in self.entries} if not _is_there(self.folder / path)}
        left, known = list(self.entries), set[int]()
        for own in (True, False):
            for judgement, name in zip(judgements, names, strict=True):
                for finding in _acceptable(judgement):
                    entry = None
                    if id(finding) not in known:
                        entry = _entry_for(finding, judgement, name, left, {name} if own else gone)
                    if entry is not None:
                        known.add(id(finding))
                        left.remove(entry)
        accepted = tuple(
            judgement._replace(verdicts=tuple(_with_known_apart(verdict, known) for verdict in judgement.verdicts))
            for judgement in judgements
        )
        return accepted, tuple(_stale(left, accepted, names))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that no file can have
        return False


def read_baseline(path: Path) -> Baseline:
    """Read a baseline file.

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        When it is not a baseline; the message says why.
    """
    try:
        written = json_of(input_text(path))
        number = written.get("version") if isinstance(written, dict) else None
        if isinstance(number, int) and number > _LATEST:
            raise ValueError(f"it is of version {number}, which a later blinplan wrote; this one reads 1 to {_LATEST}")
        first = number == 1
        file = (_FIRST if first else _PRESENT).read(written)
    except ValidationError as error:
        details = error.errors()[0]
        where = ".".join(str(part) for part in details["loc"]) or "the file"
        raise ValueError(f"{where}: {details['msg'][:120].lower()}") from error
    return Baseline(path.parent, tuple(_entry_as_read(entry) for entry in file.findings))


def _entry_as_read(entry: _Entry | _FirstEntry) -> BaselineEntry:
    if isinstance(entry, _FirstEntry):
        return BaselineEntry(entry.path, entry.rule, entry.pointer, entry.text, entry.message, by_pointer=True)
    return BaselineEntry(entry.path, entry.rule, entry.at, entry.value, entry.message, severity=entry.severity)


def baseline_of(judgements: Iterable[Judgement], folder: Path) -> Baseline:
    """Make a baseline of all findings, but for those of rules that have no place in one."""
    entries = [
        _entry_of(finding, judgement, path_from(folder, judgement.reading.document.name))
        for judgement in judgements
        for verdict in judgement.verdicts
        if not verdict.rule.binding
        for finding in (*verdict.findings, *verdict.baseline_findings)
    ]
    return Baseline(folder, tuple(sorted(entries)))


def _entry_for(
    finding: Finding, judgement: Judgement, name: str, left: Sequence[BaselineEntry], paths: Container[str]
) -> BaselineEntry | None:
    """An entry of some files that covers a finding."""
    candidates = [
        entry for entry in left if entry.rule == finding.code and entry.path in paths and _is_no_worse(finding, entry)
    ]
    if not candidates:
        return None
    key, old = _key(_entry_of(finding, judgement, name)), _key(_first_entry_of(finding, judgement, name))
    return next((entry for entry in candidates if _key(entry) == (old if entry.by_pointer else key)), None)


def _is_no_worse(finding: Finding, entry: BaselineEntry) -> bool:
    """Whether a finding is at most as bad as what is listed, or as its rule is where the baseline does not say."""
    was = Severity(entry.severity) if entry.severity else CATALOGUE[finding.code].severity
    return finding.severity.rank <= was.rank


def _acceptable(judgement: Judgement) -> Iterator[Finding]:
    for verdict in judgement.verdicts:
        if verdict.ruling is Ruling.FINDING and not verdict.rule.binding:
            yield from verdict.findings


def _with_known_apart(verdict: Verdict, known: set[int]) -> Verdict:
    old = tuple(finding for finding in verdict.findings if id(finding) in known)
    if not old:
        return verdict
    new = tuple(finding for finding in verdict.findings if id(finding) not in known)
    return verdict._replace(
        ruling=Ruling.FINDING if new else Ruling.IN_BASELINE,
        findings=new,
        baseline_findings=(*verdict.baseline_findings, *old),
    )


def _stale(
    left: Iterable[BaselineEntry], judgements: Sequence[Judgement], names: Sequence[str]
) -> Iterator[BaselineEntry]:
    """The entries that cover nothing, of files that were judged, where rules answered for the whole file."""
    answers = {
        (name, verdict.rule.code)
        for judgement, name in zip(judgements, names, strict=True)
        for verdict in judgement.verdicts
        if verdict.ruling is not Ruling.NOT_EVALUATED and not isinstance(judgement.reading, FaultyFile)
    }
    return (entry for entry in left if (entry.path, entry.rule) in answers)


def _entry_of(finding: Finding, judgement: Judgement, name: str) -> BaselineEntry:
    place = place_of(finding, judgement.reading.document)
    return BaselineEntry(
        name, finding.code, place.at, value_text(place.value), finding.message, severity=finding.severity.value
    )


def _first_entry_of(finding: Finding, judgement: Judgement, name: str) -> BaselineEntry:
    document = judgement.reading.document
    span = document.value_span(finding.path)
    written = document.text[span.start : span.end]
    return BaselineEntry(name, finding.code, pointer(finding.path), written, finding.message, by_pointer=True)


def _key(entry: BaselineEntry) -> _Key:
    """What makes an entry the one it is; the file is none of it but in the first version."""
    # What a rule says without virtual patients is always the same, and changes when anything that it looks at does.
    rule = CATALOGUE.get(entry.rule)
    message = "" if rule is None or rule.simulated else entry.message
    if entry.by_pointer:
        return entry.path, entry.rule, entry.at, entry.value, message
    return entry.rule, entry.at, meaning(entry.at, entry.value), _numbers(message)


_NAME = re.compile(r'"[^"]*"')
_POSITION = re.compile(r"\b(?:cycles?|days?|lines?|steps?) [0-9]+(?:(?:, | and | to )[0-9]+)*")
_NUMBER = re.compile(r"[0-9][0-9,.]*(?: ?[A-Za-zµ%][\w/²]*)?")


def _numbers(message: str) -> str:
    """What a message says in numbers, but for those that count cycles, days of the course, lines and steps."""
    said = _POSITION.sub("", _NAME.sub("", message))
    return "; ".join(meaning("", number.rstrip(".,")) for number in _NUMBER.findall(said))
