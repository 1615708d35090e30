"""Plan, simulate and check blinatumomab regimens.

Read a regimen with `load`, judge it by the rules with `check`, expand it to what one `patient` gets with `expand`, put
that on the calendar with `plan`, see what was `delivered` of it, send virtual patients through it with `simulate` and
`curves`, `merge` stretches of them, say how two regimens differ with `diff`, `compare` them on the same patients,
`sweep` doses and parameters, `search` for better schedules, find by `sensitivity` what matters, weigh the `evidence`
for the `model`, and write all of it on one page with `report`. What simulates takes the workers of `cluster_at` a
scheduler.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from blinplan.version import __version__

# python -m man.make writes the following from the PUBLIC of each module.
if TYPE_CHECKING:
    from blinplan.api.checking.check import check
    from blinplan.api.checking.check_result import CheckResult
    from blinplan.api.designing.compare import compare
    from blinplan.api.designing.compared import ComparisonResult
    from blinplan.api.designing.diff import DiffResult, diff
    from blinplan.api.designing.searching.found import SearchResult
    from blinplan.api.designing.searching.search import search
    from blinplan.api.designing.sensitivity import sensitivity
    from blinplan.api.designing.sensitivity_result import SensitivityResult
    from blinplan.api.designing.sweep import sweep
    from blinplan.api.designing.swept import SweepResult
    from blinplan.api.library import regimens, rule, rules
    from blinplan.api.modelling.evidence import EvidenceResult, evidence
    from blinplan.api.modelling.model import Model, model
    from blinplan.api.patient import Figures, Patient, patient
    from blinplan.api.planning.agenda import AgendaResult, agenda
    from blinplan.api.planning.delivered import DeliveredResult
    from blinplan.api.planning.paper import Paper
    from blinplan.api.planning.plan import delivered, expand, plan
    from blinplan.api.planning.planned import Plan, Planned
    from blinplan.api.planning.verify import VerificationResult, verify
    from blinplan.api.planning.vocabulary import LabelSheet
    from blinplan.api.regimens.build import (
        NotARegimenError,
        Regimen,
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
    from blinplan.api.regimens.load import RegimenError, load
    from blinplan.api.regimens.new import NewRegimen, new
    from blinplan.api.regimens.scaffold import NewFile, new_record, new_site
    from blinplan.api.report import ReportPage, report
    from blinplan.api.schema import schema
    from blinplan.api.simulating.curves import CurvesResult, curves
    from blinplan.api.simulating.joined_tables import JoinedTable
    from blinplan.api.simulating.merge import merge, merge_curves, merge_tables
    from blinplan.api.simulating.simulate import simulate
    from blinplan.api.simulating.simulated import SimulationResult
    from blinplan.api.values import values
    from blinplan.cluster.executor import cluster_at
    from blinplan.refusal import Refusal
    from blinplan.terminal import Screen

__all__ = [
    "AgendaResult",
    "CheckResult",
    "ComparisonResult",
    "CurvesResult",
    "DeliveredResult",
    "DiffResult",
    "EvidenceResult",
    "Figures",
    "JoinedTable",
    "LabelSheet",
    "Model",
    "NewFile",
    "NewRegimen",
    "NotARegimenError",
    "Paper",
    "Patient",
    "Plan",
    "Planned",
    "Refusal",
    "Regimen",
    "RegimenError",
    "ReportPage",
    "Screen",
    "SearchResult",
    "SensitivityResult",
    "SimulationResult",
    "SweepResult",
    "VerificationResult",
    "__version__",
    "agenda",
    "check",
    "cluster_at",
    "compare",
    "curves",
    "cycle",
    "delivered",
    "departure",
    "diff",
    "dose_by_age",
    "due",
    "evidence",
    "expand",
    "load",
    "merge",
    "merge_curves",
    "merge_tables",
    "model",
    "new",
    "new_record",
    "new_site",
    "patient",
    "plan",
    "premedication",
    "regimen",
    "regimens",
    "report",
    "rule",
    "rules",
    "schema",
    "search",
    "sensitivity",
    "simulate",
    "source",
    "step",
    "sweep",
    "toml",
    "values",
    "verify",
    "waiver",
]

_MODULES = {
    "AgendaResult": "api.planning.agenda",
    "CheckResult": "api.checking.check_result",
    "ComparisonResult": "api.designing.compared",
    "CurvesResult": "api.simulating.curves",
    "DeliveredResult": "api.planning.delivered",
    "DiffResult": "api.designing.diff",
    "EvidenceResult": "api.modelling.evidence",
    "Figures": "api.patient",
    "JoinedTable": "api.simulating.joined_tables",
    "LabelSheet": "api.planning.vocabulary",
    "Model": "api.modelling.model",
    "NewFile": "api.regimens.scaffold",
    "NewRegimen": "api.regimens.new",
    "NotARegimenError": "api.regimens.build",
    "Paper": "api.planning.paper",
    "Patient": "api.patient",
    "Plan": "api.planning.planned",
    "Planned": "api.planning.planned",
    "Refusal": "refusal",
    "Regimen": "api.regimens.build",
    "RegimenError": "api.regimens.load",
    "ReportPage": "api.report",
    "Screen": "terminal",
    "SearchResult": "api.designing.searching.found",
    "SensitivityResult": "api.designing.sensitivity_result",
    "SimulationResult": "api.simulating.simulated",
    "SweepResult": "api.designing.swept",
    "VerificationResult": "api.planning.verify",
    "agenda": "api.planning.agenda",
    "check": "api.checking.check",
    "cluster_at": "cluster.executor",
    "compare": "api.designing.compare",
    "curves": "api.simulating.curves",
    "cycle": "api.regimens.build",
    "delivered": "api.planning.plan",
    "departure": "api.regimens.build",
    "diff": "api.designing.diff",
    "dose_by_age": "api.regimens.build",
    "due": "api.regimens.build",
    "evidence": "api.modelling.evidence",
    "expand": "api.planning.plan",
    "load": "api.regimens.load",
    "merge": "api.simulating.merge",
    "merge_curves": "api.simulating.merge",
    "merge_tables": "api.simulating.merge",
    "model": "api.modelling.model",
    "new": "api.regimens.new",
    "new_record": "api.regimens.scaffold",
    "new_site": "api.regimens.scaffold",
    "patient": "api.patient",
    "plan": "api.planning.plan",
    "premedication": "api.regimens.build",
    "regimen": "api.regimens.build",
    "regimens": "api.library",
    "report": "api.report",
    "rule": "api.library",
    "rules": "api.library",
    "schema": "api.schema",
    "search": "api.designing.searching.search",
    "sensitivity": "api.designing.sensitivity",
    "simulate": "api.simulating.simulate",
    "source": "api.regimens.build",
    "step": "api.regimens.build",
    "sweep": "api.designing.sweep",
    "toml": "api.regimens.build",
    "values": "api.values",
    "verify": "api.planning.verify",
    "waiver": "api.regimens.build",
}
"""In which module each name is."""
# Written until here.


class _Face(ModuleType):
    """The package as Python code sees it: of a function and a room of one name, the function."""

    def __setattr__(self, name: str, value: object) -> None:
        # A room that is imported would otherwise take the place of the function, as rules would that of rules().
        if not (name in _MODULES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face


if not TYPE_CHECKING:  # who reads types must see a name that is misspelt

    def __getattr__(name: str) -> object:
        # The functions are imported when first used: the command line starts without what it does not need.
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found = getattr(import_module(f"blinplan.{_MODULES[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted(__all__)
