"""A sweep as data: a row a point and endpoint, and as a JSON document."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from blinplan.data_table import Column, ColumnKind, DataTable
from blinplan.design.sweep.cell import CellEndpoint
from blinplan.design.sweep.half import HOW, HalfDose
from blinplan.design.sweep.plan import SweepPlan
from blinplan.design.sweep.sweep import Half, Sweep
from blinplan.design.variation.axis import AxisValue, Point, VariedAxis
from blinplan.fingerprint import model_hash
from blinplan.reports.design.patients import patients_named
from blinplan.reports.design.sweep.article import article_marks
from blinplan.reports.design.sweep.lines import dose_unit, remark_lines
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.words import covers, given_by_table, number_drawn
from blinplan.simulation.models.source import SetsOf
from blinplan.version import __version__

SWEEP = DocumentKind("sweep")

_OF_ENDPOINTS = (
    Column("endpoint", "", "the key of the endpoint", ColumnKind.TEXT),
    Column("label", "", "what it is", ColumnKind.TEXT),
    Column("unit", "", "the unit of value, low and high; shares have none", ColumnKind.TEXT),
    Column("measure", "", "share of the patients, or median of a value or a time over them", ColumnKind.TEXT),
    Column("by_day", "day", "of a share of those who are somewhere by a day: that day"),
    Column("value", "", "the share, or the median; of a time missing where fewer than half ever get there"),
    Column("low", "", "low end of the 95 % interval of a share (Wilson), else 5th percentile of the patients"),
    Column("high", "", "high end of the same, else 95th percentile; of a time missing where it never comes"),
    Column("patients", "", "patients in whom it happens or occurs", ColumnKind.WHOLE),
    Column("of", "", "patients to whom it can come", ColumnKind.WHOLE),
)
_OF_MODELS = (
    Column("sets_low", "", "least value over plausible models, or 5th percentile over published parameter sets"),
    Column("sets_high", "", "greatest value over plausible models, or 95th percentile over published parameter sets"),
)


def sweep_table(swept: Sweep, inputs: Sequence[str]) -> DataTable:
    """Every endpoint at every point: a row for each."""
    models = _OF_MODELS if swept.plan.parameter_sets else ()
    axes = tuple(map(_axis_column, swept.axes))
    rows = list(_rows(swept))
    columns = (*axes, *_OF_ENDPOINTS, *models)
    portion = [[row[number] for row in rows] for number in range(len(columns))]
    return DataTable("sweep", columns, [portion], sweep_manifest(swept, inputs))


def _axis_column(axis: VariedAxis) -> Column:
    of_factors = axis.base is None and all(value.is_factor for value in axis.values)
    meaning = f"times what the regimen has: {axis.label}" if of_factors else axis.label
    return Column(axis.path, "" if of_factors else axis.unit, meaning)


def _rows(swept: Sweep) -> Iterator[tuple[Any, ...]]:
    asked, models = set(swept.names), bool(swept.plan.parameter_sets)
    for variant, cell in swept.rows:
        place = tuple(_number(axis, value) for axis, value in variant.point)
        for one in cell.endpoints:
            if one.name in asked:
                yield (*place, *_row(one), *(_models(one) if models else ()))


def _number(axis: VariedAxis, value: AxisValue) -> float:
    amount = axis.amount(value)
    assert amount is not None  # noqa: S101 - what is no number was refused
    return float(amount)


def _row(one: CellEndpoint) -> tuple[Any, ...]:
    return (
        one.name.key,
        f"{one.group}: {one.label}",
        one.unit,
        one.measure.value,
        one.name.by_day,
        *map(_or_none, (one.value, one.low, one.high)),
        one.patients,
        one.of,
    )


def _models(one: CellEndpoint) -> tuple[float | None, ...]:
    return (None, None) if one.models is None else tuple(map(_or_none, one.models))


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def sweep_json(swept: Sweep, inputs: Sequence[str], remarks: Sequence[str] = ()) -> dict[str, Any]:
    """Write the sweep as a document; null where there is no number."""
    asked = set(swept.names)
    return {
        **SWEEP.head(sweep_manifest(swept, inputs)),
        "intervals": {
            "level": 0.95,
            "cover": covers(of_table=swept.plan.cohort.table is not None),
            "shares": "Wilson",
            "numbers": "5th to 95th percentile of the patients",
            "half": HOW,
        },
        "stopped": swept.is_stopped,
        "axes": list(map(_axis_json, swept.axes)),
        "cells": [
            {
                "values": _values_json(variant.point),
                "endpoints": [_endpoint_json(one, swept.plan.sets) for one in cell.endpoints if one.name in asked],
            }
            for variant, cell in swept.rows
        ],
        "half": [_half_json(swept, half) for half in swept.halves],
        "remarks": [*remarks, *remark_lines(swept)],
        "article": [
            {
                "path": mark.axis.path,
                "whole_dose": mark.is_of_whole_dose,
                "claim": mark.said.claim,
                "says": "majority depleted above" if mark.said.is_threshold else "incompletely depleted at",
                "doses": [float(dose) for dose in mark.said.doses],
                "unit": mark.said.unit,
            }
            for mark in article_marks(swept)
        ],
    }


def _values_json(point: Point) -> list[dict[str, Any]]:
    return [{"path": path, "value": value} for path, value in values_at(point).items()]


def _axis_json(axis: VariedAxis) -> dict[str, Any]:
    return {
        "path": axis.path,
        "label": axis.label,
        "unit": axis.unit,
        "base": None if axis.base is None else float(axis.base),
        "values": [
            {"text": value.text, "value": _number(axis, value), "factor": value.is_factor} for value in axis.values
        ],
    }


_OVER = {"over_sets": SetsOf.PUBLISHED, "over_models": SetsOf.PLAUSIBLE}


def _endpoint_json(one: CellEndpoint, sets: SetsOf) -> dict[str, Any]:
    key, label, unit, measure, by_day, value, low, high, patients, of = _row(one)
    return {
        "key": key,
        "label": label,
        "unit": unit,
        "measure": measure,
        "by_day": by_day,
        "value": value,
        "low": low,
        "high": high,
        "patients": patients,
        "of": of,
        **{name: list(_models(one)) if one.models and of is sets else None for name, of in _OVER.items()},
    }


def _half_json(swept: Sweep, half: Half) -> dict[str, Any]:
    return {
        "key": half.name.key,
        "by_day": half.name.by_day,
        "others": _values_json(half.others),
        "unit": dose_unit(swept),
        "reached": _where(half.dose),
        "dose": _dose(half.dose.value),
        "low": _dose(half.dose.low),
        "high": _dose(half.dose.high),
    }


def _where(half: HalfDose) -> str:
    if half.value == 0:
        return "at the least dose already"
    return "not at the greatest dose" if math.isinf(half.value) else "between"


def _dose(value: float) -> float | None:
    return value if value and math.isfinite(value) else None


def values_at(point: Point) -> dict[str, float]:
    """The values of the axes at a point, by their paths."""
    return {axis.path: _number(axis, value) for axis, value in point}


def sweep_manifest(swept: Sweep, inputs: Sequence[str]) -> dict[str, Any]:
    """State what was swept, on whom and how, so that it can be again."""
    plan, people = swept.plan, swept.plan.cohort
    return manifest(
        regimen=plan.regimen.name,
        inputs=list(inputs),
        population=plan.preset,
        seed=people.seed,
        patients=people.size,
        **number_drawn(people),
        **given_by_table(people.table, people.given_parameters, plan.off_drug_count),
        **_settings(plan),
    )


def _settings(plan: SweepPlan) -> dict[str, Any]:
    """What is asked of whom, beside who they are."""
    return {
        "vary": [f"{axis.path}={','.join(value.text for value in axis.values)}" for axis in plan.axes],
        "first": plan.before + 1,
        "cycles": plan.cycles,
        "follow_up_days": plan.follow_up_days,
        "attenuation": plan.options.attenuation,
        "premedication": plan.options.premedication,
        "by_day": list(plan.asked.by_day),
        "endpoints": list(plan.asked.keys),
        "own_endpoints": [own.text for own in plan.asked.own],
        "parameter_sets": plan.parameter_sets,
        **({"sets_of": plan.sets.value} if plan.parameter_sets else {}),
    }


def sweep_inputs(plan: SweepPlan, text: str) -> dict[str, Any]:
    """All that the cells of a sweep follow from; ``text`` is the fingerprint of the regimen's file."""
    return {
        "blinplan": __version__,
        "model": model_hash(),
        "regimen": plan.regimen.name,
        "text of the regimen": text,
        "population": plan.preset,
        "seed": plan.seed,
        "patients": patients_named(plan.patients),
        **_settings(plan),
    }
