"""The standard normal distribution, by SciPy.

SciPy's special functions are imported when one is asked for: they take longer to import than the model takes to show.
"""

import numpy as np

from blinplan.physiology.model.population import FloatArray


def normal_share_below(deviation: FloatArray | float) -> FloatArray:
    """What share of a standard normal distribution lies below so many standard deviations."""
    from scipy.special import ndtr

    return np.asarray(ndtr(deviation), dtype=np.float64)


def normal_quantile(share: FloatArray | float) -> FloatArray:
    """Below how many standard deviations such a share of it lies."""
    from scipy.special import ndtri

    return np.asarray(ndtri(share), dtype=np.float64)
