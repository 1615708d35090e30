"""The words of sensitivities: heads of columns, the lines above the tables, and how they are read."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from blinplan.design.comparison.contrast import Agreement
from blinplan.design.sensitivity.factors import not_varied
from blinplan.design.sensitivity.method import SensitivityMethod
from blinplan.design.sensitivity.plan import SensitivityPlan
from blinplan.design.sensitivity.ranks import LEAST
from blinplan.design.sensitivity.samples import STEP, runs_of
from blinplan.design.sensitivity.sensitivity import FEWEST, EndpointSensitivity, Scale, Sensitivity
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.reports.shared.number import number
from blinplan.reports.shared.words import (
    NO_SHARE_BY_DAY,
    given_lines,
    off_drug_lines,
    patients_drawn,
    people_text,
    unverified_mark,
)


class RowNumber(NamedTuple):
    """A number of a row: its key in data, what stands above it, what it is, and its decimals in tables."""

    key: str
    head: str
    meaning: str
    decimals: int = 2


ROW_NUMBERS: dict[SensitivityMethod, tuple[RowNumber, RowNumber, RowNumber, RowNumber]] = {
    SensitivityMethod.MORRIS: (
        RowNumber("mu_star", "μ*", "mean size of the effects over the range"),
        RowNumber("mu_star_conf", "±", "half width of the 95 % interval of mu_star, of effects drawn again"),
        RowNumber("mu", "μ", "mean of the effects, with their sign"),
        RowNumber("sigma", "σ", "standard deviation of the effects: of what is not linear, or hangs on others"),
    ),
    SensitivityMethod.SOBOL: (
        RowNumber("total", "total", "share of the variance that goes with the parameter, others' part in it included"),
        RowNumber("total_conf", "±", "half width of the 95 % interval of total, of samples drawn again"),
        RowNumber("first", "first", "share of the variance that the parameter makes alone"),
        RowNumber("first_conf", "±", "half width of the 95 % interval of first, of samples drawn again"),
    ),
    SensitivityMethod.CORRELATION: (
        RowNumber("rho", "r", "Spearman's rank correlation over the patients"),
        RowNumber("low", "from", "low end of its 95 % interval"),
        RowNumber("high", "to", "high end of its 95 % interval"),
        RowNumber("patients", "n", "of how many patients", 0),
    ),
}

_NAMES = {
    SensitivityMethod.MORRIS: "Morris",
    SensitivityMethod.SOBOL: "Sobol",
    SensitivityMethod.CORRELATION: "Rank correlation between patients",
}


def title_of(found: Sensitivity) -> str:
    """What was done."""
    plan = found.plan
    if plan.method is SensitivityMethod.CORRELATION:
        return _NAMES[plan.method]
    count = len(plan.ranges)
    return (
        f"{_NAMES[plan.method]}: {count} {plural('parameter', count)} from ÷ {plan.within:g} to × {plan.within:g},"
        f" {plan.runs:,} runs"
    )


def who_lines(found: Sensitivity) -> Iterator[str]:
    """Say whose endpoints they are, and how many runs there were."""
    plan = found.plan
    if plan.patients is None:
        size = f"{plan.person.bsa_m2[0]:.3f} m²"
        yield f"The typical patient of {plan.preset} ({size}) in every run; samples of seed {plan.seed}"
    else:
        people = people_text(plan.cohort)
        yield people if plan.method is SensitivityMethod.CORRELATION else f"{people}: the same in every run"
        yield from given_lines(plan.cohort.table, plan.cohort.given_parameters, [plan.regimen])
        yield from off_drug_lines(plan.off_drug_count, plan.cohort.size)
    if plan.method is SensitivityMethod.MORRIS:
        yield f"{plan.samples} trajectories, each with a step of every parameter, {STEP:.2f} of its range"
    if plan.method is SensitivityMethod.SOBOL:
        yield f"{plan.samples:,} base samples, {len(plan.ranges) + 2} runs for each"
    if plan.follow_up_days:
        yield f"{plan.follow_up_days} days without infusion are added at the end."


def _samples_text(plan: SensitivityPlan) -> str:
    return "trajectories" if plan.method is SensitivityMethod.MORRIS else "base samples"


def too_few_text(plan: SensitivityPlan, number: int) -> str:
    """Say of runs that were ended that they are too few to say anything; nothing where none was made."""
    if plan.method is SensitivityMethod.CORRELATION:
        return "Ended before all patients were through: nothing is said of a part of them."
    if not number:
        return ""
    least = f"{FEWEST} whole {_samples_text(plan)}, which are {runs_of(plan.method, len(plan.ranges), FEWEST):,} runs"
    return f"Ended after {number:,} of {plan.runs:,} runs: nothing can be said of fewer than {least}."


def stopped_lines(found: Sensitivity) -> Iterator[str]:
    """Say of runs that were ended how many samples were whole by then."""
    if found.is_stopped:
        done = f"{found.plan.samples:,} of {found.asked_samples:,} {_samples_text(found.plan)}"
        yield f"Incomplete: the runs were ended when {done} were done, and this is of these."


def unverified_lines_of(found: Sensitivity) -> Iterator[str]:
    """Say what nobody has verified."""
    mark = unverified_mark(found.plan.regimen)
    if mark:
        yield f"{visible(found.plan.regimen.name)}: {mark}"
    if found.plan.options.premedication:
        yield "That premedication lowers cytokine release, and by how much, is assumed: unverified."


def endpoint_title(of: EndpointSensitivity) -> str:
    """What stands above the table of an endpoint."""
    unit = f" {of.unit}" if of.unit else ""
    name = f"{of.group}: {of.label}"
    if of.scale is Scale.RANKS or math.isnan(of.low):
        return name
    if of.scale is Scale.POINTS:
        return f"{name}: {100 * of.low:.1f} to {100 * of.high:.1f} % of the patients"
    return f"{name}: {_number_text(of.low)} to {_number_text(of.high)}{unit}"


def _number_text(value: float) -> str:
    return number(value) if not value < 0.0 else f"-{number(-value)}"


def scale_text(of: EndpointSensitivity) -> str:
    """On which scale its effects are."""
    return {Scale.LOGARITHM: "ln", Scale.POINTS: "points", Scale.UNIT: of.unit, Scale.RANKS: ""}[of.scale]


def endpoint_lines(found: Sensitivity, of: EndpointSensitivity) -> Iterator[str]:
    """Say what limits an endpoint: times that are not reached, and runs in which it does not occur."""
    if of.scale is Scale.RANKS:
        if of.unreached:
            whom = f"{of.unreached:,} {plural('patient', of.unreached)}"
            yield f"Not reached in {whom}: counted as later than all others."
        if of.missing:
            yield f"It cannot be said of {of.missing:,} {plural('patient', of.missing)}: left out."
        if not of.rows:
            known = found.plan.cohort.size - of.missing
            why = "It is the same in all" if known >= LEAST else f"At least {LEAST} patients are needed"
            yield f"{why}: nothing is ranked by it."
        return
    if of.unreached:
        yield (
            f"Not reached within {number(of.window or 0.0)} {of.unit} in {of.unreached:,} of {found.plan.runs:,} runs:"
            " it is looked at up to then, and counts as then there, so that effects are too small."
        )
    if of.missing:
        yield f"It does not occur in {of.missing:,} of {found.plan.runs:,} runs: nothing is said of it."


def without_effect(of: EndpointSensitivity, agreement: Agreement) -> tuple[str, ...]:
    """Parameters that do not show."""
    return tuple(row.parameter.key for row in of.rows if row.agreement is agreement)


def without_effect_lines(of: EndpointSensitivity) -> Iterator[str]:
    """Name the parameters that do not show: within the solver's accuracy, and not at all."""
    same, equal = (without_effect(of, one) for one in (Agreement.SAME, Agreement.EQUAL))
    if same:
        said = "not told apart from none" if of.scale is Scale.RANKS else "effect below the solver's accuracy"
        yield f"{said}: {', '.join(same)}"
    if equal:
        yield f"no effect at all: {', '.join(equal)}"


def reading_lines(found: Sensitivity) -> Iterator[str]:
    """Say how tables are read, and what they cover and do not."""
    if found.plan.method is SensitivityMethod.CORRELATION:
        whose = patients_drawn("these", of_table=found.plan.cohort.table is not None)
        yield (
            "r: rank correlation (Spearman) between what patients differ in and the endpoint; from, to: its 95 %"
            f" interval (Bonett and Wright) of {whose}; n: how many of them have both."
        )
    elif found.plan.method is SensitivityMethod.MORRIS:
        yield (
            "μ*: mean size of the change of the endpoint over the whole range of the parameter; ±: half of its 95 %"
            " interval (Student's t), of these trajectories drawn again; μ: the same with sign; σ: how much it hangs on"
            " where the parameters are."
        )
    else:
        yield (
            "first: share of the endpoint's variance that the parameter makes alone; total: with its part in what it"
            " makes together with others; ±: half of the 95 % interval (Student's t), of these samples drawn again."
            " Both may come out a little below 0 or above 1."
        )
    if found.plan.asked.by_day and all(of.by_day is None for of in found.endpoints):
        yield NO_SHARE_BY_DAY
    yield from meaning_lines(found)


def meaning_lines(found: Sensitivity) -> Iterator[str]:
    """Say what the numbers mean, in tables and in figures, and what they cover and do not."""
    if found.plan.method is SensitivityMethod.CORRELATION:
        yield (
            "Of traits that do nothing, it tells one in twenty apart by chance. It is no cause: traits that go together"
            " share it. How patients differ is of the model, with the status beside it. Clearance is each patient's,"
            " size included."
        )
        return
    scales = {of.scale for of in found.endpoints if of.rows}
    if found.plan.method is SensitivityMethod.MORRIS:
        if Scale.LOGARITHM in scales:
            yield "ln: change of the natural logarithm; 0.10 is about 10 %, 0.69 twofold."
        if Scale.POINTS in scales:
            yield "points: percentage points of the patients."
    yield from _coverage(found)


def _coverage(found: Sensitivity) -> Iterator[str]:
    plan = found.plan
    cut = [one for one in plan.ranges if one.is_cut(plan.within)]
    for one in cut:
        unit = "" if one.parameter.unit == "1" else f" {one.parameter.unit}"
        yield f"{one.key} is varied from {one.low:.4g} to {one.high:.4g}{unit} only: the model takes no other."
    left = not_varied(plan.own_preset)
    if left and not plan.names:
        yield f"Not varied, as they take whole numbers or are 0: {', '.join(left)}."
    yield (
        "The range is ours, the same for all, even on the scale of the logarithm: no probability, and no statement of"
        " how well a parameter is known. How patients differ about typical values, and the model's form, stay as they"
        " are. status tells what was published, and what was calibrated or assumed: what to measure next."
    )


def value_text(row_value: float, unit: str) -> str:
    """A typical value with its unit."""
    return f"{row_value:,.4g}{'' if unit in ('', '1') else f' {unit}'}"
