"""What is held by tests of other names: the sentences of the README, or why one promises nothing, and some limits."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import tomli

from tests.program import ROOT

LIST = Path(__file__).with_name("readme.toml")
LIMITS = Path(__file__).with_name("limits.toml")
ROBUST = Path(__file__).with_name("robustness.toml")
_NO_SENTENCES = re.compile(r"```.*?```|<!--.*?-->|^!\[[^\n]*$|^#+ [^\n]*$", re.DOTALL | re.MULTILINE)
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=- |\| )")
_END = re.compile(r"(?<=[.:;])\s+(?=[A-Z`(\"]|\*\*)")


class Sentence(NamedTuple):
    """A sentence, the tests that hold it, and why it promises nothing where there are none."""

    text: str
    tests: Sequence[str]
    no_promise: str


def sentences(text: str) -> Iterator[str]:
    """The sentences of a page, without blocks, headings and pictures."""
    for paragraph in _PARAGRAPH.split(_NO_SENTENCES.sub("", text)):
        whole = " ".join(paragraph.split())
        if whole:
            yield from _END.split(whole)


def of_the_readme() -> list[str]:
    """Those of README.md."""
    return list(sentences((ROOT / "README.md").read_text(encoding="utf-8")))


def listed(where: Path = LIST) -> list[Sentence]:
    """What is listed in a file; of the README where none is named."""
    entries = tomli.loads(where.read_text(encoding="utf-8"))["sentence"]
    return [Sentence(one["text"], one.get("tests", ()), one.get("no_promise", "")) for one in entries]


def limits_by_tests() -> Mapping[str, Sequence[str]]:
    """The limits at which no example lies, with the tests that hold their number."""
    return tomli.loads(LIMITS.read_text(encoding="utf-8"))
