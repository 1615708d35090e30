"""Which rules are asked, how bad their findings count, and which limits decide."""

from fractions import Fraction
from typing import NamedTuple

from blinplan.exit_status import FailOn
from blinplan.label.read import DEFAULT as DEFAULT_LABEL
from blinplan.limits import StatedLimits
from blinplan.regimen.regimen import Regimen
from blinplan.rules.limits import Limits, limits_by, limits_for
from blinplan.rules.rule import NotEvaluated, Rule, Severity

EVERYTHING = "ALL"


class FailOnSetting(NamedTuple):
    """The least severity that counts, and who set it."""

    level: FailOn
    origin: str

    def counts(self, severity: Severity) -> bool:
        """Whether a finding of a severity counts."""
        return severity.rank >= self.least

    @property
    def least(self) -> int:
        """The rank of the least severity that counts; above all of them where none does."""
        return {FailOn.ERROR: Severity.ERROR.rank, FailOn.WARNING: Severity.WARNING.rank}.get(self.level, 3)


class Pattern(NamedTuple):
    """A code, the beginning of one, a name, or ALL; and where the user wrote it.

    ``for_files`` says that it holds for some files only, which a project names by a pattern of their paths.
    """

    text: str
    origin: str = "as asked"
    for_files: bool = False

    def matches(self, rule: Rule) -> bool:
        """Whether it means a rule."""
        return self.text in (EVERYTHING, rule.name) or (self.text != "" and rule.code.startswith(self.text))

    def weakens(self, rule: Rule) -> bool:
        """Whether it may leave a rule out, or lower it: never a binding one, but where it is deferrable, by file."""
        return not rule.binding or (self.for_files and rule.deferrable)


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


class Policies(NamedTuple):
    """What a project asks of waivers, where the rules of it are asked; None where it says no number."""

    reason_length: int | None = None
    expiry_days: int | None = None

    @property
    def fewest_characters(self) -> int:
        """How long a reason is at least."""
        return self.reason_length or 20

    @property
    def most_days(self) -> int:
        """How long a waiver holds at most."""
        return self.expiry_days or 365

    def over(self, policies: "Policies") -> "Policies":
        """Other policies with these before them."""
        return Policies(self.reason_length or policies.reason_length, self.expiry_days or policies.expiry_days)


_POLICIES = Policies()


class Settings(NamedTuple):
    """What a user may set about the rules.

    A rule that is ``binding`` says that a thing cannot be read or given: it is asked whatever is selected or ignored,
    and its severity is not lowered. Those of them that are ``deferrable`` can be, for files that a pattern names.

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
    fail_on
        The least severity that counts, where the file's own configuration says so.
    policies
        What waivers are asked for, where their rules are asked.
    """

    select: tuple[Pattern, ...] | None = None
    extend_select: tuple[Pattern, ...] = ()
    ignore: tuple[Pattern, ...] = ()
    severities: tuple[Severities, ...] = ()
    changes: tuple[ChangedLimit, ...] = ()
    label: str = DEFAULT_LABEL
    strict: bool = False
    fail_on: FailOnSetting | None = None
    policies: Policies = _POLICIES

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
        if not rule.binding and rule.check is None and not rule.about_waivers:
            return None
        if rule.binding:
            return self._reason_ignored(rule)
        return self.reason_not_selected(rule)

    def reason_not_selected(self, rule: Rule) -> NotEvaluated | None:
        """Why a rule is not among those the user chose; None where it is. A binding one is asked all the same."""
        if (ignored := self._reason_ignored(rule)) is not None:
            return ignored
        if any(pattern.matches(rule) for pattern in self.extend_select):
            return None
        if self.select is None:
            return None if rule.by_default else NotEvaluated("off", "off unless it is selected (--extend-select)")
        if any(pattern.matches(rule) for pattern in self.select):
            return None
        return NotEvaluated("not requested", "not among the rules selected")

    def _reason_ignored(self, rule: Rule) -> NotEvaluated | None:
        for pattern in self.ignore:
            if pattern.matches(rule) and pattern.weakens(rule):
                return NotEvaluated("not requested", f"left out {pattern.origin} (ignore {pattern.text})")
        return None

    def severity_of(self, rule: Rule) -> Severity:
        """The severity of a rule's findings."""
        severity = rule.severity
        for chosen in self.severities:
            raises = chosen.severity.rank >= rule.severity.rank
            if chosen.pattern.matches(rule) and (raises or chosen.pattern.weakens(rule)):
                severity = chosen.severity
        return severity


def _with_changes(limits: StatedLimits, changes: tuple[ChangedLimit, ...]) -> Limits:
    """Limits with those that are changed, which files share as they share the unchanged ones."""
    if not changes:
        return limits
    known = _CHANGED.get((id(limits), changes))
    if known is None:
        known = _CHANGED[id(limits), changes] = _with_values(limits, changes)
    return known


_CHANGED: dict[tuple[int, tuple[ChangedLimit, ...]], StatedLimits] = {}
"""Unchanged limits are kept for good once they are read, so that none comes to have the number of another."""


def _with_values(limits: StatedLimits, changes: tuple[ChangedLimit, ...]) -> StatedLimits:
    changed = {
        change.name: limits[change.name].with_value(change.value, change.origin, change.reason)
        for change in changes
        if change.name in limits and limits[change.name].allows(change.value)
    }
    return limits.with_limits(changed)


DEFAULTS = Settings()
