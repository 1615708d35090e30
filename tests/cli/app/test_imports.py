"""What does not simulate does not wait for the numerical engine."""

import importlib
import json
import pkgutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

import blinplan
from tests.program import PLAIN, PROBE
from tests.regimen_text import cycle, regimen_text


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "x.toml", "--no-simulate"], 1),
        (["check", "x.toml", "--no-simulate", "-f", "json"], 1),
        (["check", "faulty.toml"], 1),
        (["plan", "rr-below-45-kg", "--bsa", "1"], 0),
        (["regimens"], 0),
        (["schema"], 0),
        (["--help"], 0),
        ([], 0),
        (["new", "ours", "--from", "rr-adult"], 0),
        (["simulate", "nowhere"], 2),
        (["report", "nowhere"], 2),
    ],
    ids=str,
)
def test_the_engine_is_not_imported(tmp_path: Path, arguments: list[str], status: int) -> None:
    (tmp_path / "x.toml").write_text(regimen_text(cycle("1 mcg/m2/day for 28 days")), encoding="utf-8")
    (tmp_path / "faulty.toml").write_text("= 1", encoding="utf-8")
    ended = subprocess.run(  # noqa: S603 - our own program
        [*PROBE, *arguments], capture_output=True, cwd=tmp_path, env=PLAIN, check=True
    )
    assert json.loads(ended.stderr.splitlines()[-1]) == [status, []]


def test_the_probe_sees_an_engine_that_is_imported(tmp_path: Path) -> None:
    arguments = ["simulate", "nhl-15", "--typical", "-f", "json"]
    ended = subprocess.run(  # noqa: S603 - our own program
        [*PROBE, *arguments], capture_output=True, cwd=tmp_path, env=PLAIN, check=True
    )
    status, imported = json.loads(ended.stderr.splitlines()[-1])
    assert status == 0
    assert "numpy" in imported


def test_no_room_takes_the_place_of_a_function_of_its_name() -> None:
    """A module that is imported becomes an attribute of its package, and would hide a function of the same name."""
    packages = [module.name for module in pkgutil.walk_packages(blinplan.__path__, "blinplan.") if module.ispkg]
    for name in packages:
        package = importlib.import_module(name)
        modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
        assert not modules & set(getattr(package, "__all__", ())), name
    assert {name for name in blinplan.__all__ if f"blinplan.{name}" in packages} >= {"rules"}
    assert [name for name in blinplan.__all__ if isinstance(getattr(blinplan, name), ModuleType)] == []
