"""What the program may answer to any input, and what it did."""

import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from blinplan.cli.app.program import run
from blinplan.exit_status import ExitStatus

SECONDS = 10.0
"""The longest that any legal file takes, on a machine that does nothing else."""
BYTES = 200 * 2**20
"""The most memory that a run takes beside what the runs before it did."""
_ALLOWED = {ExitStatus.SUCCESS, ExitStatus.FINDINGS, ExitStatus.INCOMPLETE}


class TooLongError(BaseException):
    """A run that does not end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a run ended, what it wrote, and how long it took in processor time."""

    status: int | str
    out: str
    err: str
    seconds: float
    grown: int = 0
    """By how many bytes the most that the process has ever held has grown."""
    is_exact: bool = False
    """Whether it wrote what another program takes byte for byte, as a patch is; a terminal is shown it otherwise."""

    def faults(self) -> Iterator[str]:
        """What it must not have been."""
        if self.status not in _ALLOWED:
            yield f"status {self.status}: {self.err.strip()[-200:]}"
        if self.seconds > SECONDS:
            yield f"{self.seconds:.0f} s"
        if self.grown > BYTES:
            yield f"{self.grown // 2**20} MiB more"
        for name, text in (("out", "" if self.is_exact else self.out), ("err", self.err)):
            if "Traceback (most recent call last)" in text:
                yield f"a traceback in {name}"
            controls = sorted({character for character in text if _is_control(character)})
            if controls:
                yield f"control characters in {name}: {controls}"
        if self.status == ExitStatus.INCOMPLETE and not self.err.strip():
            yield "no word of why it is incomplete"


def answer_to(arguments: tuple[str, ...], folder: Path) -> Answer:
    """Run the program in this process, in a folder, with a limit to its time."""
    written = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(one, encoding="utf-8", newline="") for one in written)
    before, streams, place = sys.argv, (sys.stdout, sys.stderr), Path.cwd()
    begun, held = time.process_time(), _most_held()
    sys.argv, sys.stdout, sys.stderr = ["blinplan", *arguments], out, err
    status: int | str = "no status"
    try:
        os.chdir(folder)
        with limited():
            run()
    except SystemExit as ended:
        status = int(ended.code or 0)
    except TooLongError:
        status = "none after a long time"
    except BaseException as error:  # whatever comes out is a fault, and is told
        status = f"{type(error).__name__}: {error}"
    finally:
        sys.argv, (sys.stdout, sys.stderr) = before, streams
        os.chdir(place)
    out.flush()
    err.flush()
    texts = (one.getvalue().decode("utf-8", "replace") for one in written)
    seconds, grown = time.process_time() - begun, _most_held() - held
    return Answer(status, next(texts), next(texts), seconds, grown, is_exact="--diff" in arguments)


def _most_held() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextmanager
def limited() -> Iterator[None]:
    """End what takes far too long, in processor time."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _is_control(character: str) -> bool:
    code = ord(character)
    return (
        (code < 0x20 and character not in "\n\t\r") or 0x7F <= code < 0xA0 or code in {0x202E, 0x2066, 0x2028, 0x200B}
    )
