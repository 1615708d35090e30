"""The verdicts on regimens as a JSON document. Within a version, fields are only added."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from blinplan.proportion import Proportion
from blinplan.regimen.document import Document, KeyPath, Span
from blinplan.regimen.sources import NotFound
from blinplan.reports.findings import citations
from blinplan.reports.manifest import input_hash, manifest
from blinplan.rules.check import Judgement, Verdict
from blinplan.rules.limits import Limits
from blinplan.rules.outcome import SimulatedOutcome
from blinplan.rules.rule import Finding
from blinplan.rules.virtual import Simulated


def check_json(
    judgements: Sequence[Judgement],
    missing: Sequence[NotFound],
    status: int,
    today: date,
    simulated: Simulated | None,
) -> dict[str, Any]:
    """Write all verdicts, passing ones included, with what they were made from."""
    return {
        "format": "blinplan-check",
        "version": 1,
        "manifest": manifest(
            today=today.isoformat(),
            seed=simulated.seed if simulated else None,
            patients=simulated.patients if simulated else None,
        ),
        "status": status,
        "not_found": [{"name": error.named, "message": error.message} for error in missing],
        "files": [_file(judgement) for judgement in judgements],
    }


def _file(judgement: Judgement) -> dict[str, Any]:
    document, regimen = judgement.reading.document, judgement.reading.regimen
    return {
        "path": document.name,
        "input": input_hash(document),
        "regimen": regimen.name if regimen else None,
        "unverified": regimen.unverified if regimen else None,
        "simulated": _simulated(judgement.outcome),
        "verdicts": [_verdict(document, verdict, judgement.limits) for verdict in judgement.verdicts],
    }


def _verdict(document: Document, verdict: Verdict, limits: Limits) -> dict[str, Any]:
    waiver, unanswered = verdict.waiver, verdict.not_evaluated
    return {
        "rule": verdict.rule.code,
        "name": verdict.rule.name,
        "outcome": verdict.outcome.value,
        "findings": [_finding(document, finding, limits) for finding in verdict.findings],
        "waiver": {"reason": waiver.reason, "expires": waiver.expires.isoformat() if waiver.expires else None}
        if waiver
        else None,
        "not_evaluated": {"kind": unanswered.kind, "reason": unanswered.reason} if unanswered else None,
    }


def _finding(document: Document, finding: Finding, limits: Limits) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "message": finding.message,
        "why": finding.why,
        "help": finding.help,
        "sources": citations(finding, limits),
        "path": list(finding.path),
        "pointer": pointer(finding.path),
        **_range(document, finding.span),
    }


def pointer(path: KeyPath) -> str:
    """Write a key path as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def _range(document: Document, span: Span) -> dict[str, Any]:
    start, end = document.position(span.start), document.position(span.end)
    return {
        "start": {"line": start.line, "column": start.column},
        "end": {"line": end.line, "column": end.column},
    }


def _simulated(outcome: SimulatedOutcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "population": outcome.population,
        "seed": outcome.seed,
        "depleted_in_cycle_1": proportion_json(outcome.depleted),
        "recovered_before_next_cycle": [proportion_json(recovered) for recovered in outcome.recovered],
        "returned_at_escalation": proportion_json(outcome.escalation.returned) if outcome.escalation else None,
        "first_il6_peak_pg_per_ml": asdict(outcome.first_peak),
        "labelled_il6_peak_pg_per_ml": {"regimen": outcome.labelled_peak[0], **asdict(outcome.labelled_peak[1])}
        if outcome.labelled_peak
        else None,
        "raised_in_a_later_cycle_only": [proportion_json(changed) for changed in outcome.later_elevation],
    }


def proportion_json(proportion: Proportion) -> dict[str, Any]:
    """Write a share of patients with its 95 % interval; null where there are no patients."""
    low, high = proportion.interval
    return {
        "count": proportion.count,
        "total": proportion.total,
        "share": proportion.value if proportion.total else None,
        "low": low if proportion.total else None,
        "high": high if proportion.total else None,
    }
