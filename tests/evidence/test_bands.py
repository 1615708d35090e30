"""Where a measure must land, and how the file of claims says so."""

import math
from collections import Counter

import pytest

from blinplan.evidence.evaluate import Bounds, Claim, ClaimResult, Evidence, Expectation, Measurement, load_claims
from blinplan.evidence.measures import MEASURES
from blinplan.evidence.scenarios import scenario
from blinplan.evidence.study import Arm
from blinplan.physiology import Options, draw

EXPECTATIONS = [expectation for claim in load_claims() for expectation in claim.expectations]


@pytest.mark.parametrize(
    ("bounds", "inside", "outside"),
    [
        (Bounds(low=0.5), 0.5, math.nextafter(0.5, 0.0)),
        (Bounds(low=0.5, low_strict=True), math.nextafter(0.5, 1.0), 0.5),
        (Bounds(high=1.0), 1.0, math.nextafter(1.0, 2.0)),
        (Bounds(high=1.0, high_strict=True), math.nextafter(1.0, 0.0), 1.0),
        (Bounds(28.0, 28.0), 28.0, 28.000001),
        (Bounds(), math.inf, math.nan),
    ],
    ids=str,
)
def test_a_bound_is_inside_unless_it_is_strict_and_what_is_not_known_is_nowhere(
    bounds: Bounds, inside: float, outside: float
) -> None:
    assert bounds.holds(inside)
    assert not bounds.holds(outside)


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        (Bounds(0.0, 0.2, low_strict=True), "> 0 and ≤ 0.2"),
        (Bounds(low=0.5), "≥ 0.5"),
        (Bounds(high=2.0, high_strict=True), "< 2"),
        (Bounds(28.0, 28.0), "28"),
    ],
)
def test_a_band_reads_as_it_decides(bounds: Bounds, text: str) -> None:
    assert str(bounds) == text


def band_of(text: str) -> Bounds:
    """The band of the one expectation with these words, as it was read from the file."""
    (expectation,) = [expectation for expectation in EXPECTATIONS if expectation.text == text]
    return expectation.band


def test_a_majority_is_more_than_half_and_days_of_infusion_are_a_number() -> None:
    assert band_of("reach 10/µL or less by day 28 at 6 mcg/m²/day") == Bounds(low=0.5, low_strict=True)
    assert band_of("days of infusion without a gap in each cycle") == Bounds(28.0, 28.0)


def test_every_band_excludes_something() -> None:
    assert len(EXPECTATIONS) > 50
    assert [each.text for each in EXPECTATIONS if each.band == Bounds()] == []
    assert [each.text for each in EXPECTATIONS if each.band.low > each.band.high] == []


def test_what_calibration_aims_at_lies_inside_its_band() -> None:
    aims = [each for each in EXPECTATIONS if each.target is not None]
    assert len(aims) > 20
    for each in aims:
        assert each.target is not None
        assert each.tolerance is not None, each.text
        assert each.band.holds(each.target), each.text


def test_every_claim_has_a_name_of_its_own_and_every_measure_is_asked_for() -> None:
    assert {name for name, count in Counter(claim.id for claim in load_claims()).items() if count > 1} == set()
    assert {each.measure for each in EXPECTATIONS} == set(MEASURES)


def test_published_numbers_say_how_far_they_were_verified_and_the_article_s_sentences_need_not() -> None:
    known = {"seen", "transcribed", "derived", "unverified"}
    assert {claim.status for claim in load_claims() if claim.kind == "published"} <= known
    assert {claim.status for claim in load_claims() if claim.kind == "claim"} == {None}


@pytest.mark.parametrize("each", EXPECTATIONS, ids=lambda each: f"{each.measure}-{each.arm.population}")
def test_every_scenario_is_one_that_patients_can_be_given(each: Expectation) -> None:
    people = draw(each.arm.population, 3, seed=1)
    for name in each.arm.scenarios:
        given = scenario(name, people.bsa_m2)
        assert given.rates.shape[0] == len(given.edges_minutes) - 1
        assert 1 <= each.arm.cycle <= max(given.cycles)


def test_a_claim_holds_when_every_measure_does_and_evidence_when_every_claim_does() -> None:
    expectation = Expectation("it", "depleted", Arm("adult-rr", ("label",)), "1", Bounds(low=0.5))
    yes, no = (Measurement(expectation, value, 10) for value in (0.6, 0.4))
    claim = Claim("X-1", "claim", "it is so", "somewhere", (expectation, expectation))
    good, bad = ClaimResult(claim, (yes, yes)), ClaimResult(claim, (yes, no))
    assert good.holds
    assert not bad.holds
    assert Evidence(10, 1, Options(), (good, good)).holds
    assert not Evidence(10, 1, Options(), (good, bad)).holds
