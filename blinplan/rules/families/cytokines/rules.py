"""C: how high do the cytokines go, and is the patient prepared and watched."""

from blinplan.rules.checks.intervals import percent, too_few_patients
from blinplan.rules.families.cytokines.hospital import implausible_stays, short_stays
from blinplan.rules.families.cytokines.premedication.comparison import EQUAL_DOSES
from blinplan.rules.families.cytokines.premedication.differs import premedication_differs
from blinplan.rules.families.cytokines.premedication.missing import premedication_missing
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

TITLE = "Cytokines"

_PREMEDICATION = (
    '[premedication]\ndrug = "dexamethasone"\ndose = "20 mg"\nbefore = ["cycle-start", "escalation", "restart"]\n\n'
)


def _cycle(steps: str, repeat: int = 1) -> str:
    return f'[[cycle]]\nname = "Cycle"\nrepeat = {repeat}\nsteps = [{steps}]\ntreatment_free_days = 14'


def _due(what: str, dose: str) -> str:
    return f'[[due]]\nkind = "pre-phase"\nwhat = "{what}"\ndose = "{dose}"\ndays = [-3]\n\n' + _cycle(_FULL)


def _due_doses(rule: Rule, case: Case) -> Answer:
    if not case.regimen.due:
        return NotEvaluated("not applicable", "the file names nothing that is due besides")
    # Imported here, because most files name nothing.
    from blinplan.rules.families.cytokines.due import implausible_doses

    return implausible_doses(rule, case)


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
    (own_least, own_greatest), (least, greatest) = own.bounds, label.bounds
    if own_greatest <= factor * least:
        return ()
    if own_least <= factor * greatest:
        return too_few_patients(
            own.total,
            f"median first IL-6 peak {own_least:.3g} to {own_greatest:.3g} pg/mL",
            f"{factor * least:.3g} to {factor * greatest:.3g}",
        )
    return (
        case.finding(
            rule,
            (*case.regimen.cycles[0].steps[0].path, "dose"),
            f"the median first IL-6 peak is {own.value:.3g} pg/mL, {own.value / label.value:.1f} times that under"
            f" {name} ({label.value:.3g} pg/mL), in {own.total:,} virtual patients ({case.outcome.people})",
            "begin with a lower step, or waive this rule with the reason",
            value=case.text_at(("cycle", 0, "steps")),
        ),
    )


def _later_cycles(rule: Rule, case: Case) -> Answer:
    assert case.outcome is not None  # noqa: S101
    if not case.outcome.later_elevation:
        return NotEvaluated("not applicable", "there is one cycle, so no later one to compare with")
    limit = case.limits["later_cytokines"].fraction
    undecided: NotEvaluated | None = None
    for number, changed in enumerate(case.outcome.later_elevation, start=2):
        if case.outcome.bounds(changed)[1] <= limit or not (changed.total or case.outcome.is_early):
            continue
        if case.outcome.bounds(changed)[0] <= limit:
            undecided = too_few_patients(
                changed.total, f"raised in cycle {number} and not in cycle 1 {changed}", percent(limit)
            )
            continue
        return (_not_rarer(rule, case, case.outcome.people, number),)
    return undecided or ()


def _not_rarer(rule: Rule, case: Case, people: str, number: int) -> Finding:
    first = next(period for period in case.periods if period.cycle == number)
    return case.finding(
        rule,
        (*first.path, "dose"),
        f"IL-6 reaches five times baseline in more virtual patients in cycle {number} than in cycle 1 ({people})",
        "look at the doses of the two cycles, or waive this rule with the reason",
        value=f"{case.text_at(('cycle', 0, 'steps'))}; then {case.text_at((*first.path[:2], 'steps'))}",
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
        check=premedication_missing,
    ),
    Rule(
        "C604",
        "hospital-days-short",
        "The days in hospital do not cover the first 2 days after a start and a step, or are fewer than the label's, or"
        " than those of the regimen departed from.",
        Severity.WARNING,
        "Cytokines rise most in the first 2 days, and so do the first neurological events.",
        limits=("watched_days", "hospital_cycle_1_relapsed_refractory", "hospital_cycle_1_others", "hospital_cycle_2"),
        bad="[monitoring]\nhospital_days = [1]\n\n" + _cycle(_FULL),
        good="[monitoring]\nhospital_days = [2]\n\n" + _cycle(_FULL),
        check=short_stays,
    ),
    Rule(
        "C605",
        "premedication-differs",
        "The premedication is not the label's: its drug, dose, cap or time.",
        Severity.WARNING,
        "The label's corticosteroid is what lowered cytokine release in those who were given it.",
        limits=("premedication", "far_from_label", *EQUAL_DOSES.values()),
        bad='indication = "relapsed-refractory"\n\n' + _PREMEDICATION.replace("20 mg", "25 mg") + _cycle(_STEPPED),
        good='indication = "relapsed-refractory"\n\n' + _PREMEDICATION + _cycle(_STEPPED),
        check=premedication_differs,
    ),
    Rule(
        "C606",
        "hospital-days-implausible",
        "More days in hospital than a cycle has, far more than the label's or than those of the regimen departed from,"
        " or days in a cycle that there is not.",
        Severity.WARNING,
        "So long a stay is a slip of the pen in most files, and the days that are due are then not planned.",
        limits=("far_longer_stay", "longer_stay"),
        bad='indication = "mrd-positive"\n\n[monitoring]\nhospital_days = [30]\n\n' + _cycle(_FULL),
        good='indication = "mrd-positive"\n\n[monitoring]\nhospital_days = [3]\n\n' + _cycle(_FULL),
        check=implausible_stays,
    ),
    Rule(
        "C607",
        "due-dose-implausible",
        "A dose of a corticosteroid that is due besides, or one into the spinal canal, is one that nobody gives.",
        Severity.ERROR,
        "What stands in words is carried into orders and calendars as it is; ten times a dose is a slip of a digit, a"
        " thousand times one of a unit.",
        limits=(
            *("highest_steroid_flat", "highest_steroid_by_area"),
            *("highest_intrathecal", "highest_intrathecal_methotrexate"),
        ),
        bad=_due("dexamethasone", "10 g/m2 a day"),
        good=_due("dexamethasone", "10 mg/m2 a day, at most 24 mg"),
        check=_due_doses,
    ),
)
