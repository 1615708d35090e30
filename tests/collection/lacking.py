"""What Windows has not: named pipes, owners of files, terminals of one's own and limits of a process."""

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def what_a_test_lacks(fault: AttributeError | ImportError) -> str:
    """What this system has not and a test asks for; empty where it is the program that asks, which is a fault."""
    last = fault.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    asks = last is not None and Path(last.tb_frame.f_code.co_filename).is_relative_to(TESTS)
    return f"this system has not what the test asks for: {fault}" if asks else ""


def skip_what_a_test_lacks(fault: AttributeError | ImportError) -> None:
    """Skip, on Windows, a test that asks for what is not there."""
    if sys.platform == "win32" and (lacked := what_a_test_lacks(fault)):
        pytest.skip(lacked)
