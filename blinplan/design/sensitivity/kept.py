"""The runs that are done, beside the file they are for, so that a sensitivity that was ended goes on."""

from pathlib import Path

from blinplan.design.journal import NOWHERE, Journal, beside, lines_kept
from blinplan.design.sensitivity.runs import SomeRuns
from blinplan.termination import signals_held


def runs_beside(output: Path) -> Path:
    """Where the runs of a file are kept until all are done."""
    return beside(output, "runs")


class KeptRuns:
    """The runs that are done, from the first on, and where the next are added."""

    def __init__(self, journal: Journal = NOWHERE) -> None:
        self._journal = journal
        self.some = [SomeRuns(*line) for line in journal.lines]

    @property
    def number(self) -> int:
        """How many they are."""
        return sum(some.number for some in self.some)

    def add(self, some: SomeRuns) -> None:
        """Keep those that follow. Whoever ends the runs meanwhile is shown all that is kept, and nothing else."""
        with signals_held():
            self._journal.add(some)
            self.some.append(some)


def number_kept(path: Path) -> int:
    """How many runs are kept, whoever keeps them."""
    return sum(number for number, _ in lines_kept(path))
