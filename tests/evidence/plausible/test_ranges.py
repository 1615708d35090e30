"""How far plausible sets may go: every parameter that counts is walked or says why not, around what is shipped."""

import math

import pytest

from blinplan.evidence.plausible.ranges import Range, declaration, ranges
from blinplan.physiology import load_parameters
from blinplan.simulation.models.plausible import OwnParameter, has_its_own

KNOWN = load_parameters()


def test_every_parameter_that_a_patient_depends_on_is_walked_or_says_why_not() -> None:
    shared = {key for key, parameter in KNOWN.parameters.items() if parameter.simulated}
    own = {
        f"{name}.{key}"
        for name, preset in KNOWN.presets.items()
        for key, parameter in preset.parameters.items()
        if parameter.simulated and has_its_own(preset, key, KNOWN)
    }
    walked, fixed = {str(line.of) for line in ranges()}, declaration()["fixed"]
    assert walked | set(fixed) == shared | own
    assert not walked & set(fixed)
    assert all(fixed.values())


@pytest.mark.parametrize("line", ranges(), ids=lambda line: str(line.of))
def test_a_range_holds_what_is_shipped_and_stays_within_the_parameter_file(line: Range) -> None:
    preset = KNOWN.presets[line.of.population or "adult-rr"]
    parameter = preset.parameters[line.of.key]
    assert line.base == parameter.value
    assert parameter.low <= line.low < line.base < line.high <= parameter.high
    if parameter.precision is not None and parameter.precision.interval is not None:
        assert (line.low, line.high) == parameter.precision.interval


@pytest.mark.parametrize("line", ranges(), ids=lambda line: str(line.of))
def test_a_place_on_a_line_is_its_value_to_four_digits_and_never_beyond(line: Range) -> None:
    for value in (line.low, line.base, line.high):
        assert line.value(line.position(value)) == pytest.approx(value, rel=1e-3)
    assert line.value(-700.0 if line.share is None else -50.0) == line.low
    assert line.value(50.0) == line.high
    assert line.half > 0.0


def test_a_share_stays_a_share() -> None:
    line = Range(OwnParameter(None, "blasts"), 0.9, 0.8, 0.94, (0.0, 0.95))
    assert line.position(0.475) == pytest.approx(0.0)
    assert line.value(math.log(3.0)) == pytest.approx(0.8)
