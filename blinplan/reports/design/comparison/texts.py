"""What stands in the tables of a comparison: names, values, differences, and which endpoints are shown."""

import math
from collections.abc import Iterable

from blinplan.design.comparison.compare import ComparedEndpoint, OverSets, PairedComparison
from blinplan.design.comparison.contrast import Contrast, Measure
from blinplan.reports.design.numbers import NO_VALUE, share_text, three_digits
from blinplan.reports.shared.number import number
from blinplan.simulation.endpoints.definition import GROUPS
from blinplan.simulation.models.source import SetsOf


def shown_shares(compared: PairedComparison) -> tuple[ComparedEndpoint, ...]:
    """The shares, but for those by a day that are nobody or everybody under each regimen."""
    return tuple(one for one in compared.shares if one.by_day is None or not _is_trivial(one))


def _is_trivial(endpoint: ComparedEndpoint) -> bool:
    return any(all(value == share for value in endpoint.values) for share in (0.0, 1.0))


def by_group(endpoints: Iterable[ComparedEndpoint]) -> list[ComparedEndpoint]:
    """ReadableEndpoints by what they are of, in the order of the article."""
    return sorted(endpoints, key=lambda endpoint: GROUPS.index(endpoint.group))


def label_text(endpoint: ComparedEndpoint) -> str:
    """What an endpoint is, with its unit, and what is taken of it."""
    within = "" if endpoint.within is None else f", at most {endpoint.within:,g}"
    return f"{endpoint.label} ({endpoint.unit}{within})" if endpoint.unit else endpoint.label


def value_text(value: float, measure: Measure, contrast: Contrast | None) -> str:
    """What an endpoint comes to."""
    if measure is Measure.SHARE:
        return share_text(value, 0 if contrast is None else contrast.count)
    return number(value) if value >= 0 or math.isnan(value) else f"-{number(-value)}"


def only_one_text(contrast: Contrast | None) -> str:
    """How many patients have it under one of the two only: under the other, and under the reference."""
    return NO_VALUE if contrast is None else f"{contrast.other_only:,} / {contrast.reference_only:,}"


def over_head(over: OverSets) -> str:
    """What stands above how far estimates move over parameter sets."""
    return "Over models" if over.of is SetsOf.PLAUSIBLE else "Over sets"


def over_sets_text(compared: PairedComparison, endpoint: ComparedEndpoint, place: int) -> str:
    """From where to where an estimate moves over parameter sets."""
    assert compared.over_sets is not None  # noqa: S101 - asked by who calls
    found = compared.over_sets.ranges.get((endpoint.key, endpoint.by_day, place))
    if found is None or any(map(math.isnan, found)):
        return NO_VALUE
    low, high = found
    if endpoint.measure is Measure.SHARE:
        return f"{100 * low:+.1f} to {100 * high:+.1f}"
    mark = "× " if endpoint.measure is Measure.RATIO else ""
    return f"{mark}{three_digits(low)} to {three_digits(high)}"
