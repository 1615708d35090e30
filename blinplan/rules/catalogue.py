"""All rules, by code."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from blinplan.frozen import FrozenMapping
from blinplan.rules import families
from blinplan.rules.rule import Rule


def _rules() -> Iterator[Rule]:
    """The rules of every family: of each folder in that of families, so that a new one is never left out."""
    for family in iter_modules(families.__path__, f"{families.__name__}."):
        yield from import_module(f"{family.name}.rules").RULES


CATALOGUE = FrozenMapping({rule.code: rule for rule in sorted(_rules(), key=lambda rule: rule.code[1:])})
"""In the order of their numbers, whose first digit is the family's."""
