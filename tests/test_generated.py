"""Everything generated is as the program writes it today."""

import doctest

import blinplan.api
from tests.refresh import generated, left_over


def test_generated_files_are_up_to_date() -> None:
    made = generated()
    stale = [str(path) for path, text in made.items() if not path.is_file() or path.read_text("utf-8") != text]
    assert not stale, "write them anew with: python -m tests.refresh"
    assert not left_over(made), "nothing makes these any more; python -m tests.refresh removes them"


def test_the_python_examples_hold() -> None:
    found = doctest.testmod(blinplan.api)
    assert found.attempted > 3
    assert found.failed == 0
