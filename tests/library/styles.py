"""Eight ways in which people write one file, and where each value of it stands in the text."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Tree = dict[str, Any]
Path = tuple[str | int, ...]
KEY = "#key"
"""The last part of the path of a key itself, where a value's path ends in the key."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and from where to where each value and each key of it reaches."""

    text: str
    spans: dict[Path, tuple[int, int]]


def quoted(text: str) -> str:
    """Write a text in double quotes."""
    return f'"{text}"' if "\\" not in text and '"' not in text else f"'{text}'"


def literal(text: str) -> str:
    """Write a text in single quotes, where it has none."""
    return f"'{text}'" if "'" not in text else quoted(text)


def number(value: Any) -> str:
    """Write a number as it is."""
    return str(value)


def decimal(value: Any) -> str:
    """Write a number with a decimal point."""
    return f"{value}.0" if isinstance(value, int) else str(value)


class Writer:
    """Writes a tree as TOML; each value between marks, from which `written` learns where it stands."""

    text = staticmethod(quoted)
    number = staticmethod(number)
    real = frozenset({"min_weight_kg", "below_weight_kg", "min_age_years", "below_age_years", "weight_kg"})

    def key(self, name: str, path: Path) -> str:
        return _marked(name, (*path, name, KEY))

    def value(self, value: Any, path: Path) -> str:
        if isinstance(value, dict):
            shown = "{ " + ", ".join(self.pair(name, part, path) for name, part in value.items()) + " }"
        elif isinstance(value, list):
            shown = "[" + ", ".join(self.value(part, (*path, index)) for index, part in enumerate(value)) + "]"
        elif isinstance(value, bool):
            shown = str(value).lower()
        elif isinstance(value, int | Decimal):
            shown = self.number(value) if path[-1] in self.real else str(value)
        elif isinstance(value, str):
            shown = self.text(value)
        else:
            shown = str(value)
        return _marked(shown, path)

    def lines(self, tree: Tree) -> Iterator[str]:
        """The lines of the file: single values, then tables."""
        for name, value in tree.items():
            if not _is_table(value):
                yield self.pair(name, value, ())
        for name, value in tree.items():
            if isinstance(value, dict):
                yield from ("", f"[{self.key(name, ())}]", *self.body(value, (name,)))
            elif _is_table(value):
                for index, table in enumerate(value):
                    yield from ("", f"[[{_marked(name, (name, index, KEY))}]]", *self.body(table, (name, index)))

    def body(self, table: Tree, path: Path) -> Iterator[str]:
        """The lines of a table."""
        for name, value in table.items():
            yield self.pair(name, value, path)

    def pair(self, name: str, value: Any, path: Path) -> str:
        return f"{self.key(name, path)} = {self.value(value, (*path, name))}"

    def write(self, tree: Tree) -> str:
        return "\n".join(self.lines(tree)) + "\n"


class Plain(Writer):
    """As the shipped files are."""

    def pair(self, name: str, value: Any, path: Path) -> str:
        if name != "steps" or not isinstance(value, list) or len(value) < 2:
            return super().pair(name, value, path)
        steps = "".join(f"  {self.value(step, (*path, name, index))},\n" for index, step in enumerate(value))
        return f"{self.key(name, path)} = {_marked(f'[{chr(10)}{steps}]', (*path, name))}"


class Expanded(Writer):
    """Every step under a header of its own."""

    def body(self, table: Tree, path: Path) -> Iterator[str]:
        steps = table.get("steps")
        if not _is_table(steps):
            yield from super().body(table, path)
            return
        yield from super().body({name: value for name, value in table.items() if name != "steps"}, path)
        for index, step in enumerate(steps or []):
            here = (*path, "steps", index)
            yield f"  [[{path[0]}.{_marked('steps', (*path, 'steps') if index == 0 else (*here, KEY))}]]"
            for name, value in step.items():
                yield f"  {self.pair(name, value, here)}"


class Inline(Writer):
    """Every table in braces."""

    def lines(self, tree: Tree) -> Iterator[str]:
        for name, value in tree.items():
            yield self.pair(name, value, ())


class Dotted(Writer):
    """Tables as dotted keys, arrays of tables in brackets."""

    def lines(self, tree: Tree) -> Iterator[str]:
        for name, value in tree.items():
            if isinstance(value, dict):
                for inner, part in value.items():
                    yield f"{self.key(name, ())} . {self.pair(inner, part, (name,))}"
            else:
                yield self.pair(name, value, ())


class Commented(Plain):
    """Windows' line ends, tabs, and at the end of each line a comment that looks like a value."""

    def write(self, tree: Tree) -> str:
        lines = super().write(tree).split("\n")
        noted = [f'\t{line}  # was: dose = "9000 mcg/day", days = 1' if "=" in line else line for line in lines]
        return "\r\n".join(noted)


class Quoted(Writer):
    """Keys and texts in single quotes."""

    text = staticmethod(literal)

    def key(self, name: str, path: Path) -> str:
        return f"'{super().key(name, path)}'"


class Decimals(Plain):
    """Weights and ages with a decimal point."""

    number = staticmethod(decimal)


def as_it_is(tree: Tree) -> Tree:
    """The tree of the shipped file."""
    return deepcopy(tree)


def in_hours(tree: Tree) -> Tree:
    """Lengths of steps in hours."""
    changed = deepcopy(tree)
    for cycle in changed.get("cycle", ()):
        cycle["steps"] = [
            {("hours" if key == "days" else key): value * 24 if key == "days" else value for key, value in step.items()}
            for step in cycle["steps"]
        ]
    return changed


def written_out(tree: Tree) -> Tree:
    """Every cycle of its own."""
    changed = deepcopy(tree)
    if "cycle" not in changed:
        return changed
    changed["cycle"] = [
        {
            **deepcopy(cycle),
            "name": cycle["name"] + f" no. {n}" * (count > 1),
        }
        for cycle in changed["cycle"]
        for count in [cycle.pop("repeat", 1)]
        for n in range(1, count + 1)
    ]
    return changed


def backwards(tree: Tree) -> Tree:
    """Keys in the other order; what stands in lists stays in its own."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(part) for key, part in reversed(value.items())}
        return [turned(part) for part in value] if isinstance(value, list) else value

    return dict(turned(tree))


@dataclass(frozen=True, slots=True)
class Style:
    """What is written, and how."""

    of: Callable[[Tree], Tree]
    writer: Writer

    def written(self, tree: Tree) -> Written:
        return _without_marks(self.writer.write(tree))


STYLES = {
    "as shipped": Style(as_it_is, Plain()),
    "hours": Style(in_hours, Writer()),
    "every cycle and step of its own": Style(written_out, Expanded()),
    "inline": Style(as_it_is, Inline()),
    "dotted": Style(written_out, Dotted()),
    "windows, tabs and comments": Style(in_hours, Commented()),
    "backwards and quoted": Style(backwards, Quoted()),
    "decimals": Style(as_it_is, Decimals()),
}

_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARK = re.compile(f"{_OPEN}([^{_MIDDLE}]*){_MIDDLE}|{_CLOSE}")


def _marked(text: str, path: Path) -> str:
    return f"{_OPEN}{'/'.join(map(str, path))}{_MIDDLE}{text}{_CLOSE}"


def _path(text: str) -> Path:
    return tuple(int(part) if part.isdecimal() else part for part in text.split("/"))


def _without_marks(marked: str) -> Written:
    text, end, still_open = "", 0, list[tuple[Path, int]]()
    spans: dict[Path, tuple[int, int]] = {}
    for mark in _MARK.finditer(marked):
        text += marked[end : mark.start()]
        end = mark.end()
        if mark[1] is not None:
            still_open.append((_path(mark[1]), len(text)))
        else:
            path, start = still_open.pop()
            spans.setdefault(path, (start, len(text)))
    return Written(text + marked[end:], spans)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))
