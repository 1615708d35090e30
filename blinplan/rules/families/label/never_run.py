"""L013: lengths, steps and numbers of cycles that a departure states, and that nobody ever ran."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from blinplan.quantities import decimal_text, duration_text
from blinplan.regimen.regimen import Cycle, Step
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Disease
from blinplan.rules.checks.comparison import severity_of_length, severity_of_ratio
from blinplan.rules.checks.doses_run import population_in_words
from blinplan.rules.checks.doses_told import doses_told
from blinplan.rules.rule import Case, Finding, Rule

_OR_WAIVE = "or waive this rule with the reason"


def departures_never_run(rule: Rule, case: Case) -> Iterator[Finding]:
    """What a departure states that is shorter, longer, steeper or more often than anything that was run."""
    yield from _short_lengths(rule, case)
    yield from _long_intervals(rule, case)
    yield from _uneven_doses(rule, case)
    yield from _long_infusions(rule, case)
    yield from _many_cycles(rule, case)


# --- too short --------------------------------------------------------------------------------------------------------


def _short_lengths(rule: Rule, case: Case) -> Iterator[Finding]:
    """Steps and intervals that a departure states, shorter than any that was run."""
    course, early = case.regimen.one_by_one, case.limits_unasked["escalation_after"]
    for cycle in dict.fromkeys(course[:-1]):
        if cycle.departure is not None:
            path = (*cycle.path, "treatment_free_days")
            yield from _short(rule, case, path, cycle.treatment_free, "shortest_interval_run")
    for cycle in case.regimen.cycles:
        for step in cycle.steps[:-1]:
            if step.departure is not None and step.minutes >= early.minutes:
                yield from _short(rule, case, case.length_path(step), step.minutes, "shortest_step_run")


def _short(rule: Rule, case: Case, path: KeyPath, minutes: int, name: str) -> Iterator[Finding]:
    limit = case.limits[name]
    if minutes < limit.minutes:
        what = "an interval" if path[-1] == "treatment_free_days" else "a step"
        yield case.finding(
            rule,
            path,
            f"{what} of {duration_text(minutes)} is stated as a departure; none under {limit} was run",
            f"give at least {limit}, {_OR_WAIVE}",
            why=limit.says,
            limits=(name,),
        )


# --- too steep, or down -----------------------------------------------------------------------------------------------


def _uneven_doses(rule: Rule, case: Case) -> Iterator[Finding]:
    """Steps of a cycle that a departure states, up by more than was run, or down; D209 says it of those beside none."""
    told = set(doses_told(case))
    for cycle in case.regimen.cycles:
        for step, following in pairwise(cycle.steps):
            stated = step.departure is not None or following.departure is not None
            if stated and told.isdisjoint((step.path, following.path)):
                found = list(_uneven(rule, case, step, following))
                told |= {following.path for _ in found}  # the way up again from a dose too low is not told of
                yield from found


def _uneven(rule: Rule, case: Case, step: Step, following: Step) -> Iterator[Finding]:
    ratio, limit = following.dose.amount / step.dose.amount, case.limits["step_ratio"]
    if ratio < 1:
        how, why, within = "goes down inside a cycle", "no such step was run", ratio
    elif ratio > limit.value:
        how, why, within = f"rises {decimal_text(ratio, 1)} times", f"steps up to {limit} were run", ratio / limit.value
    else:
        return
    departing = step if following.departure is None else following
    yield case.finding(
        rule,
        (*departing.path, "dose"),
        f"beside a stated departure the dose {how}, from {step.dose} to {following.dose}; {why}",
        f"give steps that were run, {_OR_WAIVE}",
        why="A departure is stated for what it says; a digit too many or too few beside it is none.",
        severity=severity_of_ratio(case, within),
        limits=("step_ratio",),
        value=f"from {step.dose} to {following.dose}",
    )


# --- too long, or too often -------------------------------------------------------------------------------------------


def _long_intervals(rule: Rule, case: Case) -> Iterator[Finding]:
    for cycle in dict.fromkeys(case.regimen.one_by_one[:-1]):
        limit = case.limits["longest_interval_run"]
        if cycle.departure is not None and cycle.treatment_free > limit.minutes:
            yield case.finding(
                rule,
                (*cycle.path, "treatment_free_days"),
                f"an interval of {duration_text(cycle.treatment_free)} is stated as a departure; none above {limit} was"
                " run",
                f"give at most {limit}, {_OR_WAIVE}",
                why=limit.says,
                severity=severity_of_length(case, cycle.treatment_free, limit.minutes),
                limits=("longest_interval_run",),
            )


_LONGEST = {
    Disease.LEUKAEMIA: "longest_infusion_in_leukaemia",
    Disease.LYMPHOMA: "longest_infusion_in_lymphoma",
    Disease.AUTOIMMUNE: "longest_infusion_in_autoimmune",
}


def _long_infusions(rule: Rule, case: Case) -> Iterator[Finding]:
    """Cycles in which a departure is stated, and which infuse longer than any in these patients."""
    name = _LONGEST[case.regimen.disease]
    for cycle in case.regimen.cycles:
        limit = case.limits[name]
        if _states_departure(cycle) and cycle.infusion > limit.minutes:
            yield case.finding(
                rule,
                (*cycle.path, "steps"),
                f'"{cycle.name}" infuses {duration_text(cycle.infusion)}, beside a stated departure; no infusion above'
                f" {limit} was run in {population_in_words(case.regimen)}",
                f"infuse at most {limit}, {_OR_WAIVE}",
                why=limit.says,
                severity=severity_of_length(case, cycle.infusion, limit.minutes),
                limits=(name,),
            )


def _states_departure(cycle: Cycle) -> bool:
    return cycle.departure is not None or any(step.departure is not None for step in cycle.steps)


def _many_cycles(rule: Rule, case: Case) -> Iterator[Finding]:
    """More cycles than anybody was given, where a departure states them."""
    count, limit = case.regimen.most_cycles, case.limits["most_cycles_run"]
    last = case.regimen.cycles[-1]
    if count > limit.value and last.departure is not None:
        yield case.finding(
            rule,
            (*last.path, "repeat" if "repeat" in case.values(last.path) else "name"),
            f"the regimen has {count} cycles, stated as a departure; none of more than {limit} was run",
            f"give at most {limit}, {_OR_WAIVE}",
            why=limit.says,
            severity=severity_of_ratio(case, Fraction(count) / limit.value),
            limits=("most_cycles_run",),
            value=f"{count} cycles",
        )
