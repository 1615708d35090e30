"""Verdicts as a JUnit report, which CI systems show: one test suite a file, one test case a rule.

Passing rules are there too, and those not evaluated as skipped with the reason: the list is a record of what was asked.
"""

import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Mapping

from blinplan.outside_text import visible, visible_lines
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.located import LocatedFinding, file_findings, report_paths
from blinplan.rules.run_result import Result
from blinplan.rules.verdict import Verdict


def junit(result: Result) -> str:
    """Write all verdicts as XML. One that counts is a failure; any other stands in the output of its case."""
    paths = report_paths(result.judgements)
    suites = [_suite(judgement, result, paths) for judgement in result.judgements]
    suites += [_error(error.name, error.message) for error in result.missing]
    suites += [
        _error(fault.reading.document.name, f"a fault in blinplan itself: {type(fault.error).__name__}: {fault.error}")
        for fault in result.faults
    ]
    top = ET.Element("testsuites", {"name": "blinplan", **_totals(suites)})
    top.extend(suites)
    ET.indent(top)
    # In ASCII, so that it reads the same everywhere.
    return str(ET.tostring(top, encoding="us-ascii", xml_declaration=True), "ascii") + "\n"


_KINDS = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def _totals(suites: list[ET.Element]) -> dict[str, str]:
    return {count: str(sum(int(suite.attrib[count]) for suite in suites)) for count in ("tests", "failures", "errors")}


def _suite(judgement: Judgement, result: Result, paths: Mapping[str, str]) -> ET.Element:
    path = paths[judgement.reading.document.name]
    by_rule: dict[str, list[LocatedFinding]] = defaultdict(list)
    for report in file_findings(judgement, paths):
        by_rule[report.finding.code].append(report)
    cases = [_case(path, verdict, by_rule[verdict.rule.code], result) for verdict in judgement.verdicts]
    return _with_counts(path, cases)


def _with_counts(name: str, cases: list[ET.Element]) -> ET.Element:
    # A test case with two failures is one that failed.
    counts = {
        count: str(len(cases) if tag == "testcase" else sum(case.find(tag) is not None for case in cases))
        for count, tag in _KINDS.items()
    }
    suite = ET.Element("testsuite", {"name": visible(name), **counts})
    suite.extend(cases)
    return suite


def _case(path: str, verdict: Verdict, reports: list[LocatedFinding], result: Result) -> ET.Element:
    case = ET.Element("testcase", classname=visible(path), name=f"{verdict.rule.code} {verdict.rule.name}")
    if verdict.not_evaluated is not None:
        kind = "error" if verdict.undecided else "skipped"
        reason = f"not evaluated ({verdict.not_evaluated.kind}): {verdict.not_evaluated.reason}"
        ET.SubElement(case, kind, type=verdict.not_evaluated.kind, message=visible(reason))
    lines = []
    for report in reports:
        if report.standing == "counted" and result.counts(report.judgement, report.finding):
            failure = ET.SubElement(
                case, "failure", type=report.finding.severity.value, message=visible(report.finding.message)
            )
            failure.text = f"{_line(report)}\n{visible_lines(report.body)}"
        else:
            lines.append(_line(report))
    if lines:
        ET.SubElement(case, "system-out").text = "\n".join(lines)
    return case


def _line(report: LocatedFinding) -> str:
    finding, reason = report.finding, f": {report.waiver.reason}" if report.waiver else ""
    standing = "" if report.standing == "counted" else f" [{report.standing}{reason}]"
    place = f"{report.path}:{report.start[0]}:{report.start[1]}"
    return visible(f"{place}: {finding.code} {finding.severity} {finding.message}{standing}")


def _error(name: str, message: str) -> ET.Element:
    case = ET.Element("testcase", classname=visible(name), name="read")
    ET.SubElement(case, "error", type="not checked", message=visible(message))
    return _with_counts(name, [case])
