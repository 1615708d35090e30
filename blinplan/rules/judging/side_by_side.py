"""Judge many files without simulation, in several processes where that saves time."""

import pickle
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, NamedTuple

from blinplan.executor import call_in_shares
from blinplan.regimen.reading import RegimenFile
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.judging.cases import with_label
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Rule
from blinplan.rules.task import JudgementOrFault, Task
from blinplan.rules.verdict import Verdict

_WORTH_A_PROCESS = 150
"""Files from which one more process saves more time than copying this one takes."""


class _Found(NamedTuple):
    """What a copy of this process hands over of a judgement: what this one does not have."""

    verdicts: tuple[Verdict, ...]
    label: str | None


def judge_side_by_side(tasks: Sequence[Task]) -> tuple[JudgementOrFault, ...]:
    """Judge files, none of which is simulated; the judgements come in the order of the tasks."""
    return tuple(
        call_in_shares(tasks, _WORTH_A_PROCESS, lambda task: task.judge_or_fail(None), _handed_over, _with_readings)
    )


def _handed_over(tasks: Sequence[Task]) -> bytes:
    file = BytesIO()
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump([_found_of(task) for task in tasks])
    return file.getvalue()


def _found_of(task: Task) -> _Found | None:
    """What is found of a regimen; None of another file and of a fault, which are looked at where they are told."""
    if not isinstance(task.reading, RegimenFile):
        return None
    answer = task.judge_or_fail(None)
    return _Found(answer.verdicts, answer.label) if isinstance(answer, Judgement) else None


def _with_readings(tasks: Sequence[Task], handed_over: bytes | None) -> list[JudgementOrFault]:
    """The judgements of a share; what did not come is judged here."""
    none: list[_Found | None] = [None] * len(tasks)
    found = none if handed_over is None else pickle.loads(handed_over)  # noqa: S301 - of this program, by itself
    return [_with_reading(task, one) for task, one in zip(tasks, found, strict=True)]


def _with_reading(task: Task, found: _Found | None) -> JudgementOrFault:
    if found is None or not isinstance(task.reading, RegimenFile):
        return task.judge_or_fail(None)
    limits = task.settings.limits_for(with_label(task.reading.regimen, task.settings))
    return Judgement(task.reading, found.verdicts, None, limits, found.label)


class _Pickler(pickle.Pickler):
    """Writes rules by their codes, since both processes have them."""

    def reducer_override(self, value: object) -> tuple[Callable[[str], Rule], tuple[str]] | Any:
        return (_rule_of, (value.code,)) if isinstance(value, Rule) else NotImplemented


def _rule_of(code: str) -> Rule:
    return CATALOGUE[code]
