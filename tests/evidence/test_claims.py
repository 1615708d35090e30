"""The claims of the article hold for the parameters that are shipped."""

import math

import pytest

from blinplan.evidence.calibrate import apply, load_stages, write
from blinplan.evidence.evaluate import Bounds, Evidence, evaluate, load_claims
from blinplan.evidence.scenarios import scenario
from blinplan.physiology import Options, draw, load_parameters


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return evaluate(patients=1000, seed=1)


@pytest.mark.parametrize("claim", [claim.id for claim in load_claims()])
def test_claim_holds_on_a_thousand_patients(evidence: Evidence, claim: str) -> None:
    (finding,) = [finding for finding in evidence.findings if finding.claim.id == claim]
    missed = [
        f"{m.expectation.text}: {m.value:g}, not {m.expectation.band}" for m in finding.measurements if not m.holds
    ]
    assert not missed


def test_every_claim_of_the_article_is_measured() -> None:
    ids = {claim.id for claim in load_claims() if claim.kind == "claim"}
    families = {"INF": 2, "DEP": 6, "TCL": 4, "CYT": 4, "MOA": 5, "NUL": 1}
    assert ids == {f"{family}-{k}" for family, count in families.items() for k in range(1, count + 1)}
    assert all(claim.expectations and claim.source and claim.sentence for claim in load_claims())


def test_published_numbers_say_how_far_they_were_verified() -> None:
    assert all(claim.status for claim in load_claims() if claim.kind == "published")


def test_shares_carry_their_interval(evidence: Evidence) -> None:
    for finding in evidence.findings:
        for m in finding.measurements:
            if m.interval is not None:
                assert m.interval[0] - 1e-12 <= m.value <= m.interval[1] + 1e-12


def test_bands_are_strict_where_they_say_so() -> None:
    assert not Bounds(low=0.5, low_strict=True).holds(0.5)
    assert Bounds(low=0.5).holds(0.5)
    assert not Bounds(high=1.0, high_strict=True).holds(1.0)
    assert not Bounds().holds(math.nan)
    assert str(Bounds(0.0, 0.2, low_strict=True)) == "> 0 and ≤ 0.2"


def test_a_weaker_drug_fails_the_claims() -> None:
    weak = {k: p.with_values({"kill_rate": 0.2}) for k, p in load_parameters().presets.items()}
    found = evaluate(200, 1, presets=weak, only=("DEP-1", "DEP-2", "MOA-5", "MRD-1"))
    assert [f.claim.id for f in found.findings if not f.holds] == ["DEP-1", "DEP-2", "MOA-5", "MRD-1"]


def test_a_depletion_that_does_not_come_counts_as_endless() -> None:
    weak = {k: p.with_values({"kill_rate": 0.2}) for k, p in load_parameters().presets.items()}
    (finding,) = evaluate(60, 1, presets=weak, only=("NHL-1",)).findings
    assert not finding.holds
    assert finding.measurements[0].value == math.inf


def test_target_loss_alone_keeps_depletion_and_attenuation() -> None:
    found = evaluate(300, 1, options=Options(attenuation="target-loss"), only=("DEP-1", "DEP-5", "CYT-1", "CYT-4"))
    assert found.holds


def test_children_are_dosed_by_body_surface_with_a_cap() -> None:
    children = draw("child", 200, seed=1)
    dosing = scenario("child", children.bsa_m2)
    assert dosing.rates.max(axis=1).tolist()[:2] == pytest.approx(
        [min(5 * children.bsa_m2.max(), 9.0), min(15 * children.bsa_m2.max(), 28.0)]
    )
    assert dosing.rates[0] == pytest.approx(children.bsa_m2.clip(max=1.8) * 5.0)
    with pytest.raises(ValueError, match="unknown scenario"):
        scenario("weekly", children.bsa_m2)


def test_calibrated_values_are_those_the_calibration_may_reach() -> None:
    presets = load_parameters()
    for stage in load_stages():
        for fitted in stage.parameters:
            held = presets.presets[stage.population].parameters if stage.population else presets.parameters
            assert held[fitted.key].status == "calibrated", fitted.key
            assert fitted.low <= held[fitted.key].value <= fitted.high


def test_writing_a_fit_changes_values_and_nothing_else() -> None:
    stage = load_stages()[0]
    text = '# kept\n[parameters.kill_rate]\nname = "x"\nvalue = 1.0\nunit = "1/day"\n'
    small = type(stage)(stage.name, stage.claims, stage.parameters, None)
    assert write(text, {small: {"kill_rate": 3.5}}) == text.replace("1.0", "3.5")
    with pytest.raises(ValueError, match="no single value"):
        write(text, {small: {"lysis_ec50": 1.0}})


def test_a_shared_value_leaves_a_populations_own_alone() -> None:
    stage = load_stages()[0]
    changed = apply(load_parameters().presets, stage, {"kill_rate": 9.0, "b_turnover": 0.05})
    assert changed["adult-rr"].value("kill_rate") == 9.0
    assert changed["adult-mrd"].value("kill_rate") != 9.0
    assert changed["adult-mrd"].value("b_turnover") == 0.05
