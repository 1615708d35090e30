"""The manual pages are well formed, say all that the program has and nothing else, and their examples hold."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blinplan.cli.app.quick import COMMANDS
from blinplan.exit_status import ExitStatus
from blinplan.outside_text import visible_lines
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.limits import shipped_limits
from blinplan.rules.simulated import store
from blinplan.version import __version__
from man.make import commands, formats, manual, roff
from man.make.generated import left_over
from man.make.public import ROOT
from tests.collection.grid import in_turn
from tests.program import Run
from tests.public_files import installed

PAGES = {path.rsplit("/", 1)[1]: text for path, text in manual.pages().items()}
TREE = commands.commands()
UNICODE = {"LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80", "PATH": os.environ["PATH"]}


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a program on a page."""
    return subprocess.run(command, env=UNICODE, capture_output=True, encoding="utf-8", check=False)  # noqa: S603


@pytest.fixture
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A page as a file."""
    path = tmp_path / str(request.param)
    path.write_text(PAGES[request.param], encoding="utf-8")
    return path


def shown(text: str) -> str:
    """What a piece of a page shows, on one line."""
    text = re.sub(r"\\f[BIR]|\\&", "", text)
    for sign, written in sorted(roff._SIGNS.items(), key=lambda pair: pair[0] == "\\"):
        text = text.replace(written, sign)
    text = re.sub(r"\\\[u([0-9A-F]+)\]", lambda found: chr(int(found[1], 16)), text)
    return " ".join(line for line in text.split("\n") if not line.startswith("."))


def words(text: str) -> str:
    """A text without its layout."""
    return "".join(text.split())


def section(page: str, title: str) -> str:
    """A section of a page."""
    found = re.search(rf"^\.SH {title}\n(.*?)(?=^\.SH |\Z)", page, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def tags(part: str) -> list[str]:
    """The tags of the items in a part of a page."""
    return [shown(tag) for tag in re.findall(r"^\.TP\n(.*)$", part, re.MULTILINE)]


# --- form -----------------------------------------------------------------------------------------------------------


@pytest.mark.outside
@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_mandoc_finds_nothing_even_in_style(page: Path) -> None:
    found = ran(installed("mandoc"), "-T", "lint", "-W", "style", str(page))
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)


@pytest.mark.outside
def test_both_would_say_so_if_a_page_were_broken(tmp_path: Path) -> None:
    page = tmp_path / "broken.1"
    page.write_text(PAGES["blinplan.1"].replace(".SH DESCRIPTION", ".SH DESCRIPTION\n.NOSUCH x"), encoding="utf-8")
    assert ran(installed("mandoc"), "-T", "lint", "-W", "style", str(page)).returncode != 0
    assert "NOSUCH" in ran(installed("man"), "--warnings", "-l", str(page)).stderr


READERS = [("mandoc", "-T", "utf8", "-O", "width=78"), ("man", "--warnings", "-l")]


@pytest.mark.outside
@pytest.mark.parametrize(("page", "reader"), in_turn([*PAGES], READERS), indirect=["page"], ids=str)
def test_a_page_is_read_without_a_warning_fits_80_columns_and_its_signs_are_shown(
    page: Path, reader: tuple[str, ...]
) -> None:
    program, *options = reader
    found = ran(installed(program), *options, str(page))
    assert (found.stderr, found.returncode) == ("", 0)
    lines = re.sub(r".\x08", "", found.stdout).splitlines()
    assert max(map(len, lines)) <= 80
    text = words("".join(lines))
    for sign in "≤≥µ²\\":
        assert (sign in text) == (sign in shown(PAGES[page.name]))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_sections_in_the_usual_order(name: str) -> None:
    order = ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "ARGUMENTS", "OPTIONS", "COMPLETION", "KEYS", "LIMITS"]
    order += ["ENDPOINTS", "ENDPOINTS OF YOUR OWN"]
    order += ["WHAT IT AIMS AT", "SLOPE, LEVELS AND CLAIMS", "WHAT THE TARGETS DECIDE", "HOW FAR PLAUSIBLE SETS MOVE"]
    order += ["SINCE A REVISION", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"]
    titles = [title for title in re.findall(r"^\.SH (.*)$", PAGES[name], re.MULTILINE) if "(" not in title]
    assert titles == [title for title in order if title in titles]
    assert {"NAME", "DESCRIPTION", "SEE ALSO"} <= set(titles)
    assert f'"blinplan {__version__}"' in PAGES[name].split("\n")[1]
    pointed = re.findall(r"\\fBblinplan([a-z\\-]*)\\fR\(([157])\)", PAGES[name])
    assert {f"blinplan{rest.replace(chr(92), '')}.{number}" for rest, number in pointed} <= set(PAGES)


@pytest.mark.outside
def test_any_text_is_shown_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "x.7"
    texts = [".x", "'x", "\\fB", 'a "b"', "-x --y", "`a` ^ ~", "µ²≤≥≈漢", "a\\\\b", "..."]
    parts = (
        part
        for text in texts
        for part in (roff.section("description", [".PP", *roff.filled(roff.escaped(text))]), roff.example(text))
    )
    path.write_text(roff.page("x", 7, "X.", *parts), encoding="utf-8")
    for reader in (("mandoc", "-T", "utf8"), ("man", "-l")):
        lines = [line.strip() for line in ran(installed(reader[0]), *reader[1:], str(path)).stdout.splitlines()]
        assert {text: lines.count(text) for text in texts} == dict.fromkeys(texts, 2), reader


# --- commands -------------------------------------------------------------------------------------------------------


def test_every_command_has_a_page_and_nothing_else_has() -> None:
    assert {name for name in PAGES if name.endswith(".1")} == {"blinplan.1", *map(commands.page_name, COMMANDS)}
    assert tags(section(PAGES["blinplan.1"], "COMMANDS")) == [
        f"{commands.page_name(name).removesuffix('.1')}(1)" for name in COMMANDS
    ]


@pytest.mark.parametrize("name", TREE)
def test_every_option_is_in_its_page_and_nothing_else(name: str) -> None:
    command, context = TREE[name]
    page = PAGES["blinplan.1" if name == "blinplan" else commands.page_name(name)]
    parameters: list[Any] = [one for one in command.get_params(context) if not one.hidden]
    options = [one for one in parameters if one.param_type_name == "option"]
    told = [word for tag in tags(section(page, "OPTIONS")) for word in re.findall(r"(?<![\w-])-[\w-]+", tag)]
    assert sorted(told) == sorted(opt for one in options for opt in [*one.opts, *one.secondary_opts])
    assert len(tags(section(page, "ARGUMENTS"))) == len(parameters) - len(options)
    for one in parameters:
        assert words(commands_plain(one.help)) in words(shown(page))
        for choice in one.type_descriptor.choices or ():
            assert str(choice) in shown(section(page, "OPTIONS") + section(page, "ARGUMENTS"))


def commands_plain(text: str) -> str:
    """A help text without its marks."""
    return re.sub(r"\[/?bold\]|`", "", text)


def lines_typed(page: str) -> Iterator[str]:
    for block in re.findall(r"^\.EX\n(.*?)^\.EE$", section(page, "EXAMPLES"), re.DOTALL | re.MULTILINE):
        joined = "\n".join(shown(line) for line in block.split("\n")).replace("\\\n", " ")
        yield from (line for line in joined.split("\n") if line)


@pytest.mark.parametrize("name", TREE)
def test_the_examples_of_a_page_can_be_typed(name: str) -> None:
    typed = list(lines_typed(PAGES["blinplan.1" if name == "blinplan" else commands.page_name(name)]))
    assert typed, "the docstring of the command has no line `Example: [bold]blinplan ...[/bold]`"
    for line in typed:
        program, command, *arguments = shlex.split(line.split(" > ")[0])
        assert program == "blinplan"
        if command.startswith("-"):
            assert command in {option for one in TREE["blinplan"][0].params for option in one.opts}
            continue
        if arguments and f"{command} {arguments[0]}" in TREE:
            command = f"{command} {arguments.pop(0)}"
        TREE[command][0].make_context(command, arguments, parent=TREE["blinplan"][1])


def test_every_status_is_told_and_only_where_it_can_be() -> None:
    assert tags(section(PAGES["blinplan.1"], "EXIT STATUS")) == [str(int(status)) for status in ExitStatus]
    for name in COMMANDS:
        told = tags(section(PAGES[commands.page_name(name)], "EXIT STATUS"))
        assert ("1" in told) == ("Exit status:" in TREE[name][0].help)
        assert {"0", "2", "3", "130", "141"} == {*told} - {"1"}


def test_the_variables_told_are_those_that_the_code_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "blinplan").rglob("*.py"))
    read = set(re.findall(r"environ(?:ment)?(?:\.get\(|\[)\"(\w+)\"", code))
    own = {name for name in read if not name.startswith(("_BLINPLAN", "COMP_"))}  # these two are the shells'
    assert own == set(commands.VARIABLES) - {"XDG_CACHE_HOME"}
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.folder().is_relative_to(tmp_path)
    assert tags(section(PAGES["blinplan.1"], "ENVIRONMENT")) == list(commands.VARIABLES)


# --- files and rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_key_is_in_its_page_and_nothing_else(name: str) -> None:
    parts = re.split(r"^\.SS ", section(PAGES[name], "KEYS"), flags=re.MULTILINE)[1:]
    tables = list(formats.tables(formats.FORMATS[name].table))
    assert {table.name for _, table in tables} == {
        formats.FORMATS[name].table.name,
        *formats.FORMATS[name].table.inner(),
    }
    for part, (heading, table) in zip(parts, tables, strict=True):
        assert shown(part.split("\n", 1)[0]) == heading
        assert not set("[]") & set(re.sub(r"\[\[[\w-]+\]\]|\[[\w-]+\]", "", heading)), heading
        found = [tag.split(" (") for tag in tags(part)]
        assert [key for key, _ in found] == list(table.keys)
        for (_, kind), key in zip(found, table.keys.values(), strict=True):
            assert kind.endswith("required)" if key.required else "optional)")
            assert words(re.sub(r"[\"`]", "", key.description)) in words(re.sub(r"[\"`]", "", shown(part)))
            for word in formats._words(key.kind.json):
                assert word in shown(part)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "file", "arguments"),
    [
        ("blinplan-regimen.5", "two-step.toml", ["two-step.toml"]),
        ("blinplan-record.5", "x.toml", ["x.toml"]),
        ("blinplan-site.5", "ward.toml", ["rr-adult", "--site", "ward.toml"]),
        ("blinplan-configuration.5", "blinplan.toml", ["nhl-1.5"]),
    ],
)
def test_the_example_of_a_file_is_accepted(
    inside: Run, name: str, file: str, arguments: list[str], tmp_path: Path
) -> None:
    blocks = re.findall(r"^\.EX\n(.*?)^\.EE$", section(PAGES[name], "EXAMPLES"), re.DOTALL | re.MULTILINE)
    (block,) = ["\n".join(shown(f"\\&{line}") for line in block.split("\n")) for block in blocks]
    assert block == formats.FORMATS[name].example
    (tmp_path / file).write_text(block, encoding="utf-8")
    selected = ["--ignore", "B,T,C"]  # none of the simulated rules, so that no other is left undecided
    checked = inside("check", *arguments, "--fail-on", "warning", *selected)
    expected = 1 if name == "blinplan-configuration.5" else 0  # nhl-1.5 has an error
    assert checked.status == expected, checked.out + checked.err
    assert "undecided" not in checked.err


def test_every_rule_is_in_the_page_and_nothing_else() -> None:
    page = PAGES["blinplan-rules.7"]
    parts = re.split(r"^\.SS ", page, flags=re.MULTILINE)[1:]
    assert [shown(part.split("\n", 1)[0]) for part in parts] == [
        f"{rule.code} {rule.name} ({rule.severity})" for rule in CATALOGUE.values()
    ]
    for part, rule in zip(parts, CATALOGUE.values(), strict=True):
        text = words(shown(re.sub(r"^\.SH.*", "", part, flags=re.MULTILINE)))
        examples = [visible_lines(lines) for lines in (rule.bad, rule.good, rule.site or "", rule.beside or "")]
        for said in (rule.sentence, rule.why, *examples, *rule.sources):
            assert words(said.replace("`", "")) in text.replace("`", "")
        for name in rule.limits:
            limit = shipped_limits()[name]
            for said in (f"{name} = {limit}", limit.says, limit.citation, limit.fixed or ""):
                assert words(said) in text
        assert ("It cannot be waived." in shown(part)) == (not rule.waivable)
        assert ("--fix puts it right" in shown(part)) == rule.fixable


def test_what_is_said_of_fixes_is_so(inside: Run, tmp_path: Path) -> None:
    misspelt = formats.FORMATS["blinplan-regimen.5"].example.replace("relapsed-refractory", "relapsed-refractry")
    (tmp_path / "x.toml").write_text(misspelt, encoding="utf-8")
    assert inside("check", "x.toml", "--fix", "--no-simulate").status == 0
    assert "relapsed-refractory" in (tmp_path / "x.toml").read_text(encoding="utf-8")


def test_a_page_that_nothing_makes_any_more_is_found() -> None:
    made = {ROOT / path: text for path, text in manual.pages().items()}
    assert left_over(made) == []
    gone = ROOT / "man/man1/blinplan-check.1"
    assert left_over({path: text for path, text in made.items() if path != gone}) == [gone]
