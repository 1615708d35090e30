"""A patient who changes, in records: what was given stays, and the next cycle follows the new figures."""

from fractions import Fraction
from pathlib import Path

import pytest

from blinplan.api.planning.plan import plan
from blinplan.api.planning.planned import Plan
from blinplan.course.patient import AreaFormula, body_surface_area
from tests.stories.ward import WARD, exact

HEAD = (
    'record = 1\nregimen = "rr-below-45-kg"\nstart = 2026-11-30T10:00:00\ntime_zone = "Europe/Berlin"\n'
    "weight_kg = {weight}\nheight_cm = 150\nborn = 2014-05-17\n\n[[measured]]\non = 2027-01-08\nweight_kg = {later}\n"
)


def planned_for(folder: Path, weight: int, later: int) -> Plan:
    (folder / "record.toml").write_text(HEAD.format(weight=weight, later=later), encoding="utf-8")
    (folder / "ward.toml").write_text(WARD, encoding="utf-8")
    return plan("rr-below-45-kg", record=folder / "record.toml", site=folder / "ward.toml")


def area(weight: int) -> Fraction:
    return body_surface_area(Fraction(weight), Fraction(150), AreaFormula.MOSTELLER)


def doses(found: Plan, cycle: int) -> list[str]:
    periods = [event.period for event in found.course.events if event.period.cycle == cycle]
    return [str(period.dose) for period in periods if period.dose is not None]


def test_a_child_who_grows_from_44_to_46_kg_gets_15_mcg_m2_before_and_28_mcg_after(tmp_path: Path) -> None:
    found = planned_for(tmp_path, 44, 46)
    assert doses(found, 1) == ["5 mcg/m²/day", "15 mcg/m²/day"]
    assert [doses(found, cycle) for cycle in (2, 3, 4, 5)] == [["28 mcg/day"]] * 4
    exact(found)
    first = next(event.micrograms for event in found.course.events)
    assert first == 7 * 5 * area(44)
    told = " ".join(found.warnings)
    assert "weight 46 kg (44 kg before)" in told
    assert "switched to rr-adult" in told
    delivered = found.delivered(patients=10).cycles
    assert delivered[0].delivered.micrograms == area(44) * (7 * 5 + 21 * 15)
    assert delivered[1].delivered.micrograms == 28 * 28
    assert delivered[1].planned.micrograms == area(44) * 28 * 15


def test_a_patient_who_loses_a_tenth_keeps_what_was_given_and_gets_less_from_the_next_cycle_on(tmp_path: Path) -> None:
    found = planned_for(tmp_path, 40, 36)
    exact(found)
    rates = {event.period.cycle: event.rate for event in found.course.events if event.period.dose is not None}
    assert rates[1] == 15 * area(40)
    assert rates[2] == 15 * area(36)
    assert rates[2] < rates[1]
    assert not any("switched" in line for line in found.warnings)


@pytest.mark.slow
@pytest.mark.parametrize("view", ["overview", "agenda", "days", "month", "bags"])
def test_who_plans_sees_the_new_figures_in_every_view(tmp_path: Path, view: str) -> None:
    text = planned_for(tmp_path, 44, 46).text(view=view)  # type: ignore[arg-type]
    assert "switched to rr-adult" in " ".join(text.split())
