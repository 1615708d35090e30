"""Plan, simulate and check blinatumomab regimens.

Read a regimen with `load`, judge it by the rules with `check`, expand it to what one `patient` gets with `expand`, put
that on the calendar with `plan`, run it on virtual patients with `simulate`, and take the results as a `table`.
"""

from typing import TYPE_CHECKING, Any

from blinplan.version import __version__

if TYPE_CHECKING:
    from blinplan.api.check import CheckResult, check
    from blinplan.api.load import RegimenError, load
    from blinplan.api.patient import patient
    from blinplan.api.plan import Planned, expand, plan
    from blinplan.api.simulate import simulate, table

__all__ = [
    "CheckResult",
    "Planned",
    "RegimenError",
    "__version__",
    "check",
    "expand",
    "load",
    "patient",
    "plan",
    "simulate",
    "table",
]

_MODULES = {
    "CheckResult": "check",
    "check": "check",
    "expand": "plan",
    "load": "load",
    "patient": "patient",
    "plan": "plan",
    "Planned": "plan",
    "RegimenError": "load",
    "simulate": "simulate",
    "table": "simulate",
}
"""In which module of `blinplan.api` each name is."""


def __getattr__(name: str) -> Any:
    # The functions are imported when first used: the command line starts without what it does not need.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"blinplan.api.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
