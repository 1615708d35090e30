"""A schedule is that of another indication where the label gives it there, and not where its own is meant."""

import pytest

from blinplan.regimen import library
from blinplan.regimen.reading import RegimenFile, read
from blinplan.regimen.vocabulary import Indication
from blinplan.rules.checks.indications import other_indications
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judging.cases import case_of

MRD, RELAPSED = Indication.MRD_POSITIVE, Indication.RELAPSED_REFRACTORY


@pytest.mark.parametrize(
    ("name", "called", "others"),
    [
        ("rr-adult", "relapsed-refractory", []),
        ("rr-adult", "mrd-positive", [RELAPSED]),
        ("mrd-adult", "relapsed-refractory", [MRD, Indication.CONSOLIDATION]),
        ("rr-adult", "investigational", []),  # no label speaks of a study
    ],
)
def test_the_indications_that_a_schedule_is_given_for(name: str, called: str, others: list[Indication]) -> None:
    text = library.load(name).document.text
    own = library.regimen(name).indication
    reading = read(text.replace(f'indication = "{own}"', f'indication = "{called}"').encode(), "x.toml")
    assert isinstance(reading, RegimenFile)
    assert other_indications(case_of(reading, DEFAULTS, None, None)) == others
