"""The columns that a table of patients may have: what stands in them, and what is said of others."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from blinplan.course.patient import AREAS_M2, CM_PER_INCH, HEIGHTS_CM, KG_PER_POUND, WEIGHTS_KG
from blinplan.physiology.model.parameters import load_parameters
from blinplan.quantities import decimal_text
from blinplan.regimen.age import OLDEST
from blinplan.simulation.people.people import PeopleError
from blinplan.words.spelling import one_slip

ID = "id"
REQUIRED = ("weight_kg", "height_cm")
BODY = {
    "weight_kg": WEIGHTS_KG[1],
    "height_cm": HEIGHTS_CM[1],
    "bsa_m2": AREAS_M2[1],
    "age_years": Fraction(OLDEST),
}
"""Numbers that judge a body, with the most that is possible: where a cell may be two numbers, it is not more."""
SEXES = {"female": {"1": 1.0, "0": 0.0}, "sex": {"female": 1.0, "f": 1.0, "male": 0.0, "m": 0.0}}
"""Columns for the sex, of which a table has one, and what stands there."""


class BaselineColumn(NamedTuple):
    """A column of what each patient had before treatment: the parameter in whose place it stands, and in words."""

    parameter: str
    words: str
    verb: str = "are"

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """What the model takes."""
        found = load_parameters().parameters[self.parameter]
        return Fraction(str(found.low)), Fraction(str(found.high))

    @property
    def unit(self) -> str:
        """Its unit; empty for a plain number."""
        return load_parameters().parameters[self.parameter].unit.removesuffix("1")


BASELINES = {
    "b_cells_per_ul": BaselineColumn("b_cells", "B cells"),
    "t_cells_per_ul": BaselineColumn("t_cells", "T cells"),
    "blasts_fraction": BaselineColumn("blasts", "blasts"),
    "il6_pg_per_ml": BaselineColumn("baseline_il6", "IL-6", "is"),
}
"""What each had before treatment, under the names that curves have."""

OFF_DRUG = "off_drug_day"
"""The day of the course, from 0, on which a patient goes off the drug for good."""
LAST_DAY = Fraction(3660)

REGIMEN = "regimen"
"""Another regimen than the one that is asked for: a file, or the name of a shipped one."""
HOLD_FROM, HOLD_DAYS = "hold_from_day", "hold_days"
"""From which day of the course, from 0, nothing is infused for how many days; what is left of it follows after that."""

ALL = (ID, *BODY, *SEXES, *BASELINES, OFF_DRUG, REGIMEN, HOLD_FROM, HOLD_DAYS)
COLUMNS_TEXT = (
    "a table of patients has weight_kg and height_cm, and optionally id, age_years, female (1 or 0) or sex (female or"
    " male), bsa_m2, and what each had before treatment: b_cells_per_ul, t_cells_per_ul, blasts_fraction,"
    " il6_pg_per_ml; and what each gets otherwise than the others: regimen, a file or a shipped name; hold_from_day and"
    " hold_days, when the course stands still and for how long; off_drug_day, days from the start of the course after"
    " which nothing is infused; each once"
)


def check_columns(columns: Sequence[str], name: str) -> None:
    """Refuse columns that a table of patients has not, has twice, or lacks."""
    unknown = [column for column in columns if column not in ALL]
    missing = [column for column in REQUIRED if column not in columns]
    twice = [column for column, number in Counter(columns).items() if number > 1]
    faults = (
        *(f"{column[:40] or 'one without a name'} is no column of it" for column in dict.fromkeys(unknown)),
        *(f"{column} is missing" for column in missing),
        *(f"{column} stands twice" for column in twice if column in ALL),
        *(["female and sex say the same"] if len(SEXES.keys() & set(columns)) == len(SEXES) else []),
    )
    if not faults:
        return
    shown = ", ".join(column[:40] or "one without a name" for column in columns[:_MOST_SHOWN]) or "missing"
    hints = "".join(f"; {hint}" for hint in _hints(unknown[:_MOST_SHOWN]))
    message = f"{name}:1: the columns are {shown}; {', '.join(faults[:_MOST_FAULTS])}; {COLUMNS_TEXT}{hints}"
    raise PeopleError(message, "name the columns so, and leave out others")


_MOST_FAULTS, _MOST_SHOWN = 5, 20


_CONVERSIONS = {
    "weight": (("lb", "lbs", "pounds"), f"multiply pounds by {decimal_text(KG_PER_POUND, 8)} and call it weight_kg"),
    "height": (("in", "inch", "inches"), f"multiply inches by {decimal_text(CM_PER_INCH)} and call it height_cm"),
}


def _hints(unknown: Sequence[str]) -> Iterator[str]:
    for column in unknown:
        what, _, unit = column.partition("_")
        units, said = _CONVERSIONS.get(what, ((), ""))
        if unit in units:
            yield said
        else:
            near = [known for known in ALL if one_slip(column, known) or known.startswith(f"{column}_")]
            yield from (f"{column} may be {known}" for known in near)
