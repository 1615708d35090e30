"""Invariances of the solution: what must not matter does not, and what must be exact is."""

from dataclasses import replace
from threading import Event
from time import sleep

import numpy as np
import pytest

from blinplan.executors.executor import threads
from blinplan.physiology import Dosing, Endpoints, Options, draw, simulate, typical
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.solve import Chunk, Part, run_chunk
from tests.physiology.courses import CLEARED, DAY, cleared, course, extremes, label, two_cycles_of_days, values_of

PEOPLE = draw("adult-rr", 40, seed=14)  # who all take the same steps


def endpoint_arrays(endpoints: Endpoints) -> dict[str, np.ndarray]:
    return {n: getattr(endpoints, n) for n in Endpoints.__slots__ if isinstance(getattr(endpoints, n), np.ndarray)}


def endpoints_of(dosing: Dosing, people: object = PEOPLE, **how: object) -> Endpoints:
    found = simulate(dosing, people, **how).endpoints  # type: ignore[arg-type]
    assert found is not None
    return found


def states_of(dosing: Dosing, days: np.ndarray, people: object = PEOPLE, **how: object) -> dict[str, np.ndarray]:
    found = simulate(dosing, people, output_days=days, endpoints=False, **how).trajectories  # type: ignore[arg-type]
    assert found is not None
    return values_of(found)


# --- drug ---------------------------------------------------------------------------------------------------------


def test_area_under_the_curve_is_dose_over_clearance() -> None:
    found = endpoints_of(label(1), extremes("adult-rr"))
    people = extremes("adult-rr")
    assert found.infused == pytest.approx(np.full(people.size, 7 * 9.0 + 21 * 28.0), rel=1e-12)
    assert found.auc * people.clearance == pytest.approx(found.infused, rel=1e-9)


def test_concentration_is_linear_in_dose() -> None:
    days = np.linspace(0.0, 42.0, 169)
    one, three = (states_of(course((28, rate), (14, 0.0)), days)["concentration"] for rate in (5.0, 15.0))
    assert three == pytest.approx(3.0 * one, rel=1e-12, abs=1e-12)


def test_concentration_is_the_closed_form() -> None:
    person = typical("adult-rr")
    k, plateau = person.clearance[0] / person.volume, 9000.0 / person.clearance[0]
    days = np.array([0.01, 0.1, 0.5, 2.0, 7.0, 7.25, 9.0])
    found = states_of(course((7, 9.0), (7, 0.0)), days, person)["concentration"][:, 0]
    expected = np.where(days <= 7, plateau * -np.expm1(-k * days), plateau * np.exp(-k * (days - 7.0)))
    assert found == pytest.approx(expected, rel=1e-10)


def test_steady_state_is_reported_for_each_dose_step() -> None:
    found = endpoints_of(label(2), typical("adult-rr"))
    assert found.steady_state[:, 0] == pytest.approx([168.92, 525.53, 525.53], abs=0.005)
    assert found.cmax[0] == pytest.approx(525.53, abs=0.005)
    assert found.dose_step_days == (0.0, 7.0, 42.0)
    assert found.escalation_days == (7.0,)


# --- what must not matter -----------------------------------------------------------------------------------------


def test_two_equal_infusions_back_to_back_are_one() -> None:
    one = course((28, 28.0), (14, 0.0))
    two = Dosing((0, 11 * DAY, 28 * DAY, 42 * DAY), np.array([[28.0], [28.0], [0.0]]), (1, 1, 1), (1, 1, 2))
    for name, values in endpoint_arrays(endpoints_of(one)).items():
        assert np.array_equal(values, endpoint_arrays(endpoints_of(two))[name], equal_nan=True), name


def test_an_equal_infusion_of_another_step_or_cycle_changes_no_state() -> None:
    days = np.linspace(0.0, 42.0, 43)
    one = states_of(course((28, 28.0), (14, 0.0)), days)
    for parted in (
        course((11, 28.0), (17, 28.0), (14, 0.0)),
        course((11.3, 28.0), (16.7, 28.0), (14, 0.0), cycles=(1, 2, 2)),
        course((28, 28.0), (3.456, 0.0), (10.544, 0.0), cycles=(1, 1, 2)),
    ):
        for name, values in states_of(parted, days).items():
            assert values.tobytes() == one[name].tobytes(), name


@pytest.mark.slow
def test_time_shift_shifts_everything() -> None:
    # Without growth of blasts there is nothing that knows the date.
    still = replace(PEOPLE, constants=PEOPLE.constants._replace(blast_growth=0.0))
    days = np.linspace(0.0, 12.0, 49)
    now = states_of(course((7, 28.0), (5, 0.0)), days, still)
    later = states_of(course((5, 0.0), (7, 28.0), (5, 0.0)), days + 5.0, still)
    for name, values in now.items():
        # As pytest's approx, which takes ten times as long as the simulation, number by number.
        assert (np.abs(later[name] - values) <= np.maximum(1e-9 * np.abs(values), 1e-9)).all(), name


def test_no_drug_no_effect() -> None:
    days = np.linspace(0.0, 84.0, 337)
    people = extremes("adult-rr")
    found = states_of(course((84, 0.0)), days, people)
    for name in ("concentration", "cytolytic", "adhesion_memory", "release_memory", "proliferation", "t_adherent"):
        assert (found[name] == 0.0).all(), name
    assert np.max(np.abs(found["t_blood"] / people.t_cells - 1.0)) < 1e-12
    assert np.max(np.abs(found["b_blood"] / people.b_cells - 1.0)) < 1e-12
    assert np.max(np.abs(found["marrow"] - 1.0)) < 1e-12
    assert np.max(np.abs(found["cytokines"] / people.cytokine_baseline[:, None] - 1.0)) < 1e-12


def test_same_patient_in_ten_and_in_many_to_the_last_bit() -> None:
    few = endpoint_arrays(endpoints_of(label(2), draw("adult-rr", 10, seed=3)))
    many = endpoint_arrays(endpoints_of(label(2), draw("adult-rr", 3000, seed=3)))
    for name, values in few.items():
        assert np.array_equal(values, many[name][..., :10], equal_nan=True), name


@pytest.mark.slow
@pytest.mark.parametrize("engine", [pytest.param("compiled", marks=pytest.mark.slow), "numpy"])
@pytest.mark.parametrize(("number", "chunk"), [(1, 3), (2, 16), (2, 1), (1, 4096)])
def test_threads_and_chunks_do_not_matter_to_the_last_bit(number: int, chunk: int, engine: EngineName) -> None:
    given, days = two_cycles_of_days(), np.array([0.3, 2.0, 8.5, 14.0])
    people = (
        PEOPLE if engine == "compiled" else PEOPLE.select(slice(0, 5))
    )  # a chunk takes NumPy as long as it is small
    plain = simulate(given, people, output_days=days, engine=engine)
    with threads(number) as running:
        other = simulate(given, people, output_days=days, executor=running, chunk=chunk, engine=engine)
    assert plain.endpoints is not None
    assert other.endpoints is not None
    for name, values in endpoint_arrays(plain.endpoints).items():
        assert np.array_equal(values, endpoint_arrays(other.endpoints)[name], equal_nan=True), name
    assert plain.trajectories is not None
    assert other.trajectories is not None
    for name, values in plain.trajectories.states._asdict().items():
        assert values.tobytes() == getattr(other.trajectories.states, name).tobytes(), name


def test_order_of_patients_does_not_matter_to_the_last_bit() -> None:
    order = np.random.default_rng(1).permutation(PEOPLE.size)
    plain, mixed = (
        endpoint_arrays(endpoints_of(label(1))),
        endpoint_arrays(endpoints_of(label(1), PEOPLE.select(order))),
    )
    for name, values in plain.items():
        assert np.array_equal(values[..., order], mixed[name], equal_nan=True), name


def test_rates_of_each_patient_are_each_patients() -> None:
    rates = np.linspace(1.0, 30.0, PEOPLE.size)
    dosing = Dosing((0, 28 * DAY), rates[None, :], (1,), (1,))
    together = endpoints_of(dosing)
    alone = endpoints_of(course((28, float(rates[17]))), PEOPLE.select(slice(17, 18)))
    assert together.b_nadir[17] == alone.b_nadir[0]
    assert together.steady_state[0, 17] == alone.steady_state[0, 0]


def test_endpoints_do_not_depend_on_what_is_printed() -> None:
    plain, printed = simulate(label(1), PEOPLE), simulate(label(1), PEOPLE, output_days=np.linspace(0, 42, 500))
    assert plain.endpoints is not None
    assert printed.endpoints is not None
    for name, values in endpoint_arrays(plain.endpoints).items():
        assert np.array_equal(values, endpoint_arrays(printed.endpoints)[name], equal_nan=True), name


# --- edges --------------------------------------------------------------------------------------------------------


def test_intervals_of_minutes_and_of_months_are_solved() -> None:
    people = extremes("adult-rr")
    found = states_of(
        course((1 / DAY, 28.0), (10.0, 28.0), (2 / DAY, 0.0), (200.0, 9.0)), np.array([0.0, 210.0]), people
    )
    for name, values in found.items():
        assert np.isfinite(values).all(), name
        assert (values >= -1e-9).all(), name


def test_states_stay_physical_in_extreme_patients() -> None:
    for preset in ("adult-rr", "adult-mrd", "child"):
        found = states_of(label(2), np.linspace(0.0, 84.0, 673), extremes(preset))
        for name, values in found.items():
            # Zero to within the interpolation: a thousandth of one cell/µL at counts of thousands.
            assert (values >= -1e-3).all(), (preset, name)
        assert (found["cytolytic"] <= 1.5).all()
        assert (found["marrow"] <= 1.0 + 1e-9).all()


def test_who_stops_early_does_not_wait_for_chunks_that_have_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    interrupted = Event()

    def interrupt(done: int, of: int) -> None:
        told.append(done)
        interrupted.set()
        raise KeyboardInterrupt

    began: list[int] = []

    def counted(chunk: Chunk) -> Part:
        """Those after the first two wait, so that a busy machine does not end all before it tells of the first."""
        began.append(chunk.patients.first)
        if len(began) > 2:
            interrupted.wait(10)
            sleep(0.05)
        return run_chunk(chunk)

    monkeypatch.setattr("blinplan.physiology.solve.run_chunk", counted)
    with pytest.raises(KeyboardInterrupt), threads(2) as two:
        simulate(label(5), draw("adult-rr", 64, seed=1), chunk=1, executor=two, progress=interrupt)
    assert told == [1]
    assert len(began) < 32


def test_premedication_that_does_nothing_changes_nothing() -> None:
    given = replace(label(1), premedication_minutes=(-60, 3 * DAY, 7 * DAY - 60))
    idle = replace(PEOPLE, constants=PEOPLE.constants._replace(premedication_reduction=0.0))
    plain, with_it = (endpoints_of(given, idle, options=Options(premedication=asked)) for asked in (False, True))
    for name, values in endpoint_arrays(plain).items():
        assert np.array_equal(endpoint_arrays(with_it)[name], values, equal_nan=True), name
    assert plain.dose_step_days == with_it.dose_step_days
    assert plain.escalation_days == with_it.escalation_days


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    simulate(label(1), PEOPLE, chunk=16, progress=lambda done, of: told.append((done, of)))
    assert told == [(16, 40), (32, 40), (40, 40)]


@pytest.mark.parametrize(
    ("edges", "rates", "cycles"),
    [
        ((0, 10, 10), [[1.0], [1.0]], (1, 1)),
        ((0, 10), [[-1.0]], (1,)),
        ((0, 10), [[float("nan")]], (1,)),
        ((0, 10), [[1.0], [1.0]], (1,)),
        ((0, 10, 20), [[1.0], [1.0]], (2, 1)),
        ((0, 10), [[1.0]], (0,)),
    ],
)
def test_impossible_dosing_is_refused(
    edges: tuple[int, ...], rates: list[list[float]], cycles: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match=r"edges|rates|cycle"):
        Dosing(edges, np.array(rates), cycles, cycles)


def test_impossible_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="output days"):
        simulate(label(1), PEOPLE, output_days=np.array([43.0]))
    with pytest.raises(ValueError, match="patients"):
        simulate(Dosing((0, 10), np.ones((1, 3)), (1,), (1,)), PEOPLE)
    with pytest.raises(ValueError, match="chunk"):
        simulate(label(1), PEOPLE, chunk=0)


def test_coarser_steps_are_less_accurate() -> None:
    days = np.linspace(0.0, 42.0, 85)
    fine, plain, coarse = (
        states_of(label(1), days, options=Options(coarseness=c))["b_blood"] for c in (0.25, 1.0, 3.0)
    )
    assert np.max(np.abs(plain - fine)) < 0.1 * np.max(np.abs(coarse - fine))


@pytest.mark.parametrize("engine", [pytest.param("compiled", marks=pytest.mark.slow), "numpy"])
def test_blasts_fall_to_one_cell_and_no_further_and_a_last_cell_grows(engine: EngineName) -> None:
    days = np.arange(0.0, 196.25, 0.25)
    found = simulate(CLEARED, cleared(), output_days=days, engine=engine)
    assert found.trajectories is not None
    assert found.endpoints is not None
    blasts = found.trajectories.blasts
    assert blasts.min(axis=0) == pytest.approx(np.full(12, 1e-12), rel=1e-9)
    fewest = found.endpoints.blasts_log10_change[-1] + np.log10(cleared().blasts)
    assert fewest.min() == pytest.approx(-12.0)
    assert (blasts[-1] > 1.5e-12).all()
    held = blasts < 1.0000001e-12
    assert held.any(axis=0).all()
    rate = np.log(blasts[-1] / blasts[-40]) / (days[-1] - days[-40])
    assert rate == pytest.approx(np.full(12, 0.03), rel=1e-3)  # the growth far below capacity, without drug
