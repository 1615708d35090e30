"""How bags are prepared, as a pharmacist reads it: everything told, nothing silent, exact in JSON."""

import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.program import Run

FULL = """\
site = 1
name = "Ward 5"
time_zone = "Europe/Berlin"
change_time = "10:00"
closed = ["sunday"]
prepared_hours_before = 20
kept = "refrigerated"

[[bag]]
hours = 24
fill_ml = 275
stabiliser_ml = 5.5

[[bag]]
hours = 48
stabiliser_ml = 5.5

[[bag]]
hours = 96
fill_ml = 200
in_use_hours = 120

[[syringe]]
ml = 1
graduation_ml = 0.01

[[syringe]]
ml = 3
graduation_ml = 0.1

[[syringe]]
ml = 10
graduation_ml = 0.2
"""
ASKED = ("plan", "rr-adult", "--weight", "70", "--age", "40", "--start", "2026-11-02T10:00", "--site", "ward.toml")
BAGS = (*ASKED, "--view", "bags")


def shown(inside: Run, tmp_path: Path, site: str, width: int = 80, *more: str) -> str:
    """Return the view of bags with its lines joined."""
    (tmp_path / "ward.toml").write_text(site)
    return " ".join(inside(*BAGS, *more, COLUMNS=str(width)).out.split())


def exact(amount: dict[str, Any]) -> Fraction:
    """Return an amount of a JSON document."""
    return Fraction(amount["exact"])


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80, 120, 132, 200])
def test_every_width_tells_it_whole(inside: Run, tmp_path: Path, width: int) -> None:
    (tmp_path / "ward.toml").write_text(FULL)
    out = inside(*BAGS, COLUMNS=str(width)).out
    assert max(map(cell_len, out.splitlines())) <= width
    assert "…" not in out
    words = " ".join(out.split())
    assert "As syringes measure the drug, the bags of the course give" in words
    assert "each bag from vials of its own. Thrown away:" in words
    assert "A reconstituted vial keeps for 4 hours at room temperature." in words
    assert "266.9" in words
    assert "Sun 2026-11-01 14:00" in words  # prepared 20 hours before Monday, 10:00


def test_a_bag_is_told_as_it_is_made(inside: Run, tmp_path: Path) -> None:
    text = shown(inside, tmp_path, FULL, 80, "--cycle", "1")
    assert (
        "266.9 mL saline + 5.5 mL stabiliser + 2.6 mL drug (3 mL syringe to 2.6 mL; computed ≈2.567 mL, so ≈0.417 mcg"
        " or ≈1.299 % more), filled to 275 mL with 32.5 mcg vials: 1, 2.5 mcg left in them" in text
    )
    assert (
        "(10 mL syringe to 10 mL, 1 mL syringe to 0.37 mL; computed ≈10.37 mL, so ≈0.005 mcg or ≈0.004 % less)" in text
    )
    # Bags for one day keep for 8 days in the cold, by the label; of those for four days nobody has said it.
    assert "prepared Tue 2026-11-24 14:00; at 2 to 8 °C until Wed 2026-12-02 14:00" in text
    assert (
        "prepared Sun 2026-11-01 14:00; at 2 to 8 °C until ________ hang by ________; hung as planned, take down by Sat"
        in text
    )
    assert "hang by Wed 2026-12-02 14:00; hung as planned, take down by Fri 2026-11-27 10:00" in text
    assert "How long bags for 4 d keep at 2 to 8 °C is not evaluated: no `cold_hours` is given." in text
    assert "How much of bags for 4 d is saline and stabiliser is not evaluated: no `stabiliser_ml` is given." in text


def test_the_label_s_saline_is_named_with_its_source(inside: Run, tmp_path: Path) -> None:
    only = FULL.replace("fill_ml = 275\n", "").replace("hours = 96\nfill_ml = 200", "hours = 96")
    text = shown(inside, tmp_path, only)
    assert "Saline of bags for 1 d, 2 d: 270 mL, Blincyto (blinatumomab), the manufacturer's page" in text
    assert "the site profile does not say" in text
    assert "270 mL saline + 5.5 mL stabiliser +" in text
    assert "filled into bags for 4 d is not evaluated: no `fill_ml` is given for them" in text
    bare = shown(inside, tmp_path, only.replace("stabiliser_ml = 5.5\n", ""))
    assert "270 mL saline +" not in bare
    assert "only the saline of bags for 1 d and 2 d was seen, 270 mL" in bare
    assert "Vials for cycles 1, 2, 3, 4, 5 are not evaluated." in bare


def test_without_syringes_volumes_are_as_computed_and_it_says_so(inside: Run, tmp_path: Path) -> None:
    text = shown(inside, tmp_path, FULL.split("[[syringe]]", maxsplit=1)[0])
    assert (
        "What a syringe measures is not given (`[[syringe]]`): the drug for bags for 1 d, 2 d, 4 d is as computed"
        in text
    )
    assert "As syringes measure" not in text
    assert "≈2.567 mL drug, filled to" in text
    coarse = FULL.split("[[syringe]]", maxsplit=1)[0] + "[[syringe]]\nml = 60\ngraduation_ml = 30\n"
    assert "No syringe of the site measures ≈2.567 mL" in shown(inside, tmp_path, coarse)


def test_where_nobody_says_how_bags_wait_their_time_runs_from_preparation(inside: Run, tmp_path: Path) -> None:
    text = shown(inside, tmp_path, FULL.replace('kept = "refrigerated"\n', ""), 80, "--cycle", "1")
    assert (
        "Where prepared bags wait is not said (`kept`): their time runs from preparation at room temperature." in text
    )
    assert "prepared Tue 2026-11-24 14:00 hang by Wed 2026-11-25 14:00; take down by Thu 2026-11-26 14:00" in text
    at_once = shown(inside, tmp_path, FULL.replace("prepared_hours_before = 20\n", ""))
    assert "are taken to be prepared when they are hung: `prepared_hours_before` is 0 or not given." in at_once


def test_json_and_csv_have_the_same_exactly(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(FULL)
    plan = inside(*ASKED, "-f", "json").json["dated"]
    bags = plan["bags"]
    for bag in bags:
        drawn = sum((exact(one["ml_drawn"]) for one in bag["syringes"]), Fraction(0))
        assert drawn == exact(bag["ml_drawn"])
        assert exact(bag["mcg_filled"]) == drawn * Fraction("12.5")
        assert exact(bag["mcg_off"]) == (drawn - exact(bag["ml_drug_computed"])) * Fraction("12.5")
        assert exact(bag["mcg_left_in_vials"]) == bag["vials"] * 35 - exact(bag["mcg_filled"])
        if bag["ml_stabiliser"] is not None:
            assert exact(bag["ml_diluent"]) + exact(bag["ml_stabiliser"]) + drawn == exact(bag["ml_filled"])
    assert sum(one["vials"] for one in plan["vials"]) == sum(bag["vials"] for bag in bags)
    left = sum((exact(one["mcg_left_in_vials"]) for one in plan["vials"]), Fraction(0))
    assert left == sum((exact(bag["mcg_left_in_vials"]) for bag in bags), Fraction(0))
    assert [one["cycle"] for one in plan["vials"]] == [1, 2, 3, 4, 5]
    weeks = [bag for bag in bags if bag["size_minutes"] == 96 * 60]
    assert all(bag["hang_by"] is None and bag["take_down_by"] is not None for bag in weeks)
    rows = [row for row in csv.DictReader(io.StringIO(inside(*ASKED, "-f", "csv").out)) if row["due"] == "bag"]
    for row, bag in zip(rows, bags, strict=True):
        apart = abs(Fraction(row["off_mcg"]) - exact(bag["mcg_off"]))
        assert apart <= Fraction(1, 2_000_000)
        assert ("off_mcg" in row["rounded"].split()) == (apart > 0)  # a third of a microgram has no last decimal
        assert row["prepared"] == bag["prepared"]
        assert row["hang_by"] == (bag["hang_by"] or "")
    cut = inside(*ASKED, "--cycle", "2", "-f", "json").json["dated"]
    assert cut["vials"] == plan["vials"]  # of the whole course, whatever is shown


@pytest.mark.parametrize("marks", [None, "0.01", "0.1", "0.2", "0.5"])
@pytest.mark.parametrize("view", [("--view", "bags"), ("-f", "html")])
def test_what_is_computed_is_not_said_to_be_what_syringes_give(
    inside: Run, tmp_path: Path, marks: str | None, view: tuple[str, str]
) -> None:
    syringe = "" if marks is None else f"syringe = [{{ ml = 10, graduation_ml = {marks} }}]\n"
    bag = "bag = [{ hours = 24, fill_ml = 270 }]\n"
    (tmp_path / "ward.toml").write_text(f'site = 1\nname = "Ward 5"\nchange_time = "10:00"\n{syringe}{bag}')
    said = " ".join(inside(*ASKED, "--time-zone", "Europe/Berlin", *view).out.split())
    whole = "As computed, all bags of the course give" if marks else "All bags of the course give"
    assert f"{whole} ≈3,785.833 mcg; ordered are ≈3,785.833 mcg. Difference: none." in said
    assert ("As syringes measure the drug, the bags of the course give" in said) == (marks is not None)
