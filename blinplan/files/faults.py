"""Faults of Python's that somebody can put right, as refusals: of the machine, of its files, and of odd texts."""

import os
from collections.abc import Iterable
from errno import EAGAIN, EMFILE, ENFILE, ENOMEM, ENOSPC
from pathlib import Path

from blinplan.files.inputs import InputError
from blinplan.refusal import Refusal


def of_the_machine(fault: Exception) -> Refusal | None:
    """What of the machine stood in the way; None for any other fault."""
    if isinstance(fault, OSError):
        return _of_a_file(fault)
    if isinstance(fault, ImportError) and "failed to map segment" in str(fault):  # as the C library says it
        return _OF_THE_SYSTEM[ENOMEM]
    if isinstance(fault, MemoryError):
        return Refusal("there is not enough memory", "take fewer patients, or write fewer curves")
    if isinstance(fault, RuntimeError) and str(fault).startswith("can't start new thread"):
        return _NO_MORE_PROCESSES
    if isinstance(fault, RuntimeError) and str(fault).startswith("Symlink loop"):  # as Python says before 3.13
        return Refusal("a path leads through links in a circle", "check the paths")
    return None


def of_a_word(fault: Exception, words: Iterable[str]) -> Refusal | None:
    """Which of the words that were given cannot be written, or be a name of a file; None for any other fault.

    Names of files may be bytes that are no text, and are never made into text: so nobody knows a word before it is to
    be written.
    """
    if isinstance(fault, UnicodeEncodeError):
        untold = fault.object[fault.start : fault.end]
        word = next((word for word in words if untold in word), None)
        return None if word is None else Refusal(f"{word} is not UTF-8 text", "write it in UTF-8")
    if isinstance(fault, ValueError) and str(fault).startswith("embedded null"):
        word = next((word for word in words if "\0" in word), None)
        return None if word is None else Refusal(f"{word}: a name that no file can have", "check the path")
    return None


_NO_MORE_PROCESSES = Refusal(
    "the system gives no more processes or threads", "end some, or raise the limit (ulimit -u, pids of a container)"
)
_NO_MORE_FILES = Refusal("too many files are open", "raise the limit (ulimit -n)")
_OF_THE_SYSTEM = {
    EAGAIN: _NO_MORE_PROCESSES,
    EMFILE: _NO_MORE_FILES,
    ENFILE: _NO_MORE_FILES,
    ENOMEM: Refusal("there is not enough memory", "end other programs, or raise the limit (ulimit -v)"),
}
"""What the system has no more of, whichever file it was asked for."""


def _of_a_file(fault: OSError) -> Refusal | None:
    if isinstance(fault, InputError) and fault.path is not None:
        return Refusal(f"{fault.path}: {fault.reason}", "check the path")
    if fault.errno == ENOSPC:
        return Refusal("no space left on the device", "write the output elsewhere")
    if fault.errno in _OF_THE_SYSTEM:
        return _OF_THE_SYSTEM[fault.errno]
    if fault.filename is None:
        gone = Refusal("the working folder is not there any more", "change to a folder that is there")
        return None if _is_somewhere() else gone
    reason = (fault.strerror or "cannot be used").lower()
    return Refusal(f"{os.fsdecode(fault.filename)}: {reason}", "check the path and who may use it")


def _is_somewhere() -> bool:
    try:
        return bool(Path.cwd())
    except OSError:
        return False
