"""Plan, simulate and check blinatumomab regimens.

Read a regimen with `load`, judge it by the rules with `check`, expand it to what one `patient` gets with `expand`, put
that on the calendar with `plan`, run it on virtual patients with `simulate`, and take the results as a `table`.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from blinplan.version import __version__

if TYPE_CHECKING:
    from blinplan.api.build import (
        NotARegimenError,
        Regimen,
        cycle,
        premedication,
        regimen,
        source,
        step,
        toml,
        waiver,
    )
    from blinplan.api.check import CheckResult, check
    from blinplan.api.library import regimens, rule, rules
    from blinplan.api.load import RegimenError, load
    from blinplan.api.new import NewRegimen, new
    from blinplan.api.patient import Patient, patient
    from blinplan.api.plan import Planned, expand, plan
    from blinplan.api.schema import schema
    from blinplan.api.simulate import simulate, table
    from blinplan.refusal import Refusal

__all__ = [
    "CheckResult",
    "NewRegimen",
    "NotARegimenError",
    "Patient",
    "Planned",
    "Refusal",
    "Regimen",
    "RegimenError",
    "__version__",
    "check",
    "cycle",
    "expand",
    "load",
    "new",
    "patient",
    "plan",
    "premedication",
    "regimen",
    "regimens",
    "rule",
    "rules",
    "schema",
    "simulate",
    "source",
    "step",
    "table",
    "toml",
    "waiver",
]

_MODULES = {
    "CheckResult": "api.check",
    "NewRegimen": "api.new",
    "NotARegimenError": "api.build",
    "Patient": "api.patient",
    "Planned": "api.plan",
    "Refusal": "refusal",
    "Regimen": "api.build",
    "RegimenError": "api.load",
    "check": "api.check",
    "cycle": "api.build",
    "expand": "api.plan",
    "load": "api.load",
    "new": "api.new",
    "patient": "api.patient",
    "plan": "api.plan",
    "premedication": "api.build",
    "regimen": "api.build",
    "regimens": "api.library",
    "rule": "api.library",
    "rules": "api.library",
    "schema": "api.schema",
    "simulate": "api.simulate",
    "source": "api.build",
    "step": "api.build",
    "table": "api.simulate",
    "toml": "api.build",
    "waiver": "api.build",
}
"""In which module each name is."""


class _Face(ModuleType):
    """The package as Python code sees it: of a function and a room of one name, the function."""

    def __setattr__(self, name: str, value: object) -> None:
        # A room that is imported would otherwise take the place of the function, as rules would that of rules().
        if not (name in _MODULES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face


def __getattr__(name: str) -> Any:
    # The functions are imported when first used: the command line starts without what it does not need.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"blinplan.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
