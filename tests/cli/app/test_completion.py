"""What a shell is offered while a person types, asked in the way of bash, zsh and fish."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from blinplan.api.vocabulary import CheckFormat, View
from blinplan.cli.app.quick import COMMANDS, COMPLETION
from blinplan.regimen import library
from blinplan.rules.catalogue import CATALOGUE
from man.make.commands import commands
from tests.collection.grid import each_third
from tests.program import HEAVY, PLAIN, PROGRAM, Ran, Run, probe, process
from tests.public_files import installed
from tests.regimen_text import cycle, regimen_text

pytestmark = pytest.mark.slow  # shells are started

SHELLS = ["bash", "zsh", "fish"]


def request(shell: str, line: str) -> dict[str, Any]:
    """What a shell puts into the environment when the cursor is at the end of a line."""
    if shell != "bash":
        return {
            COMPLETION: f"complete_{shell}",
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        }
    words = re.findall(r"=|[^\s=]+", line) + ([""] if line.endswith(" ") else [])
    return {COMPLETION: "complete_bash", "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}


def ask(run: Run, shell: str, line: str) -> list[str]:
    """The words that a shell is offered, each as it is put in: in bash, what comes after the last =."""
    ran = run(**request(shell, line))
    assert ran.err == ""
    assert ran.status == 0
    if shell == "zsh":
        return re.findall(r'^(?:_arguments .*?\(\()?"([^"]*)"', ran.out, re.MULTILINE)
    return [offer.split("\t")[0] for offer in ran.out.splitlines() if offer]


ONE_WORD = [name for name in COMMANDS if " " not in name]


def begun(names: list[str] | tuple[str, ...], start: str) -> list[str]:
    return [name for name in names if name.startswith(start)]


D21 = begun(list(CATALOGUE), "D21")
GI = begun([form.value for form in CheckFormat], "gi")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("blinplan ", ONE_WORD),
        ("blinplan simu", ["simulate"]),
        ("blinplan new ", ["site", "record"]),
        ("blinplan new site --pre", ["--prepared-hours-before"]),
        ("blinplan check --fail", ["--fail-on"]),
        ("blinplan check -f gi", GI),
        ("blinplan plan rr-adult --view ", [view.value for view in View]),
        ("blinplan rule D21", D21),
        ("blinplan rule d21", [code.lower() for code in D21]),
        ("blinplan rule expired", ["expired-waiver"]),
        ("blinplan check --select ", [*CATALOGUE, "ALL"]),
        ("blinplan check --ignore D201,D21", [f"D201,{code}" for code in D21]),
        ("blinplan check --ignore D210,D21", [f"D210,{code}" for code in D21 if code != "D210"]),
        ("blinplan evidence DEP-1", ["DEP-1"]),
        ("blinplan plan mrd", ["mrd-adult", "mrd-below-45-kg"]),
        ("blinplan model --regimen nhl-1", ["nhl-1.5", "nhl-10", "nhl-15"]),
        ("blinplan plan x --time-zone Europe/Berl", ["Europe/Berlin"]),
        ("blinplan plan x --weight ", []),
        ("blinplan --version ", ONE_WORD),
        ("blinplan nonsense ", ONE_WORD),  # typer's way
    ],
)
def test_what_is_offered(inside: Run, shell: str, line: str, offered: list[str]) -> None:
    assert ask(inside, shell, line) == offered


@pytest.mark.parametrize("shell", each_third([*SHELLS]))
def test_a_process_offers_the_same(shell: str) -> None:
    assert ask(process, shell, "blinplan check -f gi") == GI


@pytest.mark.parametrize(
    ("line", "value", "offered"),
    [
        ("blinplan check --select=D21", "--select=", D21),
        ("blinplan check --format=gi", "--format=", GI),
        ("blinplan check --severity D205=n", "D205=", ["note"]),
        ("blinplan check --severity=D205=n", "--severity=D205=", ["note"]),
        ("blinplan check --severity=D205=", "--severity=D205=", ["error", "warning", "note"]),
    ],
)
def test_a_value_after_an_equals_sign_is_offered_as_each_shell_wants_it(
    inside: Run, line: str, value: str, offered: list[str]
) -> None:
    assert ask(inside, "bash", line) == offered
    for shell in ("zsh", "fish"):
        assert ask(inside, shell, line) == [f"{value}{word}" for word in offered]


def test_a_bash_that_does_not_break_words_at_equals_signs_gets_whole_words(inside: Run) -> None:
    asked: Any = {COMPLETION: "complete_bash", "COMP_WORDS": "blinplan\ncheck\n--select=D21", "COMP_CWORD": "2"}
    assert inside(**asked).out.split() == [f"--select={code}" for code in D21]


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_regimens_are_offered_as_shipped_names_files_and_folders(inside: Run, shell: str, tmp_path: Path) -> None:
    for name in ("rr-own.toml", "two words.toml", "notes.txt", "trials/a.toml", "trials/b.toml", ".hidden/x.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(regimen_text(cycle()), encoding="utf-8")
    shipped = list(library.paths())
    for command in ("plan", "simulate"):
        found = ask(inside, shell, f"blinplan {command} ")
        assert found == [*shipped, "rr-own.toml", "trials/"]
        assert ask(inside, shell, f"blinplan {command} rr") == [*begun(shipped, "rr"), "rr-own.toml"]
        assert ask(inside, shell, f"blinplan {command} trials/b") == ["trials/b.toml"]
    assert ask(inside, shell, "blinplan check rr-adult tr") == ["trials/", "trials/a.toml", "trials/b.toml"]
    assert "nhl" in ask(inside, shell, "blinplan check nh")
    assert "nhl" not in ask(inside, shell, "blinplan plan nh")
    assert ask(inside, shell, "blinplan plan nowhere/x") == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_what_it_is_stands_beside_it(inside: Run, shell: str) -> None:
    for line, told in (
        ("blinplan rule D202", CATALOGUE["D202"].sentence),
        ("blinplan plan rr-adult", "Relapsed or refractory B-cell precursor ALL, 45 kg and over"),
        ("blinplan check --sel", "Ask only these rules"),
    ):
        assert told in inside(**request(shell, line)).out.replace(r"\\:", ":")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_fault_stays_out_of_the_line_that_a_person_types(
    shell: str, inside: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault() -> None:
        raise OSError("no library")

    monkeypatch.setattr(library, "shipped_regimens", fault)
    assert inside(**request(shell, "blinplan plan ")) == Ran(1, "", "")
    monkeypatch.setenv("BLINPLAN_DEBUG", "1")
    with pytest.raises(OSError, match="no library"):
        inside(**request(shell, "blinplan plan "), BLINPLAN_DEBUG="1")


@pytest.mark.parametrize("broken", [{}, {"COMP_WORDS": "blinplan"}, {"COMP_WORDS": "blinplan", "COMP_CWORD": "x"}])
def test_a_request_that_cannot_be_understood_is_met_with_silence(inside: Run, broken: dict[str, str]) -> None:
    environment: Any = {COMPLETION: "complete_bash", **broken}
    assert inside(**environment) == Ran(1, "", "")


def test_a_person_does_not_wait_for_the_engine(tmp_path: Path) -> None:
    lines = ("blinplan ", "blinplan check --select D", "blinplan plan ", "blinplan evidence ")
    asked = [(shell, line) for line in lines for shell in SHELLS]
    found = probe(HEAVY, [([], request(shell, line)) for shell, line in asked], tmp_path)
    assert dict(zip(asked, found, strict=True)) == {one: [0, []] for one in asked}


def test_every_regimen_and_rule_that_can_be_named_is_offered() -> None:
    named: list[Any] = [
        one
        for command, context in commands().values()
        for one in command.get_params(context)
        if one.metavar in ("REGIMEN", "REGIMENS", "[PATHS]", "CODES", "CODE", "CODE=LEVEL", "ZONE")
    ]
    assert len(named) > 6
    assert [one.name for one in named if one._custom_shell_complete is None] == []


@pytest.mark.parametrize("shell", each_third([*SHELLS]))
def test_the_script_that_switches_it_on_asks_for_it_by_the_name_of_the_program(shell: str) -> None:
    script = process("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").out
    assert f"{COMPLETION}=complete_{shell}" in script
    assert "blinplan" in script


def test_the_help_says_how_to_switch_it_on(inside: Run) -> None:
    assert "blinplan --install-completion" in " ".join(inside("--help").out.split())


@pytest.mark.outside
def test_bash_itself_gets_the_offers(tmp_path: Path) -> None:
    program = tmp_path / "blinplan"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(PROGRAM)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = process("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").out
    typed = "COMP_WORDS=(blinplan check --select = D21); COMP_CWORD=4; _blinplan_completion blinplan\n"
    shown = 'printf "%s\\n" "${COMPREPLY[@]}"'
    ended = subprocess.run(  # noqa: S603 - a shell that is part of every system this runs on
        [installed("bash"), "--norc", "-c", f"{script}\n{typed}{shown}"],
        env={**PLAIN, "PATH": f"{tmp_path}{os.pathsep}{PLAIN['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert (ended.stdout.split(), ended.stderr) == (D21, "")
