"""Numbers from which on something counts, as data: each stands once, with what it says and where that is said."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import tomli


class Threshold(NamedTuple):
    """One number and its unit, what the source says, and whether it was seen there, copied from there or chosen."""

    name: str
    value: Decimal
    unit: str
    says: str
    source: str
    status: Literal["seen", "transcribed", "convention"]

    @classmethod
    def of(cls, name: str, table: Mapping[str, Any]) -> "Threshold":
        """Read one off its table.

        Raises
        ------
        ValueError
            When it is none.
        """
        found = cls(**{**table, "name": name, "value": Decimal(table["value"])})
        if found.value <= 0 or found.status not in {"seen", "transcribed", "convention"}:
            raise ValueError(f"{name}: a threshold is above 0, and seen, transcribed or a convention")
        return found


@cache
def thresholds() -> dict[str, Threshold]:
    """Every threshold by its name."""
    text = Path(__file__).with_name("thresholds.toml").read_text(encoding="utf-8")
    tables = tomli.loads(text, parse_float=Decimal)
    return {name: Threshold.of(name, table) for name, table in tables.items()}


def threshold(name: str) -> float:
    """The number of a threshold, to measure by."""
    return float(thresholds()[name].value)
