"""C603: which age groups a regimen is for: by its ages, by its virtual patients, by the patient or by the site."""

import pytest

from blinplan.course.patient import Patient
from blinplan.regimen.age import read_age
from blinplan.regimen.site.site import Site
from tests.read_text import site_in
from tests.regimen_text import cycle, judgement_of_lines
from tests.rules.families.examples import Told, told_of

ADULTS, CHILDREN = (
    Told(
        f"premedication.{number}.before",
        '["escalation"]',
        "error",
        f"no premedication of {whom} is declared before {when}",
        f"add {names} to `before` under [premedication]",
        ("premedication",),
    )
    for number, whom, when, names in (
        (0, "adults", "the start of each cycle and a restart", '"cycle-start", "restart"'),
        (
            1,
            "children",
            "the start of infusion and a restart in the first cycle",
            '"first-start", "first-cycle-restart"',
        ),
    )
)
"""What is told where premedication is declared before a step only, in relapsed disease."""


def told(eligibility: str, patient: Patient | None = None, site: Site | None = None) -> list[Told]:
    """What C603 tells of a regimen for such patients, whose premedication is declared before a step only."""
    tables = "".join(
        f'[[premedication]]\ndrug = "dexamethasone"\n{dose}\npatients = "{group}"\nbefore = ["escalation"]\n\n'
        for group, dose in (("adults", 'dose = "20 mg"'), ("children", 'dose = "5 mg/m2"\nmax = "20 mg"'))
    )
    head = f'indication = "relapsed-refractory"\n\n[eligibility]\nmin_weight_kg = 45\n{eligibility}\n\n'
    lines = head + tables + cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days") + cycle()
    return told_of(judgement_of_lines(lines, patient=patient, site=site), "C603")


@pytest.mark.holds("C603")
@pytest.mark.parametrize(
    ("eligibility", "expected"),
    [
        ("", [ADULTS, CHILDREN]),
        ("min_age_years = 17", [ADULTS, CHILDREN]),
        ("min_age_years = 18", [ADULTS]),
        ("min_age_years = 19", [ADULTS]),
        ("below_age_years = 17", [CHILDREN]),
        ("below_age_years = 18", [CHILDREN]),
        ("below_age_years = 19", [ADULTS, CHILDREN]),
        ("min_age_years = 2\nbelow_age_years = 18", [CHILDREN]),
        ("min_age_years = 18\nbelow_age_years = 60", [ADULTS]),
        ("min_age_years = 2\nbelow_age_years = 60", [ADULTS, CHILDREN]),
        ('population = "adult-rr"', [ADULTS]),
        ('population = "adult-mrd"', [ADULTS]),
        ('population = "child"', [CHILDREN]),
    ],
)
def test_who_is_admitted_is_told_by_ages_or_by_virtual_patients(eligibility: str, expected: list[Told]) -> None:
    """From 18 years on a person is an adult."""
    assert told(eligibility) == expected


@pytest.mark.holds("C603")
@pytest.mark.parametrize(("years", "expected"), [(15, [ADULTS, CHILDREN]), (16, [ADULTS]), (17, [ADULTS])])
def test_a_site_may_say_who_is_an_adult(years: int, expected: list[Told]) -> None:
    ward = site_in('site = 1\nname = "Ward 7"\nadult_from_years = 16\nbag = [{ hours = 24 }]')
    assert told(f"min_age_years = {years}", site=ward) == expected


@pytest.mark.holds("C603")
@pytest.mark.parametrize(
    ("age", "expected"), [("17 years", [CHILDREN]), ("18 years", [ADULTS]), (None, [ADULTS, CHILDREN])]
)
def test_of_a_patient_the_own_age_counts(age: str | None, expected: list[Told]) -> None:
    patient = Patient() if age is None else Patient(age=read_age(age))
    assert told("", patient) == expected
