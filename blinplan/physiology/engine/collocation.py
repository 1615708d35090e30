"""Steps of order 4 for states with production and loss, y' = p - r y.

Exponential collocation: y(t) = exp(-r t) y(0) + integral of exp(-r (t - s)) p(s), with p replaced by the parabola
through its values at the start, middle and end of the step (Hochbruck and Ostermann, Acta Numerica 19, 2010,
section 2). Exact for every production that is a parabola, however large r.

Every function holds for one patient (numbers) and for many (arrays), so that the same lines run on NumPy and compiled.
A pair is the value at the middle and at the end of a step. What is changed in place was made in the same function.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from blinplan.physiology.engine.exponential import exponential
from blinplan.physiology.model.population import FloatArray

Pair = tuple[FloatArray, FloatArray]


class Weights(NamedTuple):
    """Weights of one exponential collocation step with a constant loss rate r.

    `decay` is exp(-r t), the others are the integrals of exp(-r (t - s)) times the Lagrange polynomials at the start,
    middle and end of the step; each a pair.
    """

    decay: Pair
    start: Pair
    middle: Pair
    end: Pair


def weights(rate: FloatArray | float, step: FloatArray | float) -> Weights:
    """Weights for a loss rate (above 0) held over one step; a number where all patients share it."""
    exponent: Any = (-0.5 * step) * rate
    decay = exponential(exponent)
    whole = decay * decay
    inverse = -1.0 / exponent
    half_start, half_middle, half_end = _integrals(inverse, 2.0 * inverse, decay, 0.5 * step, 0.25 * step, 0.5 * step)
    start, middle, end = _integrals(0.5 * inverse, inverse, whole, step, step, 4.0 * step)
    return Weights((decay, whole), (half_start, start), (half_middle, middle), (half_end, end))


def _integrals(
    inverse: FloatArray,
    double: FloatArray,
    decay: FloatArray,
    length: FloatArray | float,
    by_first: FloatArray | float,
    by_second: FloatArray | float,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Integrals against the Lagrange polynomials, from those against 1, u and u squared on the unit interval.

    With x the exponent, of which the inverse and its double are given: I0 = (1 - exp(-x)) / x, I1 = (1 - I0) / x,
    I2 = (1 - 2 I1) / x, each by parts from the one before it. Over a whole step the polynomials are 1 - 3 u + 2 u²,
    4 u - 4 u² and 2 u² - u; over its first half the same at u / 2. The last arguments scale I0, 2 I1 and 2 I2 to the
    step: doubling is exact.

    The trap: every division by a small x loses digits, about 1e-16 / x³ of a step at the last (2e-7 at x = 0.001). The
    three errors cancel in the sum and in the first moment, so that only the second difference of a production meets
    them, and on steps so short that is smaller still. A weight alone must not be used for x below 0.01.
    """
    start = 1.0 - decay
    start *= inverse
    first = 1.0 - start
    first *= double
    end = 1.0 - first
    end *= inverse
    start *= length
    first *= by_first
    end *= by_second
    end -= first
    middle = first - end
    end *= 0.5
    start += end
    start -= first
    return start, middle, end


def _gain(w: Weights, start: FloatArray, inside: Pair) -> Pair:
    """What a production adds by the middle and by the end of a step, its own decay taken off."""
    return (
        _sum(w.start[0], w.middle[0], w.end[0], start, inside),
        _sum(w.start[1], w.middle[1], w.end[1], start, inside),
    )


def _sum(
    by_start: FloatArray, by_middle: FloatArray, by_end: FloatArray, start: FloatArray, inside: Pair
) -> FloatArray:
    total = by_start * start
    total += by_middle * inside[0]
    total += by_end * inside[1]
    return total


def relax(w: Weights, y: FloatArray, start: FloatArray, inside: Pair) -> Pair:
    """State after a step with a constant loss rate, from its production at the start and inside."""
    middle, end = _gain(w, start, inside)
    return _with_rest(middle, w.decay[0], y), _with_rest(end, w.decay[1], y)


def _with_rest(gain: FloatArray, decay: FloatArray, y: FloatArray) -> FloatArray:
    gain += decay * y
    return gain


class Varying(NamedTuple):
    """One step for a loss rate that varies: its integral gives the decay, the rest is collocated around its mean."""

    weights: Weights
    decay_middle: FloatArray
    own: Pair
    cross: Pair


def varying(start: FloatArray, inside: Pair, step: float) -> Varying:
    """Prepare a step from the loss rate at its start and inside.

    y is exp(-integral of r) y(0) and what production adds; the gain g starts at 0 and follows g' = p - r g. Around the
    mean rate R (by Simpson's rule) its excess e = r - R is collocated at the middle and the end, with W the weights:

        g_m + W_mm e_m g_m + W_me e_e g_e = gain_m,    g_e + W_em e_m g_m + W_ee e_e g_e = gain_e

    `own` and `cross` are its inverse. The excess at the start multiplies g(0) = 0, and does not appear.
    """
    mean = 4.0 * inside[0]
    mean += inside[1]
    mean += start
    mean *= 1.0 / 6.0
    w = weights(mean, step)
    excess_middle, excess_end = inside[0] - mean, inside[1] - mean
    # Decay to the middle: that of the mean rate times exp z, z = step (r_end - r_start) / 8, by the parabola through r.
    # exp z is here its Padé approximant (1 + z/2 + z²/12) / (1 - z/2 + z²/12): exact to z⁵/720, and positive for all z,
    # which a series is not.
    shift = inside[1] - start
    shift *= 0.0625 * step
    square = shift * shift
    square *= 1.0 / 3.0
    square += 1.0
    decay_middle = w.decay[0] * (square + shift) / (square - shift)
    own_end = w.middle[0] * excess_middle
    own_end += 1.0
    own_middle = w.end[1] * excess_end
    own_middle += 1.0
    cross_end = w.middle[1] * excess_middle
    cross_middle = w.end[0] * excess_end
    determinant = own_middle * own_end
    determinant -= cross_middle * cross_end
    inverse = 1.0 / determinant
    own_middle *= inverse
    own_end *= inverse
    cross_middle *= inverse
    cross_end *= inverse
    return Varying(w, decay_middle, (own_middle, own_end), (cross_middle, cross_end))


def relax_varying(v: Varying, y: FloatArray, start: FloatArray, inside: Pair) -> Pair:
    """State after a step with a loss rate that varies, from its production at the start and inside."""
    gain_middle, gain_end = _gain(v.weights, start, inside)
    middle = v.own[0] * gain_middle
    middle -= v.cross[0] * gain_end
    middle += v.decay_middle * y
    end = v.own[1] * gain_end
    end -= v.cross[1] * gain_middle
    end += v.weights.decay[1] * y
    return middle, end


class Polynomial(NamedTuple):
    """One step by collocation on polynomials: Lobatto IIIA with three stages, order 4.

    Hairer and Wanner, Solving Ordinary Differential Equations II, section IV.5. Cheaper than the exponential form.

    The trap: it is A-stable and not L-stable. Where the loss is fast against the step, what is left of a disturbance is
    multiplied by nearly 1 instead of 0, so that it is for states whose loss is slow where they still move.
    """

    middle: FloatArray
    end: FloatArray
    inverse: FloatArray
    step: float


def polynomial(loss: tuple[FloatArray | float, FloatArray | float], step: float) -> Polynomial:
    """Prepare a step from the loss rate inside it; numbers where all patients share it.

    With a = h r_m / 3 and b = h r_e / 6 the two stages are y_m = M - a y_m + b y_e / 4 and y_e = E - 2 a y_m - b y_e,
    M and E what the start and the production give; the determinant is 1 + a + b + 3 a b / 2, never 0.
    """
    middle: Any = loss[0] * (step / 3.0)
    end: Any = loss[1] * (step / 6.0)
    inverse = middle * end
    inverse *= 1.5
    inverse += middle
    inverse += end
    inverse += 1.0
    return Polynomial(middle, end, 1.0 / inverse, step)


def relax_polynomial(p: Polynomial, y: FloatArray, slope: FloatArray, inside: Pair) -> Pair:
    """State after a step, from its time derivative at the start and its production inside."""
    middle = 8.0 * inside[0]
    middle -= inside[1]
    middle += 5.0 * slope
    middle *= p.step / 24.0
    middle += y
    end = 4.0 * inside[0]
    end += inside[1]
    end += slope
    end *= p.step / 6.0
    end += y
    mixed = p.end + 1.0
    mixed *= middle
    mixed += (0.25 * p.end) * end
    mixed *= p.inverse
    middle *= 2.0
    middle -= end
    middle *= p.middle
    end -= middle
    end *= p.inverse
    return mixed, end


class Tracking(NamedTuple):
    """One step by exponential collocation around the loss rate at its end, for states that soon follow it."""

    weights: Weights
    excess_start: FloatArray
    by_middle: FloatArray
    cross: FloatArray


def tracking(start: FloatArray, inside: Pair, step: float) -> Tracking:
    """Prepare a step from the loss rate at its start and inside.

    For states that soon follow production over loss, whatever the size of the loss. Around the rate at the end the
    excess there is 0, so that the middle follows without the end, and then the end from the middle.
    """
    w = weights(inside[1], step)
    excess = inside[0] - inside[1]
    return Tracking(w, start - inside[1], 1.0 / (1.0 + w.middle[0] * excess), w.middle[1] * excess)


def track(t: Tracking, y: FloatArray, start: FloatArray, inside: Pair) -> Pair:
    """State after a step, from its production at the start and inside."""
    middle, end = _gain(t.weights, start - t.excess_start * y, inside)
    middle, end = _with_rest(middle, t.weights.decay[0], y), _with_rest(end, t.weights.decay[1], y)
    middle *= t.by_middle
    end -= t.cross * middle
    return middle, end


class Trend(NamedTuple):
    """A signal at the start, middle and end of the last step, to foretell the next."""

    start: FloatArray
    middle: FloatArray
    end: FloatArray


def trend_at_event(value: FloatArray, slope: FloatArray, step: float) -> Trend:
    """What is known where the infusion changes, a value and its rate of change, as if a step had led there."""
    return Trend(value - step * slope, value - (0.5 * step) * slope, value)


def foretell(trend: Trend, last_step: float, step: float) -> Pair:
    """The parabola through the nodes of the last step, at the middle and end of the next.

    With s = 0 at the end of the last step, -1 at its start and -1/2 at its middle.
    """
    return _parabola(trend, 0.5 * step / last_step), _parabola(trend, step / last_step)


def _parabola(trend: Trend, s: float) -> FloatArray:
    total = (2.0 * s * s + s) * trend.start
    total -= (4.0 * s * (s + 1.0)) * trend.middle
    total += (2.0 * s * s + 3.0 * s + 1.0) * trend.end
    return total


class Blend(NamedTuple):
    """Weights of the values and of the slopes at the start, middle and end of a step."""

    value_start: float
    value_middle: float
    value_end: float
    slope_start: float
    slope_middle: float
    slope_end: float


def blend(
    w: Blend,
    start: FloatArray,
    middle: FloatArray,
    end: FloatArray,
    slope_start: FloatArray,
    slope_middle: FloatArray,
    slope_end: FloatArray,
) -> FloatArray:
    """A state inside a step, on the polynomial of fifth degree through its nodes and its slopes there."""
    total = w.value_start * start
    total += w.value_middle * middle
    total += w.value_end * end
    total += w.slope_start * slope_start
    total += w.slope_middle * slope_middle
    total += w.slope_end * slope_end
    return total
