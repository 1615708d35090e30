"""The limits that decide the rules, as they come with the program."""

from functools import cache
from importlib import resources

from blinplan.course.label import label
from blinplan.frozen import FrozenMapping
from blinplan.limits import Limit, Limits, limits_in

__all__ = ["Limit", "Limits", "shipped_limits"]

_FAMILIES, _FILE = "blinplan.rules.families", "limits.toml"


@cache
def shipped_limits() -> Limits:
    """All limits: those that stand beside the families of rules, and what the label says of interruptions."""
    limits = {name: limit for family in _families_with_limits() for name, limit in limits_in(family, _FILE).items()}
    return FrozenMapping({**limits, **label()})


def _families_with_limits() -> list[str]:
    folders = sorted(resources.files(_FAMILIES).iterdir(), key=lambda folder: folder.name)
    return [f"{_FAMILIES}.{folder.name}" for folder in folders if folder.joinpath(_FILE).is_file()]
