"""Where parameter sets come from, apart from what reads them: importing this costs nothing."""

from enum import StrEnum


class SetsOf(StrEnum):
    """Where parameter sets come from: drawn within published standard errors, or plausible."""

    PUBLISHED = "published"
    PLAUSIBLE = "plausible"
