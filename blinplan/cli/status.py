"""The exit status: the same numbers mean the same thing in every command and format."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """What a script can rely on."""

    SUCCESS = 0  # everything was done and checked, and nothing was found that counts
    FINDINGS = 1  # everything was checked, and something was found that counts
    INCOMPLETE = 2  # not all could be done or checked: bad option or input, missing path, an undecided rule
    FAULT = 3  # a fault in blinplan itself
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class UsageError(Exception):
    """Something the user can put right: what is wrong, and what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
