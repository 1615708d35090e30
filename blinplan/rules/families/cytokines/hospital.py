"""What the rules ask of the days in hospital: no fewer than are due, and no more than anybody means."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_DAY, plural
from blinplan.regimen.regimen import Cycle
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Disease
from blinplan.rules.checks import labelled
from blinplan.rules.checks.departures import beside_base
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

_NOTHING_SAID = NotEvaluated("not said", "the file says nothing of days in hospital")


def short_stays(rule: Rule, case: Case) -> Answer:
    """Find stays in hospital that end before the risk does, or before the label's."""
    given, course = case.regimen.hospital_days, case.regimen.one_by_one
    if not given:
        return _NOTHING_SAID
    due = range(1, min(2, len(course)) + 1)
    found = [finding for number in due if number <= len(given) for finding in _short_stay(rule, case, number)]
    if found:
        return found
    if labelled.hospital_limit(case, 1) is None and not labelled.is_investigational(case):
        return NotEvaluated(
            "unverified", f"{label_of(case.regimen)}, as far as it was seen, states no days in hospital"
        )
    unsaid = [number for number in due if number > len(given)]
    return _unsaid(unsaid[0]) if unsaid else ()


def _unsaid(number: int) -> NotEvaluated:
    return NotEvaluated("not said", f"the file says nothing of days in hospital in cycle {number}")


def _short_stay(rule: Rule, case: Case, number: int) -> Iterator[Finding]:
    planned = case.regimen.hospital_days[number - 1]
    due, limits = labelled.hospital_days(case, number)
    base = _of_base(case, number)
    has_them = f" ({base.whose} has them)" if base is not None and base.days >= due else ""
    due = due if base is None else max(due, base.days)
    if planned < due:
        yield case.finding(
            rule,
            _place(number),
            f"{_plan_in_words(planned, number)}, and {due} are due{has_them}",
            f"plan the first {_days(due)} of cycle {number} in hospital",
            limits=limits,
            severity=_severity_of_short(case, number, planned),
        )


def _severity_of_short(case: Case, number: int, planned: int) -> Severity | None:
    """No day at all at the first start is an error in leukaemia, by whatever indication the file calls it."""
    if not planned and number == 1 and case.regimen.disease is Disease.LEUKAEMIA:
        return Severity.ERROR
    stay, far = _stay_beside(case, number), case.limits["far_from_label"].value
    return Severity.ERROR if stay is not None and planned * far < stay.days else None


class _Stay(NamedTuple):
    """The days in hospital that a stay is held to: those of the label, or of the regimen departed from."""

    whose: str
    days: int


def _stay_beside(case: Case, number: int) -> _Stay | None:
    """What the stay of a cycle is held to; None where neither a label nor a base has days for it."""
    limit = labelled.hospital_limit(case, number)
    return _of_base(case, number) if limit is None else _Stay("the label", ceil(limit.value))


def _of_base(case: Case, number: int) -> _Stay | None:
    """The days of the regimen departed from; None where the cycle or a step of it states that it departs."""
    laid = beside_base(case)
    if isinstance(laid, NotEvaluated):
        return None
    from blinplan.regimen import library

    base = library.regimen(laid.reference.name)
    cycle = case.regimen.one_by_one[number - 1]
    stated = cycle.departure is not None or any(step.departure is not None for step in cycle.steps)
    if stated or number > len(base.hospital_days):
        return None
    return _Stay(base.name, base.hospital_days[number - 1])


def implausible_stays(rule: Rule, case: Case) -> Answer:
    """Find stays in hospital that no cycle has room for, that are a multiple of the label's, or of no cycle."""
    if not case.regimen.hospital_days:
        return _NOTHING_SAID
    return [
        finding
        for number, days in enumerate(case.regimen.hospital_days, start=1)
        for finding in _implausible_stay(rule, case, number, days)
    ]


def _implausible_stay(rule: Rule, case: Case, number: int, days: int) -> Iterator[Finding]:
    course = case.regimen.one_by_one
    if number > len(course):
        yield from [_of_no_cycle(rule, case, number, days)] if days else []
        return
    cycle = course[number - 1]
    if days > _days_of(cycle):
        yield _longer_than_cycle(rule, case, number, days)
    elif not _is_whole_infusion(cycle, days):
        yield from _far_above(rule, case, number, days)


def _of_no_cycle(rule: Rule, case: Case, number: int, days: int) -> Finding:
    total = len(case.regimen.one_by_one)
    return case.finding(
        rule,
        _place(number),
        f"{_plan_in_words(days, number)}, and the regimen has {total} {plural('cycle', total)}",
        "leave out the days of cycles that there are not",
        limits=("watched_days",),
    )


def _longer_than_cycle(rule: Rule, case: Case, number: int, days: int) -> Finding:
    cycle = case.regimen.one_by_one[number - 1]
    whole = _days_of(cycle)
    due, limits = labelled.hospital_days(case, number) if number <= 2 else (0, ("watched_days",))
    asked = f"; {due} are due" if due else ""
    return case.finding(
        rule,
        _place(number),
        f"{_plan_in_words(days, number)}, which lasts {_days(whole)} with the interval{asked}",
        f"plan {_days(due)}, or as many as are meant" if due else "plan as many as are meant",
        severity=Severity.ERROR,
        limits=limits,
        value=f"{days} of {whole}",
    )


def _days_of(cycle: Cycle) -> int:
    """The days of a cycle with its interval, the last of which may end early."""
    return ceil(Fraction(cycle.infusion + cycle.treatment_free, MINUTES_PER_DAY))


def _is_whole_infusion(cycle: Cycle, days: int) -> bool:
    """Whether a stay is that of the whole infusion, which some hospitals mean."""
    return cycle.infusion <= days * MINUTES_PER_DAY < cycle.infusion + MINUTES_PER_DAY


def _far_above(rule: Rule, case: Case, number: int, days: int) -> Iterator[Finding]:
    """A stay of many times the label's, or the base's; after the cycles that they have days for, of their last."""
    times, more = case.limits["far_longer_stay"], case.limits["longer_stay"]
    if days <= more.value:  # as most are
        return
    beside = next((stay for n in range(number, 0, -1) if (stay := _stay_beside(case, n)) is not None), None)
    if beside is None:
        return
    due, limits = labelled.hospital_days(case, number)
    due = max(due, beside.days)
    if days > times.value * due and days > due + more.value:
        last = "" if _stay_beside(case, number) is not None else ", the last that are stated,"
        yield case.finding(
            rule,
            _place(number),
            f"{_plan_in_words(days, number)}; {beside.whose}'s{last} are {_days(due)}",
            f"plan {_days(due)}, or waive this rule with the reason",
            limits=(*limits, times.name, more.name),
        )


def _place(number: int) -> KeyPath:
    return "monitoring", "hospital_days", number - 1


def _plan_in_words(days: int, number: int) -> str:
    return f"{_days(days)} in hospital {'is' if days == 1 else 'are'} planned in cycle {number}"


def _days(number: int) -> str:
    return f"{number} {plural('day', number)}"
