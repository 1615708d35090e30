"""How a long run that was ended goes on, and what is said where it cannot."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from blinplan.outside_text import visible
from blinplan.refusal import Refusal

if TYPE_CHECKING:
    from blinplan.design.journal import Journal, OtherRunError

T = TypeVar("T")


@contextmanager
def kept_beside(
    journal: Path | None, inputs: Mapping[str, Any], kept: "Callable[[Journal], T]", what: str
) -> Iterator[T]:
    """What is done of a run with some inputs, and where the next is kept; nowhere where it writes no file.

    Raises
    ------
    Refusal
        When the journal cannot be written, or is of another run; ``what`` is of what runs it keeps something.
    """
    from blinplan.design.journal import NOWHERE, open_journal

    if journal is None:
        yield kept(NOWHERE)
        return
    with _told_of_journals(journal, what):
        journal.parent.mkdir(parents=True, exist_ok=True)
        with open_journal(journal, inputs, kept) as found:
            yield found


@contextmanager
def noted_on_an_end(note: Callable[[], str]) -> Iterator[None]:
    """Note on what ends a run, by a person or for want of workers, what can be said of it; the CLI shows notes."""
    try:
        yield
    except (KeyboardInterrupt, Refusal) as end:
        if told := note():
            end.add_note(told)
        raise


@contextmanager
def _told_of_journals(journal: Path, what: str) -> Iterator[None]:
    """Refuse a journal that cannot be written, or is of another run."""
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
