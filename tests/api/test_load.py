"""Reading regimens from Python: what is wrong is said as the command says it."""

from pathlib import Path

import pytest

import blinplan
from tests.program import Run


def test_a_name_and_a_path_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    shipped = blinplan.load("rr-adult")
    path.write_text(blinplan.toml(shipped), encoding="utf-8")
    assert blinplan.load(path).cycles == blinplan.load(str(path)).cycles
    assert [step.dose for step in blinplan.load(path).steps] == [step.dose for step in shipped.steps]


def test_a_name_that_leads_nowhere_is_refused_with_the_nearest() -> None:
    with pytest.raises(blinplan.Refusal) as refused:
        blinplan.load("rr-adlt")
    assert "rr-adult" in refused.value.advice


def test_a_faulty_file_says_all_that_is_wrong_where_it_is(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "draft.toml").write_text('format = 1\nname = "draft"\n', encoding="utf-8")
    with pytest.raises(blinplan.RegimenError) as refused:
        blinplan.load(tmp_path / "draft.toml")
    shown = inside("check", "draft.toml", "--no-simulate", "-f", "concise").out
    assert all(f"{problem.code} error {problem.message}" in shown for problem in refused.value.problems), shown
    assert str(refused.value).count("draft.toml:") == len(refused.value.problems) > 1
    assert isinstance(refused.value, blinplan.Refusal)


def test_a_file_of_another_kind_is_told_from_a_regimen(tmp_path: Path) -> None:
    path = tmp_path / "ward.toml"
    path.write_text('site = 1\nname = "Ward"\nbag = [{ hours = 24, fill_ml = 276 }]\n', encoding="utf-8")
    with pytest.raises(blinplan.Refusal, match="is a site profile, not a regimen"):
        blinplan.load(path)
