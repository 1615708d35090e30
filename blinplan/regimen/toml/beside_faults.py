"""What contradicts itself in a file that has other faults too: all of it is told at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic_core import ValidationError

from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.problems import Problem
from blinplan.regimen.toml.table import Table

Values = TypeVar("Values")


class Parts(NamedTuple):
    """What of a file hangs together, and what may stand for it where it is faulty.

    Arrays of tables whose entries speak of each other are set aside together, and nothing is said of them; ``instead``
    has what a file needs to be read at all. Without a key that ``decides``, nothing is said where a key that nobody
    knows may have been meant for it.
    """

    arrays: frozenset[str]
    instead: Mapping[str, Any]
    decides: str | None = None


def contradictions_beside(
    document: Document,
    problems: Sequence[Problem],
    table: Table[Values],
    parts: Parts,
    find: Callable[[Document, Values], Iterable[Problem]],
) -> Iterator[Problem]:
    """Contradictions between what could be read; none that a fault could be the reason of."""
    at_top = {problem.path[0] for problem in problems if len(problem.path) == 1}
    if parts.decides is not None and at_top and parts.decides not in document.values.keys() - at_top:
        return
    inside = any(len(problem.path) > 1 or _holds_more(document, problem) for problem in problems)
    left_out = at_top | (parts.arrays if inside else frozenset())
    values = {key: value for key, value in document.values.items() if key not in left_out}
    try:
        file = table.read({**parts.instead, **values})
    except ValidationError:
        return
    yield from (problem for problem in find(document, file) if problem.path[0] not in left_out)


def _holds_more(document: Document, problem: Problem) -> bool:
    """Whether a key at the top that is faulty holds tables, which may have been meant for others."""
    return bool(problem.path) and isinstance(document.values.get(str(problem.path[0])), Mapping | list)
