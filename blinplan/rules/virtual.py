"""Run a regimen on virtual patients for the rules that need it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blinplan.course.events import periods
from blinplan.proportion import Proportion
from blinplan.regimen.regimen import Regimen
from blinplan.rules.outcome import SimulatedOutcome
from blinplan.rules.rule import NotEvaluated

if TYPE_CHECKING:
    from blinplan.physiology import Endpoints


MOST = 16
"""How many times the patients asked for are simulated at most, where fewer leave a rule undecided."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """How to simulate for the rules: the number of patients to start with, and the seed they are drawn from."""

    patients: int
    seed: int

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        """Simulate with ever more patients; a caller stops when its rules are decided.

        The first patients of a larger population are those of the smaller one. Where virtual patients may not be given
        the regimen, the only outcome is why there is none.
        """
        from blinplan.physiology.orders import NotEligibleError

        for factor in (1, 4, MOST):
            try:
                yield _outcome(regimen, self.patients * factor, self.seed)
            except NotEligibleError as error:
                yield NotEvaluated("undecided", f"no virtual patients to simulate with: {error}")
                return


def _outcome(regimen: Regimen, patients: int, seed: int) -> SimulatedOutcome:
    """Simulate the regimen on the virtual population that stands for its patients, and count.

    The engine is imported here, so that a check without simulation does not wait for it.
    """
    from blinplan.physiology import draw, simulate
    from blinplan.physiology.orders import dosing, preset_for

    population = draw(preset_for(regimen), patients, seed)
    result = simulate(dosing(regimen, periods(regimen), population), population, threads=os.cpu_count() or 1)
    assert result.endpoints is not None  # noqa: S101 - they were asked for
    return _counted(result.endpoints, population.preset, seed)


def _counted(endpoints: "Endpoints", preset: str, seed: int) -> SimulatedOutcome:
    depleted = endpoints.b_depleted[0]
    recovered = []
    for cycle in range(len(endpoints.cycles) - 1):
        at_risk = endpoints.b_at_infusion_end[cycle] <= 10.0
        recovered.append(Proportion(int((endpoints.b_recovered[cycle] & at_risk).sum()), int(at_risk.sum())))
    return SimulatedOutcome(
        population=preset,
        seed=seed,
        depleted=Proportion(int(depleted.sum()), depleted.shape[0]),
        recovered=tuple(recovered),
    )
