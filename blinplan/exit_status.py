"""The exit status: the same numbers mean the same thing in every command and format."""

from enum import IntEnum, StrEnum
from typing import NoReturn


class ExitStatus(IntEnum):
    """What a script can rely on; `meaning` says it in words, for people."""

    meaning: str

    SUCCESS = 0, "everything was done and checked, and nothing was found that counts"
    FINDINGS = 1, "everything was checked, and something was found that counts"
    INCOMPLETE = 2, "not all could be done or checked: a bad option or input, a missing path, an undecided rule"
    FAULT = 3, "a fault in blinplan itself"
    INTERRUPTED = 130, "interrupted"
    BROKEN_PIPE = 141, "whoever read the output closed the pipe"

    def __new__(cls, status: int, meaning: str = "") -> "ExitStatus":
        """Make a number of the status."""
        made = int.__new__(cls, status)
        made._value_ = status
        made.meaning = meaning
        return made


def stop(status: ExitStatus) -> NoReturn:
    """End the program with a status."""
    raise SystemExit(int(status))


class FailOn(StrEnum):
    """The least severity that makes the exit status 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"
