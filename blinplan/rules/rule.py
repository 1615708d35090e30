"""What a rule is, and what it can find."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from blinplan.course.events import Period
from blinplan.regimen.document import Document, KeyPath, Span
from blinplan.regimen.regimen import Regimen
from blinplan.rules.limits import Limits
from blinplan.rules.outcome import SimulatedOutcome


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for a note, 1 for a warning, 2 for an error."""
        return ("note", "warning", "error").index(self.value)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what was found, where (a key path and a span of the text), why it matters, what to do.

    ``limits`` names the limits that decided it, and with them its sources.
    """

    code: str
    severity: Severity
    path: KeyPath
    span: Span
    message: str
    why: str
    help: str
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """Why a rule gave no answer.

    ``kind`` is ``not applicable`` when the regimen has nothing the rule speaks of, ``not requested`` when the user left
    it out, ``off`` when it answers only where it is selected, ``blocked`` when an error in the file came first, and
    ``undecided`` when the rule was asked and could not answer. Only the last means
    that something which should have been checked was not.
    """

    kind: Literal["not applicable", "not requested", "off", "blocked", "undecided"]
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule may look at: the file, the regimen, its periods, the limits, and a simulation where one was run."""

    document: Document
    regimen: Regimen
    periods: tuple[Period, ...]
    limits: Limits
    outcome: SimulatedOutcome | None

    def values(self, path: KeyPath) -> Any:
        """What the file says at ``path``, as parsed."""
        value: Any = self.document.values
        for part in path:
            value = value[part]
        return value

    def finding(
        self,
        rule: "Rule",
        path: KeyPath,
        message: str,
        advice: str,
        *,
        why: str | None = None,
        severity: Severity | None = None,
        span: Span | None = None,
        limits: tuple[str, ...] | None = None,
    ) -> Finding:
        """Make a finding about the value at ``path``; what is not given is the rule's, and the span the value's."""
        return Finding(
            rule.code,
            severity or rule.severity,
            path,
            span or self.document.value_span(path),
            message,
            why or rule.why,
            advice,
            rule.limits if limits is None else limits,
        )


Answer = Iterable[Finding] | NotEvaluated


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it is called, what it says, how bad a breach is, why, who says so, and the function that checks.

    ``good`` and ``bad`` are the lines of a regimen file that keep and break it. ``check`` is None for rules that
    reading the file decides, and for those about waivers, which need the other rules' answers. A rule that is not
    ``waivable`` says that a thing cannot be given; one that is not ``by_default`` answers only when it is selected.
    """

    code: str
    name: str
    sentence: str
    severity: Severity
    why: str
    limits: tuple[str, ...]
    bad: str
    good: str
    check: Callable[["Rule", Case], Answer] | None = None
    simulated: bool = False
    waivable: bool = True
    by_default: bool = True
    about_waivers: bool = False
