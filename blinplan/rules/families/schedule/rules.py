"""S: is the timing of infusions, intervals and steps one that was studied."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from blinplan.course.events import block_changes, interval_reasons
from blinplan.quantities import duration_text
from blinplan.regimen.regimen import Cycle, Phase, Step
from blinplan.regimen.toml.document import KeyPath
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import Reference, labelled_reference, severity_of_length
from blinplan.rules.families.schedule.names import names_given_twice
from blinplan.rules.limits import Limit, number_text, shipped_limits
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

TITLE = "Schedule"


def _cycle(steps: str, free: int = 14, repeat: int = 2) -> str:
    return f'[[cycle]]\nname = "Cycle"\nrepeat = {repeat}\nsteps = [{steps}]\ntreatment_free_days = {free}'


def _one_step(days: int) -> str:
    return f'{{ dose = "28 mcg/day", days = {days} }}'


def _two_steps(first: int) -> str:
    return f'{{ dose = "9 mcg/day", hours = {first} }}, {{ dose = "28 mcg/day", hours = {672 - first} }}'


def _severity(case: Case, minutes: int, reference: int) -> Severity | None:
    """How bad another length than the label's is; None, the rule's own, where no label is followed."""
    return None if labelled.is_investigational(case) else severity_of_length(case, minutes, reference)


def _short_infusion(rule: Rule, case: Case) -> Iterator[Finding]:
    limit = case.limits["infusion_per_cycle"]
    for cycle in case.regimen.cycles:
        if case.limits["shortest_infusion_studied"].minutes <= cycle.infusion < limit.minutes:
            yield case.finding(
                rule,
                (*cycle.path, "steps"),
                f'"{cycle.name}" infuses {duration_text(cycle.infusion)}; a cycle infuses {limit}',
                f"make the steps add up to {limit}",
                severity=_severity(case, cycle.infusion, limit.minutes),
            )


def _long_infusion(rule: Rule, case: Case) -> Iterator[Finding]:
    limit, studied = case.limits["infusion_per_cycle"], case.limits["longest_infusion_studied"]
    for cycle in case.regimen.cycles:
        if cycle.infusion > limit.minutes:
            unknown = cycle.infusion > studied.minutes
            yield case.finding(
                rule,
                (*cycle.path, "steps"),
                f'"{cycle.name}" infuses {duration_text(cycle.infusion)}; a cycle infuses {limit}'
                + (f", and nothing over {studied} was studied" if unknown else ""),
                f"make the steps add up to {limit}",
                severity=Severity.ERROR if unknown else _severity(case, cycle.infusion, limit.minutes),
            )


class _Interval(NamedTuple):
    """A treatment-free interval between cycles: after which cycle, what explains it, and how long it is elsewhere."""

    cycle: Cycle
    why: str | None
    limit: Limit

    @property
    def minutes(self) -> int:
        return self.cycle.treatment_free


def _short_interval(rule: Rule, case: Case) -> Answer:
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
    limit, shortest, why = interval.limit, case.limits["shortest_interval_run"], interval.why
    was_run = interval.minutes >= _least(case, interval)
    advice = f"give {limit} between cycles"
    if why:
        advice = _COMPARE if was_run else f"give at least {shortest}, or waive this rule with the reason"
    severity = severity_of_length(case, interval.minutes, limit.minutes)
    return case.finding(
        rule,
        (*interval.cycle.path, "treatment_free_days"),
        f'{duration_text(interval.minutes)} without infusion after "{interval.cycle.name}"; the documented interval is'
        f" {limit}{_short_intervals_run(case, interval.cycle)}" + (f". {why}" if why else ""),
        advice,
        severity=Severity.NOTE if why and was_run else severity,
        limits=(limit.name, "shortest_interval_run"),
    )


_COMPARE = "compare it with the protocol that has this interval"


def _short_intervals_run(case: Case, cycle: Cycle) -> str:
    shortest = case.limits["shortest_interval_run"]
    if cycle.treatment_free < shortest.minutes:
        return f", and none under {shortest} was run"
    return f"; {shortest} were run in {shortest.source}"


def _long_interval(rule: Rule, case: Case) -> Answer:
    intervals = _intervals(case, _longest_name)
    if not intervals:
        return _ONE_CYCLE
    unexplained = [interval for interval in intervals if interval.why is None]
    if not unexplained:
        return NotEvaluated("not applicable", _explanation_of_all(case))
    return [_too_long(rule, case, interval) for interval in unexplained if interval.minutes > interval.limit.minutes]


def _explanation_of_all(case: Case) -> str:
    """Say what explains every interval between cycles."""
    of_file = "the file gives the reason of every interval between cycles"
    reasons = interval_reasons(case.regimen)
    return f"{of_file}, or another block begins after it" if block_changes(case.regimen).keys() - reasons else of_file


def _shortest_name(_: Cycle) -> str:
    return "treatment_free_interval"


def _longest_name(cycle: Cycle) -> str:
    continued = cycle.phase is Phase.CONTINUED_THERAPY
    return "treatment_free_interval_continued" if continued else "treatment_free_interval"


def _too_long(rule: Rule, case: Case, interval: _Interval) -> Finding:
    limit = interval.limit
    return case.finding(
        rule,
        (*interval.cycle.path, "treatment_free_days"),
        f'{duration_text(interval.minutes)} without infusion after "{interval.cycle.name}"; B cells are documented not'
        f" to recover for {case.limits['treatment_free_interval']}",
        f"give at most {limit}, or waive this rule with the reason",
        limits=(limit.name,),
        severity=_severity(case, interval.minutes, limit.minutes),
    )


def _intervals(case: Case, otherwise: Callable[[Cycle], str]) -> list[_Interval]:
    """The intervals between cycles, each beside the label's, or else the one of a name.

    Of a cycle that is repeated there is one for each length that the label has beside it.
    """
    reference = labelled_reference(case)
    explanations, course = _explanations(case), list(enumerate(case.regimen.one_by_one, start=1))
    found = dict[tuple[KeyPath, str], _Interval]()
    for number, cycle in course[:-1]:
        limit = case.limits[_labelled_name(case, reference, number, cycle) or otherwise(cycle)]
        known = found.get((cycle.path, limit.name))
        if known is None or known.why is not None:
            found[cycle.path, limit.name] = _Interval(cycle, explanations.get(number), limit)
    return list(found.values())


def _labelled_name(case: Case, reference: Reference | NotEvaluated, number: int, cycle: Cycle) -> str | None:
    """The name of the label's interval after a cycle; None where it has none there, or nobody has seen it."""
    if isinstance(reference, NotEvaluated):
        return None
    beside = reference.cycle_before_interval(number, cycle.phase)
    name = None if beside is None else beside.limit
    return None if name is None or case.limits_unasked[name].unverified else name


def _explanations(case: Case) -> dict[int, str]:
    """By the number of a cycle, in a sentence, the file's reason for the interval after it, or that a block changes."""
    changes = {number: f"{change[0].upper()}{change[1:]}" for number, change in block_changes(case.regimen).items()}
    reasons = {number: f"The file's reason: {reason}" for number, reason in interval_reasons(case.regimen).items()}
    return {**changes, **reasons}


def _early_escalation(rule: Rule, case: Case) -> Answer:
    limit = case.limits["escalation_after"]
    escalations = list(_escalations(case))
    if not escalations:
        return _NO_ESCALATION
    return [
        case.finding(
            rule,
            case.length_path(step),
            f"the dose goes from {step.dose} to {following.dose} after {duration_text(held)}",
            f"hold each step for at least {limit}",
        )
        for step, following, held in escalations
        if held < limit.minutes
    ]


def _short_step(rule: Rule, case: Case) -> Answer:
    limit, early = case.limits["step_length"], case.limits["escalation_after"]
    escalations = list(_escalations(case))
    if not escalations:
        return _NO_ESCALATION
    return [
        case.finding(
            rule,
            case.length_path(step),
            f"{step.dose} is held for {duration_text(held)} before the step up; T cells are back after 7 to 14 days"
            f"{_short_steps_run(case, held)}",
            f"hold it for {limit}, or waive this rule with the reason",
            severity=_severity(case, held, limit.minutes),
        )
        for step, _, held in escalations
        if early.minutes <= held < limit.minutes
    ]


def _short_steps_run(case: Case, held: int) -> str:
    run = [case.limits[name] for name in ("shorter_step_run", "shortest_step_run")]
    for limit in run:
        if held >= limit.minutes:
            return f". Steps of {limit} were run in {limit.source}"
    return f", and no step under {run[-1]} was run"


def _escalations(case: Case) -> Iterator[tuple[Step, Step, int]]:
    """Each step up inside a cycle: the step before, the step, and the minutes for which the dose before was held."""
    for cycle in case.regimen.cycles:
        held = 0
        for step, following in pairwise(cycle.steps):
            held += step.minutes
            if following.dose.amount > step.dose.amount:
                yield step, following, held
            if following.dose != step.dose:
                held = 0


def _many_cycles(rule: Rule, case: Case) -> Answer:
    limit = labelled.cycles(case)
    if limit is None:
        return labelled.NOT_LABELLED
    course = case.regimen.one_by_one
    total, optional = len(course), sum(cycle.optional for cycle in course)
    if total <= limit.value:
        return ()
    too_many = course[int(limit.value)] if total - optional <= limit.value else _beyond(course, limit)
    key = "repeat" if "repeat" in case.values(too_many.path) else "name"
    return (
        case.finding(
            rule,
            (*too_many.path, key),
            f"the regimen has {total} cycles{f', {optional} of them optional' if optional else ''}; the label has"
            f" {limit} for this indication",
            f"give at most {limit}, or waive this rule with the reason",
            severity=Severity.NOTE if total - optional <= limit.value else None,
            limits=(limit.name,),
        ),
    )


def _beyond(course: Sequence[Cycle], limit: Limit) -> Cycle:
    """The first cycle that everybody is given beyond a number of them."""
    return [cycle for cycle in course if not cycle.optional][int(limit.value)]


def _intermittent(rule: Rule, case: Case) -> Iterator[Finding]:
    limit = case.limits["shortest_infusion_studied"]
    for cycle in case.regimen.cycles:
        if cycle.infusion < limit.minutes:
            yield case.finding(
                rule,
                (*cycle.path, "steps"),
                f'"{cycle.name}" infuses {duration_text(cycle.infusion)}; no continuous infusion under {limit} was run',
                "infuse continuously over 28 days",
            )


_NO_ESCALATION = NotEvaluated("not applicable", "no cycle escalates")
_ONE_CYCLE = NotEvaluated("not applicable", "there is one cycle, so no interval between cycles")

RULES = (
    Rule(
        "S301",
        "short-infusion",
        "A cycle infuses less than 28 days.",
        Severity.WARNING,
        "The documented effects are those of a continuous infusion over 4 weeks.",
        limits=("infusion_per_cycle",),
        bad=_cycle(_one_step(27)),
        good=_cycle(_one_step(28)),
        check=_short_infusion,
    ),
    Rule(
        "S302",
        "long-infusion",
        "A cycle infuses more than 28 days; over 56 days is an error.",
        Severity.WARNING,
        "The documented effects are those of a continuous infusion over 4 weeks; nothing over 8 weeks was studied.",
        limits=("infusion_per_cycle", "longest_infusion_studied"),
        bad=_cycle(_one_step(29)),
        good=_cycle(_one_step(28)),
        check=_long_infusion,
    ),
    Rule(
        "S303",
        "short-interval",
        "The treatment-free interval between cycles is shorter than 14 days.",
        Severity.WARNING,
        "Cycles are separated by a 2-week treatment-free interval. Where the file gives the reason of an interval, one"
        " as short as some that were run is in order; where another block begins after it, that is a note.",
        limits=("treatment_free_interval", "shortest_interval_run", "part_of_label"),
        bad=_cycle(_one_step(28), free=13),
        good=_cycle(_one_step(28), free=14),
        check=_short_interval,
    ),
    Rule(
        "S304",
        "long-interval",
        f"The treatment-free interval between cycles is longer than {number_text('treatment_free_interval')}, or"
        f" {shipped_limits()['treatment_free_interval_continued'].value} in continued therapy.",
        Severity.WARNING,
        "That B cells do not recover is documented for the 2-week interval, not for a longer one. An interval whose"
        " reason the file gives, such as chemotherapy, or after which another block begins, may be longer.",
        limits=("treatment_free_interval", "treatment_free_interval_continued"),
        bad=_cycle(_one_step(28), free=15),
        good=_cycle(_one_step(28), free=14),
        check=_long_interval,
    ),
    Rule(
        "S305",
        "early-escalation",
        "The dose is escalated less than 48 hours after a start or a step.",
        Severity.ERROR,
        "Cytokines peak in the first 2 days and need 24 to 48 hours to return; a step before that stacks two peaks.",
        limits=("escalation_after",),
        bad=_cycle(_two_steps(47)),
        good=_cycle(_two_steps(168)),
        check=_early_escalation,
    ),
    Rule(
        "S306",
        "short-step",
        "A step is shorter than the 7 days in which T cells begin to return.",
        Severity.WARNING,
        "A step before the T cells are back redistributes them again; most steps that were run last 7 days.",
        limits=("step_length", "shorter_step_run", "shortest_step_run"),
        bad=_cycle(_two_steps(167)),
        good=_cycle(_two_steps(168)),
        check=_short_step,
    ),
    Rule(
        "S307",
        "more-cycles-than-labelled",
        "There are more cycles than the label has for the indication.",
        Severity.WARNING,
        "Nothing is documented about further cycles.",
        limits=("cycles_relapsed_refractory", "cycles_mrd_positive", "cycles_consolidation"),
        bad='indication = "mrd-positive"\n\n' + _cycle(_one_step(28), repeat=5),
        good='indication = "mrd-positive"\n\n' + _cycle(_one_step(28), repeat=4),
        check=_many_cycles,
    ),
    Rule(
        "S308",
        "intermittent-infusion",
        "The infusion is intermittent, not continuous.",
        Severity.ERROR,
        "The drug is gone hours after an infusion stops. Short infusions were given up early, for nervous-system"
        " toxicity without response (from memory, unverified).",
        limits=("shortest_infusion_studied",),
        bad=_cycle('{ dose = "28 mcg/day", hours = 4 }'),
        good=_cycle(_one_step(28)),
        check=_intermittent,
        waivable=False,
        sources=("Blinatumomab (Mechanism of Action), claim INF-1",),
    ),
    Rule(
        "S310",
        "cycle-name-given-twice",
        "Two cycles have one name.",
        Severity.WARNING,
        "On a ward a cycle is known by its name: of two that are called alike, the wrong one may be prepared.",
        limits=(),
        bad="\n\n".join([_cycle(_one_step(28), repeat=1).replace("Cycle", "Induction")] * 2),
        good=_cycle(_one_step(28), repeat=2),
        check=names_given_twice,
        sources=("The file format of regimens, `blinplan schema` (convention)",),
    ),
)
