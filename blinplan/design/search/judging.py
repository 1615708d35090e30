"""What the rules say of schedules: nobody is asked twice, and those about virtual patients only where it matters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from blinplan.design.search.space import Schedule
from blinplan.regimen.regimen import Regimen
from blinplan.rules.rule import Finding, Severity


def is_refused(findings: Sequence[Finding]) -> bool:
    """Whether rules refuse a regimen: with an error that is not about being otherwise than label or base."""
    return any(finding.severity is Severity.ERROR and not finding.code.startswith("L") for finding in findings)


@dataclass(frozen=True, slots=True)
class Judge:
    """What is asked of the rules.

    Attributes
    ----------
    allows
        Says of many regimens whether the rules allow each, as far as these need no patients.
    check
        Says what all rules find in a regimen, those about virtual patients too.
    regimen
        Makes a regimen of a schedule.
    """

    allows: Callable[[Sequence[Regimen]], Sequence[bool]]
    check: Callable[[Regimen], Sequence[Finding]]
    regimen: Callable[[Schedule], Regimen]
    _found: dict[Schedule, Sequence[Finding]] = field(default_factory=dict)

    def findings(self, schedule: Schedule) -> Sequence[Finding]:
        """What all rules find in a schedule."""
        if schedule not in self._found:
            self._found[schedule] = self.check(self.regimen(schedule))
        return self._found[schedule]

    def refuses(self, schedule: Schedule) -> bool:
        """Whether any rule refuses a schedule."""
        return is_refused(self.findings(schedule))

    def has_refused(self, schedule: Schedule) -> bool:
        """Whether it is known already that one does."""
        return schedule in self._found and is_refused(self._found[schedule])
