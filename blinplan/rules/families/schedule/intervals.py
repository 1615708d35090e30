"""S303, S304: the treatment-free intervals between cycles, beside the label's or the documented one."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from blinplan.course.events import block_changes, interval_reasons
from blinplan.quantities import MINUTES_PER_DAY, decimal_text, duration_text
from blinplan.regimen.regimen import Cycle
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Phase
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import beside_label, severity_in_leukaemia, severity_of_length
from blinplan.rules.limits import Limit
from blinplan.rules.reference import Comparison
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

_ONE_CYCLE = NotEvaluated("not applicable", "there is one cycle, so no interval between cycles")


class _Interval(NamedTuple):
    """A treatment-free interval between cycles: after which cycle, what explains it, and how long it is elsewhere."""

    cycle: Cycle
    why: str | None
    limit: Limit

    @property
    def minutes(self) -> int:
        return self.cycle.treatment_free


def short_interval(rule: Rule, case: Case) -> Answer:
    """Intervals that are shorter, but for those that the file explains."""
    intervals = _intervals(case, _shortest_name)
    if not intervals:
        return _ONE_CYCLE
    short = [interval for interval in intervals if interval.minutes < interval.limit.minutes]
    return [_too_short(rule, case, interval) for interval in short if not _explained(case, interval)]


def _explained(case: Case, interval: _Interval) -> bool:
    """Whether the file itself says why an interval is what it is, and one so short was run."""
    return interval.cycle.interval_reason is not None and interval.minutes >= _least(case, interval)


def _least(case: Case, interval: _Interval) -> Fraction:
    """The minutes of the shortest interval that a reason explains: one that was run, and no less than half of it."""
    half = case.limits["part_of_label"].value * interval.limit.minutes
    return max(Fraction(case.limits["shortest_interval_run"].minutes), half)


def _too_short(rule: Rule, case: Case, interval: _Interval) -> Finding:
    limit, why, least = interval.limit, interval.why, int(_least(case, interval))
    was_run, by_run = interval.minutes >= least, _is_told_by_runs(case, interval)
    advice = f"give {limit} between cycles"
    if why:
        days = decimal_text(Fraction(least, MINUTES_PER_DAY))
        advice = _COMPARE if was_run else f"give at least {days} days, or waive this rule with the reason"
    severity = severity_of_length(case, interval.minutes, limit.minutes)
    return case.finding(
        rule,
        (*interval.cycle.path, "treatment_free_days"),
        f'{duration_text(interval.minutes)} without infusion after "{interval.cycle.name}"; {_in_words(interval)}'
        f"{_short_intervals_run(case, interval.cycle) if by_run else ''}" + (f". {why}" if why else ""),
        advice,
        severity=Severity.NOTE if why and was_run else severity,
        limits=(limit.name, "shortest_interval_run") if by_run else (limit.name,),
    )


def _is_told_by_runs(case: Case, interval: _Interval) -> bool:
    """Whether what studies ran decides: where the file gives a reason, or no label has an interval there."""
    shortest = case.limits["shortest_interval_run"].minutes
    explained = interval.why is not None or labelled.is_investigational(case)
    return interval.minutes < shortest or (explained and _least(case, interval) == shortest)


def _in_words(interval: _Interval) -> str:
    documented = interval.limit.name == _DOCUMENTED
    return f"the documented interval is {interval.limit}" if documented else f"the label has {interval.limit} there"


_DOCUMENTED = "treatment_free_interval"
_COMPARE = "compare it with the protocol that has this interval"


def _short_intervals_run(case: Case, cycle: Cycle) -> str:
    shortest = case.limits["shortest_interval_run"]
    if cycle.treatment_free < shortest.minutes:
        return f", and none under {shortest} was run"
    return f"; {shortest} were run in {shortest.source}"


def long_interval(rule: Rule, case: Case) -> Answer:
    """Intervals that are longer and that the file does not explain, or longer than any that was run."""
    intervals = _intervals(case, _longest_name)
    if not intervals:
        return _ONE_CYCLE
    most = case.limits["longest_interval_run"]
    long = [interval for interval in intervals if interval.minutes > interval.limit.minutes]
    never_run = [interval for interval in long if interval.why is not None and interval.minutes > most.minutes]
    unexplained = [interval for interval in intervals if interval.why is None]
    if not unexplained and not never_run:
        return NotEvaluated("not applicable", _explanation_of_all(case))
    found = [_too_long(rule, case, interval) for interval in long if interval.why is None]
    return [*found, *(_longer_than_any(rule, case, interval) for interval in never_run)]


def _longer_than_any(rule: Rule, case: Case, interval: _Interval) -> Finding:
    """An interval that the file explains, and that nobody ran: no reason opens the gate to any number."""
    most = case.limits["longest_interval_run"]
    return case.finding(
        rule,
        (*interval.cycle.path, "treatment_free_days"),
        f'{duration_text(interval.minutes)} without infusion after "{interval.cycle.name}"; {_in_words(interval)}, and'
        f" none over {most} was run. {interval.why}",
        f"give at most {most}, or waive this rule with the reason",
        limits=(interval.limit.name, most.name),
        severity=Severity.ERROR,
    )


def _explanation_of_all(case: Case) -> str:
    """Say what explains every interval between cycles."""
    of_file = "the file gives the reason of every interval between cycles"
    reasons = interval_reasons(case.regimen)
    return f"{of_file}, or another block begins after it" if block_changes(case.regimen).keys() - reasons else of_file


def _shortest_name(_: Cycle) -> str:
    return _DOCUMENTED


def _longest_name(cycle: Cycle) -> str:
    continued = cycle.phase is Phase.CONTINUED_THERAPY
    return "treatment_free_interval_continued" if continued else _DOCUMENTED


def _too_long(rule: Rule, case: Case, interval: _Interval) -> Finding:
    limit = interval.limit
    return case.finding(
        rule,
        (*interval.cycle.path, "treatment_free_days"),
        f'{duration_text(interval.minutes)} without infusion after "{interval.cycle.name}"; {_in_words(interval)}, and'
        f" B cells are documented not to recover for {case.limits[_DOCUMENTED]}",
        f"give at most {limit}, or waive this rule with the reason",
        limits=(limit.name,),
        severity=severity_in_leukaemia(case, interval.minutes, limit.minutes),
    )


def _intervals(case: Case, otherwise: Callable[[Cycle], str]) -> list[_Interval]:
    """The intervals between cycles, each beside the label's, or else the one of a name.

    Of a cycle that is repeated there is one for each length that the label has beside it.
    """
    laid = beside_label(case)
    explanations, course = case.once(_explanations), list(enumerate(case.regimen.one_by_one, start=1))
    found = dict[tuple[KeyPath, str], _Interval]()
    for number, cycle in course[:-1]:
        limit = case.limits[_labelled_name(case, laid, number) or otherwise(cycle)]
        found.setdefault((cycle.path, limit.name), _Interval(cycle, explanations.get(number), limit))
    return list(found.values())


def _labelled_name(case: Case, laid: Comparison | NotEvaluated, number: int) -> str | None:
    """The name of the label's interval after a cycle; None where it has none there, or nobody has seen it."""
    if isinstance(laid, NotEvaluated):
        return None
    beside = laid.reference.cycle_before_interval(number)
    name = None if beside is None else beside.limit
    return None if name is None or case.limits_unasked[name].unverified else name


def _explanations(case: Case) -> dict[int, str]:
    """By the number of a cycle, in a sentence, the file's reason for the interval after it, or that a block changes."""
    changes = {number: f"{change[0].upper()}{change[1:]}" for number, change in block_changes(case.regimen).items()}
    reasons = {number: f"The file's reason: {reason}" for number, reason in interval_reasons(case.regimen).items()}
    return {**changes, **reasons}
