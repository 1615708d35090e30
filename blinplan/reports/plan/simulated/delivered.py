"""What was delivered of what was planned, and as virtual patients go through both."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from blinplan.quantities import MINUTES_PER_DAY, decimal_text
from blinplan.reports.check.check_json import proportion_json
from blinplan.reports.shared.words import (
    amount_text,
    exact_amount,
    given_baselines,
    given_lines,
    number_drawn,
    off_drug_lines,
    people_text,
)
from blinplan.reports.simulation.summary import number
from blinplan.simulation.crowd.cohort import Cohort
from blinplan.simulation.delivered import Delivered, DeliveredCycle, Delivery
from blinplan.simulation.endpoints.table import (
    AUC,
    B_DEPLETED_DAY,
    B_HIGHEST_FREE,
    B_NADIR,
    DEPLETED_CYCLE_1,
    IL6_PEAK_KEY,
)
from blinplan.simulation.outcome import Distribution, Quantity, arrival, distribution, over_patients
from blinplan.simulation.paired import Paired, PairedQuantity, PairedShare
from blinplan.terminal import Screen, indent


def delivered_report(comparison: Delivered, screen: Screen) -> list[RenderableType]:
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
        _simulation_table(comparison, screen),
        Text(_patients(comparison.outcome.trial.cohort), "quiet"),
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


def _doses(cycles: Iterable[DeliveredCycle], screen: Screen) -> RenderableType:
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


_SHOWN = {of.key for of in (AUC, B_DEPLETED_DAY, B_NADIR, B_HIGHEST_FREE, DEPLETED_CYCLE_1)} | {IL6_PEAK_KEY}


def _quantities(comparison: Delivered) -> list[PairedQuantity]:
    return [quantity for quantity in comparison.pairs.quantities if quantity.key in _SHOWN]


def _shares(comparison: Delivered) -> list[PairedShare]:
    return [share for share in comparison.pairs.shares if share.key in _SHOWN]


def _simulation_table(comparison: Delivered, screen: Screen) -> RenderableType:
    table = screen.table(title="Simulated exposure and depletion")
    table.add_column("Median, 5-95 %", overflow="fold")
    models = comparison.models
    for name in ("Delivered", "Planned", "Ratio, paired", *(["Over models"] if models else [])):
        table.add_column(name, justify="right")
    for quantity in _quantities(comparison):
        table.add_row(
            indent(f"{quantity.group}: {quantity.label} ({quantity.unit})"),
            *(_time_words(each) if each.is_time else _words(distribution(each.values)) for each in quantity.each),
            _sooner_words(quantity) if quantity.is_time else _words(distribution(quantity.ratio)),
            *([_models_words(quantity, models)] if models else []),
        )
    for share in _shares(comparison):
        percent = [f"{100 * each.value:.1f} %" for each in (share.first, share.second)]
        table.add_row(indent(f"{share.group}: {share.label}"), *percent, "", *([""] if models else []))
    return table


def _words(over: Distribution) -> str:
    return f"{number(over.median)}\n{number(over.low)} to {number(over.high)}" if over.count else "-"


def _time_words(quantity: Quantity) -> str:
    over = arrival(quantity)
    return f"half {number(over.half)}\nnine in ten {number(over.nine_in_ten)}\nnever {over.never:,} of {over.total:,}"


def _sooner_words(pair: PairedQuantity) -> str:
    same = pair.total - pair.sooner - pair.later
    return f"sooner in {pair.sooner:,}\nlater in {pair.later:,}\nsame in {same:,}"


def _median_ratios(quantity: PairedQuantity, models: Sequence[Paired]) -> list[float]:
    """The median of the patients' ratios under the shipped model, and under each plausible one."""
    others = (next(one for one in pairs.quantities if one.key == quantity.key) for pairs in models)
    medians = (distribution(one.ratio).median for one in (quantity, *others))
    return [median for median in medians if isfinite(median)]


def _models_words(quantity: PairedQuantity, models: Sequence[Paired]) -> str:
    medians = [] if quantity.is_time else _median_ratios(quantity, models)
    return f"{number(min(medians))} to {number(max(medians))}" if medians else ""


def _models_text(models: Sequence[Paired]) -> str:
    return (
        "Two spreads: 5-95 % is between patients; over models is the median ratio, from the least to the greatest of"
        f" the shipped model and {len(models)} plausible ones on the same patients. It is a range: no confidence, and"
        " no probability."
    )


def _patients(cohort: Cohort) -> str:
    return (
        f"{people_text(cohort)}, the same in both courses. They are not this patient: the drug's clearance alone"
        " differs several-fold between people."
        f"{''.join(f' {line}' for line in given_lines(cohort.given_parameters))}"
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
            **given_baselines(people.given_parameters),
            **({"off_drug": comparison.off_drug} if comparison.off_drug else {}),
            "seed": people.seed,
            "endpoints": [
                {
                    "key": quantity.key,
                    "unit": quantity.unit,
                    "delivered": _over_json(delivered),
                    "planned": _over_json(planned),
                    "ratio": _distribution_json(distribution(quantity.ratio)),
                    **_models_json(quantity, comparison.models),
                    **({"sooner": quantity.sooner, "later": quantity.later} if quantity.is_time else {}),
                }
                for quantity, (delivered, planned) in ((each, each.each) for each in _quantities(comparison))
            ],
            "shares": [
                {
                    "key": share.key,
                    "delivered": proportion_json(share.first),
                    "planned": proportion_json(share.second),
                }
                for share in _shares(comparison)
            ],
        },
    }


def _delivery_json(delivery: Delivery, least: int = 0) -> dict[str, Any]:
    return {
        "infusion_days": exact_amount(Fraction(delivery.infused, MINUTES_PER_DAY)),
        "mcg": exact_amount(delivery.micrograms),
        "mcg_per_week": exact_amount(delivery.intensity(least)),
    }


def _over_json(quantity: Quantity) -> dict[str, float | int | None]:
    found = _distribution_json(over_patients(quantity))
    if not quantity.is_time:
        return found
    over = arrival(quantity)
    return {**found, "p90": _or_null(over.nine_in_ten), "never": over.never, "total": over.total}


def _distribution_json(over: Distribution) -> dict[str, float | int | None]:
    values = {"median": over.median, "p5": over.low, "p95": over.high}
    return {**{name: _or_null(value) for name, value in values.items()}, "count": over.count}


def _models_json(quantity: PairedQuantity, models: Sequence[Paired]) -> dict[str, float | None]:
    medians = [] if quantity.is_time or not models else _median_ratios(quantity, models)
    if not medians:
        return {}
    return {"ratio_over_models_least": min(medians), "ratio_over_models_greatest": max(medians)}


def _or_null(value: float) -> float | None:
    return value if isfinite(value) else None
