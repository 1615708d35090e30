"""A long run that somebody ends, or that has no workers any more: what it can say is shown, and how it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from blinplan.outside_text import visible
from blinplan.refusal import Refusal
from blinplan.terminal import Terminal


class LongRun(Protocol):
    """What is done bit by bit, and kept beside its output where there is one."""

    @property
    def journal(self) -> Path | None:
        """Where what is done is kept; None where it is not."""
        ...

    @property
    def number_kept(self) -> int:
        """How much is kept there."""
        ...

    @property
    def kept_text(self) -> str:
        """The same in words: 3 of 16 cells."""
        ...


@contextmanager
def told_where_to_go_on(run: LongRun, terminal: Terminal, *, keeping: str | None) -> Iterator[None]:
    """Say of a run that is ended before it can show anything what stands by then, and how to go on.

    ``keeping`` is the option with which it goes on; None where there is none.
    """
    before = run.number_kept
    try:
        yield
    except (KeyboardInterrupt, Refusal) as end:
        is_by_somebody, nothing = isinstance(end, KeyboardInterrupt), ("ended before anything could be shown",)
        for note in getattr(end, "__notes__", nothing if is_by_somebody else ()):
            terminal.say(note, "warning")
        if is_by_somebody or run.number_kept > before:
            _say_what_is_kept(run, terminal, keeping=keeping)
        raise


def end_in_order(
    run: LongRun,
    ended_by: KeyboardInterrupt | Refusal | None,
    terminal: Terminal,
    *,
    keeping: str,
    undrawn: bool = False,
) -> None:
    """End as what ended a run of which a part was shown, once it is said how it goes on, and what is not drawn.

    Raises
    ------
    KeyboardInterrupt, Refusal
        What ended it; nothing where it came to its end.
    """
    if ended_by is None:
        return
    if undrawn:
        terminal.say("no figure is drawn of a part")
    _say_what_is_kept(run, terminal, keeping=keeping)
    raise ended_by


def _say_what_is_kept(run: LongRun, terminal: Terminal, *, keeping: str | None) -> None:
    """Say where what is done is kept, or with which option it would be."""
    if run.journal is not None:
        terminal.say(f"{visible(str(run.journal))} keeps {run.kept_text}: the same command goes on from there")
    elif keeping is not None:
        terminal.say(f"nothing of it is kept: with {keeping} it is, and the same command goes on from there")
