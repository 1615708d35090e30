"""Which findings the waivers of a file cover: one at a place, with the value that stood there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from blinplan.regimen.regimen import Waiver
from blinplan.regimen.toml.document import Document
from blinplan.rules.place import Place, place_as_written, place_of
from blinplan.rules.rule import Finding, Rule, Severity
from blinplan.rules.verdict import Ruling, Verdict, WaivedFinding


def expired(waiver: Waiver, today: date) -> bool:
    """Whether the last day of a waiver is over."""
    return waiver.expires is not None and waiver.expires < today


def with_waivers(verdict: Verdict, waivers: Iterable[Waiver], document: Document, today: date) -> Verdict:
    """Set apart the findings that waivers cover: each one, at its place; one without a place what it did before."""
    if verdict.ruling is not Ruling.FINDING or not verdict.rule.waivable:
        return verdict
    own = [waiver for waiver in waivers if waiver.rule == verdict.rule.code and not expired(waiver, today)]
    left = list(verdict.findings)
    meanings = [place_of(finding, document).meaning for finding in left] if own else []
    covered = []
    for waiver in own:
        number = _number_covered_by(waiver, left, meanings, verdict.rule)
        if number is not None:
            covered.append(WaivedFinding(left.pop(number), waiver))
            del meanings[number]
    everywhere = next((waiver for waiver in own if waiver.at is None), None)
    if everywhere is not None:
        old = [finding for finding in left if _is_no_worse(finding, everywhere, verdict.rule)]
        covered += [WaivedFinding(finding, everywhere) for finding in old]
        left = [finding for finding in left if finding not in old]
    in_order = sorted(covered, key=lambda pair: verdict.findings.index(pair.finding))
    return verdict._replace(
        ruling=Ruling.FINDING if left else Ruling.WAIVED, findings=tuple(left), waived_findings=tuple(in_order)
    )


def _number_covered_by(
    waiver: Waiver, findings: Sequence[Finding], meanings: Sequence[tuple[str, str]], rule: Rule
) -> int | None:
    """Which finding stands at the place of a waiver, with the same value, and is no worse than what was accepted."""
    place = place_of_waiver(waiver)
    if place is None:
        return None
    asked = place.meaning
    here = (number for number, meaning in enumerate(meanings) if meaning == asked)
    return next((number for number in here if _is_no_worse(findings[number], waiver, rule)), None)


def place_of_waiver(waiver: Waiver) -> Place | None:
    """Where a waiver says it is; None for one of the first form."""
    return None if waiver.at is None else place_as_written(waiver.at, waiver.value)


def _is_no_worse(finding: Finding, waiver: Waiver, rule: Rule) -> bool:
    """Whether a finding is at most as bad as a waiver says, or as its rule is where it does not say."""
    return finding.severity.rank <= accepted_severity(waiver, rule).rank


def accepted_severity(waiver: Waiver, rule: Rule) -> Severity:
    """The worst that a waiver covers."""
    return rule.severity if waiver.severity is None else Severity(waiver.severity)


class IdleWaiver(NamedTuple):
    """A waiver that covers nothing although its rule answered, and what was found that it may have been meant for."""

    waiver: Waiver
    here: Place | None = None
    elsewhere: Place | None = None


def idle_waivers(verdict: Verdict, waivers: Iterable[Waiver], document: Document) -> Iterator[IdleWaiver]:
    """The waivers of one rule, none of them expired, that cover nothing of its answer."""
    used = {id(pair.waiver) for pair in verdict.waived_findings}  # of two that say the same, one is used
    places = [place_of(finding, document) for finding in verdict.findings]
    for waiver in waivers:
        if id(waiver) in used:
            continue
        place = place_of_waiver(waiver)
        if place is None:
            yield IdleWaiver(waiver)
            continue
        here = next((other for other in places if other.at == place.at), None)
        same = (other for other in places if other.meaning[1] == place.meaning[1])
        yield IdleWaiver(waiver, here, None if here else next(same, None))
