"""Copies of this process, each of which calls one function, and hands over what it finds through a pipe."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import BinaryIO, NoReturn, TypeVar

from blinplan.termination import hear_what_ends, signals_held

A = TypeVar("A")

Ask = Callable[[bytes], bytes]
"""What a copy hands over first, and what it is told for it."""


@contextmanager
def copies(function: Callable[[A, Ask], bytes], arguments: Sequence[A]) -> Iterator[Sequence[Copy]]:
    """Call a function for each argument in a copy of this process, while this one does something else.

    A copy has all that was read, so that nothing is handed over but what it finds. On its way it may ask once. One that
    the system does not give is as one that has failed.
    """
    running: list[Copy] = []
    try:
        for argument in arguments:
            with signals_held():  # what has begun is ended, and no copy does what is to be done here
                running.append(_copy(function, argument))
        yield running
    finally:
        for copy in running:
            copy.end()


class Copy:
    """A copy of this process, which calls one function and ends; one without a number was not to be had."""

    def __init__(self, process: int | None, told: BinaryIO, answer: BinaryIO) -> None:
        self._process, self._from, self._to = process, told, answer

    def question(self) -> bytes | None:
        """What it asks with; None where it failed before."""
        return _message_from(self._from)

    def tell(self, what: bytes) -> None:
        """Answer what it asked."""
        with suppress(BrokenPipeError):  # of one that has failed, its result tells
            _send(self._to, what)

    def result(self) -> bytes | None:
        """What it found; None where it failed."""
        return _message_from(self._from)

    def end(self) -> None:
        """End it, whatever it does; nobody waits any more for what it may have to say."""
        import signal

        if self._process is not None:
            with suppress(ProcessLookupError, ChildProcessError):  # where whoever calls hears of no children
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
        self._from.close()
        with suppress(BrokenPipeError):
            self._to.close()


def _copy(function: Callable[[A, Ask], bytes], argument: A) -> Copy:
    """Begin a copy."""
    parent, pipes = os.getpid(), list[int]()
    try:
        pipes += os.pipe()
        pipes += os.pipe()
        process = os.fork()
    except OSError:  # no more processes, or open files
        for pipe in pipes:
            os.close(pipe)
        return Copy(None, BytesIO(), BytesIO())
    here, to, there, answer = pipes
    if process == 0:
        _call_and_end(function, argument, to, there, parent)
    os.close(to)
    os.close(there)
    return Copy(process, os.fdopen(here, "rb"), os.fdopen(answer, "wb"))


_LENGTH = 8
"""Bytes that say how long what follows is, so that a part of it is not taken for all."""


def _send(file: BinaryIO, what: bytes) -> None:
    file.write(len(what).to_bytes(_LENGTH, "big"))
    file.write(what)
    file.flush()


def _message_from(file: BinaryIO) -> bytes | None:
    length = file.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    what = file.read(int.from_bytes(length, "big"))
    return what if len(what) == int.from_bytes(length, "big") else None


def _call_and_end(function: Callable[[A, Ask], bytes], argument: A, to: int, there: int, parent: int) -> NoReturn:
    """Hand over what a function returns, and end without what else ends a program, as writing what is not yet written.

    Whatever goes wrong, the process that was copied does the same, and tells of it.
    """
    try:
        _end_with(parent)
        hear_what_ends()
        with os.fdopen(to, "wb") as told, os.fdopen(there, "rb") as answer:

            def ask(what: bytes) -> bytes:
                _send(told, what)
                return _message_from(answer) or b""

            _send(told, function(argument, ask))
    finally:
        os._exit(0)


_TELL_OF_PARENT = 1
"""PR_SET_PDEATHSIG: what Linux sends when the parent has ended, prctl(2)."""


def _end_with(parent: int) -> None:
    """Let this process end where its parent is killed, which then tells nobody."""
    import ctypes
    import signal

    with suppress(OSError, AttributeError):  # a C library without it
        ctypes.CDLL(None).prctl(_TELL_OF_PARENT, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(0)
