"""What the workflow would meet on machines that are not ours."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.program import ROOT


def test_git_on_windows_leaves_the_ends_of_lines(tmp_path: Path) -> None:
    """As it is set up there it writes CRLF: bash does not read that in `.ci/run`, and texts are compared by bytes."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-c", "core.autocrlf=true", *arguments], cwd=tmp_path, check=True, capture_output=True)  # noqa: S603, S607 - ours

    shutil.copy(ROOT / ".gitattributes", tmp_path)
    shutil.copy(ROOT / ".ci" / "run", tmp_path / "run")
    git("init", "--quiet")
    git("add", ".")
    (tmp_path / "run").unlink()
    git("checkout", "--", "run")
    assert (tmp_path / "run").read_bytes() == (ROOT / ".ci" / "run").read_bytes()


@pytest.mark.parametrize("workflow", ["ci.yml", "nightly.yml"])
def test_a_workflow_runs_groups_that_there_are(workflow: str) -> None:
    said = (ROOT / ".github" / "workflows" / workflow).read_text(encoding="utf-8")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    groups = [re.findall(r"'([a-z]+)'", line) or line.split() for line in re.findall(r"run: \.ci/run (.+)", said)]
    known = re.search(r"case \$group in\n *(.*)\) ;;", script)
    assert known
    assert groups
    assert {group for line in groups for group in line} <= set(known[1].split(" | "))


def test_the_oldest_versions_are_not_asked_for_their_types() -> None:
    """NumPy 2.0 and icalendar 6 say too little of theirs for strict ones; the quick tests they have to pass."""
    said = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "run: .ci/run ${{ matrix.oldest && 'quick' || 'fast' }}" in said


def test_at_night_there_is_what_its_groups_need() -> None:
    """Grids print pages by a browser and run other simulators; faults ask which tests come by a line.

    A job as README has it installs from a clone, and NONMEM's control streams are opened by pharmpy.
    """
    said = (ROOT / ".github" / "workflows" / "nightly.yml").read_text(encoding="utf-8")
    assert "--group benchmarks --group mutation" in said
    assert "chromium" in said
    assert all(f"{name}=$RUNNER_TEMP/" in said for name in ("BLINPLAN_PHARMPY", "BLINPLAN_CLONE"))
