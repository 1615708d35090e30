"""What a ward would measure: errors of the published size, the same for a patient whatever else is asked."""

import numpy as np
import pytest

from blinplan.physiology.model.draw import draw
from blinplan.physiology.model.population import Population
from blinplan.simulation.measured.errors import ASSAYS, Errors
from blinplan.simulation.measured.random_numbers import normals, philox

DRUG, B_CELLS, T_CELLS, IL6 = ASSAYS
MINUTES = np.arange(0, 1440 * 60, 360)


def words(*numbers: int) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint64]]]:
    return [np.array([number], dtype=np.uint64) for number in numbers]


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_random_numbers_are_those_that_its_authors_publish(
    counter: tuple[int, ...], key: tuple[int, int], answer: tuple[int, ...]
) -> None:
    """Known answers of Philox 4x32-10 in the Random123 library."""
    assert tuple(int(word[0]) for word in philox(words(*counter), key)) == answer


def test_normal_numbers_are_normal_and_of_their_seed() -> None:
    found = normals(7, np.arange(200_000, dtype=np.uint64), *words(3, 0, 1))
    assert abs(found.mean()) < 0.01
    assert found.std() == pytest.approx(1.0, abs=0.01)
    assert np.corrcoef(found[1:], found[:-1])[0, 1] == pytest.approx(0.0, abs=0.01)
    assert normals(2**62, *words(0, 0, 0, 0)) != normals(2**61, *words(0, 0, 0, 0))


def of(size: int) -> Population:
    return draw("adult-rr", size, seed=3)


def factors(
    people: Population, level: float = 250.0, seed: int = 3
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Logarithms of measured over true concentrations, where they are numbers."""
    true = np.full((MINUTES.shape[0], people.size), level)
    return np.asarray(np.log(Errors(seed).at_minutes(DRUG, true, people.numbers, MINUTES).values / level))


@pytest.mark.slow
def test_the_spread_of_the_drug_is_the_published_one_and_differs_between_patients_as_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("blinplan.simulation.measured.errors._within", lambda _, found: Unlimited(found))
    spreads = factors(of(4000)).std(axis=0)
    assert np.exp(np.log(spreads).mean()) == pytest.approx(0.559, rel=0.03)
    assert np.log(spreads).std() == pytest.approx(0.4134**0.5, rel=0.05)


class Unlimited:
    """An assay that reports every number."""

    def __init__(self, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
        self.values = values


@pytest.mark.parametrize(
    ("assay", "spread"), [(B_CELLS, 0.2), (T_CELLS, 0.1), (IL6, 0.15)], ids=lambda of: str(of)[:20]
)
def test_the_spread_of_cells_and_il_6_is_the_assumed_one(assay: object, spread: float) -> None:
    chosen = next(each for each in ASSAYS if each is assay)
    found = Errors(1).at_minutes(chosen, np.full((MINUTES.shape[0], 200), 300.0), of(200).numbers, MINUTES)
    assert np.log(found.values / 300.0).std() == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize(
    ("assay", "low", "high"), [(DRUG, 50.0, 1000.0), (B_CELLS, 1.0, np.inf), (T_CELLS, 1.0, np.inf), (IL6, 1.5, 5000.0)]
)
def test_beyond_a_limit_there_is_never_a_number(assay: object, low: float, high: float) -> None:
    chosen = next(each for each in ASSAYS if each is assay)
    levels = np.geomspace(1e-9, 1e6, MINUTES.shape[0])[:, np.newaxis] * np.ones(50)
    levels[0] = 0.0
    found = Errors(1).at_minutes(chosen, levels, of(50).numbers, MINUTES)
    numbers = found.values[~np.isnan(found.values)]
    assert numbers.size
    assert low <= numbers.min()
    assert numbers.max() <= high
    assert set(found.beyond[np.isnan(found.values)]) == {f"< {low:g}", *([f"> {high:g}"] if high < np.inf else [])}
    assert set(found.beyond[~np.isnan(found.values)]) == {None}
    assert set(found.beyond[0]) == {f"< {low:g}"}


def test_a_patients_errors_do_not_depend_on_neighbours_times_or_what_else_is_measured() -> None:
    people = of(40)
    whole = factors(people)
    np.testing.assert_array_equal(factors(people.select(slice(17, 18)))[:, 0], whole[:, 17])
    np.testing.assert_array_equal(factors(draw("adult-rr", 3, seed=3, first=17))[:, 0], whole[:, 17])
    few = Errors(3).at_minutes(DRUG, np.full((2, 40), 250.0), people.numbers, MINUTES[[7, 90]]).values
    np.testing.assert_array_equal(np.log(few / 250.0), whole[[7, 90]])
    Errors(3).at_minutes(IL6, np.full((1, 40), 5.0), people.numbers, MINUTES[:1])
    np.testing.assert_array_equal(factors(people), whole)
    assert not np.array_equal(factors(people, seed=4), whole, equal_nan=True)


def test_errors_of_different_things_are_not_the_same() -> None:
    people, true = of(400), np.full((1, 400), 300.0)
    errors = [
        np.log(Errors(1).at_minutes(assay, true, people.numbers, MINUTES[4:5]).values[0] / 300.0) for assay in ASSAYS
    ]
    errors.append(np.log(Errors(1).of_endpoint(B_CELLS, "b_nadir", true[0], people.numbers).values / 300.0))
    for number, one in enumerate(errors):
        for other in errors[number + 1 :]:
            both = ~np.isnan(one) & ~np.isnan(other)
            assert abs(np.corrcoef(one[both], other[both])[0, 1]) < 0.2


def test_what_does_not_occur_is_not_measured() -> None:
    found = Errors(1).of_endpoint(DRUG, "steady_state_9", np.array([np.nan, 300.0]), of(2).numbers)
    assert np.isnan(found.values[0])
    assert found.beyond[0] is None
