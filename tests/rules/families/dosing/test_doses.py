"""D201 to D212 but for caps, word for word: doses, patients and weights at each limit, beside each label and none."""

from fractions import Fraction

import pytest

from blinplan.course.patient import BodySurfaceArea, Patient
from blinplan.regimen import library
from blinplan.regimen.age import read_age
from blinplan.rules.configuration.settings import DEFAULTS, ChangedLimit, Settings
from tests.regimen_text import cycle, regimen_text
from tests.rules.families.examples import limits_of, said, verdict_on, words_of
from tests.rules.families.heads_and_outcomes import CONSOLIDATION, MRD, RELAPSED, STEPPED

LYMPHOMA = 'indication = "investigational"\ndisease = "lymphoma"\n\n'
DEPARTING = 'indication = "investigational"\ndeparts_from = "{}"\n\n'
HONG_KONG = 'indication = "{}"\nlabel = "hk-2026"\n\n'
WAIVE = ", or waive this rule with the reason"


def given(*parts: str) -> str:
    return cycle(*(f"{part} days" for part in parts))


def changed(name: str, value: int) -> Settings:
    return DEFAULTS._replace(changes=(ChangedLimit(name, Fraction(value), "blinplan.toml:2", "Ward 7"),))


STATED = ', departure = { reason = "as in the trial", source = "none" }, days'


def of_area(area: str) -> Patient:
    return Patient(area=BodySurfaceArea(Fraction(area), ""))


# --- D202: the target dose --------------------------------------------------------------------------------------------


def target(
    severity: str, dose: str, label: str = "", at: str = "0.steps.0", of: str = "", unit: str = "mcg/day"
) -> str:
    """A target dose at or below the one from which depletion is documented, as D202 tells it."""
    limit = "9" if unit == "mcg/day" else "5"
    exact = dose == limit
    words = (
        "exactly on the threshold of full B-cell depletion"
        if exact
        else f"full B-cell depletion is documented above {limit} {unit}"
    )
    between = ", " if exact else "; "
    beside = f"; the label gives {label} {unit}" if label else ""
    otherwise = f"choose a target dose above {limit} {unit}" if exact else f"raise the target dose above {limit} {unit}"
    advice = f"give {label} {unit}" if label else otherwise
    message = f"the target dose{of} is {dose} {unit}{between}{words}{beside}"
    return f"{severity} at cycle.{at}.dose | {message} | {advice}{WAIVE}"


SECOND = ' of "Cycle 2"'


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (RELAPSED + STEPPED, []),
        (RELAPSED + given("9 mcg/day for 28"), [target("error", "9", "28")]),
        (RELAPSED + given("8.9 mcg/day for 28"), [target("error", "8.9", "28")]),
        (RELAPSED + given("9.1 mcg/day for 28"), []),
        # The label gives the first of two equal steps itself; the second is the one that is too low.
        (RELAPSED + given("9 mcg/day for 7", "9 mcg/day for 21"), [target("error", "9", "28", "0.steps.1")]),
        (RELAPSED + STEPPED + given("9 mcg/day for 28"), [target("error", "9", "28", "1.steps.0", SECOND)]),
        (
            RELAPSED + given("8 mcg/day for 28") + given("9 mcg/day for 28"),
            [target("error", "8", "28"), target("error", "9", "28", "1.steps.0", SECOND)],
        ),
        (MRD + given("6 mcg/day for 7", "8 mcg/day for 21"), [target("error", "8", "28", "0.steps.1")]),
        (RELAPSED + given("8 mcg/day for 7", "9 mcg/day for 21"), [target("error", "9", "28", "0.steps.1")]),
        (given("9 mcg/day for 28"), [target("error", "9")]),
        (given("8 mcg/day for 28"), [target("error", "8")]),
        (LYMPHOMA + given("9 mcg/day for 28"), [target("warning", "9")]),
        (DEPARTING.format("e1910") + given("28 mcg/day for 28"), []),
        (HONG_KONG.format("mrd-positive") + given("9 mcg/day for 28"), [target("error", "9")]),
        (HONG_KONG.format("relapsed-refractory") + given("9 mcg/day for 28"), [target("error", "9", "28")]),
        (MRD + given("5 mcg/m2/day for 28"), [target("error", "5", "15", unit="mcg/m²/day")]),
        (MRD + given("1.6 mcg/m2/day for 28"), [target("error", "1.6", "15", unit="mcg/m²/day")]),
        (MRD + given("1.5 mcg/m2/day for 28"), []),  # D201 says it
    ],
)
def test_a_target_dose_is_one_at_which_depletion_is_documented(lines: str, found: list[str]) -> None:
    assert said("D202", lines) == found


@pytest.mark.parametrize(
    ("dose", "severity", "label"), [("4.9", "error", "15"), ("4.99", "error", "15"), ("5", "warning", "")]
)
def test_a_labelled_dose_that_nobody_has_seen_is_told_where_the_target_is_less_than_a_third(
    dose: str, severity: str, label: str
) -> None:
    text = library.load("consolidation-below-45-kg").document.text.replace("15 mcg/m2/day", f"{dose} mcg/m2/day")
    found = list(words_of(verdict_on("D202", text)))
    assert found == [target(severity, dose, label, unit="mcg/m²/day")]


@pytest.mark.parametrize(
    ("dose", "severity", "label"),
    [("18", "error", "28"), ("20", "warning", "28"), ("28", "", ""), ("30", "warning", ""), ("40", "warning", "")],
)
def test_no_lower_labelled_dose_is_advised_where_a_project_asks_for_more(dose: str, severity: str, label: str) -> None:
    """A project that holds depletion to be documented above 40 mcg/day; what the label gives itself is not told."""
    found = said("D202", MRD + given(f"{dose} mcg/day for 28"), settings=changed("depletion_flat", 40))
    assert [line.split(" at ")[0] for line in found] == ([severity] if severity else [])
    assert all(("the label gives 28 mcg/day" in line) is bool(label) for line in found)
    assert all((" | give 28 mcg/day," in line) is bool(label) for line in found)


# --- D203 and D204: above the label -----------------------------------------------------------------------------------


def above(severity: str, dose: str, more: str = "", at: str = "0.steps.0", *, of_label: bool = True) -> str:
    advice = "give the label's dose" if of_label else "give at most 28 mcg/day"
    message = f"the dose is {dose} mcg/day; the label gives at most 28 mcg/day{more}"
    return f"{severity} at cycle.{at}.dose | {message} | {advice}{WAIVE}"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (MRD + given("28 mcg/day for 28"), []),
        (MRD + given("29 mcg/day for 28"), [above("warning", "29")]),
        (MRD + given("42 mcg/day for 28"), [above("warning", "42")]),
        (MRD + given("42.1 mcg/day for 28"), [above("error", "42.1")]),
        (MRD + given("84 mcg/day for 28"), [above("error", "84")]),
        (MRD + given("84.1 mcg/day for 28"), [above("gross error", "84.1")]),
        (MRD + given("168.84 mcg/day for 28"), [above("gross error", "168.84")]),
        (MRD + given("168.85 mcg/day for 28"), []),  # D204 says it
        (
            RELAPSED + given("29 mcg/day for 7", "30 mcg/day for 21"),
            [above("gross error", "29", ", and 9 mcg/day in cycle 1"), above("warning", "30", at="0.steps.1")],
        ),
        (given("29 mcg/day for 28"), []),  # L012 says it
        (LYMPHOMA + given("9 mcg/day for 7", "28 mcg/day for 21"), []),
        (
            LYMPHOMA + given("9 mcg/day for 7", "112 mcg/day for 21"),
            [above("warning", "112", at="0.steps.1", of_label=False)],
        ),
        (DEPARTING.format("mrd-adult") + given("29 mcg/day for 28"), []),  # L011 says it
        (DEPARTING.format("mrd-adult") + given("29 mcg/day for 28").replace(", days", STATED), []),  # the file says why
        *(
            (
                HONG_KONG.format("mrd-positive") + given(f"{dose} mcg/day for 28"),
                [above(severity, dose, of_label=False)] if severity else [],
            )
            for dose, severity in (
                *(("28", ""), ("29", "warning"), ("42", "warning"), ("42.1", "error"), ("84", "error")),
                *(("84.1", "gross error"), ("168.84", "gross error"), ("168.85", "")),
            )
        ),
    ],
)
def test_a_dose_is_no_more_than_the_label_s(lines: str, found: list[str]) -> None:
    assert said("D203", lines) == found


def in_patient(dose: str, rate: str, area: str, at: int = 0) -> str:
    message = f"the dose is {dose} mcg/m²/day, {rate} mcg/day in this patient of {area}; the label gives at most"
    value = f"{dose} mcg/m²/day at {area} | {dose} mcg/m²/day is {rate} mcg/day at {area}"
    cap = 'add `max = "28 mcg/day"`, the label\'s cap'
    return f"warning at cycle.{at}.steps.0.dose | {message} 28 mcg/day | {cap} | {value}"


def uncapped(*doses: str) -> str:
    steps = (f'steps = [{{ dose = "{dose} mcg/m2/day", days = 28 }}]' for dose in doses)
    cycles = (f'[[cycle]]\nname = "C{at}"\n{step}\ntreatment_free_days = 14\n' for at, step in enumerate(steps))
    return "\n".join(cycles)


TWO = "2.000 m²"


def test_a_dose_by_area_comes_to_no_more_than_the_label_s_in_the_patient() -> None:
    """14 mcg/m² are 28 mcg/day at 2 m²; a dose above 15 mcg/m² is told as it is ordered, or by other rules."""
    lines = uncapped("15.1", "14.5", "14", "14.0003")
    assert said("D203", lines, patient=of_area("2")) == [
        in_patient("14.5", "29", f"{TWO} ()", 1),
        in_patient("14.0003", "≈ 28.001", f"{TWO} ()", 3),
    ]
    assert limits_of("D203", lines, patient=of_area("2")) == [("labelled_maximum_flat",)] * 2
    assert said("D203", uncapped("15"), patient=of_area("1.86")) == []
    assert said("D203", uncapped("15"), patient=of_area("1.87")) == [in_patient("15", "28.05", "1.870 m² ()")]


def test_a_flat_dose_is_the_same_in_every_patient() -> None:
    assert said("D203", given("28 mcg/day for 28"), patient=of_area("2")) == []
    assert said("D203", MRD + given("28 mcg/day for 28"), patient=of_area("0.5")) == []
    lower = changed("labelled_maximum_flat", 10)
    (found,) = said("D203", HONG_KONG.format("mrd-positive") + given("12 mcg/day for 28"), settings=lower)
    with_patient = said(
        "D203", HONG_KONG.format("mrd-positive") + given("12 mcg/day for 28"), settings=lower, patient=of_area("1")
    )
    assert [line.split(" | 12 mcg/day is ")[0] for line in with_patient] == [found]


def test_without_the_patient_s_area_a_dose_that_is_not_capped_is_not_passed() -> None:
    unknown = ["undecided | the doses are by body surface area, and the patient's is not known"]
    weight = Patient(weight=Fraction(40))
    assert said("D203", uncapped("15"), patient=weight) == unknown
    assert said("D203", MRD + given("15 mcg/m2/day for 28"), patient=weight) == []
    assert said("D203", uncapped("15")) == []
    higher = MRD + given("16 mcg/m2/day for 28").replace(', max = "28 mcg/day"', "")
    (found,) = said("D203", higher, patient=weight)  # what is found is told, whatever is not known
    assert found.startswith("warning at cycle.0.steps.0.dose | the dose is 16 mcg/m²/day; the label gives at most 15")


# --- D206: weights ----------------------------------------------------------------------------------------------------

BY_AREA = cycle("15 mcg/m2/day for 28 days")


def who(*keys: str) -> str:
    return "[eligibility]\n" + "\n".join(keys) + "\n\n"


def weights(text: str, **asked: object) -> list[str]:
    """How bad, and where, what D206 finds is."""
    found = words_of(verdict_on("D206", text, **asked))
    return [" ".join(line.split(" | ")[0].split(" ")[:3]) for line in found]


FEW = ["warning at eligibility.below_weight_kg"]


@pytest.mark.parametrize(
    ("keys", "beside", "found"),
    [
        (("below_weight_kg = 15",), None, []),
        (("below_weight_kg = 14.9",), None, FEW),
        (("below_weight_kg = 14.9",), "", FEW),
        (("below_weight_kg = 14.9",), regimen_text(RELAPSED + STEPPED), FEW),
        (("below_weight_kg = 14.9",), regimen_text(MRD + cycle()), []),
        (("below_weight_kg = 14.9", 'otherwise = "mrd-adult"'), None, []),
        (("below_weight_kg = 14.9", "below_age_years = 2"), None, []),
    ],
)
def test_doses_for_hardly_anybody_are_told_where_no_other_regimen_may_be_for_the_rest(
    keys: tuple[str, ...], beside: str | None, found: list[str]
) -> None:
    assert weights(regimen_text(MRD + who(*keys) + BY_AREA), beside=beside) == found


NOT_ASKED = ["not applicable"]
UNFIT = ["error at eligibility.min_weight_kg"]


@pytest.mark.parametrize(
    ("head", "keys", "found"),
    [
        ("", ("min_weight_kg = 30",), UNFIT),
        ("", ("min_weight_kg = 30", 'population = "adult-rr"'), UNFIT),
        ("", ("min_weight_kg = 30", "min_age_years = 17"), UNFIT),
        ("", ("min_weight_kg = 30", "min_age_years = 18"), NOT_ASKED),
        ("", ("min_age_years = 17",), ["error at dosing.basis"]),
        ("", ("min_age_years = 18",), NOT_ASKED),
        ("", ('population = "adult-rr"',), NOT_ASKED),
        ("", ('population = "adult-mrd"',), NOT_ASKED),
        ("", ('population = "child"',), ["error at dosing.basis"]),
        (LYMPHOMA, ("min_weight_kg = 30",), NOT_ASKED),
        (MRD, ("min_weight_kg = 30", "min_age_years = 18"), UNFIT),
    ],
)
def test_flat_doses_in_leukaemia_are_kept_from_children_by_a_weight_or_an_age(
    head: str, keys: tuple[str, ...], found: list[str]
) -> None:
    told = weights(regimen_text(head + who(*keys) + cycle()))
    assert [line.removesuffix(" the").removesuffix(" |") for line in told] == [
        line if line != "not applicable" else "not applicable" for line in found
    ]


# --- D207 to D209: steps ----------------------------------------------------------------------------------------------


def test_a_step_from_a_dose_of_which_another_rule_tells_is_told_once() -> None:
    """Below two thirds of 9 mcg/day L012 says that nobody began so low; 6 mcg/day is as much."""
    rise = "the dose goes from 6 mcg/day to 28 mcg/day, ≈ 4.7 times; steps up to 4 times the step before were run"
    advice = "put a step in between, or waive this rule with the reason"
    found = f"warning at cycle.0.steps.1.dose | {rise} | {advice} | from 6 mcg/day to 28 mcg/day"
    assert said("D209", given("6 mcg/day for 7", "28 mcg/day for 21")) == [found]
    assert said("D209", given("5.9 mcg/day for 7", "28 mcg/day for 21")) == []
    assert said("D209", given("7 mcg/day for 7", "28 mcg/day for 21")) == []


# --- D211 and D212: the patient ---------------------------------------------------------------------------------------

POPULATION = RELAPSED + who('population = "adult-rr"') + STEPPED
AGES = who("min_weight_kg = 45", "min_age_years = 18", 'otherwise = "mrd-below-45-kg"') + cycle()
OTHER_AGES = "take a regimen for patients of this age, or say under [eligibility] from which age and below which it is"


def whom(weight: str = "", age: str = "") -> Patient:
    return Patient(weight=Fraction(weight) if weight else None, age=read_age(age) if age else None)


@pytest.mark.parametrize(
    ("patient", "of_group", "of_ages"),
    [
        (whom("50", "18 years"), "", ""),
        (
            whom("50", "11 years"),
            f"error at eligibility.population | the patient is 11 years, and the regimen's virtual patients are adults"
            f" | {OTHER_AGES}",
            "the patient is 11 years|take a regimen for patients of this weight and age",
        ),
        (
            whom("50", "17 years"),
            "unverified | the patient is 17 years, and the regimen's virtual patients are adults; but it rests on 18"
            " years, which nobody has seen in the source (Trials and the Japanese guide divide at 18 years; no text of"
            " the label was seen that says it)",
            "the patient is 17 years|take a regimen for patients of this weight and age",
        ),
        (
            whom("5.3", "20 days"),
            f"error at eligibility.population | the patient is 20 days, and the regimen's virtual patients are adults"
            f" | {OTHER_AGES}",
            "the patient weighs 5.3 kg and the patient is 20 days|take mrd-below-45-kg, which the file names for other"
            " weights",
        ),
        (
            whom("38.0004", "30 years"),
            "",
            "the patient weighs ≈ 38 kg|take mrd-below-45-kg, which the file names for other weights",
        ),
    ],
)
def test_a_regimen_is_for_patients_of_its_weights_and_ages(patient: Patient, of_group: str, of_ages: str) -> None:
    assert said("D211", POPULATION, patient=patient) == ([of_group] if of_group else [])
    found = [
        f"error at eligibility | {why}, and the regimen is for 45 kg and over, 18 years and over | {advice}"
        for why, _, advice in [of_ages.partition("|")]
        if of_ages
    ]
    assert said("D211", AGES, patient=patient) == found


def test_what_is_not_known_of_a_patient_is_not_passed() -> None:
    unknown = "the regimen is for 45 kg and over, 18 years and over, and the patient's weight is not given"
    assert said("D211", AGES, patient=whom()) == [f"undecided | {unknown} and age is not given"]
    assert said("D211", AGES, patient=whom(age="30 years")) == [f"undecided | {unknown}"]
    assert said("D211", AGES) == ["not applicable | no patient was given (--patient)"]
    assert said("D212", AGES) == ["not applicable | no patient was given (--patient)"]
    weight_alone = who("min_weight_kg = 45") + cycle()
    found = (
        "the patient weighs 44 kg, and the regimen is for 45 kg and over | take a regimen for patients of this weight"
    )
    assert said("D211", weight_alone, patient=whom("44")) == [f"error at eligibility | {found}"]


def test_which_figures_decide_whether_a_patient_is_eligible() -> None:
    assert limits_of("D211", POPULATION, patient=whom("50", "11 years")) == [("flat_from_weight",)]
    young = DEFAULTS._replace(changes=(ChangedLimit("adult_from", Fraction(18), "blinplan.toml:2", "Ward 7"),))
    assert limits_of("D211", POPULATION, patient=whom("50", "17 years"), settings=young) == [("adult_from",)]


def test_what_a_label_does_not_cover_is_told_of_the_youngest_and_of_the_lightest() -> None:
    young = "the patient is 20 days; the label is for patients of 1 month or more, and says nothing of younger ones"
    light = (
        "the patient weighs 5.3 kg; bags of 72, 96 and 168 hours hold a preservative and are not for patients below"
        " 5.4 kg: only those of 24 and 48 hours are"
    )
    asked = "have the treating physician decide; what is given is not by the label"
    lines = MRD + who("below_weight_kg = 45") + BY_AREA
    of_light = f"note at name | {light} | prepare bags of 24 or 48 hours | {light}"
    assert said("D212", lines, patient=whom("5.3", "20 days")) == [
        f"warning at name | {young} | {asked} | {young}",
        of_light,
    ]
    assert said("D212", lines, patient=whom("5.3", "2 months")) == [of_light]
    assert limits_of("D212", lines, patient=whom("5.3", "20 days")) == [("youngest",), ("preservative_from_weight",)]
    assert said("D212", CONSOLIDATION + STEPPED, patient=whom("50", "20 years")) == []
