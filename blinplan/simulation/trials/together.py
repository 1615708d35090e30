"""Several trials sent through together: of several parameter sets, or of courses that differ.

Trials whose infusions change at the same times go through as one, whatever parameters and steps their patients have.
So one more set of parameters costs little beyond its patients, and every outcome has the bytes of its trial run alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise, starmap
from typing import NamedTuple

import numpy as np

from blinplan.executors.executor import Executor, executor_or_threads
from blinplan.physiology.endpoints import of_some
from blinplan.physiology.model.batch import batch
from blinplan.physiology.model.dosing import Dosing
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.solve import simulate
from blinplan.physiology.watch import Seen
from blinplan.simulation.dosing import age_groups
from blinplan.simulation.trials.progress import count_on
from blinplan.simulation.trials.trial import Outcome, Trial


class JoinedTrial(NamedTuple):
    """Trials that differ in their patients alone, as one: the number of each, and where its patients stand."""

    trial: Trial
    members: tuple[tuple[int, slice], ...]


def joined_trials(trials: Sequence[Trial]) -> list[JoinedTrial]:
    """Join trials that differ in their patients alone, as those of parameter sets do: what is done once is not much.

    Told apart by what they hold and not by what it says: to compare courses takes as long as to send a few patients
    through them, and trials of parameter sets hold the same course.
    """
    alike: dict[tuple[object, ...], list[int]] = {}
    for number, trial in enumerate(trials):
        given = tuple(map(id, (trial.regimen, trial.periods, trial.asked)))
        ages = age_groups(trial.regimen, trial.population.age_years) if trial.options.premedication else None
        name = (*given, trial.options, trial.engine, trial.off_drug is None, trial.population.preset, ages)
        alike.setdefault(name, []).append(number)
    return [_join(trials, numbers) for numbers in alike.values()]


def _join(trials: Sequence[Trial], numbers: Sequence[int]) -> JoinedTrial:
    some = [trials[number] for number in numbers]
    ends = accumulate((trial.population.size for trial in some), initial=0)
    off_drug = [trial.off_drug for trial in some if trial.off_drug is not None]
    joined = (
        some[0]
        if len(some) == 1
        else replace(
            some[0],
            population=batch([trial.population for trial in some]),
            off_drug=np.concatenate(off_drug) if off_drug else None,
        )
    )
    return JoinedTrial(joined, tuple(zip(numbers, starmap(slice, pairwise(ends)), strict=True)))


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
    head, dosing = entries[0].trial, entries[0].dosing
    if len(entries) > 1:
        dosing = replace(dosing, rates=np.concatenate([_rates(entry) for entry in entries], axis=1))
    found = simulate(
        dosing,
        batch([entry.trial.population for entry in entries]),
        options=head.options,
        engine=head.engine,
        executor=executor,
        progress=None if progress is None else lambda done, _: progress(done),
        watches=head.watches,
    )
    assert found.endpoints is not None  # noqa: S101 - they were asked for
    if len(entries) == 1:
        return {entries[0].number: head.outcome(found.engine, found.endpoints, found.seen)}
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
