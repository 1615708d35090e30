"""What is said of a simulation: who was simulated and how long, what is assumed, and how to read what came of it."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isnan

from blinplan.course.events import Period
from blinplan.quantities import MINUTES_PER_DAY, Basis, plural
from blinplan.reports.shared.words import (
    NO_SHARE_BY_DAY,
    amount_text,
    over_sets_text,
    patients_drawn,
    people_text,
    plausible_text,
)
from blinplan.reports.simulation.summary.rows import NOT_YET, times_of
from blinplan.simulation.admission import admitted_typical
from blinplan.simulation.crowd.kept import heads_of
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import typical_value
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.uncertainty import Uncertainty

HOW_TO_READ = "Typical: no random effects."
HOW_TO_READ_VALUES = "5-95 %: 5th to 95th percentile. n: patients in whom it occurs."
HOW_TO_READ_TIMES = (
    "Half, nine in ten: when so many of all patients are there, those counted who never are (within the time that is"
    " looked at)."
)
NOT_ELEVATED = "IL-2, IL-4, IL-8, IL-12 and TNF-alpha: measured and not elevated, so held at baseline."


def how_to_read_typical(simulation: Simulation) -> str:
    """Say who the typical patient is, and of what size where somebody gave one: beside many it stands in no heading."""
    area = simulation.typical_area
    usual = float(admitted_typical(simulation.regimen, simulation.preset).bsa_m2[0])
    if simulation.alone or area == usual:
        return HOW_TO_READ
    return f"{HOW_TO_READ.removesuffix('.')}, and the body surface area that was given, {area:.3f} m²."


def missing_lines(simulation: Simulation) -> Iterator[str]:
    """Say why a value is missing in the typical patient, where one is."""
    if any(not quantity.is_time and isnan(typical_value(quantity)) for quantity in simulation.typical_quantities):
        yield "-: not in this course, which has no such dose, or not all of the time that it is of."


def no_share_lines(simulation: Simulation) -> Iterator[str]:
    """Say that no share by a day is shown, where shares are asked for and nothing that is shown is a time."""
    if simulation.by_day and not any(times_of(simulation)):
        yield NO_SHARE_BY_DAY


def not_yet_lines(simulation: Simulation) -> Iterator[str]:
    """Say what it means that there is no share by a day yet, where one is not."""
    if any(day < time.from_day for time in heads_of(simulation.quantities) for day in simulation.by_day):
        yield f"{NOT_YET[0].upper()}{NOT_YET[1:]}: it is looked at from a later day on."


def whole_course(periods: Sequence[Period]) -> Iterator[str]:
    """Say what dose and AUC of the whole course count, where not everybody is given all of it."""
    if not any(period.optional for period in periods):
        return
    flat = all(period.dose is None or period.dose.basis is Basis.FLAT for period in periods)
    everybody = [period for period in periods if not period.optional]
    (given, days), (most, longest) = (_dose_and_days(each) for each in (everybody, periods))
    said = f"{given} mcg over {days} days; up to {most} over {longest}" if flat else f"{days} days; up to {longest}"
    yield f"Whole course: {said} with the optional cycles, which dose and AUC below count."


def _dose_and_days(periods: Sequence[Period]) -> tuple[str, str]:
    infused = [(period.dose, Fraction(period.minutes, MINUTES_PER_DAY)) for period in periods]
    mcg = sum((dose.amount * days for dose, days in infused if dose is not None), Fraction(0))
    return amount_text(mcg), amount_text(sum((days for dose, days in infused if dose is not None), Fraction(0)))


def how_to_read_shares(*, of_table: bool) -> str:
    """Say what the intervals of shares cover."""
    whose = patients_drawn("these", of_table=of_table)
    return f"95 % interval of a share: of {whose} (Wilson), and not whether the model is true."


def simulated_patients(simulation: Simulation) -> str:
    """Say who was simulated, and how long."""
    days = f"{simulation.days:g} {plural('day', simulation.days)}"
    if simulation.alone:
        return f"Typical patient of {simulation.preset}, body surface area {simulation.typical_area:.3f} m², {days}"
    return f"{people_text(simulation.cohort)}, {days}"


def premedication_effect(simulation: Simulation) -> str:
    """Say what premedication is assumed to do."""
    c = simulation.typical.trial.population.constants
    return (
        f"Premedication lowers cytokine release: unverified. Each dose is assumed to take away"
        f" {100 * c.premedication_reduction:g} %, and half of that effect to be gone after"
        f" {c.premedication_half_life:g} days, whatever the drug and the dose."
    )


def over_sets_head(simulation: Simulation, what: str) -> str:
    """What stands above what a median or share comes to over parameter sets; empty where there are none."""
    return f"{what} {over_which_sets(simulation)}" if simulation.uncertainty else ""


def over_which_sets(simulation: Simulation) -> str:
    """Over what parameter sets results move; empty where there are none."""
    if simulation.uncertainty is None:
        return ""
    return "over models" if simulation.uncertainty.of is SetsOf.PLAUSIBLE else "over sets"


def uncertainty_lines(over: Uncertainty | None) -> Iterator[str]:
    """Say what moves over parameter sets, where that was asked for."""
    if over is None:
        return
    if over.of is SetsOf.PLAUSIBLE:
        yield over_models_text(over)
        return
    yield (
        f"Over sets: {over_sets_text(over.sets)}, with {', '.join(over.parameters)} drawn"
        " within their published standard errors. No uncertainty is published for the other parameters, and none is"
        " counted."
    )


def over_models_text(over: Uncertainty) -> str:
    """Say what lies between the ends of a range over plausible models, and what it is not."""
    return (
        "Two spreads: 5-95 % is between patients; over models is from the least to the greatest of the shipped model"
        " and "
        f"{plausible_text(over.sets, 'one')} on the same patients, each of which keeps every claim of the article and"
        " every published number that the shipped one meets. It is a range: no confidence, and no probability."
    )
