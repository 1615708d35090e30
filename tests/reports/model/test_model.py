"""The parameters for people and for programs: how exactly the source knew them stands beside where they come from."""

import pytest

from blinplan.physiology.model.parameters import load_parameters
from blinplan.reports.model.model import model_json, precision
from tests.program import Run


@pytest.mark.parametrize(
    ("key", "written"),
    [
        (
            "clearance",
            "clearance: relative standard error 2.95 %, 95 % interval 2.08 to 2.35 L/h, that of the variability between"
            " patients 16.1 % (transcribed)",
        ),
        (
            "clearance_exponent",
            "clearance_exponent: relative standard error 12.7 %, 95 % interval 0.46 to 0.76 (transcribed)",
        ),
        ("volume", "volume: relative standard error 8.86 %, 95 % interval 5.14 to 6.98 L (transcribed)"),
        (
            "residual_error",
            "residual_error: relative standard error 3.99 %, that of the variability between patients 14.5 %"
            " (transcribed)",
        ),
        ("kill_rate", "kill_rate: not published"),
    ],
)
def test_how_exactly_a_source_knew_a_parameter_is_told(key: str, written: str) -> None:
    assert precision(key, load_parameters().parameters[key]) == written


@pytest.mark.parametrize("population", ["adult-rr", "adult-mrd", "child"])
def test_every_population_shows_the_same_precision(inside: Run, population: str) -> None:
    shown = inside("model", "--population", population, COLUMNS="60").out
    assert max(map(len, shown.splitlines())) <= 60
    told = shown[shown.index("How exactly") : shown.index("Sources, by number")]
    assert [word for word in told.split() if word.endswith(":")] == [
        "clearance:",
        "clearance_exponent:",
        "volume:",
        "residual_error:",
    ]


def test_programs_get_the_precision_with_its_source() -> None:
    for population in model_json(load_parameters())["populations"].values():
        parameters = population["parameters"]
        assert parameters["volume"]["precision"] == {
            "relative_standard_error": 0.0886,
            "interval": [5.14, 6.98],
            "variability_standard_error": None,
            "source": "Clements et al., Clin Pharmacokinet 2020;59:463, Table 3 (transcription in nlmixr2lib)",
            "verification": "transcribed",
        }
        assert not parameters["residual_error"]["simulated"]
        assert parameters["kill_rate"]["simulated"]
        assert parameters["kill_rate"]["precision"] is None
