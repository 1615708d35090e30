"""Sheets of labels that stationers sell, in mm: importing them costs nothing."""

from enum import StrEnum
from typing import NamedTuple


class LabelSheet(StrEnum):
    """What labels of bags are printed on."""

    A4_21 = "a4-21"
    A4_8 = "a4-8"
    LETTER_10 = "letter-10"
    SINGLE = "single"


class SheetSize(NamedTuple):
    """A sheet and where its labels lie, in mm: from its upper left corner, and from one label to the next."""

    width: float
    height: float
    label_width: float
    label_height: float
    columns: int
    rows: int
    left: float
    top: float
    across: float
    down: float
    is_small: bool

    @property
    def labels(self) -> int:
        """How many labels are on it."""
        return self.columns * self.rows


SIZES = {
    LabelSheet.A4_21: SheetSize(210, 297, 63.5, 38.1, 3, 7, 7.21, 15.15, 66.04, 38.1, is_small=True),
    LabelSheet.A4_8: SheetSize(210, 297, 99.1, 67.7, 2, 4, 4.63, 13.1, 101.64, 67.7, is_small=False),
    LabelSheet.LETTER_10: SheetSize(215.9, 279.4, 101.6, 50.8, 2, 5, 3.97, 12.7, 106.36, 50.8, is_small=False),
    LabelSheet.SINGLE: SheetSize(101.6, 50.8, 101.6, 50.8, 1, 1, 0, 0, 101.6, 50.8, is_small=False),
}
"""63.5 x 38.1 mm, 21 to a sheet of A4; 99.1 x 67.7 mm, 8 to one; 4 x 2 in, 10 to a sheet of Letter, and one by one."""
