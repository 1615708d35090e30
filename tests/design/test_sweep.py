"""A sweep: what the evidence measures at the same doses, what a simulation of one point gives, and where half are."""

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blinplan.design.journal import InputDifference, OtherRunError, open_journal
from blinplan.design.sweep.article import article_doses
from blinplan.design.sweep.cell import (
    Cell,
    CellEndpoint,
    CellMeasure,
    EndpointName,
    Members,
    cell_data,
    cell_of,
    share_endpoint,
)
from blinplan.design.sweep.half import DRAWINGS, DoseShare, HalfDose, half_dose
from blinplan.design.sweep.kept import KeptCells
from blinplan.design.sweep.plan import SweepPlan
from blinplan.design.sweep.sweep import Sweep, sweep_of
from blinplan.design.variation.axis import AxisError
from blinplan.design.variation.reading import read_axes
from blinplan.design.variation.variant import preset_at
from blinplan.evidence.measures import depleted
from blinplan.evidence.study import Arm, Study
from blinplan.executors.executor import InTurn
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.parameters import load_parameters
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.reports.design.sweep.lines import half_text
from blinplan.simulation.dosing import NotEligibleError
from blinplan.simulation.endpoints.asked import AskedEndpoints, UnknownEndpointError
from blinplan.simulation.endpoints.own import WindowError
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import Occurrence, over_patients
from blinplan.simulation.trials.patients import Patients, cohort_of
from blinplan.simulation.trials.run import run
from blinplan.thresholds.threshold import threshold
from tests.benchmarks.calls import counted
from tests.read_text import regimen_in

ARTICLE = ("0.5", "1.5", "5", "15", "30", "60")
"""The doses of the article, mcg/m²/day."""
PRESETS = dict(load_parameters().presets)
FEW = 40


@cache
def shipped(name: str) -> Regimen:
    return regimen_in(library.paths()[name].read_text(encoding="utf-8"))


def plan(*axes: str, regimen: str = "nhl-5", patients: Patients = FEW, **changes: Any) -> SweepPlan:
    given = shipped(regimen)
    found = SweepPlan(
        given,
        read_axes(axes, given, PRESETS["adult-rr"]),
        "adult-rr",
        patients,
        seed=1,
        before=0,
        follow_up_days=0,
        options=Options(),
        asked=AskedEndpoints(by_day=(2.0, 28.0)),
    )
    return replace(found, **changes)


def swept(of: SweepPlan) -> Sweep:
    of.refuse_what_cannot_be()
    return sweep_of(of, KeptCells(), InTurn())


@cache
def of_the_article() -> Sweep:
    return swept(plan(f"dose={','.join(ARTICLE)}", patients=200))


def share(cell: Cell, by_day: float | None = None) -> CellEndpoint:
    found = cell.get(EndpointName("b_depleted_cycle_1" if by_day is None else "b_depleted_day", by_day))
    assert found is not None
    return found


def test_the_doses_of_the_article_are_measured_as_the_evidence_measures_them() -> None:
    study = Study(PRESETS, 200, 1)
    for dose, cell in zip(ARTICLE, of_the_article().cells, strict=True):
        claim = depleted(study, Arm("adult-rr", (f"bsa-{dose}",)))
        found = share(cell)
        assert (found.patients, found.of) == (claim.count, claim.total)


def test_more_dose_depletes_more_and_longer_is_never_less() -> None:
    cells = of_the_article().cells
    for by_day in (2.0, 28.0, None):
        shares = [share(cell, by_day).value for cell in cells]
        assert shares == sorted(shares)
    assert all(share(cell, 2.0).value <= share(cell, 28.0).value for cell in cells)
    assert share(cells[0]).value < 0.1
    assert share(cells[-1]).value > 0.95


def test_half_are_depleted_between_the_doses_of_the_article() -> None:
    found = {half.name.by_day: half.dose for half in of_the_article().halves}
    assert 1.5 < found[28.0].value < found[2.0].value < 15.0
    assert all(dose.low < dose.value < dose.high for dose in found.values())


def test_what_the_article_says_of_doses_is_read_from_its_claims() -> None:
    said = {one.claim: one for one in article_doses()}
    assert set(said) == {"DEP-1", "DEP-2", "DEP-3"}
    assert (float(said["DEP-1"].doses[0]), said["DEP-1"].unit, said["DEP-1"].is_threshold) == (5.0, "mcg/m²/day", True)
    assert (float(said["DEP-2"].doses[0]), said["DEP-2"].unit, said["DEP-2"].is_threshold) == (9.0, "mcg/day", True)
    assert [float(dose) for dose in said["DEP-3"].doses] == [0.5, 1.5]
    assert not said["DEP-3"].is_threshold
    assert threshold("b_cells_depleted") == 10.0  # the count that DEP-1 to DEP-3 are of


@pytest.mark.parametrize(
    ("axes", "regimen"),
    [
        (("dose=2,15",), "nhl-5"),
        (("cycle.1.step.1.dose=4.5", "cycle.1.step.1.days=4,7"), "rr-adult"),
        (("treatment_free_days=7", "repeat=2"), "nhl-5"),
        (("parameters.lysis_ec50=x0.7,x1", "parameters.kill_rate=x2"), "rr-adult"),
    ],
)
def test_a_cell_is_the_simulation_of_its_regimen_to_the_last_bit(axes: tuple[str, ...], regimen: str) -> None:
    of = plan(*axes, regimen=regimen, patients=20)
    for variant, cell in swept(of).rows:
        found = run(variant.regimen, preset="adult-rr", patients=20, asked=of.asked, executor=InTurn())
        own = preset_at(PRESETS["adult-rr"], variant.point)
        if own is not PRESETS["adult-rr"]:
            population = cohort_of(variant.regimen, own, 20, 1).population()
            found = run(variant.regimen, patients=population, asked=of.asked, executor=InTurn())
        for quantity in found.quantities:
            if not quantity.key.startswith("steady_state"):
                one, over = cell.get(EndpointName(quantity.key)), over_patients(quantity)
                assert one is not None
                np.testing.assert_array_equal((one.value, one.low, one.high), (over.median, over.low, over.high))
        for event in found.events:
            one = cell.get(EndpointName(event.key))
            assert one is not None
            assert one.patients == event.proportion.count


def test_what_is_as_it_was_has_the_bytes_of_what_is_not_varied() -> None:
    plain = swept(plan("dose=5")).cells[0]
    for axis in (
        "dose=x1",
        "parameters.lysis_ec50=x1",
        "weight=x1",
        "treatment_free_days=14",
        "cycle.1.step.1.hours=672",
    ):
        assert [one._replace(members=None) for one in swept(plan(axis)).cells[0].endpoints] == [
            one._replace(members=None) for one in plain.endpoints
        ]


def test_a_stronger_drug_depletes_at_less_and_heavier_patients_get_more_by_area() -> None:
    cells = swept(plan("parameters.lysis_ec50=x0.3,x1,x3")).cells
    shares = [share(cell).value for cell in cells]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]
    light, heavy = (cell.get(EndpointName("dose")) for cell in swept(plan("weight=50,100")).cells)
    assert light is not None
    assert heavy is not None
    assert heavy.value / light.value == pytest.approx(math.sqrt(2.0), rel=1e-9)


def test_two_axes_have_every_value_with_every_other() -> None:
    found = swept(plan("cycle.1.step.1.dose=4.5,9", "cycle.1.step.1.days=4,10", regimen="rr-adult", patients=10))
    places = [tuple(value.text for _, value in variant.point) for variant, _ in found.rows]
    assert places == [("4.5", "4"), ("4.5", "10"), ("9", "4"), ("9", "10")]
    assert {half.others[0][1].text for half in found.halves} == {"4", "10"}
    assert not found.is_of_whole_dose(found.axes[0])


def test_other_models_move_a_cell_and_the_shipped_one_is_among_them() -> None:
    found = swept(plan("dose=5", patients=20, parameter_sets=3, sets=SetsOf.PLAUSIBLE)).cells[0]
    for one in found.endpoints:
        if one.models is not None and not math.isnan(one.value):
            assert one.models[0] <= one.value <= one.models[1]
    peak = found.get(EndpointName("il6_peak"))
    assert peak is not None
    assert peak.models is not None
    assert peak.models[0] < peak.models[1]
    alone = swept(plan("dose=5", patients=20)).cells[0]
    assert [one.value for one in alone.endpoints] == pytest.approx(
        [one.value for one in found.endpoints], nan_ok=True, rel=0
    )


# --- where half are ---------------------------------------------------------------------------------------------------


def made(dose: float, happens: list[bool]) -> DoseShare:
    bits = np.array(happens)
    return DoseShare(dose, share_endpoint(Occurrence("k", "B cells", "x", bits, np.ones(bits.shape, dtype=np.bool_))))


def some(count: int, of: int = 100) -> list[bool]:
    return [number < count for number in range(of)]


def test_half_lie_on_a_straight_line_over_the_logarithm() -> None:
    found = half_dose([made(1.0, some(25)), made(100.0, some(75))], 100, 1)
    assert found is not None
    assert found.value == pytest.approx(10.0)
    assert found.low < 10.0 < found.high
    assert half_dose([made(100.0, some(75)), made(1.0, some(25))], 100, 1) == found


def test_half_that_are_there_already_or_never_are_said_to_be() -> None:
    early = half_dose([made(1.0, some(80)), made(10.0, some(90))], 100, 1)
    never = half_dose([made(1.0, some(10)), made(10.0, some(20))], 100, 1)
    assert early is not None
    assert never is not None
    assert (early.value, never.value) == (0.0, math.inf)
    edge = half_dose([made(1.0, some(30)), made(10.0, some(52))], 100, 1)
    assert edge is not None
    assert edge.high == math.inf  # half at the greatest dose are there by chance only
    assert 1.0 < edge.low < edge.value < 10.0


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (HalfDose(4.17, 3.92, 4.44, 0.5, 60.0), "at 4.17 mcg/day (3.92 to 4.44)"),
        (HalfDose(55.0, 41.0, math.inf, 0.5, 60.0), "at 55.0 mcg/day (41.0 to above 60)"),
        (HalfDose(math.inf, 50.0, math.inf, 0.5, 60.0), "not reached up to 60 mcg/day (50.0 to above 60)"),
        (HalfDose(math.inf, math.inf, math.inf, 0.5, 60.0), "not reached up to 60 mcg/day"),
        (HalfDose(0.0, 0.0, 0.7, 0.5, 60.0), "below 0.5 mcg/day, the least dose that was tried (below 0.5 to 0.700)"),
        (HalfDose(0.0, 0.0, 0.0, 0.5, 60.0), "below 0.5 mcg/day, the least dose that was tried"),
        (HalfDose(4.17, math.nan, math.nan, 0.5, 60.0), "at 4.17 mcg/day"),
    ],
)
def test_where_half_are_is_told_with_its_interval_also_beyond_the_doses(dose: HalfDose, words: str) -> None:
    assert half_text(dose, "mcg/day") == words


def test_the_interval_is_of_drawings_of_the_same_patients() -> None:
    """Where everybody has a dose of their own at which they turn, its median is bootstrapped."""
    doses = np.geomspace(1.0, 100.0, 61)
    turns = np.exp(np.random.default_rng(1).normal(math.log(10.0), 0.8, 400))
    found = half_dose([made(float(dose), list(turns <= dose)) for dose in doses], 400, 1)
    assert found is not None
    assert found.value == pytest.approx(float(np.median(turns)), rel=0.02)
    # a median of 400 has a standard error of 1.2533 sd / sqrt(n) in the logarithm
    half_width = 1.96 * 1.2533 * 0.8 / 20.0
    assert math.log(found.high / found.low) / 2 == pytest.approx(half_width, rel=0.25)


def test_the_oldest_numpy_gives_the_same_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy 2.0 says with a second axis which column stands where."""
    cells = [made(float(dose), some(int(10 * dose))) for dose in range(1, 10)]
    newest, unique = half_dose(cells, 100, 1), np.unique

    def of_numpy_2_0(values: Any, **asked: Any) -> Any:
        found = unique(values, **asked)
        return (*found[:-1], found[-1].reshape(1, -1)) if asked.get("return_inverse") else found

    monkeypatch.setattr(np, "unique", of_numpy_2_0)
    assert half_dose(cells, 100, 1) == newest


def test_drawings_that_are_made_together_are_those_that_are_made_one_by_one() -> None:
    """In Python's own arithmetic: who is drawn, what share of them is there at each dose, and where that is half."""
    doses, turns = [1.0, 3.0, 10.0, 30.0, 100.0], [1.2 ** (number % 24) for number in range(30)]
    found = half_dose([made(dose, [turn <= dose for turn in turns]) for dose in doses], len(turns), 7)
    assert found is not None
    generator, crossings = np.random.Philox(key=np.array([7, 3], dtype=np.uint64)), []
    for _ in range(DRAWINGS):
        drawn = [turns[number % len(turns)] for number in generator.random_raw(len(turns)).tolist()]
        crossings.append(crossing(doses, [sum(turn <= dose for turn in drawn) / len(drawn) for dose in doses]))
    assert (found.low, found.high) == (sorted(crossings)[25], sorted(crossings)[974])


def crossing(doses: list[float], shares: list[float]) -> float:
    """Where shares first come to half."""
    if shares[0] > 0.5:
        return 0.0
    for number, (dose, share) in enumerate(zip(doses, shares, strict=True)):
        if share >= 0.5:
            if number == 0:
                return dose
            low, before = doses[number - 1], shares[number - 1]
            return float(low * (dose / low) ** ((0.5 - before) / (share - before)))
    return math.inf


def test_where_half_are_is_found_by_few_calls_however_many_drawings_there_are() -> None:
    """A sweep asks for it of every share by every day, and each was a second of a minute."""
    cells = [made(float(dose), some(int(10 * dose))) for dose in range(1, 10)]
    calls, _ = counted(lambda: half_dose(cells, 100, 1))
    assert calls < DRAWINGS


def test_of_one_dose_and_of_numbers_there_is_no_half() -> None:
    assert half_dose([made(1.0, some(50))], 100, 1) is None
    number = made(1.0, some(50)).endpoint._replace(measure=CellMeasure.VALUE)
    assert half_dose([DoseShare(1.0, number), made(2.0, some(50))], 100, 1) is None


def test_only_those_at_risk_count() -> None:
    happens, at_risk = np.array([True, False, False, True]), np.array([True, True, False, False])
    one = share_endpoint(Occurrence("k", "B cells", "x", happens, at_risk))
    assert (one.patients, one.of, one.value) == (1, 2, 0.5)
    assert one.members is not None
    in_whom, to_whom = one.members.arrays(4)
    assert in_whom.tolist() == [True, False, False, False]
    assert to_whom.tolist() == at_risk.tolist()


# --- cells that are done ----------------------------------------------------------------------------------------------


def test_a_cell_is_read_as_it_was_kept() -> None:
    for cell in of_the_article().cells:
        text = json.dumps(cell_data(cell))
        assert json.dumps(cell_data(cell_of(json.loads(text)))) == text


def few_cells() -> list[Cell]:
    name, members = EndpointName("k", 2.0), Members("gA==", None)
    numbers = 0.1, 0.0, math.inf, 1, 10
    endpoint = CellEndpoint(name, "B cells", "x", "", CellMeasure.SHARE, *numbers, (0.0, 0.2), members)
    return [Cell(number, (endpoint,)) for number in range(5)]


def keep(path: Path, cells: list[Cell]) -> None:
    with open_journal(path, {"seed": 1}, KeptCells) as journal:
        for cell in cells:
            if cell.number not in journal.cells:
                journal.add(cell)


def test_a_run_that_is_killed_anywhere_goes_on_and_gives_the_same(tmp_path: Path) -> None:
    cells, whole = few_cells(), tmp_path / "whole"
    keep(whole, cells)
    content = whole.read_bytes()
    cuts = np.random.default_rng(1).integers(len(content), size=60).tolist()
    for cut in (0, 1, content.index(b"\n"), content.index(b"\n") + 1, len(content) - 1, *cuts):
        path = tmp_path / f"cut-{cut}"
        path.write_bytes(content[:cut])
        with open_journal(path, {"seed": 1}, KeptCells) as journal:
            assert list(journal.cells.values()) == cells[: len(journal.cells)]
            assert len(journal.cells) == max(0, content[:cut].count(b"\n") - 1)
        keep(path, cells)
        assert path.read_bytes() == content


def test_a_line_that_was_damaged_is_run_again_and_all_after_it(tmp_path: Path) -> None:
    path = tmp_path / "cells"
    keep(path, few_cells())
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], lines[3].replace(b"0.1", b"0.9"), *lines[4:]]))
    with open_journal(path, {"seed": 1}, KeptCells) as journal:
        assert sorted(journal.cells) == [0, 1]


def test_another_sweep_is_refused_with_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "cells"
    keep(path, few_cells())
    content = path.read_bytes()
    with pytest.raises(OtherRunError) as caught, open_journal(path, {"seed": 2, "patients": 10}, KeptCells):
        pass
    assert caught.value.differences == (InputDifference("seed", 1, 2), InputDifference("patients", None, 10))
    assert path.read_bytes() == content


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "cells"
    path.write_text("my notes\non cells\n", encoding="utf-8")
    with pytest.raises(OtherRunError) as caught, open_journal(path, {"seed": 1}, KeptCells):
        pass
    assert caught.value.differences is None
    assert path.read_text(encoding="utf-8") == "my notes\non cells\n"


# --- what cannot be ---------------------------------------------------------------------------------------------------


def test_what_cannot_be_is_refused_before_anybody_is_simulated() -> None:
    with pytest.raises(WindowError, match="day 99"):
        plan("dose=5,15", asked=AskedEndpoints(by_day=(99.0,))).refuse_what_cannot_be()
    with pytest.raises(WindowError, match="days=7, treatment_free_days=14: day 28 is not of the course"):
        plan("cycle.1.step.1.days=28,7", "treatment_free_days=14").refuse_what_cannot_be()
    with pytest.raises(UnknownEndpointError):
        plan("dose=5", asked=AskedEndpoints(("nadir",))).refuse_what_cannot_be()
    with pytest.raises(NotEligibleError, match="weight=40: rr-adult is for 45 kg and over"):
        plan("weight=60,40", regimen="rr-adult").refuse_what_cannot_be()
    with pytest.raises(AxisError, match="cells are too many"):
        plan("dose=1:500:1", "parameters.kill_rate=x0.5:x1.5:0.002").refuse_what_cannot_be()
    people = plan("dose=5").cohort.population()
    with pytest.raises(AxisError, match="draw the patients again"):
        plan("parameters.kill_rate=x2", patients=people).refuse_what_cannot_be()


def test_two_axes_of_one_thing_are_refused() -> None:
    for axes in (("dose=5", "cycle.1.step.1.dose=x2"), ("days=7", "hours=24"), ("weight=60", "weight=x2"), ()):
        with pytest.raises(AxisError):
            plan(*axes)


def test_cycles_that_nobody_asks_for_are_not_simulated() -> None:
    all_of_them = swept(plan("dose=x1,x2", regimen="rr-adult", patients=10))
    first = swept(plan("dose=x1,x2", regimen="rr-adult", patients=10, cycles=1))
    assert first.plan.variants[0].course[-1].cycle == 1
    for one, other in zip(first.cells, all_of_them.cells, strict=True):
        assert share(one).value == share(other).value
        assert one.get(EndpointName("il6_peak")) == other.get(EndpointName("il6_peak"))
