"""What was measured of the model on a page, each kind of evidence apart from the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from blinplan.evidence.evaluate import ClaimResult, Evidence, Measurement, UnheldNumber
from blinplan.evidence.kinds import NOT_EVALUATED, NOT_EVALUATED_MEANING, EvidenceKind
from blinplan.reports.model.evidence import expected_text, found_text, notes
from blinplan.reports.shared.page import PageColumn, PageTable, page_table


class EvidenceRow(NamedTuple):
    """One measure: what was looked at, what was expected, what was found, and of how many patients."""

    text: str
    expected: str
    found: str
    patients: str


@dataclass(frozen=True, slots=True)
class EvidenceClaim:
    """A claim or a published number with the measures of one kind, and what has to be known of all of them."""

    id: str
    sentence: str
    source: str
    rows: tuple[EvidenceRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceGroup:
    """One kind of evidence: its name, what it says to a reader, and its claims; ``mark`` is its style."""

    mark: str
    title: str
    meaning: str
    count: int
    claims: tuple[EvidenceClaim, ...]

    @property
    def in_words(self) -> bool:
        """Whether the numbers could hardly have gone otherwise, so that the words are enough."""
        return self.mark in {EvidenceKind.FITTED.name.lower(), EvidenceKind.CONSTRUCTION.name.lower()}


@dataclass(frozen=True, slots=True)
class EvidenceSection:
    """What was measured of the model, by what it is worth as evidence, and how much of each there is.

    ``others`` are published numbers that nothing is held against.
    """

    article: str
    patients: str
    seed: int
    counts: PageTable
    groups: tuple[EvidenceGroup, ...]
    others_title: str
    others_meaning: str
    others: tuple[UnheldNumber, ...]


def evidence_section(evidence: Evidence) -> EvidenceSection:
    """Collect what was measured, the kinds that say most first."""
    groups = tuple(_group(kind, list(evidence.of_kind(kind))) for kind in EvidenceKind)
    shown = tuple(group for group in groups if group.count)
    others = NOT_EVALUATED, NOT_EVALUATED_MEANING, evidence.not_evaluated
    article = next((finding.claim.source for finding in evidence.findings if finding.claim.kind == "claim"), "")
    return EvidenceSection(article, f"{evidence.patients:,}", evidence.seed, _counts(evidence), shown, *others)


def _counts(evidence: Evidence) -> PageTable:
    columns = (
        PageColumn("Kind", "w", is_name=True),
        PageColumn("Of the article", "n"),
        PageColumn("Published elsewhere", "n"),
        PageColumn("What it says"),
    )
    others = NOT_EVALUATED, "0", str(len(evidence.not_evaluated)), NOT_EVALUATED_MEANING
    rows = [*(_count(evidence, kind) for kind in evidence.kinds), others]
    return page_table("How many rows there are of each kind", columns, rows)


def _count(evidence: Evidence, kind: EvidenceKind) -> tuple[str, str, str, str]:
    found = [(finding.claim.kind == "published", len(finding.measurements)) for finding in evidence.of_kind(kind)]
    elsewhere = sum(count for published, count in found if published)
    article = sum(count for published, count in found if not published)
    return kind.heading, str(article), str(elsewhere), kind.meaning


def _group(kind: EvidenceKind, findings: Sequence[ClaimResult]) -> EvidenceGroup:
    count = sum(len(finding.measurements) for finding in findings)
    return EvidenceGroup(kind.name.lower(), kind.heading, kind.meaning, count, tuple(map(_claim, findings)))


def _claim(finding: ClaimResult) -> EvidenceClaim:
    claim = finding.claim
    unseen = "" if claim.status in (None, "seen") else f" ({claim.status})"
    rows = tuple(map(_row, finding.measurements))
    return EvidenceClaim(claim.id, claim.sentence, f"{claim.source}{unseen}", rows, tuple(_notes(finding)))


def _notes(finding: ClaimResult) -> Iterator[str]:
    """What has to be known of the measures: once where it is the same for several, which it then names."""
    said: dict[str, list[str]] = {}
    for measured in finding.measurements:
        for note in notes(measured):
            said.setdefault(note, []).append(measured.expectation.text)
    for note, texts in said.items():
        whole = len(texts) == len(finding.measurements)
        yield note[0].upper() + note[1:] if whole else f"{'; '.join(texts)}: {note}"


def _row(measured: Measurement) -> EvidenceRow:
    unit = "" if measured.expectation.unit in ("", "1") else f" {measured.expectation.unit}"
    text, expected = measured.expectation.text, expected_text(measured.expectation)
    found = found_text(measured)
    return EvidenceRow(text, f"{expected}{unit}", found if found == "-" else f"{found}{unit}", f"{measured.patients:,}")
