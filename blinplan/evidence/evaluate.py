"""Measure every claim and published number on virtual patients."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import tomli

from blinplan.evidence.measures import MEASURES, Arm, Study
from blinplan.executor import Executor, executor_or_threads
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

    `target` and `tolerance` are what calibration aims at; they decide no verdict.
    """

    text: str
    measure: str
    arm: Arm
    unit: str
    band: Bounds
    target: float | None = None
    tolerance: float | None = None


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
class Measurement:
    """What one expectation found; a share of patients carries its 95 % binomial interval."""

    expectation: Expectation
    value: float
    interval: tuple[float, float] | None
    holds: bool


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What became of one claim."""

    claim: Claim
    measurements: tuple[Measurement, ...]

    @property
    def holds(self) -> bool:
        """Whether every measure landed in its band."""
        return all(measurement.holds for measurement in self.measurements)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All claims, measured on the same virtual patients."""

    patients: int
    seed: int
    options: Options
    findings: tuple[ClaimResult, ...] = field(default_factory=tuple)

    @property
    def holds(self) -> bool:
        """Whether every claim holds."""
        return all(finding.holds for finding in self.findings)


def _bounds(entry: Mapping[str, Any]) -> Bounds:
    return Bounds(
        low=entry.get("above", entry.get("at_least", -math.inf)),
        high=entry.get("below", entry.get("at_most", math.inf)),
        low_strict="above" in entry,
        high_strict="below" in entry,
    )


def _expectation(entry: Mapping[str, Any]) -> Expectation:
    if entry["measure"] not in MEASURES:
        raise ValueError(f"unknown measure {entry['measure']!r}")
    choices = {key: entry[key] for key in ("cycle", "cytokine", "hours", "dose") if key in entry}
    arm = Arm(population=entry["population"], scenarios=tuple(entry["scenarios"]), **choices)
    return Expectation(
        text=entry["text"],
        measure=entry["measure"],
        arm=arm,
        unit=entry["unit"],
        band=_bounds(entry),
        target=entry.get("target"),
        tolerance=entry.get("tolerance"),
    )


@cache
def load_claims() -> tuple[Claim, ...]:
    """Read the claims that are installed with the package."""
    text = Path(__file__).with_name("claims.toml").read_text(encoding="utf-8")
    return tuple(
        Claim(
            id=entry["id"],
            kind=entry["kind"],
            sentence=entry["sentence"],
            source=entry["source"],
            status=entry.get("status"),
            expectations=tuple(_expectation(measure) for measure in entry["measures"]),
        )
        for entry in tomli.loads(text)["claims"]
    )


def _measure(study: Study, expectation: Expectation) -> Measurement:
    answer = MEASURES[expectation.measure](study, expectation.arm)
    value = answer.value if isinstance(answer, Proportion) else answer
    return Measurement(
        expectation=expectation,
        value=value,
        interval=answer.interval if isinstance(answer, Proportion) else None,
        holds=expectation.band.holds(value),
    )


def evaluate(
    patients: int = 1000,
    seed: int = 1,
    *,
    options: Options | None = None,
    presets: Mapping[str, Preset] | None = None,
    only: Collection[str] | None = None,
    targeted: bool = False,
    executor: Executor | None = None,
) -> Evidence:
    """Measure the claims on virtual patients.

    Parameters
    ----------
    patients, seed : who is drawn, the same people in every scenario.
    options : how open questions of the mechanism are answered.
    presets : populations to measure on; those installed by default.
    only : ids of the claims wanted; all by default.
    targeted : measure only what calibration aims at.
    executor : what runs the patients; threads, as many as there are processors, when not given.
    """
    chosen = options or Options()
    people = dict(load_parameters().presets if presets is None else presets)
    with executor_or_threads(executor) as running:
        study = Study(people, patients, seed, chosen, running)
        findings = tuple(
            ClaimResult(
                claim, tuple(_measure(study, e) for e in claim.expectations if not targeted or e.target is not None)
            )
            for claim in load_claims()
            if only is None or claim.id in only
        )
    return Evidence(patients, seed, chosen, findings)
