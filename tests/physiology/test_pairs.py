"""Two courses that agree up to some time agree until then to the last bit, whatever follows."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blinplan.physiology import Dosing, draw, simulate
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY

PEOPLE = draw("adult-rr", 7, seed=21)
MINUTES = st.integers(1, 21 * MINUTES_PER_DAY)
RATES = st.sampled_from([0.0, 5.0, 9.0, 15.0, 28.0, 60.0])
COURSES = st.lists(st.tuples(MINUTES, RATES), min_size=1, max_size=4)


def dosing(course: list[tuple[int, float]]) -> Dosing:
    """A course of minutes and mcg/day, one cycle."""
    edges = np.cumsum([0, *(minutes for minutes, _ in course)]).tolist()
    numbers = tuple(range(1, len(course) + 1))
    return Dosing(tuple(edges), np.array([[rate] for _, rate in course]), (1,) * len(course), numbers)


def until(course: list[tuple[int, float]], minute: int) -> list[tuple[int, float]]:
    """The beginning of a course."""
    found: list[tuple[int, float]] = []
    for minutes, rate in course:
        found.append((min(minutes, minute - sum(before for before, _ in found)), rate))
        if sum(before for before, _ in found) == minute:
            break
    return found


def states(of: Dosing, days: FloatArray, engine: EngineName | None = None) -> bytes:
    found = simulate(of, PEOPLE, output_days=days, endpoints=False, engine=engine).trajectories
    assert found is not None
    return b"".join(values.tobytes() for values in found.states)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(COURSES, COURSES, st.data())
def test_courses_that_agree_up_to_a_minute_have_the_same_states_and_endpoints_until_then(
    course: list[tuple[int, float]], other: list[tuple[int, float]], data: st.DataObject
) -> None:
    whole = dosing(course)
    minute = data.draw(st.integers(1, whole.edges_minutes[-1]))
    begun = until(course, minute)
    days = np.append(np.sort(np.random.default_rng(minute).uniform(0.0, minute, 12)), minute) / MINUTES_PER_DAY
    assert states(whole, days) == states(dosing([*begun, *other]), days)
    # What is measured of a cycle that ends there is measured whatever the next one brings.
    ended, led_on = dosing(begun), dosing([*begun, *other])
    led_on = replace(led_on, cycles=(*(1,) * len(begun), *(2,) * len(other)))
    first, second = simulate(ended, PEOPLE).endpoints, simulate(led_on, PEOPLE).endpoints
    assert first is not None
    assert second is not None
    for name in ("b_depleted_day", "b_depleted_days", "b_at_infusion_end", "t_peak"):
        assert getattr(first, name)[0].tobytes() == getattr(second, name)[0].tobytes(), name
    for name in ("cytokine_peak", "cytokine_peak_day", "cytokine_settled"):
        assert getattr(first, name)[:, 0].tobytes() == getattr(second, name)[:, 0].tobytes(), name


@settings(max_examples=15, deadline=None)
@given(COURSES, st.data())
def test_an_event_that_changes_nothing_changes_nothing(course: list[tuple[int, float]], data: st.DataObject) -> None:
    plain = dosing(course)
    at = data.draw(st.integers(0, len(course) - 1))
    minutes, rate = course[at]
    cut = data.draw(st.integers(0, minutes))
    parts = [(part, rate) for part in (cut, minutes - cut) if part]
    parted = dosing([*course[:at], *parts, *course[at + 1 :]])
    days = np.linspace(0.0, plain.edges_minutes[-1] / MINUTES_PER_DAY, 29)
    assert states(plain, days) == states(parted, days)
    one, other = (simulate(of, PEOPLE).endpoints for of in (plain, parted))
    assert one is not None
    assert other is not None
    for name in ("auc", "b_nadir", "b_nadir_day", "t_minimum", "t_return_day", "b_depleted_day", "cytokine_peak"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


OF_THE_COURSE = (
    "auc",
    "infused",
    "b_nadir",
    "b_nadir_day",
    "b_recovery_day",
    "t_minimum",
    "t_minimum_day",
    "t_return_day",
    "blasts_log10_change_day_28",
)


@settings(max_examples=15, deadline=None)
@given(COURSES, st.data())
def test_what_is_of_the_whole_course_does_not_know_where_its_cycles_begin(
    course: list[tuple[int, float]], data: st.DataObject
) -> None:
    """Exposure and dose were sums over cycles, and differed in their last digit where the same was given as two."""
    end = sum(minutes for minutes, _ in course)
    cuts = data.draw(st.sets(st.integers(1, end), max_size=3))
    assert_cycles_change_nothing(course, cuts, data.draw(st.floats(0.1, 3.0)))


def test_a_cycle_that_begins_in_the_midst_of_a_free_interval_does_not_move_a_recovery() -> None:
    """It was looked for from there anew, and found a last digit away."""
    assert_cycles_change_nothing([(84, 60.0), (3388, 0.0)], {1060})
    assert_cycles_change_nothing([(84, 60.0), (3388, 0.0)], {84})
    assert_cycles_change_nothing([(28 * MINUTES_PER_DAY, 28.0), (60 * MINUTES_PER_DAY, 0.0)], {28 * MINUTES_PER_DAY})
    for cut in range(29 * MINUTES_PER_DAY, 60 * MINUTES_PER_DAY, 1507):
        assert_cycles_change_nothing([(28 * MINUTES_PER_DAY, 28.0), (60 * MINUTES_PER_DAY, 0.0)], {cut})


def assert_cycles_change_nothing(course: list[tuple[int, float]], cuts: set[int], per_day: float = 1.0) -> None:
    """The same is given, so many times as much of it a day, and a cycle begins at each of some minutes."""
    parts: list[tuple[int, float]] = []
    done = 0
    for minutes, rate in course:
        edges = sorted({done, done + minutes, *(cut for cut in cuts if done < cut < done + minutes)})
        parts += [(stop - start, rate) for start, stop in pairwise(edges)]
        done += minutes
    starts = np.cumsum([0, *(minutes for minutes, _ in parts)])[:-1]
    cycles = tuple(1 + sum(cut <= start for cut in cuts) for start in starts.tolist())
    one, other = (
        simulate(replace(of, rates=per_day * of.rates), PEOPLE).endpoints
        for of in (dosing(course), replace(dosing(parts), cycles=cycles))
    )
    assert one is not None
    assert other is not None
    for name in OF_THE_COURSE:
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


def test_the_first_week_of_a_dose_does_not_know_of_the_step_after_it() -> None:
    """The example by which it was found: 5 mcg/day throughout, and 5 before 15."""
    people, week = draw("adult-rr", 1000, seed=1), 7 * MINUTES_PER_DAY
    flat = Dosing((0, 4 * week), np.array([[5.0]]), (1,), (1,))
    stepped = Dosing((0, week, 4 * week), np.array([[5.0], [15.0]]), (1, 1), (1, 2))
    one, other = simulate(flat, people).endpoints, simulate(stepped, people).endpoints
    assert one is not None
    assert other is not None
    assert one.t_minimum.tobytes() == other.t_minimum.tobytes()
    assert one.t_minimum_day.tobytes() == other.t_minimum_day.tobytes()
    early = one.b_depleted_day[0] <= 7.0
    assert early.sum() > 100
    assert one.b_depleted_day[0, early].tobytes() == other.b_depleted_day[0, early].tobytes()
    assert (other.b_depleted_day[0, ~early] > 7.0).sum() + np.isnan(other.b_depleted_day[0, ~early]).sum() == (
        ~early
    ).sum()
