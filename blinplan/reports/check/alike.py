"""Findings that say the same of several cycles, as where cycles that could be repeated are written out one by one."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

from blinplan.regimen.toml.document import Document
from blinplan.rules.rule import Finding

_CYCLE_NUMBER = r"\bcycle [0-9]+\b"


def findings_alike(findings: Iterable[Finding], document: Document) -> list[list[Finding]]:
    """The findings in their order, those together that say the same of one cycle each."""
    groups: dict[Hashable, list[Finding]] = {}
    told = list(findings)
    several = Counter(map(_what_is_told, told))
    for number, finding in enumerate(told):
        # What another process has read is read again to look a cycle up, so only where two may be alike.
        content = _content(finding, document) if several[_what_is_told(finding)] > 1 else None
        groups.setdefault(content or number, []).append(finding)
    return list(groups.values())


def _what_is_told(finding: Finding) -> Hashable:
    """What is the same of findings that are alike, without a look at the file."""
    return finding.code, finding.path[2:], finding.help


def _content(finding: Finding, document: Document) -> Hashable | None:
    """What a finding says of a cycle but for which it is; None where it speaks of something else."""
    cycle = cycle_at(finding, document)
    if cycle is None or finding.fix is not None:
        return None
    named = re.escape(f'"{cycle.get("name")}"')
    message = re.sub(_CYCLE_NUMBER, "cycle", re.sub(f"(?: of)? ?{named}", "", finding.message))
    return finding.code, finding.severity, finding.path[2:], message, finding.help, finding.patient


def cycle_at(finding: Finding, document: Document) -> dict[str, Any] | None:
    """The table of the cycle that a finding points into; None where it points elsewhere."""
    match finding.path:
        case ("cycle", int(index), _, *_):
            cycles = document.values.get("cycle")
            cycle = cycles[index] if isinstance(cycles, list) and index < len(cycles) else None
            return cycle if isinstance(cycle, dict) else None
    return None


def likewise(others: Iterable[Finding], document: Document) -> str:
    """Where else the same is so: in which cycles, by their names, and in which lines."""
    places = []
    for other in others:
        cycle, line = cycle_at(other, document) or {}, document.position(other.span.start).line
        places.append(f'"{cycle.get("name")}" (line {line})')
    *before, last = places
    return f"in {', '.join(before)} and {last}" if before else f"in {last}"
