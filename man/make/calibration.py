"""blinplan-calibration(7): what the model was fitted to, what that costs, what it leaves open, how far it may move."""

import csv
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import tomli

from blinplan.evidence.calibrate import Stage, load_stages, targets
from blinplan.evidence.evaluate import Expectation
from blinplan.evidence.front import FRONT, LEVELS
from blinplan.evidence.identifiability import IDENTIFIABILITY
from blinplan.evidence.plausible.ranges import Range, declaration, declared_walk, ranges
from blinplan.simulation.models.plausible import shipped_sets
from man.make import roff
from man.make.verdicts import VERDICTS

PAGE = "blinplan-calibration.7"
_ABOUT = (
    "The calibrated values of the model, which blinplan-model(1) lists, are those at which a sum of squares is"
    " least: of the distances of measures to what they aim at, in tolerances, and of the logarithms of the"
    " parameters to where each is drawn back to, in standard deviations of its prior. It is measured on the same"
    " virtual patients in every trial, and each counts by how far on one side of a limit it lies, so that the sum"
    " has no steps. The fit ends where it is least, and the values are written to three digits.",
    "`python -m blinplan.evidence.calibrate` makes the fit again; with `--check` it asks whether each written value"
    " is where the sum is least, to its last digit.",
)
_FRONT = (
    "Published levels of IL-6 in lymphoma, as read from a figure that lacks what is at 10 pg/mL or below, say how"
    " steeply the first peak answers to dose: 60 mcg/m²/day over 5 from the start, 5.7 (95 % interval 1.3 to 19)."
    " The model is measured as the figure was: the same window, and levels above 10 pg/mL only; in virtual adults"
    " with leukaemia, since it has no lymphoma. Each row is a fit again, with the distances to these levels weighted"
    " so; it is measured on 1,000 other patients (seed 1). `python -m blinplan.evidence.front` makes the table.",
    "Chosen is weight {weight:g}. A greater one is steeper still, and pays with the article's words: cytokines are gone"
    " sooner, at the edge of its 24 to 48 hours, and the highest in the first two days in fewer patients.",
    "Before the levels were taken in, IL-6 was aimed at 8 times its baseline under the label, a number of ours: the"
    " slope was 2.4, with 62 and 29 pg/mL for 707 and 125. Much of the want of slope was want of level: of low"
    " levels what is 10 pg/mL or less is left out, which lifts the lower dose more.",
)
_LEFT = (
    "What is left of a prior is its standard deviation once the targets are known, over that before: a parameter"
    " with 0.5 or less is decided by the targets, with more than 0.9 by its prior alone, by both between. Singular"
    " values are of the slopes of all distances, each parameter in standard deviations of its prior: a combination"
    " above 1 is known better by the targets. `python -m blinplan.evidence.identifiability` makes the table.",
)
_SETS = (
    "A plausible parameter set has other typical values, and keeps every claim of the article in its band and"
    " every published number that the shipped parameters meet. {sets} are shipped, for --uncertainty plausible."
    " They are a range and no sample of a distribution: no share of them is a probability.",
    "Each value stays in a declared range: a published one in the 95 % interval that its source prints, or within"
    " {errors:g} of its standard errors; another published or a calibrated one between 1/{calibrated:g} and"
    " {calibrated:g} times, an assumed one between 1/{assumed:g} and {assumed:g} times the shipped value, and so a"
    " calibrated one that the targets do not decide alone (above); shares by their odds. Where a published number"
    " is a parameter by arithmetic (PK-1, PK-2), a set keeps it in the interval that the source prints. The spread"
    " between patients stays as it is.",
    "The sets are found by {walks} walks from the shipped values. A walk goes at random through what the slopes"
    " of all measures there allow, and asks the model of where it ends; what fails is asked again nearer to where"
    " the walk was. Of {tried:,} tries {screened:,} were kept on {few} patients, and of {asked:,} that were asked"
    " on {patients:,} all but {denied:,}, in {minutes:.0f} minutes of a processor. Of the first {others}, {two}"
    " keep on the patients of seed 2 what the shipped parameters keep there too, and {three} on those of seed 3."
    " `python -m blinplan.evidence.plausible --write` makes them again.",
)
_VERDICTS = (
    "Of {verdicts} simulated verdicts of `check` over the {regimens} shipped regimens, on {patients} patients and under"
    " all {sets} sets, the model decides {turned}: {some}. {undecided} `python -m man.make.verdicts` counts them.",
)
_WIDTHS = (
    "By how many times the shipped value a parameter may be moved and is: the declared range, and between what"
    " the middle nine tenths of the sets lie. What no measure depends on, such as premedication, shows how far the"
    " walks themselves go; what is narrower than that is held by the claims and published numbers.",
)
_COLUMNS = {
    "weight": "w",
    "slope": "60/5",
    "level_60": "60",
    "level_5": "5",
    "level_60_day_1": "60,1d",
    "level_5_day_1": "5,1d",
    "il6_fold": "label",
    "il6_early": "early",
    "hours_settled": "gone",
    "t_returned_label": "T",
    "activation_ec50": "EC50",
    "failing": "fails",
}
_LEGEND = (
    "w: the weight. 60/5: median"
    " first level at 60 over that at 5 mcg/m²/day. 60, 5: the medians up to 0.35 d, pg/mL (707"
    " and 125 published). 60,1d; 5,1d: at 1 to 1.3 d and at 1 d (74 and 35 published). Label: median peak over"
    " baseline at 9 then 28 mcg/day. Early: share whose IL-6 is highest within 2 days there (CYT-2, above 0.5)."
    " Gone: hours until 90 % of its rise is gone at 28 mcg/day (CYT-3, 24 to 48). T:"
    " share whose T cells are back within days 7 to 14 there (TCL-2, above 0.5). EC50: of T-cell activation,"
    " pg/mL. Fails: claims with a measure outside its band that it was not known to miss.",
)


def pages() -> dict[str, str]:
    """The page of section 7."""
    weight = next(stage.weights[LEVELS] for stage in load_stages() if LEVELS in stage.weights)
    return {
        PAGE: roff.page(
            PAGE[:-2],
            7,
            "What the model was fitted to, and what the fit leaves open.",
            roff.section("description", *map(roff.paragraph, _ABOUT)),
            roff.section("what it aims at", *(_aims(stage) for stage in load_stages())),
            roff.section(
                "slope, levels and claims",
                *(roff.paragraph(text.format(weight=weight)) for text in _FRONT),
                roff.example(_table(_rows(FRONT), _COLUMNS)),
                *map(roff.paragraph, _LEGEND),
            ),
            roff.section("what the targets decide", *map(roff.paragraph, _LEFT), *_identified()),
            roff.section(
                "how far plausible sets move",
                *(roff.paragraph(text.format(**_made())) for text in _SETS),
                *(roff.paragraph(text.format(**_counted())) for text in _VERDICTS),
                *map(roff.paragraph, _WIDTHS),
                roff.example(_table(list(map(_width, ranges())), _MOVED)),
            ),
            roff.see_also(("blinplan-evidence.1", "blinplan-model.1")),
        )
    }


def _aims(stage: Stage) -> list[str]:
    of = f", in {stage.population} alone" if stage.population else ""
    return roff.subsection(
        f"{stage.name}{of}",
        *(
            roff.item(f"{roff.bold(claim.id)}", roff.paragraph(_aim(each, stage.weights.get(claim.id, 1.0))))
            for claim, each in targets(stage)
        ),
    )


def _aim(each: Expectation, weight: float) -> str:
    assert each.tolerance is not None  # noqa: S101 - all that is aimed at has one
    of = " of the logarithm" if each.of_ln else ""
    more = f"; counts {weight:g} times" if weight != 1.0 else ""
    return f"{each.text}: {each.target:g}, tolerance {each.tolerance:g}{of}{more}."


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _table(rows: list[dict[str, str]], columns: Mapping[str, str]) -> str:
    shown = [list(columns.values()), *([row[column] for column in columns] for row in rows)]
    widths = [max(len(line[k]) for line in shown) for k in range(len(columns))]
    return "\n".join(
        " ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in shown
    )


_MOVED = {"parameter": "parameter", "shipped": "shipped", "declared": "declared", "sets": "sets"}


def _made() -> dict[str, float]:
    """What the page says of how the sets were made."""
    made, law, declared = shipped_sets().made, declared_walk(), declaration()["ranges"]
    return {
        "sets": made["sets"],
        "errors": declared["errors"],
        **declared["factors"],
        "walks": law.walks,
        "tried": made["tried"],
        "screened": made["kept_on_few_patients"],
        "few": law.screened,
        "asked": made["asked_on_all_patients"],
        "patients": law.patients,
        "denied": made["asked_on_all_patients"] - made["sets"],
        "minutes": made["processor_seconds"] / 60.0,
        "others": made["asked_at_other_seeds"],
        "two": made["hold_at_seed_2"],
        "three": made["hold_at_seed_3"],
    }


def _counted() -> dict[str, object]:
    """What the page says of verdicts that sets turn."""
    found = tomli.loads(VERDICTS.read_text(encoding="utf-8"))
    turned = [one for one in found["verdicts_apart"] if one["against"]]
    open_in = [one for one in found["verdicts_apart"] if not one["against"]]
    names = ", ".join(f"{one['rule']} of {one['regimen']} in {one['undecided']}" for one in open_in)
    return {
        **found,
        "turned": len(turned),
        "some": "; ".join(_turned_text(one) for one in turned),
        "undecided": f"So few patients leave open in some sets, and turn in none: {names}." if open_in else "",
    }


def _turned_text(one: Mapping[str, Any]) -> str:
    finds = one["shipped"] == "finding"
    says, other = ("finds something", "passes") if finds else ("passes", "finds something")
    return f"{one['rule']} of {one['regimen']} {says}, and {other} in {one['against']}"


def _width(line: Range) -> dict[str, str]:
    """How far one parameter may go and goes, over the shipped value."""
    low, high = np.percentile([values[line.of] for values in shipped_sets().sets], (5, 95))
    return {
        "parameter": str(line.of),
        "shipped": f"{line.base:.4g}",
        "declared": f"{line.low / line.base:.2f}-{line.high / line.base:.2f}",
        "sets": f"{low / line.base:.2f}-{high / line.base:.2f}",
    }


def _identified() -> list[list[str]]:
    parts = []
    for stage, rows in groupby(_rows(IDENTIFIABILITY), key=lambda row: row["stage"]):
        held = list(rows)
        values = ", ".join(row["singular_value"] for row in held)
        columns = {"parameter": "parameter", "value": "value", "left": "left", "decided_by": "decided by"}
        parts.append(
            roff.subsection(stage, roff.example(_table(held, columns)), roff.paragraph(f"Singular values: {values}."))
        )
    return parts
