"""A run that somebody ends: Ctrl-C and a signal to end it take away what it began, wherever they find it.

A terminal that is closed (SIGHUP) and processor time that is used up (SIGXCPU) end it as who asks for it does
(SIGTERM). What was ignored when the program began stays so, as under nohup.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

_A_MOMENT = 0.02
"""Seconds, by which what could not be stopped is over: machine code is handed to a cache, or an object goes."""


_ENDING = tuple(signal.Signals[name] for name in ("SIGTERM", "SIGHUP", "SIGXCPU") if hasattr(signal, name))
"""What ends a run in order; Windows has the first only."""


class Terminated(KeyboardInterrupt):
    """Somebody ended the program: what ends in order at Ctrl-C ends so at a signal to end it."""

    def __init__(self, number: signal.Signals = signal.SIGTERM) -> None:
        super().__init__()
        self.number = number


class EndOfRun:
    """How a run ends: which signal to end it came, if any, and whether it has ended."""

    by: signal.Signals | None = None
    is_over = False

    def exception(self) -> KeyboardInterrupt | None:
        """What whoever ends the run raises; None where nobody does."""
        if self.by is None:
            return None
        return KeyboardInterrupt() if self.by == signal.SIGINT else Terminated(self.by)


@contextmanager
def ending_in_order() -> Iterator[EndOfRun]:
    """Let a signal to end the program end it as Ctrl-C does, and let neither be lost.

    Where Python is called from C, or by an object that goes, it cannot hand an exception on: it writes a traceback and
    goes on. There the signal is sent again a moment later, in silence.
    """
    ending = EndOfRun()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_ENDING) if _is_heard(number)}

    def end(number: int, _frame: object) -> None:
        if number == signal.SIGINT:
            ending.by = ending.by or signal.SIGINT
            raise KeyboardInterrupt
        for one in before.keys() - {signal.SIGINT}:
            signal.signal(one, signal.SIG_IGN)  # one is enough
        ending.by = signal.Signals(number)
        raise Terminated(ending.by)

    def send_again(lost: sys.UnraisableHookArgs) -> None:
        if isinstance(lost.exc_value, Terminated):
            signal.signal(lost.exc_value.number, end)
            _send(lost.exc_value.number, ending)
        elif isinstance(lost.exc_value, KeyboardInterrupt):
            _send(signal.SIGINT, ending)
        else:
            lost_before(lost)

    lost_before, sys.unraisablehook = sys.unraisablehook, send_again
    for number in before:
        signal.signal(number, end)
    try:
        yield ending
    finally:
        ending.is_over = True
        sys.unraisablehook = lost_before
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def _is_heard(number: signal.Signals) -> bool:
    """Whether a signal is one that ends a run: what was ignored is none, nor Ctrl-C where somebody else hears it."""
    handler = signal.getsignal(number)
    return handler is signal.default_int_handler if number == signal.SIGINT else handler is not signal.SIG_IGN


def end_as_told(number: signal.Signals) -> NoReturn:
    """End as whoever sent a signal expects, once what goes with a process in order is gone: folders, semaphores."""
    import atexit
    import os

    end_at_once()
    atexit._run_exitfuncs()
    os.kill(os.getpid(), number)
    raise SystemExit(128 + number)  # where nobody hears the signal, as the first process of a container


def end_at_once() -> None:
    """Let Ctrl-C end this process in silence from now on: nothing has begun yet, or nobody waits for it any more."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def children_are_told_of() -> None:
    """Hear how children end. Whoever started this process may have left that out, and then each seems to succeed."""
    if hasattr(signal, "SIGCHLD") and signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold back what ends a run until the end, from processes that begin meanwhile too until they hear it.

    Threads that are not ours, as those of NumPy, hear what this one does not, and then Python tells it here: so here it
    is noted, and sent again at the end.
    """
    come: list[int] = []
    try:
        with _kept_from_this_thread(), _hearing(lambda number, _frame: come.append(number)):
            yield
    finally:
        for number in come:
            signal.raise_signal(number)


@contextmanager
def _kept_from_this_thread() -> Iterator[None]:
    if sys.platform == "win32":  # which has nothing that does it
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_ENDING})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_before_holding: dict[signal.Signals, Any] = {}
"""What hears each signal once it is not held back any more."""


@contextmanager
def _hearing(note: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Note what ends a run and was not ignored; only the first thread is ever told, and may ask for it.

    Where it is held back already, who holds it notes it, and sends it at the end.
    """
    import threading

    if _before_holding or threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, *_ENDING)}
    _before_holding.update((one, handler) for one, handler in handlers.items() if handler not in _UNHEARD)
    try:
        for number in _before_holding:
            signal.signal(number, note)
        yield
    finally:
        _hear_as_before()


_UNHEARD = (signal.SIG_IGN, None)
"""What hears a signal that is ignored, or is no business of Python's."""


def _hear_as_before() -> None:
    """Hear all of them again, also where one of those that are heard already ends the run meanwhile."""
    try:
        while _before_holding:
            number = next(iter(_before_holding))
            signal.signal(number, _before_holding[number])
            del _before_holding[number]
    finally:
        if _before_holding:
            _hear_as_before()


def hear_what_ends() -> None:
    """Hear what ends a run, in a process that began while it was held back."""
    _hear_as_before()
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, *_ENDING})


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
