"""How functions are named: by what they do or what they return; a past participle is a truth."""

import ast
import re
from collections.abc import Iterator, Mapping

import pytest

from tests.structure.sources import SOURCES, text_of

IRREGULAR = frozenset(
    word
    for line in (
        "begun born bought bound broken brought built caught chosen done drawn",
        "driven eaten fallen found forgotten frozen given gone grown heard held",
        "hidden hung kept known laid led left lent lost made meant",
        "met paid said seen sent shown sold sought spent spoken stood",
        "stuck swept taken taught thought thrown told torn understood won worn",
        "written",
    )
    for word in line.split()
)
"""Participles that do not end in -ed. Left out are those that are verbs in the present as well: cut, read, set, put."""
NO_PARTICIPLES = frozenset({"need", "seed", "speed"})
TRUTHS = frozenset({"bool", "BoolArray", "TypeGuard"})
"""What a truth is annotated as: one, or one for each patient."""
EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("api/planning/plan.py", "delivered"): "a name of the Python face: blinplan.delivered",
    ("api/planning/planned.py", "delivered"): "the same, of a plan that is in the hand",
    ("simulation/trials/trial.py", "paired"): "a name of the Python face: outcome.paired(other)",
    ("simulation/trials/cohort_trial.py", "paired"): "the same, of many patients",
    ("evidence/measures.py", "depleted"): "a measure, called as claims.toml calls it",
    ("evidence/measures.py", "recovered"): "a measure, called as claims.toml calls it",
    ("evidence/smooth.py", "depleted"): "the same, smooth",
    ("evidence/smooth.py", "recovered"): "the same, smooth",
}


FUNCTION = re.compile(r"\bdef\s+(\w+)")
"""Wherever one is defined: most files need not be parsed."""


def is_participle(name: str) -> bool:
    word = name.strip("_")
    return word in IRREGULAR or (word.endswith("ed") and "_" not in word and word not in NO_PARTICIPLES)


def participles(text: str) -> Iterator[str]:
    """The functions and methods that are named by a participle alone, and return no truth."""
    if not any(map(is_participle, FUNCTION.findall(text))):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_participle(node.name):
            returned = "" if node.returns is None else ast.unparse(node.returns).strip("'\"").partition("[")[0]
            if returned not in TRUTHS:
                yield node.name


def test_no_function_is_named_by_a_participle_alone_unless_it_is_a_truth() -> None:
    found = {(source, name) for source in SOURCES for name in participles(text_of(source))}
    assert len(SOURCES) > 150
    assert found == set(EXCEPTIONS), (
        "name it by a verb or by the noun it returns; an exception that is gone is taken out"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def _judged() -> Result: ...", ["_judged"]),
        ("class A:\n    @property\n    def told(self) -> tuple[str, ...]: ...", ["told"]),
        ("def f():\n    async def shown(): ...", ["shown"]),
        ("def infused() -> 'bool': ...", []),
        ("def elevated() -> BoolArray: ...", []),
        ("def judge() -> Result: ...", []),
        ("def seed() -> int: ...", []),
        ("def read() -> str: ...", []),
        ("def paired_shares() -> list[str]: ...", []),
    ],
)
def test_a_participle_is_told_from_a_verb_and_from_a_noun(text: str, found: list[str]) -> None:
    assert list(participles(text)) == found
