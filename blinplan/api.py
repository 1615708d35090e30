"""The functions for use from Python: the same that the command line calls."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.course.events import Course, expand
from blinplan.course.patient import patient
from blinplan.regimen.problems import Problem
from blinplan.regimen.read import Reading
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.sources import NotFound, find_one
from blinplan.rules.check import Judgement, judge
from blinplan.rules.virtual import Simulated

if TYPE_CHECKING:
    from blinplan.physiology.run import Simulation

__all__ = ["Course", "RegimenError", "check", "expand", "load", "patient", "simulate"]


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
    reading = _read(source)
    if reading.regimen is None:
        document = reading.document
        where = [(problem, document.position(problem.span.start)) for problem in reading.problems]
        lines = [f"{document.name}:{at.line}:{at.column}: {problem.message}" for problem, at in where]
        raise RegimenError("\n".join(lines), reading.problems)
    return reading.regimen


def check(source: str | Path, *, patients: int | None = 1000, seed: int = 1, today: date | None = None) -> Judgement:
    """Judge a regimen file, or a shipped regimen, by every rule.

    >>> from blinplan import check
    >>> [finding.code for finding in check("nhl-5", patients=None).findings]
    ['C603', 'C604', 'D202', 'D205']

    Parameters
    ----------
    source
        A file, or the name of a shipped regimen.
    patients
        Virtual patients for the simulated rules; None leaves these rules not evaluated.
    seed
        What the virtual patients are drawn from.
    today
        The date that decides whether a waiver has expired; the present day when not given.
    """
    day = today or date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    return judge(_read(source), day, None if patients is None else Simulated(patients, seed))


def simulate(regimen: Regimen, **options: Any) -> "Simulation":
    """Run a regimen on virtual patients; the options are those of `blinplan.physiology.run.run`.

    >>> from blinplan import load, simulate
    >>> simulation = simulate(load("rr-adult"), patients=None)
    >>> {quantity.key: round(float(quantity.values[0]), 2) for quantity in simulation.quantities[:2]}
    {'steady_state_9': 168.92, 'steady_state_28': 525.53}
    """
    from blinplan.physiology.run import run

    return run(regimen, **options)


def _read(source: str | Path) -> Reading:
    found = find_one(str(source))
    reading = found if isinstance(found, NotFound) else found.read()
    if isinstance(reading, NotFound):
        raise FileNotFoundError(reading.message)
    return reading
