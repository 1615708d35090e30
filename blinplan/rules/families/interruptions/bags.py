"""What the rule about bags asks. Apart from the rules, so that a check of regimens does not wait."""

from collections.abc import Iterator

from blinplan.course.events import Course
from blinplan.course.happened.decided import RecordError
from blinplan.course.happened.hung import NO_BAG, HungBag, WrongDose, wrong_bag_that_hangs, wrong_doses
from blinplan.course.patient import PatientError
from blinplan.quantities import decimal_text, duration_text
from blinplan.rules.families.interruptions.restarts import DOES_NOT_FIT, course_in, record_in
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule


def bags(rule: Rule, case: Case) -> Answer:
    """Find bags that gave another dose, ran too long, or were followed by none."""
    if not record_in(case).bags:
        return NotEvaluated("not applicable", "the record has no bags")
    try:
        course, hung = course_in(case)
    except RecordError:
        return DOES_NOT_FIT
    except PatientError as error:
        return NotEvaluated("undecided", str(error))
    return list(_wrong_doses(rule, case, course, hung))


def _wrong_doses(rule: Rule, case: Case, course: Course, hung: tuple[HungBag, ...]) -> Iterator[Finding]:
    hangs = wrong_bag_that_hangs(course, hung)
    for wrong in wrong_doses(course):
        bag = next(one for one in reversed(hung) if one.start <= wrong.event.period.start)
        if wrong.lack is None:
            yield _wrong(rule, case, wrong, bag, hangs=wrong == hangs)
        elif wrong.lack == NO_BAG:
            yield _none(rule, case, wrong, next(one for one in hung if one.start > bag.start))
        else:
            yield _empty(rule, case, wrong, bag)


def _wrong(rule: Rule, case: Case, wrong: WrongDose, bag: HungBag, *, hangs: bool) -> Finding:
    period, more = wrong.event.period, wrong.micrograms
    advice = "have the treating physician look at it now"
    hold = case.limits_unasked.get("overdose_hold")
    if more > 0 and hold is not None:
        advice = f"{advice}: after an overdose the label restarts at the right dose after {hold}"
    given, ordered, off = (decimal_text(one, 3) for one in (wrong.event.rate, wrong.ordered.rate, abs(more)))
    off = f"{off} mcg too {'much' if more > 0 else 'little'}"
    why = wrong.why_none_ordered
    given = f"{given} mcg/day {f'in place of {ordered}' if why is None else f'where none is ordered, as {why}'}"
    message = f"for {duration_text(period.minutes)} a bag gave {given}: {off}"
    if why is not None:
        advice = f"correct its time, or add the start of the cycle or the restart that it belongs to; or {advice}"
    if hangs:
        advice = f"take it down now and write when (`taken_down`); {advice}"
        message = (
            f"a wrong bag hangs and gives {given}: to the end of its hours, for {duration_text(period.minutes)}, {off}"
        )
    limits = ("overdose_hold",) if more > 0 and hold is not None else ()
    return case.finding(rule, (*bag.path, "dose"), message, advice, limits=limits)


def _empty(rule: Rule, case: Case, wrong: WrongDose, bag: HungBag) -> Finding:
    """A bag that hung longer than it could give something, or, where that is not known, than it was made for."""
    lasted, lacking = duration_text(wrong.event.period.minutes), decimal_text(abs(wrong.micrograms), 3)
    if bag.bag.millilitres is None:
        message = f"for {lasted} this bag hung beyond what it was made for: {lacking} mcg are not counted as given"
        advice = "correct the times, or add `fill_ml`: how many mL were in it"
    else:
        message = f"for {lasted} this bag hung empty: {lacking} mcg were not given"
        advice = "correct the times, or what was in it (`fill_ml`)"
    return case.finding(rule, (*bag.path, "taken_down"), message, advice, limits=())


def _none(rule: Rule, case: Case, wrong: WrongDose, following: HungBag) -> Finding:
    """Two bags that follow each other by their numbers, and between them none."""
    lasted, lacking = duration_text(wrong.event.period.minutes), decimal_text(abs(wrong.micrograms), 3)
    return case.finding(
        rule,
        (*following.path, "hung"),
        f"for {lasted} before this bag none hung, and the infusion is not said to have stopped: {lacking} mcg were not"
        " given",
        "add an [[interruption]] with its cause, or the bag that hung",
        limits=(),
    )
