"""What was delivered of what was planned, and as virtual patients go through both."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.quantities import MINUTES_PER_DAY, decimal_text
from blinplan.reports.plan.simulated.pairs import pairs_json, pairs_table
from blinplan.reports.shared.words import (
    amount_text,
    exact_amount,
    given_by_table,
    given_lines,
    number_drawn,
    off_drug_lines,
    people_text,
    plausible_text,
)
from blinplan.simulation.delivered import Delivered, DeliveredCycle, Delivery
from blinplan.simulation.paired import Paired
from blinplan.simulation.trials.cohort_trial import CohortTrial
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


def delivered_report(comparison: Delivered, screen: Screen) -> "list[RenderableType]":
    """Draw what was delivered beside what was planned, and both as virtual patients go through them."""
    return [
        _doses(comparison.cycles, screen),
        Text(
            "Delivered: what was infused, and the rest as it is planned now. Intensity: mcg a week over the whole time,"
            " free intervals and interruptions included and no less than was planned, in % of the planned one.",
            "quiet",
        ),
        *(Text(line, "warning") for line in _misgiven_lines(comparison)),
        *(Text(line, "not evaluated") for line in _open_questions(comparison)),
        "",
        pairs_table(comparison, screen),
        Text(_patients(comparison.outcome.trial), "quiet"),
        *(Text(line) for line in off_drug_lines(comparison.off_drug, comparison.outcome.trial.cohort.size)),
        *([Text(_models_text(comparison.models), "quiet")] if comparison.models else []),
    ]


def _misgiven_lines(comparison: Delivered) -> Iterator[str]:
    """Say what wrong bags gave, which the figures have."""
    for off in comparison.misgiven:
        what = "A wrong bag gave" if off > 0 else "A wrong bag, or one that lacked, gave"
        much = "much" if off > 0 else "little"
        yield f"{what} {amount_text(abs(off))} mcg too {much}: that is in the figures."


def _open_questions(comparison: Delivered) -> Iterator[str]:
    if comparison.overdosed:
        yield "What an overdose gave in excess is not evaluated: it is not on record. The figures are without it."


def _doses(cycles: Iterable[DeliveredCycle], screen: Screen) -> "RenderableType":
    table = screen.table()
    table.add_column("Cycle")
    for name in ("Infusion days", "mcg", "mcg a week", "Intensity"):
        table.add_column(name, justify="right")
    for cycle in cycles:
        table.add_row("all" if cycle.cycle is None else str(cycle.cycle), *_row(cycle))
    return table


def _row(cycle: DeliveredCycle) -> tuple[str, ...]:
    share = cycle.relative_intensity
    days = [amount_text(Fraction(each.infused, MINUTES_PER_DAY)) for each in (cycle.delivered, cycle.planned)]
    return (
        f"{days[0]} of {days[1]}",
        f"{amount_text(cycle.delivered.micrograms)} of {amount_text(cycle.planned.micrograms)}",
        f"{amount_text(cycle.intensity)} of {amount_text(cycle.planned.intensity())}",
        "-" if share is None else f"{decimal_text(100 * share, 1)} %".replace("≈ ", "≈"),
    )


def _models_text(models: Sequence[Paired]) -> str:
    return (
        "Two spreads: 5-95 % is between patients; in square brackets is from the least to the greatest median, half,"
        " share or count of the shipped model and "
        f"{plausible_text(len(models), 'one')} on the same patients. It is a range: no"
        " confidence, and no probability."
    )


def _patients(trial: CohortTrial) -> str:
    cohort = trial.cohort
    lines = given_lines(cohort.table, cohort.given_parameters, trial.regimens)
    return (
        f"{people_text(cohort)}, the same in both courses. They are not this patient: the drug's clearance alone"
        " differs several-fold between people."
        f"{''.join(f' {line}' for line in lines)}"
    )


def delivered_json(comparison: Delivered) -> Mapping[str, Any]:
    """Write the same as JSON."""
    people = comparison.outcome.trial.cohort
    return {
        "not_evaluated": list(_open_questions(comparison)),
        "mcg_misgiven": [exact_amount(off) for off in comparison.misgiven],
        "cycles": [
            {
                "cycle": cycle.cycle,
                "delivered": _delivery_json(cycle.delivered, cycle.planned.minutes),
                "planned": _delivery_json(cycle.planned),
            }
            for cycle in comparison.cycles
        ],
        "simulated": {
            "population": people.preset,
            "patients": people.size,
            **({"plausible_models": len(comparison.models)} if comparison.models else {}),
            **number_drawn(people),
            **given_by_table(people.table, people.given_parameters, comparison.off_drug),
            "seed": people.seed,
            **pairs_json(comparison),
        },
    }


def _delivery_json(delivery: Delivery, least: int = 0) -> dict[str, Any]:
    return {
        "infusion_days": exact_amount(Fraction(delivery.infused, MINUTES_PER_DAY)),
        "mcg": exact_amount(delivery.micrograms),
        "mcg_per_week": exact_amount(delivery.intensity(least)),
    }
