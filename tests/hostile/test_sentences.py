"""What is promised of writing, reading, showing and the environment, each sentence asked with cases of its own."""

import json
import os
import time
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NoReturn

import pytest

from blinplan.files.writing import kept_file
from blinplan.regimen.recovery.gaps import _tables_in
from blinplan.regimen.schema import REGIMEN_FILE
from blinplan.terminal import WIDEST
from tests.collection.grid import at_night, each_third, in_turn
from tests.files.no_files import NO_FILES, put_no_file
from tests.hostile.oracle import SECONDS
from tests.hostile.sound import LONG_RECORD, OWN, PEOPLE, SITE
from tests.hostile.writers import NEW_ONLY, WRITERS
from tests.plan_text import DATED, WARD
from tests.program import Run

FILES = {
    "r.toml": OWN,
    "record.toml": LONG_RECORD,
    "ward.toml": WARD,
    "site.toml": SITE,
    "people.csv": PEOPLE[0],
    "blinplan.toml": "fail-on = 'error'\n",
}
CHECK = ("check", "r.toml", "--no-simulate", "--today", "2026-03-01")
PLAN = ("plan", "r.toml", *DATED[2:])
FEW = ("--patients", "3")
HOME = 'holidays_from = "days.txt"\n' + WARD
PEOPLE_READ = ("simulate", "r.toml", "--people", "people.csv")
SWEEP = ("sweep", "r.toml", "--vary", "cycle.1.step.1.dose=5,9", *FEW)
SENSITIVITY = ("sensitivity", "r.toml", "--samples", "2", "--endpoints", "il6_peak", *FEW)
SEARCH = ("search", "r.toml", "--doses", "9,28", "--minimise", "il6_peak", "--search-patients", "10", *FEW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "arguments",
    [
        (*SWEEP, "-o", "x.csv", "--figure", "x.csv"),
        (*SENSITIVITY, "-o", "./x.csv", "--figure", "x.csv"),
        (*SEARCH, "--figure", "x.svg", "--figure", "y/../x.svg"),
        (*CHECK, "--report", "junit=x", "--report", "markdown=x"),
        ("simulate", "r.toml", *FEW, "--figure", "x.png", "-o", "x.png"),
    ],
)
def test_two_outputs_of_any_command_are_told_before_anything_is_done(
    inside: Run, folder: Path, arguments: tuple[str, ...]
) -> None:
    (folder / "y").mkdir()
    ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "two outputs would be written to" in ran.err
    assert held(folder).keys() == FILES.keys()


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        ((*SWEEP, "-o", "{}"), "r.csv"),
        ((*SWEEP, "--figure", "{}"), "r.svg"),
        ((*SENSITIVITY, "-o", "{}"), "r.csv"),
        (("compare", "r.toml", "nhl-5", "--site", "site.toml", "--figure", "{}"), "site.svg"),
        (("simulate", "nhl-5", *FEW, "--record", "record.toml", "-f", "nonmem", "-o", "{}"), "record.csv"),
        (("report", "r.toml", "--people", "people.csv", "--patients", "50", "-o", "{}"), "people.html"),
    ],
)
def test_an_input_that_is_called_as_an_output_is_stays_what_it_is(
    inside: Run, folder: Path, arguments: tuple[str, ...], target: str
) -> None:
    """The ending of a link lets an option take it."""
    (folder / target).symlink_to(f"{target.partition('.')[0]}.{'csv' if target.startswith('people') else 'toml'}")
    before = held(folder)
    ran = inside(*(word.replace("{}", target) for word in arguments))
    assert ran.status == 2, ran
    assert held(folder) == before


WITH_A_PATH = [name for name in WRITERS if "-o" in WRITERS[name] and name not in NEW_ONLY]


@pytest.mark.parametrize("writer", each_third(WITH_A_PATH))
def test_a_path_that_is_no_file_is_a_sentence(inside: Run, folder: Path, writer: str) -> None:
    (folder / "there").mkdir()
    (folder / "there" / "x").write_text("", encoding="utf-8")
    arguments = list(WRITERS[writer])
    for path in ("", "there", "nowhere/x", "r.toml/x", "there/", "new/", *(() if arguments[0] == "new" else ("-",))):
        arguments[arguments.index("-o") + 1] = path
        ran = inside(*arguments)
        assert (ran.status, ran.out) == (2, ""), (path, ran)
        assert "error: " in ran.err
    assert held(folder).keys() == FILES.keys()
    assert [one.name for one in (folder / "there").iterdir()] == ["x"]


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ((*SWEEP, "-o", "x.csv"), "x.csv.cells"),
        ((*SENSITIVITY, "-o", "x.csv"), "x.csv.runs"),
        ((*SEARCH, "-o", "found"), "found.tried"),
    ],
)
@pytest.mark.parametrize("kind", [*NO_FILES, "a regimen", "another run's"])
def test_nothing_goes_on_from_what_is_no_journal_of_its_own(
    inside: Run, folder: Path, arguments: tuple[str, ...], kept: str, kind: str
) -> None:
    path = folder / kept
    if kind in NO_FILES:
        put_no_file(kind, path)
    elif kind == "a regimen":
        path.write_text(OWN, encoding="utf-8")
    before = held(folder) if kind != "a device" else {}
    with kept_file(path) if kind == "another run's" else nullcontext():
        ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert kept in ran.err
    assert kind in ("a device", "another run's") or held(folder) == before
    assert not (folder / arguments[-1]).exists()


@pytest.mark.parametrize("name", ["x" * 251 + ".csv", "ä" * 125 + ".csv"])
def test_a_name_as_long_as_it_can_be_has_a_journal_too(inside: Run, folder: Path, name: str) -> None:
    for _ in range(2):
        ran = inside(*SWEEP, "-o", name)
        assert ran.status == 0, ran.err
    assert "all done before" in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("arguments", "endless"),
    in_turn(
        [
            ("plan", "{}"),
            ("plan", "rr-adult", "--record", "{}"),
            (*PLAN, "--site", "{}"),
            ("plan", "r.toml", "--ledger", "{}"),
            (*PLAN, "-f", "ics", "--plan-id", "a", "--replaces", "{}"),
            ("simulate", "r.toml", "--people", "{}"),
            (*CHECK, "--baseline", "{}"),
            (*CHECK, "--config", "{}"),
            ("diff", "r.toml", "{}"),
            ("new", "mine", "--from", "{}", "-o", "x.toml"),
        ],
        [("pipe.toml", "pipe"), ("endless.toml", "device"), ("large.toml", "")],
    ),
)
def test_no_reader_waits_for_what_has_no_end(
    inside: Run, folder: Path, arguments: tuple[str, ...], endless: tuple[str, str]
) -> None:
    put_no_file("a pipe", folder / "pipe.toml")
    put_no_file("a device", folder / "endless.toml")
    with (folder / "large.toml").open("wb") as file:
        file.truncate(10**12)  # of which nothing is on the disk
    name, word = endless
    ran = inside(*(part.replace("{}", name) for part in arguments))
    assert (ran.status, ran.out) == (2, ""), (name, ran)
    assert word in ran.err, (name, ran)


def test_what_stands_where_a_baseline_goes_is_looked_at_as_any_input(inside: Run, folder: Path) -> None:
    """Nothing in particular catches what is told of it there, and a sentence comes all the same."""
    with (folder / "b.json").open("wb") as file:
        file.truncate(65 * 2**20)
    ran = inside(*CHECK, "--write-baseline", "b.json")
    assert (ran.status, ran.out) == (2, "")
    assert "b.json: larger than 64 MiB" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(50, 0), (51, 2), at_night(2000, 2)])
def test_configurations_extend_each_other_so_many_times_and_no_more(
    inside: Run, folder: Path, number: int, status: int
) -> None:
    (folder / "blinplan.toml").write_text('extend = "extended/c1.toml"\n', encoding="utf-8")
    (folder / "extended").mkdir()  # what lies beside a regimen is looked at as its neighbour
    for at in range(1, number + 1):
        text = f'extend = "c{at + 1}.toml"\n' if at < number else ""
        (folder / "extended" / f"c{at}.toml").write_text(text, encoding="utf-8")
    ran = inside(*CHECK)
    assert ran.status == status, ran.err
    assert status == 0 or "50 files extend each other before this one" in " ".join(ran.err.split())


@pytest.mark.slow
def test_steps_of_a_day_for_three_years_are_planned_in_a_moment(inside: Run, folder: Path) -> None:
    """Each step asked for all steps of its cycle anew."""
    steps = ",\n".join(f'{{ dose = "{9 + at % 2} mcg/day", days = 1 }}' for at in range(1000))
    start, end = OWN.index("steps = ["), OWN.index("]\n", OWN.index("steps = ["))
    (folder / "r.toml").write_text(f"{OWN[:start]}steps = [{steps}{OWN[end:]}", encoding="utf-8")
    begun = time.process_time()
    assert inside(*PLAN).status == 0
    assert time.process_time() - begun < SECONDS / 2


@pytest.mark.nightly
@pytest.mark.slow
def test_thousands_of_keys_that_nobody_knows_are_told_in_a_moment(inside: Run, folder: Path) -> None:
    """Each was looked for among all others: eight thousand took fifteen seconds."""
    (folder / "r.toml").write_text("".join(f"k{at}=1\n" for at in range(8000)) + OWN, encoding="utf-8")
    begun = time.process_time()
    assert inside(*CHECK, "-f", "concise").status == 1
    assert time.process_time() - begun < SECONDS


def test_of_keys_that_nobody_knows_none_is_gone_through_for_another() -> None:
    """Where an unknown key may belong is looked for in the tables of the format, however many others there are."""
    values = NotWalked(tomllib.loads(OWN))
    found = [path for path, _, _ in _tables_in(values, (), REGIMEN_FILE)]
    assert ("cycle", 0, "steps", 0) in found
    assert ("dosing",) in found


class NotWalked(dict[str, Any]):
    """Values that are looked up, and not gone through."""

    def __iter__(self) -> NoReturn:
        raise AssertionError("all keys are gone through")

    keys = items = values = __iter__


@pytest.mark.parametrize("arguments", [("plan", "sub/r.toml"), ("check", "sub"), ("new", "x", "--from", "sub/r.toml")])
def test_what_nobody_may_look_into_is_not_said_to_be_missing(
    inside: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Whatever Python makes of it: newer ones answer that nothing is there."""
    stat, is_dir, exists = Path.stat, Path.is_dir, Path.exists

    def closed(self: Path, **how: bool) -> os.stat_result:
        if "sub" in self.parts:
            raise PermissionError(13, "Permission denied", str(self))
        return stat(self, **how)

    monkeypatch.setattr(Path, "stat", closed)
    monkeypatch.setattr(Path, "is_dir", lambda self: "sub" not in self.parts and is_dir(self))
    monkeypatch.setattr(Path, "exists", lambda self, **how: "sub" not in self.parts and exists(self, **how))
    ran = inside(*arguments)
    assert ran.status == 2
    assert "permission denied" in ran.err, ran.err


@pytest.mark.parametrize("text", ["a" * 10**6 + " = 1\n", "[limits]\n" + "a" * 10**6 + " = 1\n"])
def test_a_word_of_a_million_letters_is_not_looked_up_for_long(inside: Run, folder: Path, text: str) -> None:
    (folder / "blinplan.toml").write_text(text, encoding="utf-8")
    begun = time.process_time()
    ran = inside(*CHECK)
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err) < 30_000
    assert time.process_time() - begun < SECONDS / 5


@pytest.mark.parametrize(
    ("file", "arguments"),
    [
        ("r.toml", ("plan", "r.toml")),
        ("record.toml", ("plan", "rr-adult", "--record", "record.toml")),
        ("ward.toml", (*PLAN, "--site", "ward.toml")),
        ("people.csv", ("simulate", "r.toml", "--people", "people.csv")),
        ("blinplan.toml", CHECK),
        ("b.json", (*CHECK, "--baseline", "b.json")),
        ("plan.json", ("plan", "r.toml", "--ledger", "plan.json")),
        ("old.ics", (*PLAN, "-f", "ics", "--plan-id", "a", "--replaces", "old.ics")),
        ("days.txt", (*PLAN, "--site", "home.toml")),
    ],
)
def test_every_reader_names_an_encoding_that_is_not_its_own(
    inside: Run, folder: Path, file: str, arguments: tuple[str, ...]
) -> None:
    (folder / "home.toml").write_text(HOME, encoding="utf-8")
    for encoding, name in (("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"), ("utf-32-le", "UTF-32")):
        for mark in ("\ufeff", ""):
            (folder / file).write_bytes(f"{mark}x = 1\n".encode(encoding))
            ran = inside(*arguments)
            assert (ran.status, ran.out) == (2, "")
            assert name in " ".join(ran.err.split()), (encoding, mark, ran.err)


@pytest.mark.parametrize("sign", ["\u2215", "\u00a0", "\u200d", "\u0430", "\uff19", "\u2011"])
def test_a_sign_that_looks_like_another_is_shown_with_its_name(inside: Run, folder: Path, sign: str) -> None:
    for good, where in (('"9 mcg/d"', '"9 mcg/d'), ("name = ", "name =")):
        (folder / "r.toml").write_text(
            OWN.replace(good, f"{where}{sign}{'' if where[0] == 'n' else chr(34)}"), encoding="utf-8"
        )
        told = " ".join(inside(*CHECK).out.split())
        assert f"{ord(sign):04x}" in told.lower(), (sign, told)
        assert unicodedata.name(sign).lower() in told.lower(), (sign, told)


@pytest.mark.parametrize(
    ("files", "arguments", "name"),
    [
        ({"people.csv": "weight_kg,height_cm\n7\u043e,175\n"}, PEOPLE_READ, "CYRILLIC SMALL LETTER O"),
        ({"people.csv": "w\u0435ight_kg,height_cm\n70,175\n"}, PEOPLE_READ, "CYRILLIC SMALL LETTER IE"),
        ({"people.csv": "weight_kg\u200b,height_cm\n70,175\n"}, PEOPLE_READ, "ZERO WIDTH SPACE"),
        ({"blinplan.toml": 'ignore = ["N1\uff105"]\n'}, CHECK, "FULLWIDTH DIGIT ZERO"),
        ({}, ("plan", "rr\u2011adult"), "NON-BREAKING HYPHEN"),
        ({}, ("plan", "r.toml", "--weight", "70\u200b"), "ZERO WIDTH SPACE"),
        ({}, ("check", "r.toml", "--select", "D2\u04105"), "CYRILLIC CAPITAL LETTER A"),
    ],
)
def test_every_sentence_names_a_sign_that_it_quotes_and_that_looks_like_another(
    inside: Run, folder: Path, files: dict[str, str], arguments: tuple[str, ...], name: str
) -> None:
    for path, text in files.items():
        (folder / path).write_text(text, encoding="utf-8")
    ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert name in " ".join(ran.err.split())


@pytest.mark.parametrize(
    "line",
    [
        'steps = [{ dose = "9 mcg/day", days = 7, },]',
        'steps = [{\n dose = "9 mcg/day", days = 7 }]',
        'steps = [{ dose = "\\x39 mcg/day", days = 7 }]',
        'steps = [{ dose = "9 mcg/day\\e", days = 7 }]',
    ],
)
def test_what_only_toml_1_1_has_is_told(inside: Run, folder: Path, line: str) -> None:
    start = OWN.index("steps")
    (folder / "r.toml").write_text(OWN[:start] + line + OWN[OWN.index("]\n", start) + 1 :], encoding="utf-8")
    told = " ".join(inside(*CHECK).out.split())
    assert "a reader of TOML 1.0 stops here" in told, told


@pytest.fixture(scope="module")
def plan_of_record() -> list[str]:
    """What the first test that asks for it has made."""
    return []


@pytest.fixture
def planned(inside: Run, folder: Path, plan_of_record: list[str]) -> Any:
    if not plan_of_record:
        plan_of_record.append(inside("plan", "rr-adult", "--record", "record.toml", "-f", "json").out)
    return json.loads(plan_of_record[0])


@pytest.mark.parametrize(
    ("change", "value"),
    [
        (("interruptions", 0, "decisions", 0, "answer"), 5),
        (("starts", 0, "start_minute"), 10**18),
        (("starts", 0, "start_minute"), -(10**18)),
        (("starts", 0, "cycle"), 10**30),
        (("figures", 0, "weight_kg"), "9e999999999"),
        (("figures", 0, "weight_kg"), "-70"),
        (("figures", 0, "weight_kg"), "1/0"),
        (("figures", 0, "weight_kg"), "7" * 5000),
        (("bags", 0, "minutes"), 10**18),
        (("bags", 0, "dose", "amount"), "-9"),
        (("bags", 0, "dose", "amount"), "1e400"),
        (("bags", 0, "dose", "amount"), "0x9"),
        (("closures", 0, "last_day"), "9999-12-31T00"),
        (("moves",), [{"since_minute": 10**18, "time_zone": "Europe/Berlin"}]),
        (("moves",), [{"since_minute": 5, "time_zone": "../../etc/passwd"}]),
        (("end",), {"minute": 10**18, "at_utc": "2026-05-01T00:00:00+00:00", "reason": "other", "why": None}),
    ],
)
def test_what_a_ledger_says_is_judged_as_what_a_file_says(
    inside: Run, folder: Path, planned: Any, change: tuple[str | int, ...], value: object
) -> None:
    holder: Any = planned["dated"]["ledger"]
    *way, last = change
    for part in way:
        holder = holder[part]
    holder[last] = value
    (folder / "plan.json").write_text(json.dumps(planned), encoding="utf-8")
    ran = inside("plan", "rr-adult", "--ledger", "plan.json")
    assert (ran.status, ran.out) == (2, ""), ran
    assert "error: plan.json" in ran.err


@pytest.mark.parametrize("key", ["weight_kg", "height_cm", "bsa_m2"])
@pytest.mark.parametrize("value", ["9e999999999", -70, 1e308, "7" * 5000, [70], True, 0])
def test_who_a_plan_is_for_is_judged_as_who_is_given(
    inside: Run, folder: Path, planned: Any, key: str, value: object
) -> None:
    planned["patient"][key] = value
    if key == "bsa_m2":
        planned["patient"]["bsa_origin"] = "given"
    (folder / "plan.json").write_text(json.dumps(planned), encoding="utf-8")
    assert inside("plan", "rr-adult", "--ledger", "plan.json").status == 2


def _with_escape(text: str, after: str) -> str:
    assert after in text
    return text.replace(after, after + r"\u001b[31m\u009b2J\u202e\u0007", 1)


@pytest.mark.parametrize(
    ("files", "arguments"),
    [
        ({"blinplan.toml": _with_escape('[severity]\n"x" = "note"\n', '"x')}, CHECK),
        ({"blinplan.toml": _with_escape('exclude = ["x"]\n', '"x')}, (*CHECK, "--show-settings")),
        ({"blinplan.toml": _with_escape('[per-file."x"]\nignore = ["S3"]\n', '"x')}, (*CHECK, "--show-settings")),
        ({"blinplan.toml": _with_escape('label = "x"\n', '"x')}, CHECK),
        ({"record.toml": _with_escape(LONG_RECORD, '"leave')}, ("plan", "rr-adult", "--record", "record.toml")),
        ({"record.toml": _with_escape(LONG_RECORD, '"works')}, ("plan", "rr-adult", "--record", "record.toml")),
        ({"site.toml": _with_escape(SITE, '"Ward 5')}, (*PLAN, "--site", "site.toml")),
        ({"site.toml": _with_escape(SITE, '"none')}, (*PLAN, "--site", "site.toml", "--view", "bags")),
        ({"r.toml": _with_escape(OWN, '"A regimen')}, PLAN),
        ({"r.toml": _with_escape(OWN, '"Cycle')}, ("simulate", "r.toml", *FEW)),
        ({"people.csv": PEOPLE[0].replace("A1", "\x1b[31mA1").replace("70", "x")}, PEOPLE_READ),
        ({"home.toml": HOME, "days.txt": "2026-10-20 \x1b[31mx\x9b\u202e\n"}, (*PLAN, "--site", "home.toml")),
        (
            {"home.toml": HOME, "days.txt": "2026-10-20 \x1b[31mx\x9b\n"},
            (*PLAN, "--site", "home.toml", "--view", "days"),
        ),
    ],
)
def test_nothing_of_a_file_is_obeyed_by_a_terminal(
    inside: Run, folder: Path, files: dict[str, str], arguments: tuple[str, ...]
) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    ran = inside(*arguments)
    assert (ran.out + ran.err).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("arguments", "word"),
    in_turn(
        [
            ("plan", "{}"),
            ("rule", "{}"),
            ("schema", "{}"),
            ("evidence", "{}"),
            (*CHECK, "--select", "{}"),
            (*CHECK, "--config", "{}.toml"),
            (*PLAN[:-1], "{}"),
            ("simulate", "r.toml", "--endpoint", "{}"),
            (*PLAN, "--view", "{}"),
            ("{}",),
            ("check", "--{}"),
        ],
        ["\x1b[31mx", "x\x9b2J", "\u202ex", "x\x07\x08", "x\r\ny"],
    ),
)
def test_nothing_of_a_command_line_is_obeyed_by_a_terminal(
    inside: Run, folder: Path, arguments: tuple[str, ...], word: str
) -> None:
    ran = inside(*(part.replace("{}", word) for part in arguments))
    assert ran.status == 2
    assert (ran.out + ran.err).replace("\n", "").isprintable(), ran


NO_SENSE = [
    ("COLUMNS", "9" * 4300),
    ("COLUMNS", "-1"),
    ("COLUMNS", "1e3"),
    ("COLUMNS", "\u0663"),
    ("LINES", "9" * 5000),
    ("NUMBA_NUM_THREADS", "-4"),
    ("NUMBA_NUM_THREADS", "many"),
    ("NUMBA_THREADING_LAYER", "nope"),
    ("MPLBACKEND", "module://nothing"),
    ("MATPLOTLIBRC", "/dev/zero"),
    ("NUMPY_MADVISE_HUGEPAGE", "x"),
    ("TERMINAL_WIDTH", "x"),
    ("SOURCE_DATE_EPOCH", ""),
    ("SOURCE_DATE_EPOCH", "\x1b[31m"),
    ("SOURCE_DATE_EPOCH", "9" * 500),
    ("TERM", "\x1b[31m"),
    ("NO_COLOR", "\x1b[31m"),
    ("XDG_CACHE_HOME", "/dev/null"),
    ("XDG_CACHE_HOME", "/dev/null/below"),
    ("MPLCONFIGDIR", "/dev/null"),
    ("TMPDIR", "/nowhere"),
    ("TZ", "Nowhere/Else"),
    ("LC_ALL", "xx_YY"),
]
TOGETHER = tuple(dict(NO_SENSE).items())
"""The last value of each."""


@pytest.mark.slow
@pytest.mark.parametrize("variables", [TOGETHER, *(at_night([one]) for one in NO_SENSE)])
def test_an_environment_that_makes_no_sense_is_left_out(
    inside: Run, folder: Path, variables: Sequence[tuple[str, str]]
) -> None:
    ran = inside("simulate", "r.toml", *FEW, "--figure", "x.svg", **dict(variables))
    assert ran.status == 0, ran.err
    assert (ran.out + ran.err).replace("\n", "").isprintable()
    assert max(map(len, ran.out.splitlines())) <= WIDEST
    assert (folder / "x.svg").read_bytes().endswith(b"</svg>\n")


@pytest.mark.parametrize(
    "made",
    [
        lambda path: path.mkdir(),
        lambda path: path.symlink_to(path.name),
        lambda path: path.symlink_to("nowhere/else"),
        lambda path: path.symlink_to("/proc/version"),
    ],
    ids=["a folder", "a circle", "nowhere", "read-only"],
)
def test_a_summary_that_cannot_be_written_is_a_sentence(
    inside: Run, folder: Path, made: Callable[[Path], None]
) -> None:
    made(folder / "summary")
    ran = inside(*CHECK, "-f", "github", GITHUB_STEP_SUMMARY=str(folder / "summary"))
    assert ran.status == 2
    assert "error: " in ran.err


@pytest.mark.parametrize(
    "arguments", [CHECK, PLAN, ("check", "."), ("new", "mine", "--from", "rr-adult"), ("due", "--plans", ".")]
)
def test_a_working_folder_that_is_gone_is_a_sentence(
    inside: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()
    ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "error: " in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "a.toml"),
        ("check", "a.toml", "--no-simulate"),
        (*PLAN, "--site", "a.toml"),
        (*CHECK, "--config", "a.toml"),
        ("simulate", "r.toml", "--people", "a.toml"),
        ("due", "--plans", "a.toml"),
        (*PLAN, "-o", "a.toml"),
    ],
)
def test_links_in_a_circle_are_a_sentence(inside: Run, folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "a.toml").symlink_to("b.toml")
    (folder / "b.toml").symlink_to("a.toml")
    ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "error: " in ran.err
