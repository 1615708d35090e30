"""A run that somebody ends: Ctrl-C and a signal to end it take away what it began, wherever they find it."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_A_MOMENT = 0.02
"""Seconds, by which what could not be stopped is over: machine code is handed to a cache, or an object goes."""


class Terminated(KeyboardInterrupt):
    """Somebody ended the program: what ends in order at Ctrl-C ends so at a signal to end it."""


class EndOfRun:
    """How a run ends: whether a signal to end it came, and whether it has ended."""

    is_terminated = False
    is_over = False


@contextmanager
def ending_in_order() -> Iterator[EndOfRun]:
    """Let a signal to end the program end it as Ctrl-C does, and let neither be lost.

    Where Python is called from C, or by an object that goes, it cannot hand an exception on: it writes a traceback and
    goes on. There the signal is sent again a moment later, in silence.
    """
    ending = EndOfRun()

    def terminate(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # one is enough
        ending.is_terminated = True
        raise Terminated

    def send_again(lost: sys.UnraisableHookArgs) -> None:
        if isinstance(lost.exc_value, Terminated):
            signal.signal(signal.SIGTERM, terminate)
            _send(signal.SIGTERM, ending)
        elif isinstance(lost.exc_value, KeyboardInterrupt):
            _send(signal.SIGINT, ending)
        else:
            lost_before(lost)

    before, lost_before = signal.signal(signal.SIGTERM, terminate), sys.unraisablehook
    sys.unraisablehook = send_again
    try:
        yield ending
    finally:
        ending.is_over = True
        sys.unraisablehook = lost_before
        signal.signal(signal.SIGTERM, before)


def _send(number: signal.Signals, ending: EndOfRun) -> None:
    import threading

    if sys.platform != "win32":
        signal.signal(signal.SIGURG, _wake)
    sending = threading.Thread(target=_interrupt, args=(threading.main_thread().ident, number, ending))
    sending.daemon = True  # nobody waits for it
    sending.start()


def _interrupt(thread: int, number: signal.Signals, ending: EndOfRun) -> None:
    """Send a thread a signal, which also ends what it waits for; on Windows when it has waited.

    One that comes just before a wait begins is seen when that is over, and ends none. So others come after it, by which
    a wait is left for a moment, and the first is seen.
    """
    time.sleep(_A_MOMENT)
    if sys.platform == "win32":
        signal.raise_signal(number)
        return
    signal.pthread_kill(thread, number)
    while not ending.is_over:
        time.sleep(_A_MOMENT)
        signal.pthread_kill(thread, signal.SIGURG)


def _wake(*_: object) -> None:
    """Say nothing: that a signal comes is what it is for."""
