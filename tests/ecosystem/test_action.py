"""The GitHub action, its steps run by bash in a sample repository."""

import json
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from lxml import etree

from tests.ecosystem.runner import ACTION, ERROR, ROOT, Job, run_action

pytestmark = pytest.mark.outside
CHANGES = ".github/actions/diff"


@pytest.fixture
def check(clone: Path, sample: Path, temporary: Path) -> Job:
    """The action with its defaults, on the sample's regimens and one with an error."""
    (sample / "regimens" / "early.toml").write_text(ERROR, encoding="utf-8")
    return run_action(clone / ACTION, {"paths": "regimens"}, sample, temporary)


def test_an_error_fails_the_job_and_is_annotated_and_reported(check: Job, sample: Path) -> None:
    assert (check.statuses, check.outputs) == ((0, 1), {"status": "1"}), check.output
    assert "::error file=regimens/early.toml" in check.output
    assert "::warning file=regimens/short cycle.toml" in check.output
    assert "S305" in check.summary
    found = json.loads((sample / "blinplan.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert {result["ruleId"] for result in found} >= {"S305", "S301"}
    files = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in found}
    assert {"regimens/early.toml", "regimens/short%20cycle.toml"} <= files
    suites = etree.parse(sample / "blinplan.xml").getroot()
    assert int(suites.get("failures", "0")) >= 1


def test_what_counts_and_what_is_written_can_be_chosen(clone: Path, sample: Path, temporary: Path) -> None:
    quick = {"paths": "regimens/sound.toml\nregimens/short cycle.toml\n", "arguments": "--no-simulate\n--select=S3"}
    passed = run_action(clone / ACTION, {**quick, "sarif": "", "junit": "j.xml"}, sample, temporary)
    assert (passed.status, passed.outputs) == (0, {"status": "0"}), passed.output
    assert (sample / "j.xml").exists()
    assert not (sample / "blinplan.sarif").exists()
    failed = run_action(clone / ACTION, {**quick, "fail-on": "warning"}, sample, temporary)
    assert (failed.status, failed.outputs) == (1, {"status": "1"})


def test_the_project_says_what_counts_where_the_job_does_not(clone: Path, sample: Path, temporary: Path) -> None:
    (sample / "blinplan.toml").write_text('fail-on = "warning"\n', encoding="utf-8")
    quick = {"paths": "regimens/sound.toml\nregimens/short cycle.toml\n", "arguments": "--no-simulate\n--select=S3"}
    ran = run_action(clone / ACTION, quick, sample, temporary)
    assert (ran.status, ran.outputs) == (1, {"status": "1"}), ran.output


def test_nothing_given_is_run(clone: Path, sample: Path, temporary: Path) -> None:
    text = '"; touch ran; $(touch ran) `touch ran`'
    for names in (("paths", "sarif", "junit"), ("fail-on",), ("arguments",)):
        ran = run_action(clone / ACTION, dict.fromkeys(names, text), sample, temporary)
        assert ran.outputs == {"status": "2"}
        assert not (sample / "ran").exists()


@pytest.mark.parametrize("action", [ACTION, CHANGES])
def test_every_input_is_described_and_handed_on(action: str) -> None:
    described = yaml.safe_load((ROOT / action / "action.yml").read_text(encoding="utf-8"))
    handed = str([step.get("env") for step in described["runs"]["steps"]])
    for name, entry in described["inputs"].items():
        assert entry["description"].endswith(".")
        assert f"${{{{ inputs.{name} }}}}" in handed


def test_a_change_is_told_in_the_summary_and_fails_no_job(clone: Path, sample: Path, temporary: Path) -> None:
    asked = {"base": "HEAD", "paths": "regimens", "compare": "false"}
    same = run_action(clone / CHANGES, asked, sample, temporary)
    assert (same.status, same.outputs) == (0, {"status": "0"}), same.output
    assert "Patients get the same" in same.summary
    sound = sample / "regimens" / "sound.toml"
    sound.write_text(sound.read_text(encoding="utf-8").replace("28 mcg/day", "15 mcg/day"), encoding="utf-8")
    ran = run_action(clone / CHANGES, {**asked, "compare": "true", "arguments": "--patients=50"}, sample, temporary)
    assert (ran.status, ran.outputs) == (0, {"status": "1"}), ran.output
    assert "28 → 15 mcg/day, for 28 d" in ran.summary
    assert "What that does to the same patients" in ran.summary
    assert "Findings that came" in ran.summary
    wrong = run_action(clone / CHANGES, {**asked, "base": "nowhere"}, sample, temporary)
    assert (wrong.status, wrong.outputs) == (2, {"status": "2"})


def test_nothing_given_to_the_second_action_is_run(clone: Path, sample: Path, temporary: Path) -> None:
    text = '"; touch ran; $(touch ran) `touch ran`'
    for name in ("base", "paths", "compare", "arguments"):
        ran = run_action(clone / CHANGES, {"base": "HEAD", "compare": "false", name: text}, sample, temporary)
        assert ran.outputs["status"] == ("0" if name == "compare" else "2")
        assert not (sample / "ran").exists()
