"""Numbers from which on something counts: each says itself, and everything measures by it."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from blinplan.evidence import measures
from blinplan.evidence.study import Arm, Study
from blinplan.label.read import DEFAULT, label_named
from blinplan.physiology import endpoints
from blinplan.physiology.model.parameters import load_parameters
from blinplan.proportion import Proportion
from blinplan.regimen import regimen
from blinplan.regimen.regimen import Eligibility
from blinplan.rules.limits import shipped_limits
from blinplan.simulation import typical_course
from blinplan.thresholds.threshold import Threshold, threshold, thresholds


def test_what_is_measured_is_what_the_data_say() -> None:
    assert endpoints.DEPLETED == threshold("b_cells_depleted") == 10.0
    assert shipped_limits()["depleted_count"].value == Fraction(10)
    assert endpoints.RETURNED == threshold("t_cells_returned") == 0.9
    assert endpoints.EXPANDED == threshold("t_cells_expanded") == 1.25
    assert endpoints.ELEVATION == threshold("cytokine_elevated") == 5.0
    assert endpoints.SETTLED == threshold("cytokine_settled") == 0.1
    assert typical_course.RISE == threshold("cytokine_risen") == 1.5
    assert threshold("t_cells_fallen") == 0.8
    assert endpoints.INFUSION == threshold("infusion_of_a_cycle") == 28.0
    assert endpoints.AFTER_ESCALATION == threshold("t_cells_fall_within") == 2.0


@pytest.mark.parametrize(
    ("limit", "name", "number"),
    [
        ("infusion_per_cycle", "infusion_of_a_cycle", 28),
        ("first_return_of_t_cells", "t_cells_return_from", 7),
        ("return_of_t_cells", "t_cells_return_until", 14),
        ("redistribution", "t_cells_fall_within", 2),
        ("watched_days", "cytokines_highest_within", 2),
    ],
)
def test_rules_ask_for_what_claims_are_measured_by(limit: str, name: str, number: int) -> None:
    assert shipped_limits()[limit].value == Fraction(thresholds()[name].value) == number
    assert shipped_limits()[limit].unit == thresholds()[name].unit == "days"
    claims = (shipped_limits()[limit].claim or "no claim").split(", ")
    assert all(claim in thresholds()[name].source for claim in claims)


def test_the_label_tells_of_the_infusion_of_a_cycle_by_its_number() -> None:
    assert (
        f"a total of {threshold('infusion_of_a_cycle'):g} infusion days"
        in label_named(DEFAULT).numbers["same_cycle"].says
    )


def test_who_is_a_virtual_adult_is_said_once() -> None:
    """The label parts doses at the same weight, and people who are drawn lie on the side that regimens count on."""
    assert threshold("adult_weight") == label_named(DEFAULT).numbers["flat_from_weight"].value == 45
    assert threshold("adult_age") == label_named(DEFAULT).numbers["adult_from"].value == 18
    presets = load_parameters().presets
    for name in ("adult-rr", "adult-mrd"):
        assert presets[name].covariates.weight_low == threshold("adult_weight")
        assert presets[name].covariates.age_low == threshold("adult_age")
    assert presets["child"].covariates.weight_high == threshold("adult_weight")


@pytest.mark.parametrize(
    ("name", "value", "who"),
    [
        ("adult_weight", 40.0, Eligibility(minimum_weight=Fraction(40), below_weight=Fraction(45))),
        ("adult_age", 16.0, Eligibility(below_age=Fraction(17))),
    ],
)
def test_a_regimen_is_for_virtual_children_below_the_numbers_that_the_data_say(
    name: str, value: float, who: Eligibility, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert who.of_children
    monkeypatch.setattr(regimen, "threshold", lambda of: value if of == name else threshold(of))
    assert not who.of_children


@pytest.mark.parametrize(
    ("measure", "name", "value"),
    [
        (measures.t_returned, "t_cells_return_from", 13.0),
        (measures.t_returned, "t_cells_return_until", 8.0),
        (measures.b_cells_low, "b_cells_few", 0.0001),
        (measures.t_minimum_early, "t_cells_fall_within", 0.01),
        (measures.cytokine_early, "cytokines_highest_within", 0.01),
    ],
)
def test_a_claim_is_measured_by_the_number_that_the_data_say(
    measure: Callable[[Study, Arm], Proportion], name: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a narrower number fewer patients meet it."""
    study = Study(dict(load_parameters().presets), 40, 1)
    arm = Arm("adult-rr", ("flat-28",), hours=24.0)
    before = measure(study, arm)
    monkeypatch.setattr(measures, "threshold", lambda of: value if of == name else threshold(of))
    assert measure(study, arm).count < before.count


@pytest.mark.parametrize(
    ("measure", "constant", "name", "value"),
    [
        (measures.marrow_response, "REMISSION", "marrow_response", 1e-9),
        (measures.mrd_response, "RESIDUAL", "measurable_residual_disease", 1e-12),
    ],
)
def test_a_response_is_measured_by_the_number_that_the_data_say(
    measure: Callable[[Study, Arm], Proportion],
    constant: str,
    name: str,
    value: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a narrower number fewer patients meet it."""
    assert getattr(endpoints, constant) == threshold(name)
    study, arm = Study(dict(load_parameters().presets), 40, 1), Arm("adult-rr", ("flat-28",))
    before = measure(study, arm)
    monkeypatch.setattr(endpoints, constant, value)
    assert measure(study, arm).count < before.count


def test_each_says_where_it_comes_from() -> None:
    assert all(each.says and each.unit for each in thresholds().values())
    assert all("claim" in each.source for each in thresholds().values() if each.status != "convention")
    assert [name for name, each in thresholds().items() if each.status == "seen"] == [
        "infusion_of_a_cycle",
        "b_cells_depleted",
        "t_cells_return_from",
        "t_cells_return_until",
        "t_cells_fall_within",
        "cytokines_highest_within",
        "marrow_response",
        "measurable_residual_disease",
        "il6_read_from_figure",
    ]


@pytest.mark.parametrize(("value", "status"), [(Decimal(0), "seen"), (Decimal(1), "guessed")])
def test_what_is_no_threshold_is_refused(value: Decimal, status: str) -> None:
    with pytest.raises(ValueError, match="threshold"):
        Threshold.of("count", {"value": value, "unit": "x", "says": "It.", "source": "A book", "status": status})
