"""Plan, simulate and check blinatumomab regimens.

Read a regimen with `load`, judge it by the rules with `check`, expand it to what one `patient` gets with `expand`, put
that on the calendar with `plan`, run it on virtual patients with `simulate`, and take the results as a `table`.
"""

from typing import TYPE_CHECKING, Any

from blinplan.version import __version__

if TYPE_CHECKING:
    from blinplan.api import Planned, RegimenError, check, expand, load, patient, plan, simulate, table

__all__ = [
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


def __getattr__(name: str) -> Any:
    # The functions are imported when first used: the command line starts without what it does not need.
    if name in __all__:
        from blinplan import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
