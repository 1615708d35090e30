"""Limits: numbers that decide, each with its unit, what the source says, and how far that was checked."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import tomli

from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, decimal_text
from blinplan.thresholds.threshold import thresholds


class Change(NamedTuple):
    """A limit set by a user: the source's own value, where the other one is written, and why."""

    own: Fraction
    origin: str
    reason: str


Stricter = Literal["higher", "lower"]


class Limit(NamedTuple):
    """One limit: its exact value and unit, what the source says, and how far that was checked.

    ``fixed`` says why a user cannot change it, but in the direction that is ``stricter``; ``change`` is what a user
    changed.
    """

    name: str
    value: Fraction
    unit: str
    says: str
    source: str
    claim: str | None
    status: str
    fixed: str | None = None
    stricter: Stricter | None = None
    change: Change | None = None

    @property
    def unverified(self) -> bool:
        """Whether nobody has seen the number in its source. One that a user set is the user's own."""
        return self.status == "unverified" and self.change is None

    def allows(self, value: Fraction) -> bool:
        """Whether a user may set this value: any where it is not fixed, else only a stricter one."""
        if self.fixed is None:
            return True
        return self.is_stricter(value)

    def is_stricter(self, value: Fraction) -> bool:
        """Whether a value asks for more than this one."""
        return {"higher": value > self.value, "lower": value < self.value, None: False}[self.stricter]

    @property
    def minutes(self) -> int:
        """The limit in minutes; for limits in days or hours."""
        return self.value.numerator * _MINUTES[self.unit] // self.value.denominator

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
        own = _number_text(self.change.own, self.unit)
        return f", which has {own}: changed to {self.number} by {self.change.origin} ({self.change.reason})"

    @property
    def number(self) -> str:
        """The value with its unit, and no word on whether a user changed it."""
        return _number_text(self.value, self.unit)

    def __str__(self) -> str:
        # Whoever reads a message must see that the number is not the source's.
        return self.number if self.change is None else f"{self.number} (changed from {decimal_text(self.change.own)})"

    def with_value(self, value: Fraction, origin: str, reason: str) -> "Limit":
        """The same limit with a user's value."""
        return self._replace(value=value, change=Change(self.value, origin, reason))


_MINUTES = {"days": MINUTES_PER_DAY, "hours": MINUTES_PER_HOUR}


@lru_cache(maxsize=1024)  # messages name the same limits all the time
def _number_text(value: Fraction, unit: str) -> str:
    in_words = unit.removesuffix("s") if value == 1 and unit in _COUNTED else unit
    return f"{decimal_text(value)} {in_words}"


_COUNTED = frozenset({"cycles", "days", "hours", "months", "times", "years"})


def what_can_be_changed(fixed: str | None, stricter: Stricter | None) -> str:
    """A sentence on a number that not every change is taken of; nothing of one that is changed as somebody likes."""
    if fixed is None:
        return ""
    return f"It cannot be changed: {fixed}." if stricter is None else f"It can only be made {stricter}: {fixed}."


Limits = Mapping[str, Limit]


class NotStatedError(KeyError):
    """A number that a text does not state, as far as it was seen. The message says which text, and which number."""

    def __init__(self, text: str, name: str) -> None:
        words = name.replace("_", " ")
        if name.startswith("cycles_"):
            words = f"the number of cycles for {name.removeprefix('cycles_').replace('_', '-')}"
        super().__init__(f"{text}, as far as it was seen, does not state {words}")
        self.name = name

    def __str__(self) -> str:
        return str(self.args[0])


class StatedLimits(Mapping[str, Limit]):
    """The limits of one text, by name. Asked for another one, it says that the text does not state it."""

    __slots__ = ("_limits", "_text", "_unverified")

    def __init__(self, limits: Limits, text: str) -> None:
        self._limits = dict(limits)
        self._text = text
        self._unverified: frozenset[str] | None = None

    def __getitem__(self, name: str) -> Limit:
        try:
            return self._limits[name]
        except KeyError:
            raise NotStatedError(self._text, name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._limits)

    def __len__(self) -> int:
        return len(self._limits)

    @property
    def by_name(self) -> Limits:
        """Those that the text states."""
        return self._limits

    @property
    def unverified_names(self) -> frozenset[str]:
        """The names of those that nobody has seen in their source; every rule asks, and they are looked for once."""
        if self._unverified is None:
            self._unverified = _names_of_unverified(self._limits)
        return self._unverified

    def without(self, name: str) -> "StatedLimits":
        """These without one, which is then not stated."""
        return StatedLimits({own: limit for own, limit in self._limits.items() if own != name}, self._text)

    def with_limits(self, others: Limits) -> "StatedLimits":
        """These and others; of one name, the other is taken."""
        return StatedLimits({**self._limits, **others}, self._text)


def _names_of_unverified(limits: Limits) -> frozenset[str]:
    return frozenset(name for name, limit in limits.items() if limit.unverified)


class Consulted(Mapping[str, Limit]):
    """Limits that remember which of them were asked for, so that a pass is known to rest on them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.names: dict[str, None] = {}
        self._known: Limits = limits.by_name if isinstance(limits, StatedLimits) else limits
        self.unverified = limits.unverified_names if isinstance(limits, StatedLimits) else _names_of_unverified(limits)

    def __getitem__(self, name: str) -> Limit:
        self.names[name] = None
        try:
            return self._known[name]  # which rules ask for all the time
        except KeyError:
            del self.names[name]
            return self.limits[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.limits)

    def __len__(self) -> int:
        return len(self.limits)

    def unverified_limits(self, names: Iterable[str]) -> list[Limit]:
        """Those of some limits that nobody has seen in their source."""
        return [self.limits[name] for name in names if name in self.unverified]

    def forget(self) -> None:
        """Begin anew, for another rule."""
        self.names.clear()


def limits_in(file: Path) -> dict[str, Limit]:
    """Read the limits of a data file, by name."""
    tables = tomli.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    return {name: limit_of(name, **table) for name, table in tables.items()}


def limit_of(
    name: str,
    *,
    value: int | Decimal | str,
    unit: str,
    says: str,
    source: str,
    status: str,
    claim: str | None = None,
    fixed: str | None = None,
    stricter: Stricter | None = None,
) -> Limit:
    """One limit of a data file, from its keys there; a value in words is that of a threshold."""
    return Limit(
        name,
        Fraction(thresholds()[value].value if isinstance(value, str) else value),
        unit,
        says,
        source,
        claim,
        status,
        fixed,
        stricter,
    )
