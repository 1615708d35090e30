"""What the rules about restarts ask. Apart from the rules, so that a check of regimens does not wait for it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from blinplan.course.adulthood import Adulthood
from blinplan.course.eligibility import misfits
from blinplan.course.events import Course, rate_of_dose
from blinplan.course.happened.decided import RecordError
from blinplan.course.happened.hung import HungBag, bag_at, comes_to, hung_bags
from blinplan.course.happened.interruption import (
    Circumstances,
    Decision,
    Topic,
    lasted_text,
    premedication_goes_by_age,
)
from blinplan.course.happened.interruption import decisions as label_decisions
from blinplan.course.happened.ledger import Ledger
from blinplan.course.happened.replan import adulthood_in, clock_of, course_by, decide_at
from blinplan.course.patient import Patient, PatientError, patient
from blinplan.label.read import label_of
from blinplan.quantities import Basis, DoseRate, duration_text
from blinplan.regimen.record.moments import minutes_between
from blinplan.regimen.record.record import ADVERSE_EVENTS, Cause, CourseRecord, Interruption
from blinplan.regimen.toml.positions import KeyPath
from blinplan.rules.rule import Answer, Case, Finding, Kind, NotEvaluated, Rule

_NO_RESTART = NotEvaluated("not applicable", "the record has no restart")
DOES_NOT_FIT = NotEvaluated("blocked", "the record does not fit its regimen, which comes first (I804)")

Check = Callable[[Rule, Case, Interruption, tuple[Decision, ...]], Iterable[Finding | NotEvaluated]]


def _each(check: Check) -> Callable[[Rule, Case], Answer]:
    """Ask about every restart of a record; what could not be answered counts where nothing was found.

    The check tells why, and the interruptions of which that is so are added here.
    """

    def answer_for_all(rule: Rule, case: Case) -> Answer:
        record = record_in(case)
        restarts = [interruption for interruption in record.interruptions if interruption.restarted is not None]
        if not restarts:
            return _NO_RESTART
        try:
            label = _label_on(case, record)
        except RecordError:
            return DOES_NOT_FIT
        except PatientError as error:
            return NotEvaluated("undecided", str(error))
        findings: list[Finding] = []
        unknown: dict[NotEvaluated, list[str]] = {}
        for interruption in restarts:
            for answer in check(rule, case, interruption, label(interruption)):
                if isinstance(answer, Finding):
                    findings.append(answer)
                else:
                    numbers = unknown.setdefault(answer, [])
                    numbers += [number] if (number := str(int(interruption.path[1]) + 1)) not in numbers else []
        if findings or not unknown:
            return findings
        reasons = (f"{why.reason} (interruption {', '.join(numbers)})" for why, numbers in unknown.items())
        kind: Kind = "undecided" if any(why.kind == "undecided" for why in unknown) else "unverified"
        return NotEvaluated(kind, "; ".join(reasons))

    return answer_for_all


def _label_on(case: Case, record: CourseRecord) -> Callable[[Interruption], tuple[Decision, ...]]:
    """What the label asks of each interruption; of those after a permanent stop without the dose that was stopped."""
    adulthood = _adulthood(case)
    ledger = ledger_of(case)
    known = {entry.interruption.path: entry.decisions for entry in ledger.interruptions}

    def of_one(interruption: Interruption) -> tuple[Decision, ...]:
        if interruption.path in known:
            return known[interruption.path]
        groups = adulthood.groups_at(minutes_between(record.start, _time_of(interruption)))
        alone = replace(_by_clock(case, interruption), weight=record.weight, groups=groups)
        return label_decisions(interruption, case.regimen, alone)

    return of_one


def _by_clock(case: Case, interruption: Interruption) -> Circumstances:
    """What is known of an interruption from its times alone."""
    record = record_in(case)
    stopped = minutes_between(record.start, interruption.stopped)
    return Circumstances(clock=clock_of(record, case.moves), stopped=stopped)


def _length_text(case: Case, interruption: Interruption) -> str:
    """How long nothing was infused, in words."""
    return lasted_text(_length(interruption), _by_clock(case, interruption))


def ledger_of(case: Case) -> Ledger:
    """What is decided of a record, for its patient; raises what `decide_at` does."""
    return case.once(_ledger_and_doses)[0]


def _ledger_and_doses(case: Case) -> tuple[Ledger, tuple[DoseRate, ...]]:
    """What is decided of a record, and the doses that its interruptions stopped: most of its rules go by that."""
    record = record_in(case)
    return decide_at(case.regimen, record, _patient(record), _adulthood(case), case.others, case.moves)


def course_in(case: Case) -> tuple[Course, tuple[HungBag, ...]]:
    """The course of a record as it was given, and the bags on record; raises what `decide_at` does."""
    return case.once(_course), hung_bags(record_in(case))


def _course(case: Case) -> Course:
    record = record_in(case)
    return course_by(case.regimen, record, _patient(record), _adulthood(case), case.others, case.moves)


def dose(rule: Rule, case: Case) -> Answer:
    """Find restarts at another dose than the one that was stopped, where the label gives none."""
    record = record_in(case)
    if all(interruption.restarted is None for interruption in record.interruptions):
        return _NO_RESTART
    try:
        ledger, doses = case.once(_ledger_and_doses)
    except RecordError:
        return DOES_NOT_FIT
    except PatientError as error:
        return NotEvaluated("undecided", str(error))
    findings = []
    for entry, stopped in zip(ledger.interruptions, doses, strict=True):
        given = entry.interruption.restart_dose
        labelled = any(decision.dose is not None or decision.missing for decision in entry.decisions)
        labelled = labelled and (entry.interruption.cause in ADVERSE_EVENTS or given in _doses_to_choose(case))
        forbidden = any(decision.stop for decision in entry.decisions)  # which comes first, whatever the dose
        if given is not None and not labelled and not forbidden and given != stopped:
            findings.append(
                case.finding(
                    rule,
                    (*entry.interruption.path, "restart_dose"),
                    f"the infusion was stopped at {stopped} and restarted at {given}",
                    "correct the record, or have the treating physician look at it now",
                )
            )
    return findings


def _doses_to_choose(case: Case) -> set[DoseRate]:
    """Doses that somebody may have decided on after a long stop: those of the regimen, and the label's of a restart."""
    numbers = label_of(case.regimen).numbers
    restarts = {Basis.FLAT: numbers.get("restart_flat"), Basis.BSA: numbers.get("restart_by_area")}
    labelled = {DoseRate(limit.value, basis) for basis, limit in restarts.items() if limit is not None}
    return labelled | {step.dose for cycle in case.regimen.cycles for step in cycle.steps}


def fits(rule: Rule, case: Case) -> Iterator[Finding]:
    """Find where a record and its regimen cannot both be right."""
    record = record_in(case)
    for keys, one in _each_figure(record):
        for wrong in misfits(case.regimen.eligibility, one):
            yield case.finding(
                rule,
                (_first_of(case, keys),),
                f"{case.regimen.name} is for {case.regimen.eligibility}; {wrong}",
                f"name the regimen that was given, or correct the {keys[0].split('_')[0].replace('born', 'age')}",
            )
    try:
        _patient(record)
    except PatientError as error:
        path = _first_of(case, ("bsa_m2", "height_cm", "weight_kg", "born", "age_years"))
        yield case.finding(rule, (path,), str(error), "correct the figures of the patient")
        return
    try:
        case.once(_course)
    except RecordError as error:
        yield case.finding(rule, error.path, str(error), "correct the record, or the regimen that it names")
    except PatientError:
        return  # the rules that need the area say so


def _each_figure(record: CourseRecord) -> Iterator[tuple[tuple[str, ...], Patient]]:
    """The figures of a record that eligibility goes by, one by one, with the keys that give them."""
    yield ("weight_kg",), Patient(weight=record.weight)
    yield ("born", "age_years"), Patient(age=record.age)


def _first_of(case: Case, keys: Sequence[str]) -> str:
    """The first of some keys that the file has."""
    return next(key for key in keys if key in case.document.values)


def _adulthood(case: Case) -> Adulthood:
    """Which age group the patient of a record belongs to when, by the ward's word, the project's or the label's."""
    return adulthood_in(case.regimen, record_in(case), case.site, case.limits_unasked)


def record_in(case: Case) -> CourseRecord:
    """The record that is judged."""
    assert case.record is not None  # noqa: S101 - rules of records are asked about records only
    return case.record


def _patient(record: CourseRecord) -> Patient:
    """The patient with the figures of the start."""
    return patient(record.weight, record.height, record.area, age=record.age)


def _time_of(interruption: Interruption) -> datetime:
    """When the infusion went on."""
    assert interruption.restarted is not None  # noqa: S101 - only restarts are asked about
    return interruption.restarted


def _length(interruption: Interruption) -> int:
    """For how many minutes nothing was infused."""
    assert interruption.minutes is not None  # noqa: S101 - only restarts are asked about
    return interruption.minutes


def _missing(key: str) -> NotEvaluated:
    return NotEvaluated("undecided", f"`{key}` is not on record")


def _restart(
    rule: Rule, case: Case, interruption: Interruption, decisions: tuple[Decision, ...]
) -> Iterator[Finding | NotEvaluated]:
    restarted, held = _time_of(interruption), _length(interruption)
    for decision in decisions:
        if decision.stop:
            yield _restart_finding(
                rule, case, (*interruption.path, "restarted"), decision, "the infusion was restarted"
            )
        elif decision.question not in _OF_A_RESTART or _is_to_decide(interruption, decision):
            continue  # another rule asks for it, or none does
        elif not decision.evaluated:
            yield _missing_answer(case, decision)
        elif decision.wait is not None and held < decision.wait:
            unresolved = interruption.resolved is not None and interruption.resolved > restarted
            if case.limits[decision.limits[0]].status != "seen" and not unresolved:
                yield NotEvaluated("undecided", _doubt_about_hold(case, decision, held))
                continue
            message = f"the infusion was restarted after {_length_text(case, interruption)}"
            yield _restart_finding(rule, case, (*interruption.path, "restarted"), decision, message)
        elif (
            decision.question is Topic.WAIT
            and interruption.cause is not Cause.OVERDOSE
            and interruption.resolved is None
        ):
            yield _missing("resolved")  # whether it was held long enough, and resolved soon enough to go on
        elif decision.dose is not None and interruption.restart_dose is None:
            yield from _dose_by_bag(rule, case, interruption, decision, decision.dose)
        elif decision.dose is not None and interruption.restart_dose != decision.dose:
            message = f"the infusion was restarted at {interruption.restart_dose}"
            yield _restart_finding(rule, case, (*interruption.path, "restart_dose"), decision, message)


def _dose_by_bag(
    rule: Rule, case: Case, interruption: Interruption, decision: Decision, labelled: DoseRate
) -> Iterator[Finding | NotEvaluated]:
    """The dose of a restart by the bag that hung then, where the record says it with no key of its own."""
    record = record_in(case)
    minute = minutes_between(record.start, _time_of(interruption))
    bag = bag_at(hung_bags(record), minute)
    if bag is None:
        yield _missing("restart_dose")
        return
    given, whom = bag.dose_given(label_of(case.regimen)), _patient(record)
    try:
        right = given == labelled or comes_to(given, rate_of_dose(labelled, None, whom), None, whom)
    except PatientError:
        yield _missing("restart_dose")
        return
    if not right:
        message = f"by the bag on record the infusion was restarted at {given}"
        yield _restart_finding(rule, case, (*bag.path, "dose"), decision, message)


def _restart_and_rise(
    rule: Rule, case: Case, interruption: Interruption, decisions: tuple[Decision, ...]
) -> Iterator[Finding | NotEvaluated]:
    yield from _restart(rule, case, interruption, decisions)
    for decision in decisions:
        if decision.question is Topic.ESCALATION:
            yield from _rise(rule, case, interruption, decision)


def _rise(rule: Rule, case: Case, interruption: Interruption, decision: Decision) -> Iterator[Finding]:
    """A full dose that comes back before the label gives it again."""
    told = interruption.full_dose_after
    if told is not None and decision.after is not None and told < decision.after:
        message = f"the full dose comes back after {duration_text(told)} at the dose of the restart"
        yield _restart_finding(rule, case, (*interruption.path, "full_dose_after_days"), decision, message)


_OF_A_RESTART = frozenset({Topic.CONTINUE, Topic.WAIT, Topic.DOSE})
"""What this rule asks of a restart: whether, when, and at which dose."""


def _is_to_decide(interruption: Interruption, decision: Decision) -> bool:
    """Whether somebody has to decide, because the label speaks of adverse events only."""
    asked = {Topic.DOSE, Topic.ESCALATION, Topic.CYCLE}
    return interruption.cause not in ADVERSE_EVENTS and decision.unstated and decision.question in asked


def _long_stop(
    rule: Rule, case: Case, interruption: Interruption, decisions: tuple[Decision, ...]
) -> Iterator[Finding | NotEvaluated]:
    """A long stop of which the label says nothing, and of which the record does not say what was decided."""
    open_questions = [decision for decision in decisions if _is_to_decide(interruption, decision)]
    keys = {Topic.DOSE: "restart_dose", Topic.CYCLE: "restart_in", Topic.ESCALATION: "full_dose_after_days"}
    missing = [f"`{keys[decision.question]}`" for decision in open_questions]
    if not missing:
        return
    yield case.finding(
        rule,
        (*interruption.path, "restarted"),
        f"the infusion was restarted after {_length_text(case, interruption)}, of which the label says nothing"
        " for such a cause, and it is not on record what was decided",
        f"have the treating physician decide how it goes on, and add {' and '.join(missing)}",
        limits=open_questions[0].limits,
    )


def _missing_answer(case: Case, decision: Decision) -> NotEvaluated:
    """Why the label's answer is not known: a key that the record lacks, or a text that nobody has seen."""
    missing = "seizures" if decision.limits == ("seizures",) else decision.missing
    if missing:
        return _missing(missing)
    unseen = decision.unstated or any(
        limit.unverified for name in decision.limits if (limit := case.limits_unasked.get(name))
    )
    kind: Kind = "unverified" if unseen else "undecided"
    return NotEvaluated(kind, decision.answer.removeprefix("not evaluated: "))


def _doubt_about_hold(case: Case, decision: Decision, held: int) -> str:
    limit = case.limits[decision.limits[0]]
    return (
        f"held for {duration_text(held)}; whether the label asks to hold it for {limit}, nobody has seen"
        f" ({limit.citation})"
    )


def _restart_finding(rule: Rule, case: Case, path: KeyPath, decision: Decision, message: str) -> Finding:
    says = case.limits[decision.limits[0]].says
    return case.finding(
        rule,
        path,
        f"{message}; the label asks {_asks(decision)}",
        "have the treating physician look at it now",
        why=says,
        limits=decision.limits,
    )


def _asks(decision: Decision) -> str:
    match decision.question:
        case Topic.CONTINUE:
            return "to stop the drug for good"
        case Topic.WAIT:
            return f"to hold it {'' if decision.answer.startswith('until') else 'for '}{decision.answer}"
    return f"for {decision.answer}"


def _premedication(
    rule: Rule, case: Case, interruption: Interruption, decisions: tuple[Decision, ...]
) -> Iterator[Finding | NotEvaluated]:
    for decision in decisions:
        if decision.question is not Topic.PREMEDICATION or (decision.evaluated and not decision.yes):
            continue
        if not decision.evaluated:
            if interruption.premedicated is not True:
                yield _missing_answer(case, decision)
        elif interruption.premedicated is None:
            yield _missing("premedicated")
        elif not interruption.premedicated:
            rests_on_age = _rests_on_an_unverified_age(case, interruption)
            yield case.finding(
                rule,
                (*interruption.path, "premedicated"),
                f"the infusion was restarted after {duration_text(_length(interruption))} without"
                f" premedication{_whose(case, interruption)}",
                f"give premedication before a restart after {case.limits['premedication_again']} or more",
                limits=("premedication_again", *(["adult_from"] if rests_on_age else [])),
                gross=rests_on_age and _is_plainly_of_its_group(case, interruption),
            )


def _rests_on_an_unverified_age(case: Case, interruption: Interruption) -> bool:
    """Whether only adults, or only children, are premedicated there, and nobody has seen what an adult is."""
    limit = _adulthood(case).limit
    return limit is not None and limit.unverified and premedication_goes_by_age(interruption, case.regimen)


def _is_plainly_of_its_group(case: Case, interruption: Interruption) -> bool:
    """Whether the patient is a child, or an adult, wherever a text could divide them."""
    record = record_in(case)
    if record.age is None:
        return False
    child, adult = case.limits["child_in_every_text"].value, case.limits["adult_in_every_text"].value
    day = _time_of(interruption).date()
    return record.age.is_at_least(child, day) is False or record.age.is_at_least(adult, day) is True


def _whose(case: Case, interruption: Interruption) -> str:
    """Say as whom the patient is premedicated, where the regimen goes by age, and who says what an adult is."""
    if all(given.patients is None for given in case.regimen.premedication):
        return ""
    record = record_in(case)
    adulthood = _adulthood(case)
    minute = minutes_between(record.start, _time_of(interruption))
    groups, limit = adulthood.groups_at(minute), adulthood.limit
    if len(groups) != 1 or limit is None:
        return ""  # adults and children get it alike
    (group,), checked = groups, " (unverified)" if limit.unverified else ""
    return f", which the regimen gives to {group} on this occasion; adults are those of {limit} or more{checked}"


def _cycle(
    rule: Rule, case: Case, interruption: Interruption, decisions: tuple[Decision, ...]
) -> Iterator[Finding | NotEvaluated]:
    for decision in decisions:
        if decision.question is not Topic.CYCLE or interruption.cause not in ADVERSE_EVENTS:
            continue  # of another cause the label says nothing (I806)
        if not decision.evaluated:
            yield _missing_answer(case, decision)
        elif interruption.new_cycle is None:
            yield _missing("restart_in")
        elif interruption.new_cycle != decision.yes:
            yield case.finding(
                rule,
                (*interruption.path, "restart_in"),
                f"after an interruption of {_length_text(case, interruption)} the infusion went on in"
                f" {'a new cycle' if interruption.new_cycle else 'the same cycle'}",
                f"count it as {'a new cycle' if decision.yes else 'the same cycle, to 28 infusion days in all'}",
            )


restart = _each(_restart_and_rise)
premedication = _each(_premedication)
cycle = _each(_cycle)
long_stop = _each(_long_stop)
