"""What the environment says to the libraries that are used here, where one would fail over it: left out.

A width that is no width and a number of threads of nobody's are no reason to refuse a command. What is left out had no
meaning here: figures are drawn to files, and the engine's threads are this program's own.
"""

import os

_NUMBERS = {"COLUMNS": 5, "LINES": 5, "TERMINAL_WIDTH": 5, "SOURCE_DATE_EPOCH": 11}
"""How many digits each may have; seconds of a date before the year 5138 have eleven."""
_NOT_OURS = ("MPLBACKEND", "MATPLOTLIBRC", "NUMBA_NUM_THREADS", "NUMBA_THREADING_LAYER", "NUMPY_MADVISE_HUGEPAGE")


def leave_out_what_misleads() -> None:
    """Take from the environment of this process what a library would fail over."""
    for name, digits in _NUMBERS.items():
        text = os.environ.get(name)
        if text is not None and not (text.isascii() and text.isdigit() and len(text) <= digits):
            del os.environ[name]
    for name in _NOT_OURS:
        os.environ.pop(name, None)
