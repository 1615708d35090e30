"""The cytokines that the article measured: their order and their names, wherever they are written."""

from __future__ import annotations

CYTOKINES = ("IL-2", "IL-4", "IL-6", "IL-8", "IL-10", "IL-12", "TNF-alpha", "IFN-gamma")
"""The eight, in the order of all arrays that hold them."""

ELEVATED = ("IL-6", "IL-10", "IFN-gamma")
"""Those that rose, in the order of all arrays that hold only these."""


def parameter_name(cytokine: str) -> str:
    """Its name in the parameter file: il6, tnf_alpha."""
    return cytokine.lower().replace("il-", "il").replace("-", "_")


def identifier(cytokine: str) -> str:
    """Its name in the equations and in SBML: il_6, ifn_gamma."""
    return cytokine.lower().replace("-", "_")


def column_name(cytokine: str) -> str:
    """Its name at the head of a column and in keys of endpoints: il6, ifngamma."""
    return cytokine.lower().replace("-", "")


def signal_name(cytokine: str) -> str:
    """Its name on the command line: il-6, ifn."""
    return cytokine.removesuffix("-gamma").lower()
