"""Which findings of a run were not there before."""

from collections import Counter
from dataclasses import replace

from blinplan.rules.changes.history import FilesBefore
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.place import place_of
from blinplan.rules.rule import Finding, NotEvaluated
from blinplan.rules.run_result import Result, Since
from blinplan.rules.verdict import Ruling, Verdict

ACROSS = "X"
"""The letter of the rules that look at other files too: a file that is as it was may have new findings of theirs."""


def compared_names(found: Result, history: FilesBefore) -> frozenset[str]:
    """The files whose findings have to be compared with those that they had; all, where files are held together."""
    names = {judgement.reading.document.name for judgement in found.judgements if judgement.findings}
    together = any(finding.code[0] == ACROSS for finding in found.findings)
    return frozenset(history.before) if together else frozenset(names - history.unchanged) & set(history.before)


def new_only(found: Result, earlier: Result, history: FilesBefore) -> Result:
    """The run without the findings that were there in an earlier one, which is of the files as they were."""
    known = {judgement.reading.document.name: judgement for judgement in earlier.judgements}
    judgements = tuple(
        _new_of(judgement, known.get(judgement.reading.document.name), history) for judgement in found.judgements
    )
    kept = sum(len(judgement.findings) for judgement in judgements)
    since = Since(
        history.revision,
        tuple(commit.name for commit in history.commits),
        sum(judgement.reading.document.name in history.unchanged for judgement in judgements),
        sum(len(judgement.findings) for judgement in found.judgements) - kept,
        tuple(path.as_posix() for path in history.untold),
    )
    return replace(found, judgements=judgements, since=since)


def _new_of(judgement: Judgement, before: Judgement | None, history: FilesBefore) -> Judgement:
    known = Counter[_Key]() if before is None else Counter(_key(one, before) for one in before.findings)
    unchanged = judgement.reading.document.name in history.unchanged
    verdicts = (_new_in(verdict, judgement, known, history, unchanged=unchanged) for verdict in judgement.verdicts)
    return judgement._replace(verdicts=tuple(verdicts))


def _new_in(
    verdict: Verdict, judgement: Judgement, known: "Counter[_Key]", history: FilesBefore, *, unchanged: bool
) -> Verdict:
    if unchanged and verdict.rule.code[0] != ACROSS:
        reason = NotEvaluated("not requested", f"the file is as it was at {history.revision} (--since)")
        return Verdict(verdict.rule, Ruling.NOT_EVALUATED, not_evaluated=reason)
    if verdict.ruling is not Ruling.FINDING:
        return verdict
    new = []
    for finding in verdict.findings:
        key = _key(finding, judgement)
        if known[key]:
            known[key] -= 1
        else:
            new.append(finding)
    if new:
        return verdict._replace(findings=tuple(new))
    reason = NotEvaluated("not requested", f"what it finds was there at {history.revision} too (--since)")
    return Verdict(verdict.rule, Ruling.NOT_EVALUATED, not_evaluated=reason)


_Key = tuple[str, ...]


def _key(finding: Finding, judgement: Judgement) -> _Key:
    """What makes two findings the same one: the rule, its weight, the place, what stands there and decides.

    What virtual patients do follows from all of the file; then what was found has to be the same too.
    """
    rule = next(verdict.rule for verdict in judgement.verdicts if verdict.rule.code == finding.code)
    message = finding.message if rule.simulated else ""
    return finding.code, finding.severity.value, *place_of(finding, judgement.reading.document).meaning, message
