"""Limits from both sides: an example at a limit, judged as the limit is, and as it would be a step to each side.

`python -m tests.rules.boundaries` looks among all examples for one at each limit that has no probe, and writes
boundaries.json anew.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Set
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from blinplan.label.read import DEFAULT, label_named
from blinplan.limits import Limit
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.limits import shipped_limits
from tests.rules import families
from tests.rules.boundaries.limit_at import limit_at
from tests.rules.families.examples import Example

LIST = Path(__file__).with_name("boundaries.json")
_STEPS = {"days": Fraction(1, 1440), "hours": Fraction(1, 60)}


class Boundary(NamedTuple):
    """An example, and what is told of it with the limit a step lower, as it is, and a step higher."""

    example: str
    told: tuple[str, str, str]


def step(limit: Limit) -> Fraction:
    """A minute, or a millionth of the limit."""
    return _STEPS.get(limit.unit, limit.value / 10**6)


def examples() -> Iterator[Example]:
    """The examples of all families."""
    for module in pkgutil.iter_modules(families.__path__):
        if module.name.startswith("test_"):
            yield from importlib.import_module(f"{families.__name__}.{module.name}").EXAMPLES


def told_around(example: Example, name: str) -> tuple[str, str, str]:
    """What is told with the limit a step lower, as it is, and a step higher."""
    limit = shipped_limits()[name]
    return answers_around(name, step(limit), lambda: _told(example))


def answers_around(name: str, by: Fraction, ask: Callable[[], str]) -> tuple[str, str, str]:
    """What is answered with the limit a step lower, as it is, and a step higher."""
    value = shipped_limits()[name].value

    def answer(at: Fraction) -> str:
        with limit_at(name, at):
            return ask()

    return answer(value - by), answer(value), answer(value + by)


def _told(example: Example) -> str:
    verdict = example.verdict()
    if verdict.not_evaluated:
        return verdict.not_evaluated.kind
    return " ".join([verdict.ruling.value, *sorted(str(finding.severity) for finding in verdict.findings)])


def found(names: Set[str]) -> Mapping[str, Boundary]:
    """For each of some limits, the first example at it that is answered in two ways around it."""
    at: dict[str, Boundary] = {}
    for example in examples():
        for name in sorted(names & _limits_of(example) - at.keys()):
            if len(set(told := told_around(example, name))) > 1:
                at[name] = Boundary(str(example), told)
    return at


def _limits_of(example: Example) -> set[str]:
    """Those that its rule names; a rule about what happened asks the label for more."""
    asked = set(CATALOGUE[example.code].limits)
    return asked | set(label_named(DEFAULT).numbers.by_name) if example.code[0] == "I" else asked


def listed() -> Mapping[str, Boundary]:
    """Those that are listed."""
    entries = json.loads(LIST.read_text(encoding="utf-8"))
    return {name: Boundary(one["example"], tuple(one["told"])) for name, one in entries.items()}
