"""A terminal before the program, at which somebody types: of a process of its own, and of this one."""

import io
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from select import select

from tests.program import NEVER, PLAIN, PROGRAM

Answered = Callable[..., tuple[int, str, str]]
"""Run ``blinplan new`` in this process with what is typed and arguments, and give what `at_terminal` gives."""


class Typed(io.StringIO):
    """What is typed at a terminal, line after line, and then its end of file."""

    def isatty(self) -> bool:
        return True


def at_terminal(folder: Path, typed: str, *arguments: str, interrupt: bool = False) -> tuple[int, str, str]:
    """Run ``blinplan new`` with standard input and error a terminal; the status, standard output and the screen.

    After what is typed, the terminal's end of file is, or the program is interrupted once it asks for a title.
    """
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - our own program
        [*PROGRAM, "new", *arguments],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=folder,
        env={**PLAIN, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    ) as program:
        os.close(theirs)
        os.write(ours, (typed if interrupt else typed + "\x04").encode())
        shown = b""
        with suppress(OSError):  # Linux tells so that the other end is closed
            while select([ours], [], [], NEVER)[0] and (part := os.read(ours, 4096)):
                shown += part
                if interrupt and b"title" in shown:
                    program.send_signal(signal.SIGINT)
                    os.write(ours, b"\n")  # one that came just before it reads is heard once it has read
                    interrupt = False
        program.kill()  # where it still waits for an answer
        os.close(ours)
        out = program.stdout.read().decode() if program.stdout else ""
    return program.returncode, out, shown.decode().replace("\r\n", "\n")
