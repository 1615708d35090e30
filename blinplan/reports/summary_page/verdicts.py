"""The verdicts of the rules on a page: findings in full, what is waived, what was not evaluated, what passed."""

from collections.abc import Iterator

from blinplan.regimen.toml.document import Document
from blinplan.reports.check.findings import location, not_evaluated
from blinplan.reports.library.rules import FAMILIES
from blinplan.reports.shared.page import Html, facts, items, paragraph, shown, table, wide
from blinplan.rules.judge import Judgement, Outcome
from blinplan.rules.located import citations
from blinplan.rules.rule import Finding


def verdicts_html(judgement: Judgement) -> Html:
    """Write all verdicts on one file, what matters most first."""
    return Html("\n".join([*_findings(judgement), *_waived(judgement), *_unanswered(judgement), *_passed(judgement)]))


def _findings(judgement: Judgement) -> Iterator[str]:
    worst_first = sorted(judgement.findings, key=lambda finding: -finding.severity.rank)
    yield f"<h3>Findings: {len(worst_first)}</h3>"
    if not worst_first:
        yield paragraph("No rule found anything.")
    for finding in worst_first:
        yield _finding(judgement, finding)


def _finding(judgement: Judgement, finding: Finding) -> str:
    document = judgement.reading.document
    told = [
        ("Patient", finding.patient or ""),
        ("Why", finding.why),
        ("What to do", finding.help),
        ("Source", "; ".join(citations(finding, judgement.limits))),
    ]
    severity = finding.severity.value
    return (
        f'<article class="finding {severity}"><h4><span class="mark">{severity}</span> {finding.code}: '
        f"{shown(finding.message)}</h4>\n{_place(document, finding)}\n{facts((n, t) for n, t in told if t)}</article>"
    )


_LONGEST_LINE = 160


def _place(document: Document, finding: Finding) -> str:
    """Where it is, and the line as it is written there."""
    line = document.line_text(document.position(finding.span.start).line).strip()
    cut = line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "..."
    return f'<p class="where">{shown(location(document, finding.span))} <code>{shown(cut)}</code></p>'


def _waived(judgement: Judgement) -> Iterator[str]:
    rows = [
        (
            verdict.rule.code,
            finding.message,
            verdict.waiver.reason,
            "for good" if verdict.waiver.expires is None else verdict.waiver.expires.isoformat(),
        )
        for verdict in judgement.verdicts
        if verdict.outcome is Outcome.WAIVED and verdict.waiver is not None
        for finding in verdict.findings
    ]
    yield f"<h3>Waived: {len(rows)}</h3>"
    if rows:
        yield wide(table(("Rule", "Found", "Reason given", "Until"), ("h w", "", "", "w"), rows), "Waived")


def _unanswered(judgement: Judgement) -> Iterator[str]:
    found = not_evaluated([judgement])
    yield f"<h3>Not evaluated: {sum(len(codes) for _, codes in found)}</h3>"
    yield paragraph("A rule that was not evaluated has not passed: it says nothing.")
    if found:
        rows = [(kind, reason, ", ".join(codes)) for (kind, reason), codes in found]
        yield wide(table(("Kind", "Why", "Rules"), ("w", "", ""), rows), "Not evaluated")


def _passed(judgement: Judgement) -> Iterator[str]:
    passed = [verdict.rule for verdict in judgement.verdicts if verdict.outcome is Outcome.PASS]
    yield f"<h3>Passed: {len(passed)}</h3>"
    by_family: dict[str, list[str]] = {}
    for rule in passed:
        by_family.setdefault(FAMILIES[rule.code[0]], []).append(f"{rule.code} {rule.name}")
    yield items(f"{family}: {', '.join(rules)}" for family, rules in by_family.items())
