"""Whom virtual patients are: so many of a population, or those of a table."""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from blinplan.api.patient import AreaFormula
from blinplan.files.inputs import input_text, reason_of
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, of_python
from blinplan.refusal import ArgumentRefusal, Refusal

if TYPE_CHECKING:
    from blinplan.physiology.model.population import Population
    from blinplan.regimen.regimen import Regimen
    from blinplan.simulation.people.people import People
    from blinplan.simulation.trials.patients import Patients

PatientSource: TypeAlias = "int | str | Path | People | Population | None"


def people_of(
    patients: "PatientSource", formula: AreaFormula = AreaFormula.MOSTELLER, regimen: "Regimen | None" = None
) -> "Patients | None":
    """The patients that are asked for; those of a table where it is the path of one, with areas by the formula.

    Whom a table gives the one regimen that is asked for gets nothing else than the others.

    Raises
    ------
    Refusal
        When the table cannot be read, or what is given is neither that nor a whole number, or nobody.
    """
    if patients is None:
        return None
    patients = own_patients(patients, formula) if isinstance(patients, str | Path) else of_python(patients)
    if isinstance(patients, int) and not isinstance(patients, bool):
        return patients
    from blinplan.physiology.model.population import Population
    from blinplan.simulation.people.people import People

    if not isinstance(patients, People | Population):
        advice = "give a whole number, the path of a table in CSV, or a population that was drawn"
        raise ArgumentRefusal("{patients} is {value}", advice, value=repr(patients)[:40])
    if not patients.size:
        raise ArgumentRefusal("{patients} is a population of nobody", "give one of a patient or more")
    return patients if regimen is None or isinstance(patients, Population) else patients.beside(regimen)


def own_patients(table: str | Path, formula: AreaFormula = AreaFormula.MOSTELLER) -> "People":
    """The patients of a table, as `people_of` reads them."""
    from blinplan.simulation.people.people import PeopleError
    from blinplan.simulation.people.read import read_people

    path = Path(table)
    try:
        return read_people(input_text(path), visible(str(path)), formula, cache(partial(_regimen_named, path.parent)))
    except OSError as error:
        raise Refusal(f"{path}: {reason_of(error)}", "check the path; a table is CSV in UTF-8") from error
    except PeopleError as error:
        raise Refusal(str(error), error.advice) from error


def _regimen_named(folder: Path, name: str) -> "Regimen":
    """The regimen that a row of a table names: a file, as seen from the folder of the table, or a shipped one."""
    from blinplan.api.regimens.order import order
    from blinplan.simulation.people.people import PeopleError

    try:
        return order(str(folder / name) if Path(name).suffix == ".toml" else name).check().regimen
    except Refusal as error:
        raise PeopleError(f"regimen is {name[:60]!r}: {error.message}", error.advice or "name another one") from error


def refuse_own_courses(patients: "Patients | None", why: str) -> None:
    """Refuse a table that gives patients courses of their own, where ``why`` says that they have one already.

    Raises
    ------
    Refusal
        When it does.
    """
    if getattr(patients, "own", ()):
        raise Refusal(
            f"{why}, and the table gives patients their own",
            "leave the columns regimen, hold_from_day and hold_days out",
        )


def last_day_of(patients: "Patients | None", days: float) -> float:
    """The day on which the last of some patients is through, where the regimen that is asked for takes so many days."""
    own = getattr(patients, "last_minute", None)
    return days if own is None else float(own(round(days * MINUTES_PER_DAY)) / MINUTES_PER_DAY)


def size_of_all(patients: "Patients | None") -> int:
    """How many patients are asked for beside the typical one."""
    if patients is None:
        return 0
    return patients if isinstance(patients, int) else patients.size
