"""Findings as other programs want them: with a path from the repository, lines and columns, and a fingerprint."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from blinplan.regimen import library
from blinplan.regimen.find import is_toml, path_from
from blinplan.regimen.regimen import Waiver
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import pointer
from blinplan.repository.root import path_below, repository_root
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.citations import citations
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Finding, Rule
from blinplan.rules.run_result import Result
from blinplan.rules.verdict import Verdict


@dataclass(frozen=True)
class LocatedFinding:
    """One finding at its place. Lines and columns count from 1, in characters; the end is exclusive.

    ``path`` is from the root of the repository, and absolute for a file elsewhere. ``standing`` says whether it
    stands, or is accepted by a waiver or by the baseline.
    """

    path: str
    judgement: Judgement
    finding: Finding
    fingerprint: str
    standing: Literal["counted", "waived", "in baseline"]
    waiver: Waiver | None = None

    @property
    def is_file(self) -> bool:
        """Whether there is a file; there is none of standard input without a name, and of a regimen that was built."""
        name = self.document.name
        return _own_file(name) is not None or name in library.paths()

    @property
    def rule(self) -> Rule:
        """The rule that found it."""
        return CATALOGUE[self.finding.code]

    @property
    def document(self) -> Document:
        """The file it is about."""
        return self.judgement.reading.document

    @cached_property
    def start(self) -> tuple[int, int]:
        """Line and column where it starts."""
        at = self.document.position(self.finding.span.start)
        return at.line, at.column

    @cached_property
    def end(self) -> tuple[int, int]:
        """Line and column where it ends."""
        at = self.document.position(self.finding.span.end)
        return at.line, at.column

    @property
    def body(self) -> str:
        """Why it matters, what to do and who says so, each a line."""
        sources = citations(self.finding, self.judgement.limits)
        labelled = (("Why", self.finding.why), ("Help", self.finding.help), ("Source", "; ".join(sources)))
        return "\n".join(f"{label}: {text}" for label, text in labelled if text)


def run_findings(result: Result) -> list[LocatedFinding]:
    """All findings of a run, those that are waived or in the baseline included, by file and place."""
    paths = report_paths(result.judgements)
    return [finding for judgement in result.judgements for finding in file_findings(judgement, paths)]


def file_findings(judgement: Judgement, paths: Mapping[str, str]) -> list[LocatedFinding]:
    """All findings of one file, in the order of the file, with its path in reports."""
    import hashlib

    path, seen = paths[judgement.reading.document.name], Counter[str]()
    standings = sorted(_standings(judgement), key=lambda item: (item[0].span.start, item[0].span.end, item[0].code))
    listed = []
    for finding, standing, waiver in standings:
        base = f"{path}\n{finding.code}\n{pointer(finding.path)}"
        seen[base] += 1  # two findings of one rule at one place are still two
        mark = hashlib.sha256(f"{base}\n{seen[base]}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
        listed.append(LocatedFinding(path, judgement, finding, mark, standing, waiver))
    return listed


def report_root(judgements: Iterable[Judgement]) -> Path:
    """The folder that paths in reports start from: the root of the repository. Shipped files have no part in it."""
    names = (judgement.reading.document.name for judgement in judgements)
    return repository_root(file for name in names if (file := _own_file(name)) is not None)


def report_paths(judgements: Sequence[Judgement]) -> Mapping[str, str]:
    """The paths of files from the root of the repository, with ``/``, by their names; the absolute ones of others.

    Standard input without a name, and a regimen that was built, have no path but the name they are shown by. Two files
    never have one path: of a link beside what it leads to, findings would be told twice of the one.
    """
    root = report_root(judgements)
    names = [judgement.reading.document.name for judgement in judgements]
    files = {name: _own_file(name) or library.paths().get(name) for name in names}
    places = Counter(file.resolve() for file in files.values() if file is not None)
    shared = {file for file, number in places.items() if number > 1}
    return {name: name if file is None else path_below(root, file, shared).as_posix() for name, file in files.items()}


def shown_path(judgement: Judgement) -> str:
    """A file's path from the current folder, with ``/``."""
    return path_from(Path.cwd(), judgement.reading.document.name)


def _own_file(name: str) -> Path | None:
    """Where a file of the user lies, which may not be saved yet; None for a shipped one and for what is no file."""
    if is_toml(name):
        return Path(name)
    try:
        return Path(name) if Path(name).is_file() else None
    except OSError:  # a name that no file can have
        return None


_Standing = tuple[Finding, Literal["counted", "waived", "in baseline"], Waiver | None]


def _standings(judgement: Judgement) -> Iterator[_Standing]:
    for verdict in judgement.verdicts:
        yield from _standings_of(verdict)


def _standings_of(verdict: Verdict) -> Iterator[_Standing]:
    for finding in verdict.baseline_findings:
        yield finding, "in baseline", None
    for finding, waiver in verdict.waived_findings:
        yield finding, "waived", waiver
    for finding in verdict.findings:
        yield finding, "counted", None
