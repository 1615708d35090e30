"""The files of the package, read once for all tests that look through them."""

import ast
import re
from collections.abc import Iterable
from functools import cache

from tests.program import ROOT

PACKAGE = ROOT / "blinplan"
SOURCES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@cache
def text_of(source: str) -> str:
    return (PACKAGE / source).read_text(encoding="utf-8")


@cache
def tree_of(source: str) -> ast.AST:
    return ast.parse(text_of(source))


@cache
def words_of(source: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text_of(source)))


def with_words(words: Iterable[str]) -> list[str]:
    """The files in which one of some words stands: no other names what is called so, and most need not be parsed."""
    asked = set(words)
    return [source for source in SOURCES if not asked.isdisjoint(words_of(source))]
