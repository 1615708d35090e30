"""Patterns of paths as git reads them in a .gitignore: what one means, exactly and not what lies below that.

Libraries that read them say which files of a list are ignored, which is another question where patterns of several
files speak of one folder: tests lay this beside git itself.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple


class PathPattern(NamedTuple):
    """One pattern, and where it is written.

    One that is ``negated`` takes a path in again; ``folders`` are all that it means where it ends with a slash, and it
    is laid beside the last name of a path (``by_name``) where it has no other slash.
    """

    expression: re.Pattern[str]
    negated: bool
    folders: bool
    by_name: bool
    origin: str

    def means(self, path: str, *, is_folder: bool) -> bool:
        """Whether it means a path, written from the folder of the pattern."""
        if self.folders and not is_folder:
            return False
        return self.expression.fullmatch(path.rpartition("/")[2] if self.by_name else path) is not None


def path_pattern(line: str, origin: str = "") -> PathPattern | None:
    """Read one line; None for a comment, and for what can mean no path."""
    text = "" if line.startswith("#") else _without_spaces(line)
    negated = text.startswith("!")
    text = text[1:] if negated else text
    folders = text.endswith("/")
    text = text[:-1] if folders else text
    by_name = "/" not in text
    expression = _expression(text.removeprefix("/")) if text else None
    return None if expression is None else PathPattern(expression, negated, folders, by_name, origin)


def leads_nowhere(text: str) -> bool:
    """Whether a pattern of a configuration can mean no path: it is empty, or leads out of the folder it counts from."""
    parts = text.strip().removeprefix("!").split("/")
    return not any(parts) or ".." in parts


def _without_spaces(line: str) -> str:
    """The line without the spaces at its end that no backslash keeps."""
    bare = line.rstrip(" ")
    slashes = len(bare) - len(bare.rstrip("\\"))
    return f"{bare} " if slashes % 2 and bare != line else bare


@cache
def _expression(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(_of_folders(list(_parts(text))), re.DOTALL)
    except ValueError:  # a bracket or a backslash that nothing follows
        return None


_ANY_NAME, _ANY_FOLDERS = "[^/]*", "(?:[^/]*/)*"


def _of_folders(parts: list[str]) -> str:
    """The expression of a whole pattern.

    What stands between two stars is taken where it comes first, and nowhere else is looked for it: where the rest does
    not follow there, it follows nowhere. So no pattern takes longer than its length times that of a path.
    """
    first, *rest = _split(parts, _ANY_FOLDERS)
    texts = ["/".join(map(_of_names, _split(stretch, "/"))) for stretch in rest]
    between = (f"(?>{_ANY_FOLDERS}?{text})" for text in texts[:-1])
    last = (f"{_ANY_FOLDERS}{text}" for text in texts[-1:])
    return "".join(("/".join(map(_of_names, _split(first, "/"))), *between, *last))


def _of_names(parts: list[str]) -> str:
    """The expression of one name of a path."""
    first, *rest = ("".join(stretch) for stretch in _split(parts, _ANY_NAME))
    return "".join(
        (first, *(f"(?>{_ANY_NAME}?{text})" for text in rest[:-1]), *(_ANY_NAME + text for text in rest[-1:]))
    )


def _split(parts: list[str], at: str) -> list[list[str]]:
    stretches: list[list[str]] = [[]]
    for part in parts:
        if part == at:
            stretches.append([])
        else:
            stretches[-1].append(part)
    return stretches


_STARS = re.compile(r"\*+")


def _parts(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        if found := _STARS.match(text, at):
            part, at = _stars(text, found)
        elif text[at] == "?":
            part, at = "[^/]", at + 1
        elif text[at] == "[":
            part, at = _class(text, at + 1)
        else:
            at += text[at] == "\\"
            part, at = re.escape(_character(text, at)), at + 1
        yield part


def _stars(text: str, found: re.Match[str]) -> tuple[str, int]:
    """What stars mean: any characters of a name, or any folders where two stand alone between slashes."""
    start, end = found.span()
    alone = end - start > 1 and text[start - 1 : start] in {"", "/"} and text[end : end + 1] in {"", "/"}
    if not alone:
        return _ANY_NAME, end
    return (_ANY_FOLDERS, end + 1) if end < len(text) else (".*", end)


def _class(text: str, at: int) -> tuple[str, int]:
    """A set of characters in brackets, from behind the first of them."""
    negated = _character(text, at) in "!^"
    at += negated
    kinds, first = [], at
    while (character := _character(text, at)) != "]" or at == first:
        if character == "[" and text[at + 1 : at + 2] == ":":
            end = text.index(":]", at + 2)
            kinds.append(_KINDS.get(text[at + 2 : end], _NEVER))
            at = end + 2
            continue
        lowest, at = _literal(text, at)
        highest = lowest
        if _character(text, at) == "-" and _character(text, at + 1) != "]":
            highest, at = _literal(text, at + 1)
        kinds.append(f"[{re.escape(lowest)}-{re.escape(max(lowest, highest))}]")  # backwards, the first one is meant
    union = "|".join(kinds)
    return (f"(?!{union}|/)." if negated else f"(?!/)(?:{union})"), at + 1


def _literal(text: str, at: int) -> tuple[str, int]:
    at += text[at] == "\\"
    return _character(text, at), at + 1


def _character(text: str, at: int) -> str:
    if at >= len(text):
        raise ValueError(text)
    return text[at]


_NEVER = "(?!)"
_KINDS = {
    "alnum": "[0-9A-Za-z]",
    "alpha": "[A-Za-z]",
    "blank": "[ \t]",
    "cntrl": "[\x00-\x1f\x7f]",
    "digit": "[0-9]",
    "graph": "[!-~]",
    "lower": "[a-z]",
    "print": "[ -~]",
    "punct": r"[!-/:-@\[-`{-~]",
    "space": r"[\t-\r ]",
    "upper": "[A-Z]",
    "xdigit": "[0-9A-Fa-f]",
}
