"""A small part of the inputs that `python -m tests.hostile.fuzz` throws at the program, and all that ever hurt it."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from blinplan.cli.app.quick import COMMANDS as PROGRAMS
from blinplan.reports.shared.manifest import manifest
from tests.collection.grid import at_night
from tests.hostile.formats.places import astray, misformed, misplaced
from tests.hostile.formats.sarif import sarif_faults
from tests.hostile.fuzz import fuzz, kept
from tests.hostile.guided import NAMES
from tests.hostile.guided import kept as kept_by_search
from tests.hostile.inputs import CHECK, COMMANDS, GIVEN, KINDS, Input, input_of, sound_input
from tests.hostile.oracle import Answer, answer_to
from tests.hostile.readers.targets import TARGETS
from tests.hostile.sound import OWN, texts
from tests.hostile.verdict import faults_of

IN_CI = 10
"""Inputs of each kind, and at night three times as many; a hundred thousand take half an hour."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "third"), [case for kind in KINDS for case in ((kind, 0), at_night(kind, 1), at_night(kind, 2))]
)
def test_no_input_is_answered_otherwise_than_by_a_sentence(kind: str, third: int) -> None:
    first = list(KINDS).index(kind) + third * len(KINDS) * IN_CI
    numbers = range(first, first + len(KINDS) * IN_CI, len(KINDS))
    found = [fault for number in numbers for fault in fuzz(range(number, number + 1))]
    assert [(fault.number, fault.what) for fault in found] == []


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.slow] if kind == "people" else []) for kind in KINDS]
)
def test_what_is_changed_was_sound_before(kind: str) -> None:
    """A file that is refused whatever is done to it asks nothing of what comes after."""
    for command in KINDS[kind][1]:
        found = _answer(sound_input(kind, command, texts(kind)[0]))
        assert found.status in {0, 1} or "exit 2: not everything could be checked" in found.err, (command, found.err)


def _answer(given: Input) -> Answer:
    with TemporaryDirectory() as folder:
        for name, data in given.files.items():
            Path(folder, name).write_bytes(data)
        return answer_to(given.arguments, Path(folder))


NEEDS_MORE = {"merge": "no such file", "report": "greater than or equal to 50"}
"""What takes long, and is not run: what these say then."""


@pytest.mark.slow
def test_every_command_is_given_hostile_words_and_is_sound_without(tmp_path: Path) -> None:
    assert GIVEN.keys() <= PROGRAMS.keys()
    assert COMMANDS.keys() == PROGRAMS.keys()
    (tmp_path / "r.toml").write_text(OWN, encoding="utf-8")
    for name, command in COMMANDS.items():
        found = answer_to((*command, "--no-simulate") if name == "check" else command, tmp_path)
        sound = NEEDS_MORE[name] in found.err if name in NEEDS_MORE else found.status in {0, 1}
        assert sound, f"`GIVEN` of inputs.py has sound arguments of a command: blinplan {name}: {found.err}"


def test_what_hurt_once_does_not_hurt_again() -> None:
    assert {name: what for name, given in kept().items() if (what := faults_of(given))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("sixth", [0, *map(at_night, range(1, 6))])
def test_what_a_search_has_reached_is_read_as_it_must_be(sixth: int) -> None:
    for name, target in TARGETS.items():
        for data in list(kept_by_search(name))[sixth::6]:
            target(data)


def test_an_input_follows_from_its_number_alone() -> None:
    assert [input_of(number) for number in range(50)] == [input_of(number) for number in range(50)]


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
    assert any(what.startswith(told) for what in faults_of(Input({}, ("check",))))


@pytest.mark.parametrize(
    ("arguments", "written", "changed"),
    [
        (("check",), "x = 1", True),
        (("check", "--fix"), "x = 1", False),
        (("check", "--fix"), "x = ", True),
        (("check", "--fix"), None, True),
    ],
)
def test_only_who_asks_has_a_file_put_right_and_whole(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], written: str | None, changed: bool
) -> None:
    def run(**_: object) -> int:
        path = Path("r.toml")
        path.unlink() if written is None else path.write_text(written, encoding="utf-8")
        return 0

    monkeypatch.setattr("blinplan.cli.app.program.app", run)
    assert ("an input was changed" in faults_of(Input({"r.toml": b"y = 1"}, arguments))) is changed


FILES = {"r.toml": b'format = 1\nname = "a"\n', "people.csv": b"id\rA\r"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("r.toml:2:1: x", []),
        ("r.toml:2:11", []),
        ("r.toml:2:12", ["r.toml has no place 2:12"]),
        ("r.toml:4:1", ["r.toml has no place 4:1"]),
        ("r.toml:0:1", ["r.toml has no place 0:1"]),
        ("other.toml:9:9 people.csv:2: x", []),
        ("people.csv:4: x", ["people.csv has no place 4:"]),
        ("::error file=r.toml,line=7,endLine=7,col=1,title=x", ["r.toml has no place 7:1"]),
    ],
)
def test_the_oracle_sees_a_place_that_a_file_does_not_have(text: str, told: list[str]) -> None:
    assert list(misplaced(text, FILES)) == told


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ((2, 8), (2, 11), ""),
        ((2, 9), (2, 10), ""),
        ((2, 1), (2, 5), ""),
        ((1, 1), (1, 7), "'format' is not where 'a' is"),
        ((2, 8), (2, 7), "is not in the file"),
        ((2, 8), (9, 1), "is not in the file"),
    ],
)
def test_the_oracle_sees_a_finding_on_another_text(start: tuple[int, int], end: tuple[int, int], told: str) -> None:
    edges = {name: dict(zip(("line", "column"), at, strict=True)) for name, at in (("start", start), ("end", end))}
    finding = {"pointer": "/name", "path": ["name"], **edges}
    document = {"files": [{"path": "r.toml", "verdicts": [{"rule": "F004", "findings": [finding]}]}]}
    found = list(astray(document, FILES))
    assert (told in found[0] and len(found) == 1) if told else found == []


@pytest.mark.parametrize(
    ("form", "text", "is_wrong"),
    [
        ("json", "{}", False),
        ("json", "{", True),
        ("jsonl", "{}\n{}\n", False),
        ("jsonl", "{}\nx\n", True),
        ("junit", "<a/>", False),
        ("junit", "<a>", True),
        ("full", "{", False),
        ("sarif", "", False),
    ],
)
def test_the_oracle_sees_a_format_that_is_not_kept_to(form: str, text: str, is_wrong: bool) -> None:
    assert bool(list(misformed(form, text))) is is_wrong


@cache
def _log() -> Any:
    """A sound log of a file with a name that an address cannot have as it is."""
    answer = _answer(Input({"a b\udcff.toml": OWN.encode()}, (*CHECK, "-f", "sarif")))
    return json.loads(answer.out)


def test_the_oracle_holds_a_sound_log_to_all_that_code_hosts_ask() -> None:
    assert list(sarif_faults(_log(), {"a b\udcff.toml": OWN.encode()})) == []
    assert len(_log()["runs"][0]["results"]) > 1


RESULT = ("runs", 0, "results", 0)
PLACE = (*RESULT, "locations", 0, "physicalLocation")
ADDRESS = (*PLACE, "artifactLocation", "uri")


@pytest.mark.parametrize(
    ("way", "value", "told"),
    [
        (("version",), "2.0.0", "version 2.0.0"),
        (("runs",), [], "of 0 runs"),
        (("runs", 0, "tool", "driver"), {}, "a part is not there"),
        (("runs", 0, "tool", "driver", "name"), "", "the tool has no name"),
        (("runs", 0, "tool", "driver", "rules", 0, "help"), {"text": ""}, "is not described"),
        (("runs", 0, "columnKind"), "bytes", "in bytes"),
        ((*RESULT, "ruleIndex"), 99, "is not rule 99"),
        ((*RESULT, "ruleIndex"), -1, "is not rule -1"),
        ((*RESULT, "level"), "fatal", "a level of 'fatal'"),
        ((*RESULT, "message"), {"text": ""}, "no message"),
        ((*RESULT, "locations"), [], "is at no place"),
        ((*RESULT, "partialFingerprints"), {}, "has no fingerprint"),
        (ADDRESS, "a b.toml", "is no relative address"),
        (ADDRESS, "/a.toml", "is no relative address"),
        (ADDRESS, "../a.toml", "is no relative address"),
        (ADDRESS, "file:///a.toml", "is no relative address"),
        (ADDRESS, "a%2.toml", "is no relative address"),
        (ADDRESS, "b.toml", "is no file of the run"),
        ((*PLACE, "artifactLocation", "uriBaseId"), "HOME", "is relative to nothing"),
        ((*PLACE, "region", "endLine"), 9999, "is not in a%20b%FF.toml"),
        ((*PLACE, "region", "startLine"), 0, "is not in a%20b%FF.toml"),
        ((*PLACE, "region", "endColumn"), 1, "is not in a%20b%FF.toml"),
    ],
)
def test_the_oracle_sees_what_a_code_host_would_refuse(way: tuple[str | int, ...], value: object, told: str) -> None:
    log = deepcopy(_log())
    holder: Any = log
    *first, last = way
    for part in first:
        holder = holder[part]
    holder[last] = value
    found = list(sarif_faults(log, {"a b\udcff.toml": OWN.encode()}))
    assert any(told in one for one in found), found


def test_memory_is_asked_for_too() -> None:
    assert list(Answer(0, "", "", 0.0, 201 * 2**20).faults()) == ["201 MiB more"]
    assert list(Answer(0, "", "", 0.0, 200 * 2**20).faults()) == []


def test_every_target_of_the_search_has_its_name_and_begins_with_what_it_reached() -> None:
    assert tuple(TARGETS) == NAMES
    assert [name for name in NAMES if len(kept_by_search(name)) < 3] == []


def test_what_is_kept_is_said_to_be_of_this_program() -> None:
    """What another one has written is refused before anything of it is read."""
    model = manifest()["model"]
    texts = {name: b" ".join(kept_by_search(name)) for name in ("stretch", "description")}
    assert all(model.encode() in text and b"@model@" not in text for text in texts.values())
