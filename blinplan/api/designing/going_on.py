"""How a long run that was ended goes on, and what is said where it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.outside_text import visible
from blinplan.refusal import Refusal

if TYPE_CHECKING:
    from blinplan.design.journal import OtherRunError


@contextmanager
def told_of_journals(journal: Path, what: str) -> Iterator[None]:
    """Refuse a journal that cannot be written, or is of another run; ``what`` is of what runs it keeps something.

    Raises
    ------
    Refusal
        When it is so.
    """
    from blinplan.design.journal import OtherRunError

    try:
        yield
    except OtherRunError as error:
        raise _of_another_run(error, what) from error
    except OSError as error:
        why = (error.strerror or "cannot be written").lower()
        raise Refusal(f"{visible(str(journal))}: {why}", "check the path") from error


def _of_another_run(error: "OtherRunError", what: str) -> Refusal:
    name = visible(str(error.path))
    if error.differences is None:
        return Refusal(f"{name} is there, and holds no {what}", "move it, or write to another file")
    told = "; ".join(f"{one.what}: {_short(one.begun)} there, {_short(one.now)} here" for one in error.differences)
    held = what.replace(" of a ", " of another ")
    return Refusal(
        f"{name} has {held}, and nothing goes on from them: {visible(told)}",
        f"run it as it was begun, write to another file, or remove {name} to begin anew",
    )


def _short(value: Any) -> str:
    text = "nothing" if value is None or value == [] else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
