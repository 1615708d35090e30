"""The JSON of a check: every verdict, with places that point into the file."""

import hashlib
import json
from functools import reduce
from typing import Any

import pytest

from blinplan.exit_status import FailOn
from blinplan.fingerprint import model_hash
from blinplan.proportion import Proportion
from blinplan.regimen.reading import read
from blinplan.regimen.toml.positions import pointer
from blinplan.reports.check.check_json import check_json, proportion_json
from blinplan.reports.shared.manifest import input_hash
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.run_result import Result
from blinplan.rules.simulated.virtual import PatientSimulator
from blinplan.version import __version__
from tests.regimen_text import (
    TODAY,
    codes,
    cycle,
    judgement_of,
    judgement_of_lines,
    outcome,
    regimen_text,
    script,
    waiver,
)

FAULTY = regimen_text(cycle("28.0 µg/d for 27 days", free=15, repeat=2)) + waiver("S304") + waiver("S999")


def document(*judgements: Judgement, simulator: PatientSimulator | None = None) -> dict[str, Any]:
    found = check_json(Result(judgements, (), (), FailOn.ERROR, TODAY, simulator))
    return dict(json.loads(json.dumps(found, allow_nan=False)))


def test_a_document_says_what_it_is_and_what_it_was_made_from() -> None:
    found = document(simulator=PatientSimulator(50, 7))
    assert (found["format"], found["version"], found["files"]) == ("blinplan-check", 1, [])
    manifest = found["manifest"]
    assert manifest["blinplan"] == __version__
    assert manifest["today"] == TODAY.isoformat()
    assert (manifest["seed"], manifest["patients"]) == (7, 50)
    assert len(manifest["model"]) == 16
    assert manifest["model"] == model_hash()
    assert document()["manifest"]["seed"] is None


@pytest.mark.parametrize("text", [FAULTY, regimen_text(cycle()), "= 1", "", "a = 1\n"])
def test_every_rule_is_there_once_with_an_outcome_and_a_reason(text: str) -> None:
    (file,) = document(judgement_of(text))["files"]
    assert [verdict["rule"] for verdict in file["verdicts"]] == list(CATALOGUE)
    for verdict in file["verdicts"]:
        assert verdict["name"] == CATALOGUE[verdict["rule"]].name
        assert verdict["outcome"] in {"pass", "finding", "waived", "not evaluated"}
        assert bool(verdict["findings"]) == (verdict["outcome"] in {"finding", "waived"})
        assert (verdict["waiver"] is not None) == (verdict["outcome"] == "waived")
        if verdict["outcome"] == "not evaluated":
            assert verdict["not_evaluated"]["reason"]
        else:
            assert verdict["not_evaluated"] is None


def test_places_point_at_what_the_finding_is_about() -> None:
    judgement = judgement_of(FAULTY)
    (file,) = document(judgement)["files"]
    lines = FAULTY.split("\n")
    seen = []
    for verdict in file["verdicts"]:
        for finding in verdict["findings"]:
            start, end = finding["start"], finding["end"]
            rows = lines[start["line"] - 1 : end["line"]]
            rows[-1] = rows[-1][: end["column"] - 1]
            rows[0] = rows[0][start["column"] - 1 :]
            marked = "\n".join(rows)
            seen.append((verdict["rule"], marked))
            assert finding["pointer"] == pointer(tuple(finding["path"]))
            value = reduce(lambda found, part: found[part], finding["path"], judgement.reading.document.values)
            assert value is not None
    assert ("N101", "µg") in seen
    assert ("N102", ".0") in seen
    assert ("S304", "15") in seen
    assert any(rule == "S301" and marked[0] + marked[-1] == "[]" for rule, marked in seen)
    assert ("W904", '"S999"') in seen


def test_findings_that_count_and_waived_ones_are_told_apart() -> None:
    judgement = judgement_of(FAULTY)
    (file,) = document(judgement)["files"]
    outcomes = {verdict["rule"]: verdict for verdict in file["verdicts"]}
    assert outcomes["S304"]["outcome"] == "waived"
    covers = {"reason": "Amendment 3", "expires": None, "at": None, "value": None}
    assert outcomes["S304"]["waiver"] == covers
    assert [(one["waiver"], one["finding"]["counts"]) for one in outcomes["S304"]["waived"]] == [(covers, False)]
    counted = [v["rule"] for v in file["verdicts"] if v["outcome"] == "finding" for _ in v["findings"]]
    assert sorted(counted) == codes(judgement)


def test_a_finding_carries_its_words_and_its_sources() -> None:
    (file,) = document(judgement_of_lines(cycle("5 mcg/m2/day for 28 days")))["files"]
    ((finding,),) = [verdict["findings"] for verdict in file["verdicts"] if verdict["rule"] == "D202"]
    assert finding["severity"] == "error"
    assert "threshold" in finding["message"]
    assert "≥" in finding["why"]
    assert finding["help"]
    assert finding["sources"] == ["Blinatumomab (Mechanism of Action), claim DEP-1"]


def test_the_simulation_is_told_with_counts_and_intervals() -> None:
    judgement = judgement_of_lines(cycle("15 mcg/m2/day for 28 days", repeat=2), script(outcome(990, 1000, (0, 0))))
    (file,) = document(judgement)["files"]
    assert file["simulated"]["population"] == "adult-rr"
    depleted = file["simulated"]["depleted_in_cycle_1"]
    assert (depleted["count"], depleted["total"], depleted["share"]) == (990, 1000, 0.99)
    assert depleted["low"] < 0.99 < depleted["high"]
    nobody = {"count": 0, "total": 0, "share": None, "low": None, "high": None}
    assert file["simulated"]["recovered_before_next_cycle"] == [nobody]
    assert document(judgement_of_lines(cycle()))["files"][0]["simulated"] is None


def test_a_share_of_nobody_is_null_and_not_zero() -> None:
    assert proportion_json(Proportion(0, 0))["share"] is None
    assert proportion_json(Proportion(0, 5))["share"] == 0.0


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ((), ""),
        (("a",), "/a"),
        (("cycle", 0, "steps", 1, "dose"), "/cycle/0/steps/1/dose"),
        (("a/b", "c~d", "~1", ""), "/a~1b/c~0d/~01/"),
    ],
)
def test_a_pointer_is_that_of_rfc_6901(path: tuple[str | int, ...], written: str) -> None:
    assert pointer(path) == written


def test_the_input_hash_is_that_of_the_file_and_changes_with_it() -> None:
    text = regimen_text(cycle())
    found = input_hash(read(text.encode(), "x").document)
    assert found == hashlib.sha256(text.encode()).hexdigest()[:16]
    assert found != input_hash(read((text + "\n").encode(), "x").document)
    assert found == input_hash(read(text.encode(), "another name").document)
