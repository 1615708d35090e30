"""How a run of checks goes, and how it goes for each file: settings, simulations, sites."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.api.checking.check_result import CheckResult
from blinplan.api.plausible import require_sets
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.rules.configuration.run_settings import RunSettings
from blinplan.rules.task import JudgementOrFault, Task

if TYPE_CHECKING:
    from blinplan.course.patient import Patient
    from blinplan.executors.executor import Executor
    from blinplan.regimen.site.site import Site
    from blinplan.rules.simulated.virtual import PatientSimulator


Progress = Callable[[int, int], None]


class Settled(NamedTuple):
    """How the run goes, and how it goes for each file: by its name.

    ``models`` is how many plausible parameter sets the rules that need virtual patients are asked under besides.
    """

    run: RunSettings
    files: dict[str, RunSettings]
    models: int = 0

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
            files = {name: file for name, file in self.files.items() if file.baseline == path}
            with _named_where_it_is_set(
                next(iter(files.values())), "baseline", "write it anew with {write_baseline}, or change the path"
            ):
                found = found.without_those_in(path, frozenset(files))
        return found


@contextmanager
def _named_where_it_is_set(settings: RunSettings, name: str, advice: str) -> Iterator[None]:
    """Name the line of the configuration in what is said of a file that it names."""
    origin = settings.origin(name)
    try:
        yield
    except Refusal as error:
        if origin.removeprefix("--") == name:
            raise
        # Imported here, because most files can be read.
        from blinplan.api.regimens.load import RegimenError

        if isinstance(error, RegimenError):
            raise RegimenError(f"{origin}: {error.message}", error.advice, error.reading) from error
        raise ArgumentRefusal("{origin}: {said}", advice, origin=origin, said=error.message) from error


Simulation = tuple[int, int] | None
"""How many patients, and what they are drawn from; None where nothing is simulated."""


def simulation_of(settings: RunSettings) -> Simulation:
    """How a file is simulated."""
    return (settings.patients, settings.seed) if settings.simulate else None


def simulators_of(settled: Settled, *, cache: bool) -> "dict[Simulation, PatientSimulator | None]":
    """What simulates the files of a run, one for each way of simulating."""
    asked = dict.fromkeys(map(simulation_of, settled.each))
    return {one: None if one is None else simulator_for(*one, cache=cache, models=settled.models) for one in asked}


def sites_of(settled: Settled) -> "dict[Path, Site]":
    """The profiles that files are checked by; most checks are of no site, and do not wait for it."""
    settings = {file.site: file for file in settled.files.values() if file.site is not None}
    found: dict[Path, Site] = {}
    for path, file in settings.items():
        from blinplan.api.regimens.load import read_site

        with _named_where_it_is_set(file, "site", "change the path, or write a site profile there"):
            found[path] = read_site(path)
    return found


def answers_to(
    tasks: "Sequence[tuple[Task, PatientSimulator | None]]",
    progress: Progress | None,
    executor: "Executor | None" = None,
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
            found = judge_many(together, simulator, progress or (lambda done, total: None), executor)
        answers |= dict(zip(numbers, found, strict=True))
    return tuple(answers[number] for number in range(len(tasks)))


def told_on(today: date, patient: "Patient") -> "Patient":
    """The patient as somebody tells of them on a day."""
    from blinplan.api.patient import on_the_day

    return on_the_day(patient, today)


def simulator_for(patients: int, seed: int, *, cache: bool, models: int = 0) -> "PatientSimulator":
    """What simulates regimens on so many patients of a seed, and under so many plausible parameter sets.

    Raises
    ------
    Refusal
        When there are not so many sets, or they were made for other parameters.
    """
    from blinplan.rules.simulated.virtual import PatientSimulator

    if models:
        require_sets(models)
    return PatientSimulator(patients, seed, kept=cache, models=models)
