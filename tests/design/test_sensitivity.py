"""Sensitivities: what one-at-a-time runs say, what a closed form says, and what ranks are by hand."""

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

from blinplan.design.comparison.contrast import Agreement
from blinplan.design.sensitivity.factors import not_varied, ranges_of
from blinplan.design.sensitivity.method import SensitivityMethod
from blinplan.design.sensitivity.plan import SensitivityPlan
from blinplan.design.sensitivity.ranks import average_ranks, rank_correlation, traits
from blinplan.design.sensitivity.runs import RunsOfEndpoint, endpoints_of_runs, in_window, run_places
from blinplan.design.sensitivity.samples import STEP, measures, pairs, places
from blinplan.design.sensitivity.sensitivity import Scale, Sensitivity, SensitivityRow, sensitivity_of
from blinplan.design.variation.axis import AxisError
from blinplan.executors.executor import InTurn, threads
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.draw import draw, from_covariates
from blinplan.physiology.model.parameters import load_parameters
from blinplan.physiology.model.population import FloatArray
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.reports.design.sensitivity.lines import endpoint_lines
from blinplan.simulation.dosing import NotEligibleError
from blinplan.simulation.endpoints.asked import AskedEndpoints, UnknownEndpointError
from blinplan.simulation.outcome import over_patients
from blinplan.simulation.trials.run import run
from tests.read_text import regimen_in

ADULTS = load_parameters().presets["adult-rr"]
FEW = ("clearance", "lysis_ec50", "kill_rate", "release_il6", "baseline_il2")


@cache
def shipped(name: str) -> Regimen:
    return regimen_in(library.paths()[name].read_text(encoding="utf-8"))


def plan(*endpoints: str, regimen: str = "nhl-15", **changes: Any) -> SensitivityPlan:
    found = SensitivityPlan(
        shipped(regimen),
        "adult-rr",
        None,
        None,
        seed=1,
        before=0,
        follow_up_days=0,
        options=Options(),
        asked=AskedEndpoints(endpoints or ("b_depleted_day", "il6_peak")),
        method=SensitivityMethod.MORRIS,
        names=FEW,
        samples=4,
    )
    return replace(found, **changes)


def found_in(of: SensitivityPlan) -> Sensitivity:
    of.refuse_what_cannot_be()
    return sensitivity_of(of, InTurn())


def runs_of(of: SensitivityPlan, at: FloatArray) -> tuple[RunsOfEndpoint, ...]:
    return endpoints_of_runs(of, list(run_places(of, at, InTurn())))


def rows(of: SensitivityPlan, key: str) -> dict[str, SensitivityRow]:
    (endpoint,) = (one for one in found_in(of).endpoints if one.key == key)
    return {row.parameter.key: row for row in endpoint.rows}


@cache
def alone(key: str, values: tuple[float, ...]) -> float:
    """An endpoint of the typical patient of nhl-15 with parameters, by a simulation of its own."""
    asked = plan()
    body: dict[str, Any] = {
        name: getattr(asked.person, name) for name in ("weight_kg", "height_cm", "age_years", "female", "bsa_m2")
    }
    person = from_covariates(ADULTS.with_values(dict(zip(FEW, values, strict=True))), **body)
    simulation = run(asked.regimen, preset="adult-rr", patients=person)
    return over_patients(next(one for one in simulation.quantities if one.key == key)).median


def test_morris_is_what_one_at_a_time_steps_at_the_same_trajectories_say() -> None:
    of = plan(samples=3)
    at = places(SensitivityMethod.MORRIS, FEW, 3, 1)
    assert at.shape == (3 * (len(FEW) + 1), len(FEW))
    of_each: dict[str, list[float]] = {key: [] for key in FEW}
    for before, after in pairwise(at):
        moved = np.flatnonzero(before != after)
        if moved.size != 1:  # the next trajectory begins
            continue
        values = []
        for place in (before, after):
            factors = 1.3 ** (2 * place - 1)
            own = tuple(ADULTS.value(key) * float(factor) for key, factor in zip(FEW, factors, strict=True))
            values.append(math.log(alone("il6_peak", own)))
        number = int(moved[0])
        of_each[FEW[number]].append((values[1] - values[0]) / (after - before)[number])
    assert {len(effects) for effects in of_each.values()} == {3}
    mean = {key: float(np.mean(np.abs(effects))) for key, effects in of_each.items()}
    rows_found = rows(of, "il6_peak")
    for key, effects in of_each.items():
        assert rows_found[key].first == pytest.approx(mean[key], rel=1e-6, abs=1e-9)
        assert rows_found[key].third == pytest.approx(np.mean(effects), rel=1e-6, abs=1e-9)
        assert rows_found[key].fourth == pytest.approx(np.std(effects, ddof=1), rel=1e-5, abs=1e-9)
    assert list(rows_found)[:4] == sorted(FEW[:4], key=lambda key: -mean[key])


@pytest.mark.parametrize("samples", [2, 3, 10, 40])
def test_the_half_width_of_few_trajectories_is_students(samples: int) -> None:
    """It was the normal distribution's of many: of two trajectories every other 95 % interval missed."""
    names = ["clearance", "kill_rate", "lysis_ec50"]
    at = places(SensitivityMethod.MORRIS, names, samples, 1)
    found = np.exp(3.0 * at[:, 0]) + at[:, 1] * at[:, 2]
    mean, half, _, sigma = measures(SensitivityMethod.MORRIS, names, at, found, 1).T
    student = {2: 12.706, 3: 4.303, 10: 2.262, 40: 2.023}[samples]
    # Of effects that rise alone; a hundred drawings have their own chance.
    assert (mean > 0.0).all()
    assert half == pytest.approx(student * sigma / math.sqrt(samples), rel=0.35)
    at = places(SensitivityMethod.SOBOL, names, 2, 1)
    total, total_half, first, first_half = measures(SensitivityMethod.SOBOL, names, at, at[:, 0], 1).T
    assert abs(total[0] - 1.0) <= total_half[0]
    assert abs(first[0] - 1.0) <= first_half[0]


@pytest.mark.slow
def test_morris_ranks_parameters_as_all_steps_of_a_whole_grid_do() -> None:
    """Every step of two thirds from every place of four levels, none of which SALib has chosen: 4³ simulations."""
    names = ("clearance", "lysis_ec50", "release_il6")
    levels = [level / 3 for level in range(4)]

    def at(*place: float) -> float:
        own = {key: ADULTS.value(key) * 1.3 ** (2 * part - 1) for key, part in zip(names, place, strict=True)}
        return math.log(alone("il6_peak", tuple(own.get(key, ADULTS.value(key)) for key in FEW)))

    effects: dict[str, list[float]] = {key: [] for key in names}
    for place in product(levels, repeat=3):
        for number, key in enumerate(names):
            if place[number] < 0.5:
                there = (*place[:number], place[number] + STEP, *place[number + 1 :])
                effects[key].append((at(*there) - at(*place)) / STEP)
    whole = {key: float(np.mean(np.abs(some))) for key, some in effects.items()}
    assert {len(some) for some in effects.values()} == {32}
    found = rows(plan("il6_peak", names=names, samples=30), "il6_peak")
    assert list(found) == sorted(names, key=lambda key: -whole[key])
    assert len({round(value, 2) for value in whole.values()}) == 3
    for key, row in found.items():
        assert row.first == pytest.approx(whole[key], abs=max(2 * row.second, 0.002))


def test_a_baseline_by_which_cytokines_are_multiplied_has_the_whole_range_as_its_effect() -> None:
    row = rows(plan("il6_peak", names=("baseline_il6", "baseline_il2")), "il6_peak")
    assert row["baseline_il6"].first == pytest.approx(2 * math.log(1.3), rel=1e-6)
    assert row["baseline_il6"].fourth == pytest.approx(0.0, abs=1e-6)
    assert row["baseline_il2"].first == 0.0
    assert row["baseline_il2"].agreement is Agreement.EQUAL


def test_what_is_below_the_solvers_accuracy_is_said_so_and_comes_last() -> None:
    row = rows(plan("steady_state_15", names=("kill_rate", "volume", "clearance")), "steady_state_15")
    assert next(iter(row)) == "clearance"
    assert row["clearance"].agreement is Agreement.DIFFERENT
    assert row["kill_rate"].agreement is Agreement.EQUAL
    tiny = rows(plan("il6_peak", names=("volume", "clearance"), within=1.000_05), "il6_peak")
    assert tiny["volume"].agreement is Agreement.SAME


def test_sobol_of_a_rate_over_a_clearance_gives_all_of_it_to_clearance() -> None:
    of = plan("steady_state_15", names=("clearance", "kill_rate"), method=SensitivityMethod.SOBOL, samples=64)
    row = rows(of, "steady_state_15")
    assert of.runs == 64 * 4
    total, _, first, _ = row["clearance"][1:5]
    assert first == pytest.approx(1.0, abs=0.03)
    assert total == pytest.approx(1.0, abs=0.03)
    assert row["kill_rate"].first == pytest.approx(0.0, abs=1e-9)
    assert row["kill_rate"].agreement is Agreement.EQUAL


def test_sobol_parts_a_sum_of_logarithms_evenly() -> None:
    """The IL-6 peak is near to a product of baseline and release: each alone makes half of its variance."""
    of = plan("il6_peak", names=("baseline_il6", "release_il6"), method=SensitivityMethod.SOBOL, samples=64)
    row = rows(of, "il6_peak")
    assert row["baseline_il6"].third == pytest.approx(0.5, abs=0.06)
    assert row["baseline_il6"].third + row["release_il6"].third == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("method", [SensitivityMethod.MORRIS, SensitivityMethod.SOBOL])
def test_pairs_differ_in_one_parameter_alone(method: SensitivityMethod) -> None:
    at = places(method, ("a", "b", "c"), 8, 3)
    for number, two in enumerate(pairs(method, at)):
        assert two.shape == (2, 8)
        step = np.abs(at[two[1]] - at[two[0]])
        assert (step[:, number] > 0.0).all()
        assert not np.delete(step, number, axis=1).any()
        if method is SensitivityMethod.MORRIS:
            assert step[:, number] == pytest.approx(STEP)


def test_a_time_that_is_not_reached_counts_as_the_end_of_its_window() -> None:
    of = plan("b_depleted_day", regimen="nhl-5", names=("lysis_ec50", "clearance"), within=3.0)
    (endpoint,) = found_in(of).endpoints
    assert endpoint.window is not None
    assert endpoint.unreached > 0
    assert endpoint.high == endpoint.window
    runs = runs_of(of, places(SensitivityMethod.MORRIS, of.names, of.samples, of.seed))[0]
    assert int(np.isinf(runs.values).sum()) == endpoint.unreached
    assert float(in_window(runs).max()) == endpoint.window


def test_a_population_has_its_median_and_its_share_over_the_same_patients() -> None:
    asked = AskedEndpoints(("b_depleted_day", "il6_peak", "b_depleted_cycle_1"), by_day=(2.0,))
    of = plan(asked=asked, regimen="nhl-5", patients=12, names=("clearance",), samples=2)
    found = {one.key: one for one in found_in(of).endpoints}
    assert list(found) == ["b_depleted_day", "b_depleted_day@2", "il6_peak", "b_depleted_cycle_1"]
    assert found["b_depleted_day@2"].scale is found["b_depleted_cycle_1"].scale is Scale.POINTS
    at = places(SensitivityMethod.MORRIS, ("clearance",), 2, 1)
    runs = {one.key: one.values for one in runs_of(of, at)}
    for number, place in enumerate(at):
        preset = ADULTS.with_values({"clearance": ADULTS.value("clearance") * 1.3 ** float(2 * place[0] - 1)})
        simulation = run(of.regimen, preset="adult-rr", patients=draw(preset, 12, 1))
        quantity = next(one for one in simulation.quantities if one.key == "il6_peak")
        assert runs["il6_peak"][number] == pytest.approx(float(np.median(quantity.values)), rel=1e-12)
        event = next(one for one in simulation.events if one.key == "b_depleted_cycle_1")
        assert runs["b_depleted_cycle_1"][number] == event.proportion.value


def test_threads_give_the_same_bytes() -> None:
    of = plan(samples=3)
    with threads(3) as executor:
        assert sensitivity_of(of, executor).endpoints == found_in(of).endpoints
    assert found_in(replace(of, seed=2)).endpoints != found_in(of).endpoints


def test_bodies_stay_where_the_reference_area_is_varied() -> None:
    """The area at which clearance is stated is that of the typical patient, who must not grow with it."""
    of = plan("dose", names=("reference_bsa",), samples=2)
    (endpoint,) = found_in(of).endpoints
    assert endpoint.low == endpoint.high
    assert endpoint.rows[0].agreement is Agreement.EQUAL


# --- between patients -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[3.0, 1.0, 2.0], [2.0, 1.0, 2.0, 1.0, 2.0], [7.0, 7.0], [0.5, -0.0, 0.0, math.inf]])
def test_values_that_are_equal_share_the_middle_of_their_ranks_as_scipy_has_it(values: list[float]) -> None:
    from scipy.stats import rankdata

    assert average_ranks(np.array(values)).tobytes() == rankdata(values).tobytes()


def test_ranks_are_correlated_as_by_hand() -> None:
    """Of ranks without ties: 1 - 6 sum of squares of differences / n (n² - 1)."""
    found = rank_correlation(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([10.0, 1e6, 20.0, math.inf, math.nan]))
    assert found.patients == 4
    assert found.rho == pytest.approx(1 - 6 * (0 + 1 + 1 + 0) / (4 * 15))
    half = 1.959964 * math.sqrt((1 + found.rho**2 / 2) / 1)
    assert found.low == pytest.approx(math.tanh(math.atanh(found.rho) - half), rel=1e-6)
    assert found.high == pytest.approx(math.tanh(math.atanh(found.rho) + half), rel=1e-6)
    assert math.isnan(rank_correlation(np.ones(5), np.arange(5.0)).rho)
    assert rank_correlation(np.arange(5.0), -np.arange(5.0)).rho == -1.0


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(
    "ranks", [(1, 2, 3, 4), (1, 2, 3, 4, 5), tuple(range(30)), (0, 0, 1, 1), (0,) * 7 + (1,), (0,) * 30 + (1,) * 30]
)
def test_ranks_that_all_agree_are_as_sure_as_so_few_can_be(ranks: tuple[int, ...], sign: float) -> None:
    """The interval was 1.00 to 1.00 of four patients. Told apart is what fewer than 5 % of all orders give."""
    values = np.array(ranks, dtype=np.float64)
    found = rank_correlation(values, sign * values)
    ties = np.unique(values, return_counts=True)[1].tolist()
    by_chance = 2.0 * math.prod(math.factorial(count) for count in ties) / math.factorial(len(ranks))
    assert (found.rho, found.high if sign > 0.0 else found.low) == (sign, sign)
    far = sign * (found.low if sign > 0.0 else found.high)
    assert far < 1.0
    assert (far > 0.0) == (by_chance < 0.05)


def test_clearance_is_what_the_steady_state_hangs_on_between_patients() -> None:
    of = plan("steady_state_28", regimen="mrd-adult", method=SensitivityMethod.CORRELATION, patients=60, names=())
    row = rows(of, "steady_state_28")
    assert next(iter(row)) == "clearance"
    assert row["clearance"].first == pytest.approx(-1.0)
    alike = [one.agreement for one in row.values()].count(Agreement.SAME)
    assert alike > len(row) / 2  # chance tells one in twenty apart
    assert row["age"].parameter.status == ADULTS.status


@pytest.mark.parametrize(
    ("key", "patients", "why"),
    [
        ("dose", 20, "It is the same in all"),
        ("b_recovery_day", 20, "It is the same in all"),
        ("auc", 3, "At least 4 patients are needed"),
        ("auc", 4, ""),
    ],
)
def test_what_cannot_be_ranked_is_said_and_is_not_told_apart_from_none(key: str, patients: int, why: str) -> None:
    """Of a flat dose, which all get, every trait was named as not told apart: nobody had looked."""
    asked = plan(key, regimen="mrd-adult", method=SensitivityMethod.CORRELATION, patients=patients, names=())
    found = sensitivity_of(asked)
    (of,) = found.endpoints
    assert bool(of.rows) == (not why)
    assert not any(math.isnan(row.first) for row in of.rows)
    said = list(endpoint_lines(found, of))
    assert said[-1:] == ([f"{why}: nothing is ranked by it."] if why else [])


def test_traits_are_all_in_which_patients_differ() -> None:
    people = draw(ADULTS, 50, 1)
    found = {trait.parameter.key: trait.values for trait in traits(people, ADULTS)}
    drawn = {key for key, one in ADULTS.parameters.items() if one.sd > 0.0 and one.simulated}
    assert drawn | {"age", "female", "weight", "height", "bsa"} == set(found)
    spread = np.std(np.log(found["release_il6"]))
    assert 0.6 < spread < 1.4


# --- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"names": ("clearence",)}, "did you mean clearance"),
        ({"names": ("lysis_hill",)}, "takes whole numbers"),
        ({"names": ("clearance", "clearance")}, "named twice"),
        ({"within": 1.0}, "x1 is none"),
        ({"within": 0.7}, "x0.7 is none"),
        ({"within": math.nan}, "is none"),
        ({"method": SensitivityMethod.SOBOL, "samples": 12}, "ask for 8 or 16"),
        ({"samples": 900_000}, "too many"),
        ({"asked": AskedEndpoints(("b_depleted_cycle_1",))}, "the typical patient is one"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(AxisError) as refused:
        plan(**changes).refuse_what_cannot_be()
    assert says in f"{refused.value} {refused.value.advice}"


def test_unknown_endpoints_and_patients_who_cannot_be_are_refused() -> None:
    with pytest.raises(UnknownEndpointError):
        plan("b_depleted_dya").refuse_what_cannot_be()
    with pytest.raises(NotEligibleError):
        plan("il6_peak", regimen="rr-below-45-kg", patients=5).refuse_what_cannot_be()


def test_ranges_end_where_the_model_takes_no_more_and_whole_numbers_stay() -> None:
    (one,) = ranges_of(ADULTS, ("sensing_threshold",), 2.0)
    assert one.high == ADULTS.parameters["sensing_threshold"].high
    assert one.is_cut(2.0)
    assert not ranges_of(ADULTS, ("clearance",), 1.3)[0].is_cut(1.3)
    assert set(not_varied(ADULTS)) == {"lysis_hill", "activation_hill"}
    assert one.at(np.array([0.0, 1.0])) == pytest.approx([one.low, one.high])
