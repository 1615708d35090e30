"""Who works for a process ends with it, also where that is killed and can tell nobody."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import NEVER, members, python, wait_until

pytestmark = pytest.mark.slow

SLEEP = "import time; from pathlib import Path\ndef sleep(name): Path(name).touch(); time.sleep(600)\n"
POOL = """
import sys, waiting
from blinplan.executors.processes import processes
with processes(2) as running:
    list(running.map(waiting.sleep, ["a", "b"]))
"""
COPIES = """
import waiting
from blinplan.executors.copies import copies
with copies(lambda name, ask: waiting.sleep(name), ["a", "b"]):
    waiting.sleep("c")
"""


SCRIPTS = {"processes": POOL} | ({"copies": COPIES} if sys.platform == "linux" else {})
"""Processes are copied on Linux only."""


@pytest.mark.parametrize("of", SCRIPTS)
@pytest.mark.parametrize("name", ["SIGKILL", "SIGHUP"])
def test_nobody_works_on_for_a_process_that_is_killed(tmp_path: Path, of: str, name: str) -> None:
    number = getattr(signal, name)
    (tmp_path / "waiting.py").write_text(SLEEP, encoding="utf-8")
    running = subprocess.Popen(  # noqa: S603 - ours
        python(f"sys.path.insert(0, {str(tmp_path)!r})\n{SCRIPTS[of]}"),
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        wait_until(lambda: (tmp_path / "a").exists() and (tmp_path / "b").exists(), running)
        running.send_signal(number)
        running.communicate(timeout=NEVER)  # which is when all of them have closed its streams
        assert running.returncode == -number
        while members(running.pid):  # what has closed them ends next
            pass
    finally:
        if members(running.pid):
            os.killpg(running.pid, signal.SIGKILL)
