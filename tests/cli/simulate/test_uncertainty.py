"""``--uncertainty plausible``: two spreads by one option, wherever populations run, and what it does not go with."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

import blinplan
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortOutcome, CohortTrial
from tests.collection.grid import in_turn
from tests.program import Run

FEW = ("--patients", "12", "--uncertainty", "plausible", "--sets", "2")


def test_a_table_names_both_spreads(inside: Run) -> None:
    ran = inside("simulate", "nhl-15", *FEW)
    assert ran.status == 0
    assert "Median over models" in " ".join(ran.out.split())
    assert "2 plausible ones" in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("width", "shown"), [("60", "[over models]"), ("80", "[over models]"), ("100", "Half over models")]
)
def test_both_spreads_have_room_at_every_width(inside: Run, width: str, shown: str) -> None:
    out = inside("simulate", "lupus-5-days", *FEW, COLUMNS=width).out
    assert shown in out
    assert max(map(cell_len, out.splitlines())) <= int(width)
    assert "…" not in out  # nothing is cut


def test_data_has_the_same_patients_under_each_model(inside: Run) -> None:
    ran = inside("simulate", "nhl-15", *FEW, "-f", "csv")
    rows = list(csv.DictReader(io.StringIO("".join(line for line in ran.out.splitlines(True) if line[0] != "#"))))
    assert [row["model"] for row in rows] == ["0"] * 12 + ["1"] * 12 + ["2"] * 12
    for number in (1, 2):
        own = rows[12 * number : 12 * (number + 1)]
        assert [row["weight_kg"] for row in own] == [row["weight_kg"] for row in rows[:12]]
        assert [row["il6_peak_pg_per_ml"] for row in own] != [row["il6_peak_pg_per_ml"] for row in rows[:12]]
    alone = inside("simulate", "nhl-15", "--patients", "12", "-f", "csv")
    first = list(csv.DictReader(io.StringIO("".join(line for line in alone.out.splitlines(True) if line[0] != "#"))))
    assert [{**row, "model": "0"} for row in first] == rows[:12]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(line for line in text.splitlines(True) if line[0] != "#"))))


def test_curves_are_of_each_patient_under_each_model(inside: Run) -> None:
    rows = rows_of(inside("simulate", "nhl-15", *FEW, "--every", "2d", "-f", "csv").out)
    times = len(rows) // (12 * 3)
    assert [row["model"] for row in rows] == [str(model) for model in range(3) for _ in range(12 * times)]
    shipped, first, _ = (rows[12 * times * model : 12 * times * (model + 1)] for model in range(3))
    assert [(row["patient"], row["day"], row["infusion_mcg_per_day"]) for row in first] == [
        (row["patient"], row["day"], row["infusion_mcg_per_day"]) for row in shipped
    ]
    assert [row["il6_pg_per_ml"] for row in first] != [row["il6_pg_per_ml"] for row in shipped]
    alone = rows_of(inside("simulate", "nhl-15", "--patients", "12", "--every", "2d", "-f", "csv").out)
    assert [{**row, "model": "0"} for row in alone] == shipped


def test_event_records_take_no_patient_for_one_under_another_model(inside: Run) -> None:
    """A program reads a row by its ID: nobody's rows may be added to somebody else's."""
    rows = rows_of(inside("simulate", "nhl-15", *FEW, "-f", "nonmem", "--every", "2d", "--measured").out)
    by_id = {row["ID"]: (row["PATIENT"], row["MODEL"]) for row in rows}
    assert len(by_id) == 36
    assert len({(row["ID"], row["PATIENT"], row["MODEL"]) for row in rows}) == 36
    assert by_id["7"] == ("7", "0")
    assert by_id["107"] == ("7", "1")
    assert by_id["212"] == ("12", "2")
    of_one = [[row for row in rows if row["PATIENT"] == "7" and row["MODEL"] == model] for model in "012"]
    assert len({tuple((row["TIME"], row["AMT"], row["WT"]) for row in some) for some in of_one}) == 1
    assert len({some[0]["CLI"] for some in of_one}) == 3
    assert len({tuple(row["DV"] for row in some) for some in of_one}) == 3
    alone = rows_of(inside("simulate", "nhl-15", "--patients", "12", "-f", "nonmem", "--every", "2d", "--measured").out)
    assert [{**row, "PATIENT": row["ID"], "MODEL": "0"} for row in alone] == [r for r in rows if r["MODEL"] == "0"]


@pytest.mark.slow
@pytest.mark.parametrize(("every", "kind"), in_turn([(), ("--every", "3d")], ["npz", "csv"]), ids=str)
def test_stretches_under_plausible_models_join_to_one_run(
    inside: Run, tmp_path: Path, every: tuple[str, ...], kind: str
) -> None:
    sets = ("--uncertainty", "plausible", "--sets", "2", *every)
    inside("simulate", "nhl-15", "--patients", "7", *sets, "--first", "1", "-o", f"a.{kind}")
    inside("simulate", "nhl-15", "--patients", "5", *sets, "--first", "8", "-o", f"b.{kind}")
    inside("simulate", "nhl-15", "--patients", "12", *sets, "-o", "whole.csv")
    assert inside("merge", f"b.{kind}", f"a.{kind}", "-o", "joined.csv").status == 0
    assert (tmp_path / "joined.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    if kind == "npz":
        inside("merge", f"a.{kind}", f"b.{kind}", "-o", "joined.npz")
        inside("simulate", "nhl-15", "--patients", "12", *sets, "-o", "whole.npz")
        assert (tmp_path / "joined.npz").read_bytes() == (tmp_path / "whole.npz").read_bytes()
        shown = inside("merge", f"a.{kind}", f"b.{kind}").out
        assert "2 plausible" in " ".join(shown.split())
        if not every:
            assert shown == inside("simulate", "nhl-15", "--patients", "12", *sets).out
    inside("simulate", "nhl-15", "--patients", "5", *every, "--first", "8", "-o", f"b.{kind}")
    ran = inside("merge", f"a.{kind}", f"b.{kind}")
    assert (ran.status, ran.out) == (2, "")
    assert "2 plausible models" in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("simulate", "nhl-15", "--uncertainty", "likely"), ("likely", "plausible")),
        (("simulate", "nhl-15", "--uncertainty", "1001"), ("1001", "1,000")),
        (("simulate", "nhl-15", "--sets", "3"), ("--sets", "--uncertainty plausible")),
        (("simulate", "nhl-15", "--uncertainty", "5", "--sets", "3"), ("--sets",)),
        (("simulate", "nhl-15", "--typical", "--uncertainty", "plausible"), ("--typical", "leave one")),
        (("simulate", "nhl-15", "--typical", "--uncertainty", "3"), ("--typical", "leave one")),
        (("simulate", "nhl-15", "--uncertainty", "plausible", "--sets", "999"), ("999", "ask for fewer")),
        (("check", "nhl-15", "--uncertainty", "5"), ("5", "plausible")),
        (("check", "nhl-15", "--uncertainty", "plausible", "--no-simulate"), ("virtual patients", "--no-simulate")),
        (("check", "nhl-15", "--uncertainty", "plausible", "--sets", "999"), ("999", "ask for fewer")),
        (("report", "nhl-15", "--uncertainty", "3", "-o", "r.html"), ("plausible",)),
        (("compare", "nhl-5", "nhl-15", "-f", "csv", "--uncertainty", "3"), ("published standard errors", "plausible")),
        (("diff", "nhl-5", "nhl-15", "--uncertainty", "plausible"), ("--compare",)),
        (("plan", "nhl-15", "--bsa", "1.8", "--uncertainty", "plausible"), ("--view delivered",)),
    ],
    ids=" ".join,
)
def test_what_it_does_not_go_with_is_refused(inside: Run, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert all(word in " ".join(ran.err.split()) for word in words)


PAIR = ("nhl-5", "nhl-15", "--cycles", "1")


def test_a_comparison_writes_the_same_patients_under_each_model(inside: Run) -> None:
    rows = rows_of(inside("compare", *PAIR, *FEW, "-f", "csv").out)
    order = [(str(model), name) for model in range(3) for name in PAIR[:2] for _ in range(12)]
    assert [(row["model"], row["regimen"]) for row in rows] == order
    alone = rows_of(inside("compare", *PAIR, "--patients", "12", "-f", "csv").out)
    assert [{**row, "model": "0"} for row in alone] == rows[:24]
    simulated = rows_of(inside("simulate", "nhl-15", *FEW, "-f", "csv", "--endpoints", "il6_peak").out)
    peaks = [row["il6_peak_pg_per_ml"] for row in simulated if row["model"] == "2"]
    assert [row["il6_peak_pg_per_ml"] for row in rows[60:]] == peaks


@pytest.mark.parametrize("target", [("-f", "csv"), ("-o", "both.jsonl")])
def test_data_of_a_comparison_send_nobody_through_a_model_twice(
    inside: Run, target: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """12 patients, two regimens, the shipped model and two others."""
    sent: list[int] = []

    def counted(trials: Iterable[CohortTrial], *others: Any) -> Iterator[CohortOutcome]:
        for outcome in outcomes_of(trials, *others):
            sent.append(outcome.kept.size)
            yield outcome

    monkeypatch.setattr("blinplan.design.comparison.compare.outcomes_of", counted)
    assert inside("compare", *PAIR, *FEW, *target).status == 0
    assert sent == [12] * 2 * (1 + 2)


def test_progress_of_a_comparison_goes_on_while_its_data_are_written() -> None:
    done: list[int] = []
    options: dict[str, Any] = {"patients": 12, "cycles": 1, "parameter_sets": 2, "sets": "plausible", "findings": False}
    found = blinplan.compare("nhl-5", "nhl-15", **options, ranges=False, progress=done.append)
    assert done[-1] == 12 * 2
    list(found.csv_texts())
    assert done == sorted(done)
    assert done[-1] == 12 * 2 * (1 + 2)


@pytest.mark.slow
def test_a_difference_is_compared_under_plausible_models_too(inside: Run) -> None:
    asked = ("diff", *PAIR, "--compare", *FEW, "--endpoints", "il6_peak,b_depleted_cycle_1")
    shown = inside(*asked).out
    assert "Over models" in shown
    assert "It is a range: no confidence, and no probability." in " ".join(shown.split())
    compared = inside("compare", *PAIR, *FEW, "--endpoints", "il6_peak,b_depleted_cycle_1", "-f", "json").json
    (found,) = inside(*asked, "-f", "json").json["files"]
    assert found["compared"]["endpoints"] == compared["endpoints"]
    marked = inside(*asked, "-f", "markdown").out
    heads = [line for line in marked.splitlines() if line.startswith("| Endpoint |")]
    assert heads
    assert all("| Over models |" in head for head in heads)


def test_a_check_says_what_the_models_say_and_the_status_stays(inside: Run) -> None:
    options = ("--patients", "40", "--no-cache", "--isolated")
    plain = inside("check", "mrd-adult", *options)
    ran = inside("check", "mrd-adult", *options, "--uncertainty", "plausible", "--sets", "2")
    assert ran.status == plain.status
    assert "of 2 plausible models" in ran.out
    found = inside("check", "mrd-adult", *options, "--uncertainty", "plausible", "--sets", "2", "-f", "json")
    assert {one["models"] for one in found.json["files"][0]["over_models"]} == {2}


@pytest.mark.parametrize("sets", [1, 2, 19, 20])
@pytest.mark.parametrize(
    "command", ["simulate nhl-5", "compare nhl-5 nhl-15 --no-findings", "sweep nhl-5 --vary dose=5,15"]
)
def test_of_few_sets_a_range_is_said_to_be_narrow_and_one_set_is_one(command: str, sets: int, inside: Run) -> None:
    """Of one set the 5th to 95th percentile was one number twice, and it was of 1 parameter sets."""
    asked = (*command.split(), "--patients", "5", "--endpoints", "auc", "--uncertainty", str(sets))
    said = " ".join(inside(*asked).out.split())
    assert f"over {sets} parameter set{'s' * (sets > 1)}" in said
    assert ("(of fewer than 20 narrower than of many)" in said) == (sets < 20)
    plausible = " ".join(inside(*asked[:-1], "plausible", "--sets", str(min(sets, 2))).out.split())
    assert ("1 plausible one on" if sets == 1 else "2 plausible ones on") in plausible.replace(",", "")
