"""Words of a command line that are bytes and no text: files may have such names, and anything else is a sentence."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.collection.grid import at_night
from tests.hostile.inputs import COMMANDS, options_of
from tests.hostile.oracle import answer_to
from tests.hostile.sound import OWN
from tests.program import NEVER, PLAIN, python

WORD = os.fsdecode(b"x\xff")
_SIMULATING = {"simulate", "compare", "sweep", "search", "sensitivity", "report", "evidence", "merge", "model"}
_AS_THE_LOCALE_SAYS = {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}
LOCALES = [at_night({"LC_ALL": "C"}), at_night({"LC_ALL": "C.UTF-8"}), {"LC_ALL": "C", **_AS_THE_LOCALE_SAYS}]
DATES = ("--start", "2026-10-19T10:00", "--time-zone", "Europe/Berlin")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "r.toml").write_text(OWN, encoding="utf-8")
    return tmp_path


def _with_the_word(command: str) -> list[tuple[str, ...]]:
    """The command with the word in place of each argument, and as the value of each option."""
    sound = COMMANDS[command]
    begun = len(command.split())
    rest = ("--no-simulate",) if command == "check" else ()
    replaced = [(*sound[:place], WORD, *sound[place + 1 :], *rest) for place in range(begun, len(sound))]
    return [*replaced, *((*sound, *rest, option, WORD) for option in options_of(command))]


@pytest.mark.slow
@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in _SIMULATING])
def test_any_word_may_be_bytes_that_are_no_text(folder: Path, command: str) -> None:
    found = {}
    for words in _with_the_word(command):
        answer = answer_to(words, folder)
        found[words] = [*answer.faults(), *(["bytes are shown"] if _has_bytes(answer.out + answer.err) else [])]
    assert {words: faults for words, faults in found.items() if faults} == {}
    assert len(found) > 1


def _has_bytes(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


@pytest.mark.parametrize("option", ["--name", "--zone", "--change-time", "--closed"])
def test_what_would_be_written_and_is_no_text_is_a_sentence(folder: Path, option: str) -> None:
    answer = answer_to((*COMMANDS["new site"], option, WORD), folder)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "error: x\\udcff is not UTF-8 text\n  help: write it in UTF-8\n"
    assert sorted(path.name for path in folder.iterdir()) == ["r.toml"]


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES, ids=lambda of: " ".join(map("=".join, of.items())))
def test_a_file_of_such_a_name_is_read_and_written_in_every_locale(folder: Path, locale: dict[str, Any]) -> None:
    name, out = os.fsdecode(b"\xff.toml"), os.fsdecode(b"out\xe9.csv")
    (folder / name).write_text(OWN, encoding="utf-8")
    missing = ("check", os.fsdecode(b"no\xff.toml"), "--no-simulate")
    read = ("check", name, "--no-simulate", "-f", "concise")
    written = ("plan", name, "--weight", "70", *DATES, "-o", out)
    asked = ("simulate", "rr-adult", "--endpoint", os.fsdecode(b"IL-6 above \xb5g"))
    (no_file, _, _, no_endpoint), statuses = in_turn(folder, locale, missing, read, written, asked)
    assert "no such file" in no_file
    assert (folder / out).is_file(), statuses
    assert (statuses[0], statuses[1] in {0, 1}, *statuses[2:]) == (2, True, 0, 2)
    assert "\\udcb5g" in no_endpoint or "\\xb5g" in no_endpoint


NEXT = "--next--"
IN_TURN = python(f"""
import sys
from blinplan.cli.app.program import run
given, statuses = sys.argv[1:], []
while given:
    end = given.index({NEXT!r})
    sys.argv, given = ["blinplan", *given[:end]], given[end + 1:]
    try:
        run()
    except SystemExit as ended:
        statuses.append(int(ended.code or 0))
    print({NEXT!r}, file=sys.stderr)
print(*statuses, file=sys.stderr)
""")


def in_turn(folder: Path, locale: dict[str, Any], *asked: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """What the program says to some commands on standard error, and how it ends, in one process of a locale."""
    words = [word for command in asked for word in (*command, NEXT)]
    environment = {**PLAIN, "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error", **locale}
    ended = subprocess.run(  # noqa: S603 - our own program
        [*IN_TURN, *words], cwd=folder, env=environment, capture_output=True, check=True, timeout=NEVER
    )
    *said, statuses = ended.stderr.decode().split(f"{NEXT}\n")
    return said, list(map(int, statuses.split()))
