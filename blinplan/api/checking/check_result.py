"""What the rules say of all files of a run, to be shown, written and handed on."""

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.kinds import with_kinds
from blinplan.api.vocabulary import word_of
from blinplan.exit_status import ExitStatus
from blinplan.files.inputs import reason_of
from blinplan.files.writing import append, replace_file
from blinplan.label.read import DEFAULT, label_named
from blinplan.quantities import plural
from blinplan.refusal import ArgumentRefusal
from blinplan.regimen.find import NotFound
from blinplan.reports.check.formats import CheckFormat, check_text
from blinplan.rules.configuration.configuration import path_text
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Finding
from blinplan.rules.run_result import Result
from blinplan.rules.task import ProgramFault
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

PUBLIC = ("CheckResult",)


_REASONS = 4
"""So many reasons why files were left out are told in one line."""


@dataclass(frozen=True, slots=True, repr=False)
class CheckResult:
    """What the rules say of all files of a run.

    Attributes
    ----------
    result
        The same as a value.
    differences
        What was put right or waived in the files, or would be, as a unified diff.
    """

    result: Result
    differences: str = ""

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """Every rule's answer to every file, in the order of the files."""
        return self.result.judgements

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings that are neither waived nor in the baseline."""
        return self.result.findings

    @property
    def missing(self) -> tuple[NotFound, ...]:
        """Names that led to no regimen."""
        return self.result.missing

    @property
    def faults(self) -> tuple[ProgramFault, ...]:
        """Files that the program itself failed on."""
        return self.result.faults

    @property
    def status(self) -> ExitStatus:
        """The exit status of the command: 0 nothing counts, 1 something does, 2 not all could be checked."""
        return ExitStatus(self.result.status)

    @property
    def reason(self) -> str:
        """Why the status is what it is, in one sentence."""
        return self.result.reason

    @property
    def summary(self) -> str:
        """How many regimens, findings and answers there are, in one sentence."""
        return self.result.summary

    def text(
        self, output_format: CheckFormat | str = CheckFormat.FULL, screen: Screen = PLAIN, *, everything: bool = False
    ) -> str:
        """The findings in a format; ``everything`` lists all of many files in the full one."""
        form = word_of(CheckFormat, "output_format", output_format)
        return check_text(self.result, form, screen, everything=everything)

    @with_kinds
    def write(self, path: str | Path, output_format: CheckFormat | str) -> None:
        """Write the findings to a file, whole or not at all."""
        replace_file(Path(path), self.text(output_format))

    @with_kinds
    def append_summary(self, path: str | Path) -> None:
        """Add the findings, as Markdown, to what a CI job shows."""
        append(Path(path), self.text(CheckFormat.MARKDOWN))

    def statistics_report(self, screen: Screen) -> "list[RenderableType]":
        """How often each rule found something."""
        from blinplan.reports.check.statistics import statistics_report

        return statistics_report(self.result, screen)

    def statistics_json(self) -> dict[str, Any]:
        """How often each rule found something, as a document."""
        from blinplan.reports.check.statistics import statistics_json

        return statistics_json(self.result)

    def unanswered_rules(self, *, everything: bool = False) -> tuple[str, ...]:
        """Which rules did not answer and why, a line each; those only that were asked, or all."""
        from blinplan.reports.check.findings import not_evaluated_lines

        counted = self.result.counted_verdicts
        return tuple(not_evaluated_lines(self.judgements, everything=everything, counted=counted))

    def remarks(self) -> tuple[str, ...]:
        """What else has to be known: files that were left out, other labels, what means or covers nothing any more."""
        return (
            *self._left_out(),
            *self._labels(),
            *self._passed_over(),
            *self._old_baselines(),
            *self._stale(),
            *self._patterns_of_no_file(),
        )

    def left_out_files(self) -> tuple[str, ...]:
        """The files that were left out, each with what left it out."""
        return tuple(f"left out: {one.name}, by {one.left_out}" for one in self.result.left_out)

    def configurations(self) -> tuple[str, ...]:
        """The configurations that files were judged by, where it is not one for all."""
        found = Counter(judgement.configuration for judgement in self.judgements)
        if len(found) < 2:
            return ()
        texts = ((path_text(path) if path else "no configuration", count) for path, count in found.items())
        return tuple(f"by {path}: {count} {plural('file', count)}" for path, count in texts)

    def _left_out(self) -> Iterator[str]:
        counts = Counter(str(one.left_out) for one in self.result.left_out)
        if counts:
            total = counts.total()
            shown = ", ".join(f"{count} by {by}" for by, count in counts.most_common(_REASONS))
            rest = sum(count for _, count in counts.most_common()[_REASONS:])
            more = f", {rest} by other patterns (--verbose names them)" if rest else ""
            yield f"left out: {total} {plural('file', total)}, {shown}{more}"

    def _patterns_of_no_file(self) -> Iterator[str]:
        for pattern in self.result.unmatched:
            yield f'no file matches "{pattern.text}" ({pattern.origin})'

    def _labels(self) -> Iterator[str]:
        names = Counter(judgement.label for judgement in self.judgements)
        for name, count in names.items():
            if name not in {None, DEFAULT}:
                yield f"by the label {name}, {label_named(str(name))}: {count} {plural('file', count)}"

    def _passed_over(self) -> Iterator[str]:
        """How many virtual patients were drawn for how many whom a regimen admits, where these are not all."""
        outcomes = (judgement.outcome for judgement in self.judgements)
        people = Counter(of.people for of in outcomes if of is not None and of.drawn != of.patients)
        for drawn, count in people.items():
            yield f"on virtual patients of {drawn}: {count} {plural('file', count)}"

    def _old_baselines(self) -> Iterator[str]:
        for path in self.result.old_baselines:
            yield (
                f"{path.as_posix()} is of the first version, in which a cycle put in front and a renamed file bring all"
                " back; write it anew"
            )

    def _stale(self) -> Iterator[str]:
        if self.result.stale:
            codes = ", ".join(sorted({entry.rule for entry in self.result.stale}))
            yield f"in the baseline, and found no more: {len(self.result.stale)} ({codes}); write it anew"

    @property
    def fixable_findings(self) -> tuple[Finding, ...]:
        """The findings that can be put right without a change of any dose."""
        return tuple(finding for finding in self.findings if finding.fix is not None)

    @property
    def changed_limits(self) -> tuple[str, ...]:
        """The limits that a configuration changed, each with its source and who changed it."""
        together = {id(judgement.limits): judgement.limits for judgement in self.judgements}  # which files share
        changed = {
            str(limit.change): limit for limits in together.values() for limit in limits.values() if limit.change
        }
        return tuple(f"limit {limit.name}: {limit.citation}" for limit in changed.values())

    def columns(self) -> dict[str, list[Any]]:
        """The findings as columns, for ``pandas.DataFrame``, ``polars.DataFrame`` or ``pyarrow.table``."""
        from blinplan.rules.located import run_findings, shown_path

        found = run_findings(self.result)
        return {
            "path": [shown_path(place.judgement) for place in found],
            "line": [place.start[0] for place in found],
            "column": [place.start[1] for place in found],
            "code": [place.finding.code for place in found],
            "severity": [place.finding.severity.value for place in found],
            "standing": [place.standing for place in found],
            "message": [place.finding.message for place in found],
            "help": [place.finding.help for place in found],
        }

    @with_kinds
    def without_those_in(self, path: str | Path, names: Container[str] | None = None) -> "CheckResult":
        """The same run, but for the findings that a baseline lists; of all files, or of those with some names.

        Raises
        ------
        Refusal
            When the baseline cannot be read.
        """
        from blinplan.rules.acceptance.baseline import read_baseline

        try:
            baseline = read_baseline(Path(path))
        except OSError as error:
            raise ArgumentRefusal(
                "the baseline {path}: {reason}",
                "write one with {write_baseline}, or check the path",
                path=path,
                reason=reason_of(error),
            ) from error
        except ValueError as error:
            raise ArgumentRefusal(
                "the baseline {path}: {fault}", "write it anew with {write_baseline}", path=path, fault=error
            ) from error
        held = [judgement for judgement in self.judgements if names is None or judgement.reading.document.name in names]
        accepted, stale = baseline.accept(held)
        by_name = {judgement.reading.document.name: judgement for judgement in accepted}
        judgements = tuple(by_name.get(judgement.reading.document.name, judgement) for judgement in self.judgements)
        old = (*self.result.old_baselines, *([Path(path)] if baseline.of_first_version else []))
        stale = (*self.result.stale, *stale)
        return CheckResult(replace(self.result, judgements=judgements, stale=stale, old_baselines=old))

    @with_kinds
    def write_baseline(self, path: str | Path) -> "tuple[CheckResult, int]":
        """List all findings in a file; the same run without them, and how many they are."""
        from blinplan.reports.check.baseline import baseline_text
        from blinplan.rules.acceptance.baseline import baseline_of

        place = Path(path)
        baseline = baseline_of(self.judgements, place.parent)
        replace_file(place, baseline_text(baseline), onto_input=True)
        accepted, _ = baseline.accept(self.judgements)
        return CheckResult(replace(self.result, judgements=accepted)), len(baseline.entries)

    def __repr__(self) -> str:
        from blinplan.rules.run_result import tally

        count = len(self.judgements)
        regimens = f"{count} {plural('regimen', count)}"
        said = [regimens, tally(self.findings) or "no findings"]
        said += [f"{number} {what}" for number, what in ((len(self.missing), "not found"),) if number]
        return f"<{type(self).__name__}: {', '.join(said)}, status {int(self.status)}>"

    def _repr_html_(self) -> str:
        from blinplan.data_table import table_html

        return table_html(self.columns(), self.summary)
