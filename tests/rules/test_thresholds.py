"""Numbers from which on something counts: each says itself, and everything measures by it."""

from decimal import Decimal
from fractions import Fraction

import pytest

from blinplan.physiology import endpoints
from blinplan.rules.limits import shipped_limits
from blinplan.simulation import typical_course
from blinplan.thresholds.threshold import Threshold, threshold, thresholds


def test_what_is_measured_is_what_the_data_say() -> None:
    assert endpoints.DEPLETED == threshold("b_cells_depleted") == 10.0
    assert shipped_limits()["depleted_count"].value == Fraction(10)
    assert endpoints.RETURNED == threshold("t_cells_returned") == 0.9
    assert endpoints.EXPANDED == threshold("t_cells_expanded") == 1.25
    assert endpoints.ELEVATION == threshold("cytokine_elevated") == 5.0
    assert endpoints.SETTLED == threshold("cytokine_settled") == 0.1
    assert typical_course.RISE == threshold("cytokine_risen") == 1.5
    assert threshold("t_cells_fallen") == 0.8


def test_each_says_where_it_comes_from() -> None:
    assert all(each.says and each.unit and "claim" in each.source for each in thresholds().values())
    assert [name for name, each in thresholds().items() if each.status == "seen"] == ["b_cells_depleted"]


@pytest.mark.parametrize(("value", "status"), [(Decimal(0), "seen"), (Decimal(1), "guessed")])
def test_what_is_no_threshold_is_refused(value: Decimal, status: str) -> None:
    with pytest.raises(ValueError, match="threshold"):
        Threshold("count", value, "cells/µL", "Something.", "Somewhere", status)  # type: ignore[arg-type]
