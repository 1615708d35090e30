"""What is compared of each patient: endpoints, days depleted in a window that all courses have, the steady state."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period
from blinplan.design.comparison.courses import cycle_window, end_of, first_cycle_ends
from blinplan.physiology.endpoints import DEPLETED, INFUSION
from blinplan.physiology.model.states import SHOWN
from blinplan.simulation.crowd.kept import heads_of
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.endpoints.own import OwnEndpoint
from blinplan.simulation.endpoints.table import B_DEPLETED_DAY
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trials.cohort_trial import CohortOutcome
from blinplan.simulation.trials.trial import Outcome

STEADY_STATE = "steady_state_highest"
_STEADY = "steady_state_"
_DAYS_DEPLETED = "b_days_depleted_of_{days}"
_OF_A_CYCLE = "b_days_depleted_cycle_"
_SETTLED = "_settled"


class CommonWindow(NamedTuple):
    """So many days from the start of the course, which all courses have, in which days depleted are counted."""

    days: float
    own: OwnEndpoint

    @property
    def key(self) -> str:
        """The name of the days depleted in it."""
        return _DAYS_DEPLETED.format(days=f"{self.days:g}")


def windows(courses: Sequence[Sequence[Period]]) -> tuple[CommonWindow, ...]:
    """The windows that all courses have: the usual infusion, and as long as the shortest of them is."""
    shortest = min(map(end_of, courses))
    days = dict.fromkeys(day for day in (INFUSION, shortest) if day <= shortest)
    return tuple(CommonWindow(day, _depleted_by(day)) for day in days)


def _depleted_by(day: float) -> OwnEndpoint:
    unit = next(shown.unit for shown in SHOWN if shown.key == "b-cells")
    return OwnEndpoint("b-cells", "at most", Decimal(f"{DEPLETED:g}"), unit, days=(0.0, day))


def asked_of_all(asked: AskedEndpoints, courses: Sequence[Sequence[Period]]) -> AskedEndpoints:
    """What is asked of each course: all endpoints, whichever are shown, one's own, and the days depleted."""
    added = (window.own for window in windows(courses))
    return AskedEndpoints((), tuple(dict.fromkeys((*asked.own, *added))), asked.by_day)


class ReadableEndpoints(NamedTuple):
    """What is compared of one outcome, by key: numbers and times, and what happens or not."""

    quantities: Mapping[str, Callable[[], Quantity]]
    events: Mapping[str, Callable[[], Occurrence]]


def endpoints_of(
    outcome: Outcome | CohortOutcome, asked: AskedEndpoints, shared: Sequence[CommonWindow]
) -> ReadableEndpoints:
    """All that is compared of an outcome, in the order in which it is shown; each is read when it is called for."""
    quantities = {head.key: number for number, head in enumerate(heads_of(outcome.quantities))}
    events = {head.key: number for number, head in enumerate(heads_of(outcome.events))}
    hidden = {key for window in shared if window.own not in asked.own for key in window.own.keys}
    found: dict[str, Callable[[], Quantity]] = {}
    steady = [number for key, number in quantities.items() if key.startswith(_STEADY)]
    if steady:
        found[STEADY_STATE] = partial(_highest_steady_state, outcome.quantities, steady)
    for key, number in quantities.items():
        if key not in hidden and number not in steady:
            found[key] = partial(outcome.quantities.__getitem__, number)
    for window in shared:
        found[window.key] = partial(_days_depleted, outcome.quantities, quantities[window.own.days_key], window)
    shown = {key: partial(outcome.events.__getitem__, number) for key, number in events.items() if key not in hidden}
    return ReadableEndpoints(found, shown)


def _highest_steady_state(quantities: Sequence[Quantity], numbers: Sequence[int]) -> Quantity:
    """The steady state of the highest dose that each patient gets."""
    each = [quantities[number] for number in numbers]
    values = np.fmax.reduce([quantity.values for quantity in each])
    return replace(each[0], key=STEADY_STATE, label="Steady state, highest dose", values=values)


def _days_depleted(quantities: Sequence[Quantity], number: int, window: CommonWindow) -> Quantity:
    label = f"Days ≤ {DEPLETED:g} /µL, of {window.days:g}"
    return replace(quantities[number], key=window.key, label=label, window=f"day 0 to day {window.days:g}")


def of_differing_windows(
    courses: Sequence[Sequence[Period]], keys: Sequence[str], own: Sequence[OwnEndpoint]
) -> Iterator[str]:
    """The days that are counted out of others, or of fewer, under another course: of them nothing can be compared."""
    yield from (one.days_key for one in own if len({one.minutes(course) for course in courses}) > 1)
    for key in keys:
        if key.startswith(_OF_A_CYCLE):
            number = int(key.removeprefix(_OF_A_CYCLE))
            known = {found for found in (cycle_window(course, number) for course in courses) if found is not None}
            if len(known) > 1:
                yield key


def window_of_time(quantity: Quantity, courses: Sequence[Sequence[Period]], own: Sequence[OwnEndpoint]) -> float:
    """Up to when a time is compared, in its unit: as far as it is looked at in all courses."""
    mine = next((one for one in own if quantity.key == f"{one.key}_day"), None)
    if mine is not None:
        return min(_end(mine, course) for course in courses)
    infusions, cycles = zip(*map(first_cycle_ends, courses), strict=True)
    if quantity.key == B_DEPLETED_DAY.key:
        return float(min(infusions))
    days = min(cycles) if quantity.key.endswith(_SETTLED) else min(map(end_of, courses))
    return float(days * quantity.per_day)


def _end(own: OwnEndpoint, course: Sequence[Period]) -> float:
    stop = own.watch(course).stop
    return stop if isinstance(stop, float) else float(np.min(stop))
