"""Which rules are asked, how bad their findings count, and which limits decide."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from blinplan.label.read import DEFAULT as DEFAULT_LABEL
from blinplan.limits import StatedLimits
from blinplan.regimen.regimen import Regimen
from blinplan.rules.limits import Limits, limits_by, limits_for
from blinplan.rules.rule import NotEvaluated, Rule, Severity

EVERYTHING = "ALL"


class FailOn(StrEnum):
    """The least severity that makes the exit status 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


class Pattern(NamedTuple):
    """A code, the beginning of one, a name, or ALL; and where the user wrote it."""

    text: str
    origin: str = "as asked"

    def matches(self, rule: Rule) -> bool:
        """Whether it means a rule."""
        return self.text in (EVERYTHING, rule.name) or (self.text != "" and rule.code.startswith(self.text))


class Severities(NamedTuple):
    """A severity for the rules a pattern means, in place of their own."""

    pattern: Pattern
    severity: Severity


class ChangedLimit(NamedTuple):
    """A value that a user sets for a limit, where it is written, and why."""

    name: str
    value: Fraction
    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set about the rules.

    A rule that is ``binding`` says that a thing cannot be read or given: it is asked whatever is selected or ignored,
    and its severity is not lowered.

    Attributes
    ----------
    select
        The rules to ask; those that are on by default where it is None.
    extend_select
        Rules to ask besides.
    ignore
        Rules to leave out; it wins over the two above.
    severities
        Severities in place of the rules' own; a later one wins.
    changes
        Limits that are other ones here.
    label
        The label that regimens follow which do not say so themselves.
    strict
        Whether a rule that rests on a value nobody has seen counts as one that could not be checked.
    """

    select: tuple[Pattern, ...] | None = None
    extend_select: tuple[Pattern, ...] = ()
    ignore: tuple[Pattern, ...] = ()
    severities: tuple[Severities, ...] = ()
    changes: tuple[ChangedLimit, ...] = ()
    label: str = DEFAULT_LABEL
    strict: bool = False

    @property
    def limits(self) -> Limits:
        """The limits of the label that is followed, changed ones included."""
        return _with_changes(limits_by(self.label), self.changes)

    def limits_for(self, regimen: Regimen) -> Limits:
        """The limits that decide about a regimen: those of the label that it follows, changed ones included.

        A change that a label's own fixed number does not allow is left out: that number is as strict or stricter.
        """
        return _with_changes(limits_for(regimen, regimen.label or self.label), self.changes)

    def reason_left_out(self, rule: Rule) -> NotEvaluated | None:
        """Why a rule is not asked; None where it is. Rules that reading a file decides always answer."""
        if rule.binding or (rule.check is None and not rule.about_waivers):
            return None
        return self.reason_not_selected(rule)

    def reason_not_selected(self, rule: Rule) -> NotEvaluated | None:
        """Why a rule is not among those the user chose; None where it is. A binding one is asked all the same."""
        for pattern in () if rule.binding else self.ignore:
            if pattern.matches(rule):
                return NotEvaluated("not requested", f"left out {pattern.origin} (ignore {pattern.text})")
        if any(pattern.matches(rule) for pattern in self.extend_select):
            return None
        if self.select is None:
            return None if rule.by_default else NotEvaluated("off", "off unless it is selected (--extend-select)")
        if any(pattern.matches(rule) for pattern in self.select):
            return None
        return NotEvaluated("not requested", "not among the rules selected")

    def severity_of(self, rule: Rule) -> Severity:
        """The severity of a rule's findings."""
        severity = rule.severity
        for chosen in self.severities:
            if chosen.pattern.matches(rule) and not (rule.binding and chosen.severity.rank < rule.severity.rank):
                severity = chosen.severity
        return severity


def _with_changes(limits: StatedLimits, changes: tuple[ChangedLimit, ...]) -> Limits:
    changed = {
        change.name: limits[change.name].with_value(change.value, change.origin, change.reason)
        for change in changes
        if change.name in limits and limits[change.name].allows(change.value)
    }
    return limits.with_limits(changed)


DEFAULTS = Settings()
