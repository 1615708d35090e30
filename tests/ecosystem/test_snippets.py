"""What README.md tells users to put into their repositories, tried in a sample repository."""

import json
import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from lxml import etree

from tests.ecosystem.runner import ACTION, ERROR, ROOT, Git, bash, readme_block, run_action
from tests.public_files import public

pytestmark = pytest.mark.outside

ADDRESS, COMMIT = "<the address of this repository>", "<a commit>"


def here(script: str, clone: Path) -> str:
    """Replace the address in a script by that of the clone, at its newest commit."""
    return (
        script.replace(f"@{COMMIT}", "")
        .replace(f"https://{ADDRESS}", f"file://{clone}")
        .replace(ADDRESS, f"file://{clone}")
        .replace(f"blinplan[fast] @ git+file://{clone}", f"{clone}[fast]")  # pip knows no such address without a host
    )


def venv(temporary: Path) -> dict[str, str]:
    """An environment for a job, first on its path, as an image with Python has it."""
    if not (temporary / "blinplan").exists():  # where the action installs, so that all is downloaded once
        assert bash("python3 -m venv blinplan", temporary, {}).returncode == 0
    system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": f"{temporary / 'blinplan' / 'bin'}:{system}"}


def test_the_steps_for_github(clone: Path, sample: Path, temporary: Path) -> None:
    (sample / "regimens" / "early.toml").write_text(ERROR, encoding="utf-8")
    uploaded, statuses = [], []
    (job,) = yaml.safe_load(readme_block("yaml", "- uses: github/codeql-action/upload-sarif")).values()
    for step in job["steps"]:
        if "run" in step:
            assert "shell" not in step
            statuses.append(bash(here(step["run"], clone), sample, venv(temporary)).returncode)
        elif step["uses"].startswith("github/codeql-action/upload-sarif@"):
            assert step["if"] == "always()", "a check that found something has to be uploaded too"
            uploaded.append(step["with"]["sarif_file"])
        elif not step["uses"].startswith("actions/"):
            ours = re.fullmatch(r"<owner>/<name>/(.+)@<a commit>", step["uses"])
            assert ours, f"{step['uses']}: no other action is known here"
            # What depends on the event is empty outside of a pull request.
            given = {name: "" if "${{" in text else text for name, text in step.get("with", {}).items()}
            statuses.append(run_action(clone / ours[1], given, sample, temporary).status)
    assert [status for status in statuses if status] == [1], "the check fails, and nothing before it"
    assert statuses[-1] == 1
    for name in uploaded:
        assert json.loads((sample / name).read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert uploaded


@pytest.mark.nightly
def test_the_job_for_gitlab(clone: Path, sample: Path, temporary: Path) -> None:
    for job in yaml.safe_load(readme_block("yaml", "reports: { codequality:")).values():
        before, script = job.get("before_script", []), job["script"]
        lines = [*([before] if isinstance(before, str) else before), *([script] if isinstance(script, str) else script)]
        environment = venv(temporary)
        (sample / "constraints.txt").write_bytes((clone / ACTION / "constraints.txt").read_bytes())  # as README says
        if not before:  # an image with blinplan
            assert bash(f"pip install --quiet '{clone}'", sample, environment).returncode == 0
        for text, expected in (("", 0), (ERROR, 1)):
            if text:
                (sample / "regimens" / "early.toml").write_text(text, encoding="utf-8")
            ended = bash(here("\n".join(lines), clone), sample, environment)
            assert ended.returncode == expected, ended.stdout
            reports = job["artifacts"]["reports"]
            quality = json.loads((sample / reports["codequality"]).read_text(encoding="utf-8"))
            assert {entry["location"]["path"] for entry in quality} >= {"regimens/short cycle.toml"}
            assert ("regimens/early.toml" in {entry["location"]["path"] for entry in quality}) == bool(expected)
            assert etree.parse(sample / reports["junit"]).getroot().tag == "testsuites"
            (sample / reports["codequality"]).unlink()
        assert job["artifacts"]["when"] == "always"


def test_the_hooks_for_pre_commit(clone: Path, sample: Path, temporary: Path, git: Git) -> None:
    pre_commit = public("BLINPLAN_PRE_COMMIT")
    [entry] = yaml.safe_load(readme_block("yaml", "rev: <a commit>"))
    assert entry["repo"] == ADDRESS
    rev = bash("git rev-parse HEAD", clone, {}).stdout.strip()
    fixing = {"id": "blinplan-fix", "files": entry["hooks"][0]["files"]}
    config = {"repos": [{"repo": str(clone), "rev": rev, "hooks": [fixing, *entry["hooks"]]}]}
    (sample / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    git("add", "--all")
    environment = {"PRE_COMMIT_HOME": str(temporary / "pre-commit")}

    def hooks() -> tuple[int, str]:
        ended = bash(f"'{pre_commit}' run --all-files --color never", sample, environment)
        return ended.returncode, ended.stdout

    status, text = hooks()
    assert (status, re.findall(r"\.{3,}(\w+)$", text, re.MULTILINE)) == (0, ["Passed", "Passed"]), text
    # One dose in a notation that is misread is put right, and shown as a change; pyproject.toml is not looked at.
    sound = sample / "regimens" / "sound.toml"
    right = sound.read_text(encoding="utf-8")
    sound.write_text(right.replace('"28 mcg/day"', '"28.0 mcg/day"'), encoding="utf-8")
    git("add", "--all")
    status, text = hooks()
    assert (status, re.findall(r"\.{3,}(\w+)$", text, re.MULTILINE)) == (1, ["Failed", "Passed"]), text
    assert "files were modified by this hook" in text
    assert sound.read_text(encoding="utf-8") == right
    (sample / "regimens" / "early.toml").write_text(ERROR, encoding="utf-8")
    git("add", "--all")
    status, text = hooks()
    assert (status, re.findall(r"\.{3,}(\w+)$", text, re.MULTILINE)) == (1, ["Passed", "Failed"]), text
    assert "S305" in text


def test_the_folder_of_the_action_is_the_one_that_readers_are_told() -> None:
    told = re.findall(r"\.github/actions/[a-z]+", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert all((ROOT / folder / "action.yml").exists() for folder in told)
