"""Whatever stands in a field or in the name of a file: a terminal and a page obey none of it, in any command or format.

The text sets colours, clears the screen, names the window, turns what follows around, ends a line and is markup of a
page. Every text of a regimen, a record, a site profile and a configuration is put in its place, each in its turn.
"""

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from blinplan.api.designing.vocabulary import DiffFormat
from blinplan.api.vocabulary import PlanFormat
from blinplan.reports.check.formats import CheckFormat
from blinplan.terminal import terminal
from tests.collection.grid import each_sixth
from tests.plan_text import DATED, RECORD, WARD
from tests.program import Ran, Run
from tests.regimen_text import BESIDES, cycle, regimen_text, waiver

MARK = "Zq[red]"
CODES = "\x1b[35;7m\x1b]0;x\x07\x1b[2J\x9b1A\u202e\u2066\u200b\u2028\x7f"
HOSTILE = f"{MARK}{CODES}[/red]<script>x</script>]]>&amp;\r\n::error::y"
NAME = f"{MARK}\x1b[35;7m\x1b]0;x\x07\u202e\u2028\x7f<b>.toml"
IN_TOML = json.dumps(HOSTILE).replace("\x7f", "\\u007f")
"""The same as TOML may have it: every control character by its number."""

TEXTS = {
    "r.toml": regimen_text(
        BESIDES + cycle("9 mcg/day for 7 days", "28 mcg/d for 20 days", repeat=2, reason="chemotherapy")
    )
    + 'block = "first block"\noptional = true\n'
    + '\n[[due]]\nkind = "intrathecal"\nwhat = "methotrexate"\ndays = [8]\n'
    + 'dose_by_age = [{ below_age_years = 50, dose = "8 mg" }, { min_age_years = 50, dose = "12 mg" }]\n'
    + '\n[[due]]\nkind = "other"\nwhat = "dasatinib"\ndays = [1]\ndose = "140 mg"\n'
    + waiver("S304", "2027-01-01"),
    "record.toml": RECORD.replace('"rr-adult"', '"probe"'),
    "ward.toml": WARD.replace('["saturday", "sunday"]', '["sunday"]')
    + '[[cannot_be_had]]\nbag_hours = [72]\nwhy = "out of stock"\n',
    "blinplan.toml": 'select = ["D"]\nignore = ["N105"]\nseverity = { D205 = "note" }\n'
    'baseline = "b.json"\nsite = "ward.toml"\n'
    '[limits]\nflat_dose = { value = 30, reason = "agreed" }\n',
}
NO_SIMULATION = ("--no-simulate", "--today", "2026-03-01")
STRING = re.compile(r'"[^"\n]*"')
FIELDS = [(name, number) for name, text in TEXTS.items() for number in range(len(STRING.findall(text)))]


def with_hostile(name: str, number: int) -> str:
    """A file with one of its texts replaced."""
    place = list(STRING.finditer(TEXTS[name]))[number]
    return TEXTS[name][: place.start()] + IN_TOML + TEXTS[name][place.end() :]


def write(folder: Path, name: str = "", text: str = "") -> None:
    """Write the files of a folder, one of them otherwise."""
    for each, sound in TEXTS.items():
        if each != "blinplan.toml":
            (folder / each).write_text(sound, encoding="utf-8")
    if name:
        (folder / name).write_text(text, encoding="utf-8")


def obeyed(text: str) -> list[str]:
    """What a terminal would obey: all but ends of lines."""
    kinds = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return [repr(sign) for sign in text.replace("\r\n", "\n") if sign != "\n" and unicodedata.category(sign) in kinds]


def assert_harmless(ran: Ran) -> None:
    assert ran.status != 4, ran.err  # no fault of ours
    for text in (ran.out, ran.err):
        assert obeyed(text) == []
        pages = [text] if text.startswith(("<!doctype", "<?xml")) else re.findall(r'"div": "(.*)"', text)
        assert not [page for page in pages if re.search(r"<script|<b>", page)]
        # Markup that a screen obeys is gone from what it shows.
        squeezed = re.sub(r"[\s|│]", "", text)
        assert all(
            squeezed[found.end() :].startswith(("[red]", "\\[red\\]", "%5Bred%5D", "\\5bred\\5d"))
            for found in re.finditer("Zq", squeezed)
        )


def commands() -> Iterator[tuple[str, ...]]:
    """Every command that reads a file, in each of its formats; those that simulate with few patients."""
    for check_format in CheckFormat:
        yield "check", "r.toml", "record.toml", *NO_SIMULATION, "-f", check_format
    yield "check", "r.toml", *NO_SIMULATION, "--show-settings"
    yield "check", "r.toml", *NO_SIMULATION, "--statistics", "--site", "ward.toml"
    yield "check", "r.toml", *NO_SIMULATION, "-v", "--color", "never"
    dated = ("plan", "r.toml", *DATED[2:], "--site", "ward.toml")
    for plan_format in PlanFormat:
        yield (
            *dated,
            "--height",
            "170",
            "-f",
            plan_format,
            *(("--plan-id", "bed-1") if plan_format in {"ics", "fhir"} else ()),
        )
    for view in ("overview", "agenda", "bags", "days", "month", "expected"):
        yield *dated, "--view", view
    yield "plan", "r.toml", "--record", "record.toml"
    yield "plan", "r.toml", "--record", "record.toml", "-f", "html"
    for diff_format in DiffFormat:
        yield "diff", "r.toml", "rr-adult", "-f", diff_format
        yield "diff", "rr-adult", "r.toml", "-f", diff_format


HEAVY = (
    ("simulate", "r.toml", "--typical"),
    ("simulate", "r.toml", "--patients", "4", "-f", "json"),
    ("simulate", "r.toml", "--patients", "2", "-f", "csv"),
    ("simulate", "r.toml", "--patients", "2", "--figure", "f.svg", "--signals", "drug", "--no-curves"),
    ("compare", "rr-adult", "r.toml", "--patients", "2"),
    ("compare", "r.toml", "rr-adult", "tower", "--patients", "2", "--cycles", "1", "-f", "markdown"),
    ("compare", "r.toml", "rr-adult", "--patients", "2", "-f", "csv"),
    (
        "compare",
        "r.toml",
        "rr-adult",
        "--patients",
        "2",
        "-f",
        "json",
        "--no-findings",
        "--figure",
        "f.svg",
        "--signals",
        "drug",
    ),
    ("diff", "rr-adult", "r.toml", "--compare", "--patients", "2", "-f", "markdown"),
    ("report", "r.toml", "--patients", "20", "--weight", "70", "--height", "170", "-o", "out.html"),
    ("plan", "r.toml", "--record", "record.toml", "--view", "delivered"),
)


@pytest.mark.slow
@pytest.mark.parametrize("field", each_sixth(FIELDS), ids=lambda field: f"{field[0]}-{field[1]}")
def test_no_text_of_a_field_is_obeyed(inside: Run, tmp_path: Path, field: tuple[str, int]) -> None:
    name, number = field
    write(tmp_path, name, with_hostile(name, number))
    shown = [
        inside("check", "r.toml", "record.toml", *NO_SIMULATION, "--site", "ward.toml"),
        inside("check", "r.toml", *NO_SIMULATION, "-f", "concise"),
        inside("plan", "r.toml", *DATED[2:], "--site", "ward.toml"),
        inside("plan", "r.toml", "--record", "record.toml", "--site", "ward.toml"),
        inside("check", "r.toml", *NO_SIMULATION, "--show-settings"),
    ]
    for ran in shown:
        assert_harmless(ran)
    assert any(MARK in ran.out + ran.err for ran in shown) or name == "blinplan.toml" or "name" in TEXTS[name]


def everything_hostile(folder: Path) -> None:
    """Put the text into every field that takes it, at once."""
    regimen = (
        TEXTS["r.toml"].replace('"Amendment 3"', IN_TOML).replace('"dexamethasone"', IN_TOML).replace('"none"', IN_TOML)
    )
    regimen = regimen.replace('"A regimen for a test"', IN_TOML).replace('name = "Cycle"', f"name = {IN_TOML}")
    for own in ("chemotherapy", "first block", "methotrexate", "8 mg", "12 mg", "dasatinib", "140 mg"):
        regimen = regimen.replace(f'"{own}"', IN_TOML)
    assert regimen.count(MARK) == 12
    write(folder, "r.toml", regimen)
    ward = TEXTS["ward.toml"].replace('"out of stock"', IN_TOML).replace('"Ward 7"', IN_TOML)
    assert ward.count(MARK) == 2
    (folder / "ward.toml").write_text(ward, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_no_command_and_no_format_lets_it_through(inside: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    everything_hostile(tmp_path)
    ran = inside(*command)
    assert ran.out, ran.err
    assert_harmless(ran)


@pytest.mark.parametrize("command", HEAVY, ids=" ".join)
@pytest.mark.slow
def test_no_simulation_lets_it_through(inside: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    everything_hostile(tmp_path)
    assert_harmless(inside(*command))
    for path in tmp_path.glob("*.[hs][tv]*"):
        written = path.read_text(encoding="utf-8")
        assert MARK in written or path.suffix == ".svg"
        assert_harmless(Ran(0, written, ""))


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        *(("check", NAME, *NO_SIMULATION, "-f", check_format) for check_format in CheckFormat),
        ("check", f"no-{NAME}", *NO_SIMULATION),
        ("check", NAME, *NO_SIMULATION, "--write-baseline", f"b-{NAME}"),
        ("check", NAME, *NO_SIMULATION, "--fix"),
        ("check", NAME, *NO_SIMULATION, "--site", NAME),
        ("check", NAME, *NO_SIMULATION, "--show-settings"),
        ("plan", NAME, "--weight", "70"),
        ("plan", "rr-adult", "--record", NAME),
        ("plan", NAME, "--weight", HOSTILE),
        (*DATED, "-f", "ics", "--plan-id", NAME),
        ("diff", NAME, "rr-adult"),
        ("diff", f"HEAD:{NAME}"),
        ("diff", HOSTILE, "rr-adult"),
        ("compare", NAME, "rr-adult", "--patients", "2", "--against", HOSTILE),
        ("new", "x", "--from", NAME, "-o", f"{NAME}.toml"),
        ("new", HOSTILE),
        ("model", "--nonmem", NAME, "--regimen", NAME),
        ("simulate", NAME, "--typical", "--signals", HOSTILE),
        ("schema", HOSTILE),
        ("rule", HOSTILE),
        (HOSTILE,),
        ("check", f"--{HOSTILE}"),
    ],
    ids=lambda command: ascii(" ".join(command))[:60],
)
def test_no_name_and_no_argument_is_obeyed(inside: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    write(tmp_path, NAME, TEXTS["r.toml"])
    ran = inside(*command)
    assert_harmless(ran)
    told = "zq" in (ran.out + ran.err).lower() or command[0] in {"plan", "model", "new"}
    assert told, "the name of the file, which has zq in it, is not told"


@pytest.mark.parametrize(
    "command",
    [
        ("check", NAME, *NO_SIMULATION, "--diff"),
        ("new", "x", "--from", NAME, "-o", "-"),
        (*DATED, "-f", "ics", "--plan-id", "b"),
    ],
)
def test_what_a_program_reads_is_harmless_where_a_person_looks(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """A patch and a file are left as they are on their way into a pipe, and not on a terminal."""
    turning = TEXTS["r.toml"].replace("A regimen for a test", "A \u202e regimen") + "# \u2066 turned\n"
    write(tmp_path, NAME, turning)
    monkeypatch.setattr("blinplan.cli.app.program.terminal", lambda colour: terminal(colour)._replace(is_seen=True))
    ran = inside(*command)
    assert ran.out, ran.err
    assert_harmless(ran)


TURNING = "Ward \u202e7\u2066 \x9b1A\x85\u200b\u2028\x7f\U000e0041 é"
"""Marks of direction, control codes of one byte and of two, and letters that are seen."""
NEW = ("new", "x", "--indication", "investigational", "--step", "9 mcg/day x 28", "--cycles", "1", "--free-days", "14")
DRAFTS: dict[str, tuple[str, ...]] = {
    "name": ("new", "site", "-", "--bag", "24=250", "--name", "{}"),
    "title": (*NEW, "--source", "A protocol", "--title", "{}", "-o", "-"),
    "citation": (*NEW, "--title", "Mine", "--source", "{}", "-o", "-"),
    "drug": (
        *(*NEW, "--title", "Mine", "--source", "A protocol", "-o", "-"),
        *("--premedication", "{} 20 mg before cycle-start, 60 min before"),
    ),
    "regimen": ("new", "record", "-", "--regimen", "{}", "--start", "2026-11-02T10:00+01:00"),
    "time_zone": ("new", "record", "-", "--regimen", "rr-adult", "--start", "2026-11-02T10:00", "--time-zone", "{}"),
}


@pytest.mark.parametrize("key", DRAFTS)
def test_a_file_that_is_drafted_into_a_pipe_says_all_and_turns_nothing(inside: Run, key: str) -> None:
    """It is shown by whatever it is piped into; where a text is taken, TOML's escapes say the same."""
    ran = inside(*(word.replace("{}", TURNING) for word in DRAFTS[key]))
    assert_harmless(ran)
    if ran.status == 0:
        assert TURNING in list(leaves(tomllib.loads(ran.out))), ran.out
    else:
        assert (ran.status, ran.out) == (2, "")


def test_some_text_of_a_draft_may_have_every_character(inside: Run) -> None:
    assert inside(*(word.replace("{}", TURNING) for word in DRAFTS["name"])).status == 0


def leaves(value: object) -> Iterator[object]:
    """All texts and numbers of a file."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    for one in (value,) if inner is None else inner:
        yield from (one,) if inner is None else leaves(one)


def test_colours_of_our_own_stay_and_others_do_not(inside: Run, tmp_path: Path) -> None:
    everything_hostile(tmp_path)
    ran = inside("check", "r.toml", *NO_SIMULATION, "--color", "always")
    assert "\x1b[1;33mwarning" in ran.out
    for text in (ran.out, ran.err):
        assert obeyed(re.sub(r"\x1b\[[0-9;]*m", "", text)) == []
        assert "\x1b[35;7m" not in text
