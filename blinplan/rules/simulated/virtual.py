"""Run a regimen on virtual patients for the rules that need it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from blinplan.course.events import Period, periods
from blinplan.label.read import label_of
from blinplan.proportion import Proportion
from blinplan.quantities import Basis
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen, Status
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated import store
from blinplan.rules.simulated.outcome import Escalation, Median, SimulatedOutcome

if TYPE_CHECKING:
    from blinplan.executor import Executor
    from blinplan.physiology import Endpoints
    from blinplan.physiology.engine.locate import BoolArray
    from blinplan.physiology.model.population import FloatArray


MOST = 16
"""How many times the patients key for are simulated at most, where fewer leave a rule undecided."""


class NotKeptError(Exception):
    """An outcome that would have to be simulated, where only those kept on disk were wanted."""


@dataclass(frozen=True, slots=True)
class PatientSimulator:
    """How to simulate for the rules.

    Attributes
    ----------
    patients
        Virtual patients to start with.
    seed
        What they are drawn from.
    executor
        What runs them; threads, as many as there are processors, when not given. The outcome is the same.
    kept
        Whether outcomes are looked up and kept on disk.
    only_kept
        Whether an outcome that is not kept is a `NotKeptError`, rather than simulated.
    """

    patients: int
    seed: int
    executor: "Executor | None" = None
    kept: bool = False
    only_kept: bool = False

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        """Simulate with ever more patients; a caller stops when its rules are decided.

        The first patients of a larger population are those of the smaller one. Where virtual patients may not be given
        the regimen, the only outcome is why there is none.
        """
        for factor in (1, 4, MOST):
            outcome = self._outcome(regimen, self.patients * factor)
            yield outcome
            if isinstance(outcome, NotEvaluated):
                return

    def _outcome(self, regimen: Regimen, patients: int) -> SimulatedOutcome | NotEvaluated:
        name = store.key(regimen, patients, self.seed) if self.kept else None
        if name is not None and (outcome := store.look_up(name)) is not None:
            return outcome
        if self.only_kept:
            raise NotKeptError
        outcome = _outcome(regimen, patients, self.seed, self.executor)
        if name is not None:
            store.keep(name, outcome)
        return outcome


def _outcome(
    regimen: Regimen, patients: int, seed: int, executor: "Executor | None"
) -> SimulatedOutcome | NotEvaluated:
    """Simulate the regimen on the virtual population that stands for its patients, and count.

    The engine is imported here, so that a check without simulation does not wait for it.
    """
    from blinplan.simulation.dosing import NotEligibleError

    preset = regimen.virtual_population
    try:
        endpoints = _endpoints(regimen, periods(regimen), preset, patients, seed, executor)
    except NotEligibleError as error:
        return NotEvaluated("undecided", f"no virtual patients to simulate with: {error}")
    label = _label_for(regimen, preset)
    return SimulatedOutcome(
        population=preset,
        seed=seed,
        depletion=_share(endpoints.b_depleted[0]),
        recoveries=tuple(_recoveries(endpoints, cycle) for cycle in range(len(endpoints.cycles) - 1)),
        escalation=_escalation(endpoints),
        first_peak=_median(endpoints.peak("IL-6")[0]),
        labelled_peak=None
        if label is None
        else (label.name, _labelled_peak(label.name, preset, patients, seed, executor)),
        later_elevation=tuple(_elevation_only_later(endpoints, cycle) for cycle in range(1, len(endpoints.cycles))),
    )


def _endpoints(
    regimen: Regimen, table: tuple[Period, ...], preset: str, patients: int, seed: int, executor: "Executor | None"
) -> "Endpoints":
    from blinplan.physiology import draw
    from blinplan.simulation.trial import Trial

    return Trial(regimen, table, draw(preset, patients, seed)).run(executor).endpoints


def _label_for(regimen: Regimen, preset: str) -> Regimen | None:
    """The regimen made for the same patients from the label that is followed, where its doses have been seen."""
    label, basis = label_of(regimen), Basis.BSA if preset == "child" else Basis.FLAT
    schedule = label.schedule(regimen.indication, basis)
    if schedule is None or schedule.stated.status is Status.UNVERIFIED:
        return None
    made = (made for made in label.regimens if (made.indication, made.basis) == (regimen.indication, basis))
    first = next(made, None)
    return None if first is None else library.regimen(first.name)


_LABELLED_PEAKS: "dict[tuple[str, str, int, int], Median]" = {}
"""The peaks under labelled regimens that were simulated, which many files ask for."""


def _labelled_peak(name: str, preset: str, patients: int, seed: int, executor: "Executor | None") -> Median:
    key = (name, preset, patients, seed)
    if key not in _LABELLED_PEAKS:
        label = library.regimen(name)
        first = tuple(period for period in periods(label) if period.cycle == 1)
        _LABELLED_PEAKS[key] = _median(_endpoints(label, first, preset, patients, seed, executor).peak("IL-6")[0])
    return _LABELLED_PEAKS[key]


def _share(condition: "BoolArray", among: "BoolArray | None" = None) -> Proportion:
    if among is None:
        return Proportion(int(condition.sum()), condition.shape[0])
    return Proportion(int((condition & among).sum()), int(among.sum()))


def _recoveries(endpoints: "Endpoints", cycle: int) -> Proportion:
    return _share(endpoints.b_recovered[cycle], endpoints.b_low_at_infusion_end[cycle])


def _escalation(endpoints: "Endpoints") -> Escalation | None:
    if not endpoints.escalation_days:
        return None
    day = endpoints.escalation_days[0]
    ordered = sorted(day for day in endpoints.t_return_day.tolist() if not isnan(day))
    middle = endpoints.t_return_day.shape[0] // 2
    median = ordered[middle] if len(ordered) > middle else None
    return Escalation(day, _share(endpoints.t_return_day < day), median)


def _elevation_only_later(endpoints: "Endpoints", cycle: int) -> Proportion:
    raised = endpoints.elevated("IL-6")
    return _share(raised[cycle] & ~raised[0], raised[cycle] != raised[0])


def _median(values: "FloatArray") -> Median:
    """The median, and the ordered values whose ranks bound it with 95 % confidence (normal approximation)."""
    ordered, n = sorted(values.tolist()), values.shape[0]
    reach = 0.98 * n**0.5
    low, high = max(int(0.5 * n - reach), 0), min(int(0.5 * n + reach), n - 1)
    return Median(0.5 * (ordered[(n - 1) // 2] + ordered[n // 2]), ordered[low], ordered[high], n)
