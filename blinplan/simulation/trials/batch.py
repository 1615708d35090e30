"""Any number of trials, some patients at a time: what compares, sweeps and searches sends its trials through here."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from blinplan.executors.executor import Executor, executor_or_threads, in_order, load, places
from blinplan.physiology.engine.choose import expect, takes_turns
from blinplan.simulation.crowd.cohort import PIECE, CohortPart
from blinplan.simulation.crowd.kept import DonePortion, KeptOutcome
from blinplan.simulation.trials.cohort_trial import PORTION, CohortOutcome, CohortTrial, portions_of


def outcomes_of(
    trials: Iterable[CohortTrial],
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[CohortOutcome]:
    """Send the patients of many trials through; outcomes come in the order of the trials, each when it is there.

    This is what runs many trials: regimens that are compared, the cells of a sweep, the candidates of a search, the
    parameter sets of a sensitivity run. Trials may differ in everything. They are taken some at a time, so that a
    generator may make them, and an outcome that nobody holds is let go: memory grows neither with the trials nor with
    their patients. What is handed to the executor pickles, so that processes and other machines will do as well. The
    bytes are those of each trial run alone.

    Parameters
    ----------
    trials
        Who gets what; a trial of few patients costs what they cost in a crowd.
    executor
        What runs them; threads, as many as there are processors, when not given.
    progress
        Called with the number of patients done, those of all trials counted together.

    Raises
    ------
    NotEligibleError, WindowError, UnknownEndpointError
        As of `Trial.run`.
    NoRoomError
        When the folder for temporary files is full.
    """
    if isinstance(trials, Sequence):
        expect(sum(trial.cohort.size for trial in trials))
    waiting: deque[CohortTrial] = deque()
    kept, done = KeptOutcome(), 0
    with executor_or_threads(executor, in_turns=takes_turns(None)) as running:
        for portions in in_order(running, _portions, _loads(trials, waiting, places(running), PORTION * load(running))):
            for portion in portions:
                kept.add(portion)
                done += portion.numbers.shape[0]
                if kept.size == waiting[0].cohort.size:
                    yield CohortOutcome(waiting.popleft(), kept)
                    kept = KeptOutcome()
            if progress is not None:
                progress(done)


class _Share(NamedTuple):
    """Some patients of a trial; it pickles."""

    trial: CohortTrial
    part: CohortPart


def _portions(load: Sequence[_Share]) -> list[DonePortion]:
    """Send some patients of some trials through; at the top of a file, so that any executor can run it."""
    return portions_of([(share.trial, share.part.population()) for share in load])


def _loads(
    trials: Iterable[CohortTrial], waiting: deque[CohortTrial], several: int, most: int
) -> Iterator[list[_Share]]:
    """Patients for one of several at a time, in the order of the trials, which wait until they are done."""
    for some in _gatherings(trials, several * most):
        waiting.extend(some)
        pieces = -(-sum(trial.cohort.size for trial in some) // (several * PIECE))
        yield from _full_loads(some, min(most, pieces * PIECE))


def _gatherings(trials: Iterable[CohortTrial], patients: int) -> Iterator[list[CohortTrial]]:
    """So many trials at a time as have so many patients, or a few more."""
    some: list[CohortTrial] = []
    size = 0
    for trial in trials:
        some.append(trial)
        size += trial.cohort.size
        if size >= patients:
            yield some
            some, size = [], 0
    if some:
        yield some


def _full_loads(trials: Iterable[CohortTrial], patients: int) -> Iterator[list[_Share]]:
    """Loads of so many patients, or a few more."""
    load: list[_Share] = []
    size = 0
    for trial in trials:
        for part in trial.cohort.parts(patients):
            load.append(_Share(trial.of_nobody, part))
            size += part.size
            if size >= patients:
                yield load
                load, size = [], 0
    if load:
        yield load
