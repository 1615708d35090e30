"""The endpoints of a simulation as a document: what one counts in twelve patients, and null where there is nothing."""

import json
from decimal import Decimal
from typing import Any

import pytest

from blinplan.reports.simulation.summary.document import simulation_json
from blinplan.simulation.endpoints.own import OwnEndpoint
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.trials.simulation import Simulation
from tests.reports.simulation.summary.made import made


def near(value: float) -> Any:
    return pytest.approx(value, abs=5e-5)


def document(simulation: Simulation) -> dict[str, Any]:
    return dict(json.loads(json.dumps(simulation_json(simulation, "0" * 16), allow_nan=False)))


def test_a_document_says_what_it_was_made_from(simulation: Simulation) -> None:
    found = document(simulation)
    assert (found["format"], found["version"], found["days"]) == ("blinplan-simulation", 1, 210.0)
    manifest = found["manifest"]
    assert (manifest["regimen"], manifest["population"]) == ("rr-adult", "adult-rr")
    assert (manifest["seed"], manifest["patients"], manifest["input"]) == (3, 60, "0" * 16)
    assert set(manifest) >= {"blinplan", "model"}


def test_keys_are_unique_and_every_endpoint_has_a_unit(simulation: Simulation) -> None:
    found = document(simulation)
    keys = [entry["key"] for entry in found["endpoints"]]
    assert len(set(keys)) == len(keys) > 15
    assert all(entry["unit"] and entry["label"] for entry in found["endpoints"])
    shares = [entry["key"] for entry in found["shares"]]
    assert len(set(shares)) == len(shares)


def test_the_typical_patient_alone_has_no_population(typical: Simulation) -> None:
    found = document(typical)
    assert (found["manifest"]["seed"], found["manifest"]["patients"]) == (None, None)
    said = {"key", "label", "window", "measured", "typical"}
    assert all(set(entry) == {"unit", *said} for entry in found["endpoints"])
    assert all(set(entry) == said for entry in found["shares"])
    assert typical.population.size == 1


WHEN = {"window": "cycle 1"}
NOTHING = {"window": "", "measured": ""}
OF_TIME = {"key": "b_day", "label": "B cells: Time to none", "unit": "day", **NOTHING, "typical": None}
THREE_OF_TEN = {"count": 3, "total": 10, "share": 0.3, "low": near(0.1078), "high": near(0.6032)}


def test_a_value_and_a_time_have_what_one_counts(simulation: Simulation) -> None:
    peak, days, trough = document(made(simulation, by_day=(3.0,)))["endpoints"]
    assert peak == {
        "key": "il6_peak",
        "label": "Cytokines: IL-6 peak",
        "unit": "pg/mL",
        **WHEN,
        "measured": "max",
        "typical": 42.0,
        "median": 60.0,
        "p5": 15.0,
        "p95": 105.0,
        "count": 11,
    }
    assert days == {
        **OF_TIME,
        "median": 5.0,
        "p5": 1.0,
        "p95": None,
        "p90": None,
        "count": 8,
        "never": 2,
        "total": 10,
        "by_day": [{"day": 3.0, **THREE_OF_TEN}],
    }
    assert trough == {
        "key": "trough",
        "label": "Drug: trough",
        "unit": "pg/mL",
        **NOTHING,
        "typical": 0.0005,
        "median": None,
        "p5": None,
        "p95": None,
        "count": 0,
    }


def test_a_share_has_its_count_and_wilson_s_interval_and_none_where_nobody_is_at_risk(
    simulation: Simulation,
) -> None:
    high, back, never = document(made(simulation))["shares"]
    assert high == {
        "key": "il6_high",
        "label": "Cytokines IL-6 high",
        **WHEN,
        "measured": "five times",
        "typical": True,
        "count": 3,
        "total": 12,
        "share": 0.25,
        "low": near(0.0889),
        "high": near(0.5323),
    }
    assert back == {
        "key": "b_back",
        "label": "B cells back",
        **NOTHING,
        "typical": None,
        "count": 0,
        "total": 0,
        "share": None,
        "low": None,
        "high": None,
    }
    assert never == {
        "key": "t_back",
        "label": "T cells back",
        **NOTHING,
        "typical": False,
        "count": 0,
        "total": 12,
        "share": 0.0,
        "low": 0.0,
        "high": near(0.2425),
    }


@pytest.mark.parametrize(
    ("of", "ends"),
    [
        (SetsOf.PUBLISHED, ("over_sets_p5", "over_sets_p95")),
        (SetsOf.PLAUSIBLE, ("over_models_least", "over_models_greatest")),
    ],
)
def test_how_medians_and_shares_move_is_said_by_the_name_of_what_they_move_over(
    simulation: Simulation, of: SetsOf, ends: tuple[str, str]
) -> None:
    plain, found = (document(made(simulation, over=over)) for over in (None, of))
    expected = {
        "endpoints": [("median", 50.0, 70.0), ("median", None, None), ("median", None, None)],
        "shares": [("share", 0.2, 0.31), ("share", None, None), ("share", 0.0, 0.0)],
    }
    for kind, moves in expected.items():
        for before, after, (what, low, high) in zip(plain[kind], found[kind], moves, strict=True):
            assert after == {**before, f"{what}_{ends[0]}": low, f"{what}_{ends[1]}": high}
    said = ("parameter_sets", "uncertain_parameters", "sets_of")
    assert [found["manifest"].get(key) for key in said] == [9, ["k_a", "k_b"], of.value]
    assert [plain["manifest"].get(key) for key in said] == [0, [], None]


def test_a_document_says_what_was_asked_for_and_of_which_record_it_is(simulation: Simulation) -> None:
    asked = made(simulation, by_day=(3.0, 7.5))
    assert document(asked)["manifest"]["by_day"] == [3.0, 7.5]
    assert document(asked)["manifest"]["own_endpoints"] == []
    assert document(asked)["unverified"] is False
    assert "remarks" not in document(asked)
    of_record = simulation_json(asked, "0" * 16, "1" * 16, ["stopped on day 3"])
    assert (of_record["manifest"]["record"], of_record["remarks"]) == ("1" * 16, ["stopped on day 3"])
    assert simulation_json(asked, "0" * 16, "1" * 16)["remarks"] == []


def test_what_somebody_asks_for_in_their_own_words_is_said_in_them(simulation: Simulation) -> None:
    own = OwnEndpoint("il-10", "at least", Decimal(5), "x baseline")
    assert document(made(simulation, own=(own,)))["manifest"]["own_endpoints"] == ["IL-10 at least 5 x baseline"]
