"""Who ends a run ends it, also where Python could not hand an exception on."""

import ctypes
import gc
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from blinplan.termination import Terminated, ending_in_order
from tests.program import NEVER, python


def in_c(number: signal.Signals) -> None:
    """A signal comes while C calls Python, as a compiler does when it has machine code to keep."""
    ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal(number))()


def in_a_finalizer(number: signal.Signals) -> None:
    """A signal comes as an object goes."""

    class Going:
        def __del__(self) -> None:
            signal.raise_signal(number)

    Going()
    gc.collect()


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


def test_what_tests_start_hears_who_ends_it_though_they_do_not() -> None:
    """As under nohup, and in the workers that run tests: a test would wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = subprocess.run(  # noqa: S603 - our own
        python("signal.raise_signal(signal.SIGINT)"), capture_output=True, check=False, timeout=NEVER
    )
    assert ended.returncode == -signal.SIGINT
