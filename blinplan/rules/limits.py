"""The limits that decide the rules, as they come with the program."""

from functools import cache
from importlib import resources

from blinplan.course.label import label
from blinplan.frozen import FrozenMapping
from blinplan.limits import Limit, Limits, limits_in

__all__ = ["Limit", "Limits", "shipped_limits"]

_FAMILIES = "blinplan.rules.families"


@cache
def shipped_limits() -> Limits:
    """All limits: those that stand beside the families of rules, and what the label says of interruptions."""
    files = sorted(file.name for file in resources.files(_FAMILIES).iterdir() if file.name.endswith(".toml"))
    limits = {name: limit for file in files for name, limit in limits_in(_FAMILIES, file).items()}
    return FrozenMapping({**limits, **label()})
