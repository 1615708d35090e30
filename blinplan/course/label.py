"""What the label says about interruptions and bags, as data with source and status."""

from functools import cache
from pathlib import Path

from blinplan.limits import Limit, limits_in


@cache
def label() -> dict[str, Limit]:
    """The label's numbers, by name."""
    return limits_in(Path(__file__).with_name("label.toml"))
