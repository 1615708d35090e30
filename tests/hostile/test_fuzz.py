"""A small part of the inputs that `python -m tests.hostile.fuzz` throws at the program, and all that ever hurt it."""

import pytest

from tests.hostile.fuzz import faults_of, fuzz, kept, ledger
from tests.hostile.inputs import KINDS, Input, input_of

IN_CI = 30
"""Inputs of each kind; a hundred thousand take half an hour."""


@pytest.mark.parametrize("kind", KINDS)
def test_no_input_is_answered_otherwise_than_by_a_sentence(kind: str) -> None:
    first = list(KINDS).index(kind)
    found = [
        fault for number in range(first, len(KINDS) * IN_CI, len(KINDS)) for fault in fuzz(range(number, number + 1))
    ]
    assert [(fault.number, fault.what) for fault in found] == []


def test_what_hurt_once_does_not_hurt_again() -> None:
    assert {name: what for name, given in kept().items() if (what := faults_of(given))} == {}


def test_an_input_follows_from_its_number_alone() -> None:
    assert [input_of(number, ledger()) for number in range(50)] == [input_of(number, ledger()) for number in range(50)]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise ValueError('x')", "status 3"),
        ("import sys; sys.stdout.write('\\x1b[2J'); raise SystemExit(0)", "control characters in out: ['\\x1b']"),
        ("raise SystemExit(2)", "no word of why it is incomplete"),
        ("raise RecursionError", "status 3"),
    ],
)
def test_the_oracle_sees_what_must_not_be(monkeypatch: pytest.MonkeyPatch, code: str, told: str) -> None:
    monkeypatch.setattr("blinplan.cli.app.program.app", lambda **_: exec(code))  # noqa: S102 - the line above
    assert told in faults_of(Input({}, ("check",)))
