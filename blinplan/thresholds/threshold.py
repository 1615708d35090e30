"""Numbers from which on something counts, as data: each stands once, with what it says and where that is said."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import tomli


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number and its unit, what the source says, and whether it was seen there, copied from there or chosen."""

    name: str
    value: Decimal
    unit: str
    says: str
    source: str
    status: Literal["seen", "transcribed", "convention"]

    def __post_init__(self) -> None:
        if self.value <= 0 or self.status not in {"seen", "transcribed", "convention"}:
            raise ValueError(f"{self.name}: a threshold is above 0, and seen, transcribed or a convention")


@cache
def thresholds() -> dict[str, Threshold]:
    """Every threshold by its name."""
    text = Path(__file__).with_name("thresholds.toml").read_text(encoding="utf-8")
    tables = tomli.loads(text, parse_float=Decimal)
    return {name: Threshold(name, Decimal(table.pop("value")), **table) for name, table in tables.items()}


def threshold(name: str) -> float:
    """The number of a threshold, to measure by."""
    return float(thresholds()[name].value)
