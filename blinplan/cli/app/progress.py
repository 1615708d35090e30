"""How far a long run is, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import ceil
from time import monotonic

from rich.console import RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from blinplan.executors.preparation import told_of_preparations
from blinplan.terminal import Terminal

_BETWEEN_DRAWINGS = 0.1
"""Seconds."""
_ROOMY = 80
"""Columns in which all that stands beside a bar has room in one line."""
LONG_RUN = 5_000
"""Patients from which a run is worth a progress bar."""


class Pace:
    """How fast a run is, from when its first patients were done.

    Patients are done some at a time, and as many of these at once as there are processors: the time between two of them
    says nothing. What is done before, as compiling, takes time that is none of theirs.
    """

    def __init__(self) -> None:
        self._since: tuple[float, float] | None = None

    def per_second(self, task: Task) -> float | None:
        """Patients a second; None until they have been counted for long enough."""
        if not task.completed:
            return None
        now = task.get_time()
        since, before = self._since = self._since or (now, task.completed)
        return (task.completed - before) / (now - since) if now - since >= _LONG_ENOUGH else None


_LONG_ENOUGH = 2.0
"""Seconds after which a speed is worth telling."""


def _in_one_line(terminal: Terminal) -> Column:
    """A column that lets the bar be shorter instead of being broken, where there is room."""
    return Column(no_wrap=terminal.errors.width >= _ROOMY)


class _PatientsPerSecond(ProgressColumn):
    """How fast the run is."""

    def __init__(self, pace: Pace, terminal: Terminal) -> None:
        super().__init__(_in_one_line(terminal))
        self._pace = pace

    def render(self, task: Task) -> Text:
        """Write the speed once it is known."""
        speed = self._pace.per_second(task)
        return Text(f"{speed:,.0f} patients/s" if speed else "")


class _TimeLeft(ProgressColumn):
    """How long it takes at that speed."""

    max_refresh = 0.5

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace

    def render(self, task: Task) -> Text:
        """Write it as hours, minutes and seconds, once it is known."""
        speed = self._pace.per_second(task)
        left = "-:--:--" if not speed else str(timedelta(seconds=ceil((task.remaining or 0) / speed)))
        return Text(left, style="progress.remaining")


@contextmanager
def progress_bar(patients: int, terminal: Terminal) -> Iterator[Callable[[int], None] | None]:
    """Give a function that moves a bar on standard error; None where nobody would see it or need it."""
    with _bar_of(patients, TextColumn("{task.completed:,} of {task.total:,} patients"), terminal) as move:
        yield move


@contextmanager
def cells_bar(patients: int, of_a_cell: int, terminal: Terminal) -> Iterator[Callable[[int], None] | None]:
    """Give the same for many cells, each of so many of the patients."""
    with _bar_of(patients, _DoneOf(of_a_cell, "cells"), terminal) as move:
        yield move


@contextmanager
def runs_bar(patients: int, of_a_run: int, terminal: Terminal) -> Iterator[Callable[[int], None] | None]:
    """Give the same for many runs, each of so many of the patients."""
    with _bar_of(patients, _DoneOf(of_a_run, "runs"), terminal) as move:
        yield move


class _CountOrPreparation(ProgressColumn):
    """What is counted; until something is done, what is prepared instead, where that takes a while."""

    def __init__(self, counted: ProgressColumn, terminal: Terminal) -> None:
        super().__init__(_in_one_line(terminal))
        self._counted = counted
        self.preparing: str | None = None

    def render(self, task: Task) -> RenderableType:
        """Write it."""
        return Text(self.preparing) if self.preparing and not task.completed else self._counted.render(task)


class _DoneOf(ProgressColumn):
    """How many cells or runs are done."""

    def __init__(self, patients: int, of: str) -> None:
        super().__init__()
        self._patients, self._of = patients, of

    def render(self, task: Task) -> Text:
        """Write it."""
        done, total = (int(count or 0) // self._patients for count in (task.completed, task.total))
        return Text(f"{done:,} of {total:,} {self._of}")


@contextmanager
def _bar_of(patients: int, counted: ProgressColumn, terminal: Terminal) -> Iterator[Callable[[int], None] | None]:
    """A bar where there are many patients; where they are few, one for as long as something is prepared for them."""
    if not terminal.is_watched:
        yield None
        return
    is_long = patients >= LONG_RUN
    pace, told = Pace(), _CountOrPreparation(counted, terminal)
    columns = (told, BarColumn(), _PatientsPerSecond(pace, terminal), _TimeLeft(pace), TextColumn("left"))
    # Drawn when it moves and by no thread of its own: a process that runs threads cannot be copied.
    bar = Progress(*columns, console=terminal.moving(), transient=True, auto_refresh=False)
    task, drawn = bar.add_task("patients", total=patients), monotonic()

    def is_due() -> bool:
        nonlocal drawn
        due = monotonic() - drawn >= _BETWEEN_DRAWINGS
        drawn = monotonic() if due else drawn
        return due

    def prepare(what: str | None) -> None:
        is_other = what is None or told.preparing is None
        if what is None and not is_long:
            bar.stop()
            return
        told.preparing = what
        bar.start()
        if is_other or is_due():
            bar.refresh()

    try:
        if is_long:
            bar.start()
        with told_of_preparations(prepare):
            yield (lambda done: bar.update(task, completed=done, refresh=is_due())) if is_long else None
    finally:
        bar.stop()


@contextmanager
def preparations_told(terminal: Terminal) -> Iterator[None]:
    """Show what takes a while before it is known how much there is to do."""
    with progress_bar(0, terminal):
        yield


@contextmanager
def regimens_bar(terminal: Terminal) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows how many regimens are simulated; it does nothing where nobody would see it."""
    if not terminal.is_watched:
        yield lambda done, total: None
        return
    announced = False
    columns = (
        TextColumn("{task.completed:,} of {task.total:,} regimens simulated"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    bar = Progress(*columns, console=terminal.moving(), transient=True)
    task = bar.add_task("regimens", total=0)

    def move(done: int, total: int) -> None:
        nonlocal announced
        if not announced:
            announced = True
            if total > 1:
                bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield move
    finally:
        bar.stop()


@contextmanager
def search_bar(terminal: Terminal) -> Iterator[Callable[[int, int], None] | None]:
    """Give a function that shows how many patients are done, of a number that changes; None where nobody would see."""
    if not terminal.is_watched:
        yield None
        return
    pace = Pace()
    told = _CountOrPreparation(TextColumn("{task.completed:,} of up to {task.total:,} patients"), terminal)
    columns = (told, BarColumn(), _PatientsPerSecond(pace, terminal), _TimeLeft(pace), TextColumn("left"))
    with (
        Progress(*columns, console=terminal.moving(), transient=True) as bar,
        told_of_preparations(lambda what: setattr(told, "preparing", what)),
    ):
        task = bar.add_task("patients", total=0)
        yield lambda done, total: bar.update(task, completed=done, total=total)
