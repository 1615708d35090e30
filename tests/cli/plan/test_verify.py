"""``blinplan verify``: from a bag and a pump back to the dose, at the command line."""

import re
from pathlib import Path

import pytest

from tests.program import Run

PLAN = ("rr-adult", "--weight", "70", "--start", "2025-12-22T10:00", "--time-zone", "Europe/Berlin")
WARD = 'site = 1\nname = "Ward 7"\ntime_zone = "Europe/Berlin"\nbag = [{ hours = 24, fill_ml = 275 }]\n'
BAG = ("--mcg", "10.31", "--total-ml", "275", "--rate", "10")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ward.toml").write_text(WARD, encoding="utf-8")


def test_what_agrees_ends_with_0_and_what_differs_with_1(inside: Run) -> None:
    right = inside("verify", *PLAN, "--site", "ward.toml", "--at", "2025-12-23T12:00", *BAG)
    assert right.status == 0
    assert "agree with the plan: 9 mcg/day" in right.err
    wrong = inside("verify", *PLAN, "--site", "ward.toml", "--at", "2025-12-30T12:00", *BAG)
    assert wrong.status == 1
    assert "do not give the dose of the plan, 28 mcg/day" in wrong.err
    assert "it is the dose of step 1 of cycle 1" in " ".join(wrong.out.split()).lower()


def test_what_nobody_could_compare_is_not_said_to_agree(inside: Run) -> None:
    found = inside("verify", *PLAN, "--at", "2025-12-23T12:00", *BAG)
    assert found.status == 0
    said = " ".join(found.err.split())
    assert "bag and pump agree" not in said
    assert "is not all compared" in said


def test_an_hour_without_infusion_does_not_agree(inside: Run) -> None:
    found = inside("verify", *PLAN, "--at", "2026-01-25T12:00", *BAG, "-f", "json")
    assert found.status == 1
    assert (found.json["agrees"], found.json["cycle"]) == (False, None)
    assert found.json["differences"] == ["the next infusion of the plan begins Mon 2026-02-02 10:00"]


def test_a_plan_that_was_written_is_checked_against(inside: Run, tmp_path: Path) -> None:
    written = inside("plan", *PLAN, "-f", "json").out
    (tmp_path / "plan.json").write_text(written, encoding="utf-8")
    found = inside("verify", "rr-adult", "--ledger", "plan.json", "--at", "2025-12-23T12:00", *BAG)
    assert found.status == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--mcg", "10,31", "--total-ml", "275", "--rate", "10"), "write a point, as in 10.31"),
        (("--mcg", "10.31 mcg", "--total-ml", "275", "--rate", "10"), "without its unit"),
        (("--mcg", "0", "--total-ml", "275", "--rate", "10"), "above 0"),
        (("--mcg", "-1", "--total-ml", "275", "--rate", "10"), "plain number"),
        (("--mcg", "1e9", "--total-ml", "275", "--rate", "10"), "plain number"),
        (("--mcg", "10.31", "--total-ml", "275"), "how fast the pump runs is not known"),
        (("--mcg", "10.31", "--total-ml", "275", "--hours", "24"), "how fast the pump runs is not known"),
    ],
)
def test_figures_that_are_none_are_refused(inside: Run, arguments: tuple[str, ...], says: str) -> None:
    found = inside("verify", *PLAN, "--at", "2025-12-23T12:00", *arguments)
    assert found.status == 2
    assert says in " ".join(found.err.split())


@pytest.mark.parametrize(
    ("at", "says"),
    [("2025-12-23", "without a time of day"), ("3.3.2026 12:00", "--at is"), ("2026-03-29T02:30", "does not exist")],
)
def test_an_hour_that_is_none_is_refused(inside: Run, at: str, says: str) -> None:
    found = inside("verify", *PLAN, "--at", at, *BAG)
    assert found.status == 2
    assert says in found.err


def test_a_plan_without_dates_is_refused(inside: Run) -> None:
    found = inside("verify", "rr-adult", "--weight", "70", "--at", "2025-12-23T12:00", *BAG)
    assert found.status == 2
    assert "give one of them" in found.err


def test_the_example_of_the_readme_agrees_with_the_plan_of_the_ward_that_is_shown_there(
    inside: Run, tmp_path: Path
) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    (ward,) = re.findall(r"```toml\n(site = 1\n.*?)```", readme, re.DOTALL)
    ((planning, verifying),) = re.findall(r"blinplan (plan .*) > plan\.json\nblinplan (verify .*)\n", readme)
    (tmp_path / "ward.toml").write_text(ward, encoding="utf-8")
    (tmp_path / "plan.json").write_text(inside(*planning.split()).out, encoding="utf-8")
    assert inside(*verifying.split()).status == 0
