"""From what is infused to timetables: patients whose infusion changes at the same times go through the course together.

Which they are follows from each patient's own rates, and what is a dose step or an escalation from the course. So
nobody's steps, and not a byte of what comes of them, depend on who is simulated beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.engine.grid import (
    ADHERING,
    FINER_FREE,
    FINER_INFUSING,
    FREE,
    INFUSING,
    REACH,
    Growth,
    IntArray,
    refinements,
)
from blinplan.physiology.engine.integrate import (
    CyclePart,
    DoseStep,
    Interval,
    Rise,
    Timetable,
    exponents,
    step_sizes,
)
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import Constants, FloatArray, Population
from blinplan.quantities import MINUTES_PER_DAY


class Together(NamedTuple):
    """Patients (n), by their places among all, who go through one timetable."""

    patients: IntArray
    timetable: Timetable


def timetables(dosing: Dosing, options: Options, patients: Population, *, by_sets: bool = False) -> list[Together]:
    """Part patients into those of one timetable, in the order of the first of each.

    Where parameters differ between patients, those who take steps of one size stand behind each other, and where they
    go ``by_sets`` among them those of one set, which machine code takes as one.
    """
    constants, alike = patients.constants, dosing.rates.shape[1] == 1
    kinds = _kinds(dosing.rates, patients)
    sizes = step_sizes(constants, acts=options.premedication)
    order = [*constants.differing.values(), *exponents(constants), *sizes] if by_sets else sizes
    return [
        Together(
            those[np.lexsort([of[those] for of in order])] if order else those,
            _timetable(
                dosing,
                dosing.rates[:, 0 if alike else those[0]],
                [_GROWTHS[kind] for kind in kinds[:, those[0]].tolist()],
                options,
                constants.select(those[:1]),
            ),
        )
        for those in _of_one_pattern(dosing.rates, kinds, _cuts(constants, options))
    ]


_GROWTHS = (INFUSING, FREE, ADHERING, FINER_INFUSING, FINER_FREE)


def _kinds(rates: FloatArray, patients: Population) -> NDArray[np.int8]:
    """(K, N) how steps grow in each interval: which of the growths, by what the patient gets and is."""
    size, reach = refinements(patients.constants.cytolytic_rate), REACH
    rise = m.steady_state(rates, np.asarray(patients.volume)) / patients.lysis_ec50
    ended_at = m.steady_state(_last_infused(rates), patients.clearance) / patients.lysis_ec50
    marrow_lysis = patients.kill_rate * patients.marrow_sensitivity
    is_slow = patients.clearance / patients.volume < reach.elimination
    finer_infusing = is_slow | (marrow_lysis * size > reach.marrow_lysis) | (rise * size > reach.rise)
    finer_free = is_slow | (ended_at > reach.concentration)
    usually = np.where(
        patients.adhesion_rate * size > reach.adhesion, _GROWTHS.index(ADHERING), _GROWTHS.index(INFUSING)
    )
    infusing = np.where(finer_infusing, _GROWTHS.index(FINER_INFUSING), usually)
    free = np.where(finer_free, _GROWTHS.index(FINER_FREE), _GROWTHS.index(FREE))
    return np.where(rates > 0.0, infusing, free).astype(np.int8)


def _last_infused(rates: FloatArray) -> FloatArray:
    """(K, N) the rate that runs, or ran last before a treatment-free interval; 0 before the first."""
    found = rates.copy()
    for k in range(1, rates.shape[0]):
        found[k] = np.where(rates[k] > 0.0, rates[k], found[k - 1])
    return found


def _cuts(constants: Constants, options: Options) -> list[FloatArray]:
    """Whether premedication acts (N), which then cuts a course where it is given."""
    reduction = constants.differing.get("premedication_reduction") if options.premedication else None
    return [] if reduction is None else [(reduction > 0.0).astype(np.float64)]


def _of_one_pattern(rates: FloatArray, kinds: NDArray[np.int8], parameters: list[FloatArray]) -> Iterator[IntArray]:
    """Places of patients whose infusion runs, rises, falls and stays alike, and who have some parameters alike."""
    changes = np.sign(np.diff(rates, axis=0))
    if changes.shape[1] < kinds.shape[1]:
        changes = np.repeat(changes, kinds.shape[1], axis=1)
    pattern = np.concatenate([changes, kinds, *(values[None, :] for values in parameters)])
    if (pattern == pattern[:, :1]).all():
        yield np.arange(kinds.shape[1])
        return
    _, firsts, numbers = np.unique(pattern, axis=1, return_index=True, return_inverse=True)
    for number in np.argsort(firsts):
        yield np.flatnonzero(numbers.ravel() == number)


def _timetable(
    dosing: Dosing, rates: FloatArray, growths: Sequence[Growth], options: Options, constants: Constants
) -> Timetable:
    """The timetable of patients whose infusion changes as these rates (K) do, and whose steps grow so in each row."""
    acts = options.premedication and constants.premedication_reduction > 0.0
    given = tuple(sorted(set(dosing.premedication_minutes))) if acts else ()
    return Timetable(
        intervals=_intervals(dosing, rates, growths, given),
        dose_steps=_dose_steps(dosing),
        escalations=tuple(_escalations(dosing, _rises(rates[:, None]))),
        desensitises=options.attenuation == "desensitisation",
        premedication_days=tuple(minute / MINUTES_PER_DAY for minute in given),
        coarseness=options.coarseness,
    )


def _intervals(
    dosing: Dosing, rates: FloatArray, growths: Sequence[Growth], cuts: tuple[int, ...]
) -> tuple[Interval, ...]:
    """Join neighbours of one rate: an event that changes nothing must change nothing.

    Cut at `cuts` (minutes), where the states have a kink though the infusion runs on.
    """
    found: list[Interval] = []
    for k, (start, stop) in enumerate(pairwise(dosing.edges_minutes)):
        same = k > 0 and bool(rates[k] == rates[k - 1])
        for begin, end in pairwise([start, *(cut for cut in cuts if start < cut < stop), stop]):
            stretch = CyclePart(dosing.cycles[k], begin / MINUTES_PER_DAY, end / MINUTES_PER_DAY)
            if (same or begin > start) and begin not in cuts:
                found[-1] = _longer(found[-1], stretch)
            else:
                found.append(Interval(stretch.start, stretch.stop, k, bool(rates[k] > 0.0), growths[k], (stretch,)))
    return tuple(found)


def _longer(interval: Interval, more: CyclePart) -> Interval:
    """An interval and what follows it at the same rate."""
    *before, last = interval.stretches
    parts = (*before, last._replace(stop=more.stop)) if last.cycle == more.cycle else (*before, last, more)
    return replace(interval, stop=more.stop, stretches=parts)


def _dose_steps(dosing: Dosing) -> tuple[DoseStep, ...]:
    """The infusions of a course; those that differ in nothing from the one before are one with it."""
    found, before = [], None
    infusing = np.any(dosing.of_the_course > 0.0, axis=1)
    for k, start in enumerate(dosing.edges_minutes[:-1]):
        now = (dosing.cycles[k], dosing.steps[k], dosing.of_the_course[k].tobytes())
        if now != before and infusing[k]:
            found.append(DoseStep(start / MINUTES_PER_DAY, k))
        before = now
    return tuple(found)


def escalation_days(dosing: Dosing) -> tuple[float, ...]:
    """When the infusion of the course rises, whoever gets it."""
    return tuple(rise.day for rise in _escalations(dosing, _rises(dosing.rates)))


def _escalations(dosing: Dosing, own: BoolArray) -> Iterator[Rise]:
    """When the infusion of the course rises, and whether that of these patients does."""
    for k in np.flatnonzero(_rises(dosing.of_the_course)).tolist():
        yield Rise(dosing.edges_minutes[k] / MINUTES_PER_DAY, bool(own[k]))


def _rises(rates: FloatArray) -> BoolArray:
    """Whether an infusion (K, N) runs on at a higher rate from each row on, in anybody."""
    before = np.concatenate([np.zeros_like(rates[:1]), rates[:-1]])
    return np.asarray(((rates > before) & (before > 0.0)).any(axis=1))
