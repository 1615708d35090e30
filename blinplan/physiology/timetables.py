"""From what is infused to timetables: patients whose infusion changes at the same times go through the course together.

Which they are follows from each patient's own rates, and what is a dose step or an escalation from the course. So
nobody's steps, and not a byte of what comes of them, depend on who is simulated beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    SEEN,
    WHERE_TARGETS_ARE_LOST,
    IntArray,
    refinements,
)
from blinplan.physiology.engine.integrate import (
    CyclePart,
    DoseStep,
    Interval,
    Rise,
    Timetable,
)
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.engine.plans import exponents, step_sizes
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED
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
    kinds, course = _kinds(dosing.rates, patients), _Course.of(dosing)
    sizes = step_sizes(constants, acts=options.premedication)
    order = [*constants.differing.values(), *exponents(constants), *sizes] if by_sets else sizes
    return [
        Together(
            those[np.lexsort([of[those] for of in order])] if order else those,
            _timetable(
                course,
                dosing.rates[:, 0 if alike else those[0]],
                kinds[:, those[0]],
                options,
                constants.select(those[:1]),
            ),
        )
        for those in _of_one_pattern(dosing.rates, kinds, _cuts(constants, options))
    ]


class _Course(NamedTuple):
    """What is the same of a course whoever gets it, found once: it may be parted by the days of a thousand patients.

    Attributes
    ----------
    edges : (K + 1) minutes. cycles : (K). rises : rows from which on the infusion of the course rises.
    """

    edges: IntArray
    cycles: IntArray
    dose_steps: tuple[DoseStep, ...]
    rises: tuple[int, ...]
    premedication_minutes: tuple[int, ...]

    @classmethod
    def of(cls, dosing: Dosing) -> _Course:
        rises = tuple(np.flatnonzero(_rises(dosing.of_the_course)).tolist())
        given = tuple(sorted(set(dosing.premedication_minutes)))
        return cls(np.array(dosing.edges_minutes), np.array(dosing.cycles), _dose_steps(dosing), rises, given)


_GROWTHS = (INFUSING, FREE, ADHERING, FINER_INFUSING, FINER_FREE)


def _kinds(rates: FloatArray, patients: Population) -> NDArray[np.int8]:
    """(K, N) how steps grow in each interval: which of the growths, by what the patient gets and is."""
    size, reach = refinements(patients.constants.cytolytic_rate), REACH
    rise = m.steady_state(rates, np.asarray(patients.volume)) / patients.lysis_ec50
    ended_at = m.steady_state(_last_infused(rates), patients.clearance) / patients.lysis_ec50
    is_slow = patients.clearance / patients.volume < reach.elimination
    finer_infusing = is_slow | _is_extreme(patients, size) | (rise * size > reach.rise)
    finer_free = is_slow | (ended_at > reach.concentration) | (patients.t_cells > reach.t_cells[1])
    usually = np.where(
        patients.adhesion_rate * size > reach.adhesion, _GROWTHS.index(ADHERING), _GROWTHS.index(INFUSING)
    )
    infusing = np.where(finer_infusing, _GROWTHS.index(FINER_INFUSING), usually)
    free = np.where(finer_free, _GROWTHS.index(FINER_FREE), _GROWTHS.index(FREE))
    return np.where(rates > 0.0, infusing, free).astype(np.int8)


def _is_extreme(patients: Population, size: FloatArray | float) -> BoolArray:
    """(N) who is beyond the reach of usual steps at any dose; `size` is the factor on all of them."""
    fewest, most = REACH.t_cells
    marrow_lysis = patients.kill_rate * patients.marrow_sensitivity
    blood_lysis = patients.kill_rate * patients.b_cells
    release = (patients.cytokine_release / (patients.cytokine_baseline[_ELEVATED] + SEEN)).max(axis=0)
    return np.asarray(
        (patients.adhesion_rate * size > REACH.fast_adhesion)
        | (marrow_lysis * size > REACH.marrow_lysis)
        | (blood_lysis * size > REACH.blood_lysis)
        | (patients.proliferation_rate * size > REACH.proliferation)
        | (release > REACH.release)
        | (patients.t_cells < fewest)
        | (patients.t_cells > most)
    )


_ELEVATED = [CYTOKINES.index(name) for name in ELEVATED]


def _last_infused(rates: FloatArray) -> FloatArray:
    """(K, N) the rate that runs, or ran last before a treatment-free interval; 0 before the first."""
    found = rates.copy()
    for k in range(1, rates.shape[0]):
        found[k] = np.where(rates[k] > 0.0, rates[k], found[k - 1])
    return found


def _cuts(constants: Constants, options: Options) -> list[NDArray[np.int8]]:
    """Whether premedication acts (N), which then cuts a course where it is given."""
    reduction = constants.differing.get("premedication_reduction") if options.premedication else None
    return [] if reduction is None else [(reduction > 0.0).astype(np.int8)]


def _of_one_pattern(
    rates: FloatArray, kinds: NDArray[np.int8], parameters: list[NDArray[np.int8]]
) -> Iterator[IntArray]:
    """Places of patients whose infusion runs, rises, falls and stays alike, and who have some parameters alike."""
    changes = np.sign(np.diff(rates, axis=0)).astype(np.int8)
    if changes.shape[1] < kinds.shape[1]:
        changes = np.repeat(changes, kinds.shape[1], axis=1)
    pattern = np.concatenate([changes, kinds, *(values[None, :] for values in parameters)])
    if (pattern == pattern[:, :1]).all():
        yield np.arange(kinds.shape[1])
        return
    found: dict[bytes, list[int]] = {}
    for place, own in enumerate(np.ascontiguousarray(pattern.T)):
        found.setdefault(own.tobytes(), []).append(place)
    yield from map(np.array, found.values())


def _timetable(
    course: _Course, rates: FloatArray, kinds: NDArray[np.int8], options: Options, constants: Constants
) -> Timetable:
    """The timetable of patients whose infusion changes as these rates (K) do, and whose steps grow so in each row."""
    acts = options.premedication and constants.premedication_reduction > 0.0
    desensitises = options.attenuation == "desensitisation"
    given = course.premedication_minutes if acts else ()
    return Timetable(
        intervals=_intervals(course, rates, kinds, given),
        dose_steps=course.dose_steps,
        escalations=_escalations(course.edges, course.rises, _rises(rates[:, None])),
        desensitises=desensitises,
        premedication_days=tuple(minute / MINUTES_PER_DAY for minute in given),
        coarseness=options.coarseness * (1.0 if desensitises else WHERE_TARGETS_ARE_LOST),
    )


def _intervals(
    course: _Course, rates: FloatArray, kinds: NDArray[np.int8], given: tuple[int, ...]
) -> tuple[Interval, ...]:
    """Join neighbours of one rate: an event that changes nothing must change nothing.

    What is `given` (minutes) cuts them, where the states have a kink though the infusion runs on.
    """
    edges, cuts = course.edges, [minute for minute in given if 0 <= minute < course.edges[-1]]
    if cuts:
        edges = np.union1d(edges, cuts)
    rows = np.searchsorted(course.edges, edges[:-1], side="right") - 1 if cuts else np.arange(rates.shape[0])
    begins, turns = _changes(rates[rows]), _changes(course.cycles[rows])
    if cuts:
        begins |= np.isin(edges[:-1], cuts)
    parts = np.flatnonzero(begins | turns)
    days = (edges[[*parts, -1]] / MINUTES_PER_DAY).tolist()
    stretches = tuple(map(CyclePart, course.cycles[rows[parts]].tolist(), days, days[1:]))
    firsts = np.flatnonzero(begins[parts])
    starting = rows[parts[firsts]]
    each = zip(
        pairwise([*firsts.tolist(), len(stretches)]),
        starting.tolist(),
        (rates[starting] > 0.0).tolist(),
        kinds[starting].tolist(),
        strict=True,
    )
    return tuple(
        Interval(days[first], days[after], row, is_infusing, _GROWTHS[kind], stretches[first:after])
        for (first, after), row, is_infusing, kind in each
    )


def _changes(values: FloatArray | IntArray) -> BoolArray:
    """Where something (K) begins, or is another than before."""
    changes = np.ones(values.shape, dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


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
    course = _Course.of(dosing)
    return tuple(rise.day for rise in _escalations(course.edges, course.rises, _rises(dosing.rates)))


def _escalations(edges: IntArray, rises: Sequence[int], own: BoolArray) -> tuple[Rise, ...]:
    """When the infusion of the course rises, and whether that of these patients does."""
    return tuple(Rise(float(edges[row] / MINUTES_PER_DAY), bool(own[row])) for row in rises)


def _rises(rates: FloatArray) -> BoolArray:
    """Whether an infusion (K, N) runs on at a higher rate from each row on, in anybody."""
    before = np.concatenate([np.zeros_like(rates[:1]), rates[:-1]])
    return np.asarray(((rates > before) & (before > 0.0)).any(axis=1))
