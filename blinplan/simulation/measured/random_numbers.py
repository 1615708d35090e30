"""Random numbers by what they are for: each follows from a key and a counter alone, whatever else is drawn.

Philox 4x32 with ten rounds (Salmon et al., SC11: Parallel random numbers, as easy as 1, 2, 3).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.model.normal import normal_quantile
from blinplan.physiology.model.population import FloatArray

Words = NDArray[np.uint64]
"""Numbers of 32 bits; in 64, so that their products fit."""

_MASK, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_FACTORS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_STEPS = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10


def philox(counter: Sequence[Words], key: tuple[int, int]) -> tuple[Words, Words, Words, Words]:
    """Four words of 32 bits for each counter of four."""
    first, second, third, fourth = np.broadcast_arrays(*counter)
    for number in range(_ROUNDS):
        keys = [np.uint64((word + number * step) & 0xFFFFFFFF) for word, step in zip(key, _STEPS, strict=True)]
        one, other = first * _FACTORS[0], third * _FACTORS[1]
        first, second, third, fourth = (
            (other >> _HALF) ^ second ^ keys[0],
            other & _MASK,
            (one >> _HALF) ^ fourth ^ keys[1],
            one & _MASK,
        )
    return first, second, third, fourth


def normals(seed: int, *counter: Words) -> FloatArray:
    """A standard normal number for each counter of four words, of a seed below 2^64."""
    high, low, _, _ = philox(counter, (seed & 0xFFFFFFFF, seed >> 32))
    bits = ((high >> np.uint64(6)) << np.uint64(26)) | (low >> np.uint64(6))
    return normal_quantile((bits.astype(np.float64) + 0.5) * 2.0**-52)
