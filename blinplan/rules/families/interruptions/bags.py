"""What the rule about bags asks. Apart from the rules, so that a check of regimens does not wait."""

from collections.abc import Iterator
from itertools import pairwise

from blinplan.course.events import Course, Event
from blinplan.course.happened.hung import HungBag, WrongDose, wrong_doses, wrong_now
from blinplan.course.happened.resumption import RecordError
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
    ordered = wrong_now(course, hung)
    return [
        *([_hangs_now(rule, case, hung[-1], ordered)] if ordered is not None else []),
        *(_wrong(rule, case, wrong, hung) for wrong in wrong_doses(course)),
        *(_too_long(rule, case, bag, course) for bag in hung if _minutes_infused(course, bag) > bag.bag.minutes),
        *_gaps(rule, case, course, hung),
    ]


def _hangs_now(rule: Rule, case: Case, hangs: HungBag, ordered: Event) -> Finding:
    return case.finding(
        rule,
        (*hangs.path, "dose"),
        f"the bag that hangs was made for {hangs.bag.dose}, and {decimal_text(ordered.rate, 3)} mcg/day are ordered",
        "have the treating physician look at it now, and add `taken_down` when it is",
    )


def _wrong(rule: Rule, case: Case, wrong: WrongDose, hung: tuple[HungBag, ...]) -> Finding:
    period, more = wrong.event.period, wrong.micrograms
    bag = next(one for one in hung if one.start <= period.start and (one.stop or period.stop) >= period.stop)
    advice = "have the treating physician look at it now"
    hold = case.limits_unasked.get("overdose_hold")
    if more > 0 and hold is not None:
        advice = f"{advice}: after an overdose the label restarts at the right dose after {hold}"
    given, ordered, off = (decimal_text(one, 3) for one in (wrong.event.rate, wrong.ordered.rate, abs(more)))
    return case.finding(
        rule,
        (*bag.path, "dose"),
        f"for {duration_text(period.minutes)} a bag gave {given} mcg/day in place of {ordered}: {off} mcg too"
        f" {'much' if more > 0 else 'little'}",
        advice,
        limits=("overdose_hold",) if more > 0 and hold is not None else (),
    )


def _minutes_infused(course: Course, bag: HungBag) -> int:
    """For how many minutes something was infused while a bag hung that was taken down."""
    spans = (
        min(event.period.stop, bag.stop or bag.start) - max(event.period.start, bag.start)
        for event in course.events
        if event.period.dose is not None
    )
    return sum(span for span in spans if span > 0)


def _too_long(rule: Rule, case: Case, bag: HungBag, course: Course) -> Finding:
    ran, made = duration_text(_minutes_infused(course, bag)), duration_text(bag.bag.minutes)
    message = f"a bag for {made} ran {ran}"
    return case.finding(rule, (*bag.path, "taken_down"), message, "correct the times, or the hours it was made for")


def _gaps(rule: Rule, case: Case, course: Course, hung: tuple[HungBag, ...]) -> Iterator[Finding]:
    """Two bags that follow by their numbers, and between them infusion of which nobody says where it came from."""
    for bag, following in pairwise(hung):
        one, other = bag.bag.number, following.bag.number
        if bag.stop is None or one is None or other not in {one, one + 1} or bag.stop >= following.start:
            continue
        if lacking := _minutes_infused(course, HungBag(bag.stop, following.start, bag.bag)):
            yield case.finding(
                rule,
                (*following.path, "hung"),
                f"for {duration_text(lacking)} before this bag none hung, and the infusion is not said to have stopped",
                "add the bag that hung, or an interruption with its cause",
            )
