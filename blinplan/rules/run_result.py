"""What a whole run of checks says: every judgement, what could not be judged, and the status that follows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.exit_status import FailOn
from blinplan.quantities import plural
from blinplan.regimen.find import FileSource, NotFound
from blinplan.rules.configuration.settings import FailOnSetting
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Finding, Kind, Severity
from blinplan.rules.verdict import CountedVerdicts, Ruling, with_numbers

if TYPE_CHECKING:
    from blinplan.rules.acceptance.baseline import BaselineEntry
    from blinplan.rules.configuration.per_file import FilePattern
    from blinplan.rules.simulated.virtual import PatientSimulator
    from blinplan.rules.task import ProgramFault


class Since(NamedTuple):
    """What a run left out that was there before a revision: its findings, and the files that are as they were.

    ``commits`` are those where what is checked out forked from the revision, one a repository. ``untold`` are files
    that decide and lie outside of it: of what they decide about all counts, since nobody can tell what they were.
    """

    revision: str
    commits: tuple[str, ...]
    unchanged: int
    findings: int
    untold: tuple[str, ...] = ()

    def __str__(self) -> str:
        commits = ", ".join(commit[:12] for commit in self.commits)
        files = f"{_many(self.unchanged, 'file')} as before"
        left_out = f"{files}, {_many(self.findings, 'finding')} of before"
        untold = f"; all counts that {', '.join(self.untold)} decides about, outside of the repository"
        return f"since {self.revision} ({commits}), left out: {left_out}{untold if self.untold else ''}"


@dataclass(frozen=True)
class Result:
    """A run over any number of files. What follows from its judgements is worked out once.

    Attributes
    ----------
    judgements
        By the names of the files, in their order.
    missing
        Names that led to no regimen.
    faults
        Files that the program itself failed on.
    fail_on
        The least severity that counts in files whose own configuration does not say it.
    today, simulator
        What the judgements were made with.
    stale
        Entries of the baseline that cover nothing any more.
    old_baselines
        Baselines of the first version, which is still read.
    left_out
        Files that were left out of the run.
    unmatched
        Patterns of a configuration that mean no file of the run.
    since
        What was left out because it was there before a revision.
    unfixed
        How many files were to be put right and could not be.
    """

    judgements: tuple[Judgement, ...]
    missing: tuple[NotFound, ...]
    faults: "tuple[ProgramFault, ...]"
    fail_on: FailOn
    today: date
    simulator: "PatientSimulator | None"
    stale: "tuple[BaselineEntry, ...]" = ()
    old_baselines: tuple[Path, ...] = ()
    left_out: tuple[FileSource, ...] = ()
    unmatched: "tuple[FilePattern, ...]" = ()
    since: Since | None = None
    unfixed: int = 0

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All findings that are neither waived nor in the baseline."""
        return tuple(finding for judgement in self.judgements for finding in judgement.findings)

    def fail_on_of(self, judgement: Judgement) -> FailOnSetting:
        """The least severity that counts in a file, and who set it."""
        return judgement.fail_on or FailOnSetting(self.fail_on, "default")

    def counts(self, judgement: Judgement, finding: Finding) -> bool:
        """Whether a finding of a file makes the run fail."""
        return self.fail_on_of(judgement).counts(finding.severity)

    @cached_property
    def counted_findings(self) -> tuple[Finding, ...]:
        """The findings that make the run fail, each by what counts in its file."""
        return tuple(finding for j in self.judgements for finding in j.findings if self.counts(j, finding))

    @cached_property
    def undecided_judgements(self) -> tuple[Judgement, ...]:
        """The files with a rule that was asked and could not answer."""
        if not any(verdict.undecided for verdict, _ in self.counted_verdicts):
            return ()
        return tuple(judgement for judgement in self.judgements if not judgement.complete)

    @cached_property
    def counted_verdicts(self) -> CountedVerdicts:
        """All verdicts, each with the number of files."""
        return with_numbers(list(chain.from_iterable(judgement.verdicts for judgement in self.judgements)))

    @property
    def status(self) -> int:
        """The exit status: 0 nothing counts, 1 something does, 2 not all could be done, 3 a fault of the program."""
        if self.faults:
            return 3
        if self.missing or self.unfixed or self.undecided_judgements or self._nothing_judged:
            return 2
        return 1 if self.counted_findings else 0

    @property
    def _nothing_judged(self) -> bool:
        """Whether there were files, and all of them are left aside as no regimens: a slip in a pattern does that."""
        return bool(self.judgements) and all(judgement.unread for judgement in self.judgements)

    @property
    def reason(self) -> str:
        """Why the status is what it is, in one sentence."""
        fail_on = f"(--fail-on {self._fail_on_text})"
        if self.faults:
            return f"a fault in blinplan itself with {_many(len(self.faults), 'file')}"
        if self.missing or self.undecided_judgements or self.unfixed:
            what = "not everything could be done" if self.unfixed else "not everything could be checked"
            return f"{what}: {', '.join(self._not_done())}"
        if counted := self.counted_findings:
            return f"{tally(counted)} {fail_on}"
        if self.left_out and not self.judgements:
            return "nothing was checked: the files that were named are left out"
        if self._nothing_judged:
            return "no file was judged, as the configuration says"
        kinds = {verdict.not_evaluated.kind for verdict, _ in self.counted_verdicts if verdict.not_evaluated}
        asked = "not requested" in kinds
        if "blocked" in kinds:
            what = "what could be read and was asked" if asked else "what could be read"
        else:
            what = "everything that was asked" if asked else "everything"
        return f"{what} was checked, and nothing counts {fail_on}"

    def _not_done(self) -> Iterator[str]:
        """What could not be done, in words."""
        if self.missing:
            yield f"{len(self.missing)} of the names given could not be read"
        if self.undecided_judgements:
            yield f"{_many(len(self.undecided_judgements), 'regimen')} with an undecided rule"
        if self.unfixed:
            yield f"{_many(self.unfixed, 'file')} could not be put right"

    @property
    def _fail_on_text(self) -> str:
        """What counts: one severity, or each with its files where folders differ."""
        files = Counter(self.fail_on_of(judgement).level for judgement in self.judgements)
        if len(files) < 2:
            return str(next(iter(files), self.fail_on))
        return ", ".join(f"{level} in {_many(files[level], 'file')}" for level in FailOn if files[level])

    @property
    def summary(self) -> str:
        """How many regimens, findings and answers there are, in one sentence."""
        outcomes, waived, known = Counter[Ruling](), 0, 0
        for verdict, number in self.counted_verdicts:
            outcomes[verdict.ruling] += number
            waived += number * bool(verdict.waived_findings)
            known += number * len(verdict.baseline_findings)
        unread = sum(judgement.unread for judgement in self.judgements)
        return (
            f"{_many(len(self.judgements) - unread, 'regimen')}"
            + (f" and {_many(unread, 'file')} not judged" if unread else "")
            + f": {tally(self.findings) or 'no findings'};"
            f" {outcomes[Ruling.PASS]} rules passed, {waived} waived,"
            + (f" {_many(known, 'finding')} in the baseline," if known else "")
            + f" {outcomes[Ruling.NOT_EVALUATED]} not evaluated{self._why_not_evaluated}"
            + (f"; {self.since}" if self.since else "")
        )

    @property
    def _why_not_evaluated(self) -> str:
        """How many answers are wanting for errors, unseen values or what no file says; empty where none are."""
        kinds = Counter[Kind]()
        for verdict, number in self.counted_verdicts:
            if verdict.not_evaluated is not None:
                kinds[verdict.not_evaluated.kind] += number
        words: dict[Kind, str] = {
            "blocked": "blocked by errors",
            "unverified": "rest on values that nobody has seen",
            "not said": "ask what the file does not say",
        }
        parts = [f"{kinds[kind]} {what}" for kind, what in words.items() if kinds[kind]]
        return f" ({', '.join(parts)})" if parts else ""


def tally(findings: Iterable[Finding]) -> str:
    """Count findings by severity, in words; empty without any."""
    counts = Counter(finding.severity for finding in findings)
    worst_first = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
    return ", ".join(_many(counts[severity], severity.value) for severity in worst_first if counts[severity])


def _many(count: int, what: str) -> str:
    return f"{count} {plural(what, count)}"
