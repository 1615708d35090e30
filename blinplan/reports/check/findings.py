"""Findings as a person reads them at the terminal, and the table of files below them."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.regimen.reading import FaultyFile
from blinplan.regimen.regimen import Waiver
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import Span
from blinplan.reports.check.alike import findings_alike, likewise
from blinplan.reports.check.file_table import file_table, has_unverified_doses
from blinplan.reports.check.lines import NO_TEXT, Line, Lines
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.citations import citations
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.limits import Limits
from blinplan.rules.rule import Finding, NotEvaluated
from blinplan.rules.verdict import CountedVerdicts, Verdict, no_answer_of, with_numbers
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.rules.judging.models import OverModels

_FEW = 10
"""How many files are all listed below the findings; of more, those that something is said of."""


def findings_report(
    judgements: Sequence[Judgement], screen: Screen, *, everything: bool = False
) -> "list[RenderableType]":
    """Draw every finding in full, then a line for each file: of many, for those that something is said of.

    Where ``everything`` is asked for, all files have a line.
    """
    told = Lines([line for judgement in judgements for line in _all_lines(judgement, screen)])
    parts: list[RenderableType] = [told] if told.lines else []
    few = everything or len(judgements) <= _FEW
    listed = [judgement for judgement in judgements if few or _has_something_said(judgement)]
    if listed:
        parts.append(file_table(listed, screen))
    return parts if few else [*parts, *_count_of_others(judgements, listed)]


def _has_something_said(judgement: Judgement) -> bool:
    return bool(judgement.telling) or not judgement.complete


def _count_of_others(judgements: Sequence[Judgement], listed: Sequence[Judgement]) -> "list[RenderableType]":
    """Say how many files are not in the table."""
    shown = {id(judgement) for judgement in listed}
    rest = [judgement for judgement in judgements if id(judgement) not in shown]
    if not rest:
        return []
    unverified = sum(map(has_unverified_doses, rest))
    doses = f", {unverified} of them with unverified doses" if unverified else ""
    more = "more " if listed else ""
    return [Text(f"{len(rest)} {more}{plural('file', len(rest))} without a finding{doses} (--verbose lists them)")]


def each_finding(judgement: Judgement, screen: Screen) -> "list[RenderableType]":
    """Draw the findings of one file in full, with an empty line after each; those that are alike together."""
    lines = list(_finding_lines(judgement, screen))
    return [Lines(lines)] if lines else []


def _all_lines(judgement: Judgement, screen: Screen) -> Iterator[Line]:
    """What is said of one file, and what its waivers and the baseline keep from being said."""
    yield from _finding_lines(judgement, screen)
    if judgement.over_models:
        yield from (*_models_lines(judgement), NO_TEXT)
    for verdict in judgement.telling:
        for waiver, findings in _by_waiver(verdict):
            yield from (*_waiver_lines(judgement.reading.document, waiver, findings), NO_TEXT)
        if verdict.baseline_findings:
            yield from (*_baseline_lines(judgement.reading.document, verdict), NO_TEXT)


def _finding_lines(judgement: Judgement, screen: Screen) -> Iterator[Line]:
    document, limits = judgement.reading.document, judgement.limits
    for group in findings_alike(judgement.findings, document):
        yield from _finding(document, group, limits, screen)
        yield NO_TEXT


def concise_report(judgements: Sequence[Judgement]) -> str:
    """Write one line for each finding: ``file:line:column: code severity message``."""
    lines = []
    for judgement in judgements:
        for finding in judgement.findings:
            where = location(judgement.reading.document, finding.span)
            lines.append(f"{where}: {finding.code} {finding.severity} {visible(finding.message)}\n")
    return "".join(lines)


def location(document: Document, span: Span) -> str:
    """Write where a span starts: ``file:line:column``."""
    position = document.position(span.start)
    return f"{visible(document.name)}:{position.line}:{position.column}"


def _finding(document: Document, alike: Sequence[Finding], limits: Limits, screen: Screen) -> Iterator[Line]:
    finding, *others = alike
    severity = finding.severity.value
    yield Line([(f"{severity}[{finding.code}]", severity), (" ", ""), (visible(finding.message), "title")])
    yield Line([("  ", ""), (location(document, finding.span), "where")])
    yield from _source_lines(document, finding.span, screen)
    told = {
        "also": likewise(others, document) if others else None,
        "patient": finding.patient,
        "why": finding.why,
        "help": finding.help + (" (--fix does)" if finding.fix else ""),
        "source": "; ".join(citations(finding, limits)),
        "rule": CATALOGUE[finding.code].name,
    }
    texts = [(label, text) for label, text in told.items() if text]
    widest = max(len(label) for label, _ in texts)
    for label, text in texts:
        yield Line([(visible(text), "")], [("  ", ""), (f"{label:>{widest}}", "quiet"), (" ", "")])


def _source_lines(document: Document, span: Span, screen: Screen) -> list[Line]:
    """Draw the line a span starts on, with carets below; a window of it when the line is long."""
    position = document.position(span.start)
    line = document.line_text(position.line)
    if not line.strip():
        return []
    gutter = f"{position.line:>5} | "
    start = position.column - 1
    end = max(start + 1, min(len(line), start + span.end - span.start))
    room = screen.width - cell_len(gutter) - 1
    # No more of a long line is looked at than could be shown.
    before, marked, after = (
        screen.as_shown(line[max(start - room, 0) : start]),
        screen.as_shown(line[start : min(end, start + room)]) or " ",
        screen.as_shown(line[end : end + room]),
    )
    before, marked, after = _window(before, marked, after, room)
    carets = [(" " * cell_len(before), ""), ("^" * max(cell_len(marked), 1), "caret")]
    return [
        Line([(gutter, "quiet"), (before + marked + after, "")], cropped=True),
        Line([(f"{'':>5} | ", "quiet"), *carets], cropped=True),
    ]


def _window(before: str, marked: str, after: str, room: int) -> tuple[str, str, str]:
    """Cut a long line around what is marked, and show where it is cut."""
    if cell_len(before + marked + after) <= room:
        return before, marked, after
    marked = _cut_end(marked, room - 10)
    if marked.endswith(_CUT):
        after = ""
    before = _cut_start(before, max((room - cell_len(marked)) // 2, len(_CUT)))
    return before, marked, _cut_end(after, room - cell_len(before) - cell_len(marked))


_CUT = "..."


def _cut_end(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return text
    while text and cell_len(text) > room - len(_CUT):
        text = text[:-1]
    return text + _CUT


def _cut_start(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return text
    while text and cell_len(text) > room - len(_CUT):
        text = text[1:]
    return _CUT + text


def _by_waiver(verdict: Verdict) -> list[tuple[Waiver, list[Finding]]]:
    """The findings that are waived, those together that one waiver covers, or several with one reason."""
    groups: dict[tuple[str, object], tuple[Waiver, list[Finding]]] = {}
    for finding, waiver in verdict.waived_findings:
        groups.setdefault((waiver.reason, waiver.expires), (waiver, []))[1].append(finding)
    return list(groups.values())


def _waiver_lines(document: Document, waiver: Waiver, findings: Sequence[Finding]) -> Iterator[Line]:
    for finding in findings:
        yield Line([(f"waived[{finding.code}]", "waived"), (f" {visible(finding.message)}", "")])
    until = f" until {waiver.expires}" if waiver.expires else ""
    where = location(document, findings[0].span)
    yield Line([("  ", ""), (where, "where"), (f"  {visible(waiver.reason)}{until}", "")])


def _baseline_lines(document: Document, verdict: Verdict) -> Iterator[Line]:
    for finding in verdict.baseline_findings:
        yield Line([(f"in baseline[{verdict.rule.code}]", "waived"), (f" {visible(finding.message)}", "")])
        yield Line([("  ", ""), (location(document, finding.span), "where")])


def _models_lines(judgement: Judgement) -> Iterator[Line]:
    """What simulated rules say under plausible models: those that say something else, and which do not."""
    yield Line([("models", "models"), (f" {visible(judgement.reading.document.name)}", "")])
    for text in models_texts(judgement.over_models):
        yield Line([(f"  {text}", "")])


def models_texts(found: "Sequence[OverModels]") -> list[str]:
    """Say where the model decides, and where it does not."""
    alike = [one.rule for one in found if not one.differs]
    told = [f"the model decides: {one.text}" for one in found if one.differs]
    if alike:
        told.append(f"the same in all of {found[0].models} plausible models: {', '.join(alike)}")
    return told


def not_evaluated_lines(
    judgements: Sequence[Judgement], *, everything: bool, counted: CountedVerdicts | None = None
) -> list[str]:
    """Say which rules gave no answer and why, the same reason once, with the number of files.

    Rules that do not apply to a regimen are named only when ``everything`` is asked for. ``counted`` are the verdicts
    with their numbers, where somebody has counted them: of a thousand files that takes a while.
    """
    lines = []
    kinds = _KINDS if everything else _KINDS[:5]
    for (kind, reason), codes in open_questions(judgements, counted):
        if kind not in kinds:
            continue
        files = max(codes.values())
        lines.append(f"{kind}: {_code_list(list(codes))} ({files} {plural('file', files)}): {reason}")
    return lines


def open_questions(
    judgements: Sequence[Judgement], counted: CountedVerdicts | None = None
) -> list[tuple[tuple[str, str], dict[str, int]]]:
    """List kinds and reasons for which rules gave no answer, what matters most first, with codes and files of each."""
    reasons: dict[tuple[str, str], dict[str, int]] = {}
    several = sum(isinstance(judgement.reading, FaultyFile) for judgement in judgements) > 1
    if several or counted is None:
        told = (_of_several(judgement) if several else judgement.verdicts for judgement in judgements)
        counted = with_numbers(list(chain.from_iterable(told)))
    for verdict, number in counted:
        if (reason := verdict.not_evaluated) is not None:
            codes = reasons.setdefault((reason.kind, reason.reason), {})
            codes[verdict.rule.code] = codes.get(verdict.rule.code, 0) + number
    return sorted(reasons.items(), key=lambda item: _KINDS.index(item[0][0]))


def _of_several(judgement: Judgement) -> Iterator[Verdict]:
    """The verdicts on one of several files with errors: why no rule passes it is said once for all of them."""
    faulty = isinstance(judgement.reading, FaultyFile)
    for verdict in judgement.verdicts:
        blocked = faulty and verdict.not_evaluated is not None and verdict.not_evaluated.kind == "blocked"
        yield no_answer_of(verdict.rule, _BY_ERRORS) if blocked else verdict


_WITH_ERRORS = "the files have errors, and no rule passes a file that could not be read in whole"
_BY_ERRORS = NotEvaluated("blocked", _WITH_ERRORS)
_KINDS = ("undecided", "blocked", "unverified", "not said", "not requested", "off", "not applicable")


def _code_list(codes: list[str]) -> str:
    return ", ".join(codes) if len(codes) <= 6 else f"{len(codes)} rules"
