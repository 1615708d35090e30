"""The verdicts of the rules on a page: findings in full, what is waived, what was not evaluated, what passed."""

from collections.abc import Iterator
from dataclasses import dataclass

from blinplan.regimen.toml.document import Document
from blinplan.reports.check.findings import location, models_texts, open_questions
from blinplan.reports.shared.page import PageColumn, PageTable, page_table
from blinplan.rules.catalogue import FAMILIES
from blinplan.rules.citations import citations
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Finding
from blinplan.rules.verdict import Ruling


@dataclass(frozen=True, slots=True)
class PrintedFinding:
    """A finding in words: where it is, the line as it is written there, and what is known of it."""

    severity: str
    code: str
    message: str
    place: str
    line: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VerdictsSection:
    """All verdicts on one file, what matters most first."""

    findings: tuple[PrintedFinding, ...]
    waived: PageTable
    not_evaluated: PageTable
    not_evaluated_rules: int
    passed: tuple[str, ...]
    passed_rules: int
    over_models: tuple[str, ...] = ()


def verdicts_section(judgement: Judgement) -> VerdictsSection:
    """Collect the verdicts on a file."""
    unanswered = open_questions([judgement])
    passed = [verdict for verdict in judgement.verdicts if verdict.ruling is Ruling.PASS]
    return VerdictsSection(
        tuple(_finding(judgement, finding) for finding in sorted(judgement.findings, key=_mildness)),
        _waivers(judgement),
        page_table(
            "Not evaluated",
            (PageColumn("Kind", "w"), PageColumn("Why"), PageColumn("Rules")),
            ((kind, reason, ", ".join(codes)) for (kind, reason), codes in unanswered),
        ),
        sum(len(codes) for _, codes in unanswered),
        tuple(_passes(judgement)),
        len(passed),
        tuple(models_texts(judgement.over_models)) if judgement.over_models else (),
    )


def _mildness(finding: Finding) -> int:
    return -finding.severity.rank


def _finding(judgement: Judgement, finding: Finding) -> PrintedFinding:
    document = judgement.reading.document
    facts = (
        ("Patient", finding.patient or ""),
        ("Why", finding.why),
        ("What to do", finding.help),
        ("Source", "; ".join(citations(finding, judgement.limits))),
    )
    return PrintedFinding(
        finding.severity.value,
        finding.code,
        finding.message,
        location(document, finding.span),
        _line(document, finding),
        tuple((name, text) for name, text in facts if text),
    )


_LONGEST_LINE = 160


def _line(document: Document, finding: Finding) -> str:
    line = document.line_text(document.position(finding.span.start).line).strip()
    return line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "..."


def _waivers(judgement: Judgement) -> PageTable:
    columns = (
        PageColumn("Rule", "w", is_name=True),
        PageColumn("Found"),
        PageColumn("Reason given"),
        PageColumn("Until", "w"),
    )
    rows = (
        (
            verdict.rule.code,
            finding.message,
            waiver.reason,
            "for good" if waiver.expires is None else waiver.expires.isoformat(),
        )
        for verdict in judgement.verdicts
        for finding, waiver in verdict.waived_findings
    )
    return page_table("Waived", columns, rows)


def _passes(judgement: Judgement) -> Iterator[str]:
    """The rules that passed, a line a family."""
    families: dict[str, list[str]] = {}
    for verdict in judgement.verdicts:
        if verdict.ruling is Ruling.PASS:
            families.setdefault(FAMILIES[verdict.rule.code[0]], []).append(f"{verdict.rule.code} {verdict.rule.name}")
    return (f"{family}: {', '.join(rules)}" for family, rules in families.items())
