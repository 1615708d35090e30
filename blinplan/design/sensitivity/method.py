"""The methods, apart from what computes them: importing this costs nothing."""

from enum import StrEnum


class SensitivityMethod(StrEnum):
    """How it is found on what an endpoint depends: over parameters of the model, or between patients."""

    MORRIS = "morris"
    SOBOL = "sobol"
    CORRELATION = "correlation"
