"""The table of promises: a row each, with the tests that hold it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from blinplan.evidence.evaluate import load_claims
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.limits import shipped_limits
from tests.promises.held import Held
from tests.promises.sentences import ROBUST, limits_by_tests, listed

PAGE = Path(__file__).with_name("table.md")
_HEAD = """\
# What holds what is promised

Made by `python -m tests.promises`; a test holds it to what is collected, and has no row empty. A test says what it
holds by the marker `holds`; of a limit, what is told at it or what is told beyond it, and each limit needs both. What
holds a sentence of the README is listed in [readme.toml](readme.toml), and which tests hold the number of a limit
besides in [limits.toml](limits.toml). Names of tests are given from `tests/` on, without `test_`.
"""


class Row(NamedTuple):
    """What is promised, in which words, and the tests that hold it, or why nothing is promised."""

    name: str
    says: str
    tests: tuple[str, ...]
    no_promise: str = ""


def sections(held: Held) -> Iterator[tuple[str, list[Row]]]:
    """The parts of the table with their rows."""
    claims = [Row(claim.id, claim.sentence, held.get(claim.id, ())) for claim in load_claims()]
    yield "Claims of the article and published numbers", claims
    yield "Rules", [Row(code, rule.sentence, held.get(code, ())) for code, rule in CATALOGUE.items()]
    limits, beside = shipped_limits(), limits_by_tests()
    yield (
        "Limits, at the limit and a step beyond it",
        [
            Row(name, f"{limit.number}: {limit.says}", (*_of_both_sides(name, held), *beside.get(name, ())))
            for name, limit in limits.items()
        ],
    )
    yield "What is hard to break", [Row("", one.text, tuple(one.tests)) for one in listed(ROBUST)]
    yield (
        "Sentences of the README",
        [Row("", one.text, tuple(one.tests), one.no_promise) for one in listed()],
    )


SIDES = ("at", "beyond")
"""What a test has to ask of a limit: what is told at it, and what is told a step beyond it."""


def _of_both_sides(name: str, held: Held) -> Iterator[str]:
    """The tests of a limit, each once."""
    yield from dict.fromkeys(test for side in _sides_of(name) for test in held.get(side, ()))


def empty(held: Held) -> list[str]:
    """What nothing holds, and limits of which one side only is held."""
    without = [
        row.name or row.says for _, rows in sections(held) for row in rows if not row.tests and not row.no_promise
    ]
    return [*without, *(side for name in shipped_limits() for side in _sides_of(name) if side not in held)]


def _sides_of(name: str) -> tuple[str, ...]:
    return tuple(f"limit {name}: {side}" for side in SIDES)


def names(held: Held) -> set[str]:
    """Everything that a test can hold by its marker."""
    rules_and_claims = {*CATALOGUE, *(claim.id for claim in load_claims())}
    return rules_and_claims | {side for name in shipped_limits() for side in _sides_of(name)}


def table(held: Held) -> str:
    """The page."""
    parts = [_HEAD]
    for title, rows in sections(held):
        parts += [f"\n## {title}\n", *(_shown(row) for row in rows)]
    return "\n".join(parts) + "\n"


def _shown(row: Row) -> str:
    said = " ".join(row.says.split()).replace("|", "\\|")
    told = "; ".join(_short(test) for test in row.tests) or f"(no promise: {row.no_promise})"
    return f"- {f'**{row.name}** ' if row.name else ''}{said}\n  → {told}"


def _short(test: str) -> str:
    file, _, name = test.partition("::")
    return f"`{file.removesuffix('.py').replace('test_', '')}` {name.removeprefix('test_').replace('_', ' ')}"
