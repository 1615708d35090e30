"""D: the article's dose thresholds, from both sides."""

from fractions import Fraction

import pytest

from blinplan.course.patient import Patient, patient
from blinplan.regimen import library
from blinplan.regimen.age import read_age
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.rules.judge import judge
from blinplan.rules.rule import Severity
from blinplan.rules.verdict import Ruling
from tests.regimen_text import (
    TODAY,
    codes,
    cycle,
    judgement_of,
    judgement_of_lines,
    marks,
    outcome,
    script,
    verdict_of,
    waiver,
)
from tests.rules.families.examples import Example, example, tried
from tests.rules.families.heads_and_outcomes import MRD, RELAPSED, STEPPED

LYMPHOMA = 'indication = "investigational"\ndisease = "lymphoma"\n\n'
AUTOIMMUNE = LYMPHOMA.replace("lymphoma", "autoimmune")


OPTIONAL_START = STEPPED.rstrip("\n") + "\noptional = true\n\n"


def of_area(area: str) -> Patient:
    return patient(area=Fraction(area))


def of_weight(weight: str) -> Patient:
    return Patient(weight=Fraction(weight))


def newborn(age: str) -> Patient:
    return Patient(weight=Fraction(6), age=read_age(age))


def found_for(*steps: str) -> list[str]:
    return codes(judgement_of_lines(cycle(*steps)))


@pytest.mark.parametrize(
    ("dose", "found"),
    [
        ("0.01 mcg/m2/day", ["D201"]),
        ("0.5 mcg/m2/day", ["D201"]),
        ("1.499999 mcg/m2/day", ["D201"]),
        ("1.5 mcg/m2/day", ["D201"]),
        ("1.500001 mcg/m2/day", ["D202"]),
        ("4.999999 mcg/m2/day", ["D202"]),
        ("5 mcg/m2/day", ["D202"]),
        ("5.000001 mcg/m2/day", ["L012"]),
        ("9.999999 mcg/m2/day", ["L012"]),
        ("10 mcg/m2/day", []),
        ("15 mcg/m2/day", []),
        ("0.5 mcg/day", ["D202"]),
        ("1.5 mcg/day", ["D202"]),
        ("5 mcg/day", ["D202"]),
        ("8.999999 mcg/day", ["D202"]),
        ("9 mcg/day", ["D202"]),
        ("9.000001 mcg/day", ["L012"]),
        ("18.666666 mcg/day", ["L012"]),
        ("18.666667 mcg/day", []),
        ("28 mcg/day", []),
    ],
)
def test_one_fault_of_dose_is_one_finding(dose: str, found: list[str]) -> None:
    assert found_for(f"{dose} for 28 days") == found


@pytest.mark.parametrize(("dose", "unit"), [("5 mcg/m2/day", "5 mcg/m²/day"), ("9 mcg/day", "9 mcg/day")])
def test_on_the_threshold_both_readings_are_given(dose: str, unit: str) -> None:
    (finding,) = judgement_of_lines(cycle(f"{dose} for 28 days")).findings
    assert finding.code == "D202"
    assert finding.severity is Severity.ERROR  # in leukaemia nobody ran it; where low doses are tried, it is a warning
    elsewhere = LYMPHOMA if "m2" in dose else AUTOIMMUNE
    assert judgement_of_lines(elsewhere + cycle(f"{dose} for 28 days")).findings[0].severity is Severity.WARNING
    assert "exactly on the threshold" in finding.message
    assert f"> {unit}" in finding.why
    assert f"≥ {unit}" in finding.why


@pytest.mark.parametrize("dose", ["4.9 mcg/m2/day", "8.9 mcg/day", "5.1 mcg/m2/day", "9.1 mcg/day"])
def test_off_the_threshold_nothing_is_said_to_lie_on_it(dose: str) -> None:
    for finding in judgement_of_lines(cycle(f"{dose} for 28 days")).findings:
        assert "threshold" not in finding.message
        assert "≥" not in finding.why


@pytest.mark.parametrize(
    ("dose", "limit"), [("5 mcg/m2/day", "depletion_by_area"), ("3 mcg/m2/day", "depletion_by_area")]
)
def test_a_dose_by_area_cites_the_limit_by_area(dose: str, limit: str) -> None:
    (finding,) = judgement_of_lines(cycle(f"{dose} for 28 days")).findings
    assert finding.limits == (limit,)
    (flat,) = judgement_of_lines(cycle("9 mcg/day for 28 days")).findings
    assert flat.limits == ("depletion_flat",)


def test_the_limit_in_area_says_nothing_of_flat_doses() -> None:
    verdict = verdict_of(judgement_of_lines(cycle("1 mcg/day for 28 days")), "D201")
    assert verdict.ruling is Ruling.NOT_EVALUATED
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "not applicable"
    assert "flat" in verdict.not_evaluated.reason


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        (("9 mcg/day for 7 days", "28 mcg/day for 21 days"), []),
        (("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days"), []),
        (("1 mcg/m2/day for 7 days", "1.5 mcg/m2/day for 21 days"), ["D201", "L012"]),
        (("1.5 mcg/m2/day for 7 days", "5 mcg/m2/day for 21 days"), ["D202", "L012"]),
    ],
)
def test_the_highest_step_of_the_first_cycle_is_the_target(steps: tuple[str, ...], found: list[str]) -> None:
    assert found_for(*steps) == found


def test_the_finding_points_at_the_target_dose_and_not_at_the_first_step() -> None:
    judgement = judgement_of_lines(LYMPHOMA + cycle("0.5 mcg/m2/day for 7 days", "1.25 mcg/m2/day for 21 days"))
    assert marks(judgement, "D201") == ['"1.25 mcg/m2/day"']
    assert "1.25 mcg/m²/day" in judgement.findings[0].message


def test_a_dose_against_the_basis_is_one_finding_and_stops_the_rest() -> None:
    judgement = judgement_of_lines('[dosing]\nbasis = "flat"\n\n' + cycle("0.5 mcg/m2/day for 28 days"))
    assert codes(judgement) == ["D210"]
    assert marks(judgement, "D210") == ['"0.5 mcg/m2/day"']


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("nhl-0.5", ["D201"]),
        ("nhl-1.5", ["D201"]),
        ("nhl-3", ["D202"]),
        ("nhl-5", ["D202"]),
        ("nhl-10", []),
        ("nhl-15", []),
        ("nhl-5-15-60", []),
        ("nhl-90", []),
    ],
)
def test_the_dose_finding_levels_are_judged_as_the_article_says(name: str, found: list[str]) -> None:
    judgement = judge(library.load(name), TODAY, None)
    assert [code for code in codes(judgement) if code in {"D201", "D202"}] == found


@pytest.mark.parametrize(
    ("dose", "found"),
    [
        ("28 mcg/day", []),
        ("28.001 mcg/day", ["L012"]),
        ("168.84 mcg/day", ["L012"]),
        ("168.85 mcg/day", ["D204"]),
        ("2799 mcg/day", ["D204"]),
        ("2800 mcg/day", ["N106"]),
        ("28,000 mcg/day", ["N106"]),
        ("15 mcg/m2/day", []),
        ("16 mcg/m2/day", ["L012"]),
        ("90 mcg/m2/day", ["L012"]),
        ("90.1 mcg/m2/day", ["D204"]),
        ("1500 mcg/m2/day", ["N106"]),
    ],
)
def test_a_dose_too_high_is_one_finding(dose: str, found: list[str]) -> None:
    assert codes(judgement_of_lines(cycle(f"{dose} for 28 days"))) == found


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ('dose = "15 mcg/m2/day"', ["D205"]),
        ('dose = "15 mcg/m2/day", max = "28 mcg/day"', []),
        ('dose = "15 mcg/m2/day", max = "27 mcg/day"', ["D205"]),
        ('dose = "10 mcg/m2/day", max = "28 mcg/day"', ["L001"]),
        ('dose = "10 mcg/m2/day", max = "27 mcg/day"', ["D205", "L001"]),
        ('dose = "10 mcg/m2/day"', ["D205", "L001"]),
    ],
)
def test_a_dose_by_area_has_the_label_s_cap(step: str, found: list[str]) -> None:
    lines = f'[[cycle]]\nname = "Cycle"\nsteps = [{{ {step}, days = 28 }}]\ntreatment_free_days = 14'
    judgement = judgement_of_lines(MRD + lines)
    assert codes(judgement) == found
    if "D205" in found and "max" in step:
        assert marks(judgement, "D205") == ['"27 mcg/day"']


@pytest.mark.parametrize(
    ("eligibility", "dose", "found"),
    [
        ("min_weight_kg = 45", "28 mcg/day", []),
        ("min_weight_kg = 44.9", "28 mcg/day", ["D206"]),
        ("below_weight_kg = 60", "28 mcg/day", ["D206"]),
        ("below_weight_kg = 45", "15 mcg/m2/day", []),
        ("below_weight_kg = 45.1", "15 mcg/m2/day", ["D206"]),
        ("min_weight_kg = 10", "15 mcg/m2/day", ["D206"]),
        ('population = "adult-mrd"', "28 mcg/day", ["D206"]),
    ],
)
def test_flat_doses_are_for_45_kg_and_over(eligibility: str, dose: str, found: list[str]) -> None:
    lines = cycle(f"{dose} for 28 days")
    judgement = judgement_of_lines(f"{MRD}[eligibility]\n{eligibility}\n\n{lines}")
    assert codes(judgement) == found
    in_study = [] if "m2" in dose or "population" in eligibility else found  # flat doses are kept from children there
    assert codes(judgement_of_lines(f"[eligibility]\n{eligibility}\n\n{lines}")) == in_study
    assert codes(judgement_of(judgement.reading.document.text + waiver("D206"))) == (["W906"] if found else ["W902"])


def test_a_unit_slip_is_one_finding_and_is_not_simulated() -> None:
    slip = cycle("9 mcg/day for 7 days", "28000 mcg/day for 21 days")
    simulation = script(outcome(0, 100))
    judgement = judgement_of_lines(slip, simulation)
    assert codes(judgement) == ["N106"]
    assert simulation.requests == []
    verdict = verdict_of(judgement, "B401")
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "blocked"


@pytest.mark.parametrize(
    ("weight", "eligibility", "found"),
    [
        ("45", "min_weight_kg = 45", []),
        ("44.999", "min_weight_kg = 45", ["D211"]),
        ("44.999", "below_weight_kg = 45", []),
        ("45", "below_weight_kg = 45", ["D211"]),
        ("20", 'population = "adult-rr"', []),
        ("19.9", 'population = "adult-rr"', ["D211"]),
    ],
)
def test_a_patient_is_of_a_weight_that_the_regimen_is_for(weight: str, eligibility: str, found: list[str]) -> None:
    doses = cycle("15 mcg/m2/day for 28 days") if "below" in eligibility else cycle()
    text = f"[eligibility]\n{eligibility}\n\n{doses}"
    patient = Patient(weight=Fraction(weight))
    assert codes(judgement_of_lines(text, patient=patient)) == found
    assert codes(judgement_of_lines(text + waiver("D211"), patient=patient)) == sorted([*found, "W905"])
    everything = Settings(ignore=(Pattern("D2"), Pattern("ALL"), Pattern("patient-not-eligible")))
    assert codes(judgement_of_lines(text, patient=patient, settings=everything)) == found
    assert verdict_of(judgement_of_lines(text), "D211").ruling is Ruling.NOT_EVALUATED


def test_a_patient_whose_weight_is_not_known_leaves_the_question_undecided() -> None:
    judgement = judgement_of_lines(cycle(), patient=Patient())
    assert verdict_of(judgement, "D211").undecided
    assert not judgement.complete


def test_a_dose_by_area_is_the_patient_s_own() -> None:
    uncapped = '[[cycle]]\nname = "C"\nsteps = [{ dose = "15 mcg/m2/day", days = 28 }]\ntreatment_free_days = 14'
    doubled = MRD + _uncapped("16 mcg/m2/day")  # above the label as it is ordered, and in the patient
    assert len(verdict_of(judgement_of_lines(doubled, patient=of_area("2")), "D203").findings) == 1
    small, large = (patient(area=Fraction(area)) for area in ("1.86", "1.87"))
    assert codes(judgement_of_lines(uncapped, patient=small)) == []
    (finding,) = verdict_of(judgement_of_lines(uncapped, patient=large), "D203").findings
    assert "28.05 mcg/day in this patient" in finding.message
    assert finding.patient == "15 mcg/m²/day is 28.05 mcg/day at 1.870 m² (given)"
    assert codes(judgement_of_lines(cycle("15 mcg/m2/day for 28 days"), patient=large)) == []  # capped
    assert verdict_of(judgement_of_lines(uncapped, patient=Patient(weight=Fraction(44))), "D203").undecided
    flat = verdict_of(
        judgement_of_lines(cycle("9 mcg/day for 28 days"), patient=patient(Fraction(70), None, Fraction(2))), "D202"
    )
    assert flat.findings[0].patient == "9 mcg/day is 4.5 mcg/m²/day at 2.000 m² (given)"


@pytest.mark.parametrize(
    ("eligibility", "person", "message", "advice"),
    [
        (
            "min_weight_kg = 45",
            of_weight("44.9"),
            "the patient weighs 44.9 kg, and the regimen is for 45 kg and over",
            "take a regimen for patients of this weight",
        ),
        (
            'min_weight_kg = 45\notherwise = "rr-below-45-kg"',
            of_weight("44.9"),
            "the patient weighs 44.9 kg, and the regimen is for 45 kg and over",
            "take rr-below-45-kg, which the file names for other weights",
        ),
        (
            'min_weight_kg = 45\nmin_age_years = 65\notherwise = "rr-below-45-kg"',
            Patient(weight=Fraction(70), age=read_age("64")),
            "the patient is 64 years, and the regimen is for 45 kg and over, 65 years and over",
            "take a regimen for patients of this weight and age",  # the other one is for other weights only
        ),
        (
            'min_weight_kg = 45\nmin_age_years = 65\notherwise = "rr-below-45-kg"',
            Patient(age=read_age("64")),
            "the patient is 64 years, and the regimen is for 45 kg and over, 65 years and over",
            "take rr-below-45-kg, which the file names for other weights",
        ),
        (
            "min_weight_kg = 45\nmin_age_years = 65",
            Patient(weight=Fraction(44), age=read_age("64")),
            "the patient weighs 44 kg and the patient is 64 years, and the regimen is for 45 kg and over, 65 years and"
            " over",
            "take a regimen for patients of this weight and age",
        ),
    ],
)
def test_for_whom_a_regimen_is_not_is_told_with_the_one_to_take(
    eligibility: str, person: Patient, message: str, advice: str
) -> None:
    lines = f"[eligibility]\n{eligibility}\n\n{cycle('28 mcg/day for 28 days')}"
    (finding,) = verdict_of(judgement_of_lines(lines, patient=person), "D211").findings
    assert (finding.path, finding.message, finding.help) == (("eligibility",), message, advice)


def test_relapsed_disease_begins_low_and_others_at_the_full_dose() -> None:
    full = cycle("28 mcg/day for 28 days")
    assert codes(judgement_of_lines(RELAPSED + STEPPED)) == []
    assert codes(judgement_of_lines(RELAPSED + full)) == ["D207"]
    assert codes(judgement_of_lines(MRD + full)) == []
    assert codes(judgement_of_lines(MRD + STEPPED)) == ["D208"]
    assert codes(judgement_of_lines(RELAPSED + STEPPED + STEPPED)) == ["D208"]
    assert marks(judgement_of_lines(RELAPSED + full), "D207") == ['"28 mcg/day"']


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [("7", "28", []), ("6.9", "28", ["D209"]), ("28", "27", ["D209"]), ("28", "28", [])],
)
def test_steps_rise_by_four_times_at_most(first: str, second: str, found: list[str]) -> None:
    assert codes(judgement_of_lines(cycle(f"{first} mcg/day for 7 days", f"{second} mcg/day for 21 days"))) == found


def test_the_target_of_every_cycle_is_asked_about() -> None:
    late = cycle() + cycle("0.28 mcg/day for 28 days")
    assert codes(judgement_of_lines(late)) == ["D202"]
    assert marks(judgement_of_lines(late), "D202") == ['"0.28 mcg/day"']
    area = cycle("15 mcg/m2/day for 28 days") + cycle("1.5 mcg/m2/day for 28 days")
    assert codes(judgement_of_lines(area)) == ["D201"]
    assert codes(judgement_of_lines(cycle("9 mcg/day for 28 days", repeat=3))) == ["D202"]


def _weights(lines: str) -> str:
    return f"[eligibility]\n{lines}\n\n"


def _uncapped(dose: str) -> str:
    return f'[[cycle]]\nname = "C"\nsteps = [{{ dose = "{dose}", days = 28 }}]\ntreatment_free_days = 14'


def _caps(first: str, second: str) -> str:
    steps = cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days")
    return steps.replace('"9 mcg', f'"{first} mcg').replace('"28 mcg', f'"{second} mcg')


def _capped(dose: str, cap: str) -> str:
    return _uncapped(dose).replace(", days", f', max = "{cap}", days')


FULL = cycle("28 mcg/day for 28 days")
BY_AREA = cycle("15 mcg/m2/day for 28 days")
INFANT = "[eligibility]\nbelow_weight_kg = 45\n\n" + _capped("15 mcg/m2/day", "28 mcg/day")
LABELLED = cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days")


def _cited(status: str) -> str:
    return f'[[sources]]\ncitation = "Protocol 12"\nstatus = "{status}"\n\n{FULL}'


EXAMPLES = (
    example("D213", "finding", "written down by somebody else", _cited("transcribed")),
    example("D213", "finding", "worked out from what was seen", _cited("derived")),
    example("D213", "pass", "every source seen", _cited("seen")),
    example("D213", "off", "where nobody asks for it", _cited("unverified"), selected=False),
    example("D201", "finding", "the higher of the two documented doses", cycle("1.5 mcg/m2/day for 28 days")),
    example("D201", "pass", "a hair above it", cycle("1.500001 mcg/m2/day for 28 days")),
    example("D201", "not applicable", "the same number, flat", cycle("1.5 mcg/day for 28 days")),
    example(
        "D201", "pass", "a first step to the full dose", cycle("1.5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days")
    ),
    example(
        "D201",
        "finding",
        "in the second cycle",
        cycle("15 mcg/m2/day for 28 days") + cycle("1.5 mcg/m2/day for 28 days"),
    ),
    example("D201", "waived", "in a dose-finding study", cycle("1.5 mcg/m2/day for 28 days"), below=waiver("D201")),
    example("D202", "finding", "exactly on the threshold by area", cycle("5 mcg/m2/day for 28 days")),
    example("D202", "pass", "a hair above it", cycle("5.000001 mcg/m2/day for 28 days")),
    example("D202", "finding", "exactly on the flat threshold", cycle("9 mcg/day for 28 days")),
    example("D202", "pass", "a hair above the flat threshold", cycle("9.000001 mcg/day for 28 days")),
    example("D202", "finding", "above the threshold by area, and flat", cycle("6 mcg/day for 28 days")),
    example("D202", "pass", "the label's first step to the full dose", STEPPED),
    example("D202", "pass", "so low that D201 says it", cycle("1.5 mcg/m2/day for 28 days")),
    example(
        "D202", "waived", "a dose level of a study", AUTOIMMUNE + cycle("9 mcg/day for 28 days"), below=waiver("D202")
    ),
    example("D203", "finding", "a hair above the label", MRD + cycle("28.000001 mcg/day for 28 days")),
    example("D203", "pass", "the label's dose", FULL),
    example("D203", "pass", "the label's dose by area", cycle("15 mcg/m2/day for 28 days")),
    example("D203", "finding", "a hair above it by area", MRD + cycle("15.000001 mcg/m2/day for 28 days")),
    example("D203", "pass", "above the number by area, and flat", cycle("20 mcg/day for 28 days")),
    example("D203", "finding", "the highest dose that was studied", MRD + cycle("168.84 mcg/day for 28 days")),
    example("D203", "pass", "so high that D204 says it", cycle("168.85 mcg/day for 28 days")),
    example("D203", "finding", "28.05 mcg/day in a large patient", _uncapped("15 mcg/m2/day"), patient=of_area("1.87")),
    example("D203", "pass", "27.9 mcg/day in a smaller one", _uncapped("15 mcg/m2/day"), patient=of_area("1.86")),
    example("D203", "pass", "capped in the large one", cycle("15 mcg/m2/day for 28 days"), patient=of_area("1.87")),
    example(
        "D203", "undecided", "by area, for a patient of none", _uncapped("15 mcg/m2/day"), patient=Patient(Fraction(44))
    ),
    example("D203", "pass", "capped, in a patient of whom only the weight is known", LABELLED, patient=of_weight("44")),
    example(
        "D203",
        "undecided",
        "with a cap above the label's",
        _capped("15 mcg/m2/day", "28.000001 mcg/day"),
        patient=of_weight("44"),
    ),
    example("D203", "pass", "flat, in a patient of whom only the weight is known", FULL, patient=of_weight("70")),
    example(
        "D203",
        "finding",
        "flat and too high in such a patient",
        MRD + cycle("28.1 mcg/day for 28 days"),
        patient=of_weight("70"),
    ),
    example("D204", "finding", "a hair above the highest studied", cycle("90.000001 mcg/m2/day for 28 days")),
    example("D204", "pass", "the highest studied", cycle("90 mcg/m2/day for 28 days")),
    example("D204", "pass", "above that number, and flat", cycle("91 mcg/day for 28 days")),
    example("D204", "finding", "a hair above the highest studied, flat", cycle("168.840001 mcg/day for 28 days")),
    example("D204", "pass", "the highest studied, flat", cycle("168.84 mcg/day for 28 days")),
    example("D204", "pass", "so high that it is a slip, N106", cycle("2800 mcg/day for 28 days")),
    example("D205", "finding", "no cap", MRD + _uncapped("15 mcg/m2/day")),
    example("D205", "finding", "a cap below the label's", MRD + _capped("15 mcg/m2/day", "27.999999 mcg/day")),
    example("D205", "pass", "the label's cap", MRD + _capped("15 mcg/m2/day", "28 mcg/day")),
    example("D205", "finding", "the cap of the full dose on the first step", RELAPSED + _caps("28", "28")),
    example("D205", "pass", "the label's caps of both steps", RELAPSED + _caps("9", "28")),
    example(
        "D205", "pass", "a low dose, and the cap of that in its place", MRD + _capped("5 mcg/m2/day", "28 mcg/day")
    ),
    example("D205", "pass", "the cap of the first step", MRD + _capped("5 mcg/m2/day", "9 mcg/day")),
    example("D205", "finding", "another dose, and another cap", MRD + _capped("14.999999 mcg/m2/day", "27 mcg/day")),
    example("D205", "pass", "another dose, and the label's cap", MRD + _capped("14.999999 mcg/m2/day", "28 mcg/day")),
    example("D205", "pass", "another cap, in a study", _capped("15 mcg/m2/day", "27 mcg/day")),
    example("D205", "finding", "a tenfold cap, in a study", _capped("15 mcg/m2/day", "280 mcg/day")),
    example("D205", "pass", "a cap for those of 1.8 m², in a study", _capped("30 mcg/m2/day", "54 mcg/day")),
    example("D205", "finding", "above all that was studied", _capped("90 mcg/m2/day", "168.85 mcg/day")),
    example("D205", "pass", "the most that was studied", _capped("90 mcg/m2/day", "168.84 mcg/day")),
    example("D205", "finding", "a tenth of the cap, in a study", _capped("15 mcg/m2/day", "2.8 mcg/day")),
    example(
        "D205", "finding", "one of two steps without, in a study", _caps("9", "28").replace(', max = "9 mcg/day"', "")
    ),
    example("D205", "not applicable", "no cap, in a study", _uncapped("15 mcg/m2/day")),
    example("D205", "not applicable", "a flat dose, which needs none", MRD + FULL),
    example("D206", "finding", "flat from a hair below 45 kg", MRD + _weights("min_weight_kg = 44.999") + FULL),
    example("D206", "pass", "flat from 45 kg", MRD + _weights("min_weight_kg = 45") + FULL),
    example(
        "D206",
        "finding",
        "by area from 45 kg",
        MRD + _weights("min_weight_kg = 45") + _capped("15 mcg/m2/day", "28 mcg/day"),
    ),
    example(
        "D206",
        "finding",
        "by area to a hair above 45 kg",
        MRD + _weights("below_weight_kg = 45.001") + _capped("15 mcg/m2/day", "28 mcg/day"),
    ),
    example(
        "D206",
        "pass",
        "by area below 45 kg",
        MRD + _weights("below_weight_kg = 45") + _capped("15 mcg/m2/day", "28 mcg/day"),
    ),
    example("D206", "finding", "flat from 30 kg, in a study", _weights("min_weight_kg = 30") + FULL),
    example("D206", "not applicable", "flat from 30 kg in lymphoma", LYMPHOMA + _weights("min_weight_kg = 30") + FULL),
    example(
        "D206",
        "finding",
        "by area below 4.5 kg",
        MRD + _weights("below_weight_kg = 4.5") + BY_AREA,
    ),
    example(
        "D206",
        "pass",
        "by area below 15 kg",
        MRD + _weights("below_weight_kg = 15") + BY_AREA,
    ),
    example(
        "D206",
        "pass",
        "of infants",
        MRD + _weights("below_weight_kg = 10\nbelow_age_years = 1") + BY_AREA,
    ),
    example("D206", "finding", "flat from 136 kg", MRD + _weights("min_weight_kg = 136") + FULL),
    example("D206", "pass", "flat from 135 kg", MRD + _weights("min_weight_kg = 135") + FULL),
    example(
        "D207",
        "finding",
        "a first step a hair too high",
        RELAPSED + cycle("9.000001 mcg/day for 7 days", "28 mcg/day for 21 days"),
    ),
    example("D207", "pass", "the label's first step", RELAPSED + STEPPED),
    example("D207", "pass", "the full dose at once in cycle 2", RELAPSED + STEPPED + FULL),
    example(
        "D207",
        "finding",
        "the flat first step by area",
        RELAPSED + cycle("9 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days"),
    ),
    example(
        "D207",
        "pass",
        "the first step by area",
        RELAPSED + cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days"),
    ),
    example("D207", "not applicable", "the full dose at once in MRD", MRD + FULL),
    example("D208", "finding", "a step in MRD", MRD + STEPPED),
    example("D208", "pass", "no step in MRD", MRD + FULL),
    example(
        "D208",
        "pass",
        "a step down in MRD, which L001 finds",
        MRD + cycle("28 mcg/day for 7 days", "27 mcg/day for 21 days"),
    ),
    example("D208", "pass", "a step in cycle 1 of relapsed disease", RELAPSED + STEPPED + FULL),
    example("D208", "finding", "a step in cycle 2 of relapsed disease", RELAPSED + STEPPED + STEPPED),
    example(
        "D208", "finding", "a stepped cycle that is repeated", RELAPSED + STEPPED.replace("repeat = 1", "repeat = 2")
    ),
    example("D208", "not applicable", "a step in a study", STEPPED),
    example(
        "D209", "finding", "a hair more than four times", cycle("6.999999 mcg/day for 7 days", "28 mcg/day for 21 days")
    ),
    example("D209", "pass", "four times", cycle("7 mcg/day for 7 days", "28 mcg/day for 21 days")),
    example("D209", "finding", "a hair down", cycle("28 mcg/day for 7 days", "27.999999 mcg/day for 21 days")),
    example("D209", "pass", "the same dose again", cycle("28 mcg/day for 7 days", "28 mcg/day for 21 days")),
    example("D209", "pass", "down from one cycle to the next", STEPPED + STEPPED),
    example("D209", "pass", "one step a cycle, down from one to the next", FULL + cycle("9 mcg/day for 28 days")),
    example("D209", "finding", "up from one cycle to the next", cycle("6.9 mcg/day for 28 days") + FULL),
    example("D209", "pass", "four times from one cycle to the next", cycle("7 mcg/day for 28 days") + FULL),
    example("D209", "not applicable", "one dose only", FULL),
    example(
        "D209", "not applicable", "a labelled regimen, whose doses are laid beside the label's", RELAPSED + STEPPED
    ),
    example(
        "D209", "pass", "a slip of the unit, which is N106", cycle("9 mcg/day for 7 days", "28000 mcg/day for 21 days")
    ),
    example(
        "D210", "finding", "by area under a flat basis", '[dosing]\nbasis = "flat"\n\n' + _uncapped("15 mcg/m2/day")
    ),
    example("D210", "finding", "flat under a basis by area", '[dosing]\nbasis = "bsa"\n\n' + FULL),
    example(
        "D210",
        "pass",
        "by area with a flat cap",
        '[dosing]\nbasis = "bsa"\n\n' + _capped("15 mcg/m2/day", "28 mcg/day"),
    ),
    example(
        "D211", "finding", "a hair below 45 kg", _weights("min_weight_kg = 45") + FULL, patient=of_weight("44.999")
    ),
    example("D211", "pass", "45 kg", _weights("min_weight_kg = 45") + FULL, patient=of_weight("45")),
    example(
        "D211", "finding", "45 kg, for patients below", _weights("below_weight_kg = 45") + FULL, patient=of_weight("45")
    ),
    example(
        "D211",
        "pass",
        "a hair below 45 kg, for patients below",
        _weights("below_weight_kg = 45") + FULL,
        patient=of_weight("44.999"),
    ),
    example("D211", "pass", "any weight", _weights('population = "adult-rr"') + FULL, patient=of_weight("20")),
    example(
        "D211", "undecided", "a weight that is not known", _weights("min_weight_kg = 45") + FULL, patient=Patient()
    ),
    example("D211", "not applicable", "no patient", _weights("min_weight_kg = 45") + FULL),
    example("D212", "finding", "a newborn of 20 days", MRD + INFANT, patient=newborn("20 days")),
    example("D212", "pass", "an infant of 1 month", MRD + INFANT, patient=newborn("1 month")),
    example("D212", "undecided", "somebody in the first year of life", MRD + INFANT, patient=newborn("0")),
    example("D212", "not applicable", "no patient", MRD + INFANT),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer


@pytest.mark.parametrize(
    ("eligibility", "age", "ruling"),
    [
        ("min_age_years = 65", "65", Ruling.PASS),
        ("min_age_years = 65", "64", Ruling.FINDING),
        ("below_age_years = 1", "11 months", Ruling.PASS),
        ("below_age_years = 1", "12 months", Ruling.FINDING),
        ("min_age_years = 0.0767", "0", Ruling.NOT_EVALUATED),  # the first year of life begins before the 28th day
        ("min_age_years = 65", None, Ruling.NOT_EVALUATED),
    ],
)
def test_a_patient_is_of_an_age_that_the_regimen_is_for(eligibility: str, age: str | None, ruling: Ruling) -> None:
    text = f"[eligibility]\n{eligibility}\n\n{cycle()}"
    found = judgement_of_lines(text, patient=Patient(age=None if age is None else read_age(age)))
    assert verdict_of(found, "D211").ruling is ruling


@pytest.mark.parametrize(
    ("weight", "age", "severities"),
    [
        ("3.5", "20 days", ["warning", "note"]),  # younger than the label's patients, and too light for preserved bags
        ("5.4", "20 days", ["warning"]),
        ("5.4", "1 month", []),
        ("5.399", "1 month", ["note"]),
        ("3", "2 months", ["note"]),
        ("70", None, []),  # nobody of 70 kg is a newborn
    ],
)
def test_a_newborn_and_a_light_infant_are_told_what_the_label_does_not_cover(
    weight: str, age: str | None, severities: list[str]
) -> None:
    whom = Patient(weight=Fraction(weight), age=None if age is None else read_age(age))
    judgement = judgement_of_lines(MRD + INFANT, patient=whom)
    assert [found.severity for found in judgement.findings if found.code == "D212"] == severities


def test_of_an_investigational_regimen_the_label_has_no_youngest_patient() -> None:
    whom = Patient(weight=Fraction(6), age=read_age("20 days"))
    assert "D212" not in codes(judgement_of_lines(INFANT, patient=whom))


@pytest.mark.parametrize("age", [None, "0"])
def test_whether_an_infant_is_a_month_old_is_asked_where_it_is_not_known(age: str | None) -> None:
    whom = Patient(weight=Fraction(3), age=None if age is None else read_age(age))
    messages = [f.message for f in judgement_of_lines(MRD + INFANT, patient=whom).findings if f.code == "D212"]
    assert len(messages) == 1  # of the bags
    heavier = Patient(weight=Fraction(6), age=read_age("0"))
    verdict = verdict_of(judgement_of_lines(MRD + INFANT, patient=heavier), "D212")
    assert verdict.undecided


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (OPTIONAL_START + cycle(), ["D207"]),
        (OPTIONAL_START + STEPPED.replace('"Cycle"', '"Cycle 2"'), []),
        (STEPPED + "\n" + cycle() + "optional = true\n", []),
    ],
)
def test_a_low_first_step_is_not_only_in_a_cycle_that_is_optional(lines: str, found: list[str]) -> None:
    judgement = judgement_of_lines(RELAPSED + lines)
    findings = verdict_of(judgement, "D207").findings
    assert [finding.code for finding in findings] == found
    assert all(finding.severity is Severity.ERROR for finding in findings)
    assert marks(judgement, "D207") == ["true"] * len(found)


def test_beside_a_label_the_advice_is_its_dose() -> None:
    judgement = judgement_of(library.load("mrd-adult").document.text.replace("28 mcg/day", "9 mcg/day"))
    assert {f.help for f in verdict_of(judgement, "D202").findings} == {
        "give 28 mcg/day, or waive this rule with the reason"
    }


def test_cycles_that_are_told_together_have_a_verb_of_their_number() -> None:
    text = library.load("rr-adult").document.text
    cycles = text.rsplit("28 mcg/day", 1)
    messages = [f.message for f in verdict_of(judgement_of("20 mcg/day".join(cycles)), "L001").findings]
    assert len(messages) == 1
    assert " give 20 mcg/day; the label gives 28 mcg/day there" in messages[0]


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ("min_weight_kg = 4", ["D206"]),
        ("min_weight_kg = 30", ["D206"]),
        ("min_weight_kg = 44.9", ["D206"]),
        ("below_weight_kg = 45", ["D206"]),
        ("below_age_years = 18", ["D206"]),
        ("min_age_years = 17", ["D206"]),
        ('population = "child"', ["D206"]),
        ("", ["D206"]),
        ("min_weight_kg = 4\nmin_age_years = 18", []),
        ("min_age_years = 18", []),
        ('population = "adult-rr"', []),
        ("min_weight_kg = 45", []),
    ],
)
def test_a_flat_dose_for_small_children_is_an_error_also_where_it_is_investigational(
    limits: str, found: list[str]
) -> None:
    text = f'indication = "investigational"\n\n[eligibility]\n{limits}\n\n{cycle(repeat=2)}'
    assert [code for code in codes(judgement_of_lines(text)) if code == "D206"] == found


@pytest.mark.parametrize(
    ("first", "severity"), [("7", None), ("6.9", Severity.WARNING), ("4.7", Severity.WARNING), ("4.6", Severity.ERROR)]
)
def test_a_step_of_more_than_one_and_a_half_times_any_that_was_run_is_an_error(
    first: str, severity: Severity | None
) -> None:
    lines = LYMPHOMA + cycle(f"{first} mcg/day for 7 days", "28 mcg/day for 21 days")
    found = [finding.severity for finding in verdict_of(judgement_of_lines(lines), "D209").findings]
    assert found == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("repeat", "said"), [(1, "cycle 1 steps up from 9 mcg/day;"), (2, "cycles 1 to 2 step up from 9 mcg/day;")]
)
def test_one_cycle_steps_up_and_several_step_up(repeat: int, said: str) -> None:
    judgement = judgement_of_lines(MRD + STEPPED.replace("repeat = 1", f"repeat = {repeat}"))
    (finding,) = verdict_of(judgement, "D208").findings
    assert finding.message.startswith(said)


@pytest.mark.parametrize(
    ("doses", "figures"),
    [
        (("9 mcg/day", "30 mcg/day"), ["30 mcg/day is 15 mcg/m²/day at 2.000 m²"]),
        (
            ("30 mcg/day", "60 mcg/day"),
            ["30 mcg/day is 15 mcg/m²/day at 2.000 m²", "60 mcg/day is 30 mcg/m²/day at 2.000 m²"],
        ),
    ],
)
def test_each_dose_has_its_own_figure_in_the_patient(doses: tuple[str, str], figures: list[str]) -> None:
    lines = RELAPSED + cycle(f"{doses[0]} for 7 days", f"{doses[1]} for 21 days")
    judgement = judgement_of_lines(lines, patient=of_area("2"))
    told = [finding.patient for finding in judgement.findings if finding.path[-1] == "dose" and finding.code != "L001"]
    assert [figure and figure.split(" (")[0] for figure in told] == figures


def test_a_dose_that_was_run_in_lymphoma_is_told_and_is_no_gross_error() -> None:
    """112 mcg/day are four times the label's 28, which is for leukaemia, and were run in lymphoma."""
    found = verdict_of(judgement_of_lines(LYMPHOMA + cycle("9 mcg/day for 7 days", "112 mcg/day for 21 days")), "D203")
    assert [(one.gross, one.severity) for one in found.findings] == [(False, found.rule.severity)]


def test_nobody_is_given_a_dose_above_what_the_label_has_for_more_than_three_times_is_gross_and_twice_is_not() -> None:
    for dose, gross in (("56 mcg/day", False), ("84 mcg/day", False), ("84.1 mcg/day", True)):
        (finding,) = verdict_of(judgement_of_lines(MRD + cycle(f"{dose} for 28 days")), "D203").findings
        assert finding.gross is gross, dose


def test_a_regimen_for_the_other_age_group_is_found_at_its_population() -> None:
    head = RELAPSED + '[eligibility]\nmin_weight_kg = 45\npopulation = "adult-rr"\n\n'
    whom = Patient(weight=Fraction(50), age=read_age("8"))
    (finding,) = verdict_of(judgement_of_lines(head + STEPPED, patient=whom), "D211").findings
    assert finding.path[0] == "eligibility"
