"""The public names of the package, as each module says them in its ``PUBLIC``, and the lists of them in the package."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "blinplan/__init__.py"
_FIRST, _LAST = "# python -m man.make writes the following from the PUBLIC of each module.\n", "# Written until here.\n"
_LONGEST = 120


@cache
def modules_of_names() -> Mapping[str, str]:
    """Return each public name with its module, which is read and not imported, sorted by modules."""
    return {
        name: ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted(PACKAGE.parent.rglob("*.py"), key=lambda path: path.with_suffix("").parts)
        for name in names_in(path.read_text(encoding="utf-8"))
    }


def names_in(text: str) -> tuple[str, ...]:
    """The names that the text of a module says are public."""
    for node in ast.parse(text).body if "\nPUBLIC = " in text else ():
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PUBLIC":
            return tuple(ast.literal_eval(node.value))
    return ()


def public(name: str) -> Any:
    """What a public name stands for, though the package may not know the name yet."""
    return getattr(import_module(modules_of_names()[name]), name)


def package_text() -> str:
    """Write the package's file anew: what type checkers see, what ``*`` brings, and where each name is."""
    before, _, rest = PACKAGE.read_text(encoding="utf-8").partition(_FIRST)
    return "".join((before, _FIRST, *_lists(), _LAST, rest.partition(_LAST)[2]))


def _lists() -> Iterator[str]:
    modules = modules_of_names()
    yield "if TYPE_CHECKING:\n"
    for module, names in groupby(modules, modules.__getitem__):
        yield _import(module, sorted(names))
    yield "\n__all__ = [\n"
    yield from (f'    "{name}",\n' for name in sorted(("__version__", *modules)))
    yield "]\n\n_MODULES = {\n"
    yield from (f'    "{name}": "{modules[name].removeprefix("blinplan.")}",\n' for name in sorted(modules))
    yield '}\n"""In which module each name is."""\n'


def _import(module: str, names: list[str]) -> str:
    line = f"    from {module} import {', '.join(names)}\n"
    if len(line) <= _LONGEST:
        return line
    each = "".join(f"        {name},\n" for name in names)
    return f"    from {module} import (\n{each}    )\n"
