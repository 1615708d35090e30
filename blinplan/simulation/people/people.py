"""A user's own patients."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from blinplan.course.events import periods
from blinplan.frozen import FrozenMapping
from blinplan.physiology.model.population import FloatArray
from blinplan.regimen.regimen import Regimen


class PeopleError(ValueError):
    """A table of patients that cannot be read; the message says where and why, ``advice`` what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


class OwnOrder(NamedTuple):
    """What one patient gets otherwise than the others.

    Attributes
    ----------
    regimen
        Another regimen than the one that is asked for; None where it is that one.
    hold
        The minute of the course from which it stands still, and for how many minutes; None where it does not.
    """

    regimen: Regimen | None = None
    hold: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Patients by their covariates, each (N,); what is not known of them is None.

    Attributes
    ----------
    weight_kg, height_cm, age_years, female, bsa_m2
        Their bodies; `female` is 1.0 or 0.0.
    ids
        What each is called; empty where they have no names.
    baselines
        (N,) by the name of a parameter, such as b_cells: what each had before treatment; NaN where it is drawn.
    off_drug_minutes
        (N,) minutes of the course from which each gets nothing more; infinite for who gets all of it. None where nobody
        says.
    own
        (N) what each gets otherwise than the others; empty where nobody does.
    """

    weight_kg: FloatArray
    height_cm: FloatArray
    age_years: FloatArray | None = None
    female: FloatArray | None = None
    bsa_m2: FloatArray | None = None
    ids: tuple[str, ...] = ()
    baselines: Mapping[str, FloatArray] = field(default_factory=lambda: FrozenMapping({}))
    off_drug_minutes: FloatArray | None = None
    own: tuple[OwnOrder, ...] = ()

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.weight_kg.shape[0])

    def beside(self, regimen: Regimen) -> "People":
        """The same where this regimen is asked for: whom a table gives it has no other one."""
        own = tuple(order._replace(regimen=None) if order.regimen == regimen else order for order in self.own)
        return replace(self, own=own if any(order != OwnOrder() for order in own) else ())

    def last_minute(self, minutes: int) -> int:
        """The minute at which the last of their courses ends, where that of the regimen asked for has so many."""
        regimens = {id(order.regimen): order.regimen for order in self.own}
        ends = {name: minutes if of is None else periods(of)[-1].stop for name, of in regimens.items()}
        each = (ends[id(order.regimen)] + (0 if order.hold is None else order.hold[1]) for order in self.own)
        return max(each, default=minutes)

    @property
    def table(self) -> "GivenTable":
        """What has to be known of them as a table wherever they are told of."""
        body = {"age_years": self.age_years, "female": self.female}
        return GivenTable(self._fingerprint(), tuple(name for name, values in body.items() if values is None))

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for name, value in self._statements():
            digest.update(f"{name} {value.tolist() if hasattr(value, 'tolist') else value!r}\n".encode())
        return digest.hexdigest()[:16]

    def _statements(self) -> Iterator[tuple[str, Any]]:
        bodies = ("weight_kg", "height_cm", "age_years", "female", "bsa_m2", "off_drug_minutes", "ids")
        yield from ((name, getattr(self, name)) for name in bodies)
        yield from sorted(self.baselines.items())
        regimens = {id(order.regimen): order.regimen for order in self.own if order.regimen is not None}
        places = {known: place for place, known in enumerate(regimens)}
        yield "regimens", [(regimen.name, periods(regimen)) for regimen in regimens.values()]
        yield "own", [(places.get(id(order.regimen)), order.hold) for order in self.own]


class GivenTable(NamedTuple):
    """A table of patients, for who tells of them.

    Attributes
    ----------
    fingerprint
        Of all that it says: SHA-256, 16 digits.
    unsaid
        What of their bodies it does not say, by the names of fields of a `Population`, where something usual stands.
    """

    fingerprint: str
    unsaid: tuple[str, ...] = ()
