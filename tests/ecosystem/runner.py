"""A runner for what CI systems are told: the steps of GitHub Actions and the scripts of GitLab CI, run by bash."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.program import NEVER
from tests.regimen_text import cycle, regimen_text

ROOT = Path(__file__).parents[2]
ACTION = ".github/actions/check"
Git = Callable[..., str]
ERROR = regimen_text(cycle("9 mcg/day for 24 hours", "28 mcg/day for 648 hours"))
"""A regimen with an error: it is escalated after a day."""
_EXPRESSION = re.compile(r"\$\{\{ *([a-z_.-]+) *\}\}")


@dataclass(frozen=True, slots=True)
class Job:
    """A job in its working folder: how its steps ended, and all that they wrote."""

    statuses: tuple[int, ...]
    output: str
    outputs: Mapping[str, str]
    summary: str

    @property
    def status(self) -> int:
        """The status of the first step that failed; 0 when none did."""
        return next((status for status in self.statuses if status), 0)


def readme_block(language: str, beginning: str) -> str:
    """The block of README.md in a language that has a line which begins so."""
    blocks = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    found = [str(block) for block in blocks if re.search(rf"^\s*{re.escape(beginning)}", block, re.MULTILINE)]
    assert len(found) == 1, f"README.md has {len(found)} blocks in {language} with {beginning!r}"
    return found[0]


def run_action(action: Path, given: Mapping[str, str], folder: Path, temporary: Path) -> Job:
    """Run a composite action as the runner of GitHub Actions does.

    Parameters
    ----------
    action
        The folder of action.yml.
    given
        Its inputs; those not given have their defaults, and those it does not have are an error.
    folder
        The checkout of the repository that uses it.
    temporary
        A folder for the job, kept from job to job where installing anew is not of interest.
    """
    described = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
    unknown = set(given) - set(described["inputs"])
    assert not unknown, f"the action has no inputs {unknown}"
    assert described["runs"]["using"] == "composite"
    defaults = {name: entry for name, entry in described["inputs"].items() if not entry.get("required")}
    assert set(described["inputs"]) - set(defaults) <= set(given)
    values = {f"inputs.{name}": str(entry["default"]) for name, entry in defaults.items()}
    values |= {f"inputs.{name}": value for name, value in given.items()}
    return run_steps(described["runs"]["steps"], {**values, "github.action_path": str(action)}, folder, temporary)


_DONE: set[tuple[Path, str, str]] = set()
"""Steps that were run, and that would do the same again."""


def run_steps(steps: Sequence[Mapping[str, Any]], values: Mapping[str, str], folder: Path, temporary: Path) -> Job:
    """Run steps until one fails; the others are those of which GitHub would run none.

    A step that nothing given changes, which installs, is run once for all jobs of a folder.
    """
    files = {name: temporary / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("", encoding="utf-8")
    statuses, written = [], ""
    for step in steps:
        assert "${{" not in step["run"], "what is given must not become a part of the script"
        assert step["shell"] == "bash"
        own = {
            name: _EXPRESSION.sub(lambda found: values[found[1]], text) for name, text in step.get("env", {}).items()
        }
        system = {**{name: str(path) for name, path in files.items()}, "RUNNER_TEMP": str(temporary)}
        same = (temporary, step["run"], str(own))
        if same in _DONE:
            statuses.append(0)
            continue
        ended = bash(step["run"], folder, {**system, **own})
        if ended.returncode == 0 and "inputs." not in str(step.get("env")):
            _DONE.add(same)
        statuses.append(ended.returncode)
        written += ended.stdout
        if ended.returncode:
            break
    lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return Job(tuple(statuses), written, outputs, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"))


def bash(script: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub and GitLab do, with the Python of the tests before others."""
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONWARNINGS", "CI")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{plain['PATH']}"
    return subprocess.run(  # noqa: S603 - scripts of this repository
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**plain, "PATH": path, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=NEVER,
    )
