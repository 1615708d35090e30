"""Endpoints are defined once: what tables, JSON, CSV, the schema and the manual say of them is that."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.data_table import csv_parts
from blinplan.executors.executor import InTurn
from blinplan.physiology import Endpoints, draw
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.reports.shared.document import document_schema
from blinplan.reports.simulation.data import column_name, endpoint_table
from blinplan.reports.simulation.summary.document import simulation_json
from blinplan.simulation.dosing import part_at
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.endpoints.definition import COLUMN_WORDS, GROUPS, EndpointKind, Measurements
from blinplan.simulation.endpoints.table import (
    ENDPOINTS,
    _clearances_of_residue,
    _cytokine,
    _fell,
    _remissions,
    _steady_states,
)
from blinplan.simulation.endpoints.wording import QUANTITIES, read_endpoint, units_of
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.trials.trial import Trial

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", params=["rr-adult", "nhl-5", "rr-below-45-kg-continued"])
def simulation(request: pytest.FixtureRequest) -> Simulation:
    own = tuple(
        read_endpoint(f"{name} at least 1.5 {unit} by day 7")
        for name, shown in QUANTITIES.items()
        for unit in units_of(shown.key)
    )
    return run(library.regimen(request.param), patients=12, asked=AskedEndpoints((), own, (2.0,)))


def test_keys_are_unlike_and_groups_are_those_of_the_article() -> None:
    keys = [one.key for one in ENDPOINTS]
    assert len(set(keys)) == len(keys)
    assert {one.group for one in ENDPOINTS} == set(GROUPS)
    for one in ENDPOINTS:
        assert one.window
        assert one.measured
        assert (one.unit == "") == (one.kind is EndpointKind.EVENT)
        assert one.unit in {*COLUMN_WORDS, "day", "log10", ""}


def test_labels_say_the_figures_that_decide() -> None:
    labels = {one.key: one.label for one in ENDPOINTS}
    assert labels["b_depleted_day"] == "Time to ≤ 10 /µL, cycle 1"
    assert labels["t_return_day"] == labels["t_returned"] == "Back at ≥ 90 % of baseline"
    assert labels["il6_settled"] == "IL-6 peak to 90 % gone"
    assert labels["mrd_response_cycle_{cycle}"] == "MRD < 1e-4, end of cycle {cycle}"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nhl-0.5", {"1_over_2": "0.5 mcg/m²/day"}),
        ("rr-below-45-kg", {"5_max_9": "5 mcg/m²/day, max 9 mcg/day", "15_max_28": "15 mcg/m²/day, max 28 mcg/day"}),
        ("rr-adult", {"9": "9 mcg/day", "28": "28 mcg/day"}),
    ],
)
def test_each_dose_with_its_cap_has_one_steady_state(name: str, told: dict[str, str]) -> None:
    found = [of for of in run(library.regimen(name), patients=1).quantities if of.group == "Drug" and of.place == 0]
    assert [of.key for of in found] == [f"steady_state_{amounts}" for amounts in told]
    assert [of.label for of in found] == [f"Steady state, {dose}" for dose in told.values()]


def test_doses_by_area_and_flat_ones_have_keys_of_their_own_where_patients_get_both() -> None:
    found = cast("Endpoints", SimpleNamespace(dose_step_days=(0.0,), steady_state=np.ones((1, 2))))
    both = [Measurements(found, periods(library.regimen(name)), {}, with_units=True) for name in ("nhl-15", "rr-adult")]
    assert [one.names["amounts"] for of in both for one in _steady_states(of)] == [
        "15_mcg_per_m2_per_day",
        "9_mcg_per_day",
    ]


def test_a_cytokine_is_told_by_its_peaks_and_by_how_long_it_takes_to_settle() -> None:
    for name, stem in (("IL-6", "il6"), ("IL-10", "il10"), ("IFN-gamma", "ifngamma")):
        found = [(one.key.removeprefix(f"{stem}_"), one.unit, one.group) for one in _cytokine(name)]
        units = {"peak": "pg/mL", "peak_day": "day", "settled": "h", "peak_second": "pg/mL"}
        assert found == [(key, unit, "Cytokines") for key, unit in units.items()]


@pytest.mark.parametrize("steps", [(), (0.0,), (0.0, 3.0)])
def test_a_course_has_its_first_week_from_the_first_dose_on_or_from_its_start(steps: tuple[float, ...]) -> None:
    endpoints = cast("Endpoints", SimpleNamespace(dose_step_days=steps))
    week = replace(periods(library.regimen("rr-adult"))[0], stop=7 * MINUTES_PER_DAY)
    assert Measurements(endpoints, [week], {}).lasts(7.0)
    assert not Measurements(endpoints, [replace(week, stop=week.stop - 1)], {}).lasts(7.0)


def test_whose_t_cells_fell_to_the_limit_and_no_further_have_not_fallen() -> None:
    found = cast("Endpoints", SimpleNamespace(t_minimum=np.array([0.9, np.nextafter(0.9, 0.0)])))
    assert _fell(found).tolist() == [False, True]


def test_what_is_at_a_limit_before_treatment_counts_as_residual_disease_and_as_remission() -> None:
    blasts = np.array([np.nextafter(0.05, 1.0), 0.05, 1e-4, np.nextafter(1e-4, 0.0)])
    everybody = np.ones((1, 4), dtype=np.bool_)
    found = SimpleNamespace(
        cycles=(1,), blasts_before=blasts, infused_in_cycle=everybody, marrow_response=everybody, mrd_response=everybody
    )
    gathered = Measurements(cast("Endpoints", found), (), {})
    (marrow,), (residual,) = _remissions(gathered), _clearances_of_residue(gathered)
    assert np.asarray(marrow.at_risk).tolist() == [True, False, False, False]
    assert np.asarray(residual.at_risk).tolist() == [True, True, True, False]


def test_of_later_cycles_than_two_nobody_is_asked_whether_he_responds(simulation: Simulation) -> None:
    cycles = sorted({period.cycle for period in simulation.periods})[:2]
    for stem in ("il6_elevated", "marrow_response", "mrd_response"):
        keys = [event.key for event in simulation.events if event.key.startswith(f"{stem}_cycle_")]
        assert keys == [f"{stem}_cycle_{cycle}" for cycle in cycles]


@pytest.mark.slow
def test_every_endpoint_of_a_simulation_is_a_definition_filled_in(simulation: Simulation) -> None:
    endpoints: list[Quantity | Occurrence] = [*simulation.quantities, *simulation.events]
    everywhere = {place for place, one in enumerate(ENDPOINTS) if "{" not in one.key + one.label}
    assert everywhere <= {endpoint.place for endpoint in endpoints}
    for endpoint in endpoints:
        if endpoint.place >= len(ENDPOINTS):
            continue
        one = ENDPOINTS[endpoint.place]
        assert re.fullmatch(one.pattern, endpoint.key)
        assert isinstance(endpoint, Occurrence) == (one.kind is EndpointKind.EVENT)
        assert endpoint.group == one.group
        assert "{" not in endpoint.key + endpoint.label + endpoint.window + endpoint.measured
        others = [other.key for other in ENDPOINTS if re.fullmatch(other.pattern, endpoint.key)]
        assert others == [one.key]


def test_the_schema_knows_each_key_and_no_other(simulation: Simulation) -> None:
    document = json.loads(json.dumps(simulation_json(simulation, "0" * 16)))
    schema = document_schema("simulation")["properties"]
    for part in ("endpoints", "shares"):
        allowed = schema[part]["items"]["properties"]["key"]["anyOf"]
        for entry in document[part]:
            assert any(fits(entry["key"], one) for one in allowed), entry["key"]
        assert not any(fits("b_depleted_dya", one) for one in allowed)


def fits(key: str, allowed: dict[str, str]) -> bool:
    return key == allowed.get("const") or bool(re.search(allowed.get("pattern", "(?!)"), key))


def test_every_endpoint_is_a_column_with_its_unit(simulation: Simulation) -> None:
    table = endpoint_table(simulation, simulation.portions(5), "0" * 16)
    columns = {column.name: column for column in table.columns}
    assert len(columns) == len(table.columns)
    for quantity in simulation.quantities:
        column = columns[column_name(quantity.key, quantity.unit)]
        assert (column.unit, column.meaning) == (quantity.unit, f"{quantity.group}: {quantity.label}")
    assert all(event.key in columns for event in simulation.events)
    assert len("".join(csv_parts(table)).splitlines()) == 13


@pytest.mark.parametrize(
    ("key", "unit", "name"),
    [
        ("il6_peak", "pg/mL", "il6_peak_pg_per_ml"),
        ("auc", "ng·day/mL", "auc_ng_day_per_ml"),
        ("dose", "mcg", "dose_mcg"),
        ("b_nadir", "cells/µL", "b_nadir_per_ul"),
        ("t_nadir", "% of baseline", "t_nadir_percent_of_baseline"),
        ("t_after_escalation_day_7", "% of step", "t_after_escalation_day_7_percent_of_step"),
        ("il6_settled", "h", "il6_settled_h"),
        ("b_nadir_day", "day", "b_nadir_day"),
    ],
)
def test_a_column_is_named_by_its_key_and_its_unit(key: str, unit: str, name: str) -> None:
    assert (column_name(key, unit), unit) in [(name, one.unit) for one in ENDPOINTS]


def test_what_is_new_comes_after_the_columns_that_were(simulation: Simulation) -> None:
    names = [column.name for column in endpoint_table(simulation, simulation.portions(5), "0" * 16).columns]
    last_of_old = max(at for at, name in enumerate(names) if name.startswith("il6_elevated_cycle"))
    added = [at for at, name in enumerate(names) if name.startswith("b_days_depleted") or "_by_day_" in name]
    assert min(added) > last_of_old


def test_the_manual_has_every_endpoint_and_every_quantity_of_ones_own() -> None:
    page = (ROOT / "man/man7/blinplan-endpoints.7").read_text(encoding="utf-8").replace("\\-", "-")
    for one in ENDPOINTS:
        assert f"\\fB{one.key}\\fR" in page
    for name in QUANTITIES:
        assert f"\\fB{name}\\fR" in page


def test_what_is_a_share_is_the_share_of_the_time_beside_it(simulation: Simulation) -> None:
    """Depletion and return are told twice, as a time and as yes or no, and are the same."""
    times = {quantity.key: quantity.values for quantity in simulation.quantities}
    happens = {event.key: event.happens for event in simulation.events}
    for time, event in (("b_depleted_day", "b_depleted_cycle_1"), ("t_return_day", "t_returned")):
        assert np.array_equal(~np.isnan(times[time]), happens[event])


@pytest.mark.parametrize("first", [0, 3 * MINUTES_PER_DAY])
@pytest.mark.parametrize(("days", "keys"), [(7, {"t_nadir", "t_nadir_day"}), (28, {"blasts_log10_change_day_28"})])
def test_a_window_that_a_course_has_not_all_of_is_missing(days: int, keys: set[str], first: int) -> None:
    """A minute decides, counted from the first infusion, which a course on record need not begin with."""
    regimen = library.regimen("rr-adult")
    given = [replace(of, start=of.start + first, stop=of.stop + first) for of in periods(regimen)[:2]]
    before = [replace(given[0], start=0, stop=first, dose=None)] if first else []
    for stop in (first + days * MINUTES_PER_DAY - 1, first + days * MINUTES_PER_DAY):
        cut = [replace(of, stop=min(of.stop, stop)) for of in (*before, *given) if of.start < stop]
        found = Trial(regimen, tuple(cut), draw("adult-rr", 2, seed=1), engine="numpy").run(InTurn())
        missing = {of.key for of in found.quantities if np.isnan(of.values).all()}
        assert (keys <= missing) == (stop < first + days * MINUTES_PER_DAY)
        assert keys.isdisjoint(missing) or keys <= missing


@pytest.mark.parametrize("minutes", [0, 1])
def test_who_has_no_free_interval_is_not_said_to_be_low_in_it_or_never_to_recover_in_it(minutes: int) -> None:
    """A minute of it decides, by each patient's own infusion: one goes off the drug on day 20, the others never do."""
    whole = periods(library.regimen("rr-adult"))
    at = next(at for at, of in enumerate(whole) if of.dose is None)
    end = whole[at].start + minutes
    free = [replace(whole[at], stop=end)] if minutes else []
    course = (*whole[:at], *free, replace(whole[at + 1], start=end, stop=end + 28 * MINUTES_PER_DAY))
    off = np.array([np.inf, 20.0 * MINUTES_PER_DAY, np.inf])
    parted = part_at(course, [off[1]])
    found = Trial(library.regimen("rr-adult"), parted, draw("adult-rr", 3, seed=1), engine="numpy", off_drug=off)
    outcome = found.run(InTurn())
    values = {of.key: of for of in outcome.quantities}
    (again,) = (of for of in outcome.events if of.key == "b_recovered_before_cycle_2")
    has_one = np.array([minutes > 0, True, minutes > 0])
    assert np.array_equal(~np.isnan(values["b_highest_free"].values), has_one)
    assert np.array_equal(again.at_risk, has_one)
    at_risk = values["b_recovery_day"].at_risk
    assert at_risk is not None
    assert at_risk.tolist() == [False, True, False]


def test_who_is_off_the_drug_before_a_cycle_has_no_rise_in_it() -> None:
    """The baseline of one who gets nothing stood for a peak, and he for one in whom it does not rise."""
    whole = periods(library.regimen("rr-adult"))
    course = tuple(of for of in whole if of.cycle < 3)
    second = next(of.start for of in course if of.cycle == 2)
    off = np.array([np.inf, 20.0 * MINUTES_PER_DAY, second, second + 1.0, np.inf])
    asked = AskedEndpoints(own=(read_endpoint("IL-6 at least 5 x baseline in cycle 2"),))
    trial = Trial(library.regimen("rr-adult"), part_at(course, off), draw("adult-rr", 5, seed=1), engine="numpy")
    found = replace(trial, off_drug=off, asked=asked).run(InTurn())
    infused = [True, False, False, True, True]
    peaks = next(of.values for of in found.quantities if of.key == "il6_peak_second")
    assert (~np.isnan(peaks)).tolist() == infused
    shares = {of.key: of for of in found.events}
    assert shares["il6_elevated_cycle_1"].at_risk.tolist() == [True] * 5
    assert shares["il6_elevated_cycle_2"].at_risk.tolist() == infused
    assert shares["il6_at_least_5_x_baseline_in_cycle_2"].proportion == shares["il6_elevated_cycle_2"].proportion


@pytest.mark.parametrize("text", ["IL-6 above 2 pg/mL", "T cells below 90 % of baseline", "B cells at most 10 /µL"])
def test_what_is_looked_at_in_a_cycle_is_of_those_who_are_infused_in_it(text: str) -> None:
    """Own or built in: who is off the drug stood among those in whom it is not so."""
    whole = periods(library.regimen("rr-adult"))
    course = tuple(of for of in whole if of.cycle < 4)
    starts = [next(of.start for of in course if of.cycle == cycle) for cycle in (2, 3)]
    off = np.array([np.inf, 20.0 * MINUTES_PER_DAY, *starts, starts[0] + 1.0, starts[1] + 1.0])
    asked = AskedEndpoints(own=tuple(read_endpoint(f"{text} in cycle {cycle}") for cycle in (1, 2, 3)))
    trial = Trial(library.regimen("rr-adult"), part_at(course, off), draw("adult-rr", 6, seed=1), engine="numpy")
    found = replace(trial, off_drug=off, asked=asked).run(InTurn())
    for cycle, begins in enumerate((0.0, *starts), start=1):
        infused = (off > begins).tolist()
        risk = [
            *(of.at_risk for of in found.events if of.key.endswith(f"_in_cycle_{cycle}")),
            *(of.at_risk for of in found.quantities if of.key.endswith(f"in_cycle_{cycle}_day")),
        ]
        days = [of.values for of in found.quantities if of.key.endswith((f"in_cycle_{cycle}_days", f"_cycle_{cycle}"))]
        assert len(risk) == 2
        assert len(days) == 2 + (cycle == 1)
        assert [of is not None and of.tolist() for of in risk] == [infused] * 2
        assert [(~np.isnan(of)).tolist() for of in days] == [infused] * len(days)


def test_whose_t_cells_never_fell_has_nothing_to_come_back_from() -> None:
    """At a dose that hardly moves them: neither a day nor a share counts those who never were below it."""
    found = run(library.regimen("nhl-0.5"), patients=20)
    times = {quantity.key: quantity for quantity in found.quantities}
    day, nadir = times["t_return_day"], times["t_nadir"].values
    fell = nadir < 90.0
    count = int(fell.sum())
    assert 0 < count < 20
    assert day.at_risk is not None
    assert day.at_risk.tolist() == fell.tolist() == (~np.isnan(day.values)).tolist()
    (back,) = (event for event in found.events if event.key == "t_returned")
    assert (back.proportion.count, back.proportion.total) == (count, count)
    assert found.typical_quantities[0].values.shape == (1,)


def test_who_is_in_remission_already_cannot_get_there() -> None:
    """Residual disease is below 5 % before treatment: a marrow response is for nobody, an MRD response for 1e-4 on."""
    found = run(library.regimen("mrd-adult"), patients=40)
    events = {event.key: event for event in found.events}
    assert not events["marrow_response_cycle_1"].at_risk.any()
    blasts = found.population.blasts
    assert np.array_equal(events["mrd_response_cycle_1"].at_risk, blasts >= 1e-4)
    assert 0 < events["mrd_response_cycle_1"].proportion.count < events["mrd_response_cycle_2"].proportion.count < 40
