"""Regimens built in Python, with the words of the file, and written as files."""

from blinplan.regimen.build import (
    cycle,
    departure,
    dose_by_age,
    due,
    premedication,
    regimen,
    source,
    step,
    toml,
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
