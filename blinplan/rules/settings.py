"""Which rules are asked, how bad their findings count, and which limits decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from blinplan.rules.limits import Limits, shipped_limits
from blinplan.rules.rule import NotEvaluated, Rule, Severity

EVERYTHING = "ALL"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set about the rules. A pattern is a code, the beginning of one, a name, or ALL.

    Attributes
    ----------
    select
        The rules to ask; those that are on by default where it is None.
    extend_select
        Rules to ask besides.
    ignore
        Rules to leave out; it wins over the two above.
    severities
        Severities by code, in place of the rules' own.
    limits
        The limits, changed ones included.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=lambda: MappingProxyType({}))
    limits: Limits = field(default_factory=shipped_limits)

    def left_out(self, rule: Rule) -> NotEvaluated | None:
        """Why a rule is not asked; None where it is. Rules that reading a file decides always answer."""
        if rule.check is None and not rule.about_waivers:
            return None
        for pattern in self.ignore:
            if matches(pattern, rule):
                return NotEvaluated("not requested", f"left out as asked (ignore {pattern})")
        if any(matches(pattern, rule) for pattern in self.extend_select):
            return None
        if self.select is None:
            return None if rule.by_default else NotEvaluated("off", "off unless it is selected (--select)")
        if any(matches(pattern, rule) for pattern in self.select):
            return None
        return NotEvaluated("not requested", "not among the rules selected")


def matches(pattern: str, rule: Rule) -> bool:
    """Whether a pattern means a rule."""
    return pattern == EVERYTHING or (bool(pattern) and (rule.code.startswith(pattern) or rule.name == pattern))
