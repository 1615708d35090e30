"""Regimens built in Python, with the words of the file, and written as files."""

from blinplan.api.regimens.order import RegimenSource, regimen_of
from blinplan.regimen.build import (
    cycle,
    departure,
    dose_by_age,
    due,
    file_of,
    premedication,
    regimen,
    source,
    step,
    waiver,
)
from blinplan.regimen.regimen import Cycle, Departure, DoseByAge, Premedication, Regimen, Source, Step, ThingDue, Waiver
from blinplan.regimen.write import NotARegimenError

__all__ = [
    "Cycle",
    "Departure",
    "DoseByAge",
    "NotARegimenError",
    "Premedication",
    "Regimen",
    "Source",
    "Step",
    "ThingDue",
    "Waiver",
    "cycle",
    "departure",
    "dose_by_age",
    "due",
    "premedication",
    "regimen",
    "source",
    "step",
    "toml",
    "waiver",
]
PUBLIC = (
    "NotARegimenError",
    "Regimen",
    "cycle",
    "departure",
    "dose_by_age",
    "due",
    "premedication",
    "regimen",
    "source",
    "step",
    "toml",
    "waiver",
)


def toml(regimen: RegimenSource) -> str:
    """The text of the file that says a regimen; read back, it is the same regimen.

    >>> from blinplan import toml
    >>> toml("rr-adult").splitlines()[2]
    'name = "rr-adult"'

    Raises
    ------
    Refusal
        When there is no such regimen.
    NotARegimenError
        When no file could say it, as where its fields were replaced by others.
    """
    return file_of(regimen_of(regimen)).document.text
