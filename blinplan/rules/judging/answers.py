"""What rules answer about a case: each passes, finds something or gives no answer, and nothing else."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from blinplan.limits import Consulted, NotStatedError
from blinplan.rules.acceptance.about_waivers import NO_WAIVERS
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.rule import Case, Finding, NotEvaluated, Rule
from blinplan.rules.unverified import on_unseen_values
from blinplan.rules.verdict import Ruling, Verdict, WaivedFinding, no_answer_of, pass_of

_NO_RECORD = NotEvaluated("not applicable", "the rule looks at course records")
_NOT_SIMULATED = NotEvaluated("not requested", "no simulation was asked for (--no-simulate)")


class _WithoutSimulation(NamedTuple):
    """What rules say of every regimen that are not asked, that those pass which are, and which these are."""

    answers: dict[str, Verdict]
    asked: tuple[Rule, ...]


def answers_without_simulation(case: Case, settings: Settings) -> dict[str, Verdict]:
    """The answers about a regimen, before anything is simulated, of every rule but those about waivers."""
    unasked, asked = _rules_without_simulation(settings)
    consulted = Consulted(case.limits)
    watched, unverified = case.with_limits(consulted), consulted.unverified
    answers, strict = unasked.copy(), settings.strict
    for rule in asked:
        consulted.names.clear()
        answer = _ask(rule, watched)
        if type(answer) is NotEvaluated and not strict:
            answers[rule.code] = no_answer_of(rule, answer)
        elif answer or not unverified.isdisjoint(consulted.names):  # else it passes, as most rules in most files
            answers[rule.code] = _verdict_from(rule, answer, consulted, strict)
    return answers


def rules_asked(settings: Settings) -> tuple[Rule, ...]:
    """The rules that are asked about a regimen before anything is simulated."""
    return _rules_without_simulation(settings).asked


@lru_cache(maxsize=16)
def _rules_without_simulation(settings: Settings) -> _WithoutSimulation:
    """Files have the same settings, so it is worked out once for them."""
    rules = [rule for rule in CATALOGUE.values() if not rule.about_waivers]
    unasked = {rule.code: _verdict_unasked(rule, settings, with_record=False, simulated=False) for rule in rules}
    answers = {rule.code: unasked[rule.code] or pass_of(rule) for rule in rules}
    return _WithoutSimulation(answers, tuple(rule for rule in rules if unasked[rule.code] is None))


@lru_cache(maxsize=16)
def answers_without_waivers(settings: Settings) -> tuple[Verdict, ...]:
    """What is said about waivers of a file that has none, as most files."""
    return tuple(unless_left_out(verdict, settings) for verdict in NO_WAIVERS)


def answer_of(rule: Rule, case: Case, settings: Settings) -> Verdict:
    """The answer of one rule about a case."""
    with_record, simulated = case.record is not None, case.outcome is not None
    verdict = _verdict_unasked(rule, settings, with_record=with_record, simulated=simulated)
    if verdict is not None:
        return verdict
    consulted = Consulted(case.limits)
    return _verdict_from(rule, _ask(rule, case.with_limits(consulted)), consulted, settings.strict)


def _verdict_unasked(rule: Rule, settings: Settings, *, with_record: bool, simulated: bool) -> Verdict | None:
    """What a rule says that is not asked; None where it is."""
    reason = settings.reason_left_out(rule)
    if reason is not None:
        return no_answer_of(rule, reason)
    if rule.check is None:
        return pass_of(rule)  # reading the file decided it
    if rule.of != "regimen" and not with_record:
        return no_answer_of(rule, _NO_RECORD)
    if rule.simulated and not simulated:
        return no_answer_of(rule, _NOT_SIMULATED)
    return None


def _verdict_from(rule: Rule, answer: Sequence[Finding] | NotEvaluated, consulted: Consulted, strict: bool) -> Verdict:
    """What follows from an answer, and from the limits that the rule asked for."""
    if isinstance(answer, NotEvaluated) and not strict:
        return no_answer_of(rule, answer)
    left = on_unseen_values(rule, answer, consulted, strict)
    if isinstance(left, NotEvaluated):
        return no_answer_of(rule, left)
    findings = tuple(left)
    return Verdict(rule, Ruling.FINDING, findings) if findings else pass_of(rule)


def _ask(rule: Rule, case: Case) -> Sequence[Finding] | NotEvaluated:
    """Ask a rule. Where the label does not state what it asks for, what it found before that counts."""
    found: list[Finding] = []
    try:
        answer = rule.check(rule, case) if rule.check else ()
        if isinstance(answer, (NotEvaluated, tuple, list)):
            return answer
        found.extend(answer)
    except NotStatedError as error:
        return found or NotEvaluated("unverified", str(error))
    return found


def unless_left_out(verdict: Verdict, settings: Settings) -> Verdict:
    """A verdict, or why its rule is left out."""
    reason = settings.reason_left_out(verdict.rule)
    return verdict if reason is None else no_answer_of(verdict.rule, reason)


def with_severity(verdict: Verdict, settings: Settings) -> Verdict:
    """Give the findings the severity that the settings give their rule; a note of a rule stays a note."""
    severity = settings.severity_of(verdict.rule)
    if severity is verdict.rule.severity:
        return verdict

    def with_severity(finding: Finding) -> Finding:
        return finding._replace(severity=severity) if finding.severity is verdict.rule.severity else finding

    return verdict._replace(
        findings=tuple(map(with_severity, verdict.findings)),
        waived_findings=tuple(WaivedFinding(with_severity(one), waiver) for one, waiver in verdict.waived_findings),
    )
