"""Small faults for a file of the package, each one change of its text: a mutant.

What is changed is what decides: comparisons, truths, arithmetic, numbers, words without a space, conditions, and what
is left out. Sentences, annotations, defaults of arguments and what stands in the body of a class stay.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.program import ROOT

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
LEFT_ALONE = {"annotation", "returns", "decorator_list", "format_spec", "args", "bases", "keywords", "type_params"}
"""Fields of a function or a class, of an annotated name and of a text in which nothing is decided."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file with one change, named by what is changed, so that the name outlives other changes of the file."""

    file: str
    function: str
    change: str
    line: int
    place: int
    """Which of all the changes of its file it is."""

    @property
    def is_value(self) -> bool:
        """Whether it is of a value that the module makes when it is imported."""
        return self.function.endswith(" =")

    @property
    def name(self) -> str:
        """What it is called in the results."""
        return f"{self.function}: {self.change}"


@dataclass(frozen=True, slots=True)
class Change:
    """Another node in the place of one."""

    holder: Any
    field: str
    index: int | None
    new: Any
    function: str
    line: int
    text: str

    def made(self) -> "Change":
        """Make the change; returned is the one that takes it back."""
        held = getattr(self.holder, self.field)
        old = held if self.index is None else held[self.index]
        if self.index is None:
            setattr(self.holder, self.field, self.new)
        else:
            held[self.index] = self.new
        return Change(self.holder, self.field, self.index, old, self.function, self.line, self.text)


@cache
def tree_of(file: str) -> ast.Module:
    """The tree of a file of the package."""
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


@cache
def changes_of(file: str) -> tuple[Change, ...]:
    """All changes of a file, those without another text left out."""
    return tuple(change for change in _in_block(tree_of(file), "") if not change.text.startswith("same"))


def mutants_of(file: str) -> Iterator[Mutant]:
    """All mutants of a file; the second of a name has a number."""
    seen = Counter[str]()
    for place, change in enumerate(changes_of(file)):
        name = f"{change.function}: {change.text}"
        seen[name] += 1
        text = change.text if seen[name] == 1 else f"{change.text} (number {seen[name]})"
        yield Mutant(file, change.function, text, change.line, place)


def mutated_tree(mutant: Mutant) -> Callable[[], Any]:
    """Change the tree of a mutant's file; returned is what takes the change back."""
    return changes_of(mutant.file)[mutant.place].made().made


def files_below(path: Path) -> list[str]:
    """The files of code at a path, as they are named in results."""
    paths = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [found.relative_to(ROOT).as_posix() for found in paths]


def drawn(mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """So many of some mutants, by chance and always the same: other code that comes or goes draws no others."""
    return sorted(mutants, key=lambda one: sha256(f"{seed} {one.file}: {one.name}".encode()).digest())[:count]


def _in_block(node: ast.AST, function: str) -> Iterator[Change]:
    """The changes below a module, a class or a function."""
    for field, value in ast.iter_fields(node):
        if field in LEFT_ALONE:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield from _at(node, field, index, child, function)


def _at(holder: ast.AST, field: str, index: int | None, node: ast.AST, function: str) -> Iterator[Change]:
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        inner = f"{function}.{node.name}" if function else node.name
        yield from _in_block(node, inner)
        return
    if _is_left_alone(holder, node, function):
        return
    if not function and isinstance(node, ast.Assign | ast.AnnAssign):
        function = f"{ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)} ="
    for new in _others(node):
        text = _text(node, new)
        yield Change(holder, field, index, ast.copy_location(new, node), function, _line(node), text)
    if isinstance(node, ast.Call):  # whose arguments are fields that a function keeps for its annotations
        for name in () if _only_strips(node) else ("args", "keywords"):
            for place, child in enumerate(getattr(node, name)):
                if not _only_asserts(node, child):
                    yield from _at(node, name, place, child, function)
    yield from _in_block(node, function)


def _is_left_alone(holder: ast.AST, node: ast.AST, function: str) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Raise | ast.Assert | ast.expr_context):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # what a thing is for
    if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
        return True  # what checkers of types let others import
    if isinstance(holder, ast.JoinedStr) and isinstance(node, ast.Constant):
        return True
    if isinstance(holder, ast.ClassDef):
        return True
    # What a module makes when it is imported is handed on, and cannot be changed afterwards, but for plain values.
    return not function and isinstance(node, ast.stmt) and not _is_plain(node)


def _is_plain(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return value is not None and not any(
        isinstance(found, ast.Call | ast.Lambda) or _is_of_types(found) for found in ast.walk(value)
    )


def _is_of_types(node: ast.AST) -> bool:
    """Whether it says that something is of one type or another, which is an annotation with a name."""
    match node:
        case ast.BinOp(op=ast.BitOr(), right=ast.Constant(value=None) | ast.Subscript()):
            return True
        case ast.BinOp(op=ast.BitOr(), right=ast.Name(id=name)):
            return not name.isupper()
        case ast.Subscript(value=ast.Name(id="Literal")):
            return True
    return False


def _line(node: ast.AST) -> int:
    """Where a node is reached: a condition in brackets has no line of its own, and a choice begins with one answer."""
    match node:
        case ast.comprehension():
            return _line(node.target)
        case ast.IfExp():
            return _line(node.test)
    return getattr(node, "lineno", 0)


def _only_strips(node: ast.Call) -> bool:
    """Whether its argument is a set of characters, in which another one changes nothing."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in {"strip", "rstrip", "lstrip"}


def _only_asserts(call: ast.Call, argument: ast.AST) -> bool:
    """Whether it says that a `zip` stops where lengths differ, which like an assertion decides nothing."""
    is_zip = isinstance(call.func, ast.Name) and call.func.id == "zip"
    return is_zip and isinstance(argument, ast.keyword) and argument.arg == "strict"


def _text(old: ast.AST, new: ast.AST) -> str:
    before, after = (" ".join(ast.unparse(node).split())[:160] for node in (old, new))
    return f"{before} -> {after}" if before != after else "same"


def _others(node: ast.AST) -> Iterator[ast.AST]:
    """What could stand in the place of a node, and would be wrong."""
    match node:
        case ast.Compare():
            yield from _comparisons(node)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            for place in range(len(node.values)):
                yield _without(node, place)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp() if type(node.op) in OPERATORS and not _is_text(node):
            yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
        case ast.Constant():
            yield from _constants(node)
        case ast.stmt():
            yield from _statements(node)
        case _:
            yield from _choices(node)


def _choices(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.IfExp():
            yield node.body
            yield node.orelse
            yield from _negations(node)
        case ast.comprehension():
            for place in range(len(node.ifs)):
                ifs = [*node.ifs[:place], *node.ifs[place + 1 :]]
                yield ast.comprehension(node.target, node.iter, ifs, node.is_async)
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            kept = [] if name == "sorted" else node.keywords
            yield ast.Call(ast.copy_location(ast.Name(NAMES[name], ast.Load()), node), node.args, kept)


def _comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    for place, operator in enumerate(node.ops):
        operators = [*node.ops[:place], COMPARISONS[type(operator)](), *node.ops[place + 1 :]]
        yield ast.Compare(node.left, operators, node.comparators)


def _without(node: ast.BoolOp, place: int) -> ast.expr:
    values = [*node.values[:place], *node.values[place + 1 :]]
    return values[0] if len(values) == 1 else ast.BoolOp(node.op, values)


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    match node.value:
        case bool():
            yield ast.Constant(not node.value)
        case int() | float():
            yield ast.Constant(node.value + 1)
        case str() if node.value and " " not in node.value:
            yield ast.Constant(f"XX{node.value}")


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.If() | ast.While():
            yield from _negations(node)
        case ast.AugAssign() if type(node.op) in OPERATORS:
            yield ast.AugAssign(node.target, OPERATORS[type(node.op)](), node.value)
        case ast.Expr(value=ast.Call()) if not _is_of_the_class_above(node.value):
            yield ast.Pass()
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()


def _is_of_the_class_above(node: ast.expr) -> bool:
    """Whether it calls a method of the class above: a function without that call cannot take the place of its own."""
    return any(isinstance(found, ast.Name) and found.id == "super" for found in ast.walk(node))


def _negations(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    """The other way, where no comparison says which way it goes."""
    if isinstance(node.test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
        new = ast.UnaryOp(ast.Not(), node.test)
        match node:
            case ast.IfExp():
                yield ast.IfExp(new, node.body, node.orelse)
            case ast.If():
                yield ast.If(new, node.body, node.orelse)
            case ast.While():
                yield ast.While(new, node.body, node.orelse)


def _is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )
