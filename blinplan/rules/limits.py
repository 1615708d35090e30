"""The limits that decide the rules: data with unit, source and status."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from types import MappingProxyType

import tomli

from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, decimal_text


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its exact value and unit, what the source says, and how far that was checked."""

    name: str
    value: Fraction
    unit: str
    says: str
    source: str
    claim: str | None
    status: str

    @property
    def minutes(self) -> int:
        """The limit in minutes; for limits in days or hours."""
        return int(self.value * {"days": MINUTES_PER_DAY, "hours": MINUTES_PER_HOUR}[self.unit])

    @property
    def fraction(self) -> float:
        """The limit as a fraction of patients; for limits in percent."""
        return float(self.value) / {"%": 100}[self.unit]

    @property
    def citation(self) -> str:
        """The source, with the claim it is measured by, and its status where nobody has seen the text."""
        claim = f", claim {self.claim}" if self.claim else ""
        checked = "" if self.status == "seen" else f" ({self.status})"
        return f"{self.source}{claim}{checked}"

    def __str__(self) -> str:
        return f"{decimal_text(self.value)} {self.unit}"


Limits = Mapping[str, Limit]


@cache
def shipped_limits() -> Limits:
    """The limits as they come with the program."""
    text = resources.files(__package__).joinpath("limits.toml").read_text(encoding="utf-8")
    tables = tomli.loads(text, parse_float=Decimal)
    return MappingProxyType({name: _limit(name, **table) for name, table in tables.items()})


def _limit(
    name: str, *, value: int | Decimal, unit: str, says: str, source: str, status: str, claim: str | None = None
) -> Limit:
    return Limit(name, Fraction(value), unit, says, source, claim, status)
