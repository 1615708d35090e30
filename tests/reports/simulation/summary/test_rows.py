"""The rows of a simulation: each figure is what one counts in twelve patients, in the order of the article."""

from math import inf, nan

import pytest

from blinplan.reports.simulation.summary.rows import (
    ByDayRow,
    EndpointRow,
    ShareRow,
    TimeRow,
    by_day_rows,
    endpoint_rows,
    share_rows,
    time_rows,
)
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.trials.simulation import Simulation
from tests.reports.simulation.summary.made import made, moved

SETS = pytest.mark.parametrize("sets", [None, SetsOf.PUBLISHED, SetsOf.PLAUSIBLE])


@SETS
def test_a_value_has_its_median_and_its_percentiles_and_in_how_many_it_occurs(
    simulation: Simulation, sets: SetsOf | None
) -> None:
    over = ("", "") if sets is None else ("-", "50.00 to 70.00")
    assert list(endpoint_rows(made(simulation, over=sets))) == [
        EndpointRow("Drug", "trough (pg/mL)", "< 0.001", "-", "-", "0", over[0]),
        EndpointRow("Cytokines", "IL-6 peak (pg/mL)", "42.00", "60.00", "15.00 to 105.0", "11", over[1]),
    ]


@SETS
def test_a_time_counts_all_who_are_at_risk_and_those_who_never_get_there(
    simulation: Simulation, sets: SetsOf | None
) -> None:
    """Five of ten are there on the fifth day; nine of ten never are."""
    over = "" if sets is None else "not reached"
    assert list(time_rows(made(simulation, over=sets))) == [
        TimeRow("B cells", "Time to none (day)", "not reached", "5.000", "not reached", "2", "10", over)
    ]


def test_who_is_there_by_a_day_is_counted_among_those_at_risk(simulation: Simulation) -> None:
    """Three of ten, and eight; Wilson's intervals, to a tenth of a per cent."""
    assert list(by_day_rows(made(simulation, by_day=(3.0, 100.0)))) == [
        ByDayRow("B cells: Time to none", "day 3", "30.0 %", "10.8 to 60.3", "10"),
        ByDayRow("B cells: Time to none", "day 100", "80.0 %", "49.0 to 94.3", "10"),
    ]
    assert not list(by_day_rows(made(simulation)))


def test_of_a_day_before_a_time_is_looked_at_no_share_is_told(simulation: Simulation) -> None:
    """It was told as 0.0 %, of ten: as if none of them were there, whom nobody had looked at."""
    assert list(by_day_rows(made(simulation, by_day=(2.5, 3.0), from_day=3.0))) == [
        ByDayRow("B cells: Time to none", "day 2.5", "not yet", "-", "-"),
        ByDayRow("B cells: Time to none", "day 3", "30.0 %", "10.8 to 60.3", "10"),
    ]


@SETS
def test_a_share_is_of_those_at_risk_and_nothing_is_said_where_nobody_is(
    simulation: Simulation, sets: SetsOf | None
) -> None:
    """Three of twelve are 25 %; none of twelve may still be a quarter."""
    over = ("", "", "") if sets is None else ("-", "0.0 to 0.0 %", "20.0 to 31.0 %")
    assert list(share_rows(made(simulation, over=sets))) == [
        ShareRow("b_back", "B cells", "back", "-", "-", "-", "0", over[0]),
        ShareRow("t_back", "T cells", "back", "no", "0.0 %", "0.0 to 24.2", "12", over[1]),
        ShareRow("il6_high", "Cytokines", "IL-6 high", "yes", "25.0 %", "8.9 to 53.2", "12", over[2]),
    ]


def test_of_the_typical_patient_alone_nothing_is_said_of_others(simulation: Simulation) -> None:
    alone = made(simulation, alone=True)
    assert [(row.typical, row.median, row.between, row.count) for row in endpoint_rows(alone)] == [
        ("< 0.001", "", "", ""),
        ("42.00", "", "", ""),
    ]
    (row,) = time_rows(alone)
    assert (row.typical, row.half, row.nine_in_ten, row.never, row.total) == ("not reached", "", "", "", "")


def test_what_is_not_there_over_sets_is_told_from_what_never_comes(simulation: Simulation) -> None:
    over = moved(SetsOf.PUBLISHED)
    over.medians["il6_peak"] = over.medians["il6_peak"].__class__(5.0, 4.0, inf, 9)
    found = list(endpoint_rows(made(simulation, over=over)))
    assert [row.over_sets for row in found] == ["-", "4.000 to not reached"]
    over.medians["b_day"] = over.medians["b_day"].__class__(nan, nan, nan, 0)
    assert [row.over_sets for row in time_rows(made(simulation, over=over))] == ["-"]
