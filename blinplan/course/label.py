"""What the label says about interruptions and bags, as data with source and status."""

from functools import cache

from blinplan.limits import Limit, limits_in


@cache
def label() -> dict[str, Limit]:
    """The label's numbers, by name."""
    return limits_in("blinplan.course", "label.toml")
