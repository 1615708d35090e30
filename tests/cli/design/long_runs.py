"""End the program when some more of a run is kept, as a person or a machine does."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from tests.program import NEVER, PROGRAM, WITHOUT_CODE


class Ended(NamedTuple):
    """What a program that was ended said."""

    out: str
    err: str


def lines_in(journal: Path) -> int:
    """How many lines a journal has, the first of which says what it is of."""
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def ended_after(arguments: tuple[str, ...], journal: Path, more: int, sent: int = signal.SIGKILL) -> Ended:
    """Run the program in the folder of a journal, and end it when so many more lines are kept there."""
    before = max(lines_in(journal), 1)
    running = subprocess.Popen(  # noqa: S603 - our own program
        [*PROGRAM, *arguments], cwd=journal.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=WITHOUT_CODE
    )
    while lines_in(journal) < before + more and running.poll() is None:
        time.sleep(0.002)
    os.kill(running.pid, sent)
    out, err = running.communicate(timeout=NEVER)
    if b"Exception ignored in" in err:  # Python has lost the signal in a finalizer: whoever typed it types it again
        return ended_after(arguments, journal, more, sent)
    assert running.returncode == (130 if sent == signal.SIGINT else -sent), err
    return Ended(out.decode(), err.decode())
