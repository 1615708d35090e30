"""All families of rules, and all rules, by code."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from blinplan.frozen import FrozenMapping
from blinplan.rules.rule import Rule


def _families() -> list[ModuleType]:
    """The rules of each folder in that of families, none left out, in the order of first digits."""
    files = Path(__file__).with_name("families").glob("*/rules.py")
    modules = (import_module(f"blinplan.rules.families.{file.parent.name}.rules") for file in files)
    return sorted(modules, key=lambda family: (family.RULES[0].code[1], family.RULES[0].code[0]))


_FAMILIES = _families()

FAMILIES: FrozenMapping[str, str] = FrozenMapping({family.RULES[0].code[0]: family.TITLE for family in _FAMILIES})
"""The titles of the families, by the letter that the codes of their rules begin with."""

CATALOGUE: FrozenMapping[str, Rule] = FrozenMapping({rule.code: rule for family in _FAMILIES for rule in family.RULES})
"""In the order of families: of the first digit of their numbers, and of their letters where they share one."""
