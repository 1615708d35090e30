"""What is asked: a regimen, endpoints, a method, and of whom: the typical patient, or a population."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from blinplan.course.events import Period, periods
from blinplan.course.patient import Patient
from blinplan.design.comparison.endpoints import ReadableEndpoints
from blinplan.design.sensitivity.factors import VariedParameter, ranges_of
from blinplan.design.sensitivity.method import SensitivityMethod
from blinplan.design.sensitivity.readers import readers_of
from blinplan.design.sensitivity.samples import runs_of
from blinplan.design.variation.axis import AxisError
from blinplan.executors.executor import InTurn
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.draw import from_covariates
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.crowd.cohort import Cohort, DrawnCohort, GivenCohort
from blinplan.simulation.dosing import followed_up
from blinplan.simulation.endpoints.asked import AskedEndpoints, UnknownEndpointError
from blinplan.simulation.off_drug import OffDrugCount, end_of_infusion, off_drug_count
from blinplan.simulation.trials.cohort_trial import CohortTrial
from blinplan.simulation.trials.patients import Patients, cohort_of, off_drug_of, typical_patient
from blinplan.simulation.trials.planned import require_alike

MOST_RUNS = 1_000_000
USUAL = ("b_depleted_day", "il6_peak")
"""What is looked at where nobody says what."""


@dataclass(frozen=True)
class SensitivityPlan:
    """All that sensitivities follow from.

    Attributes
    ----------
    regimen, preset, patient, follow_up_days, options, asked
        As of a simulation.
    patients, seed, before
        The patients, as of a simulation, who are the same in every run; None for the typical patient alone.
    method, names, within, samples
        How; which parameters, all where none is named; the factor to either side; how many trajectories (Morris) or
        base samples (Sobol).
    """

    regimen: Regimen
    preset: str
    patient: Patient | None
    patients: Patients | None
    seed: int
    before: int
    follow_up_days: int
    options: Options
    asked: AskedEndpoints
    method: SensitivityMethod
    names: tuple[str, ...] = ()
    within: float = 1.3
    samples: int = 20

    @cached_property
    def own_preset(self) -> Preset:
        """The population as it is shipped."""
        return load_parameters().presets[self.preset]

    @cached_property
    def course(self) -> tuple[Period, ...]:
        """What is given when."""
        return followed_up(periods(self.regimen), self.follow_up_days)

    @cached_property
    def ranges(self) -> tuple[VariedParameter, ...]:
        """What is varied; nothing where patients are compared with each other.

        Raises
        ------
        AxisError
            When there is no such parameter or range.
        """
        return (
            () if self.method is SensitivityMethod.CORRELATION else ranges_of(self.own_preset, self.names, self.within)
        )

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return (
            1 if self.method is SensitivityMethod.CORRELATION else runs_of(self.method, len(self.ranges), self.samples)
        )

    @property
    def patients_of_a_run(self) -> int:
        """How many patients each run has."""
        return self.cohort.size

    @cached_property
    def person(self) -> Population:
        """The typical patient."""
        return typical_patient(self.regimen, self.preset, self.patient)

    @cached_property
    def cohort(self) -> Cohort:
        """The patients, as their population has them.

        Raises
        ------
        NotEligibleError
            When the regimen admits hardly anybody.
        """
        if self.patients is None:
            return GivenCohort(self.person)
        return cohort_of(self.regimen, self.preset, self.patients, self.seed, self.before)

    def people_with(self, values: Mapping[str, FloatArray], number: int) -> Population:
        """The typical patient so many times, each with parameters of his own (number): the same body."""
        body = ("weight_kg", "height_cm", "age_years", "female", "bsa_m2")
        bodies: dict[str, Any] = {name: np.repeat(getattr(self.person, name), number) for name in body}
        return from_covariates(self.own_preset, **bodies, values=values)

    def cohort_with(self, preset: Preset) -> Cohort:
        """The same people with other parameters."""
        if isinstance(self.cohort, DrawnCohort):  # who is admitted does not depend on parameters
            return replace(self.cohort, of=preset)
        assert self.patients is not None  # noqa: S101 - the typical patient has no cohort
        return cohort_of(self.regimen, preset, self.patients, self.seed, self.before)

    def trial(self, cohort: Cohort) -> CohortTrial:
        """What patients go through."""
        asked = AskedEndpoints((), self.asked.own, self.asked.by_day)
        return CohortTrial(self.regimen, self.course, cohort, self.options, None, asked, self.off_drug)

    @property
    def off_drug(self) -> FloatArray | None:
        """When each patient goes off the drug, where a table of patients says it."""
        return off_drug_of(self.patients)

    @property
    def off_drug_count(self) -> OffDrugCount:
        """How many of the patients have a day to go off the drug."""
        return off_drug_count(self.off_drug, end_of_infusion(self.course))

    @cached_property
    def of_typical(self) -> ReadableEndpoints:
        """The endpoints of the typical patient, who has all that a run can have."""
        return readers_of(self.trial(self.cohort).typical_trial(self.person).run(InTurn()), self.asked)

    def refuse_what_cannot_be(self) -> None:
        """Refuse what cannot be, before anybody is simulated.

        Raises
        ------
        AxisError, WindowError, NotEligibleError, UnknownEndpointError
            When there is no such parameter, range, day or endpoint, or the regimen is not for the patients.
        """
        self.asked.require_days(self.course)
        if isinstance(self.patients, Population) and self.method is not SensitivityMethod.CORRELATION:
            raise AxisError("other parameters draw the patients again", "give their number, and not a population")
        if self.runs > MOST_RUNS:
            raise AxisError(f"{self.runs:,} runs are too many", f"ask for {MOST_RUNS:,} or fewer: fewer samples")
        if self.method is SensitivityMethod.SOBOL and self.samples & (self.samples - 1):
            near = 1 << (self.samples.bit_length() - 1)
            raise AxisError(
                f"Sobol's sequence is even over powers of 2, and {self.samples} is none",
                f"ask for {near} or {2 * near}",
            )
        require_alike(self.trial(self.cohort))
        self._refuse_endpoints()

    def _refuse_endpoints(self) -> None:
        found = self.of_typical
        known = (*found.quantities, *found.events)
        for key in self.asked.keys:
            if key not in known:
                raise UnknownEndpointError(key, known)
            if self.patients is None and key not in found.quantities:
                raise AxisError(
                    f"{key} is whether something happens, and the typical patient is one",
                    "ask for a number of patients",
                )
