"""Steps of order 4 for states with production and loss, and the grid that they are taken on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from blinplan.physiology.population import FloatArray

# The grid, chosen by measurement so that the greatest error stays below 1e-4 (days): the first step after a start and
# after a stop of infusion (a stop is smoother), the growth of the steps with the time since each, the greatest step.
FIRST_STEP, FIRST_FREE_STEP, SLOPE, FREE_SLOPE, GREATEST_STEP = 0.003, 0.004, 0.08, 0.07, 1.0
# Where cytolytic proteins act faster than this (1/day), what follows them is steeper and the steps are smaller.
_USUAL_CYTOLYTIC_RATE, _REFINEMENT = 3.2, 0.65


def refinement(cytolytic_rate: float) -> float:
    """Factor on all steps for a population, 1 or less."""
    return float(min(1.0, (_USUAL_CYTOLYTIC_RATE / cytolytic_rate) ** _REFINEMENT))


def lagrange(nodes: FloatArray, day: float, points: int = 6) -> tuple[int, FloatArray]:
    """First node and weights of the polynomial through the nodes nearest to a day."""
    count = min(points, nodes.shape[0])
    index = int(np.searchsorted(nodes, day))
    if index < nodes.shape[0] and nodes[index] == day:
        return index, np.ones(1)
    first = min(max(index - (count + 1) // 2, 0), nodes.shape[0] - count)
    near = nodes[first : first + count]
    weights = np.array([np.prod([(day - b) / (a - b) for b in near if b != a]) for a in near])
    return first, weights


@lru_cache(maxsize=256)
def steps_of(duration: float, coarseness: float, *, infusing: bool) -> tuple[float, ...]:
    """Steps in days that fill an interval: short after the event at its start, then growing."""
    first, slope = (FIRST_STEP, SLOPE) if infusing else (FIRST_FREE_STEP, FREE_SLOPE)
    steps, covered = [], 0.0
    while covered < duration:
        step = coarseness * min(first + slope * covered, GREATEST_STEP)
        steps.append(step)
        covered += step
    return tuple(s * duration / covered for s in steps)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of one exponential collocation step with a constant loss rate r.

    Every array has the middle and the end of the step on its first axis: `decay` is exp(-r t), the others are the
    integrals of exp(-r (t - s)) times the Lagrange polynomials at the start, middle and end of the step.
    """

    decay: FloatArray
    start: FloatArray
    middle: FloatArray
    end: FloatArray

    def integral(self, start: FloatArray, inside: FloatArray) -> FloatArray:
        """Gain of a state from its production at the start, and at the middle and end (2, ...)."""
        total = self.start * start
        total += self.middle * inside[0]
        total += self.end * inside[1]
        return total

    def relax(self, y: FloatArray, start: FloatArray, inside: FloatArray, out: FloatArray) -> None:
        """State at the middle and end of the step (2, N)."""
        total = self.integral(start, inside)
        np.add(total, self.decay * y, out=out)


@lru_cache(maxsize=4096)
def _scales(step: float, dimensions: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Factors for the middle and the end of a step: its length, and those of the three moments below."""
    shape = (2,) + (1,) * dimensions
    length = np.array([0.5 * step, step]).reshape(shape)
    first = np.array([0.25 * step, step]).reshape(shape)
    second = np.array([0.25 * step, 2.0 * step]).reshape(shape)
    return -length, length, first, second


def weights(rate: FloatArray, step: float) -> Weights:
    """Weights for a loss rate (above 0) held over one step."""
    minus_length, length, by_first, by_second = _scales(step, rate.ndim)
    decay = rate * minus_length
    inverse = np.divide(-1.0, decay)
    np.exp(decay[0], out=decay[0])
    np.multiply(decay[0], decay[0], out=decay[1])
    # Integrals over u in 0 to 1 of exp(-x (1 - u)) u^n for n = 0, 1, 2, each from the one before by parts.
    start = np.subtract(1.0, decay)
    start *= inverse
    first = np.subtract(1.0, start)
    first *= inverse
    end = first * -2.0
    end += 1.0
    end *= inverse
    # Combined to the integrals against the Lagrange polynomials.
    start *= length
    first *= by_first
    end *= by_second
    end -= first
    middle = np.subtract(first, end, out=inverse)
    middle *= 2.0
    first *= 2.0
    start += end
    start -= first
    return Weights(decay, start, middle, end)


@lru_cache(maxsize=4096)
def shared_weights(rate: float, step: float) -> Weights:
    """Weights, (2, 1), for a loss rate that all patients share."""
    return weights(np.array([rate]), step)


@dataclass(frozen=True, slots=True)
class Varying:
    """One step for a loss rate that varies: its integral gives the decay, the rest is collocated around its mean."""

    weights: Weights
    decay: FloatArray
    own: FloatArray
    cross: FloatArray

    @classmethod
    def of(cls, start: FloatArray, inside: FloatArray, step: float) -> Varying:
        """Weights from the loss rate at the start (..., N), and at the middle and end (2, ..., N) of a step."""
        mean = 4.0 * inside[0]
        mean += inside[1]
        mean += start
        mean *= 1.0 / 6.0
        w = weights(mean, step)
        excess = inside - mean
        # Decay to the middle: that of the mean rate times exp of a small number, here its Padé approximant.
        shift = inside[1] - start
        shift *= 0.0625 * step
        square = shift * shift
        square *= 1.0 / 3.0
        square += 1.0
        w.decay[0] *= (square + shift) / (square - shift)
        own = np.empty_like(excess)
        cross = np.empty_like(excess)
        np.multiply(w.middle[0], excess[0], out=own[1])
        np.multiply(w.end[1], excess[1], out=own[0])
        own += 1.0
        np.multiply(w.end[0], excess[1], out=cross[0])
        np.multiply(w.middle[1], excess[0], out=cross[1])
        determinant = own[0] * own[1]
        determinant -= cross[0] * cross[1]
        np.reciprocal(determinant, out=determinant)
        own *= determinant
        cross *= determinant
        return cls(w, w.decay, own, cross)

    def relax(self, y: FloatArray, start: FloatArray, inside: FloatArray, out: FloatArray) -> None:
        """State at the middle and end of the step (2, N)."""
        gain = self.weights.integral(start, inside)
        total = self.own * gain
        gain *= self.cross[::-1]
        total -= gain[::-1]
        np.add(total, self.decay * y, out=out)


@dataclass(frozen=True, slots=True)
class Polynomial:
    """One step by collocation on polynomials (Lobatto IIIA, order 4, A-stable).

    Cheaper than the exponential form; for states whose loss is slow against the step where they still move.
    """

    middle: FloatArray
    end: FloatArray
    inverse: FloatArray
    step: float

    @classmethod
    def of(cls, loss: FloatArray, step: float) -> Polynomial:
        """Coefficients from the loss rate at the middle and end (2, ...) of a step."""
        middle, end = loss[0] * (step / 3.0), loss[1] * (step / 6.0)
        inverse = middle * end
        inverse *= 1.5
        inverse += middle
        inverse += end
        inverse += 1.0
        np.reciprocal(inverse, out=inverse)
        return cls(middle, end, inverse, step)

    def relax(self, y: FloatArray, slope: FloatArray, inside: FloatArray, out: FloatArray) -> None:
        """State at the middle and end of the step, from its time derivative at the start and production inside."""
        middle = 8.0 * inside[0]
        middle -= inside[1]
        middle += 5.0 * slope
        middle *= self.step / 24.0
        middle += y
        end = 4.0 * inside[0]
        end += inside[1]
        end += slope
        end *= self.step / 6.0
        end += y
        mixed = self.end + 1.0
        mixed *= middle
        mixed += (0.25 * self.end) * end
        np.multiply(mixed, self.inverse, out=out[0])
        middle *= 2.0
        middle -= end
        middle *= self.middle
        end -= middle
        np.multiply(end, self.inverse, out=out[1])


def track(
    y: FloatArray,
    loss: tuple[FloatArray, FloatArray],
    production: tuple[FloatArray, FloatArray],
    step: float,
    out: FloatArray,
) -> None:
    """State at the middle and end of a step by exponential collocation around the loss rate at its end.

    For states that soon follow production over loss, whatever the size of the loss.

    Parameters
    ----------
    loss, production : at the start (N), and at the middle and end (2, N).
    """
    (loss_0, inside), (start, new) = loss, production
    w = weights(inside[1], step)
    gain = w.integral(start - (loss_0 - inside[1]) * y, new)
    gain += w.decay * y
    excess = inside[0] - inside[1]
    np.divide(gain[0], 1.0 + w.middle[0] * excess, out=out[0])
    np.subtract(gain[1], w.middle[1] * excess * out[0], out=out[1])


@dataclass(slots=True)
class Trend:
    """A signal at the start, middle and end of the last step, to foretell the next."""

    start: FloatArray
    middle: FloatArray
    end: FloatArray
    step: float

    @classmethod
    def steady(cls, value: FloatArray) -> Trend:
        """A signal that has not moved yet."""
        return cls(value, value, value, 1.0)

    def foretell(self, step: float) -> FloatArray:
        """The parabola through the last nodes, at the middle and end of the next step (2, N)."""
        s = np.array([0.5 * step, step])[:, None] / self.step
        total = (2.0 * s * s + s) * self.start
        total -= (4.0 * s * (s + 1.0)) * self.middle
        total += (2.0 * s * s + 3.0 * s + 1.0) * self.end
        return np.asarray(total)
