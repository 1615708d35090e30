"""D: is the dose one at which the drug is known to work, and that is known to be borne."""

from collections.abc import Iterator

from blinplan.quantities import Basis
from blinplan.regimen.vocabulary import Status
from blinplan.rules.families.dosing.depletion import depletion_not_documented, incomplete_depletion
from blinplan.rules.families.dosing.eligibility import patient_not_covered, patient_not_eligible
from blinplan.rules.families.dosing.maximum import above_highest_dose, above_label
from blinplan.rules.families.dosing.steps import high_start, uneven_steps, unlabelled_step
from blinplan.rules.families.dosing.weights import basis_and_weight
from blinplan.rules.limits import number_text
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

TITLE = "Doses"


def _cycle(steps: str) -> str:
    return f'[[cycle]]\nname = "Cycle 1"\nsteps = [{steps}]\ntreatment_free_days = 14'


def _steps(dose: str, cap: str = "") -> str:
    return _cycle(f'{{ dose = "{dose}"{cap}, days = 28 }}')


_CAP = ', max = "28 mcg/day"'


def _two_steps(first: str, second: str) -> str:
    return _cycle(f'{{ dose = "{first}", days = 7 }}, {{ dose = "{second}", days = 21 }}')


def _cap(rule: Rule, case: Case) -> Answer:
    if case.regimen.basis is Basis.FLAT:
        return NotEvaluated("not applicable", "the doses are flat, and a flat dose needs no cap")
    # Imported here, because a check of flat doses does not wait for it.
    from blinplan.rules.families.dosing.caps import wrong_caps

    return wrong_caps(rule, case)


_SOURCE = '[[sources]]\ncitation = "Protocol 12, section 4"\nstatus = "{}"\n\n'


def _unseen_sources(rule: Rule, case: Case) -> Iterator[Finding]:
    for number, source in enumerate(case.regimen.sources):
        if source.status is not Status.SEEN:
            yield case.finding(
                rule,
                ("sources", number, "status"),
                f"source {number + 1} of the doses is {source.status}; here every one has to be seen",
                "compare the doses with the cited text, and write `seen` where they are the same",
                value=f"{source.status}: {source.citation}",
            )


_IN_LYMPHOMA = 'indication = "investigational"\ndisease = "lymphoma"\n\n'
_FLAT_FROM = number_text("flat_from_weight")
RULES = (
    Rule(
        "D201",
        "incomplete-depletion",
        "The target dose is one at which incomplete B-cell depletion is documented.",
        Severity.ERROR,
        "At 0.5 and 1.5 mcg/m²/day B cells were not fully depleted.",
        limits=("incomplete_depletion",),
        bad=_IN_LYMPHOMA + _steps("1.5 mcg/m2/day", _CAP),
        good=_IN_LYMPHOMA + _steps("1.6 mcg/m2/day", _CAP),
        check=incomplete_depletion,
    ),
    Rule(
        "D202",
        "depletion-not-documented",
        "The target dose is not above the one from which full B-cell depletion is documented.",
        Severity.WARNING,
        "B cells fell to 10 per µL or fewer in the majority of patients at doses > 5 mcg/m²/day or > 9 mcg/day.",
        limits=("depletion_by_area", "depletion_flat"),
        bad=_IN_LYMPHOMA + _steps("5 mcg/m2/day", ', max = "9 mcg/day"'),
        good=_IN_LYMPHOMA + _steps("5.1 mcg/m2/day", _CAP),
        check=depletion_not_documented,
    ),
    Rule(
        "D203",
        "above-labelled-maximum",
        "A dose is above the labelled maximum.",
        Severity.WARNING,
        "Above the labelled dose the harm is known less well, and no more benefit is documented.",
        limits=("labelled_maximum_flat", "labelled_maximum_by_area"),
        bad='indication = "relapsed-refractory"\n\n' + _two_steps("9 mcg/day", "29 mcg/day"),
        good='indication = "relapsed-refractory"\n\n' + _two_steps("9 mcg/day", "28 mcg/day"),
        check=above_label,
    ),
    Rule(
        "D204",
        "above-highest-studied",
        "A dose is above the highest that was ever studied.",
        Severity.ERROR,
        "Nobody knows what such a dose does. The maximum tolerated dose in lymphoma was 60 mcg/m²/day.",
        limits=("highest_studied_flat", "highest_studied_by_area"),
        bad=_cycle('{ dose = "91 mcg/m2/day", max = "150 mcg/day", days = 28 }'),
        good=_cycle('{ dose = "15 mcg/m2/day", max = "28 mcg/day", days = 28 }'),
        check=above_highest_dose,
    ),
    Rule(
        "D205",
        "missing-or-other-cap",
        "A dose by body surface area has no cap, another one than the label's, or one that no patient reaches.",
        Severity.WARNING,
        f"Below {_FLAT_FROM} the label's doses are capped at those of adults.",
        limits=(
            *("cap_of_first_step", "cap_of_full_dose", "far_from_label"),
            *("largest_area", "smallest_area", "highest_studied_flat"),
        ),
        bad='indication = "mrd-positive"\n\n' + _cycle('{ dose = "15 mcg/m2/day", days = 28 }'),
        good=_steps("15 mcg/m2/day", _CAP),
        check=_cap,
    ),
    Rule(
        "D206",
        "basis-does-not-fit-weight",
        f"Flat doses admit patients below {_FLAT_FROM}, doses by body surface area patients of {_FLAT_FROM} or more, or"
        " the weight is one of hardly anybody.",
        Severity.ERROR,
        f"The flat dose is for patients of {_FLAT_FROM} and over; in a small child it is a multiple of the dose for its"
        " size.",
        limits=("flat_from_weight",),
        bad='indication = "mrd-positive"\n\n[eligibility]\nmin_weight_kg = 30\n\n' + _steps("28 mcg/day"),
        good='indication = "mrd-positive"\n\n[eligibility]\nmin_weight_kg = 45\n\n' + _steps("28 mcg/day"),
        check=basis_and_weight,
    ),
    Rule(
        "D207",
        "no-low-first-step",
        "In relapsed or refractory disease, cycle 1 begins above the label's low first step.",
        Severity.ERROR,
        "The low first step lowers the first release of cytokines, where the burden of disease is high.",
        limits=("first_step_flat", "first_step_by_area"),
        bad='indication = "relapsed-refractory"\n\n' + _steps("28 mcg/day"),
        good='indication = "relapsed-refractory"\n\n' + _two_steps("9 mcg/day", "28 mcg/day"),
        check=high_start,
    ),
    Rule(
        "D208",
        "step-without-label",
        "A low step where the label has none.",
        Severity.ERROR,
        "The label steps up in cycle 1 of relapsed or refractory disease, and nowhere else.",
        limits=("first_step_flat", "first_step_by_area"),
        bad='indication = "mrd-positive"\n\n' + _two_steps("9 mcg/day", "28 mcg/day"),
        good='indication = "mrd-positive"\n\n' + _steps("28 mcg/day"),
        check=unlabelled_step,
    ),
    Rule(
        "D209",
        "uneven-steps",
        "A step, or the next cycle, is more than four times the step before, or the dose goes down inside a cycle.",
        Severity.WARNING,
        "A large step releases cytokines again; a step down has no documented use.",
        limits=("step_ratio",),
        bad=_two_steps("6 mcg/day", "28 mcg/day"),
        good=_two_steps("7 mcg/day", "28 mcg/day"),
        check=uneven_steps,
    ),
    Rule(
        "D210",
        "mixed-bases",
        "Flat doses and doses by body surface area stand in one regimen.",
        Severity.ERROR,
        "The two are confused at the bedside.",
        limits=(),
        bad='[dosing]\nbasis = "flat"\n\n' + _steps("15 mcg/m2/day", _CAP),
        good='[dosing]\nbasis = "bsa"\n\n' + _steps("15 mcg/m2/day", _CAP),
        waivable=False,
        sources=("The file format of regimens, `blinplan schema` (convention)",),
    ),
    Rule(
        "D211",
        "patient-not-eligible",
        "The patient's weight or age is not one that the regimen is for.",
        Severity.ERROR,
        "A flat dose in a small child is a multiple of the dose for its size.",
        limits=("flat_from_weight",),
        bad="[eligibility]\nmin_weight_kg = 45\n\n" + _steps("28 mcg/day"),
        good="[eligibility]\nbelow_weight_kg = 45\n\n" + _steps("15 mcg/m2/day", _CAP),
        check=patient_not_eligible,
        waivable=False,
        patient="weight=38,height=140",
    ),
    Rule(
        "D212",
        "patient-not-covered-by-label",
        "The label does not cover the patient: younger than it speaks of, or too light for bags with preservative.",
        Severity.WARNING,
        "Of a newborn the label says nothing, and the preservative of the longer bags can harm a small infant.",
        limits=("youngest", "preservative_from_weight"),
        bad='indication = "mrd-positive"\n\n[eligibility]\nbelow_weight_kg = 45\n\n' + _steps("15 mcg/m2/day", _CAP),
        good="[eligibility]\nbelow_weight_kg = 45\n\n" + _steps("15 mcg/m2/day", _CAP),
        check=patient_not_covered,
        patient="weight=5.5,age=20 days",
    ),
    Rule(
        "D213",
        "doses-not-seen",
        "A source of the doses was not seen by anybody, and the project asks that every one is.",
        Severity.WARNING,
        "A dose that nobody has compared with its source may be a slip of whoever wrote it down.",
        limits=(),
        bad=_SOURCE.format("transcribed") + _steps("28 mcg/day"),
        good=_SOURCE.format("seen") + _steps("28 mcg/day"),
        check=_unseen_sources,
        by_default=False,
        sources=("The way sources are marked in regimen files (convention)",),
    ),
)
