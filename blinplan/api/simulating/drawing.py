"""What is drawn of virtual patients: which days, which signals, and whether a figure can be written."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, get_args

from blinplan.api.ranges import FIGURE_WIDTH
from blinplan.api.vocabulary import SignalName
from blinplan.files.of_a_run import is_a_run_on
from blinplan.files.writing import refuse_unwritable
from blinplan.refusal import ArgumentRefusal, Refusal, several

AT_THE_TERMINAL: tuple[SignalName, ...] = ("drug", "b-cells", "t-cells", "il-6")
"""The signals that are drawn where nobody chose: in the model, other elevated cytokines move as IL-6 does."""

ALL: tuple[SignalName, ...] = get_args(SignalName)

PAGE_WIDTH = 183.0
"""The width of a journal's page in mm."""


class Window(NamedTuple):
    """From which day to which is drawn, in days since the first infusion began."""

    first: float
    last: float


def window(from_day: float | None, to_day: float | None, course_days: float) -> Window:
    """Settle which days of a course are drawn: all of it where nothing is asked.

    Raises
    ------
    Refusal
        When the days are not those of the course, or run backwards.
    """
    first, last = 0.0 if from_day is None else from_day, course_days if to_day is None else to_day
    for argument, day in (("from_day", first), ("to_day", last)):
        if not isfinite(day) or not 0.0 <= day <= course_days:
            raise ArgumentRefusal(
                f"{{{argument}}} is {day:g}, and the simulation runs from day 0 to day {course_days:g}",
                "give a day within it; {follow_up} adds days at its end",
            )
    if last - first < 1 / 24:
        raise ArgumentRefusal(
            f"from day {first:g} to day {last:g} there is nothing to draw",
            "let {to_day} be at least an hour after {from_day}",
        )
    return Window(first, last)


def signals_of(names: Sequence[str] | None) -> tuple[str, ...]:
    """Take the names of signals, each once and in the order in which they are drawn; none where none are asked for.

    Raises
    ------
    Refusal
        When there is no such signal.
    """
    if names is None:
        return ()
    from blinplan.simulation.percentiles import SIGNALS

    asked = [name.strip().lower() for text in several("signals", names) for name in text.split(",") if name.strip()]
    known = f"the signals are {', '.join(SIGNALS)}"
    for name in asked:
        if name not in SIGNALS:
            raise ArgumentRefusal("{signals} has {name}", known, name=repr(name[:40]))
    if not asked:
        raise ArgumentRefusal("{signals} names nothing", known)
    return tuple(name for name in SIGNALS if name in asked)


def figure_files(paths: Sequence[str | Path]) -> tuple[Path, ...]:
    """Settle where figures go; each needs a place of its own, a known kind of file, and matplotlib.

    Raises
    ------
    Refusal
        When a figure cannot be written there.
    """
    found = tuple(Path(path) for path in paths)
    for number, path in enumerate(found):
        if path.suffix.lower() not in {".svg", ".png", ".pdf"}:
            raise ArgumentRefusal(
                "{figure} is {path}", "name a file that ends in .svg, .png or .pdf", path=repr(str(path)[:80])
            )
        refuse_unwritable(path)
        if path.resolve() in {other.resolve() for other in found[:number]}:
            raise Refusal(f"two figures would be written to {path}", "give each figure a path of its own")
    if found:
        require_matplotlib("{figure}")
    return found


def figure_file(path: str | Path, width: float) -> Path:
    """The same of one figure, so many mm wide."""
    FIGURE_WIDTH.require_size("width", width)
    return figure_files([path])[0]


def require_matplotlib(what: str) -> None:
    """Refuse early what needs matplotlib where it is not installed."""
    try:
        with _settings_unread() if is_a_run_on() else nullcontext():
            import matplotlib as mpl
    except ImportError as error:
        raise ArgumentRefusal(f"{what} needs the package matplotlib", "pip install 'blinplan[plot]'") from error
    del mpl


@contextmanager
def _settings_unread() -> Iterator[None]:
    """Let matplotlib find no settings but its own while it is imported, nor tell of a home that is none.

    It reads what is called matplotlibrc in the working folder, else where settings of users are, and would wait for a
    pipe of that name. Figures have a style of their own, so that nothing of it would be seen. A program in Python reads
    its settings as it is used to. Without a home it keeps its fonts nowhere, which costs speed only.
    """
    import logging

    there, own = os.path.exists, os.path.join("matplotlib", "mpl-data", "matplotlibrc")  # noqa: PTH118 - as it writes it

    def exists(path: Any) -> bool:
        named = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        return there(path) and (Path(named).name != "matplotlibrc" or named.endswith(own))

    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)
    os.path.exists = exists  # what matplotlib.matplotlib_fname asks by
    try:
        yield
    finally:
        os.path.exists = there
        log.setLevel(level)
