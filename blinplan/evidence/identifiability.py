"""Which parameters the targets of the fit pin down, and which nothing but their prior.

The slopes of the distances to the targets, in their tolerances, are taken where the fit ends, per standard deviation of
the prior of each parameter. What is left of a prior is its standard deviation once the targets are known, over that
before: near 0 the targets decide, near 1 the prior does. The singular values say the same of combinations: one above 1
is better known by the targets than by the priors.

Run `python -m blinplan.evidence.identifiability` to print the table, with `--write` to put it where the manual page
takes it from.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from blinplan.evidence.calibrate import Objective, Stage, apply, load_stages, slopes, targets
from blinplan.files.writing import replace_file
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.physiology.model.population import FloatArray
from blinplan.terminal import terminal

IDENTIFIABILITY = Path(__file__).with_name("identifiability.csv")
COLUMNS = ("stage", "parameter", "value", "prior_sd", "left", "decided_by", "moves_most", "singular_value")
_BY_TARGETS, _BY_PRIOR = 0.5, 0.9


def left_of_priors(sensitivity: FloatArray) -> FloatArray:
    """What is left of each prior, from the slopes (targets, parameters) per standard deviation of it."""
    known = np.linalg.inv(sensitivity.T @ sensitivity + np.eye(sensitivity.shape[1]))
    return np.asarray(np.sqrt(np.diag(known)))


def decided_by(left: float) -> str:
    """Who decides a parameter, by what is left of its prior."""
    if left < _BY_TARGETS:
        return "targets"
    return "prior" if left > _BY_PRIOR else "both"


def _rows(presets: Mapping[str, Preset], stage: Stage) -> Iterator[dict[str, str]]:
    objective, written = Objective(presets, stage), stage.shipped_values()
    prior = np.array([fitted.prior for fitted in stage.parameters])
    sensitivity = slopes(objective.distances, objective.at(written)) * prior
    left = left_of_priors(sensitivity)
    singular = np.linalg.svd(sensitivity, compute_uv=False)
    aims = [f"{claim.id}: {each.text}" for claim, each in targets(stage)]
    for k, fitted in enumerate(stage.parameters):
        yield {
            "stage": stage.name,
            "parameter": fitted.key,
            "value": f"{written[fitted.key]:g}",
            "prior_sd": f"{fitted.prior:g}",
            "left": f"{left[k]:.2g}",
            "decided_by": decided_by(left[k]),
            "moves_most": aims[int(np.argmax(np.abs(sensitivity[:, k])))],
            "singular_value": f"{singular[k]:.2g}" if k < singular.size else "0",
        }


def identifiability() -> Iterator[dict[str, str]]:
    """A row for each fitted parameter; the singular values of a stage stand in falling order beside its parameters."""
    presets: Mapping[str, Preset] = load_parameters().presets
    for stage in load_stages():
        presets = apply(presets, stage, stage.shipped_values())
    for stage in load_stages():
        yield from _rows(presets, stage)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and write it when asked."""
    parser = argparse.ArgumentParser(prog="python -m blinplan.evidence.identifiability", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"put the table into {IDENTIFIABILITY.name}")
    given = parser.parse_args(arguments)
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(identifiability())
    terminal().write(text.getvalue())
    if given.write:
        replace_file(IDENTIFIABILITY, text.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
