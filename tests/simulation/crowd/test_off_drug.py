"""Patients who go off the drug on a day of their own: every window that ends with the infusion ends on that day."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import blinplan
from blinplan.course.events import periods
from blinplan.executors.executor import InTurn
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.refusal import Refusal
from blinplan.regimen.library import regimen as shipped
from blinplan.simulation.people.people import PeopleError
from blinplan.simulation.people.read import read_people
from blinplan.simulation.trials.trial import Outcome, Trial
from tests.program import Run

TABLE = """id,weight_kg,height_cm,off_drug_day
A,70,175,7
B,70,175,
C,60,165,50.5
D,80,180,3
"""
DAYS = (7.0, np.inf, 50.5, 3.0)
CYCLES = 2


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "ward.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def outcome_of(result: blinplan.SimulationResult) -> Outcome:
    """All that was gathered of the patients, sent through at once."""
    trial = result.simulation.outcome.trial
    assert not isinstance(trial, Trial)
    return trial.trial_of(trial.population).run(InTurn())


def test_each_has_his_values_at_his_own_infusion_end(table: Path) -> None:
    result = blinplan.simulate("rr-adult", table, seed=5)
    found = outcome_of(result).endpoints
    ends = found.own_infusion_end_days
    assert ends[0] == pytest.approx([7.0, 28.0, 28.0, 3.0])
    assert ends[1, 1:3] == pytest.approx([70.0, 50.5])
    assert np.isnan(ends[1, [0, 3]]).all()
    columns = blinplan.curves("rr-adult", "12h", table, seed=5).columns()
    for number, day in enumerate((7.0, 28.0, 28.0, 3.0)):
        of_patient = columns["patient"] == number + 1
        at = of_patient & (columns["day"] == day)
        assert found.b_at_infusion_end[0, number] == columns["b_cells_per_ul"][at]
        change = np.log10(columns["blasts_fraction"][at] / columns["blasts_fraction"][of_patient][0])
        assert found.blasts_log10_change[0, number] == pytest.approx(change, rel=1e-9)
    # Nothing is infused after that day, and what is left of the drug decays.
    off = (columns["patient"] == 1) & (columns["day"] >= 7.0)
    assert (columns["infusion_mcg_per_day"][off] == 0.0).all()
    assert (columns["infusion_mcg_per_day"][(columns["patient"] == 2) & (columns["day"] == 7.0)] == 28.0).all()
    person = result.population.select(slice(0, 1))
    rate = person.clearance[0] / person.volume
    at_end = 9000.0 / person.clearance[0] * -np.expm1(-7.0 * rate)
    expected = at_end * np.exp(-rate * (columns["day"][off] - 7.0))
    assert columns["drug_pg_per_ml"][off][:6] == pytest.approx(expected[:6], rel=1e-9)
    assert found.infused == pytest.approx([63.0, 3787.0, 651.0 + 8.5 * 28.0, 27.0])


def test_each_is_as_he_is_alone_in_a_course_of_his_own(table: Path) -> None:
    """The bytes of a run of him alone in the course that he gets."""
    result = blinplan.simulate("rr-adult", table, seed=5)
    together, everybody = outcome_of(result), result.population
    own = together.trial.periods
    assert len(own) == len(result.simulation.periods) + 2, "days 3 and 50.5; day 7 is an edge already"
    for number, day in enumerate(DAYS):
        given = [
            replace(period, dose=None, cap=None, step=0) if period.start >= day * MINUTES_PER_DAY else period
            for period in own
        ]
        person = everybody.select(slice(number, number + 1))
        alone = Trial(result.simulation.regimen, tuple(given), person).run(InTurn())
        values = {of.key: of.values for of in together.quantities}
        assert len(alone.quantities) > 20
        for of in alone.quantities:
            assert of.values.tobytes() == values[of.key][number : number + 1].tobytes(), (of.key, day)
        happened = {of.key: of for of in together.events}
        for event in alone.events:
            assert event.happens[0] == happened[event.key].happens[number]
            assert event.at_risk[0] == happened[event.key].at_risk[number], event.key


def test_who_is_off_the_drug_is_at_risk_of_what_can_still_come(table: Path) -> None:
    found = outcome_of(blinplan.simulate("rr-adult", table, seed=5))
    events = {of.key: of for of in found.events}
    times = {of.key: of for of in found.quantities}
    # His last infusion is that of cycle 1, and his B cells may come back after it.
    low = found.endpoints.b_low_at_infusion_end
    at_risk = times["b_recovery_day"].at_risk
    assert at_risk is not None
    assert at_risk.tolist() == [bool(low[0, 0]), bool(low[-1, 1]), bool(low[1, 2]), bool(low[0, 3])]
    assert at_risk[0]
    assert (times["b_recovery_day"].values[:1] > 7.0).all()
    for key in ("marrow_response_cycle_2", "b_recovered_before_cycle_3"):
        assert not events[key].at_risk[[0, 3]].any(), key
    # Who left before the step has no count at it.
    after = times["t_after_escalation_day_7"].values
    assert np.isnan(after).tolist() == [True, False, False, True]


def test_a_course_without_such_patients_is_as_before(tmp_path: Path) -> None:
    plain = tmp_path / "plain.csv"
    plain.write_text("weight_kg,height_cm,off_drug_day\n70,175,\n60,165,\n", encoding="utf-8")
    without = tmp_path / "without.csv"
    without.write_text("weight_kg,height_cm\n70,175\n60,165\n", encoding="utf-8")
    one, other = (blinplan.simulate("rr-adult", path) for path in (plain, without))
    assert one.text("json") == other.text("json")
    assert one.simulation.periods == periods(shipped("rr-adult"))


@pytest.mark.nightly
@pytest.mark.slow
def test_portions_of_people_have_the_bytes_of_all(tmp_path: Path) -> None:
    """More of them than go together, each off the drug on a day of his own."""
    rows = "".join(f"70,175,{1 + number / 16}\n" for number in range(300))
    path = tmp_path / "many.csv"
    path.write_text(f"weight_kg,height_cm,off_drug_day\n{rows}", encoding="utf-8")
    result = blinplan.simulate("mrd-adult", path, seed=2)
    whole = {of.key: of.values for of in outcome_of(result).quantities}
    for of in result.simulation.quantities:
        assert of.values.tobytes() == whole[of.key].tobytes(), of.key


@pytest.mark.parametrize("cell", ["0", "-1", "4000", "soon", "7.00001"])
def test_days_that_cannot_be_are_refused(cell: str) -> None:
    with pytest.raises(PeopleError, match="ward:2: off_drug_day is "):
        read_people(f"weight_kg,height_cm,off_drug_day\n70,175,{cell}\n", "ward")


COLUMNS = "weight_kg,height_cm,off_drug_day,regimen,hold_from_day,hold_days"


@pytest.mark.parametrize("other", [",,", "short-course,,", "short-course,5,3", ",5,3"])
def test_a_day_that_takes_nothing_from_a_patient_is_told(inside: Run, tmp_path: Path, other: str) -> None:
    """Such as one after the end, or of another regimen: it was taken in silence. He gets what he would without it."""
    days = ("", "12.9993", "13", "15.9993", "16", "100", "195.9993", "196", "210", "226", "3000")

    def doses(said: tuple[str, ...]) -> np.ndarray:
        table = "\n".join((COLUMNS, *(f"70,170,{day},{other}" for day in said), ""))
        (tmp_path / "ward.csv").write_text(table, encoding="utf-8")
        found = blinplan.simulate("rr-adult", tmp_path / "ward.csv", endpoints=["dose"])
        return np.asarray(found.endpoints["dose"].values)

    late = int((doses(days) == doses(("",) * len(days))).sum()) - 1  # one has no such day
    assert 2 < late < 10
    doses(days)
    said = " ".join(inside("simulate", "rr-adult", "--people", "ward.csv", "--no-curves").out.split())
    assert f"{late} of 11 patients get all of the course in spite of an off_drug_day" in said
    doses(("", "7"))
    assert "in spite of" not in inside("simulate", "rr-adult", "--people", "ward.csv", "--no-curves").out


def test_records_for_other_programs_have_no_dose_after_that_day(table: Path) -> None:
    found = blinplan.curves("rr-adult", "7d", table).records().columns()
    doses = (found["ID"] == 1) & (found["EVID"] == 1)
    assert found["AMT"][doses].sum() == pytest.approx(63.0)
    assert (found["AMT"][found["EVID"] == 2] == 0.0).all()
    assert (found["EVID"][found["ID"] == 2] != 2).all()


def test_the_command_line_takes_such_a_table(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.csv").write_text(TABLE, encoding="utf-8")
    said = inside("simulate", "rr-adult", "--people", "ward.csv", "--no-curves").out
    assert "3 of 4 patients go off the drug before the end of the last infusion" in said
    manifest = inside("simulate", "rr-adult", "--people", "ward.csv", "-f", "json").json["manifest"]
    assert manifest["off_drug"] == 3
    (tmp_path / "bad.csv").write_text("weight_kg,height_cm,off_drug_day\n70,175,-1\n", encoding="utf-8")
    with pytest.raises(Refusal, match="off_drug_day is -1"):
        blinplan.simulate("rr-adult", tmp_path / "bad.csv")


LATE = {"A": 10, "B": 27, "C": 28, "D": 30, "E": 41, "F": 42, "G": 43}
"""By patient the day to go off the drug, in a course of 42 days whose only infusion ends on day 28; H has none."""


@pytest.mark.parametrize(
    "words",
    [
        "simulate",
        "compare nhl-5 --no-findings --endpoints auc",
        "sweep --vary dose=x1,x2 --endpoints auc",
        "sensitivity --method correlation --endpoints auc",
        "search --doses 5,15 --lengths 7 --minimise il6_peak --sets 0 --patients 8 --search-patients 8",
        "report",
        "plan --view delivered --record record.toml",
    ],
)
def test_a_day_that_takes_nothing_is_told_as_that_wherever_the_others_are(
    words: str, inside: Run, tmp_path: Path
) -> None:
    """Who is in the free interval after the last infusion stood among those who go off the drug, and got all of it."""
    rows = [*(f"{name},70,175,40,{day}" for name, day in LATE.items()), "H,70,175,40,"]
    (tmp_path / "ward.csv").write_text("\n".join(["id,weight_kg,height_cm,age_years,off_drug_day", *rows, ""]), "utf-8")
    (tmp_path / "record.toml").write_text(
        'record = 1\nregimen = "nhl-15"\nstart = 2026-11-02T10:00:00\ntime_zone = "Europe/Berlin"\n'
        "weight_kg = 70\nheight_cm = 175\nborn = 1983-05-17\n",
        "utf-8",
    )
    command, *rest = words.split()
    line = [command, "nhl-15", *rest, "--people", "ward.csv"]
    printed = " ".join(inside(*line).out.split())
    assert "2 of 8 patients go off the drug before the end of the last infusion" in printed
    assert "5 of 8 patients get all of the course in spite of an off_drug_day" in printed
    if command != "report":
        document = inside(*line, "-f", "json").json
        said = document["dated"]["delivered"]["simulated"] if command == "plan" else document["manifest"]
        assert (said["off_drug"], said["off_drug_late"]) == (2, 5)
