"""What the panels of a sweep's figure share: the width of the page, and where a panel is put on it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""Okabe and Ito's palette: told apart with every kind of colour vision."""
MARKS = ("o", "s", "^", "D", "v", "P", "X")
"""And in print without any."""
ARTICLE, INK = "#8a4b00", "#222222"
LEFT, RIGHT, TOP = 17.0, 4.0, 3.0
"""Margins in mm."""


class Sheet(NamedTuple):
    """The width in mm, and what puts a panel on it: from the left, from the top, its width and its height in mm."""

    width: float
    place: "Callable[[float, float, float, float], Axes]"
