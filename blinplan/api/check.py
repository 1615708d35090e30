"""Judge regimens by the rules: read every file, find its settings, put right what is asked for, judge, and say so."""

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
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
from blinplan.rules.configuration.run_settings import RunOptions, RunSettings, run_settings, settings_of_file
from blinplan.rules.configuration.settings import FailOn, Settings
from blinplan.rules.families.across_files.neighbours import neighbours_of
from blinplan.rules.judge import Judgement
from blinplan.rules.run_result import Result
from blinplan.rules.task import JudgementOrFault, ProgramFault, Task
from blinplan.terminal import Screen
from blinplan.writing import replace_file

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.course.patient import Patient
    from blinplan.regimen.site import Site
    from blinplan.reports.check.settings import FileSettings
    from blinplan.rules.acceptance.add import WantedWaiver
    from blinplan.rules.configuration.per_file import FilePattern
    from blinplan.rules.fix import Repair
    from blinplan.rules.simulated.virtual import PatientSimulator

__all__ = [
    "CheckFormat",
    "CheckResult",
    "Configurations",
    "FailOn",
    "FilesToCheck",
    "Fixes",
    "RuleChoice",
    "Settled",
    "check",
    "read_files",
    "refuse_contradictions",
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
    add_waiver: str | None = None,
    reason: str | None = None,
    expires: date | None = None,
    config: str | Path | None = None,
    isolated: bool = False,
    allow_empty: bool = False,
    exclude: Sequence[str] = (),
    respect_gitignore: bool | None = None,
    force_exclude: bool | None = None,
    since: str | None = None,
    progress: Progress | None = None,
) -> "CheckResult":
    """Judge regimens by every rule, or by those that are asked.

    >>> from blinplan import check
    >>> found = check("nhl-5", simulate=False, isolated=True)
    >>> [finding.code for finding in found.findings]
    ['D202']
    >>> found
    <CheckResult: 1 regimen, 1 warning, status 0>

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
        Put spelling, notation, the names of keys and waivers right, never a dose; the files are judged as they then
        stand.
    add_waiver, reason, expires
        A rule whose findings of now are to be accepted, why, and until when: a waiver for each is written into the
        files.
    config, isolated
        The configuration for all files, or none; the one nearest to each file otherwise. What is given here goes first.
    allow_empty
        Whether a folder without a regimen is no error.
    exclude, respect_gitignore, force_exclude
        Patterns of paths to leave out of folders, as in a .gitignore; whether what .gitignore files name is left out as
        well; and whether files that are named are, too.
    since
        A revision of the git repository: only what was not found where what is checked out forked from it counts.
    progress
        Told how many regimens are simulated, of how many.

    Raises
    ------
    Refusal
        When what is asked for contradicts itself, or a configuration, baseline or site profile cannot be read.
    """
    choice = rule_choice(select, extend_select, ignore, severity)
    files = read_files(
        [path if isinstance(path, Regimen) else str(path) for path in paths],
        choice,
        Configurations(
            None if config is None else str(config),
            isolated=isolated,
            exclude=exclude,
            respect_gitignore=respect_gitignore,
            force_exclude=force_exclude,
        ),
        allow_empty=allow_empty,
    )
    settled = files.settle(
        {
            "fail-on": None if fail_on is None else FailOn(fail_on),
            "simulate": simulate,
            "patients": patients,
            "seed": seed,
            "baseline": baseline,
            "site": site,
        }
    )
    day = today or date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    if add_waiver is not None:
        from blinplan.api.waive import wanted_waiver

        wanted = wanted_waiver(add_waiver, reason, expires, day)
        files = files.change(files.waivers(wanted, day, settled, patient, cache=cache))
    if fix:
        files = files.change(files.fixes(day, settled, patient, cache=cache))
    refuse_contradictions(since, write_baseline)

    def judge(some: FilesToCheck) -> CheckResult:
        return some.judge(day, settled, patient, cache=cache, progress=progress)

    found = judge(files) if since is None else files.judge_since(since, settled, judge)
    if write_baseline is not None:
        return found.write_baseline(Path(write_baseline))[0]
    return settled.without_baselines(found)


def refuse_contradictions(since: str | None, write_baseline: object) -> None:
    """Refuse to list all findings of a run that leaves some out."""
    if since is not None and write_baseline is not None:
        raise ArgumentRefusal(
            "{since} and {write_baseline} contradict each other", "a baseline lists all findings; leave {since} out"
        )


class FileToCheck(NamedTuple):
    """A regimen file as read, by which settings it is judged, and whether it may be simulated."""

    source: FileSource
    reading: Reading
    settings: Settings
    configuration: Configuration
    simulated: bool = True


class Settled(NamedTuple):
    """How the run goes, and how it goes for each file: by its name."""

    run: RunSettings
    files: dict[str, RunSettings]

    @property
    def simulate(self) -> bool:
        """Whether any file is to be simulated."""
        return any(file.simulate for file in self.each)

    @property
    def each(self) -> tuple[RunSettings, ...]:
        """The settings of every file; those of the run where there is none."""
        return tuple(self.files.values()) or (self.run,)

    def without_baselines(self, found: CheckResult) -> CheckResult:
        """The same run, but for the findings that the baseline of each file lists."""
        for path in dict.fromkeys(file.baseline for file in self.files.values() if file.baseline is not None):
            names = frozenset(name for name, file in self.files.items() if file.baseline == path)
            found = found.without_those_in(path, names)
        return found


class FilesToCheck(NamedTuple):
    """All files of a run in the order of its report, the names that led to none, and what says how the run goes.

    ``left_out`` are the files that the run was told to leave out, and ``unmatched`` the patterns that mean no file.
    ``gone`` are files that are not judged, but were there for those that are.
    """

    files: tuple[FileToCheck, ...]
    missing: tuple[NotFound, ...]
    configuration: Configuration
    left_out: tuple[FileSource, ...] = ()
    unmatched: "tuple[FilePattern, ...]" = ()
    gone: tuple[Reading, ...] = ()

    def settle(self, options: RunOptions) -> Settled:
        """How the run goes: by what is asked for, else the configuration of each file, else the program."""
        run = run_settings(options, self.configuration)
        files = {
            file.source.name: settings_of_file(options, file.configuration, file.settings.fail_on, self.configuration)
            for file in self.files
        }
        return Settled(run, files)

    def settings_report(self, settled: Settled, screen: Screen) -> "list[RenderableType]":
        """What is set, and where."""
        from blinplan.reports.check.settings import settings_report

        return settings_report(self.configuration, settled.run, self._settings(settled), screen)

    def settings_json(self, settled: Settled) -> dict[str, Any]:
        """What is set, and where, as a document."""
        from blinplan.reports.check.settings import settings_json

        return settings_json(self.configuration, settled.run, self._settings(settled))

    def _settings(self, settled: Settled) -> "dict[str, FileSettings]":
        from blinplan.reports.check.settings import FileSettings

        return {
            (name := file.source.name): FileSettings(file.settings, file.configuration, settled.files[name])
            for file in self.files
        }

    def change(self, fixes: "Fixes") -> "FilesToCheck":
        """Write the files as they were put right, in their places; nothing is written unless all can be.

        Raises
        ------
        Refusal
            For standard input, which cannot be written to, or when a file cannot be.
        """
        for file, new in zip(self.files, fixes.files, strict=True):
            if new.repairs and file.source.path is None:
                raise ArgumentRefusal(
                    "{fix} cannot write to standard input", "{differences} shows what it would change"
                )
        for file, new in zip(self.files, fixes.files, strict=True):
            if new.repairs and file.source.path is not None:
                replace_file(file.source.path.resolve(), new.reading.document.text)
        files = (file._replace(reading=new.reading) for file, new in zip(self.files, fixes.files, strict=True))
        return self._replace(files=tuple(files))

    def differences(self, fixes: "Fixes") -> str:
        """What would be changed, as a unified diff."""
        pairs = zip(self.files, fixes.files, strict=True)
        changes = (_diff(file.reading, new.reading) for file, new in pairs if new.repairs)
        return "".join(line for lines in changes for line in lines)

    def fixes(self, today: date, settled: Settled, patient: "Patient | None" = None, *, cache: bool = True) -> "Fixes":
        """How the files are written once spelling, notation and waivers are put right; nothing is written yet."""
        from blinplan.rules.fix import Repair, UnsafeFixError, fix

        fixed, refusals = [], []
        for file, (task, simulation) in zip(self.files, self._tasks(today, settled, patient), strict=True):
            new = Repair(file.reading, ())
            # A shipped regimen belongs to the program, and an update would undo what was written into it.
            if not file.source.shipped:
                try:
                    new = fix(task, None if simulation is None else partial(_simulator, *simulation, cache=cache))
                except UnsafeFixError as error:
                    advice = "correct the file by hand, and please report it"
                    refusals.append(Refusal(f"not fixed: {error}", advice))
            fixed.append(new)
        return Fixes(tuple(fixed), tuple(refusals))

    def waivers(
        self,
        wanted: "WantedWaiver",
        today: date,
        settled: Settled,
        patient: "Patient | None" = None,
        *,
        cache: bool = True,
    ) -> "Fixes":
        """The files with a waiver at each place where a rule finds something now; nothing is written yet.

        Raises
        ------
        Refusal
            When there is no such place, or the project asks more of a waiver.
        """
        from blinplan.rules.acceptance.add import NothingToWaiveError, RefusedWaiverError, add_waivers
        from blinplan.rules.fix import Repair

        added, reasons = [], []
        for file, (task, simulation) in zip(self.files, self._tasks(today, settled, patient), strict=True):
            new, simulator = Repair(file.reading, ()), None
            if simulation is not None:
                simulator = partial(_simulator, *simulation, cache=cache)
            try:
                new = new if file.source.shipped else add_waivers(task, wanted, simulator)
            except NothingToWaiveError as error:
                reasons.append(f"{file.source.name}: {error}")
            except RefusedWaiverError as error:
                raise Refusal(f"{file.source.name}: no waiver was written: {error}", "say more of why") from error
            added.append(new)
        if not any(new.repairs for new in added):
            raise Refusal(
                f"no waiver of {wanted.rule.code} was written: {'; '.join(reasons[:3]) or 'no file is yours'}",
                "waive what `blinplan check` finds",
            )
        return Fixes(tuple(added), ())

    def _tasks(self, today: date, settled: Settled, patient: "Patient | None") -> "list[tuple[Task, _Simulation]]":
        """Each file with what it is judged by, and how it is simulated."""
        whom = None if patient is None else _told_on(today, patient)
        together = neighbours_of(
            [
                *((file.reading, file.settings.label, file.configuration.path) for file in self.files),
                *((reading, "", self.configuration.path) for reading in self.gone),
            ]
        )
        sites, tasks = _sites(settled), []
        for file in self.files:
            asked = settled.files[file.source.name]
            site = None if asked.site is None else sites[asked.site]
            task = Task(file.reading, file.settings, today, whom, site, together)
            tasks.append((task, _simulation(asked) if file.simulated else None))
        return tasks

    def judge_since(
        self, revision: str, settled: Settled, judge: "Callable[[FilesToCheck], CheckResult]"
    ) -> "CheckResult":
        """Judge the files as they are and as they were, and leave out what was found before.

        Parameters
        ----------
        revision
            The revision; what counts is the commit where what is checked out forked from it.
        settled
            How the run goes.
        judge
            How files are judged.

        Raises
        ------
        Refusal
            When it cannot be told what the files were.
        """
        from blinplan.rules.changes.history import history
        from blinplan.rules.changes.new_findings import compared_names, new_only

        sources, readings = [file.source for file in self.files], {f.source.name: f.reading for f in self.files}
        past = history(sources, readings, self._deciding(settled), revision)
        now = (file._replace(simulated=file.source.name not in past.unchanged) for file in self.files)
        found = judge(self._replace(files=tuple(now)))
        compared = compared_names(found.result, past)
        before = (
            file._replace(reading=past.before[file.source.name], simulated=file.source.name not in past.unchanged)
            for file in self.files
            if file.source.name in compared
        )
        earlier = judge(self._replace(files=tuple(before), missing=(), gone=past.gone))
        return CheckResult(new_only(found.result, earlier.result, past))

    def _deciding(self, settled: Settled) -> "list[Path]":
        """The files that decide about findings, besides the configurations in the folders of the files."""
        configurations = {file.configuration.path: file.configuration for file in self.files}.values()
        named = (path for one in configurations for path in (one.path, *one.extends))
        given = (path for one in settled.each for path in (one.site, one.baseline))
        return [path for path in dict.fromkeys([*named, *given]) if path is not None]

    def judge(
        self,
        today: date,
        settled: Settled,
        patient: "Patient | None" = None,
        *,
        cache: bool = True,
        progress: Progress | None = None,
    ) -> "CheckResult":
        """Judge every file by its settings; those that have to be simulated side by side."""
        simulators = _simulators(settled, cache=cache)
        tasks = [(task, simulators.get(simulation)) for task, simulation in self._tasks(today, settled, patient)]
        answers = _answers(tasks, progress)
        judgements = tuple(
            answer._replace(fail_on=settled.files[file.source.name].counting, configuration=file.configuration.path)
            for file, answer in zip(self.files, answers, strict=True)
            if isinstance(answer, Judgement)
        )
        faults = tuple(answer for answer in answers if isinstance(answer, ProgramFault))
        simulator = simulators.get(_simulation(settled.run)) or next(filter(None, simulators.values()), None)
        return CheckResult(
            Result(
                judgements,
                self.missing,
                faults,
                settled.run.fail_on,
                today,
                simulator,
                left_out=self.left_out,
                unmatched=self.unmatched,
            )
        )


_Simulation = tuple[int, int] | None
"""How many patients, and what they are drawn from; None where nothing is simulated."""


def _simulation(settings: RunSettings) -> _Simulation:
    return (settings.patients, settings.seed) if settings.simulate else None


def _simulators(settled: Settled, *, cache: bool) -> "dict[_Simulation, PatientSimulator | None]":
    asked = dict.fromkeys(map(_simulation, settled.each))
    return {one: None if one is None else _simulator(*one, cache=cache) for one in asked}


def _sites(settled: Settled) -> "dict[Path, Site]":
    """The profiles that files are checked by; most checks are of no site, and do not wait for it."""
    paths = dict.fromkeys(file.site for file in settled.files.values() if file.site is not None)
    if not paths:
        return {}
    from blinplan.api.regimens.load import read_site

    return {path: read_site(path) for path in paths}


def _answers(
    tasks: "Sequence[tuple[Task, PatientSimulator | None]]", progress: Progress | None
) -> tuple[JudgementOrFault, ...]:
    """The answers to tasks, each with its simulator; those with the same one are simulated together."""
    if all(simulator is None for _, simulator in tasks):
        return tuple(task.judge_or_fail(None) for task, _ in tasks)
    # Imported here, because a check without simulation does not wait for it.
    from blinplan.rules.judge_many import judge_many

    answers: dict[int, JudgementOrFault] = {}
    for simulator in {id(simulator): simulator for _, simulator in tasks}.values():
        numbers = [number for number, (_, own) in enumerate(tasks) if own is simulator]
        together = [tasks[number][0] for number in numbers]
        if simulator is None:
            found = tuple(task.judge_or_fail(None) for task in together)
        else:
            found = judge_many(together, simulator, progress or (lambda done, total: None))
        answers |= dict(zip(numbers, found, strict=True))
    return tuple(answers[number] for number in range(len(tasks)))


def _told_on(today: date, patient: "Patient") -> "Patient":
    from blinplan.api.patient import on_the_day

    return on_the_day(patient, today)


def _simulator(patients: int, seed: int, *, cache: bool) -> "PatientSimulator":
    from blinplan.rules.simulated.virtual import PatientSimulator

    return PatientSimulator(patients, seed, kept=cache)


class Fixes(NamedTuple):
    """What was put right in each file, or would be, and the files that had to be left as they are."""

    files: "tuple[Repair, ...]"
    refusals: tuple[Refusal, ...]

    @property
    def changed_files(self) -> int:
        """How many files."""
        return sum(bool(new.repairs) for new in self.files)

    def places(self) -> Iterator[str]:
        """Each place at which something was changed, in words, with what stands there."""
        from blinplan.regimen.toml.place import value_text
        from blinplan.rules.place import place_of

        for new in self.files:
            for finding in new.repairs:
                place = place_of(finding, new.reading.document)
                yield f"{new.reading.document.name}: {finding.code} at {place.at}, for {value_text(place.value)}"

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
    left_out: dict[str, FileSource] = {}
    names = paths or ["."]
    for named in names:
        if isinstance(named, Regimen):
            from blinplan.regimen.build import file_of  # a check of files does not wait for it

            file = file_of(named)
            source = FileSource(None, file.document.name)
            files[source.name] = _to_check(source, file, choice, configurations)
            continue
        sources = find(named, stdin_filename, configurations.exclusions(named))
        if isinstance(sources, NotFound):
            missing += [] if sources.empty and allow_empty else [sources]
            continue
        left_out |= {source.name: source for source in sources if source.left_out}
        if all(source.left_out for source in sources) and Path(named).is_dir() and not allow_empty:
            missing.append(_all_left_out(named, sources))
        for source in sources:
            if source.name in files or source.left_out:
                continue
            reading = source.read()
            if isinstance(reading, NotFound):
                missing.append(reading)
            else:
                files[source.name] = _to_check(source, reading, choice, configurations)
    ordered = tuple(sorted(files.values(), key=_place))
    return FilesToCheck(
        ordered,
        tuple(missing),
        configurations.of_run([file.source for file in ordered]),
        tuple(one for name, one in sorted(left_out.items()) if name not in files),
        _patterns_of_no_file(ordered, [Path(named) for named in names if isinstance(named, str)]),
    )


def _all_left_out(named: str, sources: Sequence[FileSource]) -> NotFound:
    """What is said of a folder in which nothing is to be checked: that is no pass."""
    why = ", ".join(dict.fromkeys(str(source.left_out) for source in sources))
    message = f"{named}: every .toml file in this folder and below is left out, by {why}"
    return NotFound(named, message, "name the files, or change what leaves them out", empty=True)


def _patterns_of_no_file(files: Sequence[FileToCheck], named: Sequence[Path]) -> "tuple[FilePattern, ...]":
    """The patterns of configurations that mean no file, where all files that they could mean were looked at."""
    configurations = {file.configuration.path: file.configuration for file in files if file.configuration.per_file}
    if not configurations:
        return ()
    folders = [path.resolve() for path in named if path.is_dir()]
    paths = [file.source.path.resolve() for file in files if file.source.own and file.source.path is not None]
    return tuple(
        one.pattern
        for configuration in configurations.values()
        for one in configuration.per_file
        if any(folder in (one.pattern.folder, *one.pattern.folder.parents) for folder in folders)
        and not any(one.pattern.matches(path) for path in paths)
    )


def _to_check(source: FileSource, reading: Reading, choice: RuleChoice, configurations: Configurations) -> FileToCheck:
    settings = choice.over(configurations.settings_of(source))
    return FileToCheck(source, reading, settings, configurations.of(source))


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
