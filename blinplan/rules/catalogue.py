"""All rules, by code."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from blinplan.frozen import FrozenMapping
from blinplan.rules.rule import Rule


def _rules() -> Iterator[Rule]:
    """The rules of every family: of each folder in that of families, so that a new one is never left out."""
    for file in Path(__file__).with_name("families").glob("*/rules.py"):
        yield from import_module(f"blinplan.rules.families.{file.parent.name}.rules").RULES


CATALOGUE = FrozenMapping({rule.code: rule for rule in sorted(_rules(), key=lambda rule: rule.code[1:])})
"""In the order of their numbers, whose first digit is the family's."""
