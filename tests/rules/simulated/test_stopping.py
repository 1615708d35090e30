"""Rules stop asking for patients when the rest would not change the answer; the answer is that of all of them.

`python -m tests.benchmarks stopping` asks it of every shipped regimen and 300 generated ones.
"""

import pytest

from blinplan.regimen import library
from blinplan.rules.simulated.virtual import PatientSimulator
from tests.benchmarks.stopping import SIMULATED, AllPatients, answer_of, generated_texts
from tests.collection.grid import at_night
from tests.regimen_text import judgement_of


def the_same_answers(text: str) -> bool:
    """Whether 250 patients, or as many as it takes, answer as 4,000 do."""
    few, everybody = (judgement_of(text, of(250, 1)) for of in (PatientSimulator, AllPatients))
    return [answer_of(few, code) for code in SIMULATED] == [answer_of(everybody, code) for code in SIMULATED]


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, at_night(1), at_night(2)])
def test_few_patients_answer_as_all_do_on_generated_regimens(number: int) -> None:
    assert the_same_answers(generated_texts(number + 1)[number])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rr-adult", at_night("nhl-1.5"), "nhl-3", at_night("mt103-206-15")])
def test_few_patients_answer_as_all_do_on_shipped_regimens(name: str) -> None:
    assert the_same_answers(library.paths()[name].read_text(encoding="utf-8"))
