"""Measure every claim and published number on virtual patients."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import tomli

from blinplan.evidence.kinds import EvidenceKind
from blinplan.evidence.measures import MEASURES
from blinplan.evidence.study import Arm, Few, Study
from blinplan.executors.executor import Executor, executor_or_threads
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.proportion import Proportion


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a measure must land; a strict bound is not itself inside."""

    low: float = -math.inf
    high: float = math.inf
    low_strict: bool = False
    high_strict: bool = False

    def holds(self, value: float) -> bool:
        """Whether a value lies inside; NaN never does."""
        above = value > self.low if self.low_strict else value >= self.low
        below = value < self.high if self.high_strict else value <= self.high
        return above and below

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:g}"
        parts = []
        if math.isfinite(self.low):
            parts.append(f"{'>' if self.low_strict else '≥'} {self.low:g}")
        if math.isfinite(self.high):
            parts.append(f"{'<' if self.high_strict else '≤'} {self.high:g}")
        return " and ".join(parts)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One measure of a claim: what is measured, on whom, and where it must land.

    Attributes
    ----------
    target, tolerance
        What calibration aims at; they decide no verdict.
    of_ln
        Whether the tolerance is of the logarithm.
    printed
        The number as it was published; None where a source has words only.
    counted
        Whether it is a count of patients, and the band its 95 % interval.
    chosen
        Why the bounds are where they are, where they were chosen here; None where they are the source's.
    construction
        Why it cannot be otherwise, where it follows from what was put in.
    miss
        Why it is thought that the model misses it, where that is known.
    of_sets
        Where a plausible parameter set must land, where that is not the band.
    """

    text: str
    measure: str
    arm: Arm
    unit: str
    band: Bounds
    target: float | None = None
    tolerance: float | None = None
    of_ln: bool = False
    printed: str | None = None
    counted: bool = False
    chosen: str | None = None
    construction: str | None = None
    miss: str | None = None
    of_sets: Bounds | None = None

    def distance(self, value: float) -> float:
        """How many tolerances a value lies above what calibration aims at."""
        if self.target is None or self.tolerance is None:
            raise ValueError(f"calibration does not aim at {self.text!r}")
        apart = math.log(value / self.target) if self.of_ln else value - self.target
        return apart / self.tolerance

    @property
    def kind(self) -> EvidenceKind:
        """Whether it was used in the fit, cannot be otherwise, or is predicted."""
        if self.target is not None:
            return EvidenceKind.FITTED
        return EvidenceKind.PREDICTED if self.construction is None else EvidenceKind.CONSTRUCTION


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the article, or a published number, and what decides it."""

    id: str
    kind: Literal["claim", "published", "extension"]
    sentence: str
    source: str
    expectations: tuple[Expectation, ...]
    status: str | None = None


@dataclass(frozen=True, slots=True)
class UnheldNumber:
    """A published number that nothing of the model can be held against, and why."""

    id: str
    sentence: str
    printed: str
    source: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one expectation found on so many patients; a share of them carries its 95 % binomial interval."""

    expectation: Expectation
    value: float
    patients: int
    interval: tuple[float, float] | None = None

    @property
    def holds(self) -> bool:
        """Whether it landed in its band; of a share beside a published count, whether their intervals meet."""
        band = self.expectation.band
        if self.interval is None or not self.expectation.counted:
            return band.holds(self.value)
        return self.interval[0] <= band.high and self.interval[1] >= band.low

    @property
    def kind(self) -> EvidenceKind:
        """What it is worth as evidence; a miss is not reproduced where it is known and explained, and fails else.

        What nobody has is neither.
        """
        if self.holds:
            return self.expectation.kind
        if math.isnan(self.value):
            return EvidenceKind.NOT_MEASURED
        return EvidenceKind.FAILS if self.expectation.miss is None else EvidenceKind.NOT_REPRODUCED


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What became of one claim."""

    claim: Claim
    measurements: tuple[Measurement, ...]

    @property
    def holds(self) -> bool:
        """Whether no measure missed its band, but for those that are known to."""
        return all(measurement.kind is not EvidenceKind.FAILS for measurement in self.measurements)


ENOUGH = 1_000
"""Patients of whom none of seven seeds had a row that fails; of 50 it was several in most."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All claims, measured on the same virtual patients."""

    patients: int
    seed: int
    options: Options
    findings: tuple[ClaimResult, ...] = field(default_factory=tuple)
    not_evaluated: tuple[UnheldNumber, ...] = ()

    @property
    def kinds(self) -> list[EvidenceKind]:
        """Those of which rows are counted: all but what is not measured, where everything is."""
        found = {measurement.kind for finding in self.findings for measurement in finding.measurements}
        return [kind for kind in EvidenceKind if kind in found or kind is not EvidenceKind.NOT_MEASURED]

    @property
    def is_of_few(self) -> bool:
        """Whether rows may fail by chance in who was drawn."""
        return self.patients < ENOUGH

    @property
    def holds(self) -> bool:
        """Whether nothing fails: no claim of the article is missed, and nothing else that is not known to be."""
        return all(finding.holds for finding in self.findings)

    def of_kind(self, kind: EvidenceKind) -> Iterator[ClaimResult]:
        """The claims with what of them is of a kind, published numbers first; those without any are left out."""
        for finding in sorted(self.findings, key=lambda finding: finding.claim.kind != "published"):
            measurements = tuple(measurement for measurement in finding.measurements if measurement.kind is kind)
            if measurements:
                yield ClaimResult(finding.claim, measurements)


def _bounds(entry: Mapping[str, Any]) -> Bounds:
    return Bounds(
        low=entry.get("above", entry.get("at_least", -math.inf)),
        high=entry.get("below", entry.get("at_most", math.inf)),
        low_strict="above" in entry,
        high_strict="below" in entry,
    )


def _expectation(entry: Mapping[str, Any], kind: str) -> Expectation:
    if entry["measure"] not in MEASURES:
        raise ValueError(f"unknown measure {entry['measure']!r}")
    if kind == "claim" and "miss" in entry:
        raise ValueError(f"{entry['text']!r} is a claim of the article: that it is missed cannot be excused")
    choices = {key: entry[key] for key in _CHOICES if key in entry}
    days = tuple(entry.get("days", ()))
    arm = Arm(population=entry["population"], scenarios=tuple(entry["scenarios"]), days=days, **choices)
    count = Proportion(*entry["count"]) if "count" in entry else None
    low, high = (0.0, 1.0) if count is None else count.interval
    return Expectation(
        text=entry["text"],
        measure=entry["measure"],
        arm=arm,
        unit=entry["unit"],
        band=_bounds(entry) if count is None else Bounds(round(low, 3), round(high, 3)),
        target=entry.get("target"),
        tolerance=entry.get("tolerance"),
        of_ln=entry.get("of_ln", False),
        printed=entry.get("printed") if count is None else f"{count.count} of {count.total}",
        counted=count is not None,
        chosen=entry.get("chosen"),
        construction=entry.get("construction"),
        miss=entry.get("miss"),
        of_sets=_bounds(entry["of_sets"]) if "of_sets" in entry else None,
    )


_CHOICES = ("cycle", "cytokine", "hours", "dose", "blasts_from", "blasts_below")


@cache
def _data() -> dict[str, Any]:
    return tomli.loads(Path(__file__).with_name("claims.toml").read_text(encoding="utf-8"))


@cache
def load_not_evaluated() -> tuple[UnheldNumber, ...]:
    """Read the published numbers that nothing is held against."""
    return tuple(UnheldNumber(**entry) for entry in _data()["not_evaluated"])


@cache
def load_claims() -> tuple[Claim, ...]:
    """Read the claims that are installed with the package."""
    return tuple(
        Claim(
            id=entry["id"],
            kind=entry["kind"],
            sentence=entry["sentence"],
            source=entry["source"],
            status=entry.get("status"),
            expectations=tuple(_expectation(measure, entry["kind"]) for measure in entry["measures"]),
        )
        for entry in _data()["claims"]
    )


def measure(study: Study, expectation: Expectation) -> Measurement:
    """Measure one expectation."""
    answer = MEASURES[expectation.measure](study, expectation.arm)
    if isinstance(answer, Proportion):
        return Measurement(expectation, answer.value, answer.total, answer.interval)
    if isinstance(answer, Few):
        return Measurement(expectation, answer.value, answer.patients)
    return Measurement(expectation, answer, study.patients)


def evaluate(
    patients: int = 1000,
    seed: int = 1,
    *,
    options: Options | None = None,
    presets: Mapping[str, Preset] | None = None,
    only: Collection[str] | None = None,
    executor: Executor | None = None,
) -> Evidence:
    """Measure the claims on virtual patients.

    Parameters
    ----------
    patients, seed : who is drawn, the same people in every scenario.
    options : how open questions of the mechanism are answered.
    presets : populations to measure on; those installed by default.
    only : ids of the claims wanted; all by default.
    executor : what runs the patients; threads, as many as there are processors, when not given.
    """
    chosen = options or Options()
    people = dict(load_parameters().presets if presets is None else presets)
    with executor_or_threads(executor) as running:
        study = Study(people, patients, seed, chosen, running)
        findings = tuple(
            ClaimResult(claim, tuple(measure(study, expectation) for expectation in claim.expectations))
            for claim in load_claims()
            if only is None or claim.id in only
        )
    others = tuple(each for each in load_not_evaluated() if only is None or each.id in only)
    return Evidence(patients, seed, chosen, findings, others)
