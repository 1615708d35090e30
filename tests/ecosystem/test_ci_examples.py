"""What README.md tells users to put into their CI: valid YAML, with what a careful reviewer asks for."""

import re
import tomllib
from importlib import metadata
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.ecosystem.runner import ROOT, readme_block

OLDEST = {
    "actions/checkout": 5,
    "actions/setup-python": 6,
    "actions/cache": 5,
    "actions/download-artifact": 7,
    "actions/upload-artifact": 6,
    "github/codeql-action/upload-sarif": 4,
}
"""The first major version of each action that runs on a Node.js which GitHub still supports."""
PAGES = [*sorted((ROOT / ".github").rglob("*.yml")), ROOT / "man" / "tutorial.md"]


def readme_blocks() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


def github_job() -> dict[str, Any]:
    (job,) = yaml.safe_load(readme_block("yaml", "- uses: github/codeql-action/upload-sarif")).values()
    return dict(job)


def gitlab_job() -> dict[str, Any]:
    (job,) = yaml.safe_load(readme_block("yaml", "reports: { codequality:")).values()
    return dict(job)


def test_every_example_can_be_parsed() -> None:
    assert len([yaml.safe_load(block) for block in readme_blocks()]) >= 3


@pytest.mark.parametrize("text", [*readme_blocks(), *(path.read_text(encoding="utf-8") for path in PAGES)])
def test_every_action_is_named_by_a_commit_of_a_version_that_is_not_deprecated(text: str) -> None:
    for action, version in re.findall(r"uses: *([^@\s]+)@(.+)", text):
        if action.startswith("<owner>/<name>/"):
            assert version == "<a commit>"
        else:
            commit = re.fullmatch(r"[0-9a-f]{40} # v([0-9]+)\.[0-9]+\.[0-9]+", version)
            assert commit is not None, f"{action}@{version}"
            assert int(commit[1]) >= OLDEST[action], f"{action}@{version}"


@pytest.mark.slow
def test_all_that_is_installed_is_constrained() -> None:
    """Every distribution that ours needs, and that those need, has one version, which its own limits admit.

    What one that is older than its version here needs is not asked: the newest are in the constraints.
    """
    lines = (ROOT / ".github" / "actions" / "check" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ours = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["fast"]]
    left, seen = [Requirement(one) for one in [*ours, *project["build-system"]["requires"]]], set[str]()
    while left:
        needed = left.pop()
        name = canonicalize_name(needed.name)
        assert needed.specifier.contains(pinned[name]), needed
        if name not in seen and _is_installed(name):
            seen.add(name)
            if Version(metadata.version(name)) < Version(pinned[name]):
                continue
            others = map(Requirement, metadata.requires(name) or ())
            left += [one for one in others if one.marker is None or one.marker.evaluate({"extra": ""})]
    assert {"numpy", "scipy", "typer"} <= seen


def _is_installed(name: str) -> bool:
    return any(canonicalize_name(one.name) == name for one in metadata.distributions())


def test_a_job_of_github_may_no_more_than_it_needs_and_has_the_history_for_since() -> None:
    job = github_job()
    assert job["permissions"] == {"contents": "read", "security-events": "write", "actions": "read"}
    steps = {step["uses"].partition("@")[0]: step.get("with", {}) for step in job["steps"]}
    assert steps["actions/checkout"] == {"fetch-depth": 0, "persist-credentials": False}
    (arguments,) = [given["arguments"] for given in steps.values() if "arguments" in given]
    assert "--since=origin/{0}" in arguments


def test_what_was_simulated_is_kept_between_runs() -> None:
    """The cache is where the program looks for it, below the folder that each system keeps."""
    job = github_job()
    (kept,) = [step["with"] for step in job["steps"] if step["uses"].startswith("actions/cache@")]
    assert job["env"]["XDG_CACHE_HOME"].endswith("/.cache")
    assert kept["path"] == ".cache/blinplan"
    assert kept["key"].startswith(kept["restore-keys"])
    assert gitlab_job()["variables"]["XDG_CACHE_HOME"] == "$CI_PROJECT_DIR/.cache"
    assert gitlab_job()["cache"]["paths"] == [".cache/blinplan"]


def test_a_job_of_gitlab_installs_what_somebody_has_looked_at() -> None:
    assert "--constraint constraints.txt" in gitlab_job()["before_script"]
    assert re.search(r"blinplan\[fast\] @ git\+https://.*@<a commit>", gitlab_job()["before_script"])
    assert gitlab_job()["variables"]["GIT_DEPTH"] == 0
