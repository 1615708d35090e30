"""A simulation whose patients can be counted by hand: twelve of them, and the typical one."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf, nan
from types import SimpleNamespace
from typing import Any

import numpy as np

from blinplan.simulation.endpoints.own import OwnEndpoint
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import Distribution, Occurrence, Quantity
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.uncertainty import Uncertainty

PEAKS = [10.0 * number for number in range(1, 12)] + [nan]
"""Of twelve patients, one of whom has none: median 60, and from 15 to 105 between 5 and 95 of a hundred."""
DAYS = [3.0, 1.0, 2.0, 4.0, 8.0, 7.0, 6.0, 5.0, nan, nan, nan, nan]
"""Eight of the first ten get there, a day after the other; the last two are not at risk."""
NOBODY = [nan] * 12


def made(
    of: Simulation,
    *,
    alone: bool = False,
    over: SetsOf | Uncertainty | None = None,
    by_day: tuple[float, ...] = (),
    without: Sequence[str] = (),
    own: tuple[OwnEndpoint, ...] = (),
    premedication: bool = False,
    from_day: float = 0.0,
) -> Simulation:
    """The simulation of a regimen with other answers than the engine's; ``without`` some of its endpoints.

    The time is looked at ``from_day`` on.
    """

    def endpoints(peak: list[float], days: list[float], trough: list[float], happens: list[bool]) -> Any:
        at_risk = np.arange(len(days)) < 10
        everybody, nobody = np.ones(len(days), dtype=np.bool_), np.zeros(len(days), dtype=np.bool_)
        quantities = (
            Quantity("il6_peak", "Cytokines", "IL-6 peak", "pg/mL", np.array(peak), window="cycle 1", measured="max"),
            Quantity("b_day", "B cells", "Time to none", "day", np.array(days), True, at_risk, from_day=from_day),
            Quantity("trough", "Drug", "trough", "pg/mL", np.array(trough)),
        )
        events = (
            Occurrence("il6_high", "Cytokines", "IL-6 high", np.array(happens), everybody, "cycle 1", "five times"),
            Occurrence("b_back", "B cells", "back", everybody, nobody),
            Occurrence("t_back", "T cells", "back", nobody, everybody),
        )
        return SimpleNamespace(
            engine=of.engine,
            quantities=tuple(one for one in quantities if one.key not in without),
            events=tuple(one for one in events if one.key not in without),
        )

    asked = of.request._replace(by_day=by_day, own=own)
    options = replace(of.options, premedication=premedication)
    typical = endpoints([42.0], [nan], [0.0005], [True])
    patients = endpoints(PEAKS, DAYS, NOBODY, [True] * 3 + [False] * 9)
    typical.trial = replace(of.typical.trial, asked=asked, options=options)
    patients.trial = replace(of.outcome.trial, asked=asked, options=options)
    return replace(
        of,
        outcome=typical if alone else patients,
        typical=typical,
        uncertainty=moved(over) if isinstance(over, SetsOf) else over,
    )


def moved(of: SetsOf) -> Uncertainty:
    """What medians and shares come to over nine parameter sets."""
    none = Distribution(nan, nan, nan, 0)
    medians = {
        "il6_peak": Distribution(60.0, 50.0, 70.0, 9),
        "b_day": Distribution(inf, inf, inf, 9),
        "trough": none,
    }
    shares = {"il6_high": Distribution(0.25, 0.2, 0.31, 9), "b_back": none, "t_back": Distribution(0.0, 0.0, 0.0, 9)}
    return Uncertainty(9, ("k_a", "k_b"), medians, shares, of)
