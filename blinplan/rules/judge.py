"""Judge a regimen: every rule answers pass, finding, waived or not evaluated, and nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from blinplan.course.events import periods
from blinplan.label.read import label_of
from blinplan.limits import Consulted, NotStatedError
from blinplan.regimen.find import others_beside, read_beside
from blinplan.regimen.reading import FaultyFile, Reading, RecordFile, RegimenFile, SiteFile
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.toml.problems import place_name
from blinplan.rules.acceptance.about_waivers import judge_waivers
from blinplan.rules.acceptance.waivers import with_waivers
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.checks.comparison import compare_with_label
from blinplan.rules.checks.departures import compare_with_base
from blinplan.rules.configuration.settings import DEFAULTS, FailOnSetting, Settings
from blinplan.rules.families.waiver import rules as waiver_rules
from blinplan.rules.limits import Limits
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity
from blinplan.rules.unverified import on_unseen_values
from blinplan.rules.verdict import Ruling, Verdict, WaivedFinding

if TYPE_CHECKING:
    from blinplan.course.patient import Patient
    from blinplan.regimen.recovery.gaps import Gaps
    from blinplan.regimen.site import Site
    from blinplan.rules.families.across_files.neighbours import Neighbours
    from blinplan.rules.simulated.outcome import SimulatedOutcome


class Judgement(NamedTuple):
    """All verdicts for one file, a verdict for each rule of the catalogue, in its order, and the limits they go by.

    ``label`` is the name of the one that the regimen follows; None for a file that has no regimen. ``fail_on`` is the
    least severity that counts here, where it is not the run's, and ``configuration`` the file that it was judged by.
    """

    reading: Reading
    verdicts: tuple[Verdict, ...]
    outcome: "SimulatedOutcome | None"
    limits: Limits
    label: str | None = None
    fail_on: FailOnSetting | None = None
    configuration: Path | None = None

    @property
    def regimen(self) -> Regimen | None:
        """The regimen that was judged; None for another file, and where reading it found problems."""
        return self.reading.regimen if isinstance(self.reading, RegimenFile) else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that count, in the order of the file."""
        counted = [f for verdict in self.verdicts if verdict.ruling is Ruling.FINDING for f in verdict.findings]
        return tuple(sorted(counted, key=lambda f: (*f.span, f.code)))

    @property
    def unread(self) -> bool:
        """Whether nothing was judged: a file that is no regimen, as a project says that it need not be."""
        return all(verdict.ruling is Ruling.NOT_EVALUATED for verdict in self.verdicts)

    @property
    def complete(self) -> bool:
        """Whether every rule that was asked could answer."""
        return not any(verdict.not_evaluated and verdict.undecided for verdict in self.verdicts)

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst finding that counts; None without findings."""
        return max((finding.severity for finding in self.findings), key=lambda s: s.rank, default=None)


class Simulator(Protocol):
    """Whatever can say what virtual patients do under a regimen: the engine, or a record of it."""

    def outcomes(self, regimen: Regimen) -> "Iterator[SimulatedOutcome | NotEvaluated]":
        """Say what ever more virtual patients do; a caller stops when its rules are decided."""
        ...


def judge(
    reading: Reading,
    today: date,
    simulator: Simulator | None,
    settings: Settings = DEFAULTS,
    patient: "Patient | None" = None,
    site: "Site | None" = None,
    neighbours: "Neighbours | None" = None,
) -> Judgement:
    """Judge one file by the whole catalogue.

    Parameters
    ----------
    reading
        The file as read, with its problems or what it holds.
    today
        The date that decides whether a waiver has expired.
    simulator
        How to run virtual patients for the rules that need them. Without it these are not evaluated.
    settings
        Which rules are asked, and by which limits; those that come with the program when not given.
    patient
        The patient for whom the regimen is meant, where it is meant for one.
    site
        The profile of the site that prepares the bags.
    neighbours
        The regimens of the run, this one included; it is judged alone where there are none.
    """
    match reading:
        case FaultyFile():
            return _on_faults(reading, today, settings, patient, site, neighbours)
        case RecordFile():
            return _on_record(reading, settings, site)
        case SiteFile():
            return Judgement(reading, tuple(_on_site(settings)), None, settings.limits)
        case RegimenFile():
            return _on_regimen(reading, today, simulator, settings, patient, site, neighbours)


def _on_regimen(
    reading: RegimenFile,
    today: date,
    simulator: Simulator | None,
    settings: Settings,
    patient: "Patient | None",
    site: "Site | None",
    neighbours: "Neighbours | None",
) -> Judgement:
    case = replace(_case(reading, settings, patient, site), neighbours=neighbours)
    answers = _answers(case, settings)
    if simulator is not None:
        case, answers = _with_virtual_patients(case, answers, simulator, settings)
    waivers = reading.regimen.waivers
    if waivers:
        answers = {code: with_waivers(verdict, waivers, case.document, today) for code, verdict in answers.items()}
    about_waivers = (
        _unless_left_out(verdict, settings) for verdict in judge_waivers(case, answers, settings.policies, today)
    )
    verdicts = tuple(_with_severity(verdict, settings) for verdict in (*answers.values(), *about_waivers))
    return Judgement(reading, verdicts, case.outcome, case.limits, case.regimen.label)


def _case(reading: RegimenFile, settings: Settings, patient: "Patient | None", site: "Site | None") -> Case:
    """What the rules look at, before anything is simulated."""
    regimen = _following(reading.regimen, settings)
    site = None if site is None else _prepare(site, regimen)
    limits = settings.limits_for(regimen)
    return Case(
        reading.document,
        regimen,
        periods(regimen),
        limits,
        None,
        patient,
        site,
        beside_label=compare_with_label(regimen, limits),
        beside_base=compare_with_base(regimen),
    )


def _prepare(site: "Site", regimen: Regimen) -> "Site":
    """The site with its label's word where it says nothing."""
    # Imported here, because a check without a site profile does not wait for it.
    from blinplan.course.bags.preparation import prepared_by

    return prepared_by(site, label_of(regimen))


def _following(regimen: Regimen, settings: Settings) -> Regimen:
    """The regimen with the label that it follows: its own, or else the project's."""
    return regimen if regimen.label is not None else replace(regimen, label=settings.label)


def _on_record(reading: RecordFile, settings: Settings, site: "Site | None") -> Judgement:
    """Judge a course record by the rules that look at one, with the regimen that it names."""
    named = read_beside(reading.document.name, reading.record.regimen)
    regimen = _following(named.regimen, settings) if isinstance(named, RegimenFile) else None
    verdicts = tuple(_verdicts_on_record(reading, regimen, settings, site))
    if regimen is None:
        return Judgement(reading, verdicts, None, settings.limits)
    return Judgement(reading, verdicts, None, settings.limits_for(regimen), regimen.label)


def _verdicts_on_record(
    reading: RecordFile, regimen: Regimen | None, settings: Settings, site: "Site | None"
) -> Iterator[Verdict]:
    record = reading.record
    elsewhere = NotEvaluated("not applicable", "the file is a course record, and the rule looks at regimens")
    missing = NotEvaluated("undecided", f"there is no regimen {record.regimen}, beside the record or shipped")
    for rule in CATALOGUE.values():
        if rule.code[0] == "F":
            yield Verdict(rule, Ruling.PASS)
        elif rule.of != "record":
            yield Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=elsewhere)
        elif regimen is None:
            reason = settings.reason_left_out(rule)
            yield Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=reason or missing)
        else:
            limits = settings.limits_for(regimen)
            ward = None if site is None else _prepare(site, regimen)
            others = tuple(_following(one, settings) for one in others_beside(reading.document.name, regimen))
            case = Case(
                reading.document, regimen, periods(regimen), limits, None, site=ward, record=record, others=others
            )
            yield _with_severity(_answer(rule, case, settings), settings)


def _on_site(settings: Settings) -> Iterator[Verdict]:
    """Judge a site profile, of which only reading it is asked."""
    reason = NotEvaluated("not applicable", "the file is a site profile, and the rule looks at regimens")
    for rule in CATALOGUE.values():
        if rule.code[0] == "F":
            yield Verdict(rule, Ruling.PASS)
        else:
            yield Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=settings.reason_left_out(rule) or reason)


def _unless_left_out(verdict: Verdict, settings: Settings) -> Verdict:
    reason = settings.reason_left_out(verdict.rule)
    return verdict if reason is None else Verdict(verdict.rule, Ruling.NOT_EVALUATED, not_evaluated=reason)


def _with_severity(verdict: Verdict, settings: Settings) -> Verdict:
    """Give the findings the severity that the settings give their rule; a note of a rule stays a note."""
    severity = settings.severity_of(verdict.rule) if settings.severities else verdict.rule.severity
    if severity is verdict.rule.severity:
        return verdict

    def with_severity(finding: Finding) -> Finding:
        return replace(finding, severity=severity) if finding.severity is verdict.rule.severity else finding

    return verdict._replace(
        findings=tuple(map(with_severity, verdict.findings)),
        waived_findings=tuple(WaivedFinding(with_severity(one), waiver) for one, waiver in verdict.waived_findings),
    )


def _with_virtual_patients(
    case: Case, answers: dict[str, Verdict], simulator: Simulator, settings: Settings
) -> tuple[Case, dict[str, Verdict]]:
    """Answer the rules that need virtual patients, with more of them as long as one is undecided."""
    rules = [rule for rule in CATALOGUE.values() if rule.simulated and settings.reason_left_out(rule) is None]
    if not rules:
        return case, answers
    if any(verdict.ruling is Ruling.FINDING and verdict.rule.binding for verdict in answers.values()):
        return case, answers | {
            rule.code: Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=_CANNOT_BE_GIVEN) for rule in rules
        }
    for outcome in simulator.outcomes(case.regimen):
        if isinstance(outcome, NotEvaluated):
            unanswered = {rule.code: Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=outcome) for rule in rules}
            return replace(case, outcome=None), answers | unanswered
        case = replace(case, outcome=outcome)
        answers = answers | {rule.code: _answer(rule, case, settings) for rule in rules}
        if not any(verdict.undecided for verdict in answers.values()):
            break
    return case, answers


def _on_faults(
    reading: FaultyFile,
    today: date,
    settings: Settings,
    patient: "Patient | None",
    site: "Site | None",
    neighbours: "Neighbours | None",
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
    cases = _Several(
        replace(_case(file, settings, patient, site), neighbours=neighbours) for file in readable.regimens()
    )
    case, waivers = next(iter(cases)), next(iter(cases)).regimen.waivers
    answers = {rule.code: _not_passed(rule, reading) for rule in CATALOGUE.values()}
    for rule in CATALOGUE.values():
        found = () if rule.about_waivers else _found_in_all(rule, cases, readable.gaps, settings)
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
    for number, case in enumerate(cases if not rule.simulated else ()):
        found = _answer(rule, case, settings).findings
        alike = {_without_status(one) for one in found}
        common = tuple(
            f for f in (common if number else found) if _without_status(f) in alike and not gaps.cover(f.path)
        )
        if not common:
            break
    return common


def _without_status(finding: Finding) -> tuple[object, ...]:
    """What a finding says, but for whether a number was seen: that depends on the label, which may be unread."""
    return finding.path, finding.severity, finding.message.split(" (that value, ", maxsplit=1)[0]


def _with_problems(reading: FaultyFile, answers: Mapping[str, Verdict], settings: Settings) -> tuple[Verdict, ...]:
    """The verdicts on a file that could not be read in whole: its problems, and what was found all the same."""
    left_out = _left_out(reading, settings)
    verdicts = tuple(_each_with_problems(reading, answers, settings, left_out))
    nothing = all(verdict.ruling is Ruling.NOT_EVALUATED for verdict in verdicts)
    return tuple(_on_no_regimen(left_out)) if nothing and left_out else verdicts


def _each_with_problems(
    reading: FaultyFile, answers: Mapping[str, Verdict], settings: Settings, left_out: Mapping[str, NotEvaluated]
) -> Iterator[Verdict]:
    for rule in CATALOGUE.values():
        answer, problems = answers.get(rule.code), tuple(_problems(reading, rule))
        if rule.code in left_out:
            yield Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=left_out[rule.code])
        elif problems:
            yield _with_severity(Verdict(rule, Ruling.FINDING, problems), settings)
        elif answer is not None and (answer.findings or answer.waived_findings):
            yield _with_severity(_unless_left_out(_without_fixes(answer, reading), settings), settings)
        else:
            yield _not_passed(rule, reading)


def _left_out(reading: FaultyFile, settings: Settings) -> dict[str, NotEvaluated]:
    """Why problems of a file are not told, by their codes."""
    rules = (CATALOGUE[problem.code] for problem in reading.problems)
    return {rule.code: reason for rule in rules if (reason := settings.reason_left_out(rule)) is not None}


def _without_fixes(verdict: Verdict, reading: FaultyFile) -> Verdict:
    """A verdict whose findings are not put right unasked where the text is not TOML."""
    if not reading.lost:
        return verdict
    return verdict._replace(findings=tuple(replace(finding, fix=None) for finding in verdict.findings))


def _not_passed(rule: Rule, reading: FaultyFile) -> Verdict:
    first, *others = reading.problems
    more = f", and {len(others)} more" if others else ""
    line = reading.document.position(first.span.start).line
    reason = f"{place_name(first.path)} could not be read, line {line}{more}; no rule passes then"
    return Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=NotEvaluated("blocked", reason))


def _problems(reading: FaultyFile, rule: Rule) -> Iterator[Finding]:
    for p in reading.problems:
        if p.code == rule.code:
            yield Finding(rule.code, rule.severity, p.path, p.span, p.message, p.why, p.help, fix=p.fix)


def _on_no_regimen(left_out: Mapping[str, NotEvaluated]) -> Iterator[Verdict]:
    """Judge nothing of a file whose every problem is left out: it is no pass."""
    codes, (first, *_) = ", ".join(sorted(left_out)), left_out.values()
    reason = NotEvaluated("not requested", f"the file is not read as a regimen: {codes} {first.reason}")
    for rule in CATALOGUE.values():
        yield Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=left_out.get(rule.code, reason))


_CANNOT_BE_GIVEN = NotEvaluated("blocked", "what cannot be given is not simulated; put right the errors first")
_NO_RECORD = NotEvaluated("not applicable", "the rule looks at course records")
_NOT_SIMULATED = NotEvaluated("not requested", "no simulation was asked for (--no-simulate)")


def _answers(case: Case, settings: Settings) -> dict[str, Verdict]:
    """The answers about a regimen, before anything is simulated, of every rule but those about waivers."""
    unasked, consulted = _answers_unasked(settings), Consulted(case.limits)
    watched = case.with_limits(consulted)
    return {
        code: _answer_of(CATALOGUE[code], watched, consulted, settings) if verdict is None else verdict
        for code, verdict in unasked.items()
    }


@lru_cache(maxsize=16)
def _answers_unasked(settings: Settings) -> dict[str, Verdict | None]:
    """What rules say of every regimen before anything is simulated; None of those that are asked.

    Files have the same settings, so it is worked out once for them.
    """
    return {
        rule.code: _verdict_unasked(rule, settings, with_record=False, simulated=False)
        for rule in CATALOGUE.values()
        if not rule.about_waivers
    }


def _verdict_unasked(rule: Rule, settings: Settings, *, with_record: bool, simulated: bool) -> Verdict | None:
    """What a rule says that is not asked; None where it is."""
    reason = settings.reason_left_out(rule)
    if reason is not None:
        return Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=reason)
    if rule.check is None:
        return Verdict(rule, Ruling.PASS)  # reading the file decided it
    if rule.of != "regimen" and not with_record:
        return Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=_NO_RECORD)
    if rule.simulated and not simulated:
        return Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=_NOT_SIMULATED)
    return None


def _answer(rule: Rule, case: Case, settings: Settings) -> Verdict:
    with_record, simulated = case.record is not None, case.outcome is not None
    verdict = _verdict_unasked(rule, settings, with_record=with_record, simulated=simulated)
    if verdict is not None:
        return verdict
    consulted = Consulted(case.limits)
    return _answer_of(rule, case.with_limits(consulted), consulted, settings)


def _answer_of(rule: Rule, case: Case, consulted: Consulted, settings: Settings) -> Verdict:
    """Ask a rule about a case whose limits remember which of them it asks for."""
    consulted.forget()
    answer = on_unseen_values(rule, _ask(rule, case), consulted, settings.strict)
    if isinstance(answer, NotEvaluated):
        return Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=answer)
    findings = tuple(answer)
    return Verdict(rule, Ruling.FINDING if findings else Ruling.PASS, findings)


def _ask(rule: Rule, case: Case) -> Answer:
    """Ask a rule. Where the label does not state what it asks for, what it found before that counts."""
    found: list[Finding] = []
    try:
        answer = rule.check(rule, case) if rule.check else ()
        if isinstance(answer, NotEvaluated):
            return answer
        found.extend(answer)
    except NotStatedError as error:
        return found or NotEvaluated("unverified", str(error))
    return found
