"""Premedication that finds nothing is laid beside the label once for all files that declare the same for the same."""

from collections.abc import Callable
from typing import cast

import pytest

from blinplan.course.patient import Patient
from blinplan.limits import Consulted
from blinplan.regimen.age import read_age
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.families.cytokines.premedication import alike
from blinplan.rules.families.cytokines.premedication.alike import once_for_all_alike
from blinplan.rules.rule import Answer, Case, NotEvaluated, Rule
from tests.read_text import regimen_file_in
from tests.regimen_text import cycle, regimen_text

RELAPSED = 'indication = "relapsed-refractory"\n\n'
TABLE = '[premedication]\ndrug = "dexamethasone"\ndose = "20 mg"\nbefore = ["cycle-start", "escalation", "restart"]\n\n'
LOW = cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")
STUDY = 'indication = "investigational"\n\n'
C603, C605 = CATALOGUE["C603"], CATALOGUE["C605"]


def case_of(lines: str, patient: Patient | None = None) -> Case:
    """What a rule is asked about: a regimen, by limits that remember what they are asked for."""
    reading = regimen_file_in(regimen_text(lines))
    limits = DEFAULTS.limits_for(reading.regimen)
    return Case(reading.document, reading.regimen, Consulted(limits), None, patient)


class Counted:
    """A check that gives one answer, asks for one limit, and remembers how often it was asked."""

    def __init__(self, answer: Answer = ()) -> None:
        self.answer, self.count = answer, 0

    def __call__(self, _: Rule, case: Case) -> Answer:
        self.count += 1
        assert case.limits["far_from_label"].value
        return self.answer


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_NOTHING_FOUND", {})


def asked(*cases: Case, answer: Answer = (), rules: tuple[Rule, ...] = (C605,)) -> int:
    """How often a check is asked that is to answer about these, one after the other."""
    counted = Counted(answer)
    check = once_for_all_alike(cast("Callable[[Rule, Case], Answer]", counted))
    for case in cases:
        for rule in rules:
            assert check(rule, case) == answer
            assert list(case.limits.names) == ["far_from_label"]  # type: ignore[attr-defined]
            case.limits.forget()  # type: ignore[attr-defined]
    return counted.count


SAME = RELAPSED + TABLE + LOW


@pytest.mark.parametrize(
    ("other", "times"),
    [
        (SAME, 1),
        (SAME.replace("days = 7", "days = 6"), 1),  # nothing of the doses but whether they rise
        (RELAPSED + TABLE + LOW + cycle(), 2),
        (RELAPSED + TABLE + cycle(), 2),
        (SAME.replace("20 mg", "21 mg"), 2),
        (SAME.replace('"cycle-start", ', ""), 2),
        (SAME.replace("relapsed-refractory", "mrd-positive"), 2),
        (SAME.replace("\n\n", '\nlabel = "hk-2026"\n\n', 1), 2),
        (RELAPSED + "[eligibility]\nmin_weight_kg = 45\nmin_age_years = 18\n\n" + TABLE + LOW, 2),
        (RELAPSED + "[eligibility]\nmin_weight_kg = 46\n\n" + TABLE + LOW, 2),
    ],
)
def test_what_decides_is_all_that_has_to_be_the_same(other: str, times: int) -> None:
    assert asked(case_of(SAME), case_of(other)) == times


@pytest.mark.parametrize(("first", "second", "times"), [(1, 1, 1), (1, 2, 2), (2, 3, 1), (3, 2, 1), (2, 1, 2)])
def test_of_the_cycles_counts_only_whether_there_is_another(first: int, second: int, times: int) -> None:
    cases = (case_of(RELAPSED + TABLE + cycle(repeat=count)) for count in (first, second))
    assert asked(*cases) == times


def test_each_study_is_beside_its_own_base_and_each_disease_its_own() -> None:
    from_adult = STUDY.replace("\n\n", '\ndeparts_from = "rr-adult"\n\n')
    in_lymphoma = STUDY.replace("\n\n", '\ndisease = "lymphoma"\n\n')
    heads = (STUDY, from_adult, from_adult.replace("rr-adult", "e1910"), in_lymphoma)
    assert asked(*(case_of(head + TABLE + LOW) for head in heads)) == len(heads)


def test_doses_counted_in_the_other_way_are_others() -> None:
    by_area = cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days")
    ages = "[eligibility]\nbelow_age_years = 18\n\n"
    assert asked(*(case_of(RELAPSED + ages + TABLE + steps) for steps in (LOW, by_area))) == 2


def test_each_patient_s_age_group_is_asked_about() -> None:
    patients = (Patient(age=read_age(f"{years} years")) for years in (17, 18, 40))
    assert asked(*(case_of(SAME, patient) for patient in patients)) == 2


def test_each_rule_is_asked() -> None:
    assert asked(case_of(SAME), rules=(C603, C605, C603)) == 2


def test_other_limits_are_others() -> None:
    by_others = case_of(SAME)
    changed = Consulted(dict(by_others.limits_unasked))
    assert asked(case_of(SAME), by_others.with_limits(changed)) == 2


@pytest.mark.parametrize("answer", [NotEvaluated("unverified", "nobody has seen it")])
def test_an_answer_other_than_nothing_is_that_of_one_file(answer: Answer) -> None:
    assert asked(case_of(SAME), case_of(SAME), answer=answer) == 2


def test_where_nothing_is_declared_nothing_is_kept() -> None:
    assert asked(case_of(RELAPSED + LOW), case_of(RELAPSED + LOW)) == 2
    assert alike._NOTHING_FOUND == {}


def test_no_more_are_kept_than_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the third all are forgotten, so that the first is asked again."""
    monkeypatch.setattr(alike, "_MOST", 2)
    three = [case_of(SAME.replace("20 mg", f"{dose} mg")) for dose in (20, 21, 22)]
    assert asked(*three, three[2], three[0], three[0]) == 4
    assert len(alike._NOTHING_FOUND) == 2
