"""Regimens built in Python, with the words of the file, and written as files."""

from blinplan.regimen.build import cycle, premedication, regimen, source, step, toml, waiver
from blinplan.regimen.regimen import Cycle, Premedication, Regimen, Source, Step, Waiver
from blinplan.regimen.write import NotARegimenError

__all__ = [
    "Cycle",
    "NotARegimenError",
    "Premedication",
    "Regimen",
    "Source",
    "Step",
    "Waiver",
    "cycle",
    "premedication",
    "regimen",
    "source",
    "step",
    "toml",
    "waiver",
]
