"""What the rules about restarts ask. Apart from the rules, so that a check of regimens does not wait for it."""

from collections.abc import Callable, Iterable, Iterator

from blinplan.course.interruption import SEVERE, Decision, Question, decisions
from blinplan.quantities import duration_text
from blinplan.regimen.document import KeyPath
from blinplan.regimen.record import ADVERSE_EVENTS, Cause, Interruption
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule

Check = Callable[[Rule, Case, Interruption, tuple[Decision, ...]], Iterable[Finding | NotEvaluated]]


def _each(check: Check) -> Callable[[Rule, Case], Answer]:
    """Ask about every restart of a record; what could not be answered counts where nothing was found."""

    def asked(rule: Rule, case: Case) -> Answer:
        restarts = [one for one in case.interruptions if one.restarted is not None]
        if not restarts:
            return NotEvaluated("not applicable", "the record has no restart")
        answers = [answer for one in restarts for answer in check(rule, case, one, decisions(one, case.regimen))]
        found = [answer for answer in answers if isinstance(answer, Finding)]
        unknown = [answer for answer in answers if isinstance(answer, NotEvaluated)]
        return unknown[0] if unknown and not found else found

    return asked


def _missing(one: Interruption, key: str) -> NotEvaluated:
    return NotEvaluated("undecided", f"interruption {int(one.path[1]) + 1} does not say `{key}`")


def _restart(
    rule: Rule, case: Case, one: Interruption, asked: tuple[Decision, ...]
) -> Iterator[Finding | NotEvaluated]:
    if one.grade is None and one.cause in ADVERSE_EVENTS:
        yield _missing(one, "grade")
        return
    slow = case.limits["other_resolution"].minutes
    severe = one.grade is not None and one.grade >= SEVERE and one.cause is Cause.OTHER_EVENT
    if severe and one.resolved is None and (one.minutes or 0) > slow:
        yield _missing(one, "resolved")  # whether it took so long that the drug is stopped
    for decision in asked:
        if decision.stop:
            yield _restart_finding(rule, case, (*one.path, "restarted"), decision, "the infusion was restarted")
        elif decision.wait is not None and (held := one.minutes) is not None and held < decision.wait:
            message = f"the infusion was restarted after {duration_text(held)}"
            yield _restart_finding(rule, case, (*one.path, "restarted"), decision, message)
        elif decision.question is Question.WAIT and one.cause is Cause.NEUROLOGICAL and one.resolved is None:
            yield _missing(one, "resolved")
        elif decision.dose is not None and one.restart_dose is None:
            yield _missing(one, "restart_dose")
        elif decision.dose is not None and one.restart_dose != decision.dose:
            message = f"the infusion was restarted at {one.restart_dose}"
            yield _restart_finding(rule, case, (*one.path, "restart_dose"), decision, message)


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
        case Question.CONTINUE:
            return "to stop the drug for good"
        case Question.WAIT:
            return f"to hold it for {decision.answer}"
    return f"for {decision.answer}"


def _premedication(
    rule: Rule, case: Case, one: Interruption, asked: tuple[Decision, ...]
) -> Iterator[Finding | NotEvaluated]:
    for decision in asked:
        if decision.question is not Question.PREMEDICATION or not decision.yes:
            continue
        if one.premedicated is None:
            yield _missing(one, "premedicated")
        elif not one.premedicated:
            yield case.finding(
                rule,
                (*one.path, "premedicated"),
                f"the infusion was restarted after {duration_text(one.minutes or 0)} without premedication",
                f"give premedication before a restart after {case.limits['premedication_again']} or more",
            )


def _cycle(rule: Rule, case: Case, one: Interruption, asked: tuple[Decision, ...]) -> Iterator[Finding | NotEvaluated]:
    for decision in asked:
        if decision.question is not Question.CYCLE:
            continue
        if one.new_cycle is None:
            yield _missing(one, "restart_in")
        elif one.new_cycle != decision.yes:
            yield case.finding(
                rule,
                (*one.path, "restart_in"),
                f"after an interruption of {duration_text(one.minutes or 0)} the infusion went on in"
                f" {'a new cycle' if one.new_cycle else 'the same cycle'}",
                f"count it as {'a new cycle' if decision.yes else 'the same cycle, to 28 infusion days in all'}",
            )


restart = _each(_restart)
premedication = _each(_premedication)
cycle = _each(_cycle)
