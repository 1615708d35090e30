"""The limits that decide the rules, as they come with the program."""

from functools import cache

from blinplan.course.label import label
from blinplan.frozen import FrozenMapping
from blinplan.limits import Limit, Limits, limits_in

__all__ = ["Limit", "Limits", "shipped_limits"]


@cache
def shipped_limits() -> Limits:
    """All limits: those of the rules, and what the label says of interruptions."""
    assert __package__ is not None  # noqa: S101
    return FrozenMapping({**limits_in(__package__, "limits.toml"), **label()})
