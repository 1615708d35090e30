"""How claims are measured, against what is known without simulating."""

import numpy as np
import pytest

from blinplan.evidence import measures
from blinplan.evidence.measures import Arm, Study
from blinplan.physiology import load_parameters
from blinplan.proportion import Proportion

LABEL = Arm("adult-rr", ("label",))


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(dict(load_parameters().presets), patients=100, seed=1)


def test_the_label_s_cycle_is_28_days_of_infusion_and_14_without(study: Study) -> None:
    assert measures.infusion_days(study, LABEL) == pytest.approx(28.0)
    assert measures.free_days(study, LABEL) == pytest.approx(14.0)


def test_the_typical_patient_has_the_published_kinetics(study: Study) -> None:
    # Clements et al. 2020: 2.22 L/h and 5.98 L at 1.876 m².
    assert measures.typical_steady_state(study, Arm("adult-rr", ("label",), dose=28.0)) == pytest.approx(
        28e6 / 24 / 2220, rel=1e-3
    )
    assert measures.half_life(study, LABEL) == pytest.approx(np.log(2) * 5.98 / 2.22, rel=1e-3)


def test_patients_who_get_no_drug_stay_as_they_are(study: Study) -> None:
    none = Arm("adult-rr", ("none",))
    assert measures.drug_free_drift(study, none) < 1e-6
    assert measures.dose_recovered(study, LABEL) < 1e-9


def test_drug_moves_what_would_rest_without_it(study: Study) -> None:
    assert measures.drug_free_drift(study, LABEL) > 0.5


def test_who_is_depleted_and_who_is_not_are_everybody(study: Study) -> None:
    low = Arm("adult-rr", ("bsa-1.5",))
    yes, no = measures.depleted(study, low), measures.not_depleted(study, low)
    assert isinstance(yes, Proportion)
    assert isinstance(no, Proportion)
    assert yes.count + no.count == yes.total == no.total == 100
    assert 0 < yes.count < 100


def test_who_was_not_depleted_cannot_recover(study: Study) -> None:
    low = Arm("adult-rr", ("bsa-0.5-twice",))
    found = measures.recovered(study, low)
    assert isinstance(found, Proportion)
    ends = study.endpoints(low).b_at_infusion_end[0]
    assert found.total == int((ends <= 10.0).sum()) < 100


def test_a_scenario_is_run_once_for_all_that_is_asked_of_it(study: Study) -> None:
    assert study.endpoints(LABEL) is study.endpoints(Arm("adult-rr", ("label",), cycle=2, cytokine="IL-10"))
    assert study.population("adult-rr") is study.population("adult-rr")


def test_more_drug_depletes_more(study: Study) -> None:
    rising = Arm("adult-rr", ("bsa-0.5", "bsa-5", "bsa-15"))
    falling = Arm("adult-rr", ("bsa-15", "bsa-5"))
    gain, loss = measures.least_gain(study, rising), measures.least_gain(study, falling)
    assert isinstance(gain, float)
    assert isinstance(loss, float)
    assert gain >= 0.0 >= loss
