"""Streams: the report on standard output and nothing else, whatever stands at the other end."""

import io
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

import pytest
from rich.cells import cell_len

from tests.collection.grid import at_night, each_third
from tests.program import NEVER, PLAIN, PROGRAM, WITHOUT_CODE, Ran, Run, members, process, wait_until
from tests.regimen_text import cycle, regimen_text

pytestmark = pytest.mark.slow  # processes are started, at every width

UTF8_PIPES = {"PYTHONIOENCODING": "utf-8"}
UTF8 = PLAIN | UTF8_PIPES
PIPE = 1 << 16
"""Bytes that a pipe of Linux holds."""
WIDE = "漢字と日本語 🧪🩸 µ²≤ "
HOSTILE = "\\u001b[31m\\u202e[bold]x[/bold]\\u0007"


def start(*arguments: str, folder: Path, **streams: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*PROGRAM, *arguments], cwd=folder, env=UTF8, **streams)  # type: ignore[call-overload,no-any-return]  # noqa: S603


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    program = f'blinplan() {{ {shlex.join(PROGRAM)} "$@"; }}; '
    return subprocess.run(  # noqa: S603
        ["/bin/bash", "-c", program + command],
        capture_output=True,
        cwd=folder,
        env=WITHOUT_CODE | UTF8_PIPES,
        check=False,
        timeout=NEVER,
    )


@pytest.mark.parametrize("form", ["full", "concise", "json"])
def test_the_summary_is_on_standard_error_and_the_report_on_standard_output(
    inside: Run, tmp_path: Path, files: dict[str, str], form: str
) -> None:
    arguments = ("check", "error.toml", "nowhere", "--no-simulate", "-f", form)
    ran = inside(*arguments)
    assert form != "full" or ran == process(*arguments, folder=tmp_path)
    assert ran.status == 2
    assert "S305" in ran.out
    assert "exit 2" in ran.err
    assert "S305" not in ran.err
    assert "exit 2" not in ran.out
    if form == "json":
        # A document that is kept says itself what it does not cover.
        document = json.loads(ran.out)
        assert document["status"] == 2
        assert [error["name"] for error in document["not_found"]] == ["nowhere"]
    else:
        assert "nowhere" not in ran.out


def test_standard_input_is_a_file_like_any_other(
    inside: Run, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def given(data: bytes, *arguments: str) -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return inside(*arguments)

    error = files["error.toml"].encode()
    ran = given(error, "check", "-", "--no-simulate", "-f", "concise")
    assert ran.status == 1
    assert ran.out.startswith("<stdin>:")
    named = given(error, "check", "-", "--no-simulate", "-f", "json", "--stdin-filename", "order 7.toml")
    assert [file["path"] for file in json.loads(named.out)["files"]] == ["order 7.toml"]
    twice = given(error, "check", "-", "-", "--no-simulate", "-f", "concise")
    assert (twice.status, twice.out) == (ran.status, ran.out)
    both = given(b"\x00", "check", "-", "sound.toml", "--no-simulate", "-f", "json")
    assert [file["path"] for file in json.loads(both.out)["files"]] == ["<stdin>", "sound.toml"]
    assert given(files["sound.toml"].encode(), "plan", "-").status == 0


@pytest.mark.parametrize(
    "command",
    ["regimens -f json", at_night("schema"), at_night("check nhl --no-simulate"), at_night("plan rr-adult -f json")],
)
def test_a_reader_who_leaves_ends_the_program_in_silence(tmp_path: Path, command: str) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    running = start(*command.split(), folder=tmp_path, stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    _, err = running.communicate(timeout=NEVER)
    assert running.returncode == 141
    assert err == b""


@pytest.mark.parametrize("unbuffered", [at_night(""), "1"])
def test_head_leaves_141(tmp_path: Path, unbuffered: str) -> None:
    command = "blinplan simulate nhl-15 --patients 200 -f csv | head -1 | cut -c1-7; echo ${PIPESTATUS[0]}"
    ran = shell(f"export PYTHONUNBUFFERED={unbuffered}; {command}", tmp_path)
    assert ran.stdout == b"patient\n141\n"
    assert ran.stderr == b""


def test_who_reads_the_first_lines_of_an_error_gets_its_status(tmp_path: Path) -> None:
    (tmp_path / "pounds.csv").write_text("weight_kg,height_cm\n154,69\n", encoding="utf-8")
    command = "blinplan simulate rr-adult --people pounds.csv 2>&1 | head -1 | cut -c1-19; echo ${PIPESTATUS[0]}"
    assert shell(command, tmp_path).stdout == b"error: pounds.csv:2\n2\n"


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        ("blinplan check sound.toml --no-simulate >&-", 2, b"standard output is closed"),
        ("blinplan check sound.toml --no-simulate >/dev/full", 2, b"no space left"),
        at_night("blinplan --help >/dev/full", 2, b"no space left"),
        ("blinplan check - --no-simulate <&-", 2, b"<stdin>: cannot be read"),
        at_night("blinplan check sound.toml --no-simulate 2>&-", 0, b""),
        ("blinplan check error.toml --no-simulate 2>&-", 1, b""),
        at_night("blinplan check nowhere 2>&-", 2, b""),
        ("blinplan check error.toml --no-simulate >&- 2>&-", 2, b""),
        at_night("blinplan check sound.toml --no-simulate 2>/dev/full", 0, b""),
        at_night("blinplan check error.toml --no-simulate 2>/dev/full", 1, b""),
        at_night("blinplan check nowhere 2>/dev/full", 2, b""),
        at_night("blinplan no-such-command 2>/dev/full", 2, b""),
        at_night("blinplan check error.toml --no-simulate >/dev/full 2>/dev/full", 2, b""),
        ("git init -q; trap '' CHLD; blinplan diff no-such-revision sound.toml", 2, b"no such file"),
    ],
)
def test_a_closed_or_full_stream_is_no_fault_of_the_program(
    tmp_path: Path, files: dict[str, str], command: str, status: int, says: bytes
) -> None:
    ran = shell(command, tmp_path)
    assert ran.returncode == status
    assert says in ran.stderr
    assert b"fault in blinplan" not in ran.stderr
    assert b"Traceback" not in ran.stderr
    assert b"Exception ignored" not in ran.stderr


def test_streams_that_do_not_wait_are_waited_for(tmp_path: Path) -> None:
    """As some programs hand them over: nothing is there yet to be read, and a pipe is full before all is written."""
    (given, to), (out, shown), (err, told) = os.pipe(), os.pipe(), os.pipe()
    for end in (given, shown, told):
        os.set_blocking(end, False)
    unknown = [f"no-{number}-{'x' * 240}" for number in range(PIPE // 220)]  # of each more than this many bytes in both
    asked = ("check", "-", *unknown, "--no-simulate", "-f", "json")
    running = start(*asked, folder=tmp_path, stdin=given, stdout=shown, stderr=told)
    wait_until(lambda: os.get_blocking(given), running)
    for end in (given, shown, told):
        os.close(end)
    with os.fdopen(to, "wb") as answer:
        answer.write(regimen_text(cycle()).encode())
    with os.fdopen(err, "rb") as errors, os.fdopen(out, "rb") as report, ThreadPoolExecutor(1) as beside:
        reading = beside.submit(errors.read)
        document, said = json.load(report), reading.result().decode()
    assert running.wait(timeout=NEVER) == 2
    assert len(document["not_found"]) == len(unknown)
    assert said.count("error: ") == len(unknown)
    assert "fault" not in said


def test_an_interrupt_ends_with_130_in_silence(tmp_path: Path) -> None:
    running = start(
        "check", "-", folder=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdin is not None
    running.stdin.write(b"#" * (PIPE + 1))  # more than a pipe holds: written when it reads, and waits for the rest
    running.stdin.flush()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=NEVER)
    assert (running.returncode, out, err) == (130, b"", b"")


def at_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """Run the program with a terminal as standard output, and give what it wrote there."""
    return with_terminal(folder, arguments, environment, both=False)


def with_terminal(folder: Path, arguments: Sequence[str], environment: Mapping[str, str], *, both: bool) -> str:
    """Run the program with a terminal as standard output, or as `both` streams, and give what it wrote there."""
    import pty

    main, terminal = pty.openpty()
    environment = {**WITHOUT_CODE, **UTF8_PIPES, "TERM": "xterm", **environment}
    running = subprocess.Popen(  # noqa: S603
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment,
        stdout=terminal,
        stderr=terminal if both else subprocess.DEVNULL,
    )
    os.close(terminal)
    written = b""
    try:
        while piece := os.read(main, 4096):
            written += piece
    except OSError:  # Linux says so when the other end of a terminal is closed
        pass
    running.wait(timeout=NEVER)
    os.close(main)
    return written.decode()


def folder_to_simulate(folder: Path, count: int) -> None:
    for number in range(count):
        text = regimen_text(cycle(free=14 + number))
        (folder / f"r{number}.toml").write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_progress_is_shown_at_a_terminal_only(inside: Run, tmp_path: Path) -> None:
    folder_to_simulate(tmp_path, 2)
    arguments = ("check", ".", "--patients", "20", "--no-cache", "-f", "concise")
    shown = with_terminal(tmp_path, arguments, {}, both=True)
    assert "of 2 regimens simulated" in shown
    assert "2 regimens: " in shown
    piped = inside(*arguments)
    assert "2 regimens: " in piped.err
    assert "simulated" not in piped.err
    assert "\x1b" not in piped.err


@pytest.mark.slow
def test_an_interrupt_ends_the_processes_that_simulate_in_silence(tmp_path: Path) -> None:
    folder_to_simulate(tmp_path, 12)
    arguments = ("check", ".", "--patients", "20000", "--no-cache")
    running = start(*arguments, folder=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    wait_until(
        lambda: len(members(running.pid)) > 2, running
    )  # itself, one that tracks resources, and one that simulates
    os.killpg(running.pid, signal.SIGINT)  # as the terminal does: to all of them
    out, err = running.communicate(timeout=NEVER)  # which is when the last of them has closed these
    assert (running.returncode, out, err) == (130, b"", b"")
    while members(running.pid):  # what has closed them ends next
        pass


@pytest.mark.parametrize(
    ("environment", "option", "coloured"),
    [
        ({}, "auto", True),
        ({"NO_COLOR": "1"}, "auto", False),
        at_night({"TERM": "dumb"}, "auto", False),
        at_night({"NO_COLOR": "1"}, "always", True),
        at_night({}, "never", False),
    ],
)
def test_at_a_terminal_colour_follows_the_environment_and_the_option(
    tmp_path: Path, files: dict[str, str], environment: dict[str, str], option: str, coloured: bool
) -> None:
    shown = at_terminal(tmp_path, "check", "error.toml", "--no-simulate", "--color", option, **environment)
    assert "S305" in shown
    assert ("\x1b[" in shown) is coloured


@pytest.mark.parametrize(
    ("environment", "option", "coloured"),
    [
        ({}, "auto", False),
        ({"FORCE_COLOR": "1"}, "auto", True),
        ({}, "always", True),
        ({"FORCE_COLOR": "1"}, "never", False),
    ],
)
def test_in_a_pipe_colour_is_off_unless_asked_for(
    inside: Run, files: dict[str, str], environment: dict[str, str], option: str, coloured: bool
) -> None:
    ran = inside("check", "error.toml", "--no-simulate", "--color", option, **environment)
    assert ("\x1b[" in ran.out) is coloured
    assert ("\x1b[" in ran.err) is coloured
    for form in ("concise", "json"):
        assert "\x1b" not in inside("check", "error.toml", "--no-simulate", "--color", option, "-f", form).out


@pytest.mark.parametrize("columns", ["60", "80", "120", "200"])
def test_no_line_is_wider_than_the_terminal(inside: Run, columns: str) -> None:
    lines = cycle("1.5 µg/m2/day for 27 days", free=21, repeat=2).replace('"Cycle"', f'"{WIDE * 6}" # {"漢x" * 400}')
    Path("wide.toml").write_text(regimen_text(lines, title=WIDE * 12), encoding="utf-8")
    for arguments in (
        ("check", "wide.toml", "nhl", "nowhere" * 20, "--no-simulate", "-v"),
        ("plan", "wide.toml", "--bsa", "1.5"),
        ("simulate", "wide.toml", "--typical"),
        ("regimens",),
    ):
        ran = inside(*arguments, COLUMNS=columns)
        for line in (ran.out + ran.err).splitlines():
            assert cell_len(line) <= int(columns)
            assert "…" not in line


def ascii_to(stream: TextIO, errors: str) -> TextIO:
    """A stream that takes ASCII only, and hands it on."""

    class Through(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            stream.write(bytes(data).decode("ascii"))
            return len(data)

    return io.TextIOWrapper(io.BufferedWriter(Through()), encoding="ascii", errors=errors, write_through=True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "wide.toml", "nhl-5", "--no-simulate"],
        ["check", "wide.toml", "--no-simulate", "-f", "concise"],
        ["check", "wide.toml", "--no-simulate", "-f", "json"],
        ["plan", "wide.toml", "--bsa", "1.5"],
        ["simulate", "wide.toml", "--typical"],
        ["simulate", "wide.toml", "--typical", "-f", "csv"],
        ["regimens"],
        ["plan", "--help"],
        ["simulate", "--help"],
        ["check", "漢字.toml"],
    ],
    ids=" ".join,
)
def test_in_ascii_everything_is_ascii(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    lines = cycle("15 µg/m²/day for 28 days").replace('"Cycle"', f'"{WIDE}"')
    (tmp_path / "wide.toml").write_text(regimen_text(lines, title=WIDE, called="wide"), encoding="utf-8")
    for name, errors in (("stdout", "strict"), ("stderr", "backslashreplace")):  # as Python opens them
        monkeypatch.setattr(sys, name, ascii_to(getattr(sys, name), errors))
    ran = inside(*arguments)
    if arguments[:2] == ["plan", "wide.toml"]:
        assert ran == process(*arguments, folder=tmp_path, PYTHONIOENCODING="ascii")
    assert ran.status == (2 if "漢字.toml" in arguments else 0)
    assert (ran.out + ran.err).isascii()
    assert len(ran.out + ran.err) > 50


@pytest.mark.parametrize("colour", ["always", "never"])
def test_nothing_in_a_file_is_read_as_markup_or_reaches_the_terminal_raw(inside: Run, colour: str) -> None:
    lines = cycle("1 mcg/m2/day for 27 days").replace('"Cycle"', f'"{HOSTILE}"')
    text = regimen_text(lines, title=HOSTILE)
    Path("a.toml").write_text(text, encoding="utf-8")
    Path("b.toml").write_text(text + f'"{HOSTILE}" = "{HOSTILE}"\n', encoding="utf-8")
    for arguments in (
        ("check", "a.toml", "b.toml", "--no-simulate"),
        ("check", "b.toml", "--no-simulate", "-f", "concise"),
        ("plan", "a.toml", "--bsa", "1"),
        ("plan", "b.toml"),
        ("simulate", "a.toml", "--typical"),
    ):
        ran = inside(*arguments, "--color", colour)
        for shown in (ran.out, ran.err):
            assert not {"\u202e", "\x07"} & set(shown)
            assert "\x1b[31m\\" not in shown
            assert "\x1b[31m[" not in shown
            if colour == "never":
                assert "\x1b" not in shown
        assert "[bold]x[/bold]" in ran.out + ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "nope", "--color", "always"),
        ("check", "--color=always", "nope"),
        ("plan", "--color", "always", "--no-such-option"),
        ("simulate", "faulty.toml", "--color", "always"),
    ],
)
def test_errors_hear_the_option_too(files: dict[str, str], inside: Run, arguments: tuple[str, ...]) -> None:
    ended = inside(*arguments)
    assert ended.status == 2
    assert "\x1b[1;31merror" in ended.err
    plain = [part for part in arguments if part not in {"--color", "always", "--color=always"}]
    assert "\x1b" not in inside(*plain).err
    assert "\x1b" not in inside(*plain, "--color", "never", FORCE_COLOR="1").err


DATED = ["--bsa", "1.5", "--start", "2026-11-02T10:00", "--time-zone", "UTC"]
FOR_PROGRAMS = {
    "html": ["plan", "wide.toml", *DATED, "-f", "html"],
    "csv": ["simulate", "wide.toml", "--people", "people.csv", "-f", "csv"],
    "diff": ["check", "wide.toml", "--no-simulate", "--diff"],
}


@pytest.mark.parametrize("asked", each_third([*FOR_PROGRAMS]))
def test_what_programs_read_is_in_utf8_whatever_a_pipe_is_taken_for(inside: Run, tmp_path: Path, asked: str) -> None:
    """As Python takes a pipe on Windows for cp1252: a page says that it is UTF-8, and no stand-in belongs there."""
    lines = cycle("15 µg/m²/day for 28 days").replace('"Cycle"', f'"{WIDE}"')
    (tmp_path / "wide.toml").write_text(regimen_text(lines, title=WIDE, called="wide"), encoding="utf-8")
    (tmp_path / "people.csv").write_text("id,weight_kg,height_cm\nZoë,40,150\n", encoding="utf-8")
    everywhere = inside(*FOR_PROGRAMS[asked]).out
    western = subprocess.run(  # noqa: S603 - our own program
        [*PROGRAM, *FOR_PROGRAMS[asked]],
        capture_output=True,
        cwd=tmp_path,
        env={**PLAIN, "PYTHONIOENCODING": "cp1252"},
        check=False,
    ).stdout
    assert western.decode() == everywhere
    assert not everywhere.isascii()
