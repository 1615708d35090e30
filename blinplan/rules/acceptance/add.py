"""Write a waiver at each place where a rule finds something now."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from blinplan.regimen.reading import RegimenFile, read
from blinplan.rules.acceptance.waiver_text import removal, with_waivers_added
from blinplan.rules.acceptance.waivers import place_of_waiver
from blinplan.rules.fix import Repair, apply
from blinplan.rules.judge import Simulator
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.place import place_of
from blinplan.rules.rule import Finding, Rule
from blinplan.rules.task import Task
from blinplan.rules.verdict import Ruling, Verdict


class WantedWaiver(NamedTuple):
    """What somebody wants accepted, why, and until when."""

    rule: Rule
    reason: str
    expires: date | None = None


class NothingToWaiveError(ValueError):
    """A rule that finds nothing in a file which a waiver could cover. The message says why."""


class RefusedWaiverError(ValueError):
    """A waiver that the policies of the project do not allow: what they ask for, and what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


def add_waivers(task: Task, wanted: WantedWaiver, simulator: Callable[[], Simulator] | None) -> Repair:
    """The file with a waiver for each of the rule's findings that count, and these findings.

    Raises
    ------
    NothingToWaiveError
        When there are none.
    RefusedWaiverError
        When the project asks more of a waiver than was given.
    """
    virtual = simulator() if simulator is not None and wanted.rule.simulated else None
    verdict = _verdict(task.judge(virtual), wanted.rule)
    if not isinstance(task.reading, RegimenFile):
        raise NothingToWaiveError("the file cannot be read as a regimen")
    if not verdict.findings:
        raise NothingToWaiveError(_why_nothing(verdict))
    accepted = [
        (place_of(finding, task.reading.document), _worse_than(wanted.rule, finding)) for finding in verdict.findings
    ]
    before = _without_idle_waivers(task.reading, verdict, {place.at for place, _ in accepted})
    text = with_waivers_added(before.document, wanted.rule.code, accepted, wanted.reason, wanted.expires)
    new = read(text.encode("utf-8"), before.document.name)
    _hold_to_policies(task._replace(reading=new), len(before.regimen.waivers))
    return Repair(new, verdict.findings)


def _worse_than(rule: Rule, finding: Finding) -> str | None:
    """The severity that a waiver has to say, since it is worse than that of its rule; None where it is not."""
    return finding.severity.value if finding.severity.rank > rule.severity.rank else None


def _without_idle_waivers(reading: RegimenFile, verdict: Verdict, anew: set[str]) -> RegimenFile:
    """The file without waivers that cover nothing of places that are waived anew: another value stood there."""
    used = [waiver for _, waiver in verdict.waived_findings]
    own = [(n, waiver) for n, waiver in enumerate(reading.regimen.waivers) if waiver.rule == verdict.rule.code]
    idle = [n for n, waiver in own if (place := place_of_waiver(waiver)) and place.at in anew and waiver not in used]
    for number in reversed(idle):  # one after the other, since two of an array share a comma
        document = reading.document
        text = apply(document.text, [removal(document, ("waiver", number))])
        left = read(text.encode("utf-8"), document.name)
        reading = left if isinstance(left, RegimenFile) else reading
    return reading


def _verdict(judgement: Judgement, rule: Rule) -> Verdict:
    return next(verdict for verdict in judgement.verdicts if verdict.rule is rule)


def _why_nothing(verdict: Verdict) -> str:
    code = verdict.rule.code
    if verdict.not_evaluated is not None:
        return f"{code} was not evaluated: {verdict.not_evaluated.reason}"
    return f"all that {code} finds is waived" if verdict.ruling is Ruling.WAIVED else f"{code} finds nothing"


_POLICIES = {
    "W908": "say more of why",
    "W909": "give its last day with --expires, or expires= from Python",
    "W910": "give an earlier last day",
}


def _hold_to_policies(task: Task, waivers_before: int) -> None:
    for finding in task.judge(None).findings:
        if finding.code in _POLICIES and int(finding.path[1]) >= waivers_before:
            raise RefusedWaiverError(f"{finding.message} ({finding.code})", _POLICIES[finding.code])
