"""Endpoints that are chosen, one's own, and shares by day, as Python and the command line ask for them."""

import csv
import io
import itertools
from pathlib import Path

import pytest

import blinplan
from blinplan.refusal import Refusal
from tests.program import Run

OWN = "IL-6 above 100 pg/mL in cycle 1"
KEY = "il6_above_100_pg_per_ml_in_cycle_1"
NEAR = "IL-6 above 10 pg/mL by day"
FEW = ("--patients", "40", "--seed", "2")


@pytest.fixture(scope="module")
def result() -> blinplan.SimulationResult:
    return blinplan.simulate("nhl-5", 40, seed=2, endpoints=[OWN, "b_depleted_day", "auc"], by_day=[28, 2, 7])


def test_what_is_named_is_kept_and_ones_own_are_added(result: blinplan.SimulationResult) -> None:
    assert list(result.endpoints) == ["auc", "b_depleted_day", f"{KEY}_day", f"{KEY}_days"]
    assert list(result.events) == [KEY]
    plain = blinplan.simulate("nhl-5", 40, seed=2)
    assert (result.endpoints["auc"].values == plain.endpoints["auc"].values).all()
    added = blinplan.simulate("nhl-5", 40, seed=2, endpoints=[OWN])
    assert set(added.endpoints) - set(plain.endpoints) == {f"{KEY}_day", f"{KEY}_days"}


def test_ones_own_is_what_the_peak_says(result: blinplan.SimulationResult) -> None:
    plain = blinplan.simulate("nhl-5", 40, seed=2)
    peaks = plain.endpoints["il6_peak"].values
    assert (result.events[KEY].happens == (peaks > 100.0)).all()
    assert 0 < result.events[KEY].proportion.count < 40


def test_shares_by_day_never_fall_and_end_at_those_who_get_there(result: blinplan.SimulationResult) -> None:
    for key, shares in result.by_day.items():
        assert list(shares) == [2.0, 7.0, 28.0]
        counts = [share.count for share in shares.values()]
        assert all(before <= after for before, after in itertools.pairwise(counts))
        days = result.endpoints[key].values
        assert counts == [int((days <= day).sum()) for day in (2, 7, 28)]


def test_all_ways_of_writing_say_the_same(inside: Run) -> None:
    asked = ("simulate", "nhl-5", *FEW, "--endpoints", "b_depleted_day,auc", "--endpoint", OWN, "--by-day", "2,7")
    found = inside(*asked, "-f", "json").json
    assert found["manifest"]["by_day"] == [2.0, 7.0]
    assert found["manifest"]["own_endpoints"] == [OWN]
    entries = {entry["key"]: entry for entry in found["endpoints"]}
    assert list(entries) == ["auc", "b_depleted_day", f"{KEY}_day", f"{KEY}_days"]
    rows = list(csv.DictReader(io.StringIO(inside(*asked, "-f", "csv").out)))
    for day, share in zip((2, 7), entries["b_depleted_day"]["by_day"], strict=True):
        assert (share["day"], share["total"]) == (day, 40)
        assert [row[f"b_depleted_by_day_{day}"] for row in rows].count("true") == share["count"]
    assert [row[KEY] for row in rows].count("true") == found["shares"][0]["count"]
    assert sum(not row[f"{KEY}_day"] for row in rows) == entries[f"{KEY}_day"]["never"]
    shown = inside(*asked).out
    for share in entries["b_depleted_day"]["by_day"]:
        assert f"{100 * share['share']:.1f} %" in shown
    assert "day 2 " in shown
    assert "Nadir" not in shown


def test_days_that_are_near_each_other_stay_apart(inside: Run) -> None:
    asked = ("simulate", "nhl-5", *FEW, "--endpoints", "b_depleted_day,il6_settled", "--by-day", "10.000001,10.000002")
    owns = ("--endpoint", f"{NEAR} 0.000001", "--endpoint", f"{NEAR} 10.000002")
    heads = inside(*asked, *owns, "-f", "csv").out.splitlines()[0].split(",")
    assert len(set(heads)) == len(heads)
    assert {"b_depleted_by_day_10.000001", "il6_above_10_pg_per_ml_by_day_0.000001_days"} <= set(heads)
    told = inside(*asked, *owns).out
    for words in ("  day 10.000001 ", "  within 10.000002 d ", f"{NEAR.replace(' by', ', by')} 0.000001"):
        assert words in " ".join(told.split()) if words.startswith("IL-6") else words in told
    for first in ("1", "41"):
        assert inside(*asked, *owns, "--first", first, "-o", f"{first}.npz").status == 0
    assert inside("merge", "1.npz", "41.npz", "-o", "joined.csv").status == 0
    assert Path("joined.csv").read_text(encoding="utf-8").splitlines()[0].split(",") == heads


def test_several_may_be_asked_for(inside: Run) -> None:
    asked = ("--endpoint", OWN, "--endpoint", "B cells at most 10 /µL from day 7 to day 28", "--endpoint", OWN)
    found = inside("simulate", "nhl-5", *FEW, *asked, "-f", "json").json
    assert found["manifest"]["own_endpoints"] == [OWN, "B cells at most 10 cells/µL from day 7 to day 28"]
    days = next(e for e in found["endpoints"] if e["key"] == "b_cells_at_most_10_per_ul_from_day_7_to_day_28_days")
    assert 0.0 <= days["p5"] <= days["median"] <= days["p95"] == 21.0


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_the_tables_fit(inside: Run, columns: str) -> None:
    asked = ("--endpoint", "B cells at most 10 /µL from day 7 to day 28", "--by-day", "1,2,3,7,14,28")
    ran = inside("simulate", "nhl-5", *FEW, *asked, COLUMNS=columns)
    assert max(map(len, ran.out.splitlines())) <= int(columns)
    assert "…" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--endpoints", "b_depleted_dya"), ("b_depleted_dya", "did you mean b_depleted_day?", "b_nadir, b_nadir_day")),
        (("--endpoints", "il6_peak_second"), ("il6_peak_second", "is no endpoint of this simulation")),  # one cycle
        (("--endpoints", "auc,,dose"), ("an empty key",)),
        (("--endpoints", OWN), ("is no key", "--endpoint takes")),
        (("--endpoint", "b_depleted_day"), ("compares nothing", "--endpoints")),
        (("--endpoint", "IL-6 above 100"), ("'IL-6 above 100'", "100 has no unit", "% of baseline")),
        (("--endpoint", "IL-6 above 100 pg/mL in cycle 2"), ("no cycle 2", "cycle 1 alone")),
        (("--by-day", "2,x"), ("'x'", "is no day")),
        (("--by-day", "0"), ("day 0 is the start of the course", "to day 42", "a later day")),
        (("--by-day", "43"), ("day 43", "to day 42", "--follow-up")),
        (("--by-day", "7", "--typical"), ("--by-day", "--typical")),
        (("--by-day", "7", "--every", "1d", "-f", "csv"), ("--every",)),
    ],
)
def test_what_cannot_be_asked_for_is_told_with_what_can(
    inside: Run, arguments: tuple[str, ...], says: tuple[str, ...]
) -> None:
    ran = inside("simulate", "nhl-5", *arguments)
    told = " ".join(ran.err.split())
    assert ran.status == 2
    for text in says:
        assert text in told


def test_one_text_is_one_endpoint() -> None:
    assert list(blinplan.simulate("nhl-5", 2, endpoints="auc").endpoints) == ["auc"]
    assert f"{KEY}_day" in blinplan.simulate("nhl-5", 2, endpoints=OWN).endpoints


def test_half_that_no_parameter_set_reaches_is_not_reached(inside: Run) -> None:
    asked = ("--patients", "20", "--uncertainty", "2", "--endpoints", "b_recovery_day")
    shown = inside("simulate", "nhl-15", *asked).out
    assert "not reached to" not in shown
    assert shown.count("not reached") >= 4
    found = inside("simulate", "nhl-15", *asked, "-f", "json").json["endpoints"][0]
    assert (found["median"], found["median_over_sets_p5"], found["median_over_sets_p95"]) == (None, None, None)


def test_python_is_told_too() -> None:
    with pytest.raises(Refusal, match="b_depleted_dya"):
        blinplan.simulate("nhl-5", 2, endpoints=["b_depleted_dya"])
    with pytest.raises(Refusal, match="it compares nothing"):
        blinplan.simulate("nhl-5", 2, endpoints=["IL-6 in cycle 1"])
    with pytest.raises(Refusal, match="day 43"):
        blinplan.simulate("nhl-5", 2, by_day=[43])
