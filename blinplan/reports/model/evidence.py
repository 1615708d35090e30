"""Every claim and published number: what was expected, what was simulated, and the verdict."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.evidence.evaluate import ENOUGH, Bounds, ClaimResult, Evidence, Expectation, Measurement
from blinplan.evidence.kinds import NOT_EVALUATED, NOT_EVALUATED_MEANING, EvidenceKind
from blinplan.fingerprint import model_name
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import manifest
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

EVIDENCE = DocumentKind("evidence")
OF_FEW = f"Of fewer than {ENOUGH:,} patients, rows may fail, or hold, by chance in who was drawn."


def evidence_report(evidence: Evidence, screen: Screen) -> "list[RenderableType]":
    """Draw how many rows there are of each kind, then each kind with its rows, those that say most first."""
    parts: list[RenderableType] = [
        Text(f"{evidence.patients:,} virtual patients a scenario, seed {evidence.seed}, the same in every scenario"),
        Text(f"model {model_name()}", "quiet"),
        *([Text(OF_FEW, "warning")] if evidence.is_of_few else []),
        *_counts(evidence, screen),
    ]
    for kind in EvidenceKind:
        findings = list(evidence.of_kind(kind))
        if findings:
            parts += ["", _line((Text(kind.heading, "title"), *_COLUMNS), screen), Text(kind.meaning, "quiet")]
            parts.append(_rule(screen))
            parts += [part for finding in findings for part in _claim(finding, screen)]
    return [*parts, *_not_evaluated(evidence, screen)]


def _not_evaluated(evidence: Evidence, screen: Screen) -> "Iterator[RenderableType]":
    """What nothing is held against: the number as it was published, its source, and why."""
    if evidence.not_evaluated:
        yield from ("", Text(NOT_EVALUATED, "title"), Text(NOT_EVALUATED_MEANING, "quiet"), _rule(screen))
    for each in evidence.not_evaluated:
        yield _title(each.id, each.sentence, each.status)
        yield indent(f"published: {each.printed}")
        yield indent(indent(f"not evaluated because: {each.reason}", "quiet"))
        yield indent(each.source, "quiet")


def _rule(screen: Screen) -> Text:
    return Text(("─" if screen.unicode else "-") * min(screen.width, _WIDEST))


def _title(name: str, sentence: str, status: str | None) -> Text:
    unseen = [(f"  {status}", "unverified")] if status not in (None, "seen") else []
    return Text.assemble((name, "title"), " ", sentence, *unseen)


_COLUMNS = "Expected", "Simulated", "Patients"
_WIDEST = 120


def _counts(evidence: Evidence, screen: Screen) -> "Iterator[RenderableType]":
    """How many measures of the article and of other sources are of each kind."""
    yield ""
    table = screen.table()
    table.add_column("")
    for name in ("Article", "Elsewhere"):
        table.add_column(name, justify="right")
    for kind in evidence.kinds:
        rows = [(finding.claim.kind, len(finding.measurements)) for finding in evidence.of_kind(kind)]
        article = sum(count for of, count in rows if of != "published")
        elsewhere = sum(count for of, count in rows if of == "published")
        table.add_row(
            Text(kind.heading, "error" if kind is EvidenceKind.FAILS and rows else ""), str(article), str(elsewhere)
        )
    table.add_row(NOT_EVALUATED, "0", str(len(evidence.not_evaluated)))
    yield table


def _claim(finding: ClaimResult, screen: Screen) -> "Iterator[RenderableType]":
    """A claim over the whole width, its measures in columns, and its source."""
    claim = finding.claim
    yield _title(claim.id, claim.sentence, claim.status)
    for measurement in finding.measurements:
        what, *cells = _row(measurement)
        if screen.wide:
            yield _line((what, *cells), screen)
        else:
            expected, simulated, patients = cells
            yield what
            yield Padding(f"expected {expected}, simulated {simulated} (patients: {patients})", (0, 0, 0, 4))
        yield from (indent(indent(note, "quiet")) for note in notes(measurement))
    yield indent(claim.source, "quiet")


def notes(measurement: Measurement) -> Iterator[str]:
    """What has to be known of a row: who chose its bounds, why it cannot be otherwise, why it is thought to miss."""
    expectation = measurement.expectation
    if expectation.construction is not None:
        yield f"so because: {expectation.construction}"
    if expectation.chosen is not None:
        yield f"bounds chosen here: {expectation.chosen}"
    if measurement.kind is EvidenceKind.NOT_REPRODUCED:
        yield f"missed, it is thought, because: {expectation.miss}"


def _line(cells: "Sequence[RenderableType]", screen: Screen) -> "RenderableType":
    """A line of columns that are as wide in every line: what is measured has the rest of the width."""
    if not screen.wide:
        return cells[0]
    expected = 16 if screen.width < 100 else 34
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=min(screen.width, _WIDEST) - expected - _SIMULATED - _PATIENTS - 6)
    for width in (expected, _SIMULATED, _PATIENTS):
        table.add_column(justify="right", width=width)
    table.add_row(*cells)
    return table


_SIMULATED, _PATIENTS = 21, 8


def _row(measurement: Measurement) -> "tuple[RenderableType, str, str, str]":
    expectation = measurement.expectation
    unit = f" {expectation.unit}" if expectation.unit not in ("", "1") else ""
    simulated = found_text(measurement)
    if measurement.interval is not None:
        simulated += f" ({measurement.interval[0]:.3f}-{measurement.interval[1]:.3f})"
    what = indent(f"{expectation.text}{unit and f' ({unit.strip()})'}")
    return what, expected_text(expectation), simulated, f"{measurement.patients:,}"


def found_text(measurement: Measurement) -> str:
    """What was found; a dash where nobody has what is measured."""
    return "-" if math.isnan(measurement.value) else f"{measurement.value:.4g}"


def expected_text(expectation: Expectation) -> str:
    """What a source says of a measure, and where it must land; where that was chosen here, it says so."""
    band, printed = expectation.band, expectation.printed
    both = math.isfinite(band.low) and math.isfinite(band.high)
    within = f"{band.low:g}-{band.high:g}" if both and printed is not None else str(band)
    whose = "ours: " if expectation.chosen is not None else ""
    if printed is None or printed == within:
        return f"{whose}{within}"
    return f"{printed} ({whose}{within})"


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """Write the evidence as a JSON document; null where a measure has no number."""
    return {
        **EVIDENCE.head(
            manifest(patients=evidence.patients, seed=evidence.seed, attenuation=evidence.options.attenuation)
        ),
        "holds": evidence.holds,
        "claims": [_claim_json(finding) for finding in evidence.findings],
        "not_evaluated": [asdict(each) for each in evidence.not_evaluated],
    }


def _claim_json(finding: ClaimResult) -> dict[str, Any]:
    claim = finding.claim
    return {
        "id": claim.id,
        "kind": claim.kind,
        "sentence": claim.sentence,
        "source": claim.source,
        "status": claim.status,
        "holds": finding.holds,
        "measures": [
            {
                "text": measurement.expectation.text,
                "unit": measurement.expectation.unit,
                "expected": _band_json(measurement.expectation.band),
                "expected_of_sets": _of_sets_json(measurement.expectation),
                "value": _finite(measurement.value),
                "low": measurement.interval[0] if measurement.interval else None,
                "high": measurement.interval[1] if measurement.interval else None,
                "holds": measurement.holds,
                "kind": measurement.expectation.kind,
                "outcome": _outcome(measurement),
                "patients": measurement.patients,
                "published": measurement.expectation.printed,
                "chosen": measurement.expectation.chosen,
                "construction": measurement.expectation.construction,
                "miss": measurement.expectation.miss,
            }
            for measurement in finding.measurements
        ],
    }


def _of_sets_json(expectation: Expectation) -> dict[str, Any] | None:
    return None if expectation.of_sets is None else _band_json(expectation.of_sets)


def _outcome(measurement: Measurement) -> str:
    return "holds" if measurement.holds else str(measurement.kind)


def _band_json(band: Bounds) -> dict[str, Any]:
    return {
        "text": str(band),
        "low": _finite(band.low),
        "low_included": not band.low_strict,
        "high": _finite(band.high),
        "high_included": not band.high_strict,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
