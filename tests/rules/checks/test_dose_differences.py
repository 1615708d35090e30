"""Each dose that is not the label's is told by one rule, and by none of these where its size alone tells it."""

import pytest

from blinplan.regimen.reading import RegimenFile, read
from blinplan.rules.checks.dose_differences import dose_differences
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judging.cases import case_of
from blinplan.rules.rule import NotEvaluated
from tests.regimen_text import cycle, regimen_text


@pytest.mark.parametrize(
    ("dose", "told_by"),
    [
        ("28 mcg/day", []),  # the label's
        ("28000 mcg/day", []),  # a unit is wrong: N106
        ("200 mcg/day", []),  # above all that were studied: D204
        ("56 mcg/day", ["D203"]),
        ("27 mcg/day", ["L001"]),
        ("3 mcg/day", []),  # too low to deplete B cells: D201
    ],
)
def test_a_dose_of_mrd_beside_the_28_mcg_of_its_label(dose: str, told_by: list[str]) -> None:
    reading = read(regimen_text(f'indication = "mrd-positive"\n\n{cycle(f"{dose} for 28 days")}').encode(), "x.toml")
    assert isinstance(reading, RegimenFile)
    differences = dose_differences(case_of(reading, DEFAULTS, None, None))
    assert not isinstance(differences, NotEvaluated)
    assert [difference.code for difference in differences] == told_by
