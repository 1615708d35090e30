"""Every claim and published number: what was expected, what was simulated, and the verdict."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from blinplan.evidence.evaluate import Bounds, ClaimResult, Evidence, Measurement
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import manifest
from blinplan.terminal import Screen, indent

EVIDENCE = DocumentKind("evidence")


_KINDS = (
    ("claim", "Claims of the article"),
    ("published", "Published numbers"),
    ("extension", "The claims in other populations"),
)


def evidence_report(evidence: Evidence, screen: Screen) -> list[RenderableType]:
    """Draw the claims of the article, then the published numbers, a line for each measure."""
    parts: list[RenderableType] = [
        Text(f"{evidence.patients:,} virtual patients a scenario, seed {evidence.seed}, the same in every scenario"),
        Text("Parameters that `blinplan model` calls calibrated were fitted so that the claims hold.", "quiet"),
    ]
    for kind, title in _KINDS:
        findings = [finding for finding in evidence.findings if finding.claim.kind == kind]
        if findings:
            parts += ["", _line((Text(title, "title"), "Expected", "Simulated", "Verdict"), findings, screen)]
            parts.append(Text(("─" if screen.unicode else "-") * min(screen.width, _WIDEST)))
            parts += [part for finding in findings for part in _claim(finding, findings, screen)]
    return parts


_WIDEST = 120


def _claim(finding: ClaimResult, findings: Sequence[ClaimResult], screen: Screen) -> Iterator[RenderableType]:
    """A claim over the whole width, its measures in columns, and its source."""
    claim = finding.claim
    status = [(f"  {claim.status}", "unverified")] if claim.status not in (None, "seen") else []
    yield Text.assemble((claim.id, "title"), " ", claim.sentence, *status)
    for measurement in finding.measurements:
        what, expected, simulated, verdict = _row(measurement)
        if screen.wide:
            yield _line((what, expected, simulated, verdict), findings, screen)
        else:
            yield what
            yield Padding(Text.assemble(f"expected {expected}, simulated {simulated}: ", verdict), (0, 0, 0, 4))
    yield indent(claim.source, "quiet")


def _line(cells: Sequence[RenderableType], findings: Sequence[ClaimResult], screen: Screen) -> RenderableType:
    """A line of columns that are as wide in every line of a kind: what is measured has the rest of the width."""
    if not screen.wide:
        return cells[0]
    bands = [str(measurement.expectation.band) for finding in findings for measurement in finding.measurements]
    expected = min(max(len("Expected"), *map(len, bands)), 16 if screen.width < 100 else 40)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=min(screen.width, _WIDEST) - expected - _SIMULATED - _VERDICT - 6)
    table.add_column(justify="right", width=expected)
    table.add_column(justify="right", width=_SIMULATED)
    table.add_column(width=_VERDICT)
    table.add_row(*cells)
    return table


_SIMULATED, _VERDICT = 21, 7


def _row(measurement: Measurement) -> tuple[RenderableType, str, str, Text]:
    expectation = measurement.expectation
    unit = f" {expectation.unit}" if expectation.unit not in ("", "1") else ""
    simulated = f"{measurement.value:.4g}"
    if measurement.interval is not None:
        simulated += f" ({measurement.interval[0]:.3f}-{measurement.interval[1]:.3f})"
    verdict = Text("holds", "pass") if measurement.holds else Text("FAILS", "error")
    return indent(f"{expectation.text}{unit and f' ({unit.strip()})'}"), str(expectation.band), simulated, verdict


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """Write the evidence as a JSON document; null where a measure has no number."""
    return {
        **EVIDENCE.head(
            manifest(patients=evidence.patients, seed=evidence.seed, attenuation=evidence.options.attenuation)
        ),
        "holds": evidence.holds,
        "claims": [_claim_json(finding) for finding in evidence.findings],
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
                "value": _finite(measurement.value),
                "low": measurement.interval[0] if measurement.interval else None,
                "high": measurement.interval[1] if measurement.interval else None,
                "holds": measurement.holds,
            }
            for measurement in finding.measurements
        ],
    }


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
