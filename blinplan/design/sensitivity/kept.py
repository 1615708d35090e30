"""The runs that are done, beside the file they are for, so that a sensitivity that was ended goes on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from blinplan.design.journal import Journal, beside, lines_kept, open_lines
from blinplan.design.sensitivity.runs import SomeRuns


def runs_beside(output: Path) -> Path:
    """Where the runs of a file are kept until all are done."""
    return beside(output, "runs")


class KeptRuns:
    """The runs that are done, from the first on, and where the next are added."""

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self.some = [] if journal is None else [SomeRuns(*line) for line in journal.lines]

    @property
    def number(self) -> int:
        """How many they are."""
        return sum(some.number for some in self.some)

    def add(self, some: SomeRuns) -> None:
        """Keep those that follow."""
        if self._journal is not None:
            self._journal.add(some)
        self.some.append(some)


@contextmanager
def open_runs(path: Path, inputs: Mapping[str, Any]) -> Iterator[KeptRuns]:
    """Open the runs that are done with some inputs, or begin with none.

    Raises
    ------
    OtherRunError
        When the file is of another run.
    """
    with open_lines(path, inputs) as journal:
        yield KeptRuns(journal)


def number_kept(path: Path) -> int:
    """How many runs are kept, whoever keeps them."""
    return sum(number for number, _ in lines_kept(path))
