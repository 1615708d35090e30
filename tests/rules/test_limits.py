"""The limits: exact numbers with unit, source and status."""

import re
from fractions import Fraction

import pytest

from blinplan.label.read import DEFAULT, label_named
from blinplan.limits import what_can_be_changed
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.limits import Limit, shipped_limits
from blinplan.rules.rule import Rule

LIMITS = [pytest.param(limit, id=name) for name, limit in shipped_limits().items()]
STATUSES = {"seen", "transcribed", "derived", "unverified", "convention"}


@pytest.mark.parametrize("limit", LIMITS)
def test_every_limit_has_unit_source_and_status(limit: Limit) -> None:
    assert limit.value > 0
    assert limit.unit in {
        "mcg/m²/day",
        "mcg/day",
        "days",
        "hours",
        "cells/µL",
        "%",
        "kg",
        "cycles",
        "times the labelled maximum",
        "times the step before",
        "times",
        "of the label's",
        "grade",
        "seizure",
        "mg",
        "mg/m²",
        "m²",
        "months",
        "mL",
        "years",
        "times the upper limit of normal",
    }
    assert len(limit.source) > 10
    assert limit.says.endswith(".")
    assert limit.status in STATUSES


@pytest.mark.parametrize(
    ("name", "value", "unit", "claim"),
    [
        ("incomplete_depletion", "1.5", "mcg/m²/day", "DEP-3"),
        ("depletion_by_area", "5", "mcg/m²/day", "DEP-1"),
        ("depletion_flat", "9", "mcg/day", "DEP-2"),
        ("infusion_per_cycle", "28", "days", "INF-1"),
        ("shortest_infusion_studied", "5", "days", None),
        ("longest_infusion_studied", "56", "days", None),
        ("shortest_interval_run", "7", "days", None),
        ("step_length", "7", "days", "TCL-2"),
        ("shorter_step_run", "4", "days", None),
        ("shortest_step_run", "3", "days", None),
        ("step_ratio", "4", "times the step before", None),
        ("treatment_free_interval", "14", "days", "DEP-5"),
        ("treatment_free_interval_continued", "56", "days", None),
        ("escalation_after", "48", "hours", "CYT-2, CYT-3"),
        ("depleted_count", "10", "cells/µL", "DEP-1"),
        ("majority", "50", "%", "DEP-1, DEP-2"),
        ("recovering_patients", "5", "%", "DEP-5"),
    ],
)
def test_limits_are_what_the_sources_say(name: str, value: str, unit: str, claim: str | None) -> None:
    limit = shipped_limits()[name]
    assert (limit.value, limit.unit, limit.claim) == (Fraction(value), unit, claim)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("shortest_infusion_studied", "NCT06836973"),
        ("shortest_interval_run", "NCT04994717"),
        ("shorter_step_run", "NCT01371630"),
        ("shorter_step_run", "NCT04994717"),
        ("shortest_step_run", "Cancer Med 2024;13(24):e70515"),
    ],
)
def test_what_was_run_is_seen_in_the_trial_and_nobody_can_change_it(name: str, source: str) -> None:
    limit = shipped_limits()[name]
    assert source in limit.source
    assert limit.status == "seen"
    assert not limit.allows(limit.value / 2)


def test_every_limit_decides_some_rule() -> None:
    named = {name for rule in CATALOGUE.values() for name in rule.limits}
    planned = {
        "supervision_again",
        "cytokine_release_dexamethasone",
        "cytokine_release_dexamethasone_by_area",
        "cytokine_release_dexamethasone_every",
        "cytokine_release_dexamethasone_longest",
        "cytokine_release_dexamethasone_taper",
        "first_return_of_t_cells",
        "adult_from",
        "consolidation_interval",
        "labelled_interval",
        "liver_bilirubin",
        "liver_transaminases",
        "vial_at_room_temperature",
        "vial_refrigerated",
        "diluent",
    }  # what a plan needs and no rule
    assert set(shipped_limits()) - planned == named


@pytest.mark.parametrize("rule", [rule for rule in CATALOGUE.values() if rule.limits], ids=lambda rule: rule.code)
def test_the_sentence_of_a_rule_says_no_number_but_those_that_decide_it(rule: Rule) -> None:
    """So that a limit that is changed where it stands names the rules whose sentences have to follow."""
    written = re.findall(r"(?<![\w-])\d+(?:\.\d+)?(?![\w-])", rule.sentence)
    deciding = {shipped_limits()[name].value for name in rule.limits}
    assert {Fraction(number) for number in written} <= deciding | (
        {Fraction(1)} if "cycle 1" in rule.sentence else set()
    )


def test_limits_count_in_minutes_and_in_shares() -> None:
    limits = shipped_limits()
    assert limits["infusion_per_cycle"].minutes == 28 * 24 * 60
    assert limits["escalation_after"].minutes == 48 * 60
    assert limits["majority"].fraction == 0.5
    assert limits["recovering_patients"].fraction == 0.05


def test_a_limit_in_another_unit_is_refused_not_converted() -> None:
    limits = shipped_limits()
    with pytest.raises(KeyError):
        _ = limits["majority"].minutes
    with pytest.raises(KeyError):
        _ = limits["depletion_flat"].fraction


def test_a_limit_reads_with_its_unit_and_a_citation_with_what_was_not_seen() -> None:
    limits = shipped_limits()
    assert str(limits["incomplete_depletion"]) == "1.5 mcg/m²/day"
    assert str(limits["escalation_after"]) == "48 hours"
    assert limits["depletion_flat"].citation == "Blinatumomab (Mechanism of Action), claim DEP-2"
    assert "claim" not in limits["longest_infusion_studied"].citation
    assert limits["recovering_patients"].citation.endswith("(convention)")


def test_limits_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        shipped_limits()["majority"] = shipped_limits()["majority"]  # type: ignore[index]


def test_the_label_s_in_use_time_is_one_number() -> None:
    given = {bag.in_use for bag in label_named(DEFAULT).bags if bag.in_use is not None}
    assert given == {shipped_limits()["in_use"].minutes}


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(1, "times", "1 time"), (2, "times", "2 times"), (1, "kg", "1 kg")]
)
def test_one_of_what_is_counted_is_told_in_the_singular(value: int, unit: str, text: str) -> None:
    limit = next(iter(shipped_limits().values()))
    assert str(limit._replace(value=Fraction(value), unit=unit)) == text


def test_a_number_that_is_fixed_is_said_to_be_changed_in_its_stricter_direction_alone() -> None:
    assert what_can_be_changed(None, "lower") == ""
    assert what_can_be_changed("it is what was run", None) == "It cannot be changed: it is what was run."
    assert what_can_be_changed("it is what was run", "lower") == "It can only be made lower: it is what was run."
