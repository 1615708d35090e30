"""Which engine does the arithmetic: the only file that knows both."""

from __future__ import annotations

from blinplan.physiology.engine.integrate import NUMPY, Engine, EngineName


def engine_called(name: EngineName | None) -> Engine:
    """An engine by its name; without one, the compiled engine where the extra `fast` is installed, else NumPy.

    Raises
    ------
    ImportError
        When the compiled engine is asked for and not installed.
    """
    if name == "numpy":
        return NUMPY
    try:
        from blinplan.physiology.engine.compiled import COMPILED
    except ImportError:
        if name is None:
            return NUMPY
        raise
    return COMPILED
