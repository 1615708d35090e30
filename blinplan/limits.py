"""Limits: numbers that decide, each with its unit, what the source says, and how far that was checked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import tomli

from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, decimal_text
from blinplan.thresholds.threshold import thresholds


@dataclass(frozen=True, slots=True)
class Change:
    """A limit set by a user: the source's own value, where the other one is written, and why."""

    own: Fraction
    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its exact value and unit, what the source says, and how far that was checked.

    ``fixed`` says why a user cannot change it; ``change`` is what a user changed.
    """

    name: str
    value: Fraction
    unit: str
    says: str
    source: str
    claim: str | None
    status: str
    fixed: str | None = None
    change: Change | None = None

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
        return f"{self.source}{claim}{checked}{self._change_text()}"

    def _change_text(self) -> str:
        if self.change is None:
            return ""
        own = f"{decimal_text(self.change.own)} {self.unit}"
        return f", which has {own}: changed to {self.number} by {self.change.origin} ({self.change.reason})"

    @property
    def number(self) -> str:
        """The value with its unit, and no word on whether a user changed it."""
        return f"{decimal_text(self.value)} {self.unit}"

    def __str__(self) -> str:
        # Whoever reads a message must see that the number is not the source's.
        return self.number if self.change is None else f"{self.number} (changed from {decimal_text(self.change.own)})"

    def changed(self, value: Fraction, origin: str, reason: str) -> "Limit":
        """The same limit with a user's value."""
        return replace(self, value=value, change=Change(self.value, origin, reason))


Limits = Mapping[str, Limit]


def limits_in(file: Path) -> dict[str, Limit]:
    """Read the limits of a data file, by name."""
    tables = tomli.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    return {name: _limit(name, **table) for name, table in tables.items()}


def _limit(
    name: str,
    *,
    value: int | Decimal | str,
    unit: str,
    says: str,
    source: str,
    status: str,
    claim: str | None = None,
    fixed: str | None = None,
) -> Limit:
    return Limit(
        name,
        Fraction(thresholds()[value].value if isinstance(value, str) else value),
        unit,
        says,
        source,
        claim,
        status,
        fixed,
    )
