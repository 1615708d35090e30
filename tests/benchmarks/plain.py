"""What somebody would write in an afternoon: Dormand-Prince 5(4) compiled by numba, one patient after the other.

The equations are those of the witness, the step is controlled by the embedded error, and days in between are read off
the interpolant of order 4 that belongs to the method (Shampine, Math Comput 1986;46:135).
"""

from concurrent.futures import ThreadPoolExecutor
from math import exp

import numba
import numpy as np

from blinplan.physiology.model.dosing import Dosing
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import initial_state
from blinplan.quantities import MINUTES_PER_DAY

_SHARED = (
    "volume",
    "lysis_hill",
    "activation_hill",
    "cytolytic_rate",
    "effector_reference",
    "effector_half",
    "b_reference",
    "b_turnover",
    "blast_reference",
    "blast_growth",
    "blood_burden_share",
    "return_rate",
    "adhesion_recovery",
    "desensitisation",
    "resensitisation",
    "sensing_threshold",
    "proliferation_loss",
    "homeostasis",
    "cytokine_loss",
)
_OWN = (
    "clearance",
    "lysis_ec50",
    "activation_ec50",
    "kill_rate",
    "marrow_sensitivity",
    "regeneration_rate",
    "blast_sensitivity",
    "b_cells",
    "t_cells",
    "adhesion_rate",
    "adhesion_adaptation",
    "proliferation_rate",
)
_STAGES = np.array(
    [
        [0, 0, 0, 0, 0, 0],
        [1 / 5, 0, 0, 0, 0, 0],
        [3 / 40, 9 / 40, 0, 0, 0, 0],
        [44 / 45, -56 / 15, 32 / 9, 0, 0, 0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0, 0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
_ERROR = np.array([-71 / 57600, 0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40])
_DENSE = np.array(
    [
        [1, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
        [0, 0, 0, 0],
        [0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
        [0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
        [0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
        [0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
        [0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
    ]
)


def parameters_of(people: Population) -> FloatArray:
    """The parameters of each patient (patients, parameters), shared ones first."""
    shared = np.array([float(getattr(people.constants, name)) for name in _SHARED])
    own = np.stack([getattr(people, name) for name in _OWN], axis=1)
    return np.ascontiguousarray(np.hstack([np.tile(shared, (people.size, 1)), own]))


@numba.njit(nogil=True, cache=False)
def derivative(y, rate, p, dy):  # type: ignore[no-untyped-def]
    """Rates of change of all states of one patient."""
    volume, hill, act_hill, cyto_rate, reference, half = p[0], p[1], p[2], p[3], p[4], p[5]
    b_reference, b_turnover, blast_reference, blast_growth, share = p[6], p[7], p[8], p[9], p[10]
    back, recovery, desensitisation, resensitisation, threshold = p[11], p[12], p[13], p[14], p[15]
    prolif_loss, homeostasis, cytokine_loss = p[16], p[17], p[18]
    clearance, lysis, activation, kill_rate, phi, r, blast = p[19], p[20], p[21], p[22], p[23], p[24], p[25]
    b_cells, t_cells, adhesion_rate, adaptation, prolif_rate = p[26], p[27], p[28], p[29], p[30]
    conc = max(y[0], 0.0)
    lytic = conc**hill / (conc**hill + lysis**hill)
    act = conc**act_hill / (conc**act_hill + activation**act_hill)
    tau = y[5] / reference
    effectors = (1.0 + half) * tau / (half + tau)
    blasts = exp(y[11])
    density = share * y[10] / b_reference + (1.0 - share) * blasts / blast_reference
    targets = 2.0 * density / (1.0 + density)
    above = max(act - y[2], 0.0)
    adhesion = adhesion_rate * above**3 / (above**2 + threshold**2)
    above = max(act - y[3], 0.0)
    signal = above**3 / (above**2 + threshold**2)
    kill = kill_rate * y[1]
    dy[0] = (1000.0 * rate - clearance * y[0]) / volume
    dy[1] = cyto_rate * (lytic * effectors - y[1])
    dy[2] = (recovery + adaptation * act) * (act - y[2])
    dy[3] = (resensitisation + desensitisation * act) * (act - y[3])
    dy[4] = prolif_loss * (act * effectors * targets - y[4])
    dy[5] = homeostasis * (t_cells - y[5]) + prolif_rate * y[4] * t_cells
    dy[6] = adhesion * (y[5] - y[6]) - back * y[6]
    dy[7] = r * (1.0 - y[7]) - phi * kill * y[7]
    dy[8] = r * (y[7] - y[8]) - phi * kill * y[8]
    dy[9] = r * (y[8] - y[9]) - phi * kill * y[9]
    dy[10] = b_turnover * (b_cells * y[9] - y[10]) - kill * y[10]
    dy[11] = blast_growth * (1.0 - blasts) - blast * kill
    dy[12] = signal * effectors * targets - cytokine_loss * y[12]


@numba.njit(nogil=True, cache=False)
def _solve(edges, rates, parameters, starts, days, tolerance, out, method):  # type: ignore[no-untyped-def] # noqa: C901, PLR0912
    (relative, absolute), (stages, error, dense), states = tolerance, method, starts.shape[0]
    k = np.empty((7, states))
    trial = np.empty(states)
    for patient in range(starts.shape[1]):
        y, p = starts[:, patient].copy(), parameters[patient]
        day = 0
        for interval in range(edges.shape[0] - 1):
            rate = rates[interval, patient if rates.shape[1] > 1 else 0]
            t, stop = edges[interval], edges[interval + 1]
            h = 1e-3
            derivative(y, rate, p, k[0])
            while t < stop:
                h = min(h, stop - t)
                for stage in range(1, 7):
                    for i in range(states):
                        total = 0.0
                        for j in range(stage):
                            total += stages[stage, j] * k[j, i]
                        trial[i] = y[i] + h * total
                    derivative(trial, rate, p, k[stage])
                norm = 0.0
                for i in range(states):
                    e = 0.0
                    for j in range(7):
                        e += error[j] * k[j, i]
                    e *= h / (absolute + relative * max(abs(y[i]), abs(trial[i])))
                    norm += e * e
                norm = (norm / states) ** 0.5
                if norm <= 1.0:
                    last = t + h >= stop - 1e-12
                    while day < days.shape[0] and (days[day] <= t + h or (last and days[day] <= stop)):
                        x = (days[day] - t) / h
                        for i in range(states):
                            total = 0.0
                            for j in range(7):
                                total += (
                                    k[j, i]
                                    * x
                                    * (dense[j, 0] + x * (dense[j, 1] + x * (dense[j, 2] + x * dense[j, 3])))
                                )
                            out[i, day, patient] = y[i] + h * total
                        day += 1
                    t = stop if last else t + h
                    for i in range(states):
                        y[i] = trial[i]
                        k[0, i] = k[6, i]
                h *= min(5.0, max(0.2, 0.9 * max(norm, 1e-10) ** -0.2))


def by_plain(
    dosing: Dosing, people: Population, days: FloatArray, relative: float, absolute: float, threads: int = 1
) -> FloatArray:
    """Every state (states, times, patients) of all patients."""
    edges = np.array(dosing.edges_minutes) / MINUTES_PER_DAY
    parameters, starts = parameters_of(people), np.ascontiguousarray(initial_state(people))
    out = np.empty((starts.shape[0], days.shape[0], people.size))

    def some(first: int) -> None:
        which = slice(first, first + size)
        rates = dosing.rates if dosing.rates.shape[1] == 1 else np.ascontiguousarray(dosing.rates[:, which])
        part = np.empty((starts.shape[0], days.shape[0], parameters[which].shape[0]))
        mine = np.ascontiguousarray(starts[:, which])
        _solve(edges, rates, parameters[which], mine, days, (relative, absolute), part, (_STAGES, _ERROR, _DENSE))
        out[..., which] = part

    size = max(1, -(-people.size // (8 * threads))) if threads > 1 else people.size
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, range(0, people.size, size)))
    return out
