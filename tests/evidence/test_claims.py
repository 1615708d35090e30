"""The claims of the article hold for the parameters that are shipped."""

import math

import pytest

from blinplan.evidence.evaluate import Evidence, evaluate, load_claims
from blinplan.evidence.kinds import EvidenceKind
from blinplan.physiology import Options, load_parameters

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return evaluate(patients=1000, seed=1)


@pytest.mark.parametrize("claim", [pytest.param(one.id, marks=pytest.mark.holds(one.id)) for one in load_claims()])
def test_claim_holds_on_a_thousand_patients(evidence: Evidence, claim: str) -> None:
    (finding,) = [finding for finding in evidence.findings if finding.claim.id == claim]
    missed = [
        f"{m.expectation.text}: {m.value:g}, not {m.expectation.band}"
        for m in finding.measurements
        if m.kind is EvidenceKind.FAILS
    ]
    assert not missed


def test_every_claim_of_the_article_is_measured() -> None:
    ids = {claim.id for claim in load_claims() if claim.kind == "claim"}
    families = {"INF": 2, "DEP": 6, "TCL": 4, "CYT": 4, "MOA": 5, "NUL": 1}
    assert ids == {f"{family}-{k}" for family, count in families.items() for k in range(1, count + 1)}
    assert all(claim.expectations and claim.source and claim.sentence for claim in load_claims())


def test_shares_carry_their_interval(evidence: Evidence) -> None:
    shares = [m for finding in evidence.findings for m in finding.measurements if m.interval is not None]
    assert len(shares) > 10
    for m in shares:
        assert m.interval is not None
        assert m.interval[0] - 1e-12 <= m.value <= m.interval[1] + 1e-12


def test_a_weaker_drug_fails_the_claims() -> None:
    weak = {k: p.with_values({"kill_rate": 0.2}) for k, p in load_parameters().presets.items()}
    found = evaluate(200, 1, presets=weak, only=("DEP-1", "DEP-2", "MOA-5", "MRD-1"))
    assert [f.claim.id for f in found.findings if not f.holds] == ["DEP-1", "DEP-2", "MOA-5", "MRD-1"]
    assert not found.holds


def test_a_depletion_that_does_not_come_counts_as_endless() -> None:
    weak = {k: p.with_values({"kill_rate": 0.2}) for k, p in load_parameters().presets.items()}
    (finding,) = evaluate(60, 1, presets=weak, only=("NHL-1",)).findings
    assert not finding.holds
    assert finding.measurements[0].value == math.inf


def test_target_loss_alone_keeps_depletion_and_attenuation() -> None:
    found = evaluate(300, 1, options=Options(attenuation="target-loss"), only=("DEP-1", "DEP-5", "CYT-1", "CYT-4"))
    assert found.holds
