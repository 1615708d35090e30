"""What the environment says to the libraries that are used here, where one would fail over it: left out.

A width that is no width and a number of threads of nobody's are no reason to refuse a command. What is left out had no
meaning here: figures are drawn to files, and the engine's threads are this program's own.
"""

import os

_SIZES = ("COLUMNS", "LINES")
_LONGEST_NUMBER = 5
_NOT_OURS = ("MPLBACKEND", "NUMBA_NUM_THREADS", "NUMBA_THREADING_LAYER")


def leave_out_what_misleads() -> None:
    """Take from the environment of this process what a library would fail over."""
    for name in _SIZES:
        text = os.environ.get(name)
        if text is not None and not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
            del os.environ[name]
    for name in _NOT_OURS:
        os.environ.pop(name, None)
