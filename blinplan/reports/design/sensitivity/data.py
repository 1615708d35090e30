"""Sensitivities as data: a row an endpoint and parameter, and as a JSON document."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from blinplan.data_table import Column, ColumnKind, DataTable
from blinplan.design.comparison.contrast import Agreement
from blinplan.design.sensitivity.method import SensitivityMethod
from blinplan.design.sensitivity.plan import SensitivityPlan
from blinplan.design.sensitivity.samples import LEVELS, RESAMPLES
from blinplan.design.sensitivity.sensitivity import EndpointSensitivity, Scale, Sensitivity, SensitivityRow
from blinplan.fingerprint import model_hash
from blinplan.reports.design.patients import patients_named
from blinplan.reports.design.sensitivity.lines import ROW_NUMBERS, scale_text
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.words import given_by_table, number_drawn
from blinplan.version import __version__

SENSITIVITY = DocumentKind("sensitivity")

_BEFORE = (
    Column("endpoint", "", "the key of the endpoint; of a share by a day, the day stands behind it", ColumnKind.TEXT),
    Column("label", "", "what it is", ColumnKind.TEXT),
    Column("scale", "", "what effects are of: ln, points of a share, or the endpoint's unit", ColumnKind.TEXT),
    Column("parameter", "", "the parameter, or what else patients differ in", ColumnKind.TEXT),
)
_BEHIND = (
    Column("shows", "", "yes; below accuracy; no effect; or of patients: not told apart from none", ColumnKind.TEXT),
    Column("value", "", "typical value of the parameter"),
    Column("unit", "", "unit of the value", ColumnKind.TEXT),
    Column("status", "", "how the value is known: published, derived, calibrated or assumed", ColumnKind.TEXT),
)
_SHOWS = {Agreement.DIFFERENT: "yes", Agreement.SAME: "below accuracy", Agreement.EQUAL: "no effect"}


def sensitivity_table(found: Sensitivity, inputs: Sequence[str]) -> DataTable:
    """Every endpoint with every parameter: a row for each."""
    measured = tuple(Column(one.key, "", one.meaning) for one in ROW_NUMBERS[found.plan.method])
    columns = (*_BEFORE, *measured, *_BEHIND)
    rows = list(_rows(found))
    portion = [[row[number] for row in rows] for number in range(len(columns))]
    return DataTable("sensitivity", columns, [portion], sensitivity_manifest(found, inputs))


def _rows(found: Sensitivity) -> Iterator[tuple[Any, ...]]:
    for of in found.endpoints:
        for row in of.rows:
            head = (of.key, f"{of.group}: {of.label}", scale_text(of), row.parameter.key)
            numbers = (None if math.isnan(value) else value for value in row[1:5])
            parameter = row.parameter
            yield (*head, *numbers, _shows(of, row), parameter.value, _unit(row), parameter.status)


def _shows(of: EndpointSensitivity, row: SensitivityRow) -> str:
    if of.scale is Scale.RANKS and row.agreement is Agreement.SAME:
        return "not told apart from none"
    return _SHOWS[row.agreement]


def _unit(row: SensitivityRow) -> str:
    return "" if row.parameter.unit == "1" else row.parameter.unit


def sensitivity_json(found: Sensitivity, inputs: Sequence[str]) -> dict[str, Any]:
    """Write sensitivities as a document; null where there is no number."""
    return {
        **SENSITIVITY.head(sensitivity_manifest(found, inputs)),
        "method": found.plan.method.value,
        "runs": found.plan.runs,
        "stopped": found.is_stopped,
        "meaning": {one.key: one.meaning for one in ROW_NUMBERS[found.plan.method]},
        "ranges": [
            {"parameter": one.key, "low": one.low, "high": one.high, "unit": one.parameter.unit}
            for one in found.plan.ranges
        ],
        "endpoints": [_endpoint_json(found, of) for of in found.endpoints],
    }


def _endpoint_json(found: Sensitivity, of: EndpointSensitivity) -> dict[str, Any]:
    return {
        "key": of.key,
        "label": f"{of.group}: {of.label}",
        "unit": of.unit,
        "scale": of.scale.value,
        "low": _or_none(of.low),
        "high": _or_none(of.high),
        "window": of.window,
        "unreached": of.unreached,
        "missing": of.missing,
        "rows": [_row_json(found, of, row) for row in of.rows],
    }


def _row_json(found: Sensitivity, of: EndpointSensitivity, row: SensitivityRow) -> dict[str, Any]:
    numbers = zip(ROW_NUMBERS[found.plan.method], row[1:5], strict=True)
    return {
        "parameter": row.parameter.key,
        "name": row.parameter.name,
        **{one.key: _or_none(value) for one, value in numbers},
        "shows": _shows(of, row),
        "value": row.parameter.value,
        "unit": _unit(row),
        "status": row.parameter.status,
        "source": row.parameter.source,
    }


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def sensitivity_manifest(found: Sensitivity, inputs: Sequence[str]) -> dict[str, Any]:
    """State what was done, on whom and how, so that it can be again."""
    plan = found.plan
    return manifest(
        regimen=plan.regimen.name,
        inputs=list(inputs),
        population=plan.preset,
        seed=plan.seed,
        patients=None if plan.patients is None else plan.cohort.size,
        **({} if plan.patients is None else number_drawn(plan.cohort)),
        **given_by_table(plan.cohort.table, plan.cohort.given_parameters, plan.off_drug_count),
        **_settings(plan),
        endpoints=[of.key for of in found.endpoints],
        **_method(plan),
    )


def _settings(plan: SensitivityPlan) -> dict[str, Any]:
    """What is asked of whom, beside who they are."""
    return {
        "first": plan.before + 1,
        "follow_up_days": plan.follow_up_days,
        "attenuation": plan.options.attenuation,
        "premedication": plan.options.premedication,
        "own_endpoints": [own.text for own in plan.asked.own],
        "by_day": list(plan.asked.by_day),
    }


def sensitivity_inputs(plan: SensitivityPlan, text: str) -> dict[str, Any]:
    """All that the runs of a sensitivity follow from; ``text`` is the fingerprint of the regimen's file."""
    return {
        "blinplan": __version__,
        "model": model_hash(),
        "regimen": plan.regimen.name,
        "text of the regimen": text,
        "population": plan.preset,
        "seed": plan.seed,
        "patients": None if plan.patients is None else patients_named(plan.patients),
        "size": None if plan.patients is not None else float(plan.person.bsa_m2[0]),
        **_settings(plan),
        "endpoints": list(plan.asked.keys),
        **_method(plan),
    }


def _method(plan: SensitivityPlan) -> dict[str, Any]:
    if plan.method is SensitivityMethod.CORRELATION:
        return {"method": plan.method.value}
    from importlib.metadata import version

    levels = {"levels": LEVELS} if plan.method is SensitivityMethod.MORRIS else {}
    return {
        "method": plan.method.value,
        "within": plan.within,
        "samples": plan.samples,
        "resamples": RESAMPLES,
        **levels,
        "parameters": [one.key for one in plan.ranges],
        "salib": version("SALib"),
    }
