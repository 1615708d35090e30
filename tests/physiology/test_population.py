"""Virtual patients: the same person in every run, correlated bodies, bounds of weight."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from blinplan.physiology import Population, draw, from_covariates, load_parameters, typical
from blinplan.physiology.model.people import uniforms

PRESETS = ("adult-rr", "adult-mrd", "child")


def arrays(population: Population) -> dict[str, np.ndarray]:
    names = [n for n in population.__slots__ if isinstance(getattr(population, n), np.ndarray)]
    return {name: getattr(population, name) for name in names}


@pytest.mark.parametrize("preset", PRESETS)
def test_patient_is_the_same_person_in_ten_and_in_ten_thousand(preset: str) -> None:
    few, many = draw(preset, 10, seed=3), draw(preset, 10_000, seed=3)
    for name, values in arrays(few).items():
        assert np.array_equal(values, arrays(many)[name][..., :10]), name


@pytest.mark.parametrize("preset", PRESETS)
def test_patient_is_the_same_person_wherever_the_draw_starts(preset: str) -> None:
    whole, tail = draw(preset, 50, seed=3), draw(preset, 13, seed=3, first=37)
    for name, values in arrays(tail).items():
        assert np.array_equal(values, arrays(whole)[name][..., 37:]), name


@pytest.mark.parametrize("preset", PRESETS)
def test_people_are_the_same_whichever_parameter_set_they_were_drawn_under_first(preset: str) -> None:
    """Who they are, and how far they are from the typical patient, is theirs: a typical value moves all alike."""
    own = load_parameters().presets[preset]
    more = own.with_values({"kill_rate": 1.5 * own.value("kill_rate"), "volume": 1.1 * own.value("volume")})
    before, under = draw(own, 20, seed=11), draw(more, 20, seed=11)
    for name, values in arrays(draw(own, 20, seed=11)).items():
        assert values.tobytes() == arrays(before)[name].tobytes(), name
    for name, values in arrays(under).items():
        ratio = 1.5 if name == "kill_rate" else 1.0
        np.testing.assert_allclose(values, ratio * arrays(before)[name], rtol=1e-15, err_msg=name)
    apart = arrays(draw(replace(own, correlations=()), 20, seed=11))
    assert any(not np.array_equal(values, arrays(before)[name]) for name, values in apart.items())


def test_another_seed_is_another_population() -> None:
    assert not np.any(draw("adult-rr", 100, seed=1).clearance == draw("adult-rr", 100, seed=2).clearance)


def test_uniforms_are_uniform_and_independent_between_neighbours() -> None:
    u = uniforms(7, 20_000)
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert np.abs(u.mean(axis=1) - 0.5).max() < 5 * np.sqrt(1 / 12 / 20_000)
    neighbours = np.corrcoef(u[:, :-1].ravel(), u[:, 1:].ravel())[0, 1]
    assert abs(neighbours) < 5 / np.sqrt(u.size)


def test_weights_stay_on_their_side_of_45_kg() -> None:
    assert draw("adult-rr", 20_000, seed=1).weight_kg.min() >= 45.0
    assert draw("adult-mrd", 20_000, seed=1).weight_kg.min() >= 45.0
    assert draw("child", 20_000, seed=1).weight_kg.max() < 45.0


def test_bodies_are_correlated_and_of_human_size() -> None:
    adults = draw("adult-rr", 20_000, seed=1)
    assert 0.3 < np.corrcoef(adults.weight_kg, adults.height_cm)[0, 1] < 0.7
    assert 1.8 < np.median(adults.bsa_m2) < 1.95
    assert adults.age_years.min() >= 18.0
    children = draw("child", 20_000, seed=1)
    assert np.corrcoef(np.log(children.weight_kg), np.log(children.height_cm))[0, 1] > 0.9
    assert children.bsa_m2.min() > 0.15
    men = adults.female == 0.0
    assert adults.height_cm[men].mean() - adults.height_cm[~men].mean() == pytest.approx(13.0, abs=0.5)


def test_declared_variances_and_correlations_are_drawn() -> None:
    people, preset = draw("adult-rr", 40_000, seed=2), load_parameters().presets["adult-rr"]
    eta = np.log(people.clearance) - 0.62 * np.log(people.bsa_m2 / 1.876) - np.log(24 * 2.22)
    assert np.var(eta) == pytest.approx(0.2266, rel=0.03)
    assert np.mean(eta) == pytest.approx(0.0, abs=0.01)
    assert abs(np.corrcoef(eta, people.weight_kg)[0, 1]) < 0.03
    release = np.log(people.cytokine_release / people.cytokine_baseline[[2, 4, 7]])
    assert np.corrcoef(release)[np.triu_indices(3, 1)] == pytest.approx([0.7, 0.7, 0.7], abs=0.02)
    assert np.std(release[0]) == pytest.approx(preset.parameters["release_il6"].sd, rel=0.03)
    assert abs(np.corrcoef(np.log(people.b_cells), np.log(people.t_cells))[0, 1]) < 0.03


def test_typical_patient_carries_the_published_kinetics() -> None:
    person = typical("adult-rr")
    assert 28_000.0 / person.clearance[0] == pytest.approx(525.53, abs=0.005)
    assert 9_000.0 / person.clearance[0] == pytest.approx(168.92, abs=0.005)
    assert 24 * np.log(2) * person.volume / person.clearance[0] == pytest.approx(1.867, abs=0.0005)
    smaller = typical("adult-rr", bsa_m2=1.2)
    assert smaller.clearance[0] / person.clearance[0] == pytest.approx((1.2 / 1.876) ** 0.620, rel=1e-12)


def test_given_people_keep_their_bodies_and_take_the_effects_of_a_seed() -> None:
    given = from_covariates("adult-rr", weight_kg=np.array([60.0, 90.0]), height_cm=np.array([160.0, 185.0]))
    assert given.bsa_m2 == pytest.approx(np.sqrt([60 * 160 / 3600, 90 * 185 / 3600]), rel=1e-12)
    assert given.b_cells[0] == given.b_cells[1]
    seeded = from_covariates("adult-rr", weight_kg=np.array([60.0]), height_cm=np.array([160.0]), seed=1)
    assert seeded.b_cells[0] == draw("adult-rr", 1, seed=1).b_cells[0]


def test_a_population_cannot_be_changed() -> None:
    people = draw("adult-rr", 5, seed=1)
    with pytest.raises(ValueError, match="read-only"):
        people.clearance[0] = 1.0
    with pytest.raises(AttributeError):
        people.preset = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "others"),
    [
        *((name, (0.0, -1.0, np.nan, np.inf)) for name in ("clearance", "lysis_ec50", "activation_ec50", "t_cells")),
        ("blasts", (0.0, -1.0)),
        ("cytokine_baseline", (0.0, -1.0)),
        ("b_cells", (-1.0, np.nan)),
    ],
)
def test_nobody_has_what_cannot_be(name: str, others: tuple[float, ...]) -> None:
    """What something is divided by is above 0 too: a simulation would find infinities, and say nothing."""
    people = draw("adult-rr", 3, seed=1)
    for value in others:
        values = getattr(people, name).copy()
        values[..., 1] = value
        changed: dict[str, Any] = {name: values}
        with pytest.raises(ValueError, match=f"{name} must be"):
            replace(people, **changed)


def test_selecting_patients_selects_all_of_each() -> None:
    people = draw("adult-rr", 20, seed=1)
    chosen = people.select(np.array([4, 2]))
    assert chosen.size == 2
    for name, values in arrays(people).items():
        assert np.array_equal(values[..., [4, 2]], arrays(chosen)[name])


def test_selecting_everybody_is_the_population_itself_and_of_a_batch_what_all_share_is_one_number() -> None:
    people = draw("adult-rr", 5, seed=1)
    assert people.select(slice(0, 5)) is people
    assert people.select(slice(None)) is people
    as_column: dict[str, Any] = {"volume": np.full(5, 4.0)}
    apart = replace(people, constants=people.constants._replace(**as_column))
    assert apart.select(slice(0, 5)).constants.volume == 4.0
    assert apart.select(slice(0, 5)).clearance is people.clearance


@pytest.mark.parametrize(("patients", "seed", "first"), [(0, 1, 0), (1, -1, 0), (1, 1, -1)])
def test_impossible_draws_are_refused(patients: int, seed: int, first: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        draw("adult-rr", patients, seed, first)


def test_unknown_population_names_the_known() -> None:
    with pytest.raises(ValueError, match="adult-rr, adult-mrd, child"):
        draw("adults", 1, 1)


THERE_WERE = (
    *("age_years", "female", "weight_kg", "height_cm", "bsa_m2", "clearance", "lysis_ec50", "activation_ec50"),
    *("kill_rate", "marrow_sensitivity", "regeneration_rate", "blast_sensitivity", "b_cells", "t_cells", "blasts"),
    *("adhesion_rate", "adhesion_adaptation", "proliferation_rate", "cytokine_release", "cytokine_baseline"),
)
"""What patients had when sums over them were recorded: a parameter that is added moves none of it."""


# --- age -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "seed", "logarithms", "years"),
    [
        ("adult-rr", 1, 24104.410021089334, 13282.710610490874),
        ("adult-rr", 777, 23984.31589034834, 13208.260430399736),
        ("adult-mrd", 1, 24876.614385467896, 14044.159942185463),
        ("adult-mrd", 777, 24755.342009053114, 13984.635402900261),
        ("child", 1, 22892.80861358364, 2331.082529102753),
        ("child", 777, 22769.150131711267, 2318.418985129105),
    ],
)
def test_virtual_patients_are_who_they_were_before_premedication_went_by_their_age(
    preset: str, seed: int, logarithms: float, years: float
) -> None:
    """Sums over all arrays of patients 40 to 339 that there were, recorded before: not one draw has moved."""
    found = arrays(draw(preset, 300, seed, first=40))
    assert found.pop("numbers").tolist() == list(range(40, 340))
    assert sum(np.log1p(found[name]).sum() for name in THERE_WERE) == pytest.approx(logarithms, rel=1e-13)
    assert found["age_years"].sum() == pytest.approx(years, rel=1e-13)
    parts = [arrays(draw(preset, 150, seed, first)) for first in (40, 190)]
    for name, values in found.items():
        assert np.array_equal(np.concatenate([part[name] for part in parts], axis=-1), values), name


def test_adults_are_of_the_ages_of_their_trials() -> None:
    """Relapsed or refractory: 18 to 80 years, of the order of 40; a convention, see the population's source."""
    people = draw("adult-rr", 20_000, seed=1)
    assert people.age_years.min() >= 18
    assert people.age_years.max() <= 80
    assert 38 < np.median(people.age_years) < 48


@pytest.mark.parametrize(("weight", "youngest", "oldest"), [(10, 0.9, 1.8), (20, 5, 7), (30, 8.5, 11), (6, 0.2, 0.5)])
def test_a_virtual_child_is_as_old_as_children_of_its_weight(weight: float, youngest: float, oldest: float) -> None:
    people = draw("child", 20_000, seed=1)
    of_that_weight = np.abs(people.weight_kg - weight) < 0.05 * weight
    assert youngest < np.median(people.age_years[of_that_weight]) < oldest


def test_own_children_without_an_age_are_as_old_as_children_of_their_height() -> None:
    heights = np.array([75.0, 115.5, 149.0, 40.0])
    people = from_covariates("child", weight_kg=np.array([10.0, 20.0, 40.0, 3.0]), height_cm=heights)
    assert people.age_years == pytest.approx([1.0, 6.0, 12.0, 0.1])
    adults = from_covariates("adult-rr", weight_kg=np.array([60.0]), height_cm=np.array([160.0]))
    assert adults.age_years == pytest.approx([41.0])


@pytest.mark.parametrize("preset", PRESETS)
def test_people_with_parameters_of_their_own_are_those_of_a_population_with_them_to_the_bit(preset: str) -> None:
    """All parameters at once, a hundred times, and with random effects: as each person by himself."""
    own, number = load_parameters().presets[preset], 100
    varied = [key for key, one in own.parameters.items() if one.simulated and isinstance(one.value, float)]
    factors = np.random.default_rng(5).uniform(0.7, 1.4, (len(varied), number))
    values = {key: own.value(key) * factor for key, factor in zip(varied, factors, strict=True)}
    size: dict[str, Any] = {"weight_kg": np.full(number, 31.0), "height_cm": np.full(number, 131.0)}
    for seed in (None, 3):
        together = from_covariates(own, **size, seed=seed, values=values)
        for place in range(0, number, 9):
            preset_of_one = own.with_values({key: float(of[place]) for key, of in values.items()})
            alone = from_covariates(preset_of_one, **size, seed=seed)
            for name, of in arrays(together).items():
                assert of[..., place].tobytes() == arrays(alone)[name][..., place].tobytes(), name
            assert together.constants.select(slice(place, place + 1)) == alone.constants
