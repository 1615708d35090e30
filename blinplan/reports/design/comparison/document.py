"""A comparison as a JSON document."""

import math
from collections.abc import Sequence
from typing import Any

from blinplan.design.comparison.compare import ComparedArm, ComparedEndpoint, PairedComparison
from blinplan.design.comparison.contrast import Contrast, Measure
from blinplan.design.comparison.given import Given
from blinplan.design.comparison.intervals import MEANS, SHARES
from blinplan.reports.design.comparison.lines import off_drug_of_arms
from blinplan.reports.design.comparison.view import ComparisonView
from blinplan.reports.design.words import change_json
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.words import covers, exact_amount, given_by_table, number_drawn
from blinplan.simulation.models.source import SetsOf

COMPARISON = DocumentKind("comparison")


def comparison_json(of: ComparisonView, inputs: Sequence[str], record: str | None = None) -> dict[str, Any]:
    """Write the comparison as a document; null where there is no number. ``record`` is the fingerprint of one."""
    compared = of.comparison
    return {
        **COMPARISON.head(comparison_manifest(compared, inputs, record)),
        "intervals": {
            "level": 0.95,
            "cover": covers(of_table=compared.cohort.table is not None),
            "shares": SHARES,
            "means": MEANS,
        },
        "regimens": [_arm_json(*pair) for pair in zip(compared.arms, of.given, _refusals(compared), strict=True)],
        "differences": [[change_json(change) for change in found.for_patients] for found in of.differences],
        "left_out": list(compared.left_out),
        "endpoints": endpoints_json(compared),
        "findings": None
        if of.findings is None
        else [
            {"code": one.code, "severity": one.severity, "message": one.message, "regimens": list(one.names)}
            for one in of.findings
        ],
        "remarks": list(of.remarks),
    }


def endpoints_json(compared: PairedComparison) -> list[dict[str, Any]]:
    """Write everything that is compared as data."""
    return [_endpoint_json(compared, endpoint) for endpoint in compared.endpoints]


def comparison_manifest(compared: PairedComparison, inputs: Sequence[str], record: str | None = None) -> dict[str, Any]:
    """State what was compared, on whom and how, so that it can be again."""
    people = compared.cohort
    return manifest(
        regimens=[arm.name for arm in compared.arms],
        inputs=list(inputs),
        **({} if record is None else {"record": record}),
        population=compared.preset,
        seed=people.seed,
        patients=people.size,
        **({"first": people.before + 1} if people.before else {}),
        **number_drawn(people),
        **given_by_table(people.table, people.given_parameters, off_drug_of_arms(compared)),
        cycles=compared.cycles,
        follow_up_days=compared.follow_up_days,
        attenuation=compared.options.attenuation,
        premedication=compared.options.premedication,
        engine=compared.reference.outcome.engine,
        by_day=list(compared.asked.by_day),
        own_endpoints=[own.text for own in compared.asked.own],
        parameter_sets=0 if compared.over_sets is None else compared.over_sets.sets,
        **({} if compared.over_sets is None else {"sets_of": compared.over_sets.of.value}),
    )


def _refusals(compared: PairedComparison) -> tuple[int | None, ...]:
    return (None,) * len(compared.arms) if compared.refusals is None else compared.refusals


def _arm_json(arm: ComparedArm, given: Given, refused: int | None) -> dict[str, Any]:
    return {
        "name": arm.name,
        "title": arm.regimen.title,
        "unverified": arm.regimen.unverified,
        "eligibility": str(arm.regimen.eligibility),
        "refused": refused,
        "mcg": exact_amount(given.total.micrograms),
        "infusion_minutes": given.total.infusion,
        "minutes": given.total.minutes,
        "cycles": given.cycles,
        "hospital_days": given.hospital_days,
        "bags": given.bags,
        "vials": given.vials,
    }


_OVER = {"over_sets": SetsOf.PUBLISHED, "over_models": SetsOf.PLAUSIBLE}


def _endpoint_json(compared: PairedComparison, endpoint: ComparedEndpoint) -> dict[str, Any]:
    return {
        "key": endpoint.key,
        "label": f"{endpoint.group}: {endpoint.label}",
        "unit": endpoint.unit,
        "measure": endpoint.measure.value,
        "within": endpoint.within,
        "by_day": endpoint.by_day,
        "values": [_or_null(value) for value in endpoint.values],
        "paired": [
            None if contrast is None else _contrast_json(compared, endpoint, place, contrast)
            for place, contrast in enumerate(endpoint.contrasts)
        ],
    }


def _contrast_json(
    compared: PairedComparison, endpoint: ComparedEndpoint, place: int, contrast: Contrast
) -> dict[str, Any]:
    shares = endpoint.measure is Measure.SHARE
    sets = compared.over_sets
    over = None if sets is None else sets.ranges.get((endpoint.key, endpoint.by_day, place))
    of = None if sets is None else sets.of
    return {
        "reference": _or_null(contrast.reference),
        "other": _or_null(contrast.other),
        "estimate": _or_null(contrast.estimate.value),
        "low": _or_null(contrast.estimate.low),
        "high": _or_null(contrast.estimate.high),
        "count": contrast.count,
        "agreement": contrast.agreement.value,
        "other_only": contrast.other_only if shares else None,
        "reference_only": contrast.reference_only if shares else None,
        **{name: list(map(_or_null, over)) if over and of is name_of else None for name, name_of in _OVER.items()},
    }


def _or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None
