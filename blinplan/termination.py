"""A run that somebody ends: Ctrl-C and a signal to end it take away what it began, wherever they find it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_A_MOMENT = 0.02
"""Seconds, by which what could not be stopped is over: machine code is handed to a cache, or an object goes."""


class Terminated(KeyboardInterrupt):
    """Somebody ended the program: what ends in order at Ctrl-C ends so at a signal to end it."""


class EndOfRun:
    """How a run ends: whether a signal to end it came."""

    is_terminated = False


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
            _send(signal.SIGTERM)
        elif isinstance(lost.exc_value, KeyboardInterrupt):
            _send(signal.SIGINT)
        else:
            lost_before(lost)

    before, lost_before = signal.signal(signal.SIGTERM, terminate), sys.unraisablehook
    sys.unraisablehook = send_again
    try:
        yield ending
    finally:
        sys.unraisablehook = lost_before
        signal.signal(signal.SIGTERM, before)


def _send(number: signal.Signals) -> None:
    import threading

    sending = threading.Timer(_A_MOMENT, _interrupt, [threading.main_thread().ident, number])
    sending.daemon = True  # nobody waits for it
    sending.start()


def _interrupt(thread: int, number: signal.Signals) -> None:
    """Send a thread a signal, which also ends what it waits for; on Windows when it has waited."""
    if sys.platform == "win32":
        signal.raise_signal(number)
    else:
        signal.pthread_kill(thread, number)
