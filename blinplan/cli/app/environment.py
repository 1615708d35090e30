"""What the environment says to the libraries that are used here, where one would fail over it: left out.

A width that is no width and a number of threads of nobody's are no reason to refuse a command. What is left out had no
meaning here: figures are drawn to files, and the engine's threads are this program's own.
"""

import os

_NUMBERS = {"COLUMNS": 5, "LINES": 5, "TERMINAL_WIDTH": 5, "SOURCE_DATE_EPOCH": 11}
"""How many digits each may have; seconds of a date before the year 5138 have eleven."""
_WIDTHS, _NARROWEST = ("COLUMNS", "TERMINAL_WIDTH"), 20
"""Columns in which a help text still says all: in fewer it is cut, and in none it is empty."""
_NOT_OURS = ("MPLBACKEND", "MATPLOTLIBRC", "NUMPY_MADVISE_HUGEPAGE", "NPY_PROMOTION_STATE")
_OF_THE_COMPILER = "NUMBA_"
"""How the names of numba's variables begin. It writes a traceback over each that it cannot read, some print into the
output or write files, and a processor's features that are none end the process."""
_PLACES_OF_TIME_ZONES, _THREADS_OF_BLAS = "PYTHONTZPATH", "OPENBLAS_NUM_THREADS"


def leave_out_what_misleads() -> None:
    """Take from the environment of this process what a library would fail over.

    NumPy's BLAS gets one thread, since nothing here is large enough for two: where it can have no second, it ends the
    process as Ctrl-C does.
    """
    for name, digits in _NUMBERS.items():
        text = os.environ.get(name, "")
        is_number = text.isascii() and text.isdigit() and len(text) <= digits
        if not is_number or (name in _WIDTHS and int(text) < _NARROWEST):
            os.environ.pop(name, None)
    for name in (*_NOT_OURS, *(name for name in os.environ if name.startswith(_OF_THE_COMPILER))):
        os.environ.pop(name, None)
    places = os.environ.get(_PLACES_OF_TIME_ZONES, "")
    if not all(map(os.path.isabs, filter(None, places.split(os.pathsep)))):
        del os.environ[_PLACES_OF_TIME_ZONES]
    os.environ[_THREADS_OF_BLAS] = "1"
