"""What a steeper answer to dose costs: the fit again for several weights of the published levels of IL-6.

Run `python -m blinplan.evidence.front` to print the table, with `--write` to put it where the manual
page takes it from.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from blinplan.evidence.calibrate import Stage, apply, calibrate, load_stages
from blinplan.evidence.evaluate import Evidence, evaluate
from blinplan.evidence.kinds import EvidenceKind
from blinplan.files.writing import replace_file
from blinplan.physiology.model.parameters import load_parameters
from blinplan.terminal import terminal

FRONT = Path(__file__).with_name("front.csv")
LEVELS = "NHL-3"
"""The claim of the published levels of IL-6, and of their answer to dose."""
_WEIGHTS = (0.0, 1.0, 2.0, 4.0)
_PATIENTS, _SEED = 1000, 1
_SHOWN = {
    "slope": (LEVELS, "median up to 0.35 d, 60 over 5 mcg/m²/day"),
    "level_60": (LEVELS, "median up to 0.35 d at 60 mcg/m²/day"),
    "level_5": (LEVELS, "median up to 0.35 d at 5 mcg/m²/day"),
    "level_60_day_1": (LEVELS, "median from 1 to 1.3 d at 60 mcg/m²/day"),
    "level_5_day_1": (LEVELS, "median at 1 d at 5 mcg/m²/day"),
    "il6_fold": ("CYT-1", "median peak of IL-6 over baseline"),
    "il6_early": ("CYT-2", "IL-6 peak of cycle 1 within 2 days at 9 then 28 mcg/day"),
    "hours_settled": ("CYT-3", "median hours until 90 % of the rise of IL-6 is gone"),
    "t_returned_28": ("TCL-2", "first back at 90 % of baseline within days 7 to 14 at 28 mcg/day"),
    "t_returned_label": ("TCL-2", "first back at 90 % of baseline within days 7 to 14 at 9 then 28 mcg/day"),
}
"""What is shown of each fit: the column, and the claim and the words of the measure."""
COLUMNS = ("weight", *_SHOWN, "activation_ec50", "sensing_threshold", "release_il6", "failing")


def _stages_with(weight: float) -> list[Stage]:
    """The stages of the fit from where the levels are aimed at, with another weight of them."""
    stages = load_stages()
    first = next(k for k, stage in enumerate(stages) if LEVELS in stage.claims)
    weighted = replace(stages[first], weights={**stages[first].weights, LEVELS: weight})
    return [weighted, *stages[first + 1 :]]


def _figures(evidence: Evidence) -> dict[str, str]:
    found = {
        (finding.claim.id, measurement.expectation.text): measurement.value
        for finding in evidence.findings
        for measurement in finding.measurements
    }
    return {column: f"{found[key]:.3g}" for column, key in _SHOWN.items()}


def front(weights: Sequence[float] = _WEIGHTS) -> Iterator[dict[str, str]]:
    """A row for each weight: what the fit comes to, on other patients than it was made on."""
    for weight in weights:
        stages = _stages_with(weight)
        outcome = calibrate(stages=stages, begin={stage: stage.shipped_values() for stage in stages})
        presets = load_parameters().presets
        for stage, values in outcome.items():
            presets = apply(presets, stage, values)
        evidence = evaluate(_PATIENTS, _SEED, presets=presets)
        shared = presets["adult-rr"]
        yield {
            "weight": f"{weight:g}",
            **_figures(evidence),
            **{key: f"{shared.value(key):g}" for key in ("activation_ec50", "sensing_threshold", "release_il6")},
            "failing": " ".join(finding.claim.id for finding in evidence.of_kind(EvidenceKind.FAILS)),
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and write it when asked."""
    parser = argparse.ArgumentParser(prog="python -m blinplan.evidence.front", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"put the table into {FRONT.name}")
    given = parser.parse_args(arguments)
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(front())
    terminal().write(text.getvalue())
    if given.write:
        replace_file(FRONT, text.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
