"""What all rules say of one file."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.regimen.reading import Reading, RegimenFile
from blinplan.regimen.regimen import Regimen
from blinplan.rules.configuration.settings import FailOnSetting
from blinplan.rules.limits import Limits
from blinplan.rules.rule import Finding, Severity
from blinplan.rules.verdict import Ruling, Verdict

if TYPE_CHECKING:
    from blinplan.rules.judging.models import OverModels
    from blinplan.rules.simulated.outcome import SimulatedOutcome


class _JudgementFields(NamedTuple):
    reading: Reading
    verdicts: tuple[Verdict, ...]
    outcome: "SimulatedOutcome | None"
    limits: Limits
    label: str | None = None
    fail_on: FailOnSetting | None = None
    configuration: Path | None = None
    over_models: "tuple[OverModels, ...]" = ()


class Judgement(_JudgementFields):
    """All verdicts for one file, a verdict for each rule of the catalogue, in its order, and the limits they go by.

    ``label`` is the name of the one that the regimen follows; None for a file that has no regimen. ``fail_on`` is the
    least severity that counts here, where it is not the run's, and ``configuration`` the file that it was judged by.
    ``over_models`` is what simulated rules say under plausible models, where these were asked for.
    What follows from these is worked out once.
    """

    @property
    def regimen(self) -> Regimen | None:
        """The regimen that was judged; None for another file, and where reading it found problems."""
        return self.reading.regimen if isinstance(self.reading, RegimenFile) else None

    @cached_property
    def telling(self) -> tuple[Verdict, ...]:
        """The verdicts with something that was found, whether it counts, is waived or in the baseline."""
        return tuple(v for v in self.verdicts if v.findings or v.waived_findings or v.baseline_findings)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that count, in the order of the file."""
        counted = [f for verdict in self.telling for f in verdict.findings]
        return tuple(sorted(counted, key=lambda f: (*f.span, f.code)))

    @cached_property
    def unread(self) -> bool:
        """Whether nothing was judged: a file that is no regimen, as a project says that it need not be."""
        return all(verdict.ruling is Ruling.NOT_EVALUATED for verdict in self.verdicts)

    @cached_property
    def complete(self) -> bool:
        """Whether every rule that was asked could answer."""
        return not any(verdict.undecided for verdict in self.verdicts)

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst finding that counts; None without findings."""
        return max((finding.severity for finding in self.findings), key=lambda s: s.rank, default=None)
