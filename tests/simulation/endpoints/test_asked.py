"""What is asked of a course that has it, of one that has not, and of one of several."""

from dataclasses import replace

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.physiology.watch import Seen
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.simulation.endpoints.asked import EVERYTHING, AskedEndpoints, UnknownEndpointError
from blinplan.simulation.endpoints.own import WindowError
from blinplan.simulation.endpoints.table import ENDPOINTS
from blinplan.simulation.endpoints.wording import read_endpoint
from blinplan.simulation.outcome import Quantity

SHORT = periods(library.regimen("nhl-15"))  # 42 days, one cycle
FIRST, SECOND = (read_endpoint(f"IL-6 above 100 pg/mL in cycle {number}") for number in (1, 2))


def test_what_one_of_several_courses_has_not_another_may_have() -> None:
    asked = AskedEndpoints(("b_recovered_before_cycle_2",), (FIRST, SECOND))
    of_one = asked.of_one(SHORT)
    assert of_one.own == (FIRST,)
    assert of_one.select([], []) == ((), ())
    with pytest.raises(UnknownEndpointError):
        asked.select([], [])
    with pytest.raises(WindowError, match="no cycle 2 in the course, which has cycle 1 alone"):
        asked.require_days(SHORT)


@pytest.mark.parametrize(
    ("day", "says"), [(0.0, "day 0 is the start"), (-1.0, "day -1 is not of"), (42.001, "from day 0 to day 42$")]
)
def test_a_day_by_which_nobody_can_be_there_is_refused(day: float, says: str) -> None:
    with pytest.raises(WindowError, match=says):
        AskedEndpoints(by_day=(day,)).require_days(SHORT)
    AskedEndpoints(by_day=(0.001, 42.0)).require_days(SHORT)


def test_what_is_asked_in_ones_own_words_is_kept_beside_keys() -> None:
    keys = ("dose", "auc")
    defined = [Quantity(key, "Drug", key, "mcg", np.zeros(1), place=len(ENDPOINTS) - 1) for key in keys]
    own = list(FIRST.quantities(Seen(np.zeros(1), np.zeros(1)), np.ones(1, dtype=np.bool_), len(ENDPOINTS), 0.0))
    kept, _ = AskedEndpoints(("auc",), (FIRST,)).select([*defined, *own], [])
    assert [of.key for of in kept] == ["auc", *(of.key for of in own)]


@pytest.mark.parametrize(
    ("off", "day"),
    [([], 28), ([np.inf, np.inf], 28), ([20, 10], 10), ([0, 20], 20), ([0, 0], 28), ([30, np.inf], 28), ([0.5], 0.5)],
)
def test_a_recovery_is_looked_at_from_the_first_end_of_somebodys_last_infusion(off: list[float], day: float) -> None:
    """Who never gets anything has no last infusion; who goes off the drug in a free interval had his before it."""
    minutes = MINUTES_PER_DAY * np.array(off, dtype=np.float64)
    assert EVERYTHING.looked_at(SHORT, minutes if off else None) == {"b_recovery_day": day}


def test_without_drug_a_recovery_is_looked_at_from_the_start() -> None:
    assert EVERYTHING.looked_at([replace(SHORT[-1], start=0)]) == {"b_recovery_day": 0.0}
