"""Judge a file that could not be read in whole: its problems, and what is true of it whatever they hide."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from blinplan.regimen.reading import FaultyFile
from blinplan.regimen.toml.problems import place_name
from blinplan.rules.acceptance.about_waivers import judge_waivers
from blinplan.rules.acceptance.waivers import with_waivers
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.families.waiver import rules as waiver_rules
from blinplan.rules.judging.answers import answer_of, rules_asked, unless_left_out, with_severity
from blinplan.rules.judging.cases import case_of
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Case, Finding, NotEvaluated, Rule
from blinplan.rules.verdict import Ruling, Verdict, no_answer_of

if TYPE_CHECKING:
    from blinplan.course.patient import Patient
    from blinplan.regimen.recovery.gaps import Gaps
    from blinplan.regimen.site.site import Site
    from blinplan.rules.families.across_files.neighbours import Neighbours


def judge_faults(
    reading: FaultyFile,
    today: date,
    settings: Settings,
    patient: "Patient | None",
    site: "Site | None",
    neighbours: "Neighbours | None",
    begins: datetime | None = None,
) -> Judgement:
    """Judge a file that could not be read in whole: its problems, and what is true of it whatever they hide.

    A rule is asked about regimens that the file could have said, each with other values in the gaps, and finds what it
    finds in all of them. None passes, since what was not understood may decide any of them.
    """
    # Imported here, because most files can be read.
    from blinplan.regimen.recovery.fillings import recover

    readable = recover(reading)
    if readable is None:
        return Judgement(reading, _with_problems(reading, {}, settings), None, settings.limits)
    cases = _Several(case_of(file, settings, patient, site, begins, neighbours) for file in readable.regimens())
    case, waivers = next(iter(cases)), next(iter(cases)).regimen.waivers
    unread = _unread(reading)
    answers = {rule.code: no_answer_of(rule, unread) for rule in CATALOGUE.values()}
    for rule in rules_asked(settings):
        found = _found_in_all(rule, cases, readable.gaps, settings)
        found = tuple(one for one in found if not readable.may_be_waived(rule.code, one.path, waivers))
        if found:
            answers[rule.code] = with_waivers(Verdict(rule, Ruling.FINDING, found), waivers, case.document, today)
    about_waivers = _on_waivers_alone(judge_waivers(case, answers, settings.policies, today))
    return Judgement(reading, _with_problems(reading, answers | about_waivers, settings), None, case.limits)


def _on_waivers_alone(verdicts: Iterable[Verdict]) -> dict[str, Verdict]:
    """What is said of waivers without the whole answers of other rules: not which of them covers what."""
    of_answers = {waiver_rules.UNUSED, waiver_rules.WITHOUT_PLACE, waiver_rules.CHANGED}
    return {verdict.rule.code: verdict for verdict in verdicts if verdict.rule not in of_answers}


class _Several:
    """Cases that are made when they are asked for, and once."""

    def __init__(self, cases: Iterator[Case]) -> None:
        self._made = list[Case]()
        self._rest = cases

    def __iter__(self) -> Iterator[Case]:
        yield from self._made
        for case in self._rest:
            self._made.append(case)
            yield case


def _found_in_all(rule: Rule, cases: _Several, gaps: "Gaps", settings: Settings) -> tuple[Finding, ...]:
    """What a rule finds in every case, at places that say something for certain."""
    common: tuple[Finding, ...] = ()
    for number, case in enumerate(cases):
        found = answer_of(rule, case, settings).findings
        alike = {_without_status(one) for one in found}
        common = tuple(
            f for f in (common if number else found) if _without_status(f) in alike and not gaps.cover(f.path)
        )
        if not common:
            break
    return common


def _without_status(finding: Finding) -> tuple[object, ...]:
    """What a finding says, but for whether a number was seen: that depends on the label, which may be unread."""
    return finding.path, finding.severity, finding.message.partition(" (that value, ")[0]


def _with_problems(reading: FaultyFile, answers: Mapping[str, Verdict], settings: Settings) -> tuple[Verdict, ...]:
    """The verdicts on a file that could not be read in whole: its problems, and what was found all the same."""
    left_out = _left_out(reading, settings)
    verdicts = tuple(_each_with_problems(reading, answers, settings, left_out))
    nothing = all(verdict.ruling is Ruling.NOT_EVALUATED for verdict in verdicts)
    return tuple(_on_no_regimen(left_out)) if nothing else verdicts


def _each_with_problems(
    reading: FaultyFile, answers: Mapping[str, Verdict], settings: Settings, left_out: Mapping[str, NotEvaluated]
) -> Iterator[Verdict]:
    unread = _unread(reading)
    for rule in CATALOGUE.values():
        answer, problems = answers.get(rule.code), tuple(_problems(reading, rule))
        if rule.code in left_out:
            yield no_answer_of(rule, left_out[rule.code])
        elif problems:
            yield with_severity(Verdict(rule, Ruling.FINDING, problems), settings)
        elif answer is not None and (answer.findings or answer.waived_findings):
            yield with_severity(unless_left_out(_without_fixes(answer, reading), settings), settings)
        else:
            yield no_answer_of(rule, unread)


def _left_out(reading: FaultyFile, settings: Settings) -> dict[str, NotEvaluated]:
    """Why problems of a file are not told, by their codes."""
    rules = (CATALOGUE[problem.code] for problem in reading.problems)
    return {rule.code: reason for rule in rules if (reason := settings.reason_left_out(rule)) is not None}


def _without_fixes(verdict: Verdict, reading: FaultyFile) -> Verdict:
    """A verdict whose findings are not put right unasked where the text is not TOML."""
    if not reading.lost:
        return verdict
    return verdict._replace(findings=tuple(finding._replace(fix=None) for finding in verdict.findings))


def _unread(reading: FaultyFile) -> NotEvaluated:
    """Why no rule passes."""
    first, *others = reading.problems
    more = f", and {len(others)} more" if others else ""
    line = reading.document.position(first.span.start).line
    return NotEvaluated(
        "blocked", f"{place_name(first.path)} could not be read, line {line}{more}; no rule passes then"
    )


def _problems(reading: FaultyFile, rule: Rule) -> Iterator[Finding]:
    for p in reading.problems:
        if p.code == rule.code:
            yield Finding(rule.code, rule.severity, p.path, p.span, p.message, p.why, p.help, fix=p.fix)


def _on_no_regimen(left_out: Mapping[str, NotEvaluated]) -> Iterator[Verdict]:
    """Judge nothing of a file whose every problem is left out: it is no pass."""
    alike: dict[str, list[str]] = {}
    for code in sorted(left_out):
        alike.setdefault(left_out[code].reason, []).append(code)
    why = "; ".join(f"{', '.join(codes)} {reason}" for reason, codes in alike.items())
    reason = NotEvaluated("not requested", f"the file is not read as a regimen: {why}")
    for rule in CATALOGUE.values():
        yield no_answer_of(rule, left_out.get(rule.code, reason))
