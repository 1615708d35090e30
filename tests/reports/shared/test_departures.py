"""What an investigational regimen departs from is told wherever it is shown, with every departure and its reason."""

import pytest

from blinplan.regimen import library
from blinplan.regimen.vocabulary import Indication
from tests.program import Run

STATING = [regimen for regimen in library.shipped_regimens() if regimen.departures]


def test_the_list_for_programs_has_the_base_the_disease_and_every_departure(inside: Run) -> None:
    listed = {row["name"]: row for row in inside("regimens", "-f", "json").json["regimens"]}
    assert len(STATING) > 10
    for regimen in library.shipped_regimens():
        row = listed[regimen.name]
        assert (row["departs_from"], row["disease"]) == (regimen.departs_from, regimen.disease.value)
        told = [(one["reason"], one["source"]) for one in row["departures"]]
        assert told == [(one.reason, one.source) for one in regimen.departures]
        assert all(one["at"].startswith('cycle "') for one in row["departures"])


@pytest.mark.parametrize("name", ["nhl-60", "lupus-5-days"])
def test_a_plan_says_what_it_departs_from_and_why(inside: Run, name: str) -> None:
    regimen = library.regimen(name)
    assert regimen.indication is Indication.INVESTIGATIONAL
    shown = " ".join(inside("plan", name, "--weight", "70", "--height", "175", "--age", "40").out.split())
    assert f"Departs from: {regimen.departs_from}; tried in {regimen.disease}" in shown
    for departure in regimen.departures:
        assert f"{departure.reason} ({departure.source})" in shown


def test_a_plan_by_a_label_departs_from_nothing(inside: Run) -> None:
    assert "Depart" not in inside("plan", "rr-adult", "--weight", "70").out
