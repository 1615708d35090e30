"""The words that arguments and options take, apart from what they are given to: importing them costs nothing."""

from blinplan.course.patient import AreaFormula
from blinplan.quantities import Basis
from blinplan.regimen.regimen import Indication, Status
from blinplan.reports.check.formats import CheckFormat
from blinplan.rules.configuration.settings import FailOn

__all__ = ["AreaFormula", "Basis", "CheckFormat", "FailOn", "Indication", "Status"]
