"""Run a regimen on virtual patients for the rules that need it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import isnan
from typing import TYPE_CHECKING

from blinplan.course.events import Period, periods
from blinplan.label.read import label_of
from blinplan.proportion import NORMAL_975, Proportion
from blinplan.quantities import Basis
from blinplan.regimen import library
from blinplan.regimen.regimen import Eligibility, Regimen
from blinplan.regimen.vocabulary import Indication, Status
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated import store
from blinplan.rules.simulated.outcome import Escalation, FirstCycle, Median, SimulatedOutcome

if TYPE_CHECKING:
    from blinplan.executors.executor import Executor
    from blinplan.physiology import Endpoints, Population
    from blinplan.physiology.checkpoints import Checkpoints
    from blinplan.physiology.engine.locate import BoolArray
    from blinplan.physiology.model.parameters import Preset
    from blinplan.physiology.model.population import FloatArray


MOST = 16
"""How many times the patients asked for are simulated at most, where fewer leave a rule undecided."""
EARLY = 3.2905267314918945
"""Standard errors from a limit at which fewer patients decide than there are at most: 1 in 1,000 such answers errs."""
COARSENESS = 2.0
"""Length of the engine's steps, as times its own: what is counted here is the same, in half the time.

It lets peaks be wrong by 0.03 %, and B cells at the end of an infusion of weeks by 0.1 %, in the worst of 1,000 people.
"""


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
    models
        How many plausible parameter sets the first patients are simulated under besides.
    """

    patients: int
    seed: int
    executor: "Executor | None" = None
    kept: bool = False
    only_kept: bool = False
    models: int = 0

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        """Simulate with ever more patients; a caller stops when its rules are decided.

        The first patients of a larger population are those of the smaller one. Fewer than there are at most decide only
        where a share is so far from its limit that the others would hardly change the answer. Where virtual patients
        may not be given the regimen, the only outcome is why there is none.
        """
        models: tuple[SimulatedOutcome, ...] = ()
        for factor in (1, 4, MOST):
            outcome = self.outcome_of(regimen, self.patients * factor, NORMAL_975 if factor == MOST else EARLY)
            if isinstance(outcome, NotEvaluated):
                yield outcome
                return
            models = models or self._under_models(regimen)
            yield replace(outcome, models=models)

    def _under_models(self, regimen: Regimen) -> tuple[SimulatedOutcome, ...]:
        """What the first patients do under each plausible parameter set, of which shares and medians decide as are."""
        found = (self.outcome_of(regimen, self.patients, 0.0, model) for model in range(self.models))
        return tuple(outcome for outcome in found if isinstance(outcome, SimulatedOutcome))

    def outcome_of(
        self, regimen: Regimen, patients: int, errors: float, model: int | None = None
    ) -> SimulatedOutcome | NotEvaluated:
        """What so many patients do, kept or simulated; a share decides at so many standard errors from its limit.

        ``model`` is the number of a plausible parameter set; the shipped parameters hold where there is none.
        """
        name = store.key(regimen, patients, self.seed, errors, model) if self.kept else None
        if name is not None and (outcome := store.look_up(name)) is not None:
            return outcome
        if self.only_kept:
            raise NotKeptError
        outcome = self._simulate(regimen, patients, errors, model)
        if name is not None:
            store.keep(name, outcome)
        return outcome

    def _simulate(
        self, regimen: Regimen, patients: int, errors: float, model: int | None
    ) -> SimulatedOutcome | NotEvaluated:
        """Simulate the regimen on the virtual patients whom it admits, and count.

        The engine is imported here, so that a check without simulation does not wait for it.
        """
        from blinplan.simulation.admission import admitted_patients
        from blinplan.simulation.dosing import NotEligibleError

        preset, table = regimen.virtual_population, periods(regimen)
        try:
            people = admitted_patients(regimen, _under(model, preset), patients, self.seed)
        except NotEligibleError as error:
            return NotEvaluated("undecided", f"no virtual patients to simulate with: {error}")
        endpoints = _endpoints(regimen, table, people, self.executor)
        own = FirstCycle(_median(endpoints.peak("IL-6")[0], errors), _escalation(endpoints))
        label, other = _label_for(regimen, preset), _compared_with(regimen, preset)

        def first_cycle_of(other: Regimen) -> FirstCycle:
            return self._first_cycle(other, regimen, table, own, people, errors, model)

        return SimulatedOutcome(
            population=preset,
            seed=self.seed,
            drawn=people.draws,
            errors=errors,
            depletion=_share(endpoints.b_depleted[0]),
            recoveries=tuple(_recoveries(endpoints, cycle) for cycle in range(len(endpoints.cycles) - 1)),
            escalation=own.escalation,
            first_peak=own.peak,
            labelled_peak=None if label is None else (label.name, first_cycle_of(label).peak),
            compared_returns=None if other is None else (other.name, first_cycle_of(other).returns),
            later_elevation=tuple(_elevation_only_later(endpoints, cycle) for cycle in range(1, len(endpoints.cycles))),
        )

    def _first_cycle(
        self,
        other: Regimen,
        regimen: Regimen,
        table: tuple[Period, ...],
        own: FirstCycle,
        people: "Population",
        errors: float,
        model: int | None,
    ) -> FirstCycle:
        """The first cycle of another regimen, in the patients of this one: once for all files that have them."""
        first = tuple(period for period in periods(other) if period.cycle == 1)
        if _orders(first) == _orders(period for period in table if period.cycle == 1):
            return own
        who = regimen.eligibility._replace(population=regimen.virtual_population)
        key = store.key(replace(other, eligibility=who), people.size, self.seed, errors, model)
        if key not in _FIRST_CYCLES:
            kept = store.look_up_first_cycle(key) if self.kept else None
            _FIRST_CYCLES[key] = kept or _simulated_first_cycle(other, first, people, errors, self.executor)
            if self.kept and kept is None:
                store.keep_first_cycle(key, _FIRST_CYCLES[key])
        return _FIRST_CYCLES[key]


def _under(model: int | None, preset: str) -> "str | Preset":
    """A population, under a plausible parameter set where one is asked for."""
    if model is None:
        return preset
    from blinplan.simulation.models.plausible import plausible_sets, preset_with

    return preset_with(plausible_sets().sets[model], preset)


_FIRST_CYCLES: dict[str, FirstCycle] = {}
"""First cycles of labelled regimens that were simulated, which many files ask for."""


def _simulated_first_cycle(
    other: Regimen, first: tuple[Period, ...], people: "Population", errors: float, executor: "Executor | None"
) -> FirstCycle:
    # Its doses are looked at in the patients of another regimen, whatever it says of their weight and age.
    endpoints = _endpoints(replace(other, eligibility=Eligibility()), first, people, executor)
    return FirstCycle(_median(endpoints.peak("IL-6")[0], errors), _escalation(endpoints))


def _orders(table: Iterable[Period]) -> list[object]:
    return [(period.start, period.stop, period.dose, period.cap, period.step) for period in table]


def _endpoints(
    regimen: Regimen, table: tuple[Period, ...], people: "Population", executor: "Executor | None"
) -> "Endpoints":
    from blinplan.executors.executor import InTurn
    from blinplan.physiology import Options
    from blinplan.physiology.engine.choose import takes_turns
    from blinplan.simulation.trials.trial import Trial

    if executor is None and takes_turns(None, people.size):
        executor = InTurn()  # threads would part the patients and then wait for each other: half as long again
    return (
        Trial(regimen, table, people, Options(coarseness=COARSENESS))
        .run(executor, checkpoints=_checkpoints())
        .endpoints
    )


@cache
def _checkpoints() -> "Checkpoints":
    """Where the courses of a run that begin alike are advanced together. The engine is imported by who simulates."""
    from blinplan.physiology.checkpoints import Checkpoints

    return Checkpoints()


def _label_for(regimen: Regimen, preset: str) -> Regimen | None:
    """The regimen made for the same patients from the label that is followed, where its doses have been seen."""
    label, basis = label_of(regimen), _basis_for(preset)
    schedule = label.schedule(regimen.indication, basis)
    if schedule is None or schedule.stated.status is Status.UNVERIFIED:
        return None
    return _made_for(regimen, regimen.indication, basis)


def _compared_with(regimen: Regimen, preset: str) -> Regimen | None:
    """The regimen whose T cells are looked at beside its own: the label's, what it departs from, or that for R/R."""
    found = _label_for(regimen, preset)
    if found is None and regimen.departs_from is not None:
        found = library.regimen(regimen.departs_from)
    return found or _made_for(regimen, Indication.RELAPSED_REFRACTORY, _basis_for(preset))


def _basis_for(preset: str) -> Basis:
    return Basis.BSA if preset == "child" else Basis.FLAT


def _made_for(regimen: Regimen, indication: Indication, basis: Basis) -> Regimen | None:
    made = (made for made in label_of(regimen).regimens if (made.indication, made.basis) == (indication, basis))
    first = next(made, None)
    return None if first is None else library.regimen(first.name)


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
    return _share(raised[cycle], raised[cycle] != raised[0])


def _median(values: "FloatArray", errors: float) -> Median:
    """The median, and the ordered values whose ranks bound it (normal approximation)."""
    ordered, n = sorted(values.tolist()), values.shape[0]

    def within(reach: float) -> tuple[float, float]:
        return ordered[max(int(0.5 * n - reach), 0)], ordered[min(int(0.5 * n + reach), n - 1)]

    value, (low, high) = 0.5 * (ordered[(n - 1) // 2] + ordered[n // 2]), within(0.98 * n**0.5)
    if not errors:  # it is taken at its word
        return Median(value, low, high, n, value, value)
    least, greatest = within(0.5 * errors * n**0.5)
    return Median(value, low, high, n, min(low, least), max(high, greatest))
