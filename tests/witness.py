"""The witness: the same equations written out for one patient and solved by SciPy to a relative error of 1e-10.

It shares no code with `mechanism` and `integrate`, so that a slip in either shows.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.integrate import solve_ivp

from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import States, initial_state
from blinplan.quantities import MINUTES_PER_DAY

RightHandSide = Callable[[float, FloatArray], FloatArray]

# Physiological scales: 10 pg/mL of drug (a fifth of the assay's limit), 1 % of a signal and of marrow, 10 T cells/µL,
# 1 B cell/µL, 0.01 of ln blasts, 3 pg/mL of IL-6 (its baseline).
SCALES = {
    "concentration": 10.0,
    "cytolytic": 0.01,
    "adhesion_memory": 0.01,
    "release_memory": 0.01,
    "proliferation": 0.01,
    "t_blood": 10.0,
    "t_adherent": 10.0,
    "marrow": 0.01,
    "b_blood": 1.0,
    "log_blasts": 1.0,
    "il6": 3.0,
}


ONE_CELL = math.log(1e-12)
"""ln of one cell of a marrow full of them: fewer cannot be there."""
LOG_BLASTS = States._fields.index("log_blasts")


def right_hand_side(
    patients: Population, patient: int, rate: float, options: Options, premedication: Sequence[float]
) -> RightHandSide:
    """Time derivatives of all states of one patient while `rate` (mcg/day) is infused, premedicated at earlier days."""
    p, c, i = patients, patients.constants, patient

    def surplus(activation: float, memory: float) -> float:
        above = max(activation - memory, 0.0)
        return above**3 / (above**2 + c.sensing_threshold**2)

    def derivative(t: float, y: FloatArray) -> FloatArray:
        conc, cyto, m_a, m_c, prolif, t_tot, t_adh, p1, p2, p3, b, log_l, x = (float(v) for v in y)
        conc = max(conc, 0.0)
        lytic = conc**c.lysis_hill / (conc**c.lysis_hill + p.lysis_ec50[i] ** c.lysis_hill)
        act = conc**c.activation_hill / (conc**c.activation_hill + p.activation_ec50[i] ** c.activation_hill)
        tau = t_tot / c.effector_reference
        effectors = (1 + c.effector_half) * tau / (c.effector_half + tau)
        blasts = math.exp(log_l)
        density = c.blood_burden_share * b / c.b_reference + (1 - c.blood_burden_share) * blasts / c.blast_reference
        targets = 2 * density / (1 + density)
        adhesion = p.adhesion_rate[i] * surplus(act, m_a)
        kill = p.kill_rate[i] * cyto
        r, phi = p.regeneration_rate[i], p.marrow_sensitivity[i]
        signal = surplus(act, m_c) if options.attenuation == "desensitisation" else act
        for dose in premedication:
            signal *= 1 - c.premedication_reduction * 0.5 ** ((t - dose) / c.premedication_half_life)
        release = signal * effectors * targets
        growing = c.blast_growth * (1 - blasts) - p.blast_sensitivity[i] * kill
        return np.array(
            [
                (1000.0 * rate - p.clearance[i] * conc) / c.volume,
                c.cytolytic_rate * (lytic * effectors - cyto),
                (c.adhesion_recovery + p.adhesion_adaptation[i] * act) * (act - m_a),
                (c.resensitisation + c.desensitisation * act) * (act - m_c),
                c.proliferation_loss * (act * effectors * targets - prolif),
                c.homeostasis * (p.t_cells[i] - t_tot) + p.proliferation_rate[i] * prolif * p.t_cells[i],
                adhesion * (t_tot - t_adh) - c.return_rate * t_adh,
                r * (1 - p1) - phi * kill * p1,
                r * (p1 - p2) - phi * kill * p2,
                r * (p2 - p3) - phi * kill * p3,
                c.b_turnover * (p.b_cells[i] * p3 - b) - kill * b,
                growing,
                release - c.cytokine_loss * x,
            ]
        )

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
