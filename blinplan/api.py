"""The functions for use from Python: the same that the command line calls."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from blinplan.course import patient as patients
from blinplan.course.calendar import Clock, Due, entries
from blinplan.course.events import Course, expand
from blinplan.course.patient import Patient
from blinplan.course.premedication import premedication_plan
from blinplan.regimen.find import NotFound, find_one
from blinplan.regimen.reading import Reading
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.toml.problems import Problem
from blinplan.rules.judge import Judgement, judge
from blinplan.rules.simulated.virtual import Simulated

if TYPE_CHECKING:
    from blinplan.physiology.model.population import FloatArray
    from blinplan.simulation.trial import Simulation

__all__ = ["Course", "Planned", "RegimenError", "check", "expand", "load", "patient", "plan", "simulate", "table"]

Number = int | float | str | Decimal | Fraction


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


def patient(weight: Number | None = None, height: Number | None = None, area: Number | None = None) -> Patient:
    """Make a patient from weight in kg, height in cm and body surface area in m², each optional.

    Numbers are taken as they are written: 70.1 is exactly 701/10. The area is the given one, or else that of Mosteller
    where weight and height allow it.

    >>> from blinplan import patient
    >>> str(patient(weight=38, height=150).area)
    '1.258 m² (Mosteller)'

    Raises
    ------
    blinplan.course.patient.PatientError
        When a figure is outside what a human being can have.
    """
    return patients.patient(_exact(weight), _exact(height), _exact(area))


def _exact(number: Number | None) -> Fraction | None:
    return number if number is None or isinstance(number, Fraction) else Fraction(str(number))


class Planned(NamedTuple):
    """Something that is due: from when to when, in which cycle, and the dose rate in mcg/day, exact, of an infusion."""

    due: Due
    start: datetime
    stop: datetime
    cycle: int
    mcg_per_day: Fraction | None


def plan(course: Course, start: datetime) -> tuple[Planned, ...]:
    """Put a course on the calendar: premedication, infusions, hospital days and the next cycles, in their order.

    Minutes of the course are minutes that pass, so times stay right when the clock is changed.

    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> from blinplan import expand, load, patient, plan
    >>> course = expand(load("rr-adult"), patient(weight=70))
    >>> step = plan(course, datetime(2026, 10, 20, 10, tzinfo=ZoneInfo("Europe/Berlin")))[4]
    >>> f"{step.due}: {step.mcg_per_day} mcg/day from {step.start:%Y-%m-%d %H:%M %Z}"
    'step: 28 mcg/day from 2026-10-27 09:00 CET'

    Parameters
    ----------
    course
        What one patient gets, from `expand`.
    start
        When the first infusion begins, with its time zone.

    Raises
    ------
    ValueError
        When the start has no time zone.
    """
    if start.tzinfo is None:
        raise ValueError('the start has no time zone: give datetime(..., tzinfo=ZoneInfo("Europe/Berlin"))')
    clock = Clock(start)
    return tuple(
        Planned(
            entry.due,
            clock.at(entry.start),
            clock.at(entry.stop),
            entry.cycle,
            entry.event.rate if entry.event is not None and entry.event.period.dose is not None else None,
        )
        for entry in entries(course, premedication_plan(course))
    )


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
    """Run a regimen on virtual patients; the options are those of `blinplan.simulation.trial.run`.

    >>> from blinplan import load, simulate
    >>> simulation = simulate(load("rr-adult"), patients=None)
    >>> {quantity.key: round(float(quantity.values[0]), 2) for quantity in simulation.quantities[:2]}
    {'steady_state_9': 168.92, 'steady_state_28': 525.53}
    """
    from blinplan.simulation.trial import run

    return run(regimen, **options)


def table(simulation: "Simulation") -> dict[str, "FloatArray"]:
    """Every patient's body and endpoints, as columns for ``pandas.DataFrame`` or ``polars.DataFrame``.

    Names say the unit; NaN is where an endpoint does not occur in a patient. Yes-or-no endpoints are 1 or 0.

    >>> from blinplan import load, simulate, table
    >>> columns = table(simulate(load("rr-adult"), patients=100))
    >>> len(columns["b_nadir_per_ul"])
    100
    """
    import numpy as np

    from blinplan.reports.simulation.data import endpoint_table

    found = endpoint_table(simulation, "")
    columns = zip(*found.portions, strict=True)
    return {column.name: np.concatenate(parts) for column, parts in zip(found.columns, columns, strict=True)}


def _read(source: str | Path) -> Reading:
    found = find_one(str(source))
    reading = found if isinstance(found, NotFound) else found.read()
    if isinstance(reading, NotFound):
        raise FileNotFoundError(reading.message)
    return reading
