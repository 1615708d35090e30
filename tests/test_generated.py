"""Everything generated is as the program writes it today."""

import doctest

import blinplan.api
from tests.refresh import generated


def test_generated_files_are_up_to_date() -> None:
    stale = [str(path) for path, text in generated().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "write them anew with: python -m tests.refresh"


def test_the_python_examples_hold() -> None:
    found = doctest.testmod(blinplan.api)
    assert found.attempted > 3
    assert found.failed == 0
