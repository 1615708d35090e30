"""Fit the calibrated parameters to the claims and published numbers.

Run `python -m blinplan.evidence.calibrate` to fit and print, with `--write FILE` to put the values into a parameter
file, with `--check` to ask whether those that are shipped are where the fit ends. The same patients are drawn for every
trial (common random numbers) and each counts by how far it is on its side, so the fit is smooth and reproducible.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tomli

from blinplan.evidence.evaluate import Claim, Expectation, load_claims
from blinplan.evidence.smooth import SMOOTH
from blinplan.evidence.study import Study
from blinplan.files.writing import replace_file
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.physiology.model.population import FloatArray
from blinplan.terminal import terminal

SIGNIFICANT_DIGITS = 3
PATIENTS, SEED = 1000, 20
_STEP = 0.002
"""Of ln of a parameter, by which the slope of a distance is taken: far below every width of `smooth`."""
_FINE = 1e-4
"""Of ln, at which a fit has ended: far below the digits that are written."""
_SETTLED = 5e-4
"""Of ln, below which a stage has not moved for another."""
_MOVED_BY_OTHERS = 0.003
"""Of a value: what rounding of the others moves the least sum by; an engine's error moves it a hundred times less."""
_SWEEPS = 8


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
    """Parameters that are fitted together to the targets of some claims; of one population, or shared by all.

    The distances of a claim are multiplied by its weight, 1 where none is given.
    """

    name: str
    claims: tuple[str, ...]
    parameters: tuple[Fitted, ...]
    population: str | None
    weights: Mapping[str, float] = field(default_factory=dict, hash=False)

    def shipped_values(self) -> dict[str, float]:
        """The values of its parameters in the file that is installed with the package."""
        found = load_parameters()
        held = found.presets[self.population].parameters if self.population else found.parameters
        return {fitted.key: held[fitted.key].value for fitted in self.parameters}


def load_stages() -> tuple[Stage, ...]:
    """Read what the calibration fits."""
    text = Path(__file__).with_name("calibration.toml").read_text(encoding="utf-8")
    return tuple(
        Stage(
            name=entry["name"],
            claims=tuple(entry["claims"]),
            parameters=tuple(Fitted(key=key, **bounds) for key, bounds in entry["parameters"].items()),
            population=entry.get("population"),
            weights=entry.get("weights", {}),
        )
        for entry in tomli.loads(text)["stages"]
    )


def as_written(values: Mapping[str, float]) -> dict[str, float]:
    """Values in the digits that are written."""
    return {key: float(f"{value:.{SIGNIFICANT_DIGITS}g}") for key, value in values.items()}


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


def targets(stage: Stage, claims: Sequence[Claim] | None = None) -> Iterator[tuple[Claim, Expectation]]:
    """What a stage aims at."""
    for claim in load_claims() if claims is None else claims:
        if claim.id in stage.claims:
            yield from ((claim, each) for each in claim.expectations if each.target is not None)


@dataclass(frozen=True, slots=True)
class Objective:
    """What a stage makes small, as a function of ln of its parameters: distances to its targets and to its priors.

    Attributes
    ----------
    presets : the populations, of which the stage changes some values.
    patients, seed : on whom it is measured.
    claims : those that are installed with the package when not given.
    """

    presets: Mapping[str, Preset]
    stage: Stage
    patients: int = PATIENTS
    seed: int = SEED
    claims: Sequence[Claim] | None = None

    def at(self, values: Mapping[str, float]) -> FloatArray:
        """The parameters of the stage as the objective has them."""
        return np.log([values[fitted.key] for fitted in self.stage.parameters])

    def values(self, x: FloatArray) -> dict[str, float]:
        """Values of the parameters of the stage, by key."""
        return dict(zip((fitted.key for fitted in self.stage.parameters), np.exp(x).tolist(), strict=True))

    @property
    def start(self) -> FloatArray:
        """Where the parameters are drawn back to."""
        return self.at({fitted.key: fitted.start for fitted in self.stage.parameters})

    @property
    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """How far the parameters may go."""
        low, high = ({p.key: getattr(p, side) for p in self.stage.parameters} for side in ("low", "high"))
        return self.at(low), self.at(high)

    def distances(self, x: FloatArray) -> FloatArray:
        """Distances to the targets, in their tolerances."""
        study = Study(apply(self.presets, self.stage, self.values(x)), self.patients, self.seed)
        return np.array(
            [
                self.stage.weights.get(claim.id, 1.0) * each.distance(SMOOTH[each.measure](study, each.arm))
                for claim, each in targets(self.stage, self.claims)
            ]
        )

    def residuals(self, x: FloatArray) -> FloatArray:
        """Distances to the targets and to the priors."""
        prior = np.array([fitted.prior for fitted in self.stage.parameters])
        return np.concatenate([self.distances(x), (x - self.start) / prior])

    def slopes(self, x: FloatArray) -> FloatArray:
        """Change of each residual with ln of each parameter."""
        return slopes(self.residuals, x)


def slopes(function: Callable[[FloatArray], FloatArray], x: FloatArray) -> FloatArray:
    """Slopes (values, parameters) of a smooth function."""
    here = function(x)
    return np.stack([(function(x + step) - here) / _STEP for step in _STEP * np.eye(x.size)], axis=1)


def fit(objective: Objective, start: Mapping[str, float] | None = None) -> dict[str, float]:
    """Fit one stage: least squares, from its start or from values that are given, to where the sum has its least.

    Raises
    ------
    ArithmeticError
        Where it does not get there.
    """
    x = objective.start if start is None else objective.at(start)
    low, high = objective.bounds
    x = np.clip(x, low + _FINE, high - _FINE)
    from scipy.optimize import least_squares  # whoever reads what is aimed at does not wait for it

    found = least_squares(
        objective.residuals, x, jac=objective.slopes, bounds=(low, high), xtol=1e-6, ftol=1e-12, gtol=1e-9, max_nfev=60
    )
    if found.status <= 0:
        raise ArithmeticError(f"the fit of {objective.stage.name} did not end: {found.message}")
    return objective.values(found.x)


def calibrate(
    patients: int = PATIENTS,
    seed: int = SEED,
    stages: Sequence[Stage] | None = None,
    begin: Mapping[Stage, Mapping[str, float]] | None = None,
) -> dict[Stage, dict[str, float]]:
    """Fit all stages in turn, again and again, until they stay where they are, and write them in three digits.

    From the starts of the stages where no values to begin with are given.
    """
    presets: Mapping[str, Preset] = load_parameters().presets
    chosen = load_stages() if stages is None else stages
    starts = {stage: {fitted.key: fitted.start for fitted in stage.parameters} for stage in chosen}
    outcome = {stage: dict(values) for stage, values in (starts if begin is None else begin).items()}
    for stage in chosen:
        presets = apply(presets, stage, outcome[stage])
    for _ in range(_SWEEPS):
        moved = 0.0
        for stage in chosen:
            found = fit(Objective(presets, stage, patients, seed), outcome[stage])
            moved = max(moved, *(abs(math.log(found[key] / value)) for key, value in outcome[stage].items()))
            outcome[stage] = found
            presets = apply(presets, stage, found)
        if moved < _SETTLED:
            return {stage: as_written(values) for stage, values in outcome.items()}
    raise ArithmeticError("the stages of the fit do not settle beside one another")


@dataclass(frozen=True, slots=True)
class Stationarity:
    """A value that is written, and where the least sum lies beside it."""

    key: str
    population: str | None
    written: float
    least: float

    @property
    def holds(self) -> bool:
        """Whether they agree: half of the last digit is rounding, and what that of others and an engine may move."""
        digit = 10.0 ** (math.floor(math.log10(self.written)) + 1 - SIGNIFICANT_DIGITS)
        return abs(self.least - self.written) <= 0.5 * digit + _MOVED_BY_OTHERS * self.written


def stationarity(
    values: Mapping[Stage, Mapping[str, float]] | None = None,
    patients: int = PATIENTS,
    seed: int = SEED,
    claims: Sequence[Claim] | None = None,
) -> Iterator[Stationarity]:
    """Where the least sum lies beside written values, those that are shipped where none are given: one Newton step."""
    written = {stage: stage.shipped_values() for stage in load_stages()} if values is None else values
    presets: Mapping[str, Preset] = load_parameters().presets
    for stage, held in written.items():
        presets = apply(presets, stage, held)
    for stage, held in written.items():
        objective = Objective(presets, stage, patients, seed, claims=claims)
        x = objective.at(held)
        step = np.linalg.lstsq(objective.slopes(x), -objective.residuals(x), rcond=None)[0]
        for key, least in objective.values(x + step).items():
            yield Stationarity(key, stage.population, held[key], least)


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


def _check(patients: int, seed: int) -> int:
    holds = True
    for found in stationarity(patients=patients, seed=seed):
        where = f" of {found.population}" if found.population else ""
        verdict = "" if found.holds else "  is not where the fit ends"
        holds = holds and found.holds
        terminal().write(f"{found.key}{where}: {found.written!r}, least at {found.least:.5g}{verdict}\n")
    return 0 if holds else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, print the values and, when asked, write them; or check those that are shipped."""
    parser = argparse.ArgumentParser(prog="python -m blinplan.evidence.calibrate", description=__doc__)
    parser.add_argument("--patients", type=int, default=PATIENTS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", type=Path, metavar="FILE", help="parameter file to put the values into")
    parser.add_argument("--check", action="store_true", help="whether the shipped values are where the fit ends")
    given = parser.parse_args(arguments)
    if given.check:
        return _check(given.patients, given.seed)
    outcome = calibrate(given.patients, given.seed)
    for stage, values in outcome.items():
        terminal().write(f"# {stage.name}\n" + "".join(f"{key} = {value!r}\n" for key, value in values.items()))
    if given.write is not None:
        replace_file(given.write, write(given.write.read_text(encoding="utf-8"), outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main())
