"""What is asked of a course that has it, of one that has not, and of one of several."""

import pytest

from blinplan.course.events import periods
from blinplan.regimen import library
from blinplan.simulation.endpoints.asked import AskedEndpoints, UnknownEndpointError
from blinplan.simulation.endpoints.own import WindowError
from blinplan.simulation.endpoints.wording import read_endpoint

SHORT = periods(library.regimen("nhl-15"))  # 42 days, one cycle
FIRST, SECOND = (read_endpoint(f"IL-6 above 100 pg/mL in cycle {number}") for number in (1, 2))


def test_what_one_of_several_courses_has_not_another_may_have() -> None:
    asked = AskedEndpoints(("b_recovered_before_cycle_2",), (FIRST, SECOND))
    of_one = asked.of_one(SHORT)
    assert of_one.own == (FIRST,)
    assert of_one.select([], []) == ((), ())
    with pytest.raises(UnknownEndpointError):
        asked.select([], [])
    with pytest.raises(WindowError, match="no cycle 2"):
        asked.require_days(SHORT)


@pytest.mark.parametrize(
    ("day", "says"), [(0.0, "day 0 is the start"), (-1.0, "day -1 is not of"), (42.001, "from day 0 to day 42$")]
)
def test_a_day_by_which_nobody_can_be_there_is_refused(day: float, says: str) -> None:
    with pytest.raises(WindowError, match=says):
        AskedEndpoints(by_day=(day,)).require_by_day(SHORT)
    AskedEndpoints(by_day=(0.001, 42.0)).require_by_day(SHORT)
