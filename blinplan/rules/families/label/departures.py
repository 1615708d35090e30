"""L010 to L013: an investigational regimen beside what it departs from, and beside what was ever run."""

from collections.abc import Iterator

from blinplan.quantities import Basis
from blinplan.regimen.regimen import Departure, Step
from blinplan.regimen.vocabulary import Indication
from blinplan.rules.checks import labelled
from blinplan.rules.checks.departures import (
    OF_A_LABEL,
    Difference,
    base_named,
    beside_base,
    differences,
    is_beside_nothing,
    told_by_other_rules,
)
from blinplan.rules.checks.doses_run import (
    HighDose,
    doses_above_run,
    doses_below_run,
    population_in_words,
)
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

_STATE = "or state it there with a source: `departure = { reason = ..., source = ... }`"


def _no_base(rule: Rule, case: Case) -> Answer:
    regimen = case.regimen
    if regimen.indication is not Indication.INVESTIGATIONAL:
        return OF_A_LABEL
    meant = "rr-below-45-kg" if regimen.basis is Basis.BSA else "rr-adult"
    if regimen.departs_from is None:
        message = "the regimen is investigational, and names nothing that it departs from"
        advice = f'write departs_from = "{meant}", or another regimen of `blinplan regimens` that it was made from'
        return [case.finding(rule, ("indication",), message, advice)]
    if base_named(regimen.departs_from) is not None:
        return ()
    from blinplan.regimen import library

    message = f"{regimen.departs_from} is no regimen that comes with blinplan, so the regimen is laid beside nothing"
    nearest = library.nearest(regimen.departs_from)
    advice = f'write departs_from = "{nearest or meant}", or another regimen of `blinplan regimens`'
    return [case.finding(rule, ("departs_from",), message, advice, severity=Severity.ERROR)]


def _unstated_departure(rule: Rule, case: Case) -> Answer:
    laid = beside_base(case)
    if isinstance(laid, NotEvaluated):
        return laid
    found = [one for one in differences(case) if one.departure is None]
    told = {(*high.step.path, "dose") for high in doses_above_run(case)}
    own = [one for one in found if one.path not in told and not told_by_other_rules(case, one)]
    return [
        case.finding(rule, one.path, one.message, f"{one.advice}, {_STATE}", severity=one.severity)
        for one in own
        if not _follows_from_others(case, one, own)
    ]


def _follows_from_others(case: Case, difference: Difference, others: list[Difference]) -> bool:
    """Whether a cycle infuses more or less because of one of its steps, of which that is told."""
    if difference.path[-1] != "steps":
        return False
    return any(
        other.path[: len(difference.path)] == difference.path and other.path[-1] in {"days", "hours"}
        for other in others
    )


def _outside_what_was_run(rule: Rule, case: Case) -> Answer:
    if not labelled.is_investigational(case):
        return OF_A_LABEL
    found = [high for high in doses_above_run(case) if high.step.departure is None]
    return [*(_above(rule, case, high) for high in found if not _is_told(case, high.step)), *_too_low(rule, case)]


def _is_told(case: Case, step: Step) -> bool:
    """Whether a dose is above all that were ever studied, or has another unit, which other rules tell."""
    limits = case.limits_unasked
    return labelled.is_unit_slip(limits, step.dose) or (
        step.dose.amount > labelled.highest_studied(limits, step.dose.basis).value
    )


def _above(rule: Rule, case: Case, high: HighDose) -> Finding:
    return case.finding(
        rule,
        (*high.step.path, "dose"),
        _above_in_words(case, high),
        f"give at most {high.limit}; {_OTHER_PATIENTS}",
        why=high.limit.says,
        limits=(high.limit.name,),
    )


def _above_in_words(case: Case, high: HighDose) -> str:
    what = "the regimen begins at" if high.is_first else "the dose is"
    most = "no first step above" if high.is_first else "nothing above"
    return f"{what} {high.step.dose}; {most} {high.limit} was run in {population_in_words(case.regimen)}"


_OTHER_PATIENTS = "where it is tried in lymphoma or autoimmune disease, say so with `disease`"


def _too_low(rule: Rule, case: Case) -> Iterator[Finding]:
    """Doses of a regimen that is laid beside nothing, far below those of every regimen for leukaemia."""
    if not is_beside_nothing(case):
        return
    for step, limit in doses_below_run(case):
        yield case.finding(
            rule,
            (*step.path, "dose"),
            f"the dose is {step.dose}; in leukaemia no regimen that was run has less than {limit} there",
            f"give {limit}, or name with `departs_from` the regimen that has it otherwise; {_OTHER_PATIENTS}",
            limits=(limit.name, "far_from_label"),
        )


def _departure_from_nothing(rule: Rule, case: Case) -> Answer:
    laid = beside_base(case)
    departures = [one for one in case.regimen.departures if one.path[0] == "cycle"]  # of premedication C605 tells
    if not departures:
        return NotEvaluated("not applicable", "the file states no departure")
    # Imported here, because most regimens state none.
    from blinplan.rules.families.label.never_run import departures_never_run

    unheard = [*_high_doses(rule, case), *departures_never_run(rule, case)]
    if isinstance(laid, NotEvaluated):
        return unheard or laid
    stated = {one.departure.path for one in differences(case) if one.departure is not None}
    idle = [departure for departure in departures if departure.path not in stated]
    return [*unheard, *(_idle(rule, case, departure, laid.reference.name) for departure in idle)]


def _idle(rule: Rule, case: Case, departure: Departure, base: str) -> Finding:
    of = (
        "the dose, the cap and the length of this step are"
        if "steps" in departure.path
        else ("the interval and the days of infusion of this cycle are")
    )
    return case.finding(
        rule,
        departure.path,
        f"a departure is stated, and {of} those of {base}",
        "remove `departure`, or give here what it speaks of",
        severity=Severity.WARNING,
    )


def _high_doses(rule: Rule, case: Case) -> Iterator[Finding]:
    for high in doses_above_run(case):
        if high.step.departure is not None and not _is_told(case, high.step):
            yield case.finding(
                rule,
                (*high.step.path, "dose"),
                f"{_above_in_words(case, high)}, whatever {high.step.departure.source} says",
                f"give at most {high.limit}, or waive this rule with the reason; {_OTHER_PATIENTS}",
                why=high.limit.says,
                limits=(high.limit.name,),
            )


def _cycle(steps: str, free: int = 14, repeat: int = 1) -> str:
    return f'[[cycle]]\nname = "Cycle"\nrepeat = {repeat}\nsteps = [{steps}]\ntreatment_free_days = {free}'


def _two_steps(first: str) -> str:
    return f'{{ dose = "{first}", days = 7 }}, {{ dose = "28 mcg/day", days = 21 }}'


def _one_step(days: int) -> str:
    return f'{{ dose = "28 mcg/day", days = {days} }}'


_INVESTIGATIONAL = 'indication = "investigational"\n'
_FROM_ADULT = f'{_INVESTIGATIONAL}departs_from = "rr-adult"\n\n'
_FROM_MRD = _FROM_ADULT.replace("rr-adult", "mrd-adult")
_STATED = '\ndeparture = { reason = "Protocol 7 has it so", source = "none" }'

RULES = (
    Rule(
        "L010",
        "departs-from-nothing-named",
        "An investigational regimen does not name what it departs from, or names a regimen that there is not.",
        Severity.WARNING,
        "Laid beside what it was made from, a slip is told from what is meant; beside nothing, only what was never run"
        " is. Calling a labelled regimen investigational does not free it of its label.",
        limits=(),
        bad=_INVESTIGATIONAL + "\n" + _cycle(_two_steps("9 mcg/day")),
        good=_FROM_ADULT + _cycle(_two_steps("9 mcg/day")),
        check=_no_base,
        sources=("The file format of regimens, `blinplan schema` (convention)",),
    ),
    Rule(
        "L011",
        "unstated-departure",
        "A dose, a cap, a length or an interval is not that of the regimen departed from, and no departure is stated.",
        Severity.ERROR,
        "What is otherwise on purpose is stated where it stands, with a source; what is not stated is a slip until"
        " somebody says otherwise. Small differences are warnings, by the sizes that hold for labels.",
        limits=("far_from_label", "part_of_label"),
        bad=_FROM_MRD + _cycle(_one_step(13)),
        good=_FROM_MRD + _cycle(_one_step(13)) + _STATED,
        check=_unstated_departure,
    ),
    Rule(
        "L012",
        "outside-what-was-run",
        "A dose is above the highest that was run in these patients, or, in a regimen for leukaemia that is laid beside"
        " nothing, below two thirds of every one that was run.",
        Severity.ERROR,
        "Nobody knows what such a dose does in these patients.",
        limits=tuple(
            f"highest_{what}_in_{population}_{basis}"
            for population in ("leukaemia_adults", "leukaemia_children", "lymphoma", "autoimmune")
            for basis in ("flat", "by_area")
            for what in ("first_step", "dose")
        ),
        bad=_FROM_ADULT + _cycle(_two_steps("90 mcg/day")),
        good=_FROM_ADULT + _cycle(_two_steps("9 mcg/day")),
        check=_outside_what_was_run,
    ),
    Rule(
        "L013",
        "departure-not-as-stated",
        "A departure is stated where nothing departs, or leads beyond everything that was ever run in these patients.",
        Severity.ERROR,
        "A departure that is none hides what was meant; one that leads where nobody was needs more than a sentence.",
        limits=(
            *("shortest_interval_run", "longest_interval_run", "shortest_step_run", "step_ratio", "most_cycles_run"),
            *(f"longest_infusion_in_{disease}" for disease in ("leukaemia", "lymphoma", "autoimmune")),
        ),
        bad=_FROM_MRD + _cycle(_one_step(28), 1, 2) + _STATED,
        good=_FROM_MRD + _cycle(_one_step(28), 7, 2) + _STATED,
        check=_departure_from_nothing,
    ),
)
