"""How the program ends: whatever goes wrong, in which status and with which words."""

import atexit
import os
import signal
import sys
from collections.abc import Callable, Iterator
from errno import EACCES, EAGAIN, EIO, EMFILE, ENOMEM, ENOSPC
from itertools import pairwise
from pathlib import Path

import pytest

from blinplan.cli.app import program, quick
from blinplan.files.inputs import InputError
from blinplan.fingerprint import model_name
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.termination import Terminated
from blinplan.version import __version__
from tests.program import Run

ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGXCPU") if hasattr(signal, name)]
"""Signals that end a run; Windows has the first."""
Ending = Callable[[Exception | KeyboardInterrupt], tuple[object, str]]


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ending:
    """Let the program meet a fault; its status, and what it says of it on one line."""

    def run(fault: Exception | KeyboardInterrupt) -> tuple[object, str]:
        def fail(**_: object) -> None:
            raise fault

        monkeypatch.setattr(program, "app", fail)
        monkeypatch.setattr(sys, "argv", ["\udcb5", "9 \udcb5g", "plan", "x\udce8"])
        with pytest.raises(SystemExit) as exit_of_it:
            program.run()
        out, err = capsys.readouterr()
        assert out == ""
        return exit_of_it.value.code, " ".join(err.split())

    monkeypatch.delenv("BLINPLAN_DEBUG", raising=False)
    return run


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (OSError(ENOSPC, "No space left on device", "x.csv"), "error: no space left on the device"),
        (PermissionError(EACCES, "Permission denied", "x.csv"), "error: x.csv: permission denied"),
        (PermissionError(EACCES, "Permission denied", b"x.csv"), "error: x.csv: permission denied"),
        (OSError(EIO, None, "x.csv"), "error: x.csv: cannot be used"),
        (BlockingIOError(EAGAIN, "Not now"), "error: the system gives no more processes or threads"),
        (RuntimeError("can't start new thread"), "error: the system gives no more processes or threads"),
        (OSError(EMFILE, "Too many open files"), "error: too many files are open"),
        (OSError(EMFILE, "Too many open files", "x.csv"), "error: too many files are open"),
        (OSError(ENOMEM, "Cannot allocate memory"), "error: there is not enough memory"),
        (InputError("no file that can be read", Path("x.toml")), "error: x.toml: no file that can be read"),
        (
            UnicodeEncodeError("utf-8", "9 \udcb5g", 2, 3, "surrogates not allowed"),
            "error: 9 \\udcb5g is not UTF-8 text",
        ),
        (ImportError("x.so: failed to map segment from shared object"), "error: there is not enough memory"),
        (MemoryError(), "error: there is not enough memory"),
        (RuntimeError("Symlink loop from 'a'"), "error: a path leads through links in a circle"),
        (Refusal("it cannot be", "do another thing"), "error: it cannot be help: do another thing"),
        (ArgumentRefusal("{fail_on} is {day}", "see", day="off"), "error: --fail-on is off help: see"),
    ],
)
def test_what_somebody_can_put_right_ends_with_2_and_an_advice(ended: Ending, fault: Exception, said: str) -> None:
    status, told = ended(fault)
    assert status == 2
    assert told.startswith(said)
    assert " help: " in told


@pytest.mark.parametrize(
    "fault",
    [
        OSError(EIO, "Input/output error"),
        InputError("of no path"),
        RuntimeError("a circle"),
        ValueError("Symlink loop"),
        UnicodeEncodeError("utf-8", "\udce9", 0, 1, "of no word"),
    ],
)
def test_what_nobody_can_put_right_is_called_a_fault_of_ours(ended: Ending, fault: Exception) -> None:
    status, told = ended(fault)
    assert status == 3
    assert f"a fault in blinplan {__version__} itself: {type(fault).__name__}: {str(fault)!r}; please report it" in told


def test_of_a_long_fault_the_beginning_is_told(ended: Ending) -> None:
    _, told = ended(ValueError("x" * 150 + "y" * 150))
    assert f"{'x' * 150}{'y' * 50}'" in told


def test_a_fault_is_thrown_to_whoever_looks_for_it(ended: Ending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINPLAN_DEBUG", "1")
    with pytest.raises(ValueError, match="boom"):
        ended(ValueError("boom"))
    assert ended(MemoryError())[0] == 2


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A working folder that somebody has removed."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    yield
    monkeypatch.undo()


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("name", "said"),
    [(None, "error: the working folder is not there any more"), ("x.toml", "error: x.toml: no such file or directory")],
)
def test_a_working_folder_that_is_gone_is_told_where_no_file_is(ended: Ending, name: str | None, said: str) -> None:
    status, told = ended(FileNotFoundError(2, "No such file or directory", name))
    assert (status, told.partition(" help")[0]) == (2, said)


def test_ctrl_c_ends_with_130_in_silence(ended: Ending) -> None:
    assert ended(KeyboardInterrupt()) == (130, "")


@pytest.mark.parametrize("taken", [False, True], ids=["as it comes", "taken for Ctrl-C"])
@pytest.mark.parametrize("number", ENDING)
def test_who_is_told_to_end_ends_by_that_signal(
    monkeypatch: pytest.MonkeyPatch, taken: bool, number: signal.Signals
) -> None:
    """Whoever sent it looks for it, and typer hands it on or takes it for Ctrl-C. What goes at an end goes before."""
    arrived: list[object] = []
    before = signal.signal(number, lambda number, _: arrived.append(number))

    def be_ended(**_: object) -> int:
        try:
            os.kill(os.getpid(), number)
        except Terminated:
            if not taken:
                raise
        return 130

    monkeypatch.setattr(program, "app", be_ended)
    monkeypatch.setattr(atexit, "_run_exitfuncs", lambda: arrived.append("what goes"))
    try:
        with pytest.raises(SystemExit) as ended:  # which a process that this signal ends does not come to
            program.run()
    finally:
        signal.signal(number, before)
    assert (arrived, ended.value.code) == (["what goes", number], 128 + number)


@pytest.mark.parametrize("refusal", [None, Refusal("it cannot be", "do another thing")])
def test_what_goes_wrong_after_ctrl_c_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], refusal: Refusal | None
) -> None:
    """As where another signal comes at once with it: a lock of Python's is released that is not held."""

    def fail(**_: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise refusal or RuntimeError("release unlocked lock") from None

    monkeypatch.setattr(program, "app", fail)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(SystemExit) as ended:
            program.run()
    finally:
        signal.signal(signal.SIGINT, before)
    said = capsys.readouterr().err
    assert (ended.value.code, said[:20]) == ((130, "") if refusal is None else (2, "error: it cannot be\n"))


@pytest.mark.parametrize(("returned", "status"), [(0, 0), (1, 1), (2, 2), (None, 0), ("text", 0)])
def test_the_status_is_what_the_command_returns(monkeypatch: pytest.MonkeyPatch, returned: object, status: int) -> None:
    monkeypatch.setattr(program, "app", lambda **_: returned)
    with pytest.raises(SystemExit) as ended:
        program.run()
    assert ended.value.code == status


def test_nothing_begins_where_standard_output_is_closed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "open_streams", lambda: False)
    monkeypatch.setattr(program, "app", lambda **_: pytest.fail("it began"))
    with pytest.raises(SystemExit) as ended:
        program.run()
    assert ended.value.code == 2
    assert "error: standard output is closed" in capsys.readouterr().err


def test_without_a_command_it_shows_what_to_try_and_its_version_where_that_is_asked(inside: Run) -> None:
    first = inside()
    assert (first.status, first.err) == (0, "")
    assert first.out.count("blinplan ") >= 3
    version = inside("--version")
    assert (version.status, version.out) == (0, f"blinplan {__version__} (model {model_name()})\n")


def test_the_options_of_the_program_are_made_once_in_a_process(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    first = inside("--version")
    monkeypatch.setattr(quick, "get_command", lambda _: pytest.fail("made anew"))
    assert inside("--version") == first
    assert inside("--vesrion").status == 2


@pytest.mark.parametrize("name", quick.COMMANDS)
@pytest.mark.parametrize("columns", [60, 120])
def test_no_line_of_a_help_text_ends_where_the_next_word_has_room(inside: Run, name: str, columns: int) -> None:
    text = inside(*name.split(), "--help", COLUMNS=str(columns)).out.split("\n╭")[0]
    lines = [line.strip() for line in text.split("\n")]
    short = [
        (line, following)
        for line, following in pairwise(lines)
        if line and following and len(f" {line} {following.split()[0]} ") < columns
    ]
    assert short == []
