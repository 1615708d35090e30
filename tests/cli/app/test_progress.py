"""How fast a long run is said to be."""

import pytest
from rich.progress import Task, TaskID

from blinplan.cli.app.progress import Pace


class Clock:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_first_speed_is_that_of_patients_and_not_of_when_two_threads_were_done() -> None:
    """Two seconds of compiling, then two portions of a thousand every half second, a millisecond apart."""
    clock, pace = Clock(), Pace()
    task = Task(TaskID(1), "patients", 100_000, 0, _get_time=clock)
    told = []
    for burst in range(40):
        for late in (0.0, 0.001):
            clock.now = 2.0 + burst / 2 + late
            task.completed += 1000
            told.append(pace.per_second(task))
    known = [speed for speed in told if speed is not None]
    assert told[:8] == [None] * 8
    assert known == pytest.approx([4000] * len(known), rel=0.15)
    assert len(known) > 60


def test_nothing_is_said_before_anybody_is_done() -> None:
    clock, pace = Clock(), Pace()
    task = Task(TaskID(1), "patients", 100_000, 0, _get_time=clock)
    clock.now = 60.0
    assert pace.per_second(task) is None
