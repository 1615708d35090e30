"""The parameter file: complete, honest about its sources, and validated."""

from importlib import resources

import pytest

from blinplan.physiology.model.parameters import ParameterError, load_parameters, read_parameters

TEXT = resources.files("blinplan.physiology.model").joinpath("parameters.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", load_parameters().parameters)
def test_every_parameter_says_what_it_is_and_where_it_comes_from(key: str) -> None:
    parameter = load_parameters().parameters[key]
    assert parameter.name
    assert parameter.unit
    assert parameter.source
    assert parameter.low <= parameter.value <= parameter.high


def test_published_kinetics_are_as_printed() -> None:
    values = load_parameters().parameters
    assert (values["clearance"].value, values["clearance"].omega2) == (2.22, 0.2266)
    assert (values["clearance_exponent"].value, values["reference_bsa"].value, values["volume"].value) == (
        0.620,
        1.876,
        5.98,
    )


PRECISION = {  # Clements et al. 2020, Table 3: RSE and 95 % CI of the typical value, and RSE of omega
    "clearance": (0.0295, (2.08, 2.35), 0.161),
    "clearance_exponent": (0.127, (0.46, 0.76), None),
    "volume": (0.0886, (5.14, 6.98), None),
    "residual_error": (0.0399, None, 0.145),
}


def test_the_precision_of_kinetics_is_as_transcribed() -> None:
    for preset in load_parameters().presets.values():
        found = {key: parameter.precision for key, parameter in preset.parameters.items() if parameter.precision}
        assert {
            key: (each.relative_standard_error, each.interval, each.variability_standard_error)
            for key, each in found.items()
        } == PRECISION
        assert {each.verification for each in found.values()} == {"transcribed"}


MEASURING = ["residual_error", "assay_low", "assay_high"]
ASSUMED = ["b_cells_error", "b_cells_low", "t_cells_error", "t_cells_low", "il6_error", "il6_low", "il6_high"]


def test_no_patient_depends_on_how_he_is_measured_and_what_nobody_published_is_assumed() -> None:
    measuring = {key: each for key, each in load_parameters().parameters.items() if not each.simulated}
    assert list(measuring) == [*MEASURING, *ASSUMED]
    assert {measuring[key].status for key in MEASURING} == {"published"}
    assert {(measuring[key].status, measuring[key].verification) for key in ASSUMED} == {("assumed", "unverified")}
    assert (measuring["assay_low"].value, measuring["assay_high"].value) == (50, 1000)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("interval = [5.14, 6.98]", "interval = [6.14, 6.98]", "outside the interval"),
        ("value = 2.22", "value = 222.0", "outside"),
        ("omega2 = 0.2266", "omega2 = 0.3", "disagree"),
        ('status = "published"\nverification = "seen"', 'status = "published"', "how far it was verified"),
        ('status = "published"', 'status = "certain"', "status"),
        ("[populations.adult-mrd.parameters.b_cells]", "[populations.adult-mrd.parameters.b_sells]", "b_sells"),
        ('between = ["release_il6", "release_il10"]\nvalue = 0.7', 'between = ["a", "b"]\nvalue = 0.7', "not possible"),
    ],
)
def test_contradictions_are_refused(before: str, after: str, message: str) -> None:
    assert before in TEXT
    with pytest.raises(ParameterError, match=message):
        read_parameters(TEXT.replace(before, after, 1))


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        load_parameters().parameters["clearance"] = None  # type: ignore[index]
