"""What is counted of virtual patients follows from ranks and shares: closed forms, and patients counted by hand."""

from dataclasses import replace
from math import nan
from statistics import NormalDist
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from blinplan.label.read import DEFAULT, label_named
from blinplan.proportion import NORMAL_975, Proportion
from blinplan.quantities import Basis
from blinplan.regimen import library
from blinplan.rules.simulated import virtual
from blinplan.rules.simulated.outcome import Escalation, FirstCycle, Median
from blinplan.rules.simulated.virtual import EARLY
from tests.regimen_text import outcome


@pytest.mark.parametrize(
    ("count", "errors", "median", "low", "high", "bounds"),
    [
        # Of 1 to 100 the median is 50.5; 0.98 times the root of 100 are 9.8 ranks to both sides of the 50th.
        (100, NORMAL_975, 50.5, 41, 60, (41, 60)),
        (100, EARLY, 50.5, 41, 60, (34, 67)),  # 16.45 ranks
        (100, 1.0, 50.5, 41, 60, (41, 60)),  # never narrower than the interval
        (100, 0.0, 50.5, 41, 60, (50.5, 50.5)),  # taken at its word
        (101, NORMAL_975, 51, 41, 61, (41, 61)),
        (1, NORMAL_975, 1, 1, 1, (1, 1)),
        (2, NORMAL_975, 1.5, 1, 2, (1, 2)),
        (4, EARLY, 2.5, 1, 4, (1, 4)),
        (10_000, NORMAL_975, 5000.5, 4903, 5099, (4903, 5099)),
    ],
)
def test_a_median_has_the_ranks_of_the_normal_approximation_for_bounds(
    count: int, errors: float, median: float, low: float, high: float, bounds: tuple[float, float]
) -> None:
    values = np.arange(count, 0, -1, dtype=float)  # in whatever order
    found = virtual._median(values, errors)
    assert (found.value, found.low, found.high, found.total) == (median, low, high, count)
    assert found.bounds == bounds


def test_a_median_without_wider_bounds_lies_between_its_interval() -> None:
    assert Median(2.0, 1.0, 3.0, 9).bounds == (1.0, 3.0)
    assert Median(2.0, 1.0, 3.0, 9, 0.5, 3.5).bounds == (0.5, 3.5)
    assert Median(0.0, -1.0, 1.0, 9, 0.0, 0.0).bounds == (0.0, 0.0)


def patients(days: list[float], escalations: tuple[float, ...]) -> Any:
    return SimpleNamespace(escalation_days=escalations, t_return_day=np.array(days))


@pytest.mark.parametrize(
    ("days", "escalations", "expected"),
    [
        ([5.0, 6.0, 8.0], (7.0, 14.0), Escalation(7.0, Proportion(2, 3), 6.0)),
        ([8.0, 7.0, nan, 5.0], (7.0,), Escalation(7.0, Proportion(1, 4), 8.0)),  # on the day is not before it
        ([nan, nan, 5.0], (7.0,), Escalation(7.0, Proportion(1, 3), None)),  # the majority never gets there
        ([nan, 4.0, 5.0], (7.0,), Escalation(7.0, Proportion(2, 3), 5.0)),
        ([nan, 4.0], (7.0,), Escalation(7.0, Proportion(1, 2), None)),
        ([5.0], (), None),
    ],
)
def test_t_cells_are_back_before_the_first_escalation_in_a_share_and_on_a_median_day(
    days: list[float], escalations: tuple[float, ...], expected: Escalation | None
) -> None:
    assert virtual._escalation(patients(days, escalations)) == expected


def truths(*rows: str) -> Any:
    return np.array([[mark == "x" for mark in row] for row in rows])


def test_recoveries_are_counted_among_those_who_were_depleted_when_the_infusion_ended() -> None:
    endpoints: Any = SimpleNamespace(
        b_recovered=truths("xx..", "x.x."), b_low_at_infusion_end=truths("x.xx", "xxxx"), cycles=(1, 2, 3)
    )
    assert virtual._recoveries(endpoints, 0) == Proportion(1, 3)
    assert virtual._recoveries(endpoints, 1) == Proportion(2, 4)
    assert virtual._share(truths("xx.x")[0]) == Proportion(3, 4)


def test_an_elevation_in_a_later_cycle_only_is_counted_among_those_in_whom_the_two_differ() -> None:
    raised = truths("xx..", ".x.x", "xxxx")
    endpoints: Any = SimpleNamespace(elevated=lambda cytokine: raised if cytokine == "IL-6" else None)
    assert virtual._elevation_only_later(endpoints, 1) == Proportion(1, 2)
    assert virtual._elevation_only_later(endpoints, 2) == Proportion(2, 2)


def test_an_outcome_says_of_how_many_people_it_is_and_how_sure_shares_have_to_be() -> None:
    found = outcome(90, 100)
    assert (found.patients, found.people) == (100, "adult-rr")
    assert not found.is_early
    some = replace(found, drawn=2500, errors=EARLY)
    assert some.people == "adult-rr, 100 of 2,500 drawn admitted"
    assert some.is_early
    share = Proportion(90, 100)
    assert found.bounds(share) == share.within(NORMAL_975)
    assert some.bounds(share) == share.within(EARLY)
    assert some.bounds(share)[0] < found.bounds(share)[0] < 0.9 < found.bounds(share)[1] < some.bounds(share)[1]


def test_a_first_cycle_without_a_step_has_no_returns() -> None:
    peak, share = Median(1.0, 1.0, 1.0, 1), Proportion(1, 2)
    assert FirstCycle(peak, None).returns is None
    assert FirstCycle(peak, Escalation(7.0, share, 5.0)).returns == share


@pytest.mark.parametrize(
    ("name", "preset", "label", "compared"),
    [
        ("rr-adult", "adult-rr", "rr-adult", "rr-adult"),
        ("rr-below-45-kg", "child", "rr-below-45-kg", "rr-below-45-kg"),
        ("mrd-adult", "adult-mrd", "mrd-adult", "mrd-adult"),
        ("consolidation-below-45-kg", "child", None, "rr-below-45-kg"),  # of which nobody has seen the doses
        ("nhl-5", "adult-rr", None, "rr-adult"),
        ("golden-gate-run-in", "adult-rr", None, "rr-adult"),
    ],
)
def test_t_cells_are_compared_with_the_label_or_what_is_departed_from_or_the_label_for_relapse(
    name: str, preset: str, label: str | None, compared: str
) -> None:
    regimen = library.regimen(name)
    found, other = virtual._label_for(regimen, preset), virtual._compared_with(regimen, preset)
    assert (found and found.name) == label
    departed = regimen.departs_from if label is None else None
    assert other is not None
    assert other.name == (departed or compared)


def test_what_is_departed_from_goes_before_the_label_for_relapse() -> None:
    regimen = replace(library.regimen("nhl-5"), departs_from="mrd-adult")
    found = virtual._compared_with(regimen, "adult-rr")
    assert found is not None
    assert found.name == "mrd-adult"


def test_the_label_of_the_same_patients_goes_before_what_is_departed_from() -> None:
    regimen = replace(library.regimen("rr-adult"), departs_from="mrd-adult")
    found = virtual._compared_with(regimen, "adult-rr")
    assert found is not None
    assert found.name == "rr-adult"


def test_beside_a_label_without_a_regimen_for_relapse_nothing_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual, "label_of", lambda _: label_named(DEFAULT)._replace(regimens=()))
    assert virtual._compared_with(replace(library.regimen("nhl-5"), departs_from=None), "adult-rr") is None


def test_children_are_given_doses_by_area() -> None:
    assert [virtual._basis_for(preset) for preset in ("child", "adult-rr", "adult-mrd")] == [
        Basis.BSA,
        Basis.FLAT,
        Basis.FLAT,
    ]


def test_fewer_patients_decide_where_one_answer_in_a_thousand_errs() -> None:
    assert 2 * NormalDist().cdf(-EARLY) == pytest.approx(0.001, rel=1e-9)
    low, high = virtual._median(np.arange(10_000.0), virtual.EARLY).bounds
    ranks = NormalDist(4999.5, 50)  # of those of 10,000 who lie below the true median
    assert (ranks.cdf(low), 1 - ranks.cdf(high)) == pytest.approx((0.0005, 0.0005), rel=0.1)
