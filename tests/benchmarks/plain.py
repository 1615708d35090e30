"""What somebody would write in an afternoon: Dormand-Prince 5(4) compiled by numba, one patient after the other.

The equations are those of the witness, the step is controlled by the embedded error, and days in between are read off
the interpolant of order 4 that belongs to the method (Shampine, Math Comput 1986;46:135).
"""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.model.dosing import Dosing
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import initial_state
from blinplan.quantities import MINUTES_PER_DAY
from tests.witness import OWN, SHARED, rates_of_change

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


_rates_of_change = numba.njit(nogil=True, cache=False)(rates_of_change)


def parameters_of(people: Population) -> NDArray[np.void]:
    """The parameters of each patient by their names."""
    found = np.empty(people.size, dtype=[(name, np.float64) for name in (*SHARED, *OWN)])
    for name in SHARED:
        found[name] = getattr(people.constants, name)
    for name in OWN:
        found[name] = getattr(people, name)
    return found


@numba.njit(nogil=True, cache=False)
def derivative(y, rate, p, dy):  # type: ignore[no-untyped-def]
    """Rates of change of all states of one patient."""
    _rates_of_change(y, rate, p, 1.0, True, dy)


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
