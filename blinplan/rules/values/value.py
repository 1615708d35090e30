"""A value that decides something: what it is, who says so, how far that was checked, and what it decides."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from blinplan.limits import Limit, Stricter
from blinplan.quantities import decimal_text


class ValueKind(StrEnum):
    """What a value is."""

    NUMBER = "number of a label"
    SCHEDULE = "schedule"
    PREMEDICATION = "premedication"
    BAG = "bag"
    VIAL = "vial"
    STATEMENT = "statement"
    LIMIT = "limit of rules"
    THRESHOLD = "threshold"
    FIGURE = "figure of a patient"
    PARAMETER = "parameter of the model"
    POPULATION = "virtual population"


class ValueStatus(StrEnum):
    """How far a value was checked: where it was seen, or why there is nothing to see."""

    SEEN = "seen"
    TRANSCRIBED = "transcribed"
    DERIVED = "derived"
    CONVENTION = "convention"
    CALIBRATED = "calibrated"
    ASSUMED = "assumed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class OwnValue:
    """The value in whose place a project or a site has put another one, who did that, and why."""

    text: str
    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value that decides something.

    Attributes
    ----------
    name
        What it is called: as in a configuration, for a number of a label or a limit.
    kind
        What it is.
    label
        The name of the label that it belongs to; None where it belongs to none.
    text
        The value with its unit, as people write it.
    number, unit
        The same for programs; None where it is no single number.
    says, source, status
        What the source says, which one it is, and how far that was checked.
    decides
        What it decides: codes of rules, or in words.
    fixed, stricter
        Why a project cannot change it, and in which direction it can all the same.
    replaced
        The source's own value where this one is a project's or a site's.
    """

    name: str
    kind: ValueKind
    label: str | None
    text: str
    number: Fraction | None
    unit: str
    says: str
    source: str
    status: ValueStatus
    decides: tuple[str, ...]
    fixed: str | None = None
    stricter: Stricter | None = None
    replaced: OwnValue | None = None

    def has(self, words: tuple[str, ...]) -> bool:
        """Whether all of some words are in it, in any of its texts; the case does not matter."""
        texts = (self.name, self.name.replace("_", " "), self.kind, self.text, self.says, self.source, *self.decides)
        everything = "\n".join((*texts, self.label or "")).lower()
        return all(word.lower() in everything for word in words)


def value_of_limit(limit: Limit, kind: ValueKind, label: str | None, decides: tuple[str, ...]) -> Value:
    """A limit as a value, a project's where it changed that."""
    change = limit.change
    return Value(
        limit.name,
        kind,
        label,
        limit.number,
        limit.value,
        limit.unit,
        limit.says,
        limit.source if limit.claim is None else f"{limit.source}, claim {limit.claim}",
        ValueStatus(limit.status),
        decides,
        limit.fixed,
        limit.stricter,
        None if change is None else OwnValue(f"{decimal_text(change.own)} {limit.unit}", change.origin, change.reason),
    )
