"""The cells that are done, beside the file they are for, so that a sweep that was ended goes on.

They stay when all are there: who types the same command again sees what came of it, and nobody is simulated.
"""

from pathlib import Path

from blinplan.design.journal import NOWHERE, Journal, beside, lines_kept
from blinplan.design.sweep.cell import Cell, cell_data, cell_of
from blinplan.termination import signals_held


def cells_beside(output: Path) -> Path:
    """Where the cells of a file are kept."""
    return beside(output, "cells")


class KeptCells:
    """The cells that are done, and where the next are added."""

    def __init__(self, journal: Journal = NOWHERE) -> None:
        self._journal = journal
        self.cells = {cell.number: cell for cell in map(cell_of, journal.lines)}

    def add(self, cell: Cell) -> None:
        """Keep a cell. Whoever ends the sweep meanwhile is shown all that is kept, and nothing else."""
        with signals_held():
            self._journal.add(cell_data(cell))
            self.cells[cell.number] = cell


def number_kept(path: Path) -> int:
    """How many cells are kept, whoever keeps them."""
    return len(lines_kept(path))
