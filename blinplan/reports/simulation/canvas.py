"""A canvas of characters: curves as dots of braille, or in ASCII where the encoding has no more."""

from dataclasses import dataclass

from rich.text import Text

_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The dots of a cell: four rows of two."""

_ASCII_LINES = ("'", "-", "_")
"""A line in the upper, middle or lower third of a cell; one in more of them is upright."""


@dataclass(frozen=True, slots=True)
class Ink:
    """What is drawn with: the style of a mark, and which of two marks in one cell is seen, the higher one."""

    style: str
    rank: int


LINE, MODELS, REFERENCE, FILL, FRAME = (
    Ink("curve", 4),
    Ink("models", 3),
    Ink("reference", 2),
    Ink("band", 1),
    Ink("quiet", 0),
)


class Canvas:
    """A field of ``width`` by ``height`` cells. Dots count from the upper left; there are ``across`` by ``down``."""

    def __init__(self, width: int, height: int, *, unicode: bool) -> None:
        self.width, self.height, self.unicode = width, height, unicode
        self.across, self.down = (2 * width, 4 * height) if unicode else (width, 3 * height)
        self._dots: dict[tuple[int, int], set[tuple[int, int]]] = {}
        self._ink: dict[tuple[int, int], Ink] = {}
        self._signs: dict[tuple[int, int], str] = {}

    def dot(self, x: int, y: int, ink: Ink) -> None:
        """Set a dot, unless something that goes before it is in the cell; what it goes before is taken away."""
        wide, high = (2, 4) if self.unicode else (1, 3)
        cell = x // wide, y // high
        if self._goes_first(cell, ink):
            self._dots.setdefault(cell, set()).add((x % wide, y % high))

    def sign(self, column: int, row: int, sign: str, ink: Ink) -> None:
        """Write a sign into a cell."""
        if self._goes_first((column, row), ink):
            self._signs[column, row] = sign

    def _goes_first(self, cell: tuple[int, int], ink: Ink) -> bool:
        present = self._ink.get(cell)
        if present is not None and present.rank > ink.rank:
            return False
        if present is not ink:
            self._dots.pop(cell, None)
            self._signs.pop(cell, None)
            self._ink[cell] = ink
        return True

    def rows(self) -> list[Text]:
        """The lines of text from top to bottom, all of the canvas's width."""
        return [self._row(row) for row in range(self.height)]

    def _row(self, row: int) -> Text:
        text = Text(no_wrap=True)
        for column in range(self.width):
            cell = column, row
            ink = self._ink.get(cell)
            text.append(self._character(cell, ink), "" if ink is None else ink.style)
        return text

    def _character(self, cell: tuple[int, int], ink: Ink | None) -> str:
        if ink is None:
            return " "
        if cell in self._signs:
            return self._signs[cell]
        dots = self._dots[cell]
        if self.unicode:
            return chr(0x2800 + sum(_BRAILLE[y][x] for x, y in dots))
        if ink is FILL:
            return ":"
        if ink is MODELS:
            return "o"
        return _ASCII_LINES[next(iter(dots))[1]] if len(dots) == 1 else "|"
