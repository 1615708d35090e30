"""A file with its misspelt words put right, where there is no doubt which was meant: those that `--fix` puts right."""

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from blinplan.regimen.reading import FaultyFile
from blinplan.regimen.toml.problems import Problem


def corrected_slips(reading: FaultyFile) -> FaultyFile | None:
    """What a file says but for its plain slips, with the problems that are left; None where it has none."""
    slips = [] if reading.lost else [problem for problem in reading.problems if _is_plain_slip(problem)]
    if not slips:
        return None
    values = deepcopy(reading.document.values)
    for slip in sorted(slips, key=lambda problem: len(problem.path), reverse=True):  # what is inside comes first
        _correct(values, slip)
    left = tuple(problem for problem in reading.problems if problem not in slips)
    return reading._replace(document=replace(reading.document, values=values), problems=left)


def _is_plain_slip(problem: Problem) -> bool:
    return problem.fix is not None and problem.code in {"F002", "F004"}


def _correct(values: Mapping[str, Any], slip: Problem) -> None:
    assert slip.fix is not None  # noqa: S101 - it is a plain slip
    table: Any = values
    for part in slip.path[:-1]:
        table = table[part]
    if slip.code == "F004":
        table[slip.path[-1]] = tomllib.loads(f"value = {slip.fix.text}")["value"]
        return
    pairs = [(slip.fix.text if key == slip.path[-1] else key, value) for key, value in table.items()]
    table.clear()
    table.update(pairs)
