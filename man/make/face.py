"""The public names of the package and their signatures, as text: what is changed there is meant, and review sees it."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from man.make.public import modules_of_names, public

_PROPERTIES = {"property", "cached_property"}
_LONGEST_CALL = 60


def names_and_signatures() -> str:
    """Write every public name: functions with their signatures, classes with their fields and methods."""
    return "".join(f"{line}\n" for name in sorted(modules_of_names()) for line in _lines(name))


def functions_table() -> str:
    """A table in Markdown of the functions: how each is called, what it returns, and the first sentence on it."""
    nodes = {name: _definition(public(name)) for name in modules_of_names()}
    rows = (
        f"| `{_call(name)}` | `{_result(node)}` | {_sentence(node)} |\n"
        for name, node in nodes.items()
        if isinstance(node, ast.FunctionDef)
    )
    return "".join(("| function | gives | what it does |\n|---|---|---|\n", *rows))


def _call(name: str) -> str:
    """The call with all arguments where that is short, else with those that it needs."""
    taken = list(inspect.signature(public(name)).parameters.values())
    needed = [one for one in taken if one.kind is one.VAR_POSITIONAL or one.default is one.empty]
    whole = f"{name}({', '.join(map(_argument, taken))})"
    return whole if len(whole) <= _LONGEST_CALL else f"{name}({', '.join((*map(_argument, needed), '...'))})"


def _argument(one: inspect.Parameter) -> str:
    by_name = one.kind is one.KEYWORD_ONLY or one.default is not one.empty
    return f"*{one.name}" if one.kind is one.VAR_POSITIONAL else f"{one.name}=" if by_name else one.name


def _result(node: ast.FunctionDef) -> str:
    said = _annotation(node.returns)
    entered = "contextmanager" in map(ast.unparse, node.decorator_list)
    return said.removeprefix("Iterator[").removesuffix("]") if entered else said


def _sentence(node: ast.FunctionDef) -> str:
    first = (ast.get_docstring(node) or "").partition("\n\n")[0]
    return " ".join(first.split()).replace("``", "`").replace("|", r"\|")


def _lines(name: str) -> Iterator[str]:
    named = public(name)
    node = _definition(named)
    if isinstance(node, ast.FunctionDef):
        yield _signature(node)
    elif isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        yield f"class {name}({bases})" if bases else f"class {name}"
        yield from (f"    {line}" for line in _members(named))


def _definition(named: Any) -> ast.stmt:
    # From the source, because every Python writes an annotation that it has read in its own way.
    source = Path(str(import_module(named.__module__).__file__)).read_text(encoding="utf-8")
    return next(node for node in ast.parse(source).body if getattr(node, "name", None) == named.__name__)


def _members(named: type) -> Iterator[str]:
    """What a class has: its own, and what it inherits from a class of the package that is not public by itself."""
    seen = set[str]()
    for each in named.__mro__:
        hidden = each.__module__.startswith("blinplan.") and each.__name__ not in modules_of_names()
        node = _definition(each) if each is named or hidden else None
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
