"""What tests of reading ask of a text: its problems, where they are, and what everybody relies on."""

import re

from blinplan.regimen.reading import FaultyFile, Reading, read
from blinplan.regimen.toml.problems import Problem
from tests.read_text import problems_of

SCALARS = [
    *['""', '"\\t"', '"\\u0000"', '"no such value"', "'''\n\n'''", "true", "false"],
    *["-1", "0", "9" * 300, "0xffffffffffffffffffff", "1.5", "-0.0", "1e308", "inf", "-inf", "nan"],
    *["2027-06-30T10:00:00Z", "2027-06-30T00:00:00", "2027-06-30", "10:00:00"],
]
NESTED = ["[]", "[1]", "[[]]", "[[[[[[[[1]]]]]]]]", "{}", "{ a = 1 }", "{ a.b.c.d = [{}] }", '["x", 1, 1.5, {}]']


def sound(reading: Reading) -> Reading:
    """Hold a reading to what everybody relies on, and return it."""
    if not isinstance(reading, FaultyFile):
        return reading
    assert reading.problems
    size = len(reading.document.text)
    for problem in reading.problems:
        assert 0 <= problem.span.start <= problem.span.end <= size
        assert re.fullmatch("[A-Z][0-9]{3}", problem.code)
        assert problem.message.strip()
        assert problem.why.strip()
        assert problem.help.strip()
    starts = [problem.span.start for problem in reading.problems]
    assert starts == sorted(starts)
    return reading


def problems(text: str | bytes) -> tuple[Problem, ...]:
    return problems_of(sound(read(text.encode() if isinstance(text, str) else text, "x.toml")))


def placed(text: str) -> list[tuple[str, int, int]]:
    """Return the problems of a text as code, line and column."""
    reading = sound(read(text.encode(), "x.toml"))
    found = [(problem.code, reading.document.position(problem.span.start)) for problem in problems_of(reading)]
    return [(code, at.line, at.column) for code, at in found]


def only(text: str) -> Problem:
    (problem,) = problems(text)
    return problem


def at(text: str, problem: Problem) -> str:
    return text[problem.span.start : problem.span.end]
