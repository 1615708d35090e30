"""The simulations behind one evaluation of the evidence, and what a measure is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from blinplan.evidence.scenarios import scenario
from blinplan.executors.executor import Executor, InTurn
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.draw import draw
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.solve import simulate
from blinplan.physiology.trajectories import Trajectories
from blinplan.proportion import Proportion
from blinplan.quantities import MINUTES_PER_DAY

_FEW_DAYS = 3
"""On so many days states take little memory."""


@dataclass(frozen=True, slots=True)
class Arm:
    """What one group of patients gets: the population, the scenarios, and what is asked about.

    `days` are times after the start; `blasts_from` and `blasts_below` are the shares of blasts between which a
    patient has before treatment.
    """

    population: str
    scenarios: tuple[str, ...]
    cycle: int = 1
    cytokine: str = "IL-6"
    hours: float = 0.0
    dose: float = 0.0
    days: tuple[float, ...] = ()
    blasts_from: float = 0.0
    blasts_below: float = math.inf


@dataclass(slots=True)
class Study:
    """The simulations behind one evaluation; each is run once, on the same patients in every scenario."""

    presets: dict[str, Preset]
    patients: int
    seed: int
    options: Options = field(default_factory=Options)
    executor: Executor = field(default_factory=InTurn)
    _drawn: dict[str, Population] = field(default_factory=dict)
    _run: dict[tuple[str, str], Endpoints] = field(default_factory=dict)
    _looked_at: dict[tuple[str, str, tuple[float, ...], int], Trajectories] = field(default_factory=dict)

    def population(self, name: str) -> Population:
        """Patients of one preset."""
        if name not in self._drawn:
            self._drawn[name] = draw(self.presets[name], self.patients, self.seed)
        return self._drawn[name]

    def endpoints(self, arm: Arm, which: int = 0) -> Endpoints:
        """Endpoints of one scenario of an arm."""
        key = arm.population, arm.scenarios[which]
        if key not in self._run:
            people = self.population(arm.population)
            dosing = scenario(arm.scenarios[which], people.bsa_m2)
            found = simulate(dosing, people, options=self.options, executor=self.executor).endpoints
            assert found is not None  # noqa: S101 - endpoints were asked for
            self._run[key] = found
        return self._run[key]

    def trajectories(self, arm: Arm, days: Sequence[float], most: int = 1000) -> Trajectories:
        """States at given days, on at most `most` of the patients; those of few days are kept, for other measures."""
        if len(days) > _FEW_DAYS:
            return self._trajectories(arm, days, most)
        key = arm.population, arm.scenarios[0], tuple(map(float, days)), most
        if key not in self._looked_at:
            self._looked_at[key] = self._trajectories(arm, days, most)
        return self._looked_at[key]

    def _trajectories(self, arm: Arm, days: Sequence[float], most: int) -> Trajectories:
        people = self.population(arm.population)
        if most < people.size:
            people = people.select(slice(0, most))
        dosing = _until(max(days), scenario(arm.scenarios[0], people.bsa_m2))
        result = simulate(
            dosing,
            people,
            options=self.options,
            output_days=np.array(days),
            endpoints=False,
            executor=self.executor,
        )
        assert result.trajectories is not None  # noqa: S101 - output days were given
        return result.trajectories


def _until(day: float, dosing: Dosing) -> Dosing:
    """The beginning of a course, as long as somebody looks at: what is given later changes nothing before."""
    last = max(math.ceil(day * MINUTES_PER_DAY), 1)
    edges = tuple(edge for edge in dosing.edges_minutes if edge < last)
    k = len(edges)
    if k == len(dosing.edges_minutes):
        return dosing
    return Dosing((*edges, min(last, dosing.edges_minutes[k])), dosing.rates[:k], dosing.cycles[:k], dosing.steps[:k])


@dataclass(frozen=True, slots=True)
class Few:
    """A number that fewer patients stand behind than the study has."""

    value: float
    patients: int


Measured = float | Proportion | Few
"""A number of all patients of the study, a share of some, or a number of few."""

Measure = Callable[[Study, Arm], Measured]


def share(condition: BoolArray, among: BoolArray | None = None) -> Proportion:
    """The share of patients of whom something is so; of some of them where not of all."""
    if among is None:
        return Proportion(int(np.count_nonzero(condition)), int(condition.size))
    return Proportion(int(np.count_nonzero(condition & among)), int(np.count_nonzero(among)))


def median(values: FloatArray) -> float:
    """The median of the values that are known."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")
