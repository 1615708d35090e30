"""The version of the model rises with its answers: a changed value or equation asks for a new one, no comment does."""

import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tomli

from blinplan.evidence.scenarios import scenario
from blinplan.fingerprint import model_hash, model_name, model_version, model_versions
from blinplan.physiology import load_parameters
from blinplan.physiology.model.draw import typical
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.solve import simulate
from blinplan.simulation.models.plausible import parameters_fingerprint

ROOT = Path(__file__).parents[3]
FILE = "blinplan/physiology/model/versions.toml"
DAYS = [0.25, 2.0, 10.0, 28.0, 42.0, 70.0]
NOTHING = 1e-6
"""Of the greatest value of a state: what is less is written as 0."""
STATES = ("concentration", "b_blood", "t_total", "t_adherent", "release", "log_blasts")


def outputs(population: str) -> FloatArray:
    """States (days, states) of the typical patient of a population at 28 mcg/day, twice four weeks."""
    person = typical(load_parameters().presets[population])
    dosing = scenario("flat-28-twice", person.bsa_m2)
    found = simulate(dosing, person, output_days=np.array(DAYS), endpoints=False).trajectories
    assert found is not None
    values = np.array([getattr(found.states, name)[:, 0] for name in STATES]).T
    return np.where(np.abs(values) < NOTHING * np.abs(values).max(axis=0), 0.0, values)


def written() -> dict[str, FloatArray]:
    """What the shipped version computes, as it is written beside the versions."""
    table = tomli.loads((ROOT / FILE).read_text(encoding="utf-8"))["witness"]
    return {population: np.array(rows) for population, rows in table.items()}


def as_text() -> str:
    """The same of now, to be written there with a new version."""
    rows = {name: [[float(f"{v:.4g}") for v in row] for row in outputs(name)] for name in load_parameters().presets}
    lines = (f"{name} = [\n" + "".join(f"  {row},\n" for row in values) + "]\n" for name, values in rows.items())
    return "[witness]\n" + "".join(lines)


def test_a_value_that_changes_asks_for_a_new_version() -> None:
    assert model_versions()[-1].parameters == parameters_fingerprint(), (
        f"add a version to {FILE}, with parameters = {parameters_fingerprint()!r} and\n{as_text()}"
    )


@pytest.mark.parametrize("population", load_parameters().presets)
def test_an_equation_that_changes_asks_for_a_new_version(population: str) -> None:
    now, before = outputs(population), written()[population]
    apart = np.abs(now - before) > 1e-3 * np.abs(before) + NOTHING * np.abs(before).max(axis=0)
    assert not apart.any(), f"add a version to {FILE}, and\n{as_text()}"


def test_versions_rise_by_one_and_each_says_when_and_what() -> None:
    versions = model_versions()
    assert [one.version for one in versions] == list(range(1, len(versions) + 1))
    assert all(later.date >= before.date for before, later in pairwise(versions))
    assert all(one.changed.endswith(".") and len(one.parameters) == 16 for one in versions)
    assert len({one.changed for one in versions}) == len(versions)


def test_what_a_version_was_is_never_changed() -> None:
    """In no commit, where there is a history, was a version of other parameters than it is now."""
    commits = _git("log", "--format=%H", "--", FILE).split() if (ROOT / ".git").exists() else []
    now = {one.version: one.parameters for one in model_versions()}
    for commit in commits:
        for entry in tomli.loads(_git("show", f"{commit}:{FILE}"))["versions"]:
            assert now.get(entry["version"]) == entry["parameters"], (commit, entry["version"])


def _git(*words: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607


def test_the_version_is_shown_with_the_hash() -> None:
    assert model_name() == f"{model_version()} ({model_hash()})"
    assert model_version() == model_versions()[-1].version == 7
