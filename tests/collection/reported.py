"""What a worker reports of a test: that it passed, in one message.

Each message is packed, sent and read again, and pytest-xdist sends six of each test: that it begins, how it was set up,
called and torn down, that it has ended, and that its worker is free. To send two saves a third of what pytest takes
beside the tests.
"""

from collections.abc import Iterable, Iterator

import pytest


def phases_are_asked(config: pytest.Config) -> bool:
    """Whether somebody wants to see when a test begins, or how long setting it up takes."""
    asked = config.option
    return asked.verbose > 0 or asked.durations is not None or asked.xmlpath is not None


def worth_telling(reports: Iterable[pytest.TestReport]) -> Iterator[pytest.TestReport]:
    """The call; and what was set up or torn down where it failed, was skipped or wrote something."""
    return (report for report in reports if report.when == "call" or not report.passed or report.sections)
