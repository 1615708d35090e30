"""Every rule is complete, and its own examples prove it."""

import importlib
import pkgutil
import re
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from blinplan.cli.check.options import read_figures
from blinplan.rules import catalogue, families
from blinplan.rules.catalogue import CATALOGUE, FAMILIES
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.limits import shipped_limits
from blinplan.rules.rule import Rule, Severity
from blinplan.rules.simulated.virtual import PatientSimulator
from blinplan.rules.verdict import Ruling
from tests.read_text import site_in
from tests.regimen_text import judgement_of, judgement_of_lines, verdict_of

RULES = [pytest.param(rule, id=rule.code, marks=pytest.mark.holds(rule.code)) for rule in CATALOGUE.values()]
PATIENTS = PatientSimulator(patients=200, seed=1)
FILES = sorted(Path(families.__path__[0]).glob("*/rules.py"))


def rules_in(file: Path) -> tuple[Rule, ...]:
    rules: tuple[Rule, ...] = importlib.import_module(f"{families.__name__}.{file.parent.name}.rules").RULES
    return rules


@cache
def found_in(lines: str, rule: Rule) -> Judgement:
    """Judge an example with virtual patients where its rule needs them, and with its rule even where that is off."""
    site = None if rule.site is None else site_in(rule.site)
    if rule.of == "record":
        return judgement_of(lines, site=site)
    return judgement_of_lines(
        lines,
        PATIENTS if rule.simulated else None,
        settings=Settings(extend_select=(Pattern(rule.code),)),
        patient=read_figures(rule.patient),
        site=site,
        beside=rule.beside or "" if rule.code[0] == "X" else None,
        begins=None if rule.start is None else datetime.fromisoformat(rule.start),
    )


@pytest.mark.parametrize("rule", RULES)
def test_the_bad_example_is_found_and_the_good_one_is_not(rule: Rule) -> None:
    bad, good = (verdict_of(found_in(lines, rule), rule.code) for lines in (rule.bad, rule.good))
    assert bad.ruling is Ruling.FINDING
    assert good.ruling is Ruling.PASS
    assert {finding.code for finding in bad.findings} == {rule.code}
    assert rule.severity in {finding.severity for finding in bad.findings}


@pytest.mark.parametrize("rule", RULES)
def test_the_bad_example_shows_this_fault_and_no_worse_one_of_its_kind(rule: Rule) -> None:
    found = found_in(rule.bad, rule).findings
    assert {finding.code for finding in found if finding.code[0] == rule.code[0]} == {rule.code}


@pytest.mark.parametrize("rule", RULES)
def test_the_good_example_is_a_sound_regimen(rule: Rule) -> None:
    found = found_in(rule.good, rule).findings
    allowed = {"D201": {"D202"}}.get(rule.code, set())  # 1.6 mcg/m²/day is above the one limit and below the other
    assert {finding.code for finding in found if finding.severity is not Severity.NOTE} <= allowed


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_it_is_in_words(rule: Rule) -> None:
    assert rule.limits or rule.sources
    assert re.fullmatch(r"[A-Z]\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert isinstance(rule.severity, Severity)
    for text in (rule.sentence, rule.why):
        assert text.endswith(".")
        assert text[0].isupper() or text[0] in ".µ0123456789d"
    assert "invalid" not in (rule.sentence + rule.why).lower()
    assert set(rule.limits) <= set(shipped_limits())
    assert not rule.simulated or rule.check is not None


def test_codes_and_names_are_unique_and_no_family_is_left_out() -> None:
    assert {file.parent.name for file in FILES} == {module.name for module in pkgutil.iter_modules(families.__path__)}
    rules = [rule for file in FILES for rule in rules_in(file)]
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)
    assert sorted(CATALOGUE) == sorted(rule.code for rule in rules)
    assert all(rule is CATALOGUE[rule.code] for rule in rules)
    assert all(code == rule.code for code, rule in CATALOGUE.items())


def test_each_family_has_a_letter_a_title_and_tests_of_its_name() -> None:
    tests = {path.stem.removeprefix("test_") for path in (Path(__file__).parent / "families").glob("test_*.py")}
    names = {module.name for module in pkgutil.iter_modules(families.__path__)}
    assert names == tests
    for name in names:
        family = importlib.import_module(f"{families.__name__}.{name}.rules")
        (letter,) = {rule.code[0] for rule in family.RULES}
        assert FAMILIES[letter] == family.TITLE
    assert len(FAMILIES) == len(set(FAMILIES.values())) == len(names)


FAMILY = {rule.code: file.parent.name for file in FILES for rule in rules_in(file)}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_an_example_and_a_near_miss_in_the_tests_of_its_family(rule: Rule) -> None:
    """A rule that finds too much is as wrong as one that finds too little."""
    examples = importlib.import_module(f"tests.rules.families.test_{FAMILY[rule.code]}").EXAMPLES
    answers = [example.answer for example in examples if example.code == rule.code]
    assert "finding" in answers
    assert "pass" in answers
    assert len({str(example) for example in examples}) == len(examples)
    assert {FAMILY[example.code] for example in examples} == {FAMILY[rule.code]}


def test_the_catalogue_is_in_the_order_of_numbers() -> None:
    places = [(code[1], code[0], code) for code in CATALOGUE]
    assert places == sorted(places)


def test_the_rules_that_the_article_decides_are_there() -> None:
    article = {"D201", "D202", "S301", "S302", "S303", "S304", "S305", "B401", "B403"}
    assert article <= set(CATALOGUE)
    for code in article:
        assert CATALOGUE[code].limits, code
        assert any(
            shipped_limits()[name].source.startswith("Blinatumomab (Mechanism of Action)")
            for name in CATALOGUE[code].limits
        )


@pytest.mark.parametrize("rule", RULES)
def test_a_finding_says_what_to_do_and_names_limits_that_exist(rule: Rule) -> None:
    for finding in verdict_of(found_in(rule.bad, rule), rule.code).findings:
        assert finding.message
        assert finding.why
        assert finding.help
        assert "?" not in finding.help
        assert set(finding.limits) <= set(shipped_limits())
        assert bool(finding.limits) == bool(rule.limits)


def test_families_come_by_the_digit_of_their_codes_and_by_their_letters_where_they_share_one() -> None:
    found = [(family.RULES[0].code[0], family.TITLE) for family in catalogue._families()]
    assert found == list(FAMILIES.items())
    marks = [family.RULES[0].code[:2] for family in catalogue._families()]
    assert marks == sorted(marks, key=lambda mark: mark[::-1])
    folders = {path.parent.name for path in Path(catalogue.__file__).parent.glob("families/*/rules.py")}
    assert {family.__name__.split(".")[-2] for family in catalogue._families()} == folders
    assert len(folders) > 10
