"""What a bag is asked to give at most: the dose, that of the patient, or the cap of those whose area nobody knows."""

from fractions import Fraction

import pytest

from blinplan.course.patient import patient
from blinplan.regimen.reading import RegimenFile, read
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.families.administration import bags
from blinplan.rules.judging.cases import case_of
from tests.regimen_text import cycle, regimen_text

CAP = ', max = "28 mcg/day"'


@pytest.mark.parametrize(
    ("dose", "capped", "area", "most"),
    [
        ("28 mcg/day", False, None, 28),
        ("28 mcg/day", False, 2, 28),
        ("15 mcg/m2/day", True, None, 28),
        ("15 mcg/m2/day", True, 1, 15),
        ("15 mcg/m2/day", True, 2, 28),  # 30 without the cap
        ("15 mcg/m2/day", False, None, None),
        ("15 mcg/m2/day", False, 2, 30),
    ],
)
def test_the_most_that_is_given_in_a_step(dose: str, capped: bool, area: int | None, most: int | None) -> None:
    text = regimen_text(cycle(f"{dose} for 28 days"))
    reading = read((text if capped else text.replace(CAP, "")).encode(), "x.toml")
    assert isinstance(reading, RegimenFile)
    whom = None if area is None else patient(area=Fraction(area))
    assert bags._highest_rate(case_of(reading, DEFAULTS, whom, None), reading.regimen.cycles[0].steps[0]) == most
