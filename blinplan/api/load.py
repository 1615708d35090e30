"""Read regimens."""

from pathlib import Path

from blinplan.regimen.find import NotFound, find_one
from blinplan.regimen.reading import Reading
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.toml.problems import Problem


class RegimenError(Exception):
    """A file that is no regimen; ``problems`` holds everything that is wrong with it."""

    def __init__(self, message: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(message)
        self.problems = problems


def load(source: str | Path) -> Regimen:
    """Read a regimen from a file, or a shipped one by its name.

    >>> from blinplan import load
    >>> load("rr-adult").title
    'Relapsed or refractory B-cell precursor ALL, 45 kg and over'

    Raises
    ------
    FileNotFoundError
        When there is no such file or shipped regimen.
    RegimenError
        When the file is not a regimen.
    """
    reading = read_one(source)
    if reading.regimen is None:
        document = reading.document
        where = [(problem, document.position(problem.span.start)) for problem in reading.problems]
        lines = [f"{document.name}:{at.line}:{at.column}: {problem.message}" for problem, at in where]
        raise RegimenError("\n".join(lines), reading.problems)
    return reading.regimen


def read_one(source: str | Path) -> Reading:
    """Read the one file that a name or path stands for."""
    found = find_one(str(source))
    reading = found if isinstance(found, NotFound) else found.read()
    if isinstance(reading, NotFound):
        raise FileNotFoundError(reading.message)
    return reading
