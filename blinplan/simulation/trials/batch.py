"""Several trials sent through together: of several parameter sets, or of courses that differ.

Trials whose infusions change at the same times advance side by side, whatever parameters their patients have. So one
more set of parameters costs what its patients cost in a crowd, and every outcome has the bytes of its trial run alone.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from blinplan.executor import Executor, InTurn, executor_or_threads, in_order, places
from blinplan.physiology.endpoints import of_some
from blinplan.physiology.engine.choose import takes_turns
from blinplan.physiology.model.batch import batch
from blinplan.physiology.model.dosing import Dosing
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.solve import simulate
from blinplan.physiology.watch import Seen
from blinplan.simulation.crowd.cohort import PIECE, CohortPart
from blinplan.simulation.crowd.kept import DonePortion, KeptOutcome
from blinplan.simulation.trials.cohort_trial import PORTION, CohortOutcome, CohortTrial, portion_of
from blinplan.simulation.trials.progress import count_on
from blinplan.simulation.trials.trial import Outcome, Trial


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
    waiting: deque[CohortTrial] = deque()
    kept, done = KeptOutcome(), 0
    with executor_or_threads(executor, in_turns=takes_turns(None)) as running:
        for portions in in_order(running, _portions, _loads(trials, waiting, places(running))):
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
    trials = [share.trial.trial_of(share.part.population()) for share in load]
    return [portion_of(outcome) for outcome in run_together(trials, InTurn())]


def _loads(trials: Iterable[CohortTrial], waiting: deque[CohortTrial], several: int) -> Iterator[list[_Share]]:
    """Patients for one of several at a time, in the order of the trials, which wait until they are done."""
    for some in _gatherings(trials, several * PORTION):
        waiting.extend(some)
        pieces = -(-sum(trial.cohort.size for trial in some) // (several * PIECE))
        yield from _filled(some, min(PORTION, pieces * PIECE))


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


def _filled(trials: Iterable[CohortTrial], patients: int) -> Iterator[list[_Share]]:
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


class _Member(NamedTuple):
    """A trial: its number among all, and what its patients get."""

    number: int
    trial: Trial
    dosing: Dosing


def run_together(
    trials: Sequence[Trial], executor: Executor | None = None, progress: Callable[[int], None] | None = None
) -> tuple[Outcome, ...]:
    """Send the patients of several trials through their regimens; the outcomes come in the order of the trials.

    Parameters
    ----------
    trials
        Of any populations, parameters and regimens.
    executor
        What runs them; threads, as many as there are processors, when not given.
    progress
        Called with the number of patients done, those of all trials counted together.

    Raises
    ------
    NotEligibleError, WindowError, UnknownEndpointError
        As of `Trial.run`.
    """
    found: dict[int, Outcome] = {}
    done = 0
    with executor_or_threads(executor) as running:
        for entries in _side_by_side(trials):
            found |= _outcomes(entries, running, count_on(progress, done))
            done += sum(entry.trial.population.size for entry in entries)
    return tuple(found[number] for number in range(len(trials)))


def _side_by_side(trials: Iterable[Trial]) -> Iterable[list[_Member]]:
    """The trials by what has to be the same of those that advance together."""
    groups: dict[tuple[object, ...], list[_Member]] = {}
    for number, trial in enumerate(trials):
        dosing = trial.dosing
        times = (dosing.edges_minutes, dosing.cycles, dosing.steps, dosing.premedication_minutes)
        name = (*times, dosing.of_the_course.tobytes(), trial.options, trial.engine, trial.watches)
        groups.setdefault(name, []).append(_Member(number, trial, dosing))
    return groups.values()


def _outcomes(
    entries: Sequence[_Member], executor: Executor, progress: Callable[[int], None] | None
) -> dict[int, Outcome]:
    """What came of trials that advance together, by their numbers."""
    head = entries[0].trial
    found = simulate(
        replace(entries[0].dosing, rates=np.concatenate([_rates(entry) for entry in entries], axis=1)),
        batch([entry.trial.population for entry in entries]),
        options=head.options,
        engine=head.engine,
        executor=executor,
        progress=None if progress is None else lambda done, _: progress(done),
        watches=head.watches,
    )
    assert found.endpoints is not None  # noqa: S101 - they were asked for
    ends = accumulate((entry.trial.population.size for entry in entries), initial=0)
    outcomes = {}
    for entry, (first, stop) in zip(entries, pairwise(ends), strict=True):
        place = slice(first, stop)
        seen = tuple(Seen(*(values[place] for values in one)) for one in found.seen)
        outcomes[entry.number] = entry.trial.outcome(found.engine, of_some(found.endpoints, place), seen)
    return outcomes


def _rates(entry: _Member) -> FloatArray:
    """What each patient of a trial gets."""
    rates = entry.dosing.rates
    return np.broadcast_to(rates, (rates.shape[0], entry.trial.population.size))
