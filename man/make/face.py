"""The public names of the package and their signatures, as text: what is changed there is meant, and seen in review."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import blinplan

_PROPERTIES = {"property", "cached_property"}


def names_and_signatures() -> str:
    """Write every public name: functions with their signatures, classes with their fields and methods."""
    return "".join(f"{line}\n" for name in sorted(blinplan.__all__) if name[0] != "_" for line in _lines(name))


def _lines(name: str) -> Iterator[str]:
    public = getattr(blinplan, name)
    node = _definition(public)
    if isinstance(node, ast.FunctionDef):
        yield _signature(node)
    elif isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        yield f"class {name}({bases})" if bases else f"class {name}"
        yield from (f"    {line}" for line in _members(public))


def _definition(public: Any) -> ast.stmt:
    # From the source, because every Python writes an annotation that it has read in its own way.
    source = Path(str(import_module(public.__module__).__file__)).read_text(encoding="utf-8")
    return next(node for node in ast.parse(source).body if getattr(node, "name", None) == public.__name__)


def _members(public: type) -> Iterator[str]:
    """What a class has: its own, and what it inherits from a class of the package that is not public by itself."""
    seen = set[str]()
    for each in public.__mro__:
        hidden = each.__module__.startswith("blinplan.") and each.__name__ not in blinplan.__all__
        node = _definition(each) if each is public or hidden else None
        for member in node.body if isinstance(node, ast.ClassDef) else ():
            lines = [line for line in _member(member) if re.split(r"\W", line)[0] not in seen]
            seen.update(re.split(r"\W", line)[0] for line in lines)
            yield from lines


def _member(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.AnnAssign(target=ast.Name(name)) if name[0] != "_":
            default = "" if node.value is None else " = ..."
            yield f"{name}: {_annotation(node.annotation)}{default}"
        case ast.Assign(targets=[ast.Name(name)]) if name[0] != "_":
            yield f"{name} = {ast.unparse(node.value)}"
        case ast.FunctionDef(name=name) if name[0] != "_" or name == "_repr_html_":
            marks = {ast.unparse(mark) for mark in node.decorator_list}
            yield f"{name}: {_annotation(node.returns)}" if marks & _PROPERTIES else _signature(node)


def _signature(node: ast.FunctionDef) -> str:
    arguments = node.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.annotation is not None:
            argument.annotation = ast.Name(_annotation(argument.annotation))
    return f"{node.name}({ast.unparse(arguments)}) -> {_annotation(node.returns)}"


def _annotation(node: ast.expr | None) -> str:
    if node is None:
        return "None"
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
