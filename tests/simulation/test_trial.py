"""A trial: who is given what, as it is handed over, and two of them on the same people."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.course.patient import patient
from blinplan.physiology import Population, draw
from blinplan.proportion import Proportion
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.paired import NotPairedError, PairedShare, paired_quantities, paired_shares
from blinplan.simulation.trajectories import curves, portions
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.trial import Outcome, Trial

PATIENTS = 200


def regimen_called(name: str) -> Regimen:
    found = library.load(name).regimen
    assert found is not None
    return found


@pytest.fixture(scope="module")
def without_lysis() -> Population:
    return replace(draw("adult-rr", PATIENTS, seed=99), kill_rate=np.zeros(PATIENTS))


def outcome_of(name: str, population: Population) -> Outcome:
    regimen = regimen_called(name)
    return Trial(regimen, periods(regimen), population).run()


@pytest.fixture(scope="module")
def low_and_labelled() -> tuple[Outcome, Outcome]:
    people = draw("adult-rr", PATIENTS, seed=3)
    return outcome_of("nhl-0.5", people), outcome_of("rr-adult", people)


def test_a_population_that_was_drawn_is_simulated_as_it_is(without_lysis: Population) -> None:
    simulation = run(regimen_called("rr-adult"), patients=without_lysis)
    assert np.array_equal(simulation.population.kill_rate, without_lysis.kill_rate)
    assert simulation.seed is None  # nobody can draw these again
    values = {quantity.key: quantity.values for quantity in simulation.quantities}
    assert values["b_nadir"] == pytest.approx(without_lysis.b_cells, rel=1e-9)
    depleted = {event.key: event.proportion.value for event in simulation.events}["b_depleted_cycle_1"]
    assert depleted == pytest.approx(float((without_lysis.b_cells <= 10.0).mean()))


def test_patients_from_the_middle_of_a_seed_are_not_said_to_be_its_first() -> None:
    """A result names its seed and how many there were, which draws the first of that seed."""
    later = draw("adult-rr", 4, seed=3, first=10)
    assert run(library.regimen("rr-adult"), patients=later).seed is None
    assert run(library.regimen("rr-adult"), patients=draw("adult-rr", 4, seed=3)).seed == 3


def test_the_typical_patient_is_sent_through_once_beside_patients_who_come_one_by_one() -> None:
    """Who asks again has the same bytes as who asks for the typical patient alone, and can change them for nobody."""
    regimen = regimen_called("rr-below-45-kg")
    small, tall = patient(weight=Fraction(20), height=Fraction(110)), patient(weight=Fraction(40), height=Fraction(150))
    first, again, other = (
        run(regimen, patients=1, seed=seed, patient=who) for seed, who in ((1, small), (2, small), (1, tall))
    )
    assert again.typical is first.typical
    assert other.typical_area > first.typical_area
    for who, beside in ((small, first), (tall, other)):
        alone = run(regimen, patients=None, patient=who)
        for kept, computed in zip(beside.typical_quantities, alone.quantities, strict=True):
            assert kept.values.tobytes() == computed.values.tobytes(), kept.key
            assert not kept.values.flags.writeable


def test_curves_too_are_of_the_population_as_it_is(without_lysis: Population) -> None:
    asked = curves(regimen_called("rr-adult"), every=10080, patients=without_lysis)
    (portion,) = portions(asked)
    assert asked.seed is None
    assert portion.trajectories.states.b_blood == pytest.approx(
        np.broadcast_to(without_lysis.b_cells, portion.trajectories.states.b_blood.shape), rel=1e-9
    )


def test_what_draws_the_patients_again_is_refused_with_a_population(without_lysis: Population) -> None:
    with pytest.raises(ValueError, match="again"):
        run(regimen_called("rr-adult"), patients=without_lysis, parameter_sets=2)
    with pytest.raises(ValueError, match="adult-mrd"):
        run(regimen_called("rr-adult"), patients=without_lysis, preset="adult-mrd")


def test_pairs_are_each_patients_own(low_and_labelled: tuple[Outcome, Outcome]) -> None:
    low, labelled = low_and_labelled
    paired = low.paired(labelled)
    nadir = {quantity.key: quantity for quantity in paired.quantities}["b_nadir"]
    assert (nadir.difference == low.endpoints.b_nadir - labelled.endpoints.b_nadir).all()
    assert np.all(nadir.ratio > 1.0)  # every patient has more B cells left under the lower dose
    exposure = {quantity.key: quantity for quantity in paired.quantities}["auc"]
    assert np.allclose(exposure.ratio, low.endpoints.infused / labelled.endpoints.infused)  # clearance cancels out


def test_shares_count_patients_who_differ_to_either_side(low_and_labelled: tuple[Outcome, Outcome]) -> None:
    low, labelled = low_and_labelled
    depleted = {share.key: share for share in low.paired(labelled).shares}["b_depleted_cycle_1"]
    here, there = low.endpoints.b_depleted[0], labelled.endpoints.b_depleted[0]
    assert depleted.first_only == (here & ~there).sum() == 0  # nobody is depleted by less drug and not by more
    assert depleted.second_only == (~here & there).sum() > 0
    assert depleted.total == PATIENTS
    assert depleted.difference == pytest.approx(here.mean() - there.mean())
    turned = {share.key: share for share in labelled.paired(low).shares}["b_depleted_cycle_1"]
    assert (turned.first_only, turned.second_only) == (depleted.second_only, depleted.first_only)


def test_only_those_at_risk_under_both_are_paired() -> None:
    def back(happens: list[bool], at_risk: list[bool]) -> Occurrence:
        return Occurrence("back", "B cells", "Back", np.array(happens), np.array(at_risk))

    first = back([True, True, False, False, True], [True, True, True, True, False])
    second = back([True, False, True, False, True], [True, True, True, False, True])
    (share,) = paired_shares([first], [second])
    assert (share.both, share.first_only, share.second_only, share.neither) == (1, 1, 1, 0)
    assert (share.total, share.discordant, share.difference) == (3, 2, 0.0)


def test_a_regimen_paired_with_itself_has_no_difference(low_and_labelled: tuple[Outcome, Outcome]) -> None:
    paired = low_and_labelled[0].paired(low_and_labelled[0])
    assert all(share.discordant == 0 for share in paired.shares)
    assert all(np.nanmax(np.abs(quantity.difference), initial=0.0) == 0.0 for quantity in paired.quantities)


def test_nobody_is_paired_with_somebody_else(low_and_labelled: tuple[Outcome, Outcome]) -> None:
    low, _ = low_and_labelled
    for others in (
        draw("adult-rr", PATIENTS, seed=4),
        draw("adult-rr", PATIENTS - 1, seed=3),
        draw("adult-rr", PATIENTS, seed=3, first=1),
        replace(low.trial.population, weight_kg=low.trial.population.weight_kg + 1.0),
    ):
        with pytest.raises(NotPairedError):
            low.paired(outcome_of("rr-adult", others))


def test_the_same_people_with_another_sensitivity_can_be_paired(low_and_labelled: tuple[Outcome, Outcome]) -> None:
    low, _ = low_and_labelled
    people = low.trial.population
    idle = outcome_of("nhl-0.5", replace(people, kill_rate=np.zeros(people.size)))
    nadir = {quantity.key: quantity for quantity in low.paired(idle).quantities}["b_nadir"]
    assert np.all(nadir.difference < 0.0)


def test_people_who_were_changed_are_paired_with_themselves_as_drawn(without_lysis: Population) -> None:
    regimen = regimen_called("nhl-0.5")
    idle = run(regimen, patients=without_lysis).outcome
    drawn = run(regimen, patients=draw("adult-rr", PATIENTS, seed=99)).outcome
    nadir = {quantity.key: quantity for quantity in drawn.paired(idle).quantities}["b_nadir"]
    assert np.all(nadir.difference < 0.0)
    with pytest.raises(NotPairedError):
        run(regimen, patients=PATIENTS, seed=98).outcome.paired(idle)


def test_what_is_missing_on_one_side_is_missing_in_the_pair() -> None:
    day = Quantity("day", "B cells", "Day", "day", np.array([1.0, np.nan, 2.0]))
    other = replace(day, values=np.array([2.0, 1.0, 0.0]))
    (paired,) = paired_quantities([day], [other])
    assert paired.difference == pytest.approx([-1.0, np.nan, 2.0], nan_ok=True)
    assert paired.ratio == pytest.approx([0.5, np.nan, np.nan], nan_ok=True)


def test_where_nobody_is_at_risk_there_is_no_difference() -> None:
    assert np.isnan(PairedShare("key", "group", "label", 0, 0, 0, 0).difference)


def test_the_share_of_each_side_is_of_those_at_risk_under_both() -> None:
    share = PairedShare("key", "group", "label", both=4, first_only=3, second_only=2, neither=1)
    assert (share.first, share.second) == (Proportion(7, 10), Proportion(6, 10))
    assert share.difference == pytest.approx(share.first.value - share.second.value)
