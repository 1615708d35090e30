"""Fit the calibrated parameters to the claims and published numbers.

Run `python -m blinplan.evidence.calibrate` to fit and print, with `--write FILE` to put the values into a parameter
file. The same patients are drawn for every trial (common random numbers), so the fit is reproducible.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tomli
from scipy.optimize import least_squares

from blinplan.evidence.evaluate import evaluate
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.physiology.model.population import FloatArray
from blinplan.terminal import terminal
from blinplan.writing import replace_file

SIGNIFICANT_DIGITS = 3
_OFFSET = 10.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A parameter to fit: where it starts, how far it may go, and the standard deviation of ln of its prior."""

    key: str
    start: float
    low: float
    high: float
    prior: float


@dataclass(frozen=True, slots=True)
class Stage:
    """Parameters that are fitted together to the targets of some claims; of one population, or shared by all."""

    name: str
    claims: tuple[str, ...]
    parameters: tuple[Fitted, ...]
    population: str | None


def load_stages() -> tuple[Stage, ...]:
    """Read what the calibration fits."""
    text = Path(__file__).with_name("calibration.toml").read_text(encoding="utf-8")
    return tuple(
        Stage(
            name=entry["name"],
            claims=tuple(entry["claims"]),
            parameters=tuple(Fitted(key=key, **bounds) for key, bounds in entry["parameters"].items()),
            population=entry.get("population"),
        )
        for entry in tomli.loads(text)["stages"]
    )


def _round(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def apply(presets: Mapping[str, Preset], stage: Stage, values: Mapping[str, float]) -> dict[str, Preset]:
    """Presets with the values of a stage; a shared value leaves populations alone that set their own."""
    shared = load_parameters().parameters
    changed = {}
    for name, preset in presets.items():
        if stage.population is not None:
            takes = values if name == stage.population else {}
        else:
            takes = {k: v for k, v in values.items() if preset.parameters[k].source == shared[k].source}
        changed[name] = preset.with_values(takes)
    return changed


def fit(presets: Mapping[str, Preset], stage: Stage, patients: int, seed: int) -> dict[str, float]:
    """Fit one stage: least squares of the distances to the targets and to the priors, over ln of the parameters."""
    keys = [p.key for p in stage.parameters]
    start = np.log([p.start for p in stage.parameters])
    low, high = (np.log([getattr(p, side) for p in stage.parameters]) for side in ("low", "high"))
    prior = np.array([p.prior for p in stage.parameters])

    def residuals(z: FloatArray) -> FloatArray:
        x = start + z - _OFFSET
        people = apply(presets, stage, dict(zip(keys, np.exp(x).tolist(), strict=True)))
        evidence = evaluate(patients, seed, presets=people, only=stage.claims, targeted=True)
        distances = [
            (m.value - m.expectation.target) / m.expectation.tolerance
            for finding in evidence.findings
            for m in finding.measurements
            if m.expectation.target is not None and m.expectation.tolerance is not None
        ]
        # No target outweighs the others however far it is missed; the trap is that a target more than ten tolerances
        # away has no slope, so that the starts must lie nearer.
        return np.concatenate([np.clip(np.nan_to_num(distances, nan=10.0), -10.0, 10.0), (x - start) / prior])

    # Shares of patients move in steps: a wide difference sees the slope and not the step. It is relative to the
    # variable, so an offset makes it the same for every parameter.
    found = least_squares(
        residuals,
        np.full(start.shape, _OFFSET),
        bounds=(low - start + _OFFSET, high - start + _OFFSET),
        diff_step=np.full(start.shape, 0.06 / _OFFSET),
        max_nfev=8,
        xtol=1e-3,
    )
    return {key: _round(math.exp(v)) for key, v in zip(keys, start + found.x - _OFFSET, strict=True)}


def calibrate(patients: int = 500, seed: int = 20) -> dict[Stage, dict[str, float]]:
    """Fit all stages, each on the outcome of those before it."""
    presets: Mapping[str, Preset] = load_parameters().presets
    outcome = {}
    for stage in load_stages():
        starts = {p.key: p.start for p in stage.parameters}
        presets = apply(presets, stage, starts)
    for stage in load_stages():
        values = fit(presets, stage, patients, seed)
        presets = apply(presets, stage, values)
        outcome[stage] = values
    return outcome


def write(text: str, outcome: Mapping[Stage, Mapping[str, float]]) -> str:
    """Put fitted values into the text of a parameter file, and leave the rest as it is."""
    for stage, values in outcome.items():
        table = f"populations.{stage.population}.parameters" if stage.population else "parameters"
        for key, value in values.items():
            pattern = rf"(\[{re.escape(table)}\.{re.escape(key)}\]\n(?:[^\[\n][^\n]*\n)*?value = )[^\n]+"
            text, count = re.subn(pattern, rf"\g<1>{value!r}", text)
            if count != 1:
                raise ValueError(f"no single value of {key} under {table}")
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, print the values and, when asked, write them."""
    parser = argparse.ArgumentParser(prog="python -m blinplan.evidence.calibrate", description=__doc__)
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--write", type=Path, metavar="FILE", help="parameter file to put the values into")
    given = parser.parse_args(arguments)
    outcome = calibrate(given.patients, given.seed)
    for stage, values in outcome.items():
        terminal().write(f"# {stage.name}\n" + "".join(f"{key} = {value!r}\n" for key, value in values.items()))
    if given.write is not None:
        replace_file(given.write, write(given.write.read_text(encoding="utf-8"), outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main())
