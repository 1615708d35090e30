"""Judge a file: every rule answers pass, finding, waived or not evaluated, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from blinplan.regimen.find import others_beside, places_beside, read_beside
from blinplan.regimen.reading import FaultyFile, Reading, RecordFile, RegimenFile, SiteFile
from blinplan.regimen.regimen import Regimen
from blinplan.rules.acceptance.about_waivers import judge_waivers
from blinplan.rules.acceptance.waivers import with_waivers
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS, Settings
from blinplan.rules.judging.answers import (
    answer_of,
    answers_without_simulation,
    answers_without_waivers,
    with_severity,
)
from blinplan.rules.judging.cases import case_of, prepare, with_label
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Case, NotEvaluated
from blinplan.rules.verdict import Ruling, Verdict, no_answer_of, pass_of

if TYPE_CHECKING:
    from blinplan.course.patient import Patient
    from blinplan.regimen.site.site import Site
    from blinplan.rules.families.across_files.neighbours import Neighbours
    from blinplan.rules.judging.models import OverModels
    from blinplan.rules.simulated.outcome import SimulatedOutcome


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
    begins: datetime | None = None,
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
    begins
        When the course begins, aware, where it is to be judged with its dates; of a record that is on record.
    """
    match reading:
        case FaultyFile():
            # Imported here, because most files can be read.
            from blinplan.rules.judging.faults import judge_faults

            return judge_faults(reading, today, settings, patient, site, neighbours, begins)
        case RecordFile():
            return _on_record(reading, settings, site)
        case SiteFile():
            # Imported here, because most files are regimens.
            from blinplan.rules.judging.profiles import verdicts_on_site

            return Judgement(reading, tuple(verdicts_on_site(reading, settings)), None, settings.limits)
        case RegimenFile():
            case = case_of(reading, settings, patient, site, begins, neighbours)
            return _on_regimen(reading, case, today, simulator, settings)


def _on_regimen(
    reading: RegimenFile, case: Case, today: date, simulator: Simulator | None, settings: Settings
) -> Judgement:
    answers = answers_without_simulation(case, settings)
    models: tuple[OverModels, ...] = ()
    if simulator is not None:
        case, answers = _with_virtual_patients(case, answers, simulator, settings)
        models = _over_models(case, answers, settings)
    about_waivers = answers_without_waivers(settings)
    if reading.regimen.waivers:
        answers, about_waivers = _with_waivers(case, answers, settings, today)
    verdicts = (*answers.values(), *about_waivers)
    if settings.severities:
        verdicts = tuple(with_severity(verdict, settings) for verdict in verdicts)
    return Judgement(reading, verdicts, case.outcome, case.limits, case.regimen.label, over_models=models)


def _over_models(case: Case, answers: dict[str, Verdict], settings: Settings) -> "tuple[OverModels, ...]":
    """What the rules that need virtual patients say under plausible models, before any waiver."""
    if case.outcome is None or not case.outcome.models:
        return ()
    # Imported here, because most checks are by one model.
    from blinplan.rules.judging.models import over_models

    rules = [rule for rule in CATALOGUE.values() if rule.simulated]
    return tuple(over_models(rules, case, answers, settings, case.outcome.models))


def _with_waivers(
    case: Case, answers: dict[str, Verdict], settings: Settings, today: date
) -> tuple[dict[str, Verdict], tuple[Verdict, ...]]:
    """The answers with what waivers accept set apart, and what is said about the waivers."""
    waivers = case.regimen.waivers
    codes = {waiver.rule for waiver in waivers}
    covered = {code: with_waivers(answers[code], waivers, case.document, today) for code in codes & answers.keys()}
    answers = answers | covered
    unasked = answers_without_waivers(settings)
    left_out = [verdict.rule for verdict in unasked if verdict.not_evaluated]
    about = zip(judge_waivers(case, answers, settings.policies, today, left_out), unasked, strict=True)
    return answers, tuple(other if other.not_evaluated else verdict for verdict, other in about)


def _on_record(reading: RecordFile, settings: Settings, site: "Site | None") -> Judgement:
    """Judge a course record by the rules that look at one, with the regimen that it names."""
    named = read_beside(reading.document.name, reading.record.regimen)
    regimen = with_label(named.regimen, settings) if isinstance(named, RegimenFile) else None
    verdicts = tuple(_verdicts_on_record(reading, regimen, settings, site))
    if regimen is None:
        return Judgement(reading, verdicts, None, settings.limits)
    return Judgement(reading, verdicts, None, settings.limits_for(regimen), regimen.label)


def _verdicts_on_record(
    reading: RecordFile, regimen: Regimen | None, settings: Settings, site: "Site | None"
) -> Iterator[Verdict]:
    elsewhere = NotEvaluated("not applicable", "the file is a course record, and the rule looks at regimens")
    missing = NotEvaluated("undecided", f"there is no regimen {reading.record.regimen}, beside the record or shipped")
    case = None if regimen is None else _case_of_record(reading, regimen, settings, site)
    for rule in CATALOGUE.values():
        if rule.code[0] == "F":
            yield pass_of(rule)
        elif rule.of != "record":
            yield no_answer_of(rule, elsewhere)
        elif case is None:
            yield no_answer_of(rule, missing)  # such rules are binding: none is left out
        else:
            yield with_severity(answer_of(rule, case, settings), settings)


def _case_of_record(reading: RecordFile, regimen: Regimen, settings: Settings, site: "Site | None") -> Case:
    """What the rules of records look at, with the places of the record and the regimens beside its own."""
    from blinplan.regimen.site.site import moves_of

    name, record = reading.document.name, reading.record
    places = places_beside(name, record)
    ward = None if site is None else prepare(replace(site, later=places), regimen)
    others = tuple(with_label(one, settings) for one in others_beside(name, regimen))
    limits, moves = settings.limits_for(regimen), moves_of(places)
    return Case(reading.document, regimen, limits, None, site=ward, record=record, others=others, moves=moves)


def _with_virtual_patients(
    case: Case, answers: dict[str, Verdict], simulator: Simulator, settings: Settings
) -> tuple[Case, dict[str, Verdict]]:
    """Answer the rules that need virtual patients, with more of them as long as one is undecided."""
    rules = [rule for rule in CATALOGUE.values() if rule.simulated and settings.reason_left_out(rule) is None]
    if not rules:
        return case, answers
    if any(verdict.ruling is Ruling.FINDING and verdict.rule.binding for verdict in answers.values()):
        return case, answers | {rule.code: no_answer_of(rule, _CANNOT_BE_GIVEN) for rule in rules}
    for outcome in simulator.outcomes(case.regimen):
        if isinstance(outcome, NotEvaluated):
            return replace(case, outcome=None), answers | {rule.code: no_answer_of(rule, outcome) for rule in rules}
        case = replace(case, outcome=outcome)
        answers = answers | {rule.code: answer_of(rule, case, settings) for rule in rules}
        if not any(verdict.undecided for verdict in answers.values()):
            break
    return case, answers


_CANNOT_BE_GIVEN = NotEvaluated("blocked", "what cannot be given is not simulated; put right the errors first")
