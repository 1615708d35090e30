"""The witness: the same equations written out for one patient and solved by SciPy to a relative error of 1e-10.

It shares no code with `mechanism` and `integrate`, so that a slip in either shows.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, MutableSequence, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
from scipy.integrate import solve_ivp

from blinplan.physiology.model.cytokines import CYTOKINES
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import States, initial_state
from blinplan.quantities import MINUTES_PER_DAY

RightHandSide = Callable[[float, FloatArray], FloatArray]

# Physiological scales: 10 pg/mL of drug (a fifth of the assay's limit), 1 % of a signal and of marrow, 10 T cells/µL,
# 1 B cell/µL, 1 of ln blasts, 3 pg/mL of IL-6 (its baseline).
SCALES = {
    "concentration": 10.0,
    "cytolytic": 0.01,
    "adhesion_memory": 0.01,
    "release_memory": 0.01,
    "proliferation": 0.01,
    "t_blood": 10.0,
    "t_adherent": 10.0,
    "marrow_1": 0.01,
    "marrow_2": 0.01,
    "marrow_3": 0.01,
    "b_blood": 1.0,
    "log_blasts": 1.0,
    "il_6": 3.0,
}
"""What counts as much as the value of a series where that is near none: one for each series."""


def series_of(states: Iterable[FloatArray], people: Population) -> dict[str, FloatArray]:
    """What errors are taken of: every state by its name, but T cells as those in blood, and release as IL-6."""
    found = States(*states)._asdict()
    t_total, release = found.pop("t_total"), found.pop("release")
    found["t_blood"] = t_total - found["t_adherent"]
    found["il_6"] = people.cytokine_baseline[CYTOKINES.index("IL-6")] + people.cytokine_release[0] * release
    return found


def errors(mine: Mapping[str, FloatArray], theirs: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """|mine - theirs| / (|theirs| + scale) of every series."""
    return {name: np.abs(mine[name] - of) / (np.abs(of) + SCALES[name]) for name, of in theirs.items()}


ONE_CELL = math.log(1e-12)
"""ln of one cell of a marrow full of them: fewer cannot be there."""
LOG_BLASTS = States._fields.index("log_blasts")


SHARED = (
    *("volume", "lysis_hill", "activation_hill", "cytolytic_rate", "effector_reference", "effector_half"),
    *("b_reference", "b_turnover", "blast_reference", "blast_growth", "blood_burden_share", "return_rate"),
    *("adhesion_recovery", "desensitisation", "resensitisation", "sensing_threshold", "proliferation_loss"),
    *("homeostasis", "cytokine_loss"),
)
"""Parameters that all patients share."""
OWN = (
    *("clearance", "lysis_ec50", "activation_ec50", "kill_rate", "marrow_sensitivity", "regeneration_rate"),
    *("blast_sensitivity", "b_cells", "t_cells", "adhesion_rate", "adhesion_adaptation", "proliferation_rate"),
)
"""Parameters of a patient's own."""


def rates_of_change(
    y: Sequence[float], rate: float, p: Any, left: float, desensitises: bool, dy: MutableSequence[float]
) -> None:
    """Write the rates of change of all states of one patient, of whose cytokine release so much is left.

    The engines of the benchmark that are compiled compile it.
    """
    conc = max(y[0], 0.0)
    lytic = conc**p.lysis_hill / (conc**p.lysis_hill + p.lysis_ec50**p.lysis_hill)
    act = conc**p.activation_hill / (conc**p.activation_hill + p.activation_ec50**p.activation_hill)
    tau = y[5] / p.effector_reference
    effectors = (1.0 + p.effector_half) * tau / (p.effector_half + tau)
    blasts = math.exp(y[11])
    density = p.blood_burden_share * y[10] / p.b_reference + (1.0 - p.blood_burden_share) * blasts / p.blast_reference
    targets = 2.0 * density / (1.0 + density)
    above = max(act - y[2], 0.0)
    adhesion = p.adhesion_rate * above**3 / (above**2 + p.sensing_threshold**2)
    above = max(act - y[3], 0.0)
    signal = above**3 / (above**2 + p.sensing_threshold**2) if desensitises else act
    kill = p.kill_rate * y[1]
    dy[0] = (1000.0 * rate - p.clearance * conc) / p.volume
    dy[1] = p.cytolytic_rate * (lytic * effectors - y[1])
    dy[2] = (p.adhesion_recovery + p.adhesion_adaptation * act) * (act - y[2])
    dy[3] = (p.resensitisation + p.desensitisation * act) * (act - y[3])
    dy[4] = p.proliferation_loss * (act * effectors * targets - y[4])
    dy[5] = p.homeostasis * (p.t_cells - y[5]) + p.proliferation_rate * y[4] * p.t_cells
    dy[6] = adhesion * (y[5] - y[6]) - p.return_rate * y[6]
    dy[7] = p.regeneration_rate * (1.0 - y[7]) - p.marrow_sensitivity * kill * y[7]
    dy[8] = p.regeneration_rate * (y[7] - y[8]) - p.marrow_sensitivity * kill * y[8]
    dy[9] = p.regeneration_rate * (y[8] - y[9]) - p.marrow_sensitivity * kill * y[9]
    dy[10] = p.b_turnover * (p.b_cells * y[9] - y[10]) - kill * y[10]
    dy[11] = p.blast_growth * (1.0 - blasts) - p.blast_sensitivity * kill
    dy[12] = left * signal * effectors * targets - p.cytokine_loss * y[12]


def right_hand_side(
    patients: Population, patient: int, rate: float, options: Options, premedication: Sequence[float]
) -> RightHandSide:
    """Time derivatives of all states of one patient while `rate` (mcg/day) is infused, premedicated at earlier days."""
    c, desensitises = patients.constants, options.attenuation == "desensitisation"
    own = {name: float(getattr(patients, name)[patient]) for name in OWN}
    person = SimpleNamespace(**{name: float(getattr(c, name)) for name in SHARED}, **own)

    def derivative(t: float, y: FloatArray) -> FloatArray:
        left, dy = 1.0, [0.0] * len(y)
        for dose in premedication:
            left *= 1 - c.premedication_reduction * 0.5 ** ((t - dose) / c.premedication_half_life)
        rates_of_change(y.tolist(), rate, person, left, desensitises, dy)
        return np.array(dy)

    return derivative


def solve_reference(
    dosing: Dosing,
    population: Population,
    patient: int,
    days: FloatArray,
    *,
    options: Options | None = None,
    relative: float = 1e-10,
    method: Literal["LSODA", "Radau"] = "LSODA",
) -> FloatArray:
    """States (states, times) of one patient, restarted at every event.

    Parameters
    ----------
    days : rising times within the course.
    relative : relative tolerance; the absolute one is 1e-12.
    """
    chosen = options or Options()
    p = population
    y = initial_state(p.select(slice(patient, patient + 1)))[:, 0]
    out = np.empty((len(States._fields), days.shape[0]))
    given = dosing.premedication_minutes if chosen.premedication else ()
    first, last = dosing.edges_minutes[0], dosing.edges_minutes[-1]
    column = patient if dosing.rates.shape[1] > 1 else 0
    events = sorted({*dosing.edges_minutes, *(minute for minute in given if first < minute < last)})
    for minute, next_minute in pairwise(events):
        start, stop = minute / MINUTES_PER_DAY, next_minute / MINUTES_PER_DAY
        rate = float(dosing.rates[bisect_right(dosing.edges_minutes, minute) - 1, column])
        earlier = [dose / MINUTES_PER_DAY for dose in given if dose <= minute]
        inside = np.flatnonzero((days >= start) & (days <= stop))
        change = right_hand_side(p, patient, rate, chosen, earlier)
        wanted = np.union1d(days[inside], [start, stop])
        found = np.empty((y.shape[0], wanted.shape[0]))
        held = bool(y[LOG_BLASTS] <= ONE_CELL and change(start, y)[LOG_BLASTS] < 0.0)
        while True:
            part = solve_ivp(
                _without_blasts(change) if held else change,
                (start, stop),
                y,
                method=method,
                t_eval=np.union1d(wanted[wanted >= start], start),
                rtol=relative,
                atol=1e-12,
                first_step=min(1e-6, (stop - start) / 2),
                events=_regrowth(change) if held else _last_cell,
            )
            if not part.success:
                raise ArithmeticError(f"the reference solver stopped: {part.message}")
            at = np.isin(wanted, part.t)
            found[:, at] = part.y[:, np.isin(part.t, wanted)]
            if part.status == 0:
                break
            assert part.t_events is not None
            assert part.y_events is not None
            start, y, held = float(part.t_events[0][0]), part.y_events[0][0].copy(), not held
            y[LOG_BLASTS] = ONE_CELL
        out[:, inside] = found[:, np.searchsorted(wanted, days[inside])]
        y = found[:, -1]
    return out


def _without_blasts(change: RightHandSide) -> RightHandSide:
    """The same while there is no cell that lysis could remove."""

    def derivative(t: float, y: FloatArray) -> FloatArray:
        rates = change(t, y)
        rates[LOG_BLASTS] = 0.0
        return rates

    return derivative


def _last_cell(_: float, y: FloatArray) -> float:
    return float(y[LOG_BLASTS] - ONE_CELL)


def _regrowth(change: RightHandSide) -> Callable[[float, FloatArray], float]:
    def growing(t: float, y: FloatArray) -> float:
        return float(change(t, y)[LOG_BLASTS])

    growing.terminal, growing.direction = True, 1  # type: ignore[attr-defined]
    return growing


_last_cell.terminal, _last_cell.direction = True, -1  # type: ignore[attr-defined]
