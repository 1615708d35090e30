"""Whatever is given, the program ends in a sentence and a status, never in a traceback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli

from blinplan.regimen.reading import Reading
from blinplan.rules import task
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from tests.collection.grid import each_sixth, in_turn
from tests.program import Ran, Run
from tests.regimen_text import cycle, regimen_text, waiver

NO_REGIMENS = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "nul": b"\x00",
    "latin-1": "# µ".encode("latin-1"),
    "10 MB": b'title = "' + b"x" * 10_000_000 + b'"',
    "utf-16": "format = 1".encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbfformat = 1\n",
    "deep": b"a = " + b"[" * 3000,
    "unclosed": b'a = "',
    "long number": b"format = " + b"9" * 5000,
    "infinite": b"format = inf\n",
    "dates": b"format = 2026-01-01\nname = 12:00:00\n",
}


def no_traceback(ran: Ran) -> None:
    assert "Traceback" not in ran.out + ran.err
    assert "fault in blinplan" not in ran.err
    assert ran.status != 3


@pytest.mark.parametrize(("kind", "form"), in_turn([*NO_REGIMENS], ["full", "concise", "json"]))
def test_a_file_that_is_no_regimen_is_a_finding(inside: Run, tmp_path: Path, kind: str, form: str) -> None:
    (tmp_path / "x.toml").write_bytes(NO_REGIMENS[kind])
    ran = inside("check", "x.toml", "-f", form)
    no_traceback(ran)
    assert ran.status == 1
    assert "x.toml" in ran.out
    assert len(ran.out) < 50_000


@pytest.mark.slow
@pytest.mark.parametrize("data", NO_REGIMENS.values(), ids=list(NO_REGIMENS))
@pytest.mark.parametrize("command", ["plan", "simulate"])
def test_other_commands_refuse_it_in_words(inside: Run, tmp_path: Path, data: bytes, command: str) -> None:
    (tmp_path / "x.toml").write_bytes(data)
    ran = inside(command, "x.toml")
    no_traceback(ran)
    assert ran.status == 2
    assert ran.out == ""
    assert "x.toml is not a regimen" in " ".join(ran.err.split())


@pytest.mark.parametrize("command", ["check", "plan", "simulate"])
@pytest.mark.parametrize("name", ["nowhere", "nowhere/x.toml", "", "x" * 5000, "a\nb", "folder", "\udcff.toml"])
def test_a_name_that_leads_nowhere_is_said_to(inside: Run, tmp_path: Path, command: str, name: str) -> None:
    (tmp_path / "folder").mkdir()
    ran = inside(command, name)
    no_traceback(ran)
    assert ran.status == 2
    assert "error:" in ran.err
    assert "help:" in ran.err
    assert len(ran.err) < 1000


def test_the_nearest_shipped_name_is_offered(inside: Run) -> None:
    assert "rr-adult" in inside("check", "rr-adlut").err
    assert "rr-adult" in inside("plan", "RR-Adult").err


WHOLE = (
    regimen_text(
        cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days", phase="induction", repeat=2),
        top='[eligibility]\nmin_weight_kg = 45\nbelow_weight_kg = 90\notherwise = "rr-adult"\n'
        'population = "adult-rr"\n\n'
        '[premedication]\ndrug = "d"\ndose = "5 mg/m2"\nmax = "20 mg"\nminutes_before = 60\n'
        'before = ["restart"]\n\n'
        "[monitoring]\nhospital_days = [9, 2]\n",
    )
    .replace('status = "seen"', 'status = "seen"\nnote = "n"')
    .replace('name = "probe"', 'name = "probe"\nfamily = "f"')
) + waiver("S304", "2027-06-30")


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from leaves(inner, (*path, key))


def toml(value: Any) -> str:
    """Write a value inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    return value if isinstance(value, Raw) else f'"{value}"' if isinstance(value, str) else str(value).lower()


class Raw(str):
    """A value as it is to be written."""

    __slots__ = ()


def replaced(value: Any, path: tuple[str | int, ...], by: str) -> Any:
    if not path:
        return Raw(by)
    key, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {k: replaced(v, rest, by) if k == key else v for k, v in value.items()}
    return [replaced(v, rest, by) if k == key else v for k, v in enumerate(value)]


VALUES = tomli.loads(WHOLE)
KEYS = list(leaves(VALUES))
WRONG = ("true", "-1", "1.5", "nan", "[]", "{}", '""', '"\\u001b[31m"', "2026-01-01T00:00:00Z", "[[]]", "[{}]")


def test_every_key_of_the_format_is_among_those_that_are_broken() -> None:
    names = {path[-1] for path in KEYS}
    assert {"format", "min_weight_kg", "drug", "hospital_days", "steps", "dose", "expires", "note", "basis"} <= names
    assert len(KEYS) > 40


@pytest.mark.slow
@pytest.mark.parametrize("path", each_sixth(KEYS), ids=lambda path: ".".join(map(str, path)))
def test_a_wrong_type_at_any_key_is_found_there(inside: Run, tmp_path: Path, path: tuple[str | int, ...]) -> None:
    """Every value is read, and three of them at a time, others at each key, are asked of all rules as well."""
    wrong = [by for by in WRONG if (path, by) != (("eligibility",), "{}")]  # for everybody, rightly
    for number, by in enumerate(wrong):
        text = "".join(f"{key} = {toml(value)}\n" for key, value in replaced(VALUES, path, by).items())
        whole = (number - KEYS.index(path)) % 4 == 0
        folder = tmp_path / ("whole" if whole else "problems")
        folder.mkdir(exist_ok=True)
        (folder / f"{number:02}_{by.isalpha()}.toml").write_text(text, encoding="utf-8")
    files = [*_files(inside("check", "whole", *_ASKED)), *_files(inside("check", "problems", *_ASKED, *_OF_READING))]
    assert len(files) == len(wrong)
    with_errors = [
        file
        for file in files
        if any(f["severity"] == "error" for v in file["verdicts"] for f in v["findings"] if v["rule"][0] in "FNDW")
    ]
    assert len(with_errors) >= (6 if path[-1] == "value" else 7), "a waiver is of any value that is no table"
    for file in with_errors:
        pointed = [f["path"] for v in file["verdicts"] for f in v["findings"] if v["outcome"] == "finding"]
        assert any(list(path[: len(found)]) == found[: len(path)] for found in pointed)


_ASKED = ("--no-simulate", "-f", "json", "--today", "2026-03-01")
_OF_READING = ("--select", "F,N,D,W")


def _files(ran: Ran) -> list[Any]:
    no_traceback(ran)
    assert ran.status == 1
    return list(ran.json["files"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--today", "tomorrow"],
        ["check", "--today", "2026-02-30"],
        ["check", "--patients", "0"],
        ["check", "--format", "xml"],
        ["check", "--fail-on", "note"],
        ["check", "--nonsense"],
        ["nonsense"],
        ["plan"],
        ["plan", "rr-adult", "--weight", "heavy"],
        ["plan", "rr-adult", "--weight", "70,5"],
        ["plan", "rr-adult", "--weight", "nan"],
        ["plan", "rr-adult", "--weight", "-70"],
        ["plan", "rr-adult", "--weight", "0"],
        ["plan", "rr-adult", "--weight", "1e999999999"],
        ["plan", "rr-adult", "--height", "1.75", "--weight", "70"],
        ["plan", "rr-adult", "--bsa", "100"],
        ["plan", "nhl"],
        ["plan", "."],
        ["simulate", "rr-adult", "--weight", "70"],
        ["simulate", "rr-adult", "--population", "child", "--patients", "5"],
        ["simulate", "rr-2014", "--weight", "20", "--height", "110"],
        ["simulate", "rr-adult", "--seed", "-1"],
        ["simulate", "rr-adult", "--threads", "0"],
        ["simulate", "nhl"],
    ],
    ids=" ".join,
)
def test_what_the_user_can_put_right_is_said_with_status_2(inside: Run, arguments: list[str]) -> None:
    ran = inside(*arguments)
    no_traceback(ran)
    assert ran.status == 2
    assert ran.out == ""
    assert len(ran.err.strip()) > 20


def test_a_fault_of_the_program_has_status_3_and_hides_no_other_file(
    inside: Run, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(reading: Reading, *rest: Any) -> Judgement:
        if reading.document.name == "sound.toml":
            raise RuntimeError("a\x1b[31m\nb" * 100)
        return judge(reading, *rest)

    monkeypatch.setattr(task, "judge", fail)
    ran = inside("check", "sound.toml", "error.toml", "--no-simulate", "-f", "concise")
    assert ran.status == 3
    assert ran.out.startswith("error.toml:")
    assert "exit 3: a fault in blinplan itself with 1 file" in ran.err
    assert "fault in blinplan" in ran.err
    assert "RuntimeError" in ran.err
    assert "report" in ran.err
    assert "\x1b" not in ran.err


def test_a_fault_can_be_looked_into(inside: Run, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(task, "judge", fail)
    with pytest.raises(RuntimeError, match="boom"):
        inside("check", "sound.toml", BLINPLAN_DEBUG="1")


def test_an_interruption_is_silent(inside: Run, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(task, "judge", stop)
    ran = inside("check", "sound.toml")
    assert (ran.status, ran.out, ran.err.strip()) == (130, "", "")


def test_names_of_files_reach_the_terminal_harmless(inside: Run, files: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in ("\x1b[31m.toml", "\u202ea[bold]b.toml", "c\nd.toml"):
        (folder / name).write_text(files["error.toml"], encoding="utf-8")
    for ran in (
        inside("check", "odd", "--no-simulate"),
        inside("check", "odd", "--no-simulate", "-f", "concise"),
        inside("plan", "odd"),
        inside("check", "\x1b[31mnowhere\u202e"),
    ):
        for text in (ran.out, ran.err):
            assert not {"\x1b", "\u202e"} & set(text)
    assert len(inside("check", "odd", "--no-simulate", "-f", "concise", "--ignore", "X").out.splitlines()) == 3
