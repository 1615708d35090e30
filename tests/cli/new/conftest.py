"""A terminal at which somebody types, without a process of its own."""

import sys

import pytest

from tests.program import Run
from tests.terminal import Answered, Typed


@pytest.fixture
def answered(inside: Run, monkeypatch: pytest.MonkeyPatch) -> Answered:
    """Run ``blinplan new`` as `at_terminal` does, which asks the same of a process, and slowly."""

    def run(typed: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", Typed(typed))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        ran = inside("new", *arguments, COLUMNS="100", NO_COLOR="1")
        return ran.status, ran.out, ran.err

    return run
