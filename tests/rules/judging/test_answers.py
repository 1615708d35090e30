"""What a rule answers: before what a label does not state, with the severity that was set, and when it is not asked."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from blinplan.regimen.regimen import Waiver
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS, Pattern, Settings, Severities
from blinplan.rules.judging.answers import (
    answer_of,
    answers_without_simulation,
    answers_without_waivers,
    unless_left_out,
    with_severity,
)
from blinplan.rules.judging.cases import case_of
from blinplan.rules.reference import Comparison
from blinplan.rules.rule import Case, Finding, NotEvaluated, Rule, Severity
from blinplan.rules.verdict import Ruling, Verdict, WaivedFinding
from tests.read_text import site_in
from tests.regimen_text import (
    Script,
    cycle,
    judgement_of,
    judgement_of_lines,
    outcome,
    regimen_text,
    verdict_of,
    waiver,
)

LONG = cycle(free=21, repeat=2)


@pytest.fixture
def case() -> Case:
    reading = judgement_of_lines(cycle()).reading
    return case_of(reading, DEFAULTS, None, None)  # type: ignore[arg-type]


@pytest.fixture
def finding() -> Finding:
    (found,) = verdict_of(judgement_of_lines(LONG), "S304").findings
    return found


def rule_that(check: object) -> Rule:
    return CATALOGUE["S304"]._replace(check=check)  # type: ignore[arg-type]


def test_what_was_found_before_a_label_is_silent_counts(case: Case, finding: Finding) -> None:
    def finds_and_asks(_: Rule, case: Case) -> Iterator[Finding]:
        yield finding
        assert case.limits["no_such_limit"]

    def asks(_: Rule, case: Case) -> Iterator[Finding]:
        assert case.limits["no_such_limit"]
        yield finding

    assert answer_of(rule_that(finds_and_asks), case, DEFAULTS).findings == (finding,)
    silent = answer_of(rule_that(asks), case, DEFAULTS)
    assert silent.not_evaluated is not None
    assert silent.not_evaluated.kind == "unverified"
    strict = answer_of(rule_that(asks), case, Settings(strict=True))
    assert strict.undecided


@pytest.mark.parametrize("kind", [tuple, list, iter])
def test_findings_are_taken_in_whatever_a_rule_returns(case: Case, finding: Finding, kind: type) -> None:
    for found in ((), (finding,), (finding, finding)):
        verdict = answer_of(rule_that(lambda *_, found=found: kind(found)), case, DEFAULTS)
        assert verdict.findings == found
        assert verdict.ruling is (Ruling.FINDING if found else Ruling.PASS)


@pytest.mark.parametrize(
    ("kind", "strict"),
    [
        ("not said", "undecided"),
        ("unverified", "undecided"),
        ("not applicable", "not applicable"),
        ("undecided", "undecided"),
    ],
)
def test_strictness_makes_undecided_of_what_was_not_seen_or_not_said(case: Case, kind: str, strict: str) -> None:
    reason = NotEvaluated(kind, "so")  # type: ignore[arg-type]
    for settings, expected in ((DEFAULTS, kind), (Settings(strict=True), strict)):
        found = answer_of(rule_that(lambda *_: reason), case, settings).not_evaluated
        assert found == NotEvaluated(expected, "so")  # type: ignore[arg-type]


def test_a_severity_is_given_to_what_has_that_of_its_rule_and_to_nothing_else(finding: Finding) -> None:
    rule, waiver = CATALOGUE["S304"], Waiver("S304", "x")
    note = finding._replace(severity=Severity.NOTE)
    verdict = Verdict(
        rule, Ruling.FINDING, (finding, note), (WaivedFinding(finding, waiver), WaivedFinding(note, waiver))
    )
    raised = with_severity(verdict, Settings(severities=(Severities(Pattern("S3"), Severity.ERROR),)))
    assert [one.severity for one in raised.findings] == [Severity.ERROR, Severity.NOTE]
    assert [pair.finding.severity for pair in raised.waived_findings] == [Severity.ERROR, Severity.NOTE]
    assert {pair.waiver for pair in raised.waived_findings} == {waiver}
    for settings in (DEFAULTS, Settings(severities=(Severities(Pattern("D"), Severity.ERROR),))):
        assert with_severity(verdict, settings) is verdict


def test_what_is_left_out_says_so_in_the_place_of_its_verdict(finding: Finding) -> None:
    verdict = Verdict(CATALOGUE["S304"], Ruling.FINDING, (finding,))
    assert unless_left_out(verdict, DEFAULTS) is verdict
    left_out = unless_left_out(verdict, Settings(ignore=(Pattern("S304"),)))
    assert (left_out.ruling, left_out.findings) == (Ruling.NOT_EVALUATED, ())


def test_of_a_file_without_waivers_their_rules_pass_or_are_off() -> None:
    found = {verdict.rule.code: verdict.ruling for verdict in answers_without_waivers(DEFAULTS)}
    off = {code for code, ruling in found.items() if ruling is Ruling.NOT_EVALUATED}
    assert off == {"W908", "W909", "W910"}
    assert {found[code] for code in found.keys() - off} == {Ruling.PASS}


def test_a_rule_of_records_does_not_apply_to_a_regimen_and_a_simulated_one_waits_for_patients(case: Case) -> None:
    told = {code: answer_of(CATALOGUE[code], case, DEFAULTS).not_evaluated for code in ("I801", "B401")}
    assert told["I801"] == NotEvaluated("not applicable", "the rule looks at course records")
    assert told["B401"] == NotEvaluated("not requested", "no simulation was asked for (--no-simulate)")
    simulated = replace(case, outcome=outcome(900, 1000))
    assert answer_of(CATALOGUE["B401"], simulated, DEFAULTS).ruling is Ruling.PASS
    assert answer_of(CATALOGUE["F001"], case, DEFAULTS).ruling is Ruling.PASS


SIMULATED = [code for code, rule in CATALOGUE.items() if rule.simulated]


def test_patients_are_asked_until_all_is_decided_and_not_at_all_where_no_rule_needs_them() -> None:
    undecided, decided = outcome(500, 1000), outcome(900, 1000)
    asked = Script(answers=(undecided, decided, decided))
    judgement = judgement_of_lines(cycle(), asked)
    assert asked.requests == [0, 1]
    assert judgement.outcome == decided
    alone = Script(answers=(decided,))
    none = judgement_of_lines(cycle(), alone, settings=Settings(ignore=tuple(map(Pattern, SIMULATED))))
    assert (alone.requests, none.outcome) == ([], None)


def test_what_cannot_be_given_is_not_simulated() -> None:
    asked = Script(answers=(outcome(900, 1000),))
    judgement = judgement_of_lines(cycle("9000 mcg/day for 28 days"), asked)
    assert asked.requests == []
    told = {verdict_of(judgement, code).not_evaluated for code in SIMULATED}
    assert told == {NotEvaluated("blocked", "what cannot be given is not simulated; put right the errors first")}


def test_where_nobody_is_admitted_each_simulated_rule_says_so() -> None:
    nobody = NotEvaluated("undecided", "nobody is admitted")
    judgement = judgement_of_lines(cycle(), Script(answers=(nobody,)))
    assert {verdict_of(judgement, code).not_evaluated for code in SIMULATED} == {nobody}
    assert judgement.outcome is None
    assert not judgement.complete


def test_a_case_has_the_label_of_the_project_and_the_site_s_bags_with_the_label_s_word() -> None:
    text = regimen_text(cycle())
    assert judgement_of(text).label == "us-2025"
    assert judgement_of(text, settings=Settings(label="hk-2026")).label == "hk-2026"
    reading = judgement_of(text).reading
    site = site_in('site = 1\nname = "Ward 7"\nbag = [{ hours = 48 }]\n')
    found = case_of(reading, DEFAULTS, None, site)  # type: ignore[arg-type]
    assert found.site is not None
    assert found.site.bags[0].millilitres_per_hour == 5
    assert not isinstance(found.beside_label, Comparison)
    assert found.regimen.label == "us-2025"


def test_one_file_has_a_verdict_of_each_rule_in_their_order() -> None:
    for text in (regimen_text(LONG), "= 1", 'site = 1\nname = "W"\nbag = [{ hours = 48 }]\n'):
        assert [verdict.rule.code for verdict in judgement_of(text).verdicts] == list(CATALOGUE)


def test_of_a_site_profile_only_reading_is_asked() -> None:
    judgement = judgement_of(
        'site = 1\nname = "W"\nbag = [{ hours = 48 }]\n', settings=Settings(ignore=(Pattern("S304"),))
    )
    for verdict in judgement.verdicts:
        if verdict.rule.code[0] == "F":
            assert verdict.ruling is Ruling.PASS
        else:
            assert verdict.not_evaluated is not None
            left_out = verdict.rule.code == "S304" or not verdict.rule.by_default
            told = "the file is a site profile, and the rule looks at regimens"
            assert (verdict.not_evaluated.reason == told) is not left_out, verdict.rule.code


@pytest.mark.parametrize(
    ("bags", "label", "found"),
    [
        ("{ hours = 24, fill_ml = 99, rate_ml_per_hour = 4.125 }", "hk-2026", []),
        ("{ hours = 24, fill_ml = 99, rate_ml_per_hour = 4.126 }", "hk-2026", [0]),
        ("{ hours = 96, fill_ml = 172.8 }, { hours = 24, fill_ml = 240 }", "us-2025", []),
        ("{ hours = 96, fill_ml = 172.79 }, { hours = 24, fill_ml = 239.9 }", "us-2025", [1, 0]),
        ("{ hours = 100, fill_ml = 1 }", "us-2025", []),
    ],
)
@pytest.mark.holds("A704")
def test_a_site_profile_alone_fills_bags_with_what_the_pump_infuses(bags: str, label: str, found: list[int]) -> None:
    judgement = judgement_of(f'site = 1\nname = "W"\nbag = [{bags}]\n', settings=Settings(label=label))
    findings = [finding for verdict in judgement.verdicts for finding in verdict.findings]
    assert [(one.code, one.path) for one in findings] == [("A704", ("bag", index, "fill_ml")) for index in found]
    assert all("filled with less than the pump infuses" in one.message for one in findings)


IN_ALL_WAYS = [
    cycle(),
    LONG,
    cycle("9000 mcg/day for 7 days", "28 mcg/day for 21 days", free=3, repeat=2),
    cycle("15 mcg/m2/day for 28 days")
    + '[premedication]\ndrug = "prednisone"\ndose = "100 mg"\nbefore = ["restart"]\n',
    f'{cycle()}[premedication]\ndrug = "methylprednisolone"\ndose = "100 mg"\nbefore = ["cycle-start", "restart"]\n',
    cycle("60 mcg/day for 28 days"),
]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("label", ["us-2025", "hk-2026"])
@pytest.mark.parametrize("lines", IN_ALL_WAYS, ids=range(len(IN_ALL_WAYS)))
def test_all_rules_asked_at_once_say_what_each_says_alone(lines: str, label: str, strict: bool) -> None:
    settings = Settings(label=label, strict=strict, ignore=(Pattern("S301"),))
    case = case_of(judgement_of_lines(lines).reading, settings, None, None)  # type: ignore[arg-type]
    asked = [rule for rule in CATALOGUE.values() if not rule.about_waivers]
    together = answers_without_simulation(case, settings)
    assert together == {rule.code: answer_of(rule, case, settings) for rule in asked}
    assert together["S301"].ruling is Ruling.NOT_EVALUATED
    assert any(verdict.undecided for verdict in together.values()) is strict


WEAK = (
    '[premedication]\ndrug = "prednisone"\ndose = "1 mg"\nbefore = ["cycle-start", "escalation", "restart"]\n'
    'departure = { reason = "Protocol 7", source = "none" }\n'
)


def test_what_one_rule_left_open_for_a_value_that_nobody_has_seen_opens_no_other() -> None:
    """Equal doses of corticosteroids are known by hearsay: C605 rests on them, and no rule after it."""
    text = regimen_text(cycle() + WEAK, top='departs_from = "rr-adult"')
    ward = site_in('site = 1\nname = "Ward 7"\nbag = [{ hours = 24 }]\n')  # of which rules are asked after it
    for settings, kind in ((DEFAULTS, "unverified"), (Settings(strict=True), "undecided")):
        case = case_of(judgement_of(text).reading, settings, None, ward)  # type: ignore[arg-type]
        together = answers_without_simulation(case, settings)
        asked = [rule for rule in CATALOGUE.values() if not rule.about_waivers]
        assert together == {rule.code: answer_of(rule, case, settings) for rule in asked}
        open_ones = {code: one.not_evaluated.kind for code, one in together.items() if one.not_evaluated}
        assert open_ones["C605"] == kind


def test_a_regimen_s_own_label_goes_before_that_of_the_project() -> None:
    reading = judgement_of(regimen_text(cycle(), top='label = "hk-2026"')).reading
    for settings in (DEFAULTS, Settings(label="us-2025")):
        assert case_of(reading, settings, None, None).regimen.label == "hk-2026"  # type: ignore[arg-type]


RECORD = 'record = 1\nregimen = "{name}"\nstart = 2026-03-02T10:00:00Z\nweight_kg = 60\n'


def test_of_a_record_each_rule_says_whether_it_looks_at_one_and_where_its_regimen_is_missing() -> None:
    elsewhere = NotEvaluated("not applicable", "the file is a course record, and the rule looks at regimens")
    missing = NotEvaluated("undecided", "there is no regimen nowhere, beside the record or shipped")
    judgement = judgement_of(RECORD.format(name="nowhere"))
    assert [verdict.rule.code for verdict in judgement.verdicts] == list(CATALOGUE)
    for verdict in judgement.verdicts:
        if verdict.rule.code[0] == "F":
            assert verdict.ruling is Ruling.PASS
        else:
            assert verdict.not_evaluated == (missing if verdict.rule.of == "record" else elsewhere)
    assert (judgement.label, judgement.complete) == (None, False)


def test_no_rule_that_looks_at_a_record_is_left_out() -> None:
    everything = Settings(ignore=(Pattern("I", for_files=True),), select=(Pattern("S"),))
    rules = [rule for rule in CATALOGUE.values() if rule.of == "record"]
    assert rules
    assert [rule.code for rule in rules if everything.reason_left_out(rule) is not None] == []


def test_of_a_record_rules_that_look_at_one_are_asked_with_its_regimen() -> None:
    judgement = judgement_of(RECORD.format(name="rr-adult"))
    assert [verdict.rule.code for verdict in judgement.verdicts] == list(CATALOGUE)
    assert judgement.label == "us-2025"
    assert verdict_of(judgement, "I801").not_evaluated == NotEvaluated("not applicable", "the record has no restart")
    assert verdict_of(judgement, "S304").not_evaluated is not None
    assert verdict_of(judgement, "F001").ruling is Ruling.PASS


def test_what_is_said_about_waivers_is_left_out_where_its_rule_is() -> None:
    text = regimen_text(cycle()) + waiver("S304", expires="2020-01-01")
    asked = judgement_of(text)
    (found,) = [code for code in ("W901", "W902", "W904") if verdict_of(asked, code).findings]
    left_out = judgement_of(text, settings=Settings(ignore=(Pattern(found),)))
    assert verdict_of(left_out, found).not_evaluated == NotEvaluated(
        "not requested", f"left out as asked (ignore {found})"
    )
    others = [(one.rule.code, one) for one in asked.verdicts if one.rule.code != found]
    assert [(one.rule.code, one) for one in left_out.verdicts if one.rule.code != found] == others
