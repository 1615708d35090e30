"""C: how high do the cytokines go, and is the patient prepared and watched."""

from collections.abc import Iterator, Sequence

from blinplan.label.read import label_of
from blinplan.regimen.regimen import AgeGroup, Occasion
from blinplan.rules.checks import labelled
from blinplan.rules.checks.intervals import percent, too_few_patients
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

TITLE = "Cytokines"

_PREMEDICATION = (
    '[premedication]\ndrug = "dexamethasone"\ndose = "20 mg"\nbefore = ["cycle-start", "escalation", "restart"]\n\n'
)


def _cycle(steps: str, repeat: int = 1) -> str:
    return f'[[cycle]]\nname = "Cycle"\nrepeat = {repeat}\nsteps = [{steps}]\ntreatment_free_days = 14'


_FULL = '{ dose = "28 mcg/day", days = 28 }'
_STEPPED = '{ dose = "9 mcg/day", days = 7 }, { dose = "28 mcg/day", days = 21 }'


def _high_peak(rule: Rule, case: Case) -> Answer:
    assert case.outcome is not None  # noqa: S101 - simulated rules run with an outcome only
    if case.outcome.labelled_peak is None:
        return NotEvaluated(
            "not applicable", "there is no labelled regimen for this indication whose doses have been seen"
        )
    name, label = case.outcome.labelled_peak
    own, factor = case.outcome.first_peak, case.limits["excess_of_cytokine"].fraction
    if own.high <= factor * label.low:
        return ()
    if own.low <= factor * label.high:
        return too_few_patients(
            own.total,
            f"median first IL-6 peak {own.low:.3g} to {own.high:.3g} pg/mL",
            f"{factor * label.low:.3g} to {factor * label.high:.3g}",
        )
    return (
        case.finding(
            rule,
            (*case.regimen.cycles[0].steps[0].path, "dose"),
            f"the median first IL-6 peak is {own.value:.3g} pg/mL, {own.value / label.value:.1f} times that under"
            f" {name} ({label.value:.3g} pg/mL), in {own.total:,} virtual patients ({case.outcome.population})",
            "begin with a lower step, or waive this rule with the reason",
        ),
    )


def _later_cycles(rule: Rule, case: Case) -> Answer:
    assert case.outcome is not None  # noqa: S101
    if not case.outcome.later_elevation:
        return NotEvaluated("not applicable", "there is one cycle, so no later one to compare with")
    limit = case.limits["later_cytokines"].fraction
    undecided: NotEvaluated | None = None
    for number, changed in enumerate(case.outcome.later_elevation, start=2):
        if not changed.total or changed.interval[1] <= limit:
            continue
        if changed.interval[0] <= limit:
            undecided = too_few_patients(
                changed.total, f"raised in cycle {number} and not in cycle 1 {changed}", percent(limit)
            )
            continue
        return (_not_rarer(rule, case, case.outcome.population, number),)
    return undecided or ()


def _not_rarer(rule: Rule, case: Case, population: str, number: int) -> Finding:
    first = next(period for period in case.periods if period.cycle == number)
    return case.finding(
        rule,
        (*first.path, "dose"),
        f"IL-6 reaches five times baseline in more virtual patients in cycle {number} than in cycle 1 ({population})",
        "look at the doses of the two cycles, or waive this rule with the reason",
    )


def _premedication(rule: Rule, case: Case) -> Answer:
    if not case.regimen.premedication:
        return NotEvaluated("not said", "the file says nothing of premedication")
    missing = {group: _missing_occasions(case, group) for group in AgeGroup if group in _groups(case)}
    if all(given.patients is None for given in case.regimen.premedication):
        # A file that tells no age groups apart is for the one whose premedication it has.
        return tuple(_not_premedicated(rule, case, min(missing.values(), key=len), ""))
    return tuple(
        finding
        for group, occasions in missing.items()
        for finding in _not_premedicated(rule, case, occasions, f" of {group}", group)
    )


def _groups(case: Case) -> frozenset[AgeGroup]:
    """The age groups to look at: those that the patient may belong to, where one was given."""
    if case.patient is None:
        return frozenset(AgeGroup)
    # Imported here, because a check for nobody in particular does not wait for it.
    from blinplan.course.adulthood import Adulthood, adult_from

    return Adulthood(
        adult_from(case.regimen, case.site, case.limits_unasked), case.patient.age, weight=case.patient.weight
    ).groups_at(0)


def _missing_occasions(case: Case, group: AgeGroup) -> tuple[Occasion, ...]:
    """The occasions on which premedication of an age group is due, and that none is declared for."""
    own = (given.occasions for given in case.regimen.premedication if given.is_for(group))
    declared, due = frozenset[Occasion]().union(*own), labelled.occasions(case, group)
    return tuple(o for o in Occasion if o in due and not declared & labelled.COVERED_BY[o])


def _not_premedicated(
    rule: Rule, case: Case, missing: Sequence[Occasion], whose: str, group: AgeGroup | None = None
) -> Iterator[Finding]:
    if not missing:
        return
    given = [given for given in case.regimen.premedication if group is None or given.is_for(group)]
    names = ", ".join(f'"{occasion}"' for occasion in missing)
    yield case.finding(
        rule,
        (*given[0].path, "before") if given else ("cycle", 0, "name"),
        f"no premedication{whose} is declared before {' and '.join(labelled.IN_WORDS[o] for o in missing)}",
        f"add {names} to `before` under [premedication]" if given else f"add [premedication] with `before = [{names}]`",
    )


def _hospital(rule: Rule, case: Case) -> Answer:
    if not case.regimen.hospital_days:
        return NotEvaluated("not said", "the file says nothing of days in hospital")
    found = [finding for number in (1, 2) for finding in _short_stay(rule, case, number)]
    if not found and labelled.hospital_limit(case, 1) is None and not labelled.is_investigational(case):
        return NotEvaluated(
            "unverified", f"{label_of(case.regimen)}, as far as it was seen, states no days in hospital"
        )
    return found


def _short_stay(rule: Rule, case: Case, number: int) -> Iterator[Finding]:
    given = case.regimen.hospital_days
    days, limits = labelled.hospital_days(case, number)
    planned = given[number - 1] if number <= len(given) else 0
    if planned < days:
        yield case.finding(
            rule,
            ("monitoring", "hospital_days"),
            f"{planned} days in hospital are planned in cycle {number}, and {days} are due",
            f"plan the first {days} days of cycle {number} in hospital under [monitoring]",
            limits=limits,
        )


RULES = (
    Rule(
        "C601",
        "high-first-peak",
        "Simulated: the median first peak of IL-6 is half as much again as under the labelled regimen, or more.",
        Severity.WARNING,
        "Cytokines rise most in the first 2 days after the start; the low first step of the label lowers that peak.",
        limits=("excess_of_cytokine",),
        bad='indication = "relapsed-refractory"\n\n' + _cycle(_FULL),
        good='indication = "relapsed-refractory"\n\n' + _cycle(_STEPPED),
        check=_high_peak,
        simulated=True,
    ),
    Rule(
        "C602",
        "later-cycles-not-rarer",
        "Simulated: IL-6 is elevated in more patients in a later cycle than in the first.",
        Severity.WARNING,
        "Cytokines rise in fewer patients, and less, in later cycles.",
        limits=("later_cytokines",),
        bad=_cycle('{ dose = "0.5 mcg/day", days = 28 }').replace('"Cycle"', '"Cycle 1"')
        + "\n\n"
        + _cycle('{ dose = "100 mcg/day", days = 28 }').replace('"Cycle"', '"Cycle 2"'),
        good=_cycle(_FULL, repeat=2),
        check=_later_cycles,
        simulated=True,
    ),
    Rule(
        "C603",
        "premedication-missing",
        "No premedication is declared before a start, a dose step, or a restart.",
        Severity.WARNING,
        "Dexamethasone lowers cytokine release; the label gives it before the first dose, a step and a restart.",
        limits=("premedication",),
        bad='[premedication]\ndrug = "dexamethasone"\ndose = "20 mg"\nbefore = ["escalation"]\n\n' + _cycle(_FULL),
        good=_PREMEDICATION + _cycle(_FULL),
        check=_premedication,
    ),
    Rule(
        "C604",
        "hospital-days-short",
        "The days in hospital do not cover the first 2 days after a start and a step, or are fewer than the label's.",
        Severity.WARNING,
        "Cytokines rise most in the first 2 days, and so do the first neurological events.",
        limits=("watched_days", "hospital_cycle_1_relapsed_refractory", "hospital_cycle_1_others", "hospital_cycle_2"),
        bad="[monitoring]\nhospital_days = [1]\n\n" + _cycle(_FULL),
        good="[monitoring]\nhospital_days = [2]\n\n" + _cycle(_FULL),
        check=_hospital,
    ),
)
