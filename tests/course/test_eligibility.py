"""The 45 kg switch: who gets which regimen, and in which words."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from blinplan.course.adulthood import adult_from
from blinplan.course.eligibility import _hours, choose, coverage_gaps, misfits, of_another_group, open_limits, years_of
from blinplan.course.events import expand
from blinplan.course.patient import Patient, PatientError, patient
from blinplan.label.read import label_named
from blinplan.regimen import library
from blinplan.regimen.age import Age, read_age
from blinplan.regimen.reading import Reading, RegimenFile, read
from blinplan.regimen.regimen import Eligibility
from tests.course.regimens import cycle, regimen, shipped

PAIRS = [
    ("rr-adult", "rr-below-45-kg"),
    ("rr-adult-continued", "rr-below-45-kg-continued"),
    ("mrd-adult", "mrd-below-45-kg"),
    ("consolidation-adult", "consolidation-below-45-kg"),
]


START = date(2026, 11, 2)
WEEK = cycle('dose = "9 mcg/day", days = 7')


def weighing(kilograms: str) -> Patient:
    return patient(weight=Fraction(kilograms))


@pytest.mark.parametrize(("adult", "child"), PAIRS)
@pytest.mark.parametrize("asked_for", [0, 1])
@pytest.mark.parametrize(("kilograms", "gets"), [("45", 0), ("45.001", 0), ("120", 0), ("44.999999", 1), ("5.4", 1)])
def test_the_weight_decides_between_two_regimens(
    adult: str, child: str, asked_for: int, kilograms: str, gets: int
) -> None:
    pair = (adult, child)
    choice = choose(shipped(pair[asked_for]), weighing(kilograms), library.load)
    assert choice.regimen == shipped(pair[gets])
    assert choice.switched == (asked_for != gets)
    assert ("switched" in choice.reason) == choice.switched
    assert pair[asked_for] in choice.reason
    assert not choice.switched or pair[gets] in choice.reason


def test_the_words_name_the_limit_and_the_weight() -> None:
    light = choose(shipped("rr-adult"), weighing("20.5"), library.load)
    limits = "rr-adult is for 45 kg and over"
    assert light.reason == f"{limits}; the patient weighs 20.5 kg: switched to rr-below-45-kg"
    heavy = choose(shipped("rr-adult"), weighing("70"), library.load)
    assert heavy.reason == f"{limits}; the patient weighs 70 kg"
    unknown = choose(shipped("rr-adult"), Patient(), library.load)
    assert unknown.reason == f"{limits}; weight not given, so not evaluated"
    assert choose(shipped("rr-adult"), aged("40", "70"), library.load).reason == heavy.reason  # of no age it speaks
    by_age_only = regimen(WEEK, more="eligibility = { min_age_years = 40 }\n")
    assert choose(by_age_only, aged("40", "70"), load).reason.endswith("; the patient is 40 years on 2026-11-02")
    assert light.limit == heavy.limit == "Weight limit"
    by_age = regimen(WEEK, more="eligibility = { min_age_years = 65 }\n")
    assert choose(by_age, aged("65"), load).limit == "Weight and age"


def test_an_unknown_weight_decides_nothing_and_says_so() -> None:
    choice = choose(shipped("rr-adult"), Patient(), library.load)
    assert (choice.regimen, choice.switched) == (shipped("rr-adult"), False)
    assert "not evaluated" in choice.reason


@pytest.mark.parametrize("person", [Patient(), weighing("20"), weighing("100")])
def test_a_regimen_without_limits_is_for_everyone(person: Patient) -> None:
    everyone = regimen(WEEK)
    choice = choose(everyone, person, library.load)
    assert (choice.regimen, choice.switched) == (everyone, False)
    assert "any weight" in choice.reason
    assert "not evaluated" not in choice.reason


def test_the_2014_label_has_nothing_for_children() -> None:
    assert choose(shipped("rr-2014"), weighing("45"), library.load).regimen.name == "rr-2014"
    with pytest.raises(PatientError, match="45 kg and over"):
        choose(shipped("rr-2014"), weighing("44.999"), library.load)


def limited(name: str, limits: str) -> bytes:
    more = f'format = 1\nname = "{name}"\ntitle = "x"\nindication = "investigational"\ndosing.basis = "flat"\n'
    source = '[[sources]]\ncitation = "none"\nstatus = "seen"\n'
    return f"{more}[eligibility]\n{limits}\n{source}{WEEK}".encode()


OTHERS = {
    "heavy": limited("heavy", "min_weight_kg = 60"),
    "broken": b"name =",
}


def load(name: str) -> Reading:
    return read(OTHERS[name], name)


@pytest.mark.parametrize(
    ("otherwise", "kilograms"),
    [
        ("heavy", "30"),  # too heavy for the one and too light for the other
        ("broken", "70"),
        ("nowhere", "70"),
    ],
)
def test_a_patient_whom_neither_regimen_admits_is_refused(otherwise: str, kilograms: str) -> None:
    eligibility = f'eligibility = {{ below_weight_kg = 20, otherwise = "{otherwise}" }}\n'
    light = regimen(WEEK, more=eligibility, name="light")
    assert choose(light, weighing("19.9"), load).regimen is light
    with pytest.raises(PatientError) as caught:
        choose(light, weighing(kilograms), load)
    assert "below 20 kg" in str(caught.value)
    assert kilograms in str(caught.value)


def test_the_other_regimen_may_be_read_from_anywhere() -> None:
    eligibility = 'eligibility = { below_weight_kg = 20, otherwise = "heavy" }\n'
    light = regimen(WEEK, more=eligibility, name="light")
    choice = choose(light, weighing("60"), load)
    assert (choice.regimen.name, choice.switched) == ("heavy", True)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("ward/rr-adult.toml", "switched to heavy (the file ward/rr-adult.toml, not what comes with blinplan)"),
        ("ward/heavy.toml", "switched to heavy"),
        ("rr-adult", "switched to heavy"),  # what comes with blinplan is no file
    ],
)
def test_a_file_that_is_named_as_a_shipped_regimen_is_told_from_it(file: str, told: str) -> None:
    light = regimen(WEEK, more='eligibility = { below_weight_kg = 20, otherwise = "heavy" }\n', name="light")
    reason = choose(light, weighing("60"), lambda name: read(OTHERS[name], file)).reason
    assert reason.endswith(f"; the patient weighs 60 kg: {told}")


def test_both_limits_bound_from_both_sides() -> None:
    between = regimen(WEEK, more="eligibility = { min_weight_kg = 10.5, below_weight_kg = 45 }\n")
    admitted = [between.eligibility.admits(Fraction(weight)) for weight in ("10.499", "10.5", "44.999", "45")]
    assert admitted == [False, True, True, False]
    assert str(between.eligibility) == "10.5 kg and over, below 45 kg"


MONTH = "the label is for patients of 1 month or more, and says nothing of younger ones"
PRESERVED = (
    "bags of 72, 96 and 168 hours hold a preservative and are not for patients below 5.4 kg: only those of 24 and 48"
    " hours are"
)


@pytest.mark.parametrize(
    ("age", "kilograms", "gaps"),
    [
        ("20 days", "6", [(f"the patient is 20 days on 2026-11-02; {MONTH}", False)]),
        ("0", "6", [(f"the patient is 0 years on 2026-11-02, which may be less; {MONTH}", True)]),
        ("1 month", "5.4", []),
        ("1 month", "5.39", [(f"the patient weighs 5.39 kg; {PRESERVED}", False)]),
        (
            None,
            "5.39",
            [
                (f"how old a patient of 5.39 kg is, is not given; {MONTH}", True),
                (f"the patient weighs 5.39 kg; {PRESERVED}", False),
            ],
        ),
        (None, "5.4", []),
        (None, None, []),
        ("20 days", None, [(f"the patient is 20 days on 2026-11-02; {MONTH}", False)]),
    ],
)
def test_what_the_label_does_not_cover_is_told_with_its_limit(
    age: str | None, kilograms: str | None, gaps: list[tuple[str, bool]]
) -> None:
    weight = None if kilograms is None else Fraction(kilograms)
    whom = Patient(weight=weight) if age is None else patient(weight, age=read_age(age)).on(START)
    found = coverage_gaps(shipped("rr-below-45-kg"), whom)
    assert [(gap.message, gap.open) for gap in found] == gaps
    assert {gap.limit.name for gap in found} <= {"youngest", "preservative_from_weight"}


def test_where_a_file_says_ages_or_no_label_says_who_is_an_adult_nothing_is_told_by_the_population() -> None:
    whom = patient(Fraction(70), age=read_age("40")).on(START)
    of_children = read(limited("mine", 'population = "child"'), "mine")
    with_ages = read(limited("mine", 'population = "child"\nbelow_age_years = 65'), "mine")
    assert isinstance(of_children, RegimenFile)
    assert isinstance(with_ages, RegimenFile)
    adult = adult_from(of_children.regimen)
    assert of_another_group(of_children.regimen, whom, adult) is not None
    assert of_another_group(of_children.regimen, whom, None) is None
    assert of_another_group(with_ages.regimen, whom, adult) is None
    assert of_another_group(regimen(WEEK), whom, adult) is None


def test_of_ages_in_a_study_a_label_says_nothing() -> None:
    """A bag with preservative is one in a study, too."""
    young = patient(Fraction(5), age=read_age("20 days")).on(START)
    assert [gap.limit.name for gap in coverage_gaps(regimen(WEEK), young)] == ["preservative_from_weight"]


# --- age -------------------------------------------------------------------------------------------------------------


def aged(words: str, kilograms: str | None = None) -> Patient:
    return patient(None if kilograms is None else Fraction(kilograms), age=read_age(words)).on(START)


INFANTS = "min_age_years = 0.0767, below_age_years = 1"  # 28 days to 1 year


@pytest.mark.parametrize(
    ("limits", "age", "admitted"),
    [
        ("min_age_years = 65", "65", True),
        ("min_age_years = 65", "64", False),
        ("min_age_years = 65", "1961-11-02", True),
        ("min_age_years = 65", "1961-11-03", False),
        ("min_age_years = 30, below_age_years = 71", "70", True),
        ("min_age_years = 30, below_age_years = 71", "71", False),
        (INFANTS, "27 days", False),
        (INFANTS, "28 days", True),
        (INFANTS, "11 months", True),
        (INFANTS, "1 year", False),
        ("below_age_years = 18", "2008-11-03", True),
        ("below_age_years = 18", "2008-11-02", False),
    ],
)
def test_a_patient_is_of_an_age_that_the_regimen_is_for(limits: str, age: str, admitted: bool) -> None:
    ours = regimen(WEEK, more=f"eligibility = {{ {limits} }}\n")
    assert ours.eligibility.admits_age(aged(age).age or Age()) is admitted
    if admitted:
        assert f"the patient is {aged(age).age}" in choose(ours, aged(age), load).reason
        assert expand(ours, aged(age)).patient == aged(age)
        return
    for refused in (lambda: choose(ours, aged(age), load), lambda: expand(ours, aged(age))):
        with pytest.raises(PatientError, match=f"years.*; the patient is {aged(age).age}"):
            refused()


def test_an_age_that_is_not_known_decides_nothing_and_says_so() -> None:
    ours = regimen(WEEK, more="eligibility = { min_weight_kg = 10, min_age_years = 0.5 }\n")
    assert choose(ours, weighing("20"), load).reason.endswith(
        "the patient weighs 20 kg; age not given, so not evaluated"
    )
    assert choose(ours, Patient(), load).reason.endswith("weight not given and age not given, so not evaluated")
    reason = choose(ours, aged("0", "10"), load).reason
    assert reason.endswith("age on the first day not known exactly (0 years on 2026-11-02), so not evaluated")


def test_a_regimen_for_other_ages_is_taken_where_the_file_names_it() -> None:
    eligibility = 'eligibility = { min_age_years = 65, otherwise = "young" }\n'
    old = regimen(WEEK, more=eligibility, name="old")
    files = {"young": limited("young", "below_age_years = 65")}
    choice = choose(old, aged("64"), lambda name: read(files[name], name))
    assert (choice.regimen.name, choice.switched) == ("young", True)
    assert choice.reason == "old is for 65 years and over; the patient is 64 years on 2026-11-02: switched to young"


ADULT_TRIALS = [
    "tower",
    "mt103-202",
    "mt103-203",
    "mt103-206-5-15",
    "mt103-211",
    "nhl-60",
    "nci-9924",
    "mini-hyper-cvd",
]


@pytest.mark.parametrize("name", ADULT_TRIALS)
def test_a_trial_in_adults_gives_no_child_its_doses(name: str) -> None:
    for age in (read_age("3"), None):
        person = patient(weight=Fraction(14), height=Fraction(95), age=age)
        with pytest.raises(PatientError, match="18 years and over"):
            choose(shipped(name), person, library.load)
    assert choose(shipped(name), weighing("20"), library.load).regimen.name == name


def test_the_weight_tells_that_somebody_is_no_infant_and_an_age_that_somebody_is_too_old() -> None:
    with pytest.raises(PatientError, match="nobody below 1 year weighs more than 25 kg"):
        choose(shipped("infant-kmt2a"), weighing("70"), library.load)
    assert choose(shipped("infant-kmt2a"), weighing("25"), library.load).regimen.name == "infant-kmt2a"
    grown = patient(weight=Fraction(80), age=read_age("40"))
    with pytest.raises(PatientError, match="below 31 years; the patient is 40 years"):
        choose(shipped("aall1731-down"), grown, library.load)


@pytest.mark.parametrize(
    ("population", "person", "told", "plain"),
    [
        (
            "adult-rr",
            patient(age=read_age("3")),
            "is 3 years, and the regimen's virtual patients are adults",
            True,
        ),
        (
            "adult-rr",
            patient(age=read_age("12")),
            "is 12 years, and the regimen's virtual patients are adults",
            False,
        ),
        ("adult-rr", patient(age=read_age("18")), None, None),
        ("adult-rr", weighing("19.9"), "nobody of 18 years or more weighs less than 20 kg", True),
        ("adult-rr", weighing("20"), None, None),
        (
            "child",
            patient(age=read_age("40")),
            "is 40 years, and the regimen's virtual patients are children",
            True,
        ),
        ("child", patient(age=read_age("24")), "virtual patients are children", False),
        ("child", patient(age=read_age("17")), None, None),
        ("child", weighing("80"), None, None),
    ],
)
def test_the_virtual_population_tells_of_whom_a_file_without_ages_thinks(
    population: str, person: Patient, told: str | None, plain: bool | None
) -> None:
    thought_of = read(limited("mine", f'population = "{population}"'), "mine")
    assert isinstance(thought_of, RegimenFile)
    found = of_another_group(thought_of.regimen, person, adult_from(thought_of.regimen))
    assert (found is None) == (told is None)
    assert found is None or told is None or (told in found.message and found.plain is plain)


@pytest.mark.parametrize(("sizes", "said"), [([168], "168 hours"), ([168, 72, 96], "72, 96 and 168 hours")])
def test_the_hours_of_bags_are_listed_from_the_shortest_on(sizes: list[int], said: str) -> None:
    assert _hours(sizes) == said


def test_a_patient_too_light_for_a_preservative_is_told_the_weight_to_the_gram() -> None:
    (gap,) = coverage_gaps(shipped("rr-below-45-kg"), Patient(weight=Fraction("5.3994"), age=read_age("1")))
    assert gap.message.startswith("the patient weighs ≈ 5.399 kg; bags of ")
    assert coverage_gaps(shipped("rr-below-45-kg"), Patient(weight=Fraction("5.4"), age=read_age("1"))) == ()


def test_a_weight_that_decides_nothing_is_no_reason() -> None:
    by_age = replace(shipped("rr-adult"), eligibility=Eligibility(minimum_age=Fraction(18), population="adult-rr"))
    choice = choose(by_age, Patient(weight=Fraction(70), age=read_age("30")), library.load)
    assert "weighs" not in choice.reason
    assert "30" in choice.reason


@pytest.mark.parametrize(
    ("value", "unit", "said"), [(1, "months", "1 month"), (2, "months", "2 months"), (1, "years", "1 year")]
)
def test_one_month_is_no_months(value: int, unit: str, said: str) -> None:
    limit = label_named("us-2025").numbers["youngest"]._replace(value=Fraction(value), unit=unit)
    assert str(limit) == said
    assert years_of(limit) == Fraction(value, 12 if unit == "months" else 1)


ADULTS = Eligibility(minimum_weight=Fraction(45), minimum_age=Fraction(18))
NOT_18 = "the patient weighs 14 kg, and nobody of 18 years or more weighs less than 20 kg"


@pytest.mark.parametrize(
    ("who", "person", "told"),
    [
        (ADULTS, Patient(Fraction(14)), ["the patient weighs 14 kg"]),  # which is reason enough
        (ADULTS._replace(minimum_weight=None), Patient(Fraction(14)), [NOT_18]),
        (ADULTS._replace(minimum_weight=None), Patient(Fraction(20)), []),
        (
            ADULTS._replace(minimum_weight=None),
            Patient(Fraction(14), age=read_age("40")),
            [],
        ),  # the age is what is asked
        (Eligibility(), Patient(Fraction(14)), []),
        (ADULTS, Patient(Fraction(44), age=read_age("17")), ["the patient weighs 44 kg", "the patient is 17 years"]),
        (ADULTS, Patient(Fraction(45), age=read_age("18")), []),
        (ADULTS, Patient(), []),
        (
            ADULTS._replace(minimum_weight=None),
            Patient(Fraction(14), Fraction(50)),  # one of the two is enough
            [NOT_18],
        ),
    ],
)
def test_whom_a_regimen_is_not_for_is_told_once(who: Eligibility, person: Patient, told: list[str]) -> None:
    assert misfits(who, person) == told


@pytest.mark.parametrize(
    ("who", "person", "told"),
    [
        (ADULTS, Patient(), ["weight is not given", "age is not given"]),
        (ADULTS, Patient(Fraction(70)), ["age is not given"]),
        (ADULTS, Patient(age=read_age("40")), ["weight is not given"]),
        (ADULTS, Patient(Fraction(70), age=read_age("40")), []),
        (Eligibility(), Patient(), []),
        (Eligibility(), Patient(age=read_age("0")), []),
        (
            Eligibility(minimum_age=Fraction(1, 2)),
            Patient(age=read_age("0")),
            ["age on the first day is not known exactly (0 years)"],
        ),
    ],
)
def test_what_cannot_be_held_against_a_patient_is_told(who: Eligibility, person: Patient, told: list[str]) -> None:
    assert open_limits(who, person) == told


def test_a_label_of_which_no_age_and_no_weight_is_seen_covers_whomever_it_is_asked_about() -> None:
    hk = shipped("hk-rr-adult")
    for person in (Patient(Fraction(3)), Patient(Fraction(3), age=read_age("3 days")), Patient()):
        assert coverage_gaps(hk, person) == ()
    here = coverage_gaps(shipped("rr-below-45-kg"), Patient(Fraction("3.12345")))
    assert [gap.message.partition(" kg")[0] for gap in here] == [
        "how old a patient of ≈ 3.123",
        "the patient weighs ≈ 3.123",
    ]


def test_an_age_that_may_be_too_low_is_no_reason_for_a_regimen() -> None:
    infants = regimen(WEEK, more="eligibility = { min_age_years = 0.5 }\n")
    reason = choose(infants, aged("0"), load).reason
    assert "the patient is 0 years" not in reason
    assert choose(shipped("rr-adult"), weighing("70.12345"), library.load).reason.endswith("weighs ≈ 70.123 kg")


def test_a_file_that_simulates_no_group_is_for_no_other_one() -> None:
    anybody = replace(shipped("rr-adult"), eligibility=Eligibility())
    assert of_another_group(anybody, aged("5", "18"), adult_from(anybody)) is None
    assert of_another_group(anybody, aged("50", "70"), adult_from(anybody)) is None
