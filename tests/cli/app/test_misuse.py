"""A newcomer's slips: each ends in something to write instead."""

import re

import pytest

from blinplan.cli.app.misuse import _ELSEWHERE
from tests.program import Run


@pytest.mark.parametrize(
    ("arguments", "said", "advised"),
    [
        ("chekc", "no such command 'chekc'", "`blinplan check`"),
        ("list", "no such command 'list'", "the commands are check, simulate"),
        ("help", "no such command", "`blinplan --help` lists the commands, and `blinplan check --help` shows one"),
        ("x" * 300, "no such command", "the commands are check, simulate"),  # too long for the name of a file
        ("rr-adult", "no such command", "`blinplan check rr-adult`"),
        ("mine.toml", "no such command", "`blinplan plan mine.toml`"),
        ("-f json check", "no such option: -f", "options come after the command"),
        ("check --fail x", "no such option: --fail", "--fail-on"),
        ("check --format yaml", "--format / -f: 'yaml' is not one of", "blinplan check --help"),
        ("compare rr-adult nhl-5 --typical", "no such option: --typical", "nobody to pair"),
        ("compare rr-adult nhl-5 --every 6h", "no such option: --every", "`blinplan simulate` writes curves"),
        ("compare rr-adult nhl-5 --curves", "no such option: --curves", "--figure FILE.svg"),
        (
            "search nhl-5 --uncertainty plausible",
            "no such option: --uncertainty",
            "plausible sets are asked in any case",
        ),
        (
            "sensitivity nhl-5 --uncertainty plausible",
            "no such option: --uncertainty",
            "the parameters are what it varies",
        ),
        ("plan", "missing argument 'REGIMEN'", "`blinplan plan rr-adult`"),
        ("compare", "missing argument 'REGIMENS'", "`blinplan compare --help` shows what it takes, with an example"),
        ("new record", "missing argument 'FILE'", "`blinplan new record patient-7.toml`"),
        ("new site", "missing argument 'FILE'", "`blinplan new site ward.toml`"),
        ("new site a.toml --nothing", "no such option: --nothing", "`blinplan new site` writes the profile of a site"),
        ("schema regimen --nothing", "no such option: --nothing", "`blinplan schema --help` shows what it takes"),
        ("simulate", "missing argument 'REGIMEN'", "`blinplan regimens`"),
        ("rule", "missing argument 'CODE'", "`blinplan rules`"),
        ("simulate rr-adult --patients many", "--patients should be a valid integer", "blinplan simulate --help"),
        ("simulate rr-adult --patients 0", "--patients should be greater than or equal to 1", "--help"),
        ("new --cycles 50", "--cycles should be less than or equal to 20", "blinplan new --help"),
        ("model --sbml", "option '--sbml' requires an argument", "--help"),
        ("schema regimn", "'regimn' is not one of 'regimen'", "blinplan schema --help"),
        ("plan rr-adult rr-2014", "unexpected extra argument", "blinplan plan --help"),
        ("plan nhl-5", "body surface area", "--bsa"),
        ("plan rr-adult --start 2026-11-02 --time-zone UTC", "without a time of day", "2026-11-02T10:00"),
        ("plan rr-adult --site mine.toml", "not a site profile", "blinplan schema site"),
        ("plan rr-adult --record mine.toml", "not a course record", "blinplan schema record"),
    ],
)
def test_what_to_write_instead_is_said(
    inside: Run, files: dict[str, str], arguments: str, said: str, advised: str
) -> None:
    from pathlib import Path

    Path("mine.toml").write_text(files["sound.toml"], encoding="utf-8")
    ran = inside(*arguments.split())
    assert (ran.status, ran.out) == (2, "")
    words = " ".join(ran.err.split())
    error, _, advice = words.partition(" help: ")
    assert error.startswith("error: ")
    assert said in error
    assert advised in advice
    assert "python -m" not in words


def test_each_option_of_simulate_that_another_command_lacks_has_its_reason_and_no_other_has() -> None:
    from typer.main import get_command

    from blinplan.cli.app.program import app

    def options(command: str) -> set[str]:
        params = get_command(app).get_command(None, command).params  # type: ignore[attr-defined]
        return {name for param in params for name in (*param.opts, *param.secondary_opts) if name.startswith("--")}

    simulates = options("simulate")
    told = {command: {option for of, option in _ELSEWHERE if of == command} for command, _ in _ELSEWHERE}
    assert told.keys() == {"compare", "sweep", "search", "sensitivity"}
    for command, known in told.items():
        assert known == simulates - options(command), command


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "compare rr-adult nhl-5",
        "sweep nhl-5 --vary dose=1",
        "search rr-adult --doses 9 --minimise il6_peak",
        "sensitivity nhl-5",
    ],
)
def test_an_option_of_simulate_that_means_nothing_elsewhere_says_why(inside: Run, command: str) -> None:
    words = command.split()
    there, here = (
        set(re.findall(r"--[a-z][a-z-]+", inside(name, "--help", COLUMNS="200").out)) for name in ("simulate", words[0])
    )
    assert {"--people", "--endpoint", "--by-day", "--first", "--follow-up"} <= here
    for option in sorted(there - here):
        ran = inside(*words, option, "1")
        assert (ran.status, ran.out) == (2, ""), option
        advice = " ".join(ran.err.split()).partition(" help: ")[2]
        assert "--help` shows" not in advice, option


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ("schema --zzzzzz", "`blinplan schema --help` shows what it takes, with an example"),
        ("heelp", "write `blinplan sweep`, if that is meant; the commands are check, simulate, "),
    ],
)
def test_nothing_stands_before_an_advice_that_has_one_thing_to_write(inside: Run, arguments: str, advice: str) -> None:
    """Where nothing is near, no other word is offered, and where several are, one."""
    ran = inside(*arguments.split())
    assert " ".join(ran.err.split()).partition(" help: ")[2].startswith(advice)
