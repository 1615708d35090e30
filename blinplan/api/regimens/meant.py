"""Which regimen a name stands for, and what is a name."""

from pathlib import Path

from blinplan.refusal import Refusal
from blinplan.regimen import library
from blinplan.regimen.find import which_is_meant, which_is_meant_beside

__all__ = ["name_in", "stands_for_regimens", "which_is_meant", "which_is_meant_beside"]


def name_in(given: object) -> str:
    """The name or path that is given.

    Raises
    ------
    Refusal
        When it is something else.
    """
    if isinstance(given, str | Path):
        return str(given)
    raise Refusal(
        f"{repr(given)[:60]} is no regimen",
        "give a shipped name, a path or a Regimen (`course.regimen` of a course), each as an argument of its own",
    )


def stands_for_regimens(name: str) -> bool:
    """Whether a name is that of a regimen that comes with the program, or of a family of them."""
    return bool(library.names_of(name))
