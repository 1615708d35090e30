"""Patients with courses of their own: another regimen, a hold; each as alone, in one outcome."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import blinplan
from blinplan.course.events import periods
from blinplan.executors.executor import InTurn, threads
from blinplan.physiology.model.population import Population
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.refusal import Refusal
from blinplan.regimen.library import regimen as shipped
from blinplan.reports.simulation.figures import _caption
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trials.cohort_trial import CohortTrial
from blinplan.simulation.trials.own_courses import GivenToEach, with_hold
from blinplan.simulation.trials.trial import Trial
from tests.program import Run

HEAD = "id,weight_kg,height_cm,regimen,hold_from_day,hold_days,off_drug_day\n"
ROWS = (
    "A,70,175,,,,",
    "B,70,175,mt103-206-15,,,",
    "C,60,165,,10,7,",
    "D,80,180,nhl-1.5,,,30",
    "E,80,180,,,,",
    "F,62,170,,2.5,3,20",
    "G,62,170,nhl-1.5,4,0.5,",
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "ward.csv"
    path.write_text(HEAD + "\n".join(ROWS) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def found(table: Path) -> blinplan.SimulationResult:
    return blinplan.simulate("rr-adult", table, seed=5)


def by_key(endpoints: Sequence[Quantity] | Sequence[Occurrence]) -> dict[str, Quantity | Occurrence]:
    return {endpoint.key: endpoint for endpoint in endpoints}


def test_each_has_the_bytes_of_a_run_of_him_alone_in_his_course(found: blinplan.SimulationResult) -> None:
    """And what his course does not have is missing in him, and he is not among those who could have it."""
    together = found.simulation.outcome
    numbers, events = by_key(together.quantities), by_key(together.events)
    days = {"C": (10.0, 7.0), "F": (2.5, 3.0), "G": (4.0, 0.5)}
    off = {"D": 30.0, "F": 20.0}
    looked_at = dict[str, list[float]]()
    for number, row in enumerate(ROWS):
        called, _, _, name, *_ = row.split(",")
        regimen = shipped(name or "rr-adult")
        course = periods(regimen)
        if called in days:
            start, long = (int(day * MINUTES_PER_DAY) for day in days[called])
            course = with_hold(course, start, long)
        person = found.population.select(slice(number, number + 1))
        gone = np.array([off[called] * MINUTES_PER_DAY]) if called in off else None
        if gone is not None:
            from blinplan.simulation.dosing import part_at

            course = part_at(course, gone.tolist())
        alone = Trial(regimen, course, person, off_drug=gone).run(InTurn())
        own = {endpoint.key: endpoint for endpoint in alone.quantities}
        assert len(own) > 15
        for key, quantity in numbers.items():
            assert isinstance(quantity, Quantity)
            if key not in own:
                assert np.isnan(quantity.values[number]), key
                assert not quantity.is_time or (quantity.at_risk is not None and not quantity.at_risk[number]), key
                continue
            assert own[key].values.tobytes() == quantity.values[number : number + 1].tobytes(), (called, key)
            looked_at.setdefault(key, []).append(own[key].from_day)
            at_risk = own[key].at_risk
            if quantity.at_risk is not None:
                assert quantity.at_risk[number] == (at_risk is None or at_risk[0]), (called, key)
        happened = {event.key: event for event in alone.events}
        for key, event in events.items():
            assert isinstance(event, Occurrence)
            mine = happened.get(key)
            assert event.happens[number] == (mine is not None and bool(mine.happens[0])), (called, key)
            assert event.at_risk[number] == (mine is not None and bool(mine.at_risk[0])), (called, key)
        assert own.keys() <= numbers.keys()
        assert happened.keys() <= events.keys()
    assert {key: min(days) for key, days in looked_at.items()} == {
        key: quantity.from_day for key, quantity in numbers.items() if isinstance(quantity, Quantity)
    }
    assert looked_at["b_recovery_day"] == [196, 196, 203, 28, 196, 20, 28.5]


def test_who_is_told_of_in_one_table_changes_nothing(table: Path, inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many have courses of their own, they are told of some at a time: what parts a table is theirs alone."""
    asked = ["simulate", "rr-adult", "--people", str(table), "--seed", "5"]
    forms = (["--every", "2d", "-f", "csv"], ["-f", "nonmem"], ["-f", "nonmem", "--measured", "--every", "7d"])
    whole = [inside(*asked, *form).out for form in forms]
    given_to, sizes = CohortTrial.given_to, list[int]()

    def counted(trial: CohortTrial, people: Population) -> GivenToEach:
        sizes.append(people.size)
        return given_to(trial, people)

    monkeypatch.setattr(CohortTrial, "given_to", counted)
    monkeypatch.setattr("blinplan.simulation.trials.cohort_trial._FEW_COURSES", 2)
    monkeypatch.setattr("blinplan.simulation.trials.cohort_trial._IN_ONE_TABLE", 3)
    assert [inside(*asked, *form).out for form in forms] == whole
    assert max(sizes) == 3


@pytest.mark.parametrize(
    ("rows", "recovery", "second"),
    [
        (("A,70,175,,,", "B,60,165,,,7", "C,60,165,,,20"), 7.0, 42.0),
        (("A,70,175,,,", "B,60,165,3,4,", "C,60,165,5,4,40"), 32.0, 42.0),
        (("A,70,175,1,4,", "B,60,165,3,4,", "C,60,165,50,4,"), 200.0, 42.0),
        (("A,70,175,1,4,", "B,60,165,3,2,"), 198.0, 44.0),
        (("A,70,175,,,30", "B,60,165,,,35"), 28.0, 42.0),
    ],
)
def test_a_time_is_looked_at_from_the_first_day_of_anybody(
    tmp_path: Path, rows: tuple[str, ...], recovery: float, second: float
) -> None:
    """Who goes off the drug first, or whose hold moves a window least, decides; whoever is simulated beside them."""
    table = tmp_path / "ward.csv"
    table.write_text(
        "\n".join(("id,weight_kg,height_cm,hold_from_day,hold_days,off_drug_day", *rows)), encoding="utf-8"
    )
    found = blinplan.simulate("rr-adult", table, endpoints=["b_recovery_day", "IL-6 above 20 pg/mL in cycle 2"])
    times = {"b_recovery_day": recovery, "il6_above_20_pg_per_ml_in_cycle_2_day": second}
    assert {time.key: time.from_day for time in found.simulation.outcome.quantities if time.is_time} == times
    trial = found.simulation.outcome.trial
    if isinstance(trial, CohortTrial) and trial.own is None:
        for one in (slice(1), slice(1, 2)):
            part = trial.trial_of(found.population.select(one)).run(InTurn())
            assert {time.key: time.from_day for time in part.quantities if time.is_time} == times


@pytest.mark.parametrize("name", ["rr-adult", "mrd-adult", "lal2317"])
def test_a_hold_where_a_cycle_ends_is_before_the_next_one(name: str) -> None:
    """As one a minute sooner is: nothing of a cycle is given before it begins, and what comes back did so before it."""
    course, long = periods(shipped(name)), 120 * MINUTES_PER_DAY
    ends = {period.cycle: period.stop for period in course}
    for cycle, end in list(ends.items())[:-1]:
        for start in (end - 1, end):
            held = with_hold(course, start, long)
            assert max(period.stop for period in held if period.cycle == cycle) == end + long, (cycle, start)
            following = [period for period in held if period.cycle == cycle + 1]
            assert (following[0].start, following[0].step) == (end + long, 1), (cycle, start)
            starts = [period.start for period in held]
            assert starts == [0, *(period.stop for period in held[:-1])]


def test_what_comes_back_in_a_hold_does_so_before_the_next_cycle(tmp_path: Path) -> None:
    table = tmp_path / "ward.csv"
    rows = [f"{name},70,175,{day},120" for day in ("41.9993", "42") for name in (f"A{day}", f"B{day}")]
    table.write_text("\n".join(("id,weight_kg,height_cm,hold_from_day,hold_days", *rows, "")), encoding="utf-8")
    found = blinplan.simulate("rr-adult", table, seed=5, endpoints=["b_recovered_before_cycle_2"])
    (recovered,) = found.simulation.outcome.events
    assert recovered.happens.tolist() == [True] * 4


@pytest.mark.parametrize("order", [1, -1], ids=["as they come", "backwards"])
def test_what_somebody_has_is_told_of_him_whoever_stands_beside_him(tmp_path: Path, order: int) -> None:
    """A hold moves the days of the steps that come after it, and with them what endpoints are called.

    The names of one hold alone were told, that of the last row: what the other patients had was left out.
    """
    holds = ("3,2.5", "8,1", ",", "1,0.25", "2,4", "30,5")[::order]
    table = tmp_path / "ward.csv"
    rows = [f"P{number},{70 + number},175,{hold}" for number, hold in enumerate(holds)]
    head = "id,weight_kg,height_cm,hold_from_day,hold_days\n"
    table.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    found = blinplan.simulate("rr-adult", table, seed=5)
    numbers, course = by_key(found.simulation.outcome.quantities), shipped("rr-adult")
    for number, hold in enumerate(holds):
        start, _, days = hold.partition(",")
        whole = periods(course)
        given = with_hold(whole, *(int(float(each) * MINUTES_PER_DAY) for each in (start, days))) if start else whole
        alone = Trial(course, given, found.population.select(slice(number, number + 1))).run(InTurn())
        for own in alone.quantities:
            quantity = numbers.get(own.key)
            assert isinstance(quantity, Quantity), (hold, own.key)
            assert own.values.tobytes() == quantity.values[number : number + 1].tobytes(), (hold, own.key)
    steps = [key.removeprefix("t_after_escalation_day_") for key in numbers if key.startswith("t_after_")]
    assert sorted(map(float, steps)) == [7.0, 7.25, 9.5, 11.0]


@pytest.mark.parametrize("order", [1, -1], ids=["as they come", "backwards"])
def test_flat_doses_and_those_by_area_are_told_apart_where_their_numbers_are_alike(tmp_path: Path, order: int) -> None:
    """15 mcg/day stood under 15 mcg/m²/day, and the median was of both."""
    steps = [blinplan.step("5 mcg/day", days=7), blinplan.step("15 mcg/day", days=21)]
    flat = blinplan.regimen("flat", cycles=[blinplan.cycle(steps=steps, treatment_free_days=14)])
    (tmp_path / "flat.toml").write_text(blinplan.toml(flat), encoding="utf-8")
    names = ("", "flat.toml", "nhl-5", "rr-adult")[::order]
    rows = [f"P{number},{60 + number},175,{name}" for number, name in enumerate(names)]
    table = tmp_path / "ward.csv"
    table.write_text("\n".join(("id,weight_kg,height_cm,regimen", *rows, "")), encoding="utf-8")
    found = blinplan.simulate("mt103-206-5-15", table, seed=5)
    told = [of for of in found.simulation.outcome.quantities if of.label.startswith("Steady state, ")]
    assert {of.key.removeprefix("steady_state_"): of.label.removeprefix("Steady state, ") for of in told} == {
        f"{dose}_mcg_per_{unit}day": f"{dose} mcg/{unit.replace('m2_per_', 'm²/')}day"
        for dose, unit in ((5, "m2_per_"), (15, "m2_per_"), (5, ""), (15, ""), (9, ""), (28, ""))
    }
    gets = {
        "": {"5 mcg/m²/day", "15 mcg/m²/day"},
        "flat.toml": {"5 mcg/day", "15 mcg/day"},
        "nhl-5": {"5 mcg/m²/day"},
        "rr-adult": {"9 mcg/day", "28 mcg/day"},
    }
    for number, name in enumerate(names):
        has = {of.label.removeprefix("Steady state, ") for of in told if not np.isnan(of.values[number])}
        assert has == gets[name], name


def test_rates_holds_and_ends_are_each_ones_own(found: blinplan.SimulationResult, table: Path) -> None:
    """What is infused is what each one's order comes to; a hold moves all that is left, and drops nothing."""
    numbers = by_key(found.simulation.outcome.quantities)
    dose = numbers["dose"]
    assert isinstance(dose, Quantity)
    usual = 28 * 28 * 5 - 7 * 19.0
    assert dose.values[[0, 2, 4]] == pytest.approx([usual, usual, usual])
    area = (70 * 175 / 3600) ** 0.5
    assert dose.values[1] == pytest.approx(15 * area * 28 * 5)
    result = blinplan.curves("rr-adult", "12h", table, seed=5)
    assert repr(result).endswith("7 patients at up to 435 times each>")
    columns = result.columns()

    def days_infused(number: int) -> list[float]:
        of_patient = columns["patient"] == number
        rates = columns["infusion_mcg_per_day"]
        return [float(day) for day in columns["day"][of_patient & (rates > 0)]]

    first = [day / 2 for day in range(56)]
    assert [day for day in days_infused(1) if day < 42] == first
    assert [day for day in days_infused(3) if day < 49] == [day if day < 10 else day + 7 for day in first]
    assert min(day for day in days_infused(3) if day >= 49) == 49.0
    assert max(days_infused(6)) == 19.5
    # The numbers of cycles and steps are those of each one's own course, and the curves go to its end.
    second = (columns["patient"] == 3) & (columns["day"] == 48.5)
    assert (columns["cycle"][second], columns["step"][second]) == (1, 0)
    other = (columns["patient"] == 1) & (columns["day"] == 48.5)
    assert (columns["cycle"][other], columns["step"][other]) == (2, 1)
    ends = {"nhl-1.5": 42.0, "mt103-206-15": 210.0, "": 210.0}
    for number, row in enumerate(ROWS, start=1):
        _, _, _, name, _, long, *_ = row.split(",")
        days = columns["day"][columns["patient"] == number]
        assert (days[0], days.max(), len(set(days))) == (0.0, ends[name] + float(long or 0), len(days)), row


def test_curves_are_those_of_each_alone(table: Path) -> None:
    together = blinplan.curves("rr-adult", "1d", table, seed=5).columns()
    everybody = blinplan.simulate("rr-adult", table, seed=5).population
    for number, name in ((1, "mt103-206-15"), (3, "nhl-1.5")):
        person = everybody.select(slice(number, number + 1))
        alone = blinplan.curves(name, "1d", replace(person, seed=None, ids=())).columns()
        mine = together["patient"] == number + 1
        last = 29 if number == 3 else None  # who is off the drug then
        for column in ("drug_pg_per_ml", "b_cells_per_ul", "il6_pg_per_ml"):
            size = len(alone[column])
            assert alone[column][:last].tobytes() == together[column][mine][:size][:last].tobytes(), (name, column)


ROWS_ALIKE = ("70,175,short-course,,,", "60,165,,,,", "80,180,short-course,6.5,2,", "62,170,short-course,7,4,9")


@pytest.mark.parametrize("records", [False, True], ids=["curves", "event records"])
def test_each_has_the_rows_that_he_has_where_all_have_his_course(tmp_path: Path, *, records: bool) -> None:
    """To the last: there who was through sooner than another was in no step, and nothing was infused."""

    def rows_of(courses: Sequence[str]) -> dict[str, np.ndarray]:
        table = tmp_path / "ward.csv"
        bodies = zip(ROWS_ALIKE, courses, strict=True)
        rows = [",".join((*row.split(",")[:2], *course.split(",")[2:])) for row, course in bodies]
        table.write_text("\n".join((HEAD.strip().removeprefix("id,"), *rows, "")), encoding="utf-8")
        found = blinplan.curves("rr-adult", "12h", table, seed=5)
        return found.records().columns() if records else found.columns()

    together = rows_of(ROWS_ALIKE)
    for number, course in enumerate(ROWS_ALIKE, start=1):
        alike = rows_of([course] * len(ROWS_ALIKE))
        assert together.keys() == alike.keys()
        mine, theirs = (columns["ID" if records else "patient"] == number for columns in (together, alike))
        for name, values in together.items():
            assert values[mine].tobytes() == alike[name][theirs].tobytes(), (course, name)


def test_bands_are_of_those_who_are_still_in_their_course(found: blinplan.SimulationResult, table: Path) -> None:
    """They are percentiles of the rows that data have, to where the last is through; the drawing says how many."""
    curves = blinplan.curves("rr-adult", "7d", table, seed=5)
    rows, bands = curves.columns(), curves.bands(["drug"])
    assert bands.within is not None
    for place, day in enumerate(bands.days.tolist()):
        theirs = rows["drug_pg_per_ml"][rows["day"] == day]
        assert bands.within[place] == theirs.size
        assert np.array_equal(bands.bands[0].values[:, place], np.percentile(theirs, bands.levels)), day
    assert bands.days[-1] == 217.0
    sampled = found.bands(signals=["b-cells"])
    assert sampled.days[-1] == 217.0
    assert np.isfinite(sampled.bands[0].values).all()
    changes = [2.5, 5.5, 17.0, 217.0]  # of the holds of F and C, and where C is through
    assert set(changes) <= set(sampled.days.tolist())
    text = " ".join(found.text("table", bands=sampled).split())
    assert "Each day's are of those still in their course: 7 on day 0, 1 on day 217." in text
    others = (
        "1 of 7 patients goes off the drug before the end. 5 of 7 patients have courses of their own: cycles and doses"
    )
    for drawn in (curves.drawing(), _caption(found.simulation, bands)):
        assert others in " ".join(drawn.split())
    assert "still in their course" not in found.text("table", bands=found.bands(to_day=40.0, signals=["drug"]))


ENDS = "id,weight_kg,height_cm,regimen,hold_from_day,hold_days\n" + "\n".join(
    ("A,70,175,,,", "B,70,175,OTHER,,", "C,60,165,,10,7", "D,80,180,OTHER,2,3", "E,80,180,,,", "F,62,170,,1,2", "")
)
"""Courses that end on days 210, 42, 217, 45, 210 and 212 where they are of rr-adult, and the other one is nhl-5."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shown", "other", "whose"),
    [
        ("rr-adult", "nhl-5", {"in cycle 2": "ACEF", "by day 44": "ACDEF", "from day 1 to day 215": "C"}),
        ("nhl-5", "rr-adult", {"in cycle 2": "BD"}),
    ],
)
def test_a_window_that_some_courses_have_is_looked_at_in_their_patients(
    tmp_path: Path, shown: str, other: str, whose: dict[str, str]
) -> None:
    """It is missing in the others, who are not at risk."""
    table = tmp_path / "ward.csv"
    table.write_text(ENDS.replace("OTHER", other), encoding="utf-8")
    asked = ["dose", *(f"drug above 1 pg/mL {window}" for window in whose)]
    outcome = blinplan.simulate(shown, table, seed=5, endpoints=asked).simulation.outcome
    at_risk = [event.at_risk for event in outcome.events]
    days = [quantity.values > 0 for quantity in outcome.quantities if quantity.key.endswith("_days")]
    for is_theirs in (at_risk, days):
        names = ["".join(name for name, mine in zip("ABCDEF", each, strict=True) if mine) for each in is_theirs]
        assert sorted(names) == sorted(whose.values())


def test_an_endpoint_of_some_courses_can_be_asked_for_and_one_of_none_is_refused(tmp_path: Path) -> None:
    """Also where the regimen that is shown has it not; and what all of them have is told who asks for another."""
    table, keys = tmp_path / "ward.csv", ["steady_state_5", "steady_state_9"]
    table.write_text(ENDS.replace("OTHER", "rr-adult"), encoding="utf-8")
    found = blinplan.simulate("nhl-5", table, seed=5, endpoints=keys).endpoints
    assert [int((~np.isnan(found[key].values)).sum()) for key in keys] == [4, 2]
    with pytest.raises(Refusal) as refused:
        blinplan.simulate("nhl-5", table, endpoints=["steady_state_8"])
    assert all(key in refused.value.advice for key in keys)
    with pytest.raises(Refusal, match="cycles 1 to 5"):
        blinplan.simulate("nhl-5", table, endpoints=["drug above 1 pg/mL in cycle 6"])
    with pytest.raises(Refusal, match="nhl-5: day 60 is not of the course"):
        blinplan.simulate("nhl-5", table, endpoints=["b_depleted_day"], by_day=[60])


def test_the_outcome_is_the_same_whatever_runs_it(table: Path) -> None:
    texts = []
    for count in (1, 2):
        with threads(count) as executor:
            texts.append(blinplan.simulate("rr-adult", table, seed=5, executor=executor).text("csv"))
    assert texts[0] == texts[1]


def test_a_table_in_which_nobody_has_a_course_of_his_own_is_one_without_the_columns(tmp_path: Path) -> None:
    plain, empty = tmp_path / "plain.csv", tmp_path / "empty.csv"
    plain.write_text("weight_kg,height_cm\n70,175\n60,165\n", encoding="utf-8")
    empty.write_text("weight_kg,height_cm,regimen,hold_from_day,hold_days\n70,175,,,\n60,165,,,\n", encoding="utf-8")
    assert blinplan.simulate("rr-adult", plain).text("csv") == blinplan.simulate("rr-adult", empty).text("csv")


@pytest.mark.parametrize("named", ["asked", "asked.toml", "./asked.toml"])
def test_whom_a_table_gives_the_regimen_that_is_asked_for_has_no_other(tmp_path: Path, named: str) -> None:
    """He was counted among those with courses of their own, and what is of one course refused him."""
    shown = shipped("mrd-adult") if named == "asked" else replace(shipped("mrd-adult"), name="asked")
    (tmp_path / "asked.toml").write_text(blinplan.toml(shown), encoding="utf-8")
    said = "mrd-adult" if named == "asked" else named
    bodies = ("70,170,40", "80,180,50", "60,165,60")
    for name, head, cell in (("with", ",regimen", f",{said}"), ("without", "", "")):
        rows = [f"weight_kg,height_cm,age_years{head}", *(f"{body}{cell}" for body in bodies), ""]
        (tmp_path / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "some.csv").write_text(
        f"weight_kg,height_cm,age_years,regimen,hold_from_day,hold_days\n70,170,40,{said},,\n80,180,50,,,\n60,165,60,{said},3,2\n",
        encoding="utf-8",
    )
    given, plain, some = (tmp_path / f"{name}.csv" for name in ("with", "without", "some"))
    assert blinplan.simulate(shown, given).text("json") == blinplan.simulate(shown, plain).text("json")
    assert blinplan.simulate(shown, some).simulation.own_courses == 1
    lines = [list(blinplan.curves(shown, "7d", table).csv_texts()) for table in (given, plain)]
    assert lines[0] == lines[1]
    vary = ["cycle.1.step.1.dose=15,28"]
    cells = [blinplan.sweep(shown, vary, patients=table, cycles=1, endpoints=["auc"]) for table in (given, plain)]
    assert cells[0].text("json") == cells[1].text("json")
    with pytest.raises(Refusal, match="the table gives patients their own"):
        blinplan.sweep(shown, vary, patients=some, cycles=1)


def test_it_is_said_and_written_how_many_they_are(inside: Run, table: Path) -> None:
    ran = inside("simulate", "rr-adult", "--people", str(table), "--by-day", "7")
    assert ran.status == 0, ran.err
    assert "5 of 7 patients have courses of their own" in " ".join(ran.out.split())
    manifest = inside("simulate", "rr-adult", "--people", str(table), "-f", "json").json["manifest"]
    assert (manifest["own_courses"], manifest["off_drug"], manifest["off_drug_late"]) == (5, 1, 1)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,70,175,rr-adlt,,,", "regimen is 'rr-adlt'"),
        ("A,70,175,,5,,", "hold_from_day is given, and hold_days is not"),
        ("A,70,175,,,5,", "hold_days is given, and hold_from_day is not"),
        ("A,70,175,,-1,5,", "hold_from_day is -1"),
        ("A,70,175,,3,-2,", "hold_days is -2"),
        ("A,70,175,,soon,1,", "hold_from_day is 'soon'"),
        ("A,70,175,,210,1,", "hold_from_day is 210, and the course of rr-adult ends on day 210"),
        ("A,40,150,,,,\nB,40,150,rr-below-45-kg,,,", "rr-adult is for 45 kg and over"),
        ("A,70,175,rr-below-45-kg,,,", "rr-below-45-kg is for below 45 kg"),
    ],
)
def test_what_cannot_be_is_refused_with_the_row(inside: Run, row: str, said: str) -> None:
    Path("mine.csv").write_text(f"{HEAD}{row}\n", encoding="utf-8")
    ran = inside("simulate", "rr-adult", "--people", "mine.csv")
    assert (ran.status, ran.out) == (2, "")
    words = " ".join(ran.err.split())
    assert said in words
    assert "id A" in words or "(id" in words


@pytest.mark.parametrize(
    "asked",
    [
        ("compare", "rr-adult", "mt103-206-15"),
        ("simulate", "rr-adult", "--premedication"),
    ],
)
def test_what_is_of_one_course_takes_no_courses_of_their_own(inside: Run, table: Path, asked: tuple[str, ...]) -> None:
    ran = inside(*asked, "--people", str(table))
    assert ran.status == 2
    assert "their own" in " ".join(ran.err.split()) or "the same regimen" in " ".join(ran.err.split())


def test_a_record_is_of_one_course(table: Path, tmp_path: Path) -> None:
    record = tmp_path / "p7.toml"
    record.write_text(
        'record = 1\nregimen = "rr-adult"\nstart = 2026-11-30T10:00:00\ntime_zone = "Europe/Berlin"\nweight_kg = 82\n'
        "height_cm = 178\n",
        encoding="utf-8",
    )
    with pytest.raises(Refusal, match="a record is of one course"):
        blinplan.simulate("rr-adult", table, record=str(record))


@pytest.mark.nightly
@pytest.mark.slow
def test_the_page_of_a_report_has_them(table: Path) -> None:
    page = blinplan.report("rr-adult", patients=str(table)).html
    assert "5 of 7 patients have courses of their own" in page
    assert json.loads(blinplan.simulate("rr-adult", table).text("json"))
