"""The verdicts on regimens as a JSON document. Within a version, fields are only added."""

from typing import TYPE_CHECKING, Any

from blinplan.proportion import Proportion
from blinplan.regimen.regimen import Waiver
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.place import value_text
from blinplan.regimen.toml.positions import Span, pointer
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import input_hash, manifest
from blinplan.rules.citations import citations
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.judging.models import OverModels
from blinplan.rules.limits import Limit, Limits
from blinplan.rules.located import shown_path
from blinplan.rules.rule import Finding
from blinplan.rules.run_result import Result
from blinplan.rules.simulated.outcome import Median, SimulatedOutcome
from blinplan.rules.verdict import Verdict

if TYPE_CHECKING:
    from blinplan.rules.acceptance.baseline import BaselineEntry

CHECK = DocumentKind("check")


def check_json(result: Result) -> dict[str, Any]:
    """Write all verdicts, passing ones included, with what they were made from."""
    return {
        **CHECK.head(run_manifest(result)),
        "status": result.status,
        "reason": result.reason,
        "not_found": [{"name": error.name, "message": error.message} for error in result.missing],
        "left_out": [{"path": one.name, "by": one.left_out} for one in result.left_out],
        "unmatched_patterns": [{"pattern": one.text, "set_by": one.origin} for one in result.unmatched],
        "faults": [{"path": fault.reading.document.name, "message": repr(fault.error)} for fault in result.faults],
        "since": None if result.since is None else result.since._asdict(),
        "stale_baseline": [_stale_entry(entry) for entry in result.stale],
        "files": [_file(result, judgement) for judgement in result.judgements],
    }


def _stale_entry(entry: "BaselineEntry") -> dict[str, str]:
    return {
        "path": entry.path,
        "rule": entry.rule,
        "pointer": entry.at if entry.by_pointer else "",
        "at": "" if entry.by_pointer else entry.at,
        "text": entry.value,
        "message": entry.message,
    }


def run_manifest(result: Result) -> dict[str, Any]:
    """State what the run was made with."""
    return manifest(
        today=result.today.isoformat(),
        seed=result.simulator.seed if result.simulator else None,
        patients=result.simulator.patients if result.simulator else None,
    )


def _file(result: Result, judgement: Judgement) -> dict[str, Any]:
    document, regimen = judgement.reading.document, judgement.regimen
    fail_on, configuration = result.fail_on_of(judgement), judgement.configuration
    return {
        "path": shown_path(judgement),
        "input": input_hash(document),
        "regimen": regimen.name if regimen else None,
        "unverified": regimen.unverified if regimen else None,
        "label": judgement.label,
        "configuration": None if configuration is None else configuration.as_posix(),
        "fail_on": {"level": fail_on.level.value, "set_by": fail_on.origin},
        "simulated": _simulation(judgement.outcome),
        **({"over_models": [_over_models(one) for one in judgement.over_models]} if judgement.over_models else {}),
        "changed_limits": [_change(limit) for limit in judgement.limits.values() if limit.change],
        "verdicts": [_verdict(result, judgement, verdict) for verdict in judgement.verdicts],
    }


def _over_models(one: OverModels) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "outcome": one.shipped.value,
        "models": one.models,
        "finds_in": one.finds,
        "passes_in": one.passes,
        "differs_in": one.differs,
    }


def _change(limit: Limit) -> dict[str, Any]:
    assert limit.change is not None  # noqa: S101 - the caller has looked
    return {
        "name": limit.name,
        "value": float(limit.value),
        "unit": limit.unit,
        "own_value": float(limit.change.own),
        "origin": limit.change.origin,
        "reason": limit.change.reason,
    }


def _verdict(result: Result, judgement: Judgement, verdict: Verdict) -> dict[str, Any]:
    waived, unanswered = verdict.waived_findings, verdict.not_evaluated
    document, limits = judgement.reading.document, judgement.limits
    # Where nothing counts, the findings are those that are waived; where something does, only that.
    findings = verdict.findings or tuple(pair.finding for pair in waived)
    return {
        "rule": verdict.rule.code,
        "name": verdict.rule.name,
        "outcome": verdict.ruling.value,
        "findings": [
            {
                "counts": bool(verdict.findings) and result.counts(judgement, finding),
                **finding_json(document, finding, limits),
            }
            for finding in findings
        ],
        "in_baseline": [
            {"counts": False, **finding_json(document, finding, limits)} for finding in verdict.baseline_findings
        ],
        "waived": [
            {"finding": {"counts": False, **finding_json(document, finding, limits)}, "waiver": waiver_json(waiver)}
            for finding, waiver in waived
        ],
        "waiver": waiver_json(waived[0].waiver) if waived and not verdict.findings else None,
        "not_evaluated": {"kind": unanswered.kind, "reason": unanswered.reason} if unanswered else None,
    }


def waiver_json(waiver: Waiver) -> dict[str, Any]:
    """Write why a finding is accepted, until when, and for which place and value."""
    return {
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat() if waiver.expires else None,
        "at": waiver.at,
        "value": None if waiver.value is None else value_text(waiver.value),
    }


def finding_json(document: Document, finding: Finding, limits: Limits) -> dict[str, Any]:
    """Write one finding: what was found, its place, and how it can be fixed where it can."""
    return {
        "severity": finding.severity.value,
        "message": finding.message,
        "why": finding.why,
        "help": finding.help,
        "patient": finding.patient,
        "sources": citations(finding, limits),
        "path": list(finding.path),
        "pointer": pointer(finding.path),
        **_range(document, finding.span),
        "fix": {**_range(document, finding.fix.span), "text": finding.fix.text} if finding.fix else None,
    }


def _range(document: Document, span: Span) -> dict[str, Any]:
    start, end = document.position(span.start), document.position(span.end)
    return {
        "start": {"line": start.line, "column": start.column},
        "end": {"line": end.line, "column": end.column},
    }


def _simulation(outcome: SimulatedOutcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "population": outcome.population,
        "seed": outcome.seed,
        **({} if outcome.drawn == outcome.patients else {"drawn": outcome.drawn, "admitted": outcome.patients}),
        "depleted_in_cycle_1": proportion_json(outcome.depletion),
        "recovered_before_next_cycle": [proportion_json(recovered) for recovered in outcome.recoveries],
        "returned_at_escalation": proportion_json(outcome.escalation.returns) if outcome.escalation else None,
        "first_il6_peak_pg_per_ml": _median_json(outcome.first_peak),
        "labelled_il6_peak_pg_per_ml": {"regimen": outcome.labelled_peak[0], **_median_json(outcome.labelled_peak[1])}
        if outcome.labelled_peak
        else None,
        "raised_in_a_later_cycle_only": [proportion_json(changed) for changed in outcome.later_elevation],
    }


def _median_json(median: Median) -> dict[str, Any]:
    return {"value": median.value, "low": median.low, "high": median.high, "total": median.total}


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
