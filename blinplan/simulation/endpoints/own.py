"""An endpoint of one's own: something beyond a level in a window, in which patients, by when, and for how long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from blinplan.course.events import Period
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.cytokines import ELEVATED
from blinplan.physiology.model.states import SHOWN, ShownState
from blinplan.physiology.watch import Seen, Watch
from blinplan.quantities import MINUTES_PER_DAY, digits_text
from blinplan.simulation.endpoints.definition import COLUMN_WORDS, GROUPS
from blinplan.simulation.outcome import Occurrence, Quantity

COMPARISONS = {"above": (True, False), "below": (False, False), "at least": (True, True), "at most": (False, True)}
"""How something is beyond a level: whether above it, and whether at the level counts."""

OF_THE_INFUSED = "; of patients who are infused in it"
"""Of whom it is what is looked at in a cycle."""

_WORDS = {**COLUMN_WORDS, "x baseline": "x_baseline", "% of capacity": "percent_of_capacity"}


class WindowError(ValueError):
    """A window that a course does not have; the message says what it has."""


@dataclass(frozen=True, slots=True)
class OwnEndpoint:
    """What somebody asks for in their own words.

    Attributes
    ----------
    signal : the key of what is shown of patients. comparison : one of `COMPARISONS`.
    level : the number, in ``unit``: that of the signal, "% of baseline", "x baseline" or, of blasts, "% of capacity".
    cycle : the cycle that is looked at, or None. days : from which day to which, or None; the whole course where both
        are None.
    """

    signal: str
    comparison: str
    level: Decimal
    unit: str
    cycle: int | None = None
    days: tuple[float, float] | None = None

    @property
    def state(self) -> ShownState:
        """What is shown of patients that it is of."""
        return next(shown for shown in SHOWN if shown.key == self.signal)

    @property
    def group(self) -> str:
        """Where it stands in tables."""
        label = self.state.label
        return "Cytokines" if label in ELEVATED else next(group for group in GROUPS if label.startswith(group))

    @property
    def stem(self) -> str:
        """What keys of the signal begin with."""
        return self.state.column.removesuffix(f"_{COLUMN_WORDS.get(self.state.unit, 'fraction')}")

    @property
    def key(self) -> str:
        """Its name in JSON, and at the head of a column."""
        words = (self.stem, self.comparison, self._number, _WORDS[self.unit], self._window_words)
        return "_".join(word.replace(" ", "_") for word in words if word)

    @property
    def day_key(self) -> str:
        """The key of the first time."""
        return f"{self.key}_day"

    @property
    def days_key(self) -> str:
        """The key of the days."""
        return f"{self.key}_days"

    @property
    def keys(self) -> tuple[str, str, str]:
        """The keys of all that it comes out as."""
        return self.key, self.day_key, self.days_key

    @property
    def text(self) -> str:
        """The same in plain words, as it can be asked for."""
        return f"{self._level_text}{f' {self._window_words}' if self._window_words else ''}"

    @property
    def label(self) -> str:
        """What it is called in tables."""
        window = self._window_words.removeprefix("in ").removeprefix("from ")
        return f"{self._level_text}{f', {window}' if window else ''}"

    @property
    def _number(self) -> str:
        return f"{self.level.normalize():f}"

    @property
    def _level_text(self) -> str:
        name = str(self.state.quantity)
        return f"{name[0].upper()}{name[1:]} {self.comparison} {self._number} {self.unit}"

    @property
    def _window_words(self) -> str:
        if self.cycle is not None:
            return f"in cycle {self.cycle}"
        if self.days is None:
            return ""
        first, last = map(digits_text, self.days)
        return f"by day {last}" if self.days[0] == 0.0 else f"from day {first} to day {last}"

    def watch(self, periods: Sequence[Period]) -> Watch:
        """What is watched of patients in a course.

        Raises
        ------
        WindowError
            When the course does not have the window.
        """
        above, touching = COMPARISONS[self.comparison]
        share = Decimal(100) if self.unit.startswith("%") else Decimal(1)
        start, stop = self._window(periods)
        return Watch(
            self.signal, float(self.level / share), self.unit.endswith("baseline"), above, touching, start, stop
        )

    def first_day(self, periods: Sequence[Period]) -> float:
        """The day on which its window in a course begins.

        Raises
        ------
        WindowError
            When the course does not have the window.
        """
        return self._window(periods)[0]

    def minutes(self, periods: Sequence[Period]) -> int:
        """How long its window in a course is.

        Raises
        ------
        WindowError
            When the course does not have the window.
        """
        start, stop = self._window(periods)
        return round((stop - start) * MINUTES_PER_DAY)

    def is_of(self, periods: Sequence[Period]) -> bool:
        """Whether a course has the window."""
        try:
            self._window(periods)
        except WindowError:
            return False
        return True

    def _window(self, periods: Sequence[Period]) -> tuple[float, float]:
        end = periods[-1].stop / MINUTES_PER_DAY
        if self.days is not None:
            if self.days[1] > end:
                raise WindowError(f"day {digits_text(self.days[1])} is not of the course, which ends on day {end:g}")
            return self.days
        if self.cycle is None:
            return 0.0, end
        within = [period for period in periods if period.cycle == self.cycle]
        if not within:
            first, last = periods[0].cycle, periods[-1].cycle
            has = f"cycle {first} alone" if first == last else f"cycles {first} to {last}"
            raise WindowError(f"there is no cycle {self.cycle} in the course, which has {has}")
        return within[0].start / MINUTES_PER_DAY, within[-1].stop / MINUTES_PER_DAY

    def at_risk(self, endpoints: Endpoints) -> BoolArray:
        """(N) to whom it can come: of a cycle, who is infused in it, as of what is defined of a cycle."""
        if self.cycle is None:
            return np.ones(endpoints.cmax.shape, dtype=np.bool_)
        return np.asarray(endpoints.infused_in_cycle[endpoints.cycles.index(self.cycle)])

    def quantities(self, seen: Seen, at_risk: BoolArray, place: int, from_day: float) -> Iterator[Quantity]:
        """By when, looked at from a day on, and for how long each patient is beyond the level."""
        window = self._window_words or "whole course"
        first = f"first time; days from the start of the course{self._of}"
        yield Quantity(
            self.day_key,
            self.group,
            self.label,
            "day",
            np.where(at_risk, seen.first_day, np.nan),
            is_time=True,
            at_risk=at_risk,
            window=window,
            measured=first,
            place=place,
            from_day=from_day,
        )
        yield Quantity(
            self.days_key,
            self.group,
            f"Days {self.label}",
            "day",
            np.where(at_risk, seen.days, np.nan),
            window=window,
            measured=f"days of it, added up{self._of}",
            place=place,
        )

    def occurrence(self, seen: Seen, at_risk: BoolArray, place: int) -> Occurrence:
        """Whether each patient is ever beyond the level."""
        happens = ~np.isnan(seen.first_day)
        window = self._window_words or "whole course"
        measured = f"at some time{self._of}"
        return Occurrence(
            self.key, self.group, self.label, happens, at_risk, window=window, measured=measured, place=place
        )

    @property
    def _of(self) -> str:
        return "" if self.cycle is None else OF_THE_INFUSED
