"""S: is the timing of infusions, intervals and steps one that was studied."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from blinplan.quantities import duration_text
from blinplan.regimen.regimen import Cycle, Step
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import (
    is_gross,
    severity_in_leukaemia,
    severity_of_ratio,
)
from blinplan.rules.checks.departures import (
    BESIDE_BASE,
    is_beside_nothing,
    is_laid_beside_base,
    unless_beside_base,
)
from blinplan.rules.families.schedule.infusions import long_infusion, short_infusion
from blinplan.rules.families.schedule.intervals import long_interval, short_interval
from blinplan.rules.families.schedule.names import names_given_twice
from blinplan.rules.limits import Limit, number_text, shipped_limits
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

TITLE = "Schedule"


def _cycle(steps: str, free: int = 14, repeat: int = 2) -> str:
    return f'[[cycle]]\nname = "Cycle"\nrepeat = {repeat}\nsteps = [{steps}]\ntreatment_free_days = {free}'


def _one_step(days: int) -> str:
    return f'{{ dose = "28 mcg/day", days = {days} }}'


def _two_steps(first: int, second: int) -> str:
    return f'{{ dose = "9 mcg/day", hours = {first} }}, {{ dose = "28 mcg/day", hours = {second} }}'


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
            value=f"{duration_text(held)}, then from {step.dose} to {following.dose}",
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
            severity=severity_in_leukaemia(case, held, limit.minutes),
            value=f"{duration_text(held)}, then from {step.dose} to {following.dose}",
        )
        for step, following, held in escalations
        if early.minutes <= held < limit.minutes
    ]


def _short_steps_run(case: Case, held: int) -> str:
    shorter, shortest = case.limits["shorter_step_run"], case.limits["shortest_step_run"]
    for limit in (shorter, shortest):
        if held >= limit.minutes:
            return f". Steps of {limit} were run in {limit.source}"
    return f", and no step under {shortest} was run"


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
    limit = labelled.cycles(case) or (case.limits["cycles_relapsed_refractory"] if is_beside_nothing(case) else None)
    if limit is None:
        return BESIDE_BASE if is_laid_beside_base(case) else labelled.NOT_LABELLED
    course = case.regimen.one_by_one
    total, optional = len(course), sum(cycle.optional for cycle in course)
    if total <= limit.value:
        return ()
    too_many = course[int(limit.value)] if total - optional <= limit.value else _beyond(course, limit)
    key = "repeat" if "repeat" in case.values(too_many.path) else "name"
    given = f"{total} cycles{f', {optional} of them optional' if optional else ''}"
    return (
        case.finding(
            rule,
            (*too_many.path, key),
            f"the regimen has {given}; {_has(case, limit)}",
            f"give at most {limit}, or waive this rule with the reason",
            severity=severity_of_ratio(case, total / limit.value),
            limits=(limit.name,),
            gross=is_gross(total / limit.value),
            value=given,
        ),
    )


def _has(case: Case, limit: Limit) -> str:
    labelled_here = not labelled.is_investigational(case)
    return f"the label has {limit} for this indication" if labelled_here else f"no label has more than {limit}"


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
                value=duration_text(cycle.infusion),
            )


def _optional_start(rule: Rule, case: Case) -> Answer:
    if not any(cycle.optional for cycle in case.regimen.cycles):
        return NotEvaluated("not applicable", "no cycle is optional")
    # Imported here, because most regimens are given to everybody as they are.
    from blinplan.rules.families.schedule.optional import optional_start

    return optional_start(rule, case)


_NO_ESCALATION = NotEvaluated("not applicable", "no cycle escalates")

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
        check=unless_beside_base(short_infusion),
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
        check=long_infusion,
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
        check=unless_beside_base(short_interval),
    ),
    Rule(
        "S304",
        "long-interval",
        f"The treatment-free interval between cycles is longer than {number_text('treatment_free_interval')}, or"
        f" {shipped_limits()['treatment_free_interval_continued'].value} in continued therapy.",
        Severity.WARNING,
        "That B cells do not recover is documented for the 2-week interval, not for a longer one. An interval whose"
        " reason the file gives, such as chemotherapy, or after which another block begins, may be as long as the"
        " longest that was run.",
        limits=("treatment_free_interval", "treatment_free_interval_continued", "longest_interval_run"),
        bad=_cycle(_one_step(28), free=15),
        good=_cycle(_one_step(28), free=14),
        check=unless_beside_base(long_interval),
    ),
    Rule(
        "S305",
        "early-escalation",
        "The dose is escalated less than 48 hours after a start or a step.",
        Severity.ERROR,
        "Cytokines peak in the first 2 days and need 24 to 48 hours to return; a step before that stacks two peaks.",
        limits=("escalation_after",),
        bad=_cycle(_two_steps(47, 625)),
        good=_cycle(_two_steps(168, 504)),
        check=_early_escalation,
    ),
    Rule(
        "S306",
        "short-step",
        "A step is shorter than the 7 days in which T cells begin to return.",
        Severity.WARNING,
        "A step before the T cells are back redistributes them again; most steps that were run last 7 days.",
        limits=("step_length", "shorter_step_run", "shortest_step_run"),
        bad=_cycle(_two_steps(167, 505)),
        good=_cycle(_two_steps(168, 504)),
        check=unless_beside_base(_short_step),
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
    Rule(
        "S311",
        "optional-start",
        "The first cycle is optional, or every cycle is.",
        Severity.WARNING,
        "Where every cycle is optional nobody is surely given one. Where the first is, some begin with the next, which"
        " is planned as one that follows it.",
        limits=(),
        bad=_cycle(_one_step(28)) + "\noptional = true\n\n" + _cycle(_one_step(28)).replace("Cycle", "Further"),
        good=_cycle(_one_step(28)) + "\n\n" + _cycle(_one_step(28)).replace("Cycle", "Further") + "\noptional = true",
        check=_optional_start,
        sources=("The file format of regimens, `blinplan schema` (convention)",),
    ),
)
