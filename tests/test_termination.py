"""Who ends a run ends it, also where Python could not hand an exception on."""

import ctypes
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blinplan.files.writing import replacing
from blinplan.termination import Terminated, children_are_told_of, ending_in_order, hear_what_ends, signals_held
from tests.program import NEVER, python

ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGXCPU") if hasattr(signal, name)]
"""Signals that end a run in order; Windows has the first."""


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Each signal ends a process, as it does where the tests are not run by nohup."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def in_c(number: signal.Signals) -> None:
    """A signal comes while C calls Python, as a compiler does when it has machine code to keep."""
    ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal(number))()


def in_a_finalizer(number: signal.Signals) -> None:
    """A signal comes as an object goes."""

    class Going:
        def __del__(self) -> None:
            signal.raise_signal(number)

    Going()


def _meet(place: Callable[[signal.Signals], None], number: signal.Signals) -> None:
    place(number)
    time.sleep(NEVER)  # which the signal ends


def before_a_wait(number: signal.Signals) -> None:
    """A signal is sent again between two waits, where Python does not look: a thread that takes turns does it too."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})  # which Windows has not, as it has no such wait
    wait = ctypes.CDLL(None).usleep
    in_c(number)
    list(map(wait, (10**6, NEVER * 10**6)))


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """Workers that run tests are deaf to Ctrl-C, and so is what runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.parametrize("place", [in_c, in_a_finalizer, before_a_wait])
@pytest.mark.parametrize(("number", "end"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)])
def test_a_signal_that_python_cannot_hand_on_comes_again_in_silence(
    place: Callable[[signal.Signals], None],
    number: signal.Signals,
    end: type[BaseException],
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = sys.unraisablehook, signal.getsignal(signal.SIGTERM)
    with pytest.raises(end), ending_in_order():
        _meet(place, number)
    assert capfd.readouterr() == ("", "")
    assert (sys.unraisablehook, signal.getsignal(signal.SIGTERM)) == before


def test_another_exception_that_cannot_be_handed_on_is_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(lost.exc_value))

    def broken() -> None:
        raise ValueError("a fault")

    with ending_in_order():
        ctypes.CFUNCTYPE(None)(broken)()
    assert [str(one) for one in told] == ["a fault"]


def test_only_the_first_signal_to_end_it_ends_it() -> None:
    with ending_in_order():
        with pytest.raises(Terminated):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.parametrize("number", ENDING)
def test_whatever_ends_a_run_takes_away_what_it_began(tmp_path: Path, number: signal.Signals) -> None:
    """A terminal that is closed, and processor time that is used up, end it as who asks for it."""
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")

    def begin() -> None:
        with replacing(target) as beside:
            beside.write_bytes(b"half")
            signal.raise_signal(number)

    with pytest.raises(Terminated) as ended, ending_in_order() as ending:
        begin()
    assert (ended.value.number, ending.by) == (number, number)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.csv", b"old")]


@pytest.mark.parametrize("number", ENDING)
def test_what_was_ignored_stays_so(number: signal.Signals) -> None:
    """As a closed terminal is under nohup."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with ending_in_order() as ending:
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_IGN
        assert ending.by is None
    finally:
        signal.signal(number, before)


def test_only_one_of_several_signals_to_end_it_ends_it() -> None:
    with ending_in_order():
        with pytest.raises(Terminated):
            signal.raise_signal(ENDING[-1])
        for number in ENDING:
            signal.raise_signal(number)


def test_how_children_end_is_heard_where_whoever_began_the_program_would_not() -> None:
    """Where it is not, git succeeds whatever it says: a revision that is none was taken for one."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        children_are_told_of()
        assert subprocess.run(["false"], check=False).returncode == 1  # noqa: S607 - of any system
    finally:
        signal.signal(signal.SIGCHLD, before)


def in_this_thread(number: signal.Signals) -> None:
    """A signal comes to the thread that holds it back."""
    signal.raise_signal(number)


def in_a_thread_of_others(number: signal.Signals) -> None:
    """A signal comes to a thread that holds nothing back, as those of NumPy, and Python tells the first one."""
    over = threading.Event()
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    before = signal.set_wakeup_fd(wake.fileno())
    other = threading.Thread(target=_deaf_to_nothing, args=(number, over))
    try:
        other.start()
        signal.pthread_kill(other.ident or 0, number)  # which Windows has not
        woken.recv(1)
    finally:
        signal.set_wakeup_fd(before)
        over.set()
        other.join()
        woken.close()
        wake.close()


def _deaf_to_nothing(number: signal.Signals, over: threading.Event) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    over.wait()


@pytest.mark.parametrize("hear", [in_this_thread, in_a_thread_of_others])
@pytest.mark.parametrize("number", [signal.SIGINT, *ENDING])
def test_what_is_held_back_comes_at_the_end(number: signal.Signals, hear: Callable[[signal.Signals], None]) -> None:
    met = []

    def meet() -> None:
        with signals_held():
            hear(number)
            met.append("the rest")

    with pytest.raises(KeyboardInterrupt), ending_in_order() as ending:
        meet()
    assert met == ["the rest"]
    assert ending.by == number


@pytest.mark.parametrize("hear", [in_this_thread, in_a_thread_of_others])
@pytest.mark.parametrize("number", [signal.SIGINT, *ENDING])
def test_what_is_held_back_twice_comes_at_the_end_of_both_and_is_heard_as_before(
    number: signal.Signals, hear: Callable[[signal.Signals], None]
) -> None:
    met = []

    def meet() -> None:
        before = signal.getsignal(number)
        with signals_held(), signals_held():
            pass
        assert signal.getsignal(number) == before
        with signals_held():
            with signals_held():
                hear(number)
            met.append("the rest")

    with pytest.raises(KeyboardInterrupt), ending_in_order() as ending:
        meet()
    assert met == ["the rest"]
    assert ending.by == number


@pytest.mark.parametrize("number", [signal.SIGINT, *ENDING])
def test_a_process_that_begins_while_it_is_held_back_hears_it_when_it_asks(number: signal.Signals) -> None:
    with ending_in_order() as ending:
        before = signal.getsignal(number)
        with signals_held():
            assert signal.getsignal(number) != before
            hear_what_ends()
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)
    assert ending.by == number


def test_at_the_end_of_the_program_ctrl_c_ends_it_at_once() -> None:
    """Python itself says at length what it was doing then."""
    script = "from blinplan.cli.app import program, start; program.run = list; start.program(); signal.raise_signal(2)"
    ended = subprocess.run(python(script), capture_output=True, check=False, timeout=NEVER)  # noqa: S603 - our own
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, b"")


@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
def test_what_tests_start_hears_who_ends_it_though_they_do_not(name: str) -> None:
    """As under nohup, and in the workers that run tests: a test would wait for ever."""
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_IGN)
    try:
        script = python(f"signal.raise_signal(signal.{name})")
        ended = subprocess.run(script, capture_output=True, check=False, timeout=NEVER)  # noqa: S603 - our own
    finally:
        signal.signal(number, before)
    assert ended.returncode == -number
