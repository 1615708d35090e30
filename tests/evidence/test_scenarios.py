"""The regimens under which claims are measured."""

import numpy as np
import pytest

from blinplan.evidence.scenarios import scenario
from blinplan.physiology import draw
from blinplan.quantities import MINUTES_PER_DAY


def days_and_rates(name: str, area: float) -> list[tuple[float, float]]:
    """The end of each interval in days, and its rate for a patient of so many m²."""
    given = scenario(name, np.array([area]))
    ends = [edge / MINUTES_PER_DAY for edge in given.edges_minutes[1:]]
    return list(zip(ends, given.rates[:, 0].tolist(), strict=True))


def test_the_label_s_course_is_9_for_a_week_and_28_for_three_and_then_28_for_four() -> None:
    assert days_and_rates("label", 1.8) == [(7, 9), (28, 28), (42, 0), (70, 28), (84, 0)]


def test_a_dose_by_surface_or_flat_is_infused_for_four_weeks_of_six() -> None:
    assert days_and_rates("bsa-15", 2.0) == [(28, 30), (42, 0)]
    assert days_and_rates("flat-9", 2.0) == [(28, 9), (42, 0)]
    assert days_and_rates("flat-9-twice", 2.0) == [(28, 9), (42, 0), (70, 9), (84, 0)]


def test_nobody_gets_drug_in_84_days_without() -> None:
    assert days_and_rates("none", 1.8) == [(84, 0)]


def test_children_are_dosed_by_body_surface_with_a_cap() -> None:
    children = draw("child", 200, seed=1)
    given = scenario("child", children.bsa_m2)
    assert given.rates.max(axis=1).tolist()[:2] == pytest.approx(
        [min(5 * children.bsa_m2.max(), 9.0), min(15 * children.bsa_m2.max(), 28.0)]
    )
    assert given.rates[0] == pytest.approx(children.bsa_m2.clip(max=1.8) * 5.0)


@pytest.mark.parametrize("name", ["weekly", "bsa-5-thrice", "15-bsa"])
def test_an_unknown_scenario_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="unknown scenario"):
        scenario(name, np.ones(1))
