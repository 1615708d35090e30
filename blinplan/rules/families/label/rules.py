"""L: is the regimen the label's, step by step."""

from collections.abc import Iterator

from blinplan.label.label import Label
from blinplan.label.read import label_named, label_names
from blinplan.quantities import duration_text
from blinplan.regimen.vocabulary import Indication, Phase
from blinplan.rules.checks.comparison import beside_label, severity_of_length
from blinplan.rules.checks.dose_differences import dose_differences, is_reversed, told_by
from blinplan.rules.families.label import departures
from blinplan.rules.reference import StepPair, numbered_cycles
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

TITLE = "Label"


def _regimen(steps: str, phase: str = "induction") -> str:
    return (
        'indication = "relapsed-refractory"\n\n'
        f'[[cycle]]\nname = "Cycle 1"\nphase = "{phase}"\nsteps = [{steps}]\ntreatment_free_days = 14'
    )


def _two_steps(first: str, days: int, others: int = 21) -> str:
    return f'{{ dose = "{first}", days = {days} }}, {{ dose = "28 mcg/day", days = {others} }}'


_BY_AREA = (
    'indication = "{}"\n\n[[cycle]]\nname = "Cycle 1"\n'
    'steps = [{{ dose = "5 mcg/m2/day", max = "9 mcg/day", days = 7 }},'
    ' {{ dose = "15 mcg/m2/day", max = "28 mcg/day", days = 21 }}]\ntreatment_free_days = 14'
)
_FULL = '[[cycle]]\nname = "Cycle 1"\nsteps = [{ dose = "28 mcg/day", days = 28 }]\ntreatment_free_days = 14'


def _other_dose(rule: Rule, case: Case) -> Answer:
    return told_by(rule, case, "give the label's dose, or waive this rule with the reason")


def _long_first_step(rule: Rule, case: Case) -> Answer:
    laid = beside_label(case)
    if isinstance(laid, NotEvaluated):
        return laid
    pairs = [pair for pair in laid.pairs if pair.followed and not is_reversed(pair)]
    if not pairs:
        return NotEvaluated("not applicable", "no cycle steps up as the label's does")
    return [_too_long(rule, case, pair) for pair in pairs if pair.minutes > pair.reference.minutes]


def _too_long(rule: Rule, case: Case, pair: StepPair) -> Finding:
    labelled, limits = pair.reference.minutes, () if pair.reference.limit is None else (pair.reference.limit,)
    return case.finding(
        rule,
        case.length_path(pair.step),
        f"{pair.step.dose} is held for {duration_text(pair.minutes)} before the step up; the label holds it for"
        f" {duration_text(labelled)}",
        f"hold it for {duration_text(labelled)}, or waive this rule with the reason",
        limits=limits,
        severity=severity_of_length(case, pair.minutes, labelled),
        value=f"{duration_text(pair.minutes)} at {pair.step.dose}",
    )


def _other_phase(rule: Rule, case: Case) -> Answer:
    laid = beside_label(case)
    if isinstance(laid, NotEvaluated):
        return laid if laid.kind != "not applicable" else list(_out_of_order(rule, case))
    found = dict[int, Finding]()
    for numbers, cycle, beside in numbered_cycles(case.regimen, laid.reference):
        if cycle.phase is not None and beside.phase is not None and cycle.phase is not beside.phase:
            message = f"cycle {numbers[0]} is called {cycle.phase}; the label has {beside.phase} there"
            advice = f'write `phase = "{beside.phase}"`, or waive this rule with the reason'
            found.setdefault(id(cycle), case.finding(rule, (*cycle.path, "phase"), message, advice))
    if not found:
        return ()
    return () if _other_indications(case) else list(found.values())  # then the indication is wrong


def _other_indications(case: Case) -> list[Indication]:
    # Imported here, because most regimens have the schedule of their own indication.
    from blinplan.rules.checks.indications import other_indications

    return other_indications(case)


def _other_indication(rule: Rule, case: Case) -> Answer:
    differences = dose_differences(case.with_limits(case.limits_unasked))
    if isinstance(differences, NotEvaluated):
        return differences
    unseen = [one for one in differences if one.limit.unverified]
    if not unseen:  # the doses are the label's, or another rule tells of them
        return ()
    others = _other_indications(case)
    if not others:
        return ()
    meant = " or ".join(others)
    return [
        case.finding(
            rule,
            ("indication",),
            f"the regimen is for {case.regimen.indication}, and its doses, steps and intervals are those that the label"
            f" gives for {meant}",
            f'write `indication = "{others[0]}"`, or waive this rule with the reason',
            value=f"{case.regimen.indication} for the schedule of {meant}",
        )
    ]


def _no_schedule(rule: Rule, case: Case) -> Answer:
    laid = beside_label(case)
    if isinstance(laid, NotEvaluated) and laid.kind == "not applicable":
        return laid
    if not isinstance(laid, NotEvaluated):
        return ()
    message = f"the regimen is for {case.regimen.indication}, and {laid.reason}: no dose was laid beside it"
    ordering = _labels_with(case)
    write = f'write `label = "{ordering[0].name}"`, which orders it, ' if ordering else ""
    advice = f"{write}correct the indication or the ages, or waive this rule with the reason"
    return [case.finding(rule, ("indication",), message, advice)]


def _labels_with(case: Case) -> list[Label]:
    """The labels that have a schedule for the patients of a regimen."""
    return [label for label in map(label_named, label_names()) if label.schedule_for(case.regimen) is not None]


def _out_of_order(rule: Rule, case: Case) -> Iterator[Finding]:
    """Phases that come after a later one, in a regimen that no label speaks of."""
    order, latest = list(Phase), None
    for cycle in case.regimen.cycles:
        if latest is not None and cycle.phase is not None and order.index(cycle.phase) < order.index(latest):
            yield case.finding(
                rule,
                (*cycle.path, "phase"),
                f'"{cycle.name}" is {cycle.phase}, after {latest}',
                "put the phases in order, or waive this rule with the reason",
            )
        elif cycle.phase is not None:
            latest = cycle.phase


_SIZES = "A difference of more than one and a half times, or of less than two thirds, is an error."

RULES = (
    Rule(
        "L001",
        "other-dose-than-labelled",
        "A dose is not the one that the label gives at that step.",
        Severity.WARNING,
        f"The documented effects and harms are those of the label's doses. {_SIZES}",
        limits=("labelled_maximum_flat", "labelled_maximum_by_area", "first_step_flat", "first_step_by_area"),
        bad=_regimen(_two_steps("8 mcg/day", 7)),
        good=_regimen(_two_steps("9 mcg/day", 7)),
        check=_other_dose,
    ),
    Rule(
        "L002",
        "longer-first-step-than-labelled",
        "The low first step is longer than the label's.",
        Severity.WARNING,
        "As long as the first step lasts the full dose is not given. More than one and a half times as long is an"
        " error.",
        limits=("first_step_flat", "first_step_by_area", "far_from_label"),
        bad=_regimen(_two_steps("9 mcg/day", 8, 20)),
        good=_regimen(_two_steps("9 mcg/day", 7)),
        check=_long_first_step,
    ),
    Rule(
        "L003",
        "other-phase-than-labelled",
        "A cycle is called by another phase than the label has there, or phases are out of order.",
        Severity.WARNING,
        "The phase decides which interval follows, and a plan and its readers go by its name.",
        limits=(),
        bad=_regimen(_two_steps("9 mcg/day", 7), "consolidation"),
        good=_regimen(_two_steps("9 mcg/day", 7)),
        check=_other_phase,
        sources=("The phases of the label's schedule, and their order (convention)",),
    ),
    Rule(
        "L004",
        "label-without-schedule",
        "The label that the regimen follows, as far as it was seen, has no schedule for its patients.",
        Severity.ERROR,
        "What no label orders is laid beside nothing, and looks as sound as what agrees with one.",
        limits=(),
        bad='indication = "mrd-positive"\nlabel = "hk-2026"\n\n' + _FULL,
        good='indication = "mrd-positive"\nlabel = "us-2025"\n\n' + _FULL,
        check=_no_schedule,
        sources=("The texts of the labels, as far as they were seen (`blinplan values`)",),
    ),
    Rule(
        "L005",
        "schedule-of-another-indication",
        "The schedule is, step by step, the label's for another indication, and no dose of it is told by itself.",
        Severity.ERROR,
        "A regimen that is called by another indication is planned with the premedication and the days in hospital of"
        " other patients. Where a dose is told (D207, D208), the advice there names the likely indication.",
        limits=(),
        bad=_BY_AREA.format("consolidation"),
        good=_BY_AREA.format("relapsed-refractory"),
        check=_other_indication,
        sources=("The texts of the labels, as far as they were seen (`blinplan values`)",),
    ),
    *departures.RULES,
)
