"""The limits that decide the rules, as they come with the program."""

from functools import cache
from pathlib import Path

from blinplan.course.label import label
from blinplan.frozen import FrozenMapping
from blinplan.limits import Limit, Limits, limits_in

__all__ = ["Limit", "Limits", "shipped_limits"]

_FAMILIES = Path(__file__).with_name("families")


@cache
def shipped_limits() -> Limits:
    """All limits: those that stand beside the families of rules, and what the label says of interruptions."""
    files = [folder / "limits.toml" for folder in sorted(_FAMILIES.iterdir())]
    limits = {name: limit for file in files if file.is_file() for name, limit in limits_in(file).items()}
    return FrozenMapping({**limits, **label()})
