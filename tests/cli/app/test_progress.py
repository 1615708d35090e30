"""How fast a long run is said to be."""

import io
import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Task, TaskID

from blinplan.cli.app.progress import LONG_RUN, Pace, cells_bar, preparations_told, progress_bar, search_bar
from blinplan.executors.preparation import preparation
from blinplan.physiology.model import people
from blinplan.regimen import library
from blinplan.simulation.admission import admitted_cohort
from blinplan.terminal import PLAIN, Terminal


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


def drawn_last(screen: io.StringIO) -> str:
    return screen.getvalue().rsplit("\x1b[2K", 1)[-1]


def test_the_bar_moves_and_needs_no_thread_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that runs threads cannot be copied, and NumPy shares patients with copies."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr(Terminal, "moving", lambda _: console)
    monkeypatch.setattr("blinplan.cli.app.progress._BETWEEN_DRAWINGS", 0.0)
    terminal = Terminal(PLAIN, PLAIN, is_seen=True, is_watched=True, is_answered=False)
    before = threading.active_count()
    with progress_bar(LONG_RUN, terminal) as move:
        assert move is not None
        assert threading.active_count() == before
        with preparation("compiling, once"):
            assert "compiling, once" in drawn_last(screen)
        assert "0 of 5,000 patients" in drawn_last(screen)
        move(1234)
        assert "1,234 of 5,000 patients" in screen.getvalue()


@pytest.mark.parametrize("bar", [lambda of: progress_bar(10, of), lambda of: cells_bar(10, 5, of), preparations_told])
def test_what_is_prepared_for_few_patients_is_told_while_it_lasts(
    bar: Callable[[Terminal], AbstractContextManager[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Minutes of finding patient 1,000,000,000 of a seed passed in silence, where ten were wanted from there on."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr(Terminal, "moving", lambda _: console)
    monkeypatch.setattr("blinplan.cli.app.progress._BETWEEN_DRAWINGS", 0.0)
    monkeypatch.setattr("blinplan.physiology.model.people.LONG_WAY", 50_000)
    terminal = Terminal(PLAIN, PLAIN, is_seen=True, is_watched=True, is_answered=False)
    people._stretches.cache_clear()
    with bar(terminal) as move:
        assert move is None
        assert not screen.getvalue()
        admitted_cohort(library.regimen("rr-adult"), "adult-rr", 10, seed=23, before=60_000)
        told = re.findall(r"the patients before: ([\d,]+) of 60,000", screen.getvalue())
        assert told[0] == "0"
        assert len(set(told)) > 3
        before = screen.getvalue()
        admitted_cohort(library.regimen("rr-adult"), "adult-rr", 10, seed=24, before=40_000)
        assert screen.getvalue() == before


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_bar_leaves_room_for_what_a_terminal_shows_of_ctrl_c_in_its_line(width: int) -> None:
    """Else that stands in the next line, and a bar that is taken away stays in its own."""
    terminal = Terminal(PLAIN, PLAIN._replace(width=width), is_seen=True, is_watched=True, is_answered=False)
    for bar in (progress_bar(10**6, terminal), cells_bar(10**6, 1000, terminal), search_bar(terminal)):
        screen = io.StringIO()
        console = terminal.moving()
        console.file = screen
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Terminal, "moving", lambda _, console=console: console)
            with bar as move:
                assert move is not None
        lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in re.split("[\r\n]", screen.getvalue())]
        assert 20 < max(map(cell_len, lines)) <= width - len("^C^C")


@pytest.mark.parametrize("width", [80, 120])
def test_a_bar_is_one_line_where_there_is_room(width: int) -> None:
    terminal = Terminal(PLAIN, PLAIN._replace(width=width), is_seen=True, is_watched=True, is_answered=False)
    screen, console = io.StringIO(), terminal.moving()
    console.file = screen
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Terminal, "moving", lambda _: console)
        patch.setattr(Pace, "per_second", lambda *_: 6043.0)
        with search_bar(terminal) as move:
            assert move is not None
            move(1_283_976, 2_403_976)
            console.print("")
    (line,) = {line for line in screen.getvalue().splitlines() if "1,283,976 of up to 2,403,976 patients" in line}
    assert "6,043 patients/s 0:03:06 left" in line
