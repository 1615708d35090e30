"""A small part of the faults that `python -m tests.hostile.faults` tries."""

import signal
import time
from pathlib import Path
from random import Random

import pytest

from blinplan.cli.app.outputs import WRITTEN
from tests.collection.grid import at_night
from tests.hostile.faults import FAULTS, begin, hurt
from tests.hostile.writers import IN_PLACE, WRITERS
from tests.program import NEVER

QUICK = ("a plan", "a scaffold", "what was put right")

LIKE_OTHERS = {"full errors", "hung up", "a full output", "no output", "no errors", "interrupted"}
"""Faults that quicker tests hold too: tests/cli/app/test_streams.py closes and fills streams, and interrupts."""


@pytest.mark.slow
@pytest.mark.parametrize("fault", [at_night(fault) if fault in LIKE_OTHERS else fault for fault in FAULTS])
def test_no_fault_hurts_what_was_there(fault: str) -> None:
    number = list(FAULTS).index(fault)
    found = hurt(QUICK[number % len(QUICK)], fault, Random(number))  # noqa: S311 - no secret
    assert found.what == ()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, at_night(signal.SIGHUP), at_night(signal.SIGINT)])
def test_what_ends_in_the_middle_leaves_nothing_beside_it(tmp_path: Path, number: signal.Signals) -> None:
    """A long run that is asked to end when its file is half written: nothing waits by the clock, but for that file."""
    (tmp_path / "out.csv").write_bytes(b"old")
    long_run = ("simulate", "nhl-5", "--patients", "20000", "--every", "1h", "-o", "out.csv")
    process = begin(long_run, tmp_path)
    while not list(tmp_path.glob(".blinplan-*")):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    _, err = process.communicate(timeout=NEVER)
    assert (process.returncode, err) == (130 if number == signal.SIGINT else -number, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert (tmp_path / "out.csv").read_bytes() == b"old"


def test_every_option_that_writes_is_tried() -> None:
    """By the parameters that are claimed before a command begins: whoever adds one adds a writer here."""
    spellings = {"output": "-o", "reports": "--report", "file": "new", "write_baseline": "--write-baseline"}
    tried = {word for arguments in WRITERS.values() for word in arguments}
    assert {spellings.get(name, f"--{name}") for name in WRITTEN} <= tried
    assert {"--fix", "--add-waiver"} <= {word for name in IN_PLACE for word in WRITERS[name]}
    assert {arguments[0] for arguments in WRITERS.values()} >= {
        *("plan", "check", "simulate", "merge", "compare", "sweep", "search", "sensitivity", "report", "model", "new"),
    }
