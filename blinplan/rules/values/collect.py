"""All values, for some labels, as a project and a site leave them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from blinplan.label.read import label_named
from blinplan.quantities import MINUTES_PER_HOUR, decimal_text
from blinplan.regimen.site.site import Site, SiteBag
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.values.of_label import PLAN, hours_text, values_of_label
from blinplan.rules.values.of_model import (
    values_of_decisions,
    values_of_model,
    values_of_patients,
    values_of_thresholds,
)
from blinplan.rules.values.value import OwnValue, Value, ValueKind, value_of_limit

IN_EXPECTED = frozenset(
    {"depleted_count", "first_return_of_t_cells", "redistribution", "return_of_t_cells", "watched_days"}
)
"""The limits that say what a plan expects of cells and cytokines."""


def collect_values(labels: Sequence[str], settings: Settings, site: Site | None = None) -> tuple[Value, ...]:
    """Every value that decides something: of the labels, then what belongs to none.

    Raises
    ------
    KeyError
        When there is no label of a name.
    """
    rules = _codes()
    found = [
        value
        for name in labels
        for value in values_of_label(label_named(name), settings._replace(label=name).limits, rules)
    ]
    return (
        *(value if site is None else _at_site(value, site) for value in found),
        *_of_families(settings, rules),
        *values_of_thresholds(),
        *values_of_patients(),
        *values_of_decisions(),
        *values_of_model(),
    )


def _codes() -> Mapping[str, tuple[str, ...]]:
    """By the name of a limit, the codes of the rules that it decides."""
    names = dict.fromkeys(name for rule in CATALOGUE.values() for name in rule.limits)
    return {name: tuple(rule.code for rule in CATALOGUE.values() if name in rule.limits) for name in names}


def _of_families(settings: Settings, rules: Mapping[str, tuple[str, ...]]) -> Iterator[Value]:
    """The limits that stand beside the rules and belong to no label."""
    numbers = label_named(settings.label).numbers
    for name, limit in settings.limits.items():
        if name not in numbers:
            decides = (*rules.get(name, ()), *((PLAN,) if name in IN_EXPECTED else ()))
            yield value_of_limit(limit, ValueKind.LIMIT, None, decides)


def _at_site(value: Value, site: Site) -> Value:
    """The value that a site has in its place, where it has one."""
    own = _own_text(value, site)
    if own is None or own == value.text:
        return value
    number = Fraction(own.split()[0]) if value.number is not None else None
    replaced = OwnValue(value.text, site.name, "the site profile says so")
    return replace(value, text=own, number=number, replaced=replaced)


def _own_text(value: Value, site: Site) -> str | None:
    hospital = {"hospital_cycle_1_relapsed_refractory": 0, "hospital_cycle_1_others": 0, "hospital_cycle_2": 1}
    if value.name == "adult_from" and site.adult_from_years is not None:
        return f"{site.adult_from_years} {value.unit}"
    if value.name == "preservative_from_weight" and site.preservative_from is not None:
        return f"{decimal_text(site.preservative_from)} {value.unit}"
    if value.kind is ValueKind.VIAL and site.vial is not None:
        vial = site.vial
        return f"{decimal_text(vial.micrograms)} mcg, {decimal_text(vial.per_millilitre)} mcg/mL when reconstituted"
    if value.name in hospital and hospital[value.name] < len(site.hospital_days):
        days = site.hospital_days[hospital[value.name]]  # a ward may want more, and never fewer
        return f"{days} {value.unit}" if value.number is not None and days > value.number else None
    return _own_bag(value, site) if value.kind is ValueKind.BAG else None


def _own_bag(value: Value, site: Site) -> str | None:
    hours = Fraction(value.name.split("_")[1])
    size = next((size for size in site.bags if size.minutes == hours * MINUTES_PER_HOUR), None)
    return None if size is None else _bag_text(value, size)


def _bag_text(value: Value, size: SiteBag) -> str:
    rate, preserved, *kept = value.text.split(", ")
    if size.millilitres_per_hour is not None:
        rate = f"{decimal_text(size.millilitres_per_hour)} mL/h"
    if size.preservative is not None:
        preserved = f"{'with' if size.preservative else 'without'} preservative"
    used = [f"used within {hours_text(size.in_use)}"] if size.in_use is not None else kept
    return ", ".join((rate, preserved, *used))
