"""Plan, simulate and check blinatumomab regimens.

Read a regimen with `load`, expand it to what one patient gets with `expand`, run it on virtual patients with
`simulate`, and judge it by the rules with `check`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blinplan.api import RegimenError, check, expand, load, patient, simulate

__version__ = "0.1.0"
__all__ = ["RegimenError", "__version__", "check", "expand", "load", "patient", "simulate"]


def __getattr__(name: str) -> Any:
    # The functions are imported when first used: the command line starts without what it does not need.
    if name in __all__:
        from blinplan import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
