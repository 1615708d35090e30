"""All files of a run: how each is judged, put right, and told."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from blinplan.api.checking.check_result import CheckResult
from blinplan.files.inputs import input_bytes
from blinplan.files.writing import refuse_overwriting, refuse_unwritable, replace_file
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.find import FileSource, NotFound
from blinplan.regimen.reading import Content, Reading
from blinplan.rules.changes.moved import Asked
from blinplan.rules.configuration.configuration import Configuration
from blinplan.rules.configuration.run_settings import RunOptions, run_settings, settings_of_file
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.families.across_files.neighbours import AmongOthers, Neighbours, neighbours_of
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.run_result import Result
from blinplan.rules.task import JudgementOrFault, ProgramFault, Task
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.course.patient import Patient
    from blinplan.executors.executor import Executor
    from blinplan.regimen.site.site import Site
    from blinplan.reports.check.settings import FileSettings
    from blinplan.rules.acceptance.add import WantedWaiver
    from blinplan.rules.configuration.per_file import FilePattern
    from blinplan.rules.fix import Repair

from blinplan.api.checking.fixes import Fixes, diff
from blinplan.api.checking.settled import (
    Progress,
    Settled,
    Simulation,
    answers_to,
    simulation_of,
    simulator_for,
    simulators_of,
    sites_of,
    told_on,
)


class FileToCheck(NamedTuple):
    """A regimen file, by which settings it is judged, and whether it may be simulated."""

    source: FileSource
    content: Content
    settings: Settings
    configuration: Configuration
    simulated: bool = True

    @property
    def reading(self) -> Reading:
        """What it holds, or what is wrong with it."""
        return self.content.reading

    def among_others(self, *, judged: bool = True) -> AmongOthers:
        """What others may ask for of it."""
        return AmongOthers(self.content, self.settings.label, self.configuration.path, judged)

    def deciding(self, settled: Settled) -> "list[Path]":
        """The files that decide about its findings, besides the configurations in its folders."""
        asked, own = settled.files.get(self.source.name, settled.run), self.configuration
        return [path for path in (own.path, *own.extends, asked.site, asked.baseline) if path is not None]


class Beside(NamedTuple):
    """What lies beside files that were named alone, and the folders of which that are too many to look at."""

    files: tuple[FileToCheck, ...] = ()
    crowded: frozenset[Path] = frozenset()


class Begins(NamedTuple):
    """When the courses begin that are checked, and in which time zone; None where nobody says."""

    start: datetime | str | None = None
    time_zone: str | None = None

    def at(self, site: "Site | None") -> datetime | None:
        """When a course begins whose bags a site prepares; without one nothing is asked of its dates."""
        if self.start is None or site is None:
            return None
        # Imported here, because most checks have no dates.
        from blinplan.api.planning.beginning import beginning_at

        return beginning_at(self.start, self.time_zone, site)


class FilesToCheck(NamedTuple):
    """All files of a run in the order of its report, the names that led to none, and what says how the run goes.

    ``left_out`` are the files that the run was told to leave out, and ``unmatched`` the patterns that mean no file.
    ``beside`` and ``gone`` are files that are not judged, but are or were there for those that are. ``begins`` says
    when the courses begin that are checked, and ``unfixed`` how many files were to be put right and could not be.
    """

    files: tuple[FileToCheck, ...]
    missing: tuple[NotFound, ...]
    configuration: Configuration
    asked: Asked
    left_out: tuple[FileSource, ...] = ()
    unmatched: "tuple[FilePattern, ...]" = ()
    beside: Beside = Beside()
    gone: tuple[Reading, ...] = ()
    begins: Begins = Begins()
    unfixed: int = 0

    def beginning(self, start: datetime | str | None, time_zone: str | None) -> "FilesToCheck":
        """The same files, whose courses begin then.

        Raises
        ------
        Refusal
            When there is a time zone and no start.
        """
        if start is None and time_zone is not None:
            raise ArgumentRefusal("{time_zone} stands without {start}", "add {start}, or leave {time_zone} out")
        return self._replace(begins=Begins(start, time_zone))

    def settle(self, options: RunOptions) -> Settled:
        """How the run goes: by what is asked for, else the configuration of each file, else the program."""
        run = run_settings(options, self.configuration)
        # Files of one folder have one configuration, so it is settled once for them.
        alike = {(id(file.configuration), file.settings.fail_on): file for file in self.files}
        settled = {
            key: settings_of_file(options, file.configuration, file.settings.fail_on, self.configuration)
            for key, file in alike.items()
        }
        files = {file.source.name: settled[id(file.configuration), file.settings.fail_on] for file in self.files}
        if self.begins.start is not None and all(one.site is None for one in (*files.values(), run)):
            raise ArgumentRefusal("{start} needs {site}", "give the profile of the site that prepares the bags")
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

    def refuse_losing(self, target: Path, settled: Settled, *, baseline: bool = False) -> None:
        """Refuse to write where something is that the run reads, and a baseline where something else is.

        A baseline is not written either where not all could be read that was named: it lists all that is found.

        Raises
        ------
        Refusal
            Before anything is written.
        """
        refuse_unwritable(target, onto_input=baseline)
        sources = (*(file.source for file in self.files), *self.left_out)
        listed = () if not baseline else {one.baseline for one in settled.each}
        deciding = (path for file in self.files for path in file.deciding(settled))
        holidays = (Path(site.holidays_file) for site in sites_of(settled).values() if site.holidays_file is not None)
        for path in (*(source.path for source in sources), *dict.fromkeys(deciding), *holidays):
            if path is not None and path not in listed:
                refuse_overwriting(target, path)
        if baseline and self.missing:
            first = self.missing[0]
            raise Refusal(f"{target} is not written, since it would not list all: {first.message}", first.help)
        if baseline and target.is_file() and b'"blinplan-baseline"' not in input_bytes(target):
            raise Refusal(f"{target} is there and is no baseline", "write to another file, or remove it first")

    def put_right(self, fixes: "Fixes") -> "FilesToCheck":
        """The files as they are put right; nothing is written yet, so that whatever is refused later changes nothing.

        Raises
        ------
        Refusal
            For standard input, which cannot be written to, or when a file cannot be.
        """
        for place, _ in self._replacements(fixes):
            refuse_unwritable(place, onto_input=True)
        files = (file._replace(content=Content.of(new.reading)) for file, new in self._each(fixes))
        return self._replace(files=tuple(files), unfixed=len(fixes.refusals))

    def write(self, fixes: "Fixes") -> None:
        """Write the files as they were put right, in their places: after all that a run reads and may refuse.

        Raises
        ------
        Refusal
            For standard input, which cannot be written to, or when a file cannot be.
        """
        for place, text in self._replacements(fixes):
            replace_file(place, text, onto_input=True)

    def _replacements(self, fixes: "Fixes") -> list[tuple[Path, str]]:
        return [(_place_of(file.source), new.reading.document.text) for file, new in self._each(fixes) if new.repairs]

    def _each(self, fixes: "Fixes") -> "list[tuple[FileToCheck, Repair]]":
        return list(zip(self.files, fixes.files, strict=True))

    def differences(self, fixes: "Fixes") -> str:
        """What would be changed, as a unified diff."""
        changes = (diff(file.reading, new.reading) for file, new in self._each(fixes) if new.repairs)
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
                    new = fix(task, None if simulation is None else partial(simulator_for, *simulation, cache=cache))
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
                simulator = partial(simulator_for, *simulation, cache=cache)
            try:
                new = new if file.source.shipped else add_waivers(task, wanted, simulator)
            except NothingToWaiveError as error:
                reasons.append(f"{file.source.name}: {error}")
            except RefusedWaiverError as error:
                raise Refusal(f"{file.source.name}: no waiver was written: {error}", error.advice) from error
            added.append(new)
        if not any(new.repairs for new in added):
            raise Refusal(
                f"no waiver of {wanted.rule.code} was written: {'; '.join(reasons[:3]) or 'no file is yours'}",
                "waive what `blinplan check` finds",
            )
        return Fixes(tuple(added), ())

    def _tasks(self, today: date, settled: Settled, patient: "Patient | None") -> "list[tuple[Task, Simulation]]":
        """Each file with what it is judged by, and how it is simulated."""
        together = neighbours_of(self._together, self.beside.crowded)
        tasks = (task(together) for task in self._tasks_among_others(today, settled, patient))
        return [(task, self._simulation_of(file, settled)) for file, task in zip(self.files, tasks, strict=True)]

    def _tasks_among_others(
        self, today: date, settled: Settled, patient: "Patient | None"
    ) -> "list[Callable[[Neighbours], Task]]":
        """Each file with what it is judged by, to be read when it is known what it is among."""
        whom, sites = None if patient is None else told_on(today, patient), sites_of(settled)

        def of(file: FileToCheck) -> "Callable[[Neighbours], Task]":
            asked = settled.files[file.source.name]
            site = None if asked.site is None else sites[asked.site]
            return lambda together: Task(file.reading, file.settings, today, whom, site, together, self.begins.at(site))

        return [of(file) for file in self.files]

    @property
    def _together(self) -> "list[AmongOthers]":
        """The files among which each is judged, those that are judged first."""
        gone = map(Content.of, self.gone)
        return [
            *(file.among_others() for file in self.files),
            *(file.among_others(judged=False) for file in self.beside.files),
            *(AmongOthers(content, "", self.configuration.path, judged=False) for content in gone),
        ]

    @staticmethod
    def _simulation_of(file: FileToCheck, settled: Settled) -> "Simulation":
        return simulation_of(settled.files[file.source.name]) if file.simulated else None

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

        together = (*self.files, *self.beside.files)
        sources, readings = [file.source for file in together], {file.source.name: file.reading for file in together}
        of_run = [path for path in (self.configuration.path, *self.configuration.extends) if path is not None]
        deciding = {file.source.name: [*file.deciding(settled), *of_run] for file in together}
        past = history(sources, readings, deciding, self.asked, revision)
        now = (file._replace(simulated=file.source.name not in past.unchanged) for file in self.files)
        found = judge(self._replace(files=tuple(now)))
        compared = compared_names(found.result, past)
        before = (
            file._replace(
                content=Content.of(past.before[file.source.name]), simulated=file.source.name not in past.unchanged
            )
            for file in self.files
            if file.source.name in compared
        )
        beside = (
            file._replace(content=Content.of(past.before[file.source.name]))
            for file in self.beside.files
            if file.source.name in past.before
        )
        once = self.beside._replace(files=tuple(beside))
        earlier = judge(self._replace(files=tuple(before), missing=(), beside=once, gone=past.gone))
        return CheckResult(new_only(found.result, earlier.result, past))

    def judge(
        self,
        today: date,
        settled: Settled,
        patient: "Patient | None" = None,
        *,
        cache: bool = True,
        progress: Progress | None = None,
        executor: "Executor | None" = None,
        own_process: bool = False,
    ) -> "CheckResult":
        """Judge every file by its settings; those that have to be simulated side by side.

        In a process of our own many that are not simulated are read and judged by copies of it. Another one may have
        threads in it that a copy of it would not have.
        """
        simulators = simulators_of(settled, cache=cache)
        if own_process and len(self.files) > 1 and not any(simulators.values()):
            answers = self._judge_side_by_side(today, settled, patient)
        else:
            tasks = [(task, simulators.get(simulation)) for task, simulation in self._tasks(today, settled, patient)]
            answers = answers_to(tasks, progress, executor)
        judgements = tuple(
            answer._replace(fail_on=settled.files[file.source.name].counting, configuration=file.configuration.path)
            for file, answer in zip(self.files, answers, strict=True)
            if isinstance(answer, Judgement)
        )
        faults = tuple(answer for answer in answers if isinstance(answer, ProgramFault))
        simulator = simulators.get(simulation_of(settled.run)) or next(filter(None, simulators.values()), None)
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
                unfixed=self.unfixed,
            )
        )

    def _judge_side_by_side(
        self, today: date, settled: Settled, patient: "Patient | None"
    ) -> tuple[JudgementOrFault, ...]:
        # Imported here, because most checks are of one file.
        from blinplan.rules.judging.side_by_side import Run, RunFile

        tasks = self._tasks_among_others(today, settled, patient)
        files = [RunFile(file, task) for file, task in zip_longest(self._together, tasks)]
        return Run(files, self.beside.crowded).judge()


def _place_of(source: FileSource) -> Path:
    """Where a file is to be written; standard input, and a regimen built in Python, lie nowhere."""
    if source.path is None:
        raise ArgumentRefusal("{fix} cannot write to standard input", "{differences} shows what it would change")
    return source.path
