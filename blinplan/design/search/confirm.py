"""What was found, shown on patients on whom it was not searched, and on models on which it was not either."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from blinplan.design.comparison.contrast import Contrast, Measure
from blinplan.design.comparison.intervals import Estimate
from blinplan.design.search.patients import SearchSetting
from blinplan.design.search.pool import Tally
from blinplan.design.search.space import Schedule
from blinplan.design.search.standing import (
    RequirementVerdict,
    contrast_with,
    count_of,
    estimate_of,
    margin_of,
    measure_in,
)
from blinplan.design.search.wanted import Measurement, Sample
from blinplan.physiology.model.population import Population
from blinplan.regimen.regimen import Regimen
from blinplan.rules.rule import Finding
from blinplan.simulation.models.plausible import plausible_presets


@dataclass(frozen=True, slots=True)
class ShownEndpoint:
    """An endpoint of a schedule on fresh patients.

    Attributes
    ----------
    estimate
        The share of patients, or the median, with its interval.
    contrast
        Against the regimen that is searched from, on the same patients; None of that regimen, and where one lacks it.
    over_models
        The least and the greatest value under other models; None where none was asked for.
    of
        Of how many of them it is.
    """

    estimate: Estimate
    measure: Measure
    contrast: Contrast | None
    over_models: tuple[float, float] | None
    of: int


@dataclass(frozen=True, slots=True)
class ShownRequirement:
    """A requirement of a schedule: whether it holds of fresh patients, and in how many other models it does."""

    verdict: RequirementVerdict
    in_models: int | None


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    """A schedule on fresh patients.

    Attributes
    ----------
    schedule
        None of the regimen that is searched from, where that is not one of the schedules.
    regimen
        The regimen with it.
    endpoints, requirements
        All that is wanted, in its order.
    findings
        What the rules find in it.
    """

    schedule: Schedule | None
    regimen: Regimen
    endpoints: tuple[ShownEndpoint, ...]
    requirements: tuple[ShownRequirement, ...]
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> RequirementVerdict:
        """The worst of its requirements; met where there is none."""
        each = [one.verdict for one in self.requirements]
        return next(
            (one for one in (RequirementVerdict.NOT_MET, RequirementVerdict.AT_LIMIT) if one in each),
            RequirementVerdict.MET,
        )


@dataclass(slots=True)
class Confirmation:
    """Fresh patients, and other models: the regimen that is searched from goes through all of them first.

    Attributes
    ----------
    setting
        What is read off, and how.
    base
        The regimen that is searched from.
    models
        How many plausible parameter sets there are.
    """

    setting: SearchSetting
    base: Regimen
    models: int
    tally: Tally
    _people: list[Population] = field(default_factory=list)
    _of_base: list[tuple[Sample, list[Sample]]] = field(default_factory=list)

    @property
    def model_patients(self) -> int:
        """How many of the fresh patients are sent through each model."""
        return min(self.setting.who.tried, self.setting.who.shown)

    @property
    def cost(self) -> int:
        """How many patients each schedule takes."""
        return self.setting.who.shown + self.models * self.model_patients

    def show(self, schedule: Schedule | None, regimen: Regimen, findings: Sequence[Finding]) -> ShownSchedule:
        """Send a regimen through all of them."""
        if not self._of_base:
            self._of_base.append(self._run(self.base))
        own = self._of_base[0] if regimen is self.base else self._run(regimen)
        wish = self.setting.wish
        return ShownSchedule(
            schedule,
            regimen,
            tuple(self._endpoint(place, own, is_base=regimen is self.base) for place in range(len(wish.endpoints))),
            tuple(self._requirements(own)),
            tuple(findings),
        )

    def _run(self, regimen: Regimen) -> tuple[Sample, list[Sample]]:
        fresh = self.setting.sample_of_shown(regimen, self.tally.add)
        others = self.setting.samples_of_models(regimen, self._of_models())
        self.tally.add(self.models * self.model_patients)
        return fresh, others

    def _of_models(self) -> list[Population]:
        """The first of the fresh patients, as each of the other models has them."""
        if not self._people and self.models:
            who = self.setting.who
            cohorts = [
                who.cohort(self.base, who.tried, self.model_patients, preset)
                for preset in plausible_presets(who.preset, self.models)
            ]
            self._people += [cohort.population() for cohort in cohorts]
        return self._people

    def _endpoint(self, place: int, own: tuple[Sample, list[Sample]], *, is_base: bool) -> ShownEndpoint:
        fresh, others = own
        values = [estimate_of(sample, place).value for sample in others]
        return ShownEndpoint(
            estimate_of(fresh, place),
            measure_in(fresh, place),
            None if is_base else contrast_with(fresh, self._of_base[0][0], place),
            (min(values), max(values)) if values else None,
            count_of(fresh, place),
        )

    def _requirements(self, own: tuple[Sample, list[Sample]]) -> Iterator[ShownRequirement]:
        fresh, others = own
        base, base_others = self._of_base[0]
        for requirement in self.setting.wish.requirements:
            held = [
                margin_of(requirement, sample, start).holds for sample, start in zip(others, base_others, strict=True)
            ]
            yield ShownRequirement(margin_of(requirement, fresh, base).verdict, sum(held) if self.models else None)

    def heads(self) -> tuple[Measurement | None, ...]:
        """What the endpoints are called, and in which unit."""
        return self._of_base[0][0].measurements
