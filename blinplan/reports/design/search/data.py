"""What a search found as a document and as a table of data: a row a schedule."""

import math
from collections.abc import Iterator
from typing import Any

from blinplan.data_table import Column, ColumnKind, DataTable, table_of_rows
from blinplan.design.comparison.intervals import MEANS, SHARES
from blinplan.design.search.candidate import Start
from blinplan.design.search.confirm import ShownEndpoint, ShownSchedule
from blinplan.design.search.patients import SearchSetting
from blinplan.design.search.search import Searched
from blinplan.design.search.space import PossibleDose, Space
from blinplan.design.search.standing import NUMBERS
from blinplan.fingerprint import model_hash
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Cycle
from blinplan.reports.design.patients import patients_named
from blinplan.reports.design.search.table import measure_words
from blinplan.reports.design.search.words import WILSON, closing_lines, end_text, head_text, schedule_text
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.words import covers, given_by_table
from blinplan.version import __version__

SEARCH = DocumentKind("search")


def search_manifest(found: Searched, inputs: list[str]) -> dict[str, Any]:
    """State what was searched, on whom and how, so that it can be again."""
    who = found.setting.who
    return manifest(
        regimen=found.start.base.name,
        inputs=inputs,
        command=found.start.citation,
        population=who.preset,
        seed=who.seed,
        first=who.before + 1,
        **_people(found),
        search_patients=found.search_patients,
        patients=found.patients,
        parameter_sets=found.models,
        patients_of_a_set=found.model_patients,
        **_settings(found.setting),
    )


def _people(found: Searched) -> dict[str, Any]:
    """Which table of patients there was, where there was one."""
    people = found.setting.who.table
    if people is None:
        return {}
    off_drug = found.setting.off_drug_count(found.start.base)
    return {"people": people.size, **given_by_table(people.table, tuple(people.baselines), off_drug)}


def _settings(setting: SearchSetting) -> dict[str, Any]:
    """What is asked of whom, beside who they are."""
    return {
        "follow_up_days": setting.follow_up_days,
        "attenuation": setting.options.attenuation,
        "premedication": setting.options.premedication,
        "own_endpoints": [own.text for own in setting.wish.own],
    }


def search_inputs(start: Start, setting: SearchSetting, text: str) -> dict[str, Any]:
    """All that a search follows from; ``text`` is the fingerprint of the regimen's file."""
    return {
        "blinplan": __version__,
        "model": model_hash(),
        "text of the regimen": text,
        "people": None if setting.who.table is None else patients_named(setting.who.table),
        "command": start.citation,
        **_settings(setting),
    }


def search_json(found: Searched, inputs: list[str]) -> dict[str, Any]:
    """Write what was found as a document; null where there is no number."""
    wish = found.setting.wish
    return {
        **SEARCH.head(search_manifest(found, inputs)),
        "investigational": True,
        "unverified": True,
        "space": _space_json(found.space),
        "method": found.method.value,
        "tried": found.tried,
        "refused": found.refused,
        "stopped": found.is_stopped,
        "minimise": [wish.endpoints[objective.endpoint].name for objective in wish.objectives],
        "require": [requirement.text for requirement in wish.requirements],
        "shown": [wish.endpoints[place].name for place in wish.shown],
        "intervals": {
            "level": 0.95,
            "cover": covers(of_table=found.setting.who.table is not None),
            "shares": WILSON,
            "numbers": NUMBERS,
            "paired_shares": SHARES,
            "paired_numbers": MEANS,
        },
        "schedules": [_row_json(found, row) for row in found.rows],
        "refuted": [_row_json(found, row) for row in found.refuted],
        "passed_over": [
            {
                "schedule": schedule.text(found.space.infusion),
                "findings": [{"code": one.code, "severity": one.severity.value} for one in findings],
            }
            for schedule, findings in found.passed_over
        ],
        "remarks": list(closing_lines(found)),
    }


def _space_json(space: Space) -> dict[str, Any]:
    return {
        "size": space.size,
        "cycles": list(space.cycles),
        "steps": list(space.steps),
        "doses": [dose_text(dose) for dose in space.doses],
        "lengths": list(space.lengths),
        "free_days": list(space.free_days),
        "descending": space.descending,
    }


def dose_text(dose: PossibleDose) -> str:
    """A dose with its unit and its cap."""
    return f"{dose.number} {dose.rate.unit}" + (f" max {dose.cap.amount} mcg/day" if dose.cap else "")


def _row_json(found: Searched, row: ShownSchedule) -> dict[str, Any]:
    cycle = row.regimen.one_by_one[found.space.cycles[0] - 1]
    return {
        "name": row.regimen.name,
        "schedule": schedule_text(row, found.space),
        "searched_from": row.schedule is None,
        "steps": _steps_json(cycle),
        "treatment_free_days": cycle.treatment_free // MINUTES_PER_DAY,
        "front": row in found.front,
        "verdict": row.verdict.value,
        "endpoints": [_endpoint_json(found, place, endpoint) for place, endpoint in enumerate(row.endpoints)],
        "requirements": [
            {"text": requirement.text, "verdict": shown.verdict.value, "in_models": shown.in_models}
            for requirement, shown in zip(found.setting.wish.requirements, row.requirements, strict=True)
        ],
        "findings": [
            {"code": one.code, "severity": one.severity.value, "message": one.message} for one in row.findings
        ],
        "below": end_text(row, found.space, found.start.base) or None,
    }


def _steps_json(cycle: Cycle) -> list[dict[str, Any]]:
    return [
        {"dose": f"{step.dose}".replace("²", "2"), "minutes": step.minutes, "exact": str(step.dose.amount)}
        for step in cycle.steps
    ]


def _endpoint_json(found: Searched, place: int, endpoint: ShownEndpoint) -> dict[str, Any]:
    contrast = endpoint.contrast
    over = endpoint.over_models
    return {
        "key": found.setting.wish.endpoints[place].name,
        "label": head_text(found.heads[place], found.setting.wish.endpoints[place].name),
        "value": _or_null(endpoint.estimate.value),
        "low": _or_null(endpoint.estimate.low),
        "high": _or_null(endpoint.estimate.high),
        "paired": None
        if contrast is None
        else {
            "measure": measure_words(endpoint.measure),
            "estimate": _or_null(contrast.estimate.value),
            "low": _or_null(contrast.estimate.low),
            "high": _or_null(contrast.estimate.high),
            "agreement": contrast.agreement.value,
            "count": contrast.count,
        },
        "over_models": None if over is None else list(map(_or_null, over)),
        "of": endpoint.of,
    }


def _or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None


def search_data(found: Searched, inputs: list[str]) -> DataTable:
    """What was found as a table: a row a schedule, the regimen that was searched from among them."""
    rows = [dict(_row(found, row)) for row in found.rows]
    return table_of_rows("search", list(_columns(found)), rows, search_manifest(found, inputs))


def _columns(found: Searched) -> Iterator[Column]:
    yield Column("name", "", "what the regimen is called", ColumnKind.TEXT)
    yield Column("schedule", "", "doses and days of the steps", ColumnKind.TEXT)
    yield Column("searched_from", "", "whether it is the regimen that was searched from", ColumnKind.TRUTH)
    yield Column("front", "", "whether no other one is lower in all that is to be low", ColumnKind.TRUTH)
    yield Column("verdict", "", "the worst of its requirements: met, at limit, not met", ColumnKind.TEXT)
    for place, endpoint in enumerate(found.setting.wish.endpoints):
        unit = getattr(found.heads[place], "unit", "")
        label = head_text(found.heads[place], endpoint.name)
        for column, meaning in (("", ""), ("_low", ", low end of 95 %"), ("_high", ", high end of 95 %")):
            yield Column(f"{endpoint.name}{column}", unit, f"{label}{meaning}")
        for column, meaning in (("", ""), ("_low", ", low end of 95 %"), ("_high", ", high end of 95 %")):
            yield Column(f"{endpoint.name}_paired{column}", "", f"{label}, against what was searched from{meaning}")
    for number, requirement in enumerate(found.setting.wish.requirements, start=1):
        yield Column(f"requirement_{number}", "", f"whether {requirement.text}", ColumnKind.TEXT)
        yield Column(f"requirement_{number}_models", "", f"models in which {requirement.text}", ColumnKind.WHOLE)
    yield Column("check", "", "codes of what `blinplan check` finds", ColumnKind.TEXT)
    yield Column("below", "", "that it ends at less than what was searched from", ColumnKind.TEXT)


def _row(found: Searched, row: ShownSchedule) -> Iterator[tuple[str, Any]]:
    yield "name", row.regimen.name
    yield "schedule", schedule_text(row, found.space)
    yield "searched_from", row.schedule is None
    yield "front", row in found.front
    yield "verdict", row.verdict.value
    for endpoint, shown in zip(found.setting.wish.endpoints, row.endpoints, strict=True):
        paired = None if shown.contrast is None else shown.contrast.estimate
        for name, estimate in (("", shown.estimate), ("_paired", paired)):
            if estimate is not None:
                yield f"{endpoint.name}{name}", _or_null(estimate.value)
                yield f"{endpoint.name}{name}_low", _or_null(estimate.low)
                yield f"{endpoint.name}{name}_high", _or_null(estimate.high)
    for number, requirement in enumerate(row.requirements, start=1):
        yield f"requirement_{number}", requirement.verdict.value
        yield f"requirement_{number}_models", requirement.in_models
    yield "check", " ".join(one.code for one in row.findings)
    yield "below", end_text(row, found.space, found.start.base) or None
