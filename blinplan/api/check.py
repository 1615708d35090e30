"""Judge regimens by the rules: read every file, find its settings, put right what is asked for, judge, and say so."""

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from blinplan.api.check_result import CheckResult
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen import library
from blinplan.regimen.find import FileSource, NotFound, find
from blinplan.regimen.reading import Reading
from blinplan.regimen.regimen import Regimen
from blinplan.reports.check.formats import CheckFormat
from blinplan.rules.configuration.choice import RuleChoice, rule_choice, split
from blinplan.rules.configuration.configuration import Configuration
from blinplan.rules.configuration.configurations import Configurations
from blinplan.rules.configuration.run_settings import RunSettings, run_settings
from blinplan.rules.configuration.settings import FailOn, Settings
from blinplan.rules.judge import Judgement
from blinplan.rules.run_result import Result
from blinplan.rules.task import JudgementOrFault, ProgramFault, Task
from blinplan.terminal import Screen
from blinplan.writing import replace_file

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.course.patient import Patient
    from blinplan.regimen.site import Site
    from blinplan.rules.fix import Repair
    from blinplan.rules.simulated.virtual import PatientSimulator

__all__ = [
    "CheckFormat",
    "CheckResult",
    "Configurations",
    "FailOn",
    "FilesToCheck",
    "RuleChoice",
    "RunSettings",
    "check",
    "read_files",
    "rule_choice",
    "split",
]

Progress = Callable[[int, int], None]


def check(
    *paths: str | Path | Regimen,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    severity: Sequence[str] = (),
    patient: "Patient | None" = None,
    site: str | Path | None = None,
    today: date | None = None,
    fail_on: FailOn | str | None = None,
    baseline: str | Path | None = None,
    write_baseline: str | Path | None = None,
    simulate: bool | None = None,
    patients: int | None = None,
    seed: int | None = None,
    cache: bool = True,
    fix: bool = False,
    config: str | Path | None = None,
    isolated: bool = False,
    allow_empty: bool = False,
    progress: Progress | None = None,
) -> "CheckResult":
    """Judge regimens by every rule, or by those that are asked.

    >>> from blinplan import check
    >>> found = check("nhl-5", simulate=False, isolated=True)
    >>> [finding.code for finding in found.findings]
    ['D202', 'D205']
    >>> found
    <CheckResult: 1 regimen, 2 warnings, status 0>

    Parameters
    ----------
    paths
        Files, folders, names of shipped regimens or families of them, and regimens built in Python; the current folder
        when none is given.
    select, extend_select, ignore, severity
        Which rules are asked, as codes, beginnings of codes, names or ALL, and how they weigh, as "D205=note".
    patient
        Somebody to check the regimens for too.
    site
        The profile of a site whose bags are checked too.
    today
        The date that decides whether a waiver has expired; the present day when not given.
    fail_on
        The least severity that makes `status` 1: "error", "warning" or "never".
    baseline, write_baseline
        A file whose findings do not count; a file in which all present findings are listed.
    simulate, patients, seed, cache
        Whether the rules that need virtual patients are asked, how many there are at first, what they are drawn from,
        and whether what was simulated before is taken from the cache.
    fix
        Put spelling, notation and the names of keys right, never a dose; the files are judged as they then stand.
    config, isolated
        The configuration for all files, or none; the one nearest to each file otherwise. What is given here goes first.
    allow_empty
        Whether a folder without a regimen is no error.
    progress
        Told how many regimens are simulated, of how many.

    Raises
    ------
    Refusal
        When what is asked for contradicts itself, or a configuration, baseline or site profile cannot be read.
    """
    from blinplan.api.regimens.load import read_site

    choice = rule_choice(select, extend_select, ignore, severity)
    files = read_files(
        [path if isinstance(path, Regimen) else str(path) for path in paths],
        choice,
        Configurations(None if config is None else str(config), isolated=isolated),
        allow_empty=allow_empty,
    )
    settled = files.settle(
        None if fail_on is None else FailOn(fail_on),
        simulate,
        patients,
        seed,
        None if baseline is None else str(baseline),
        None if site is None else str(site),
    )
    day = today or date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    if fix:
        files, _ = files.fix(day)
    profile = None if settled.site is None else read_site(settled.site)
    found = files.judge(day, settled, patient, profile, cache=cache, progress=progress)
    if write_baseline is not None:
        return found.write_baseline(Path(write_baseline))[0]
    return found if settled.baseline is None else found.without_those_in(settled.baseline)


class FileToCheck(NamedTuple):
    """A regimen file as read, and by which settings it is judged."""

    source: FileSource
    reading: Reading
    settings: Settings


class FilesToCheck(NamedTuple):
    """All files of a run in the order of its report, the names that led to none, and what says how the run goes."""

    files: tuple[FileToCheck, ...]
    missing: tuple[NotFound, ...]
    configuration: Configuration

    def settle(
        self,
        fail_on: FailOn | None = None,
        simulate: bool | None = None,
        patients: int | None = None,
        seed: int | None = None,
        baseline: str | None = None,
        site: str | None = None,
        *,
        dashes: str = "",
    ) -> RunSettings:
        """How the run goes: by what is given here, else the configuration, else the program."""
        return run_settings(self.configuration, fail_on, simulate, patients, seed, baseline, site, dashes=dashes)

    def settings_report(self, settled: RunSettings, screen: Screen) -> "list[RenderableType]":
        """What is set, and where."""
        from blinplan.reports.check.settings import settings_report

        return settings_report(self.configuration, settled.origins, self._settings, screen)

    def settings_json(self, settled: RunSettings) -> dict[str, Any]:
        """What is set, and where, as a document."""
        from blinplan.reports.check.settings import settings_json

        return settings_json(self.configuration, settled.origins, self._settings)

    @property
    def _settings(self) -> dict[str, Settings]:
        return {file.source.name: file.settings for file in self.files}

    def fix(self, today: date) -> "tuple[FilesToCheck, Fixes]":
        """Put right how the files are written, in their places; nothing is written unless all can be.

        Raises
        ------
        Refusal
            For standard input, which cannot be written to, or when a file cannot be.
        """
        fixes = self._fixes(today)
        for file, new in zip(self.files, fixes.files, strict=True):
            if new.repairs and file.source.path is None:
                raise ArgumentRefusal(
                    "{fix} cannot write to standard input", "{differences} shows what it would change"
                )
        for file, new in zip(self.files, fixes.files, strict=True):
            if new.repairs and file.source.path is not None:
                replace_file(file.source.path.resolve(), new.reading.document.text)
        files = (file._replace(reading=new.reading) for file, new in zip(self.files, fixes.files, strict=True))
        return self._replace(files=tuple(files)), fixes

    def differences(self, today: date) -> "tuple[str, Fixes]":
        """What `fix` would change, as a unified diff."""
        fixes = self._fixes(today)
        pairs = zip(self.files, fixes.files, strict=True)
        changes = (_diff(file.reading, new.reading) for file, new in pairs if new.repairs)
        return "".join(line for lines in changes for line in lines), fixes

    def _fixes(self, today: date) -> "Fixes":
        from blinplan.rules.fix import Repair, UnsafeFixError, fix

        fixed, refusals = [], []
        for file in self.files:
            new = Repair(file.reading, ())
            # A shipped regimen belongs to the program, and an update would undo what was written into it.
            if not file.source.shipped:
                try:
                    new = fix(file.reading, today, file.settings)
                except UnsafeFixError as error:
                    advice = "correct the file by hand, and please report it"
                    refusals.append(Refusal(f"not fixed: {error}", advice))
            fixed.append(new)
        return Fixes(tuple(fixed), tuple(refusals))

    def judge(
        self,
        today: date,
        settled: RunSettings,
        patient: "Patient | None" = None,
        site: "Site | None" = None,
        *,
        cache: bool = True,
        progress: Progress | None = None,
    ) -> "CheckResult":
        """Judge every file by its settings; those that have to be simulated side by side."""
        simulator = _simulator(settled, cache=cache) if settled.simulate else None
        whom = None if patient is None else _told_on(today, patient)
        tasks = [Task(file.reading, file.settings, today, whom, site) for file in self.files]
        answers = _answers(tasks, simulator, progress)
        judgements = tuple(answer for answer in answers if isinstance(answer, Judgement))
        faults = tuple(answer for answer in answers if isinstance(answer, ProgramFault))
        return CheckResult(Result(judgements, self.missing, faults, settled.fail_on, today, simulator))


def _answers(
    tasks: Sequence[Task], simulator: "PatientSimulator | None", progress: Progress | None
) -> tuple[JudgementOrFault, ...]:
    if simulator is None:
        return tuple(task.judge_or_fail(None) for task in tasks)
    # Imported here, because a check without simulation does not wait for it.
    from blinplan.rules.judge_many import judge_many

    return judge_many(tasks, simulator, progress or (lambda done, total: None))


def _told_on(today: date, patient: "Patient") -> "Patient":
    from blinplan.api.patient import on_the_day

    return on_the_day(patient, today)


def _simulator(settled: RunSettings, *, cache: bool) -> "PatientSimulator":
    from blinplan.rules.simulated.virtual import PatientSimulator

    return PatientSimulator(settled.patients, settled.seed, kept=cache)


class Fixes(NamedTuple):
    """What was put right in each file, or would be, and the files that had to be left as they are."""

    files: "tuple[Repair, ...]"
    refusals: tuple[Refusal, ...]

    @property
    def changed_files(self) -> int:
        """How many files."""
        return sum(bool(new.repairs) for new in self.files)

    def __str__(self) -> str:
        repairs = Counter(finding.code for new in self.files for finding in new.repairs)
        if not repairs:
            return "nothing"
        codes = ", ".join(f"{code} ({count})" for code, count in sorted(repairs.items()))
        return f"{codes} in {self.changed_files} {plural('file', self.changed_files)}"


def read_files(
    paths: Sequence[str | Regimen],
    choice: RuleChoice,
    configurations: Configurations,
    *,
    stdin_filename: str = "<stdin>",
    allow_empty: bool = False,
) -> FilesToCheck:
    """Read everything that is named, each file once; a name that leads nowhere hides nothing else."""
    files: dict[str, FileToCheck] = {}
    missing: list[NotFound] = []
    for named in paths or ["."]:
        if isinstance(named, Regimen):
            from blinplan.regimen.build import file_of  # a check of files does not wait for it

            file = file_of(named)
            source = FileSource(None, file.document.name)
            files[source.name] = FileToCheck(source, file, choice.over(configurations.settings_of(source)))
            continue
        sources = find(named, stdin_filename)
        if isinstance(sources, NotFound):
            missing += [] if sources.empty and allow_empty else [sources]
            continue
        for source in sources:
            if source.name in files:
                continue
            reading = source.read()
            if isinstance(reading, NotFound):
                missing.append(reading)
            else:
                files[source.name] = FileToCheck(source, reading, choice.over(configurations.settings_of(source)))
    ordered = tuple(sorted(files.values(), key=_place))
    return FilesToCheck(ordered, tuple(missing), configurations.of_run([file.source for file in ordered]))


def _place(file: FileToCheck) -> tuple[bool, int, str]:
    """Where a file comes in the output: the user's own by their paths, then shipped ones as the program lists them."""
    shipped = file.source.shipped
    return shipped, list(library.paths()).index(file.source.name) if shipped else 0, file.source.name


def _diff(old: Reading, new: Reading) -> Iterator[str]:
    shown = visible(old.document.name)
    lines = difflib.unified_diff(_lines(old.document.text), _lines(new.document.text), f"a/{shown}", f"b/{shown}")
    return (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Cut at newlines only, as ``patch`` does; `str.splitlines` cuts at other characters too."""
    return [part for part in text.replace("\n", "\n\0").split("\0") if part]
