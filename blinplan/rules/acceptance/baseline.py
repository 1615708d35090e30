"""Findings that a library of regimens had when it took up this program: known, shown as such, and not counted.

An entry holds for one rule at one place of one file, as long as the text at that place and what the rule says stay what
they were: a dose that is changed is judged again. Rules that say that a thing cannot be read or given have no place in
a baseline.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import ValidationError, core_schema

from blinplan.regimen.find import path_from
from blinplan.regimen.reading import FaultyFile
from blinplan.regimen.toml.document import Document, pointer
from blinplan.regimen.toml.table import Kind, Table, array, one_of, optional_key, required_key, table, text, version
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.judge import Judgement
from blinplan.rules.rule import Finding
from blinplan.rules.verdict import Ruling, Verdict


class BaselineEntry(NamedTuple):
    """One finding: the file from the folder of the baseline, the rule, the place, the text there, and the message."""

    path: str
    rule: str
    pointer: str
    text: str
    message: str


class BaselineFile(NamedTuple):
    """A baseline as it is written."""

    format: str
    version: int
    findings: tuple[BaselineEntry, ...]
    manifest: Mapping[str, Any] | None = None


_ANY = text(r"", 100_000)
_ENTRY = Table(
    BaselineEntry,
    required_key("path", _ANY, "the path of a file"),
    required_key("rule", _ANY, "the code of a rule"),
    required_key("pointer", _ANY, "a place in the file"),
    required_key("text", _ANY, "what stands there"),
    required_key("message", _ANY, "what was found"),
)
_MANIFEST = Kind(core_schema.dict_schema(core_schema.str_schema()), {"type": "object"})
_FILE = Table(
    BaselineFile,
    required_key("format", one_of("blinplan-baseline"), "blinplan-baseline"),
    required_key("version", version(1), "the version of this format; 1 is the only one there is"),
    required_key("findings", array(table(_ENTRY)), "the findings"),
    # The first baselines do not say what they were made with.
    optional_key("manifest", _MANIFEST, "what it was made with"),
)


_Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline file, and the folder that their paths start from."""

    folder: Path
    entries: tuple[BaselineEntry, ...]

    def accept(self, judgement: Judgement) -> Judgement:
        """Set the findings that are in the baseline apart from those that count."""
        known = {_key(entry) for entry in self.entries}
        name = self._name(judgement.reading.document)
        return judgement._replace(
            verdicts=tuple(_with_known_apart(verdict, judgement, name, known) for verdict in judgement.verdicts)
        )

    def stale(self, judgements: Sequence[Judgement]) -> tuple[BaselineEntry, ...]:
        """The entries of these files that cover nothing any more, where rules answered for the whole file."""
        used, answered = set(), set()
        for judgement in judgements:
            name = self._name(judgement.reading.document)
            for verdict in judgement.verdicts:
                if verdict.ruling is not Ruling.NOT_EVALUATED and not isinstance(judgement.reading, FaultyFile):
                    answered.add((name, verdict.rule.code))
                used |= {_key(_entry(finding, judgement, name)) for finding in verdict.baseline_findings}
        return tuple(e for e in self.entries if (e.path, e.rule) in answered and _key(e) not in used)

    def _name(self, document: Document) -> str:
        return path_from(self.folder, document.name)


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
        file = _FILE.read(json.loads(path.read_bytes()))
    except (RecursionError, UnicodeDecodeError) as error:
        raise ValueError("it is not JSON") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ValueError(f"{where}: {first['msg'][:120].lower()}") from error
    return Baseline(path.parent, file.findings)


def baseline_of(judgements: Iterable[Judgement], folder: Path) -> Baseline:
    """Make a baseline of all findings, but for those of rules that have no place in one."""
    entries = [
        _entry(finding, judgement, path_from(folder, judgement.reading.document.name))
        for judgement in judgements
        for verdict in judgement.verdicts
        if verdict.ruling in (Ruling.FINDING, Ruling.IN_BASELINE) and not verdict.rule.binding
        for finding in (*verdict.findings, *verdict.baseline_findings)
    ]
    return Baseline(folder, tuple(sorted(set(entries), key=_key)))


def _with_known_apart(verdict: Verdict, judgement: Judgement, name: str, known: set[_Key]) -> Verdict:
    if verdict.ruling is not Ruling.FINDING or verdict.rule.binding:
        return verdict
    old = tuple(f for f in verdict.findings if _key(_entry(f, judgement, name)) in known)
    new = tuple(f for f in verdict.findings if f not in old)
    return verdict._replace(ruling=Ruling.FINDING if new else Ruling.IN_BASELINE, findings=new, baseline_findings=old)


def _entry(finding: Finding, judgement: Judgement, name: str) -> BaselineEntry:
    document = judgement.reading.document
    span = document.value_span(finding.path)
    return BaselineEntry(
        path=name,
        rule=finding.code,
        pointer=pointer(finding.path),
        text=document.text[span.start : span.end],
        message=finding.message,
    )


def _key(entry: BaselineEntry) -> _Key:
    # What a rule says without virtual patients is always the same, and changes when anything that it looks at does.
    rule = CATALOGUE.get(entry.rule)
    message = "" if rule is None or rule.simulated else entry.message
    return entry.path, entry.rule, entry.pointer, entry.text, message
