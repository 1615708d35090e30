"""A user's own patients."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

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
